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
    char key[KEY];
    pthread_mutex_t mutex;
    int64_t until;          /* by our clock; 0: we are no member */
    struct wr_buckets ours; /* worked on without locks, before `until` */
    uint32_t term;          /* of what was taken last */
    uint32_t terms[WR_BUCKETS];
    struct met met[MET]; /* by hash: the last one there stays */
    struct wr_lease_stats stats;
    /* the keeper's own */
    struct wr_share_ask ask;
    struct wr_share_answer answer;
    struct wr_buckets table, target; /* ours by the table; to be ours */
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
    wr_uuid_text(&id, l->ask.me.owner); /* this process, this start */
    l->ask.me.slot = o->slot;
    l->ask.me.n_slots = o->n_slots;
    snprintf(l->key, sizeof(l->key), "%.100s:buckets", o->prefix);
    /* as if alone: what is free may be had at once */
    for (int b = o->slot; b < WR_BUCKETS; b += o->n_slots)
        wr_buckets_add(&l->target, b);
    pthread_mutex_init(&l->mutex, NULL);

    return l;
}

void
wr_lease_free(struct wr_lease *l)
{
    struct wr_err ignored;

    if (!l)
        return;
    l->ask.ttl_ms = 0;
    if (l->until) /* what cannot be given back runs out */
        (void)!wr_lock_share(l->o.lock, l->key, &l->ask, &l->answer, &ignored);
    pthread_mutex_destroy(&l->mutex);
    free(l);
}

/* ---- who should have what ---- */

static uint64_t
mix(uint64_t h)
{
    h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);

    return h ^ h >> 31;
}

static uint64_t
hash_of(const char *owner)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (; *owner; owner++)
        h = (h ^ (unsigned char)*owner) * UINT64_C(1099511628211);

    return h;
}

/* Members that serve none of our buckets are none of our business. */
static int
neighbours(struct wr_lease *l, uint64_t hashes[], const struct wr_member *who[])
{
    int n = 0;

    for (int i = 0; i < l->answer.n; i++) {
        const struct wr_member *m = &l->answer.members[i];

        if (m->n_slots < 1 || strcmp(m->owner, l->ask.me.owner) == 0
            || (m->n_slots == l->o.n_slots && m->slot != l->o.slot))
            continue;
        hashes[n] = hash_of(m->owner);
        who[n++] = m;
    }

    return n;
}

static void
aim(struct wr_lease *l)
{
    const struct wr_member *who[WR_MEMBERS];
    uint64_t hashes[WR_MEMBERS], me = hash_of(l->ask.me.owner);
    int n = neighbours(l, hashes, who);

    l->target = (struct wr_buckets){ 0 };
    for (int b = l->o.slot; b < WR_BUCKETS; b += l->o.n_slots) {
        uint64_t mine = mix(me + (uint64_t)b);
        bool best = true;

        for (int i = 0; best && i < n; i++)
            best = b % who[i]->n_slots != who[i]->slot
                   || mix(hashes[i] + (uint64_t)b) < mine;
        if (best)
            wr_buckets_add(&l->target, b);
    }
}

/* ---- the beat ---- */

/* What is not to be ours is let go of: at this beat we stop to work on it, with
 * the next one it is given back. */
static void
set_ours(struct wr_lease *l, int64_t asked_at)
{
    bool fresh = l->until <= wr_clock_now(l->o.clock);
    struct wr_buckets next;

    l->term++;
    for (int i = 0; i < WR_BUCKET_WORDS; i++) {
        uint64_t was = l->ours.words[i];
        uint64_t is = l->table.words[i] & l->target.words[i];
        uint64_t came = fresh ? is : is & ~was;

        next.words[i] = is;
        l->ask.give.words[i] = l->table.words[i] & ~l->target.words[i];
        l->stats.taken += __builtin_popcountll(is & ~was);
        l->stats.lost += __builtin_popcountll(was & ~l->table.words[i]);
        l->stats.given += __builtin_popcountll(was & l->ask.give.words[i]);
        for (int k = 0; came; k++, came >>= 1)
            if (came & 1)
                l->terms[64 * i + k] = l->term;
    }
    l->ours = next;
    l->until = asked_at + l->o.ttl_ms * 2 / 3;
    l->stats.members = l->answer.n;
}

static void
set_wants(struct wr_lease *l)
{
    for (int i = 0; i < WR_BUCKET_WORDS; i++)
        l->ask.want.words[i] = l->target.words[i] & ~l->table.words[i];
}

int
wr_lease_beat(struct wr_lease *l, struct wr_err *err)
{
    int64_t asked_at = wr_clock_now(l->o.clock);

    set_wants(l);
    l->ask.ttl_ms = l->o.ttl_ms;
    if (wr_lock_share(l->o.lock, l->key, &l->ask, &l->answer, err) < 0)
        return err->code; /* what is held runs out by itself */
    l->ask.version = l->answer.version;
    if (!l->answer.same)
        l->table = l->answer.mine;
    aim(l);
    pthread_mutex_lock(&l->mutex);
    set_ours(l, asked_at);
    pthread_mutex_unlock(&l->mutex);

    return 0;
}

/* ---- buckets ---- */

static bool
has(struct wr_lease *l, int bucket, int64_t now)
{
    return now < l->until && wr_buckets_has(&l->ours, bucket);
}

bool
wr_lease_has(struct wr_lease *l, int bucket)
{
    int64_t now = wr_clock_now(l->o.clock);
    bool yes;

    pthread_mutex_lock(&l->mutex);
    yes = has(l, bucket, now);
    pthread_mutex_unlock(&l->mutex);

    return yes;
}

int
wr_lease_draw(struct wr_lease *l, uint32_t dice)
{
    int n = l->o.n_slots, slot = l->o.slot;
    int share = (WR_BUCKETS - slot + n - 1) / n;
    int first = (int)(dice % (uint32_t)share) * n + slot, b = first;
    int64_t now = wr_clock_now(l->o.clock);

    pthread_mutex_lock(&l->mutex);
    for (int i = 0; i < share && !has(l, b, now); i++)
        b = b + n < WR_BUCKETS ? b + n : slot;
    pthread_mutex_unlock(&l->mutex);

    return b; /* all the way round: the first */
}

uint32_t
wr_lease_term(struct wr_lease *l, const struct wr_uuid *instance)
{
    int64_t now = wr_clock_now(l->o.clock);
    int bucket = wr_uuid_bucket(instance);
    uint32_t term;

    pthread_mutex_lock(&l->mutex);
    term = has(l, bucket, now) ? l->terms[bucket] : 0;
    pthread_mutex_unlock(&l->mutex);

    return term;
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
    bool must;

    pthread_mutex_lock(&l->mutex);
    must = !has(l, wr_uuid_bucket(instance), now)
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
    *away = wr_lock_take(l->o.lock, key, l->ask.me.owner, l->o.lock_ttl_ms,
                         &got, &err)
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
    (void)wr_lock_release(l->o.lock, key, l->ask.me.owner, &held, &ignored);
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
    int64_t now = wr_clock_now(l->o.clock);

    pthread_mutex_lock(&l->mutex);
    *out = l->stats;
    out->held = now < l->until ? wr_buckets_count(&l->ours) : 0;
    pthread_mutex_unlock(&l->mutex);
}
