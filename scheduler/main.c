/*
 * weir-scheduler: fires timers and runs async jobs when they are due.
 *
 *     weir-scheduler --home DIR
 *
 * Reads the store, writes nothing: what is due goes, by RabbitMQ when there is
 * one, to the worker slot that owns the instance (lanes.h).  Store, broker or
 * slot away: it says so once, goes on and recovers by itself.
 */

#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "engine/store/store.h"
#include "fcgi_workers/clock.h"
#include "fcgi_workers/servers.h"
#include "scheduler/due.h"
#include "scheduler/kinds.h"
#include "scheduler/letters.h"
#include "scheduler/status.h"

enum {
    TICK_MS = 1000 /* of its status */
};

struct scheduler {
    struct wr_arena *arena;
    const struct wr_config *config;
    const char *url;
    struct wr_clock clock;
    struct wr_clock_keeper *keeper;
    struct wr_servers *servers;
    struct wr_poster poster;
    struct wr_kinds *kinds;
    struct wr_lanes *lanes;
    struct wr_letters *letters; /* NULL: no RabbitMQ */
    struct wr_status status;
    struct wr_due due;
    int64_t sweep_at;
    bool in_trouble; /* said so already */
    bool store_away;
};

static void
trouble(struct scheduler *s, const char *what, const struct wr_err *err)
{
    if (!s->in_trouble)
        wr_log(WR_LOG_WARN, what, "cause", err->text, NULL);
    s->in_trouble = true;
}

static void
all_well(struct scheduler *s)
{
    if (s->in_trouble)
        wr_log(WR_LOG_INFO, "recovered", NULL);
    s->in_trouble = false;
}

/* What the store says is due. */
static void
merge(struct scheduler *s)
{
    struct wr_err err;

    wr_scan_under_way(s->due.scan,
                      wr_lanes_under_way(s->lanes, WR_QUEUE_TIMERS));
    if (!wr_scan_merge(s->due.scan, &s->due.heap, &err))
        return;
    if (err.code != WR_OK)
        trouble(s, "store is away", &err);
    s->store_away = err.code != WR_OK;
}

/* One round; returns when to look again. */
static int64_t
round_once(struct scheduler *s, int64_t now)
{
    struct wr_due_item *items;
    struct wr_err err = { 0 };
    bool cut_off;
    long epoch;
    size_t n;

    wr_status_write(&s->status);
    merge(s);
    wr_shares_beat(s->due.shares, now, !s->store_away);
    s->due.alone = wr_lanes_broker(s->lanes, &epoch);
    wr_due_hear(&s->due, now);
    items = wr_due_now(&s->due, now, &n);
    if (n) {
        wr_kinds_tell(s->kinds, &s->poster, items, n);
        wr_lanes_dispatch(s->lanes, items, n);
    }
    cut_off = wr_lanes_cut_off(s->lanes, &err);
    if (now >= s->sweep_at) {
        s->sweep_at = now + wr_config_int(s->config, WR_SET_SWEEP);
        cut_off |= wr_post_sweep(&s->poster, &err) < 0;
    }
    if (cut_off)
        trouble(s, "a slot is away", &err);
    else if (!s->store_away)
        all_well(s);

    return wr_due_next(&s->due);
}

/* Till the next instant, a look, a slot's word or a signal; false: that ends it. */
static bool
rest(struct scheduler *s, int signals, int64_t until)
{
    struct pollfd p[3] = { { .fd = signals, .events = POLLIN },
                           { .fd = s->due.hints, .events = POLLIN },
                           { .fd = wr_scan_fd(s->due.scan),
                             .events = POLLIN } };
    int64_t now = wr_clock_now(&s->clock);
    int64_t wait = until > now + TICK_MS ? TICK_MS : until - now;
    struct signalfd_siginfo sig;

    if (wait < 0)
        wait = 0;
    if (poll(p, 3, (int)wait) <= 0 || !(p[0].revents & POLLIN)
        || read(signals, &sig, sizeof(sig)) != sizeof(sig))
        return true;

    return sig.ssi_signo != SIGTERM && sig.ssi_signo != SIGINT;
}

static void
loop(struct scheduler *s, int signals)
{
    int64_t next;

    do {
        next = round_once(s, wr_clock_now(&s->clock));
    } while (rest(s, signals, next));
}

static void
pid_file(struct scheduler *s, bool write)
{
    const char *path = wr_arena_printf(s->arena, "%s/run/scheduler.pid",
                                       wr_config_home(s->config));
    FILE *f;

    if (s->due.peers.number > 0) { /* that of the first one */
        return;
    } else if (!write) {
        unlink(path);
    } else if ((f = fopen(path, "we"))) {
        fprintf(f, "%ld\n", (long)getpid());
        fclose(f);
    }
}

