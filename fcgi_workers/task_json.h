/*
 * task_json.h: the API's task, and those that have ended.
 *
 * The row of a task goes with it; what is known afterwards stands in the history
 * of its instance: who had it, who ended it and when.
 */

#ifndef WR_TASK_JSON_H
#define WR_TASK_JSON_H

#include "fcgi_workers/resource.h"

struct wr_task_json {
    struct wr_uuid id, instance;
    const void *definition; /* struct wr_definition_ref */
    const char *element, *name, *state, *assignee, *form_key, *ended_by;
    const char *lane, *owner, *delegation;
    struct wr_strings users, groups;
    int64_t priority, due_at, follow_up_at, created_at, ended_at, rev;
    bool overdue;
};

extern const struct wr_object wr_task_object;

/* The open task of the path; WR_ENOTFOUND. */
WR_MUST int wr_task_find(struct wr_request *rq, struct wr_uuid *id,
                         const struct wr_task_row **row, struct wr_err *err);

/* What the instance holds for the open task of the path, as `fn` finds it; NULL
 * in *out when it holds none. */
typedef const struct wr_value *wr_task_read_fn(const struct wr_instance *i,
                                               const struct wr_uuid *task,
                                               struct wr_arena *a);
WR_MUST int wr_task_read(struct wr_request *rq, wr_task_read_fn *fn,
                         const struct wr_value **out, struct wr_err *err);

enum wr_task_right {
    WR_MAY_LOOK, /* claim, comment: its candidates, too */
    WR_MAY_WORK  /* an assigned one: its assignee and owner alone */
};
/* The caller as whom a task asks; NULL: operators and administrators may all. */
WR_MUST int wr_task_asker(struct wr_request *rq, enum wr_task_right right,
                          const struct wr_asker **out, struct wr_err *err);
/* Send the command to the task of the path, and answer the task as it is then.
 */
WR_MUST int wr_task_do(struct wr_request *rq, struct wr_command *c,
                       enum wr_task_right right, void *out, struct wr_err *err);

/* The ended tasks of an instance, the last that ended first.  WR_ENOTFOUND. */
WR_MUST int wr_ended_tasks(struct wr_request *rq,
                           const struct wr_uuid *instance,
                           const struct wr_task_json **out, size_t *n,
                           struct wr_err *err);

/* Tasks as they are folded from the history, of all instances (fresh.h): by the
 * body of a search, or those that ended so.  Candidates, priorities and dates are
 * not kept. */
struct wr_paging;
WR_MUST int wr_past_task_search(struct wr_request *rq, const void *body,
                                struct wr_list *out, struct wr_err *err);
/* One, by its id. */
WR_MUST int wr_past_task_read(struct wr_request *rq, const struct wr_uuid *id,
                              struct wr_task_json *out, struct wr_err *err);
WR_MUST int wr_past_task_list(struct wr_request *rq, bool completed,
                              const char *assignee,
                              const struct wr_paging *paging,
                              struct wr_list *out, struct wr_err *err);

#endif
