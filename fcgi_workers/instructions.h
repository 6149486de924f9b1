/* instructions.h: what moves tokens, of modifications and restarts. */

#ifndef WR_INSTRUCTIONS_H
#define WR_INSTRUCTIONS_H

#include "fcgi_workers/resource.h"

extern const struct wr_object wr_instruction_object;
/* As wr_event.plan of a modification. */
const struct wr_value *wr_instructions(struct wr_arena *a,
                                       const struct wr_objects *in);

#endif
