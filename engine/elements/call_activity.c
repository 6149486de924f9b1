/* callActivity: another process runs in its place, as an instance of its own. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move;

    return wr_exec_handled(x, a, &move) ? move : wr_call_open(x, a);
}

const struct wr_element_ops wr_el_call_activity = {
    .enter = enter,
};
