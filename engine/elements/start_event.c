/* startEvent: a token is born and leaves, when all that starts it has come. */

#include "engine/elements/table.h"

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    return wr_catch_rest(x, a);
}

const struct wr_element_ops wr_el_start_event = {
    .enter = enter,
};
