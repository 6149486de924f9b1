#include "engine/store/match.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_LOCKS = 64 /* of keys in one batch; a server has room for some 6,000 */
};

/* Of keys: the uppermost bit; so those of names come first. */
#define OF_KEY (UINT64_C(1) << 63)

static uint64_t
mix(uint64_t h, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;

    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211); /* FNV-1a */

    return h;
}

static uint64_t
name_lock(int32_t tenant, const char *name)
{
    uint64_t h = mix(UINT64_C(14695981039346656037), "message", 7);

    h = mix(h, &tenant, sizeof(tenant));

    return mix(h, name, strlen(name) + 1) & ~OF_KEY;
}

int
wr_match_locks_of(int32_t tenant, const char *name, const char *key,
                  struct wr_match_lock out[2])
{
    uint64_t lock = name_lock(tenant, name);

    out[0] = (struct wr_match_lock){ (int64_t)lock, key != NULL };
    if (!key)
        return 1;
    lock = mix(lock, key, strlen(key)) | OF_KEY;
    out[1] = (struct wr_match_lock){ (int64_t)lock, false };

    return 2;
}

/* Of one lock the exclusive first. */
static int
in_order(const void *x, const void *y)
{
    const struct wr_match_lock *a = x, *b = y;
    uint64_t l = (uint64_t)a->lock, r = (uint64_t)b->lock;

    if (l != r)
        return l < r ? -1 : 1;

    return (int)a->shared - (int)b->shared;
}

/* Each once, as strong as it is wanted. */
static size_t
sort(struct wr_match_lock *locks, size_t n)
{
    size_t kept = 0;

    qsort(locks, n, sizeof(*locks), in_order);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || locks[i].lock != locks[kept - 1].lock)
            locks[kept++] = locks[i];
    }

    return kept;
}

size_t
wr_match_locks(const struct wr_outbox_row *const *rows, size_t n,
               struct wr_match_lock *out)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        bool any = rows[i]->business_key != NULL;

        k += (size_t)wr_match_locks_of(rows[i]->tenant, rows[i]->name,
                                       any ? NULL : rows[i]->key, out + k);
    }
    k = sort(out, k);
    if (k <= MOST_LOCKS)
        return k;
    /* The names alone, each for nobody else. */
    n = k;
    k = 0;
    for (size_t i = 0; i < n; i++) {
        if (((uint64_t)out[i].lock & OF_KEY) == 0)
            out[k++] = (struct wr_match_lock){ out[i].lock, false };
    }

    return k;
}
