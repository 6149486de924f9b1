#include "engine/dmn/between.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/time.h"

enum {
    DAY = 24 * 60 * 60,
    MILLI = 1000000,
    SCALES = 12 /* digits behind the point that are tried */
};

/* Is it a value, after lo and before hi? */
static bool
fits(const struct wr_value *lo, const struct wr_value *v,
     const struct wr_value *hi)
{
    int order;

    return v && (!lo || (wr_order(lo, v, &order) && order < 0))
           && (!hi || (wr_order(v, hi, &order) && order < 0));
}

static const struct wr_value *
pick(const struct wr_value *lo, const struct wr_value *v,
     const struct wr_value *hi)
{
    return fits(lo, v, hi) ? v : NULL;
}

/* ---- numbers ---- */

static const struct wr_value *
rounded(struct wr_arena *a, struct wr_decimal d, int scale,
        const struct wr_value *lo, const struct wr_value *hi)
{
    const struct wr_value *v;

    v = wr_value_number(a, wr_decimal_round(d, scale, WR_ROUND_FLOOR));
    if (fits(lo, v, hi))
        return v;
    v = wr_value_number(a, wr_decimal_round(d, scale, WR_ROUND_CEILING));

    return pick(lo, v, hi);
}

/* The number, or as few of its digits as will do. */
static const struct wr_value *
number_near(struct wr_arena *a, struct wr_decimal d, const struct wr_value *lo,
            const struct wr_value *hi, bool whole)
{
    const struct wr_value *v = NULL;

    for (int scale = 0; !v && scale <= (whole ? 0 : SCALES); scale++)
        v = rounded(a, d, scale, lo, hi);

    return v || whole ? v : pick(lo, wr_value_number(a, d), hi);
}

static const struct wr_value *
number(struct wr_arena *a, const struct wr_value *lo, const struct wr_value *hi,
       bool whole)
{
    struct wr_decimal one = wr_decimal_from_int(1), sum, mid;

    if (!lo && !hi)
        return wr_value_int(a, 0);
    if (!hi)
        return number_near(a, wr_decimal_add(lo->number, one), lo, NULL, whole);
    if (!lo)
        return number_near(a, wr_decimal_sub(hi->number, one), NULL, hi, whole);
    sum = wr_decimal_add(lo->number, hi->number);
    if (!wr_decimal_div(sum, wr_decimal_from_int(2), &mid))
        return NULL;

    return number_near(a, mid, lo, hi, whole);
}

/* ---- strings ---- */

static const struct wr_value *
string(struct wr_arena *a, const struct wr_value *lo, const struct wr_value *hi)
{
    static const char *const ends[] = { "", "a", " ", "!" };

    for (size_t i = 0; i < WR_COUNT(ends); i++) {
        const struct wr_value *v = wr_value_string(
            a, wr_arena_printf(a, "%s%s", lo ? lo->string.s : "", ends[i]));

        if (fits(lo, v, hi))
            return v;
    }

    return NULL;
}

/* ---- dates, times and durations ---- */

/* The value plus so many seconds and milliseconds. */
static const struct wr_value *
later(struct wr_eval *ev, const struct wr_value *v, int64_t seconds, int64_t ms)
{
    const struct wr_value *d = wr_duration_value(ev->arena, seconds,
                                                 ms * MILLI);

    return v->type == WR_V_DURATION_DT
               ? wr_arith(ev, WR_OP_ADD, v, d)
               : wr_temporal_add(ev->arena, v, d, false);
}

static const struct wr_value *
zero(struct wr_arena *a, enum wr_value_type type)
{
    struct wr_value v = {
        .type = type,
        .temporal = { .offset = WR_NO_OFFSET },
    };

    if (type == WR_V_DATE || type == WR_V_DATETIME) {
        v.temporal.year = 2000;
        v.temporal.month = v.temporal.day = 1;
    }
    if (type == WR_V_DURATION_DT)
        return wr_duration_value(a, 0, 0);

    return wr_arena_memdup(a, &v, sizeof(v));
}

/* Times do not pass midnight. */
static const struct wr_value *
edge_of_day(struct wr_arena *a, const struct wr_value *like, bool last)
{
    struct wr_value *v = wr_arena_memdup(a, like, sizeof(*v));

    v->temporal.hour = last ? 23 : 0;
    v->temporal.minute = last ? 59 : 0;
    v->temporal.second = last ? 59 : 0;
    v->temporal.nanos = last ? 999 * MILLI : 0;

    return v;
}

static const struct wr_value *
beyond(struct wr_eval *ev, const struct wr_value *lo, const struct wr_value *hi)
{
    static const int64_t steps[] = { DAY, 60 * 60, 60, 1 };
    const struct wr_value *from = lo ? lo : hi;

    for (size_t i = 0; i < WR_COUNT(steps); i++) {
        const struct wr_value *v = later(ev, from, lo ? steps[i] : -steps[i],
                                         0);

        if (fits(lo, v, hi))
            return v;
    }

    return from->type == WR_V_TIME
               ? pick(lo, edge_of_day(ev->arena, from, lo != NULL), hi)
               : NULL;
}

static void
instant(const struct wr_value *v, int64_t *seconds, int32_t *nanos)
{
    if (v->type != WR_V_DURATION_DT) {
        wr_temporal_instant(v, seconds, nanos);
        return;
    }
    *seconds = v->duration.seconds;
    *nanos = v->duration.nanos;
}

static const struct wr_value *
moment(struct wr_eval *ev, enum wr_value_type type, const struct wr_value *lo,
       const struct wr_value *hi)
{
    static const int64_t units[] = { DAY, 60 * 60, 60, 1 };
    int64_t from, to, half;
    int32_t from_nanos, to_nanos;

    if (!lo && !hi)
        return zero(ev->arena, type);
    if (!lo || !hi)
        return beyond(ev, lo, hi);
    instant(lo, &from, &from_nanos);
    instant(hi, &to, &to_nanos);
    half = (to - from) / 2;
    for (size_t i = 0; i < WR_COUNT(units); i++) {
        const struct wr_value *v = later(ev, lo, half - half % units[i], 0);

        if (fits(lo, v, hi))
            return v;
        v = later(ev, lo, half - half % units[i] + units[i], 0);
        if (fits(lo, v, hi))
            return v;
    }

    return pick(lo, later(ev, lo, 0, 1), hi);
}

static const struct wr_value *
months(struct wr_arena *a, const struct wr_value *lo, const struct wr_value *hi)
{
    int64_t n = lo && hi ? lo->months + (hi->months - lo->months) / 2
                : lo     ? lo->months + 1
                : hi     ? hi->months - 1
                         : 0;

    return pick(lo, wr_months_value(a, n), hi);
}

const struct wr_value *
wr_dmn_between(struct wr_eval *ev, enum wr_value_type type,
               const struct wr_value *lo, const struct wr_value *hi, bool whole)
{
    switch (type) {
    case WR_V_NUMBER:
        return number(ev->arena, lo, hi, whole);
    case WR_V_STRING:
        return string(ev->arena, lo, hi);
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
    case WR_V_DURATION_DT:
        return moment(ev, type, lo, hi);
    case WR_V_DURATION_YM:
        return months(ev->arena, lo, hi);
    default:
        return NULL;
    }
}
