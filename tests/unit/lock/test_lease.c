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

START_TEST(one_has_the_buckets_until_it_is_silent)
{
    struct wr_lease_stats st;

    ck_assert(!wr_lease_held(a));
    beat(a);
    beat(b);
    ck_assert(wr_lease_held(a) && !wr_lease_held(b));
    for (int i = 0; i < 10; i++) {
        clock_.now += 3000;
        beat(a);
        beat(b);
    }
    ck_assert(wr_lease_held(a) && !wr_lease_held(b));
    /* silent: it stops believing in it before anybody else can have it */
    clock_.now += 6000;
    beat(b);
    ck_assert(!wr_lease_held(a) && !wr_lease_held(b));
    clock_.now += 3000;
    beat(b);
    ck_assert(wr_lease_held(b));
    beat(a);
    ck_assert(!wr_lease_held(a));
    wr_lease_look(a, &st);
    ck_assert_int_eq(st.taken, 1);
    ck_assert_int_eq(st.lost, 1);
}
END_TEST

START_TEST(who_ends_gives_the_buckets_back)
{
    beat(a);
    wr_lease_free(a);
    beat(b);
    ck_assert(wr_lease_held(b));
    a = lease(0, 2); /* other buckets */
    beat(a);
    ck_assert(wr_lease_held(a));
}
END_TEST

START_TEST(an_instance_is_locked_by_who_does_not_own_it)
{
    struct wr_uuid ours = wr_uuid_new(5, 1), other = wr_uuid_new(5, 2);
    bool away;

    beat(a);
    beat(b);
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
    tcase_add_test(tc, one_has_the_buckets_until_it_is_silent);
    tcase_add_test(tc, who_ends_gives_the_buckets_back);
    tcase_add_test(tc, an_instance_is_locked_by_who_does_not_own_it);

    return t_main("lease", tc, NULL);
}
