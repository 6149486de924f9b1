#include "fcgi_workers/bridge.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    KEPT = 4096,      /* moves, then anything may have moved */
    ROUND = 256,      /* moves of a message */
    BEAT_MS = 1000,   /* a listener hears of us, moves or none */
    SILENT_MS = 4000, /* then it takes Redis for gone */
    PAUSE_MS = 200,   /* between tries */
    HOST = 16,        /* digits */
    MOVE = 32
};

struct wr_bridge {
    struct wr_hub *hub;
    struct wr_redis *out, *in; /* in: NULL where nobody listens */
    char channel[160];
    atomic_long told, heard, dropped;
    atomic_bool stopping;
    pthread_t teller, listener;
    pthread_mutex_t mutex;
    pthread_cond_t came;
    struct wr_moved kept[KEPT];
    int n;
    bool all; /* more than fit */
};

static uint64_t this_host;

void
wr_bridge_name_host(void)
{
    struct wr_uuid dice = wr_uuid_new(0, 0);

    memcpy(&this_host, dice.b + 8, sizeof(this_host));
}

static void
pause_ms(long ms)
{
    struct timespec t = { .tv_nsec = ms * 1000000 };

    nanosleep(&t, NULL);
}

/* ---- telling ---- */

static void
moved(void *data, const struct wr_moved *moves, int n)
{
    struct wr_bridge *b = data;

    pthread_mutex_lock(&b->mutex);
    if (b->n + n > KEPT) {
        atomic_fetch_add(&b->dropped, b->n + n);
        b->n = 0;
        b->all = true;
    } else {
        memcpy(b->kept + b->n, moves, (size_t)n * sizeof(*moves));
        b->n += n;
    }
    pthread_cond_signal(&b->came);
    pthread_mutex_unlock(&b->mutex);
}

/* `all`: the message ends in "*".  false: it was not said. */
static bool
publish(struct wr_bridge *b, const struct wr_moved *moves, int n, bool all)
{
    char text[HOST + ROUND * MOVE + 2];
    const char *words[] = { "PUBLISH", b->channel, text };
    redisReply *reply;
    struct wr_err err;
    int at = snprintf(text, sizeof(text), "%016" PRIx64, this_host);

    for (int i = 0; i < n; i++)
        at += snprintf(text + at, sizeof(text) - (size_t)at,
                       "%016" PRIx64 "%08" PRIx32 "%08" PRIx32, moves[i].topic,
                       moves[i].n, moves[i].flags);
    if (all)
        snprintf(text + at, sizeof(text) - (size_t)at, "*");
    if (wr_redis_do(b->out, words, WR_COUNT(words), &reply, &err) < 0) {
        atomic_fetch_add(&b->dropped, n);
        return false;
    }
    freeReplyObject(reply);
    atomic_fetch_add(&b->told, n);

    return true;
}

static void
wait_for_moves(struct wr_bridge *b)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += BEAT_MS / 1000;
    if (!b->n && !b->all && !atomic_load(&b->stopping))
        pthread_cond_timedwait(&b->came, &b->mutex, &until);
}

static void *
tell(void *data)
{
    struct wr_bridge *b = data;
    struct wr_moved moves[ROUND];
    bool stopping = false, missed = false; /* something was not said */

    while (!stopping) {
        bool all;
        int n;

        pthread_mutex_lock(&b->mutex);
        wait_for_moves(b);
        n = b->n < ROUND ? b->n : ROUND;
        memcpy(moves, b->kept, (size_t)n * sizeof(*moves));
        memmove(b->kept, b->kept + n, (size_t)(b->n - n) * sizeof(*moves));
        b->n -= n;
        all = b->all || missed;
        b->all = false;
        stopping = atomic_load(&b->stopping) && !b->n;
        pthread_mutex_unlock(&b->mutex);
        missed = !publish(b, moves, n, all) /* nothing: a beat */
                 && (all || n);
    }

    return NULL;
}

/* ---- listening ---- */

static bool
number(const char *digits, int n, uint64_t *out)
{
    *out = 0;
    for (int i = 0; i < n; i++) {
        const char *at = strchr("0123456789abcdef", digits[i]);

        if (!digits[i] || !at)
            return false;
        *out = *out << 4
               | (uint64_t)(digits[i] <= '9' ? digits[i] - '0'
                                             : digits[i] - 'a' + 10);
    }

    return true;
}

