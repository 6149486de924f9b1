/* kinds.h: which jobs are scripts; their elements are asked of a slot, once. */

#ifndef WR_KINDS_H
#define WR_KINDS_H

#include "scheduler/post.h"

struct wr_kinds;

struct wr_kinds *wr_kinds_new(void);
void wr_kinds_free(struct wr_kinds *k);
/* Sets the lane of jobs.  While no slot answers they are services. */
void wr_kinds_tell(struct wr_kinds *k, const struct wr_poster *p,
                   struct wr_due_item *items, size_t n);

#endif
