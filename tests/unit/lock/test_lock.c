/* The contract of lock.h, for every backend: memory always, Redis where
 * WEIR_TEST_REDIS says where one is (suite lock). */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/lock/lock.h"
#include "tests/lib/t.h"

static struct wr_clock clock_;
static struct wr_redis *redis;
static struct wr_lock *lock;
static char key[64];

static void
open_memory(void)
{
    clock_ = (struct wr_clock){ .is_virtual = true, .now = 1000000 };
    lock = wr_lock_memory(&clock_);
}

static void
open_redis(void)
{
    const struct wr_redis_options o = {
        .url = getenv("WEIR_TEST_REDIS"),
        .clock = &clock_,
        .wait_ms = 10000,
        .delay_ms = 10,
        .delay_max_ms = 100,
    };
    struct wr_err err;

    clock_ = (struct wr_clock){ 0 };
    ck_assert_msg(wr_redis_new(&o, &redis, &err) == 0, "%s", err.text);
    lock = wr_lock_redis(redis);
}

static void
drop(void)
{
    wr_lock_close(lock);
    wr_redis_free(redis);
    redis = NULL;
}

/* Each test has keys of its own: a Redis keeps what others left. */
static void
fresh(void)
{
    static int n;
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    snprintf(key, sizeof(key), "test:%d:%lld:%d", (int)ts.tv_nsec,
             (long long)ts.tv_sec, ++n);
}

static bool
take(const char *owner, int64_t ttl)
{
    struct wr_err err;
    bool got;

    ck_assert_msg(wr_lock_take(lock, key, owner, ttl, &got, &err) == 0, "%s",
                  err.text);

    return got;
}

static bool
renew(const char *owner, int64_t ttl)
{
    struct wr_err err;
    bool held;

    ck_assert_msg(wr_lock_renew(lock, key, owner, ttl, &held, &err) == 0, "%s",
                  err.text);

    return held;
}

static bool
release(const char *owner)
{
    struct wr_err err;
    bool held;

    ck_assert_msg(wr_lock_release(lock, key, owner, &held, &err) == 0, "%s",
                  err.text);

    return held;
}

/* Until a lease of `ms` that is taken on a key of its own has run out: what was
 * taken for as long before it has, too. */
static void
pass(int64_t ms)
{
    char kept[64];

    memcpy(kept, key, sizeof(key));
    fresh();
    ck_assert(take("before", ms));
    if (clock_.is_virtual)
        clock_.now += ms + 40;
    while (!take("after", 60000)) /* on Redis a round trip each */
        ck_assert(!clock_.is_virtual);
    ck_assert(release("after"));
    memcpy(key, kept, sizeof(key));
}

START_TEST(one_owner)
{
    fresh();
    ck_assert(take("a", 60000));
    ck_assert(!take("b", 60000));
    ck_assert(take("a", 60000)); /* again */
    ck_assert(!release("b"));
    ck_assert(!take("b", 60000));
    ck_assert(release("a"));
    ck_assert(!release("a"));
    ck_assert(take("b", 60000));
    ck_assert(release("b"));
}
END_TEST

START_TEST(time_runs_out_unless_renewed)
{
    fresh();
    ck_assert(take("a", 60));
    pass(60);
    ck_assert(!renew("a", 60000)); /* it is nobody's */
    ck_assert(take("b", 60000));
    ck_assert(!renew("a", 1));
    ck_assert(!release("a"));
    ck_assert(renew("b", 60));
    pass(60);
    ck_assert(take("a", 1000));
    ck_assert(renew("a", 60000));
    pass(1000);
    ck_assert(!take("b", 60000));
    ck_assert(release("a"));
}
END_TEST

START_TEST(keys_are_apart)
{
    char first[64];

    fresh();
    memcpy(first, key, sizeof(key));
    ck_assert(take("a", 60000));
    fresh();
    ck_assert(take("b", 60000));
    ck_assert(release("b"));
    memcpy(key, first, sizeof(key));
    ck_assert(!take("b", 60000));
    ck_assert(release("a"));
}
END_TEST

/* ---- the table of buckets ---- */

static struct wr_share_answer told;

static struct wr_share_ask
member(const char *owner, int slot, int n_slots)
{
    struct wr_share_ask ask = { .me = { .slot = slot, .n_slots = n_slots },
                                .ttl_ms = 60000 };

    snprintf(ask.me.owner, sizeof(ask.me.owner), "%s", owner);

    return ask;
}

static void
want(struct wr_share_ask *ask, int from, int step)
{
    for (int b = from; b < WR_BUCKETS; b += step)
        wr_buckets_add(&ask->want, b);
}

static int
share(const struct wr_share_ask *ask)
{
    struct wr_err err;

    ck_assert_msg(wr_lock_share(lock, key, ask, &told, &err) == 0, "%s",
                  err.text);

    return wr_buckets_count(&told.mine);
}

