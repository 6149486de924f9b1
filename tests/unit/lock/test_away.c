/* A Redis that takes connections and never answers: nobody who is about to
 * commit may wait for it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/lock/lease.h"
#include "tests/lib/t.h"

enum {
    WAIT = 400, /* ms, for an answer */
    PAUSE = 10
};

static char path[64];
static int fd;
static struct wr_clock clock_;
static struct wr_redis *redis;
static struct wr_lock *lock;
static struct wr_lease *lease;

static void
make(void)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    struct wr_redis_options o = { .clock = &clock_,
                                  .wait_ms = WAIT,
                                  .delay_ms = PAUSE,
                                  .delay_max_ms = PAUSE };
    char url[80];
    struct wr_err err;

    clock_ = (struct wr_clock){ .is_virtual = true, .now = 1000000 };
    snprintf(path, sizeof(path), "/tmp/weir-away-%d.sock", (int)getpid());
    snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    ck_assert_int_eq(listen(fd, 64), 0);
    snprintf(url, sizeof(url), "unix://%s", path);
    o.url = url;
    ck_assert_int_eq(wr_redis_new(&o, &redis, &err), 0);
    lock = wr_lock_redis(redis);
    lease = wr_lease_new(&(struct wr_lease_options){ .lock = lock,
                                                     .clock = &clock_,
                                                     .prefix = "weir",
                                                     .n_slots = 1,
                                                     .ttl_ms = 9000,
                                                     .lock_ttl_ms = 5000 });
}

static void
drop(void)
{
    wr_lease_free(lease);
    wr_lock_close(lock);
    wr_redis_free(redis);
    close(fd);
    unlink(path);
}

static long
tries(void)
{
    struct wr_link_view v;

    wr_link_look(wr_redis_link(redis), &v);

    return v.failures;
}

START_TEST(only_the_keeper_tries_whether_it_is_back)
{
    struct wr_uuid id = wr_uuid_new(5, 1);
    struct wr_err err;
    bool away;
    long before;

    ck_assert_int_eq(wr_lease_beat(lease, &err), WR_ESTORE);
    before = tries();
    ck_assert_int_eq(before, 1);
    for (int i = 0; i < 5; i++) {
        clock_.now += 1000; /* it may be tried again */
        ck_assert(!wr_lease_lock(lease, &id, &away) && away);
        wr_lease_unlock(lease, &id);
    }
    ck_assert_int_eq(tries(), before);
    ck_assert_int_eq(wr_lease_beat(lease, &err), WR_ESTORE);
    ck_assert_int_eq(tries(), before + 1);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("away");

    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, only_the_keeper_tries_whether_it_is_back);

    return t_main("away", tc, NULL);
}
