/* What is done when a process dies is known to the one after it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fcgi_workers/suspects.h"
#include "tests/lib/t.h"

enum {
    ROOM = 4,
    DAY = 24 * 3600 * 1000
};

static char home[] = "/tmp/weir-suspects-XXXXXX", path[64];
static struct wr_arena *a;
static struct wr_suspects *s;
static int64_t now = 1000;
static struct wr_uuid ids[3] = { { { 1 } }, { { 2 } }, { { 3 } } };

static void
open_it(void)
{
    struct wr_err err = { 0 };

    ck_assert_int_eq(wr_suspects_open(a, home, 0, ROOM, now, &s, &err), 0);
}

static void
setup(void)
{
    a = wr_arena_new(4096);
    ck_assert_ptr_nonnull(mkdtemp(home));
    snprintf(path, sizeof(path), "%s/run", home);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/run/slot-0.doing", home);
    open_it();
}

static void
teardown(void)
{
    wr_suspects_close(s);
    wr_arena_free(a);
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(home);
}

/* A process does the first `n` of them, ends `done` and is killed. */
static void
die(int n, int done)
{
    pid_t pid;
    int status;

    wr_suspects_close(s);
    pid = fork();
    if (pid == 0) {
        open_it();
        for (int i = 0; i < n; i++)
            wr_suspects_begin(s, &ids[i], now);
        if (done >= 0)
            wr_suspects_end(s, &ids[done], WR_ENDED);
        raise(SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    open_it();
}

START_TEST(deaths_are_counted)
{
    for (int k = 1; k <= WR_DEATHS; k++) {
        die(1, -1);
        ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), k);
        ck_assert_int_eq(wr_suspects_count(s), 1);
    }
    for (int k = 0; k < 10; k++) /* and not for ever */
        die(1, -1);
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), WR_DEATHS_MUTE);
}
END_TEST

START_TEST(what_had_ended_is_no_suspect)
{
    die(3, 1);
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), 1);
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[1]), 0);
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[2]), 1);
    wr_suspects_begin(s, &ids[2], now);
    wr_suspects_end(s, &ids[2], WR_ENDED);
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[2]), 0);
    wr_suspects_begin(s, &ids[0], now);
    wr_suspects_end(s, &ids[0], WR_ENDED_NOT); /* nothing came of it */
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), 1);
    die(0, -1); /* by another death it is not charged */
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), 1);
    ck_assert_int_eq(wr_suspects_count(s), 1);
}
END_TEST

START_TEST(what_nobody_waits_for_is_still_done)
{
    wr_suspects_begin(s, &ids[0], now);
    wr_suspects_end(s, &ids[0], WR_ENDED_UNSEEN);
    die(1, -1); /* closed before, and forgiven; then begun again */
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), 1);
    wr_suspects_begin(s, &ids[0], now);
    wr_suspects_end(s, &ids[0], WR_ENDED_UNSEEN);
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), 1);
    wr_suspects_end(s, &ids[0], WR_ENDED);
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), 0);
}
END_TEST

START_TEST(an_orderly_end_is_nobodys_fault)
{
    die(1, -1);
    wr_suspects_begin(s, &ids[0], now);
    wr_suspects_begin(s, &ids[1], now);
    wr_suspects_close(s);
    open_it();
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[0]), 1);
    ck_assert_int_eq(wr_suspects_deaths(s, &ids[1]), 0);
}
END_TEST

START_TEST(suspects_are_forgotten_and_done_one_by_one)
{
    die(2, -1);
    ck_assert(wr_suspects_alone(s));
    ck_assert(!wr_suspects_alone(s));
    wr_suspects_done(s);
    ck_assert(wr_suspects_alone(s));
    wr_suspects_done(s);
    wr_suspects_close(s);
    now += DAY + 1;
    open_it();
    ck_assert_int_eq(wr_suspects_count(s), 0);
}
END_TEST

START_TEST(a_file_that_is_none_is_begun_anew)
{
    FILE *f;

    die(2, -1);
    wr_suspects_close(s);
    f = fopen(path, "r+");
    ck_assert_ptr_nonnull(f);
    fputs("something else", f);
    fclose(f);
    open_it();
    ck_assert_int_eq(wr_suspects_count(s), 0);
    wr_suspects_close(s);
    ck_assert_int_eq(truncate(path, 20), 0);
    open_it();
    ck_assert_int_eq(wr_suspects_count(s), 0);
}
END_TEST

START_TEST(more_than_there_is_room_for_is_done_unnoted)
{
    for (int i = 0; i < 3 * ROOM; i++)
        wr_suspects_begin(s, &(struct wr_uuid){ { (unsigned char)(9 + i) } },
                          now);
    for (int i = 0; i < 3 * ROOM; i++)
        wr_suspects_end(s, &(struct wr_uuid){ { (unsigned char)(9 + i) } },
                        WR_ENDED);
    die(3, -1);
    ck_assert_int_eq(wr_suspects_count(s), 3);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("suspects (rows 104)");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, deaths_are_counted);
    tcase_add_test(tc, what_had_ended_is_no_suspect);
    tcase_add_test(tc, what_nobody_waits_for_is_still_done);
    tcase_add_test(tc, an_orderly_end_is_nobodys_fault);
    tcase_add_test(tc, suspects_are_forgotten_and_done_one_by_one);
    tcase_add_test(tc, a_file_that_is_none_is_begun_anew);
    tcase_add_test(tc, more_than_there_is_room_for_is_done_unnoted);

    return t_main("suspects", tc, NULL);
}
