/*
 * run.c: one token through one node, from the flow it came by to the flows it
 * leaves by; work.c decides whose turn it is.
 */

#include <string.h>

#include "engine/exec/spill.h"

void
wr_watch(struct wr_exec *x, struct wr_watch *w, const struct wr_activity *a)
{
    *w = (struct wr_watch){ .of = a, .outer = x->watches };
    x->watches = w;
}

bool
wr_unwatch(struct wr_exec *x, struct wr_watch *w)
{
    x->watches = w->outer;

    return !w->gone;
}

static void
drop(struct wr_exec *x, struct wr_activity *a)
{
    for (struct wr_watch *w = x->watches; w; w = w->outer)
        w->gone = w->gone || w->of == a;
    wr_condition_forget(x, a);
    wr_untouch(x, a);
    wr_touch(x, a->parent);
    if (a->undo == WR_UNDO_HANDLER)
        wr_undo_ended(x, a);
    wr_activity_drop(x->i, a);
}

void
wr_run_drop(struct wr_exec *x, struct wr_activity *a)
{
    drop(x, a);
}

void
wr_run_started(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_entry number = { "loopCounter", a->number };
    const struct wr_value *data = NULL;

    if (a->started || a->node < 0)
        return;
    if (a->role == WR_ROLE_ITERATION)
        data = wr_value_context(x->arena, &number, 1);
    a->started = true;
    wr_activity_key(x->i, a, x->i->next_key++);
    wr_emit(x,
            a->role == WR_ROLE_BODY ? WR_H_LOOP_STARTED : WR_H_ELEMENT_STARTED,
            x->m->nodes[a->node].symbol, a->key, NULL, data);
}

/* It ends as it should: one event when nobody saw it start. */
static void
emit_end(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_history_type type = a->started ? WR_H_ELEMENT_COMPLETED
                                           : WR_H_ELEMENT_PASSED;

    if (a->role == WR_ROLE_BODY)
        type = WR_H_LOOP_COMPLETED;
    wr_emit(x, type, x->m->nodes[a->node].symbol, a->key, NULL, NULL);
}

void
wr_run_end(struct wr_exec *x, struct wr_activity *a)
{
    emit_end(x, a);
    drop(x, a);
}

void
wr_cancel_children(struct wr_exec *x, struct wr_activity *a,
                   const struct wr_activity *except)
{
    struct wr_activity *child;

    if (wr_spill_is_away(a))
        wr_spill_all(x);
    child = a->first;
    while (child) {
        struct wr_activity *next = child->next;

        if (!except || child != except)
            wr_cancel(x, child);
        child = next;
    }
    if (a->pending)
        wr_work_drop(x->i, a);
    a->n_queues = 0;
    a->n_drawn = 0;
}

static void
canceled(struct wr_exec *x, struct wr_activity *a)
{
    bool past;

    wr_wait_close_all(x, a);
    past = wr_undo_is_past(a);
    if (a->undo)
        wr_undo_canceled(x, a);
    wr_log_all(x, &a->log); /* so that no row is left of it */
    if (a->started && !past)
        wr_emit(x,
                a->role == WR_ROLE_BODY ? WR_H_LOOP_CANCELED
                                        : WR_H_ELEMENT_CANCELED,
                x->m->nodes[a->node].symbol, a->key, NULL, NULL);
    drop(x, a);
}

void
wr_cancel(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_activity *outer = x->survivor;
    struct wr_late *rest;
    int node = a->node, late;

    if (!outer)
        x->survivor = wr_interrupted_survivor(x, a->parent);
    wr_cancel_children(x, a, NULL);
    late = wr_interrupted_tell(x, a);
    rest = wr_interrupted_hand_over(x, a);
    canceled(x, a);
    for (; rest; rest = rest->next)
        wr_interrupted_go_on(x, x->survivor, rest->node, rest->late);
    if (late)
        wr_interrupted_go_on(x, x->survivor, node, late);
    x->survivor = outer;
}

void
wr_run_end_instance(struct wr_exec *x, enum wr_instance_state state,
                    enum wr_history_type type, const struct wr_value *data)
{
    if (x->i->reopened.on) {
        wr_reopen_end(x, state, type, data);
        return;
    }
    wr_cut_forget(x);
    (void)wr_transient_end(x);
    x->over = true;
    wr_cancel_children(x, x->i->root, NULL);
    wr_wait_close_all(x, x->i->root);
    x->i->state = state;
    x->i->ended_at = x->ev->now;
    wr_emit(x, type, 0, 0, NULL, data);
    wr_call_over(x);
}

