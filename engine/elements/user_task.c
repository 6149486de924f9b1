/* userTask: waits until a person completes the task. */

#include "engine/elements/table.h"

const struct wr_element_ops wr_el_user_task = {
    .enter = wr_task_open,
};
