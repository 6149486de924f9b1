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

static TCase *
judge(const char *name, void (*open)(void))
{
    TCase *tc = tcase_create(name);

    tcase_add_checked_fixture(tc, open, drop);
    tcase_add_test(tc, one_owner);
    tcase_add_test(tc, time_runs_out_unless_renewed);
    tcase_add_test(tc, keys_are_apart);

    return tc;
}

int
main(void)
{
    TCase *on_redis = getenv("WEIR_TEST_REDIS") ? judge("redis", open_redis)
                                                : NULL;

    return t_main("lock", judge("memory", open_memory), on_redis, NULL);
}
