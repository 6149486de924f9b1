#include <stdio.h>
#include <string.h>

#include "engine/base/cron.h"
#include "engine/base/time.h"
#include "engine/base/zone.h"
#include "tests/lib/t.h"

enum {
    MINUTE_MS = 60000,
    DAY_MINUTES = 1440,
};

static int64_t
ms(const char *text)
{
    struct wr_err err;
    int64_t at;

    ck_assert_msg(wr_instant_parse(text, strlen(text), &at, &err) == 0, "%s",
                  err.text);

    return at;
}

static void
parse(struct wr_cron *c, const char *text)
{
    struct wr_err err = { 0 };

    ck_assert_msg(wr_cron_parse(c, text, strlen(text), &err) == 0, "%s",
                  err.text);
}

/* 2026-01-01 is a Thursday. */
static const struct {
    const char *text, *after, *next[3];
} known[] = {
    { "*/15 * * * *",
      "2026-01-01T00:07:00Z",
      { "2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z",
        "2026-01-01T00:45:00Z" } },
    { "0 9 * * 1-5",
      "2026-01-01T09:00:00Z",
      { "2026-01-02T09:00:00Z", "2026-01-05T09:00:00Z",
        "2026-01-06T09:00:00Z" } },
    { "0 0 * * 7",
      "2026-01-01T00:00:00Z",
      { "2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z",
        "2026-01-18T00:00:00Z" } },
    /* Unix: one of the days is enough. */
    { "0 0 13 * FRI",
      "2026-02-05T00:00:00Z",
      { "2026-02-06T00:00:00Z", "2026-02-13T00:00:00Z",
        "2026-02-20T00:00:00Z" } },
    /* Spring: both. */
    { "0 0 0 13 * FRI",
      "2026-01-01T00:00:00Z",
      { "2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z",
        "2026-11-13T00:00:00Z" } },
    { "0 0 9 * * 1",
      "2026-01-01T00:00:00Z",
      { "2026-01-05T09:00:00Z", "2026-01-12T09:00:00Z",
        "2026-01-19T09:00:00Z" } },
    /* Quartz: 2 is Monday. */
    { "0 0 9 ? * 2",
      "2026-01-01T00:00:00Z",
      { "2026-01-05T09:00:00Z", "2026-01-12T09:00:00Z",
        "2026-01-19T09:00:00Z" } },
    { "0 0 9 ? * MON-FRI 2026",
      "2026-12-30T12:00:00Z",
      { "2026-12-31T09:00:00Z", NULL } },
    { "10/20 * * * * ?",
      "2026-01-01T00:00:00.500Z",
      { "2026-01-01T00:00:10Z", "2026-01-01T00:00:30Z",
        "2026-01-01T00:00:50Z" } },
    { "0 0 12 L * ?",
      "2026-01-31T12:00:00Z",
      { "2026-02-28T12:00:00Z", "2026-03-31T12:00:00Z",
        "2026-04-30T12:00:00Z" } },
    { "0 0 12 L-2 * ?",
      "2026-01-01T00:00:00Z",
      { "2026-01-29T12:00:00Z", "2026-02-26T12:00:00Z",
        "2026-03-29T12:00:00Z" } },
    /* The last weekdays: Saturday 28 February, Sunday 31 May go back. */
    { "0 0 0 LW 2,5 ?",
      "2026-01-01T00:00:00Z",
      { "2026-02-27T00:00:00Z", "2026-05-29T00:00:00Z",
        "2027-02-26T00:00:00Z" } },
    /* Sunday 1 February goes on, Saturday 1 August stays in its month. */
    { "0 0 0 1W * ?",
      "2026-01-15T00:00:00Z",
      { "2026-02-02T00:00:00Z", "2026-03-02T00:00:00Z",
        "2026-04-01T00:00:00Z" } },
    { "0 0 0 1W 8 ?",
      "2026-01-01T00:00:00Z",
      { "2026-08-03T00:00:00Z", "2027-08-02T00:00:00Z",
        "2028-08-01T00:00:00Z" } },
    { "0 0 0 15W * ?",
      "2026-02-01T00:00:00Z",
      { "2026-02-16T00:00:00Z", "2026-03-16T00:00:00Z",
        "2026-04-15T00:00:00Z" } },
    { "0 0 0 ? * 6L",
      "2026-01-01T00:00:00Z",
      { "2026-01-30T00:00:00Z", "2026-02-27T00:00:00Z",
        "2026-03-27T00:00:00Z" } },
    { "0 0 0 ? * L",
      "2026-01-01T00:00:00Z",
      { "2026-01-03T00:00:00Z", "2026-01-10T00:00:00Z",
        "2026-01-17T00:00:00Z" } },
    { "0 0 0 ? * MON#2",
      "2026-01-01T00:00:00Z",
      { "2026-01-12T00:00:00Z", "2026-02-09T00:00:00Z",
        "2026-03-09T00:00:00Z" } },
    { "0 0 0 ? * 5#5",
      "2026-02-01T00:00:00Z",
      { "2026-04-30T00:00:00Z", "2026-07-30T00:00:00Z",
        "2026-10-29T00:00:00Z" } },
    { "0 22-1 * * *",
      "2026-01-01T00:30:00Z",
      { "2026-01-01T01:00:00Z", "2026-01-01T22:00:00Z",
        "2026-01-01T23:00:00Z" } },
    { "0 0 * NOV-JAN sat-mon",
      "2026-01-05T00:00:00Z",
      { "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z",
        "2026-01-12T00:00:00Z" } },
    { "0 0 29 2 *",
      "2096-03-01T00:00:00Z",
      { "2104-02-29T00:00:00Z", "2108-02-29T00:00:00Z",
        "2112-02-29T00:00:00Z" } },
    { "0 0 0 1 1 ? 2030/30",
      "2026-01-01T00:00:00Z",
      { "2030-01-01T00:00:00Z", "2060-01-01T00:00:00Z",
        "2090-01-01T00:00:00Z" } },
    { "0 0 0 1 1 ? 2020-2025", "2026-01-01T00:00:00Z", { NULL } },
    { "@yearly",
      "2026-01-01T00:00:00Z",
      { "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z",
        "2029-01-01T00:00:00Z" } },
    { "@monthly",
      "2026-01-01T00:00:00Z",
      { "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z",
        "2026-04-01T00:00:00Z" } },
    { "@weekly",
      "2026-01-01T00:00:00Z",
      { "2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z",
        "2026-01-18T00:00:00Z" } },
    { "@daily",
      "2026-01-01T00:00:00Z",
      { "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z",
        "2026-01-04T00:00:00Z" } },
    { " CRON_TZ=Asia/Kolkata\t@hourly ",
      "2026-01-01T00:00:00Z",
      { "2026-01-01T00:30:00Z", "2026-01-01T01:30:00Z",
        "2026-01-01T02:30:00Z" } },
    { "0 0 * * *",
      "1969-12-30T23:59:59.999Z",
      { "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z",
        "1970-01-02T00:00:00Z" } },
    /* 02:30 is skipped on 29 March: at 03:00, when the clock has gone on. */
    { "CRON_TZ=Europe/Berlin 30 2 * * *",
      "2026-03-28T00:00:00Z",
      { "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z",
        "2026-03-30T00:30:00Z" } },
    /* Everything that is skipped is one firing. */
    { "CRON_TZ=Europe/Berlin */20 * * * *",
      "2026-03-29T00:40:00Z",
      { "2026-03-29T01:00:00Z", "2026-03-29T01:20:00Z",
        "2026-03-29T01:40:00Z" } },
    /* 02:30 comes twice on 25 October: the first counts. */
    { "CRON_TZ=Europe/Berlin 30 2 * * *",
      "2026-10-24T12:00:00Z",
      { "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z",
        "2026-10-27T01:30:00Z" } },
    { "CRON_TZ=Europe/Berlin 30 2 * * *",
      "2026-10-25T01:10:00Z",
      { "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z",
        "2026-10-28T01:30:00Z" } },
    { "CRON_TZ=America/New_York 30 1 * * *",
      "2026-11-01T05:30:00Z",
      { "2026-11-02T06:30:00Z", "2026-11-03T06:30:00Z",
        "2026-11-04T06:30:00Z" } },
};

