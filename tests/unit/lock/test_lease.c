#include "engine/lock/lease.h"
#include "tests/lib/t.h"

static struct wr_clock clock_;
static struct wr_lock *lock;
static struct wr_lease *a, *b; /* two processes with the same buckets */

static struct wr_lease *
lease(int slot, int n_slots)
{
    return wr_lease_new(&(struct wr_lease_options){
        .lock = lock,
        .clock = &clock_,
        .prefix = "weir",
        .slot = slot,
        .n_slots = n_slots,
        .ttl_ms = 9000,
        .lock_ttl_ms = 5000,
    });
}

static void
make(void)
{
    clock_ = (struct wr_clock){ .is_virtual = true, .now = 1000000 };
    lock = wr_lock_memory(&clock_);
    a = lease(1, 2);
    b = lease(1, 2);
}

static void
drop(void)
{
    wr_lease_free(a);
    wr_lease_free(b);
    wr_lock_close(lock);
}

static void
beat(struct wr_lease *l)
{
    struct wr_err err;

    ck_assert_int_eq(wr_lease_beat(l, &err), 0);
}

static int
held(struct wr_lease *l)
{
    struct wr_lease_stats st;

    wr_lease_look(l, &st);

    return st.held;
}

/* All beat a few times, as they do. */
static void
settle(struct wr_lease *const *all, int n)
{
    for (int k = 0; k < 5; k++) {
        for (int i = 0; i < n; i++)
            beat(all[i]);
        clock_.now += 2000;
    }
    for (int i = 0; i < n; i++)
        beat(all[i]);
}

/* Nobody has what another one has: how many are somebody's? */
static int
apart(struct wr_lease *const *all, int n)
{
    int sum = 0;

    for (int bucket = 0; bucket < WR_BUCKETS; bucket++) {
        int owners = 0;

        for (int i = 0; i < n; i++)
            owners += wr_lease_has(all[i], bucket);
        ck_assert_msg(owners <= 1, "bucket %d has %d", bucket, owners);
        sum += owners;
    }

    return sum;
}

START_TEST(two_share_until_one_is_silent)
{
    struct wr_lease *both[] = { a, b };
    struct wr_lease_stats st;

    ck_assert_int_eq(held(a), 0);
    beat(a);
    ck_assert_int_eq(held(a), WR_BUCKETS / 2);
    settle(both, 2);
    ck_assert_int_eq(apart(both, 2), WR_BUCKETS / 2);
    ck_assert(held(a) > 800 && held(b) > 800);
    wr_lease_look(a, &st);
    ck_assert_int_eq(st.given, held(b));
    ck_assert_int_eq(st.lost, 0);
    ck_assert_int_eq(st.members, 2);
    /* silent: it stops believing in it before anybody else can have it */
    clock_.now += 6000;
    ck_assert(held(a) == 0 && held(b) == 0);
    beat(b);
    ck_assert_int_lt(held(b), WR_BUCKETS / 2);
    clock_.now += 3000;
    beat(b);
    beat(b);
    ck_assert_int_eq(held(b), WR_BUCKETS / 2);
    beat(a);
    ck_assert_int_eq(held(a), 0);
    ck_assert_int_eq(apart(both, 2), WR_BUCKETS / 2);
    wr_lease_look(a, &st);
    ck_assert_int_gt(st.lost, 0);
}
END_TEST

START_TEST(a_bucket_is_let_go_of_before_it_is_given)
{
    int moving = -1;

    beat(a);
    beat(b); /* it comes */
    for (int bucket = 1; bucket < WR_BUCKETS; bucket += 2)
        ck_assert(wr_lease_has(a, bucket) && !wr_lease_has(b, bucket));
    beat(a); /* it has seen it: what is to go over has no owner */
    for (int bucket = 1; bucket < WR_BUCKETS; bucket += 2)
        if (!wr_lease_has(a, bucket))
            moving = bucket;
    ck_assert_int_ge(moving, 0);
    beat(b);
    ck_assert_int_eq(held(b), 0);
    beat(a);
    beat(b);
    ck_assert(!wr_lease_has(a, moving) && wr_lease_has(b, moving));
}
END_TEST

