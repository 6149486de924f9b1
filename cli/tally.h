/* tally.h: how runners print and count their cases. */

#ifndef WR_TALLY_H
#define WR_TALLY_H

#include "engine/base/base.h"

struct wr_tally {
    int passed, failed, skipped;
    bool json; /* a JSON object a line instead */
};

/* "ok ID", "not ok ID: reason", "skip ID: reason"; each on one line. */
void wr_tally_ok(struct wr_tally *t, const char *id);
void wr_tally_not_ok(struct wr_tally *t, const char *id, const char *fmt, ...)
    WR_PRINTF(3);
void wr_tally_skip(struct wr_tally *t, const char *id, const char *fmt, ...)
    WR_PRINTF(3);
/* "N passed, N failed[, N skipped]"; the exit status: 1 when one failed. */
int wr_tally_end(const struct wr_tally *t);

#endif
