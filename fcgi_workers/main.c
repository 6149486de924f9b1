/*
 * weir-worker: prefork master; one process a slot, each on its own socket.
 *
 *     weir-worker --home DIR
 *
 * The master opens $WEIR_HOME/run/slot-<n>.sock, forks the slots and starts
 * again what dies, with a growing pause.  SIGTERM drains all and ends; SIGHUP
 * replaces the slots one after the other (they read weir.conf again).  A slot
 * dies with its master (PDEATHSIG).  It never becomes a daemon: that is the
 * supervisor's business.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/log.h"
#include "fcgi_workers/bridge.h"
#include "fcgi_workers/server.h"

enum {
    BACKLOG = 4096, /* a burst of polls waits here for threads */
    PAUSE_MIN_MS = 50,
    PAUSE_MAX_MS = 5000
};

struct slot {
    pid_t pid;
    int fd, hub_fd;
    int64_t started_at;
    int pause_ms; /* before it is started again */
    int64_t start_at;
};

struct master {
    struct wr_arena *arena;
    const char *home;
    const struct wr_config *config;
    struct slot *slots;
    int n_slots;
    bool stopping;
};

static int64_t
now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Bind beside the old socket and rename over it: nobody finds it missing. */
static int
listen_at(const char *path, int type, struct wr_err *err)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    char temp[sizeof(addr.sun_path)];
    int fd;

    if ((size_t)snprintf(temp, sizeof(temp), "%s.new", path) >= sizeof(temp))
        return wr_fail(err, WR_EINVALID,
                       "'%s' is too long for a socket: choose a shorter "
                       "WEIR_HOME",
                       path);
    memcpy(addr.sun_path, temp, strlen(temp) + 1);
    fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(temp);
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0
        || chmod(temp, 0600) < 0 || listen(fd, BACKLOG) < 0
        || rename(temp, path) < 0) {
        int saved = errno;

        if (fd >= 0)
            close(fd);
        return wr_fail(err, WR_EIO, "listen at '%s': %s", path,
                       strerror(saved));
    }

    return fd;
}

static void
slot_main(struct master *m, int i, pid_t master_pid)
{
    struct wr_err err = { 0 };

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != master_pid)
        _exit(0);
    if (wr_server_run(m->config, i, m->slots[i].fd, m->slots[i].hub_fd, &err)
        < 0) {
        wr_log(WR_LOG_ERROR, "slot failed", "cause", err.text, NULL);
        _exit(1);
    }
    _exit(0);
}

static void
start_slot(struct master *m, int i)
{
    pid_t me = getpid(), pid = fork();

    if (pid == 0) {
        sigset_t none;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        slot_main(m, i, me);
    }
    m->slots[i].pid = pid > 0 ? pid : 0;
    m->slots[i].started_at = now_ms();
}

static void
slot_ended(struct master *m, pid_t pid, int status)
{
    for (int i = 0; i < m->n_slots; i++) {
        struct slot *s = &m->slots[i];
        char what[64];

        if (s->pid != pid)
            continue;
        s->pid = 0;
        if (now_ms() - s->started_at > 10000)
            s->pause_ms = 0;
        s->start_at = now_ms() + s->pause_ms;
        s->pause_ms = s->pause_ms ? s->pause_ms * 2 : PAUSE_MIN_MS;
        if (s->pause_ms > PAUSE_MAX_MS)
            s->pause_ms = PAUSE_MAX_MS;
        if (m->stopping)
            return;
        snprintf(what, sizeof(what), "%s %d",
                 WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        wr_log(WR_LOG_WARN, "slot ended", "how", what, NULL);
    }
}

static void
reap(struct master *m)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        slot_ended(m, pid, status);
}

static void
signal_all(struct master *m, int sig)
{
    for (int i = 0; i < m->n_slots; i++) {
        if (m->slots[i].pid)
            kill(m->slots[i].pid, sig);
    }
}

static int
running(const struct master *m)
{
    int n = 0;

    for (int i = 0; i < m->n_slots; i++)
        n += m->slots[i].pid != 0;

    return n;
}

/* Take over changed settings; the slots come back one by one with them.  The
 * number of slots cannot change while running. */
