/*
 * retention.h: ended instances go when their time is over.
 *
 * A tree of instances (a root and all it called, S24) goes as one, when all of it
 * has ended and the time of its root's definition is over: after the end of the
 * root, and not while it can be compensated (keepFor).  What goes is archived
 * first where there is an archive; an archive that fails stops the deleting.
 * Deleted in small transactions, by a handle of its own, so that nobody waits.
 */

#ifndef WR_RETENTION_H
#define WR_RETENTION_H

#include "engine/runtime/archive.h"

struct wr_retention {
    int32_t tenant;
    int64_t now;
    int64_t ttl; /* of definitions that say nothing, ms; 0: for ever */
    /* Set: whatever ended before goes, whatever its definition says, and its
     * history with it; 0: by the times to live. */
    int64_t ended_before;
    const char *definition; /* key; NULL: all */
    const char *archive;    /* folder; "" or NULL: none */
    int most;               /* instances of this call, about; 0: all */
    bool dry_run;           /* count, delete nothing */
};

struct wr_retained {
    int64_t instances; /* deleted; dry run: would be */
    int64_t archived;
    int64_t months;       /* of history that went as a whole */
    int64_t oldest_ended; /* of what was looked at and stays; 0: none */
    bool more;            /* `most` was reached */
    bool archive_failed;  /* that is why it stopped */
};

/* `store_url` as of the runtime, which reads.  `out` counts also on failure. */
WR_MUST int wr_retention_sweep(struct wr_runtime *rt, const char *store_url,
                               const struct wr_retention *r,
                               struct wr_retained *out, struct wr_err *err);

/* One tree now, without archive: WR_ESTATE when it has not ended, or `id` is not
 * its root. */
WR_MUST int wr_retention_delete(struct wr_runtime *rt, const struct wr_uuid *id,
                                int32_t tenant, struct wr_err *err);

#endif
