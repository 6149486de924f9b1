/*
 * variables.c: reading and writing variables (SEMANTICS S25).
 *
 * Read: the nearest scope outward.  Write: the nearest scope that has it, else
 * the root.  Every write is in the history, all of one write into one scope in
 * one event.
 */

#include <string.h>

#include "engine/exec/exec.h"

static void
emit_set(struct wr_exec *x, const struct wr_activity *holder,
         const struct wr_entry *entries, size_t n)
{
    int symbol = holder->node < 0 ? 0 : x->m->nodes[holder->node].symbol;

    wr_emit(x, WR_H_VARIABLE_SET, symbol, holder->key, NULL,
            wr_value_context(x->arena, entries, n));
}

void
wr_variables_put(struct wr_exec *x, struct wr_activity *a, const char *name,
                 const struct wr_value *v)
{
    struct wr_activity *holder = wr_var_holder(a, name, strlen(name));

    wr_var_put(x->i, a, name, v);
    wr_condition_wrote(x, a, name,
                       holder == a ? WR_WRITE_UPDATE : WR_WRITE_CREATE);
}

static void
put(struct wr_exec *x, struct wr_activity *a, const struct wr_entry *e)
{
    wr_variables_put(x, a, e->key, e->value);
}

void
wr_variables_local(struct wr_exec *x, struct wr_activity *a,
                   const struct wr_value *context)
{
    if (!context || !context->context.n)
        return;
    wr_run_started(x, a);
    for (size_t k = 0; k < context->context.n; k++)
        put(x, a, &context->context.entries[k]);
    emit_set(x, a, context->context.entries, context->context.n);
}

void
wr_variables_tell(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_entry *own = wr_newn(x->arena, struct wr_entry,
                                   (size_t)a->n_vars);

    if (a->node < 0 || !a->n_vars || a->role == WR_ROLE_BODY)
        return;
    wr_vars_here(a);
    for (int k = 0; k < a->n_vars; k++)
        own[k] = (struct wr_entry){ a->vars[k].name, a->vars[k].value };
    wr_run_started(x, a);
    emit_set(x, a, own, (size_t)a->n_vars);
}

static struct wr_activity *
holder_of(struct wr_exec *x, struct wr_activity *a, const char *name)
{
    struct wr_activity *holder = wr_var_holder(a, name, strlen(name));

    return holder ? holder : x->i->root;
}

void
wr_variables_write(struct wr_exec *x, struct wr_activity *a,
                   const struct wr_value *context)
{
    const struct wr_entry *entries;
    size_t n, from = 0;

    if (!context)
        return;
    entries = context->context.entries;
    n = context->context.n;
    while (from < n) {
        struct wr_activity *holder = holder_of(x, a, entries[from].key);
        size_t to = from;

        do {
            put(x, holder, &entries[to]);
            to++;
        } while (to < n && holder_of(x, a, entries[to].key) == holder);
        wr_run_started(x, holder);
        emit_set(x, holder, entries + from, to - from);
        from = to;
    }
}

void
wr_variables_remove(struct wr_exec *x, struct wr_activity *a,
                    const struct wr_value *names)
{
    const struct wr_value **gone;
    size_t n = 0;

    if (!names)
        return;
    gone = wr_newn(x->arena, const struct wr_value *, names->list.n);
    for (size_t k = 0; k < names->list.n; k++) {
        if (!wr_var_remove(a, names->list.items[k]->string.s))
            continue;
        gone[n++] = names->list.items[k];
        wr_condition_wrote(x, a, names->list.items[k]->string.s,
                           WR_WRITE_DELETE);
    }
    if (n) {
        struct wr_entry e = { "names", wr_value_list(x->arena, gone, n) };

        wr_emit(x, WR_H_VARIABLE_REMOVED,
                a->node < 0 ? 0 : x->m->nodes[a->node].symbol, a->key, NULL,
                wr_value_context(x->arena, &e, 1));
    }
}

int
wr_variables_check(const struct wr_value *context, struct wr_err *err)
{
    if (!context)
        return 0;
    if (context->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EVALUE, "variables are a %s, not an object",
                       wr_value_type_name(context->type));
    for (size_t k = 0; k < context->context.n; k++) {
        const struct wr_entry *e = &context->context.entries[k];

        if (!e->key[0])
            return wr_fail(err, WR_EVALUE, "a variable without a name");
        if (!wr_expr_storable(e->value))
            return wr_fail(err, WR_EVALUE,
                           "variable '%.80s' holds a range or function,"
                           " which cannot be stored",
                           e->key);
    }

    return 0;
}
