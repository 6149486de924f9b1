/*
 * projector.h: who folds the history, in the background.
 *
 * Every worker slot has one; of all of a store one leads and works, the others
 * wait for its place.  It looks at short intervals, and at once when it is
 * poked: who needs what was just committed does that (fcgi_workers/fresh.h).
 */

#ifndef WR_PROJECTOR_H
#define WR_PROJECTOR_H

#include "engine/runtime/runtime.h"

struct wr_projector;

struct wr_projector_options {
    const char *store_url;
    struct wr_runtime *runtime; /* outlives it */
    const char *socket;         /* where it is poked; NULL: nowhere */
    int64_t interval_ms;        /* how long it sleeps */
    int batch;                  /* rows of the history at once; 0: 500 */
    /* It does not get on: the first failure of several, by its thread. */
    void (*failed)(const struct wr_err *why);
};

struct wr_projector_stats {
    int64_t events, batches;
    bool leads;
    int64_t failures; /* in a row: 0, or why it does not move on */
    char cause[160];
};

/* Start the thread. */
WR_MUST int wr_projector_start(const struct wr_projector_options *o,
                               struct wr_projector **out, struct wr_err *err);
/* Ends after the batch it is at. */
void wr_projector_stop(struct wr_projector *p);
void wr_projector_look(struct wr_projector *p, struct wr_projector_stats *out);

/* Wake whoever leads on this host; that nobody does is no failure. */
void wr_projector_poke(const char *socket);

/* Without a thread: fold all there is, by a handle of one's own.  WR_ECONFLICT:
 * somebody else does it, too. */
WR_MUST int wr_project_all(struct wr_store *st, struct wr_runtime *rt,
                           int batch, int64_t *events, struct wr_err *err);

#endif
