/*
 * schema.c: does a value fit a JSON Schema (draft 2020-12, 6 to 10)?
 *
 * Keywords are read from the document itself; schema_read.c saw to it that they
 * are of their shapes.  Numbers are decimals, and a date or another value of a
 * type that JSON has not is the text it is written as.
 */

#include "engine/form/schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_DEPTH = 1000 /* of the stack: references may go in circles */
};

bool
wr_schema_wrong(const struct wr_schema_at *at, const char *code,
                const char *fmt, ...)
{
    char text[256];
    va_list ap;

    if (at->quiet)
        return false;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    wr_form_complain(at->c, at->pointer, code, "%s", text);

    return false;
}

/* ---- of any value ---- */

static bool
is_type(const struct wr_value *v, const char *name)
{
    switch (v->type) {
    case WR_V_NULL:
        return strcmp(name, "null") == 0;
    case WR_V_BOOL:
        return strcmp(name, "boolean") == 0;
    case WR_V_NUMBER:
        return strcmp(name, "number") == 0
               || (strcmp(name, "integer") == 0
                   && wr_decimal_is_integer(v->number));
    case WR_V_LIST:
        return strcmp(name, "array") == 0;
    case WR_V_CONTEXT:
        return strcmp(name, "object") == 0;
    default:
        break;
    }

    return strcmp(name, "string") == 0;
}

static bool
type(const struct wr_schema_at *at, const struct wr_value *want)
{
    if (want->type == WR_V_STRING)
        return is_type(at->v, want->string.s)
               || wr_schema_wrong(at, "type", "it is no %s", want->string.s);
    for (size_t i = 0; i < want->list.n; i++)
        if (is_type(at->v, want->list.items[i]->string.s))
            return true;

    return wr_schema_wrong(at, "type", "it is of none of the types %.150s",
                           wr_form_text(at->c->a, want));
}

static bool
one_of_list(const struct wr_schema_at *at, const struct wr_value *list)
{
    if (!wr_form_spend(at->c, wr_form_among(list->list.n)))
        return false;
    for (size_t i = 0; i < list->list.n; i++)
        if (wr_value_equal(list->list.items[i], at->v))
            return true;

    return wr_schema_wrong(at, "value", "it is none of %.150s",
                           wr_form_text(at->c->a, list));
}

/* ---- numbers and texts ---- */

static bool
number(const struct wr_schema_at *at, const struct wr_value *s)
{
    const struct wr_value *n;
    struct wr_decimal left;

    n = wr_value_get(s, "minimum");
    if (n && wr_decimal_cmp(at->v->number, n->number) < 0)
        return wr_schema_wrong(at, "value", "it is less than %s",
                               wr_form_text(at->c->a, n));
    n = wr_value_get(s, "maximum");
    if (n && wr_decimal_cmp(at->v->number, n->number) > 0)
        return wr_schema_wrong(at, "value", "it is more than %s",
                               wr_form_text(at->c->a, n));
    n = wr_value_get(s, "exclusiveMinimum");
    if (n && wr_decimal_cmp(at->v->number, n->number) <= 0)
        return wr_schema_wrong(at, "value", "it is not more than %s",
                               wr_form_text(at->c->a, n));
    n = wr_value_get(s, "exclusiveMaximum");
    if (n && wr_decimal_cmp(at->v->number, n->number) >= 0)
        return wr_schema_wrong(at, "value", "it is not less than %s",
                               wr_form_text(at->c->a, n));
    n = wr_value_get(s, "multipleOf");
    if (n
        && (!wr_decimal_mod(at->v->number, n->number, &left)
            || wr_decimal_cmp(left, wr_decimal_from_int(0)) != 0))
        return wr_schema_wrong(at, "value", "it is no multiple of %s",
                               wr_form_text(at->c->a, n));

    return true;
}

static int64_t
count(const struct wr_value *n)
{
    int64_t out = 0;

    return wr_decimal_to_int(n->number, &out) ? out : 0;
}

static bool
text(const struct wr_schema_at *at, const struct wr_value *s,
     const struct wr_value *v)
{
    const struct wr_value *n = wr_value_get(s, "minLength");

    if (n && wr_form_characters(v) < count(n))
        return wr_schema_wrong(at, "value", "shorter than %s characters",
                               wr_form_text(at->c->a, n));
    n = wr_value_get(s, "maxLength");
    if (n && wr_form_characters(v) > count(n))
        return wr_schema_wrong(at, "value", "longer than %s characters",
                               wr_form_text(at->c->a, n));
    n = wr_value_get(s, "pattern");
    if (n && !wr_form_fits(at->c, v, n->string.s))
        return wr_schema_wrong(at, "value", "it does not match %.150s",
                               n->string.s);
    n = wr_value_get(s, "format");
    if (n
        && (!wr_form_spend(at->c, WR_FORM_REGEX)
            || !wr_schema_fits_format(at->c->a, n->string.s, v)))
        return wr_schema_wrong(at, "value", "it is no %s", n->string.s);

    return true;
}

