/* intermediateThrowEvent: the none event, a mark on the way. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move;

    return wr_exec_handled(x, a, &move) ? move : WR_LEAVE;
}

const struct wr_element_ops wr_el_intermediate_throw = {
    .enter = enter,
};
