#include "engine/base/retry.h"
#include "tests/lib/t.h"

enum {
    S = 1000,
    M = 60 * S
};

static const struct {
    const char *text;
    int32_t tries;
    int64_t pause[5]; /* after the first failures */
} good[] = {
    { "R3", 3, { 0, 0, 0, 0, 0 } },
    { "R1", 1, { 0, 0, 0, 0, 0 } },
    { "R5/PT10S", 5, { 10 * S, 10 * S, 10 * S, 10 * S, 10 * S } },
    { "R5/PT10S*2", 5, { 10 * S, 20 * S, 40 * S, 80 * S, 160 * S } },
    { "R5/PT10S*3<PT1M", 5, { 10 * S, 30 * S, M, M, M } },
    { "PT1M,PT5M,PT30M", 4, { M, 5 * M, 30 * M, 30 * M, 30 * M } },
    { "PT1M", 2, { M, M, M, M, M } },
};

START_TEST(rules_are_read)
{
    struct wr_retry r;
    struct wr_err err;

    ck_assert_int_eq(wr_retry_parse(good[_i].text, &r, &err), 0);
    ck_assert_int_eq(r.tries, good[_i].tries);
    for (int32_t n = 1; n <= 5; n++)
        ck_assert_int_eq(wr_retry_at(&r, n, 7777, 1),
                         7777 + good[_i].pause[n - 1]);
}
END_TEST

static const char *const bad[] = {
    "",
    "R",
    "R0",
    "R1001",
    "R3/",
    "R3/10S",
    "R-1",
    "3",
    "R3/PT1S*",
    "R3/PT1S*0",
    "R3/PT1S<",
    "R3/PT1S~5",
    "PT1S,",
    ",PT1S",
    "R3/PT1S~101%",
    "R3/PT1S x",
    "R3 PT1S",
    "R3/-PT1S",
    "R3/PT1S<PT0S",
    "R3/PT1S*2000",
    "PT1S;PT2S",
    "R3*2",
    "R99999999999999999999",
};

START_TEST(refusals)
{
    struct wr_retry r;
    struct wr_err err;

    ck_assert_int_eq(wr_retry_parse(bad[_i], &r, &err), WR_EVALUE);
}
END_TEST

START_TEST(pauses_are_shaken)
{
    struct wr_retry r;
    struct wr_err err;
    int64_t least = INT64_MAX, most = 0;

    ck_assert_int_eq(wr_retry_parse("R5/PT100S~25%", &r, &err), 0);
    for (uint64_t dice = 0; dice < 2000; dice++) {
        int64_t at = wr_retry_at(&r, 1, 0, dice * 7919);

        ck_assert_int_eq(at, wr_retry_at(&r, 1, 0, dice * 7919));
        least = at < least ? at : least;
        most = at > most ? at : most;
    }
    ck_assert_int_ge(least, 75 * S);
    ck_assert_int_le(least, 80 * S);
    ck_assert_int_le(most, 125 * S);
    ck_assert_int_ge(most, 120 * S);
}
END_TEST

START_TEST(pauses_end)
{
    struct wr_retry r;
    struct wr_err err;

    ck_assert_int_eq(wr_retry_parse("R1000/P1Y*100", &r, &err), 0);
    ck_assert_int_le(wr_retry_at(&r, 1000, 0, 0), INT64_C(366) * 86400 * S);
}
END_TEST

START_TEST(by_type)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
    struct wr_retry_rules rules;
    struct wr_err err;

    ck_assert_int_eq(
        wr_retry_rules(a, "R7", " mail : R2/PT1S ; a:b: PT1M;", &rules, &err),
        0);
    ck_assert_int_eq(wr_retry_of(&rules, "mail")->tries, 2);
    ck_assert_int_eq(wr_retry_of(&rules, "a:b")->tries, 2);
    ck_assert_int_eq(wr_retry_of(&rules, "other")->tries, 7);
    ck_assert_int_eq(wr_retry_of(NULL, "mail")->tries, 3);
    ck_assert_int_eq(wr_retry_rules(a, "R7", "mail", &rules, &err), WR_EVALUE);
    ck_assert_int_eq(wr_retry_rules(a, "R7", ": R3", &rules, &err), WR_EVALUE);
    ck_assert_int_eq(wr_retry_rules(a, "x", "", &rules, &err), WR_EVALUE);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("retry");

    tcase_add_loop_test(tc, rules_are_read, 0, WR_COUNT(good));
    tcase_add_loop_test(tc, refusals, 0, WR_COUNT(bad));
    tcase_add_test(tc, pauses_are_shaken);
    tcase_add_test(tc, pauses_end);
    tcase_add_test(tc, by_type);

    return t_main("retry", tc, NULL);
}
