#include "fcgi_workers/retention.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/log.h"
#include "engine/runtime/retention.h"
#include "fcgi_workers/service.h"

enum {
    MOST = 10000 /* instances of one look; when there are more, at once again */
};

struct wr_housekeeper {
    struct wr_service *service;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool closing;
    struct wr_housekeeping seen;
    pthread_t thread;
};

static void
record(struct wr_housekeeper *h, int rc, const struct wr_retained *r,
       const struct wr_err *err)
{
    struct wr_housekeeping *k = &h->seen;
    bool failing = rc < 0;

    pthread_mutex_lock(&h->lock);
    k->runs++;
    k->failures += failing;
    k->instances += r->instances;
    k->archived += r->archived;
    k->archive_failures += r->archive_failed;
    k->months += r->months;
    k->oldest_ended = r->oldest_ended;
    if (failing != k->failing)
        k->since = wr_clock_now(&h->service->clock);
    if (failing && (!k->failing || strcmp(k->cause, err->text) != 0))
        wr_log(WR_LOG_ERROR, "ended instances are not removed", "cause",
               err->text, NULL);
    if (!failing && k->failing)
        wr_log(WR_LOG_INFO, "ended instances are removed again", NULL);
    k->failing = failing;
    snprintf(k->cause, sizeof(k->cause), "%s", failing ? err->text : "");
    pthread_mutex_unlock(&h->lock);
}

static bool
closing(struct wr_housekeeper *h)
{
    bool is;

    pthread_mutex_lock(&h->lock);
    is = h->closing;
    pthread_mutex_unlock(&h->lock);

    return is;
}

static void
look(struct wr_housekeeper *h)
{
    struct wr_service *s = h->service;
    struct wr_retention r = {
        .ttl = wr_config_int(s->config, WR_SET_HISTORY_TTL),
        .archive = wr_config_text(s->config, WR_SET_HISTORY_ARCHIVE),
        .most = MOST,
    };
    struct wr_retained kept;

    do {
        struct wr_err err = { 0 };
        int rc;

        r.now = wr_clock_now(&s->clock);
        rc = wr_retention_sweep(s->runtime, s->store_url, &r, &kept, &err);
        record(h, rc, &kept, &err);
        if (rc < 0)
            return;
    } while (kept.more && !closing(h));
}

static void *
keep_house(void *data)
{
    struct wr_housekeeper *h = data;
    int64_t ms = wr_config_int(h->service->config, WR_SET_CLEANUP_INTERVAL);

    while (!closing(h)) {
        struct timespec until;

        look(h);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += ms / 1000;
        until.tv_nsec += ms % 1000 * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&h->lock);
        while (!h->closing
               && pthread_cond_timedwait(&h->changed, &h->lock, &until)
                      != ETIMEDOUT)
            ;
        pthread_mutex_unlock(&h->lock);
    }

    return NULL;
}

int
wr_housekeeper_open(struct wr_service *s, struct wr_housekeeper **out,
                    struct wr_err *err)
{
    struct wr_housekeeper *h = calloc(1, sizeof(*h));
    pthread_condattr_t attr;

    if (!h)
        abort();
    h->service = s;
    h->seen.since = wr_clock_now(&s->clock);
    pthread_mutex_init(&h->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&h->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&h->thread, NULL, keep_house, h) != 0) {
        free(h);
        return wr_fail(err, WR_EIO, "no thread for the housekeeping");
    }
    *out = h;

    return 0;
}

void
wr_housekeeper_close(struct wr_housekeeper *h)
{
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->closing = true;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

void
wr_housekeeper_look(struct wr_housekeeper *h, struct wr_housekeeping *out)
{
    *out = (struct wr_housekeeping){ 0 };
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    *out = h->seen;
    pthread_mutex_unlock(&h->lock);
}

void
wr_housekeeper_samples(struct wr_housekeeper *h, int slot, struct wr_str *s)
{
    struct wr_housekeeping k;

    if (!h)
        return;
    wr_housekeeper_look(h, &k);

    const struct {
        const char *name;
        long long value;
    } counts[] = {
        { "removed_instances_total", k.instances },
        { "archived_instances_total", k.archived },
        { "archive_failures_total", k.archive_failures },
        { "failures_total", k.failures },
        { "removed_months_total", k.months },
        { "oldest_ended_seconds", k.oldest_ended / 1000 },
    };

    for (size_t i = 0; i < WR_COUNT(counts); i++)
        wr_str_printf(s, "weir_history_%s{slot=\"%d\"} %lld\n", counts[i].name,
                      slot, counts[i].value);
}
