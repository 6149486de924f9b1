#include "engine/net/link.h"
#include "tests/lib/t.h"

static struct wr_link l;
static struct wr_clock clock_ = { .is_virtual = true };
static const struct wr_err why = { .code = WR_EIO, .text = "refused" };

static void
make(void)
{
    clock_.now = 1000;
    wr_link_init(&l, "redis", &clock_, 100, 1600);
}

static void
drop(void)
{
    wr_link_done(&l);
}

static struct wr_link_view
look(void)
{
    struct wr_link_view v;

    wr_link_look(&l, &v);

    return v;
}

static int
try_at(int64_t now, struct wr_err *err)
{
    clock_.now = now;

    return wr_link_may_try(&l, err);
}

static void
ready_at(int64_t now)
{
    clock_.now = now;
    wr_link_ready(&l);
}

static void
broken_at(int64_t now)
{
    clock_.now = now;
    wr_link_broken(&l, &why);
}

START_TEST(comes_up_and_counts)
{
    struct wr_err err;

    ck_assert_int_eq(look().state, WR_LINK_CONNECTING);
    ck_assert_int_eq(look().since, 1000);
    ck_assert_int_eq(try_at(1001, &err), 0);
    ck_assert_int_eq(try_at(1001, &err), 0);
    ready_at(1010);
    ready_at(1020); /* a second connection */
    ck_assert_int_eq(look().state, WR_LINK_READY);
    ck_assert_int_eq(look().since, 1010);
    ck_assert_int_eq(look().connects, 1);
    broken_at(1100);
    ck_assert_int_eq(look().state, WR_LINK_BROKEN);
    ck_assert_int_eq(look().losses, 1);
    ck_assert_str_eq(look().cause, "refused");
    broken_at(1110); /* its second connection */
    ck_assert_int_eq(look().losses, 1);
    ck_assert_int_eq(look().failures, 1);
    ck_assert_int_eq(look().since, 1100);
    ready_at(1200);
    ck_assert_int_eq(look().connects, 2);
    ck_assert_str_eq(look().cause, "");
}
END_TEST

/* One caller a pause; the others hear at once that it is away and why. */
START_TEST(one_tries_the_others_are_told)
{
    struct wr_err err;
    int64_t next;

    broken_at(2000);
    next = look().next;
    ck_assert(next >= 2050 && next <= 2100);
    ck_assert_int_eq(try_at(next - 1, &err), WR_ESTORE);
    ck_assert_str_eq(err.text, "redis is away: refused");
    ck_assert_int_eq(try_at(next, &err), 0);
    ck_assert_int_eq(try_at(next, &err), WR_ESTORE);
}
END_TEST

START_TEST(pauses_double_up_to_a_bound_and_begin_anew)
{
    static const int64_t most[] = { 100, 200, 400, 800, 1600, 1600, 1600 };
    int64_t now = 5000;
    bool differ = false;

    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < WR_COUNT(most); i++) {
            int64_t pause;

            broken_at(now);
            pause = look().next - now;
            ck_assert_msg(pause >= most[i] / 2 && pause <= most[i],
                          "failure %zu: %lld", i, (long long)pause);
            differ |= pause != most[i];
            now += pause;
        }
        ready_at(now);
    }
    ck_assert_msg(differ, "no jitter");
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("link");

    tcase_add_checked_fixture(tc, make, drop);
    tcase_add_test(tc, comes_up_and_counts);
    tcase_add_test(tc, one_tries_the_others_are_told);
    tcase_add_test(tc, pauses_double_up_to_a_bound_and_begin_anew);

    return t_main("link", tc, NULL);
}
