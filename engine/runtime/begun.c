/*
 * begun: starts that need several events (BPMN 2.0.2, 10.5.2, 10.6.6).
 *
 * A parallel multiple start event, or a parallel event-based gateway, begins an
 * instance with its first event; that instance waits for the others.  A signal
 * it waits for is for it, and begins no further one.
 */
#include "engine/runtime/slot.h"

static bool
needs_all(const struct wr_model *m, int node)
{
    const struct wr_node *n = &m->nodes[node];

    if (n->kind == WR_START_EVENT)
        return n->event.trigger == WR_TRIGGER_PARALLEL_MULTIPLE;
    for (int k = 0; k < n->n_in; k++) {
        if (m->nodes[m->flows[n->in[k]].source].all_events)
            return true;
    }

    return false;
}

static int
is_such_a_start(struct wr_runtime *rt, const struct wr_subscription_row *start,
                bool *out, struct wr_err *err)
{
    const struct wr_definition *d;
    int node;

    if (wr_definition_by_id(rt, &start->definition, start->tenant, &d, err) < 0)
        return err->code;
    node = wr_model_node_of(d->model, start->element);
    *out = node >= 0 && needs_all(d->model, node);
    wr_definition_unref(d);

    return 0;
}

int
wr_start_is_begun(struct wr_runtime *rt,
                  const struct wr_subscription_row *start, struct wr_arena *a,
                  bool *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .tenant = start->tenant,
                          .name = start->name,
                          .state = -1,
                          .subscription = 1 + start->type };
    struct wr_rows rows;
    bool such = false;

    *out = false;
    if (is_such_a_start(rt, start, &such, err) < 0)
        return err->code;
    while (such && !*out) {
        if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
            return err->code;
        for (size_t i = 0; i < rows.n; i++) {
            const struct wr_subscription_row *s = &rows.subscriptions[i];

            *out = *out
                   || (!wr_uuid_is_zero(&s->instance)
                       && s->element == start->element
                       && wr_uuid_equal(&s->definition, &start->definition));
        }
        q.cursor = rows.next;
        such = rows.next != NULL;
    }

    return 0;
}
