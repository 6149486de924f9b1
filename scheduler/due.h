/*
 * due.h: what is due, and whose slot runs it (DESIGN.md section 5).
 *
 * Rows are the truth: the near future is read into memory again and again, what
 * is due goes in batches to the slots that own its instances, and firing deletes
 * the row in the step that moves the token, so each fires once however often it
 * is posted.
 */

#ifndef WR_DUE_H
#define WR_DUE_H

#include "engine/base/config.h"
#include "engine/base/time.h"
#include "engine/store/store.h"

enum {
    WR_DUE_BATCH = 200,
    WR_DUE_AHEAD = 5000
};

struct wr_due_item {
    const char *type;            /* "timer", "job", "outbox" */
    struct wr_uuid id, instance; /* instance zero: of none */
    int32_t tenant;
    int64_t at;
};

struct wr_due {
    const struct wr_config *config;
    struct wr_store *store;    /* read only */
    struct wr_arena *arena;    /* of the look-ahead; reset by each scan */
    struct wr_due_item *items; /* by `at` */
    size_t n, next;            /* items[0..next) were posted */
    int n_slots;
    int64_t done, gone, failed; /* counted since start */
};

/* Read what is due within the horizon, replacing what was there (scan.c). */
WR_MUST int wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err);

/* Post what is due now.  An unreachable slot is no failure of the call: its
 * items come back with the next scan; `err` then says why and *unreachable is
 * set. */
void wr_due_post(struct wr_due *d, int64_t now, bool *unreachable,
                 struct wr_err *err);

/* When to look again: the next item's instant or `scan_at`. */
int64_t wr_due_next(const struct wr_due *d, int64_t scan_at);

#endif
