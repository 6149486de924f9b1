/* Dates, times and durations from text and parts, and what they say. */
#include <string.h>

#include "engine/base/time.h"
#include "engine/base/zone.h"
#include "engine/feel/builtin.h"

enum {
    OFFSET_MAX = 18 * 3600
};

static struct wr_value *
temporal(struct wr_eval *ev, enum wr_value_type type)
{
    struct wr_value *v = wr_new(ev->arena, struct wr_value);

    v->type = type;
    v->temporal.offset = WR_NO_OFFSET;

    return v;
}

static const struct wr_value *
bad_text(struct wr_eval *ev, const char *what, const struct wr_value *text)
{
    return wr_eval_null(ev, "'%.60s' is no %s", text->string.s, what);
}

const struct wr_value *
wr_fn_date_from_text(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_err ignored = { .code = WR_OK };
    const struct wr_value *v;

    if (wr_date_parse(ev->arena, args[0]->string.s, args[0]->string.len, &v,
                      &ignored)
        < 0)
        return bad_text(ev, "date", args[0]);

    return v;
}

const struct wr_value *
wr_fn_date_from_date(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_value *v = temporal(ev, WR_V_DATE);

    v->temporal.year = args[0]->temporal.year;
    v->temporal.month = args[0]->temporal.month;
    v->temporal.day = args[0]->temporal.day;

    return v;
}

static bool
whole(const struct wr_value *v, int64_t min, int64_t max, int64_t *out)
{
    return wr_decimal_to_int(v->number, out) && *out >= min && *out <= max;
}

const struct wr_value *
wr_fn_date_from_parts(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_value *v = temporal(ev, WR_V_DATE);
    int64_t year, month, day;

    if (!whole(args[0], -999999999, 999999999, &year)
        || !whole(args[1], 1, 12, &month)
        || !whole(args[2], 1, wr_month_days(year, (int)month), &day))
        return wr_eval_null(ev, "no such date");
    v->temporal.year = (int32_t)year;
    v->temporal.month = (int8_t)month;
    v->temporal.day = (int8_t)day;

    return v;
}

const struct wr_value *
wr_fn_datetime_from_text(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_err ignored = { .code = WR_OK };
    const char *s = args[0]->string.s;
    size_t len = args[0]->string.len;
    const struct wr_value *v;
    struct wr_value *midnight;

    if (memchr(s, '@', len) && !wr_eval_charge(ev, WR_ZONE_COST))
        return NULL;
    v = wr_datetime_of_text(ev->arena, s, len);
    if (v)
        return v;
    if (wr_date_parse(ev->arena, s, len, &v, &ignored) < 0)
        return bad_text(ev, "date and time", args[0]);
    midnight = temporal(ev, WR_V_DATETIME);
    midnight->temporal = v->temporal;
    midnight->temporal.offset = WR_NO_OFFSET;

    return midnight;
}

const struct wr_value *
wr_fn_datetime_from_parts(struct wr_eval *ev,
                          const struct wr_value *const *args)
{
    struct wr_value *v = temporal(ev, WR_V_DATETIME);

    v->temporal = args[1]->temporal;
    v->temporal.year = args[0]->temporal.year;
    v->temporal.month = args[0]->temporal.month;
    v->temporal.day = args[0]->temporal.day;
    if (!v->temporal.zone)
        return v;

    /* The offset of a zone depends on the day. */
    return wr_temporal_add(ev->arena, v, wr_duration_value(ev->arena, 0, 0),
                           false);
}

const struct wr_value *
wr_fn_datetime_in_zone(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_err ignored = { .code = WR_OK };
    struct wr_value *v;
    int64_t seconds;
    int32_t nanos, offset;

    wr_temporal_instant(args[0], &seconds, &nanos);
    if (args[0]->temporal.offset == WR_NO_OFFSET
        || wr_zone_offset(args[1]->string.s, seconds * 1000, &offset, &ignored)
               < 0)
        return wr_eval_null(ev, "no date and time in '%.60s'",
                            args[1]->string.s);
    v = wr_arena_memdup(ev->arena, args[0], sizeof(*v));
    offset -= args[0]->temporal.offset;
    v->temporal.zone = args[1]->string.s;

    return wr_temporal_add(ev->arena, v,
                           wr_duration_value(ev->arena, offset, 0), false);
}

const struct wr_value *
wr_fn_time_from_text(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_err ignored = { .code = WR_OK };
    const char *s = args[0]->string.s;
    const struct wr_value *v;

    if (strchr(s, '@') && !wr_eval_charge(ev, WR_ZONE_COST))
        return NULL;
    if (wr_time_parse(ev->arena, s, args[0]->string.len, &v, &ignored) < 0)
        return bad_text(ev, "time", args[0]);

    return v;
}

const struct wr_value *
wr_fn_time_from_time(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_value *v = temporal(ev, WR_V_TIME);

    v->temporal = args[0]->temporal;
    v->temporal.year = 0;
    v->temporal.month = 0;
    v->temporal.day = 0;
    if (args[0]->type == WR_V_DATE)
        v->temporal.offset = 0;

    return v;
}

static bool
second_of(const struct wr_value *v, struct wr_temporal *t)
{
    struct wr_decimal whole_part = wr_decimal_round(v->number, 0,
                                                    WR_ROUND_FLOOR);
    struct wr_decimal rest = wr_decimal_mul(
        wr_decimal_sub(v->number, whole_part), wr_decimal_from_int(1000000000));
    int64_t second, nanos;

    if (!wr_decimal_to_int(whole_part, &second) || second < 0 || second > 59
        || !wr_decimal_to_int(wr_decimal_round(rest, 0, WR_ROUND_DOWN), &nanos))
        return false;
    t->second = (int8_t)second;
    t->nanos = (int32_t)nanos;

    return true;
}

