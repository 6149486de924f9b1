#include <string.h>

#include "engine/base/err.h"
#include "tests/lib/t.h"

static const enum wr_code all[] = {
#define WR_ERROR(code, http, problem, retry, title) WR_##code,
#include "engine/base/errors.def"
#undef WR_ERROR
};

START_TEST(fails_and_wraps)
{
    struct wr_err err = { 0 };

    ck_assert_int_eq(wr_fail(&err, WR_ENOTFOUND, "no definition '%s'", "o"),
                     WR_ENOTFOUND);
    ck_assert_int_eq(wr_wrap(&err, "resume '%s'", "p1"), WR_ENOTFOUND);
    ck_assert_int_eq(err.code, WR_ENOTFOUND);
    ck_assert_str_eq(err.text, "resume 'p1': no definition 'o'");
}
END_TEST

START_TEST(long_texts_are_cut)
{
    struct wr_err err = { 0 };
    char text[600];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    wr_fail(&err, WR_EINVALID, "%s", text);
    ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
    ck_assert_int_eq(wr_wrap(&err, "outer"), WR_EINVALID);
    ck_assert_mem_eq(err.text, "outer: xxx", 10);
    ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
    wr_wrap(&err, "%s", text);
    ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

START_TEST(rows_are_sound)
{
    enum wr_code code = all[_i];

    ck_assert_int_lt(code, WR_OK);
    ck_assert_int_eq(wr_code_name(code)[0], 'E');
    ck_assert_uint_eq(
        strspn(wr_code_problem(code), "abcdefghijklmnopqrstuvwxyz-"),
        strlen(wr_code_problem(code)));
    ck_assert_uint_gt(strlen(wr_code_title(code)), 5);
    ck_assert(wr_code_http(code) >= 400 && wr_code_http(code) < 600);
    for (int i = 0; i < _i; i++)
        ck_assert_str_ne(wr_code_problem(all[i]), wr_code_problem(code));
}
END_TEST

START_TEST(named_rows)
{
    ck_assert_str_eq(wr_code_name(WR_ECONFLICT), "ECONFLICT");
    ck_assert_str_eq(wr_code_problem(WR_ECONFLICT), "conflict");
    ck_assert_int_eq(wr_code_http(WR_ECONFLICT), 409);
    ck_assert(wr_code_retryable(WR_ECONFLICT));
    ck_assert(!wr_code_retryable(WR_ENOTFOUND));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("err");

    tcase_add_test(tc, fails_and_wraps);
    tcase_add_test(tc, long_texts_are_cut);
    tcase_add_loop_test(tc, rows_are_sound, 0, WR_COUNT(all));
    tcase_add_test(tc, named_rows);

    return t_main("err", tc, NULL);
}
