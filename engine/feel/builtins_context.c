/* Context functions. */
#include <string.h>

#include "engine/feel/builtin.h"

const struct wr_value *
wr_fn_get_value(struct wr_eval *ev, const struct wr_value *const *args)
{
    const struct wr_value *v = wr_value_get(args[0], args[1]->string.s);

    return v ? v : wr_eval_null(ev, "no key '%s'", args[1]->string.s);
}

const struct wr_value *
wr_fn_get_entries(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = 0; i < args[0]->context.n; i++) {
        const struct wr_entry *e = &args[0]->context.entries[i];
        struct wr_entry pair[] = {
            { "key", wr_value_string(ev->arena, e->key) },
            { "value", e->value },
        };

        if (!wr_values_add(ev, &l, wr_value_context(ev->arena, pair, 2)))
            return NULL;
    }

    return wr_values_list(ev, &l);
}

struct entries {
    struct wr_entry *items;
    size_t n;
};

static bool
copy(struct wr_eval *ev, const struct wr_value *context, size_t more,
     struct entries *out)
{
    out->n = context->context.n;
    if (!wr_eval_charge(ev, out->n + more))
        return false;
    out->items = wr_newn(ev->arena, struct wr_entry, out->n + more);
    if (out->n)
        memcpy(out->items, context->context.entries,
               out->n * sizeof(*out->items));

    return true;
}

/* Set or add; the array has room.  true: the key is new. */
static bool
set(struct entries *e, const char *key, const struct wr_value *v)
{
    for (size_t i = 0; i < e->n; i++)
        if (strcmp(e->items[i].key, key) == 0) {
            e->items[i].value = v;
            return false;
        }
    e->items[e->n].key = key;
    e->items[e->n++].value = v;

    return true;
}

const struct wr_value *
wr_fn_context_put(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct entries e;

    if (!copy(ev, args[0], 1, &e))
        return NULL;
    set(&e, args[1]->string.s, args[2]);

    return wr_value_context(ev->arena, e.items, e.n);
}

static const struct wr_value *
put_deep(struct wr_eval *ev, const struct wr_value *context,
         const struct wr_value *keys, size_t at, const struct wr_value *v)
{
    const struct wr_value *key = keys->list.items[at], *inner;
    struct entries e;

    if (key->type != WR_V_STRING || context->type != WR_V_CONTEXT)
        return wr_eval_null(ev, "context put() needs strings as keys and "
                                "contexts on the way");
    if (!copy(ev, context, 1, &e))
        return NULL;
    if (at + 1 < keys->list.n) {
        inner = wr_value_get(context, key->string.s);
        v = put_deep(ev, inner ? inner : wr_value_context(ev->arena, NULL, 0),
                     keys, at + 1, v);
        if (!v || v->type == WR_V_NULL)
            return v;
    }
    set(&e, key->string.s, v);

    return wr_value_context(ev->arena, e.items, e.n);
}

const struct wr_value *
wr_fn_context_put_deep(struct wr_eval *ev, const struct wr_value *const *args)
{
    if (args[1]->list.n == 0 || args[1]->list.n > WR_EXPR_DEPTH)
        return wr_eval_null(ev, "context put() with %zu keys", args[1]->list.n);

    return put_deep(ev, args[0], args[1], 0, args[2]);
}

const struct wr_value *
wr_fn_context_merge(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct entries e = { .n = 0 };
    size_t cap = 1;

    for (size_t i = 0; i < args[0]->list.n; i++) {
        if (args[0]->list.items[i]->type != WR_V_CONTEXT)
            return wr_eval_null(ev, "context merge() of a %s",
                                wr_type_of(args[0]->list.items[i]));
        cap += args[0]->list.items[i]->context.n;
    }
    if (!wr_eval_charge(ev, cap))
        return NULL;
    e.items = wr_newn(ev->arena, struct wr_entry, cap);
    for (size_t i = 0; i < args[0]->list.n; i++) {
        const struct wr_value *c = args[0]->list.items[i];

        for (size_t k = 0; k < c->context.n; k++) {
            if (!wr_eval_charge(ev, e.n / 16))
                return NULL;
            set(&e, c->context.entries[k].key, c->context.entries[k].value);
        }
    }

    return wr_value_context(ev->arena, e.items, e.n);
}

const struct wr_value *
wr_fn_context_from(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct entries e = { .n = 0 };

    if (!wr_eval_charge(ev, args[0]->list.n + 1))
        return NULL;
    e.items = wr_newn(ev->arena, struct wr_entry, args[0]->list.n + 1);
    for (size_t i = 0; i < args[0]->list.n; i++) {
        const struct wr_value *pair = args[0]->list.items[i];
        const struct wr_value *k = wr_value_get(pair, "key");
        const struct wr_value *v = wr_value_get(pair, "value");

        if (!k || !v || k->type != WR_V_STRING)
            return wr_eval_null(ev, "context() needs {key, value} entries");
        if (!wr_eval_charge(ev, e.n / 16))
            return NULL;
        if (!set(&e, k->string.s, v))
            return wr_eval_null(ev, "the key '%s' is there twice", k->string.s);
    }

    return wr_value_context(ev->arena, e.items, e.n);
}
