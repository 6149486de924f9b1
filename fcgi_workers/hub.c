#include "config.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fcgi_workers/hub.h"

enum {
    SUBSCRIBERS = 128, /* old and new processes of an nginx that reloads */
    PENDING = 4096,    /* entries; more: anything may have moved */
    SEND_BUFFER = 256 * 1024
};

struct wr_hub {
    pthread_t thread;
    int fd, wake_fd;
    int subs[SUBSCRIBERS];
    int n_subs; /* the thread's own */
    atomic_long subscribers, told, resets;
    atomic_bool others;   /* is there somebody else? */
    pthread_mutex_t lock; /* over what follows */
    struct wr_moved pending[PENDING];
    int n_pending;
    bool all, closing;
    wr_hub_also_fn *also;
    void *also_data;
};

/* FNV-1a, 64 bit. */
static uint64_t
mix(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);

    return h;
}

#define MIX_START UINT64_C(14695981039346656037)

uint64_t
wr_topic_jobs(int32_t tenant, const char *type)
{
    uint64_t h = mix(MIX_START, &tenant, sizeof(tenant));

    return mix(h, type, strlen(type));
}

uint64_t
wr_topic_instance(const struct wr_uuid *root)
{
    return mix(MIX_START, root->b, sizeof(root->b));
}

static void
wake(struct wr_hub *h)
{
    uint64_t one = 1;

    /* full is awake */
    if (write(h->wake_fd, &one, sizeof(one)) < 0)
        return;
}

/* ---- the thread ---- */

static void
drop(struct wr_hub *h, int i)
{
    close(h->subs[i]);
    h->subs[i] = h->subs[--h->n_subs];
    atomic_store(&h->subscribers, h->n_subs);
}

/* false: it does not read, or is gone. */
static bool
post(int fd, uint16_t flags, const struct wr_moved *moved, int n)
{
    struct {
        struct wr_hub_head head;
        struct wr_moved moved[WR_HUB_PACKET];
    } packet;
    size_t size = sizeof(packet.head) + (size_t)n * sizeof(*moved);

    packet.head = (struct wr_hub_head){ WR_HUB_MAGIC, flags, (uint16_t)n };
    if (n)
        memcpy(packet.moved, moved, (size_t)n * sizeof(*moved));

    return send(fd, &packet, size, MSG_DONTWAIT | MSG_NOSIGNAL)
           == (ssize_t)size;
}

static void
post_all(struct wr_hub *h, const struct wr_moved *moved, int n, bool all)
{
    for (int i = h->n_subs - 1; i >= 0; i--) {
        bool ok = true;

        if (all)
            ok = post(h->subs[i], WR_HUB_ALL, NULL, 0);
        for (int at = 0; ok && at < n; at += WR_HUB_PACKET)
            ok = post(h->subs[i], 0, moved + at,
                      n - at < WR_HUB_PACKET ? n - at : WR_HUB_PACKET);
        if (!ok) {
            atomic_fetch_add(&h->resets, 1);
            drop(h, i);
        }
    }
    atomic_fetch_add(&h->told, n);
}

/* The socket is open to its user alone; this holds if its folder is not. */
static bool
is_ours(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
           && (peer.uid == geteuid() || peer.uid == 0);
}

/* It counts before it hears that anything may have moved: what is committed from
 * then on is kept for it. */
