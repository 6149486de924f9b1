/* expressions: evaluate one against given variables, to try it out. */

#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/decision_json.h"

struct evaluate_body {
    const char *expression, *language;
    const struct wr_value *variables, *input;
};
static const struct wr_field evaluate_fields[] = {
    WR_FIELD(struct evaluate_body, expression, "expression", WR_STRING,
             WR_REQUIRED, "Text; a leading '=' is dropped."),
    WR_FIELD_ENUM(struct evaluate_body, language, "language", "feel|juel|unary",
                  0,
                  "feel (default); juel: text with ${...}; unary: DMN unary "
                  "tests, \"< 5, [7..9]\"."),
    WR_FIELD(struct evaluate_body, variables, "variables", WR_JSON,
             WR_VARIABLES, "What it sees."),
    WR_FIELD(struct evaluate_body, input, "input", WR_JSON, 0,
             "What unary tests test, their `?`."),
};
static const struct wr_object evaluate_object = WR_OBJECT_ROWS(
    struct evaluate_body, "EvaluateExpression", evaluate_fields);

struct evaluate_query {
    bool typed;
};
static const struct wr_field query_fields[] = {
    WR_FIELD(struct evaluate_query, typed, "typed", WR_BOOL, 0,
             "Values that JSON has no type for as {\"$type\",\"value\"}."),
};
static const struct wr_object query_object = WR_OBJECT_ROWS(
    struct evaluate_query, "EvaluateExpressionQuery", query_fields);

struct result {
    const struct wr_value *value;
    const char *type;
    struct wr_strings warnings;
};
static const struct wr_field result_fields[] = {
    WR_FIELD(struct result, value, "value", WR_JSON, WR_READONLY | WR_NULLABLE,
             "The result."),
    WR_FIELD(struct result, type, "type", WR_STRING, WR_READONLY,
             "Its FEEL type."),
    WR_FIELD(struct result, warnings, "warnings", WR_STRINGS, WR_READONLY,
             "What was turned into null, and why."),
};
static const struct wr_object result_object = WR_OBJECT_ROWS(
    struct result, "ExpressionResult", result_fields);

static const struct wr_value *
lookup(void *data, const char *name, size_t len)
{
    const struct wr_value *v = data;

    for (size_t i = 0; v && i < v->context.n; i++) {
        if (strlen(v->context.entries[i].key) == len
            && memcmp(v->context.entries[i].key, name, len) == 0)
            return v->context.entries[i].value;
    }

    return NULL;
}

struct wr_strings
wr_warnings_json(struct wr_arena *a, const struct wr_expr_env *env)
{
    const char **items = wr_newn(a, const char *, WR_EXPR_WARNINGS);
    size_t n = 0;

    for (const struct wr_expr_warning *w = env->warnings;
         w && n < WR_EXPR_WARNINGS; w = w->next)
        items[n++] = w->text;

    return (struct wr_strings){ .items = items, .n = n };
}

static enum wr_expr_lang
language_of(const struct evaluate_body *body)
{
    if (!body->language || strcmp(body->language, "feel") == 0)
        return WR_LANG_FEEL;

    return strcmp(body->language, "juel") == 0 ? WR_LANG_JUEL : WR_LANG_UNARY;
}

/* Names of variables may be anything, "rate of interest in %" too. */
static int
parse(struct wr_request *rq, const struct evaluate_body *body,
      enum wr_expr_lang lang, const struct wr_expr **out, struct wr_err *err)
{
    const struct wr_value *v = body->variables;
    size_t n = v ? v->context.n : 0;
    const char **names = wr_newn(rq->arena, const char *, n + 1);
    const char *text = body->expression;

    for (size_t i = 0; i < n; i++)
        names[i] = v->context.entries[i].key;
    if (lang != WR_LANG_JUEL && text[0] == '=')
        text++;

    return wr_expr_parse_known(rq->arena, lang, text, strlen(text), names, n,
                               out, err);
}

static int
evaluate(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct evaluate_query *p = rq->query;
    const struct evaluate_body *body = in;
    enum wr_expr_lang lang = language_of(body);
    struct wr_expr_env env = {
        .lookup = lookup,
        .data = (void *)(uintptr_t)body->variables,
        .input = body->input,
        .now = wr_clock_now(&rq->service->clock),
        .arena = rq->arena,
        .budget = WR_EXPR_BUDGET,
    };
    const struct wr_expr *e;
    struct result *r = out;

    if (body->input && lang != WR_LANG_UNARY) {
        wr_field_wrong(&rq->errors, "/input", "value",
                       "only unary tests have an input");
        return wr_fail(err, WR_EINVALID, "only unary tests have an input");
    }
    if (lang == WR_LANG_UNARY && !env.input)
        env.input = &wr_null;
    if (parse(rq, body, lang, &e, err) < 0
        || wr_expr_eval(e, &env, &r->value, err) < 0)
        return (int)err->code;
    rq->json_flags = p->typed ? WR_JSON_TYPED : WR_JSON_PLAIN;
    r->type = wr_value_type_name(r->value->type);
    r->warnings = wr_warnings_json(rq->arena, &env);
    if (!wr_expr_storable(r->value))
        r->value = wr_value_string(rq->arena, r->type);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/expressions/evaluate", "evaluateExpression", WR_READERS,
      &query_object, &evaluate_object, &result_object, 200, evaluate,
      "Evaluate an expression", WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_expressions = { "expressions", routes,
                                                      WR_COUNT(routes) };
