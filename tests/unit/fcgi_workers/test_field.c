/* Field tables: bodies and queries in, answers out. */
#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/field.h"
#include "tests/lib/t.h"

struct inner {
    const char *name;
    int64_t n;
};
static const struct wr_field inner_fields[] = {
    WR_FIELD(struct inner, name, "name", WR_STRING, WR_REQUIRED, ""),
    WR_FIELD(struct inner, n, "n", WR_INT, 0, ""),
};
static const struct wr_object inner_object = WR_OBJECT_ROWS(
    struct inner, "Inner", inner_fields);

struct thing {
    const char *text, *colour;
    int64_t count, at;
    bool yes;
    struct wr_uuid id;
    const struct wr_value *json, *variables;
    const void *one;
    struct wr_objects many;
    struct wr_strings words;
    const char *secret, *maybe;
};
static const struct wr_field thing_fields[] = {
    WR_FIELD(struct thing, text, "text", WR_STRING, WR_REQUIRED, ""),
    WR_FIELD_ENUM(struct thing, colour, "colour", "red|green", 0, ""),
    WR_FIELD(struct thing, count, "count", WR_INT, 0, ""),
    WR_FIELD(struct thing, at, "at", WR_TIME, 0, ""),
    WR_FIELD(struct thing, yes, "yes", WR_BOOL, 0, ""),
    WR_FIELD(struct thing, id, "id", WR_UUID, 0, ""),
    WR_FIELD(struct thing, json, "json", WR_JSON, 0, ""),
    WR_FIELD(struct thing, variables, "variables", WR_JSON, WR_VARIABLES, ""),
    WR_FIELD_OF(struct thing, one, "one", WR_OBJECT, &inner_object, 0, ""),
    WR_FIELD_OF(struct thing, many, "many", WR_OBJECTS, &inner_object, 0, ""),
    WR_FIELD(struct thing, words, "words", WR_STRINGS, 0, ""),
    WR_FIELD(struct thing, secret, "secret", WR_STRING, WR_READONLY, ""),
    WR_FIELD(struct thing, maybe, "maybe", WR_STRING, WR_READONLY | WR_NULLABLE,
             ""),
};
static const struct wr_object thing_object = WR_OBJECT_ROWS(
    struct thing, "Thing", thing_fields);

/* "pointer code\n" of every error; "" when it decodes. */
static const char *
decode(struct wr_arena *a, const char *json, struct thing *out)
{
    struct wr_field_errors errors = { .arena = a };
    struct wr_str s = { .arena = a };
    const struct wr_value *v;
    struct wr_err err = { 0 };
    int rc;

    ck_assert_msg(wr_json_parse(a, json, strlen(json), &v, &err) == 0, "%s",
                  err.text);
    rc = wr_field_decode(&thing_object, v, out, &errors, &err);
    ck_assert_int_eq(rc, errors.n ? WR_EINVALID : 0);
    for (size_t i = 0; i < errors.n && i < WR_COUNT(errors.items); i++)
        wr_str_printf(&s, "%s %s\n", errors.items[i].pointer,
                      errors.items[i].code);

    return wr_str_text(&s);
}

