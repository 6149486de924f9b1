/* serviceTask: a job for workers, or an expression in place. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move;

    if (wr_exec_handled(x, a, &move))
        return move;
    if (wr_exec_node(x, a)->job)
        return wr_job_open(x, a);

    return wr_exec_script(x, a);
}

const struct wr_element_ops wr_el_service_task = {
    .enter = enter,
};
