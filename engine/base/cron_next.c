/* cron_next.c: when a cron expression fires. */

#include "engine/base/cron.h"
#include "engine/base/time.h"
#include "engine/base/zone.h"

enum {
    MS = 1000,
    MINUTE = 60,
    HOUR = 3600,
    DAY = 86400,
    YEARS = 400, /* the calendar's period; whole weeks */
};

#define INSTANT_MAX (INT64_C(1) << 53) /* what a double holds, in ms */

struct month {        /* one of a calendar */
    int64_t y, first; /* days since 1970-01-01 of its first */
    int m, days;
};

static bool
has(uint64_t set, int bit)
{
    return set >> bit & 1;
}

/* 0 is Sunday; 1970-01-01 was a Thursday. */
static int
weekday(const struct month *at, int day)
{
    return (int)(((at->first + day - 1 + 4) % 7 + 7) % 7);
}

/* The weekday nearest to a day, within the month. */
static int
nearest(const struct month *at, int day)
{
    switch (weekday(at, day)) {
    case 0:
        return day == at->days ? day - 2 : day + 1;
    case 6:
        return day == 1 ? day + 2 : day - 1;
    default:
        return day;
    }
}

static int
last_weekday(const struct month *at)
{
    int w = weekday(at, at->days);

    return at->days - (w == 0 ? 2 : w == 6 ? 1 : 0);
}

static bool
fits_day(const struct wr_cron *c, const struct month *at, int day)
{
    if (has(c->days, day) || has(c->last, at->days - day)
        || (has(c->nearest, 0) && last_weekday(at) == day))
        return true;
    /* Nobody is moved further than two days. */
    for (int d = day - 2; d <= day + 2; d++) {
        if (d >= 1 && d <= at->days && has(c->nearest, d)
            && nearest(at, d) == day)
            return true;
    }

    return false;
}

static bool
fits_weekday(const struct wr_cron *c, const struct month *at, int day)
{
    int w = weekday(at, day);

    return has(c->weekdays, w) || has(c->nth[w], (day - 1) / 7 + 1)
           || (has(c->nth[w], 0) && day + 7 > at->days);
}

static bool
fits(const struct wr_cron *c, const struct month *at, int day)
{
    bool by_day = fits_day(c, at, day);
    bool by_weekday = fits_weekday(c, at, day);

    return c->either ? by_day || by_weekday : by_day && by_weekday;
}

static bool
fits_month(const struct wr_cron *c, int64_t y, int m)
{
    if (!c->any_year
        && (y < WR_CRON_YEAR_MIN || y > WR_CRON_YEAR_MAX
            || !c->years[y - WR_CRON_YEAR_MIN]))
        return false;

    return has(c->months, m);
}

/* The first second of a day from `from` on, -1: none. */
static int
next_second(const struct wr_cron *c, int from)
{
    for (int h = from / HOUR; h < 24; h++) {
        if (!has(c->hours, h))
            continue;
        for (int m = from > h * HOUR ? from % HOUR / MINUTE : 0; m < 60; m++) {
            int at = h * HOUR + m * MINUTE;

            if (!has(c->minutes, m))
                continue;
            for (int s = from > at ? from - at : 0; s < 60; s++) {
                if (has(c->seconds, s))
                    return at + s;
            }
        }
    }

    return -1;
}

/* In one month, from a day and a second of it on; INT64_MAX: none. */
static int64_t
in_month(const struct wr_cron *c, const struct month *at, int day, int second)
{
    for (; day <= at->days; day++, second = 0) {
        int s = fits(c, at, day) ? next_second(c, second) : -1;

        if (s >= 0)
            return (at->first + day - 1) * DAY + s;
    }

    return INT64_MAX;
}

int64_t
wr_cron_next_wall(const struct wr_cron *c, int64_t after)
{
    int64_t from = after + 1, found = INT64_MAX, y;
    int second = (int)((from % DAY + DAY) % DAY), m, day;

    wr_civil_from_days((from - second) / DAY, &y, &m, &day);
    for (int n = 0; n <= 12 * YEARS && found == INT64_MAX; n++) {
        struct month at = { .y = y, .m = m };

        if (fits_month(c, y, m)) {
            at.days = wr_month_days(y, m);
            at.first = wr_days_from_civil(y, m, 1);
            found = in_month(c, &at, day, second);
        }
        day = 1;
        second = 0;
        if (++m > 12) {
            m = 1;
            y++;
        }
    }

    return found;
}

static int
offset(const struct wr_cron *c, int64_t at, int32_t *out, struct wr_err *err)
{
    *out = 0;

    return c->zone[0] ? wr_zone_offset(c->zone, at * MS, out, err) : 0;
}

static int
offset_local(const struct wr_cron *c, int64_t wall, int32_t *out,
             struct wr_err *err)
{
    *out = 0;

    return c->zone[0] ? wr_zone_offset_local(c->zone, wall, out, err) : 0;
}

/* The first second of the offset that holds at `at`, after `before`, where it
 * is another one. */
static int
change(const struct wr_cron *c, int64_t before, int64_t at, int64_t *out,
       struct wr_err *err)
{
    int32_t wanted, o;

    if (offset(c, at, &wanted, err) < 0)
        return err->code;
    while (at - before > 1) {
        int64_t mid = before + (at - before) / 2;

        if (offset(c, mid, &o, err) < 0)
            return err->code;
        if (o == wanted)
            at = mid;
        else
            before = mid;
    }
    *out = at;

    return 0;
}

/* When a wall time is. */
static int
instant(const struct wr_cron *c, int64_t wall, int64_t *out, struct wr_err *err)
{
    int32_t before, there;

    if (offset_local(c, wall, &before, err) < 0
        || offset(c, wall - before, &there, err) < 0)
        return err->code;
    *out = wall - before;
    if (there <= before)
        return 0;

    /* It is skipped: when the clock has gone forward. */
    return change(c, *out - (there - before), *out, out, err);
}

/* The last wall time that has been when it is `at`. */
static int
past(const struct wr_cron *c, int64_t at, int64_t *wall, struct wr_err *err)
{
    int32_t now, first;
    int64_t back;

    if (offset(c, at, &now, err) < 0
        || offset_local(c, at + now, &first, err) < 0)
        return err->code;
    *wall = at + now;
    if (first <= now)
        return 0;
    /* The second time: all of what comes twice has been. */
    if (change(c, at + now - first, at, &back, err) < 0)
        return err->code;
    *wall = back + first - 1;

    return 0;
}

int
wr_cron_next(const struct wr_cron *c, int64_t after, int64_t *next,
             struct wr_err *err)
{
    int64_t wall = 0, at = after / MS - (after % MS < 0);

    *next = INT64_MAX;
    if (after > INSTANT_MAX || after < -INSTANT_MAX)
        return 0;
    if (past(c, at, &wall, err) < 0)
        return err->code;
    wall = wr_cron_next_wall(c, wall);
    if (wall == INT64_MAX)
        return 0;
    if (instant(c, wall, &at, err) < 0)
        return err->code;
    *next = at * MS;

    return 0;
}
