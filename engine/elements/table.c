/* table.c: the hooks of every element kind, from elements.def. */

#include "engine/elements/table.h"

const struct wr_element_ops *const wr_elements[WR_KINDS] = {
#define WR_ELEMENT(kind, xml, ops) [WR_##kind] = &wr_el_##ops,
#include "engine/elements/elements.def"
#undef WR_ELEMENT
};
