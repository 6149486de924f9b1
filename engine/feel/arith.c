/*
 * + - * / ** (DMN 1.5, 10.3.2.3 and tables 53-57).
 *
 * A pair of types that is in no table is null.
 */
#include "engine/feel/eval.h"

static bool
is(const struct wr_value *v, enum wr_value_type t)
{
    return v->type == t;
}

static bool
is_duration(const struct wr_value *v)
{
    return is(v, WR_V_DURATION_YM) || is(v, WR_V_DURATION_DT);
}

static bool
is_temporal(const struct wr_value *v)
{
    return is(v, WR_V_DATE) || is(v, WR_V_TIME) || is(v, WR_V_DATETIME);
}

/* NULL when the result is out of range. */
static const struct wr_value *
number(struct wr_eval *ev, bool ok, struct wr_decimal d)
{
    if (!ok || !wr_decimal_is_finite(d))
        return NULL;

    return wr_value_number(ev->arena, d);
}

static const struct wr_value *
numbers(struct wr_eval *ev, enum wr_op op, struct wr_decimal x,
        struct wr_decimal y)
{
    struct wr_decimal d = x;
    bool ok = true;

    if (op == WR_OP_ADD)
        d = wr_decimal_add(x, y);
    else if (op == WR_OP_SUB)
        d = wr_decimal_sub(x, y);
    else if (op == WR_OP_MUL)
        d = wr_decimal_mul(x, y);
    else if (op == WR_OP_DIV)
        ok = wr_decimal_div(x, y, &d);
    else
        ok = wr_decimal_pow(x, y, &d);

    return number(ev, ok, d);
}

static const struct wr_value *
join(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y)
{
    size_t len = x->string.len + y->string.len;
    struct wr_str s = { .arena = ev->arena };

    if (len > WR_EXPR_STRING || !wr_eval_charge(ev, len / 64)) {
        return wr_eval_fail(ev, WR_ELIMIT, "a string is longer than %d bytes",
                            WR_EXPR_STRING);
    }
    wr_str_addn(&s, x->string.s, x->string.len);
    wr_str_addn(&s, y->string.s, y->string.len);

    return wr_value_stringn(ev->arena, wr_str_text(&s), s.len);
}

const struct wr_value *
wr_months_value(struct wr_arena *a, int64_t months)
{
    struct wr_value *v = wr_new(a, struct wr_value);

    v->type = WR_V_DURATION_YM;
    v->months = months;

    return v;
}

/* Any nanoseconds: carried over, same sign as the seconds. */
const struct wr_value *
wr_duration_value(struct wr_arena *a, int64_t seconds, int64_t nanos)
{
    struct wr_value *v = wr_new(a, struct wr_value);

    seconds += nanos / 1000000000;
    nanos %= 1000000000;
    if (seconds > 0 && nanos < 0) {
        seconds--;
        nanos += 1000000000;
    } else if (seconds < 0 && nanos > 0) {
        seconds++;
        nanos -= 1000000000;
    }
    v->type = WR_V_DURATION_DT;
    v->duration.seconds = seconds;
    v->duration.nanos = (int32_t)nanos;

    return v;
}

static const struct wr_value *
add_durations(struct wr_eval *ev, const struct wr_value *x,
              const struct wr_value *y, int sign)
{
    int64_t sum;

    if (is(x, WR_V_DURATION_YM)) {
        if (__builtin_mul_overflow(y->months, (int64_t)sign, &sum)
            || __builtin_add_overflow(x->months, sum, &sum))
            return NULL;
        return wr_months_value(ev->arena, sum);
    }
    if (__builtin_mul_overflow(y->duration.seconds, (int64_t)sign, &sum)
        || __builtin_add_overflow(x->duration.seconds, sum, &sum)
        || sum > INT64_MAX - 2 || sum < INT64_MIN + 2)
        return NULL;

    return wr_duration_value(ev->arena, sum,
                             (int64_t)x->duration.nanos
                                 + (int64_t)sign * y->duration.nanos);
}

/* A duration as a number: months, or seconds with their fraction. */
static struct wr_decimal
magnitude(const struct wr_value *v)
{
    struct wr_decimal nanos;

    if (is(v, WR_V_DURATION_YM))
        return wr_decimal_from_int(v->months);
    (void)wr_decimal_div(wr_decimal_from_int(v->duration.nanos),
                         wr_decimal_from_int(1000000000), &nanos);

    return wr_decimal_add(wr_decimal_from_int(v->duration.seconds), nanos);
}

