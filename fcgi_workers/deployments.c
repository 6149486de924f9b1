/* deployments: take files in, all or nothing. */

#include "config.h"

#include <string.h>

#include "fcgi_workers/decision_json.h"
#include "fcgi_workers/definition_json.h"
#include "fcgi_workers/form_json.h"
#include "fcgi_workers/idempotency.h"
#include "fcgi_workers/multipart.h"
#include "fcgi_workers/resource.h"

struct finding {
    const char *code, *severity, *element, *constraint, *detail;
    int64_t line;
};
static const struct wr_field finding_fields[] = {
    WR_FIELD(struct finding, code, "code", WR_STRING, WR_READONLY,
             "Stable name of what was found."),
    WR_FIELD_ENUM(struct finding, severity, "severity", "error|warning",
                  WR_READONLY, "Error: it cannot execute."),
    WR_FIELD(struct finding, element, "element", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Id of the element."),
    WR_FIELD(struct finding, line, "line", WR_INT, WR_READONLY | WR_OPTIONAL,
             "Line of the file."),
    WR_FIELD(struct finding, constraint, "constraint", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "BPMN constraint, \"EXT.049\"."),
    WR_FIELD(struct finding, detail, "detail", WR_STRING, WR_READONLY,
             "For people."),
};
static const struct wr_object finding_object = WR_OBJECT_ROWS(
    struct finding, "Finding", finding_fields);

struct deployment {
    struct wr_uuid id;
    const char *name, *actor;
    int64_t deployed_at;
    struct wr_objects definitions, decisions, forms, warnings;
};
static const struct wr_field deployment_fields[] = {
    WR_FIELD(struct deployment, id, "id", WR_UUID, WR_READONLY, "Id."),
    WR_FIELD(struct deployment, name, "name", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Name of the deployment."),
    WR_FIELD(struct deployment, deployed_at, "deployedAt", WR_TIME, WR_READONLY,
             "When."),
    WR_FIELD(struct deployment, actor, "actor", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Who deployed it."),
    WR_FIELD_OF(struct deployment, definitions, "definitions", WR_OBJECTS,
                &wr_definition_object, WR_READONLY, "What it contains."),
    WR_FIELD_OF(struct deployment, decisions, "decisions", WR_OBJECTS,
                &wr_decision_object, WR_READONLY, "Decisions it contains."),
    WR_FIELD_OF(struct deployment, forms, "forms", WR_OBJECTS, &wr_form_object,
                WR_READONLY, "Forms it contains."),
    WR_FIELD_OF(struct deployment, warnings, "warnings", WR_OBJECTS,
                &finding_object, WR_READONLY, "What the validator noticed."),
};
static const struct wr_object deployment_object = WR_OBJECT_ROWS(
    struct deployment, "Deployment", deployment_fields);

struct deploy_query {
    const char *name, *validate;
};
static const struct wr_field deploy_query_fields[] = {
    WR_FIELD(struct deploy_query, name, "name", WR_STRING, 0,
             "File name of a single file; name of the deployment."),
    WR_FIELD_ENUM(struct deploy_query, validate, "validate", "default|strict",
                  0, "strict: every finding is an error."),
};
static const struct wr_object deploy_query_object = WR_OBJECT_ROWS(
    struct deploy_query, "Deploy", deploy_query_fields);

/* A file that came without one. */
static const char *
name_of(const struct wr_request *rq)
{
    const struct wr_xml_limits limits = { .max_bytes = rq->body_len,
                                          .max_depth = 1 };

    return wr_dmn_is_file(rq->body, rq->body_len, &limits) ? "decision.dmn"
                                                           : "process.bpmn";
}

static int
files_of(struct wr_request *rq, const struct wr_file **files, int *n,
         struct wr_err *err)
{
    const struct deploy_query *p = rq->query;
    struct wr_file *one;

    if (wr_request_is_type(rq, "multipart/form-data"))
        return wr_multipart_files(rq->arena, rq->content_type, rq->body,
                                  rq->body_len, files, n, err);
    if (wr_request_is_type(rq, "application/json"))
        return wr_fail(err, WR_EMEDIATYPE,
                       "DAG and steps definitions are not supported yet");
    if (!wr_request_is_type(rq, "application/xml")
        && !wr_request_is_type(rq, "text/xml")
        && !wr_request_is_type(rq, "application/octet-stream"))
        return wr_fail(err, WR_EMEDIATYPE,
                       "expected application/xml, text/xml, "
                       "application/octet-stream or multipart/form-data, "
                       "not '%s'",
                       rq->content_type);
    if (rq->body_len == 0)
        return wr_fail(err, WR_EINVALID, "the body is empty");
    one = wr_new(rq->arena, struct wr_file);
    *one = (struct wr_file){
        .name = p->name ? p->name : name_of(rq),
        .bytes = rq->body,
        .len = rq->body_len,
    };
    *files = one;
    *n = 1;

    return 0;
}

static struct wr_objects
warnings_of(struct wr_arena *a, const struct wr_findings *f)
{
    struct finding *items = wr_newn(a, struct finding, f->n);

    for (size_t i = 0; i < f->n; i++) {
        items[i] = (struct finding){
            .code = f->items[i].code,
            .severity = f->items[i].severity == WR_WARNING ? "warning"
                                                           : "error",
            .element = f->items[i].element,
            .constraint = f->items[i].constraint,
            .detail = f->items[i].detail,
            .line = f->items[i].line ? f->items[i].line : WR_INT_ABSENT,
        };
    }

    return (struct wr_objects){ .items = items, .n = f->n };
}

static struct wr_objects
forms_of(struct wr_arena *a, const struct wr_deployed *d)
{
    struct wr_form_json *items = wr_newn(a, struct wr_form_json,
                                         (size_t)d->n_forms);

    for (int i = 0; i < d->n_forms; i++)
        wr_form_json(&d->forms[i], &items[i]);

    return (struct wr_objects){ .items = items, .n = (size_t)d->n_forms };
}

static struct wr_objects
decisions_of(struct wr_arena *a, const struct wr_deployed *d)
{
    struct wr_decision_json *items = wr_newn(a, struct wr_decision_json,
                                             (size_t)d->n_decisions);

    for (int i = 0; i < d->n_decisions; i++)
        items[i] = wr_decision_json(&d->decisions[i]);

    return (struct wr_objects){ .items = items, .n = (size_t)d->n_decisions };
}

static void
describe(struct wr_request *rq, const struct wr_deployed *d,
         struct deployment *out)
{
    struct wr_definition_json *defs = wr_newn(
        rq->arena, struct wr_definition_json, (size_t)d->n_definitions);

    for (int i = 0; i < d->n_definitions; i++)
        defs[i] = wr_definition_json(rq->arena, &d->definitions[i]);
    *out = (struct deployment){
        .id = d->deployment.id,
        .name = d->deployment.name,
        .actor = d->deployment.actor,
        .deployed_at = d->deployment.deployed_at,
        .definitions = { defs, (size_t)d->n_definitions },
        .decisions = decisions_of(rq->arena, d),
        .forms = forms_of(rq->arena, d),
        .warnings = warnings_of(rq->arena, &d->findings),
    };
}

static int
status_of(const struct wr_request *rq, const struct wr_deployed *d)
{
    return d->unchanged ? 200 : rq->route->status;
}

/* The answer as it goes into the row of the key. */
static struct wr_blob
pack(void *of, const struct wr_deployed *d)
{
    struct wr_request *rq = of;
    struct deployment answer;

    describe(rq, d, &answer);

    return wr_idempotency_pack(rq, status_of(rq, d), &answer);
}

/* Names and bytes, not the boundary that a client draws anew for each try. */
static struct wr_str
seen_of(struct wr_request *rq, const struct wr_file *files, int n)
{
    const struct deploy_query *p = rq->query;
    struct wr_str seen = { .arena = rq->arena };

    wr_str_printf(&seen, "%s\n%s\n", p->name ? p->name : "",
                  p->validate ? p->validate : "");
    for (int i = 0; i < n; i++) {
        wr_str_printf(&seen, "%s\n%lld\n", files[i].name,
                      (long long)files[i].len);
        wr_str_addn(&seen, files[i].bytes, files[i].len);
    }

    return seen;
}

static int
deploy_new(struct wr_request *rq, const struct wr_file *files, int n,
           const struct wr_deploy_key *key, void *out, struct wr_err *err)
{
    const struct deploy_query *p = rq->query;
    struct wr_deploy_options o = {
        .name = p->name,
        .actor = rq->who.user,
        .tenant = rq->who.tenant,
        .strict = p->validate && strcmp(p->validate, "strict") == 0,
        .key = key,
    };
    struct wr_deployed *d = wr_new(rq->arena, struct wr_deployed);

    if (wr_runtime_deploy(rq->service->runtime, files, n, &o, rq->arena, d, err)
        < 0) {
        if (d->findings.n)
            rq->findings = &d->findings;
        return (int)err->code;
    }
    rq->status = status_of(rq, d);
    describe(rq, d, out);

    return 0;
}

static int
deploy(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_deploy_key key = { .answer = pack, .of = rq };
    const struct wr_file *files;
    struct wr_err late = { 0 };
    struct wr_str seen;
    int n, rc;

    (void)in;
    if (files_of(rq, &files, &n, err) < 0)
        return (int)err->code;
    if (!rq->idempotency_key)
        return deploy_new(rq, files, n, NULL, out, err);
    seen = seen_of(rq, files, n);
    rc = wr_idempotency_replay(rq, &seen, &key.row, err);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = deploy_new(rq, files, n, &key, out, err);
    /* its twin was faster: answer as the twin did */
    if (rc == WR_EINFLIGHT
        && wr_idempotency_replay(rq, &seen, &key.row, &late) == 1)
        return 0;

    return rc;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/deployments", "deploy", WR_DESIGNER,
      &deploy_query_object, NULL, &deployment_object, 201, deploy,
      "Deploy one file or, as multipart/form-data, several; all or nothing. "
      "Unchanged content answers 200 with the same versions",
      WR_ROUTE_RAW_IN | WR_ROUTE_UNCHANGED | WR_ROUTE_IDEMPOTENT |
      WR_ROUTE_OWN_KEY },
};
/* clang-format on */

const struct wr_route_table wr_routes_deployments = { "deployments", routes,
                                                      WR_COUNT(routes) };
