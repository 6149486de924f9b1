/* jobs: work for external workers: activation, lists. */

#include <string.h>

#include "engine/base/crash.h"
#include "fcgi_workers/park.h"
#include "fcgi_workers/search.h"

enum {
    TYPES_MAX = 100 /* of one activation: a look-up each */
};

struct activate_body {
    const char *type, *worker;
    struct wr_strings types, fetch;
    int64_t max, lease_seconds;
};
static const struct wr_field activate_fields[] = {
    WR_FIELD(struct activate_body, type, "type", WR_STRING, 0, "Job type."),
    WR_FIELD(struct activate_body, types, "types", WR_STRINGS, 0,
             "Several job types, at most 100."),
    WR_FIELD(struct activate_body, worker, "worker", WR_STRING, WR_REQUIRED,
             "Name of the worker."),
    WR_FIELD(struct activate_body, max, "maxJobs", WR_INT, WR_REQUIRED,
             "1 to 1000."),
    WR_FIELD(struct activate_body, lease_seconds, "leaseSeconds", WR_INT,
             WR_REQUIRED, "How long the jobs are the worker's."),
    WR_FIELD(struct activate_body, fetch, "fetchVariables", WR_STRINGS, 0,
             "Only these variables; all when absent."),
};
static const struct wr_object activate_object = WR_OBJECT_ROWS(
    struct activate_body, "ActivateJobs", activate_fields);

struct job {
    struct wr_uuid id, instance, lease;
    const void *definition;
    const char *type, *element, *kind, *event;
    bool gone; /* its element, of a listener */
    const struct wr_value *variables, *headers;
    int64_t retries, attempt, priority, lease_until, created_at, due_at;
    const char *state, *worker, *error;
};
static const struct wr_field job_fields[] = {
    WR_FIELD(struct job, id, "id", WR_UUID, WR_READONLY,
             "Id; the same through all retries, use it as idempotency key."),
    WR_FIELD(struct job, type, "type", WR_STRING, WR_READONLY, "Job type."),
    WR_FIELD(struct job, instance, "instance", WR_UUID, WR_READONLY,
             "Its instance."),
    WR_FIELD_OF(struct job, definition, "definition", WR_OBJECT,
                &wr_definition_ref_object, WR_READONLY,
                "The version its instance runs on."),
    WR_FIELD(struct job, element, "element", WR_STRING, WR_READONLY,
             "Id of the element."),
    WR_FIELD_ENUM(struct job, kind, "kind", "work|listener", WR_READONLY,
                  "What the element does, or a listener that is told of it."),
    WR_FIELD(struct job, event, "event", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "What the listener is told of, as its file calls it."),
    WR_FIELD(struct job, gone, "canceled", WR_BOOL, WR_READONLY | WR_OPTIONAL,
             "Its element was interrupted: the listener is told of that."),
    WR_FIELD(struct job, variables, "variables", WR_JSON,
             WR_READONLY | WR_OPTIONAL, "What the element sees."),
    WR_FIELD(struct job, headers, "headers", WR_JSON, WR_READONLY | WR_OPTIONAL,
             "Constants of the model."),
    WR_FIELD_ENUM(struct job, state, "state",
                  "available|leased|waiting|suspended|failed", WR_READONLY,
                  "Waiting: for the time of its next try. Failed: no tries are "
                  "left, an incident says why."),
    WR_FIELD(struct job, retries, "retries", WR_INT, WR_READONLY,
             "Tries left, with the one that is running."),
    WR_FIELD(struct job, attempt, "attempt", WR_INT, WR_READONLY,
             "Tries begun so far: grows with every activation."),
    WR_FIELD(struct job, error, "errorMessage", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Why the last try failed."),
    WR_FIELD(struct job, priority, "priority", WR_INT, WR_READONLY,
             "Higher comes first."),
    WR_FIELD(struct job, created_at, "createdAt", WR_TIME, WR_READONLY,
             "When it came up."),
    WR_FIELD(struct job, due_at, "dueAt", WR_TIME, WR_READONLY | WR_OPTIONAL,
             "Not offered before."),
    WR_FIELD(struct job, worker, "worker", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "Who leased it last."),
    WR_FIELD(struct job, lease, "lease", WR_UUID, WR_READONLY | WR_OPTIONAL,
             "Give it back with the result."),
    WR_FIELD(struct job, lease_until, "leaseUntil", WR_TIME,
             WR_READONLY | WR_OPTIONAL, "When the lease ends."),
};
static const struct wr_object job_object = WR_OBJECT_ROWS(struct job, "Job",
                                                          job_fields);
WR_COUNTED_LIST_OBJECT(job_list, "JobList", &job_object);
WR_LIST_OBJECT(activated_list, "ActivatedJobs", &job_object);

static const struct wr_value *
pick(struct wr_arena *a, const struct wr_value *all,
     const struct wr_strings *names)
{
    struct wr_entry *entries;
    size_t n = 0;

    if (!names->items)
        return all;
    entries = wr_newn(a, struct wr_entry, names->n);
    for (size_t i = 0; i < names->n; i++) {
        const struct wr_value *v = wr_value_get(all, names->items[i]);

        if (v)
            entries[n++] = (struct wr_entry){ names->items[i], v };
    }

    return wr_value_context(a, entries, n);
}

/* Names by place; the place of a name, -1 when there is none. */
static const char *const states[] = { "available", "leased", "waiting",
                                      "suspended", "failed" };

static int
state_parse(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(states); i++)
        if (strcmp(states[i], name) == 0)
            return (int)i;

    return -1;
}

