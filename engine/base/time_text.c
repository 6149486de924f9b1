/* Dates and times as ISO 8601 text. */

#include <string.h>

#include "engine/base/time.h"
#include "engine/base/zone.h"

enum {
    OFFSET_MAX = 18 * 3600,
    YEAR_DIGITS = 9,
    NANO_DIGITS = 9
};

struct scan {
    struct wr_arena *arena;
    const char *p, *end;
};

static bool
literal(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;

    return true;
}

static int
digit(const struct scan *s)
{
    return s->p < s->end && *s->p >= '0' && *s->p <= '9' ? *s->p - '0' : -1;
}

static bool
two_digits(struct scan *s, int max, int *out)
{
    int n = 0;

    for (int i = 0; i < 2; i++) {
        if (digit(s) < 0)
            return false;
        n = n * 10 + digit(s);
        s->p++;
    }
    *out = n;

    return n <= max;
}

/* Four digits, or more without a leading zero. */
static bool
year(struct scan *s, int32_t *out)
{
    bool negative = literal(s, '-');
    const char *start = s->p;
    int32_t n = 0;

    for (; digit(s) >= 0 && s->p - start < YEAR_DIGITS; s->p++)
        n = n * 10 + digit(s);
    if (s->p - start < 4 || (s->p - start > 4 && *start == '0')
        || (negative && n == 0))
        return false;
    *out = negative ? -n : n;

    return true;
}

static bool
date(struct scan *s, struct wr_temporal *t)
{
    int month, day;

    if (!year(s, &t->year) || !literal(s, '-') || !two_digits(s, 12, &month)
        || !literal(s, '-') || !two_digits(s, 31, &day))
        return false;
    if (month == 0 || day == 0 || day > wr_month_days(t->year, month))
        return false;
    t->month = (int8_t)month;
    t->day = (int8_t)day;

    return true;
}

static bool
fraction(struct scan *s, int32_t *nanos)
{
    const char *start = s->p;
    int32_t n = 0;

    for (; digit(s) >= 0 && s->p - start < NANO_DIGITS; s->p++)
        n = n * 10 + digit(s);
    if (s->p == start)
        return false;
    for (ptrdiff_t i = s->p - start; i < NANO_DIGITS; i++)
        n *= 10;
    *nanos = n;

    return true;
}

static bool
clock_time(struct scan *s, struct wr_temporal *t)
{
    int hour, minute, second;

    if (!two_digits(s, 23, &hour) || !literal(s, ':')
        || !two_digits(s, 59, &minute) || !literal(s, ':')
        || !two_digits(s, 59, &second))
        return false;
    t->hour = (int8_t)hour;
    t->minute = (int8_t)minute;
    t->second = (int8_t)second;

    return !literal(s, '.') || fraction(s, &t->nanos);
}

static bool
numeric_offset(struct scan *s, int32_t *offset)
{
    bool west = *s->p++ == '-';
    int h, m, sec = 0;

    if (!two_digits(s, 18, &h) || !literal(s, ':') || !two_digits(s, 59, &m))
        return false;
    if (literal(s, ':') && !two_digits(s, 59, &sec))
        return false;
    *offset = h * 3600 + m * 60 + sec;
    if (*offset > OFFSET_MAX)
        return false;
    if (west)
        *offset = -*offset;

    return true;
}

/* Nothing, Z, +hh:mm[:ss] or @Area/City. */
static bool
zone(struct scan *s, struct wr_temporal *t)
{
    t->offset = WR_NO_OFFSET;
    if (s->p == s->end)
        return true;
    if (literal(s, 'Z')) {
        t->offset = 0;
        return true;
    }
    if (*s->p == '+' || *s->p == '-')
        return numeric_offset(s, &t->offset);
    if (!literal(s, '@') || s->p == s->end)
        return false;
    t->zone = wr_arena_strndup(s->arena, s->p, (size_t)(s->end - s->p));
    s->p = s->end;

    return true;
}

