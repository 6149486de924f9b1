/*
 * unfit.c: an instance whose variables do not fit the definitions of them, begun
 * by an event that nobody waits for an answer of (SEMANTICS S25, S27).
 *
 * Nothing is lost: the instance is there with what came, before its tokens are
 * born, and has an incident.  A retry is refused as long as they do not fit;
 * skipped, it begins with those it has.
 */

#include <string.h>

#include "engine/exec/exec.h"

static const char type[] = "form";

static bool
is_of_start(const struct wr_wait *w)
{
    return w->kind == WR_WAIT_INCIDENT && w->owner->node < 0
           && strcmp(w->incident.type, type) == 0;
}

void
wr_unfit_stop(struct wr_exec *x, const char *why)
{
    struct wr_activity *root = x->i->root;

    wr_incident_open(x, root,
                     root->start >= 0 ? root->start : wr_listen_node(x), type,
                     why, NULL);
}

bool
wr_unfit_is(const struct wr_activity *root)
{
    for (const struct wr_wait *w = root->waits; w; w = w->next) {
        if (is_of_start(w))
            return true;
    }

    return false;
}

/* ---- another try ---- */

struct found {
    struct wr_entry *entries;
    size_t n;
};

static void
put(struct found *f, const char *name, const struct wr_value *v)
{
    size_t at = 0;

    while (at < f->n && strcmp(f->entries[at].key, name) != 0)
        at++;
    f->entries[at] = (struct wr_entry){ name, v };
    f->n += at == f->n;
}

static void
put_all(struct found *f, const struct wr_value *context)
{
    for (size_t k = 0; context && k < context->context.n; k++)
        put(f, context->context.entries[k].key,
            context->context.entries[k].value);
}

static size_t
size_of(const struct wr_value *context)
{
    return context ? context->context.n : 0;
}

/* What the event brought, what the instance has by now, what the command
 * gives: the later counts. */
static const struct wr_value *
gather(struct wr_exec *x, const struct wr_value *given)
{
    const struct wr_activity *root = x->i->root;
    size_t most = size_of(root->result) + (size_t)root->n_vars + size_of(given);
    struct found f = { .entries = wr_newn(x->arena, struct wr_entry, most) };

    wr_vars_here(root);
    put_all(&f, root->result);
    for (int k = 0; k < root->n_vars; k++)
        put(&f, root->vars[k].name, root->vars[k].value);
    put_all(&f, given);

    return wr_value_context(x->arena, f.entries, f.n);
}

/* Nobody asks for anything in a step without outside. */
static int
fit(struct wr_exec *x, const struct wr_value *given,
    const struct wr_value **out, struct wr_err *err)
{
    const struct wr_outside *o = x->s->outside;

    *out = gather(x, given);
    if (!o || !o->takes)
        return 0;

    return o->takes(o->data, x->s, &x->i->definition, *out, out, err);
}

int
wr_unfit_check(struct wr_exec *x, const struct wr_wait *w, struct wr_err *err)
{
    const struct wr_value *ignored;

    if (!is_of_start(w) || x->ev->skip)
        return 0;
    if (wr_variables_check(x->ev->variables, err) < 0)
        return err->code;

    return fit(x, x->ev->variables, &ignored, err);
}

/* Those that are not there, or otherwise. */
static void
write(struct wr_exec *x, const struct wr_value *fitted)
{
    struct found f = { .entries = wr_newn(x->arena, struct wr_entry,
                                          fitted->context.n) };

    for (size_t k = 0; k < fitted->context.n; k++) {
        const struct wr_entry *e = &fitted->context.entries[k];
        struct wr_var *v = wr_var_find(x->i->root, e->key, strlen(e->key),
                                       NULL);

        if (!v || !wr_value_equal(v->value, e->value))
            f.entries[f.n++] = *e;
    }
    if (f.n)
        wr_variables_local(x, x->i->root,
                           wr_value_context(x->arena, f.entries, f.n));
}

void
wr_unfit_resolve(struct wr_exec *x)
{
    struct wr_activity *root = x->i->root;
    const struct wr_value *fitted;
    struct wr_err err;

    if (!x->ev->skip && fit(x, NULL, &fitted, &err) == 0) {
        if (root->result)
            root->result = wr_value_copy(x->i->arena, fitted);
        else
            write(x, fitted);
    }
    wr_start_begin(x);
}
