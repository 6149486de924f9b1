#include <string.h>

#include "engine/base/decimal.h"
#include "tests/lib/t.h"

static struct wr_decimal
dec(const char *s)
{
    struct wr_decimal d = { { 0, 0 } };
    struct wr_err err = { 0 };

    ck_assert_msg(wr_decimal_parse(s, strlen(s), &d, &err) == 0, "%s: %s", s,
                  err.text);

    return d;
}

static void
same(struct wr_decimal d, const char *want)
{
    char text[WR_DECIMAL_TEXT];

    ck_assert_uint_eq(wr_decimal_text(d, text), strlen(text));
    ck_assert_str_eq(text, want);
}

static const struct {
    const char *in, *out;
} texts[] = {
    { "0", "0" },
    { "-0", "0" },
    { "-0.000", "0" },
    { "0E+9999", "0" },
    { "6.0", "6" },
    { "007", "7" },
    { ".5", "0.5" },
    { "-.5", "-0.5" },
    { "1e3", "1000" },
    { "1E-3", "0.001" },
    { "100", "100" },
    { "1234567890123456789012345678901234",
      "1234567890123456789012345678901234" },
    { "0.1234567890123456789012345678901234",
      "0.1234567890123456789012345678901234" },
    { "1234567890123456789012345678901234000",
      "1234567890123456789012345678901234000" },
    { "1.5000000000000000000000000000000000000000000", "1.5" },
    { "1e39", "1000000000000000000000000000000000000000" },
    { "1e40", "1E+40" },
    { "-12e40", "-1.2E+41" },
    { "1e-38", "0.00000000000000000000000000000000000001" },
    { "1e-39", "1E-39" },
    { "9.999999999999999999999999999999999e6144",
      "9.999999999999999999999999999999999E+6144" },
    { "1e6144", "1E+6144" },
    { "1e-6176", "1E-6176" },
    { "9223372036854775807", "9223372036854775807" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "18446744073709551616", "18446744073709551616" },
    { "123.456", "123.456" },
    { "-0.00012", "-0.00012" },
};

START_TEST(text_round_trips)
{
    same(dec(texts[_i].in), texts[_i].out);
    same(dec(texts[_i].out), texts[_i].out);
}
END_TEST

static const char *const bad[] = {
    "",
    "-",
    "+1",
    ".",
    "1.",
    "1e",
    "1e+",
    "abc",
    "1 ",
    " 1",
    "0x10",
    "1,5",
    "--1",
    "NaN",
    "Infinity",
    "1e6145",
    "1e-6177",
    "1e99999999999999999999",
    "12345678901234567890123456789012345",
    "10000000000000000000000000000000001",
};

START_TEST(refuses)
{
    struct wr_decimal d = wr_decimal_from_int(7);
    struct wr_err err;

    ck_assert_int_eq(wr_decimal_parse(bad[_i], strlen(bad[_i]), &d, &err),
                     WR_EVALUE);
    same(d, "7");
}
END_TEST

START_TEST(ints)
{
    static const int64_t n[] = { 0, 1, -1, INT64_MAX, INT64_MIN };
    int64_t got = 5;

    for (size_t i = 0; i < WR_COUNT(n); i++) {
        ck_assert(wr_decimal_to_int(wr_decimal_from_int(n[i]), &got));
        ck_assert_int_eq(got, n[i]);
    }
    ck_assert(wr_decimal_to_int(dec("12e3"), &got));
    ck_assert_int_eq(got, 12000);
    ck_assert(wr_decimal_to_int(wr_decimal_add(dec("1.5"), dec("1.5")), &got));
    ck_assert_int_eq(got, 3);
    ck_assert(!wr_decimal_to_int(dec("1.5"), &got));
    ck_assert(!wr_decimal_to_int(dec("9223372036854775808"), &got));
    ck_assert(!wr_decimal_to_int(dec("1e30"), &got));
    ck_assert_double_eq(wr_decimal_to_double(dec("0.5")), 0.5);
}
END_TEST

