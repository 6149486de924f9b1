/*
 * timer_due.c: when timers are due (SEMANTICS S17).
 *
 *     date       an instant; without offset on the wall of the timer's zone
 *     duration   from now: months and days by that wall, the rest by the clock
 *     cycle      Rn/[start/]period[/end]: due = anchor + k * period.  Without
 *                start the anchor is now and k counts from 1; with one the
 *                first firing is the start itself.  None comes after the end
 *     cron       a cycle that does not begin with R: the first wall time that
 *                fits after the firing before
 *
 * The zone is the timer's own, the process's or the setting's; a cycle keeps the
 * one that it began with.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/base/cron.h"
#include "engine/base/when.h"
#include "engine/exec/exec.h"

enum {
    CRON_MISSED = 10000, /* are counted one by one */
};

static bool
is_cron(const char *period)
{
    return period[0] != 'P' && period[0] != '-';
}

static int
read_cron(struct wr_cron *c, const char *text, const char *zone,
          struct wr_err *err)
{
    if (wr_cron_parse(c, text, strlen(text), err) < 0)
        return err->code;
    if (!c->zone[0] && zone && strlen(zone) < sizeof(c->zone))
        memcpy(c->zone, zone, strlen(zone) + 1);

    return 0;
}

/* Firing k of a cycle with a period. */
static int
nth(const struct wr_cycle *c, int64_t k, int64_t *due, struct wr_err *err)
{
    struct wr_span p;

    if (wr_span_parse(c->period, strlen(c->period), &p, err) < 0)
        return err->code;
    *due = c->anchor;
    if (k == 0)
        return 0;
    if (!p.months && !p.days) {
        if (__builtin_mul_overflow(p.ms, k, &p.ms))
            return wr_fail(err, WR_EVALUE, "'%.60s' is too long", c->period);
        return wr_instant_add_span(NULL, c->anchor, &p, due, err);
    }

    return wr_wall_add(c->zone, c->zone ? c->wall : c->anchor, &p, k, due, err);
}

bool
wr_cycle_is_past(const struct wr_cycle *c, int64_t due)
{
    return c->until && due > c->until;
}

/* ---- what comes after ---- */

static bool
is_by(const struct wr_cycle *c, int64_t k, int64_t limit)
{
    struct wr_err err;
    int64_t due;

    return nth(c, k, &due, &err) == 0 && due <= limit;
}

/* How many firings behind the present one are no later than `limit`. */
static int64_t
count_by(const struct wr_cycle *c, int64_t limit)
{
    int64_t low = 0, high = 1;

    while (high < INT64_MAX / 4 && is_by(c, c->k + high, limit)) {
        low = high;
        high *= 2;
    }
    while (high - low > 1) {
        int64_t mid = low + (high - low) / 2;

        if (is_by(c, c->k + mid, limit))
            low = mid;
        else
            high = mid;
    }

    return low;
}

static void
pass(struct wr_missed *m, int64_t n, int64_t first, int64_t last)
{
    if (n <= 0)
        return;
    if (m->n == 0)
        m->first = first;
    m->n += n;
    m->last = last;
}

static bool
period_go(struct wr_cycle *c, int64_t after, int64_t *due,
          struct wr_missed *missed)
{
    int64_t limit = c->until && c->until < after ? c->until : after;
    int64_t n = count_by(c, limit), first = 0, last = 0;
    struct wr_err err;

    if (c->left >= 0 && n > c->left)
        n = c->left;
    if (n > 0
        && (nth(c, c->k + 1, &first, &err) < 0
            || nth(c, c->k + n, &last, &err) < 0))
        return false;
    pass(missed, n, first, last);
    if (c->left == n || nth(c, c->k + n + 1, due, &err) < 0
        || wr_cycle_is_past(c, *due))
        return false;
    c->k += n + 1;
    if (c->left > 0)
        c->left -= n + 1;

    return true;
}

static bool
cron_go(struct wr_cycle *c, int64_t after, int64_t *due,
        struct wr_missed *missed)
{
    struct wr_cron cron;
    struct wr_err err;
    int64_t at = *due;

    if (read_cron(&cron, c->period, c->zone, &err) < 0)
        return false;
    for (int n = 0;; n++) {
        if (wr_cron_next(&cron, at, &at, &err) < 0 || at == INT64_MAX
            || wr_cycle_is_past(c, at))
            return false;
        if (at > after)
            break;
        if (n == CRON_MISSED) /* whatever more there was */
            at = after;
        else
            pass(missed, 1, at, at);
    }
    c->k++;
    *due = at;

    return true;
}

bool
wr_cycle_go(struct wr_cycle *c, int64_t after, int64_t *due,
            struct wr_missed *missed)
{
    return is_cron(c->period) ? cron_go(c, after, due, missed)
                              : period_go(c, after, due, missed);
}

/* All are to fire: the next one, or the oldest of the last `max`. */
static bool
go_each(struct wr_cycle *c, const struct wr_timing *t, int64_t now,
        int64_t *due, struct wr_missed *missed)
{
    struct wr_missed late = { 0 }, one = { 0 };
    struct wr_cycle probe = *c;
    int64_t at = *due;

    (void)wr_cycle_go(&probe, now, &at, &late);
    for (int64_t n = late.n; n > t->misfire_max; n--) {
        if (!is_cron(c->period)) { /* at once */
            struct wr_err err;
            int64_t last = *due;

            if (nth(c, c->k + n - t->misfire_max, &last, &err) < 0)
                return false;
            return wr_cycle_go(c, last, due, missed);
        }
        if (!wr_cycle_go(c, *due, due, &one))
            return false;
        pass(missed, 1, *due, *due);
    }

    return wr_cycle_go(c, *due, due, missed);
}

