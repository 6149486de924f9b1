/* timer.c: the forms of ISO 8601 and cron that timers and retries use. */

#include "engine/model/timer.h"

#include <string.h>

#include "engine/base/cron.h"
#include "engine/base/when.h"

static bool
is_date(const char *s, size_t len)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(512);
    struct wr_when w;
    struct wr_err err;

    return wr_when_parse(a, s, len, /* zone= */ NULL, &w, &err) == 0;
}

static bool
is_duration(const char *s, size_t len)
{
    struct wr_err err;
    int64_t at;

    return len > 0 && wr_instant_add_duration(0, s, len, &at, &err) == 0;
}

bool
wr_timer_is_date(const char *s)
{
    return is_date(s, strlen(s));
}

bool
wr_timer_is_duration(const char *s)
{
    return is_duration(s, strlen(s));
}

/* What follows "Rn/"; NULL when it is no repetition. */
static const char *
after_count(const char *s)
{
    if (*s++ != 'R')
        return NULL;
    s += strncmp(s, "-1", 2) ? strspn(s, "0123456789") : 2;

    return *s == '/' ? s + 1 : NULL;
}

/* The part before the next slash; *rest goes behind it, NULL: that was all. */
static size_t
part(const char **rest, const char **s)
{
    size_t len = strcspn(*rest, "/");

    *s = *rest;
    *rest = (*rest)[len] ? *rest + len + 1 : NULL;

    return len;
}

static bool
is_cron(const char *s)
{
    struct wr_cron c;
    struct wr_err err;

    return wr_cron_parse(&c, s, strlen(s), &err) == 0;
}

/* Rn/[start/]period[/end] */
static bool
is_repetition(const char *s)
{
    const char *rest = after_count(s), *at;
    size_t len;

    if (!rest)
        return false;
    len = wr_repetition_start(rest);
    if (len > 0 && is_date(rest, len))
        rest += len + 1;
    len = part(&rest, &at);

    return is_duration(at, len) && (!rest || wr_timer_is_date(rest));
}

bool
wr_timer_is_cycle(const char *s)
{
    return s[0] == 'R' ? is_repetition(s) : is_cron(s);
}

/* Also one that runs: with a count. */
static bool
is_built_cycle(const char *s)
{
    return is_repetition(s) && s[1] != '-' && s[1] != '0';
}

void
wr_timer_check(struct wr_build *b, enum wr_timer_kind kind, const char *text,
               const struct wr_xml *at)
{
    static const char *const wanted[] = {
        [WR_TIMER_DATE] = "ISO 8601 date and time",
        [WR_TIMER_DURATION] = "ISO 8601 duration",
        [WR_TIMER_CYCLE] = "repetition such as R3/PT10S or R/date/PT1H",
    };
    static bool (*const is[])(const char *) = {
        [WR_TIMER_DATE] = wr_timer_is_date,
        [WR_TIMER_DURATION] = wr_timer_is_duration,
        [WR_TIMER_CYCLE] = is_built_cycle,
    };
    struct wr_cron c;
    struct wr_err err;

    if (kind == WR_TIMER_CYCLE && text[0] != 'R') {
        if (wr_cron_parse(&c, text, strlen(text), &err) < 0)
            wr_build_found(b, WR_F_BAD_TIMER, at,
                           "no repetition such as R3/PT10S, and %s", err.text);
        return;
    }
    if (!is[kind](text))
        wr_build_found(b, WR_F_BAD_TIMER, at, "'%.100s' is no %s", text,
                       wanted[kind]);
}

static bool
is_time(const char *s)
{
    return wr_timer_is_date(s) || wr_timer_is_duration(s)
           || wr_timer_is_cycle(s);
}

/* One text in quotes, nothing escaped in it. */
static bool
is_quoted(const char *s)
{
    const char quote = *s, ends[] = { quote, '\\', '\0' };

    if (quote != '"' && quote != '\'')
        return false;
    s += 1 + strcspn(s + 1, ends);

    return *s == quote && !s[1];
}

struct wr_attr
wr_build_timer_text(struct wr_build *b, const struct wr_xml *at)
{
    struct wr_attr attr = wr_build_attr(b, at, WR_NS_NONE, at->text);
    const char *s = attr.text;

    if (attr.expr || !s || !*s || !wr_build_is_python(b, at) || is_time(s))
        return attr;
    if (is_quoted(s)) {
        attr.text = wr_arena_strndup(b->arena, s + 1, strlen(s) - 2);
        return attr;
    }
    attr.expr = wr_build_expr(b, at, WR_LANG_PYTHON, s);
    if (!attr.expr)
        attr.text = ""; /* reported */

    return attr;
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

/* Cron is the only way to say such a time, and asks for no repetition. */
static void
once(struct wr_build *b, const struct wr_event_def *def, const struct wr_xml *e)
{
    const char *text = def->timer.text;

    if (!wr_xml_is(e, "intermediateCatchEvent") || def->timer.expr
        || def->timer_kind != WR_TIMER_CYCLE || !is_built_cycle(text)
        || !strncmp(text, "R1/", 3))
        return;
    wr_build_found(b, WR_F_FIRES_ONCE, e,
                   "'%.100s' fires once: repetition has no effect here, the"
                   " token goes on with the first firing",
                   text);
}

void
wr_build_timer_more(struct wr_build *b, struct wr_event_def *def,
                    const struct wr_xml *e, const struct wr_xml *d,
                    const struct wr_xml *at)
{
    /* how flowable calls what it does anyway */
    static const char *const own[] = {
        [WR_TIMER_DATE] = "dueDate",
        [WR_TIMER_DURATION] = "duration",
        [WR_TIMER_CYCLE] = "cycle",
    };
    enum wr_ns ns;
    const char *calendar = wr_build_camunda(d, "businessCalendarName", &ns);
    const char *end = at ? wr_build_camunda(at, "endDate", &ns) : NULL;

    once(b, def, e);
    if (calendar && *calendar && strcmp(calendar, own[def->timer_kind]) != 0)
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, d,
                       "unsupported attribute 'businessCalendarName=%.40s' of"
                       " '%s'",
                       calendar, d->name);
    if (!end || !*end)
        return;
    if (def->timer_kind != WR_TIMER_CYCLE) {
        wr_build_found(b, WR_F_EXT_UNSUPPORTED, at,
                       "the attribute 'endDate' of '%s' has no effect",
                       at->name);
        return;
    }
    def->until = wr_build_attr(b, at, ns, end);
    if (def->until.text && !def->until.expr)
        wr_timer_check(b, WR_TIMER_DATE, def->until.text, at);
}
