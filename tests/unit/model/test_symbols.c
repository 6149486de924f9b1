#include <stdio.h>
#include <string.h>

#include "engine/model/symbols.h"
#include "tests/lib/t.h"

START_TEST(numbers_last)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_symbols *s = wr_symbols_new(a), *t;
    struct wr_str blob = { .arena = a };
    struct wr_err err;
    char name[20];

    for (int i = 1; i <= 5000; i++) {
        snprintf(name, sizeof name, "name %d", i);
        ck_assert_int_eq(wr_symbols_add(s, name), i);
    }
    ck_assert_int_eq(wr_symbols_add(s, "name 17"), 17);
    ck_assert_int_eq(wr_symbols_find(s, "no name"), 0);
    wr_symbols_encode(s, &blob);
    ck_assert_int_eq(wr_symbols_decode(a, blob.s, blob.len, &t, &err), 0);
    ck_assert_int_eq(wr_symbols_count(t), 5000);
    ck_assert_str_eq(wr_symbols_name(t, 4711), "name 4711");
    ck_assert_int_eq(wr_symbols_find(t, "name 5000"), 5000);
    ck_assert_ptr_null(wr_symbols_name(t, 0));
    ck_assert_ptr_null(wr_symbols_name(t, 5001));
    ck_assert_int_eq(wr_symbols_add(t, "new"), 5001);
}
END_TEST

/* What is in stores: format byte, then name after name. */
static const char golden[] = "\x01"
                             "\x01\x05start"
                             "\x01\x02"
                             "f1"
                             "\x01\x03\xC3\xA4x";

START_TEST(blob_is_golden)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_symbols *s = wr_symbols_new(a), *t;
    struct wr_str blob = { .arena = a };
    struct wr_err err;

    wr_symbols_add(s, "start");
    wr_symbols_add(s, "f1");
    wr_symbols_add(s, "\xC3\xA4x");
    wr_symbols_encode(s, &blob);
    ck_assert_uint_eq(blob.len, sizeof golden - 1);
    ck_assert_mem_eq(blob.s, golden, blob.len);
    ck_assert_int_eq(wr_symbols_decode(a, golden, sizeof golden - 1, &t, &err),
                     0);
    ck_assert_str_eq(wr_symbols_name(t, 3), "\xC3\xA4x");
}
END_TEST

static const struct {
    const char *bytes;
    size_t len;
    enum wr_code code;
} damaged[] = {
    { "", 0, WR_ECORRUPT },
    { "\x02", 1, WR_ENEWER },
    { "\x01\x01\x05sta", 6, WR_ECORRUPT },
    { "\x01\x01\x01"
      "a\x01\x01"
      "a",
      7, WR_ECORRUPT },
};

START_TEST(damage_is_refused)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_symbols *s;
    struct wr_err err;

    ck_assert_int_eq(
        wr_symbols_decode(a, damaged[_i].bytes, damaged[_i].len, &s, &err),
        damaged[_i].code);
}
END_TEST

/* A later build may add fields: they are skipped. */
START_TEST(unknown_fields_are_skipped)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_symbols *s;
    struct wr_err err;

    ck_assert_int_eq(wr_symbols_decode(a,
                                       "\x01\x07\x02zz\x01\x01"
                                       "a",
                                       8, &s, &err),
                     0);
    ck_assert_int_eq(wr_symbols_find(s, "a"), 1);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("symbols");

    tcase_add_test(tc, numbers_last);
    tcase_add_test(tc, blob_is_golden);
    tcase_add_loop_test(tc, damage_is_refused, 0, WR_COUNT(damaged));
    tcase_add_test(tc, unknown_fields_are_skipped);

    return t_main("symbols", tc, NULL);
}