/* What is no message of ours is nobody's. */
static void
hear(struct wr_bridge *b, const char *text, size_t len)
{
    struct wr_moved moves[ROUND];
    uint64_t host, topic, n, flags;
    size_t at = HOST;
    int count = 0;

    if (len < HOST || !number(text, HOST, &host) || host == this_host)
        return;
    for (; at + MOVE <= len && count < ROUND; at += MOVE) {
        if (!number(text + at, 16, &topic) || !number(text + at + 16, 8, &n)
            || !number(text + at + 24, 8, &flags))
            return;
        moves[count++] = (struct wr_moved){ .topic = topic,
                                            .n = (uint32_t)n,
                                            .flags = (uint32_t)flags };
    }
    atomic_fetch_add(&b->heard, count);
    wr_hub_pass(b->hub, moves, count);
    if (at < len && text[at] == '*')
        wr_hub_all(b->hub);
}

static void *
listen_to_all(void *data)
{
    struct wr_bridge *b = data;

    while (!atomic_load(&b->stopping)) {
        redisReply *m = NULL;
        struct wr_err err;
        bool fresh;

        if (wr_redis_hear(b->in, b->channel, &fresh, &m, &err) < 0) {
            pause_ms(PAUSE_MS);
            continue;
        }
        if (fresh)
            wr_hub_all(b->hub);
        else if (m->type == REDIS_REPLY_ARRAY && m->elements == 3
                 && m->element[2]->type == REDIS_REPLY_STRING)
            hear(b, m->element[2]->str, m->element[2]->len);
        if (m)
            freeReplyObject(m);
    }

    return NULL;
}

/* ---- open, close ---- */

static void
free_bridge(struct wr_bridge *b)
{
    wr_redis_free(b->out);
    wr_redis_free(b->in);
    pthread_cond_destroy(&b->came);
    pthread_mutex_destroy(&b->mutex);
    free(b);
}

static int
start(struct wr_bridge *b, struct wr_err *err)
{
    if (pthread_create(&b->teller, NULL, tell, b) != 0)
        return wr_fail(err, WR_EIO, "no thread to tell other hosts");
    if (!b->in || pthread_create(&b->listener, NULL, listen_to_all, b) == 0)
        return 0;
    atomic_store(&b->stopping, true);
    pthread_join(b->teller, NULL);

    return wr_fail(err, WR_EIO, "no thread to hear other hosts");
}

int
wr_bridge_open(const struct wr_config *config, const struct wr_clock *clock,
               struct wr_hub *hub, bool listens, struct wr_bridge **out,
               struct wr_err *err)
{
    struct wr_bridge *b = calloc(1, sizeof(*b));
    pthread_condattr_t attr;
    int64_t silent = wr_config_int(config, WR_SET_REDIS_WAIT);

    *out = NULL;
    if (!b)
        abort();
    snprintf(b->channel, sizeof(b->channel), "%.140s:moved",
             wr_config_text(config, WR_SET_KEY_PREFIX));
    if (silent < SILENT_MS)
        silent = SILENT_MS;
    b->hub = hub;
    pthread_mutex_init(&b->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&b->came, &attr);
    pthread_condattr_destroy(&attr);
    if (!this_host)
        wr_bridge_name_host();
    if (wr_servers_redis(config, clock, 0, &b->out, err) < 0 || !b->out
        || (listens
            && wr_servers_redis(config, clock, (int)silent, &b->in, err) < 0)
        || start(b, err) < 0) {
        bool none = !b->out;

        free_bridge(b);
        return none ? 0 : (int)err->code;
    }
    wr_hub_also(hub, moved, b);
    *out = b;

    return 0;
}

void
wr_bridge_close(struct wr_bridge *b)
{
    if (!b)
        return;
    wr_hub_also(b->hub, NULL, NULL);
    pthread_mutex_lock(&b->mutex);
    atomic_store(&b->stopping, true);
    pthread_cond_signal(&b->came);
    pthread_mutex_unlock(&b->mutex);
    pthread_join(b->teller, NULL); /* its last message ends the listener */
    if (b->in)
        pthread_join(b->listener, NULL);
    free_bridge(b);
}

void
wr_bridge_look(struct wr_bridge *b, struct wr_bridge_stats *out)
{
    *out = (struct wr_bridge_stats){ 0 };
    if (!b)
        return;
    out->told = atomic_load(&b->told);
    out->heard = atomic_load(&b->heard);
    out->dropped = atomic_load(&b->dropped);
}