const struct wr_value *
wr_fn_time_from_parts(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_value *v = temporal(ev, WR_V_TIME);
    int64_t hour, minute;

    if (!whole(args[0], 0, 23, &hour) || !whole(args[1], 0, 59, &minute)
        || !second_of(args[2], &v->temporal))
        return wr_eval_null(ev, "no such time");
    v->temporal.hour = (int8_t)hour;
    v->temporal.minute = (int8_t)minute;
    if (!args[3] || args[3]->type == WR_V_NULL)
        return v;
    if (args[3]->duration.seconds > OFFSET_MAX
        || args[3]->duration.seconds < -OFFSET_MAX)
        return wr_eval_null(ev, "the offset is more than 18 hours");
    v->temporal.offset = (int32_t)args[3]->duration.seconds;

    return v;
}

/* A point without digits behind it counts for nothing ("PT0.S" in the TCK). */
const struct wr_value *
wr_fn_duration_from_text(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_err ignored = { .code = WR_OK };
    const char *s = args[0]->string.s;
    size_t len = args[0]->string.len;
    const struct wr_value *v;

    if (len > 2 && strcmp(s + len - 2, ".S") == 0) {
        s = wr_arena_printf(ev->arena, "%.*sS", (int)len - 2, s);
        len--;
    }
    if (wr_duration_parse(ev->arena, s, len, &v, &ignored) < 0)
        return bad_text(ev, "duration", args[0]);

    return v;
}

const struct wr_value *
wr_fn_duration_from_duration(struct wr_eval *ev,
                             const struct wr_value *const *args)
{
    (void)ev;

    return args[0];
}

/* Whole months; the time of day does not count. */
const struct wr_value *
wr_fn_months_between(struct wr_eval *ev, const struct wr_value *const *args)
{
    const struct wr_temporal *from = &args[0]->temporal;
    const struct wr_temporal *to = &args[1]->temporal;
    int64_t months = ((int64_t)to->year - from->year) * 12 + to->month
                     - from->month;

    if (months > 0 && to->day < from->day)
        months--;
    else if (months < 0 && to->day > from->day)
        months++;

    return wr_months_value(ev->arena, months);
}

static bool
same_text(const char *x, const char *y)
{
    return x && y ? strcmp(x, y) == 0 : x == y;
}

static bool
same_temporal(const struct wr_temporal *x, const struct wr_temporal *y)
{
    return x->year == y->year && x->month == y->month && x->day == y->day
           && x->hour == y->hour && x->minute == y->minute
           && x->second == y->second && x->nanos == y->nanos
           && x->offset == y->offset && same_text(x->zone, y->zone);
}

const struct wr_value *
wr_fn_is(struct wr_eval *ev, const struct wr_value *const *args)
{
    enum wr_value_type t = args[0]->type;

    if (t != args[1]->type)
        return wr_value_bool(false);
    if (t == WR_V_DATE || t == WR_V_TIME || t == WR_V_DATETIME)
        return wr_value_bool(
            same_temporal(&args[0]->temporal, &args[1]->temporal));

    return wr_value_bool(wr_equal(ev, args[0], args[1]) == WR_TRUE);
}

const struct wr_value *
wr_fn_now(struct wr_eval *ev, const struct wr_value *const *args)
{
    (void)args;

    return wr_datetime_from_instant(ev->arena, ev->env->now);
}

const struct wr_value *
wr_fn_today(struct wr_eval *ev, const struct wr_value *const *args)
{
    const struct wr_value *now = wr_fn_now(ev, args);

    return wr_fn_date_from_date(ev, &now);
}

static int64_t
days_of(const struct wr_value *v)
{
    return wr_days_from_civil(v->temporal.year, v->temporal.month,
                              v->temporal.day);
}

/* 0: Monday */
static int
weekday(int64_t days)
{
    return (int)(((days + 3) % 7 + 7) % 7);
}

const struct wr_value *
wr_fn_day_of_year(struct wr_eval *ev, const struct wr_value *const *args)
{
    int64_t first = wr_days_from_civil(args[0]->temporal.year, 1, 1);

    return wr_value_int(ev->arena, days_of(args[0]) - first + 1);
}

const struct wr_value *
wr_fn_day_of_week(struct wr_eval *ev, const struct wr_value *const *args)
{
    static const char *const names[] = { "Monday",   "Tuesday", "Wednesday",
                                         "Thursday", "Friday",  "Saturday",
                                         "Sunday" };

    return wr_value_string(ev->arena, names[weekday(days_of(args[0]))]);
}

const struct wr_value *
wr_fn_month_of_year(struct wr_eval *ev, const struct wr_value *const *args)
{
    static const char *const names[] = { "January", "February", "March",
                                         "April",   "May",      "June",
                                         "July",    "August",   "September",
                                         "October", "November", "December" };

    return wr_value_string(ev->arena, names[args[0]->temporal.month - 1]);
}

/* A week belongs to the year of its Thursday. */
const struct wr_value *
wr_fn_week_of_year(struct wr_eval *ev, const struct wr_value *const *args)
{
    int64_t days = days_of(args[0]);
    int64_t thursday = days - weekday(days) + 3, year;
    int month, day;

    wr_civil_from_days(thursday, &year, &month, &day);

    return wr_value_int(ev->arena,
                        (thursday - wr_days_from_civil(year, 1, 1)) / 7 + 1);
}
