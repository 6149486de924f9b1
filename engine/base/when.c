#include "engine/base/when.h"

#include <string.h>

#include "engine/base/zone.h"

enum {
    SECOND_MS = 1000,
    DAY_MS = 86400000,
};

/* Of the years 0 to 9999, which is what instants are written in. */
#define WALL_MIN INT64_C(-62167219200000)
#define WALL_MAX INT64_C(253402300799999)

static bool
is_utc(const char *zone)
{
    return !zone || !*zone;
}

static int64_t
floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

static int
in_range(int64_t ms, struct wr_err *err)
{
    if (ms >= WALL_MIN && ms <= WALL_MAX)
        return 0;

    return wr_fail(err, WR_EVALUE, "beyond the year 9999");
}

bool
wr_zone_is(const char *zone)
{
    int32_t offset;
    struct wr_err err;

    return wr_zone_offset(zone, 0, &offset, &err) == 0;
}

int
wr_wall_of(const char *zone, int64_t at, int64_t *wall, struct wr_err *err)
{
    int32_t offset = 0;

    if (!is_utc(zone)
        && (in_range(at, err) < 0
            || wr_zone_offset(zone, at, &offset, err) < 0))
        return err->code;
    *wall = at + (int64_t)offset * SECOND_MS;

    return 0;
}

int
wr_wall_instant(const char *zone, int64_t wall, int64_t *at, struct wr_err *err)
{
    int32_t offset = 0;

    if (!is_utc(zone)
        && (in_range(wall, err) < 0
            || wr_zone_offset_local(zone, floor_div(wall, SECOND_MS), &offset,
                                    err)
                   < 0))
        return err->code;
    *at = wall - (int64_t)offset * SECOND_MS;

    return 0;
}

static bool
add_scaled(int64_t *sum, int64_t n, int64_t by)
{
    return !__builtin_mul_overflow(n, by, &n)
           && !__builtin_add_overflow(*sum, n, sum);
}

int
wr_wall_add(const char *zone, int64_t wall, const struct wr_span *s, int64_t k,
            int64_t *at, struct wr_err *err)
{
    int64_t days = floor_div(wall, DAY_MS), rest = wall - days * DAY_MS;
    int64_t months = 0;

    if (!add_scaled(&months, s->months, k) || !wr_days_add_months(&days, months)
        || !add_scaled(&days, s->days, k) || !add_scaled(&rest, days, DAY_MS))
        return wr_fail(err, WR_EVALUE, "beyond the year 9999");
    if (wr_wall_instant(zone, rest, at, err) < 0)
        return err->code;
    if (!add_scaled(at, s->ms, k))
        return wr_fail(err, WR_EVALUE, "beyond the year 9999");

    return 0;
}

int
wr_instant_add_span(const char *zone, int64_t at, const struct wr_span *s,
                    int64_t *out, struct wr_err *err)
{
    int64_t wall;

    if (!s->months && !s->days) { /* also within what a wall shows twice */
        *out = at;
        return add_scaled(out, s->ms, 1)
                   ? 0
                   : wr_fail(err, WR_EVALUE, "beyond the year 9999");
    }
    if (wr_wall_of(zone, at, &wall, err) < 0)
        return err->code;

    return wr_wall_add(zone, wall, s, 1, out, err);
}

/* "...[Zone/Name]": the zone, and the length of what is before it. */
static const char *
bracket(struct wr_arena *a, const char *s, size_t *len)
{
    const char *open = memchr(s, '[', *len);
    const char *zone;

    if (!open || s[*len - 1] != ']')
        return NULL;
    zone = wr_arena_strndup(a, open + 1, (size_t)(s + *len - 1 - (open + 1)));
    *len = (size_t)(open - s);

    return zone;
}

int
wr_when_parse(struct wr_arena *a, const char *s, size_t len, const char *zone,
              struct wr_when *out, struct wr_err *err)
{
    int shown = (int)(len < 60 ? len : 60);
    const char *text = s, *named = len ? bracket(a, s, &len) : NULL;
    const struct wr_value *v;
    bool local;

    if (named && !wr_zone_is(named))
        return wr_fail(err, WR_EVALUE, "'%.*s': unknown time zone '%.60s'",
                       shown, s, named);
    if (wr_date_parse(a, text, len, &v, err) == 0) {
        text = wr_arena_printf(a, "%.*sT00:00:00", (int)len, text);
        len = strlen(text);
    }
    if (wr_datetime_parse(a, text, len, &v, err) < 0)
        return err->code;
    local = v->temporal.offset == WR_NO_OFFSET;
    out->zone = named ? named : v->temporal.zone ? v->temporal.zone : zone;
    if (!wr_datetime_instant(v, &out->at))
        return wr_fail(err, WR_EVALUE, "'%.*s' is out of range", shown, s);
    if (v->temporal.zone) { /* as written: it may be skipped */
        out->wall = out->at + (int64_t)v->temporal.offset * SECOND_MS;
        return 0;
    }
    if (!local)
        return wr_wall_of(out->zone, out->at, &out->wall, err);
    out->wall = out->at;
    if (wr_wall_instant(out->zone, out->wall, &out->at, err) < 0)
        return wr_wrap(err, "'%.*s'", shown, s);

    return 0;
}

static bool
is_period(const char *s)
{
    s += *s == '-';

    return *s == 'P' && (s[1] == 'T' || (s[1] >= '0' && s[1] <= '9'));
}

size_t
wr_repetition_start(const char *s)
{
    const char *first = strchr(s, '/');

    if (*s == 'P' || (*s == '-' && s[1] == 'P') || !first)
        return 0;
    for (const char *at = first; at; at = strchr(at + 1, '/')) {
        if (is_period(at + 1))
            return (size_t)(at - s);
    }

    return (size_t)(first - s);
}
