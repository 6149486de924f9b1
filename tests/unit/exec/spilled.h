/* spilled.h: instances with parts in rows, for tests of the engine. */

#ifndef SPILLED_H
#define SPILLED_H

#include "tests/unit/exec/world.h"

/* {"list": ["item 1000000", ...]} */
const char *spilled_list(struct world *w, int n);
struct wr_event spilled_completing(struct world *w, const struct wr_uuid *task);
/* The task in this row. */
void spilled_complete(struct world *w, int nth);
/* User tasks u for each of list that h compensates, when m is complete. */
extern const char spilled_undone[];

#endif
