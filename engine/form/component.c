/* component.c: one component of a form-js form and its value. */

#include "engine/form/component.h"

#include <string.h>

#include "engine/base/json.h"

static const struct {
    const char *type;
    enum wr_component_class class;
} rows[] = {
#define WR_COMPONENT(type, class) { type, WR_COMP_##class },
#include "engine/form/components.def"
#undef WR_COMPONENT
};

const char *
wr_component_text(const struct wr_value *component, const char *name)
{
    const struct wr_value *v = wr_value_get(component, name);

    return v && v->type == WR_V_STRING ? v->string.s : NULL;
}

bool
wr_component_class(const struct wr_value *component,
                   enum wr_component_class *out)
{
    const char *type = wr_component_text(component, "type");

    for (size_t i = 0; type && i < WR_COUNT(rows); i++) {
        if (strcmp(rows[i].type, type) != 0)
            continue;
        *out = rows[i].class;
        return true;
    }

    return false;
}

const struct wr_value *
wr_component_rule(const struct wr_value *component, const char *name)
{
    const struct wr_value *rules = wr_value_get(component, "validate");
    const struct wr_value *v = rules ? wr_value_get(rules, name) : NULL;

    if (!v || v->type == WR_V_NULL
        || (v->type == WR_V_STRING && v->string.len == 0))
        return NULL;

    return v;
}

bool
wr_component_is(const struct wr_value *component, const char *name)
{
    const struct wr_value *v = wr_value_get(component, name);

    return v && v->type == WR_V_BOOL && v->boolean;
}

const char *
wr_component_feel(const struct wr_value *v)
{
    return v && v->type == WR_V_STRING && v->string.s[0] == '='
               ? v->string.s + 1
               : NULL;
}

const char *
wr_component_extra(const struct wr_value *component)
{
    const struct wr_value *p = wr_value_get(component, "properties");

    return p ? wr_component_text(p, "type") : NULL;
}

/* ---- values ---- */

static bool
is_phone(struct wr_arena *a, const struct wr_value *v)
{
    return wr_form_matches(a, v, "^(\\+|00)[1-9][0-9 ()/-]{3,30}$") == 1;
}

static bool
lengths(struct wr_form_check *c, const struct wr_component_rules *r,
        const char *pointer, const struct wr_value *v)
{
    const struct wr_value *n = wr_value_int(c->a, wr_form_characters(v));

    if (r->min_len && wr_decimal_cmp(n->number, r->min_len->number) < 0) {
        wr_form_complain(c, pointer, "value", "shorter than %s characters",
                         wr_form_text(c->a, r->min_len));
        return false;
    }
    if (r->max_len && wr_decimal_cmp(n->number, r->max_len->number) > 0) {
        wr_form_complain(c, pointer, "value", "longer than %s characters",
                         wr_form_text(c->a, r->max_len));
        return false;
    }

    return true;
}

static void
text(struct wr_form_check *c, const struct wr_component_rules *r,
     const char *pointer, const struct wr_value *v)
{
    if (v->type != WR_V_STRING) {
        wr_form_complain(c, pointer, "type", "it is no text");
        return;
    }
    if (!lengths(c, r, pointer, v))
        return;
    if (r->pattern && !wr_form_fits(c, v, r->pattern))
        wr_form_complain(c, pointer, "value", "it does not match %s",
                         r->pattern);
    else if (r->kind && strcmp(r->kind, "email") == 0
             && !wr_form_is_email(c->a, v))
        wr_form_complain(c, pointer, "value", "it is no email address");
    else if (r->kind && strcmp(r->kind, "phone") == 0 && !is_phone(c->a, v))
        wr_form_complain(c, pointer, "value",
                         "it is no international phone number");
}

/* A number, or its text where the component says so. */
static bool
number_of(const struct wr_value *component, const struct wr_value *v,
          struct wr_decimal *out)
{
    struct wr_err ignored;

    if (wr_component_is(component, "serializeToString")
        && v->type == WR_V_STRING)
        return wr_decimal_parse(v->string.s, v->string.len, out, &ignored) == 0;
    if (v->type != WR_V_NUMBER)
        return false;
    *out = v->number;

    return true;
}

