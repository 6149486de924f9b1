/*
 * data.c: data objects, properties and data associations (BPMN 2.0.2, 10.4).
 *
 * A data object is a variable of its scope.  Inputs and outputs of an activity
 * are variables of the activity; associations copy between the two, in before
 * it starts and out when it ends.  What is null has no value yet: an input
 * without value is null, an output without value is not handed on.
 */

#include <string.h>

#include "engine/exec/exec.h"

static const struct wr_value *
own(const struct wr_activity *a, const char *name)
{
    for (int k = 0; k < a->n_vars; k++) {
        if (!strcmp(a->vars[k].name, name))
            return wr_var_here(&a->vars[k])->value;
    }

    return NULL;
}

static bool
is_there(const struct wr_value *v)
{
    return v && v->type != WR_V_NULL;
}

/* Variables to be written together; a later one replaces an earlier one. */
struct batch {
    struct wr_entry *entries;
    size_t n;
};

static const struct wr_value *
pending(const struct batch *b, const char *name)
{
    for (size_t k = 0; k < b->n; k++) {
        if (!strcmp(b->entries[k].key, name))
            return b->entries[k].value;
    }

    return NULL;
}

static void
add(struct batch *b, const char *name, const struct wr_value *v)
{
    for (size_t k = 0; k < b->n; k++) {
        if (!strcmp(b->entries[k].key, name)) {
            b->entries[k].value = v;
            return;
        }
    }
    b->entries[b->n++] = (struct wr_entry){ name, v };
}

/* ---- declared ---- */

static void
declare(struct batch *b, const struct wr_activity *a, const struct wr_data *d,
        int n, bool all)
{
    for (int k = 0; k < n; k++) {
        if ((d[k].initial || all) && !own(a, d[k].name))
            add(b, d[k].name, d[k].initial ? d[k].initial : &wr_null);
    }
}

void
wr_data_declare(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_scope *s = &x->m->scopes[wr_activity_scope(x->m, a)];
    struct batch b = { 0 };

    if (!s->n_data)
        return;
    b.entries = wr_newn(x->arena, struct wr_entry, (size_t)s->n_data);
    /* At the root they come to be when they are written. */
    declare(&b, a, s->data, s->n_data, a->node >= 0);
    wr_variables_local(x, a, wr_value_context(x->arena, b.entries, b.n));
}

/* ---- associations ---- */

static int
failed(struct wr_exec *x, const char *what, const char *name, const char *why)
{
    (void)wr_exec_incident(
        x, "mapping",
        wr_arena_printf(x->arena, "%s '%.100s': %s", what, name, why));

    return -1;
}

/* Where the sources of an association are: inputs come from around the
 * activity, outputs are its own. */
static const struct wr_value *
source(struct wr_activity *a, const char *name, bool out)
{
    struct wr_var *var;

    if (out)
        return own(a, name);
    var = wr_var_find(a->parent, name, strlen(name), NULL);

    return var ? var->value : NULL;
}

/* *v: NULL while a source has no value. */
static int
value_of(struct wr_exec *x, struct wr_activity *a, const struct wr_data_map *m,
         bool out, const struct wr_value **v, struct wr_err *err)
{
    *v = NULL;
    for (int k = 0; k < m->n_sources; k++) {
        if (!is_there(source(a, m->sources[k], out)))
            return 0;
    }
    if (m->expr)
        return wr_exec_eval(x, out ? a : a->parent, m->expr, v, err);
    *v = m->constant ? m->constant : source(a, m->sources[0], out);

    return 0;
}

/* `v` in the place of a member of what the target has. */
static const struct wr_value *
placed(struct wr_exec *x, struct wr_activity *from, const struct batch *b,
       const struct wr_data_map *m, const struct wr_value *v)
{
    const struct wr_value *old = pending(b, m->target);
    struct wr_var *var = NULL;

    if (!m->member)
        return v;
    if (!old)
        var = wr_var_find(from, m->target, strlen(m->target), NULL);
    if (var)
        old = var->value;

    return wr_mapping_member(x->arena, old, m->member, v);
}

/* ---- in ---- */

static void
missing(struct wr_exec *x, const struct wr_activity *a, const char *name)
{
    const struct wr_io *io = x->m->nodes[a->node].io;
    const char *from = NULL;

    for (int k = 0; k < io->n_in && !from; k++) {
        if (!strcmp(io->in[k].target, name) && io->in[k].n_sources)
            from = io->in[k].sources[0];
    }
    (void)failed(x, "data input", name,
                 from ? wr_arena_printf(x->arena,
                                        "it has no value: '%.100s' has none"
                                        " yet",
                                        from)
                      : "it has no value");
}

/* The first input of the last set that has no value; NULL: one is complete. */
static const char *
incomplete(const struct wr_io *io, const struct batch *b)
{
    const char *name = NULL;

    for (int s = 0; s < io->n_sets; s++) {
        const struct wr_input_set *set = &io->sets[s];

        name = NULL;
        for (int k = 0; k < set->n && !name; k++) {
            if (!is_there(pending(b, set->names[k])))
                name = set->names[k];
        }
        if (!name)
            return NULL;
    }

    return name;
}

