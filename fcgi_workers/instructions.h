/* instructions.h: what moves tokens, of modifications, restarts, migrations. */

#ifndef WR_INSTRUCTIONS_H
#define WR_INSTRUCTIONS_H

#include "fcgi_workers/resource.h"

extern const struct wr_object wr_instruction_object;
/* As wr_event.plan of a modification. */
const struct wr_value *wr_instructions(struct wr_arena *a,
                                       const struct wr_objects *in);

/* A plan of migration, as a member of a body; as wr_event.plan, and where to. */
extern const struct wr_object wr_migration_object;
const struct wr_value *wr_migration_plan(struct wr_arena *a, const void *in,
                                         const char **definition);

#endif