void
wr_run_done(struct wr_exec *x, struct wr_activity *a)
{
    emit_end(x, a);
    wr_wait_close_all(x, a);
    drop(x, a);
}

/* ---- one token through one node ---- */

static void
moved(struct wr_exec *x, struct wr_activity *a, enum wr_move move)
{
    switch (move) {
    case WR_LEAVE:
        wr_run_leave(x, a);
        break;
    case WR_WAIT:
        a->stage = WR_STAGE_ACTIVE;
        wr_run_started(x, a);
        break;
    case WR_END:
        wr_run_done(x, a);
        break;
    case WR_THROW:
        wr_fault_handle(x, a);
        break;
    }
}

/* The end of a phase: what was written may have met a condition; false when that
 * took `a` away. */
static bool
settled(struct wr_exec *x, const struct wr_activity *a)
{
    struct wr_watch w;

    wr_watch(x, &w, a);
    wr_condition_dispatch(x);

    return wr_unwatch(x, &w);
}

/* The listeners of one moment: false when it has to wait or is gone. */
static bool
told(struct wr_exec *x, struct wr_activity *a, enum wr_moment m)
{
    switch (wr_listen(x, a, m)) {
    case WR_LEAVE:
    case WR_END:
        return a->moment != m || settled(x, a);
    case WR_WAIT:
        break;
    case WR_THROW:
        wr_fault_handle(x, a);
        break;
    }

    return false;
}

/* What it takes in; a second time only when that failed. */
static bool
prepared(struct wr_exec *x, struct wr_activity *a)
{
    if (a->moment >= WR_MOMENT_BEFORE_ALL)
        return true;
    if (wr_boundary_arm(x, a) < 0
        || (a->role == WR_ROLE_BODY ? wr_data_in(x, a) < 0
                                    : wr_mapping_in(x, a) < 0)) {
        wr_fault_handle(x, a);
        return false;
    }

    return settled(x, a);
}

/* Is what it does left out?  -1 after wr_exec_incident(). */
static int
is_skipped(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];

    if (!n->skip || !wr_exec_skips(a))
        return 0;

    return wr_exec_holds(x, a, n->skip, "skipExpression", n->id);
}

static enum wr_move
work(struct wr_exec *x, struct wr_activity *a)
{
    int skipped = is_skipped(x, a);

    if (skipped)
        return skipped < 0 ? WR_THROW : WR_LEAVE;

    return wr_elements[x->m->nodes[a->node].kind]->enter(x, a);
}

void
wr_run_enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move;
    struct wr_watch w;

    a->stage = WR_STAGE_ENTER;
    if (!prepared(x, a) || !told(x, a, WR_MOMENT_BEFORE_ALL)
        || !told(x, a, WR_MOMENT_START) || !told(x, a, WR_MOMENT_CREATE))
        return;
    if (a->role == WR_ROLE_BODY) {
        wr_loop_open(x, a);
        return;
    }
    x->current = a;
    wr_watch(x, &w, a);
    move = work(x, a);
    x->current = NULL;
    if (wr_unwatch(x, &w) && settled(x, a))
        moved(x, a, move);
}

void
wr_run_resume(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_element_ops *ops = wr_elements[x->m->nodes[a->node].kind];

    moved(x, a, ops->resume ? ops->resume(x, a) : WR_LEAVE);
}

/* It is not waited for again: the token is born with what came, and leaves. */
void
wr_run_happened(struct wr_exec *x, struct wr_activity *scope, int node,
                int flow, const struct wr_value *result)
{
    struct wr_activity *a = wr_activity_new(x->i, scope, node, flow);

    a->since = x->ev->now;
    if (result)
        a->result = wr_value_copy(x->i->arena, result);
    a->stage = WR_STAGE_ENTER;
    if (!wr_hold_token(x, a))
        wr_run_happens(x, a);
}

void
wr_run_happens(struct wr_exec *x, struct wr_activity *a)
{
    a->stage = WR_STAGE_LEAVE; /* where it stops, should an input fail */
    if (wr_mapping_in(x, a) < 0)
        wr_fault_handle(x, a);
    else
        wr_run_arrived(x, a);
}

