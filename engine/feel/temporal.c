/*
 * Arithmetic and properties of dates, times and durations (DMN 1.5, 10.3.2.3
 * and table 64).
 *
 * Dates and times compare by milliseconds; is() alone sees finer parts.  A wall
 * time with a zone keeps wall time and zone through calendar arithmetic, its
 * offset is looked up again.
 */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "engine/base/time.h"
#include "engine/base/zone.h"
#include "engine/feel/eval.h"

enum {
    DAY = 86400,
    MILLI = 1000000, /* nanoseconds */
    YEAR_MAX = 999999999
};

static int64_t
wall_seconds(const struct wr_value *v)
{
    const struct wr_temporal *t = &v->temporal;
    int64_t days = v->type == WR_V_TIME
                       ? 0
                       : wr_days_from_civil(t->year, t->month, t->day);

    if (v->type == WR_V_DATE)
        return days * DAY;

    return days * DAY + t->hour * 3600 + t->minute * 60 + t->second;
}

/* A date counts as midnight in UTC. */
static bool
has_offset(const struct wr_value *v)
{
    return v->type == WR_V_DATE || v->temporal.offset != WR_NO_OFFSET;
}

void
wr_temporal_instant(const struct wr_value *v, int64_t *seconds, int32_t *nanos)
{
    bool shift = v->type != WR_V_DATE && v->temporal.offset != WR_NO_OFFSET;

    *seconds = wall_seconds(v) - (shift ? v->temporal.offset : 0);
    *nanos = v->type == WR_V_DATE ? 0 : v->temporal.nanos;
}

bool
wr_temporal_order(const struct wr_value *x, const struct wr_value *y,
                  int *order)
{
    int64_t sx, sy;
    int32_t nx, ny;

    if (has_offset(x) != has_offset(y))
        return false;
    wr_temporal_instant(x, &sx, &nx);
    wr_temporal_instant(y, &sy, &ny);
    nx /= MILLI;
    ny /= MILLI;
    *order = sx != sy ? (sx > sy) - (sx < sy) : (nx > ny) - (nx < ny);

    return true;
}

/* Put wall seconds back into v; false: the year is out of range. */
static bool
set_wall(struct wr_value *v, int64_t wall)
{
    struct wr_err ignored = { .code = WR_OK };
    int64_t days = wall / DAY, rest = wall % DAY, year;
    struct wr_temporal *t = &v->temporal;
    int month, day;

    if (rest < 0) {
        rest += DAY;
        days--;
    }
    if (v->type != WR_V_DATE) {
        t->hour = (int8_t)(rest / 3600);
        t->minute = (int8_t)(rest / 60 % 60);
        t->second = (int8_t)(rest % 60);
    }
    if (v->type == WR_V_TIME)
        return true;
    wr_civil_from_days(days, &year, &month, &day);
    if (year < -YEAR_MAX || year > YEAR_MAX)
        return false;
    t->year = (int32_t)year;
    t->month = (int8_t)month;
    t->day = (int8_t)day;
    if (v->type == WR_V_DATETIME && t->zone)
        return wr_zone_offset_local(t->zone, wall, &t->offset, &ignored) == 0;

    return true;
}

/* The day is cut to the length of the month. */
static bool
add_months(struct wr_value *v, int64_t months)
{
    struct wr_temporal *t = &v->temporal;
    int64_t at, year;
    int month, days;

    if (v->type == WR_V_TIME
        || __builtin_add_overflow((int64_t)t->year * 12 + t->month - 1, months,
                                  &at))
        return false;
    year = at >= 0 ? at / 12 : -((11 - at) / 12);
    month = (int)(at - year * 12) + 1;
    if (year < -YEAR_MAX || year > YEAR_MAX)
        return false;
    days = wr_month_days(year, month);
    t->year = (int32_t)year;
    t->month = (int8_t)month;
    if (t->day > days)
        t->day = (int8_t)days;

    return set_wall(v, wall_seconds(v));
}

static bool
add_seconds(struct wr_value *v, int64_t seconds, int64_t nanos)
{
    int64_t wall = wall_seconds(v);

    if (v->type != WR_V_DATE)
        nanos += v->temporal.nanos;
    seconds += nanos / 1000000000;
    nanos %= 1000000000;
    if (nanos < 0) {
        nanos += 1000000000;
        seconds--;
    }
    if (v->type != WR_V_DATE)
        v->temporal.nanos = (int32_t)nanos;
    if (__builtin_add_overflow(wall, seconds, &wall))
        return false;

    return set_wall(v, wall);
}

const struct wr_value *
wr_temporal_add(struct wr_arena *a, const struct wr_value *t,
                const struct wr_value *duration, bool subtract)
{
    struct wr_value *v = wr_arena_memdup(a, t, sizeof(*t));
    int64_t sign = subtract ? -1 : 1, n;
    bool months = duration->type == WR_V_DURATION_YM;

    if (__builtin_mul_overflow(
            months ? duration->months : duration->duration.seconds, sign, &n)
        || n > INT64_MAX - 2 || n < INT64_MIN + 2)
        return NULL;
    if (months)
        return add_months(v, n) ? v : NULL;

    return add_seconds(v, n, sign * duration->duration.nanos) ? v : NULL;
}