START_TEST(arithmetic)
{
    struct wr_decimal d;

    same(wr_decimal_add(dec("0.1"), dec("0.2")), "0.3");
    same(wr_decimal_add(dec("9223372036854775807"), dec("1")),
         "9223372036854775808");
    same(wr_decimal_sub(dec("1"), dec("1.0")), "0");
    same(wr_decimal_sub(dec("-1"), dec("-3")), "2");
    same(wr_decimal_mul(dec("-3"), dec("0")), "0");
    same(wr_decimal_mul(dec("9223372036854775807"), dec("10")),
         "92233720368547758070");
    same(wr_decimal_mul(dec("1.1"), dec("-1.1")), "-1.21");
    ck_assert(wr_decimal_div(dec("1"), dec("3"), &d));
    same(d, "0.3333333333333333333333333333333333");
    ck_assert(wr_decimal_div(dec("2"), dec("3"), &d));
    same(d, "0.6666666666666666666666666666666667");
    ck_assert(wr_decimal_div(dec("-12"), dec("4"), &d));
    same(d, "-3");
    ck_assert(wr_decimal_div(dec("-9223372036854775808"), dec("-1"), &d));
    same(d, "9223372036854775808");
    ck_assert(!wr_decimal_div(dec("9e6144"), dec("0.1"), &d));
    ck_assert(wr_decimal_div(dec("10"), dec("4"), &d));
    same(d, "2.5");
    ck_assert(!wr_decimal_div(dec("1"), dec("0.00"), &d));
    ck_assert(!wr_decimal_is_finite(wr_decimal_mul(dec("9e6144"), dec("10"))));
    same(wr_decimal_neg(dec("0")), "0");
    same(wr_decimal_neg(dec("1.5")), "-1.5");
    same(wr_decimal_abs(dec("-1.5")), "1.5");
}
END_TEST

/* DMN 1.5 table 74: the sign of the divisor. */
START_TEST(modulo)
{
    static const char *const rows[][3] = {
        { "12", "5", "2" },         { "-12", "5", "3" },
        { "12", "-5", "-3" },       { "-12", "-5", "-2" },
        { "10.1", "4.5", "1.1" },   { "-10.1", "4.5", "3.4" },
        { "10.1", "-4.5", "-3.4" }, { "-10.1", "-4.5", "-1.1" },
        { "10", "5", "0" },
    };
    struct wr_decimal d;

    for (size_t i = 0; i < WR_COUNT(rows); i++) {
        ck_assert(wr_decimal_mod(dec(rows[i][0]), dec(rows[i][1]), &d));
        same(d, rows[i][2]);
    }
    ck_assert(!wr_decimal_mod(dec("1"), dec("0"), &d));
    ck_assert(wr_decimal_mod(dec("-9223372036854775808"), dec("-1"), &d));
    same(d, "0");
}
END_TEST

START_TEST(powers_and_roots)
{
    struct wr_decimal d;

    ck_assert(wr_decimal_pow(dec("2"), dec("100"), &d));
    same(d, "1267650600228229401496703205376");
    ck_assert(wr_decimal_pow(dec("2"), dec("-2"), &d));
    same(d, "0.25");
    ck_assert(wr_decimal_pow(dec("0"), dec("0"), &d));
    same(d, "1");
    ck_assert(!wr_decimal_pow(dec("0"), dec("-1"), &d));
    ck_assert(!wr_decimal_pow(dec("-8"), dec("0.5"), &d));
    ck_assert(wr_decimal_pow(dec("16"), dec("0.5"), &d));
    ck_assert_int_eq(wr_decimal_cmp(d, dec("4")), 0);
    ck_assert(!wr_decimal_pow(dec("10"), dec("6145"), &d));
    ck_assert(wr_decimal_sqrt(dec("2"), &d));
    same(d, "1.414213562373095048801688724209698");
    ck_assert(!wr_decimal_sqrt(dec("-1"), &d));
    ck_assert(wr_decimal_exp(dec("1"), &d));
    same(d, "2.718281828459045235360287471352662");
    ck_assert(wr_decimal_log(dec("10"), &d));
    same(d, "2.302585092994045684017991454684364");
    ck_assert(!wr_decimal_log(dec("0"), &d));
}
END_TEST

