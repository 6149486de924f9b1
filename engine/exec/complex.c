/*
 * complex.c: the complex gateway (SEMANTICS S8; BPMN 2.0.2, table 13.5).
 *
 * It starts when, at the arrival of a token, its activation condition is true:
 * it takes one token from each flow that has one, remembers those flows as drawn
 * and sends tokens out.  From then on it waits for reset: as soon as no token can
 * come any more by a flow it has neither drawn nor a token on, it takes what came
 * by the others, may send tokens once more, and is back at its start.
 *
 * Its conditions see `waitingForStart`, `activationCount` (tokens on all its
 * flows) and, by the id of each incoming flow, {activationCount: n}.
 */

#include "engine/exec/exec.h"

static bool
has_drawn(const struct wr_node *n, const struct wr_activity *scope)
{
    for (int k = 0; k < n->n_in; k++) {
        if (wr_drawn_has(scope, n->in[k]))
            return true;
    }

    return false;
}

static const struct wr_value *
count(struct wr_exec *x, int64_t n)
{
    return wr_value_number(x->arena, wr_decimal_from_int(n));
}

/* What its conditions may ask for, as variables of its activity alone. */
static void
show(struct wr_exec *x, struct wr_activity *a, bool starts)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    int64_t all = 0;

    for (int k = 0; k < n->n_in; k++) {
        int64_t tokens = wr_queue_count(a->parent, n->in[k]);
        struct wr_entry e = { "activationCount", count(x, tokens) };

        wr_variables_put(x, a, x->m->flows[n->in[k]].id,
                         wr_value_context(x->arena, &e, 1));
        all += tokens;
    }
    wr_variables_put(x, a, "activationCount", count(x, all));
    wr_variables_put(x, a, "waitingForStart", wr_value_bool(starts));
}

static struct wr_activity *
token_in(struct wr_exec *x, struct wr_activity *scope, int node, bool starts)
{
    struct wr_activity *a = wr_activity_new(x->i, scope, node, -1);

    a->since = x->ev->now;
    show(x, a, starts);

    return a;
}

/* true or false; -1: there is an incident now. */
static int
is_activated(struct wr_exec *x, struct wr_activity *scope, int node)
{
    const struct wr_node *n = &x->m->nodes[node];
    struct wr_activity *a = token_in(x, scope, node, /* starts= */ true);
    int yes = wr_exec_holds(x, a, n->activation, "activation condition", n->id);
    struct wr_fault f = x->fault;

    wr_activity_drop(x->i, a);
    if (yes < 0) {
        x->fault = (struct wr_fault){ 0 };
        wr_incident_open(x, scope, node, f.type, f.message, NULL);
    }

    return yes;
}

void
wr_complex_start(struct wr_exec *x, struct wr_activity *scope, int node)
{
    const struct wr_node *n = &x->m->nodes[node];
    struct wr_activity *a = token_in(x, scope, node, /* starts= */ true);

    for (int k = 0; k < n->n_in; k++) {
        if (!wr_queue_count(scope, n->in[k]))
            continue;
        wr_queue_add(x->i, scope, n->in[k], -1);
        if (!wr_drawn_has(scope, n->in[k]))
            wr_drawn_add(x->i, scope, n->in[k]);
    }
    wr_touch(x, scope);
    wr_run_enter(x, a);
}

static bool
is_marked(const struct wr_node *n, const struct wr_activity *scope)
{
    for (int k = 0; k < n->n_in; k++) {
        if (wr_queue_count(scope, n->in[k]))
            return true;
    }

    return false;
}

/* An incident of its condition stands until it is resolved. */
static bool
is_stopped(const struct wr_activity *scope, int node)
{
    for (const struct wr_wait *w = scope->waits; w; w = w->next) {
        if (w->kind == WR_WAIT_INCIDENT && w->node == node)
            return true;
    }

    return false;
}

void
wr_complex_look(struct wr_exec *x, struct wr_activity *scope, int node)
{
    const struct wr_node *n = &x->m->nodes[node];

    if (!has_drawn(n, scope) && is_marked(n, scope) && !is_stopped(scope, node)
        && is_activated(x, scope, node) > 0)
        wr_complex_start(x, scope, node);
}

bool
wr_complex_resets(const struct wr_model *m, const struct wr_activity *scope,
                  int join)
{
    return has_drawn(&m->nodes[m->joins[join].node], scope)
           && wr_join_enabled(m, scope, join);
}

void
wr_complex_reset(struct wr_exec *x, struct wr_activity *scope, int node)
{
    const struct wr_node *n = &x->m->nodes[node];
    struct wr_activity *a = token_in(x, scope, node, /* starts= */ false);

    for (int k = 0; k < n->n_in; k++) {
        int flow = n->in[k];

        if (!wr_drawn_has(scope, flow) && wr_queue_count(scope, flow))
            wr_queue_add(x->i, scope, flow, -1);
        wr_drawn_remove(scope, flow);
    }
    wr_touch(x, scope);
    wr_run_out(x, a);
    wr_complex_look(x, scope, node); /* tokens of the next round are there */
}

static bool
is_resetting(struct wr_activity *a)
{
    const char name[] = "waitingForStart";
    struct wr_activity *holder;
    const struct wr_var *v = wr_var_find(a, name, sizeof(name) - 1, &holder);

    return v && holder == a && !v->value->boolean;
}

/* A flow without condition is for the start: the reset has nothing of its own to
 * say there, and need not send anything at all. */
int
wr_choose_complex(struct wr_exec *x, struct wr_activity *a, int *out)
{
    const struct wr_node *n = wr_exec_node(x, a);
    int n_flows = 0;

    if (!is_resetting(a))
        return wr_choose_true(x, a, out);
    for (int k = 0; k < n->n_out; k++) {
        const struct wr_flow *f = &x->m->flows[n->out[k]];
        int yes = f->condition ? wr_exec_test(x, a, f) : 0;

        if (yes < 0)
            return -1;
        if (yes)
            out[n_flows++] = n->out[k];
    }

    return n_flows;
}
