/* migrate: instances go on with another version, or what keeps them (S29). */

#include <string.h>

#include "engine/store/columns.h"
#include "fcgi_workers/bulk.h"
#include "fcgi_workers/change_json.h"
#include "fcgi_workers/instructions.h"
#include "fcgi_workers/lookup.h"

struct mapping {
    const char *from, *to;
    bool update;
};
static const struct wr_field mapping_fields[] = {
    WR_FIELD(struct mapping, from, "from", WR_STRING, WR_REQUIRED,
             "Id of an element of the version it runs on."),
    WR_FIELD(struct mapping, to, "to", WR_STRING, WR_REQUIRED,
             "Id of an element of the same kind of the version to go to."),
    WR_FIELD(struct mapping, update, "updateTrigger", WR_BOOL, 0,
             "An event: arm it anew when its timer, message or signal is "
             "another one there."),
};
static const struct wr_object mapping_object = WR_OBJECT_ROWS(
    struct mapping, "ElementMapping", mapping_fields);

struct flow {
    const char *from, *to;
};
static const struct wr_field flow_fields[] = {
    WR_FIELD(struct flow, from, "from", WR_STRING, WR_REQUIRED,
             "Id of a sequence flow of the version it runs on."),
    WR_FIELD(struct flow, to, "to", WR_STRING, WR_REQUIRED,
             "Id of a sequence flow into a join of the same kind."),
};
static const struct wr_object flow_object = WR_OBJECT_ROWS(
    struct flow, "FlowMapping", flow_fields);

struct plan {
    const char *definition, *reason;
    struct wr_objects mappings, flows;
    bool update;
};
struct body {
    struct plan plan;
    bool dry_run;
};
/* clang-format off */
#define PLAN_FIELDS(T)                                                     \
    WR_FIELD(T, plan.definition, "definition", WR_STRING, WR_REQUIRED,     \
             "Where to: id, key (latest) or key:version, active."),        \
    WR_FIELD_OF(T, plan.mappings, "mappings", WR_OBJECTS, &mapping_object, \
                0, "What goes where; elements of the same id and kind are "\
                "mapped by themselves, but into a sub-process or out of "  \
                "one only when they are named."),                          \
    WR_FIELD_OF(T, plan.flows, "flows", WR_OBJECTS, &flow_object, 0,       \
                "Of tokens that wait in front of joins; those of the same "\
                "id are mapped by themselves."),                           \
    WR_FIELD(T, plan.update, "updateTriggers", WR_BOOL, 0,                 \
             "Arm every event anew that is another one there."),           \
    WR_FIELD(T, plan.reason, "reason", WR_STRING, 0,                       \
             "Why, for the history.")
/* clang-format on */
static const struct wr_field body_fields[] = {
    PLAN_FIELDS(struct body),
    WR_FIELD(struct body, dry_run, "dryRun", WR_BOOL, 0,
             "Change nothing, answer what would happen or what is in the "
             "way."),
};
static const struct wr_object body_object = WR_OBJECT_ROWS(
    struct body, "MigrateInstance", body_fields);
static const struct wr_field plan_fields[] = {
    PLAN_FIELDS(struct body),
};
const struct wr_object wr_migration_object = WR_OBJECT_ROWS(
    struct body, "MigrationPlan", plan_fields);

struct problem {
    const char *code, *element, *token, *detail;
};
static const struct wr_field problem_fields[] = {
    WR_FIELD_ENUM(struct problem, code, "code", WR_PROBLEMS, WR_READONLY,
                  "What is in the way."),
    WR_FIELD(struct problem, element, "element", WR_STRING, WR_READONLY,
             "Element or sequence flow."),
    WR_FIELD(struct problem, token, "token", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "The token that has no place."),
    WR_FIELD(struct problem, detail, "detail", WR_STRING, WR_READONLY,
             "The same, for people."),
};
static const struct wr_object problem_object = WR_OBJECT_ROWS(
    struct problem, "MigrationProblem", problem_fields);

struct answer {
    struct wr_change_json change;
    struct wr_objects problems;
};
static const struct wr_field answer_fields[] = {
    WR_CHANGE_FIELDS(struct answer),
    WR_FIELD_OF(struct answer, problems, "problems", WR_OBJECTS,
                &problem_object, WR_READONLY,
                "Everything that is in the way; of a dry run."),
};
static const struct wr_object answer_object = WR_OBJECT_ROWS(
    struct answer, "Migration", answer_fields);

static const struct wr_value *
pair(struct wr_arena *a, const char *from, const char *to, bool update)
{
    struct wr_entry e[3] = { { "from", wr_value_string(a, from) },
                             { "to", wr_value_string(a, to) },
                             { "updateTrigger", &wr_true } };

    return wr_value_context(a, e, update ? 3 : 2);
}

