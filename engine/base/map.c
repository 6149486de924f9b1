#include "engine/base/map.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    FIRST_CAP = 8
};

/* --- Hash ------------------------------------------------------------------ */

static uint64_t seed[2];

static void
draw_seed(void)
{
    ssize_t got;

    do {
        got = getrandom(seed, sizeof(seed), 0);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof(seed)) {
        fprintf(stderr, "getrandom: %s\n", strerror(errno));
        abort();
    }
}

static uint64_t
rotate(uint64_t n, int by)
{
    return n << by | n >> (64 - by);
}

static void
sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32) + v[3];
    v[2] += v[1];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static void
sip_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    v[0] ^= word;
}

uint64_t
wr_hash(const void *bytes, size_t n)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const uint8_t *p = bytes;
    uint64_t v[4], word = 0;
    size_t left = n;

    pthread_once(&once, draw_seed);
    v[0] = seed[0] ^ UINT64_C(0x736f6d6570736575);
    v[1] = seed[1] ^ UINT64_C(0x646f72616e646f6d);
    v[2] = seed[0] ^ UINT64_C(0x6c7967656e657261);
    v[3] = seed[1] ^ UINT64_C(0x7465646279746573);
    for (; left >= 8; left -= 8, p += 8) {
        memcpy(&word, p, 8);
        sip_word(v, word);
    }
    word = 0;
    if (left > 0)
        memcpy(&word, p, left);
    sip_word(v, word | (uint64_t)n << 56);
    v[2] ^= 0xFF;
    for (int i = 0; i < 3; i++)
        sip_round(v);

    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* --- Table ----------------------------------------------------------------- */

/* The slot of the key, or the free one where it belongs. */
static uint32_t *
slot(const struct wr_map *m, const char *key, size_t len, uint64_t hash)
{
    size_t mask = m->n_slots - 1, at = hash & mask;

    for (; m->slots[at]; at = (at + 1) & mask) {
        const struct wr_map_entry *e = &m->entries[m->slots[at] - 1];

        if (e->hash == hash && e->len == len && memcmp(e->key, key, len) == 0)
            break;
    }

    return &m->slots[at];
}

static void
grow(struct wr_map *m)
{
    size_t cap = m->cap ? m->cap * 2 : FIRST_CAP;
    struct wr_map_entry *entries = wr_newn(m->arena, struct wr_map_entry, cap);

    if (m->n)
        memcpy(entries, m->entries, m->n * sizeof(*entries));
    m->entries = entries;
    m->cap = cap;
    m->n_slots = cap * 2;
    m->slots = wr_newn(m->arena, uint32_t, m->n_slots);
    for (size_t i = 0; i < m->n; i++)
        *slot(m, entries[i].key, entries[i].len, entries[i].hash) = (uint32_t)i
                                                                    + 1;
}

bool
wr_map_putn(struct wr_map *m, const char *key, size_t len, const void *value)
{
    uint64_t hash = wr_hash(key, len);
    void *kept = (void *)(uintptr_t)value; /* the caller knows its const */
    uint32_t *at;

    if (m->n == m->cap)
        grow(m);
    at = slot(m, key, len, hash);
    if (*at) {
        m->entries[*at - 1].value = kept;
        return false;
    }
    m->entries[m->n] = (struct wr_map_entry){
        wr_arena_strndup(m->arena, key, len), len, hash, kept
    };
    *at = (uint32_t)++m->n;

    return true;
}

bool
wr_map_put(struct wr_map *m, const char *key, const void *value)
{
    return wr_map_putn(m, key, strlen(key), value);
}

void *
wr_map_getn(const struct wr_map *m, const char *key, size_t len)
{
    uint32_t at;

    if (m->n == 0)
        return NULL;
    at = *slot(m, key, len, wr_hash(key, len));

    return at ? m->entries[at - 1].value : NULL;
}

void *
wr_map_get(const struct wr_map *m, const char *key)
{
    return wr_map_getn(m, key, strlen(key));
}
