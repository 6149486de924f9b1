/* complexGateway: starts when its condition is true (exec/complex.c, S8). */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    (void)x, (void)a;

    return WR_LEAVE;
}

const struct wr_element_ops wr_el_complex_gateway = {
    .enter = enter,
    .choose = wr_choose_complex,
};
