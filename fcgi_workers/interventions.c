#include "fcgi_workers/interventions.h"

#include <string.h>

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

static const struct wr_field suspend_fields[] = {
    WR_FIELD(struct wr_suspend_body, reason, "reason", WR_STRING, 0,
             "Why, for the history and who asks."),
};
const struct wr_object wr_suspend_object = WR_OBJECT_ROWS(
    struct wr_suspend_body, "Suspend", suspend_fields);

static int
suspend(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_suspend_body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_SUSPEND,
                                       .text = body->reason } };

    return intervene(rq, &c, out, err);
}

static const struct wr_field resume_fields[] = {
    WR_FIELD_ENUM(struct wr_resume_body, timers, "timers", WR_TIMERS_AFTER, 0,
                  "shift (default): the time it stood still is added to the "
                  "timers there; catch-up: they keep their instants, and what "
                  "was missed fires once."),
};
const struct wr_object wr_resume_object = WR_OBJECT_ROWS(
    struct wr_resume_body, "Resume", resume_fields);

bool
wr_catches_up(const char *timers)
{
    return timers && strcmp(timers, "catch-up") == 0;
}

static int
resume(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_resume_body *body = in;
    struct wr_command c = { .event = {
                                .type = WR_EV_RESUME,
                                .catch_up = wr_catches_up(body->timers) } };

    return intervene(rq, &c, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/instances/{id}/suspend", "suspendInstance", WR_OPERATOR,
      NULL, &wr_suspend_object, &wr_instance_object, 200, suspend,
      "Suspend an instance and what it called: no timer fires, no job is "
      "offered, tasks and messages answer 409",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY },
    { "POST", "/api/v1/instances/{id}/resume", "resumeInstance", WR_OPERATOR,
      NULL, &wr_resume_object, &wr_instance_object, 200, resume,
      "Resume a suspended instance",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY },
};
/* clang-format on */

const struct wr_route_table wr_routes_interventions = { "interventions", routes,
                                                        WR_COUNT(routes) };
