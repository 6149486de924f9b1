#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/value.h"
#include "tests/lib/t.h"

static const struct wr_value *
number(struct wr_arena *a, const char *s)
{
    struct wr_decimal d;
    struct wr_err err;

    ck_assert_int_eq(wr_decimal_parse(s, strlen(s), &d, &err), 0);

    return wr_value_number(a, d);
}

static const struct wr_value *
temporal(struct wr_arena *a, enum wr_value_type type, struct wr_temporal t)
{
    struct wr_value *v = wr_new(a, struct wr_value);

    v->type = type;
    v->temporal = t;

    return v;
}

static const struct wr_value *
duration(struct wr_arena *a, int64_t seconds, int32_t nanos)
{
    struct wr_value *v = wr_new(a, struct wr_value);

    v->type = WR_V_DURATION_DT;
    v->duration.seconds = seconds;
    v->duration.nanos = nanos;

    return v;
}

static const struct wr_value *
months(struct wr_arena *a, int64_t n)
{
    struct wr_value *v = wr_new(a, struct wr_value);

    v->type = WR_V_DURATION_YM;
    v->months = n;

    return v;
}

/* One value of every storable type: the subject of most tests here, and of the
 * golden blob. */
static const struct wr_value *
every_type(struct wr_arena *a)
{
    const struct wr_value *list[] = {
        &wr_null,
        &wr_true,
        &wr_false,
        wr_value_int(a, 0),
        wr_value_int(a, INT64_MIN),
        wr_value_int(a, INT64_MAX),
        number(a, "-0.1"),
        number(a, "9.999999999999999999999999999999999e6144"),
        wr_value_string(a, ""),
        wr_value_string(a, "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"),
        wr_value_bytes(a, "\0\xFF", 2),
    };
    struct wr_temporal date = {
        .year = -44, .month = 3, .day = 15, .offset = WR_NO_OFFSET
    };
    struct wr_temporal time = { .hour = 23,
                                .minute = 59,
                                .second = 58,
                                .nanos = 999999999,
                                .offset = -18000 };
    struct wr_temporal both = { .year = 2026,
                                .month = 12,
                                .day = 31,
                                .hour = 1,
                                .offset = 3600,
                                .zone = "Europe/Berlin" };
    struct wr_entry entries[] = {
        { "list", wr_value_list(a, list, WR_COUNT(list)) },
        { "empty list", wr_value_list(a, NULL, 0) },
        { "empty context", wr_value_context(a, NULL, 0) },
        { "", wr_value_string(a, "empty key") },
        { "date", temporal(a, WR_V_DATE, date) },
        { "time", temporal(a, WR_V_TIME, time) },
        { "date and time", temporal(a, WR_V_DATETIME, both) },
        { "months", months(a, -14) },
        { "duration", duration(a, -86400, -500000000) },
    };

    return wr_value_context(a, entries, WR_COUNT(entries));
}

START_TEST(every_type_round_trips)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    wr_auto(wr_arena_free) struct wr_arena *other = wr_arena_new(4096);
    const struct wr_value *v = every_type(a), *back = NULL, *copy;
    struct wr_str s = { .arena = a };
    struct wr_err err = { 0 };

    ck_assert_int_eq(wr_value_storable(v, &err), 0);
    wr_value_encode(&s, v);
    ck_assert_int_eq(wr_value_decode(a, s.s, s.len, &back, &err), 0);
    ck_assert(wr_value_equal(v, back));

    copy = wr_value_copy(other, v);
    wr_arena_reset(a);
    ck_assert(wr_value_equal(copy, every_type(a)));
}
END_TEST

START_TEST(cut_blobs_do_not_decode)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_str s = { .arena = a };

    wr_value_encode(&s, every_type(a));
    for (size_t len = 0; len < s.len; len++) {
        void *exact = malloc(len + 1);
        const struct wr_value *v = NULL;
        struct wr_err err;

        memcpy(exact, s.s, len);
        ck_assert_int_eq(wr_value_decode(a, exact, len, &v, &err), WR_ECORRUPT);
        ck_assert_ptr_null(v);
        free(exact);
    }
}
END_TEST

