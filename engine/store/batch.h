/*
 * batch.h: a batch, checked and sorted for a backend.
 *
 * Items are ordered by instance id within their group and groups by their first
 * id, so that two batches lock in the same order.  A unit is what stands or
 * falls together: the items of one group, or one item.
 */

#ifndef WR_BATCH_H
#define WR_BATCH_H

#include "engine/store/columns.h"

struct wr_unit {
    struct wr_flat_item *items;
    size_t n;
    enum wr_code result; /* of all its items */
};

struct wr_batch {
    struct wr_arena *arena; /* lives for the commit */
    struct wr_unit *units;
    size_t n_units;
    struct wr_flat_item *items;
    size_t n_items;
    int64_t rows; /* that the effects would write */
};

enum wr_table {
    WR_T_TASK,
    WR_T_JOB,
    WR_T_TIMER,
    WR_T_SUBSCRIPTION,
    WR_T_INCIDENT,
    WR_T_OUTBOX,
    WR_T_SPILL,
    WR_T_HISTORY, /* of the second and later commands of an item */
    WR_TABLES
};

/* The n-th op of an item on a table; false when there are no more. */
bool wr_batch_op(const struct wr_effects *fx, enum wr_table t, int nth,
                 enum wr_op *op, bool *is_new, const void **row);
enum wr_noun wr_table_noun(enum wr_table t);

/*
 * Units whose texts no store takes are WR_EVALUE at once and are left out.
 * WR_EINVALID when an instance stands in the batch twice.
 */
WR_MUST int wr_batch_init(struct wr_batch *b, struct wr_arena *a,
                          struct wr_item *items, size_t n, struct wr_err *err);

/* The units' results to the caller's items. */
void wr_batch_done(const struct wr_batch *b);

#endif
