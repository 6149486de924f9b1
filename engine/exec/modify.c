/*
 * modify.c: people move the tokens (SEMANTICS S29).
 *
 * An ordered list of instructions, each a context:
 *
 *     {type: "startBefore", element, viaFlow?, scope?, variables?}
 *     {type: "startAfter",  element, viaFlow?, scope?, variables?}
 *     {type: "startFlow",   flow,              scope?, variables?}
 *     {type: "cancel",      element or token}
 *     {type: "move",        element or token, to, viaFlow?, variables?}
 *
 * Started tokens go to the work list: they run when all instructions were
 * followed, those of a suspended instance when it is resumed.  A scope that is
 * not active is opened, one that was emptied is cancelled.  All or nothing:
 * whoever runs the step drops the instance when an instruction fails.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/exec/exec.h"

enum {
    MAX_INSTRUCTIONS = 1000
};

struct modification {
    struct wr_exec *x;
    const struct wr_value *now; /* the instruction at hand */
    int64_t *emptied;           /* keys of scopes that lost a token */
    int n_emptied, cap_emptied;
};

static const char *
text(const struct modification *m, const char *name)
{
    const struct wr_value *v = wr_value_get(m->now, name);

    return v && v->type == WR_V_STRING ? v->string.s : NULL;
}

static int
missing(const char *name, struct wr_err *err)
{
    return wr_fail(err, WR_EVALUE, "it needs '%s'", name);
}

/* The element that member `name` is the id of. */
static int
node_of(const struct modification *m, const char *name, int *out,
        struct wr_err *err)
{
    const char *id = text(m, name);

    if (!id)
        return missing(name, err);
    *out = wr_model_node(m->x->m, id);
    if (*out < 0)
        return wr_fail(err, WR_ENOTFOUND, "no element '%.80s'", id);

    return 0;
}

static int
flow_of(const struct modification *m, const char *name, int *out,
        struct wr_err *err)
{
    const char *id = text(m, name);

    *out = -1;
    if (!id)
        return 0;
    *out = wr_model_flow(m->x->m, id);
    if (*out < 0)
        return wr_fail(err, WR_ENOTFOUND, "no sequence flow '%.80s'", id);

    return 0;
}

/* ---- starting ---- */

static int
check_start(const struct modification *m, int node, int flow,
            struct wr_err *err)
{
    const struct wr_model *model = m->x->m;
    const struct wr_node *n = &model->nodes[node];

    if (n->compensation || n->handler >= 0
        || (n->event.trigger == WR_TRIGGER_COMPENSATION && n->host >= 0))
        return wr_fail(err, WR_ESTATE,
                       "'%s' undoes what completed: no token starts there",
                       n->id);
    if (n->event_sub)
        return wr_fail(err, WR_ESTATE,
                       "'%s' is started by its event: name an element in it",
                       n->id);
    if (flow >= 0 && model->flows[flow].target != node)
        return wr_fail(err, WR_EVALUE, "flow '%s' does not lead to '%s'",
                       model->flows[flow].id, n->id);
    if (n->join >= 0 && flow < 0)
        return wr_fail(err, WR_EVALUE,
                       "'%s' is a join: 'viaFlow' has to name the flow that"
                       " the token comes by",
                       n->id);

    return 0;
}

/* A token before `node`, come by `flow` or from nowhere (-1). */
static int
start(struct modification *m, int node, int flow, struct wr_activity *near,
      struct wr_err *err)
{
    struct wr_exec *x = m->x;
    const struct wr_value *variables = wr_value_get(m->now, "variables");
    const char *key = text(m, "scope");
    int scope = x->m->nodes[node].scope;
    struct wr_activity *in = NULL;

    if (check_start(m, node, flow, err) < 0)
        return err->code;
    if (variables && variables->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EVALUE, "'variables' are no object");
    if (wr_variables_check(variables, err) < 0)
        return err->code;
    if (wr_scope_for(x, scope, key, near, &in, err) < 0)
        return err->code;
    wr_work_add(x->i, in, node, flow);
    wr_touch(x, in);
    if (variables)
        wr_variables_write(x, in, variables);

    return 0;
}

static int
start_before(struct modification *m, struct wr_err *err)
{
    int node = -1, flow = -1;

    if (node_of(m, "element", &node, err) < 0
        || flow_of(m, "viaFlow", &flow, err) < 0)
        return err->code;

    return start(m, node, flow, NULL, err);
}

