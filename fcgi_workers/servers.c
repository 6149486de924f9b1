#include "fcgi_workers/servers.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/base/log.h"
#include "engine/store/store.h"

enum {
    BEATS = 4,    /* of the lease in its time */
    LOOK_MS = 100 /* at what is away */
};

struct wr_keeper {
    struct wr_servers *servers;
    int64_t beat_ms;
    bool (*beat)(struct wr_keeper *k); /* is all well? */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping, refused;
    enum wr_link_state said[WR_SERVER_LINKS];
};

int
wr_servers_look(const struct wr_servers *s,
                struct wr_link_view out[WR_SERVER_LINKS])
{
    int n = 0;

    if (s->store)
        wr_link_look(s->store, &out[n++]);
    if (s->redis)
        wr_link_look(wr_redis_link(s->redis), &out[n++]);
    if (s->amqp)
        wr_link_look(wr_amqp_link(s->amqp), &out[n++]);

    return n;
}

/* ---- the keepers ---- */

static bool
say_changes(struct wr_keeper *k)
{
    struct wr_link_view views[WR_SERVER_LINKS];
    int n = wr_servers_look(k->servers, views);
    bool whole = true;

    for (int i = 0; i < n; i++) {
        const struct wr_link_view *v = &views[i];

        whole &= v->state == WR_LINK_READY;
        if (v->state == k->said[i])
            continue;
        if (v->state == WR_LINK_BROKEN)
            wr_log(WR_LOG_WARN, "server is away", "server", v->name, "cause",
                   v->cause, NULL);
        else if (k->said[i] == WR_LINK_BROKEN)
            wr_log(WR_LOG_INFO, "server is back", "server", v->name, NULL);
        k->said[i] = v->state;
    }

    return whole;
}

static bool
ask_redis(struct wr_redis *r)
{
    static const char *const ping[] = { "PING" };
    redisReply *reply;
    struct wr_err err;

    if (!r)
        return true;
    if (wr_redis_do(r, ping, WR_COUNT(ping), &reply, &err) < 0)
        return false;
    freeReplyObject(reply);

    return true;
}

/* A server that is there and says no is not away. */
static void
say_refused(struct wr_keeper *k, const struct wr_err *err)
{
    bool refused = err->code != WR_OK && err->code != WR_ESTORE;

    if (refused && !k->refused)
        wr_log(WR_LOG_WARN, "the buckets are not leased", "cause", err->text,
               NULL);
    k->refused = refused;
}

static bool
keep_lease(struct wr_keeper *k)
{
    struct wr_err err = { 0 };
    bool held = k->servers->lease ? wr_lease_beat(k->servers->lease, &err) == 0
                                  : ask_redis(k->servers->redis);

    say_refused(k, &err);

    return say_changes(k) && held;
}

static bool
ask_amqp(struct wr_keeper *k)
{
    struct wr_err err;

    return wr_amqp_beat(k->servers->amqp, &err) == 0;
}

static struct timespec
after(int64_t ms)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    ts.tv_sec += ms / 1000;
    ts.tv_nsec += ms % 1000 * 1000000;
    if (ts.tv_nsec >= 1000000000) {
        ts.tv_sec++;
        ts.tv_nsec -= 1000000000;
    }

    return ts;
}

static void *
keep(void *data)
{
    struct wr_keeper *k = data;

    pthread_mutex_lock(&k->mutex);
    while (!k->stopping) {
        struct timespec until;

        pthread_mutex_unlock(&k->mutex);
        until = after(k->beat(k) ? k->beat_ms : LOOK_MS);
        pthread_mutex_lock(&k->mutex);
        if (!k->stopping)
            pthread_cond_timedwait(&k->wake, &k->mutex, &until);
    }
    pthread_mutex_unlock(&k->mutex);

    return NULL;
}

static int
start_keeper(struct wr_arena *a, struct wr_servers *s, int64_t beat_ms,
             bool (*beat)(struct wr_keeper *k), struct wr_keeper **out,
             struct wr_err *err)
{
    struct wr_keeper *k = wr_new(a, struct wr_keeper);
    pthread_condattr_t attr;

    k->servers = s;
    k->beat_ms = beat_ms;
    k->beat = beat;
    pthread_mutex_init(&k->mutex, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&k->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&k->thread, NULL, keep, k) != 0)
        return wr_fail(err, WR_EIO, "start the keeper");
    *out = k;

    return 0;
}

static void
stop_keeper(struct wr_keeper *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->mutex);
    k->stopping = true;
    pthread_cond_signal(&k->wake);
    pthread_mutex_unlock(&k->mutex);
    pthread_join(k->thread, NULL);
    pthread_cond_destroy(&k->wake);
    pthread_mutex_destroy(&k->mutex);
}

/* ---- open, close ---- */

