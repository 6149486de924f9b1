/* exclusiveGateway: one token leaves by the first true flow (S5). */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    (void)x, (void)a;

    return WR_LEAVE;
}

const struct wr_element_ops wr_el_exclusive_gateway = {
    .enter = enter,
    .choose = wr_choose_first,
};
