/* intermediateThrowEvent: a mark on the way, or an escalation. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move;

    if (wr_exec_node(x, a)->event.trigger == WR_TRIGGER_ESCALATION)
        return wr_exec_escalation(x, a);

    return wr_exec_handled(x, a, &move) ? move : WR_LEAVE;
}

const struct wr_element_ops wr_el_intermediate_throw = {
    .enter = enter,
};
