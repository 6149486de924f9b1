/* cron.c: reading cron expressions. */

#include "engine/base/cron.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/base/zone.h"

enum {
    SECOND,
    MINUTE,
    HOUR,
    DAY,
    MONTH,
    WEEKDAY,
    YEAR,
    FIELDS
};

#define DAYS_ALL  UINT64_C(0xfffffffe)
#define WEEK_ALL  UINT64_C(0x7f)
#define YEAR_2000 INT64_C(946684800)

static const struct field {
    const char *name;
    int min, max;
    const char *names; /* of three letters, the first is `min` */
} fields[FIELDS] = {
    [SECOND] = { "second", 0, 59, "" },
    [MINUTE] = { "minute", 0, 59, "" },
    [HOUR] = { "hour", 0, 23, "" },
    [DAY] = { "day", 1, 31, "" },
    [MONTH] = { "month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC" },
    [WEEKDAY] = { "weekday", 0, 7, "SUNMONTUEWEDTHUFRISAT" },
    [YEAR] = { "year", WR_CRON_YEAR_MIN, WR_CRON_YEAR_MAX, "" },
};

struct scan {
    const char *start, *p, *end;
    int kind;    /* of field */
    bool quartz; /* 1 is Sunday */
};

/* A field's text. */
struct piece {
    const char *s;
    size_t len;
};

static char
at(const struct scan *s)
{
    return s->p < s->end ? *s->p : 0;
}

static bool
take(struct scan *s, char c)
{
    if (at(s) != c)
        return false;
    s->p++;

    return true;
}

