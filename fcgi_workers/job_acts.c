/* job_acts: what workers and operators do to jobs. */

#include <string.h>

#include "fcgi_workers/bulk.h"
#include "fcgi_workers/lookup.h"

struct result_body {
    struct wr_uuid lease;
    const struct wr_value *variables;
    const char *message, *details, *code;
    int64_t retries, retry_in, lease_seconds;
};
static const struct wr_field complete_fields[] = {
    WR_FIELD(struct result_body, lease, "lease", WR_UUID, WR_REQUIRED,
             "The lease the job came with."),
    WR_FIELD(struct result_body, variables, "variables", WR_JSON, WR_VARIABLES,
             "Results by name."),
};
static const struct wr_object complete_object = WR_OBJECT_ROWS(
    struct result_body, "CompleteJob", complete_fields);
static const struct wr_field fail_fields[] = {
    WR_FIELD(struct result_body, lease, "lease", WR_UUID, WR_REQUIRED,
             "The lease the job came with."),
    WR_FIELD(struct result_body, message, "message", WR_STRING, WR_REQUIRED,
             "What went wrong."),
    WR_FIELD(struct result_body, details, "details", WR_STRING, 0,
             "Stack trace or log."),
    WR_FIELD(struct result_body, retries, "retries", WR_INT, 0,
             "Tries left; one less than before when absent."),
    WR_FIELD(struct result_body, retry_in, "retryInSeconds", WR_INT, 0,
             "Wait before the next try; the model's when absent."),
};
static const struct wr_object fail_object = WR_OBJECT_ROWS(
    struct result_body, "FailJob", fail_fields);
static const struct wr_field error_fields[] = {
    WR_FIELD(struct result_body, lease, "lease", WR_UUID, WR_REQUIRED,
             "The lease the job came with."),
    WR_FIELD(struct result_body, code, "code", WR_STRING, WR_REQUIRED,
             "BPMN error code."),
    WR_FIELD(struct result_body, message, "message", WR_STRING, 0,
             "For people."),
    WR_FIELD(struct result_body, variables, "variables", WR_JSON, WR_VARIABLES,
             "Variables for the handler."),
};
static const struct wr_object error_object = WR_OBJECT_ROWS(
    struct result_body, "JobError", error_fields);
static const struct wr_field extend_fields[] = {
    WR_FIELD(struct result_body, lease, "lease", WR_UUID, WR_REQUIRED,
             "The lease the job came with."),
    WR_FIELD(struct result_body, lease_seconds, "leaseSeconds", WR_INT,
             WR_REQUIRED, "From now."),
};
static const struct wr_object extend_object = WR_OBJECT_ROWS(
    struct result_body, "ExtendJob", extend_fields);

static int
act(struct wr_request *rq, struct wr_command *c, const struct result_body *body,
    void *out, struct wr_err *err)
{
    struct wr_outcome oc;

    /* none at all is "whatever the lease" for the runtime */
    if (wr_uuid_is_zero(&body->lease))
        return wr_fail(err, WR_ELEASE, "no job is leased like this");
    c->lease = body->lease;
    if (wr_param_id(rq, 0, "job", &c->event.target, err) < 0
        || wr_request_call(rq, c, &oc, err) < 0)
        return (int)err->code;
    atomic_fetch_add(&rq->service->jobs_completed, 1);

    return wr_instance_json(rq, &oc.instance, out, err);
}

static int
complete(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct result_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_JOB_COMPLETE,
                                       .variables = body->variables } };

    return act(rq, &c, body, out, err);
}

struct bulk_item {
    struct wr_uuid id, lease;
    const struct wr_value *variables;
};
static const struct wr_field bulk_item_fields[] = {
    WR_FIELD(struct bulk_item, id, "id", WR_UUID, WR_REQUIRED, "The job."),
    WR_FIELD(struct bulk_item, lease, "lease", WR_UUID, WR_REQUIRED,
             "The lease the job came with."),
    WR_FIELD(struct bulk_item, variables, "variables", WR_JSON, WR_VARIABLES,
             "Results by name."),
};
static const struct wr_object bulk_item_object = WR_OBJECT_ROWS(
    struct bulk_item, "CompleteJobsItem", bulk_item_fields);
