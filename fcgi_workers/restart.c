/* restart: an ended instance once more, as a new one (SEMANTICS S29). */

#include "fcgi_workers/change_json.h"
#include "fcgi_workers/instructions.h"

struct body {
    const char *start_at;
    const struct wr_value *variables;
    bool initial, dry_run;
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
    WR_FIELD(struct body, dry_run, "dryRun", WR_BOOL, 0,
             "Only say what would happen."),
};
static const struct wr_object body_object = WR_OBJECT_ROWS(
    struct body, "RestartInstance", body_fields);

struct answer {
    struct wr_instance_json instance; /* first: a replay fills in that alone */
    bool dry_run;
    struct wr_strings events;
    struct wr_objects tokens;
};
static const struct wr_field answer_fields[] = {
    WR_INSTANCE_FIELDS(struct answer, instance.),
    WR_FIELD(struct answer, dry_run, "dryRun", WR_BOOL,
             WR_READONLY | WR_OPTIONAL,
             "Nothing was started: this is the instance there would be."),
    WR_FIELD(struct answer, events, "events", WR_STRINGS,
             WR_READONLY | WR_OPTIONAL,
             "What would happen, one line an event; of a dry run."),
    WR_FIELD_OF(struct answer, tokens, "tokens", WR_OBJECTS, &wr_token_object,
                WR_READONLY | WR_OPTIONAL,
                "Where its tokens would be; of a dry run."),
};
static const struct wr_object answer_object = WR_OBJECT_ROWS(
    struct answer, "RestartedInstance", answer_fields);

static int
try_it(struct wr_request *rq, struct wr_command *c, struct answer *out,
       struct wr_err *err)
{
    struct wr_change_json would = { 0 };
    struct wr_effects fx;
    struct wr_view view;

    c->tenant = rq->who.tenant;
    c->event.actor = rq->who.user;
    if (wr_runtime_try(rq->service->runtime, c, rq->arena, &view, &fx, err) < 0
        || wr_change_tried(rq, &view, &fx, &would, err) < 0)
        return (int)err->code;
    out->instance = *(const struct wr_instance_json *)would.instance;
    out->dry_run = true;
    out->events = would.events;
    out->tokens = would.tokens;
    rq->status = 200;

    return 0;
}

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
    if (body->dry_run)
        return try_it(rq, &c, out, err);
    if (wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return wr_instance_json(rq, &oc.instance, &((struct answer *)out)->instance,
                            err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/instances/{id}/restart", "restartInstance", WR_OPERATOR,
      NULL, &body_object, &answer_object, 201, restart,
      "Start an ended instance again: a new one of the same version",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_OPTIONAL_BODY | WR_ROUTE_UNCHANGED },
};
/* clang-format on */

const struct wr_route_table wr_routes_restart = { "restart", routes,
                                                  WR_COUNT(routes) };
