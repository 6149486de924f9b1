/* expressions: evaluate one against given variables, to try it out. */

#include <string.h>

#include "fcgi_workers/resource.h"

struct evaluate_body {
    const char *expression, *language;
    const struct wr_value *variables;
};
static const struct wr_field evaluate_fields[] = {
    WR_FIELD(struct evaluate_body, expression, "expression", WR_STRING,
             WR_REQUIRED, "Text; a leading '=' is dropped."),
    WR_FIELD_ENUM(struct evaluate_body, language, "language", "feel|juel", 0,
                  "feel (default), or juel: text with ${...}."),
    WR_FIELD(struct evaluate_body, variables, "variables", WR_JSON,
             WR_VARIABLES, "What it sees."),
};
static const struct wr_object evaluate_object = WR_OBJECT_ROWS(
    struct evaluate_body, "EvaluateExpression", evaluate_fields);

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

static struct wr_strings
warnings_of(struct wr_arena *a, const struct wr_expr_env *env)
{
    const char **items = wr_newn(a, const char *, WR_EXPR_WARNINGS);
    size_t n = 0;

    for (const struct wr_expr_warning *w = env->warnings;
         w && n < WR_EXPR_WARNINGS; w = w->next)
        items[n++] = w->text;

    return (struct wr_strings){ .items = items, .n = n };
}

static int
evaluate(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct evaluate_body *body = in;
    const char *text = body->expression;
    bool juel = body->language && strcmp(body->language, "juel") == 0;
    struct wr_expr_env env = {
        .lookup = lookup,
        .data = (void *)(uintptr_t)body->variables,
        .now = wr_clock_now(&rq->service->clock),
        .arena = rq->arena,
        .budget = WR_EXPR_BUDGET,
    };
    const struct wr_expr *e;
    struct result *r = out;

    if (!juel && text[0] == '=')
        text++;
    if (wr_expr_parse(rq->arena, juel ? WR_LANG_JUEL : WR_LANG_FEEL, text,
                      strlen(text), &e, err)
            < 0
        || wr_expr_eval(e, &env, &r->value, err) < 0)
        return (int)err->code;
    r->type = wr_value_type_name(r->value->type);
    r->warnings = warnings_of(rq->arena, &env);
    if (!wr_expr_storable(r->value))
        r->value = wr_value_string(rq->arena, r->type);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/expressions/evaluate", "evaluateExpression", WR_READERS,
      NULL, &evaluate_object, &result_object, 200, evaluate,
      "Evaluate an expression", WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_expressions = { "expressions", routes,
                                                      WR_COUNT(routes) };
