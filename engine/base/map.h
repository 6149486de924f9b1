/*
 * map.h: values by text key, in an arena.
 *
 *     struct wr_map m = { .arena = a };
 *     wr_map_put(&m, "order", d);
 *     d = wr_map_get(&m, "order");
 *     for (size_t i = 0; i < m.n; i++)
 *         visit(m.entries[i].key, m.entries[i].value);
 *
 * Entries stay in the order they came, whatever the hash: results do not depend
 * on it.  The hash has a random seed per process, so that chosen keys cannot
 * make it slow.  Nothing is removed.  NULL as a value counts as absent for
 * wr_map_get(), not for wr_map_put().  Readers may share a map that nobody
 * changes.
 */

#ifndef WR_MAP_H
#define WR_MAP_H

#include "engine/base/arena.h"

struct wr_map_entry {
    const char *key; /* NUL-terminated copy */
    size_t len;
    uint64_t hash;
    void *value;
};

struct wr_map {
    struct wr_arena *arena;
    struct wr_map_entry *entries; /* in order of arrival */
    size_t n, cap;
    uint32_t *slots; /* index of an entry + 1; 0 is free */
    size_t n_slots;  /* a power of two, at least 2 * cap */
};

/* True when the key is new; else its value is replaced. */
bool wr_map_put(struct wr_map *m, const char *key, const void *value);
bool wr_map_putn(struct wr_map *m, const char *key, size_t len,
                 const void *value);

/* NULL when absent. */
void *wr_map_get(const struct wr_map *m, const char *key);
void *wr_map_getn(const struct wr_map *m, const char *key, size_t len);

/* A keyed hash of bytes (SipHash-1-3 under the process's seed): never store it. */
uint64_t wr_hash(const void *bytes, size_t n);

#endif
