/* Relations of points and ranges (DMN 1.5, table 78), and range(). */
#include "engine/feel/builtin.h"

/* A point is a closed range of one. */
struct span {
    const struct wr_value *lo, *hi;
    bool lo_in, hi_in;
};

struct pair {
    struct span x, y;
    bool unknown; /* two ends could not be compared */
};

static struct span
span_of(const struct wr_value *v)
{
    const struct wr_range *r;

    if (v->type != WR_V_RANGE)
        return (struct span){ v, v, true, true };
    r = v->opaque;

    return (struct span){
        .lo = r->lo ? r->lo : &wr_null,
        .hi = r->hi ? r->hi : &wr_null,
        .lo_in = !(r->open & WR_OPEN_START),
        .hi_in = !(r->open & WR_OPEN_END),
    };
}

static int
order(struct pair *p, const struct wr_value *x, const struct wr_value *y)
{
    int o = 0;

    if (!wr_order(x, y, &o))
        p->unknown = true;

    return o;
}

static bool
is_before(struct pair *p, const struct span *x, const struct span *y)
{
    int o = order(p, x->hi, y->lo);

    return o < 0 || (o == 0 && !(x->hi_in && y->lo_in));
}

/* Does x start no later than y, and end no earlier? */
static bool
starts_first(struct pair *p, const struct span *x, const struct span *y)
{
    int o = order(p, x->lo, y->lo);

    return o < 0 || (o == 0 && (x->lo_in || !y->lo_in));
}

static bool
ends_last(struct pair *p, const struct span *x, const struct span *y)
{
    int o = order(p, x->hi, y->hi);

    return o > 0 || (o == 0 && (x->hi_in || !y->hi_in));
}

static bool
same_start(struct pair *p, const struct span *x, const struct span *y)
{
    return order(p, x->lo, y->lo) == 0 && x->lo_in == y->lo_in;
}

static bool
same_end(struct pair *p, const struct span *x, const struct span *y)
{
    return order(p, x->hi, y->hi) == 0 && x->hi_in == y->hi_in;
}

static bool
do_before(struct pair *p)
{
    return is_before(p, &p->x, &p->y);
}

static bool
do_meets(struct pair *p)
{
    return order(p, p->x.hi, p->y.lo) == 0 && p->x.hi_in && p->y.lo_in;
}

static bool
do_overlaps(struct pair *p)
{
    bool before = is_before(p, &p->x, &p->y);

    return !is_before(p, &p->y, &p->x) && !before;
}

static bool
do_overlaps_before(struct pair *p)
{
    int o = order(p, p->x.lo, p->y.lo);
    bool starts = o < 0 || (o == 0 && p->x.lo_in && !p->y.lo_in);

    return starts && !is_before(p, &p->x, &p->y) && ends_last(p, &p->y, &p->x);
}

static bool
do_finishes(struct pair *p)
{
    return same_end(p, &p->x, &p->y) && starts_first(p, &p->y, &p->x);
}

static bool
do_includes(struct pair *p)
{
    return starts_first(p, &p->x, &p->y) && ends_last(p, &p->x, &p->y);
}

static bool
do_starts(struct pair *p)
{
    return same_start(p, &p->x, &p->y) && ends_last(p, &p->y, &p->x);
}

static bool
do_coincides(struct pair *p)
{
    return same_start(p, &p->x, &p->y) && same_end(p, &p->x, &p->y);
}

static const struct wr_value *
relate(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y,
       bool (*fn)(struct pair *p))
{
    struct pair p = { .x = span_of(x), .y = span_of(y) };
    bool result = fn(&p);

    if (p.unknown)
        return wr_eval_null(ev, "a %s cannot be compared with a %s",
                            wr_type_of(x), wr_type_of(y));

    return wr_value_bool(result);
}

const struct wr_value *
wr_fn_before(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[0], args[1], do_before);
}

const struct wr_value *
wr_fn_after(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[1], args[0], do_before);
}

const struct wr_value *
wr_fn_meets(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[0], args[1], do_meets);
}

const struct wr_value *
wr_fn_met_by(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[1], args[0], do_meets);
}

const struct wr_value *
wr_fn_overlaps(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[0], args[1], do_overlaps);
}

const struct wr_value *
wr_fn_overlaps_before(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[0], args[1], do_overlaps_before);
}

const struct wr_value *
wr_fn_overlaps_after(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[1], args[0], do_overlaps_before);
}

const struct wr_value *
wr_fn_finishes(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[0], args[1], do_finishes);
}

const struct wr_value *
wr_fn_finished_by(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[1], args[0], do_finishes);
}

const struct wr_value *
wr_fn_includes(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[0], args[1], do_includes);
}

const struct wr_value *
wr_fn_during(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[1], args[0], do_includes);
}

const struct wr_value *
wr_fn_starts(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[0], args[1], do_starts);
}

const struct wr_value *
wr_fn_started_by(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[1], args[0], do_starts);
}

const struct wr_value *
wr_fn_coincides(struct wr_eval *ev, const struct wr_value *const *args)
{
    return relate(ev, args[0], args[1], do_coincides);
}

/* An end of range() text: a literal, or a builtin of literals. */
static bool
plain(const struct wr_node *n)
{
    if (n->kind == WR_N_NEGATE)
        return plain(n->a);
    if (n->kind != WR_N_CALL)
        return n->kind == WR_N_LITERAL;
    for (size_t i = 0; i < n->n_kids; i++)
        if (n->kids[i]->kind != WR_N_LITERAL)
            return false;

    return n->a->builtin != NULL;
}

/* Ends in order, or one of them open-ended. */
static bool
ordered(const struct wr_range *r)
{
    int o;

    if (r->lo->type == WR_V_NULL || r->hi->type == WR_V_NULL)
        return r->lo->type != r->hi->type;

    return wr_order(r->lo, r->hi, &o) && o <= 0;
}

const struct wr_value *
wr_fn_range_from_text(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_err ignored = { .code = WR_OK };
    const struct wr_expr *e;
    const struct wr_value *v;
    struct wr_eval inner;

    if (!wr_eval_charge(ev, args[0]->string.len / 16 + 1))
        return NULL;
    if (wr_expr_parse(ev->arena, WR_LANG_FEEL, args[0]->string.s,
                      args[0]->string.len, &e, &ignored)
            < 0
        || e->root->kind != WR_N_RANGE || !plain(e->root->a)
        || !plain(e->root->b))
        return wr_eval_null(ev, "'%.60s' is no range", args[0]->string.s);

    inner = *ev;
    inner.expr = e;
    inner.at = NULL;
    v = wr_eval(&inner, e->root);
    ev->stopped = inner.stopped;
    if (v && v->type == WR_V_RANGE && !ordered(v->opaque))
        return wr_eval_null(ev, "'%.60s' is no range", args[0]->string.s);

    return v;
}