/* ---- schemas about the same value ---- */

static bool
quietly(const struct wr_schema_at *at, const struct wr_value *s)
{
    struct wr_schema_at quiet = *at;

    quiet.quiet = true;

    return wr_schema_valid(&quiet, s);
}

static size_t
how_many(const struct wr_schema_at *at, const struct wr_value *list)
{
    size_t n = 0;

    for (size_t i = 0; i < list->list.n; i++)
        n += quietly(at, list->list.items[i]);

    return n;
}

static bool
combined(const struct wr_schema_at *at, const struct wr_value *s)
{
    const struct wr_value *of = wr_value_get(s, "allOf");
    const struct wr_value *test = wr_value_get(s, "if"), *then;
    bool ok = true;

    for (size_t i = 0; of && i < of->list.n; i++)
        ok = wr_schema_valid(at, of->list.items[i]) && ok;
    of = wr_value_get(s, "anyOf");
    if (of && how_many(at, of) == 0)
        ok = of->list.n == 1
                 ? wr_schema_valid(at, of->list.items[0])
                 : wr_schema_wrong(at, "value",
                                   "it fits none of the alternatives");
    of = wr_value_get(s, "oneOf");
    if (of && how_many(at, of) != 1)
        ok = wr_schema_wrong(at, "value",
                             "it does not fit exactly one of the "
                             "alternatives");
    of = wr_value_get(s, "not");
    if (of && quietly(at, of))
        ok = wr_schema_wrong(at, "value", "it fits what it must not fit");
    if (!test)
        return ok;
    then = wr_value_get(s, quietly(at, test) ? "then" : "else");

    return (!then || wr_schema_valid(at, then)) && ok;
}

static bool
referred(const struct wr_schema_at *at, const struct wr_value *ref)
{
    const struct wr_value *s = wr_form_schema_at(at->c->a, at->c->document,
                                                 ref->string.s);

    return s && wr_schema_valid(at, s);
}

/* What only values of its type have to fit. */
static bool
typed(const struct wr_schema_at *at, const struct wr_value *s)
{
    switch (at->v->type) {
    case WR_V_NULL:
    case WR_V_BOOL:
        return true;
    case WR_V_NUMBER:
        return number(at, s);
    case WR_V_STRING:
        return text(at, s, at->v);
    case WR_V_LIST:
        return wr_schema_list(at, s);
    case WR_V_CONTEXT:
        return wr_schema_object(at, s);
    default:
        break;
    }

    return text(at, s,
                wr_value_string(at->c->a, wr_form_text(at->c->a, at->v)));
}

static bool
fits(const struct wr_schema_at *at, const struct wr_value *s)
{
    const struct wr_value *of;
    bool ok = true;

    if (s->type == WR_V_BOOL)
        return s->boolean
               || wr_schema_wrong(at, "unknown", "it is not allowed here");
    of = wr_value_get(s, "$ref");
    if (of) {
        ok = referred(at, of);
        if (wr_form_is_draft7(at->c->document)) /* all others are ignored */
            return ok;
    }
    of = wr_value_get(s, "type");
    if (of && !type(at, of))
        return false;
    of = wr_value_get(s, "enum");
    if (of && !one_of_list(at, of))
        return false;
    of = wr_value_get(s, "const");
    if (of && !wr_value_equal(of, at->v))
        return wr_schema_wrong(at, "value", "it is not %.150s",
                               wr_form_text(at->c->a, of));
    ok = typed(at, s) && ok;

    return combined(at, s) && ok;
}

bool
wr_schema_valid(const struct wr_schema_at *at, const struct wr_value *s)
{
    bool ok;

    if (at->c->over || !wr_form_spend(at->c, 1) || at->c->depth == MAX_DEPTH) {
        at->c->over = true;
        return false;
    }
    at->c->depth++;
    ok = fits(at, s);
    at->c->depth--;

    return ok;
}

void
wr_form_schema_check(struct wr_form_check *c)
{
    const struct wr_schema_at at = { .c = c, .v = c->given, .pointer = "" };

    /* Every way to be wrong is said above; what is not is a fault of ours. */
    if (!wr_schema_valid(&at, c->document) && !c->over && c->errors->n == 0)
        wr_form_complain(c, "", "value", "it does not fit the form");
}
