/* intermediateCatchEvent: waits for what it says; a link has come already. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_trigger trigger = wr_exec_node(x, a)->event.trigger;

    return trigger == WR_TRIGGER_LINK ? WR_LEAVE : wr_catch_open(x, a);
}

const struct wr_element_ops wr_el_intermediate_catch = {
    .enter = enter,
};
