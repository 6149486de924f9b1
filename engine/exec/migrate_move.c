/* migrate_move.c: every index in the state becomes one of the other model. */

#include <string.h>

#include "engine/exec/migrate.h"

static void
move_queues(struct wr_migrate *g, struct wr_activity *a)
{
    int n = a->n_queues;
    struct wr_queue *old = wr_newn(g->x->arena, struct wr_queue, (size_t)n);

    for (int k = 0; k < n; k++)
        old[k] = a->queues[k];
    a->n_queues = 0;
    for (int k = 0; k < n; k++) /* they are in order of the flows */
        wr_queue_add(g->x->i, a, g->flows[old[k].flow], old[k].n);
}

/* As deep as sub-processes nest. */
static void
move_log(struct wr_migrate *g, struct wr_log_entry *e)
{
    for (; e; e = e->next) {
        e->node = g->nodes[e->node];
        move_log(g, e->log);
    }
}

/* What iterations give is collected as the new model says. */
static void
move_loop(struct wr_migrate *g, struct wr_activity *a)
{
    struct wr_iterations *its = a->loop;
    const struct wr_loop *l = its ? g->to->nodes[g->nodes[a->node]].loop : NULL;

    if (!l || l->output)
        return;
    its->n_outputs = 0;
    its->log.len = 0;
}

/* Does the loop itself give an iteration the variable `name`? */
static bool
is_own(const struct wr_loop *l, const char *name)
{
    const char *const own[] = { l->counter, l->element, l->output_item };

    for (size_t k = 0; k < WR_COUNT(own); k++) {
        if (own[k] && strcmp(own[k], name) == 0)
            return true;
    }

    return false;
}

/* What was told by the loop that the iteration was of is told by the history
 * now. */
static void
tell_names(struct wr_migrate *g, const struct wr_activity *a,
           const struct wr_loop *from, const struct wr_loop *to)
{
    for (int k = 0; k < a->n_vars && a->key; k++) {
        struct wr_entry e = { a->vars[k].name, a->vars[k].value };

        if (!is_own(from, e.key) || is_own(to, e.key))
            continue;
        wr_emit(g->x, WR_H_VARIABLE_SET, g->to->nodes[g->nodes[a->node]].symbol,
                a->key, NULL, wr_value_context(g->x->arena, &e, 1));
    }
}

/* An iteration keeps its variables, its number included, from wherever others
 * count, and has those of the other loop besides. */
static void
move_iteration(struct wr_migrate *g, struct wr_activity *a)
{
    const struct wr_loop *from = g->from->nodes[a->node].loop;
    const struct wr_loop *to = g->to->nodes[g->nodes[a->node]].loop;
    const struct wr_value *number = a->number;
    unsigned missing = 0;

    if (a->role != WR_ROLE_ITERATION)
        return;
    for (int k = 0; k < a->n_vars && from->base != to->base; k++) {
        if (a->vars[k].value == number)
            a->vars[k].value = wr_value_copy(g->x->i->arena, number);
    }
    tell_names(g, a, from, to);
    if (!is_own(from, to->counter))
        missing |= WR_OWN_NUMBER;
    if (to->element && !is_own(from, to->element))
        missing |= WR_OWN_ELEMENT;
    if (to->output_item && !is_own(from, to->output_item))
        missing |= WR_OWN_OUTPUT;
    if (missing || from->base != to->base)
        wr_loop_locals(g->x->i, to, a, missing);
}

static void
move(struct wr_migrate *g, struct wr_activity *a)
{
    move_queues(g, a);
    for (int k = 0; k < a->n_drawn; k++)
        a->drawn[k] = g->flows[a->drawn[k]];
    for (int k = 0; k < a->n_planned; k++)
        a->planned[k] = g->nodes[a->planned[k]];
    move_log(g, a->log);
    for (struct wr_wait *w = a->waits; w; w = w->next)
        w->node = g->nodes[w->node];
    if (a->flow >= 0)
        a->flow = g->flows[a->flow];
    if (a->start >= 0)
        a->start = g->nodes[a->start];
    if (a->moment) /* all listeners of that moment, however many are there */
        a->heard = INT32_MAX;
    if (a->node < 0)
        return;
    move_loop(g, a);
    move_iteration(g, a);
    a->node = g->nodes[a->node];
}

void
wr_migrate_move(struct wr_migrate *g)
{
    struct wr_instance *i = g->x->i;

    for (struct wr_activity *a = i->root; a; a = wr_activity_next(i->root, a))
        move(g, a);
    for (struct wr_work *w = i->work; w; w = w->next) {
        w->node = g->nodes[w->node];
        if (w->flow >= 0)
            w->flow = g->flows[w->flow];
    }
    i->definition = g->x->ev->to.id;
    g->x->m = g->to;
    g->x->s->model = g->to;
}
