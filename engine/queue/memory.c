/* memory: a broker within the process, the reference of the contract.
 *
 *     waiting --take--> held by a consumer --done--> gone
 *        ^                |        |
 *        +----return------+        +--reject, or returned too often--> dead
 */

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/queue/queue.h"

struct memory;

struct message {
    struct message *next;
    enum wr_queue_name in, origin;
    struct wr_uuid id;
    char *body;
    size_t len;
    int returns;
    const char *reason;    /* dead letters */
    struct memory *holder; /* NULL: waiting */
    uint64_t number;       /* of the delivery */
};

struct wr_queue_broker {
    pthread_mutex_t mutex;
    pthread_cond_t came;
    int delivery_limit;
    struct message *first, **last;
    uint64_t deliveries;
};

struct memory {
    struct wr_queue base; /* first */
    struct wr_queue_broker *broker;
    unsigned queues; /* 1 << enum wr_queue_name */
    int prefetch;
    int held[WR_QUEUES];
};

static struct memory *
of(struct wr_queue *q)
{
    return wr_container_of(q, struct memory, base);
}

/* ---- the broker ---- */

struct wr_queue_broker *
wr_queue_broker_new(int delivery_limit)
{
    struct wr_queue_broker *b = calloc(1, sizeof(*b));
    pthread_condattr_t attr;

    if (!b)
        abort();
    b->delivery_limit = delivery_limit;
    b->last = &b->first;
    pthread_mutex_init(&b->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&b->came, &attr);
    pthread_condattr_destroy(&attr);

    return b;
}

static void
append(struct wr_queue_broker *b, struct message *m)
{
    m->next = NULL;
    *b->last = m;
    b->last = &m->next;
}

/* Unlinked, and given. */
static struct message *
unlink_at(struct wr_queue_broker *b, struct message **at)
{
    struct message *m = *at;

    *at = m->next;
    if (b->last == &m->next)
        b->last = at;

    return m;
}

static void
drop(struct message *m)
{
    free(m->body);
    free(m);
}

void
wr_queue_broker_free(struct wr_queue_broker *b)
{
    while (b->first)
        drop(unlink_at(b, &b->first));
    pthread_cond_destroy(&b->came);
    pthread_mutex_destroy(&b->mutex);
    free(b);
}

static void
bury(struct message *m, const char *reason)
{
    m->origin = m->in;
    m->in = WR_QUEUE_DEAD;
    m->reason = reason;
    m->returns = 0;
}

static void
give_back(struct wr_queue_broker *b, struct message *m)
{
    m->holder->held[m->in]--;
    m->holder = NULL;
    m->returns++;
    if (m->in < WR_QUEUE_DEAD && m->returns > b->delivery_limit)
        bury(m, "delivery_limit");
    pthread_cond_broadcast(&b->came);
}

/* ---- a queue of it ---- */

/* Of what is there only once: it waits, or somebody else holds one. */
static bool
is_kept(const struct wr_queue_broker *b, enum wr_queue_name name,
        const struct memory *but)
{
    const struct message *m = b->first;

    while (m && (m->in != name || (but && (!m->holder || m->holder == but))))
        m = m->next;

    return m != NULL;
}

static int
publish(struct wr_queue *q, struct wr_queue_item *items, size_t n,
        struct wr_err *err)
{
    struct wr_queue_broker *b = of(q)->broker;

    (void)err;
    pthread_mutex_lock(&b->mutex);
    for (size_t i = 0; i < n; i++) {
        struct message *m;

        if (items[i].to == WR_QUEUE_DISPATCH
            && is_kept(b, WR_QUEUE_DISPATCH, NULL))
            continue;
        m = calloc(1, sizeof(*m));
        if (!m || !(m->body = malloc(items[i].len + 1)))
            abort();
        memcpy(m->body, items[i].body, items[i].len);
        m->len = items[i].len;
        m->in = items[i].to;
        m->id = items[i].id;
        append(b, m);
        items[i].confirmed = true;
    }
    pthread_cond_broadcast(&b->came);
    pthread_mutex_unlock(&b->mutex);

    return 0;
}

