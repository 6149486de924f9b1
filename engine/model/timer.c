/* timer.c: the forms of ISO 8601 that timers and retries use. */

#include "engine/model/timer.h"

#include <ctype.h>
#include <string.h>

/* Exactly `n` digits; moves on. */
static bool
digits(const char **s, int n)
{
    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)**s))
            return false;
        (*s)++;
    }

    return true;
}

static bool
take(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;

    return true;
}

static int
number(const char **s)
{
    int n = 0;

    while (isdigit((unsigned char)**s)) {
        (*s)++;
        n++;
    }

    return n;
}

static bool
fraction(const char **s)
{
    if (**s != '.' && **s != ',')
        return true;
    (*s)++;

    return number(s) > 0;
}

static bool
in_range(const char *two, int low, int high)
{
    int v = (two[0] - '0') * 10 + two[1] - '0';

    return v >= low && v <= high;
}

static bool
clock_time(const char **s)
{
    const char *t = *s;

    if (!digits(s, 2) || !take(s, ':') || !digits(s, 2))
        return false;
    if (!in_range(t, 0, 24) || !in_range(t + 3, 0, 59))
        return false;
    if (take(s, ':')) {
        const char *sec = *s;

        if (!digits(s, 2) || !in_range(sec, 0, 60))
            return false;
    }

    return fraction(s);
}

static bool
offset(const char **s)
{
    if (take(s, 'Z') || **s == '\0' || **s == '/')
        return true;
    if (**s == '[' || **s == '@')
        return strlen(*s) > 1 && (*s += strlen(*s), true);
    if (!take(s, '+') && !take(s, '-'))
        return false;
    if (!digits(s, 2))
        return false;
    take(s, ':');
    if (**s && **s != '/' && **s != '[')
        return digits(s, 2) && (**s == '\0' || **s == '/' || offset(s));

    return true;
}

static bool
date(const char **s)
{
    const char *d;

    take(s, '-');
    if (!digits(s, 4) || !take(s, '-'))
        return false;
    d = *s;
    if (!digits(s, 2) || !take(s, '-') || !digits(s, 2))
        return false;
    if (!in_range(d, 1, 12) || !in_range(d + 3, 1, 31))
        return false;
    if (!take(s, 'T'))
        return true;

    return clock_time(s) && offset(s);
}

/* Numbers with unit letters in the order of `units`, each at most once. */
static int
parts(const char **s, const char *units, bool *ok)
{
    int n = 0;

    while (isdigit((unsigned char)**s)) {
        const char *u;

        number(s);
        if (!fraction(s) || !**s || !(u = strchr(units, **s))) {
            *ok = false;
            return 0;
        }
        units = u + 1;
        (*s)++;
        n++;
    }

    return n;
}

static bool
duration(const char **s)
{
    bool ok = true;
    int n;

    if (!take(s, '-'))
        take(s, '+');
    if (!take(s, 'P'))
        return false;
    n = parts(s, "YMWD", &ok);
    if (ok && take(s, 'T')) {
        int clock = parts(s, "HMS", &ok);

        if (clock == 0)
            return false;
        n += clock;
    }

    return ok && n > 0;
}

bool
wr_timer_is_date(const char *s)
{
    return date(&s) && *s == '\0';
}

bool
wr_timer_is_duration(const char *s)
{
    return duration(&s) && *s == '\0';
}

static bool
is_point_or_span(const char **s)
{
    return **s == 'P' || **s == '-' ? duration(s) : date(s);
}

bool
wr_timer_is_cycle(const char *s)
{
    if (!take(&s, 'R'))
        return wr_timer_is_duration(s);
    if (!take(&s, '-') || *s != '1')
        number(&s);
    else
        s++;
    if (!take(&s, '/') || !is_point_or_span(&s))
        return false;
    if (take(&s, '/') && !is_point_or_span(&s))
        return false;

    return *s == '\0';
}

static bool
is_number(const char *s)
{
    return number(&s) > 0 && *s == '\0';
}

bool
wr_retry_cycle_is(const char *s)
{
    if (*s == 'R')
        return wr_timer_is_cycle(s);
    if (is_number(s))
        return true;
    for (;;) {
        while (*s == ' ')
            s++;
        if (!duration(&s))
            return false;
        while (*s == ' ')
            s++;
        if (!take(&s, ','))
            return *s == '\0';
    }
}

void
wr_timer_check(struct wr_build *b, enum wr_timer_kind kind, const char *text,
               const struct wr_xml *at)
{
    static const char *const wanted[] = {
        [WR_TIMER_DATE] = "ISO 8601 date and time",
        [WR_TIMER_DURATION] = "ISO 8601 duration",
        [WR_TIMER_CYCLE] = "ISO 8601 repetition such as R3/PT10S",
    };
    static bool (*const is[])(const char *) = {
        [WR_TIMER_DATE] = wr_timer_is_date,
        [WR_TIMER_DURATION] = wr_timer_is_duration,
        [WR_TIMER_CYCLE] = wr_timer_is_cycle,
    };

    if (!is[kind](text))
        wr_build_found(b, WR_F_BAD_TIMER, at, "'%.100s' is no %s", text,
                       wanted[kind]);
}

void
wr_build_pythmata_timer(struct wr_build *b, struct wr_event_def *def,
                        const struct wr_xml *e, const struct wr_xml *d)
{
    const struct wr_xml *x = wr_build_extension(d, WR_NS_PYTHMATA,
                                                "timerEventConfig");
    const char *type, *value;

    if (!x)
        x = wr_build_extension(e, WR_NS_PYTHMATA, "timerEventConfig");
    if (!x)
        return;
    type = wr_xml_attr(x, "timerType");
    value = wr_xml_attr(x, "timerValue");
    if (type && !strcmp(type, "date"))
        def->timer_kind = WR_TIMER_DATE;
    else if (type && !strcmp(type, "cycle"))
        def->timer_kind = WR_TIMER_CYCLE;
    else
        def->timer_kind = WR_TIMER_DURATION;
    def->timer = wr_build_attr(b, x, WR_NS_PYTHMATA, value);
}
