#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"
#include "tests/lib/t.h"

static int
parse(struct wr_arena *a, const char *text, const struct wr_value **out,
      struct wr_err *err)
{
    *err = (struct wr_err){ .code = WR_OK };

    return wr_json_parse(a, text, strlen(text), out, err);
}

/* What comes in, and what goes out again. */
static const struct {
    const char *in, *out;
} documents[] = {
    { "null", "null" },
    { " true ", "true" },
    { "[false]", "[false]" },
    { "-0", "0" },
    { "1e+2", "100" },
    { "1.50", "1.5" },
    { "1E2", "100" },
    { "9223372036854775808", "9223372036854775808" },
    { "123456789012345678901234567890.1234",
      "123456789012345678901234567890.1234" },
    { "[]", "[]" },
    { "{ }", "{}" },
    { "[1, [2, {\"a\":\r\n\t3}]]", "[1,[2,{\"a\":3}]]" },
    { "{\"b\":1,\"a\":2}", "{\"b\":1,\"a\":2}" },
    { "{\"\":1}", "{\"\":1}" },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
    { "\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\"",
      "\"A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"" },
    { "\"\\u0001\x7f\"", "\"\\u0001\x7f\"" },
};

START_TEST(round_trips)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };
    const struct wr_value *v;
    struct wr_err err;

    ck_assert_msg(parse(a, documents[_i].in, &v, &err) == 0, "%s", err.text);
    wr_json_write(&s, v, WR_JSON_PLAIN);
    ck_assert_str_eq(s.s, documents[_i].out);
}
END_TEST

static const struct {
    const char *in;
    int line, column;
    enum wr_code code;
    const char *text;
} refused[] = {
    { "", 1, 1, WR_EJSON, "the document ends too early" },
    { "  \n ", 2, 2, WR_EJSON, "the document ends too early" },
    { "nul", 1, 1, WR_EJSON, "expected a value" },
    { "NaN", 1, 1, WR_EJSON, "expected a value" },
    { "Infinity", 1, 1, WR_EJSON, "expected a value" },
    { "\xEF\xBB\xBF{}", 1, 1, WR_EJSON, "expected a value" },
    { "1 2", 1, 3, WR_EJSON, "text after the end of the document" },
    { "truer", 1, 5, WR_EJSON, "text after the end of the document" },
    { "[1,]", 1, 4, WR_EJSON, "expected a value" },
    { "[1", 1, 3, WR_EJSON, "expected ',' or ']'" },
    { "[1 2]", 1, 4, WR_EJSON, "expected ',' or ']'" },
    { "[", 1, 2, WR_EJSON, "the document ends too early" },
    { "{", 1, 2, WR_EJSON, "expected a name in double quotes" },
    { "{a:1}", 1, 2, WR_EJSON, "expected a name in double quotes" },
    { "{\"a\" 1}", 1, 6, WR_EJSON, "expected ':'" },
    { "{\"a\":1,}", 1, 8, WR_EJSON, "expected a name in double quotes" },
    { "{\"a\":1\n \"b\":2}", 2, 2, WR_EJSON, "expected ',' or '}'" },
    { "[\n{\"a\":1,\"b\":2,\"a\":3}]", 2, 1, WR_EJSON,
      "the object has two members 'a'" },
    { "{\"\\u0061\":1,\"a\":2}", 1, 1, WR_EJSON,
      "the object has two members 'a'" },
    { "'a'", 1, 1, WR_EJSON, "expected a value" },
    { "\"a", 1, 3, WR_EJSON, "string does not end" },
    { "\"a\\", 1, 4, WR_EJSON, "string does not end" },
    { "\"a\\\"", 1, 5, WR_EJSON, "string does not end" },
    { "\"\xC3\xA9\n\"", 1, 3, WR_EJSON, "control character in a string" },
    { "\"\\x41\"", 1, 3, WR_EJSON, "unknown escape" },
    { "\"\\u12\"", 1, 3, WR_EJSON, "\\u needs four hexadecimal digits" },
    { "\"\\u12g4\"", 1, 3, WR_EJSON, "\\u needs four hexadecimal digits" },
    { "\"\\u0000\"", 1, 3, WR_EJSON, "U+0000 is not allowed" },
    { "\"\\uD800\"", 1, 3, WR_EJSON, "half of a surrogate pair" },
    { "\"\\uDC00\"", 1, 3, WR_EJSON, "half of a surrogate pair" },
    { "\"\\uD800\\u0041\"", 1, 3, WR_EJSON, "half of a surrogate pair" },
    { "\"ok\xED\xA0\x80\"", 1, 4, WR_EJSON, "not valid UTF-8" },
    { "01", 1, 1, WR_EJSON, "malformed number" },
    { "-", 1, 1, WR_EJSON, "malformed number" },
    { "1.", 1, 1, WR_EJSON, "malformed number" },
    { "[-.5]", 1, 2, WR_EJSON, "malformed number" },
    { ".5", 1, 1, WR_EJSON, "expected a value" },
    { "+1", 1, 1, WR_EJSON, "expected a value" },
    { "1e", 1, 1, WR_EJSON, "malformed number" },
    { "0x10", 1, 2, WR_EJSON, "text after the end of the document" },
    { "[12345678901234567890123456789012345]", 1, 2, WR_EVALUE,
      "number '12345678901234567890123456789012345' has more than 34 "
      "significant digits" },
    { "1e7000", 1, 1, WR_EVALUE,
      "number '1e7000' is out of range, its exponent must be between -6143 "
      "and 6144" },
    { "// x\n1", 1, 1, WR_EJSON, "expected a value" },
};