/* On its outgoing flow, the one named when there are several. */
static int
start_after(struct modification *m, struct wr_err *err)
{
    const struct wr_model *model = m->x->m;
    const struct wr_node *n;
    int node = -1, flow = -1;

    if (node_of(m, "element", &node, err) < 0
        || flow_of(m, "viaFlow", &flow, err) < 0)
        return err->code;
    n = &model->nodes[node];
    if (n->n_out == 0)
        return wr_fail(err, WR_ESTATE, "no flow leaves '%s'", n->id);
    if (flow < 0 && n->n_out > 1)
        return wr_fail(err, WR_EVALUE,
                       "%d flows leave '%s': 'viaFlow' has to name one",
                       n->n_out, n->id);
    if (flow < 0)
        flow = n->out[0];
    if (model->flows[flow].source != node)
        return wr_fail(err, WR_EVALUE, "flow '%s' does not leave '%s'",
                       model->flows[flow].id, n->id);

    return start(m, model->flows[flow].target, flow, NULL, err);
}

static int
start_flow(struct modification *m, struct wr_err *err)
{
    int flow = -1;

    if (!text(m, "flow"))
        return missing("flow", err);
    if (flow_of(m, "flow", &flow, err) < 0)
        return err->code;

    return start(m, m->x->m->flows[flow].target, flow, NULL, err);
}

/* ---- cancelling ---- */

/* A token: an activity, or one of those queued on a flow in `scope`. */
struct place {
    struct wr_activity *activity, *scope;
    int flow;
};

/* Key of a queued token: see instance.c. */
static bool
find_queued(const struct modification *m, int64_t key, struct place *out)
{
    const struct wr_model *model = m->x->m;
    struct wr_activity *root = m->x->i->root, *a = root;
    int64_t scope = -key >> 32, symbol = (-key & 0xffffffff) >> 12;

    for (; a; a = wr_activity_next(root, a)) {
        for (int k = 0; k < a->n_queues && a->key == scope; k++) {
            if (model->flows[a->queues[k].flow].symbol != symbol)
                continue;
            *out = (struct place){ .scope = a, .flow = a->queues[k].flow };
            return true;
        }
    }

    return false;
}

static int
find_token(const struct modification *m, const char *key, struct place *out,
           struct wr_err *err)
{
    char *end;
    long long n = strtoll(key, &end, 10);

    *out = (struct place){ .flow = -1 };
    if (!*end && n > 0)
        out->activity = wr_activity_by_key(m->x->i, n);
    if (out->activity && out->activity->undo != WR_UNDO_NONE)
        return wr_fail(err, WR_ESTATE, "token %lld is undoing what completed",
                       n);
    if (out->activity)
        out->scope = out->activity->parent;
    else if (*end || n >= 0 || !find_queued(m, n, out))
        return wr_fail(err, WR_ENOTFOUND, "no token '%.40s'", key);

    return 0;
}

/* The first token at the element. */
static bool
find_at(const struct modification *m, int node, struct place *out)
{
    const struct wr_model *model = m->x->m;
    struct wr_activity *root = m->x->i->root, *a = root;

    for (; a; a = wr_activity_next(root, a)) {
        if (a->node == node && a->role != WR_ROLE_ITERATION
            && a->undo == WR_UNDO_NONE) {
            *out = (struct place){ a, a->parent, -1 };
            return true;
        }
        for (int k = 0; k < a->n_queues; k++) {
            if (model->flows[a->queues[k].flow].target != node)
                continue;
            *out = (struct place){ NULL, a, a->queues[k].flow };
            return true;
        }
    }

    return false;
}

static void
emptied(struct modification *m, const struct wr_activity *scope)
{
    int64_t *grown;

    if (m->n_emptied == m->cap_emptied) {
        m->cap_emptied = m->cap_emptied ? 2 * m->cap_emptied : 8;
        grown = wr_newn(m->x->arena, int64_t, (size_t)m->cap_emptied);
        for (int k = 0; k < m->n_emptied; k++)
            grown[k] = m->emptied[k];
        m->emptied = grown;
    }
    m->emptied[m->n_emptied++] = scope->key;
}

static void
cancel(struct modification *m, const struct place *p)
{
    struct wr_exec *x = m->x;

    emptied(m, p->scope);
    wr_touch(x, p->scope);
    if (!p->activity)
        wr_queue_add(x->i, p->scope, p->flow, -1);
    else if (p->activity->role == WR_ROLE_ITERATION)
        wr_run_skip(x, p->activity);
    else
        wr_cancel(x, p->activity);
}