START_TEST(known_cases)
{
    struct wr_cron c;
    int64_t at = ms(known[_i].after);

    parse(&c, known[_i].text);
    for (int k = 0; k < 3; k++) {
        struct wr_err err;
        int64_t next;
        char text[WR_INSTANT_TEXT];

        ck_assert(wr_cron_next(&c, at, &next, &err) == 0);
        if (!known[_i].next[k]) {
            ck_assert_int_eq(next, INT64_MAX);
            return;
        }
        wr_instant_text(next, text);
        ck_assert_msg(next == ms(known[_i].next[k]),
                      "'%s' after %s: %s, not %s", known[_i].text,
                      known[_i].after, text, known[_i].next[k]);
        at = next;
    }
}
END_TEST

static const struct {
    const char *text, *says;
} wrong[] = {
    { "", "it has 0 of 5, 6 or 7 fields" },
    { "1 2 3 4", "it has 4 of 5, 6 or 7 fields" },
    { "1 2 3 4 5 6 2027 8", "it has 8 of 5, 6 or 7 fields" },
    { "60 * * * *", "minute: no value from 0 to 59 at '60', character 1" },
    { "0 24 * * *", "hour: no value from 0 to 23 at '24', character 3" },
    { "0 0 0 * *", "day: no value from 1 to 31 at '0', character 5" },
    { "0 0 1 FOO *", "month: no value from 1 to 12 at 'FOO', character 7" },
    { "0 0 * * 8", "weekday: no value from 0 to 7 at '8', character 9" },
    { "0 0 0 ? * 0", "weekday: no value from 1 to 7 at '0', character 11" },
    { "0 0 0 ? * MON 1969", "year: no value from 1970 to 2099 at '1969',"
                            " character 15" },
    { "0 0 0 ? * MON 2030-2029", "year: years that end before they begin at"
                                 " its end, character 24" },
    { "0 0 * * MONDAY", "weekday: unexpected text at 'DAY', character 12" },
    { "1, * * * *", "minute: no value from 0 to 59 at its end, character 3" },
    { "1- * * * *", "minute: no value from 0 to 59 at its end, character 3" },
    { "*/0 * * * *", "minute: no step from 1 to 59 at '0', character 3" },
    { "*/99999999999 * * * *", "minute: no step from 1 to 59 at" },
    { "? * * * *", "minute: no value from 0 to 59 at '?', character 1" },
    { "0 0 L-0 * *", "day: no number from 1 to 30 at '0', character 7" },
    { "0 0 * * L", "weekday: no value from 0 to 7 at 'L', character 9" },
    { "0 0 * * 5#6", "weekday: no number from 1 to 5 at '6', character 11" },
    { "0 0 1-5W * *", "day: unexpected text at 'W', character 8" },
    { "0 0 5# * *", "day: unexpected text at '#', character 6" },
    { "@reboot", "'@reboot' is none of @yearly" },
    { "CRON_TZ=Mars/Olympus @daily", "unknown time zone 'Mars/Olympus'" },
    { "CRON_TZ= @daily", "CRON_TZ= names no time zone" },
    { "0 0 30 2 *", "no calendar has such a day" },
    { "0 0 31 4,6,9,11 *", "no calendar has such a day" },
    { "0 0 0 29 2 ? 2027", "no calendar has such a day" },
    { "0 0 0 L-30 2 ?", "no calendar has such a day" },
};