START_TEST(refuses)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_value *v = NULL;
    struct wr_err err;
    char want[256];

    ck_assert_int_eq(parse(a, refused[_i].in, &v, &err), refused[_i].code);
    snprintf(want, sizeof(want), "line %d, column %d: %s", refused[_i].line,
             refused[_i].column, refused[_i].text);
    ck_assert_str_eq(err.text, want);
    ck_assert_int_eq(err.line, refused[_i].line);
    ck_assert_int_eq(err.column, refused[_i].column);
    ck_assert_ptr_null(v);
}
END_TEST

START_TEST(many_members)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };
    const struct wr_value *v;
    struct wr_err err;

    wr_str_add(&s, "{");
    for (int i = 0; i < 1000; i++)
        wr_str_printf(&s, "\"k%d\":%d,", i, i);
    wr_str_add(&s, "\"last\":0}");
    ck_assert_int_eq(parse(a, s.s, &v, &err), 0);
    ck_assert_uint_eq(v->context.n, 1001);
    s.len -= 9;
    wr_str_add(&s, "\"k77\":0}");
    ck_assert_int_eq(parse(a, s.s, &v, &err), WR_EJSON);
    ck_assert_str_eq(err.text,
                     "line 1, column 1: the object has two members 'k77'");
}
END_TEST

START_TEST(what_is_never_stored_shows)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_value range = { .type = WR_V_RANGE };
    struct wr_str s = { .arena = a };
    struct wr_decimal d;
    struct wr_err err;

    ck_assert_int_eq(wr_decimal_parse("9e6144", 6, &d, &err), 0);
    wr_json_write(&s, &range, WR_JSON_PLAIN);
    wr_json_write(&s, wr_value_number(a, wr_decimal_add(d, d)), WR_JSON_PLAIN);
    ck_assert_str_eq(s.s, "\"range\"null");
}
END_TEST

START_TEST(embedded_nul_is_refused)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_value *v;
    struct wr_err err;

    ck_assert_int_eq(wr_json_parse(a, "\"a\0b\"", 5, &v, &err), WR_EJSON);
    ck_assert_int_eq(wr_json_parse(a, "1\0", 2, &v, &err), WR_EJSON);
}
END_TEST

static const char *
nest(struct wr_arena *a, int depth)
{
    struct wr_str s = { .arena = a };

    for (int i = 0; i < depth; i++)
        wr_str_add(&s, i % 2 ? "{\"a\":" : "[");
    wr_str_add(&s, "1");
    for (int i = depth - 1; i >= 0; i--)
        wr_str_add(&s, i % 2 ? "}" : "]");

    return s.s;
}

START_TEST(limits)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    wr_auto(wr_arena_free) struct wr_arena *small = wr_arena_new(64);
    struct wr_str s = { .arena = a };
    const struct wr_value *v;
    struct wr_err err;

    ck_assert_int_eq(parse(a, nest(a, WR_JSON_DEPTH), &v, &err), 0);
    ck_assert_int_eq(parse(a, nest(a, WR_JSON_DEPTH + 1), &v, &err), WR_ELIMIT);
    ck_assert_str_eq(err.text, "line 1, column 193: nested deeper than 64");

    wr_str_add(&s, "[0");
    for (int i = 0; i < 10000; i++)
        wr_str_add(&s, ",0");
    wr_str_add(&s, "]");
    wr_arena_set_cap(small, 65536);
    ck_assert_int_eq(parse(small, s.s, &v, &err), WR_ELIMIT);
}
END_TEST

