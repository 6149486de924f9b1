/*
 * fold.h: what rows of the history come to.
 *
 * A batch is folded in memory: what its events are about is read first, then
 * every event changes rows, then all rows that changed are written together.
 *
 *     fold.c     events -> rows
 *     rows.c     the rows of a batch: read, found by id, collected
 *     leaves.c   variables -> leaves
 *     migrated.c what is open goes to another version
 *     ended.c    what stays of the history of what has ended
 */

#ifndef WR_FOLD_H
#define WR_FOLD_H

#include "engine/exec/history.h"
#include "engine/runtime/runtime.h"
#include "engine/store/project.h"

enum wr_fold_table { /* in the order of wr_fold_nouns */
    WR_FOLD_INSTANCES,
    WR_FOLD_ACTIVITIES,
    WR_FOLD_TASKS,
    WR_FOLD_COUNTS,
    WR_FOLD_TABLES
};

struct wr_fold_slot {
    struct wr_uuid id;
    void *row; /* NULL: there is none */
    bool changed;
};

struct wr_fold_set {
    enum wr_noun noun;
    struct wr_fold_slot *slots; /* open addressing; id zero: free */
    size_t n, cap;
};

struct wr_fold_leaf { /* a variable's leaves go in together */
    const struct wr_variable_row *clear; /* instance, name */
    const struct wr_variable_row *leaves;
    size_t n;
};

struct wr_fold_event {
    const struct wr_followed_row *from;
    const struct wr_history_event *event;
    int64_t seq;
};

struct wr_fold {
    struct wr_arena *arena;
    struct wr_store *store;     /* of this thread */
    struct wr_runtime *runtime; /* definitions, for migrations; its writes go
                                   before ours */
    struct wr_fold_event *events;
    size_t n_events;
    struct wr_fold_set sets[WR_FOLD_TABLES];
    /* Of variables set in this batch the last one counts. */
    struct wr_fold_leaf *variables;
    size_t n_variables, cap_variables;
    /* What the events add to the counts; by the id of their row. */
    struct wr_element_count_row *added;
    int64_t (*durations)[WR_DURATIONS];
    size_t n_added, cap_added;
    /* Of instances that ended (ended.c): those, and what stays of them. */
    const void **ended, **left, **no_values, **no_details;
    size_t n_ended, n_left, n_no_values, n_no_details;
    size_t cap_ended, cap_left, cap_no_values, cap_no_details;
    const struct wr_past_instance_row *level_of; /* one with `level` */
    enum wr_history_level level;
};

/* Fold these rows, of history `from` on, into the store.  WR_ECONFLICT:
 * somebody else did. */
WR_MUST int wr_fold(struct wr_fold *f, const struct wr_followed_row *rows,
                    size_t n, int64_t from, int64_t pos, struct wr_err *err);

/* An event, where it came from and whose it is. */
struct wr_fold_at {
    struct wr_fold *f;
    const struct wr_followed_row *row;
    const struct wr_history_event *e;
    struct wr_past_instance_row *i;
    int64_t seq;
};

/* fold.c: a text of the event's data, NULL when it is none; the counts of an
 * activity's element; add the instance to those of its state, or take it away. */
const char *wr_fold_text(const struct wr_value *context, const char *name);
struct wr_element_count_row *wr_fold_count_of(const struct wr_fold_at *x,
                                              const struct wr_activity_row *a);
void wr_fold_instance(const struct wr_fold_at *x, int n);

/* migrated.c */
WR_MUST int wr_fold_migrated(const struct wr_fold_at *x, struct wr_err *err);
/* Read what is open of the row's instance: it may have to move. */
WR_MUST int wr_fold_read_open(struct wr_fold *f, enum wr_noun noun,
                              enum wr_fold_table t,
                              const struct wr_followed_row *row, size_t size,
                              struct wr_err *err);

/* rows.c */
struct wr_uuid wr_fold_activity_id(const struct wr_uuid *instance, int64_t key,
                                   int64_t seq);
struct wr_uuid wr_fold_hashed_id(const struct wr_uuid *of, const void *text,
                                 size_t n);
/* The slot of this id; made when there is none. */
struct wr_fold_slot *wr_fold_slot(struct wr_fold *f, enum wr_fold_table t,
                                  const struct wr_uuid *id);
void *wr_fold_row(struct wr_fold *f, enum wr_fold_table t,
                  const struct wr_uuid *id); /* NULL */
/* A new one of `size` bytes, or the one there; it will be written. */
void *wr_fold_put(struct wr_fold *f, enum wr_fold_table t,
                  const struct wr_uuid *id, size_t size);
void wr_fold_changed(struct wr_fold *f, enum wr_fold_table t,
                     const struct wr_uuid *id);
/* Read all slots that have no row yet. */
WR_MUST int wr_fold_read(struct wr_fold *f, enum wr_fold_table t,
                         struct wr_err *err);
/* The running, completed, ... of an element, to be added to. */
struct wr_element_count_row *wr_fold_count(struct wr_fold *f,
                                           const struct wr_uuid *definition,
                                           int32_t tenant, int32_t element);
/* One that is over took this long, `n` times. */
void wr_fold_duration(struct wr_fold *f, struct wr_element_count_row *c,
                      int64_t ms, int n);
WR_MUST int wr_fold_write(struct wr_fold *f, int64_t from,
                          const struct wr_position *to, struct wr_err *err);

/* ended.c: it ended; then, what stays of those that did. */
void wr_fold_ended(struct wr_fold *f, const struct wr_past_instance_row *i);
WR_MUST int wr_fold_levels(struct wr_fold *f, struct wr_err *err);

/* leaves.c: `value` NULL: the variable is gone. */
void wr_fold_variable(struct wr_fold *f, const struct wr_followed_row *from,
                      const char *name, const struct wr_value *value);

#endif
