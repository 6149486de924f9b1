/* restart: an ended instance once more, as a new one (SEMANTICS S29). */

#include "fcgi_workers/instructions.h"

struct body {
    const char *start_at;
    const struct wr_value *variables;
    bool initial;
    struct wr_objects instructions;
};
static const struct wr_field body_fields[] = {
    WR_FIELD(struct body, start_at, "startAt", WR_STRING, 0,
             "Id of the start event, when there are several."),
    WR_FIELD(struct body, variables, "variables", WR_JSON, WR_VARIABLES,
             "Besides those it had, or in their place."),
    WR_FIELD(struct body, initial, "initialVariables", WR_BOOL, 0,
             "With what it was started with, not what it ended with."),
    WR_FIELD_OF(struct body, instructions, "modifications", WR_OBJECTS,
                &wr_instruction_object, 0,
                "Where its tokens start, in place of its start event."),
};
static const struct wr_object body_object = WR_OBJECT_ROWS(
    struct body, "RestartInstance", body_fields);

static int
restart(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct body *body = in;
    struct wr_restart how = { .start_at = body->start_at,
                              .variables = body->variables,
                              .initial = body->initial,
                              .if_rev = rq->if_match };
    struct wr_uuid id;
    struct wr_outcome oc;
    struct wr_command c;

    if (body->instructions.n)
        how.plan = wr_instructions(rq->arena, &body->instructions);
    if (wr_param_id(rq, 0, "instance", &id, err) < 0
        || wr_runtime_restart(rq->service->runtime, &id, rq->who.tenant, &how,
                              rq->arena, &c, err)
               < 0)
        return (int)err->code;
    rq->if_match = -1; /* it was of the instance that ended */
    if (wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/instances/{id}/restart", "restartInstance", WR_OPERATOR,
      NULL, &body_object, &wr_instance_object, 201, restart,
      "Start an ended instance again: a new one of the same version",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY },
};
/* clang-format on */

const struct wr_route_table wr_routes_restart = { "restart", routes,
                                                  WR_COUNT(routes) };