START_TEST(pretty)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };
    const struct wr_value *v;
    struct wr_err err;

    ck_assert_int_eq(parse(a, "{\"a\":[1,{}],\"b\":[]}", &v, &err), 0);
    wr_json_write(&s, v, WR_JSON_PRETTY);
    ck_assert_str_eq(s.s,
                     "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}
END_TEST

/* Typed text, its plain form. */
static const struct {
    const char *typed, *plain;
} typed[] = {
    { "{\"$type\":\"date\",\"value\":\"2026-01-31\"}", "\"2026-01-31\"" },
    { "{\"$type\":\"time\",\"value\":\"10:00:00Z\"}", "\"10:00:00Z\"" },
    { "[{\"$type\":\"datetime\",\"value\":\"2026-01-31T10:00:00.5+01:00\"}]",
      "[\"2026-01-31T10:00:00.5+01:00\"]" },
    { "{\"$type\":\"duration\",\"value\":\"P1Y2M\"}", "\"P1Y2M\"" },
    { "{\"$type\":\"duration\",\"value\":\"-PT1.5S\"}", "\"-PT1.5S\"" },
    { "{\"$type\":\"decimal\",\"value\":\"1234567890.123456\"}",
      "1234567890.123456" },
    { "{\"$type\":\"bytes\",\"value\":\"AP8=\"}", "\"AP8=\"" },
    { "{\"a\":{\"$type\":\"context\",\"value\":{\"$type\":\"date\","
      "\"value\":7}}}",
      "{\"a\":{\"$type\":\"date\",\"value\":7}}" },
    { "[1,\"a\",null]", "[1,\"a\",null]" },
};

START_TEST(types_round_trip)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a }, t = { .arena = a };
    const struct wr_value *v;
    struct wr_err err;

    ck_assert_int_eq(parse(a, typed[_i].typed, &v, &err), 0);
    ck_assert_msg(wr_json_untype(a, v, &v, &err) == 0, "%s", err.text);
    wr_json_write(&s, v, WR_JSON_PLAIN);
    ck_assert_str_eq(s.s, typed[_i].plain);
    wr_json_write(&t, v, WR_JSON_TYPED);
    ck_assert_str_eq(t.s, typed[_i].typed);
}
END_TEST

static const struct {
    const char *in, *text;
} mistyped[] = {
    { "{\"a\":[0,{\"$type\":\"date\",\"value\":\"2026-02-30\"}]}",
      "a: [1]: '2026-02-30' is not a date" },
    { "{\"$type\":\"dat\",\"value\":\"x\"}",
      "unknown $type 'dat', allowed: date, time, datetime, duration, decimal, "
      "bytes, context" },
    { "{\"$type\":\"date\",\"value\":1}",
      "the value of $type 'date' must be a string, not number" },
    { "{\"$type\":\"date\"}",
      "a typed value has a text '$type', a 'value' and nothing else" },
    { "{\"$type\":\"date\",\"value\":\"2026-01-01\",\"x\":1}",
      "a typed value has a text '$type', a 'value' and nothing else" },
    { "{\"$type\":\"context\",\"value\":1}",
      "the value of $type 'context' must be an object" },
    { "{\"$type\":\"bytes\",\"value\":\"A\"}", "base64: cut short" },
    { "{\"$type\":\"decimal\",\"value\":\"1,5\"}", "'1,5' is not a number" },
};

START_TEST(wrong_types_are_named)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_value *v;
    struct wr_err err;

    ck_assert_int_eq(parse(a, mistyped[_i].in, &v, &err), 0);
    ck_assert_int_eq(wr_json_untype(a, v, &v, &err), WR_EVALUE);
    ck_assert_str_eq(err.text, mistyped[_i].text);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("json");

    tcase_add_loop_test(tc, round_trips, 0, WR_COUNT(documents));
    tcase_add_loop_test(tc, refuses, 0, WR_COUNT(refused));
    tcase_add_test(tc, many_members);
    tcase_add_test(tc, what_is_never_stored_shows);
    tcase_add_test(tc, embedded_nul_is_refused);
    tcase_add_test(tc, limits);
    tcase_add_test(tc, pretty);
    tcase_add_loop_test(tc, types_round_trip, 0, WR_COUNT(typed));
    tcase_add_loop_test(tc, wrong_types_are_named, 0, WR_COUNT(mistyped));

    return t_main("json", tc, NULL);
}