static const struct wr_value *
plan_value(struct wr_arena *a, const struct plan *p)
{
    const struct mapping *m = p->mappings.items;
    const struct flow *f = p->flows.items;
    const struct wr_value **nodes, **flows;
    struct wr_entry e[3];

    nodes = wr_newn(a, const struct wr_value *, p->mappings.n);
    flows = wr_newn(a, const struct wr_value *, p->flows.n);
    for (size_t k = 0; k < p->mappings.n; k++)
        nodes[k] = pair(a, m[k].from, m[k].to, m[k].update);
    for (size_t k = 0; k < p->flows.n; k++)
        flows[k] = pair(a, f[k].from, f[k].to, false);
    e[0] = (struct wr_entry){ "mappings",
                              wr_value_list(a, nodes, p->mappings.n) };
    e[1] = (struct wr_entry){ "flows", wr_value_list(a, flows, p->flows.n) };
    e[2] = (struct wr_entry){ "updateTriggers", wr_value_bool(p->update) };

    return wr_value_context(a, e, 3);
}

const struct wr_value *
wr_migration_plan(struct wr_arena *a, const void *in, const char **definition)
{
    const struct body *b = in;

    *definition = b->plan.definition;

    return plan_value(a, &b->plan);
}

static struct wr_command
command(struct wr_request *rq, const struct plan *p)
{
    return (struct wr_command){
        .event = { .type = WR_EV_MIGRATE,
                   .plan = plan_value(rq->arena, p),
                   .text = p->reason,
                   .actor = rq->who.user },
        .definition = p->definition,
        .tenant = rq->who.tenant,
        .if_rev = rq->if_match,
    };
}

static struct wr_objects
problems_json(struct wr_arena *a, const struct wr_problem *p, int n)
{
    struct problem *items = wr_newn(a, struct problem, (size_t)n);

    for (int k = 0; k < n; k++) {
        items[k] = (struct problem){
            .code = p[k].code,
            .element = wr_arena_strdup(a, p[k].element),
            .token = p[k].token
                         ? wr_arena_printf(a, "%lld", (long long)p[k].token)
                         : NULL,
            .detail = wr_arena_strdup(a, p[k].detail),
        };
    }

    return (struct wr_objects){ items, (size_t)n };
}

static int
try_it(struct wr_request *rq, const struct wr_command *c, struct answer *answer,
       struct wr_err *err)
{
    const struct wr_problem *problems = NULL;
    struct wr_effects fx;
    struct wr_view view;
    int n = 0;

    if (wr_runtime_try_migrate(rq->service->runtime, c, rq->arena, &view, &fx,
                               &problems, &n, err)
        < 0)
        return (int)err->code;
    answer->problems = problems_json(rq->arena, problems, n);
    if (n == 0)
        return wr_change_tried(rq, &view, &fx, &answer->change, err);
    answer->change.dry_run = true;

    return wr_change_done(rq, &c->instance, &answer->change, err);
}

/* Into the problem document, as many as it holds. */
static void
explain(struct wr_request *rq, const struct wr_command *c)
{
    const struct wr_problem *problems = NULL;
    struct wr_effects fx;
    struct wr_view view;
    struct wr_err ignored;
    int n = 0;

    if (wr_runtime_try_migrate(rq->service->runtime, c, rq->arena, &view, &fx,
                               &problems, &n, &ignored)
        < 0)
        return;
    if (n == 0) /* it can go by now */
        wr_definition_unref(view.definition);
    for (int k = 0; k < n && k < (int)WR_COUNT(rq->errors.items); k++) {
        rq->errors.items[k] = (struct wr_field_error){
            .pointer = problems[k].element,
            .code = problems[k].code,
            .detail = problems[k].detail,
        };
    }
    rq->errors.n = (size_t)n;
}

static int
migrate(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct body *body = in;
    struct answer *answer = out;
    struct wr_outcome oc;
    struct wr_command c;

    if (rq->stored.len)
        return wr_change_done(rq, rq->stored.p, &answer->change, err);
    c = command(rq, &body->plan);
    if (wr_param_id(rq, 0, "instance", &c.instance, err) < 0)
        return (int)err->code;
    if (body->dry_run)
        return try_it(rq, &c, answer, err);
    if (wr_request_call(rq, &c, &oc, err) < 0) {
        if (err->code == WR_EMIGRATE)
            explain(rq, &c);
        return (int)err->code;
    }

    return wr_change_done(rq, &c.instance, &answer->change, err);
}

/* ---- many ---- */

struct bulk_body {
    struct plan plan;
    struct wr_strings instances;
    bool dry_run;
};
static const struct wr_field bulk_fields[] = {
    PLAN_FIELDS(struct bulk_body),
    WR_FIELD(struct bulk_body, instances, "instances", WR_STRINGS, WR_REQUIRED,
             "Ids of 1 to 1000 instances."),
    WR_FIELD(struct bulk_body, dry_run, "dryRun", WR_BOOL, 0,
             "Change nothing, answer for each what it would be or what is in "
             "its way."),
};
static const struct wr_object bulk_object = WR_OBJECT_ROWS(
    struct bulk_body, "MigrateInstances", bulk_fields);

