/* models.h: decision models from files, with what they import. */

#ifndef WR_MODELS_H
#define WR_MODELS_H

#include "engine/dmn/dmn.h"

extern const struct wr_xml_limits wr_models_limits;

/* Reads the file, and of the other .dmn files in its folder those it imports,
 * at once or by way of others. */
WR_MUST int wr_models_load(struct wr_arena *a, const char *path,
                           struct wr_findings *findings,
                           const struct wr_dmn **out, struct wr_err *err);
/* Of the .dmn files in the folder of `path`: those that can be read, each by
 * itself. */
WR_MUST int wr_models_beside(struct wr_arena *a, const char *path,
                             const struct wr_dmn ***out, size_t *n,
                             struct wr_err *err);

#endif