void
wr_run_arrived(struct wr_exec *x, struct wr_activity *a)
{
    if (told(x, a, WR_MOMENT_START))
        wr_run_resume(x, a);
}

void
wr_run_branch(struct wr_exec *x, struct wr_activity *a, int node,
              const struct wr_value *result)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    struct wr_activity *scope = a->parent;
    int flow = n->out[0];

    for (int k = 0; k < n->n_out; k++) {
        if (x->m->flows[n->out[k]].target == node)
            flow = n->out[k];
    }
    wr_wait_close_all(x, a);
    emit_end(x, a);
    drop(x, a);
    if (n->n_out > 1)
        wr_emit(x, WR_H_FLOW_TAKEN, x->m->flows[flow].symbol, 0, NULL, NULL);
    wr_run_happened(x, scope, node, flow, result);
}

static bool
async_after(const struct wr_exec *x, const struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];

    return a->role == WR_ROLE_ITERATION ? n->loop->async_after : n->async_after;
}

/* Behind the outputs nothing but its listeners can interrupt the activity any
 * more. */
static bool
finished(struct wr_exec *x, struct wr_activity *a)
{
    if (wr_moment_is_done(a->moment))
        return true;
    if (a->role == WR_ROLE_BODY)
        wr_loop_outputs(x, a);
    if (a->role == WR_ROLE_BODY ? wr_data_out(x, a) < 0
                                : wr_mapping_out(x, a) < 0) {
        wr_fault_handle(x, a);
        return false;
    }
    a->result = NULL;
    wr_wait_close_all(x, a);

    return settled(x, a);
}

void
wr_run_leave(struct wr_exec *x, struct wr_activity *a)
{
    a->stage = WR_STAGE_LEAVE;
    wr_touch(x, a->parent); /* joins see what it can still come to */
    if (!finished(x, a) || !told(x, a, WR_MOMENT_COMPLETE)
        || !told(x, a, WR_MOMENT_END))
        return;
    wr_undo_log(x, a);
    if (async_after(x, a)) {
        a->stage = WR_STAGE_AFTER;
        wr_variables_tell(x, a);
        wr_job_async(x, a);
        return;
    }
    wr_run_out(x, a);
}

bool
wr_run_chooses(const struct wr_model *m, const struct wr_node *n)
{
    if (n->n_out < 2 || n->kind == WR_PARALLEL_GATEWAY)
        return false;
    if (n->default_flow >= 0 || n->kind == WR_EXCLUSIVE_GATEWAY)
        return true;
    for (int k = 0; k < n->n_out; k++) {
        if (m->flows[n->out[k]].condition || m->flows[n->out[k]].skip)
            return true;
    }

    return false;
}

static void
take(struct wr_exec *x, struct wr_activity *a, const int *flows, int n_flows)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    struct wr_activity *scope = a->parent;
    bool record = wr_run_chooses(x->m, n);

    wr_run_end(x, a);
    for (int k = 0; k < n_flows; k++) {
        const struct wr_flow *f = &x->m->flows[flows[k]];

        if (record)
            wr_emit(x, WR_H_FLOW_TAKEN, f->symbol, 0, NULL, NULL);
        for (int q = 0; q < n->completion_quantity; q++)
            wr_work_add(x->i, scope, f->target, flows[k]);
    }
}

void
wr_run_out(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    const struct wr_element_ops *ops = wr_elements[n->kind];
    enum wr_move move;
    int *flows, n_flows;

    if (a->role == WR_ROLE_ITERATION) {
        wr_loop_ended(x, a);
        return;
    }
    a->stage = WR_STAGE_OUT;
    flows = wr_newn(x->arena, int, (size_t)n->n_out);
    n_flows = ops->choose ? ops->choose(x, a, flows)
                          : wr_choose_true(x, a, flows);
    move = n_flows < 0 ? WR_THROW : wr_ad_hoc_ended(x, a);
    if (move == WR_THROW)
        wr_fault_handle(x, a);
    else if (move == WR_END) /* and the scope around it completes */
        wr_run_end(x, a);
    else
        take(x, a, flows, n_flows);
}

/* Work inside this process that has effects outside gets a commit of its own
 * first (S2).  FEEL, routing and work for others need none. */
