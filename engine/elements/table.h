/* table.h: one `struct wr_element_ops` a row of elements.def. */

#ifndef WR_TABLE_H
#define WR_TABLE_H

#include "engine/exec/element.h"

#define WR_ELEMENT(kind, xml, ops) \
    extern const struct wr_element_ops wr_el_##ops;
#include "engine/elements/elements.def"
#undef WR_ELEMENT

#endif