static int
fill(struct wr_exec *x, struct wr_activity *a, const struct wr_io *io,
     struct batch *b)
{
    struct wr_activity self = { .vars = a->vars, .n_vars = a->n_vars };
    const struct wr_value *v;
    struct wr_err err;

    for (int k = 0; k < io->n_in; k++) {
        const struct wr_data_map *m = &io->in[k];

        if (value_of(x, a, m, /* out= */ false, &v, &err) < 0)
            return failed(x, "data input", m->target, err.text);
        if (v)
            add(b, m->target, placed(x, &self, b, m, v));
        else if (!pending(b, m->target))
            add(b, m->target, &wr_null);
    }

    return 0;
}

/* Outputs are there from the start, so that what the work writes under their
 * names stays inside. */
static void
prepare_outputs(const struct wr_activity *a, const struct wr_io *io,
                struct batch *b)
{
    for (int k = 0; k < io->n_out; k++) {
        for (int s = 0; s < io->out[k].n_sources; s++) {
            const char *name = io->out[k].sources[s];

            if (!own(a, name) && !pending(b, name))
                add(b, name, &wr_null);
        }
    }
}

static size_t
room(const struct wr_io *io)
{
    size_t n = (size_t)(io->n_locals + io->n_in);

    for (int k = 0; k < io->n_out; k++)
        n += (size_t)io->out[k].n_sources;

    return n;
}

int
wr_data_in(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_io *io = x->m->nodes[a->node].io;
    bool iterates = a->role == WR_ROLE_ITERATION;
    struct batch b = { 0 };
    const char *name;

    if (!io)
        return 0;
    b.entries = wr_newn(x->arena, struct wr_entry, room(io));
    if (a->role != WR_ROLE_BODY)
        declare(&b, a, io->locals, io->n_locals, /* all= */ true);
    if (!iterates && fill(x, a, io, &b) < 0)
        return -1;
    if (!iterates && io->contract && !x->m->nodes[a->node].call)
        prepare_outputs(a, io, &b);
    name = iterates ? NULL : incomplete(io, &b);
    if (name) {
        missing(x, a, name);
        return -1;
    }
    wr_variables_local(x, a, wr_value_context(x->arena, b.entries, b.n));

    return 0;
}

/* ---- out ---- */

static bool
is_output(const struct wr_io *io, const char *name)
{
    for (int k = 0; k < io->n_out; k++) {
        for (int s = 0; s < io->out[k].n_sources; s++) {
            if (!strcmp(io->out[k].sources[s], name))
                return true;
        }
    }

    return false;
}

/* Did everything that came become one value? */
static bool
is_whole(const struct wr_io *io, const struct wr_activity *a)
{
    return io->payload && a->result && !wr_value_get(a->result, io->payload);
}

const struct wr_value *
wr_data_rest(struct wr_exec *x, const struct wr_activity *a)
{
    const struct wr_io *io = x->m->nodes[a->node].io;
    const struct wr_value *all = a->result;
    struct wr_entry *entries;
    size_t n = 0;

    /* iterations write to the outputs of their body */
    if (!io || !io->contract || !all || a->role == WR_ROLE_ITERATION)
        return all;
    if (is_whole(io, a))
        return NULL;
    entries = wr_newn(x->arena, struct wr_entry, all->context.n);
    for (size_t k = 0; k < all->context.n; k++) {
        if (!is_output(io, all->context.entries[k].key))
            entries[n++] = all->context.entries[k];
    }

    return wr_value_context(x->arena, entries, n);
}

static void
take_result(struct wr_exec *x, struct wr_activity *a, const struct wr_io *io)
{
    if (is_whole(io, a)) {
        wr_variables_put(x, a, io->payload, a->result);
        return;
    }
    for (size_t k = 0; a->result && k < a->result->context.n; k++) {
        const struct wr_entry *e = &a->result->context.entries[k];

        if (is_output(io, e->key))
            wr_variables_put(x, a, e->key, e->value);
    }
}

int
wr_data_out(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_io *io = x->m->nodes[a->node].io;
    const struct wr_value *v;
    struct batch b = { 0 };
    struct wr_err err;

    if (!io || !io->n_out || a->role == WR_ROLE_ITERATION)
        return 0;
    take_result(x, a, io);
    b.entries = wr_newn(x->arena, struct wr_entry, (size_t)io->n_out);
    for (int k = 0; k < io->n_out; k++) {
        const struct wr_data_map *m = &io->out[k];

        if (value_of(x, a, m, /* out= */ true, &v, &err) < 0)
            return failed(x, "data output to", m->target, err.text);
        if (v)
            add(&b, m->target, placed(x, a->parent, &b, m, v));
    }
    wr_variables_write(x, a->parent,
                       wr_value_context(x->arena, b.entries, b.n));

    return 0;
}
