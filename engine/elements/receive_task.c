/* receiveTask: waits for a message. */

#include "engine/elements/table.h"

const struct wr_element_ops wr_el_receive_task = {
    .enter = wr_catch_open,
};