static const struct {
    const char *in;
    int scale;
    enum wr_rounding mode;
    const char *out;
} rounded[] = {
    { "2.5", 0, WR_ROUND_HALF_EVEN, "2" },
    { "1.5", 0, WR_ROUND_HALF_EVEN, "2" },
    { "-2.5", 0, WR_ROUND_HALF_EVEN, "-2" },
    { "1.5", 0, WR_ROUND_FLOOR, "1" },
    { "-1.5", 0, WR_ROUND_FLOOR, "-2" },
    { "1.5", 0, WR_ROUND_CEILING, "2" },
    { "-1.5", 0, WR_ROUND_CEILING, "-1" },
    { "5.5", 0, WR_ROUND_UP, "6" },
    { "-5.1", 0, WR_ROUND_UP, "-6" },
    { "5.9", 0, WR_ROUND_DOWN, "5" },
    { "-5.9", 0, WR_ROUND_DOWN, "-5" },
    { "2.5", 0, WR_ROUND_HALF_UP, "3" },
    { "-2.5", 0, WR_ROUND_HALF_UP, "-3" },
    { "2.5", 0, WR_ROUND_HALF_DOWN, "2" },
    { "2.51", 0, WR_ROUND_HALF_DOWN, "3" },
    { "-2.5", 0, WR_ROUND_HALF_DOWN, "-2" },
    { "-2.51", 0, WR_ROUND_HALF_DOWN, "-3" },
    { "1.125", 2, WR_ROUND_HALF_EVEN, "1.12" },
    { "1234", -2, WR_ROUND_HALF_EVEN, "1200" },
    { "1250", -2, WR_ROUND_HALF_UP, "1300" },
    { "1234", -9, WR_ROUND_HALF_EVEN, "0" },
    { "1234", -6200, WR_ROUND_HALF_EVEN, "0" },
    { "1e33", 10, WR_ROUND_HALF_EVEN, "1000000000000000000000000000000000" },
    { "9999999999999999999999999999999999", -1, WR_ROUND_UP,
      "10000000000000000000000000000000000" },
    { "0", 5, WR_ROUND_UP, "0" },
    { "1.25", 6200, WR_ROUND_UP, "1.25" },
};

START_TEST(rounds)
{
    same(wr_decimal_round(dec(rounded[_i].in), rounded[_i].scale,
                          rounded[_i].mode),
         rounded[_i].out);
}
END_TEST

START_TEST(compares)
{
    ck_assert_int_eq(wr_decimal_cmp(dec("1"), dec("1.0")), 0);
    ck_assert_int_eq(
        wr_decimal_cmp(wr_decimal_add(dec("0.5"), dec("0.5")), dec("1")), 0);
    ck_assert_int_lt(wr_decimal_cmp(dec("-1"), dec("1")), 0);
    ck_assert_int_gt(wr_decimal_cmp(dec("1e40"), dec("9")), 0);
    ck_assert_int_lt(wr_decimal_cmp(dec("0.1"), dec("0.11")), 0);
    ck_assert(wr_decimal_is_integer(dec("1e40")));
    ck_assert(wr_decimal_is_integer(wr_decimal_add(dec("0.5"), dec("0.5"))));
    ck_assert(!wr_decimal_is_integer(dec("1.1")));
}
END_TEST

START_TEST(knows_canonical_bits)
{
    struct wr_decimal inf = { { 0, UINT64_C(0x7800000000000000) } };
    struct wr_decimal large = { { UINT64_MAX, UINT64_C(0x3041FFFFFFFFFFFF) } };

    ck_assert(wr_decimal_is_valid(dec("9999999999999999999999999999999999")));
    ck_assert(!wr_decimal_is_valid(inf));
    ck_assert(!wr_decimal_is_integer(inf));
    same(inf, "not finite");
    ck_assert(!wr_decimal_is_valid(large));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("decimal");

    tcase_add_loop_test(tc, text_round_trips, 0, WR_COUNT(texts));
    tcase_add_loop_test(tc, refuses, 0, WR_COUNT(bad));
    tcase_add_test(tc, ints);
    tcase_add_test(tc, arithmetic);
    tcase_add_test(tc, modulo);
    tcase_add_test(tc, powers_and_roots);
    tcase_add_loop_test(tc, rounds, 0, WR_COUNT(rounded));
    tcase_add_test(tc, compares);
    tcase_add_test(tc, knows_canonical_bits);

    return t_main("decimal", tc, NULL);
}
