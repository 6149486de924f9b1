/* Paths and filters (DMN 1.5, 10.3.2.5). */
#include <string.h>

#include "engine/feel/eval.h"

static const struct wr_value *
range_member(const struct wr_range *r, const char *name)
{
    if (strcmp(name, "start") == 0)
        return r->lo ? r->lo : &wr_null;
    if (strcmp(name, "end") == 0)
        return r->hi ? r->hi : &wr_null;
    if (strcmp(name, "start included") == 0)
        return wr_value_bool(!(r->open & WR_OPEN_START));
    if (strcmp(name, "end included") == 0)
        return wr_value_bool(!(r->open & WR_OPEN_END));

    return NULL;
}

static const struct wr_value *member(struct wr_eval *ev,
                                     const struct wr_value *v,
                                     const char *name);

static const struct wr_value *
members(struct wr_eval *ev, const struct wr_value *list, const char *name)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = 0; i < list->list.n; i++) {
        const struct wr_value *m = list->list.items[i];

        m = m->type == WR_V_LIST ? &wr_null : member(ev, m, name);
        if (!m || !wr_values_add(ev, &l, m))
            return NULL;
    }

    return wr_values_list(ev, &l);
}

static const struct wr_value *
member(struct wr_eval *ev, const struct wr_value *v, const char *name)
{
    const struct wr_value *m = NULL;

    if (v->type == WR_V_LIST)
        return members(ev, v, name);
    if (v->type == WR_V_CONTEXT)
        m = wr_value_get(v, name);
    else if (v->type == WR_V_RANGE)
        m = range_member(v->opaque, name);
    else
        m = wr_temporal_member(ev, v, name);

    return m ? m : wr_eval_null(ev, "a %s has no '%s'", wr_type_of(v), name);
}

const struct wr_value *
wr_do_path(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    return v ? member(ev, v, n->name) : NULL;
}

static const struct wr_value *
pick(struct wr_eval *ev, const struct wr_value *list,
     const struct wr_value *index)
{
    int64_t i, n = (int64_t)list->list.n;

    if (!wr_decimal_to_int(index->number, &i))
        return wr_eval_null(ev, "a list has no such place");
    if (i < 0 && i >= -n)
        return list->list.items[n + i];
    if (i >= 1 && i <= n)
        return list->list.items[i - 1];

    return wr_eval_null(ev, "no item %lld in a list of %zu", (long long)i,
                        list->list.n);
}

/* The filter sees the item's members, then `item`, then what is around. */
static const struct wr_value *
for_item(struct wr_eval *ev, const struct wr_value *item,
         const struct wr_node *test)
{
    const struct wr_frame *outer = ev->frame;
    const struct wr_value *v;

    wr_eval_bind(ev, "item", item);
    if (item->type == WR_V_CONTEXT)
        wr_eval_bind(ev, NULL, item);
    v = wr_eval(ev, test);
    ev->frame = outer;

    return v;
}

static const struct wr_value *
empty_list(struct wr_eval *ev, const struct wr_value *list,
           const struct wr_node *test)
{
    const struct wr_value *v = for_item(ev, &wr_null, test);

    return v && v->type == WR_V_NUMBER ? pick(ev, list, v) : v ? list : NULL;
}

const struct wr_value *
wr_do_filter(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);
    struct wr_values l = { .n = 0 };

    if (!v)
        return NULL;
    if (v->type != WR_V_LIST)
        v = v->type == WR_V_NULL
                ? wr_value_list(ev->arena, NULL, 0)
                : wr_value_list(ev->arena,
                                wr_arena_memdup(ev->arena, &v, sizeof(v)), 1);
    if (v->list.n == 0)
        return empty_list(ev, v, n->b);
    for (size_t i = 0; i < v->list.n; i++) {
        const struct wr_value *t = for_item(ev, v->list.items[i], n->b);

        if (!t)
            return NULL;
        if (n->strict && t->type != WR_V_BOOL && t->type != WR_V_NULL)
            return wr_eval_null(ev, "the test of a filter is a %s",
                                wr_type_of(t));
        if (t->type == WR_V_NUMBER && i == 0)
            return pick(ev, v, t);
        if (t->type != WR_V_BOOL && t->type != WR_V_NULL)
            (void)wr_eval_null(ev, "the test of a filter is a %s",
                               wr_type_of(t));
        if (t->type == WR_V_BOOL && t->boolean
            && !wr_values_add(ev, &l, v->list.items[i]))
            return NULL;
    }

    return wr_values_list(ev, &l);
}
