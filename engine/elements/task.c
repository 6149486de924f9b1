/* task, manualTask: nothing to do here (BPMN 2.0.2, 13.3.3). */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    (void)x, (void)a;

    return WR_LEAVE;
}

const struct wr_element_ops wr_el_task = {
    .enter = enter,
};
