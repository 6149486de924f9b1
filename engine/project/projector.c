#include "engine/project/projector.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/project/fold.h"

enum {
    BATCH = 500,
    TRY_MS = 200,    /* between looks whether there is a leader */
    FAILED_MS = 500, /* after a failure */
    ARENA = 1 << 16
};

struct wr_projector {
    struct wr_projector_options o;
    char *url, *socket;
    struct wr_store *store; /* of the thread */
    pthread_t thread;
    int fd;      /* pokes; -1: none */
    int stop_fd; /* readable: end */
    int64_t pos; /* folded up to here; -1: to be read */
    pthread_mutex_t lock;
    struct wr_projector_stats stats;
};

/* One batch of what lies behind *pos; *n: events folded, 0: nothing there. */
static int
fold_once(struct wr_store *st, struct wr_runtime *rt, int batch, int64_t *pos,
          int64_t *n, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(ARENA);
    struct wr_fold f = { .arena = a, .store = st, .runtime = rt };
    const struct wr_followed_row *rows;
    int64_t from = *pos, to = *pos;
    size_t n_rows;
    bool more;

    *n = 0;
    if (wr_store_follow(st, &to, batch, a, &rows, &n_rows, &more, err) < 0)
        return err->code;
    if (n_rows == 0)
        return 0;
    if (wr_fold(&f, rows, n_rows, from, to, err) < 0)
        return err->code;
    *pos = to;
    *n = (int64_t)f.n_events;

    return 0;
}

static int
read_position(struct wr_store *st, int64_t *pos, struct wr_err *err)
{
    struct wr_position p;

    if (wr_store_position(st, &p, err) < 0)
        return err->code;
    *pos = p.pos;

    return 0;
}

int
wr_project_all(struct wr_store *st, struct wr_runtime *rt, int batch,
               int64_t *events, struct wr_err *err)
{
    int64_t pos, n;

    *events = 0;
    if (read_position(st, &pos, err) < 0)
        return err->code;
    do {
        if (fold_once(st, rt, batch ? batch : BATCH, &pos, &n, err) < 0)
            return err->code;
        *events += n;
    } while (n);

    return 0;
}

/* ---- pokes ---- */

static bool
address(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (!path || strlen(path) >= sizeof(out->sun_path))
        return false;
    memcpy(out->sun_path, path, strlen(path));

    return true;
}

void
wr_projector_poke(const char *socket_path)
{
    struct sockaddr_un to;
    int fd;

    if (!address(socket_path, &to))
        return;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, "", 1, 0, (const struct sockaddr *)&to, sizeof(to));
    close(fd);
}

/* Who leads takes the address over from who led before. */
static void
listen_for_pokes(struct wr_projector *p)
{
    struct sockaddr_un at;

    if (p->fd >= 0 || !address(p->socket, &at))
        return;
    p->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(p->socket);
    if (p->fd >= 0
        && bind(p->fd, (const struct sockaddr *)&at, sizeof(at)) < 0) {
        close(p->fd);
        p->fd = -1;
    }
}

static void
close_pokes(struct wr_projector *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
}

/* false: it is to end. */
static bool
rest(struct wr_projector *p, int64_t ms)
{
    struct pollfd fds[2] = { { .fd = p->stop_fd, .events = POLLIN },
                             { .fd = p->fd, .events = POLLIN } };
    char drop[64];

    (void)poll(fds, p->fd >= 0 ? 2 : 1, (int)ms);
    while (p->fd >= 0 && recv(p->fd, drop, sizeof(drop), 0) >= 0)
        ;

    return !(fds[0].revents & POLLIN);
}

/* ---- the thread ---- */

static void
note(struct wr_projector *p, bool leads, int64_t events,
     const struct wr_err *why)
{
    if (why && p->stats.failures == 0 && p->o.failed)
        p->o.failed(why);
    pthread_mutex_lock(&p->lock);
    p->stats.leads = leads;
    p->stats.events += events;
    p->stats.batches += events > 0;
    p->stats.failures = why ? p->stats.failures + 1 : 0;
    p->stats.cause[0] = '\0';
    if (why) {
        strncpy(p->stats.cause, why->text, sizeof(p->stats.cause) - 1);
        p->stats.cause[sizeof(p->stats.cause) - 1] = '\0';
    }
    pthread_mutex_unlock(&p->lock);
}

static int
lead(struct wr_projector *p, bool *leads, struct wr_err *err)
{
    if (!p->store && wr_store_open(p->url, &p->store, err) < 0) {
        p->store = NULL;
        return err->code;
    }
    if (*leads)
        return 0;
    p->pos = -1;

    return wr_store_lead(p->store, leads, err);
}

/* One look; how long to rest then. */
static int
look(struct wr_projector *p, bool *leads, int64_t *pause, struct wr_err *err)
{
    int64_t n = 0;

    *pause = TRY_MS;
    if (lead(p, leads, err) < 0)
        return err->code;
    if (!*leads) {
        close_pokes(p);
        note(p, false, 0, NULL);
        return 0;
    }
    listen_for_pokes(p);
    if (p->pos < 0 && read_position(p->store, &p->pos, err) < 0)
        return err->code;
    if (fold_once(p->store, p->o.runtime, p->o.batch, &p->pos, &n, err) < 0)
        return err->code;
    note(p, true, n, NULL);
    *pause = n ? 0 : p->o.interval_ms;
    if (n)
        return 0;

    return read_position(p->store, &p->pos, err); /* emptied meanwhile? */
}

static void *
work(void *data)
{
    struct wr_projector *p = data;
    bool leads = false;
    int64_t pause = 0;

    while (rest(p, pause)) {
        struct wr_err err = { 0 };

        if (look(p, &leads, &pause, &err) == 0)
            continue;
        p->pos = -1;
        if (err.code == WR_ECONFLICT) {
            pause = 0; /* emptied, or another one leads */
            leads = false;
            continue;
        }
        note(p, leads, 0, &err);
        pause = FAILED_MS;
        if (err.code == WR_ESTORE) { /* the lead goes with the connection */
            leads = false;
            if (p->store)
                wr_store_close(p->store);
            p->store = NULL;
        }
    }
    if (p->store)
        wr_store_close(p->store);

    return NULL;
}

int
wr_projector_start(const struct wr_projector_options *o,
                   struct wr_projector **out, struct wr_err *err)
{
    struct wr_projector *p = calloc(1, sizeof(*p));

    if (!p)
        abort();
    p->o = *o;
    p->o.batch = o->batch ? o->batch : BATCH;
    p->fd = -1;
    p->url = strdup(o->store_url);
    p->socket = o->socket ? strdup(o->socket) : NULL;
    if (!p->url || (o->socket && !p->socket))
        abort();
    pthread_mutex_init(&p->lock, NULL);
    p->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (p->stop_fd < 0 || pthread_create(&p->thread, NULL, work, p) != 0) {
        wr_fail(err, WR_EIO, "start the projector: %s", strerror(errno));
        free(p->url);
        free(p->socket);
        free(p);
        return err->code;
    }
    *out = p;

    return 0;
}

void
wr_projector_stop(struct wr_projector *p)
{
    uint64_t one = 1;

    if (write(p->stop_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
        pthread_join(p->thread, NULL);
    close_pokes(p);
    close(p->stop_fd);
    pthread_mutex_destroy(&p->lock);
    free(p->url);
    free(p->socket);
    free(p);
}

void
wr_projector_look(struct wr_projector *p, struct wr_projector_stats *out)
{
    pthread_mutex_lock(&p->lock);
    *out = p->stats;
    pthread_mutex_unlock(&p->lock);
}