static int
job_json(struct wr_request *rq, const void *found, void *item,
         struct wr_err *err)
{
    const struct wr_job_row *row = found;
    struct job *out = item;
    struct wr_element_ref el;
    int64_t now = wr_clock_now(&rq->service->clock);

    *out = (struct job){
        .id = row->id,
        .instance = row->instance,
        .lease = row->lease,
        .type = row->type,
        .kind = "work",
        .retries = wr_job_tries_left(row, now),
        .attempt = (int64_t)row->attempt + row->claims,
        .error = row->error,
        .priority = row->priority,
        .lease_until = row->lease_until,
        .created_at = row->created_at,
        .due_at = row->due_at < WR_NEVER ? row->due_at : 0,
        .worker = row->lease_owner,
        .state = states[wr_job_state(row, now)],
    };
    if (wr_element_ref(rq, &row->definition, row->element, &el, err) < 0
        || wr_definition_json_ref(rq, &row->definition, &out->definition, err)
               < 0)
        return (int)err->code;
    out->element = el.id ? el.id : "";

    return 0;
}

static void
told_of(struct job *out, const struct wr_listener *l)
{
    out->kind = l ? "listener" : "work";
    out->event = l ? l->event : NULL;
}

/* Jobs of one instance mostly come together: it is read once, unless it is so
 * big that only what is around a job is read. */
struct glance {
    struct wr_arena *arena;   /* the view's */
    struct wr_arena *scratch; /* for one job */
    struct wr_view view;
    struct wr_uuid instance; /* zero: none is read */
};

static void
look_away(struct glance *g)
{
    if (!wr_uuid_is_zero(&g->instance))
        wr_definition_unref(g->view.definition);
    g->instance = (struct wr_uuid){ { 0 } };
    wr_arena_reset(g->arena);
}

static bool
look_at(struct wr_request *rq, struct glance *g, const struct wr_job_row *row)
{
    struct wr_err err = { 0 };

    if (wr_uuid_equal(&g->instance, &row->instance)
        && wr_instance_is_whole(g->view.instance))
        return true;
    look_away(g);
    if (wr_runtime_view_wait(rq->service->runtime, &row->instance, &row->id,
                             rq->who.tenant, g->arena, &g->view, &err)
        < 0)
        return false;
    g->instance = row->instance;

    return true;
}

/* Variables and headers of a job, as its element sees them.  false: the job went
 * away between claim and look: it is not offered. */
static bool
job_data(struct wr_request *rq, struct glance *g, const struct wr_job_row *row,
         const struct wr_strings *fetch, struct job *out)
{
    const struct wr_instance *i;
    const struct wr_value *seen;
    const struct wr_listener *l;
    const struct wr_job_def *def;
    const struct wr_model *m;
    int node;

    if (!look_at(rq, g, row))
        return false;
    i = g->view.instance;
    m = g->view.definition->model;
    wr_arena_reset(g->scratch);
    node = wr_instance_node_of(i, &row->id);
    seen = wr_instance_visible(i, &row->id, g->scratch);
    if (!seen || node < 0)
        return false;
    l = wr_instance_listener(i, m, &row->id, &out->gone);
    def = l ? l->job : m->nodes[node].job;
    told_of(out, l);
    if (out->event)
        out->event = wr_arena_strdup(rq->arena, out->event);
    out->variables = wr_value_copy(rq->arena, pick(g->scratch, seen, fetch));
    out->headers = def ? wr_value_copy(rq->arena, def->headers)
                       : wr_value_context(rq->arena, NULL, 0);

    return true;
}

