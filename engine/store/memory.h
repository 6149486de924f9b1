/* memory.h: what the files of the memory backend share. */

#ifndef WR_MEMORY_H
#define WR_MEMORY_H

#include <pthread.h>

#include "engine/store/project_ops.h"
#include "engine/store/query.h"

enum {
    WR_NOUNS = WR_COUNTS,    /* counts are no table */
    MEMORY_OFFERS = WR_NOUNS /* stands for a noun where tables are sorted */
};

struct memory_entry {
    struct wr_arena *arena; /* holds the row and its texts */
    void *row;
};

enum {
    MEMORY_BLOCK = 256 /* entries of a block */
};

/* Never empty, but while it is being filled. */
struct memory_block {
    size_t n;
    struct memory_entry entries[MEMORY_BLOCK];
};

/* Sorted by primary key, in blocks: a row that comes or goes moves no more than
 * those of its block. */
struct memory_table {
    struct memory_block **blocks;
    size_t n_blocks, cap;
    size_t n; /* rows */
    /* Where somebody looked last, and the rows before that block: those who
     * walk do not count them again. */
    size_t at_block, before;
};

struct memory_shared { /* one per name, among all handles on it */
    struct memory_shared *next;
    char *name; /* "" belongs to one handle */
    int refs;
    pthread_mutex_t lock;
    struct memory_table tables[WR_NOUNS];
    /* The keys of the history in the order of its commits; pos counts from 1. */
    struct memory_commit {
        struct wr_uuid instance;
        int64_t seq;
    } * log;
    size_t n_log, cap_log;
    struct wr_position position; /* what was folded */
    struct memory_table offers;  /* jobs, by type and in their order */
};

struct memory {
    struct wr_store base; /* first */
    struct memory_shared *shared;
};

struct memory *wr_memory_of(struct wr_store *st);

/* All of these under the lock.  The entry at a position below `n`. */
struct memory_entry *wr_memory_at(struct memory_table *t, size_t i);

/* Position of the row with this row's key; where it would go,
 * when *found is false. */
size_t wr_memory_seek(struct memory_table *t, int noun, const void *row,
                      bool *found);
void *wr_memory_get(struct memory_shared *m, enum wr_noun noun,
                    const void *row);
void wr_memory_put(struct memory_shared *m, enum wr_noun noun, const void *row);
bool wr_memory_del(struct memory_shared *m, enum wr_noun noun, const void *row);

/* memory_match.c: what a lookup asks of a row. */
enum memory_ask {
    MEMORY_ID,
    MEMORY_INT,
    MEMORY_TEXT
};
struct memory_asked { /* of a column */
    enum memory_ask kind;
    size_t offset;
    const void *want; /* of the lookup */
};
struct memory_filter {
    struct memory_shared *shared;
    const struct wr_lookup *lookup;
    struct memory_asked asks[16]; /* by column, the tenant first */
    int n;
};
void wr_memory_filter(struct memory_shared *m, const struct wr_lookup *l,
                      struct memory_filter *out);
/* Under the lock. */
bool wr_memory_matches(const struct memory_filter *f, const void *row);
bool wr_memory_in_list(const char *const *items, int n, const char *want);

/* memory_suspend.c: what stands still; under the lock. */
int64_t wr_memory_epoch(struct memory_shared *m);
/* Is a job of this type handed out? */
bool wr_memory_type_runs(struct memory_shared *m, const struct wr_job_row *j);
int wr_memory_suspend_check(struct memory_shared *m, const struct wr_change *c,
                            struct wr_err *err);
void wr_memory_suspend(struct memory_shared *m, const struct wr_change *c);

/* memory_message.c: under the lock. */
void wr_memory_message_add(struct memory_shared *m, const struct wr_change *c);
/* Rows of kind MATCH for which there are messages; whether there were. */
bool wr_memory_match(struct memory_shared *m, const struct wr_outbox_row *rows,
                     int n);

/* project_memory.c: under the lock; what was folded of an instance that was
 * removed goes. */
void wr_memory_forget(struct memory_shared *m, const struct wr_uuid *id);

/* memory_offer.c: jobs that workers may claim. */
bool wr_memory_is_offer(const struct wr_job_row *j);
int wr_memory_offer_cmp(const void *x, const void *y);

/* memory_batch.c: batches; under the lock. */
int wr_memory_batch_check(struct memory_shared *m, const struct wr_change *c,
                          struct wr_err *err);
void wr_memory_batch(struct memory_shared *m, const struct wr_change *c);
void wr_memory_batch_count(struct memory_shared *m, struct wr_batch_row *out);
enum wr_batch_item_state wr_memory_item_state(
    struct memory_shared *m, const struct wr_batch_item_row *row);

/* memory_letter.c: dead letters; under the lock. */
int wr_memory_letter_check(struct memory_shared *m, const struct wr_change *c,
                           struct wr_err *err);
void wr_memory_letter(struct memory_shared *m, const struct wr_change *c);
/* Does one keep the row of this id from being given out? */
bool wr_memory_is_held(struct memory_shared *m, const struct wr_uuid *target);

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
int wr_memory_upkeep(struct wr_store *st, const struct wr_upkeep *u,
                     struct wr_upkept *out, struct wr_err *err);

#endif
