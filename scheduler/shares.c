#include "scheduler/shares.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BEATS = 4, /* of the lease in its time */
    MAX = 64   /* schedulers */
};

struct wr_shares {
    struct wr_shares_options o;
    char name[WR_UUID_TEXT], key[160];
    pthread_t thread;
    pthread_mutex_t mutex; /* over all below */
    pthread_cond_t wake;
    bool stopping, fit, joined;
    int64_t alive_at; /* the loop */
    int64_t until;    /* who is there is known till then */
    uint8_t mine[WR_BUCKETS];
    int schedulers, buckets;
};

/* One script: nobody sees the list in between.  The server's clock counts. */
static const char join[] =
    "local t=redis.call('time') local n=t[1]*1000+math.floor(t[2]/1000) "
    "redis.call('zadd',KEYS[1],n+ARGV[2],ARGV[1]) "
    "redis.call('zremrangebyscore',KEYS[1],'-inf',n) "
    "redis.call('pexpire',KEYS[1],2*ARGV[2]) "
    "return redis.call('zrange',KEYS[1],0,-1)";

/* ---- whose a bucket is ---- */

/* FNV-1a, 64 bits. */
uint64_t
wr_shares_name(const char *text)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);

    for (; *text; text++)
        h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001B3);

    return h;
}

/* The finisher of splitmix64. */
static uint64_t
weight(uint64_t name, int bucket)
{
    uint64_t h = name + (uint64_t)(bucket + 1) * UINT64_C(0x9E3779B97F4A7C15);

    h = (h ^ h >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    h = (h ^ h >> 27) * UINT64_C(0x94D049BB133111EB);

    return h ^ h >> 31;
}

size_t
wr_shares_owner(const uint64_t *names, size_t n, int bucket)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++) {
        if (weight(names[i], bucket) > weight(names[best], bucket))
            best = i;
    }

    return best;
}

static void
spread(struct wr_shares *s, const uint64_t *names, size_t n, size_t me,
       int64_t until)
{
    int buckets = 0;

    pthread_mutex_lock(&s->mutex);
    for (int b = 0; b < WR_BUCKETS; b++) {
        s->mine[b] = me < n && wr_shares_owner(names, n, b) == me;
        buckets += s->mine[b];
    }
    s->schedulers = (int)n;
    s->buckets = buckets;
    s->until = until;
    pthread_mutex_unlock(&s->mutex);
}

/* ---- the lease ---- */

static int
by_name(const void *a, const void *b)
{
    const redisReply *const *x = a, *const *y = b;

    return strcmp((*x)->str, (*y)->str);
}

static void
learn(struct wr_shares *s, redisReply *r, int64_t asked_at)
{
    uint64_t names[MAX];
    size_t n = 0, me = MAX;

    if (r->type != REDIS_REPLY_ARRAY)
        return;
    if (r->elements)
        qsort(r->element, r->elements, sizeof(redisReply *), by_name);
    for (size_t i = 0; i < r->elements && n < MAX; i++) {
        if (r->element[i]->type != REDIS_REPLY_STRING)
            continue;
        if (strcmp(r->element[i]->str, s->name) == 0)
            me = n;
        names[n++] = wr_shares_name(r->element[i]->str);
    }
    /* Our own clock may run a little slower than the server's. */
    spread(s, names, n, me, asked_at + s->o.ttl_ms * 2 / 3);
}

static bool
ask(struct wr_shares *s)
{
    int64_t asked_at = wr_clock_now(s->o.clock);
    char ttl[24];
    const char *words[] = { "EVAL", join, "1", s->key, s->name, ttl };
    redisReply *reply;
    struct wr_err err;

    snprintf(ttl, sizeof(ttl), "%lld", (long long)s->o.ttl_ms);
    if (wr_redis_do(s->o.redis, words, WR_COUNT(words), &reply, &err) < 0)
        return false; /* what is known gets old by itself */
    learn(s, reply, asked_at);
    freeReplyObject(reply);

    return true;
}

