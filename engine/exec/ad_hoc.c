/*
 * ad_hoc.c: ad-hoc sub-processes (SEMANTICS S20).
 *
 * A scope in which no token is born: its elements without incoming flow start
 * when somebody says so, any time and as often as wanted; sequential, one after
 * the other.  From there on tokens follow the flows as everywhere.
 *
 *     OPEN      nothing has completed in it
 *     RAN       something has: one that completes by itself may
 *     CLOSED    it was told to complete, or its condition was true: nothing
 *               more is activated, and it ends when nothing runs
 */

#include <string.h>

#include "engine/exec/exec.h"

static const struct wr_ad_hoc *
ad_hoc_of(const struct wr_exec *x, const struct wr_activity *a)
{
    if (a->node < 0 || wr_activity_scope(x->m, a) < 0)
        return NULL;

    return x->m->nodes[a->node].ad_hoc;
}

static bool
is_busy(const struct wr_activity *scope)
{
    return scope->first || scope->pending;
}

static void
start(struct wr_exec *x, struct wr_activity *scope, int node,
      const struct wr_value *variables)
{
    struct wr_activity *a = wr_activity_new(x->i, scope, node, -1);

    a->role = x->m->nodes[node].loop ? WR_ROLE_BODY : WR_ROLE_PLAIN;
    a->since = x->ev->now;
    wr_touch(x, scope);
    wr_variables_local(x, a, variables);
    wr_run_start(x, a);
}

/* ---- which elements ---- */

/* The element `id` among those that can be activated in `scope`; -1. */
static int
enabled(const struct wr_model *m, int scope, const char *id)
{
    const struct wr_scope *s = &m->scopes[scope];
    int node = wr_model_node(m, id);

    for (int k = 0; k < s->n_starts && node >= 0; k++) {
        if (s->starts[k] == node)
            return node;
    }

    return -1;
}

/* Nodes of a list of ids, into `nodes` (room for all of it). */
static int
read_ids(struct wr_exec *x, int scope, const struct wr_value *list, int *nodes,
         struct wr_err *err)
{
    const char *name = x->m->nodes[x->m->scopes[scope].node].id;

    for (size_t k = 0; k < list->list.n; k++) {
        const struct wr_value *v = list->list.items[k];

        if (v->type != WR_V_STRING)
            return wr_fail(err, WR_EVALUE, "a %s is no id of an element",
                           wr_value_type_name(v->type));
        nodes[k] = enabled(x->m, scope, v->string.s);
        if (nodes[k] < 0)
            return wr_fail(err, WR_ENOTFOUND,
                           "'%.80s' is no element of '%.80s' that can be"
                           " activated",
                           v->string.s, name);
    }

    return 0;
}

enum {
    MAX_ACTIVATED = 1000 /* at a time */
};

static int
check_list(const struct wr_value *list, struct wr_err *err)
{
    if (list->type != WR_V_LIST)
        return wr_fail(err, WR_EVALUE, "a %s is no list of element ids",
                       wr_value_type_name(list->type));
    if (list->list.n > MAX_ACTIVATED)
        return wr_fail(err, WR_EVALUE, "%zu elements; at most %d at a time",
                       list->list.n, MAX_ACTIVATED);

    return 0;
}

/* ---- it opens ---- */

enum wr_move
wr_ad_hoc_open(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_ad_hoc *h = x->m->nodes[a->node].ad_hoc;
    int scope = wr_activity_scope(x->m, a);
    const struct wr_value *list = NULL;
    struct wr_entry none = { h->output, wr_value_list(x->arena, NULL, 0) };
    int *nodes = NULL;
    struct wr_err err;

    if (h->active) {
        if (wr_exec_eval(x, a, h->active, &list, &err) < 0
            || check_list(list, &err) < 0)
            return wr_exec_incident(x, "expression", err.text);
        nodes = wr_newn(x->arena, int, list->list.n);
        if (read_ids(x, scope, list, nodes, &err) < 0)
            return wr_exec_incident(x, "expression", err.text);
    }
    wr_scope_open(x, a);
    if (h->output)
        wr_variables_local(x, a, wr_value_context(x->arena, &none, 1));
    if (list) /* nothing to do is done */
        a->ad_hoc = WR_AD_HOC_RAN;
    for (size_t k = 0; list && k < list->list.n && !a->interrupted; k++) {
        if (h->sequential && k > 0)
            wr_planned_add(x->i, a, nodes[k]);
        else
            wr_work_add(x->i, a, nodes[k], -1);
    }

    return WR_WAIT;
}

