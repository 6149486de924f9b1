/*
 * index.h: a hash of what an instance has, by id or key, so that finding one of
 * a hundred thousand iterations costs as much as finding one of ten.
 *
 * What is indexed holds its own link; the table grows in the arena given and
 * never shrinks.  Several entries may have one hash: the caller compares.
 */

#ifndef WR_INDEX_H
#define WR_INDEX_H

#include "engine/base/arena.h"
#include "engine/base/uuid.h"

struct wr_index_link {
    struct wr_index_link *next;
    uint64_t hash;
    void *owner;
};

struct wr_index {
    struct wr_index_link **slots;
    size_t n_slots, n; /* n_slots: 0 or a power of two */
};

uint64_t wr_index_hash_id(const struct wr_uuid *id);
uint64_t wr_index_hash_key(int64_t key);
void wr_index_add(struct wr_index *t, struct wr_arena *a,
                  struct wr_index_link *link, uint64_t hash, void *owner);
void wr_index_remove(struct wr_index *t, struct wr_index_link *link);
/* The first link that may have this hash; go on with ->next. */
struct wr_index_link *wr_index_find(const struct wr_index *t, uint64_t hash);

#endif
