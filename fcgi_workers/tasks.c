/* tasks: the work of people: list, claim, assign and complete user tasks. */

#include <stdlib.h>
#include <string.h>

#include "fcgi_workers/form_json.h"
#include "fcgi_workers/fresh.h"
#include "fcgi_workers/search.h"
#include "fcgi_workers/task_json.h"

static const struct wr_field task_fields[] = {
    WR_FIELD(struct wr_task_json, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD(struct wr_task_json, instance, "instance", WR_UUID, WR_READONLY,
             "Its instance."),
    WR_FIELD_OF(struct wr_task_json, definition, "definition", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY,
                "The version its instance runs on."),
    WR_FIELD(struct wr_task_json, element, "element", WR_STRING, WR_READONLY,
             "Id of the user task in the model."),
    WR_FIELD(struct wr_task_json, name, "name", WR_STRING,
             WR_READONLY | WR_NULLABLE, "What to do."),
    WR_FIELD(struct wr_task_json, lane, "lane", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "The lane it is drawn in."),
    WR_FIELD_ENUM(struct wr_task_json, state, "state",
                  "created|claimed|completed|canceled", WR_READONLY, "State."),
    WR_FIELD(struct wr_task_json, assignee, "assignee", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Who has it."),
    WR_FIELD(struct wr_task_json, owner, "owner", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Who delegated it."),
    WR_FIELD_ENUM(struct wr_task_json, delegation, "delegation",
                  "delegated|resolved", WR_READONLY | WR_OPTIONAL,
                  "Delegated: the assignee does it for the owner, to whom it "
                  "goes back when resolved."),
    WR_FIELD(struct wr_task_json, users, "candidateUsers", WR_STRINGS,
             WR_READONLY, "Who may claim it."),
    WR_FIELD(struct wr_task_json, groups, "candidateGroups", WR_STRINGS,
             WR_READONLY,
             "Whose members may claim it; like the others who may, not "
             "kept after the end."),
    WR_FIELD(struct wr_task_json, priority, "priority", WR_INT, WR_READONLY,
             "Higher is more urgent."),
    WR_FIELD(struct wr_task_json, due_at, "dueAt", WR_TIME,
             WR_READONLY | WR_NULLABLE, "When it is due."),
    WR_FIELD(struct wr_task_json, overdue, "overdue", WR_BOOL, WR_READONLY,
             "Open, and dueAt has passed."),
    WR_FIELD(struct wr_task_json, follow_up_at, "followUpAt", WR_TIME,
             WR_READONLY | WR_NULLABLE, "When to look at it again."),
    WR_FIELD(struct wr_task_json, created_at, "createdAt", WR_TIME, WR_READONLY,
             "When it came up."),
    WR_FIELD(struct wr_task_json, ended_at, "endedAt", WR_TIME,
             WR_READONLY | WR_OPTIONAL, "When it was completed or canceled."),
    WR_FIELD(struct wr_task_json, ended_by, "endedBy", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Who did that."),
    WR_FIELD(struct wr_task_json, form_key, "formKey", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Form of the model."),
    WR_FIELD(struct wr_task_json, rev, "rev", WR_INT, WR_READONLY,
             "Revision of the instance that wrote it; also the ETag."),
};
const struct wr_object wr_task_object = WR_OBJECT_ROWS(struct wr_task_json,
                                                       "Task", task_fields);
WR_FRESH_LIST_OBJECT(task_list, "TaskList", &wr_task_object);

struct list_query {
    const char *assignee, *user, *group, *state, *cursor, *total;
    struct wr_uuid instance;
    int64_t limit;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, assignee, "assignee", WR_STRING, 0,
             "Assigned to this user."),
    WR_FIELD(struct list_query, user, "candidateUser", WR_STRING, 0,
             "This user may claim it."),
    WR_FIELD(struct list_query, group, "candidateGroup", WR_STRING, 0,
             "This group may claim it."),
    WR_FIELD_ENUM(struct list_query, state, "state",
                  "created|claimed|completed|canceled", 0,
                  "In this state; all open ones when absent."),
    WR_FIELD(struct list_query, instance, "instance", WR_UUID, 0,
             "Of this instance."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListTasks", list_fields);

static const char *
state_name(enum wr_task_state s)
{
    return s == WR_TASK_CLAIMED ? "claimed" : "created";
}

static const char *
delegation_name(enum wr_task_delegation d)
{
    if (d == WR_TASK_OWN)
        return NULL;

    return d == WR_TASK_DELEGATED ? "delegated" : "resolved";
}

static int
task_json(struct wr_request *rq, const void *found, void *item,
          struct wr_err *err)
{
    const struct wr_task_row *row = found;
    struct wr_task_json *out = item;
    struct wr_element_ref el;

    *out = (struct wr_task_json){
        .id = row->id,
        .instance = row->instance,
        .state = state_name(row->state),
        .assignee = row->assignee,
        .owner = row->owner,
        .delegation = delegation_name(row->delegation),
        .users = { row->candidate_users, (size_t)row->n_candidate_users },
        .groups = { row->candidate_groups, (size_t)row->n_candidate_groups },
        .priority = row->priority,
        .due_at = row->due_at,
        .overdue = row->due_at
                   && row->due_at < wr_clock_now(&rq->service->clock),
        .follow_up_at = row->follow_up_at,
        .created_at = row->created_at,
        .rev = row->rev,
    };
    if (wr_element_ref(rq, &row->definition, row->element, &el, err) < 0
        || wr_definition_json_ref(rq, &row->definition, &out->definition, err)
               < 0)
        return (int)err->code;
    out->element = el.id ? el.id : "";
    out->form_key = el.form_key;
    out->name = row->name ? row->name : el.name;
    out->lane = el.lane;

    return 0;
}

static const struct wr_listed listed = { sizeof(struct wr_task_json),
                                         task_json };

static bool
has_ended(const char *state)
{
    return state
           && (strcmp(state, "completed") == 0
               || strcmp(state, "canceled") == 0);
}

/* Place in the list of ended tasks; 0 without a cursor. */
static int
place_of(const char *cursor, size_t *out, struct wr_err *err)
{
    char *end;

    *out = 0;
    if (!cursor)
        return 0;
    *out = (size_t)strtoul(cursor, &end, 10);
    if (end == cursor || *end)
        return wr_fail(err, WR_EINVALID, "the cursor is damaged");

    return 0;
}

static bool
is_wanted(const struct list_query *p, const struct wr_task_json *t)
{
    return strcmp(t->state, p->state) == 0
           && (!p->assignee
               || (t->assignee && strcmp(t->assignee, p->assignee) == 0));
}

/* Ended tasks only ever become more, in front: `next` counts from the end. */
static int
list_ended(struct wr_request *rq, const struct list_query *p,
           struct wr_list *page, struct wr_err *err)
{
    const struct wr_paging paging = { p->limit, p->cursor, p->total, NULL };
    struct wr_query q = wr_request_query(rq, WR_TASKS);
    const struct wr_task_json *all;
    struct wr_task_json *items;
    size_t n, left, before;

    page->lag = WR_INT_ABSENT;
    if (p->user || p->group)
        return wr_fail(err, WR_EINVALID,
                       "state '%s' goes without candidates: those of ended "
                       "tasks are not kept",
                       p->state);
    if (wr_uuid_is_zero(&p->instance))
        return wr_past_task_list(rq, strcmp(p->state, "completed") == 0,
                                 p->assignee, &paging, page, err);
    if (wr_query_page(&q, p->limit, NULL, err) < 0
        || place_of(p->cursor, &before, err) < 0
        || wr_ended_tasks(rq, &p->instance, &all, &n, err) < 0)
        return (int)err->code;
    left = p->cursor && before < n ? before : n;
    items = wr_newn(rq->arena, struct wr_task_json, (size_t)q.limit);
    page->items = (struct wr_objects){ .items = items };
    page->total = p->total ? 0 : WR_INT_ABSENT;
    for (size_t i = n - left; i < n; i++, left--) {
        if (!is_wanted(p, &all[i]))
            continue;
        if (page->items.n == (size_t)q.limit) {
            page->next = wr_arena_printf(rq->arena, "%zu", left);
            break;
        }
        items[page->items.n++] = all[i];
    }
    for (size_t i = 0; p->total && i < n; i++)
        page->total += is_wanted(p, &all[i]);

    return 0;
}

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_TASKS);
    struct wr_paging page = { p->limit, p->cursor, p->total, NULL };

    (void)in;
    if (has_ended(p->state))
        return list_ended(rq, p, out, err);
    q.assignee = p->assignee;
    q.candidate_user = p->user;
    q.candidate_group = p->group;
    q.descending = true;
    if (!wr_uuid_is_zero(&p->instance))
        q.instance = &p->instance;
    if (p->state)
        q.state = strcmp(p->state, "claimed") == 0 ? WR_TASK_CLAIMED
                                                   : WR_TASK_CREATED;

    return wr_list_page(rq, &q, &page, &listed, out, err);
}

int
wr_task_find(struct wr_request *rq, struct wr_uuid *id,
             const struct wr_task_row **row, struct wr_err *err)
{
    const void *found = NULL;

    if (wr_request_row(rq, WR_TASKS, "task", id, &found, err) < 0)
        return (int)err->code;
    *row = found;

    return 0;
}

struct get_query {
    struct wr_uuid instance;
};
static const struct wr_field get_fields[] = {
    WR_FIELD(
        struct get_query, instance, "instance", WR_UUID, 0,
        "Its instance: with it a task that has ended is read from its history, "
        "with what the history has of it."),
};
static const struct wr_object get_query_object = WR_OBJECT_ROWS(
    struct get_query, "GetTask", get_fields);

static int
get_ended(struct wr_request *rq, const struct wr_uuid *id,
          struct wr_task_json *out, struct wr_err *err)
{
    const struct get_query *p = rq->query;
    const struct wr_task_json *all;
    size_t n;

    if (wr_ended_tasks(rq, &p->instance, &all, &n, err) < 0)
        return (int)err->code;
    for (size_t i = 0; i < n; i++) {
        if (wr_uuid_equal(&all[i].id, id)) {
            *out = all[i];
            return 0;
        }
    }

    return wr_fail(err, WR_ENOTFOUND, "no task '%s'", rq->param[0]);
}

static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct get_query *p = rq->query;
    const struct wr_task_row *row = NULL;
    struct wr_uuid id;

    (void)in;
    if (wr_task_find(rq, &id, &row, err) < 0)
        return err->code != WR_ENOTFOUND ? (int)err->code
               : wr_uuid_is_zero(&p->instance)
                   ? wr_past_task_read(rq, &id, out, err)
                   : get_ended(rq, &id, out, err);
    wr_request_etag(rq, row->rev);

    return task_json(rq, row, out, err);
}

int
wr_task_read(struct wr_request *rq, wr_task_read_fn *fn,
             const struct wr_value **out, struct wr_err *err)
{
    const struct wr_task_row *row = NULL;
    struct wr_uuid id;
    struct wr_view v;

    if (wr_task_find(rq, &id, &row, err) < 0
        || wr_runtime_view_wait(rq->service->runtime, &row->instance, &id,
                                rq->who.tenant, rq->arena, &v, err)
               < 0)
        return (int)err->code;
    *out = fn(v.instance, &id, rq->arena);
    wr_definition_unref(v.definition);

    return 0;
}

static int
visible(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_value **value = out;

    (void)in;
    if (wr_task_read(rq, wr_instance_visible, value, err) < 0)
        return (int)err->code;
    if (!*value)
        return wr_fail(err, WR_ENOTFOUND, "no open task '%s'", rq->param[0]);

    return 0;
}

enum {
    TRIES = 8
};

/*
 * If-Match is held against the task's revision, the command against that of the
 * instance: look at the instance, then at the task.  When the instance has gone
 * on meanwhile, the task may still be the same: look again.
 */
static int
call(struct wr_request *rq, struct wr_command *c, struct wr_outcome *oc,
     struct wr_err *err)
{
    const struct wr_instance_row *instance;
    const struct wr_task_row *task = NULL;
    int64_t want = rq->if_match;
    int rc = 0;

    for (int k = 0; k < TRIES && want >= 0; k++) {
        if (wr_task_find(rq, &c->event.target, &task, err) < 0
            || wr_request_instance(rq, &task->instance, &instance, err) < 0
            || wr_task_find(rq, &c->event.target, &task, err) < 0)
            return (int)err->code;
        if (task->rev != want)
            return wr_fail(err, WR_EPRECONDITION,
                           "the task is at revision %lld, not %lld",
                           (long long)task->rev, (long long)want);
        rq->if_match = instance->rev;
        rc = wr_request_call(rq, c, oc, err);
        rq->if_match = want;
        if (rc != WR_EPRECONDITION)
            return rc;
    }

    return want < 0 ? wr_request_call(rq, c, oc, err) : rc;
}

int
wr_task_do(struct wr_request *rq, struct wr_command *c,
           enum wr_task_right right, void *out, struct wr_err *err)
{
    const struct wr_task_row *row = NULL;
    struct wr_outcome oc;

    if (wr_task_find(rq, &c->event.target, &row, err) < 0
        || wr_task_asker(rq, right, &c->event.asker, err) < 0)
        return (int)err->code;
    if (rq->stored.len) { /* it was done: the task as it is now */
        if (c->event.asker && wr_task_allows(row, c->event.asker, err) < 0)
            return (int)err->code;
        return task_json(rq, row, out, err);
    }
    c->instance = row->instance;
    if (call(rq, c, &oc, err) < 0
        || wr_task_find(rq, &c->event.target, &row, err) < 0)
        return (int)err->code;

    return task_json(rq, row, out, err);
}

/* Assign and answer the task as it is now. */
static int
assign_to(struct wr_request *rq, const char *user, bool claim, void *out,
          struct wr_err *err)
{
    struct wr_command c = {
        .event = { .type = WR_EV_TASK_ASSIGN, .text = user, .claim = claim }
    };

    return wr_task_do(rq, &c, claim ? WR_MAY_LOOK : WR_MAY_WORK, out, err);
}

static int
change(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_TASK_CHANGE,
                                       .variables = in } };

    return wr_task_do(rq, &c, WR_MAY_WORK, out, err);
}

static int
claim_task(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in;

    return assign_to(rq, rq->who.user, /* claim= */ true, out, err);
}

static int
unclaim(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in;

    return assign_to(rq, NULL, /* claim= */ false, out, err);
}

struct assign_body {
    const char *assignee;
};
static const struct wr_field assign_fields[] = {
    WR_FIELD(struct assign_body, assignee, "assignee", WR_STRING, WR_REQUIRED,
             "User name."),
};
static const struct wr_object assign_object = WR_OBJECT_ROWS(
    struct assign_body, "AssignTask", assign_fields);

static int
assign(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct assign_body *body = in;

    return assign_to(rq, body->assignee, /* claim= */ false, out, err);
}

struct complete_body {
    const struct wr_value *variables;
};
static const struct wr_field complete_fields[] = {
    WR_FIELD(struct complete_body, variables, "variables", WR_JSON,
             WR_VARIABLES, "Results by name."),
};
static const struct wr_object complete_object = WR_OBJECT_ROWS(
    struct complete_body, "CompleteTask", complete_fields);

static int
act(struct wr_request *rq, struct wr_command *c, void *out, struct wr_err *err)
{
    struct wr_outcome oc;

    if (wr_param_id(rq, 0, "task", &c->event.target, err) < 0
        || wr_task_asker(rq, WR_MAY_WORK, &c->event.asker, err) < 0
        || call(rq, c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

static int
complete(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct complete_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_TASK_COMPLETE,
                                       .variables = body->variables } };

    if (act(rq, &c, out, err) < 0) {
        if (err->code == WR_EVALUE)
            wr_task_misfits(rq, body->variables);
        return (int)err->code;
    }

    return 0;
}

struct error_body {
    const char *code, *message;
    const struct wr_value *variables;
};
static const struct wr_field error_fields[] = {
    WR_FIELD(struct error_body, code, "code", WR_STRING, WR_REQUIRED,
             "BPMN error code."),
    WR_FIELD(struct error_body, message, "message", WR_STRING, 0,
             "For people."),
    WR_FIELD(struct error_body, variables, "variables", WR_JSON, WR_VARIABLES,
             "Variables for the handler."),
};
static const struct wr_object error_object = WR_OBJECT_ROWS(
    struct error_body, "TaskError", error_fields);

static int
throw_error(struct wr_request *rq, const void *in, void *out,
            struct wr_err *err)
{
    const struct error_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_TASK_ERROR,
                                       .text = body->code,
                                       .message = body->message,
                                       .variables = body->variables } };

    return act(rq, &c, out, err);
}

