/*
 * due.h: what is due (DESIGN.md section 5).
 *
 * Rows are the truth: the near future is read into memory again and again, what
 * is due goes to the slots that own its instances (lanes.h), and firing deletes
 * the row in the step that moves the token, so each fires once however often it
 * is given out.
 */

#ifndef WR_DUE_H
#define WR_DUE_H

#include "engine/base/config.h"
#include "engine/base/time.h"
#include "engine/store/store.h"
#include "scheduler/item.h"

enum {
    WR_DUE_AHEAD = 5000
};

struct wr_due {
    const struct wr_config *config;
    struct wr_store *store;    /* read only */
    struct wr_arena *arena;    /* of the look-ahead; reset by each scan */
    struct wr_due_item *items; /* by `at` */
    size_t n, next;            /* items[0..next) were given out */
};

/* Read what is due within the horizon, replacing what was there (scan.c). */
WR_MUST int wr_due_scan(struct wr_due *d, int64_t now, struct wr_err *err);

/* What has become due since the last call, *n of them; till the next scan. */
struct wr_due_item *wr_due_now(struct wr_due *d, int64_t now, size_t *n);

/* When to look again: the next item's instant or `scan_at`. */
int64_t wr_due_next(const struct wr_due *d, int64_t scan_at);

#endif
