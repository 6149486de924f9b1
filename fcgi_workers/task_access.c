/* Who may do what to a task. */

#include <string.h>

#include "fcgi_workers/lookup.h"
#include "fcgi_workers/task_json.h"

static bool
is_among(const char *const *names, int n, const char *name, size_t len)
{
    for (int i = 0; i < n; i++)
        if (strlen(names[i]) == len && strncmp(names[i], name, len) == 0)
            return true;

    return false;
}

/* Is one of the caller's groups a candidate? */
static int
in_a_group(struct wr_request *rq, const struct wr_task_row *t, bool *out,
           struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_USERS);
    struct wr_rows rows;
    const char *g;

    *out = false;
    q.key = rq->who.user;
    if (t->n_candidate_groups == 0)
        return 0;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    g = rows.n ? rows.users[0].groups : NULL;
    while (g && *g && !*out) {
        size_t len = strcspn(g, ",");

        *out = is_among(t->candidate_groups, t->n_candidate_groups, g, len);
        g += len + (g[len] == ',');
    }

    return 0;
}

static int
is_candidate(struct wr_request *rq, const struct wr_task_row *t, bool *out,
             struct wr_err *err)
{
    *out = (t->n_candidate_users == 0 && t->n_candidate_groups == 0)
           || is_among(t->candidate_users, t->n_candidate_users, rq->who.user,
                       strlen(rq->who.user));

    return *out ? 0 : in_a_group(rq, t, out, err);
}

static bool
is_me(const struct wr_request *rq, const char *name)
{
    return name && strcmp(name, rq->who.user) == 0;
}

int
wr_task_may(struct wr_request *rq, const struct wr_task_row *t,
            enum wr_task_right right, struct wr_err *err)
{
    bool candidate;

    if ((rq->who.roles & (WR_OPERATOR | WR_ADMIN)) || is_me(rq, t->assignee)
        || is_me(rq, t->owner))
        return 0;
    if (t->assignee && right == WR_MAY_WORK)
        return wr_fail(err, WR_EFORBIDDEN, "the task is assigned to '%.80s'",
                       t->assignee);
    if (is_candidate(rq, t, &candidate, err) < 0)
        return (int)err->code;
    if (!candidate)
        return wr_fail(err, WR_EFORBIDDEN,
                       "'%.80s' is no candidate of this task", rq->who.user);

    return 0;
}