/* ---- a command ---- */

/* The ad-hoc scope the command means: by its key, or the only one in which the
 * first element stands or that has the id given. */
static struct wr_activity *
find_scope(struct wr_exec *x, int scope, struct wr_err *err)
{
    struct wr_activity *found = NULL;

    for (struct wr_activity *a = x->i->root; a;
         a = wr_activity_next(x->i->root, a)) {
        if (a->node < 0 || a->stage != WR_STAGE_ACTIVE
            || wr_activity_scope(x->m, a) != scope
            || (x->ev->scope_key && a->key != x->ev->scope_key))
            continue;
        if (found) {
            (void)wr_fail(err, WR_ESTATE,
                          "'%.80s' is active several times: say which by its"
                          " scope",
                          x->m->nodes[a->node].id);
            return NULL;
        }
        found = a;
    }
    if (!found)
        (void)wr_fail(err, WR_ENOTFOUND, "'%.80s' is not active",
                      x->m->nodes[x->m->scopes[scope].node].id);

    return found;
}

/* The model's scope of the command; -1 after an error. */
static int
named_scope(struct wr_exec *x, struct wr_err *err)
{
    const struct wr_value *list = x->ev->elements;
    const char *id = x->ev->text;
    int node, scope = -1;

    if (!id && (!list || !list->list.n))
        return wr_fail(err, WR_EVALUE,
                       "neither an element nor an ad-hoc sub-process is named"),
               -1;
    if (!id && list->list.items[0]->type == WR_V_STRING)
        id = list->list.items[0]->string.s;
    node = id ? wr_model_node(x->m, id) : -1;
    if (node >= 0)
        scope = x->ev->text ? x->m->nodes[node].inner : x->m->nodes[node].scope;
    if (scope > 0 && x->m->nodes[x->m->scopes[scope].node].ad_hoc)
        return scope;
    (void)wr_fail(err, WR_ENOTFOUND,
                  x->ev->text ? "'%.80s' is no ad-hoc sub-process"
                              : "'%.80s' is in no ad-hoc sub-process",
                  id ? id : "");

    return -1;
}

int
wr_ad_hoc_check(struct wr_exec *x, struct wr_activity **out, struct wr_err *err)
{
    const struct wr_value *list = x->ev->elements;
    struct wr_activity *a;
    int scope, *nodes;

    if (list && check_list(list, err) < 0)
        return err->code;
    if (!(list && list->list.n) && !x->ev->close)
        return wr_fail(err, WR_EVALUE, "there is nothing to activate");
    scope = named_scope(x, err);
    if (scope < 0)
        return err->code;
    nodes = list ? wr_newn(x->arena, int, list->list.n) : NULL;
    if (list && read_ids(x, scope, list, nodes, err) < 0)
        return err->code;
    a = find_scope(x, scope, err);
    if (!a)
        return err->code;
    if (a->ad_hoc == WR_AD_HOC_CLOSED || a->interrupted)
        return wr_fail(err, WR_ESTATE, "'%.80s' is completing",
                       x->m->nodes[a->node].id);
    if (list && list->list.n && ad_hoc_of(x, a)->sequential && is_busy(a))
        return wr_fail(err, WR_ESTATE,
                       "'%.80s' is sequential: what runs in it has to end"
                       " first",
                       x->m->nodes[a->node].id);
    *out = a;

    return 0;
}

static void
close_scope(struct wr_exec *x, struct wr_activity *a)
{
    a->ad_hoc = WR_AD_HOC_CLOSED;
    a->n_planned = 0;
    wr_emit(x, WR_H_AD_HOC_CLOSED, x->m->nodes[a->node].symbol, a->key, NULL,
            NULL);
    wr_touch(x, a);
}

