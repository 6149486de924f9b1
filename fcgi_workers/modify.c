/* modify: move the tokens of an instance, or see what that would do (S29). */

#include <string.h>

#include "fcgi_workers/instructions.h"

struct instruction {
    const char *type, *element, *token, *flow, *via, *to, *scope;
    const struct wr_value *variables;
};
static const struct wr_field instruction_fields[] = {
    WR_FIELD_ENUM(struct instruction, type, "type",
                  "startBefore|startAfter|startFlow|cancel|move", WR_REQUIRED,
                  "What to do."),
    WR_FIELD(
        struct instruction, element, "element", WR_STRING, 0,
        "startBefore, startAfter: where. cancel, move: every token there."),
    WR_FIELD(struct instruction, token, "token", WR_STRING, 0,
             "cancel, move: this token alone, in place of `element`."),
    WR_FIELD(struct instruction, flow, "flow", WR_STRING, 0,
             "startFlow: the sequence flow."),
    WR_FIELD(struct instruction, via, "viaFlow", WR_STRING, 0,
             "The flow a token comes by, needed at a join; of startAfter the "
             "one it leaves by."),
    WR_FIELD(struct instruction, to, "to", WR_STRING, 0,
             "move: the element before which it starts."),
    WR_FIELD(struct instruction, scope, "scope", WR_STRING, 0,
             "Key of the scope to start in, when several are active."),
    WR_FIELD(struct instruction, variables, "variables", WR_JSON, WR_VARIABLES,
             "Written where the token starts, where they are or at the root."),
};
const struct wr_object wr_instruction_object = WR_OBJECT_ROWS(
    struct instruction, "ModifyInstruction", instruction_fields);

struct body {
    struct wr_objects instructions;
    const char *reason;
    bool dry_run;
};
static const struct wr_field body_fields[] = {
    WR_FIELD_OF(struct body, instructions, "instructions", WR_OBJECTS,
                &wr_instruction_object, WR_REQUIRED,
                "1 to 1000, followed in order: all or none."),
    WR_FIELD(struct body, reason, "reason", WR_STRING, 0,
             "Why, for the history."),
    WR_FIELD(struct body, dry_run, "dryRun", WR_BOOL, 0,
             "Change nothing, answer what would happen."),
};
static const struct wr_object body_object = WR_OBJECT_ROWS(
    struct body, "ModifyInstance", body_fields);

struct answer {
    const void *instance; /* struct wr_instance_json */
    bool dry_run;
    struct wr_strings events;
    struct wr_objects tokens;
};
static const struct wr_field answer_fields[] = {
    WR_FIELD_OF(struct answer, instance, "instance", WR_OBJECT,
                &wr_instance_object, WR_READONLY, "The instance afterwards."),
    WR_FIELD(struct answer, dry_run, "dryRun", WR_BOOL, WR_READONLY,
             "Nothing was changed."),
    WR_FIELD(struct answer, events, "events", WR_STRINGS,
             WR_READONLY | WR_OPTIONAL,
             "What would happen, one line an event; of a dry run."),
    WR_FIELD_OF(struct answer, tokens, "tokens", WR_OBJECTS, &wr_token_object,
                WR_READONLY, "Where the tokens are afterwards."),
};
static const struct wr_object answer_object = WR_OBJECT_ROWS(
    struct answer, "Modification", answer_fields);

static const struct wr_value *
instruction_value(struct wr_arena *a, const struct instruction *i)
{
    const struct {
        const char *name, *text;
    } texts[] = {
        { "type", i->type },   { "element", i->element }, { "token", i->token },
        { "flow", i->flow },   { "viaFlow", i->via },     { "to", i->to },
        { "scope", i->scope },
    };
    struct wr_entry entries[WR_COUNT(texts) + 1];
    size_t n = 0;

    for (size_t k = 0; k < WR_COUNT(texts); k++) {
        if (texts[k].text)
            entries[n++] = (struct wr_entry){
                texts[k].name, wr_value_string(a, texts[k].text)
            };
    }
    if (i->variables)
        entries[n++] = (struct wr_entry){ "variables", i->variables };

    return wr_value_context(a, entries, n);
}

const struct wr_value *
wr_instructions(struct wr_arena *a, const struct wr_objects *in)
{
    const struct instruction *items = in->items;
    const struct wr_value **list = wr_newn(a, const struct wr_value *, in->n);

    for (size_t k = 0; k < in->n; k++)
        list[k] = instruction_value(a, &items[k]);

    return wr_value_list(a, list, in->n);
}

struct wr_strings
wr_trace_lines(struct wr_arena *a, const char *trace)
{
    size_t n = 0;
    const char **out;

    for (const char *p = trace; *p; p++)
        n += *p == '\n';
    out = wr_newn(a, const char *, n);
    n = 0;
    for (const char *end; (end = strchr(trace, '\n')); trace = end + 1)
        out[n++] = wr_arena_strndup(a, trace, (size_t)(end - trace));

    return (struct wr_strings){ out, n };
}

/* Takes the view over. */
static int
fill(struct wr_request *rq, const struct wr_view *view, struct answer *answer,
     struct wr_err *err)
{
    struct wr_instance_json *json = wr_new(rq->arena, struct wr_instance_json);
    int r = wr_instance_json(rq, view->row, json, err);

    answer->instance = json;
    answer->tokens = wr_tokens_json(rq, view);
    wr_definition_unref(view->definition);

    return r;
}

static int
try_it(struct wr_request *rq, struct wr_command *c, struct answer *answer,
       struct wr_err *err)
{
    struct wr_effects fx;
    struct wr_view view;

    c->tenant = rq->who.tenant;
    c->if_rev = rq->if_match;
    c->event.actor = rq->who.user;
    if (wr_runtime_try(rq->service->runtime, c, rq->arena, &view, &fx, err) < 0)
        return (int)err->code;
    answer->dry_run = true;
    answer->events = wr_trace_lines(
        rq->arena, wr_step_trace(rq->arena, view.definition->model, &fx));

    return fill(rq, &view, answer, err);
}

static int
as_it_is(struct wr_request *rq, const struct wr_uuid *id, struct answer *answer,
         struct wr_err *err)
{
    struct wr_view view;

    if (wr_runtime_view(rq->service->runtime, id, rq->who.tenant, rq->arena,
                        &view, err)
        < 0)
        return (int)err->code;

    return fill(rq, &view, answer, err);
}

static int
modify(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct body *body = in;
    struct wr_command c = { .event = { .type = WR_EV_MODIFY } };
    struct wr_outcome oc;

    if (rq->stored.len)
        return as_it_is(rq, rq->stored.p, out, err);
    if (wr_param_id(rq, 0, "instance", &c.instance, err) < 0)
        return (int)err->code;
    c.event.plan = wr_instructions(rq->arena, &body->instructions);
    c.event.text = body->reason;
    if (body->dry_run)
        return try_it(rq, &c, out, err);
    if (wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return as_it_is(rq, &c.instance, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/instances/{id}/modify", "modifyInstance", WR_OPERATOR,
      NULL, &body_object, &answer_object, 200, modify,
      "Start, cancel and move tokens in one step",
      WR_ROUTE_IDEMPOTENT | WR_ROUTE_REPLAYS },
};
/* clang-format on */

const struct wr_route_table wr_routes_modify = { "modify", routes,
                                                 WR_COUNT(routes) };
