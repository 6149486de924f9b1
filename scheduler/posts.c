/* posts: threads that take whatever batch may go next. */
#include "scheduler/posts.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/base/crash.h"

enum {
    LANES = WR_QUEUE_DEAD,
    THREADS = 64,
    TRIES = 4,     /* of what a slot cannot do now */
    PAUSE_MS = 50, /* between them; doubles */
    PAUSE_MAX_MS = 800,
    TICK_MS = 100
};

struct way { /* of one lane to one slot */
    struct wr_fair waiting;
    int under_way;
};

struct wr_posts {
    struct wr_posts_options o;
    pthread_mutex_t mutex; /* over all below */
    pthread_cond_t came;
    struct way *ways; /* LANES for each slot */
    int n_ways, turn;
    struct wr_postings again[LANES]; /* that wait for their next try */
    long counts[LANES];
    pthread_t threads[THREADS];
    int n_threads, idle;
    bool stopping;
};

static enum wr_queue_name
lane_of(int way)
{
    return (enum wr_queue_name)(way % LANES);
}

static int
wide(int way)
{
    return lane_of(way) == WR_QUEUE_TIMERS ? WR_POSTS_WIDE : 1;
}

static bool
is_ready(const struct wr_posts *p, int way)
{
    return p->ways[way].waiting.n && p->ways[way].under_way < wide(way);
}

/* ---- what comes of a post ---- */

static void
put(struct wr_posts *p, enum wr_queue_name lane, const struct wr_posting *it,
    int64_t now)
{
    int slot = wr_post_slot(&p->o.poster, &it->it);

    wr_fair_add(&p->ways[slot * LANES + (int)lane].waiting, it, now);
}

static bool
tries_again(const struct wr_posting *it, enum wr_posted what)
{
    return it->taken
           && (what == WR_POSTED_NOBODY
               || (what == WR_POSTED_LATER && it->tries < TRIES));
}

static int64_t
pause_of(const struct wr_posting *it)
{
    int64_t ms = PAUSE_MS;

    for (int i = 1; i < it->tries && ms < PAUSE_MAX_MS; i++)
        ms *= 2;

    return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

/* false: that was it. */
static bool
keeps(struct wr_posts *p, enum wr_queue_name lane, struct wr_posting *it,
      enum wr_posted what, size_t of)
{
    int64_t now = wr_clock_now(p->o.clock);

    if (p->stopping)
        return false;
    it->tries++;
    if (what == WR_POSTED_BROKE && of > 1) {
        it->alone = true;
        put(p, lane, it, now);
        return true;
    }
    if (!tries_again(it, what))
        return false;
    it->again_at = now + pause_of(it);
    wr_postings_add(&p->again[lane], it);

    return true;
}

static void
settle(struct wr_posts *p, enum wr_queue_name lane, struct wr_posting *items,
       const enum wr_posted *what, size_t n)
{
    bool ended[WR_POSTS_BATCH];

    pthread_mutex_lock(&p->mutex);
    for (size_t i = 0; i < n; i++) {
        ended[i] = !keeps(p, lane, &items[i], what[i], n);
        p->counts[lane] -= ended[i];
    }
    pthread_mutex_unlock(&p->mutex);
    for (size_t i = 0; i < n; i++) {
        if (ended[i])
            p->o.done(p->o.data, lane, &items[i], what[i]);
    }
}

/* ---- threads ---- */

static void
post(struct wr_posts *p, int way, struct wr_posting *items, size_t n)
{
    struct wr_due_item due[WR_POSTS_BATCH];
    enum wr_posted what[WR_POSTS_BATCH];
    struct wr_err why = { 0 };

    for (size_t i = 0; i < n; i++)
        due[i] = items[i].it;
    wr_post(&p->o.poster, way / LANES, due, n, what, &why);
    if (items[0].taken)
        WEIR_CRASH("queue-posted"); /* C12 */
    for (size_t i = 0; i < n; i++) {
        if (what[i] == WR_POSTED_DONE || what[i] == WR_POSTED_GONE
            || what[i] == WR_POSTED_UNKNOWN || what[i] == WR_POSTED_LATER)
            continue;
        p->o.posted(p->o.data, lane_of(way), n, &why);
        settle(p, lane_of(way), items, what, n);
        return;
    }
    p->o.posted(p->o.data, lane_of(way), n, NULL);
    settle(p, lane_of(way), items, what, n);
}

/* The next way with work, in turns; -1: none. */
static int
next_way(struct wr_posts *p)
{
    for (int i = 1; i <= p->n_ways; i++) {
        int way = (p->turn + i) % p->n_ways;

        if (is_ready(p, way)) {
            p->turn = way;
            return way;
        }
    }

    return -1;
}

static void
bring_again(struct wr_posts *p, enum wr_queue_name lane, int64_t now)
{
    size_t n = wr_postings_count(&p->again[lane]);
    struct wr_posting it;

    while (n-- > 0 && wr_postings_take(&p->again[lane], &it, 1)) {
        if (it.again_at <= now)
            put(p, lane, &it, now);
        else
            wr_postings_add(&p->again[lane], &it);
    }
}

static void
rest(struct wr_posts *p)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS / 2 * 1000000L;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    p->idle++;
    for (int i = 0; i < LANES; i++) {
        if (wr_postings_count(&p->again[i])) {
            pthread_cond_timedwait(&p->came, &p->mutex, &until);
            p->idle--;
            return;
        }
    }
    pthread_cond_wait(&p->came, &p->mutex);
    p->idle--;
}

