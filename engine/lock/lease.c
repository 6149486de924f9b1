#include "engine/lock/lease.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MET = 256,      /* instances remembered that others work on, too */
    MET_MS = 10000, /* for so long */
    KEY = 160,
};

struct met {
    struct wr_uuid instance;
    int64_t until;
};

struct wr_lease {
    struct wr_lease_options o;
    char owner[WR_UUID_TEXT]; /* this process, this start */
    char key[KEY];
    pthread_mutex_t mutex;
    int64_t until;       /* by our clock; 0: not held */
    struct met met[MET]; /* by hash: the last one there stays */
    struct wr_lease_stats stats;
};

struct wr_lease *
wr_lease_new(const struct wr_lease_options *o)
{
    struct wr_lease *l = calloc(1, sizeof(*l));
    struct wr_uuid id;

    if (!l)
        abort();
    l->o = *o;
    id = wr_uuid_new(wr_clock_now(o->clock), 0);
    wr_uuid_text(&id, l->owner);
    snprintf(l->key, sizeof(l->key), "%.100s:slot:%d/%d", o->prefix, o->slot,
             o->n_slots);
    pthread_mutex_init(&l->mutex, NULL);

    return l;
}

void
wr_lease_free(struct wr_lease *l)
{
    struct wr_err ignored;
    bool held;

    if (!l)
        return;
    if (l->until)
        (void)wr_lock_release(l->o.lock, l->key, l->owner, &held, &ignored);
    pthread_mutex_destroy(&l->mutex);
    free(l);
}

/* Our own clock may run a little slower than the lock's: a third is margin. */
static void
set_held(struct wr_lease *l, bool held, int64_t asked_at)
{
    pthread_mutex_lock(&l->mutex);
    if (held && !l->until)
        l->stats.taken++;
    if (!held && l->until)
        l->stats.lost++;
    l->until = held ? asked_at + l->o.ttl_ms * 2 / 3 : 0;
    pthread_mutex_unlock(&l->mutex);
}

int
wr_lease_beat(struct wr_lease *l, struct wr_err *err)
{
    int64_t asked_at = wr_clock_now(l->o.clock);
    bool held;

    if (wr_lock_take(l->o.lock, l->key, l->owner, l->o.ttl_ms, &held, err) < 0)
        return err->code; /* what is held runs out by itself */
    set_held(l, held, asked_at);

    return 0;
}

bool
wr_lease_held(struct wr_lease *l)
{
    int64_t now = wr_clock_now(l->o.clock);
    bool held;

    pthread_mutex_lock(&l->mutex);
    held = now < l->until;
    pthread_mutex_unlock(&l->mutex);

    return held;
}

/* ---- instances ---- */

static struct met *
place(struct wr_lease *l, const struct wr_uuid *id)
{
    uint32_t h;

    memcpy(&h, id->b + 12, sizeof(h));

    return &l->met[h % MET];
}

bool
wr_lease_must_lock(struct wr_lease *l, const struct wr_uuid *instance)
{
    int64_t now = wr_clock_now(l->o.clock);
    struct met *m = place(l, instance);
    bool owned = wr_uuid_bucket(instance) % l->o.n_slots == l->o.slot;
    bool must;

    pthread_mutex_lock(&l->mutex);
    must = !owned || now >= l->until
           || (now < m->until && wr_uuid_equal(&m->instance, instance));
    pthread_mutex_unlock(&l->mutex);

    return must;
}

void
wr_lease_met(struct wr_lease *l, const struct wr_uuid *instance)
{
    struct met *m = place(l, instance);

    pthread_mutex_lock(&l->mutex);
    m->instance = *instance;
    m->until = wr_clock_now(l->o.clock) + MET_MS;
    pthread_mutex_unlock(&l->mutex);
}

static void
instance_key(const struct wr_lease *l, const struct wr_uuid *id, char key[KEY])
{
    char text[WR_UUID_TEXT];

    wr_uuid_text(id, text);
    snprintf(key, KEY, "%.100s:instance:%s", l->o.prefix, text);
}

bool
wr_lease_lock(struct wr_lease *l, const struct wr_uuid *instance, bool *away)
{
    struct wr_err err;
    char key[KEY];
    bool got = false;

    instance_key(l, instance, key);
    *away = wr_lock_take(l->o.lock, key, l->owner, l->o.lock_ttl_ms, &got, &err)
            < 0;
    pthread_mutex_lock(&l->mutex);
    l->stats.locks += got;
    l->stats.busy += !got && !*away;
    pthread_mutex_unlock(&l->mutex);
    if (!got && !*away)
        wr_lease_met(l, instance); /* they still work on it */

    return got;
}

/* One that cannot be given back runs out. */
void
wr_lease_unlock(struct wr_lease *l, const struct wr_uuid *instance)
{
    struct wr_err ignored;
    char key[KEY];
    bool held;

    instance_key(l, instance, key);
    (void)wr_lock_release(l->o.lock, key, l->owner, &held, &ignored);
}

void
wr_lease_waited(struct wr_lease *l, int64_t us)
{
    pthread_mutex_lock(&l->mutex);
    l->stats.waits++;
    l->stats.wait_us += us;
    pthread_mutex_unlock(&l->mutex);
}

void
wr_lease_look(struct wr_lease *l, struct wr_lease_stats *out)
{
    bool held = wr_lease_held(l);

    pthread_mutex_lock(&l->mutex);
    *out = l->stats;
    pthread_mutex_unlock(&l->mutex);
    out->held = held;
}