static int
describe(struct wr_request *rq, const struct wr_rows *rows,
         const struct wr_strings *fetch, struct job *items, size_t *n,
         struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *arena = wr_arena_new(4096);
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    struct glance g = { .arena = arena, .scratch = scratch };
    int r = 0;

    for (size_t i = 0; r == 0 && i < rows->n; i++) {
        r = job_json(rq, &rows->jobs[i], &items[*n], err);
        if (r == 0 && job_data(rq, &g, &rows->jobs[i], fetch, &items[*n]))
            (*n)++;
    }
    look_away(&g);

    return r;
}

/* Should the answer not arrive, they are given back. */
static void
leased(struct wr_request *rq, const struct job *items, size_t n)
{
    struct wr_leased *list = wr_newn(rq->arena, struct wr_leased, n);

    for (size_t i = 0; i < n; i++)
        list[i] = (struct wr_leased){ items[i].id, items[i].lease,
                                      items[i].type };
    rq->leased = list;
    rq->n_leased = n;
}

static int
activate(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct activate_body *body = in;
    int64_t now = wr_clock_now(&rq->service->clock);
    struct wr_claim c = {
        .types = body->type ? &body->type : body->types.items,
        .n_types = body->type ? 1 : (int)body->types.n,
        .tenant = rq->who.tenant,
        .max = (int)body->max,
        .worker = body->worker,
        .now = now,
        .until = now + body->lease_seconds * 1000,
        .lease = wr_uuid_new(now, 0),
    };
    struct wr_list *page = out;
    struct job *items;
    struct wr_rows rows;
    size_t n = 0;

    if (c.n_types == 0 || (body->type && body->types.n))
        return wr_fail(err, WR_EINVALID, "give 'type' or 'types'");
    if (body->types.n > TYPES_MAX)
        return wr_fail(err, WR_EINVALID, "types: %zu, at most %d are taken",
                       body->types.n, TYPES_MAX);
    if (body->max < 1 || body->max > 1000)
        return wr_fail(err, WR_EINVALID, "maxJobs must be 1 to 1000");
    if (body->lease_seconds < 1 || body->lease_seconds > 86400)
        return wr_fail(err, WR_EINVALID, "leaseSeconds must be 1 to 86400");
    if (wr_runtime_claim(rq->service->runtime, &c, rq->arena, &rows, err) < 0)
        return (int)err->code;
    if (rows.n)
        WEIR_CRASH("job-claimed"); /* C9 */
    items = wr_newn(rq->arena, struct job, rows.n);
    if (describe(rq, &rows, &body->fetch, items, &n, err) < 0)
        return (int)err->code;
    leased(rq, items, n);
    rq->more = (int)rows.n == c.max;
    atomic_fetch_add(&rq->service->jobs_claimed, (long)n);
    if (n == 0 && wr_park_jobs(rq, c.types, c.n_types, c.max))
        return 0;
    page->items = (struct wr_objects){ .items = items, .n = n };

    return 0;
}

struct list_query {
    const char *state, *type, *worker, *cursor, *total;
    struct wr_uuid instance;
    int64_t limit, retries;
};
static const struct wr_field list_fields[] = {
    WR_FIELD(struct list_query, instance, "instance", WR_UUID, 0,
             "Of this instance."),
    WR_FIELD(struct list_query, type, "type", WR_STRING, 0, "Of this type."),
    WR_FIELD(struct list_query, worker, "worker", WR_STRING, 0,
             "Leased by this worker, now or last."),
    WR_FIELD(struct list_query, retries, "retries", WR_INT, 0,
             "With so many tries left when it was last tried; 0: failed."),
    WR_FIELD_ENUM(struct list_query, state, "state",
                  "available|leased|waiting|suspended|failed", 0,
                  "In this state."),
    WR_FIELDS_PAGE(struct list_query),
};
static const struct wr_object list_query_object = WR_OBJECT_ROWS(
    struct list_query, "ListJobs", list_fields);

/* Whether it is a listener's stands in the instance alone.  Most elements have
 * none: then that is not asked. */