START_TEST(a_bucket_has_one_member)
{
    struct wr_share_ask a = member("a", 1, 2), b = member("b", 0, 3);

    fresh();
    want(&a, 1, 2);
    want(&b, 0, 3);
    ck_assert_int_eq(share(&a), 2048);
    ck_assert(!told.same && told.n == 1);
    ck_assert_int_eq(share(&b), 683); /* 0, 6, 12 ...: half of 1366 */
    ck_assert_int_eq(told.n, 2);
    for (int i = 0; i < told.n; i++)
        ck_assert_int_eq(told.members[i].n_slots,
                         strcmp(told.members[i].owner, "b") == 0 ? 3 : 2);
    ck_assert(wr_buckets_has(&told.mine, 6) && !wr_buckets_has(&told.mine, 3));
    /* given: 3 alone, and 6, which is not its own */
    a.want = (struct wr_buckets){ 0 };
    wr_buckets_add(&a.give, 3);
    wr_buckets_add(&a.give, 6);
    ck_assert_int_eq(share(&a), 2047);
    ck_assert_int_eq(share(&b), 684);
    ck_assert(wr_buckets_has(&told.mine, 3) && wr_buckets_has(&told.mine, 6));
}
END_TEST

START_TEST(what_did_not_change_is_not_told_again)
{
    struct wr_share_ask a = member("a", 0, 1), b = member("b", 0, 1);

    fresh();
    want(&a, 0, 1);
    ck_assert_int_eq(share(&a), WR_BUCKETS);
    a.want = (struct wr_buckets){ 0 };
    a.version = told.version;
    share(&a);
    ck_assert(told.same && told.version == a.version && told.n == 1);
    /* one that comes is seen, whether or not it has something */
    want(&b, 0, 1);
    ck_assert_int_eq(share(&b), 0);
    share(&a);
    ck_assert_int_eq(told.n, 2);
    ck_assert_int_eq(told.same ? WR_BUCKETS : wr_buckets_count(&told.mine),
                     WR_BUCKETS);
    /* one that leaves, too; what it had is free at once */
    a.ttl_ms = 0;
    share(&a);
    ck_assert_int_eq(told.n, 1);
    ck_assert_int_eq(share(&b), WR_BUCKETS);
    b.ttl_ms = 0;
    share(&b);
    ck_assert_int_eq(told.n, 0);
}
END_TEST

START_TEST(who_is_silent_has_nothing)
{
    struct wr_share_ask a = member("a", 0, 1), b = member("b", 0, 1);
    struct wr_share_ask c = member("c", 0, 1);

    fresh();
    a.ttl_ms = 60;
    want(&a, 0, 1);
    want(&b, 0, 2);
    ck_assert_int_eq(share(&a), WR_BUCKETS);
    ck_assert_int_eq(share(&b), 0);
    pass(60);
    ck_assert_int_eq(share(&b), WR_BUCKETS / 2);
    ck_assert_int_eq(told.n, 1);
    /* back, it is a new one: nothing is its own any more */
    a.version = told.version;
    a.want = (struct wr_buckets){ 0 };
    ck_assert_int_eq(share(&a), 0);
    ck_assert(!told.same);
    /* and nobody takes its place for that of another */
    ck_assert_int_eq(share(&c), 0);
    want(&c, 0, 1);
    ck_assert_int_eq(share(&c), WR_BUCKETS / 2);
}
END_TEST

START_TEST(what_was_lost_is_told)
{
    struct wr_share_ask a = member("a", 0, 1);
    static const char *const flush[] = { "FLUSHALL" };
    redisReply *reply;
    struct wr_err err;

    if (!redis)
        return;
    fresh();
    want(&a, 0, 1);
    ck_assert_int_eq(share(&a), WR_BUCKETS);
    a.version = told.version;
    a.want = (struct wr_buckets){ 0 };
    ck_assert_int_eq(wr_redis_do(redis, flush, 1, &reply, &err), 0);
    freeReplyObject(reply);
    ck_assert_int_eq(share(&a), 0);
    ck_assert(!told.same);
}
END_TEST

static TCase *
judge(const char *name, void (*open)(void))
{
    TCase *tc = tcase_create(name);

    tcase_add_checked_fixture(tc, open, drop);
    tcase_add_test(tc, one_owner);
    tcase_add_test(tc, time_runs_out_unless_renewed);
    tcase_add_test(tc, keys_are_apart);
    tcase_add_test(tc, a_bucket_has_one_member);
    tcase_add_test(tc, what_did_not_change_is_not_told_again);
    tcase_add_test(tc, who_is_silent_has_nothing);
    tcase_add_test(tc, what_was_lost_is_told);

    return tc;
}

int
main(void)
{
    TCase *on_redis = getenv("WEIR_TEST_REDIS") ? judge("redis", open_redis)
                                                : NULL;

    return t_main("lock", judge("memory", open_memory), on_redis, NULL);
}
