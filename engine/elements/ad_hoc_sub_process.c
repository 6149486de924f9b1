/* adHocSubProcess: a scope whose elements start when somebody says so. */

#include "engine/elements/table.h"

const struct wr_element_ops wr_el_ad_hoc_sub_process = {
    .enter = wr_ad_hoc_open,
    .resume = wr_ad_hoc_leave,
};
