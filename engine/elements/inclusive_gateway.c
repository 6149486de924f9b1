/* inclusiveGateway: leaves by every true flow; joining is exec/join.c (S7). */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    (void)x, (void)a;

    return WR_LEAVE;
}

const struct wr_element_ops wr_el_inclusive_gateway = {
    .enter = enter,
    .choose = wr_choose_true,
};
