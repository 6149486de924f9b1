/*
 * cost.h: what processes cost at the store, counted, not timed.
 *
 *     struct cost_meter m;
 *     cost_begin(&m, url, &store->stats);
 *     ... n processes, in batches of one ...
 *     c = cost_end(&m, n);
 *
 * A PostgreSQL must run with full_page_writes = off and have pg_walinspect, and
 * its user be a superuser; elsewhere the last three figures are 0.
 */

#ifndef COST_H
#define COST_H

#include <libpq-fe.h>

#include "engine/store/store.h"

struct cost { /* of one process */
    double round_trips, commits, rows;
    double heap, index, wal; /* PostgreSQL: records of pg_walinspect, bytes */
};

struct cost_meter {
    const char *url;
    const struct wr_store_stats *stats; /* of the write handle */
    struct wr_store_stats before;
    PGconn *pg; /* NULL: not a PostgreSQL */
    char from[64];
};

/* These fail the running test when the server answers with an error.  The end
 * prints what was counted as a line `# ...`. */
void cost_begin(struct cost_meter *m, const char *url,
                const struct wr_store_stats *stats);
struct cost cost_end(struct cost_meter *m, int n);

#define at_most(value, bound)                                         \
    ck_assert_msg((value) <= (bound) + 0.001,                         \
                  #value " is %.2f, the bound %.2f", (double)(value), \
                  (double)(bound))

#endif
