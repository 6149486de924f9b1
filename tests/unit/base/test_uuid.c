#include <string.h>

#include "engine/base/uuid.h"
#include "tests/lib/t.h"

START_TEST(carries_time_and_bucket)
{
    struct wr_uuid u = wr_uuid_new(1767225600123, 0xABC);
    char text[WR_UUID_TEXT];

    wr_uuid_text(&u, text);
    ck_assert_int_eq(wr_uuid_ms(&u), 1767225600123);
    ck_assert_int_eq(wr_uuid_bucket(&u), 0xABC);
    ck_assert_uint_eq(strlen(text), 36);
    ck_assert_mem_eq(text, "019b76da-a87b-7abc-", 19);
    ck_assert(strchr("89ab", text[19]) != NULL);
}
END_TEST

START_TEST(successors_stay_in_the_bucket)
{
    struct wr_uuid base = wr_uuid_new(42, 4095), first = base, next;

    memset(base.b + 8, 0xFF, 8);
    base.b[8] = 0xBF;
    next = wr_uuid_next(&base);
    ck_assert(wr_uuid_equal(&next, &base));
    ck_assert_int_eq(wr_uuid_bucket(&next), 4095);
    ck_assert_int_eq(next.b[8], 0x80);
    ck_assert_int_eq(next.b[15], 0);

    base = first;
    next = wr_uuid_next(&base);
    ck_assert(!wr_uuid_equal(&next, &first));
    ck_assert_mem_eq(next.b, first.b, 8);
}
END_TEST

/* Of one process, whatever their buckets; and so are their successors. */
START_TEST(bases_of_one_millisecond_are_in_order)
{
    struct wr_uuid before = wr_uuid_base(42, 4095), later;

    for (int k = 0; k < 1000; k++) {
        struct wr_uuid base = wr_uuid_base(42, 4095 - k);

        ck_assert_int_lt(wr_uuid_age(&before, &base), 0);
        ck_assert_int_gt(wr_uuid_age(&base, &before), 0);
        ck_assert_int_eq(wr_uuid_bucket(&base), 4095 - k);
        for (int n = 0; n < 100; n++)
            before = wr_uuid_next(&base);
    }
    later = wr_uuid_base(43, 0);
    ck_assert_int_lt(wr_uuid_age(&before, &later), 0);
    ck_assert_int_eq(wr_uuid_age(&later, &later), 0);
}
END_TEST

START_TEST(text_and_back)
{
    static const char text[] = "0190e2a0-1111-7abc-8def-0123456789ab";
    struct wr_uuid u, upper;
    struct wr_err err;
    char out[WR_UUID_TEXT];

    ck_assert_int_eq(wr_uuid_parse(text, 36, &u, &err), 0);
    wr_uuid_text(&u, out);
    ck_assert_str_eq(out, text);
    ck_assert_int_eq(
        wr_uuid_parse("0190E2A0-1111-7ABC-8DEF-0123456789AB", 36, &upper, &err),
        0);
    ck_assert_int_eq(wr_uuid_cmp(&u, &upper), 0);
    ck_assert(!wr_uuid_is_zero(&u));
}
END_TEST

static const char *const bad[] = {
    "",
    "0190e2a0-1111-7abc-8def-0123456789a",
    "0190e2a0-1111-7abc-8def-0123456789abc",
    "0190e2a0x1111-7abc-8def-0123456789ab",
    "0190e2a0-1111-7abc-8def-0123456789ag",
    "{190e2a0-1111-7abc-8def-0123456789a}",
    "0190e2a011117abc8def0123456789ab",
};

START_TEST(refuses)
{
    struct wr_uuid u = { { 1 } };
    struct wr_err err;

    ck_assert_int_eq(wr_uuid_parse(bad[_i], strlen(bad[_i]), &u, &err),
                     WR_EINVALID);
    ck_assert_int_eq(u.b[0], 1);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("uuid");

    tcase_add_test(tc, carries_time_and_bucket);
    tcase_add_test(tc, successors_stay_in_the_bucket);
    tcase_add_test(tc, bases_of_one_millisecond_are_in_order);
    tcase_add_test(tc, text_and_back);
    tcase_add_loop_test(tc, refuses, 0, WR_COUNT(bad));

    return t_main("uuid", tc, NULL);
}
