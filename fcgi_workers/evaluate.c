/* evaluate: make a deployed decision with given variables; nothing is stored. */

#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/decision_json.h"

struct rule {
    int64_t number;
    const char *id;
    const struct wr_value *outputs;
};
static const struct wr_field rule_fields[] = {
    WR_FIELD(struct rule, number, "number", WR_INT, WR_READONLY,
             "Its place in the table, from 1."),
    WR_FIELD(struct rule, id, "id", WR_STRING, WR_READONLY | WR_NULLABLE,
             "Its id."),
    WR_FIELD(struct rule, outputs, "outputs", WR_JSON,
             WR_READONLY | WR_NULLABLE, "What it gives, by output."),
};
static const struct wr_object rule_object = WR_OBJECT_ROWS(
    struct rule, "MatchedRule", rule_fields);

struct step {
    const char *key, *name;
    const struct wr_value *inputs, *outputs;
    struct wr_objects rules;
    const char *fault;
};
static const struct wr_field step_fields[] = {
    WR_FIELD(struct step, key, "decision", WR_STRING, WR_READONLY,
             "Id of the decision in its file."),
    WR_FIELD(struct step, name, "name", WR_STRING, WR_READONLY, "Its name."),
    WR_FIELD(struct step, inputs, "inputs", WR_JSON, WR_READONLY | WR_VARIABLES,
             "What it was made from."),
    WR_FIELD(struct step, outputs, "outputs", WR_JSON,
             WR_READONLY | WR_NULLABLE, "What it is."),
    WR_FIELD_OF(struct step, rules, "matchedRules", WR_OBJECTS, &rule_object,
                WR_READONLY, "Of its table."),
    WR_FIELD(struct step, fault, "fault", WR_STRING, WR_READONLY | WR_OPTIONAL,
             "Its hit policy or the values of its inputs were violated."),
};
static const struct wr_object step_object = WR_OBJECT_ROWS(
    struct step, "DecisionStep", step_fields);

struct evaluation {
    const void *decision; /* struct wr_decision_json */
    const struct wr_value *outputs;
    const char *type;
    struct wr_objects rules, steps;
    struct wr_strings warnings;
    const char *fault;
};
static const struct wr_field evaluation_fields[] = {
    WR_FIELD_OF(struct evaluation, decision, "decision", WR_OBJECT,
                &wr_decision_object, WR_READONLY, "The version that was used."),
    WR_FIELD(struct evaluation, outputs, "outputs", WR_JSON,
             WR_READONLY | WR_NULLABLE,
             "What was decided: a value; an object where there are several "
             "outputs, a list where the hit policy gives one."),
    WR_FIELD(struct evaluation, type, "type", WR_STRING, WR_READONLY,
             "Its FEEL type."),
    WR_FIELD_OF(struct evaluation, rules, "matchedRules", WR_OBJECTS,
                &rule_object, WR_READONLY,
                "Of the decision's own table, in the order of its hit policy."),
    WR_FIELD_OF(struct evaluation, steps, "steps", WR_OBJECTS, &step_object,
                WR_READONLY,
                "Every decision that was made, those it requires first."),
    WR_FIELD(struct evaluation, warnings, "warnings", WR_STRINGS, WR_READONLY,
             "What was turned into null, and why."),
    WR_FIELD(struct evaluation, fault, "fault", WR_STRING,
             WR_READONLY | WR_OPTIONAL,
             "Of the first decision whose hit policy or input values were "
             "violated: a process gets an incident there."),
};
static const struct wr_object evaluation_object = WR_OBJECT_ROWS(
    struct evaluation, "DecisionResult", evaluation_fields);

struct evaluate_body {
    const struct wr_value *variables;
};
static const struct wr_field body_fields[] = {
    WR_FIELD(struct evaluate_body, variables, "variables", WR_JSON,
             WR_VARIABLES, "Its inputs by name."),
};
static const struct wr_object body_object = WR_OBJECT_ROWS(
    struct evaluate_body, "EvaluateDecision", body_fields);

