/* sendTask: a job for workers, or a message to who waits for it. */

#include "engine/elements/table.h"

const struct wr_element_ops wr_el_send_task = {
    .enter = wr_throw_enter,
};
