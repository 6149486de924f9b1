/* boundaryEvent: it fired (exec/boundary.c); the token leaves. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    (void)x, (void)a;

    return WR_LEAVE;
}

const struct wr_element_ops wr_el_boundary_event = {
    .enter = enter,
};
