/*
 * status.h: how a scheduler is, for the slots to show.
 *
 * It listens to nobody: what health and /metrics show of it is a file,
 * run/scheduler-<pid>.json, written once a second.
 */

#ifndef WR_STATUS_H
#define WR_STATUS_H

#include "fcgi_workers/servers.h"
#include "scheduler/due.h"
#include "scheduler/lanes.h"
#include "scheduler/letters.h"

struct wr_status {
    const char *home;
    const struct wr_clock *clock;
    const struct wr_servers *servers;
    struct wr_lanes *lanes;
    const struct wr_due *due;
    struct wr_letters *letters; /* NULL: none */
    int64_t written_at, started_at;
};

/* When it is time; at the first time those of dead schedulers go. */
void wr_status_write(struct wr_status *s);
void wr_status_remove(const struct wr_status *s);

#endif