static int
resolve_zone(enum wr_value_type type, struct wr_temporal *t, struct wr_err *err)
{
    int64_t wall;

    if (!t->zone)
        return 0;
    if (type == WR_V_TIME)
        return wr_zone_offset_standard(t->zone, &t->offset, err);
    wall = wr_days_from_civil(t->year, t->month, t->day) * 86400
           + t->hour * 3600 + t->minute * 60 + t->second;

    return wr_zone_offset_local(t->zone, wall, &t->offset, err);
}

static bool
scan_all(struct scan *s, enum wr_value_type type, struct wr_temporal *t)
{
    if (type != WR_V_TIME && !date(s, t))
        return false;
    if (type == WR_V_DATE)
        return s->p == s->end;
    if (type == WR_V_DATETIME && !literal(s, 'T'))
        return false;

    return clock_time(s, t) && zone(s, t) && s->p == s->end;
}

static int
parse(struct wr_arena *a, enum wr_value_type type, const char *text, size_t len,
      const struct wr_value **out, struct wr_err *err)
{
    struct scan s = { .arena = a, .p = text, .end = text + len };
    struct wr_value *v = wr_new(a, struct wr_value);
    int shown = (int)(len < 60 ? len : 60);

    v->type = type;
    v->temporal.offset = WR_NO_OFFSET;
    if (!scan_all(&s, type, &v->temporal))
        return wr_fail(err, WR_EVALUE, "'%.*s' is not a %s", shown, text,
                       wr_value_type_name(type));
    if (resolve_zone(type, &v->temporal, err) < 0)
        return wr_wrap(err, "'%.*s'", shown, text);
    *out = v;

    return 0;
}

int
wr_date_parse(struct wr_arena *a, const char *s, size_t len,
              const struct wr_value **out, struct wr_err *err)
{
    return parse(a, WR_V_DATE, s, len, out, err);
}

int
wr_time_parse(struct wr_arena *a, const char *s, size_t len,
              const struct wr_value **out, struct wr_err *err)
{
    return parse(a, WR_V_TIME, s, len, out, err);
}

int
wr_datetime_parse(struct wr_arena *a, const char *s, size_t len,
                  const struct wr_value **out, struct wr_err *err)
{
    return parse(a, WR_V_DATETIME, s, len, out, err);
}

/* --- Writing --------------------------------------------------------------- */

static void
write_date(struct wr_str *out, const struct wr_temporal *t)
{
    wr_str_printf(out, "%s%04d-%02d-%02d", t->year < 0 ? "-" : "",
                  t->year < 0 ? -t->year : t->year, t->month, t->day);
}

static void
write_offset(struct wr_str *out, int32_t offset)
{
    int32_t n = offset < 0 ? -offset : offset;

    if (offset == 0) {
        wr_str_addc(out, 'Z');
        return;
    }
    wr_str_printf(out, "%c%02d:%02d", offset < 0 ? '-' : '+', n / 3600,
                  n / 60 % 60);
    if (n % 60)
        wr_str_printf(out, ":%02d", n % 60);
}

static void
write_clock_time(struct wr_str *out, const struct wr_temporal *t)
{
    wr_str_printf(out, "%02d:%02d:%02d", t->hour, t->minute, t->second);
    wr_nanos_text(out, t->nanos);
    if (t->zone)
        wr_str_printf(out, "@%s", t->zone);
    else if (t->offset != WR_NO_OFFSET)
        write_offset(out, t->offset);
}

void
wr_temporal_text(struct wr_str *out, const struct wr_value *v)
{
    if (v->type == WR_V_DURATION_YM || v->type == WR_V_DURATION_DT) {
        wr_duration_text(out, v);
        return;
    }
    if (v->type != WR_V_TIME)
        write_date(out, &v->temporal);
    if (v->type == WR_V_DATETIME)
        wr_str_addc(out, 'T');
    if (v->type != WR_V_DATE)
        write_clock_time(out, &v->temporal);
}
