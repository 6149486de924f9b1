/*
 * project.h: tables that are folded from the history, never with a step.
 *
 * One process at a time follows the history in the order of its commits, writes
 * what came of it and how far it got in one transaction, and by that does it
 * exactly once: whoever began from another place finds that it has moved.  All
 * can be emptied and is folded again (engine/project).
 *
 * `pos` grows with every commit.  PostgreSQL's is the number of the transaction;
 * its rows are read only below the oldest one that still runs, so that nothing
 * comes in behind.
 */

#ifndef WR_STORE_PROJECT_H
#define WR_STORE_PROJECT_H

#include "engine/store/store.h"

/* An instance as far as it was folded. */
struct wr_past_instance_row {
    struct wr_uuid id, definition;
    int32_t tenant;
    int64_t seq; /* of the last event */
    enum wr_instance_state state;
    enum wr_instance_state was; /* before it was compensated after its end */
    int64_t started_at, ended_at;
};

enum wr_activity_kind { /* stored: never renumber */
    WR_ACT_ELEMENT = 0,
    WR_ACT_LOOP = 1,  /* around iterations, which are activities, too */
    WR_ACT_PASSED = 2 /* took no time of its own */
};

enum wr_activity_state { /* stored: never renumber */
    WR_ACT_ACTIVE = 0,
    WR_ACT_COMPLETED = 1,
    WR_ACT_CANCELED = 2
};

struct wr_activity_row {
    struct wr_uuid id, instance, definition;
    int32_t tenant, element;
    int64_t key; /* of its token; 0: PASSED */
    enum wr_activity_kind kind;
    enum wr_activity_state state;
    int64_t started_at, ended_at;
    int64_t duration; /* ms; -1: it has not ended */
};

enum wr_past_task_state { /* stored: never renumber */
    WR_PAST_TASK_CREATED = 0,
    WR_PAST_TASK_CLAIMED = 1,
    WR_PAST_TASK_COMPLETED = 2,
    WR_PAST_TASK_CANCELED = 3
};

struct wr_past_task_row {
    struct wr_uuid id, instance, definition;
    int32_t tenant, element;
    enum wr_past_task_state state;
    const char *assignee;
    int64_t created_at, ended_at;
    int64_t duration; /* ms; -1: it has not ended */
    const char *ended_by;
    int64_t rev; /* of the instance that wrote it */
};

/* A leaf of a variable of the process's own scope, or what holds leaves. */
struct wr_variable_row {
    struct wr_uuid id, instance;
    int32_t tenant;
    const char *name;
    const char *path;  /* "customer.name"; "": the variable itself */
    const char *value; /* value_key.h */
};

enum {
    WR_DURATIONS = 32 /* [0]: 0 ms, [n]: below 2^n ms, the last: all others */
};

/* Element 0 is the process itself. */
struct wr_element_count_row {
    struct wr_uuid id, definition;
    int32_t tenant, element;
    int64_t running, completed, failed, canceled;
    int64_t total_ms, least_ms, most_ms; /* of those completed */
    struct wr_blob histogram; /* WR_DURATIONS numbers, 8 bytes, big-endian */
    int64_t seen;             /* `running` when it was read; 0 of a new one */
};

struct wr_position {
    int64_t pos, at; /* of the last commit that was folded; 0: none */
    int64_t events;  /* folded so far */
    int64_t newest;  /* pos of the newest commit there is, when it is behind
                        `pos`; else `pos` */
    int64_t newest_at;
};

struct wr_followed_row { /* one row of the history, with its instance now */
    struct wr_history_row history;
    int32_t tenant;
    int64_t pos;
    struct wr_uuid definition; /* zero: the instance is gone */
    int64_t rev;
};

/* Rows to write of one table. */
struct wr_projected_rows {
    enum wr_noun noun;
    const void *const *rows;
    size_t n;
};

/* All or nothing; WR_ECONFLICT when `from` is not the stored position, or counts
 * changed since they were read: instances were removed.  Of
 * instances that were removed meanwhile nothing stays. */
struct wr_projecting {
    int64_t from;
    struct wr_position to;
    const struct wr_projected_rows *puts; /* inserted or replaced by id */
    size_t n_puts;
    /* Variables that go first, with all their leaves: instance and name. */
    const struct wr_variable_row *const *clears;
    size_t n_clears;
    /* Written last, of instances that ended and whose history does not stay as it
     * is: what their rows are from now on (instance, seq, events, actor); whose
     * variables go; and whose activities and tasks, too. */
    const struct wr_history_row *const *histories;
    const struct wr_uuid *const *no_values, *const *no_details;
    size_t n_histories, n_no_values, n_no_details;
};

WR_MUST int wr_store_position(struct wr_store *st, struct wr_position *out,
                              struct wr_err *err);
/* The next rows behind `*pos`, about `limit`, by pos, instance and seq; *pos
 * becomes that of the last one, or how far there is nothing.  *more: there is
 * perhaps something behind. */
WR_MUST int wr_store_follow(struct wr_store *st, int64_t *pos, int limit,
                            struct wr_arena *a,
                            const struct wr_followed_row **out, size_t *n,
                            bool *more, struct wr_err *err);
/* Those of these rows that are there, in any order. */
WR_MUST int wr_store_project_load(struct wr_store *st, enum wr_noun noun,
                                  const struct wr_uuid *ids, size_t n,
                                  struct wr_arena *a, struct wr_rows *out,
                                  struct wr_err *err);
WR_MUST int wr_store_project(struct wr_store *st, const struct wr_projecting *p,
                             struct wr_err *err);
/* Is this handle the one that may fold?  Held until it closes or breaks. */
WR_MUST int wr_store_lead(struct wr_store *st, bool *out, struct wr_err *err);
/* Empty all of them: what follows folds from the beginning. */
WR_MUST int wr_store_project_reset(struct wr_store *st, struct wr_err *err);

#endif
