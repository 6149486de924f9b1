/* subProcess: a scope of its own; completes when it ran empty. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    wr_scope_open(x, a);

    return WR_WAIT;
}

const struct wr_element_ops wr_el_sub_process = {
    .enter = enter,
};
