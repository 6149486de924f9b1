/* form_js_read.c: is a form of form-js one that can be enforced? */

#include <string.h>

#include "engine/feel/feel.h"
#include "engine/form/component.h"

enum {
    MAX_COMPONENTS = 5000
};

struct reading {
    struct wr_arena *a;
    struct wr_err *err;
    const char *at; /* the component's key, path or type */
    int n, depth;
};

static int
refuse(struct reading *r, const char *what, const char *why)
{
    return wr_fail(r->err, WR_EVALUE, "component '%.60s': '%.60s' %.100s",
                   r->at, what, why);
}

static int
expression(struct reading *r, const char *what, const char *feel)
{
    const struct wr_expr *e;

    if (wr_expr_parse(r->a, WR_LANG_FEEL, feel, strlen(feel), &e, r->err) < 0)
        return wr_wrap(r->err, "component '%.60s': '%.40s'", r->at, what);

    return 0;
}

static int
boolean(struct reading *r, const struct wr_value *of, const char *name)
{
    const struct wr_value *v = wr_value_get(of, name);
    const char *feel = wr_component_feel(v);

    if (!v || v->type == WR_V_BOOL || v->type == WR_V_NULL)
        return 0;
    if (!feel)
        return refuse(r, name, "is neither a boolean nor an expression");

    return expression(r, name, feel);
}

static int
number(struct reading *r, const struct wr_value *v, const char *name)
{
    const char *feel = wr_component_feel(v);
    struct wr_decimal d;
    struct wr_err ignored;

    if (feel)
        return expression(r, name, feel);
    if (v->type == WR_V_NUMBER || v->type == WR_V_NULL)
        return 0;
    if (v->type == WR_V_STRING
        && (v->string.len == 0
            || wr_decimal_parse(v->string.s, v->string.len, &d, &ignored) == 0))
        return 0;

    return refuse(r, name, "is neither a number nor an expression");
}

static int
pattern(struct reading *r, const struct wr_value *v)
{
    if (v->type != WR_V_STRING)
        return refuse(r, "pattern", "is no text");
    if (wr_form_matches(r->a, wr_value_string(r->a, ""), v->string.s) < 0)
        return refuse(r, "pattern", "is no regular expression");

    return 0;
}

static int
validation_type(struct reading *r, const struct wr_value *v)
{
    static const char *const known[] = { "", "custom", "email", "phone" };

    for (size_t i = 0; v->type == WR_V_STRING && i < WR_COUNT(known); i++)
        if (strcmp(known[i], v->string.s) == 0)
            return 0;

    return refuse(r, "validationType", "is none of email, phone and custom");
}

static int
rule(struct reading *r, const struct wr_value *rules, const struct wr_entry *e)
{
    static const char *const numbers[] = { "min", "max", "minLength",
                                           "maxLength" };

    if (strcmp(e->key, "required") == 0)
        return boolean(r, rules, "required");
    if (strcmp(e->key, "pattern") == 0)
        return pattern(r, e->value);
    if (strcmp(e->key, "validationType") == 0)
        return validation_type(r, e->value);
    for (size_t i = 0; i < WR_COUNT(numbers); i++)
        if (strcmp(numbers[i], e->key) == 0)
            return number(r, e->value, e->key);

    return refuse(r, e->key, "of 'validate' is not supported");
}

static int
rules(struct reading *r, const struct wr_value *component)
{
    const struct wr_value *v = wr_value_get(component, "validate");

    if (!v)
        return 0;
    if (v->type != WR_V_CONTEXT)
        return refuse(r, "validate", "is no object");
    for (size_t i = 0; i < v->context.n; i++)
        if (rule(r, v, &v->context.entries[i]) < 0)
            return (int)r->err->code;

    return 0;
}

static int
conditional(struct reading *r, const struct wr_value *component)
{
    const struct wr_value *v = wr_value_get(component, "conditional");

    if (!v || v->type == WR_V_NULL)
        return 0;
    if (v->type != WR_V_CONTEXT)
        return refuse(r, "conditional", "is no object");
    for (size_t i = 0; i < v->context.n; i++)
        if (strcmp(v->context.entries[i].key, "hide") != 0)
            return refuse(r, v->context.entries[i].key,
                          "of 'conditional' is not supported");

    return boolean(r, v, "hide");
}