static void
reload(struct master *m)
{
    const struct wr_config *fresh;
    struct wr_err err = { 0 };

    if (wr_config_load(m->arena, m->home, &fresh, &err) < 0) {
        wr_log(WR_LOG_ERROR, "settings not reloaded", "cause", err.text, NULL);
        return;
    }
    if (wr_config_int(fresh, WR_SET_SLOTS) != m->n_slots) {
        wr_log(WR_LOG_ERROR, "settings not reloaded", "cause",
               "slots can change only with a restart", NULL);
        return;
    }
    m->config = fresh;
    signal_all(m, SIGTERM);
    wr_log(WR_LOG_INFO, "settings reloaded", NULL);
}

static void
start_due(struct master *m)
{
    for (int i = 0; i < m->n_slots; i++) {
        if (!m->slots[i].pid && m->slots[i].start_at <= now_ms())
            start_slot(m, i);
    }
}

static void
loop(struct master *m, const sigset_t *set)
{
    struct timespec tick = { .tv_nsec = 50 * 1000000 };
    int64_t give_up = 0;

    while (!m->stopping || running(m) > 0) {
        int sig = sigtimedwait(set, NULL, &tick);

        if ((sig == SIGTERM || sig == SIGINT) && !m->stopping) {
            m->stopping = true;
            give_up = now_ms() + wr_config_int(m->config, WR_SET_DRAIN_WAIT)
                      + 2000;
            signal_all(m, SIGTERM);
        } else if (sig == SIGHUP && !m->stopping) {
            reload(m);
        }
        reap(m);
        if (!m->stopping)
            start_due(m);
        else if (now_ms() > give_up)
            signal_all(m, SIGKILL);
    }
}

static int
open_sockets(struct master *m, struct wr_err *err)
{
    mkdir(wr_arena_printf(m->arena, "%s/run", m->home), 0700);
    for (int i = 0; i < m->n_slots; i++) {
        const char *path = wr_arena_printf(m->arena, "%s/run/slot-%d.sock",
                                           m->home, i);

        m->slots[i].fd = listen_at(path, SOCK_STREAM, err);
        if (m->slots[i].fd < 0)
            return (int)err->code;
        path = wr_arena_printf(m->arena, "%s/run/hub-%d.sock", m->home, i);
        m->slots[i].hub_fd = listen_at(path, SOCK_SEQPACKET, err);
        if (m->slots[i].hub_fd < 0)
            return (int)err->code;
    }

    return 0;
}

static void
write_pid(struct master *m)
{
    FILE *f = fopen(wr_arena_printf(m->arena, "%s/run/worker.pid", m->home),
                    "we");

    if (f) {
        fprintf(f, "%ld\n", (long)getpid());
        fclose(f);
    }
}

static int
prepare(struct master *m, struct wr_err *err)
{
    if (wr_config_load(m->arena, m->home, &m->config, err) < 0)
        return (int)err->code;
    m->n_slots = (int)wr_config_int(m->config, WR_SET_SLOTS);
    wr_bridge_name_host();
    if (m->n_slots > 1
        && strncmp(wr_service_store_url(m->arena, m->config), "sqlite:", 7)
               == 0)
        return wr_fail(err, WR_EINVALID,
                       "slots is %d, but SQLite has one writer: set it to 1",
                       m->n_slots);
    if (wr_service_prepare(m->config, err) < 0)
        return (int)err->code;
    m->slots = wr_newn(m->arena, struct slot, (size_t)m->n_slots);

    return open_sockets(m, err);
}

static enum wr_log_level
level(const struct wr_config *c)
{
    const char *name = wr_config_text(c, WR_SET_LOG_LEVEL);

    return strcmp(name, "debug") == 0   ? WR_LOG_DEBUG
           : strcmp(name, "warn") == 0  ? WR_LOG_WARN
           : strcmp(name, "error") == 0 ? WR_LOG_ERROR
                                        : WR_LOG_INFO;
}

int
main(int argc, char **argv)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct master m = { .arena = a };
    struct wr_err err = { 0 };
    sigset_t set;

    if (argc != 3 || strcmp(argv[1], "--home") != 0) {
        fprintf(stderr, "usage: weir-worker --home DIR\n");
        return 2;
    }
    m.home = argv[2];
    wr_log_init("weir-worker", WR_LOG_INFO);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);

    if (prepare(&m, &err) < 0) {
        wr_log(WR_LOG_ERROR, "not started", "cause", err.text, NULL);
        return 1;
    }
    wr_log_init("weir-worker", level(m.config));
    write_pid(&m);
    loop(&m, &set);
    unlink(wr_arena_printf(a, "%s/run/worker.pid", m.home));

    return 0;
}
