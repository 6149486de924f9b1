/* given: a hash table with open addressing, swept when it is half full. */
#include "scheduler/given.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_SIZE = 1 << 12,
    OLD_MS = 600000 /* of no use any more */
};

struct entry {
    struct wr_uuid id; /* zero: free */
    int64_t at, since; /* since 0: forgotten */
    long epoch;
    bool here; /* in this process, which does not lose it */
    bool done; /* a row that says otherwise was read before */
};

struct wr_given {
    pthread_mutex_t mutex;
    struct entry *entries;
    size_t size, used; /* a power of two; forgotten ones included */
};

struct wr_given *
wr_given_new(void)
{
    struct wr_given *g = calloc(1, sizeof(*g));

    if (!g || !(g->entries = calloc(FIRST_SIZE, sizeof(*g->entries))))
        abort();
    g->size = FIRST_SIZE;
    pthread_mutex_init(&g->mutex, NULL);

    return g;
}

void
wr_given_free(struct wr_given *g)
{
    pthread_mutex_destroy(&g->mutex);
    free(g->entries);
    free(g);
}

/* Its entry, or the free one for it. */
static struct entry *
slot_of(struct entry *entries, size_t size, const struct wr_uuid *id)
{
    uint64_t h;

    memcpy(&h, id->b + 8, sizeof(h));
    h ^= h >> 29;
    h *= UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = h >> 32 & (size - 1);; i = (i + 1) & (size - 1)) {
        if (wr_uuid_is_zero(&entries[i].id)
            || wr_uuid_equal(&entries[i].id, id))
            return &entries[i];
    }
}

static bool
is_useful(const struct entry *e, int64_t now)
{
    return !wr_uuid_is_zero(&e->id) && e->since
           && (e->here || now - e->since < OLD_MS);
}

static void
make_room(struct wr_given *g, int64_t now)
{
    size_t useful = 0, size = FIRST_SIZE;
    struct entry *fresh;

    if (2 * (g->used + 1) <= g->size)
        return;
    for (size_t i = 0; i < g->size; i++)
        useful += is_useful(&g->entries[i], now);
    while (size < 4 * (useful + 1))
        size *= 2;
    fresh = calloc(size, sizeof(*fresh));
    if (!fresh)
        abort();
    for (size_t i = 0; i < g->size; i++) {
        if (is_useful(&g->entries[i], now))
            *slot_of(fresh, size, &g->entries[i].id) = g->entries[i];
    }
    free(g->entries);
    g->entries = fresh;
    g->size = size;
    g->used = useful;
}

static bool
lags(const struct wr_given_rule *rule, enum wr_queue_name lane)
{
    return rule->depths[lane] < 0 || rule->depths[lane] > WR_GIVEN_FEW;
}

static bool
is_on_its_way(const struct entry *e, const struct wr_due_item *it, int64_t now,
              const struct wr_given_rule *rule)
{
    int64_t age = now - e->since;

    if (e->here || e->done)
        return e->here || age < rule->lease_ms;
    if (e->epoch != rule->epoch)
        return false;

    return age < rule->lease_ms
           || (lags(rule, it->lane)
               && age < WR_GIVEN_PATIENCE * rule->lease_ms);
}

/* Somebody else gives it out, unless it is long overdue. */
static bool
is_anothers(const struct wr_due_item *it, int64_t now,
            const struct wr_given_rule *rule)
{
    int64_t late = now - it->at;

    if (it->at_once && rule->broker && late < rule->lease_ms)
        return true;

    return !rule->mine && (late < 2 * rule->lease_ms || lags(rule, it->lane));
}

bool
wr_given_take(struct wr_given *g, const struct wr_due_item *it, int64_t now,
              const struct wr_given_rule *rule, bool *again)
{
    struct entry *e;
    bool known, out;

    pthread_mutex_lock(&g->mutex);
    make_room(g, now);
    e = slot_of(g->entries, g->size, &it->id);
    known = !wr_uuid_is_zero(&e->id) && e->since
            && (e->at == it->at || it->at_once);
    out = known ? !is_on_its_way(e, it, now, rule)
                : !is_anothers(it, now, rule);
    if (out) {
        g->used += wr_uuid_is_zero(&e->id);
        *e = (struct entry){
            .id = it->id, .at = it->at, .since = now, .here = true
        };
    }
    *again = known;
    pthread_mutex_unlock(&g->mutex);

    return out;
}

void
wr_given_sent(struct wr_given *g, const struct wr_uuid *id, int64_t now,
              long epoch)
{
    struct entry *e;

    pthread_mutex_lock(&g->mutex);
    e = slot_of(g->entries, g->size, id);
    if (!wr_uuid_is_zero(&e->id)) {
        e->since = now;
        e->epoch = epoch;
        e->here = false;
    }
    pthread_mutex_unlock(&g->mutex);
}

void
wr_given_done(struct wr_given *g, const struct wr_uuid *id, int64_t now)
{
    struct entry *e;

    pthread_mutex_lock(&g->mutex);
    e = slot_of(g->entries, g->size, id);
    if (!wr_uuid_is_zero(&e->id)) {
        e->since = now;
        e->here = false;
        e->done = true;
    }
    pthread_mutex_unlock(&g->mutex);
}

void
wr_given_forget(struct wr_given *g, const struct wr_uuid *id)
{
    struct entry *e;

    pthread_mutex_lock(&g->mutex);
    e = slot_of(g->entries, g->size, id);
    if (!wr_uuid_is_zero(&e->id))
        e->since = 0;
    pthread_mutex_unlock(&g->mutex);
}
