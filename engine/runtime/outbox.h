/* outbox.h: what the files of the outbox share; private to this folder. */

#ifndef WR_OUTBOX_H
#define WR_OUTBOX_H

#include "engine/runtime/slot.h"

enum {
    WR_GRACE_MS = 10000 /* to who made a row, before others try */
};

/* Do what a row owes, and count what was reached (outbox.c).  What fails stays
 * in the store. */
int wr_outbox_settle(struct wr_runtime *rt, const struct wr_outbox_row *row,
                     struct wr_arena *a, int *n_done, struct wr_err *err);
/* Rows of kind DELIVER and START, in one batch as far as they fit. */
WR_MUST int wr_outbox_run(struct wr_runtime *rt,
                          const struct wr_outbox_row *rows, size_t n,
                          struct wr_arena *a, int *n_done, struct wr_err *err);
/* A row of kind SIGNAL (outbox_signal.c). */
WR_MUST int wr_outbox_spread(struct wr_runtime *rt,
                             const struct wr_outbox_row *row,
                             struct wr_arena *a, int *n_done,
                             struct wr_err *err);
/* It cannot happen any more: who waited is gone, or cannot take it. */
bool wr_outbox_is_gone(int code);
/* The row goes, unless somebody else did something to it. */
WR_MUST int wr_outbox_drop(struct wr_runtime *rt,
                           const struct wr_outbox_row *row, struct wr_err *err);
/* The command that a row of kind DELIVER or START is. */
WR_MUST int wr_outbox_command(struct wr_runtime *rt,
                              const struct wr_outbox_row *row,
                              struct wr_arena *a, struct wr_command *out,
                              struct wr_err *err);
/* Its variables; NULL: none. */
WR_MUST int wr_outbox_payload(const struct wr_outbox_row *row,
                              struct wr_arena *a, const struct wr_value **out,
                              struct wr_err *err);
/* A row of kind ITEM (batch.c). */
WR_MUST int wr_batch_item(struct wr_runtime *rt,
                          const struct wr_outbox_row *row, struct wr_arena *a,
                          int *n_done, struct wr_err *err);
/* It cannot be done, for this reason. */
WR_MUST int wr_batch_item_failed(struct wr_runtime *rt,
                                 const struct wr_outbox_row *row,
                                 const struct wr_err *why, struct wr_err *err);
/* Look at it again as soon as somebody waits for its name (owed.c). */
void wr_outbox_park(struct wr_runtime *rt, const struct wr_outbox_row *row);

#endif