struct wr_link *
wr_servers_store_link(struct wr_arena *a, const struct wr_config *config,
                      const struct wr_clock *clock)
{
    struct wr_link *l;

    if (strncmp(wr_config_text(config, WR_SET_DATABASE_URL), "postgres", 8)
        != 0)
        return NULL;
    l = wr_new(a, struct wr_link);
    wr_link_init(l, WR_SERVER_STORE, clock,
                 wr_config_int(config, WR_SET_RETRY_DELAY),
                 wr_config_int(config, WR_SET_RETRY_DELAY_MAX));
    wr_store_set_link(l);

    return l;
}

int
wr_servers_redis(const struct wr_config *config, const struct wr_clock *clock,
                 int wait_ms, struct wr_redis **out, struct wr_err *err)
{
    const struct wr_tls_options tls = {
        .ca = wr_config_text(config, WR_SET_TLS_CA),
        .cert = wr_config_text(config, WR_SET_TLS_CERT),
        .key = wr_config_text(config, WR_SET_TLS_KEY),
    };
    const struct wr_redis_options o = {
        .url = wr_config_text(config, WR_SET_REDIS_URL),
        .tls = &tls,
        .clock = clock,
        .wait_ms = wait_ms ? wait_ms
                           : (int)wr_config_int(config, WR_SET_REDIS_WAIT),
        .delay_ms = wr_config_int(config, WR_SET_RETRY_DELAY),
        .delay_max_ms = wr_config_int(config, WR_SET_RETRY_DELAY_MAX),
    };

    *out = NULL;

    return o.url[0] ? wr_redis_new(&o, out, err) : 0;
}

int
wr_servers_amqp(const struct wr_config *config, const struct wr_clock *clock,
                struct wr_amqp **out, struct wr_err *err)
{
    const struct wr_tls_options tls = {
        .ca = wr_config_text(config, WR_SET_TLS_CA),
        .cert = wr_config_text(config, WR_SET_TLS_CERT),
        .key = wr_config_text(config, WR_SET_TLS_KEY),
    };
    const struct wr_amqp_options o = {
        .url = wr_config_text(config, WR_SET_AMQP_URL),
        .tls = &tls,
        .clock = clock,
        .wait_ms = (int)wr_config_int(config, WR_SET_AMQP_WAIT),
        .delay_ms = wr_config_int(config, WR_SET_RETRY_DELAY),
        .delay_max_ms = wr_config_int(config, WR_SET_RETRY_DELAY_MAX),
    };

    *out = NULL;

    return o.url[0] ? wr_amqp_new(&o, out, err) : 0;
}

static void
open_lease(struct wr_servers *s, const struct wr_config *config, int slot)
{
    /* not the process's clock: a database sets that */
    static const struct wr_clock own;

    if (s->redis)
        s->lock = wr_lock_redis(s->redis);
    else if (!s->store)
        s->lock = wr_lock_memory(&own);
    else
        return;
    s->lease = wr_lease_new(&(struct wr_lease_options){
        .lock = s->lock,
        .clock = &own,
        .prefix = wr_config_text(config, WR_SET_KEY_PREFIX),
        .slot = slot,
        .n_slots = (int)wr_config_int(config, WR_SET_SLOTS),
        .ttl_ms = wr_config_int(config, WR_SET_LEASE_TTL),
        .lock_ttl_ms = wr_config_int(config, WR_SET_LOCK_TTL),
    });
}

int
wr_servers_open(struct wr_arena *a, const struct wr_config *config,
                const struct wr_clock *clock, int slot, struct wr_servers **out,
                struct wr_err *err)
{
    struct wr_servers *s = wr_new(a, struct wr_servers);
    int64_t beat_ms = wr_config_int(config, WR_SET_LEASE_TTL) / BEATS;

    if (wr_servers_redis(config, clock, 0, &s->redis, err) < 0)
        return err->code;
    if (wr_servers_amqp(config, clock, &s->amqp, err) < 0) {
        wr_redis_free(s->redis);
        return err->code;
    }
    s->store = wr_servers_store_link(a, config, clock);
    if (slot != WR_NO_SLOT)
        open_lease(s, config, slot);
    if (start_keeper(a, s, beat_ms, keep_lease, &s->keeper, err) < 0
        || (s->amqp
            && start_keeper(a, s, beat_ms, ask_amqp, &s->asker, err) < 0)) {
        wr_servers_close(s);
        return err->code;
    }
    *out = s;

    return 0;
}

void
wr_servers_close(struct wr_servers *s)
{
    stop_keeper(s->keeper);
    stop_keeper(s->asker);
    wr_lease_free(s->lease);
    wr_lock_close(s->lock);
    wr_redis_free(s->redis);
    wr_amqp_free(s->amqp);
    if (s->store) {
        wr_store_set_link(NULL);
        wr_link_done(s->store);
    }
}