static void *
work(void *data)
{
    struct wr_posts *p = data;
    struct wr_posting items[WR_POSTS_BATCH];

    pthread_mutex_lock(&p->mutex);
    while (!p->stopping) {
        int64_t now = wr_clock_now(p->o.clock);
        int way;
        size_t n;

        for (int i = 0; i < LANES; i++)
            bring_again(p, (enum wr_queue_name)i, now);
        way = next_way(p);
        if (way < 0) {
            rest(p);
            continue;
        }
        n = wr_fair_take(&p->ways[way].waiting, items, WR_POSTS_BATCH);
        p->ways[way].under_way++;
        pthread_mutex_unlock(&p->mutex);
        post(p, way, items, n);
        pthread_mutex_lock(&p->mutex);
        p->ways[way].under_way--;
    }
    pthread_mutex_unlock(&p->mutex);

    return NULL;
}

/* As many threads as there is work for; without a new one those there do it. */
static void
call_threads(struct wr_posts *p)
{
    int ready = 0;

    for (int i = 0; i < p->n_ways; i++)
        ready += is_ready(p, i) ? wide(i) - p->ways[i].under_way : 0;
    for (int i = p->idle; i < ready && p->n_threads < THREADS; i++) {
        if (pthread_create(&p->threads[p->n_threads], NULL, work, p) != 0)
            break;
        p->n_threads++;
    }
    for (int i = 0; i < ready && i < p->idle; i++)
        pthread_cond_signal(&p->came);
}

void
wr_posts_add(struct wr_posts *p, enum wr_queue_name lane,
             const struct wr_posting *items, size_t n)
{
    int64_t now = wr_clock_now(p->o.clock);

    if (n == 0)
        return;
    pthread_mutex_lock(&p->mutex);
    for (size_t i = 0; i < n; i++)
        put(p, lane, &items[i], now);
    p->counts[lane] += (long)n;
    call_threads(p);
    pthread_mutex_unlock(&p->mutex);
}

long
wr_posts_count(struct wr_posts *p, enum wr_queue_name lane)
{
    long n;

    pthread_mutex_lock(&p->mutex);
    n = p->counts[lane];
    pthread_mutex_unlock(&p->mutex);

    return n;
}

struct wr_posts *
wr_posts_new(const struct wr_posts_options *o)
{
    struct wr_posts *p = calloc(1, sizeof(*p));
    pthread_condattr_t attr;

    if (!p)
        abort();
    p->o = *o;
    p->n_ways = LANES * o->poster.n_slots;
    p->ways = calloc((size_t)p->n_ways, sizeof(*p->ways));
    if (!p->ways)
        abort();
    pthread_mutex_init(&p->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->came, &attr);
    pthread_condattr_destroy(&attr);

    return p;
}

void
wr_posts_free(struct wr_posts *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->mutex);
    p->stopping = true;
    pthread_cond_broadcast(&p->came);
    pthread_mutex_unlock(&p->mutex);
    for (int i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i], NULL);
    for (int i = 0; i < p->n_ways; i++)
        wr_fair_free(&p->ways[i].waiting);
    for (int i = 0; i < LANES; i++)
        wr_postings_free(&p->again[i]);
    free(p->ways);
    pthread_cond_destroy(&p->came);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}
