/* generate.c: a form of form-js from a list of fields. */

#include <string.h>

#include "engine/form/check.h"

enum {
    MEMBERS = 12
};

struct members {
    struct wr_entry entries[MEMBERS];
    size_t n;
};

static void
add(struct members *m, const char *key, const struct wr_value *v)
{
    if (v && m->n < MEMBERS)
        m->entries[m->n++] = (struct wr_entry){ key, v };
}

static const struct wr_value *
object(struct wr_arena *a, const struct members *m)
{
    return m->n ? wr_value_context(a, m->entries, m->n) : NULL;
}

static const struct wr_value *
text(struct wr_arena *a, const char *s)
{
    return s ? wr_value_string(a, s) : NULL;
}

static const struct wr_value *
choice(struct wr_arena *a, const struct wr_value *label,
       const struct wr_value *value)
{
    struct members m = { .n = 0 };

    add(&m, "label", label);
    add(&m, "value", value);

    return object(a, &m);
}

/* {label, value} of each. */
static const struct wr_value *
choices(struct wr_arena *a, const struct wr_value *options)
{
    const struct wr_value **items = wr_newn(a, const struct wr_value *,
                                            options->list.n);

    for (size_t i = 0; i < options->list.n; i++) {
        const struct wr_value *o = options->list.items[i];
        const struct wr_value *value = wr_value_get(o, "value");
        const struct wr_value *label = wr_value_get(o, "label");

        if (!value)
            value = o;
        if (!label)
            label = value->type == WR_V_STRING
                        ? value
                        : text(a, wr_form_text(a, value));
        items[i] = choice(a, label, value);
    }

    return wr_value_list(a, items, options->list.n);
}

/* A check box that must be ticked is not a truth that must be told. */
static const struct wr_value *
yes_no(struct wr_arena *a)
{
    const struct wr_value *items[2] = {
        choice(a, text(a, "yes"), &wr_true),
        choice(a, text(a, "no"), &wr_false),
    };

    return wr_value_list(a, items, 2);
}

static const char *
component_type(const struct wr_form_field *f)
{
    if (f->options)
        return "select";
    switch (f->type) {
    case WR_FIELD_INTEGER:
    case WR_FIELD_DECIMAL:
        return "number";
    case WR_FIELD_BOOLEAN:
        return f->required ? "radio" : "checkbox";
    case WR_FIELD_DATE:
        return "datetime";
    case WR_FIELD_JSON:
        return "textarea";
    case WR_FIELD_TEXT:
        break;
    }

    return "textfield";
}

static const struct wr_value *
rules(struct wr_arena *a, const struct wr_form_field *f)
{
    struct members m = { .n = 0 };

    if (f->required)
        add(&m, "required", &wr_true);
    add(&m, "min", f->min);
    add(&m, "max", f->max);
    add(&m, "minLength", f->min_len);
    add(&m, "maxLength", f->max_len);
    add(&m, "pattern", text(a, f->pattern));

    return object(a, &m);
}

/* What form-js has no words for; it leaves `properties` alone. */
static const struct wr_value *
properties(struct wr_arena *a, const struct wr_form_field *f)
{
    struct members m = { .n = 0 };

    if (f->type == WR_FIELD_JSON)
        add(&m, "type", text(a, "json"));
    else if (f->type == WR_FIELD_DATE)
        add(&m, "type", text(a, "date"));

    return object(a, &m);
}

static const struct wr_value *
component(struct wr_arena *a, const struct wr_form_field *f)
{
    const char *type = component_type(f);
    struct members m = { .n = 0 };

    add(&m, "type", text(a, type));
    add(&m, "key", text(a, f->key));
    add(&m, "label", text(a, f->label ? f->label : f->key));
    add(&m, "description", text(a, f->description));
    if (f->options)
        add(&m, "values", choices(a, f->options));
    else if (strcmp(type, "radio") == 0)
        add(&m, "values", yes_no(a));
    if (f->type == WR_FIELD_INTEGER && !f->options)
        add(&m, "decimalDigits", wr_value_int(a, 0));
    if (strcmp(type, "datetime") == 0)
        add(&m, "subtype", text(a, "date"));
    add(&m, "defaultValue", f->preset);
    if (f->readonly)
        add(&m, "readonly", &wr_true);
    add(&m, "validate", rules(a, f));
    add(&m, "properties", properties(a, f));

    return object(a, &m);
}

void
wr_form_generate(struct wr_arena *a, const struct wr_form_field *fields,
                 size_t n, struct wr_form *out)
{
    const struct wr_value **items = wr_newn(a, const struct wr_value *, n);
    struct members m = { .n = 0 };

    for (size_t i = 0; i < n; i++)
        items[i] = component(a, &fields[i]);
    add(&m, "type", text(a, "default"));
    add(&m, "schemaVersion", wr_value_int(a, 18));
    add(&m, "components", wr_value_list(a, items, n));
    *out = (struct wr_form){ .kind = WR_FORM_GENERATED,
                             .schema = object(a, &m) };
}
