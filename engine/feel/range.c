/* Ranges, `in` and unary tests (DMN 1.5, 10.3.2.7 and table 55). */
#include "engine/feel/eval.h"

const struct wr_value *
wr_range_value(struct wr_eval *ev, struct wr_range r)
{
    struct wr_value *v = wr_new(ev->arena, struct wr_value);

    v->type = WR_V_RANGE;
    v->opaque = wr_arena_memdup(ev->arena, &r, sizeof(r));

    return v;
}

static bool
can_end(const struct wr_value *v)
{
    int order;

    return v->type == WR_V_NULL || wr_order(v, v, &order);
}

const struct wr_value *
wr_do_range(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *lo = wr_eval(ev, n->a);
    const struct wr_value *hi = lo ? wr_eval(ev, n->b) : NULL;

    if (!hi)
        return NULL;
    if (!can_end(lo) || !can_end(hi)
        || (lo->type != hi->type && lo->type != WR_V_NULL
            && hi->type != WR_V_NULL))
        return wr_eval_null(ev, "no range from a %s to a %s", wr_type_of(lo),
                            wr_type_of(hi));

    return wr_range_value(
        ev, (struct wr_range){ .lo = lo, .hi = hi, .open = n->open });
}

/* x against an end; without an end everything holds, with null nothing is
 * known. */
static enum wr_truth
beyond(struct wr_eval *ev, enum wr_op op, const struct wr_value *x,
       const struct wr_value *end)
{
    if (!end)
        return WR_TRUE;
    if (end->type == WR_V_NULL)
        return WR_UNKNOWN;

    return wr_compared(ev, op, x, end);
}

enum wr_truth
wr_range_has(struct wr_eval *ev, const struct wr_range *r,
             const struct wr_value *v)
{
    enum wr_truth from, to;

    if (r->op == WR_OP_EQ || r->op == WR_OP_NE)
        return wr_compared(ev, r->op, v, r->lo);
    from = beyond(ev, r->open & WR_OPEN_START ? WR_OP_GT : WR_OP_GE, v, r->lo);
    to = beyond(ev, r->open & WR_OPEN_END ? WR_OP_LT : WR_OP_LE, v, r->hi);
    if (from == WR_FALSE || to == WR_FALSE)
        return WR_FALSE;
    if (from == WR_UNKNOWN || to == WR_UNKNOWN)
        return WR_UNKNOWN;

    return v->type == WR_V_NULL ? WR_UNKNOWN : WR_TRUE;
}

/* "(< 5)" as a value of its own. */
const struct wr_value *
wr_do_test(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);
    struct wr_range r = { .op = n->op };

    if (!v || n->op == WR_OP_NONE)
        return v;
    if (n->op == WR_OP_LT || n->op == WR_OP_LE) {
        r.hi = v;
        r.open = WR_OPEN_START | (n->op == WR_OP_LT ? WR_OPEN_END : 0);
    } else {
        r.lo = v;
        r.open = n->op == WR_OP_GT   ? WR_OPEN_START | WR_OPEN_END
                 : n->op == WR_OP_GE ? WR_OPEN_END
                                     : WR_CLOSED;
    }

    return wr_range_value(ev, r);
}

static enum wr_truth
in_list(struct wr_eval *ev, const struct wr_value *x,
        const struct wr_value *list)
{
    for (size_t i = 0; i < list->list.n; i++) {
        const struct wr_value *v = list->list.items[i];

        if (wr_equal(ev, x, v) == WR_TRUE)
            return WR_TRUE;
        if (v->type == WR_V_RANGE && wr_range_has(ev, v->opaque, x) == WR_TRUE)
            return WR_TRUE;
    }

    return WR_FALSE;
}

/* x in v, where v is whatever an expression gave. */
static enum wr_truth
in_value(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *v)
{
    enum wr_truth t;

    if (v->type == WR_V_RANGE && x->type != WR_V_RANGE)
        return wr_range_has(ev, v->opaque, x);
    t = wr_equal(ev, x, v);
    if (t != WR_TRUE && v->type == WR_V_LIST)
        return in_list(ev, x, v);

    return t;
}

const struct wr_value *
wr_range_test(struct wr_eval *ev, const struct wr_value *x,
              const struct wr_node *n)
{
    const struct wr_frame *outer = ev->frame;
    const struct wr_value *v;

    if (n->uses_input)
        wr_eval_bind(ev, "?", x);
    v = wr_eval(ev, n->a);
    ev->frame = outer;
    if (!v)
        return NULL;
    if (n->op != WR_OP_NONE)
        return wr_eval_truth(wr_compared(ev, n->op, x, v));
    if (n->uses_input && (v->type == WR_V_BOOL || v->type == WR_V_NULL))
        return v;

    return wr_eval_truth(in_value(ev, x, v));
}

/* Or-ed over the tests, three-valued. */
static const struct wr_value *
any_test(struct wr_eval *ev, const struct wr_value *x, const struct wr_node *n)
{
    const struct wr_value *result = &wr_false;

    for (size_t i = 0; i < n->n_kids; i++) {
        const struct wr_value *v = wr_range_test(ev, x, n->kids[i]);

        if (!v)
            return NULL;
        if (v->type == WR_V_BOOL && v->boolean)
            return v;
        if (v->type == WR_V_NULL)
            result = v;
    }

    return result;
}

const struct wr_value *
wr_do_in(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a), *v;

    if (!x)
        return NULL;
    v = any_test(ev, x, n);
    if (v && v->type == WR_V_NULL)
        return wr_eval_null(ev, "a %s cannot be tested so", wr_type_of(x));

    return v;
}

const struct wr_value *
wr_do_unary(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = ev->env->input, *v;

    v = any_test(ev, x ? x : &wr_null, n);
    if (!v || !n->open || v->type != WR_V_BOOL)
        return v;

    return wr_value_bool(!v->boolean);
}
