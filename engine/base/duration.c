/*
 * Durations: ISO 8601 text and calendar arithmetic.
 *
 *     [-] P [nY] [nM] [nW] [nD] [ T [nH] [nM] [n[.n]S] ]
 *
 * with at least one part, and at least one behind a T.
 */

#include <string.h>

#include "engine/base/when.h"

enum {
    YEARS,
    MONTHS,
    WEEKS,
    DAYS,
    HOURS,
    MINUTES,
    SECONDS,
    PARTS
};

static const char designators[] = "YMWDHMS";

/* Far beyond what an instant holds, far below what overflows. */
#define MONTHS_MAX (INT64_C(12) * 999999999)

struct parts {
    bool negative, seen[PARTS];
    int64_t n[PARTS];
    int32_t nanos;
};

struct scan {
    const char *p, *end;
};

static bool
digits(struct scan *s, int64_t *out)
{
    const char *start = s->p;
    int64_t n = 0;

    for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) {
        if (__builtin_mul_overflow(n, 10, &n)
            || __builtin_add_overflow(n, *s->p - '0', &n))
            return false;
    }
    *out = n;

    return s->p > start;
}

static bool
fraction(struct scan *s, int32_t *nanos)
{
    int32_t n = 0, scale = 100000000;
    const char *start = s->p;

    for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++) {
        if (scale == 0)
            return false;
        n += (*s->p - '0') * scale;
        scale /= 10;
    }
    *nanos = n;

    return s->p > start;
}

/* One "12D"; `next` is the first part that may still come, `last` the first
 * that belongs behind the other side of T. */
static bool
part(struct scan *s, struct parts *p, int *next, int last)
{
    bool has_fraction = false;
    int64_t n;
    int i;

    if (!digits(s, &n))
        return false;
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        has_fraction = true;
        if (!fraction(s, &p->nanos))
            return false;
    }
    if (s->p == s->end)
        return false;
    for (i = *next; i < last && designators[i] != *s->p; i++)
        ;
    if (i == last || (has_fraction && i != SECONDS))
        return false;
    s->p++;
    p->n[i] = n;
    p->seen[i] = true;
    *next = i + 1;

    return true;
}

static bool
scan_parts(const char *text, size_t len, struct parts *p)
{
    struct scan s = { .p = text, .end = text + len };
    int next = YEARS;

    *p = (struct parts){ .negative = len > 0 && *text == '-' };
    s.p += p->negative;
    if (s.end - s.p < 2 || *s.p++ != 'P')
        return false;
    while (s.p < s.end && *s.p != 'T') {
        if (!part(&s, p, &next, HOURS))
            return false;
    }
    if (s.p == s.end)
        return true;
    next = HOURS;
    if (++s.p == s.end)
        return false;
    while (s.p < s.end) {
        if (!part(&s, p, &next, PARTS))
            return false;
    }

    return true;
}

static bool
add_scaled(int64_t *sum, int64_t n, int64_t by)
{
    return !__builtin_mul_overflow(n, by, &n)
           && !__builtin_add_overflow(*sum, n, sum);
}

static bool
total_months(const struct parts *p, int64_t *out)
{
    *out = 0;

    return add_scaled(out, p->n[YEARS], 12) && add_scaled(out, p->n[MONTHS], 1)
           && *out <= MONTHS_MAX;
}

static bool
total_seconds(const struct parts *p, int64_t *out)
{
    *out = 0;

    return add_scaled(out, p->n[WEEKS], 7 * 86400)
           && add_scaled(out, p->n[DAYS], 86400)
           && add_scaled(out, p->n[HOURS], 3600)
           && add_scaled(out, p->n[MINUTES], 60)
           && add_scaled(out, p->n[SECONDS], 1);
}

static int
refuse(struct wr_err *err, const char *s, size_t len, const char *what)
{
    return wr_fail(err, WR_EVALUE, "'%.*s' is not a duration%s",
                   (int)(len < 60 ? len : 60), s, what);
}

int
wr_duration_parse(struct wr_arena *a, const char *s, size_t len,
                  const struct wr_value **out, struct wr_err *err)
{
    struct wr_value *v = wr_new(a, struct wr_value);
    int64_t months, seconds;
    bool calendar, time;
    struct parts p;

    if (!scan_parts(s, len, &p))
        return refuse(err, s, len, "");
    calendar = p.seen[YEARS] || p.seen[MONTHS];
    time = p.seen[DAYS] || p.seen[HOURS] || p.seen[MINUTES] || p.seen[SECONDS];
    if (p.seen[WEEKS] || (calendar && time))
        return refuse(err, s, len,
                      " of years and months or of days, hours, minutes and "
                      "seconds");
    if (!total_months(&p, &months) || !total_seconds(&p, &seconds))
        return refuse(err, s, len, ": out of range");

    if (calendar) {
        v->type = WR_V_DURATION_YM;
        v->months = p.negative ? -months : months;
    } else {
        v->type = WR_V_DURATION_DT;
        v->duration.seconds = p.negative ? -seconds : seconds;
        v->duration.nanos = p.negative ? -p.nanos : p.nanos;
    }
    *out = v;

    return 0;
}