static const struct wr_value *
duration_from(struct wr_eval *ev, enum wr_value_type type, struct wr_decimal d)
{
    struct wr_decimal whole = wr_decimal_round(d, 0, WR_ROUND_DOWN);
    struct wr_decimal rest = wr_decimal_sub(d, whole);
    int64_t n, nanos = 0;

    if (!wr_decimal_is_finite(d) || !wr_decimal_to_int(whole, &n)
        || n > INT64_MAX - 2 || n < INT64_MIN + 2)
        return NULL;
    if (type == WR_V_DURATION_YM)
        return wr_months_value(ev->arena, n);
    rest = wr_decimal_mul(rest, wr_decimal_from_int(1000000000));
    (void)wr_decimal_to_int(wr_decimal_round(rest, 0, WR_ROUND_DOWN), &nanos);

    return wr_duration_value(ev->arena, n, nanos);
}

static const struct wr_value *
add(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y)
{
    if (is(x, WR_V_STRING) && is(y, WR_V_STRING))
        return join(ev, x, y);
    if (is_duration(x) && x->type == y->type)
        return add_durations(ev, x, y, 1);
    if (is_temporal(x) && is_duration(y))
        return wr_temporal_add(ev->arena, x, y, /* subtract= */ false);
    if (is_duration(x) && is_temporal(y))
        return wr_temporal_add(ev->arena, y, x, /* subtract= */ false);

    return NULL;
}

static const struct wr_value *
subtract(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y)
{
    if (is_duration(x) && x->type == y->type)
        return add_durations(ev, x, y, -1);
    if (is_temporal(x) && is_duration(y))
        return wr_temporal_add(ev->arena, x, y, /* subtract= */ true);
    if (is_temporal(x) && is_temporal(y))
        return wr_temporal_sub(ev, x, y);

    return NULL;
}

static const struct wr_value *
multiply(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y)
{
    if (is_duration(y) && is(x, WR_V_NUMBER))
        return multiply(ev, y, x);
    if (is_duration(x) && is(y, WR_V_NUMBER))
        return duration_from(ev, x->type,
                             wr_decimal_mul(magnitude(x), y->number));

    return NULL;
}

static const struct wr_value *
divide(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y)
{
    struct wr_decimal d;

    if (is_duration(x) && x->type == y->type)
        return number(ev, wr_decimal_div(magnitude(x), magnitude(y), &d), d);
    if (is_duration(x) && is(y, WR_V_NUMBER)
        && wr_decimal_div(magnitude(x), y->number, &d))
        return duration_from(ev, x->type, d);

    return NULL;
}

static const char *
sign_of(enum wr_op op)
{
    return op == WR_OP_ADD   ? "+"
           : op == WR_OP_SUB ? "-"
           : op == WR_OP_MUL ? "*"
           : op == WR_OP_DIV ? "/"
                             : "**";
}

/* Beyond the operation itself: powers and time zones take their time. */
static size_t
cost(enum wr_op op, const struct wr_value *x, const struct wr_value *y)
{
    if (op == WR_OP_POW)
        return 10;

    return (is_temporal(x) && x->temporal.zone)
                   || (is_temporal(y) && y->temporal.zone)
               ? WR_ZONE_COST
               : 0;
}

const struct wr_value *
wr_arith(struct wr_eval *ev, enum wr_op op, const struct wr_value *x,
         const struct wr_value *y)
{
    const struct wr_value *v = NULL;
    size_t more = cost(op, x, y);

    if (more && !wr_eval_charge(ev, more))
        return NULL;
    if (is(x, WR_V_NUMBER) && is(y, WR_V_NUMBER))
        v = numbers(ev, op, x->number, y->number);
    else if (op == WR_OP_ADD)
        v = add(ev, x, y);
    else if (op == WR_OP_SUB)
        v = subtract(ev, x, y);
    else if (op == WR_OP_MUL)
        v = multiply(ev, x, y);
    else if (op == WR_OP_DIV)
        v = divide(ev, x, y);
    if (v)
        return v;

    return wr_eval_null(ev, "%s %s %s has no result", wr_type_of(x),
                        sign_of(op), wr_type_of(y));
}

const struct wr_value *
wr_do_arith(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a);
    const struct wr_value *y = x ? wr_eval(ev, n->b) : NULL;

    return y ? wr_arith(ev, n->op, x, y) : NULL;
}

const struct wr_value *
wr_do_negate(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    if (!v)
        return NULL;
    if (is(v, WR_V_NUMBER))
        return wr_value_number(ev->arena, wr_decimal_neg(v->number));
    if (is_duration(v))
        return wr_arith(ev, WR_OP_MUL, v, wr_value_int(ev->arena, -1));

    return wr_eval_null(ev, "a %s cannot be negated", wr_type_of(v));
}
