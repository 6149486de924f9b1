/*
 * service.h: what the request threads of a worker slot share.
 *
 * Opened once per process, read-only afterwards but for the runtime and the
 * counters, which lock for themselves.
 */

#ifndef WR_SERVICE_H
#define WR_SERVICE_H

#include <stdatomic.h>

#include "engine/base/config.h"
#include "engine/base/hint.h"
#include "engine/runtime/runtime.h"
#include "fcgi_workers/bridge.h"
#include "fcgi_workers/clock.h"
#include "fcgi_workers/hub.h"
#include "fcgi_workers/late.h"
#include "fcgi_workers/retention.h"
#include "fcgi_workers/servers.h"
#include "fcgi_workers/suspects.h"

struct wr_route_count {     /* of one row of the route tables */
    atomic_long classes[6]; /* answers by status / 100 */
    atomic_llong microseconds;
};

/* The rate of starts of all slots: made by the master before it forks; NULL:
 * each slot has one of its own. */
extern struct wr_rate *wr_service_starts;

struct wr_service {
    const struct wr_config *config;
    const char *store_url;
    struct wr_clock clock;
    struct wr_clock_keeper *keeper;        /* NULL: the store has no clock */
    struct wr_hints_out *hints;            /* of the committer alone */
    atomic_long late[WR_LATE_BUCKETS + 1]; /* timers fired, by lateness */
    atomic_llong late_ms;
    struct wr_servers *servers;
    struct wr_announcer *announcer; /* NULL: nobody to tell */
    struct wr_runtime *runtime;
    struct wr_hub *hub;
    struct wr_bridge *bridge; /* NULL: no Redis */
    struct wr_notifier
        *notifier; /* NULL: nobody hears of incidents, or not slot 0 */
    struct wr_housekeeper *housekeeper; /* NULL but in slot 0 */
    int slot, n_slots;
    unsigned char jwt_key[32];
    char cookie_name[32]; /* weir_refresh_<home id> */
    struct wr_logins *logins;
    int64_t started_at;
    struct wr_route_count *routes; /* by wr_route_index(); the last: no row */
    atomic_long commands, jobs_claimed, jobs_returned, jobs_completed;
    atomic_long messages_published, messages_refused, messages_expired;
    struct wr_suspects *suspects;
    atomic_long poisoned;     /* due work given up */
    atomic_llong poison_said; /* when the log was told of what stays undone */
    atomic_long dead_letters; /* kept */
    atomic_long inbox_taken, inbox_refused;
    atomic_bool store_up;
    atomic_llong store_since; /* when store_up changed, ms */
    atomic_bool draining;
    struct wr_projector *projector;
    const char *projector_socket;
    atomic_long fresh_waiting, fresh_late; /* requests (fresh.h) */
};

/* Open store, runtime and keys for `slot`, whose hub listens at `hub_fd`.  WR_ESTORE, WR_EIO, WR_EINVALID. */
WR_MUST int wr_service_open(struct wr_arena *a, const struct wr_config *config,
                            int slot, int hub_fd, struct wr_service **out,
                            struct wr_err *err);
void wr_service_close(struct wr_service *s);

/* The store's URL: database_url, or sqlite:$WEIR_HOME/weir.db. */
const char *wr_service_store_url(struct wr_arena *a, const struct wr_config *c);

/*
 * First start: migrate the store, create the signing key and, when there is no
 * user yet, `admin` with WEIR_ADMIN_PASSWORD from the environment.
 */
WR_MUST int wr_service_prepare(const struct wr_config *config,
                               struct wr_err *err);

#endif