static const struct {
    const char *json, *errors;
} bodies[] = {
    { "{\"text\":\"x\"}", "" },
    { "{\"text\":\"x\",\"colour\":null,\"count\":null,\"one\":null}", "" },
    { "{}", "/text required\n" },
    { "{\"text\":null}", "/text required\n" },
    { "[]", " type\n" },
    { "{\"text\":1}", "/text type\n" },
    { "{\"text\":\"x\",\"secret\":\"y\"}", "/secret unknown\n" },
    { "{\"text\":\"x\",\"a/b~c\":1}", "/a~1b~0c unknown\n" },
    { "{\"text\":\"x\",\"colour\":\"gre\"}", "/colour value\n" },
    { "{\"text\":\"x\",\"colour\":\"\"}", "/colour value\n" },
    { "{\"text\":\"x\",\"colour\":\"red|green\"}", "/colour value\n" },
    { "{\"text\":\"x\",\"count\":1.5}", "/count type\n" },
    { "{\"text\":\"x\",\"count\":9223372036854775808}", "/count type\n" },
    { "{\"text\":\"x\",\"count\":\"1\"}", "/count type\n" },
    { "{\"text\":\"x\",\"yes\":1}", "/yes type\n" },
    { "{\"text\":\"x\",\"at\":\"2026-13-01T00:00:00Z\"}", "/at type\n" },
    { "{\"text\":\"x\",\"id\":\"7\"}", "/id type\n" },
    { "{\"text\":\"x\",\"variables\":[]}", "/variables type\n" },
    { "{\"text\":\"x\",\"json\":{\"$type\":\"date\",\"value\":\"x\"}}",
      "/json value\n" },
    { "{\"text\":\"x\",\"one\":[]}", "/one type\n" },
    { "{\"text\":\"x\",\"one\":{\"n\":\"x\"}}",
      "/one/n type\n/one/name required\n" },
    { "{\"text\":\"x\",\"many\":[{\"name\":\"a\"},3,{}]}",
      "/many/1 type\n/many/2/name required\n" },
    { "{\"text\":\"x\",\"words\":[\"a\",null]}", "/words/1 type\n" },
    { "{\"text\":\"x\",\"words\":\"a\"}", "/words type\n" },
};

START_TEST(bodies_are_decoded_or_say_why)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct thing t;

    ck_assert_str_eq(decode(a, bodies[_i].json, &t), bodies[_i].errors);
}
END_TEST

START_TEST(a_body_fills_its_struct)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    const struct inner *inner;
    struct thing t;

    ck_assert_str_eq(
        decode(a,
               "{\"text\":\"x\",\"colour\":\"green\",\"count\":-3,\"yes\":true,"
               "\"at\":\"1970-01-01T00:00:01.5Z\",\"json\":null,"
               "\"variables\":{\"a\":1},\"one\":{\"name\":\"i\",\"n\":4},"
               "\"many\":[{\"name\":\"j\"}],\"words\":[\"p\",\"q\"]}",
               &t),
        "");
    ck_assert_str_eq(t.colour, "green");
    ck_assert_int_eq(t.count, -3);
    ck_assert_int_eq(t.at, 1500);
    ck_assert(t.yes);
    ck_assert_int_eq(t.json->type, WR_V_NULL);
    ck_assert_uint_eq(t.variables->context.n, 1);
    inner = t.one;
    ck_assert_int_eq(inner->n, 4);
    ck_assert_uint_eq(t.many.n, 1);
    inner = t.many.items;
    ck_assert_str_eq(inner->name, "j");
    ck_assert_int_eq(inner->n, WR_INT_ABSENT);
    ck_assert_uint_eq(t.words.n, 2);
    ck_assert_str_eq(t.words.items[1], "q");
}
END_TEST

START_TEST(what_is_absent_is_told_apart)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct thing t;

    ck_assert_str_eq(decode(a, "{\"text\":\"\"}", &t), "");
    ck_assert_str_eq(t.text, "");
    ck_assert_ptr_null(t.colour);
    ck_assert_int_eq(t.count, WR_INT_ABSENT);
    ck_assert(wr_uuid_is_zero(&t.id));
    ck_assert_ptr_null(t.json);
    ck_assert_ptr_null(t.one);
}
END_TEST

START_TEST(more_errors_than_fit_are_counted)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_field_errors errors = { .arena = a };
    struct wr_str s = { .arena = a };
    const struct wr_value *v;
    struct wr_err err = { 0 };
    struct thing t;

    wr_str_add(&s, "{\"text\":\"x\"");
    for (int i = 0; i < 40; i++)
        wr_str_printf(&s, ",\"u%d\":1", i);
    wr_str_addc(&s, '}');
    ck_assert_int_eq(wr_json_parse(a, s.s, s.len, &v, &err), 0);
    ck_assert_int_eq(wr_field_decode(&thing_object, v, &t, &errors, &err),
                     WR_EINVALID);
    ck_assert_uint_eq(errors.n, 40);
}
END_TEST