static int
options(struct reading *r, const struct wr_value *component)
{
    const struct wr_value *v = wr_value_get(component, "values");
    const char *key = wr_component_text(component, "valuesKey");
    const char *feel = wr_component_feel(
        wr_value_get(component, "valuesExpression"));

    if (v && v->type != WR_V_LIST)
        return refuse(r, "values", "is no list");
    if (v)
        return 0;
    if (key)
        return expression(r, "valuesKey", key);
    if (!feel)
        return refuse(r, "values", "is missing");

    return expression(r, "valuesExpression", feel);
}

static int
subtype(struct reading *r, const struct wr_value *component)
{
    static const char *const known[] = { "date", "time", "datetime" };
    const struct wr_value *v = wr_value_get(component, "subtype");

    if (!v)
        return 0;
    for (size_t i = 0; v->type == WR_V_STRING && i < WR_COUNT(known); i++)
        if (strcmp(known[i], v->string.s) == 0)
            return 0;

    return refuse(r, "subtype", "is none of date, time and datetime");
}

static int
named(struct reading *r, const struct wr_value *component, const char *name)
{
    const char *key = wr_component_text(component, name);

    if (!key || !*key || *key == '.' || key[strlen(key) - 1] == '.'
        || strstr(key, ".."))
        return refuse(r, name, "is no name of a variable");

    return 0;
}

static int components(struct reading *r, const struct wr_value *of);

static int
component(struct reading *r, const struct wr_value *c)
{
    enum wr_component_class class = WR_COMP_NONE;
    const char *key = wr_component_text(c, "key");
    const char *path = wr_component_text(c, "path");
    const char *type = wr_component_text(c, "type");

    r->at = key ? key : path ? path : type ? type : "?";
    if (c->type != WR_V_CONTEXT || !type)
        return refuse(r, "type", "is missing");
    if (!wr_component_class(c, &class))
        return refuse(r, type, "is no component that is supported");
    if (rules(r, c) < 0 || conditional(r, c) < 0
        || boolean(r, c, "readonly") < 0)
        return (int)r->err->code;
    if ((class == WR_COMP_ONE || class == WR_COMP_SEVERAL) && options(r, c) < 0)
        return (int)r->err->code;
    if (class == WR_COMP_DATETIME && subtype(r, c) < 0)
        return (int)r->err->code;
    if (class == WR_COMP_NONE)
        return 0;
    if (class == WR_COMP_GROUP)
        return path && *path && named(r, c, "path") < 0 ? (int)r->err->code
                                                        : components(r, c);
    if (class == WR_COMP_DYNAMIC)
        return named(r, c, "path") < 0 ? (int)r->err->code : components(r, c);

    return named(r, c, "key");
}

static int
components(struct reading *r, const struct wr_value *of)
{
    const struct wr_value *list = wr_value_get(of, "components");

    if (!list || list->type != WR_V_LIST)
        return wr_fail(r->err, WR_EVALUE, "'components' is no list");
    r->n += (int)(list->list.n < MAX_COMPONENTS ? list->list.n
                                                : MAX_COMPONENTS + 1);
    if (r->n > MAX_COMPONENTS || r->depth == WR_FORM_DEPTH)
        return wr_fail(r->err, WR_EVALUE,
                       "it has more than %d components, or %d inside one "
                       "another",
                       MAX_COMPONENTS, WR_FORM_DEPTH);
    r->depth++;
    for (size_t i = 0; i < list->list.n; i++)
        if (component(r, list->list.items[i]) < 0)
            return (int)r->err->code;
    r->depth--;

    return 0;
}

int
wr_form_js_read(struct wr_arena *a, const struct wr_value *doc,
                struct wr_err *err)
{
    struct reading r = { .a = a, .err = err, .at = "" };

    return components(&r, doc);
}
