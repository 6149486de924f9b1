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
    const char *lane;
    struct wr_strings users, groups;
    int64_t priority, due_at, follow_up_at, created_at, ended_at, rev;
};

/* The ended tasks of an instance, the last that ended first.  WR_ENOTFOUND. */
WR_MUST int wr_ended_tasks(struct wr_request *rq,
                           const struct wr_uuid *instance,
                           const struct wr_task_json **out, size_t *n,
                           struct wr_err *err);

#endif