/* Nothing is its own any more, and the others see that at their next beat. */
static void
leave(struct wr_shares *s)
{
    const char *words[] = { "ZREM", s->key, s->name };
    redisReply *reply;
    struct wr_err err;

    if (wr_redis_do(s->o.redis, words, WR_COUNT(words), &reply, &err) == 0)
        freeReplyObject(reply);
}

static bool
is_fit(struct wr_shares *s)
{
    int64_t now = wr_clock_now(s->o.clock);
    bool fit;

    pthread_mutex_lock(&s->mutex);
    fit = s->fit && now - s->alive_at < s->o.ttl_ms;
    pthread_mutex_unlock(&s->mutex);

    return fit && wr_post_listens(&s->o.poster);
}

static void
beat(struct wr_shares *s)
{
    if (is_fit(s)) {
        s->joined |= ask(s);
        return;
    }
    if (s->joined)
        leave(s);
    s->joined = false;
    spread(s, NULL, 0, MAX, 0);
}

static void *
keep(void *data)
{
    struct wr_shares *s = data;

    pthread_mutex_lock(&s->mutex);
    while (!s->stopping) {
        int64_t ms = s->o.ttl_ms / BEATS;
        struct timespec at;

        pthread_mutex_unlock(&s->mutex);
        beat(s);
        pthread_mutex_lock(&s->mutex);
        clock_gettime(CLOCK_MONOTONIC, &at);
        at.tv_sec += ms / 1000;
        at.tv_nsec += ms % 1000 * 1000000;
        if (at.tv_nsec >= 1000000000) {
            at.tv_sec++;
            at.tv_nsec -= 1000000000;
        }
        if (!s->stopping)
            pthread_cond_timedwait(&s->wake, &s->mutex, &at);
    }
    pthread_mutex_unlock(&s->mutex);
    if (s->joined)
        leave(s);

    return NULL;
}

/* ---- for the loop ---- */

void
wr_shares_beat(struct wr_shares *s, int64_t now, bool fit)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->mutex);
    s->alive_at = now;
    s->fit = fit;
    pthread_mutex_unlock(&s->mutex);
}

bool
wr_shares_known(struct wr_shares *s, int64_t now)
{
    bool known;

    if (!s)
        return false;
    pthread_mutex_lock(&s->mutex);
    known = now < s->until;
    pthread_mutex_unlock(&s->mutex);

    return known;
}

bool
wr_shares_mine(struct wr_shares *s, int bucket)
{
    bool mine;

    pthread_mutex_lock(&s->mutex);
    mine = s->mine[bucket];
    pthread_mutex_unlock(&s->mutex);

    return mine;
}

void
wr_shares_count(struct wr_shares *s, int *schedulers, int *buckets)
{
    pthread_mutex_lock(&s->mutex);
    *schedulers = s->schedulers;
    *buckets = s->buckets;
    pthread_mutex_unlock(&s->mutex);
}

int
wr_shares_new(const struct wr_shares_options *o, struct wr_shares **out,
              struct wr_err *err)
{
    struct wr_shares *s = calloc(1, sizeof(*s));
    struct wr_uuid id = wr_uuid_new(wr_clock_now(o->clock), 0);
    pthread_condattr_t attr;

    if (!s)
        abort();
    s->o = *o;
    wr_uuid_text(&id, s->name);
    snprintf(s->key, sizeof(s->key), "%.120s:schedulers", o->prefix);
    s->alive_at = wr_clock_now(o->clock);
    s->fit = true;
    pthread_mutex_init(&s->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&s->thread, NULL, keep, s) != 0) {
        free(s);
        return wr_fail(err, WR_EIO, "no thread to share the buckets");
    }
    *out = s;

    return 0;
}

void
wr_shares_free(struct wr_shares *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->mutex);
    s->stopping = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->mutex);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->mutex);
    free(s);
}
