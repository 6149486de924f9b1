/* schema_parts.c: JSON Schema of what is in lists and objects. */

#include <string.h>

#include "engine/form/schema.h"

static struct wr_schema_at
item(const struct wr_schema_at *at, size_t i)
{
    struct wr_schema_at out = *at;

    out.v = at->v->list.items[i];
    out.pointer = wr_form_item(at->c->a, at->pointer, i);

    return out;
}

static struct wr_schema_at
member(const struct wr_schema_at *at, const struct wr_entry *e)
{
    struct wr_schema_at out = *at;

    out.v = e->value;
    out.pointer = wr_form_below(at->c->a, at->pointer, e->key);

    return out;
}

static bool
too_few(const struct wr_value *s, const char *name, size_t n)
{
    const struct wr_value *v = wr_value_get(s, name);
    int64_t least = 0;

    return v && wr_decimal_to_int(v->number, &least) && (int64_t)n < least;
}

static bool
too_many(const struct wr_value *s, const char *name, size_t n)
{
    const struct wr_value *v = wr_value_get(s, name);
    int64_t most = 0;

    return v && wr_decimal_to_int(v->number, &most) && (int64_t)n > most;
}

/* ---- lists ---- */

static bool
unique(const struct wr_schema_at *at)
{
    const struct wr_value *v = at->v;

    for (size_t i = 0; i < v->list.n; i++)
        for (size_t k = 0; k < i; k++) {
            if (!wr_form_spend(at->c, 1))
                return false;
            if (wr_value_equal(v->list.items[i], v->list.items[k]))
                return wr_schema_wrong(
                    at, "value", "items %zu and %zu are equal", k + 1, i + 1);
        }

    return true;
}

static bool
contains(const struct wr_schema_at *at, const struct wr_value *s)
{
    const struct wr_value *of = wr_value_get(s, "contains");
    size_t n = 0;

    if (!of)
        return true;
    for (size_t i = 0; i < at->v->list.n; i++) {
        struct wr_schema_at one = item(at, i);

        one.quiet = true;
        n += wr_schema_valid(&one, of);
    }
    if (n == 0 && !wr_value_get(s, "minContains"))
        return wr_schema_wrong(at, "value", "no item is what one must be");
    if (too_few(s, "minContains", n) || too_many(s, "maxContains", n))
        return wr_schema_wrong(at, "value", "%zu items are what some must be",
                               n);

    return true;
}

/* draft-07: items is the list, additionalItems the rest. */
static const struct wr_value *
schema_of_item(const struct wr_value *s, size_t i)
{
    const struct wr_value *items = wr_value_get(s, "items");
    const struct wr_value *first = wr_value_get(s, "prefixItems");

    if (items && items->type == WR_V_LIST) {
        first = items;
        items = wr_value_get(s, "additionalItems");
    }

    return first && i < first->list.n ? first->list.items[i] : items;
}

bool
wr_schema_list(const struct wr_schema_at *at, const struct wr_value *s)
{
    const struct wr_value *want = wr_value_get(s, "uniqueItems");
    bool ok = true;

    if (too_few(s, "minItems", at->v->list.n))
        return wr_schema_wrong(at, "value", "it has only %zu items",
                               at->v->list.n);
    if (too_many(s, "maxItems", at->v->list.n))
        return wr_schema_wrong(at, "value", "it has %zu items", at->v->list.n);
    if (want && want->boolean && !unique(at))
        return false;
    for (size_t i = 0; i < at->v->list.n; i++) {
        const struct wr_value *of = schema_of_item(s, i);
        struct wr_schema_at one = item(at, i);

        ok = (!of || wr_schema_valid(&one, of)) && ok;
    }

    return contains(at, s) && ok;
}

/* ---- objects ---- */

static bool
required(const struct wr_schema_at *at, const struct wr_value *names)
{
    bool ok = true;

    for (size_t i = 0; names && i < names->list.n; i++) {
        const char *name = names->list.items[i]->string.s;
        const struct wr_entry absent = { name, &wr_null };
        struct wr_schema_at there = member(at, &absent);

        if (!wr_value_get(at->v, name))
            ok = wr_schema_wrong(&there, "required", "it is required");
    }

    return ok;
}

/* Its own schema, those of patterns it matches, else the additional one. */
static bool
property(const struct wr_schema_at *at, const struct wr_value *s,
         const struct wr_entry *e)
{
    const struct wr_value *own = wr_value_get(s, "properties");
    const struct wr_value *patterns = wr_value_get(s, "patternProperties");
    const struct wr_value *rest = wr_value_get(s, "additionalProperties");
    const struct wr_value *name = wr_value_string(at->c->a, e->key);
    const struct wr_value *names = wr_value_get(s, "propertyNames");
    struct wr_schema_at one = member(at, e), named = one;
    bool ok = true, known = false;

    named.v = name;
    if (names)
        ok = wr_schema_valid(&named, names);
    own = own ? wr_value_get(own, e->key) : NULL;
    if (own) {
        known = true;
        ok = wr_schema_valid(&one, own) && ok;
    }
    for (size_t i = 0; patterns && i < patterns->context.n; i++) {
        const struct wr_entry *p = &patterns->context.entries[i];

        if (!wr_form_fits(at->c, name, p->key))
            continue;
        known = true;
        ok = wr_schema_valid(&one, p->value) && ok;
    }

    return (known || !rest || wr_schema_valid(&one, rest)) && ok;
}

static bool
depends(const struct wr_schema_at *at, const struct wr_value *s,
        const char *keyword)
{
    const struct wr_value *map = wr_value_get(s, keyword);
    bool ok = true;

    for (size_t i = 0; map && i < map->context.n; i++) {
        const struct wr_entry *e = &map->context.entries[i];

        if (!wr_value_get(at->v, e->key))
            continue;
        if (e->value->type == WR_V_LIST)
            ok = required(at, e->value) && ok;
        else
            ok = wr_schema_valid(at, e->value) && ok;
    }

    return ok;
}

bool
wr_schema_object(const struct wr_schema_at *at, const struct wr_value *s)
{
    bool ok = required(at, wr_value_get(s, "required"));

    if (too_few(s, "minProperties", at->v->context.n))
        return wr_schema_wrong(at, "value", "it has only %zu members",
                               at->v->context.n);
    if (too_many(s, "maxProperties", at->v->context.n))
        return wr_schema_wrong(at, "value", "it has %zu members",
                               at->v->context.n);
    for (size_t i = 0; i < at->v->context.n; i++)
        ok = property(at, s, &at->v->context.entries[i]) && ok;
    ok = depends(at, s, "dependentRequired") && ok;
    ok = depends(at, s, "dependentSchemas") && ok;

    return depends(at, s, "dependencies") && ok;
}