bool
wr_cycle_after(struct wr_cycle *c, const struct wr_timing *t, int64_t now,
               int64_t *due, struct wr_missed *missed)
{
    if (t->misfire == WR_MISFIRE_ALL)
        return go_each(c, t, now, due, missed);

    return wr_cycle_go(c, now > *due ? now : *due, due, missed);
}

bool
wr_timing_skips(const struct wr_timing *t, int64_t due, int64_t now)
{
    return t->misfire == WR_MISFIRE_SKIP && now - due > t->misfire_after;
}

/* ---- what a timer says ---- */

static int
date(struct wr_exec *x, const char *text, const char *zone, int64_t *due,
     struct wr_err *err)
{
    struct wr_when w;

    if (wr_when_parse(x->arena, text, strlen(text), zone, &w, err) < 0)
        return err->code;
    *due = w.at;

    return 0;
}

static int
repetitions(const char *text, int64_t *left, const char **rest,
            struct wr_err *err)
{
    char *end;

    *left = -1;
    end = (char *)(uintptr_t)(text + 1);
    if (text[1] != '/')
        *left = strtoll(text + 1, &end, 10);
    if (*end != '/' || (text[1] != '/' && *left < 1))
        return wr_fail(err, WR_EVALUE,
                       "'%.60s' does not say how often after 'R'", text);
    if (*left > 0)
        (*left)--;
    *rest = end + 1;

    return 0;
}

/* One without another firing is like a repetition whose end is over. */
static int
cron(struct wr_exec *x, const char *text, struct wr_cycle *c, int64_t *due,
     struct wr_err *err)
{
    struct wr_cron parsed;
    int64_t now = x->ev->now;

    if (read_cron(&parsed, text, c->zone, err) < 0
        || wr_cron_next(&parsed, now, due, err) < 0)
        return err->code;
    c->period = wr_arena_strndup(x->i->arena, text, strlen(text));
    c->anchor = now;
    c->left = -1;
    if (*due == INT64_MAX) {
        *due = now;
        c->until = now - 1;
    }

    return 0;
}

/* [start/]: the first firing, and the zone that the start names. */
static int
cycle_start(struct wr_exec *x, const char **rest, struct wr_cycle *c,
            struct wr_err *err)
{
    size_t len = wr_repetition_start(*rest);
    struct wr_when start;

    c->anchor = x->ev->now;
    c->k = 1;
    if (len == 0)
        return wr_wall_of(c->zone, c->anchor, &c->wall, err);
    if (wr_when_parse(x->arena, *rest, len, c->zone, &start, err) < 0)
        return err->code;
    c->anchor = start.at;
    c->wall = start.wall;
    if (start.zone && start.zone != c->zone)
        c->zone = wr_arena_strndup(x->i->arena, start.zone, strlen(start.zone));
    c->k = 0;
    *rest += len + 1;

    return 0;
}

static int
cycle(struct wr_exec *x, const char *text, struct wr_cycle *c, int64_t *due,
      struct wr_err *err)
{
    const char *rest = text, *slash;

    text += strspn(text, " \t\r\n");
    if (text[0] != 'R')
        return cron(x, text, c, due, err);
    if (repetitions(text, &c->left, &rest, err) < 0
        || cycle_start(x, &rest, c, err) < 0)
        return err->code;
    slash = strchr(rest, '/');
    if (slash && date(x, slash + 1, c->zone, &c->until, err) < 0)
        return err->code;
    c->period = wr_arena_strndup(x->i->arena, rest, strcspn(rest, "/"));
    /* Once forward, so that a period of nothing or backward is refused. */
    if (nth(c, 1, due, err) < 0)
        return err->code;
    if (*due <= c->anchor)
        return wr_fail(err, WR_EVALUE, "'%.60s' repeats without a period",
                       text);
    if (c->k == 0)
        *due = c->anchor;

    return 0;
}

static int
read_kind(struct wr_exec *x, const struct wr_event_def *def, const char *text,
          struct wr_cycle *c, int64_t *due, struct wr_err *err)
{
    const char *zone = def->timing.zone;
    struct wr_span span;

    switch (def->timer_kind) {
    case WR_TIMER_DATE:
        return date(x, text, zone, due, err);
    case WR_TIMER_DURATION:
        if (wr_span_parse(text, strlen(text), &span, err) < 0)
            return err->code;
        return wr_instant_add_span(zone, x->ev->now, &span, due, err);
    case WR_TIMER_CYCLE:
        if (zone && *zone)
            c->zone = wr_arena_strndup(x->i->arena, zone, strlen(zone));
        return cycle(x, text, c, due, err);
    }

    return 0;
}

/* An end that is said beside the cycle (flowable:endDate); the earlier counts. */
static int
ends(struct wr_exec *x, struct wr_activity *a, const struct wr_event_def *def,
     struct wr_cycle *c, struct wr_err *err)
{
    const char *text;
    int64_t until = 0;

    if (!c->period || !def->until.text)
        return 0;
    if (wr_exec_text(x, a, &def->until, &text, err) < 0)
        return err->code;
    if (!text || !text[0])
        return 0;
    if (date(x, text, c->zone, &until, err) < 0)
        return err->code;
    if (!c->until || until < c->until)
        c->until = until;

    return 0;
}

int
wr_timer_read(struct wr_exec *x, struct wr_activity *a,
              const struct wr_event_def *def, const char *text,
              struct wr_cycle *c, int64_t *due, struct wr_err *err)
{
    if (read_kind(x, def, text, c, due, err) < 0 || ends(x, a, def, c, err) < 0)
        return err->code;

    return 0;
}