struct bulk_body {
    struct wr_objects items;
};
static const struct wr_field bulk_fields[] = {
    WR_FIELD_OF(struct bulk_body, items, "items", WR_OBJECTS, &bulk_item_object,
                WR_REQUIRED, "1 to 1000 results."),
};
static const struct wr_object bulk_object = WR_OBJECT_ROWS(
    struct bulk_body, "CompleteJobs", bulk_fields);

static void
bulk_command(const void *items, size_t i, struct wr_command *out)
{
    const struct bulk_item *item = (const struct bulk_item *)items + i;

    *out = (struct wr_command){ .event = { .type = WR_EV_JOB_COMPLETE,
                                           .target = item->id,
                                           .variables = item->variables },
                                .lease = item->lease };
}

static int
complete_bulk(struct wr_request *rq, const void *in, void *out,
              struct wr_err *err)
{
    const struct bulk_body *body = in;
    const struct bulk_item *items = body->items.items;

    for (size_t i = 0; i < body->items.n; i++) {
        if (wr_uuid_is_zero(&items[i].lease))
            return wr_fail(err, WR_EINVALID, "items/%zu has no lease", i);
    }
    if (wr_bulk(rq, &body->items, bulk_command, 200, out, err) < 0)
        return (int)err->code;
    atomic_fetch_add(&rq->service->jobs_completed, (long)body->items.n);

    return 0;
}

static int
fail(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct result_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_JOB_FAIL,
                                       .message = body->message,
                                       .text = body->details,
                                       .retries = -1,
                                       .retry_in_ms = -1 } };

    if (body->retries != WR_INT_ABSENT) {
        if (body->retries < 0 || body->retries > 10000)
            return wr_fail(err, WR_EINVALID, "retries must be 0 to 10000");
        c.event.retries = (int32_t)body->retries;
    }
    if (body->retry_in != WR_INT_ABSENT) {
        if (body->retry_in < 0 || body->retry_in > 31536000)
            return wr_fail(err, WR_EINVALID,
                           "retryInSeconds must be 0 to 31536000");
        c.event.retry_in_ms = body->retry_in * 1000;
    }

    return act(rq, &c, body, out, err);
}

static int
throw_error(struct wr_request *rq, const void *in, void *out,
            struct wr_err *err)
{
    const struct result_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_JOB_ERROR,
                                       .text = body->code,
                                       .message = body->message,
                                       .variables = body->variables } };

    return act(rq, &c, body, out, err);
}

struct lease {
    struct wr_uuid id;
    int64_t until;
};
static const struct wr_field lease_fields[] = {
    WR_FIELD(struct lease, id, "id", WR_UUID, WR_READONLY, "The job."),
    WR_FIELD(struct lease, until, "leaseUntil", WR_TIME, WR_READONLY,
             "When the lease ends now."),
};
static const struct wr_object lease_object = WR_OBJECT_ROWS(
    struct lease, "JobLease", lease_fields);

/* No step extends a lease: If-Match is looked at here. */
static int
at_revision(struct wr_request *rq, struct wr_uuid *id, struct wr_err *err)
{
    const struct wr_instance_row *instance;
    const void *row;

    if (rq->if_match < 0)
        return 0;
    if (wr_request_row(rq, WR_JOBS, "job", id, &row, err) < 0
        || wr_request_instance(rq, &((const struct wr_job_row *)row)->instance,
                               &instance, err)
               < 0)
        return (int)err->code;
    if (instance->rev != rq->if_match)
        return wr_fail(err, WR_EPRECONDITION,
                       "the job's instance is at revision %lld, not %lld",
                       (long long)instance->rev, (long long)rq->if_match);

    return 0;
}

static int
extend(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct result_body *body = in;
    struct wr_job_row row = { .tenant = rq->who.tenant, .lease = body->lease };
    struct wr_change change = { .op = WR_OP_PUT, .noun = WR_JOBS, .job = &row };
    struct lease *l = out;

    if (wr_param_id(rq, 0, "job", &row.id, err) < 0)
        return (int)err->code;
    if (wr_uuid_is_zero(&body->lease))
        return wr_fail(err, WR_ELEASE, "no job is leased like this");
    if (body->lease_seconds < 1 || body->lease_seconds > 86400)
        return wr_fail(err, WR_EINVALID, "leaseSeconds must be 1 to 86400");
    if (at_revision(rq, &row.id, err) < 0)
        return (int)err->code;
    row.lease_until = wr_clock_now(&rq->service->clock)
                      + body->lease_seconds * 1000;
    if (wr_runtime_change(rq->service->runtime, &change, 1, err) < 0)
        return (int)err->code;
    *l = (struct lease){ .id = row.id, .until = row.lease_until };

    return 0;
}