struct result {
    struct wr_bulk_result of;
    struct wr_objects problems;
};
static const struct wr_field result_fields[] = {
    WR_BULK_FIELDS(struct result, of.),
    WR_FIELD_OF(struct result, problems, "problems", WR_OBJECTS,
                &problem_object, WR_READONLY | WR_OPTIONAL,
                "Everything that is in the way; of a dry run."),
};
static const struct wr_object result_object = WR_OBJECT_ROWS(
    struct result, "MigrationResult", result_fields);
struct results {
    struct wr_objects items;
};
static const struct wr_field results_fields[] = {
    WR_FIELD_OF(struct results, items, "items", WR_OBJECTS, &result_object,
                WR_READONLY, "One result an instance, in order."),
};
static const struct wr_object results_object = WR_OBJECT_ROWS(
    struct results, "MigrationResults", results_fields);

static struct wr_bulk_result
failed(struct wr_arena *a, const struct wr_err *err)
{
    return (struct wr_bulk_result){
        .status = wr_code_http(err->code),
        .code = wr_code_problem(err->code),
        .detail = wr_arena_strdup(a, err->text),
    };
}

/* What stands in the way of one of them, or what it would be; all that trying
 * takes is given back. */
static int
try_one(struct wr_request *rq, const struct wr_command *c, struct result *out,
        struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    struct wr_instance_json *json = wr_new(rq->arena, struct wr_instance_json);
    const struct wr_problem *problems = NULL;
    struct wr_effects fx;
    struct wr_view view;
    struct wr_err why = { 0 };
    int n = 0, r;

    if (wr_runtime_try_migrate(rq->service->runtime, c, a, &view, &fx,
                               &problems, &n, &why)
            < 0
        || n > 0) {
        if (n)
            wr_fail(&why, WR_EMIGRATE, "%s", problems[0].detail);
        out->of = failed(rq->arena, &why);
        out->problems = problems_json(rq->arena, problems, n);
        return 0;
    }
    r = wr_instance_json(
        rq, wr_record_copy(wr_record_of(WR_INSTANCES), rq->arena, view.row),
        json, err);
    out->of = (struct wr_bulk_result){ .status = 200, .instance = json };
    wr_definition_unref(view.definition);

    return r;
}

static int
try_all(struct wr_request *rq, const struct wr_command *c, size_t n,
        struct results *out, struct wr_err *err)
{
    struct result *items;

    if (n < 1 || n > 1000)
        return wr_fail(err, WR_ELIMIT, "items must be 1 to 1000");
    items = wr_newn(rq->arena, struct result, n);
    for (size_t k = 0; k < n; k++) {
        if (try_one(rq, &c[k], &items[k], err) < 0)
            return (int)err->code;
    }
    out->items = (struct wr_objects){ items, n };

    return 0;
}

static void
bulk_command(const void *items, size_t i, struct wr_command *out)
{
    *out = ((const struct wr_command *)items)[i];
}

static int
run_all(struct wr_request *rq, const struct wr_objects *commands,
        struct results *out, struct wr_err *err)
{
    struct wr_bulk_answer answer;
    const struct wr_bulk_result *done;
    struct result *items;

    if (wr_bulk(rq, commands, bulk_command, 200, &answer, err) < 0)
        return (int)err->code;
    done = answer.items.items;
    items = wr_newn(rq->arena, struct result, answer.items.n);
    for (size_t k = 0; k < answer.items.n; k++)
        items[k].of = done[k];
    out->items = (struct wr_objects){ items, answer.items.n };

    return 0;
}

static int
migrate_bulk(struct wr_request *rq, const void *in, void *out,
             struct wr_err *err)
{
    const struct bulk_body *body = in;
    size_t n = body->instances.n;
    struct wr_command *commands = wr_newn(rq->arena, struct wr_command, n + 1);
    struct wr_command one;

    rq->if_match = -1;
    one = command(rq, &body->plan);
    for (size_t k = 0; k < n; k++) {
        const char *id = body->instances.items[k];

        commands[k] = one;
        if (wr_uuid_parse(id, strlen(id), &commands[k].instance, err) < 0)
            return wr_fail(err, WR_EINVALID, "'%.60s' is no instance id", id);
    }

    return body->dry_run
               ? try_all(rq, commands, n, out, err)
               : run_all(rq, &(struct wr_objects){ commands, n }, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/instances/{id}/migrate", "migrateInstance", WR_OPERATOR,
      NULL, &body_object, &answer_object, 200, migrate,
      "Go on with another version of the definition, or with another one",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_REPLAYS },
    { "POST", "/api/v1/instances/migrate", "migrateInstances", WR_OPERATOR,
      NULL, &bulk_object, &results_object, 200, migrate_bulk,
      "Migrate many; each instance has its own result. Repeated with its "
      "Idempotency-Key, only those that did not go are tried again",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_ITEMS },
};
/* clang-format on */

const struct wr_route_table wr_routes_migrate = { "migrate", routes,
                                                  WR_COUNT(routes) };