static const struct {
    const char *query, *errors;
} queries[] = {
    { "", "" },
    { "text=a&&count=5&yes=true&", "" },
    { "text=a+b%20c%C3%A4", "" },
    { "text", "text value\n" },
    { "text=%", "text value\n" },
    { "text=%4", "text value\n" },
    { "text=%zz", "text value\n" },
    { "text=%+1", "text value\n" },
    { "text=%00", "text value\n" },
    { "text=%ff", "text value\n" },
    { "%00=1", "query unknown\n" },
    { "nope=1", "nope unknown\n" },
    { "secret=1", "secret unknown\n" },
    { "count=x", "count type\n" },
    { "count=1.5", "count type\n" },
    { "count=", "count type\n" },
    { "yes=1", "yes type\n" },
    { "at=now", "at type\n" },
    { "at=2026-01-01T00:00:00%2B01:00", "" },
    { "id=x&colour=blue", "id type\ncolour value\n" },
};

START_TEST(queries_are_decoded_or_say_why)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_field_errors errors = { .arena = a };
    struct wr_str s = { .arena = a };
    struct wr_err err = { 0 };
    struct thing t;
    int rc = wr_field_decode_query(&thing_object, queries[_i].query, &t,
                                   &errors, &err);

    for (size_t i = 0; i < errors.n; i++)
        wr_str_printf(&s, "%s %s\n", errors.items[i].pointer,
                      errors.items[i].code);
    ck_assert_str_eq(wr_str_text(&s), queries[_i].errors);
    ck_assert_int_eq(rc, errors.n ? WR_EINVALID : 0);
}
END_TEST

START_TEST(a_query_is_percent_decoded)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_field_errors errors = { .arena = a };
    struct wr_err err = { 0 };
    struct thing t;

    ck_assert_int_eq(wr_field_decode_query(&thing_object,
                                           "text=a+b%26%3D%2b&count=-7", &t,
                                           &errors, &err),
                     0);
    ck_assert_str_eq(t.text, "a b&=+");
    ck_assert_int_eq(t.count, -7);
}
END_TEST

START_TEST(answers_leave_out_what_is_absent)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct inner inner = { .name = "i\"", .n = WR_INT_ABSENT };
    static const char *const words[] = { "p", "q" };
    struct thing t = {
        .text = "x",
        .count = WR_INT_ABSENT,
        .at = 1500,
        .one = &inner,
        .many = { &inner, 1 },
        .words = { words, 2 },
    };
    struct wr_str s = { .arena = a };

    wr_field_encode(&s, &thing_object, &t, WR_JSON_PLAIN);
    ck_assert_str_eq(wr_str_text(&s),
                     "{\"text\":\"x\",\"at\":\"1970-01-01T00:00:01.500Z\","
                     "\"yes\":false,\"one\":{\"name\":\"i\\\"\"},"
                     "\"many\":[{\"name\":\"i\\\"\"}],\"words\":[\"p\",\"q\"],"
                     "\"maybe\":null}");
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("field (rows 28 117)");

    tcase_add_loop_test(tc, bodies_are_decoded_or_say_why, 0,
                        (int)WR_COUNT(bodies));
    tcase_add_test(tc, a_body_fills_its_struct);
    tcase_add_test(tc, what_is_absent_is_told_apart);
    tcase_add_test(tc, more_errors_than_fit_are_counted);
    tcase_add_loop_test(tc, queries_are_decoded_or_say_why, 0,
                        (int)WR_COUNT(queries));
    tcase_add_test(tc, a_query_is_percent_decoded);
    tcase_add_test(tc, answers_leave_out_what_is_absent);

    return t_main("field", tc, NULL);
}
