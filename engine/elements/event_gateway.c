/* eventBasedGateway: waits for the first of the events behind it (S9); one that
 * needs all of them hands each to a token of its own. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    return wr_exec_node(x, a)->all_events ? WR_LEAVE : wr_branches_open(x, a);
}

const struct wr_element_ops wr_el_event_gateway = {
    .enter = enter,
    .choose = wr_choose_all,
};
