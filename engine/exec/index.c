/* index.c: a chained hash of links that their owners hold (index.h). */

#include "engine/exec/index.h"

#include <string.h>

enum {
    FIRST_SLOTS = 32
};

static uint64_t
mix(uint64_t h)
{
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    h ^= h >> 33;

    return h;
}

uint64_t
wr_index_hash_id(const struct wr_uuid *id)
{
    uint64_t half[2];

    memcpy(half, id->b, sizeof(half));

    return mix(half[0] * 31 + half[1]);
}

uint64_t
wr_index_hash_key(int64_t key)
{
    return mix((uint64_t)key);
}

static void
put(struct wr_index *t, struct wr_index_link *link)
{
    struct wr_index_link **at = &t->slots[link->hash & (t->n_slots - 1)];

    link->next = *at;
    *at = link;
}

static void
grow(struct wr_index *t, struct wr_arena *a)
{
    struct wr_index_link **old = t->slots;
    size_t n = t->n_slots;

    t->n_slots = n ? 2 * n : FIRST_SLOTS;
    t->slots = wr_newn(a, struct wr_index_link *, t->n_slots);
    for (size_t k = 0; k < n; k++) {
        for (struct wr_index_link *l = old[k], *next; l; l = next) {
            next = l->next;
            put(t, l);
        }
    }
}

void
wr_index_add(struct wr_index *t, struct wr_arena *a, struct wr_index_link *link,
             uint64_t hash, void *owner)
{
    if (t->n == t->n_slots)
        grow(t, a);
    *link = (struct wr_index_link){ .hash = hash, .owner = owner };
    put(t, link);
    t->n++;
}

void
wr_index_remove(struct wr_index *t, struct wr_index_link *link)
{
    struct wr_index_link **at;

    if (!link->owner)
        return;
    at = &t->slots[link->hash & (t->n_slots - 1)];
    while (*at != link)
        at = &(*at)->next;
    *at = link->next;
    *link = (struct wr_index_link){ 0 };
    t->n--;
}

struct wr_index_link *
wr_index_find(const struct wr_index *t, uint64_t hash)
{
    return t->n_slots ? t->slots[hash & (t->n_slots - 1)] : NULL;
}
