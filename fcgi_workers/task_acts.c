/* task_acts: what people do to a task besides taking and completing it, and
 * what was done to it. */

#include <string.h>

#include "fcgi_workers/lookup.h"
#include "fcgi_workers/task_json.h"

/* ---- delegate, resolve ---- */

struct delegate_body {
    const char *assignee;
};
static const struct wr_field delegate_fields[] = {
    WR_FIELD(struct delegate_body, assignee, "assignee", WR_STRING, WR_REQUIRED,
             "User name of who shall do it for you."),
};
static const struct wr_object delegate_object = WR_OBJECT_ROWS(
    struct delegate_body, "DelegateTask", delegate_fields);

static int
delegate(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct delegate_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_TASK_DELEGATE,
                                       .text = body->assignee } };

    return wr_task_do(rq, &c, WR_MAY_WORK, out, err);
}

static int
resolve(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_TASK_RESOLVE } };

    (void)in;

    return wr_task_do(rq, &c, WR_MAY_WORK, out, err);
}

/* ---- drafts ---- */

static int
save_draft(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_TASK_DRAFT,
                                       .variables = in } };

    return wr_task_do(rq, &c, WR_MAY_WORK, out, err);
}

static int
read_draft(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_value **value = out;

    (void)in;
    if (wr_task_read(rq, wr_instance_draft, value, err) < 0)
        return (int)err->code;
    if (!*value)
        *value = wr_value_context(rq->arena, NULL, 0);

    return 0;
}

/* ---- what happened to it ---- */

struct task_event {
    int64_t seq, at;
    const char *type, *actor, *text;
    const struct wr_value *data;
};
/* clang-format off */
static const char event_types[] =
    "task-created|task-assigned|task-delegated|task-resolved|task-changed|"
    "task-commented|task-drafted|task-completed|task-canceled";
