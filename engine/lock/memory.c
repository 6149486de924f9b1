/* memory: the locks of one process; the reference of the contract. */

#include <stdlib.h>
#include <string.h>

#include "engine/lock/table.h"

struct held {
    struct held *next;
    char *key, *owner;
    int64_t until;
};

struct memory {
    struct wr_lock base; /* first */
    const struct wr_clock *clock;
    pthread_mutex_t mutex;
    struct held *all;
    struct wr_table *tables;
};

static struct memory *
of(struct wr_lock *l)
{
    return wr_container_of(l, struct memory, base);
}

static void
drop(struct held **at)
{
    struct held *h = *at;

    *at = h->next;
    free(h->key);
    free(h->owner);
    free(h);
}

/* Where the key stands, or would; what has run out goes on the way. */
static struct held **
find(struct memory *m, const char *key, int64_t now)
{
    struct held **at = &m->all;

    while (*at) {
        if ((*at)->until <= now)
            drop(at);
        else if (strcmp((*at)->key, key) == 0)
            break;
        else
            at = &(*at)->next;
    }

    return at;
}

static bool
is_of(struct held *const *at, const char *owner)
{
    return *at && strcmp((*at)->owner, owner) == 0;
}

static int
take(struct wr_lock *l, const char *key, const char *owner, int64_t ttl_ms,
     bool *got, struct wr_err *err)
{
    struct memory *m = of(l);
    int64_t now = wr_clock_now(m->clock);
    struct held **at, *h;

    (void)err;
    pthread_mutex_lock(&m->mutex);
    at = find(m, key, now);
    if (!*at) {
        h = calloc(1, sizeof(*h));
        if (!h || !(h->key = strdup(key)) || !(h->owner = strdup(owner)))
            abort();
        *at = h;
    }
    *got = is_of(at, owner);
    if (*got)
        (*at)->until = now + ttl_ms;
    pthread_mutex_unlock(&m->mutex);

    return 0;
}

static int
renew(struct wr_lock *l, const char *key, const char *owner, int64_t ttl_ms,
      bool *held, struct wr_err *err)
{
    struct memory *m = of(l);
    int64_t now = wr_clock_now(m->clock);
    struct held **at;

    (void)err;
    pthread_mutex_lock(&m->mutex);
    at = find(m, key, now);
    *held = is_of(at, owner);
    if (*held)
        (*at)->until = now + ttl_ms;
    pthread_mutex_unlock(&m->mutex);

    return 0;
}

static int
release(struct wr_lock *l, const char *key, const char *owner, bool *held,
        struct wr_err *err)
{
    struct memory *m = of(l);
    struct held **at;

    (void)err;
    pthread_mutex_lock(&m->mutex);
    at = find(m, key, wr_clock_now(m->clock));
    *held = is_of(at, owner);
    if (*held)
        drop(at);
    pthread_mutex_unlock(&m->mutex);

    return 0;
}

static int
share(struct wr_lock *l, const char *key, const struct wr_share_ask *ask,
      struct wr_share_answer *out, struct wr_err *err)
{
    struct memory *m = of(l);

    (void)err;
    pthread_mutex_lock(&m->mutex);
    wr_table_ask(&m->tables, key, wr_clock_now(m->clock), ask, out);
    pthread_mutex_unlock(&m->mutex);

    return 0;
}

static void
close_memory(struct wr_lock *l)
{
    struct memory *m = of(l);

    wr_table_free(m->tables);
    while (m->all)
        drop(&m->all);
    pthread_mutex_destroy(&m->mutex);
    free(m);
}

static const struct wr_lock_ops memory_ops = {
    .name = "memory",
    .take = take,
    .renew = renew,
    .release = release,
    .share = share,
    .close = close_memory,
};

struct wr_lock *
wr_lock_memory(const struct wr_clock *clock)
{
    struct memory *m = calloc(1, sizeof(*m));

    if (!m)
        abort();
    m->base.ops = &memory_ops;
    m->clock = clock;
    pthread_mutex_init(&m->mutex, NULL);

    return &m->base;
}
