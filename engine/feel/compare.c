/*
 * Equality and order (DMN 1.5, 10.3.2.13 and tables 42, 50).
 *
 * null equals null alone; values of different types are neither equal nor
 * different but unknown.
 */
#include <string.h>

#include "engine/feel/eval.h"

static enum wr_truth
truth(bool b)
{
    return b ? WR_TRUE : WR_FALSE;
}

static enum wr_truth
lists_equal(struct wr_eval *ev, const struct wr_value *x,
            const struct wr_value *y)
{
    if (x->list.n != y->list.n)
        return WR_FALSE;
    for (size_t i = 0; i < x->list.n; i++)
        if (wr_equal(ev, x->list.items[i], y->list.items[i]) != WR_TRUE)
            return WR_FALSE;

    return WR_TRUE;
}

static enum wr_truth
contexts_equal(struct wr_eval *ev, const struct wr_value *x,
               const struct wr_value *y)
{
    if (x->context.n != y->context.n)
        return WR_FALSE;
    for (size_t i = 0; i < x->context.n; i++) {
        const struct wr_entry *e = &x->context.entries[i];
        const struct wr_value *other;

        /* Looking up walks the other one. */
        if (!wr_eval_charge(ev, y->context.n / 16))
            return WR_UNKNOWN;
        other = wr_value_get(y, e->key);
        if (!other || wr_equal(ev, e->value, other) != WR_TRUE)
            return WR_FALSE;
    }

    return WR_TRUE;
}

static bool
ends_equal(struct wr_eval *ev, const struct wr_value *x,
           const struct wr_value *y)
{
    if (!x || !y)
        return x == y;

    return wr_equal(ev, x, y) == WR_TRUE;
}

/* "(< 10)" and "(null..10)" hold the same values and are not equal. */
static enum wr_truth
ranges_equal(struct wr_eval *ev, const struct wr_range *x,
             const struct wr_range *y)
{
    return truth(x->op == y->op && x->open == y->open
                 && ends_equal(ev, x->lo, y->lo)
                 && ends_equal(ev, x->hi, y->hi));
}

static enum wr_truth
same_type_equal(struct wr_eval *ev, const struct wr_value *x,
                const struct wr_value *y)
{
    int order;

    switch (x->type) {
    case WR_V_NULL:
        return WR_TRUE;
    case WR_V_BOOL:
        return truth(x->boolean == y->boolean);
    case WR_V_STRING:
    case WR_V_BYTES:
        return truth(x->string.len == y->string.len
                     && memcmp(x->string.s, y->string.s, x->string.len) == 0);
    case WR_V_LIST:
        return lists_equal(ev, x, y);
    case WR_V_CONTEXT:
        return contexts_equal(ev, x, y);
    case WR_V_RANGE:
        return ranges_equal(ev, x->opaque, y->opaque);
    case WR_V_FUNCTION:
        return x->opaque == y->opaque ? WR_TRUE : WR_UNKNOWN;
    case WR_V_NUMBER:
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
        return wr_order(x, y, &order) ? truth(order == 0) : WR_FALSE;
    }

    return WR_UNKNOWN;
}

/* The walk is charged: shared parts may make it far longer than the values. */
enum wr_truth
wr_equal(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y)
{
    enum wr_truth t;

    if (x->type == WR_V_NULL || y->type == WR_V_NULL)
        return truth(x->type == y->type);
    if (x->type != y->type)
        return WR_UNKNOWN;
    if (x->type < WR_V_LIST) {
        if (++ev->ticks % 16 == 0 && !wr_eval_charge(ev, 1))
            return WR_UNKNOWN;
        return same_type_equal(ev, x, y);
    }
    if (ev->depth >= WR_EVAL_DEPTH || !wr_eval_charge(ev, 1))
        return WR_UNKNOWN;
    ev->depth++;
    t = same_type_equal(ev, x, y);
    ev->depth--;

    return t;
}

static int
sign(int64_t x, int64_t y)
{
    return (x > y) - (x < y);
}

static int
strings_order(const struct wr_value *x, const struct wr_value *y)
{
    size_t n = x->string.len < y->string.len ? x->string.len : y->string.len;
    int d = memcmp(x->string.s, y->string.s, n);

    return d ? d : sign((int64_t)x->string.len, (int64_t)y->string.len);
}

bool
wr_order(const struct wr_value *x, const struct wr_value *y, int *order)
{
    if (x->type != y->type)
        return false;
    switch (x->type) {
    case WR_V_NUMBER:
        *order = wr_decimal_cmp(x->number, y->number);
        return true;
    case WR_V_STRING:
        *order = strings_order(x, y);
        return true;
    case WR_V_DURATION_YM:
        *order = sign(x->months, y->months);
        return true;
    case WR_V_DURATION_DT:
        *order = sign(x->duration.seconds, y->duration.seconds);
        if (!*order)
            *order = sign(x->duration.nanos, y->duration.nanos);
        return true;
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
        return wr_temporal_order(x, y, order);
    case WR_V_NULL:
    case WR_V_BOOL:
    case WR_V_BYTES:
    case WR_V_LIST:
    case WR_V_CONTEXT:
    case WR_V_RANGE:
    case WR_V_FUNCTION:
        return false;
    }

    return false;
}

static bool
holds(enum wr_op op, int order)
{
    return op == WR_OP_LT   ? order < 0
           : op == WR_OP_LE ? order <= 0
           : op == WR_OP_GT ? order > 0
                            : order >= 0;
}

enum wr_truth
wr_compared(struct wr_eval *ev, enum wr_op op, const struct wr_value *x,
            const struct wr_value *y)
{
    enum wr_truth t;
    int order;

    if (op == WR_OP_EQ)
        return wr_equal(ev, x, y);
    if (op == WR_OP_NE) {
        t = wr_equal(ev, x, y);
        return t == WR_UNKNOWN ? t : truth(t == WR_FALSE);
    }

    return wr_order(x, y, &order) ? truth(holds(op, order)) : WR_UNKNOWN;
}

static const struct wr_value *
known(struct wr_eval *ev, enum wr_truth t, const struct wr_value *x,
      const struct wr_value *y)
{
    if (t == WR_UNKNOWN)
        return wr_eval_null(ev, "a %s cannot be compared with a %s",
                            wr_type_of(x), wr_type_of(y));

    return wr_eval_truth(t);
}

const struct wr_value *
wr_do_compare(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a);
    const struct wr_value *y = x ? wr_eval(ev, n->b) : NULL;

    return y ? known(ev, wr_compared(ev, n->op, x, y), x, y) : NULL;
}

const struct wr_value *
wr_do_between(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a);
    const struct wr_value *lo = x ? wr_eval(ev, n->b) : NULL;
    const struct wr_value *hi = lo ? wr_eval(ev, n->c) : NULL;
    enum wr_truth from, to;

    if (!hi)
        return NULL;
    from = wr_compared(ev, WR_OP_GE, x, lo);
    to = wr_compared(ev, WR_OP_LE, x, hi);
    if (from == WR_UNKNOWN || to == WR_UNKNOWN)
        return known(ev, WR_UNKNOWN, x, from == WR_UNKNOWN ? lo : hi);

    return wr_value_bool(from == WR_TRUE && to == WR_TRUE);
}
