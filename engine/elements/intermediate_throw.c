/* intermediateThrowEvent: a mark on the way, or what it throws. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = wr_exec_node(x, a);
    bool undoes = wr_node_event(n, WR_TRIGGER_COMPENSATION);
    enum wr_move move = undoes && n->n_parts ? wr_throw_all(x, a) : WR_LEAVE;

    if (move != WR_LEAVE)
        return move;
    if (n->event.trigger == WR_TRIGGER_ESCALATION)
        return wr_exec_escalation(x, a);
    if (undoes)
        return wr_compensate(x, a);

    return wr_throw_enter(x, a);
}

const struct wr_element_ops wr_el_intermediate_throw = {
    .enter = enter,
};
