#include <string.h>

#include "engine/base/time.h"
#include "engine/base/zone.h"
#include "tests/lib/t.h"

typedef int (*parse_fn)(struct wr_arena *a, const char *s, size_t len,
                        const struct wr_value **out, struct wr_err *err);

static const struct {
    parse_fn parse;
    const char *in, *out; /* out NULL: the same */
} good[] = {
    { wr_date_parse, "2026-01-31", NULL },
    { wr_date_parse, "2024-02-29", NULL },
    { wr_date_parse, "0000-01-01", NULL },
    { wr_date_parse, "-0044-03-15", NULL },
    { wr_date_parse, "999999999-12-31", NULL },
    { wr_date_parse, "-999999999-01-01", NULL },
    { wr_time_parse, "00:00:00", NULL },
    { wr_time_parse, "23:59:59.999999999", NULL },
    { wr_time_parse, "10:00:00.500", "10:00:00.5" },
    { wr_time_parse, "10:00:00Z", NULL },
    { wr_time_parse, "10:00:00+00:00", "10:00:00Z" },
    { wr_time_parse, "10:00:00-05:30", NULL },
    { wr_time_parse, "10:00:00+18:00", NULL },
    { wr_time_parse, "10:00:00+01:02:03", NULL },
    { wr_time_parse, "10:00:00@Europe/Berlin", NULL },
    { wr_datetime_parse, "2026-01-31T10:00:00", NULL },
    { wr_datetime_parse, "12026-01-31T10:00:00.25Z", NULL },
    { wr_datetime_parse, "2026-07-31T10:00:00@Europe/Berlin", NULL },
    { wr_duration_parse, "P1Y", NULL },
    { wr_duration_parse, "P14M", "P1Y2M" },
    { wr_duration_parse, "-P1Y2M", NULL },
    { wr_duration_parse, "P0Y", "P0M" },
    { wr_duration_parse, "PT0S", NULL },
    { wr_duration_parse, "-PT0S", "PT0S" },
    { wr_duration_parse, "P1D", NULL },
    { wr_duration_parse, "PT36H", "P1DT12H" },
    { wr_duration_parse, "PT61M61.5S", "PT1H2M1.5S" },
    { wr_duration_parse, "-P1DT2H3M4.000000001S", NULL },
    { wr_duration_parse, "-PT0.5S", NULL },
};

START_TEST(text_round_trips)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };
    const struct wr_value *v;
    struct wr_err err = { 0 };
    const char *in = good[_i].in;

    ck_assert_msg(good[_i].parse(a, in, strlen(in), &v, &err) == 0, "%s",
                  err.text);
    wr_temporal_text(&s, v);
    ck_assert_str_eq(s.s, good[_i].out ? good[_i].out : in);
}
END_TEST

static const struct {
    parse_fn parse;
    const char *in;
} bad[] = {
    { wr_date_parse, "" },
    { wr_date_parse, "2026-1-31" },
    { wr_date_parse, "2026-02-29" },
    { wr_date_parse, "1900-02-29" },
    { wr_date_parse, "2026-13-01" },
    { wr_date_parse, "2026-00-01" },
    { wr_date_parse, "2026-01-00" },
    { wr_date_parse, "02026-01-01" },
    { wr_date_parse, "-0000-01-01" },
    { wr_date_parse, "+2026-01-01" },
    { wr_date_parse, "1000000000-01-01" },
    { wr_date_parse, "2026-01-01Z" },
    { wr_date_parse, "2026-01-01 " },
    { wr_time_parse, "24:00:00" },
    { wr_time_parse, "10:60:00" },
    { wr_time_parse, "10:00:60" },
    { wr_time_parse, "10:00" },
    { wr_time_parse, "10:00:00." },
    { wr_time_parse, "10:00:00.1234567890" },
    { wr_time_parse, "10:00:00+18:01" },
    { wr_time_parse, "10:00:00+1:00" },
    { wr_time_parse, "10:00:00@" },
    { wr_time_parse, "10:00:00@Mars/Base" },
    { wr_time_parse, "10:00:00@GMT+3" },
    { wr_time_parse, "10:00:00z" },
    { wr_datetime_parse, "2026-01-31" },
    { wr_datetime_parse, "2026-01-31t10:00:00" },
    { wr_datetime_parse, "2026-01-31T10:00:00@gr\xC3\xBC" },
    { wr_duration_parse, "" },
    { wr_duration_parse, "P" },
    { wr_duration_parse, "PT" },
    { wr_duration_parse, "1D" },
    { wr_duration_parse, "P1DT" },
    { wr_duration_parse, "P1" },
    { wr_duration_parse, "P1H" },
    { wr_duration_parse, "PT1D" },
    { wr_duration_parse, "P1M1Y" },
    { wr_duration_parse, "P1D1D" },
    { wr_duration_parse, "P1.5D" },
    { wr_duration_parse, "PT1.S" },
    { wr_duration_parse, "PT.5S" },
    { wr_duration_parse, "P1Y1D" },
    { wr_duration_parse, "P1W" },
    { wr_duration_parse, "+P1D" },
    { wr_duration_parse, "P-1D" },
    { wr_duration_parse, "P99999999999999999999D" },
    { wr_duration_parse, "P999999999999999999D" },
    { wr_duration_parse, "P9999999999Y" },
};

