#include "fcgi_workers/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "engine/base/log.h"
#include "engine/store/store.h"

enum {
    EVERY_MS = 10000,
    AWAY_MS = 1000, /* till the next try */
    LOOKS = 3       /* the quickest answer counts */
};

struct wr_clock_keeper {
    const char *url;
    struct wr_clock *clock;
    struct wr_store *store;
    atomic_llong skew; /* INT64_MIN: not known */
    bool warned;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
};

static int64_t
read_ms(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);

    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct look {
    int64_t took, beside; /* the database's clock less our monotonic one */
};

static int
look(struct wr_clock_keeper *k, struct look *l, struct wr_err *err)
{
    int64_t from = read_ms(CLOCK_MONOTONIC), now;

    if (wr_store_time(k->store, &now, err) < 0)
        return err->code;
    l->took = read_ms(CLOCK_MONOTONIC) - from;
    l->beside = now - from - l->took / 2; /* it was read on the way */

    return 0;
}

/* By less than the question took it may as well be right. */
static void
set_clock(struct wr_clock_keeper *k, const struct look *l)
{
    int64_t now = read_ms(CLOCK_MONOTONIC) + l->beside;
    int64_t off = now - wr_clock_now(k->clock);

    if (off > l->took + 1 || off < -l->took - 1)
        wr_clock_sync(k->clock, now);
}

static void
say(struct wr_clock_keeper *k, int64_t skew)
{
    bool off = skew > WR_SKEW_MS || skew < -WR_SKEW_MS;

    if (off && !k->warned)
        wr_log(WR_LOG_WARN, "the clock is off", "cause",
               "more than a second from the database's", NULL);
    else if (!off && k->warned)
        wr_log(WR_LOG_INFO, "the clock is right again", NULL);
    k->warned = off;
}

static bool
measure(struct wr_clock_keeper *k)
{
    struct look best = { .took = INT64_MAX };
    struct wr_err err;
    int64_t skew;

    if (!k->store && wr_store_open(k->url, &k->store, &err) < 0) {
        k->store = NULL;
        return false;
    }
    for (int i = 0; i < LOOKS; i++) {
        struct look l = { 0 };

        if (look(k, &l, &err) < 0) {
            wr_store_close(k->store);
            k->store = NULL;
            return false;
        }
        if (l.took < best.took)
            best = l;
    }
    set_clock(k, &best);
    skew = read_ms(CLOCK_MONOTONIC) + best.beside - read_ms(CLOCK_REALTIME);
    atomic_store(&k->skew, skew);
    say(k, skew);

    return true;
}

static void *
keep(void *data)
{
    struct wr_clock_keeper *k = data;
    bool well = true;

    pthread_mutex_lock(&k->mutex);
    while (!k->stopping) {
        struct timespec until;
        int64_t at = read_ms(CLOCK_MONOTONIC) + (well ? EVERY_MS : AWAY_MS);

        until.tv_sec = at / 1000;
        until.tv_nsec = at % 1000 * 1000000;
        pthread_cond_timedwait(&k->wake, &k->mutex, &until);
        if (k->stopping || read_ms(CLOCK_MONOTONIC) < at)
            continue;
        pthread_mutex_unlock(&k->mutex);
        well = measure(k);
        pthread_mutex_lock(&k->mutex);
    }
    pthread_mutex_unlock(&k->mutex);

    return NULL;
}

int
wr_clock_keep(const char *url, struct wr_clock *clock,
              struct wr_clock_keeper **out, struct wr_err *err)
{
    struct wr_clock_keeper *k;
    pthread_condattr_t attr;

    *out = NULL;
    if (!wr_store_tells_time(url))
        return 0;
    k = calloc(1, sizeof(*k));
    if (!k)
        abort();
    k->url = url;
    k->clock = clock;
    atomic_init(&k->skew, INT64_MIN);
    pthread_mutex_init(&k->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&k->wake, &attr);
    pthread_condattr_destroy(&attr);
    (void)measure(k); /* else it goes on trying */
    if (pthread_create(&k->thread, NULL, keep, k) != 0) {
        if (k->store)
            wr_store_close(k->store);
        free(k);
        return wr_fail(err, WR_EIO, "start the clock");
    }
    *out = k;

    return 0;
}

void
wr_clock_keep_end(struct wr_clock_keeper *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->mutex);
    k->stopping = true;
    pthread_cond_signal(&k->wake);
    pthread_mutex_unlock(&k->mutex);
    pthread_join(k->thread, NULL);
    if (k->store)
        wr_store_close(k->store);
    free(k);
}

bool
wr_clock_skew(const struct wr_clock_keeper *k, int64_t *ms)
{
    *ms = k ? atomic_load(&k->skew) : INT64_MIN;

    return *ms != INT64_MIN;
}