static int
job_listener(struct wr_request *rq, const struct wr_job_row *row,
             struct job *out, struct wr_err *err)
{
    const struct wr_definition *d;
    char id[WR_UUID_TEXT];
    struct wr_view v;

    wr_uuid_text(&row->definition, id);
    if (wr_request_definition(rq, id, &d, err) < 0)
        return (int)err->code;
    if (!wr_model_tells(d->model, wr_model_node_of(d->model, row->element)))
        return 0;
    if (wr_runtime_view(rq->service->runtime, &row->instance, rq->who.tenant,
                        rq->arena, &v, err)
        < 0)
        return err->code == WR_ENOTFOUND ? 0 : (int)err->code;
    told_of(out, wr_instance_listener(v.instance, v.definition->model, &row->id,
                                      &out->gone));
    wr_definition_unref(v.definition);

    return 0;
}

/* For those who look: the lease is its worker's secret. */
static int
job_seen(struct wr_request *rq, const void *row, void *item, struct wr_err *err)
{
    struct job *out = item;

    if (job_json(rq, row, out, err) < 0 || job_listener(rq, row, out, err) < 0)
        return (int)err->code;
    out->lease = (struct wr_uuid){ 0 };

    return 0;
}

static const struct wr_listed listed = { sizeof(struct job), job_seen };

static const struct wr_condition *
equals(struct wr_request *rq, const char *field, struct wr_datum value)
{
    struct wr_datum *d = wr_new(rq->arena, struct wr_datum);

    *d = value;

    return wr_where(rq->arena, WR_S_EQ,
                    wr_search_field(WR_JOBS, field, strlen(field)), d, 1);
}

/* What the lookup itself does not know. */
static const struct wr_condition *
conditions(struct wr_request *rq, const struct list_query *p)
{
    const struct wr_condition *parts[3] = { NULL };

    if (p->state)
        parts[0] = wr_where_job_state(rq->arena, state_parse(p->state),
                                      wr_clock_now(&rq->service->clock));
    if (p->worker)
        parts[1] = equals(rq, "worker",
                          (struct wr_datum){ .kind = WR_D_TEXT,
                                             .p = p->worker,
                                             .len = strlen(p->worker) });
    if (p->retries != WR_INT_ABSENT)
        parts[2] = equals(
            rq, "retries",
            (struct wr_datum){ .kind = WR_D_INT4, .i = p->retries });

    return p->state || p->worker || p->retries != WR_INT_ABSENT
               ? wr_where_all(rq->arena, parts, WR_COUNT(parts))
               : NULL;
}

static int
list(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct list_query *p = rq->query;
    struct wr_query q = wr_request_query(rq, WR_JOBS);
    struct wr_paging page = { p->limit, p->cursor, p->total, NULL };

    (void)in;
    q.type = p->type;
    if (!wr_uuid_is_zero(&p->instance))
        q.instance = &p->instance;
    page.also = conditions(rq, p);

    return wr_list_page(rq, &q, &page, &listed, out, err);
}

/* Shows where its instance is now: that is what If-Match is held against. */
static int
get(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_instance_row *instance;
    const struct wr_job_row *job;
    struct wr_uuid id;
    const void *row;

    (void)in;
    if (wr_request_row(rq, WR_JOBS, "job", &id, &row, err) < 0)
        return (int)err->code;
    job = row;
    if (wr_request_instance(rq, &job->instance, &instance, err) < 0)
        return (int)err->code;
    wr_request_etag(rq, instance->rev);

    return job_seen(rq, row, out, err);
}

static int
search(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    return wr_search_page(rq, WR_JOBS, &listed, in, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/jobs/activate", "activateJobs",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &activate_object, &activated_list, 200,
      activate, "Lease jobs to a worker", WR_ROUTE_WAIT },
    { "GET", "/api/v1/jobs", "listJobs", WR_READERS, &list_query_object, NULL,
      &job_list, 200, list, "List open jobs", 0 },
    { "GET", "/api/v1/jobs/{id}", "getJob", WR_READERS, NULL, NULL,
      &job_object, 200, get,
      "Read an open job; its ETag is the revision of its instance", 0 },
    { "POST", "/api/v1/jobs/search", "searchJobs", WR_READERS, NULL,
      &wr_search_object, &job_list, 200, search,
      "Search open jobs by conditions", WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY },
};
/* clang-format on */

const struct wr_route_table wr_routes_jobs = { "jobs", routes,
                                               WR_COUNT(routes) };