struct evaluate_query {
    bool typed;
};
static const struct wr_field query_fields[] = {
    WR_FIELD(struct evaluate_query, typed, "typed", WR_BOOL, 0,
             "Values that JSON has no type for as {\"$type\",\"value\"}."),
};
static const struct wr_object query_object = WR_OBJECT_ROWS(
    struct evaluate_query, "EvaluateDecisionQuery", query_fields);

/* ---- the answer ---- */

/* Functions and ranges are no JSON: their type stands for them. */
static const struct wr_value *
storable(struct wr_arena *a, const struct wr_value *v)
{
    if (!v || wr_expr_storable(v))
        return v;

    return wr_value_string(a, wr_value_type_name(v->type));
}

static struct wr_objects
rules_of(struct wr_arena *a, const struct wr_dmn_step *s)
{
    struct rule *items;
    size_t n = 0;

    for (const struct wr_dmn_rule *r = s ? s->rules : NULL; r; r = r->next)
        n++;
    items = wr_newn(a, struct rule, n + 1);
    n = 0;
    for (const struct wr_dmn_rule *r = s ? s->rules : NULL; r; r = r->next)
        items[n++] = (struct rule){ (int64_t)r->number, *r->id ? r->id : NULL,
                                    storable(a, r->outputs) };

    return (struct wr_objects){ .items = items, .n = n };
}

static struct wr_objects
steps_of(struct wr_arena *a, const struct wr_dmn_step *steps)
{
    struct step *items;
    size_t n = 0;

    for (const struct wr_dmn_step *s = steps; s; s = s->next)
        n++;
    items = wr_newn(a, struct step, n + 1);
    n = 0;
    for (const struct wr_dmn_step *s = steps; s; s = s->next)
        items[n++] = (struct step){
            .key = wr_dmn_key(s->decision),
            .name = wr_dmn_name(s->decision),
            .inputs = s->inputs,
            .outputs = storable(a, s->value),
            .rules = rules_of(a, s),
            .fault = s->fault,
        };

    return (struct wr_objects){ .items = items, .n = n };
}

/* The step that made the decision itself: its last one. */
static const struct wr_dmn_step *
own_step(const struct wr_deployed_decision *d, const struct wr_dmn_step *steps)
{
    const struct wr_dmn_step *own = NULL;

    for (const struct wr_dmn_step *s = steps; s; s = s->next)
        if (s->decision == d->element)
            own = s;

    return own;
}

static int
evaluate(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct evaluate_query *p = rq->query;
    const struct evaluate_body *body = in;
    const struct wr_deployed_decision *d;
    struct wr_expr_env env = {
        .now = wr_clock_now(&rq->service->clock),
        .arena = rq->arena,
        .budget = WR_DMN_BUDGET,
    };
    struct wr_decision_json *used = wr_new(rq->arena, struct wr_decision_json);
    struct wr_dmn_result result;
    struct evaluation *e = out;

    if (wr_request_decision(rq, rq->param[0], &d, err) < 0)
        return (int)err->code;
    if (wr_dmn_evaluate(d->model, d->element, body->variables, &env, &result,
                        err)
        < 0)
        return wr_wrap(err, "decision '%.100s'", d->row.key);
    rq->json_flags = p->typed ? WR_JSON_TYPED : WR_JSON_PLAIN;
    *used = wr_decision_json(&d->row);
    *e = (struct evaluation){
        .decision = used,
        .outputs = storable(rq->arena, result.value),
        .type = wr_value_type_name(result.value->type),
        .rules = rules_of(rq->arena, own_step(d, result.steps)),
        .steps = steps_of(rq->arena, result.steps),
        .warnings = wr_warnings_json(rq->arena, &env),
        .fault = result.fault,
    };

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/decisions/{ref}/evaluate", "evaluateDecision",
      WR_READERS, &query_object, &body_object, &evaluation_object, 200,
      evaluate, "Make a decision, by id, key (latest) or key:version",
      WR_ROUTE_NATURAL | WR_ROUTE_OPTIONAL_BODY },
};
/* clang-format on */

const struct wr_route_table wr_routes_evaluate = { "decisions", routes,
                                                   WR_COUNT(routes) };
