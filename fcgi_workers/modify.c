/* modify: move the tokens of an instance, or see what that would do (S29). */

#include "fcgi_workers/change_json.h"
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
    struct wr_change_json change;
};
static const struct wr_field answer_fields[] = {
    WR_CHANGE_FIELDS(struct answer),
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

    return wr_change_tried(rq, &view, &fx, &answer->change, err);
}

static int
modify(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct body *body = in;
    struct answer *answer = out;
    struct wr_command c = { .event = { .type = WR_EV_MODIFY } };
    struct wr_outcome oc;

    if (rq->stored.len)
        return wr_change_done(rq, rq->stored.p, &answer->change, err);
    if (wr_param_id(rq, 0, "instance", &c.instance, err) < 0)
        return (int)err->code;
    c.event.plan = wr_instructions(rq->arena, &body->instructions);
    c.event.text = body->reason;
    if (body->dry_run)
        return try_it(rq, &c, answer, err);
    if (wr_request_call(rq, &c, &oc, err) < 0)
        return (int)err->code;

    return wr_change_done(rq, &c.instance, &answer->change, err);
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