START_TEST(refuses)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_value *v = NULL;
    struct wr_err err = { 0 };
    const char *in = bad[_i].in;

    ck_assert_msg(bad[_i].parse(a, in, strlen(in), &v, &err) == WR_EVALUE,
                  "'%s' was taken", in);
    ck_assert_ptr_null(v);
    ck_assert_ptr_nonnull(strstr(err.text, in));
}
END_TEST

START_TEST(civil_days)
{
    ck_assert_int_eq(wr_days_from_civil(1970, 1, 1), 0);
    ck_assert_int_eq(wr_days_from_civil(2000, 3, 1), 11017);
    ck_assert_int_eq(wr_days_from_civil(0, 1, 1), -719528);
    for (int64_t day = -800000; day < 800000; day += 13) {
        int64_t y;
        int m, d;

        wr_civil_from_days(day, &y, &m, &d);
        ck_assert_int_eq(wr_days_from_civil(y, m, d), day);
        ck_assert(d <= wr_month_days(y, m));
    }
}
END_TEST

static const struct {
    const char *text;
    int64_t ms;
} instants[] = {
    { "1970-01-01T00:00:00.000Z", 0 },
    { "1969-12-31T23:59:59.999Z", -1 },
    { "2026-01-01T00:00:00.000Z", 1767225600000 },
    { "2000-02-29T12:34:56.789Z", 951827696789 },
    { "9999-12-31T23:59:59.999Z", 253402300799999 },
    { "0000-01-01T00:00:00.000Z", -62167219200000 },
};

START_TEST(instants_round_trip)
{
    char text[WR_INSTANT_TEXT];
    struct wr_err err = { 0 };
    int64_t ms;

    wr_instant_text(instants[_i].ms, text);
    ck_assert_str_eq(text, instants[_i].text);
    ck_assert_int_eq(wr_instant_parse(text, strlen(text), &ms, &err), 0);
    ck_assert_int_eq(ms, instants[_i].ms);
}
END_TEST

START_TEST(extreme_instants)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    static const int64_t extremes[] = { INT64_MIN, INT64_MAX };
    static const char *const texts[] = { "-292275055-05-16T16:47:04.192Z",
                                         "292278994-08-17T07:12:55.807Z" };

    for (size_t i = 0; i < WR_COUNT(extremes); i++) {
        const struct wr_value *v = wr_datetime_from_instant(a, extremes[i]);
        struct wr_str s = { .arena = a };
        char text[WR_INSTANT_TEXT];

        wr_instant_text(extremes[i], text);
        ck_assert_str_eq(text, texts[i]);
        wr_temporal_text(&s, v);
        ck_assert_str_eq(s.s, texts[i]);
    }
}
END_TEST

START_TEST(instants_need_an_offset)
{
    struct wr_err err = { 0 };
    int64_t ms = 7;

    ck_assert_int_eq(
        wr_instant_parse("2026-01-01T00:30:00+02:00", 25, &ms, &err), 0);
    ck_assert_int_eq(ms, 1767225600000 - 5400000);
    ms = 7;
    ck_assert_int_eq(wr_instant_parse("2026-01-01T00:00:00", 19, &ms, &err),
                     WR_EVALUE);
    ck_assert_int_eq(wr_instant_parse("12026-01-01T00:00:00Z", 21, &ms, &err),
                     WR_EVALUE);
    ck_assert_int_eq(ms, 7);
}
END_TEST

static const struct {
    const char *at, *duration, *then;
} sums[] = {
    { "2026-01-31T10:00:00.000Z", "P1M", "2026-02-28T10:00:00.000Z" },
    { "2024-01-31T10:00:00.000Z", "P1M", "2024-02-29T10:00:00.000Z" },
    { "2024-02-29T10:00:00.000Z", "P1Y", "2025-02-28T10:00:00.000Z" },
    { "2026-03-31T10:00:00.000Z", "-P1M", "2026-02-28T10:00:00.000Z" },
    { "2026-01-01T00:00:00.000Z", "P1Y2M3DT4H5M6.789S",
      "2027-03-04T04:05:06.789Z" },
    { "2026-01-01T00:00:00.000Z", "P2W", "2026-01-15T00:00:00.000Z" },
    { "2026-01-01T00:00:00.000Z", "-PT0.001S", "2025-12-31T23:59:59.999Z" },
    { "1969-12-31T23:00:00.000Z", "PT2H", "1970-01-01T01:00:00.000Z" },
    { "2026-12-15T00:00:00.000Z", "P13M", "2028-01-15T00:00:00.000Z" },
};

