/* Each bucket is one scheduler's, and stays so as others come and go. */
#include <stdlib.h>

#include "scheduler/shares.h"
#include "tests/lib/t.h"

enum {
    N = 5
};

static uint64_t names[N];

static void
name_them(void)
{
    for (int i = 0; i < N; i++) {
        char text[8] = { 'h', 'o', 's', 't', (char)('a' + i) };

        names[i] = wr_shares_name(text);
    }
}

START_TEST(each_has_its_part)
{
    int of[N] = { 0 };

    name_them();
    for (int b = 0; b < WR_BUCKETS; b++)
        of[wr_shares_owner(names, N, b)]++;
    for (int i = 0; i < N; i++) {
        ck_assert_int_gt(of[i], WR_BUCKETS / N * 8 / 10);
        ck_assert_int_lt(of[i], WR_BUCKETS / N * 12 / 10);
    }
}
END_TEST

START_TEST(only_the_buckets_of_who_went_move)
{
    name_them();
    for (int b = 0; b < WR_BUCKETS; b++) {
        size_t was = wr_shares_owner(names, N, b);

        /* The last one goes. */
        if (was < N - 1)
            ck_assert_uint_eq(wr_shares_owner(names, N - 1, b), was);
    }
}
END_TEST

START_TEST(without_shares_nothing_is_known)
{
    ck_assert(!wr_shares_known(NULL, 0));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("shares");

    tcase_add_test(tc, each_has_its_part);
    tcase_add_test(tc, only_the_buckets_of_who_went_move);
    tcase_add_test(tc, without_shares_nothing_is_known);

    return t_main("shares", tc, NULL);
}
