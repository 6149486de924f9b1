/*
 * for, some, every (DMN 1.5, 10.3.2.14 and 10.3.2.15).
 *
 * Loops nest by recursion over the loop variables; each result is handed to
 * one function, which collects (for) or decides (some, every).
 */
#include "engine/feel/eval.h"

struct loop {
    const struct wr_node *n;
    struct wr_values results;       /* of `for` so far: `partial` */
    const struct wr_value *decided; /* of some and every */
    bool unknown;                   /* a test was null */
};

/* Evaluate the body once; false: stopped or decided. */
static bool
body(struct wr_eval *ev, struct loop *l)
{
    const struct wr_frame *outer = ev->frame;
    bool wanted = l->n->kind == WR_N_SOME;
    const struct wr_value *v, *null = NULL;

    if (l->n->kind == WR_N_FOR)
        wr_eval_bind(ev, "partial", wr_values_list(ev, &l->results));
    v = wr_eval(ev, l->n->a);
    ev->frame = outer;
    if (!v)
        return false;
    if (l->n->kind == WR_N_FOR)
        return wr_values_add(ev, &l->results, v);
    if (v->type != WR_V_BOOL && v->type != WR_V_NULL)
        null = wr_eval_null(ev, "the test of '%s' is a %s",
                            wanted ? "some" : "every", wr_type_of(v));
    if (null && l->n->strict)
        l->decided = null;
    else if (v->type != WR_V_BOOL)
        l->unknown = true;
    else if (v->boolean == wanted)
        l->decided = v;

    return !l->decided;
}

static bool each(struct wr_eval *ev, struct loop *l, size_t i);

static bool
once(struct wr_eval *ev, struct loop *l, size_t i, const struct wr_value *v)
{
    const struct wr_frame *outer = ev->frame;
    bool more;

    wr_eval_bind(ev, l->n->kids[i]->name, v);
    more = each(ev, l, i + 1);
    ev->frame = outer;

    return more;
}

static bool
over_list(struct wr_eval *ev, struct loop *l, size_t i,
          const struct wr_value *list)
{
    for (size_t k = 0; k < list->list.n; k++)
        if (!once(ev, l, i, list->list.items[k]))
            return false;

    return true;
}

/* From `at` by one, up or down, until `end` was passed. */
static bool
over_steps(struct wr_eval *ev, struct loop *l, size_t i,
           const struct wr_value *at, const struct wr_value *end)
{
    const struct wr_value *step = at->type == WR_V_DATE
                                      ? wr_duration_value(ev->arena, 86400, 0)
                                      : wr_value_int(ev->arena, 1);
    int up, order;

    if (!wr_order(end, at, &up))
        return false;
    for (;;) {
        if (!once(ev, l, i, at))
            return false;
        at = wr_arith(ev, up < 0 ? WR_OP_SUB : WR_OP_ADD, at, step);
        if (!wr_order(at, end, &order) || (up < 0 ? order < 0 : order > 0))
            return true;
    }
}

static bool
integer(const struct wr_value *v)
{
    return v && v->type == WR_V_NUMBER && wr_decimal_is_integer(v->number);
}

static bool
countable(const struct wr_value *lo, const struct wr_value *hi)
{
    return (integer(lo) && integer(hi))
           || (lo && hi && lo->type == WR_V_DATE && hi->type == WR_V_DATE);
}

/* A range value counts upwards from its first to its last member. */
static bool
over_range(struct wr_eval *ev, struct loop *l, size_t i,
           const struct wr_range *r)
{
    const struct wr_value *lo = r->lo, *hi = r->hi;
    const struct wr_value *step = lo->type == WR_V_DATE
                                      ? wr_duration_value(ev->arena, 86400, 0)
                                      : wr_value_int(ev->arena, 1);
    int order;

    if (r->open & WR_OPEN_START)
        lo = wr_arith(ev, WR_OP_ADD, lo, step);
    if (r->open & WR_OPEN_END)
        hi = wr_arith(ev, WR_OP_SUB, hi, step);
    if (!wr_order(lo, hi, &order) || (r->open && order > 0))
        return true;

    return over_steps(ev, l, i, lo, hi);
}

static bool
refuse(struct wr_eval *ev, struct loop *l, const struct wr_value *v)
{
    l->decided = wr_eval_null(ev, "a %s cannot be iterated", wr_type_of(v));

    return false;
}

static bool
each(struct wr_eval *ev, struct loop *l, size_t i)
{
    const struct wr_node *n;
    const struct wr_value *v, *to;
    const struct wr_range *r;

    if (i == l->n->n_kids)
        return body(ev, l);
    n = l->n->kids[i];
    v = wr_eval(ev, n->a);
    to = v && n->b ? wr_eval(ev, n->b) : v;
    if (!to)
        return false;
    if (n->b)
        return countable(v, to) ? over_steps(ev, l, i, v, to)
                                : refuse(ev, l, v);
    if (v->type == WR_V_LIST)
        return over_list(ev, l, i, v);
    if (v->type == WR_V_NULL)
        return refuse(ev, l, v);
    if (v->type != WR_V_RANGE)
        return once(ev, l, i, v);
    r = v->opaque;

    return countable(r->lo, r->hi) ? over_range(ev, l, i, r) : refuse(ev, l, v);
}

const struct wr_value *
wr_do_for(struct wr_eval *ev, const struct wr_node *n)
{
    struct loop l = { .n = n };

    (void)each(ev, &l, 0);
    if (ev->stopped)
        return NULL;

    return l.decided ? l.decided : wr_values_list(ev, &l.results);
}

static const struct wr_value *
quantified(struct wr_eval *ev, const struct wr_node *n, bool otherwise)
{
    struct loop l = { .n = n };

    (void)each(ev, &l, 0);
    if (ev->stopped)
        return NULL;
    if (l.decided)
        return l.decided;

    return l.unknown ? &wr_null : wr_value_bool(otherwise);
}

const struct wr_value *
wr_do_some(struct wr_eval *ev, const struct wr_node *n)
{
    return quantified(ev, n, false);
}

const struct wr_value *
wr_do_every(struct wr_eval *ev, const struct wr_node *n)
{
    return quantified(ev, n, true);
}
