/* eventBasedGateway: waits for the first of the events behind it (S9). */

#include "engine/elements/table.h"

const struct wr_element_ops wr_el_event_gateway = {
    .enter = wr_branches_open,
};
