/* Who may do what to a task. */

#include <string.h>

#include "fcgi_workers/lookup.h"
#include "fcgi_workers/task_json.h"

int
wr_task_asker(struct wr_request *rq, enum wr_task_right right,
              const struct wr_asker **out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_USERS);
    struct wr_asker *who;
    struct wr_rows rows;

    *out = NULL;
    if (rq->who.roles & (WR_OPERATOR | WR_ADMIN))
        return 0;
    q.key = rq->who.user;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    who = wr_new(rq->arena, struct wr_asker);
    who->user = rq->who.user;
    who->groups = rows.n ? rows.users[0].groups : NULL;
    who->to_work = right == WR_MAY_WORK;
    *out = who;

    return 0;
}
