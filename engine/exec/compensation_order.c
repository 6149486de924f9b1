/*
 * compensation_order.c: what of a log can be compensated now (SEMANTICS S21).
 *
 * Strictly one after the other, the latest first.  Where the event asks for
 * parallel compensation what no flow puts in order may run at once: an entry is
 * ready when no later one is left to which a way leads from its activity.  Where
 * Camunda 7 is imitated all of them are ready.
 *
 * All that is ready is found in one walk and handed out one by one.
 */

#include "engine/exec/exec.h"

struct order {
    const struct wr_model *m;
    bool *before; /* nodes from which a way leads to a later entry */
    int *stack;
    int top;
};

void
wr_undo_look_again(struct wr_activity *d)
{
    d->ready = NULL;
    d->looked = false;
}

/* Iterations that ran side by side are undone so, too. */
bool
wr_undo_is_parallel(const struct wr_exec *x, const struct wr_activity *d)
{
    while (d->parent && !wr_undo_is_event(d))
        d = d->parent;

    return d->parent ? x->m->nodes[d->node].undo_parallel
                     : x->i->reopened.parallel;
}

static void
push(struct order *o, int node)
{
    if (o->before[node])
        return;
    o->before[node] = true;
    o->stack[o->top++] = node;
}

static void
mark(struct order *o, int node)
{
    push(o, node);
    while (o->top > 0) {
        const struct wr_node *n = &o->m->nodes[o->stack[--o->top]];

        for (int k = 0; k < n->n_in; k++)
            push(o, o->m->flows[n->in[k]].source);
        if (n->host >= 0)
            push(o, n->host);
    }
}

/* No flow says when an event sub-process or what is in another scope ran. */
static bool
is_apart(const struct wr_exec *x, const struct wr_activity *d,
         const struct wr_log_entry *e)
{
    const struct wr_node *nodes = x->m->nodes;

    return nodes[e->node].event_sub
           || nodes[e->node].scope != nodes[d->log->node].scope;
}

static void
find_unordered(struct wr_exec *x, struct wr_activity *d,
               struct wr_log_entry **end)
{
    struct order o = {
        .m = x->m,
        .before = wr_newn(x->arena, bool, (size_t)x->m->n_nodes),
        .stack = wr_newn(x->arena, int, (size_t)x->m->n_nodes),
    };

    for (struct wr_log_entry *e = d->log; e; e = e->next) {
        bool apart = is_apart(x, d, e);

        if (apart && e != d->log)
            break;
        if (!o.before[e->node] && !e->handler) {
            *end = e;
            end = &e->next_ready;
        }
        if (apart)
            break;
        mark(&o, e->node);
    }
    *end = NULL;
}

static void
find_all(struct wr_activity *d, struct wr_log_entry **end)
{
    for (struct wr_log_entry *e = d->log; e; e = e->next) {
        if (e->handler)
            continue;
        *end = e;
        end = &e->next_ready;
    }
    *end = NULL;
}

static bool
are_iterations(const struct wr_exec *x, const struct wr_activity *d)
{
    return d->undo == WR_UNDO_BODY
           && x->m->nodes[d->node].loop->kind == WR_LOOP_PARALLEL;
}

struct wr_log_entry *
wr_undo_next(struct wr_exec *x, struct wr_activity *d)
{
    if (d->ready || d->looked)
        return d->ready;
    d->looked = true;
    if (x->s->compat || wr_undo_is_parallel(x, d))
        wr_log_all(x, &d->log);
    wr_log_here(x, &d->log);
    if (x->s->compat) {
        find_all(d, &d->ready);
    } else if (!wr_undo_is_parallel(x, d)) {
        d->ready = d->log && !d->log->handler ? d->log : NULL;
        if (d->ready)
            d->ready->next_ready = NULL;
    } else if (are_iterations(x, d)) {
        find_all(d, &d->ready);
    } else {
        find_unordered(x, d, &d->ready);
    }

    return d->ready;
}
