/* form_data.c: formData of camunda, formProperty of flowable and activiti. */

#include <string.h>

#include "engine/base/time.h"
#include "engine/model/build.h"

enum {
    MAX_OPTIONS = 1000
};

struct fields {
    struct wr_build *b;
    struct wr_form_field *items;
    size_t n;
};

static const struct {
    const char *name;
    enum wr_form_type type;
} types[] = {
    { "string", WR_FIELD_TEXT },    { "enum", WR_FIELD_TEXT },
    { "long", WR_FIELD_INTEGER },   { "integer", WR_FIELD_INTEGER },
    { "int", WR_FIELD_INTEGER },    { "short", WR_FIELD_INTEGER },
    { "double", WR_FIELD_DECIMAL }, { "float", WR_FIELD_DECIMAL },
    { "number", WR_FIELD_DECIMAL }, { "boolean", WR_FIELD_BOOLEAN },
    { "date", WR_FIELD_DATE },      { "datetime", WR_FIELD_DATE },
};

static enum wr_form_type
type_of(struct wr_build *b, const struct wr_xml *x)
{
    const char *name = wr_xml_attr(x, "type");

    if (!name || !*name)
        return WR_FIELD_TEXT;
    for (size_t i = 0; i < WR_COUNT(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    wr_build_found(b, WR_F_EXT_UNSUPPORTED, x,
                   "a form field of type '%.60s' may hold anything here", name);

    return WR_FIELD_JSON;
}

/* A whole number of a constraint, NULL after reporting what it is instead. */
static const struct wr_value *
number(struct wr_build *b, const struct wr_xml *x, const char *what,
       const char *text)
{
    struct wr_decimal d;
    struct wr_err ignored;

    if (text && wr_decimal_parse(text, strlen(text), &d, &ignored) == 0)
        return wr_value_number(b->arena, d);
    wr_build_found(b, WR_F_BAD_NUMBER, x, "'%s' of a form field is no number",
                   what);

    return NULL;
}

static const struct wr_value *
date(struct wr_build *b, const struct wr_xml *x, const char *text)
{
    const struct wr_value *v;
    struct wr_err ignored;

    if (wr_date_parse(b->arena, text, strlen(text), &v, &ignored) == 0
        || wr_datetime_parse(b->arena, text, strlen(text), &v, &ignored) == 0)
        return wr_value_string(b->arena, text);
    wr_build_found(b, WR_F_EXT_UNSUPPORTED, x,
                   "the default value '%.60s' of a form field is no date "
                   "(ISO 8601) and has no effect here",
                   text);

    return NULL;
}

static void
preset(struct wr_build *b, const struct wr_xml *x, struct wr_form_field *f,
       const char *text)
{
    if (!text || !*text)
        return;
    if (wr_expr_has_marks(text)) {
        wr_build_found(b, WR_F_EXT_UNSUPPORTED, x,
                       "the default value '%.60s' of a form field is no "
                       "constant and has no effect here",
                       text);
        return;
    }
    switch (f->type) {
    case WR_FIELD_INTEGER:
    case WR_FIELD_DECIMAL:
        f->preset = number(b, x, "defaultValue", text);
        break;
    case WR_FIELD_BOOLEAN:
        f->preset = wr_value_bool(strcmp(text, "true") == 0);
        break;
    case WR_FIELD_DATE:
        f->preset = date(b, x, text);
        break;
    case WR_FIELD_TEXT:
    case WR_FIELD_JSON:
        f->preset = wr_value_string(b->arena, text);
        break;
    }
}

static void
options(struct wr_build *b, const struct wr_xml *x, struct wr_form_field *f)
{
    const struct wr_value **items;
    size_t n = 0;
    int max = wr_xml_count(x, x->ns, "value");

    if (max == 0)
        return;
    if (max > MAX_OPTIONS) {
        wr_build_found(b, WR_F_TOO_LARGE, x, "%d values; at most %d", max,
                       MAX_OPTIONS);
        return;
    }
    items = wr_newn(b->arena, const struct wr_value *, (size_t)max);
    for (const struct wr_xml *v = wr_xml_child(x, x->ns, "value"); v;
         v = wr_xml_next(v, x->ns, "value")) {
        const char *id = wr_xml_attr(v, "id"), *name = wr_xml_attr(v, "name");
        const struct wr_entry pair[2] = {
            { "label", wr_value_string(b->arena, name ? name
                                                 : id ? id
                                                      : "") },
            { "value", wr_value_string(b->arena, id ? id : "") },
        };

        if (id)
            items[n++] = wr_value_context(b->arena, pair, 2);
    }
    f->options = wr_value_list(b->arena, items, n);
}

static void
constraint(struct wr_build *b, const struct wr_xml *c, struct wr_form_field *f)
{
    const char *name = wr_xml_attr(c, "name");
    const char *config = wr_xml_attr(c, "config");
    bool on = !config || strcmp(config, "false") != 0;

    if (!name)
        return;
    if (strcmp(name, "required") == 0)
        f->required = on;
    else if (strcmp(name, "readonly") == 0)
        f->readonly = on;
    else if (strcmp(name, "min") == 0)
        f->min = number(b, c, name, config);
    else if (strcmp(name, "max") == 0)
        f->max = number(b, c, name, config);
    else if (strcmp(name, "minlength") == 0)
        f->min_len = number(b, c, name, config);
    else if (strcmp(name, "maxlength") == 0)
        f->max_len = number(b, c, name, config);
    else if (strcmp(name, "pattern") == 0)
        f->pattern = config;
    else
        wr_build_found(b, WR_F_EXT_UNSUPPORTED, c,
                       "the constraint '%.60s' of a form field has no effect "
                       "here",
                       name);
}

static struct wr_form_field *
add(struct fields *l, const struct wr_xml *x, const char *key)
{
    struct wr_form_field *f = &l->items[l->n];

    if (!key || !*key) {
        wr_build_found(l->b, WR_F_NO_ID, x, "a form field without an id");
        return NULL;
    }
    *f = (struct wr_form_field){ .key = key, .type = type_of(l->b, x) };
    options(l->b, x, f);
    l->n++;

    return f;
}

static void
form_field(struct fields *l, const struct wr_xml *x)
{
    const struct wr_xml *v = wr_xml_child(x, x->ns, "validation");
    struct wr_form_field *f = add(l, x, wr_xml_attr(x, "id"));

    if (!f)
        return;
    f->label = wr_xml_attr(x, "label");
    preset(l->b, x, f, wr_xml_attr(x, "defaultValue"));
    v = v ? wr_xml_child(v, x->ns, "constraint") : NULL;
    for (; v; v = wr_xml_next(v, x->ns, "constraint"))
        constraint(l->b, v, f);
}

static void
form_property(struct fields *l, const struct wr_xml *x)
{
    const char *variable = wr_xml_attr(x, "variable");
    struct wr_form_field *f = add(
        l, x, variable && *variable ? variable : wr_xml_attr(x, "id"));

    if (!f)
        return;
    f->label = wr_xml_attr(x, "name");
    f->required = wr_xml_flag(x, "required", false);
    f->readonly = !wr_xml_flag(x, "writable", true);
    preset(l->b, x, f, wr_xml_attr(x, "default"));
    if (wr_xml_attr(x, "expression"))
        wr_build_found(l->b, WR_F_EXT_UNSUPPORTED, x,
                       "the expression of a form property has no effect here");
}

static void
check_pattern(struct wr_build *b, const struct wr_xml *e,
              struct wr_form_field *f)
{
    if (!f->pattern
        || wr_form_matches(b->arena, wr_value_string(b->arena, ""), f->pattern)
               >= 0)
        return;
    wr_build_found(b, WR_F_BAD_FORM, e,
                   "the pattern of form field '%.80s' is no regular "
                   "expression",
                   f->key);
    f->pattern = NULL;
}

/* All fields below `e` of that namespace; only counts when there is no room. */
static int
each(struct fields *l, const struct wr_xml *e, enum wr_ns ns, const char *name,
     void (*fn)(struct fields *l, const struct wr_xml *x))
{
    int n = 0;

    for (const struct wr_xml *x = e ? wr_xml_child(e, ns, name) : NULL; x;
         x = wr_xml_next(x, ns, name)) {
        n++;
        if (l->items)
            fn(l, x);
    }

    return n;
}

static int
all(struct fields *l, const struct wr_xml *ext)
{
    static const enum wr_ns spaces[] = { WR_NS_CAMUNDA, WR_NS_FLOWABLE };
    int n = 0;

    for (size_t i = 0; i < WR_COUNT(spaces); i++) {
        n += each(l, wr_xml_child(ext, spaces[i], "formData"), spaces[i],
                  "formField", form_field);
        n += each(l, ext, spaces[i], "formProperty", form_property);
    }

    return n;
}

bool
wr_build_form_data(struct wr_build *b, const struct wr_xml *e,
                   struct wr_form *out)
{
    const struct wr_xml *ext = wr_xml_child(e, WR_NS_BPMN, "extensionElements");
    struct fields l = { .b = b };
    int n = ext ? all(&l, ext) : 0;

    if (n == 0)
        return false;
    l.items = wr_newn(b->arena, struct wr_form_field, (size_t)n);
    all(&l, ext);
    for (size_t i = 0; i < l.n; i++)
        check_pattern(b, e, &l.items[i]);
    wr_form_generate(b->arena, l.items, l.n, out);

    return true;
}