/* Each token the instruction means is taken away; for `to` one starts there. */
static int
take(struct modification *m, int to, int flow, struct wr_err *err)
{
    const char *token = text(m, "token");
    struct place p = { 0 };
    int node = -1, n = 0;

    if (token) {
        if (find_token(m, token, &p, err) < 0
            || (to >= 0 && start(m, to, flow, p.scope, err) < 0))
            return err->code;
        cancel(m, &p);
        return 0;
    }
    if (node_of(m, "element", &node, err) < 0)
        return err->code;
    for (; find_at(m, node, &p); n++) {
        if (to >= 0 && start(m, to, flow, p.scope, err) < 0)
            return err->code;
        cancel(m, &p);
    }
    if (n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no token is at '%s'",
                       m->x->m->nodes[node].id);

    return 0;
}

static int
take_away(struct modification *m, struct wr_err *err)
{
    return take(m, -1, -1, err);
}

static int
move(struct modification *m, struct wr_err *err)
{
    int to = -1, flow = -1;

    if (node_of(m, "to", &to, err) < 0 || flow_of(m, "viaFlow", &flow, err) < 0)
        return err->code;

    return take(m, to, flow, err);
}

/* ---- all of them ---- */

static bool
is_empty(const struct wr_activity *a)
{
    return !a->first && !a->pending && !a->n_queues && !a->n_drawn;
}

/* A scope whose last token went goes, too. */
static void
close_emptied(struct modification *m)
{
    struct wr_exec *x = m->x;

    for (int k = 0; k < m->n_emptied; k++) {
        struct wr_activity *a = wr_activity_by_key(x->i, m->emptied[k]);

        while (a && a->node >= 0 && wr_activity_scope(x->m, a) >= 0
               && is_empty(a)) {
            struct wr_activity *parent = a->parent;
            bool iteration = a->role == WR_ROLE_ITERATION;

            wr_touch(x, parent);
            if (iteration)
                wr_run_skip(x, a);
            else
                wr_cancel(x, a);
            a = iteration ? NULL : parent;
        }
    }
}

static int
follow(struct modification *m, struct wr_err *err)
{
    static const struct {
        const char *type;
        int (*run)(struct modification *m, struct wr_err *err);
    } kinds[] = {
        { "startBefore", start_before },
        { "startAfter", start_after },
        { "startFlow", start_flow },
        { "cancel", take_away },
        { "move", move },
    };
    const char *type = text(m, "type");

    if (!type)
        return missing("type", err);
    for (size_t k = 0; k < WR_COUNT(kinds); k++) {
        if (strcmp(kinds[k].type, type) == 0)
            return kinds[k].run(m, err);
    }

    return wr_fail(err, WR_EVALUE, "'%.40s' is no type of instruction", type);
}

static void
say(struct wr_exec *x)
{
    struct wr_entry data[2] = { { "instructions", x->ev->plan },
                                { "reason", &wr_null } };

    if (x->ev->text)
        data[1].value = wr_value_string(x->arena, x->ev->text);
    wr_emit(x, WR_H_INSTANCE_MODIFIED, 0, 0, NULL,
            wr_value_context(x->arena, data, x->ev->text ? 2 : 1));
}

int
wr_modify(struct wr_exec *x, struct wr_err *err)
{
    const struct wr_value *plan = x->ev->plan;
    struct modification m = { .x = x };

    if (!plan || plan->type != WR_V_LIST || plan->list.n == 0
        || plan->list.n > MAX_INSTRUCTIONS)
        return wr_fail(err, WR_EVALUE, "there must be 1 to %d instructions",
                       MAX_INSTRUCTIONS);
    if (wr_unfit_is(x->i->root)
        || (x->i->root->moment == WR_MOMENT_START
            && wr_listen_pending(x, x->i->root)))
        return wr_fail(err, WR_ESTATE,
                       "the instance has not begun: it waits for what stands at"
                       " its start");
    say(x);
    for (size_t k = 0; k < plan->list.n; k++) {
        m.now = plan->list.items[k];
        if (m.now->type != WR_V_CONTEXT)
            return wr_fail(err, WR_EVALUE, "instruction %zu is no object",
                           k + 1);
        if (follow(&m, err) < 0)
            return wr_wrap(err, "instruction %zu", k + 1);
    }
    close_emptied(&m);
    if (is_empty(x->i->root))
        return wr_fail(err, WR_ESTATE,
                       "no token would be left: cancel the instance instead");

    return 0;
}