/* clang-format on */
static const struct wr_field event_fields[] = {
    WR_FIELDS_EVENT(struct task_event,
                    "Of the event in the history of the instance."),
    WR_FIELD_ENUM(struct task_event, type, "type", event_types, WR_READONLY,
                  "What happened."),
    WR_FIELD(struct task_event, actor, "actor", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Who did it."),
    WR_FIELD(struct task_event, data, "data", WR_JSON,
             WR_READONLY | WR_VARIABLES, "Details."),
};
static const struct wr_object event_object = WR_OBJECT_ROWS(
    struct task_event, "TaskEvent", event_fields);
WR_LIST_OBJECT(event_list, "TaskEventList", &event_object);

static const struct wr_field comment_fields[] = {
    WR_FIELDS_EVENT(struct task_event,
                    "Of the event in the history of the instance."),
    WR_FIELD(struct task_event, actor, "author", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Who wrote it."),
    WR_FIELD(struct task_event, text, "text", WR_STRING, WR_READONLY,
             "What they wrote."),
};
static const struct wr_object comment_object = WR_OBJECT_ROWS(
    struct task_event, "TaskComment", comment_fields);
WR_LIST_OBJECT(comment_list, "TaskCommentList", &comment_object);

struct events_query {
    struct wr_uuid instance;
};
static const struct wr_field events_fields[] = {
    WR_FIELD(struct events_query, instance, "instance", WR_UUID, 0,
             "Its instance: needed once the task has ended."),
};
static const struct wr_object events_query_object = WR_OBJECT_ROWS(
    struct events_query, "ListTaskEvents", events_fields);

struct reading {
    struct wr_request *rq;
    struct wr_uuid task;
    bool comments; /* only these */
    struct wr_pile events;
};

static int
add(void *data, const struct wr_past *p, struct wr_err *err)
{
    struct reading *r = data;
    const char *type = wr_history_name(p->event->type);
    const struct wr_value *text;
    struct task_event *e;

    (void)err;
    if (!wr_uuid_equal(&p->event->id, &r->task)
        || strncmp(type, "task-", 5) != 0
        || (r->comments && p->event->type != WR_H_TASK_COMMENTED))
        return 0;
    e = wr_pile_add(&r->events, r->rq->arena, sizeof(*e));
    *e = (struct task_event){
        .seq = p->seq,
        .at = p->at,
        .actor = p->actor,
        .type = type,
        .data = p->event->data ? p->event->data
                               : wr_value_context(r->rq->arena, NULL, 0),
    };
    text = wr_value_get(e->data, "text");
    e->text = text && text->type == WR_V_STRING ? text->string.s : "";

    return 0;
}

/* The instance of an open task, or as it is given. */
static int
instance_of(struct wr_request *rq, struct wr_uuid *task, struct wr_uuid *out,
            struct wr_err *err)
{
    const struct events_query *p = rq->query;
    const struct wr_task_row *row;

    *out = p->instance;
    if (!wr_uuid_is_zero(out))
        return wr_param_id(rq, 0, "task", task, err);
    if (wr_task_find(rq, task, &row, err) < 0)
        return (int)err->code;
    *out = row->instance;

    return 0;
}

static int
list(struct wr_request *rq, bool comments, struct wr_list *page,
     struct wr_err *err)
{
    struct reading r = { .rq = rq, .comments = comments };
    struct wr_uuid instance;

    if (instance_of(rq, &r.task, &instance, err) < 0
        || wr_past(rq, &instance, add, &r, err) < 0)
        return (int)err->code;
    page->items = (struct wr_objects){ r.events.items, r.events.n };

    return 0;
}

static int
events(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in;

    return list(rq, /* comments= */ false, out, err);
}

static int
comments(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in;

    return list(rq, /* comments= */ true, out, err);
}

struct comment_body {
    const char *text;
};
static const struct wr_field comment_body_fields[] = {
    WR_FIELD(struct comment_body, text, "text", WR_STRING, WR_REQUIRED,
             "What you have to say."),
};
static const struct wr_object comment_body_object = WR_OBJECT_ROWS(
    struct comment_body, "CommentTask", comment_body_fields);

static int
comment(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct comment_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_TASK_COMMENT } };

    if (body)
        c.event.text = body->text;

    return wr_task_do(rq, &c, WR_MAY_LOOK, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/tasks/{id}/delegate", "delegateTask",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &delegate_object, &wr_task_object,
      200, delegate, "Let another one do a task; it comes back when resolved",
      WR_ROUTE_NATURAL |
      WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/tasks/{id}/resolve", "resolveTask",
      WR_PARTICIPANT | WR_OPERATOR, NULL, NULL, &wr_task_object, 200, resolve,
      "Give a delegated task back to its owner", WR_ROUTE_NATURAL |
      WR_ROUTE_IF_MATCH },
    { "GET", "/api/v1/tasks/{id}/draft", "readTaskDraft", WR_READERS, NULL,
      NULL, NULL, 200, read_draft,
      "What was filled in so far; {} when nothing was", WR_ROUTE_VALUE_OUT },
    { "PUT", "/api/v1/tasks/{id}/draft", "saveTaskDraft",
      WR_PARTICIPANT | WR_OPERATOR, NULL, NULL, &wr_task_object, 200,
      save_draft, "Keep what was filled in so far; it goes with the task",
      WR_ROUTE_VALUE_IN |
      WR_ROUTE_IF_MATCH },
    { "GET", "/api/v1/tasks/{id}/comments", "listTaskComments", WR_READERS,
      &events_query_object, NULL, &comment_list, 200, comments,
      "Comments on a task, oldest first", 0 },
    { "POST", "/api/v1/tasks/{id}/comments", "commentTask",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &comment_body_object,
      &wr_task_object, 201, comment, "Comment on a task",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_REPLAYS |
      WR_ROUTE_IF_MATCH },
    { "GET", "/api/v1/tasks/{id}/events", "listTaskEvents", WR_READERS,
      &events_query_object, NULL, &event_list, 200, events,
      "What happened to a task, oldest first", 0 },
};
/* clang-format on */

const struct wr_route_table wr_routes_task_acts = { "tasks", routes,
                                                    WR_COUNT(routes) };