static int
open_letters(struct scheduler *s, struct wr_err *err)
{
    const struct wr_letters_options o = { .config = s->config,
                                          .poster = s->poster,
                                          .amqp = s->servers->amqp };

    return wr_letters_open(&o, &s->letters, err);
}

static int
open_shares(struct scheduler *s, struct wr_err *err)
{
    const struct wr_shares_options o = {
        .redis = s->servers->redis,
        .clock = &s->clock,
        .poster = s->poster,
        .prefix = wr_config_text(s->config, WR_SET_KEY_PREFIX),
        .ttl_ms = wr_config_int(s->config, WR_SET_LEASE_TTL),
    };

    return wr_shares_new(&o, &s->due.shares, err);
}

static int
open_parts(struct scheduler *s, struct wr_err *err)
{
    struct wr_lanes_options o = { .config = s->config, .clock = &s->clock };

    if (wr_servers_open(s->arena, s->config, &s->clock, WR_NO_SLOT, &s->servers,
                        err)
        < 0)
        return err->code;
    s->poster = o.poster = wr_poster_of(s->config);
    o.amqp = s->servers->amqp;
    if (wr_lanes_open(&o, &s->lanes, err) < 0) {
        wr_servers_close(s->servers);
        return err->code;
    }
    if (wr_scan_new(s->config, &s->clock, s->url, &s->due.scan, err) < 0) {
        wr_lanes_close(s->lanes);
        wr_servers_close(s->servers);
        return err->code;
    }
    if (o.amqp && open_letters(s, err) < 0) {
        wr_scan_free(s->due.scan);
        wr_lanes_close(s->lanes);
        wr_servers_close(s->servers);
        return err->code;
    }
    if (s->servers->redis && open_shares(s, err) < 0) {
        wr_letters_close(s->letters);
        wr_scan_free(s->due.scan);
        wr_lanes_close(s->lanes);
        wr_servers_close(s->servers);
        return err->code;
    }
    s->kinds = wr_kinds_new();
    s->due.config = s->config;
    wr_due_open(&s->due);
    s->status = (struct wr_status){ .home = wr_config_home(s->config),
                                    .clock = &s->clock,
                                    .servers = s->servers,
                                    .lanes = s->lanes,
                                    .due = &s->due,
                                    .letters = s->letters };

    return 0;
}

static int
serve(struct scheduler *s, const sigset_t *set, struct wr_err *err)
{
    int signals = signalfd(-1, set, SFD_CLOEXEC);

    if (signals < 0)
        return wr_fail(err, WR_EIO, "signalfd: %s", strerror(errno));
    if (wr_clock_keep(s->url, &s->clock, &s->keeper, err) < 0
        || open_parts(s, err) < 0)
        return err->code;
    pid_file(s, /* write= */ true);
    loop(s, signals);
    pid_file(s, /* write= */ false);
    wr_status_remove(&s->status);
    wr_letters_close(s->letters);
    wr_lanes_close(s->lanes);
    wr_shares_free(s->due.shares);
    wr_scan_free(s->due.scan);
    wr_kinds_free(s->kinds);
    wr_due_close(&s->due);
    wr_clock_keep_end(s->keeper);
    wr_servers_close(s->servers);
    close(signals);

    return 0;
}

int
main(int argc, char **argv)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    static struct scheduler s; /* its due batch is large */
    struct wr_err err = { 0 };
    sigset_t set;

    s.arena = a;
    if (argc != 3 || strcmp(argv[1], "--home") != 0) {
        fprintf(stderr, "usage: weir-scheduler --home DIR\n");
        return 2;
    }
    wr_log_init("weir-scheduler", WR_LOG_INFO);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (wr_config_load(a, argv[2], &s.config, &err) < 0) {
        wr_log(WR_LOG_ERROR, "not started", "cause", err.text, NULL);
        return 1;
    }
    wr_store_set_wait(wr_config_int(s.config, WR_SET_STORE_WAIT));
    s.url = wr_config_text(s.config, WR_SET_DATABASE_URL);
    if (!s.url[0])
        s.url = wr_arena_printf(a, "sqlite:%s/weir.db", argv[2]);
    if (serve(&s, &set, &err) < 0) {
        wr_log(WR_LOG_ERROR, "not started", "cause", err.text, NULL);
        return 1;
    }

    return 0;
}
