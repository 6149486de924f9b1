/* scriptTask: evaluates an expression; its value is the result variable. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move;

    return wr_exec_handled(x, a, &move) ? move : wr_exec_script(x, a);
}

const struct wr_element_ops wr_el_script_task = {
    .enter = enter,
};