/* Damage is found or gives another value; it never crashes. */
START_TEST(flipped_bits_do_no_harm)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_str s = { .arena = a };

    wr_value_encode(&s, every_type(a));
    for (size_t i = 0; i < s.len * 8; i++) {
        wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
        const struct wr_value *v = NULL;
        struct wr_err err;
        int rc;

        s.s[i / 8] ^= (char)(1 << i % 8);
        rc = wr_value_decode(scratch, s.s, s.len, &v, &err);
        s.s[i / 8] ^= (char)(1 << i % 8);
        ck_assert(rc == 0 || rc == WR_ECORRUPT || rc == WR_ENEWER);
        if (rc == 0)
            ck_assert_int_eq(wr_value_storable(v, &err), 0);
    }
}
END_TEST

START_TEST(newer_format_is_refused)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_value *v;
    struct wr_err err;

    ck_assert_int_eq(wr_value_decode(a, "\2\1\0", 3, &v, &err), WR_ENEWER);
}
END_TEST

START_TEST(equality)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_value *one = wr_value_int(a, 1), *two = wr_value_int(a, 2);
    struct wr_entry ab[] = { { "a", one }, { "b", two } };
    struct wr_entry ba[] = { { "b", two }, { "a", one } };
    struct wr_entry ac[] = { { "a", one }, { "c", two } };
    const struct wr_value *x = wr_value_context(a, ab, 2);

    ck_assert(wr_value_equal(one, number(a, "1.0")));
    ck_assert(!wr_value_equal(one, two));
    ck_assert(!wr_value_equal(one, wr_value_string(a, "1")));
    ck_assert(!wr_value_equal(&wr_null, &wr_false));
    ck_assert(wr_value_equal(x, wr_value_context(a, ba, 2)));
    ck_assert(!wr_value_equal(x, wr_value_context(a, ac, 2)));
    ck_assert(!wr_value_equal(x, wr_value_context(a, ab, 1)));
    ck_assert_ptr_eq(wr_value_get(x, "b"), two);
    ck_assert_ptr_null(wr_value_get(x, "c"));
    ck_assert_ptr_null(wr_value_get(one, "c"));
}
END_TEST

START_TEST(types_have_names)
{
    static const char *const names[] = {
        "null",
        "boolean",
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "years and months duration",
        "days and time duration",
        "bytes",
        "list",
        "context",
        "range",
        "function",
    };

    for (int i = 0; i <= WR_V_FUNCTION; i++)
        ck_assert_str_eq(wr_value_type_name(i), names[i]);
}
END_TEST

START_TEST(what_cannot_be_stored)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_value range = { .type = WR_V_RANGE };
    const struct wr_value *v = &range;
    struct wr_err err;

    v = wr_value_list(a, &v, 1);
    ck_assert_int_eq(wr_value_storable(v, &err), WR_EVALUE);
    ck_assert_str_eq(err.text, "a range cannot be stored");

    v = number(a, "9e6144");
    v = wr_value_number(a, wr_decimal_add(v->number, v->number));
    ck_assert_int_eq(wr_value_storable(v, &err), WR_EVALUE);
    ck_assert_str_eq(err.text, "a number is out of range");

    v = &wr_null;
    for (int i = 1; i < WR_VALUE_DEPTH; i++)
        v = wr_value_list(a, &v, 1);
    ck_assert_int_eq(wr_value_storable(v, &err), 0);
    v = wr_value_list(a, &v, 1);
    ck_assert_int_eq(wr_value_storable(v, &err), WR_ELIMIT);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("value");

    tcase_add_test(tc, every_type_round_trips);
    tcase_add_test(tc, cut_blobs_do_not_decode);
    tcase_add_test(tc, flipped_bits_do_no_harm);
    tcase_add_test(tc, newer_format_is_refused);
    tcase_add_test(tc, equality);
    tcase_add_test(tc, types_have_names);
    tcase_add_test(tc, what_cannot_be_stored);

    return t_main("value", tc, NULL);
}