START_TEST(what_is_wrong_is_said)
{
    struct wr_cron c;
    struct wr_err err = { 0 };
    const char *text = wrong[_i].text;

    ck_assert_int_eq(wr_cron_parse(&c, text, strlen(text), &err), WR_EVALUE);
    ck_assert_msg(strstr(err.text, wrong[_i].says) != NULL, "'%s': %s", text,
                  err.text);
}
END_TEST

/* ---- against every minute ---- */

struct sets {
    bool minute[60], hour[24], day[32], month[13], weekday[7];
};

static uint32_t
pick(uint32_t *seed, uint32_t n)
{
    *seed = *seed * 1664525 + 1013904223;

    return (*seed >> 16) % n;
}

/* A field as a list of some values; seldom all of them. */
static bool
some(uint32_t *seed, bool *set, int min, int n, char *text)
{
    bool all = pick(seed, 3) == 0;
    size_t len = 0;

    memset(set, all, (size_t)(min + n));
    if (all) {
        strcpy(text, "*");
        return true;
    }
    for (uint32_t k = pick(seed, 4) + 1; k > 0; k--) {
        int v = min + (int)pick(seed, (uint32_t)n);

        set[v] = true;
        len += (size_t)sprintf(text + len, "%s%d", len ? "," : "", v);
    }

    return false;
}