static void
accept_one(struct wr_hub *h)
{
    int fd = accept4(h->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int size = SEND_BUFFER;

    if (fd < 0)
        return;
    if (h->n_subs == SUBSCRIBERS || !is_ours(fd)) {
        close(fd);
        return;
    }
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    h->subs[h->n_subs++] = fd;
    atomic_store(&h->subscribers, h->n_subs);
    if (!post(fd, WR_HUB_ALL, NULL, 0))
        drop(h, h->n_subs - 1);
}

/* false: the end. */
static bool
pass_on(struct wr_hub *h, struct wr_moved *moved)
{
    bool all, closing;
    uint64_t count;
    int n;

    if (read(h->wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
        return false;
    pthread_mutex_lock(&h->lock);
    n = h->n_pending;
    memcpy(moved, h->pending, (size_t)n * sizeof(*moved));
    all = h->all;
    closing = h->closing;
    h->n_pending = 0;
    h->all = false;
    pthread_mutex_unlock(&h->lock);
    if (n || all)
        post_all(h, moved, n, all);

    return !closing;
}

static void *
run(void *data)
{
    struct wr_hub *h = data;
    struct wr_moved *moved = calloc(PENDING, sizeof(*moved));
    struct pollfd p[2 + SUBSCRIBERS];
    bool on = moved != NULL;

    while (on) {
        int n = h->n_subs;

        p[0] = (struct pollfd){ .fd = h->wake_fd, .events = POLLIN };
        p[1] = (struct pollfd){ .fd = h->fd, .events = POLLIN };
        for (int i = 0; i < n; i++)
            p[2 + i] = (struct pollfd){ .fd = h->subs[i], .events = POLLIN };
        if (poll(p, (nfds_t)(2 + n), -1) < 0)
            continue;
        /* a subscriber has nothing to say: it is its end */
        for (int i = n - 1; i >= 0; i--)
            if (p[2 + i].revents)
                drop(h, i);
        if (p[1].revents)
            accept_one(h);
        if (p[0].revents)
            on = pass_on(h, moved);
    }
    while (h->n_subs)
        drop(h, h->n_subs - 1);
    free(moved);

    return NULL;
}

/* ---- for the others ---- */

int
wr_hub_open(int fd, struct wr_hub **out, struct wr_err *err)
{
    struct wr_hub *h = calloc(1, sizeof(*h));

    if (!h)
        abort();
    h->fd = fd;
    h->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&h->lock, NULL);
    if (h->wake_fd < 0 || pthread_create(&h->thread, NULL, run, h) != 0) {
        wr_fail(err, WR_EIO, "start the hub: %s", strerror(errno));
        if (h->wake_fd >= 0)
            close(h->wake_fd);
        free(h);
        return (int)err->code;
    }
    *out = h;

    return 0;
}

void
wr_hub_close(struct wr_hub *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->closing = true;
    pthread_mutex_unlock(&h->lock);
    wake(h);
    pthread_join(h->thread, NULL);
    close(h->wake_fd);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

static void
keep(struct wr_hub *h, const struct wr_moved *moved, int n, bool all)
{
    bool first;

    if (atomic_load(&h->subscribers) == 0)
        return;
    pthread_mutex_lock(&h->lock);
    first = h->n_pending == 0 && !h->all;
    if (all || h->n_pending + n > PENDING) {
        h->n_pending = 0;
        h->all = true;
    } else {
        memcpy(h->pending + h->n_pending, moved, (size_t)n * sizeof(*moved));
        h->n_pending += n;
    }
    pthread_mutex_unlock(&h->lock);
    if (first)
        wake(h);
}

void
wr_hub_pass(struct wr_hub *h, const struct wr_moved *moved, int n)
{
    if (n)
        keep(h, moved, n, false);
}

void
wr_hub_all(struct wr_hub *h)
{
    keep(h, NULL, 0, true);
}

void
wr_hub_tell(struct wr_hub *h, const struct wr_moved *moved, int n)
{
    if (n == 0)
        return;
    keep(h, moved, n, false);
    pthread_mutex_lock(&h->lock);
    if (h->also)
        h->also(h->also_data, moved, n);
    pthread_mutex_unlock(&h->lock);
}

void
wr_hub_also(struct wr_hub *h, wr_hub_also_fn *fn, void *data)
{
    pthread_mutex_lock(&h->lock);
    h->also = fn;
    h->also_data = data;
    pthread_mutex_unlock(&h->lock);
    atomic_store(&h->others, fn != NULL);
}

/* Something that could be activated now. */
static bool
is_offered(const struct wr_job_op *op, int64_t now)
{
    const struct wr_job_row *j = &op->row;

    return op->op == WR_OP_PUT && j->kind == WR_JOB_EXTERNAL && j->retries > 0
           && j->due_at <= now && wr_uuid_is_zero(&j->lease);
}

/* Entries of one topic that follow each other are one. */
static int
add(struct wr_moved *moved, int n, uint64_t topic)
{
    if (n && moved[n - 1].topic == topic) {
        moved[n - 1].n++;
        return n;
    }
    moved[n] = (struct wr_moved){ .topic = topic, .n = 1 };

    return n + 1;
}

/* A start moves nobody's instance: who started it looks at it afterwards. */
static bool
is_watched(const struct wr_effects *fx)
{
    return fx->expected_rev != 0
           && (fx->instance.state > WR_ACTIVE || fx->n_jobs || fx->n_incidents);
}

void
wr_hub_committed(struct wr_hub *h, const struct wr_effects *fx, int64_t now)
{
    const struct wr_instance_row *i = &fx->instance;
    bool called = !wr_uuid_is_zero(&i->root);
    struct wr_moved moved[WR_HUB_PACKET];
    int n = 0;

    if (atomic_load(&h->subscribers) == 0 && !atomic_load(&h->others))
        return;
    for (int k = 0; k < fx->n_jobs; k++) {
        const struct wr_job_row *j = &fx->jobs[k].row;

        if (is_offered(&fx->jobs[k], now))
            n = add(moved, n, wr_topic_jobs(j->tenant, j->type));
        if (n == WR_HUB_PACKET) {
            wr_hub_tell(h, moved, n);
            n = 0;
        }
    }
    if (is_watched(fx))
        moved[n++] = (struct wr_moved){
            .topic = wr_topic_instance(called ? &i->root : &i->id),
            .flags = !called && i->state > WR_SUSPENDED ? WR_MOVED_ENDED : 0,
        };
    wr_hub_tell(h, moved, n);
}

void
wr_hub_look(struct wr_hub *h, struct wr_hub_stats *out)
{
    *out = (struct wr_hub_stats){
        .subscribers = atomic_load(&h->subscribers),
        .told = atomic_load(&h->told),
        .resets = atomic_load(&h->resets),
    };
}