static void
consume(struct wr_queue *q, unsigned queues, int prefetch)
{
    of(q)->queues = queues;
    of(q)->prefetch = prefetch;
}

static void
deliver(struct memory *c, struct message *m, struct wr_arena *a,
        struct wr_queue_delivery *out)
{
    char *body = wr_arena_alloc(a, m->len + 1);

    memcpy(body, m->body, m->len);
    body[m->len] = '\0';
    m->holder = c;
    m->number = ++c->broker->deliveries;
    c->held[m->in]++;
    *out = (struct wr_queue_delivery){
        .from = m->in,
        .id = m->id,
        .body = body,
        .len = m->len,
        .size = m->len,
        .returns = m->returns,
        .reason = m->reason,
        .origin = m->reason ? wr_queue_word(m->origin) : NULL,
        .tag = { .number = m->number },
    };
}

static size_t
take_waiting(struct memory *c, struct wr_arena *a,
             struct wr_queue_delivery *out, size_t cap)
{
    size_t n = 0;

    for (struct message *m = c->broker->first; m && n < cap; m = m->next) {
        if (!m->holder && c->queues & 1U << m->in
            && c->held[m->in] < c->prefetch
            && (m->in != WR_QUEUE_DISPATCH || !is_kept(c->broker, m->in, c)))
            deliver(c, m, a, &out[n++]);
    }

    return n;
}

static int
take(struct wr_queue *q, int64_t wait_ms, struct wr_arena *a,
     struct wr_queue_delivery *out, size_t cap, size_t *n, struct wr_err *err)
{
    struct memory *c = of(q);
    struct timespec until;

    (void)err;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&c->broker->mutex);
    while (
        (*n = take_waiting(c, a, out, cap)) == 0
        && pthread_cond_timedwait(&c->broker->came, &c->broker->mutex, &until)
               == 0)
        ;
    pthread_mutex_unlock(&c->broker->mutex);

    return 0;
}

static int
settle(struct wr_queue *q, const struct wr_queue_tag *tag,
       enum wr_queue_verdict verdict, struct wr_err *err)
{
    struct wr_queue_broker *b = of(q)->broker;
    struct message **at, *m;

    pthread_mutex_lock(&b->mutex);
    for (at = &b->first; *at; at = &(*at)->next) {
        if ((*at)->holder == of(q) && (*at)->number == tag->number)
            break;
    }
    m = *at;
    if (m && verdict == WR_QUEUE_RETURN) {
        give_back(b, m);
    } else if (m) {
        m->holder->held[m->in]--;
        m->holder = NULL;
        if (verdict == WR_QUEUE_REJECT && m->in < WR_QUEUE_DEAD) {
            bury(m, "rejected");
            pthread_cond_broadcast(&b->came);
        } else {
            drop(unlink_at(b, at));
        }
    }
    pthread_mutex_unlock(&b->mutex);

    return m ? 0 : wr_fail(err, WR_ENOTFOUND, "no such delivery");
}

static int
depth(struct wr_queue *q, enum wr_queue_name name, long *out,
      struct wr_err *err)
{
    struct wr_queue_broker *b = of(q)->broker;

    (void)err;
    *out = 0;
    pthread_mutex_lock(&b->mutex);
    for (const struct message *m = b->first; m; m = m->next)
        *out += m->in == name && !m->holder;
    pthread_mutex_unlock(&b->mutex);

    return 0;
}

static void
close_memory(struct wr_queue *q)
{
    struct memory *c = of(q);

    pthread_mutex_lock(&c->broker->mutex);
    for (struct message *m = c->broker->first; m; m = m->next) {
        if (m->holder == c)
            give_back(c->broker, m);
    }
    pthread_mutex_unlock(&c->broker->mutex);
    free(c);
}

static const struct wr_queue_ops memory_ops = {
    .name = "memory",
    .publish = publish,
    .consume = consume,
    .take = take,
    .settle = settle,
    .depth = depth,
    .close = close_memory,
};

struct wr_queue *
wr_queue_memory(struct wr_queue_broker *b)
{
    struct memory *c = calloc(1, sizeof(*c));

    if (!c)
        abort();
    c->base.ops = &memory_ops;
    c->broker = b;

    return &c->base;
}
