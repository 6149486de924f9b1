/* gateway.c: an event-based gateway leads to what waits (SEMANTICS S9). */

#include "engine/model/build.h"

static bool
waits(struct wr_build *b, int node)
{
    enum wr_kind kind = b->nodes[node].kind;

    return kind == WR_RECEIVE_TASK
           || (kind == WR_INTERMEDIATE_CATCH && !wr_link_is_target(b, node));
}

/* One event ends the choice: there is nothing to wait for several times. */
static bool
repeats(const struct wr_xml *e)
{
    for (const struct wr_xml *c = e->first; c; c = c->next) {
        if (c->ns == WR_NS_BPMN && (c->is & WR_IS_LOOP))
            return true;
    }

    return false;
}

void
wr_build_event_gateway(struct wr_build *b, struct wr_node *n,
                       const struct wr_xml *e)
{
    for (int i = 0; i < n->n_out; i++) {
        int target = b->flows[n->out[i]].target;

        if (target >= 0 && !waits(b, target))
            wr_build_found(b, WR_F_BAD_EVENT_GATEWAY, e,
                           "'%s' leads to '%s', which waits for no event",
                           n->id, b->nodes[target].id);
        else if (target >= 0 && repeats(b->node_xml[target]))
            wr_build_found(b, WR_F_BAD_EVENT_GATEWAY, e,
                           "'%s' leads to '%s', which runs several times: put"
                           " the loop around a sub-process with both",
                           n->id, b->nodes[target].id);
    }
    if (n->n_out == 0)
        wr_build_found(b, WR_F_BAD_EVENT_GATEWAY, e, "'%s' leads to no event",
                       n->id);
}