/* --- Arithmetic ------------------------------------------------------------ */

bool
wr_days_add_months(int64_t *days, int64_t months)
{
    int64_t y;
    int m, d, last;

    if (months == 0)
        return true;
    if (months > MONTHS_MAX || months < -MONTHS_MAX)
        return false;
    wr_civil_from_days(*days, &y, &m, &d);
    months += y * 12 + m - 1;
    y = months / 12 - (months % 12 < 0);
    m = (int)(months - y * 12) + 1;
    last = wr_month_days(y, m);
    *days = wr_days_from_civil(y, m, d < last ? d : last);

    return true;
}

int
wr_duration_span(const char *s, size_t len, int64_t *months, int64_t *ms,
                 struct wr_err *err)
{
    int64_t seconds;
    struct parts p;

    if (!scan_parts(s, len, &p))
        return refuse(err, s, len, "");
    *ms = 0;
    if (!total_months(&p, months) || !total_seconds(&p, &seconds)
        || !add_scaled(ms, seconds, 1000)
        || __builtin_add_overflow(*ms, p.nanos / 1000000, ms))
        return refuse(err, s, len, ": out of range");
    if (p.negative) {
        *months = -*months;
        *ms = -*ms;
    }

    return 0;
}

int
wr_span_parse(const char *s, size_t len, struct wr_span *out,
              struct wr_err *err)
{
    int64_t days, ms;
    struct parts p;

    if (wr_duration_span(s, len, &out->months, &ms, err) < 0)
        return err->code;
    if (!scan_parts(s, len, &p))
        return refuse(err, s, len, "");
    days = 7 * p.n[WEEKS] + p.n[DAYS]; /* the span is within an int64 */
    out->days = p.negative ? -days : days;
    out->ms = ms - out->days * 86400000;

    return 0;
}

int
wr_instant_add_duration(int64_t at, const char *s, size_t len, int64_t *out,
                        struct wr_err *err)
{
    const int64_t day_ms = INT64_C(86400000);
    int64_t months, days, rest, ms;

    if (wr_duration_span(s, len, &months, &ms, err) < 0)
        return err->code;
    rest = at % day_ms;
    days = at / day_ms - (rest < 0);
    rest += rest < 0 ? day_ms : 0;
    if (!wr_days_add_months(&days, months) || !add_scaled(&ms, days, day_ms)
        || !add_scaled(&ms, rest, 1))
        return refuse(err, s, len, ": out of range");
    *out = ms;

    return 0;
}

/* --- Writing --------------------------------------------------------------- */

void
wr_nanos_text(struct wr_str *out, int32_t nanos)
{
    int width = 9;

    if (nanos == 0)
        return;
    for (; nanos % 10 == 0; nanos /= 10)
        width--;
    wr_str_printf(out, ".%0*d", width, nanos);
}

static void
write_part(struct wr_str *out, uint64_t n, char designator)
{
    if (n)
        wr_str_printf(out, "%llu%c", (unsigned long long)n, designator);
}

static uint64_t
magnitude(int64_t n)
{
    return n < 0 ? -(uint64_t)n : (uint64_t)n;
}

static void
write_months(struct wr_str *out, int64_t months)
{
    uint64_t n = magnitude(months);

    wr_str_add(out, months < 0 ? "-P" : "P");
    write_part(out, n / 12, 'Y');
    write_part(out, n % 12, 'M');
    if (n == 0)
        wr_str_add(out, "0M");
}

static void
write_seconds(struct wr_str *out, int64_t seconds, int32_t nanos)
{
    uint64_t n = magnitude(seconds);
    int32_t f = nanos < 0 ? -nanos : nanos;

    wr_str_add(out, seconds < 0 || nanos < 0 ? "-P" : "P");
    write_part(out, n / 86400, 'D');
    if (n % 86400 == 0 && f == 0) {
        wr_str_add(out, n == 0 ? "T0S" : "");
        return;
    }
    wr_str_addc(out, 'T');
    write_part(out, n / 3600 % 24, 'H');
    write_part(out, n / 60 % 60, 'M');
    if (n % 60 == 0 && f == 0)
        return;
    wr_str_printf(out, "%d", (int)(n % 60));
    wr_nanos_text(out, f);
    wr_str_addc(out, 'S');
}

void
wr_duration_text(struct wr_str *out, const struct wr_value *v)
{
    if (v->type == WR_V_DURATION_YM)
        write_months(out, v->months);
    else
        write_seconds(out, v->duration.seconds, v->duration.nanos);
}
