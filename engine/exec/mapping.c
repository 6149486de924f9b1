/*
 * mapping.c: what an element takes in and gives out (SEMANTICS S25).
 *
 * Inputs become locals of the activity, one after the other.  With any output
 * mapping only mapped names leave, all evaluated before the first is written;
 * without, everything the work gave back does.  "a.b" as target changes one
 * member of a context.
 */

#include <string.h>

#include "engine/base/map.h"
#include "engine/exec/exec.h"

static int build(struct wr_exec *x, struct wr_activity *a,
                 const struct wr_template *t, const struct wr_value **out,
                 struct wr_err *err);

static int
build_list(struct wr_exec *x, struct wr_activity *a,
           const struct wr_template *t, const struct wr_value **out,
           struct wr_err *err)
{
    size_t n = (size_t)t->n_items;
    const struct wr_value **items = wr_newn(x->arena, const struct wr_value *,
                                            n);

    for (size_t k = 0; k < n; k++) {
        if (build(x, a, &t->items[k], &items[k], err) < 0)
            return err->code;
    }
    *out = wr_value_list(x->arena, items, n);

    return 0;
}

/* A key may be an expression; of two that are the same the last one counts. */
static int
build_map(struct wr_exec *x, struct wr_activity *a, const struct wr_template *t,
          const struct wr_value **out, struct wr_err *err)
{
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry,
                                       (size_t)t->n_items);
    size_t n = 0, at;

    for (int k = 0; k < t->n_items; k++) {
        const struct wr_value *v;
        const char *key;

        if (wr_exec_text(x, a, &t->keys[k], &key, err) < 0
            || build(x, a, &t->items[k], &v, err) < 0)
            return err->code;
        if (!key)
            return wr_fail(err, WR_EVALUE, "a key of a map is null");
        for (at = 0; at < n && strcmp(entries[at].key, key) != 0; at++)
            continue;
        entries[at] = (struct wr_entry){ key, v };
        n += at == n;
    }
    *out = wr_value_context(x->arena, entries, n);

    return 0;
}

/* Templates nest as deep as the XML they were read from. */
static int
build(struct wr_exec *x, struct wr_activity *a, const struct wr_template *t,
      const struct wr_value **out, struct wr_err *err)
{
    switch (t->kind) {
    case WR_TPL_EXPR:
        return wr_exec_eval(x, a, t->expr, out, err);
    case WR_TPL_CONST:
        *out = t->constant;
        return 0;
    case WR_TPL_LIST:
        return build_list(x, a, t, out, err);
    case WR_TPL_MAP:
        return build_map(x, a, t, out, err);
    }

    return 0;
}

/* `context` with the member `key` (of `len` bytes) set to `v`. */
static const struct wr_value *
with_member(struct wr_arena *a, const struct wr_value *context, const char *key,
            size_t len, const struct wr_value *v)
{
    bool is_context = context && context->type == WR_V_CONTEXT;
    size_t n = is_context ? context->context.n : 0, at = 0;
    struct wr_entry *entries = wr_newn(a, struct wr_entry, n + 1);

    if (n)
        memcpy(entries, context->context.entries, n * sizeof(*entries));
    while (at < n
           && (strncmp(entries[at].key, key, len) != 0
               || entries[at].key[len] != '\0'))
        at++;
    entries[at].key = wr_arena_strndup(a, key, len);
    entries[at].value = v;

    return wr_value_context(a, entries, at == n ? n + 1 : n);
}

/* `old` (NULL: nothing) after writing `v` to `path` ("b.c") in it.  A depth of
 * 64 is more than a mapping target ever has; what is deeper stays one name. */
static const struct wr_value *
with_path(struct wr_arena *a, const struct wr_value *old, const char *path,
          const struct wr_value *v, int depth)
{
    const char *dot = depth < 64 ? strchr(path, '.') : NULL;
    size_t len = dot ? (size_t)(dot - path) : strlen(path);
    const char *key = wr_arena_strndup(a, path, len);

    if (dot)
        v = with_path(a, old ? wr_value_get(old, key) : NULL, dot + 1, v,
                      depth + 1);

    return with_member(a, old, key, len, v);
}

const struct wr_value *
wr_mapping_member(struct wr_arena *a, const struct wr_value *old,
                  const char *path, const struct wr_value *v)
{
    return with_path(a, old, path, v, 0);
}

static int
failed(struct wr_exec *x, const char *what, const struct wr_mapping *map,
       const struct wr_err *err)
{
    (void)wr_exec_incident(
        x, "mapping",
        wr_arena_printf(x->arena, "%s '%s': %s", what, map->target, err->text));

    return -1;
}

/* What mappings have given so far, in order; `index` has the place of each
 * name, plus one. */
struct targets {
    struct wr_entry *entries;
    size_t n, cap;
    struct wr_map index;
};

static struct wr_entry *
target_of(struct wr_exec *x, struct targets *t, const char *name)
{
    size_t at = (size_t)(uintptr_t)wr_map_get(&t->index, name);
    struct wr_entry *grown;

    if (at)
        return &t->entries[at - 1];
    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 8;
        grown = wr_newn(x->arena, struct wr_entry, t->cap);
        if (t->n)
            memcpy(grown, t->entries, t->n * sizeof(*grown));
        t->entries = grown;
    }
    t->entries[t->n++] = (struct wr_entry){ .key = name };
    t->index.arena = x->arena;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): a number, never followed */
    (void)wr_map_put(&t->index, name, (const void *)(uintptr_t)t->n);

    return &t->entries[t->n - 1];
}