static bool
fits(const struct sets *s, bool either, int64_t minute)
{
    int64_t day = minute / DAY_MINUTES, y;
    int in_day = (int)(minute % DAY_MINUTES), m, d;
    bool by_day, by_weekday;

    wr_civil_from_days(day, &y, &m, &d);
    by_day = s->day[d];
    by_weekday = s->weekday[(day + 4) % 7];

    return s->minute[in_day % 60] && s->hour[in_day / 60] && s->month[m]
           && (either ? by_day || by_weekday : by_day && by_weekday);
}

static const struct {
    const char *zone, *from;
    int days;
} spans[] = {
    { "UTC", "2026-01-30T00:00:00Z", 60 },
    { "UTC", "2028-02-25T00:00:00Z", 30 },
    { "Europe/Berlin", "2026-03-28T00:00:00Z", 3 },
    { "Europe/Berlin", "2026-10-24T00:00:00Z", 3 },
    { "America/New_York", "2026-03-07T12:00:00Z", 3 },
    { "America/New_York", "2026-10-31T12:00:00Z", 3 },
    { "Australia/Lord_Howe", "2026-04-03T12:00:00Z", 3 },
    { "Australia/Lord_Howe", "2026-10-02T12:00:00Z", 3 },
    { "Pacific/Apia", "2011-12-29T00:00:00Z", 4 }, /* 30 December is no day */
};

/* Each minute of wall time fires once, with the first instant that is at it or
 * beyond it. */
static void
compare(int span, const struct sets *s, bool either, const char *text)
{
    struct wr_cron c;
    struct wr_err err;
    int64_t from = ms(spans[span].from), seen = 0, next;
    const char *zone = spans[span].zone;

    parse(&c, text);
    ck_assert(wr_cron_next(&c, from, &next, &err) == 0);
    for (int n = 0; n <= spans[span].days * DAY_MINUTES; n++) {
        int64_t at = from + (int64_t)n * MINUTE_MS, wall;
        int32_t east = 0;
        bool fires = false;

        if (strcmp(zone, "UTC") != 0)
            ck_assert(wr_zone_offset(zone, at, &east, &err) == 0);
        wall = at / MINUTE_MS + east / 60;
        if (n == 0)
            seen = wall;
        for (; seen < wall; seen++)
            fires = fits(s, either, seen + 1) || fires;
        ck_assert_msg(fires == (next == at), "'%s' %s minute %d", text,
                      fires ? "misses" : "fires at", n);
        if (fires)
            ck_assert(wr_cron_next(&c, at, &next, &err) == 0);
    }
}

START_TEST(as_minute_by_minute)
{
    uint32_t seed = 2026;

    for (int n = 0; n < 25; n++) {
        struct sets s;
        char f[5][40], text[300];
        bool any_day, any_weekday;

        some(&seed, s.minute, 0, 60, f[0]);
        some(&seed, s.hour, 0, 24, f[1]);
        any_day = some(&seed, s.day, 1, 28, f[2]);
        some(&seed, s.month, 1, 12, f[3]);
        any_weekday = some(&seed, s.weekday, 0, 7, f[4]);
        if (any_day)
            memset(s.day, 1, sizeof(s.day));
        else
            memset(s.day + 29, 0, 3);
        snprintf(text, sizeof(text), "CRON_TZ=%s %s %s %s %s %s",
                 spans[_i].zone, f[0], f[1], f[2], f[3], f[4]);
        compare(_i, &s, !any_day && !any_weekday, text);
    }
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("cron");

    tcase_add_loop_test(tc, known_cases, 0, WR_COUNT(known));
    tcase_add_loop_test(tc, what_is_wrong_is_said, 0, WR_COUNT(wrong));
    tcase_add_loop_test(tc, as_minute_by_minute, 0, WR_COUNT(spans));

    return t_main("cron", tc, NULL);
}
