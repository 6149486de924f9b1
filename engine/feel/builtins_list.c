/* List functions that move items about; builtins_sum.c has those that add up.
 */
#include <string.h>

#include "engine/feel/builtin.h"

static bool
whole(const struct wr_value *v, int64_t *out)
{
    return wr_decimal_to_int(v->number, out);
}

/* A position from 1, or from the end when negative, as an index; false when
 * there is no such item. */
static bool
index_at(const struct wr_value *position, size_t n, size_t *out)
{
    int64_t i;

    if (!whole(position, &i) || i == 0 || i > (int64_t)n || i < -(int64_t)n)
        return false;
    *out = (size_t)(i > 0 ? i - 1 : (int64_t)n + i);

    return true;
}

static bool
add_all(struct wr_eval *ev, struct wr_values *l, const struct wr_value *list,
        size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!wr_values_add(ev, l, list->list.items[i]))
            return false;

    return true;
}

static const struct wr_value *
no_item(struct wr_eval *ev, const struct wr_value *list)
{
    return wr_eval_null(ev, "no such place in a list of %zu", list->list.n);
}

const struct wr_value *
wr_fn_list_contains(struct wr_eval *ev, const struct wr_value *const *args)
{
    for (size_t i = 0; i < args[0]->list.n && !ev->stopped; i++)
        if (wr_equal(ev, args[0]->list.items[i], args[1]) == WR_TRUE)
            return wr_value_bool(true);

    return wr_value_bool(false);
}

const struct wr_value *
wr_fn_list_replace_at(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };
    size_t at;

    if (!index_at(args[1], args[0]->list.n, &at))
        return no_item(ev, args[0]);
    if (!add_all(ev, &l, args[0], 0, args[0]->list.n))
        return NULL;
    l.items[at] = args[2];

    return wr_values_list(ev, &l);
}

const struct wr_value *
wr_fn_list_replace_match(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = 0; i < args[0]->list.n; i++) {
        const struct wr_value *pair[] = { args[0]->list.items[i], args[2] };
        const struct wr_value *t = wr_invoke(ev, args[1], pair, 2);

        if (!t)
            return NULL;
        if (t->type != WR_V_BOOL)
            return wr_eval_null(ev, "the match function gives a %s",
                                wr_type_of(t));
        if (!wr_values_add(ev, &l, pair[t->boolean]))
            return NULL;
    }

    return wr_values_list(ev, &l);
}

const struct wr_value *
wr_fn_count(struct wr_eval *ev, const struct wr_value *const *args)
{
    return wr_value_int(ev->arena, (int64_t)args[0]->list.n);
}

const struct wr_value *
wr_fn_sublist(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };
    size_t n = args[0]->list.n, at;
    int64_t len;

    if (!index_at(args[1], n, &at))
        return no_item(ev, args[0]);
    len = (int64_t)(n - at);
    if (args[2]
        && (!whole(args[2], &len) || len < 0 || len > (int64_t)(n - at)))
        return no_item(ev, args[0]);
    if (!add_all(ev, &l, args[0], at, at + (size_t)len))
        return NULL;

    return wr_values_list(ev, &l);
}

const struct wr_value *
wr_fn_append(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };

    if (!add_all(ev, &l, args[0], 0, args[0]->list.n)
        || !add_all(ev, &l, args[1], 0, args[1]->list.n))
        return NULL;

    return wr_values_list(ev, &l);
}

static bool
add_lists(struct wr_eval *ev, struct wr_values *l, const struct wr_value *lists)
{
    for (size_t i = 0; i < lists->list.n; i++)
        if (!add_all(ev, l, lists->list.items[i], 0,
                     lists->list.items[i]->list.n))
            return false;

    return true;
}

const struct wr_value *
wr_fn_concatenate(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };

    return add_lists(ev, &l, args[0]) ? wr_values_list(ev, &l) : NULL;
}

const struct wr_value *
wr_fn_insert_before(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };
    size_t n = args[0]->list.n, at;

    if (!index_at(args[1], n, &at))
        return no_item(ev, args[0]);
    if (!add_all(ev, &l, args[0], 0, at) || !wr_values_add(ev, &l, args[2])
        || !add_all(ev, &l, args[0], at, n))
        return NULL;

    return wr_values_list(ev, &l);
}

const struct wr_value *
wr_fn_remove(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };
    size_t n = args[0]->list.n, at;

    if (!index_at(args[1], n, &at))
        return no_item(ev, args[0]);
    if (!add_all(ev, &l, args[0], 0, at)
        || !add_all(ev, &l, args[0], at + 1, n))
        return NULL;

    return wr_values_list(ev, &l);
}

