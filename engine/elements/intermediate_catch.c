/* intermediateCatchEvent: waits for a timer or a message. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    switch (wr_exec_node(x, a)->event.trigger) {
    case WR_TRIGGER_TIMER:
        return wr_timer_open(x, a);
    case WR_TRIGGER_MESSAGE:
        return wr_message_open(x, a);
    case WR_TRIGGER_NONE:
    case WR_TRIGGER_ERROR:
    case WR_TRIGGER_TERMINATE:
    case WR_TRIGGER_SIGNAL:
    case WR_TRIGGER_ESCALATION:
    case WR_TRIGGER_CONDITIONAL:
    case WR_TRIGGER_COMPENSATION:
    case WR_TRIGGER_CANCEL:
    case WR_TRIGGER_LINK:
    case WR_TRIGGER_MULTIPLE:
    case WR_TRIGGER_PARALLEL_MULTIPLE:
    case WR_TRIGGERS:
        break;
    }

    return WR_LEAVE;
}

const struct wr_element_ops wr_el_intermediate_catch = {
    .enter = enter,
};
