/* interventions: people put an instance on hold (SEMANTICS S28). */

#include <string.h>

#include "fcgi_workers/resource.h"

static int
intervene(struct wr_request *rq, struct wr_command *c, void *out,
          struct wr_err *err)
{
    struct wr_outcome oc;

    if (wr_param_id(rq, 0, "instance", &c->instance, err) < 0
        || wr_request_call(rq, c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

struct suspend_body {
    const char *reason;
};
static const struct wr_field suspend_fields[] = {
    WR_FIELD(struct suspend_body, reason, "reason", WR_STRING, 0,
             "Why, for the history."),
};
static const struct wr_object suspend_object = WR_OBJECT_ROWS(
    struct suspend_body, "SuspendInstance", suspend_fields);

static int
suspend(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct suspend_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_SUSPEND,
                                       .text = body->reason } };

    return intervene(rq, &c, out, err);
}

struct resume_body {
    const char *timers;
};
static const struct wr_field resume_fields[] = {
    WR_FIELD_ENUM(struct resume_body, timers, "timers", "shift|catch-up", 0,
                  "shift (default): the time it stood still is added to its "
                  "timers; catch-up: they keep their instants, and what was "
                  "missed fires once."),
};
static const struct wr_object resume_object = WR_OBJECT_ROWS(
    struct resume_body, "ResumeInstance", resume_fields);

static int
resume(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct resume_body *body = in;
    struct wr_command c = {
        .event = { .type = WR_EV_RESUME,
                   .catch_up = body->timers
                               && strcmp(body->timers, "catch-up") == 0 }
    };

    return intervene(rq, &c, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/instances/{id}/suspend", "suspendInstance", WR_OPERATOR,
      NULL, &suspend_object, &wr_instance_object, 200, suspend,
      "Suspend an instance and what it called: no timer fires, no job is "
      "offered, tasks and messages answer 409",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/instances/{id}/resume", "resumeInstance", WR_OPERATOR,
      NULL, &resume_object, &wr_instance_object, 200, resume,
      "Resume a suspended instance",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY },
};
/* clang-format on */

const struct wr_route_table wr_routes_interventions = { "interventions", routes,
                                                        WR_COUNT(routes) };
