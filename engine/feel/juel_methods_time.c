/* Methods of dates inside ${...}, in the words of java.time and Joda. */
#include "engine/feel/juel_methods.h"

enum {
    MINUTE = 60,
    HOUR = 60 * MINUTE,
    DAY = 24 * HOUR,
    WEEK = 7 * DAY,
};

static const struct wr_value *
moved(struct wr_method_call *c, int64_t months, int64_t seconds, bool back)
{
    struct wr_arena *a = c->ev->arena;
    const struct wr_value *by, *v = NULL;
    struct wr_decimal d;
    int64_t n;

    if (!wr_juel_number(c->ev, c->args[0], &d))
        return NULL;
    if (wr_decimal_to_int(d, &n) && !__builtin_mul_overflow(n, months, &months)
        && !__builtin_mul_overflow(n, seconds, &seconds)) {
        by = months ? wr_months_value(a, months)
                    : wr_duration_value(a, seconds, 0);
        v = wr_temporal_add(a, c->self, by, back);
    }

    return v ? v : wr_eval_fail(c->ev, WR_EEXPR, "the date is out of range");
}

#define MOVE(name, months, seconds)                                         \
    const struct wr_value *wr_method_plus_##name(struct wr_method_call *c)  \
    {                                                                       \
        return moved(c, months, seconds, /* back= */ false);                \
    }                                                                       \
    const struct wr_value *wr_method_minus_##name(struct wr_method_call *c) \
    {                                                                       \
        return moved(c, months, seconds, /* back= */ true);                 \
    }
MOVE(seconds, 0, 1)
MOVE(minutes, 0, MINUTE)
MOVE(hours, 0, HOUR)
MOVE(days, 0, DAY)
MOVE(weeks, 0, WEEK)
MOVE(months, 1, 0)
MOVE(years, 12, 0)
#undef MOVE

/* Milliseconds since 1970, of what has no offset as if in UTC. */
const struct wr_value *
wr_method_time_ms(struct wr_method_call *c)
{
    int64_t seconds;
    int32_t nanos;

    wr_temporal_instant(c->self, &seconds, &nanos);

    return wr_value_int(c->ev->arena, seconds * 1000 + nanos / 1000000);
}

static const struct wr_value *
compared(struct wr_method_call *c, bool before)
{
    int order;

    if (!wr_order(c->self, c->args[0], &order))
        return wr_eval_fail(c->ev, WR_EEXPR,
                            "a %s cannot be compared with a %s",
                            wr_type_of(c->self), wr_type_of(c->args[0]));

    return wr_value_bool(before ? order < 0 : order > 0);
}

const struct wr_value *
wr_method_is_before(struct wr_method_call *c)
{
    return compared(c, /* before= */ true);
}

const struct wr_value *
wr_method_is_after(struct wr_method_call *c)
{
    return compared(c, /* before= */ false);
}
