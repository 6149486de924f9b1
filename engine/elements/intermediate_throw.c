/* intermediateThrowEvent: a mark, an escalation, or compensation. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move;

    if (wr_exec_node(x, a)->event.trigger == WR_TRIGGER_ESCALATION)
        return wr_exec_escalation(x, a);
    if (wr_node_event(wr_exec_node(x, a), WR_TRIGGER_COMPENSATION))
        return wr_compensate(x, a);

    return wr_exec_handled(x, a, &move) ? move : WR_LEAVE;
}

const struct wr_element_ops wr_el_intermediate_throw = {
    .enter = enter,
};