struct change_body {
    int64_t retries, retry_in, priority;
};
static const struct wr_field retries_fields[] = {
    WR_FIELD(struct change_body, retries, "retries", WR_INT, WR_REQUIRED,
             "Tries from now on, 1 to 10000; an incident that says that none "
             "were left is resolved."),
    WR_FIELD(struct change_body, retry_in, "retryInSeconds", WR_INT, 0,
             "Wait before the next one; at once when absent."),
};
static const struct wr_object retries_object = WR_OBJECT_ROWS(
    struct change_body, "SetJobRetries", retries_fields);
static const struct wr_field priority_fields[] = {
    WR_FIELD(struct change_body, priority, "priority", WR_INT, WR_REQUIRED,
             "Higher comes first; a step of one is worth 30 s of waiting."),
};
static const struct wr_object priority_object = WR_OBJECT_ROWS(
    struct change_body, "SetJobPriority", priority_fields);

static int
change(struct wr_request *rq, struct wr_command *c, void *out,
       struct wr_err *err)
{
    struct wr_outcome oc;

    if (wr_param_id(rq, 0, "job", &c->event.target, err) < 0
        || wr_request_call(rq, c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

static int
set_retries(struct wr_request *rq, const void *in, void *out,
            struct wr_err *err)
{
    const struct change_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_JOB_CHANGE,
                                       .change = WR_CHANGE_RETRIES } };

    if (body->retries < 1 || body->retries > 10000)
        return wr_fail(err, WR_EINVALID, "retries must be 1 to 10000");
    c.event.retries = (int32_t)body->retries;
    if (body->retry_in != WR_INT_ABSENT) {
        if (body->retry_in < 0 || body->retry_in > 31536000)
            return wr_fail(err, WR_EINVALID,
                           "retryInSeconds must be 0 to 31536000");
        c.event.change |= WR_CHANGE_DUE;
        c.event.retry_in_ms = body->retry_in * 1000;
    }

    return change(rq, &c, out, err);
}

static int
set_priority(struct wr_request *rq, const void *in, void *out,
             struct wr_err *err)
{
    const struct change_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_JOB_CHANGE,
                                       .change = WR_CHANGE_PRIORITY } };

    if (body->priority <= INT32_MIN || body->priority > INT32_MAX)
        return wr_fail(err, WR_EINVALID, "priority is not within 32 bits");
    c.event.priority = (int32_t)body->priority;

    return change(rq, &c, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/jobs/complete", "completeJobs",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &bulk_object, &wr_bulk_object, 200,
      complete_bulk, "Complete many jobs; each item has its own result",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_ITEMS },
    { "POST", "/api/v1/jobs/{id}/complete", "completeJob",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &complete_object,
      &wr_instance_object, 200, complete,
      "Complete a job; answers the instance after run-to-stability",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_IF_MATCH | WR_ROUTE_WAIT },
    { "POST", "/api/v1/jobs/{id}/fail", "failJob",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &fail_object, &wr_instance_object,
      200, fail, "Report a failure: retry, or an incident after the last try",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/jobs/{id}/error", "throwJobError",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &error_object, &wr_instance_object,
      200, throw_error, "Throw a BPMN error", WR_ROUTE_IDEMPOTENT | WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/jobs/{id}/extend", "extendJob",
      WR_PARTICIPANT | WR_OPERATOR, NULL, &extend_object, &lease_object, 200,
      extend, "Extend the lease", WR_ROUTE_NATURAL | WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/jobs/{id}/retries", "setJobRetries", WR_OPERATOR, NULL,
      &retries_object, &wr_instance_object, 200, set_retries,
      "Give a job new tries; resolves the incident of its failure",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_IF_MATCH },
    { "POST", "/api/v1/jobs/{id}/priority", "setJobPriority", WR_OPERATOR, NULL,
      &priority_object, &wr_instance_object, 200, set_priority,
      "Change the order in which workers get it",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_IF_MATCH },
};
/* clang-format on */

const struct wr_route_table wr_routes_job_acts = { "jobs", routes,
                                                   WR_COUNT(routes) };
