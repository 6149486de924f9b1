/*
 * modify_scope.c: where a token stands that people start (SEMANTICS S29).
 *
 * A scope that is not active is opened, and those around it: with inputs,
 * boundary events and event sub-processes, but without its own starts.
 */

#include <stdlib.h>

#include "engine/exec/exec.h"

static bool
is_scope(const struct wr_exec *x, const struct wr_activity *a, int scope)
{
    return wr_activity_scope(x->m, a) == scope && a->stage == WR_STAGE_ACTIVE
           && !wr_undo_is_past(a);
}

static int
check_opening(const struct wr_exec *x, int scope, struct wr_err *err)
{
    const struct wr_model *model = x->m;
    const struct wr_scope *s = &model->scopes[scope];
    const struct wr_node *n = &model->nodes[s->node];

    if (n->loop)
        return wr_fail(err, WR_ESTATE,
                       "'%s' runs several times: start it as a whole", n->id);
    if (n->compensation
        || (n->event_sub && s->n_starts
            && model->nodes[s->starts[0]].event.trigger
                   == WR_TRIGGER_COMPENSATION))
        return wr_fail(err, WR_ESTATE,
                       "'%s' undoes what completed: nothing starts in it",
                       n->id);

    return 0;
}

/* Bring the sub-process to life without its own starts. */
static int
open_scope(struct wr_exec *x, struct wr_activity *parent, int scope,
           struct wr_activity **out, struct wr_err *err)
{
    int node = x->m->scopes[scope].node;
    struct wr_activity *a;
    struct wr_watch watch;

    if (check_opening(x, scope, err) < 0)
        return err->code;
    a = wr_activity_new(x->i, parent, node, -1);
    a->since = x->ev->now;
    wr_watch(x, &watch, a);
    if (wr_boundary_arm(x, a) < 0 || wr_mapping_in(x, a) < 0) {
        (void)wr_unwatch(x, &watch);
        return wr_fail(err, WR_EEXPR, "'%s' cannot be opened: %s",
                       x->m->nodes[node].id, x->fault.message);
    }
    wr_run_started(x, a);
    a->stage = WR_STAGE_ACTIVE;
    wr_touch(x, a);
    wr_event_sub_open(x, a);
    *out = a;
    if (!wr_unwatch(x, &watch))
        return wr_fail(err, WR_ESTATE, "'%s' was interrupted at once",
                       x->m->nodes[node].id);

    return 0;
}

/* The one the instruction names by its key. */
static int
named_scope(const struct wr_exec *x, const char *key, int scope,
            struct wr_activity **out, struct wr_err *err)
{
    char *end;
    long long n = strtoll(key, &end, 10);

    *out = *end ? NULL : wr_activity_by_key(x->i, n);
    if (!*out || !is_scope(x, *out, scope))
        return wr_fail(err, WR_ENOTFOUND,
                       "no scope '%.40s' that the element can stand in", key);

    return 0;
}

static struct wr_activity *
scope_around(const struct wr_exec *x, struct wr_activity *near, int scope)
{
    while (near && !is_scope(x, near, scope))
        near = near->parent;

    return near;
}

/* All that are active: their number, and the first. */
static int
count_scopes(const struct wr_exec *x, int scope, struct wr_activity **out)
{
    struct wr_activity *root = x->i->root, *a = root;
    int n = 0;

    for (*out = NULL; a; a = wr_activity_next(root, a)) {
        if (!is_scope(x, a, scope))
            continue;
        if (n++ == 0)
            *out = a;
    }

    return n;
}

/* As deep as sub-processes nest. */
static int
find_scope(struct wr_exec *x, int scope, struct wr_activity *near,
           struct wr_activity **out, struct wr_err *err)
{
    const struct wr_scope *s = &x->m->scopes[scope];
    struct wr_activity *parent;
    int n;

    *out = scope_around(x, near, scope);
    if (*out)
        return 0;
    n = count_scopes(x, scope, out);
    if (n == 1)
        return 0;
    if (n > 1)
        return wr_fail(err, WR_EAMBIGUOUS,
                       "'%s' is active %d times: name one by 'scope'",
                       x->m->nodes[s->node].id, n);
    if (find_scope(x, s->parent, near, &parent, err) < 0)
        return err->code;

    return open_scope(x, parent, scope, out, err);
}

int
wr_scope_for(struct wr_exec *x, int scope, const char *key,
             struct wr_activity *near, struct wr_activity **out,
             struct wr_err *err)
{
    return key ? named_scope(x, key, scope, out, err)
               : find_scope(x, scope, near, out, err);
}