void
wr_ad_hoc_activate(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_value *list = x->ev->elements;
    size_t n = list ? list->list.n : 0;
    bool sequential = ad_hoc_of(x, a)->sequential;
    struct wr_watch here;

    wr_watch(x, &here, a);
    for (size_t k = 0; k < n && !here.gone; k++) {
        int node = wr_model_node(x->m, list->list.items[k]->string.s);

        if (sequential && k > 0)
            wr_planned_add(x->i, a, node);
        else
            start(x, a, node, x->ev->variables);
    }
    if (wr_unwatch(x, &here) && x->ev->close && a->ad_hoc != WR_AD_HOC_CLOSED)
        close_scope(x, a);
}

/* ---- something completed in it ---- */

/* One that was told to complete can still be made to interrupt what runs. */
static bool
asks(const struct wr_ad_hoc *h, const struct wr_activity *scope)
{
    bool cancels = !h->sequential && h->cancel_remaining;

    return h->condition && (cancels || scope->ad_hoc != WR_AD_HOC_CLOSED);
}

static int
collect(struct wr_exec *x, struct wr_activity *a, const struct wr_ad_hoc *h,
        const struct wr_value **out)
{
    struct wr_var *var = wr_var_find(a, h->output, strlen(h->output), NULL);
    const struct wr_value *old = var ? var->value : NULL, *v, **items;
    size_t n = old && old->type == WR_V_LIST ? old->list.n : 0;
    struct wr_err err;

    if (wr_exec_eval(x, a, h->output_element, &v, &err) < 0) {
        (void)wr_exec_incident(x, "expression", err.text);
        return -1;
    }
    items = wr_newn(x->arena, const struct wr_value *, n + 1);
    for (size_t k = 0; k < n; k++)
        items[k] = old->list.items[k];
    items[n] = v;
    *out = wr_value_list(x->arena, items, n + 1);

    return 0;
}

enum wr_move
wr_ad_hoc_ended(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_activity *scope = a->parent;
    const struct wr_ad_hoc *h = ad_hoc_of(x, scope);
    struct wr_entry e = { 0 };
    int holds = 0;

    if (!h || a->undo || x->m->nodes[a->node].event_sub
        || !wr_kind_is_activity(x->m->nodes[a->node].kind))
        return WR_LEAVE;
    if (h->output) {
        e.key = h->output;
        if (collect(x, a, h, &e.value) < 0)
            return WR_THROW;
    }
    if (asks(h, scope))
        holds = wr_exec_holds(x, a, h->condition, "completion condition",
                              x->m->nodes[scope->node].id);
    if (holds < 0)
        return WR_THROW;
    if (e.value)
        wr_variables_local(x, scope, wr_value_context(x->arena, &e, 1));
    if (scope->ad_hoc == WR_AD_HOC_OPEN)
        scope->ad_hoc = WR_AD_HOC_RAN;
    if (!holds)
        return WR_LEAVE;
    if (scope->ad_hoc != WR_AD_HOC_CLOSED)
        close_scope(x, scope);
    if (h->sequential || !h->cancel_remaining)
        return WR_LEAVE;
    wr_cancel_children(x, scope, a);

    return WR_END;
}

/* ---- it ends ---- */

bool
wr_ad_hoc_is_open(const struct wr_exec *x, const struct wr_activity *a)
{
    const struct wr_ad_hoc *h = ad_hoc_of(x, a);

    if (!h || a->interrupted || a->ad_hoc == WR_AD_HOC_CLOSED)
        return false;

    return a->n_planned || is_busy(a) || !h->auto_complete
           || a->ad_hoc != WR_AD_HOC_RAN;
}

void
wr_ad_hoc_next(struct wr_exec *x, struct wr_activity *a)
{
    if (!a->n_planned || is_busy(a) || a->interrupted)
        return;
    wr_work_add(x->i, a, a->planned[0], -1);
    a->n_planned--;
    for (int k = 0; k < a->n_planned; k++)
        a->planned[k] = a->planned[k + 1];
}

enum wr_move
wr_ad_hoc_leave(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_ad_hoc *h = x->m->nodes[a->node].ad_hoc;
    struct wr_entry e = { .key = h->output };
    struct wr_var *var;

    if (!h->output)
        return WR_LEAVE;
    var = wr_var_find(a, h->output, strlen(h->output), NULL);
    if (var) {
        e.value = var->value;
        wr_variables_write(x, a->parent, wr_value_context(x->arena, &e, 1));
    }

    return WR_LEAVE;
}
