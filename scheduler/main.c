/*
 * weir-scheduler: fires timers and runs async jobs when they are due.
 *
 *     weir-scheduler --home DIR
 *
 * Reads the store, writes nothing: what is due is posted to the worker slot that
 * owns the instance.  Store or slot away: it says so once, goes on and recovers
 * by itself.
 */

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "fcgi_workers/servers.h"
#include "scheduler/post.h"

struct scheduler {
    struct wr_arena *arena;
    const struct wr_config *config;
    const char *url;
    struct wr_clock clock;
    struct wr_link *server; /* the store's; NULL: a file */
    struct wr_due due;
    int64_t sweep_at;
    bool in_trouble; /* said so already */
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

static bool
connected(struct scheduler *s)
{
    struct wr_err err = { 0 };

    if (s->due.store)
        return true;
    if (wr_store_open(s->url, &s->due.store, &err) == 0)
        return true;
    s->due.store = NULL;
    trouble(s, "store is away", &err);

    return false;
}

/* One round; returns when to look again. */
static int64_t
round_once(struct scheduler *s, int64_t now, int64_t *scan_at)
{
    int64_t scan = wr_config_int(s->config, WR_SET_TIMER_SCAN);
    struct wr_err err = { 0 };
    bool unreachable;

    if (now >= *scan_at) {
        *scan_at = now + scan;
        if (!connected(s))
            return *scan_at;
        if (wr_due_scan(&s->due, now, &err) < 0) {
            trouble(s, "store is away", &err);
            wr_store_close(s->due.store);
            s->due.store = NULL;
            return *scan_at;
        }
    }
    wr_due_post(&s->due, now, &unreachable, &err);
    if (now >= s->sweep_at) {
        s->sweep_at = now + wr_config_int(s->config, WR_SET_SWEEP);
        unreachable |= wr_post_sweep(&s->due, &err) < 0;
    }
    if (unreachable)
        trouble(s, "a slot is away", &err);
    else
        all_well(s);

    return wr_due_next(&s->due, *scan_at);
}

static void
loop(struct scheduler *s, const sigset_t *set)
{
    int64_t scan_at = 0;

    for (;;) {
        int64_t next = round_once(s, wr_clock_now(&s->clock), &scan_at);
        int64_t wait = next - wr_clock_now(&s->clock);
        struct timespec ts;
        int sig;

        if (wait < 1)
            wait = 1;
        ts.tv_sec = wait / 1000;
        ts.tv_nsec = wait % 1000 * 1000000;
        sig = sigtimedwait(set, NULL, &ts);
        if (sig == SIGTERM || sig == SIGINT)
            return;
    }
}

static void
pid_file(struct scheduler *s, bool write)
{
    const char *path = wr_arena_printf(s->arena, "%s/run/scheduler.pid",
                                       wr_config_home(s->config));
    FILE *f;

    if (!write) {
        unlink(path);
    } else if ((f = fopen(path, "we"))) {
        fprintf(f, "%ld\n", (long)getpid());
        fclose(f);
    }
}

int
main(int argc, char **argv)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    wr_auto(wr_arena_free) struct wr_arena *ahead = wr_arena_new(1 << 16);
    struct scheduler s = { .arena = a };
    struct wr_err err = { 0 };
    sigset_t set;

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
    if (wr_config_load(a, argv[2], &s.config, &err) < 0) {
        wr_log(WR_LOG_ERROR, "not started", "cause", err.text, NULL);
        return 1;
    }
    wr_store_set_wait(wr_config_int(s.config, WR_SET_STORE_WAIT));
    s.url = wr_config_text(s.config, WR_SET_DATABASE_URL);
    if (!s.url[0])
        s.url = wr_arena_printf(a, "sqlite:%s/weir.db", argv[2]);
    s.server = wr_servers_store_link(a, s.config, &s.clock);
    s.due = (struct wr_due){
        .config = s.config,
        .arena = ahead,
        .n_slots = (int)wr_config_int(s.config, WR_SET_SLOTS),
    };
    pid_file(&s, /* write= */ true);
    loop(&s, &set);
    pid_file(&s, /* write= */ false);
    if (s.due.store)
        wr_store_close(s.due.store);
    if (s.server)
        wr_link_done(s.server);

    return 0;
}