static bool
async_before(const struct wr_exec *x, const struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];

    if (a->role == WR_ROLE_BODY)
        return n->async_before;
    if (a->role == WR_ROLE_ITERATION ? n->loop->async_before : n->async_before)
        return true;

    return x->s->auto_async && x->s->handler && !n->job && !n->decision
           && (n->kind == WR_SERVICE_TASK || n->kind == WR_BUSINESS_RULE_TASK);
}

static void
before(struct wr_exec *x, struct wr_activity *a)
{
    a->stage = WR_STAGE_BEFORE;
    if (x->m->nodes[a->node].join < 0 && wr_boundary_arm(x, a) < 0) {
        wr_fault_handle(x, a);
        return;
    }
    if (settled(x, a))
        wr_job_async(x, a);
}

static void
begin(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_activity *scope = a->parent;
    int node = a->node, flow = a->flow;

    if (x->m->nodes[node].join < 0 || flow < 0) {
        wr_run_enter(x, a);
        return;
    }
    /* The token waits on its flow, not in the gateway. */
    if (a->started)
        emit_end(x, a);
    drop(x, a);
    wr_join_arrive(x, scope, node, flow);
}

/* Who is told of the flow it came by is told before it begins. */
static bool
taken(struct wr_exec *x, struct wr_activity *a)
{
    if (a->flow < 0 || !x->m->flows[a->flow].listeners.n)
        return true;
    a->stage = WR_STAGE_BEFORE;

    return told(x, a, WR_MOMENT_TAKE);
}

void
wr_run_start(struct wr_exec *x, struct wr_activity *a)
{
    a->stage = WR_STAGE_BEFORE;
    if (wr_hold_token(x, a))
        return;
    if (!taken(x, a))
        return;
    if (async_before(x, a))
        before(x, a);
    else
        begin(x, a);
}

void
wr_run_spawn(struct wr_exec *x, struct wr_activity *scope, int node, int flow,
             const struct wr_value *result)
{
    struct wr_activity *a;

    if (scope->role == WR_ROLE_BODY) {
        wr_loop_iterate(x, scope);
        return;
    }
    if (!wr_quantity_reached(x, scope, node, flow))
        return;
    a = wr_activity_new(x->i, scope, node, flow);
    a->role = x->m->nodes[node].loop ? WR_ROLE_BODY : WR_ROLE_PLAIN;
    a->since = x->ev->now;
    if (result)
        a->result = wr_value_copy(x->i->arena, result);
    wr_run_start(x, a);
}

void
wr_run_again(struct wr_exec *x, struct wr_activity *a)
{
    switch (a->stage) {
    case WR_STAGE_BEFORE:
        begin(x, a);
        break;
    case WR_STAGE_ENTER:
        wr_run_enter(x, a);
        break;
    case WR_STAGE_ACTIVE:
        wr_touch(x, a); /* compensating: what it stopped at comes again */
        break;
    case WR_STAGE_LEAVE:
        wr_run_leave(x, a);
        break;
    case WR_STAGE_AFTER:
    case WR_STAGE_OUT:
        wr_run_out(x, a);
        break;
    }
}

void
wr_run_retry(struct wr_exec *x, struct wr_activity *a)
{
    if (a->stage == WR_STAGE_BEFORE)
        before(x, a);
    else
        wr_run_again(x, a);
}

bool
wr_run_skippable(const struct wr_exec *x, const struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];

    return a->role == WR_ROLE_ITERATION || a->stage != WR_STAGE_OUT
           || n->default_flow >= 0 || n->n_out == 1;
}

void
wr_run_skip(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = &x->m->nodes[a->node];
    int flow = n->default_flow;

    if (a->undo == WR_UNDO_CALL) {
        wr_undo_over(x, a);
        return;
    }
    wr_cancel_children(x, a, NULL);
    wr_wait_close_all(x, a);
    a->result = NULL;
    if (a->stage == WR_STAGE_BEFORE && n->join >= 0) {
        begin(x, a); /* its async job is skipped, not the join */
        return;
    }
    if (a->stage != WR_STAGE_OUT) {
        if (a->stage < WR_STAGE_AFTER)
            wr_undo_log(x, a);
        wr_run_out(x, a);
        return;
    }
    if (a->role == WR_ROLE_ITERATION) {
        wr_loop_skip(x, a);
        return;
    }
    if (flow < 0)
        flow = n->out[0];
    take(x, a, &flow, 1);
}