const struct wr_value *
wr_temporal_sub(struct wr_eval *ev, const struct wr_value *x,
                const struct wr_value *y)
{
    int64_t sx, sy;
    int32_t nx, ny;

    if ((x->type == WR_V_TIME) != (y->type == WR_V_TIME)
        || has_offset(x) != has_offset(y))
        return NULL;
    wr_temporal_instant(x, &sx, &nx);
    wr_temporal_instant(y, &sy, &ny);

    return wr_duration_value(ev->arena, sx - sy, (int64_t)nx - ny);
}

static const struct wr_value *
weekday(struct wr_eval *ev, const struct wr_value *v)
{
    const struct wr_temporal *t = &v->temporal;
    int64_t days = wr_days_from_civil(t->year, t->month, t->day) + 3;

    return wr_value_int(ev->arena, (days % 7 + 7) % 7 + 1);
}

static const struct wr_value *
date_member(struct wr_eval *ev, const struct wr_value *v, const char *name)
{
    const struct wr_temporal *t = &v->temporal;

    if (strcmp(name, "year") == 0)
        return wr_value_int(ev->arena, t->year);
    if (strcmp(name, "month") == 0)
        return wr_value_int(ev->arena, t->month);
    if (strcmp(name, "day") == 0)
        return wr_value_int(ev->arena, t->day);

    return strcmp(name, "weekday") == 0 ? weekday(ev, v) : NULL;
}

static const struct wr_value *
second_with_fraction(struct wr_eval *ev, int64_t seconds, int64_t nanos)
{
    struct wr_decimal d;

    (void)wr_decimal_div(wr_decimal_from_int(nanos),
                         wr_decimal_from_int(1000000000), &d);

    return wr_value_number(ev->arena,
                           wr_decimal_add(wr_decimal_from_int(seconds), d));
}

static const struct wr_value *
time_member(struct wr_eval *ev, const struct wr_value *v, const char *name)
{
    const struct wr_temporal *t = &v->temporal;

    if (strcmp(name, "hour") == 0)
        return wr_value_int(ev->arena, t->hour);
    if (strcmp(name, "minute") == 0)
        return wr_value_int(ev->arena, t->minute);
    if (strcmp(name, "second") == 0)
        return second_with_fraction(ev, t->second, t->nanos);
    if (strcmp(name, "time offset") == 0)
        return t->offset == WR_NO_OFFSET
                   ? &wr_null
                   : wr_duration_value(ev->arena, t->offset, 0);
    if (strcmp(name, "timezone") == 0)
        return t->zone ? wr_value_string(ev->arena, t->zone) : &wr_null;

    return NULL;
}

static const struct wr_value *
duration_member(struct wr_eval *ev, const struct wr_value *v, const char *name)
{
    int64_t s;

    if (v->type == WR_V_DURATION_YM) {
        if (strcmp(name, "years") == 0)
            return wr_value_int(ev->arena, v->months / 12);
        return strcmp(name, "months") == 0
                   ? wr_value_int(ev->arena, v->months % 12)
                   : NULL;
    }
    s = v->duration.seconds;
    if (strcmp(name, "days") == 0)
        return wr_value_int(ev->arena, s / DAY);
    if (strcmp(name, "hours") == 0)
        return wr_value_int(ev->arena, s / 3600 % 24);
    if (strcmp(name, "minutes") == 0)
        return wr_value_int(ev->arena, s / 60 % 60);

    return strcmp(name, "seconds") == 0
               ? second_with_fraction(ev, s % 60, v->duration.nanos)
               : NULL;
}

const struct wr_value *
wr_temporal_member(struct wr_eval *ev, const struct wr_value *v,
                   const char *name)
{
    const struct wr_value *m = NULL;

    if (v->type == WR_V_DURATION_YM || v->type == WR_V_DURATION_DT)
        return duration_member(ev, v, name);
    if (v->type == WR_V_DATE || v->type == WR_V_DATETIME)
        m = date_member(ev, v, name);
    if (!m && (v->type == WR_V_TIME || v->type == WR_V_DATETIME))
        m = time_member(ev, v, name);

    return m;
}

/* ISO 8601 writes the end of a day as 24:00:00; it is the next one's start. */
const struct wr_value *
wr_datetime_of_text(struct wr_arena *a, const char *s, size_t len)
{
    struct wr_err ignored = { .code = WR_OK };
    const char *end = memmem(s, len, "T24:00:00", 9);
    const struct wr_value *v;
    char *copy;

    if (!end)
        return wr_datetime_parse(a, s, len, &v, &ignored) < 0 ? NULL : v;
    copy = wr_arena_strndup(a, s, len);
    memcpy(copy + (end - s), "T00", 3);
    if (wr_datetime_parse(a, copy, len, &v, &ignored) < 0 || v->temporal.nanos)
        return NULL;

    return wr_temporal_add(a, v, wr_duration_value(a, DAY, 0), false);
}
