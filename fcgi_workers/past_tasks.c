/* Tasks of all instances, those that have ended, too. */

#include <string.h>

#include "engine/store/project.h"
#include "fcgi_workers/fresh.h"
#include "fcgi_workers/search.h"
#include "fcgi_workers/task_json.h"

static int
json(struct wr_request *rq, const void *found, void *item, struct wr_err *err)
{
    static const char *const states[] = { "created", "claimed", "completed",
                                          "canceled" };
    const struct wr_past_task_row *row = found;
    struct wr_task_json *out = item;
    struct wr_element_ref el;

    *out = (struct wr_task_json){
        .id = row->id,
        .instance = row->instance,
        .state = states[row->state],
        .assignee = row->assignee,
        .created_at = row->created_at,
        .ended_at = row->ended_at,
        .ended_by = row->ended_by,
        .rev = row->rev,
    };
    if (wr_element_ref(rq, &row->definition, row->element, &el, err) < 0
        || wr_definition_json_ref(rq, &row->definition, &out->definition, err)
               < 0)
        return (int)err->code;
    out->element = el.id ? el.id : "";
    out->form_key = el.form_key;
    out->name = el.name;
    out->lane = el.lane;

    return 0;
}

static const struct wr_listed listed = { sizeof(struct wr_task_json), json };

int
wr_past_task_search(struct wr_request *rq, const void *body,
                    struct wr_list *out, struct wr_err *err)
{
    return wr_search_page(rq, WR_PAST_TASKS, &listed, body, out, err);
}

static const struct wr_condition *
is(struct wr_request *rq, const char *field, struct wr_datum d)
{
    const struct wr_search_field *f = wr_search_field(WR_PAST_TASKS, field,
                                                      strlen(field));

    d.kind = wr_search_kind(WR_PAST_TASKS, f);

    return wr_where(rq->arena, WR_S_EQ, f, &d, 1);
}

int
wr_past_task_list(struct wr_request *rq, bool completed, const char *assignee,
                  const struct wr_paging *paging, struct wr_list *out,
                  struct wr_err *err)
{
    struct wr_query page = wr_request_query(rq, WR_PAST_TASKS);
    const struct wr_condition *parts[2] = {
        is(rq, "state",
           (struct wr_datum){ .i = completed ? WR_PAST_TASK_COMPLETED
                                             : WR_PAST_TASK_CANCELED }),
        assignee
            ? is(rq, "assignee",
                 (struct wr_datum){ .p = assignee, .len = strlen(assignee) })
            : NULL,
    };
    struct wr_search s = { .noun = WR_PAST_TASKS, .tenant = rq->who.tenant };
    struct wr_rows rows;

    out->total = WR_INT_ABSENT;
    if (wr_query_page(&page, paging->limit, paging->cursor, err) < 0
        || wr_list_fresh(rq, out, err) < 0)
        return (int)err->code;
    s.where = wr_where_all(rq->arena, parts, WR_COUNT(parts));
    s.limit = page.limit;
    s.cursor = page.cursor;
    if (wr_runtime_search(rq->service->runtime, &s, rq->arena, &rows,
                          paging->total ? &out->total : NULL, err)
        < 0)
        return (int)err->code;

    return wr_page(rq, &rows, &listed, out, err);
}

int
wr_past_task_read(struct wr_request *rq, const struct wr_uuid *id,
                  struct wr_task_json *out, struct wr_err *err)
{
    const struct wr_condition *parts[1] = {
        is(rq, "id",
           (struct wr_datum){ .p = (const char *)id->b, .len = sizeof(id->b) }),
    };
    struct wr_search s = { .noun = WR_PAST_TASKS,
                           .tenant = rq->who.tenant,
                           .where = wr_where_all(rq->arena, parts, 1),
                           .limit = 1 };
    struct wr_fresh fresh;
    struct wr_rows rows;

    if (wr_request_fresh(rq, &fresh, err) < 0
        || wr_runtime_search(rq->service->runtime, &s, rq->arena, &rows, NULL,
                             err)
               < 0)
        return (int)err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no task '%s'", rq->param[0]);

    return json(rq, rows.any, out, err);
}
