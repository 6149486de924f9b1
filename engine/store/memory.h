/* memory.h: what the files of the memory backend share. */

#ifndef WR_MEMORY_H
#define WR_MEMORY_H

#include <pthread.h>

#include "engine/store/query.h"

enum {
    WR_NOUNS = WR_DECISIONS + 1 /* counts are no table */
};

struct memory_entry {
    struct wr_arena *arena; /* holds the row and its texts */
    void *row;
};

/* Sorted by primary key.  The free room is a gap where the last change was:
 * rows that come and go next to one another move no others. */
struct memory_table {
    struct memory_entry *entries;
    size_t n, cap;
    size_t gap; /* entries before it */
};

struct memory_shared { /* one per name, among all handles on it */
    struct memory_shared *next;
    char *name; /* "" belongs to one handle */
    int refs;
    pthread_mutex_t lock;
    struct memory_table tables[WR_NOUNS];
};

struct memory {
    struct wr_store base; /* first */
    struct memory_shared *shared;
};

struct memory *wr_memory_of(struct wr_store *st);

static inline struct memory_entry *
wr_memory_at(const struct memory_table *t, size_t i)
{
    return t->entries + (i < t->gap ? i : i + (t->cap - t->n));
}

/* Under the lock.  Position of the row with this row's key; where it would go,
 * when *found is false. */
size_t wr_memory_seek(const struct memory_table *t, enum wr_noun noun,
                      const void *row, bool *found);
void *wr_memory_get(struct memory_shared *m, enum wr_noun noun,
                    const void *row);
void wr_memory_put(struct memory_shared *m, enum wr_noun noun, const void *row);
bool wr_memory_del(struct memory_shared *m, enum wr_noun noun, const void *row);

/* memory_suspend.c: what stands still; under the lock. */
int64_t wr_memory_epoch(struct memory_shared *m);
/* Is a job of this type handed out? */
bool wr_memory_type_runs(struct memory_shared *m, const struct wr_job_row *j);
int wr_memory_suspend_check(struct memory_shared *m, const struct wr_change *c,
                            struct wr_err *err);
void wr_memory_suspend(struct memory_shared *m, const struct wr_change *c);

int wr_memory_commit(struct wr_store *st, struct wr_item *items, size_t n,
                     struct wr_err *err);
int wr_memory_deploy(struct wr_store *st, const struct wr_deployment *d,
                     struct wr_err *err);
int wr_memory_change(struct wr_store *st, const struct wr_change *changes,
                     size_t n, struct wr_err *err);
int wr_memory_find(struct wr_store *st, const struct wr_query *q,
                   struct wr_arena *a, struct wr_rows *out, struct wr_err *err);
int wr_memory_search(struct wr_store *st, const struct wr_search *s,
                     struct wr_arena *a, struct wr_rows *out, int64_t *total,
                     struct wr_err *err);
int wr_memory_claim(struct wr_store *st, const struct wr_claim *c,
                    struct wr_arena *a, struct wr_rows *out,
                    struct wr_err *err);

#endif
