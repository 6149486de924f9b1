#include <string.h>

#include "engine/base/str.h"
#include "tests/lib/t.h"

START_TEST(grows)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };

    ck_assert_str_eq(wr_str_text(&s), "");
    wr_str_add(&s, "");
    ck_assert_ptr_nonnull(s.s);
    for (int i = 0; i < 1000; i++)
        wr_str_printf(&s, "%d,", i);
    wr_str_addc(&s, '!');
    ck_assert_uint_eq(s.len, 3891);
    ck_assert_uint_eq(strlen(s.s), s.len);
    ck_assert_str_eq(s.s + s.len - 5, "999,!");
}
END_TEST

START_TEST(holds_bytes)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };

    wr_str_addn(&s, "a\0b", 3);
    ck_assert_uint_eq(s.len, 3);
    ck_assert_mem_eq(s.s, "a\0b", 4);
}
END_TEST

static const struct {
    const char *text;
    size_t valid;
} utf8[] = {
    { "", 0 },
    { "plain", 5 },
    { "\xC3\xA9", 2 },
    { "\xE2\x82\xAC", 3 },
    { "\xF0\x9F\x98\x80", 4 },
    { "\xF4\x8F\xBF\xBF", 4 },
    { "ok\xC0\x80", 2 },         /* overlong */
    { "ok\xE0\x80\x80", 2 },     /* overlong */
    { "ok\xF0\x80\x80\x80", 2 }, /* overlong */
    { "ok\xED\xA0\x80", 2 },     /* surrogate */
    { "ok\xF4\x90\x80\x80", 2 }, /* above U+10FFFF */
    { "ok\xE2\x82", 2 },         /* cut */
    { "ok\xE2\x82X", 2 },
    { "ok\xF0\x9F\x98X", 2 },
    { "ok\x80", 2 },
    { "ok\xFF", 2 },
    { "eight by\xC3\xA9 and more\xFF", 19 },
    { "eight bytes\x80", 11 },
};

START_TEST(checks_utf8)
{
    ck_assert_uint_eq(wr_utf8_valid(utf8[_i].text, strlen(utf8[_i].text)),
                      utf8[_i].valid);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("str");

    tcase_add_test(tc, grows);
    tcase_add_test(tc, holds_bytes);
    tcase_add_loop_test(tc, checks_utf8, 0, WR_COUNT(utf8));

    return t_main("str", tc, NULL);
}
