/*
 * diagram.h: the drawing of a BPMN file (BPMN DI) as SVG.
 *
 * Every shape and edge is a group with data-element="ID", so that whoever shows
 * the picture can mark where tokens are.  No script, no outside reference.
 */

#ifndef WR_DIAGRAM_H
#define WR_DIAGRAM_H

#include "engine/base/arena.h"
#include "engine/base/err.h"
#include "engine/base/str.h"

/*
 * Append to `out` the diagram that shows process `process` (NULL: the first of
 * the file), everything in arena `a`.  WR_EPARSE for malformed XML, WR_ENOTFOUND
 * when the file draws nothing of it.
 */
WR_MUST int wr_diagram_svg(struct wr_arena *a, const void *bytes, size_t len,
                           const char *process, struct wr_str *out,
                           struct wr_err *err);

#endif