/* One mapping more; `base` is where the variable has a value so far. */
static struct wr_entry *
apply(struct wr_exec *x, struct wr_activity *base, struct targets *all,
      const char *target, const struct wr_value *v)
{
    const char *dot = strchr(target, '.');
    size_t len = dot ? (size_t)(dot - target) : strlen(target);
    const char *name = wr_arena_strndup(x->arena, target, len);
    struct wr_entry *e = target_of(x, all, name);
    const struct wr_value *old = e->value;

    if (dot) {
        struct wr_var *var = wr_var_find(base, name, len, NULL);

        if (!old && var)
            old = var->value;
        v = with_path(x->arena, old, dot + 1, v, 0);
    }
    e->value = v;

    return e;
}

/* Each input sees those before it; they are written all at once. */
static int
map_in(struct wr_exec *x, struct wr_activity *a, const struct wr_value **out)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    struct targets all = { .n = 0 };
    const struct wr_value *v;
    struct wr_err err;

    for (int k = 0; k < n->n_inputs; k++) {
        const struct wr_mapping *map = &n->inputs[k];
        struct wr_activity self = { .vars = a->vars, .n_vars = a->n_vars };
        const struct wr_entry *e;

        if (build(x, a, &map->source, &v, &err) < 0)
            return failed(x, "input", map, &err);
        e = apply(x, &self, &all, map->target, v);
        wr_var_put(x->i, a, e->key, e->value);
    }
    *out = wr_value_context(x->arena, all.entries, all.n);

    return 0;
}

int
wr_mapping_in(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_value *all;
    struct wr_var *before;
    size_t n;
    int code;

    if (wr_data_in(x, a) < 0)
        return -1;
    if (!x->m->nodes[a->node].n_inputs)
        return 0;
    n = (size_t)a->n_vars;
    before = wr_newn(x->arena, struct wr_var, n);
    for (size_t k = 0; k < n; k++)
        before[k] = a->vars[k];
    code = map_in(x, a, &all);
    for (size_t k = 0; k < n; k++)
        a->vars[k] = before[k];
    a->n_vars = (int)n;
    if (code == 0)
        wr_variables_local(x, a, all);

    return code;
}

static int
map_out(struct wr_exec *x, struct wr_activity *a, const struct wr_value **out)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    struct targets all = { .n = 0 };
    const struct wr_value *v;
    struct wr_err err;

    for (int k = 0; k < n->n_outputs; k++) {
        if (build(x, a, &n->outputs[k].source, &v, &err) < 0)
            return failed(x, "output", &n->outputs[k], &err);
        (void)apply(x, a->parent, &all, n->outputs[k].target, v);
    }
    *out = wr_value_context(x->arena, all.entries, all.n);

    return 0;
}

/* Without `name`. */
static const struct wr_value *
others(struct wr_exec *x, const struct wr_value *all, const char *name)
{
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry,
                                       all->context.n);
    size_t n = 0;

    for (size_t k = 0; k < all->context.n; k++) {
        if (strcmp(all->context.entries[k].key, name) != 0)
            entries[n++] = all->context.entries[k];
    }

    return wr_value_context(x->arena, entries, n);
}

void
wr_mapping_give(struct wr_exec *x, struct wr_activity *a,
                const struct wr_value *result)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    struct wr_entry local = { .key = n->result_variable };

    if (result && n->result_local)
        local.value = wr_value_get(result, n->result_variable);
    if (local.value) {
        wr_variables_local(x, a->role == WR_ROLE_ITERATION ? a : a->parent,
                           wr_value_context(x->arena, &local, 1));
        result = others(x, result, local.key);
    }
    wr_variables_write(x, a, result);
}

/* A called process that got all variables gives them back, but for what loops
 * around the call count: that is theirs. */
static const struct wr_value *
uncounted(struct wr_exec *x, struct wr_activity *a,
          const struct wr_value *context)
{
    size_t n = context ? context->context.n : 0, kept = 0;
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry, n);

    for (size_t k = 0; k < n; k++) {
        const struct wr_entry *e = &context->context.entries[k];
        struct wr_activity *holder = NULL;

        (void)wr_var_find(a, e->key, strlen(e->key), &holder);
        if (!holder || holder->role != WR_ROLE_BODY
            || !wr_loop_counts(x->m->nodes[holder->node].loop, e->key))
            entries[kept++] = *e;
    }

    return wr_value_context(x->arena, entries, kept);
}

int
wr_mapping_out(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    const struct wr_value *all, *given;

    if (n->call && wr_call_out(x, a) < 0)
        return -1;
    if (!n->n_outputs) {
        if (!n->call)
            wr_mapping_give(x, a, wr_data_rest(x, a));
        else if (wr_call_gives_all(n))
            wr_mapping_give(x, a, uncounted(x, a, wr_data_rest(x, a)));
        return wr_data_out(x, a);
    }
    given = n->call ? uncounted(x, a, a->result) : a->result;
    for (size_t k = 0; given && k < given->context.n; k++)
        wr_variables_put(x, a, given->context.entries[k].key,
                         given->context.entries[k].value);
    if (map_out(x, a, &all) < 0 || wr_data_out(x, a) < 0)
        return -1;
    wr_variables_write(x, a->parent, all);

    return 0;
}

void
wr_exec_result(struct wr_exec *x, struct wr_activity *a, const char *name,
               const struct wr_value *v)
{
    if (wr_exec_node(x, a)->result_transient) {
        wr_transient_put(x, a, name, v);
        return;
    }
    a->result = wr_value_copy(
        x->i->arena, with_member(x->arena, a->result, name, strlen(name), v));
}