static int
search(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    if (wr_search_speaks_of_end(in))
        return wr_past_task_search(rq, in, out, err);

    return wr_search_page(rq, WR_TASKS, &listed, in, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/tasks", "listTasks", WR_READERS, &list_query_object, NULL,
      &task_list, 200, list, "List open tasks, newest first", WR_ROUTE_FOLDED },
    { "GET", "/api/v1/tasks/{id}", "getTask", WR_READERS,
      &get_query_object, NULL, &wr_task_object, 200, get,
      "Read a task, an ended one too", 0 },
    { "PATCH", "/api/v1/tasks/{id}", "changeTask", WR_OPERATOR, NULL, NULL,
      &wr_task_object, 200, change,
      "Change priority, dueAt, followUpAt, candidateUsers or candidateGroups; "
      "null removes a date", WR_ROUTE_VALUE_IN |
      WR_ROUTE_IF_MATCH },
    { "GET", "/api/v1/tasks/{id}/variables", "readTaskVariables", WR_READERS,
      NULL, NULL, NULL, 200, visible, "Variables the task sees",
      WR_ROUTE_VALUE_OUT },
    { "POST", "/api/v1/tasks/{id}/claim", "claimTask",
      WR_PARTICIPANT | WR_OPERATOR, NULL, NULL, &wr_task_object, 200, claim_task,
      "Take a task", WR_ROUTE_NATURAL |
      WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/tasks/{id}/unclaim", "unclaimTask",
      WR_PARTICIPANT | WR_OPERATOR, NULL, NULL, &wr_task_object, 200, unclaim,
      "Give a task back", WR_ROUTE_NATURAL |
      WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/tasks/{id}/assign", "assignTask", WR_OPERATOR, NULL,
      &assign_object, &wr_task_object, 200, assign, "Give a task to a user",
      WR_ROUTE_NATURAL |
      WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/tasks/{id}/complete", "completeTask",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &complete_object,
      &wr_instance_object, 200, complete,
      "Complete a task; answers the instance after run-to-stability",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY |
      WR_ROUTE_IF_MATCH | WR_ROUTE_WAIT },
    { "POST", "/api/v1/tasks/{id}/error", "throwTaskError",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &error_object, &wr_instance_object,
      200, throw_error, "Throw a BPMN error from a task",
      WR_ROUTE_IDEMPOTENT |
      WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/tasks/search", "searchTasks", WR_READERS, NULL,
      &wr_search_object, &task_list, 200, search,
      "Search tasks by conditions: open ones, or all when the filter speaks of "
      "an end (state completed or canceled, endedAt, endedBy, durationMs)",
      WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY | WR_ROUTE_FOLDED },
};
/* clang-format on */

const struct wr_route_table wr_routes_tasks = { "tasks", routes,
                                                WR_COUNT(routes) };
