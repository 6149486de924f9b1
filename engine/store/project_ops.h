/* project_ops.h: what a backend does for project.h; for backends alone. */

#ifndef WR_STORE_PROJECT_OPS_H
#define WR_STORE_PROJECT_OPS_H

#include "engine/store/columns.h"
#include "engine/store/project.h"

enum {
    WR_PROJECTED = 5 /* tables, without the position */
};
extern const enum wr_noun wr_projected_nouns[WR_PROJECTED];

extern const struct wr_record wr_record_past_instance, wr_record_activity,
    wr_record_past_task, wr_record_variable, wr_record_element_count;
extern const struct wr_record wr_record_followed, wr_record_position,
    wr_record_following, wr_record_moving, wr_record_one_id;

struct wr_following { /* arguments of a look behind pos, up to `upto` */
    int64_t pos, upto, limit;
};
struct wr_moving {
    int64_t was, pos, at, events;
};

struct wr_project_ops {
    int (*position)(struct wr_store *st, struct wr_position *out,
                    struct wr_err *err);
    int (*follow)(struct wr_store *st, int64_t *pos, int limit,
                  struct wr_arena *a, const struct wr_followed_row **out,
                  size_t *n, bool *more, struct wr_err *err);
    int (*load)(struct wr_store *st, enum wr_noun noun,
                const struct wr_uuid *ids, size_t n, struct wr_arena *a,
                struct wr_rows *out, struct wr_err *err);
    int (*project)(struct wr_store *st, const struct wr_projecting *p,
                   struct wr_err *err);
    int (*lead)(struct wr_store *st, bool *out, struct wr_err *err);
    int (*reset)(struct wr_store *st, struct wr_err *err);
};

/* In the caller's transaction: what was folded of instances that are removed
 * goes, and what was open of them does not count as running any more.  `ids`
 * point to uuids; others than removed ones stay.  Until the commit nobody else
 * folds (hold), so that what was read before comes to nothing. */
WR_MUST int wr_sql_project_hold(struct wr_store *st, struct wr_err *err);
WR_MUST int wr_sql_project_forget(struct wr_store *st, const void *const *ids,
                                  size_t n, struct wr_err *err);
extern const struct wr_project_ops wr_project_memory, wr_project_sql;

#endif