START_TEST(hosts_with_other_numbers_of_slots_agree)
{
    struct wr_lease *all[] = { lease(0, 2), lease(1, 2), lease(0, 3),
                               lease(1, 3), lease(2, 3) };
    struct wr_lease *host[] = { all[2], all[3], all[4] };
    int before;

    settle(all, 2);
    ck_assert_int_eq(apart(all, 2), WR_BUCKETS);
    settle(all, 5);
    ck_assert_int_eq(apart(all, 5), WR_BUCKETS);
    for (int i = 0; i < 5; i++)
        ck_assert_int_gt(held(all[i]), 400);
    before = held(host[0]) + held(host[1]) + held(host[2]);
    ck_assert(before > 1800 && before < 2300);
    /* nothing moves when nobody comes or goes */
    for (int i = 0; i < 5; i++) {
        struct wr_lease_stats x, y;

        wr_lease_look(all[i], &x);
        settle(all, 5);
        wr_lease_look(all[i], &y);
        ck_assert(x.given == y.given && x.taken == y.taken);
    }
    /* the host with two goes: the other one has it all */
    wr_lease_free(all[0]);
    wr_lease_free(all[1]);
    settle(host, 3);
    ck_assert_int_eq(apart(host, 3), WR_BUCKETS);
    for (int i = 0; i < 3; i++)
        wr_lease_free(host[i]);
}
END_TEST

START_TEST(a_new_instance_goes_to_a_bucket_of_ours)
{
    struct wr_lease *both[] = { a, b };

    settle(both, 2);
    for (uint32_t dice = 0; dice < 5000; dice++) {
        ck_assert(wr_lease_has(a, wr_lease_draw(a, dice)));
        ck_assert(wr_lease_has(b, wr_lease_draw(b, dice)));
    }
    clock_.now += 60000;
    ck_assert_int_eq(wr_lease_draw(a, 5) % 2, 1); /* it has none */
}
END_TEST

START_TEST(a_bucket_that_was_away_has_another_term)
{
    struct wr_uuid id = wr_uuid_new(5, 1);
    uint32_t term;

    ck_assert_int_eq(wr_lease_term(a, &id), 0);
    beat(a);
    term = wr_lease_term(a, &id);
    ck_assert_int_ne(term, 0);
    clock_.now += 2000;
    beat(a);
    ck_assert_int_eq(wr_lease_term(a, &id), term);
    clock_.now += 6000; /* stopped: nobody knows what happened meanwhile */
    ck_assert_int_eq(wr_lease_term(a, &id), 0);
    beat(a);
    ck_assert_int_ne(wr_lease_term(a, &id), 0);
    ck_assert_int_ne(wr_lease_term(a, &id), term);
}
END_TEST

START_TEST(who_ends_gives_the_buckets_back)
{
    beat(a);
    wr_lease_free(a);
    beat(b);
    ck_assert_int_eq(held(b), WR_BUCKETS / 2);
    a = lease(0, 2); /* other buckets */
    beat(a);
    ck_assert_int_eq(held(a), WR_BUCKETS / 2);
}
END_TEST

START_TEST(an_instance_is_locked_by_who_does_not_own_it)
{
    struct wr_uuid ours = wr_uuid_new(5, 1), other = wr_uuid_new(5, 2);
    bool away;

    beat(a);
    ck_assert(!wr_lease_must_lock(a, &ours));
    ck_assert(wr_lease_must_lock(a, &other));
    ck_assert(wr_lease_must_lock(b, &ours));
    ck_assert(wr_lease_lock(b, &ours, &away) && !away);
    ck_assert(!wr_lease_lock(a, &ours, &away) && !away);
    wr_lease_unlock(a, &ours); /* not its own */
    ck_assert(!wr_lease_lock(a, &ours, &away));
    wr_lease_unlock(b, &ours);
    ck_assert(wr_lease_lock(a, &ours, &away));
    wr_lease_unlock(a, &ours);
    /* the owner meets somebody: for a while it locks, too */
    wr_lease_met(a, &ours);
    ck_assert(wr_lease_must_lock(a, &ours));
    beat(a);
    clock_.now += 5000;
    beat(a);
    ck_assert(wr_lease_must_lock(a, &ours));
    clock_.now += 5000;
    beat(a);
    ck_assert(!wr_lease_must_lock(a, &ours));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("lease");

    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, two_share_until_one_is_silent);
    tcase_add_test(tc, a_bucket_is_let_go_of_before_it_is_given);
    tcase_add_test(tc, hosts_with_other_numbers_of_slots_agree);
    tcase_add_test(tc, a_new_instance_goes_to_a_bucket_of_ours);
    tcase_add_test(tc, a_bucket_that_was_away_has_another_term);
    tcase_add_test(tc, who_ends_gives_the_buckets_back);
    tcase_add_test(tc, an_instance_is_locked_by_who_does_not_own_it);

    return t_main("lease", tc, NULL);
}