START_TEST(durations_add_by_calendar)
{
    char text[WR_INSTANT_TEXT];
    struct wr_err err = { 0 };
    int64_t at;

    ck_assert_int_eq(
        wr_instant_parse(sums[_i].at, strlen(sums[_i].at), &at, &err), 0);
    ck_assert_msg(wr_instant_add_duration(at, sums[_i].duration,
                                          strlen(sums[_i].duration), &at, &err)
                      == 0,
                  "%s", err.text);
    wr_instant_text(at, text);
    ck_assert_str_eq(text, sums[_i].then);
}
END_TEST

START_TEST(durations_out_of_range)
{
    struct wr_err err = { 0 };
    int64_t at;

    ck_assert_int_eq(wr_instant_add_duration(0, "P999999999Y", 11, &at, &err),
                     WR_EVALUE);
    ck_assert_int_eq(wr_instant_add_duration(INT64_MAX, "PT1S", 4, &at, &err),
                     WR_EVALUE);
    ck_assert_int_eq(wr_instant_add_duration(INT64_MIN, "-PT1S", 5, &at, &err),
                     WR_EVALUE);
    ck_assert_int_eq(wr_instant_add_duration(0, "tomorrow", 8, &at, &err),
                     WR_EVALUE);
}
END_TEST

START_TEST(zones)
{
    struct wr_err err = { 0 };
    int32_t offset = 0;

    ck_assert_int_eq(
        wr_zone_offset("Europe/Berlin", 1767225600000, &offset, &err), 0);
    ck_assert_int_eq(offset, 3600);
    ck_assert_int_eq(wr_zone_offset_standard("America/New_York", &offset, &err),
                     0);
    ck_assert_int_eq(offset, -18000);
    /* 2026-03-29 02:30 does not exist, 2026-10-25 02:30 exists twice. */
    ck_assert_int_eq(
        wr_zone_offset_local("Europe/Berlin", 1774751400, &offset, &err), 0);
    ck_assert_int_eq(offset, 3600);
    ck_assert_int_eq(
        wr_zone_offset_local("Europe/Berlin", 1792895400, &offset, &err), 0);
    ck_assert_int_eq(offset, 7200);
}
END_TEST

START_TEST(clocks)
{
    struct wr_clock real = { .is_virtual = false };
    struct wr_clock virtual = { .is_virtual = true, .now = 42 };
    int64_t before = wr_clock_now(&real);

    ck_assert_int_gt(before, 1700000000000);
    ck_assert_int_ge(wr_clock_now(&real), before);
    wr_clock_sync(&real, 1000);
    ck_assert_int_ge(wr_clock_now(&real), 1000);
    ck_assert_int_lt(wr_clock_now(&real), 600000);
    ck_assert_int_eq(wr_clock_now(&virtual), 42);
    wr_clock_sync(&virtual, 99);
    ck_assert_int_eq(wr_clock_now(&virtual), 99);
}
END_TEST

START_TEST(date_times_are_instants)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_value *v = wr_datetime_from_instant(a, -1500);
    struct wr_str s = { .arena = a };
    struct wr_err err = { 0 };
    int64_t ms;

    wr_temporal_text(&s, v);
    ck_assert_str_eq(s.s, "1969-12-31T23:59:58.5Z");
    ck_assert(wr_datetime_instant(v, &ms));
    ck_assert_int_eq(ms, -1500);
    ck_assert_int_eq(
        wr_datetime_parse(a, "999999999-01-01T00:00:00Z", 25, &v, &err), 0);
    ck_assert(!wr_datetime_instant(v, &ms));
    ck_assert(!wr_datetime_instant(&wr_null, &ms));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("time");

    tcase_add_loop_test(tc, text_round_trips, 0, WR_COUNT(good));
    tcase_add_loop_test(tc, refuses, 0, WR_COUNT(bad));
    tcase_add_test(tc, civil_days);
    tcase_add_loop_test(tc, instants_round_trip, 0, WR_COUNT(instants));
    tcase_add_test(tc, extreme_instants);
    tcase_add_test(tc, instants_need_an_offset);
    tcase_add_loop_test(tc, durations_add_by_calendar, 0, WR_COUNT(sums));
    tcase_add_test(tc, durations_out_of_range);
    tcase_add_test(tc, zones);
    tcase_add_test(tc, clocks);
    tcase_add_test(tc, date_times_are_instants);

    return t_main("time", tc, NULL);
}