static bool
has_digits(const struct wr_value *component, struct wr_decimal n,
           int64_t *digits)
{
    const struct wr_value *v = wr_value_get(component, "decimalDigits");
    struct wr_decimal ten = wr_decimal_from_int(10);

    if (!v || v->type != WR_V_NUMBER || !wr_decimal_to_int(v->number, digits)
        || *digits < 0 || *digits > 34)
        return true;
    for (int64_t i = 0; i < *digits; i++)
        n = wr_decimal_mul(n, ten);

    return wr_decimal_is_integer(n);
}

static void
number(struct wr_form_check *c, const struct wr_value *component,
       const struct wr_component_rules *r, const char *pointer,
       const struct wr_value *v)
{
    struct wr_decimal n;
    int64_t digits = 0;

    if (!number_of(component, v, &n))
        wr_form_complain(c, pointer, "type", "it is no number");
    else if (!has_digits(component, n, &digits))
        wr_form_complain(c, pointer, "value", "%s",
                         digits ? "it has too many decimal digits"
                                : "it is no whole number");
    else if (r->min && wr_decimal_cmp(n, r->min->number) < 0)
        wr_form_complain(c, pointer, "value", "it is less than %s",
                         wr_form_text(c->a, r->min));
    else if (r->max && wr_decimal_cmp(n, r->max->number) > 0)
        wr_form_complain(c, pointer, "value", "it is more than %s",
                         wr_form_text(c->a, r->max));
}

static bool
is_option(struct wr_form_check *c, const struct wr_component_rules *r,
          const struct wr_value *v)
{
    if (r->options && !wr_form_spend(c, wr_form_among(r->options->list.n)))
        return false;
    for (size_t i = 0; r->options && i < r->options->list.n; i++) {
        const struct wr_value *o = r->options->list.items[i];
        const struct wr_value *value = wr_value_get(o, "value");

        if (wr_value_equal(value ? value : o, v))
            return true;
    }

    return false;
}

static void
several(struct wr_form_check *c, const struct wr_component_rules *r,
        const char *pointer, const struct wr_value *v)
{
    if (v->type != WR_V_LIST) {
        wr_form_complain(c, pointer, "type", "it is no list");
        return;
    }
    for (size_t i = 0; i < v->list.n; i++)
        if (!is_option(c, r, v->list.items[i])) {
            wr_form_complain(c, wr_form_item(c->a, pointer, i), "value",
                             "%.100s is none of the options",
                             wr_form_text(c->a, v->list.items[i]));
            return;
        }
}

static void
datetime(struct wr_form_check *c, const struct wr_value *component,
         const char *pointer, const struct wr_value *v)
{
    const char *subtype = wr_component_text(component, "subtype");
    bool ok;

    if (wr_component_extra(component)) /* either will do */
        ok = wr_form_is_date(c->a, v) || wr_form_is_datetime(c->a, v);
    else if (subtype && strcmp(subtype, "time") == 0)
        ok = wr_form_is_time(c->a, v);
    else if (subtype && strcmp(subtype, "datetime") == 0)
        ok = wr_form_is_datetime(c->a, v);
    else
        ok = wr_form_is_date(c->a, v);
    if (!ok)
        wr_form_complain(c, pointer, "type", "it is no %s (ISO 8601)",
                         subtype ? subtype : "date");
}

void
wr_component_check(struct wr_form_check *c, const struct wr_value *component,
                   const struct wr_component_rules *r, const char *pointer,
                   const struct wr_value *v)
{
    const char *extra = wr_component_extra(component);
    enum wr_component_class class = WR_COMP_NONE;

    if (!wr_component_class(component, &class))
        return;
    switch (class) {
    case WR_COMP_TEXT:
        if (!extra || strcmp(extra, "json") != 0)
            text(c, r, pointer, v);
        break;
    case WR_COMP_NUMBER:
        number(c, component, r, pointer, v);
        break;
    case WR_COMP_CHECKBOX:
        if (v->type != WR_V_BOOL)
            wr_form_complain(c, pointer, "type", "it is no boolean");
        break;
    case WR_COMP_ONE:
        if (!is_option(c, r, v))
            wr_form_complain(c, pointer, "value",
                             "%.100s is none of the options",
                             wr_form_text(c->a, v));
        break;
    case WR_COMP_SEVERAL:
        several(c, r, pointer, v);
        break;
    case WR_COMP_DATETIME:
        datetime(c, component, pointer, v);
        break;
    case WR_COMP_NONE:
    case WR_COMP_ANY:
    case WR_COMP_GROUP:
    case WR_COMP_DYNAMIC:
        break;
    }
}