static int
bad(const struct scan *s, const char *what, struct wr_err *err)
{
    int place = (int)(s->p - s->start) + 1;

    if (s->p >= s->end)
        return wr_fail(err, WR_EVALUE, "%s: %s at its end, character %d",
                       fields[s->kind].name, what, place);

    return wr_fail(err, WR_EVALUE, "%s: %s at '%.*s', character %d",
                   fields[s->kind].name, what,
                   (int)(s->end - s->p > 20 ? 20 : s->end - s->p), s->p, place);
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* False, and nothing is read, when it is none or beyond its bounds. */
static bool
number(struct scan *s, int min, int max, int *out)
{
    const char *p = s->p;
    int n = 0;

    for (; p < s->end && is_digit(*p); p++) {
        if (n > max)
            return false;
        n = n * 10 + *p - '0';
    }
    if (p == s->p || n < min || n > max)
        return false;
    s->p = p;
    *out = n;

    return true;
}

static bool
name(struct scan *s, int *out)
{
    const struct field *f = &fields[s->kind];

    if (s->end - s->p < 3)
        return false;
    for (int n = 0; f->names[3 * n]; n++) {
        if (strncasecmp(s->p, f->names + 3 * n, 3) == 0) {
            s->p += 3;
            *out = f->min + n;
            return true;
        }
    }

    return false;
}

/* One value of the field; weekdays as Unix has them. */
static int
value(struct scan *s, int *out, struct wr_err *err)
{
    const struct field *f = &fields[s->kind];
    bool quartz = s->kind == WEEKDAY && s->quartz;

    if (name(s, out))
        return 0;
    if (!number(s, quartz ? 1 : f->min, f->max, out)) {
        char what[60];

        snprintf(what, sizeof(what), "no value from %d to %d",
                 quartz ? 1 : f->min, f->max);
        return bad(s, what, err);
    }
    if (quartz)
        (*out)--;

    return 0;
}

static void
add(struct wr_cron *c, int kind, int v)
{
    uint64_t *const sets[] = {
        [SECOND] = &c->seconds, [MINUTE] = &c->minutes,
        [HOUR] = &c->hours,     [DAY] = &c->days,
        [MONTH] = &c->months,   [WEEKDAY] = &c->weekdays,
    };

    if (kind == YEAR)
        c->years[v - WR_CRON_YEAR_MIN] = true;
    else
        *sets[kind] |= UINT64_C(1) << v;
}

/* From one value to another, over the field's end when that is before it. */
static void
add_range(struct wr_cron *c, int kind, int from, int to, int step)
{
    const struct field *f = &fields[kind];
    int size = kind == WEEKDAY ? 7 : f->max - f->min + 1;

    if (to < from)
        to += size;
    for (int v = from; v <= to; v += step)
        add(c, kind, f->min + (v - f->min) % size);
}

static int
step(struct scan *s, int *out, struct wr_err *err)
{
    const struct field *f = &fields[s->kind];
    char what[60];

    *out = 1;
    if (!take(s, '/') || number(s, 1, f->max, out))
        return 0;
    snprintf(what, sizeof(what), "no step from 1 to %d", f->max);

    return bad(s, what, err);
}

/* `L`, `L-3`, `LW` of days. */
static int
last_day(struct wr_cron *c, struct scan *s, struct wr_err *err)
{
    int n = 0;

    if (take(s, 'W')) {
        c->nearest |= 1;
        return 0;
    }
    if (take(s, '-') && !number(s, 1, 30, &n))
        return bad(s, "no number from 1 to 30", err);
    c->last |= UINT64_C(1) << n;

    return 0;
}

/* What begins with `L`. */
static int
last(struct wr_cron *c, struct scan *s, struct wr_err *err)
{
    if (s->kind == DAY)
        return last_day(c, s, err);
    add(c, WEEKDAY, 6);

    return 0;
}

/* `15W`, `5L`, `5#2`: what may follow one value; false: nothing did. */
static bool
special(struct wr_cron *c, struct scan *s, int v, int *rc, struct wr_err *err)
{
    int n;

    *rc = 0;
    if (s->kind == DAY && take(s, 'W')) {
        c->nearest |= UINT64_C(1) << v;
    } else if (s->kind == WEEKDAY && take(s, 'L')) {
        c->nth[v % 7] |= 1;
    } else if (s->kind == WEEKDAY && take(s, '#')) {
        if (!number(s, 1, 5, &n))
            *rc = bad(s, "no number from 1 to 5", err);
        else
            c->nth[v % 7] |= UINT64_C(1) << n;
    } else {
        return false;
    }

    return true;
}

/* `*`, a value or a range, with or without a step. */
static int
range(struct wr_cron *c, struct scan *s, struct wr_err *err)
{
    const struct field *f = &fields[s->kind];
    int from = f->min, to = s->kind == WEEKDAY ? 6 : f->max, n, rc;

    if (!take(s, '*')) {
        if (value(s, &from, err) < 0)
            return err->code;
        if (special(c, s, from, &rc, err))
            return rc;
        if (take(s, '-')) {
            if (value(s, &to, err) < 0)
                return err->code;
            if (s->kind == YEAR && to < from)
                return bad(s, "years that end before they begin", err);
        } else if (at(s) != '/') {
            to = from;
        } else if (to < from) { /* a Sunday that is 7 */
            from -= 7;
        }
    }
    if (step(s, &n, err) < 0)
        return err->code;
    add_range(c, s->kind, from, to, n);

    return 0;
}

static int
term(struct wr_cron *c, struct scan *s, struct wr_err *err)
{
    if ((s->kind == DAY || (s->kind == WEEKDAY && s->quartz)) && take(s, 'L'))
        return last(c, s, err);

    return range(c, s, err);
}

static int
field(struct wr_cron *c, struct scan *s, struct wr_err *err)
{
    if ((s->kind == DAY || s->kind == WEEKDAY) && s->end - s->p == 1
        && take(s, '?')) {
        if (s->kind == DAY)
            c->days = DAYS_ALL;
        else
            c->weekdays = WEEK_ALL;
        return 0;
    }
    do {
        if (term(c, s, err) < 0)
            return err->code;
    } while (take(s, ','));
    if (s->p < s->end)
        return bad(s, "unexpected text", err);

    return 0;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* How many; beyond FIELDS the rest is counted alone. */
static int
split(const char *p, const char *end, struct piece out[FIELDS])
{
    int n = 0;

    for (;;) {
        const char *from;

        while (p < end && is_blank(*p))
            p++;
        if (p == end)
            return n;
        for (from = p; p < end && !is_blank(*p);)
            p++;
        if (n < FIELDS)
            out[n] = (struct piece){ from, (size_t)(p - from) };
        n++;
    }
}

static bool
is_text(const struct piece *p, const char *text)
{
    return p->len == strlen(text) && memcmp(p->s, text, p->len) == 0;
}

static int
macro(const struct piece *p, const char **out, struct wr_err *err)
{
    static const char *const known[][2] = {
        { "@yearly", "0 0 1 1 *" },  { "@annually", "0 0 1 1 *" },
        { "@monthly", "0 0 1 * *" }, { "@weekly", "0 0 * * 0" },
        { "@daily", "0 0 * * *" },   { "@midnight", "0 0 * * *" },
        { "@hourly", "0 * * * *" },
    };

    for (size_t n = 0; n < WR_COUNT(known); n++) {
        if (is_text(p, known[n][0])) {
            *out = known[n][1];
            return 0;
        }
    }

    return wr_fail(err, WR_EVALUE,
                   "'%.*s' is none of @yearly, @annually, @monthly, @weekly,"
                   " @daily, @midnight, @hourly",
                   (int)(p->len > 20 ? 20 : p->len), p->s);
}

/* CRON_TZ=zone */
static int
zone(struct wr_cron *c, const char **p, const char *end, struct wr_err *err)
{
    static const char key[] = "CRON_TZ=";
    const char *from = *p, *to;
    int32_t unused;

    if ((size_t)(end - from) < strlen(key)
        || memcmp(from, key, strlen(key)) != 0)
        return 0;
    from += strlen(key);
    for (to = from; to < end && !is_blank(*to);)
        to++;
    *p = to;
    if (to == from)
        return wr_fail(err, WR_EVALUE, "CRON_TZ= names no time zone");
    if (to - from >= WR_CRON_ZONE_MAX || memchr(from, 0, (size_t)(to - from)))
        return wr_fail(err, WR_EVALUE, "unknown time zone '%.*s'", 60, from);
    memcpy(c->zone, from, (size_t)(to - from));

    return wr_zone_offset(c->zone, 0, &unused, err);
}

static int
read_fields(struct wr_cron *c, const char *start, struct piece *at, int n,
            struct wr_err *err)
{
    int first = n == 5 ? MINUTE : SECOND;
    bool asks = false;

    for (int k = 0; k < n; k++)
        asks = asks || is_text(&at[k], "?");
    c->any_year = n < FIELDS || is_text(&at[YEAR], "*");
    if (first == MINUTE)
        c->seconds = 1;
    for (int k = 0; k < n; k++) {
        struct scan s = { .start = start,
                          .p = at[k].s,
                          .end = at[k].s + at[k].len,
                          .kind = first + k,
                          .quartz = n == FIELDS || (n == 6 && asks) };

        if (field(c, &s, err) < 0)
            return err->code;
    }
    c->either = n == 5 && !strchr("*?", at[DAY - first].s[0])
                && !strchr("*?", at[WEEKDAY - first].s[0]);

    return 0;
}

static int
read(struct wr_cron *c, const char *s, const char *end, struct wr_err *err)
{
    struct piece at[FIELDS];
    const char *p = s;
    int n;

    while (p < end && is_blank(*p))
        p++;
    if (zone(c, &p, end, err) < 0)
        return err->code;
    n = split(p, end, at);
    if (n == 1 && at[0].s[0] == '@') {
        if (macro(&at[0], &s, err) < 0)
            return err->code;
        n = split(s, s + strlen(s), at);
    }
    if (n < 5 || n > FIELDS)
        return wr_fail(err, WR_EVALUE, "it has %d of 5, 6 or 7 fields", n);

    return read_fields(c, s, at, n, err);
}

int
wr_cron_parse(struct wr_cron *c, const char *s, size_t len, struct wr_err *err)
{
    /* From the first year that it names, if it does. */
    int64_t from = YEAR_2000;

    *c = (struct wr_cron){ 0 };
    if (read(c, s, s + len, err) < 0)
        return wr_wrap(err, "'%.*s' is no cron expression",
                       (int)(len > 60 ? 60 : len), s);
    if (!c->any_year)
        from = -1;
    if (wr_cron_next_wall(c, from) == INT64_MAX)
        return wr_fail(err, WR_EVALUE, "'%.*s': no calendar has such a day",
                       (int)(len > 60 ? 60 : len), s);

    return 0;
}
