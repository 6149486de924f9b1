/* List functions that give one value: min, sum, median ... */
#include <stdlib.h>

#include "engine/feel/builtin.h"

/* The first or last item in order. */
static const struct wr_value *
extreme(struct wr_eval *ev, const struct wr_value *list, int sign)
{
    const struct wr_value *best = &wr_null;
    int order;

    for (size_t i = 0; i < list->list.n; i++) {
        const struct wr_value *v = list->list.items[i];

        if (!wr_eval_charge(ev, 1))
            return NULL;
        if (!wr_order(v, i ? best : v, &order))
            return wr_eval_null(ev, "a %s among what is compared",
                                wr_type_of(v));
        if (i == 0 || order * sign > 0)
            best = v;
    }

    return best;
}

const struct wr_value *
wr_fn_min(struct wr_eval *ev, const struct wr_value *const *args)
{
    return extreme(ev, args[0], -1);
}

const struct wr_value *
wr_fn_max(struct wr_eval *ev, const struct wr_value *const *args)
{
    return extreme(ev, args[0], 1);
}

static bool
is_duration(const struct wr_value *v)
{
    return v->type == WR_V_DURATION_YM || v->type == WR_V_DURATION_DT;
}

static const struct wr_value *
fold(struct wr_eval *ev, const struct wr_value *list, enum wr_op op)
{
    const struct wr_value *sum = &wr_null;

    for (size_t i = 0; i < list->list.n; i++) {
        const struct wr_value *v = list->list.items[i];

        if (!wr_eval_charge(ev, 1))
            return NULL;
        if (v->type != WR_V_NUMBER && !(op == WR_OP_ADD && is_duration(v)))
            return wr_eval_null(ev, "a %s among numbers", wr_type_of(v));
        sum = i ? wr_arith(ev, op, sum, v) : v;
        if (!sum || sum->type == WR_V_NULL)
            return sum;
    }

    return sum;
}

const struct wr_value *
wr_fn_sum(struct wr_eval *ev, const struct wr_value *const *args)
{
    return fold(ev, args[0], WR_OP_ADD);
}

const struct wr_value *
wr_fn_product(struct wr_eval *ev, const struct wr_value *const *args)
{
    return fold(ev, args[0], WR_OP_MUL);
}

const struct wr_value *
wr_fn_mean(struct wr_eval *ev, const struct wr_value *const *args)
{
    const struct wr_value *sum = fold(ev, args[0], WR_OP_ADD);

    if (!sum || sum->type == WR_V_NULL)
        return sum;

    return wr_arith(ev, WR_OP_DIV, sum,
                    wr_value_int(ev->arena, (int64_t)args[0]->list.n));
}

static int
by_number(const void *x, const void *y)
{
    const struct wr_value *const *a = x, *const *b = y;

    return wr_decimal_cmp((*a)->number, (*b)->number);
}

/* A sorted copy; NULL: stopped, or not only numbers, which *bad says. */
static const struct wr_value **
sorted(struct wr_eval *ev, const struct wr_value *list,
       const struct wr_value **bad)
{
    const struct wr_value **items;

    *bad = NULL;
    for (size_t i = 0; i < list->list.n; i++)
        if (list->list.items[i]->type != WR_V_NUMBER) {
            *bad = wr_eval_null(ev, "a %s among numbers",
                                wr_type_of(list->list.items[i]));
            return NULL;
        }
    if (!wr_eval_charge(ev, list->list.n * 2))
        return NULL;
    items = wr_arena_memdup(ev->arena, list->list.items,
                            list->list.n * sizeof(*items));
    qsort(items, list->list.n, sizeof(*items), by_number);

    return items;
}

const struct wr_value *
wr_fn_median(struct wr_eval *ev, const struct wr_value *const *args)
{
    size_t n = args[0]->list.n;
    const struct wr_value **items, *bad, *sum;

    if (n == 0)
        return wr_eval_null(ev, "median() of an empty list");
    items = sorted(ev, args[0], &bad);
    if (!items)
        return bad;
    if (n % 2)
        return items[n / 2];
    sum = wr_arith(ev, WR_OP_ADD, items[n / 2 - 1], items[n / 2]);

    return wr_arith(ev, WR_OP_DIV, sum, wr_value_int(ev->arena, 2));
}

const struct wr_value *
wr_fn_stddev(struct wr_eval *ev, const struct wr_value *const *args)
{
    const struct wr_value *mean = wr_fn_mean(ev, args);
    struct wr_decimal sum = wr_decimal_from_int(0), d;
    size_t n = args[0]->list.n;

    if (!mean)
        return NULL;
    if (n < 2 || mean->type != WR_V_NUMBER)
        return wr_eval_null(ev, "stddev() needs two numbers");
    for (size_t i = 0; i < n; i++) {
        d = wr_decimal_sub(args[0]->list.items[i]->number, mean->number);
        sum = wr_decimal_add(sum, wr_decimal_mul(d, d));
    }
    if (!wr_decimal_div(sum, wr_decimal_from_int((int64_t)n - 1), &d)
        || !wr_decimal_sqrt(d, &d))
        return wr_eval_null(ev, "stddev() has no result here");

    return wr_value_number(ev->arena, d);
}

const struct wr_value *
wr_fn_mode(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };
    size_t n = args[0]->list.n, best = 0, run = 0;
    const struct wr_value **items, *bad;

    if (n == 0)
        return args[0];
    items = sorted(ev, args[0], &bad);
    if (!items)
        return bad;
    for (size_t i = 0; i < n; i++) {
        run = i && by_number(&items[i - 1], &items[i]) == 0 ? run + 1 : 1;
        if (run > best) {
            best = run;
            l.n = 0;
        }
        if (run == best && !wr_values_add(ev, &l, items[i]))
            return NULL;
    }

    return wr_values_list(ev, &l);
}

/* Three-valued: `decides` decides at once. */
static const struct wr_value *
decide(struct wr_eval *ev, const struct wr_value *list, bool decides)
{
    const struct wr_value *result = wr_value_bool(!decides);

    for (size_t i = 0; i < list->list.n; i++) {
        const struct wr_value *v = list->list.items[i];

        if (v->type == WR_V_BOOL && v->boolean == decides)
            return v;
        if (v->type == WR_V_NULL)
            result = v;
        else if (v->type != WR_V_BOOL)
            result = wr_eval_null(ev, "a %s among booleans", wr_type_of(v));
    }

    return result;
}

const struct wr_value *
wr_fn_all(struct wr_eval *ev, const struct wr_value *const *args)
{
    return decide(ev, args[0], false);
}

const struct wr_value *
wr_fn_any(struct wr_eval *ev, const struct wr_value *const *args)
{
    return decide(ev, args[0], true);
}