const struct wr_value *
wr_fn_reverse(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = args[0]->list.n; i > 0; i--)
        if (!wr_values_add(ev, &l, args[0]->list.items[i - 1]))
            return NULL;

    return wr_values_list(ev, &l);
}

const struct wr_value *
wr_fn_index_of(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = 0; i < args[0]->list.n; i++)
        if (wr_equal(ev, args[0]->list.items[i], args[1]) == WR_TRUE
            && !wr_values_add(ev, &l, wr_value_int(ev->arena, (int64_t)i + 1)))
            return NULL;

    return wr_values_list(ev, &l);
}

static bool
has(struct wr_eval *ev, const struct wr_values *l, const struct wr_value *v)
{
    for (size_t i = 0; i < l->n && !ev->stopped; i++)
        if (wr_equal(ev, l->items[i], v) == WR_TRUE)
            return true;

    return false;
}

static const struct wr_value *
distinct(struct wr_eval *ev, const struct wr_value *const *items, size_t n)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = 0; i < n; i++)
        if (!has(ev, &l, items[i]) && !wr_values_add(ev, &l, items[i]))
            return NULL;

    return wr_values_list(ev, &l);
}

const struct wr_value *
wr_fn_distinct_values(struct wr_eval *ev, const struct wr_value *const *args)
{
    return distinct(ev, args[0]->list.items, args[0]->list.n);
}

const struct wr_value *
wr_fn_union_of(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };

    return add_lists(ev, &l, args[0]) ? distinct(ev, l.items, l.n) : NULL;
}

static bool
unfold(struct wr_eval *ev, struct wr_values *l, const struct wr_value *list)
{
    if (ev->depth >= WR_EVAL_DEPTH) {
        wr_eval_fail(ev, WR_ELIMIT, "a list is nested more than %d deep",
                     WR_EVAL_DEPTH);
        return false;
    }
    ev->depth++;
    for (size_t i = 0; i < list->list.n; i++) {
        const struct wr_value *v = list->list.items[i];

        if (v->type == WR_V_LIST ? !wr_eval_charge(ev, 1) || !unfold(ev, l, v)
                                 : !wr_values_add(ev, l, v))
            return false;
    }
    ev->depth--;

    return true;
}

const struct wr_value *
wr_fn_flatten(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };

    return unfold(ev, &l, args[0]) ? wr_values_list(ev, &l) : NULL;
}

/* Does y come before x?  WR_UNKNOWN: it cannot be told. */
static enum wr_truth
precedes(struct wr_eval *ev, const struct wr_value *fn,
         const struct wr_value *y, const struct wr_value *x)
{
    const struct wr_value *pair[] = { y, x }, *t;
    int order;

    if (!fn)
        return !wr_order(y, x, &order) ? WR_UNKNOWN
               : order < 0             ? WR_TRUE
                                       : WR_FALSE;
    t = wr_invoke(ev, fn, pair, 2);
    if (!t || t->type != WR_V_BOOL)
        return WR_UNKNOWN;

    return t->boolean ? WR_TRUE : WR_FALSE;
}

/* Stable merge sort of n items; false: an order is unknown. */
static bool
merge_sort(struct wr_eval *ev, const struct wr_value *fn,
           const struct wr_value **items, const struct wr_value **spare,
           size_t n)
{
    size_t half = n / 2, i = 0, k = half;

    if (n < 2)
        return true;
    if (!merge_sort(ev, fn, items, spare, half)
        || !merge_sort(ev, fn, items + half, spare, n - half))
        return false;
    memcpy(spare, items, half * sizeof(*items));
    for (size_t to = 0; i < half; to++) {
        enum wr_truth t = k < n ? precedes(ev, fn, items[k], spare[i])
                                : WR_FALSE;

        if (t == WR_UNKNOWN || !wr_eval_charge(ev, 1))
            return false;
        items[to] = t == WR_TRUE ? items[k++] : spare[i++];
    }

    return true;
}

const struct wr_value *
wr_fn_sort(struct wr_eval *ev, const struct wr_value *const *args)
{
    size_t n = args[0]->list.n;
    const struct wr_value **items, **spare;

    if (n == 0)
        return args[0];
    if (!wr_eval_charge(ev, n))
        return NULL;
    items = wr_arena_memdup(ev->arena, args[0]->list.items, n * sizeof(*items));
    spare = wr_newn(ev->arena, const struct wr_value *, n);
    if (!merge_sort(ev, args[1], items, spare, n))
        return ev->stopped ? NULL
                           : wr_eval_null(ev, "the items cannot be ordered");

    return wr_value_list(ev->arena, items, n);
}
