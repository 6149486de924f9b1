/* Number functions and the boolean ones. */
#include "engine/feel/builtin.h"

enum {
    SCALE_MIN = -6111,
    SCALE_MAX = 6176
};

static const struct wr_value *
number(struct wr_eval *ev, bool ok, struct wr_decimal d, const char *what)
{
    if (!ok || !wr_decimal_is_finite(d))
        return wr_eval_null(ev, "%s() has no result here", what);

    return wr_value_number(ev->arena, d);
}

static const struct wr_value *
rounded(struct wr_eval *ev, const struct wr_value *const *args,
        enum wr_rounding mode)
{
    int64_t scale = 0;

    if (args[1]
        && (!wr_decimal_to_int(
                wr_decimal_round(args[1]->number, 0, WR_ROUND_DOWN), &scale)
            || scale < SCALE_MIN || scale > SCALE_MAX))
        return wr_eval_null(ev, "the scale is not between %d and %d", SCALE_MIN,
                            SCALE_MAX);

    return number(ev, true, wr_decimal_round(args[0]->number, (int)scale, mode),
                  "rounding");
}

const struct wr_value *
wr_fn_decimal(struct wr_eval *ev, const struct wr_value *const *args)
{
    return rounded(ev, args, WR_ROUND_HALF_EVEN);
}

const struct wr_value *
wr_fn_floor(struct wr_eval *ev, const struct wr_value *const *args)
{
    return rounded(ev, args, WR_ROUND_FLOOR);
}

const struct wr_value *
wr_fn_ceiling(struct wr_eval *ev, const struct wr_value *const *args)
{
    return rounded(ev, args, WR_ROUND_CEILING);
}

const struct wr_value *
wr_fn_round_up(struct wr_eval *ev, const struct wr_value *const *args)
{
    return rounded(ev, args, WR_ROUND_UP);
}

const struct wr_value *
wr_fn_round_down(struct wr_eval *ev, const struct wr_value *const *args)
{
    return rounded(ev, args, WR_ROUND_DOWN);
}

const struct wr_value *
wr_fn_round_half_up(struct wr_eval *ev, const struct wr_value *const *args)
{
    return rounded(ev, args, WR_ROUND_HALF_UP);
}

const struct wr_value *
wr_fn_round_half_down(struct wr_eval *ev, const struct wr_value *const *args)
{
    return rounded(ev, args, WR_ROUND_HALF_DOWN);
}

const struct wr_value *
wr_fn_abs(struct wr_eval *ev, const struct wr_value *const *args)
{
    const struct wr_value *v = args[0];
    bool negative;

    if (v->type == WR_V_NUMBER)
        return wr_value_number(ev->arena, wr_decimal_abs(v->number));
    negative = v->type == WR_V_DURATION_YM
                   ? v->months < 0
                   : v->duration.seconds < 0 || v->duration.nanos < 0;
    if (!negative)
        return v;

    return wr_arith(ev, WR_OP_MUL, v, wr_value_int(ev->arena, -1));
}

const struct wr_value *
wr_fn_modulo(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_decimal d = args[0]->number;
    bool ok = wr_decimal_mod(args[0]->number, args[1]->number, &d);

    return number(ev, ok, d, "modulo");
}

const struct wr_value *
wr_fn_sqrt(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_decimal d = args[0]->number;
    bool ok = wr_decimal_sqrt(args[0]->number, &d);

    return number(ev, ok, d, "sqrt");
}

const struct wr_value *
wr_fn_log(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_decimal d = args[0]->number;
    bool ok = wr_decimal_log(args[0]->number, &d);

    return number(ev, ok, d, "log");
}

const struct wr_value *
wr_fn_exp(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_decimal d = args[0]->number;
    bool ok = wr_decimal_exp(args[0]->number, &d);

    return number(ev, ok, d, "exp");
}

/* A number that is not whole is neither. */
static const struct wr_value *
parity(struct wr_eval *ev, const struct wr_value *v, int wanted)
{
    (void)ev;
    struct wr_decimal d = v->number;

    if (!wr_decimal_is_integer(v->number)
        || !wr_decimal_mod(v->number, wr_decimal_from_int(2), &d))
        return wr_value_bool(false);

    return wr_value_bool(
        wr_decimal_cmp(wr_decimal_abs(d), wr_decimal_from_int(wanted)) == 0);
}

const struct wr_value *
wr_fn_odd(struct wr_eval *ev, const struct wr_value *const *args)
{
    return parity(ev, args[0], 1);
}

const struct wr_value *
wr_fn_even(struct wr_eval *ev, const struct wr_value *const *args)
{
    return parity(ev, args[0], 0);
}

const struct wr_value *
wr_fn_not(struct wr_eval *ev, const struct wr_value *const *args)
{
    (void)ev;
    if (args[0]->type == WR_V_NULL)
        return args[0];

    return wr_value_bool(!args[0]->boolean);
}

const struct wr_value *
wr_fn_is_defined(struct wr_eval *ev, const struct wr_value *const *args)
{
    (void)ev;

    return wr_value_bool(args[0]->type != WR_V_NULL);
}

const struct wr_value *
wr_fn_get_or_else(struct wr_eval *ev, const struct wr_value *const *args)
{
    (void)ev;

    return args[0]->type == WR_V_NULL ? args[1] : args[0];
}
