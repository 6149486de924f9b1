/* Conditions on variables: [{"name", "path", "op", "value"}], all of which must
 * hold. */

#include <string.h>

#include "fcgi_workers/filter.h"

static const struct {
    const char *name;
    enum wr_search_op op;
    bool negated;
} operations[] = {
    { "$eq", WR_S_EQ, false },         { "$ne", WR_S_EQ, true },
    { "$in", WR_S_IN, false },         { "$gt", WR_S_GT, false },
    { "$gte", WR_S_GTE, false },       { "$lt", WR_S_LT, false },
    { "$lte", WR_S_LTE, false },       { "$like", WR_S_LIKE, false },
    { "$exists", WR_S_EXISTS, false },
};

struct reading {
    struct wr_field_errors *errors;
    const char *at;
    const char *name, *path;
    enum wr_search_op op;
    bool negated;
    const struct wr_value *value;
};

static bool
wrong(struct reading *r, const char *member, const char *code,
      const char *detail)
{
    wr_field_wrong(r->errors, wr_field_place(r->errors->arena, r->at, member),
                   code, detail);

    return false;
}

static bool
read_op(struct reading *r, const struct wr_value *v)
{
    for (size_t i = 0; v->type == WR_V_STRING && i < WR_COUNT(operations);
         i++) {
        if (strcmp(operations[i].name, v->string.s) == 0) {
            r->op = operations[i].op;
            r->negated = operations[i].negated;
            return true;
        }
    }

    return wrong(r, "op", "value",
                 "must be one of $eq $ne $in $gt $gte $lt $lte $like $exists");
}

static bool
read_text(struct reading *r, const char *member, const struct wr_value *v,
          const char **out)
{
    if (v->type != WR_V_STRING)
        return wrong(r, member, "type", "must be a string");
    *out = v->string.s;

    return true;
}

static bool
read_member(struct reading *r, const struct wr_entry *e)
{
    if (strcmp(e->key, "name") == 0)
        return read_text(r, "name", e->value, &r->name);
    if (strcmp(e->key, "path") == 0)
        return read_text(r, "path", e->value, &r->path);
    if (strcmp(e->key, "op") == 0)
        return read_op(r, e->value);
    if (strcmp(e->key, "value") != 0)
        return wrong(r, e->key, "unknown", "no such field");
    r->value = e->value;

    return true;
}

/* "a.b", or as a JSON pointer "/a/b". */
static const char *
plain_path(struct wr_arena *a, const char *path)
{
    char *out;

    if (path[0] != '/')
        return path;
    out = wr_arena_strdup(a, path + 1);
    for (char *p = out; *p; p++)
        if (*p == '/')
            *p = '.';

    return out;
}

static bool
is_pattern(struct reading *r)
{
    int wild = 0;

    if (r->value->type != WR_V_STRING)
        return wrong(r, "value", "type", "must be a string");
    if (r->value->string.len > WR_FILTER_LIKE)
        return wrong(r, "value", "limit", "is too long for a pattern");
    for (const char *s = r->value->string.s; *s; s++) {
        wild += *s == '%';
        if (*s == '\\' && !*++s)
            return wrong(r, "value", "value", "ends with a lone \\");
    }

    return wild <= WR_FILTER_WILD
           || wrong(r, "value", "limit", "has too many %");
}

/* What the operator takes. */
static bool
fits(struct reading *r)
{
    const struct wr_value *v = r->value;

    if (!r->name || !r->name[0])
        return wrong(r, "name", "required", "is required");
    if (!v)
        return wrong(r, "value", "required", "is required");
    if (r->op == WR_S_EXISTS)
        return v->type == WR_V_BOOL
               || wrong(r, "value", "type", "must be true or false");
    if (r->op == WR_S_LIKE)
        return is_pattern(r);
    if (r->op == WR_S_IN)
        return (v->type == WR_V_LIST && v->list.n > 0
                && v->list.n <= WR_SEARCH_VALUES / 2)
               || wrong(r, "value", "type",
                        "must be a list of 1 to 100 values");

    return true;
}

static const struct wr_condition *
condition(struct reading *r)
{
    struct wr_arena *a = r->errors->arena;
    const struct wr_value *const *values = &r->value;
    const struct wr_condition *c;
    bool negated = r->negated;
    struct wr_err err = { 0 };
    size_t n = 1;

    if (r->op == WR_S_IN) {
        values = r->value->list.items;
        n = r->value->list.n;
    } else if (r->op == WR_S_EXISTS) {
        negated = !r->value->boolean;
        n = 0;
    }
    if (wr_where_variable(a, r->op, r->name, plain_path(a, r->path), values, n,
                          &c, &err)
        < 0) {
        wrong(r, "value", "type", wr_arena_strdup(a, err.text));
        return NULL;
    }

    return negated ? wr_where_not(a, c) : c;
}

static const struct wr_condition *
one(struct wr_field_errors *errors, const char *at, const struct wr_value *v)
{
    struct reading r = { .errors = errors, .at = at, .path = "" };
    bool fine = true;

    if (v->type != WR_V_CONTEXT) {
        wr_field_wrong(errors, at, "type", "must be an object");
        return NULL;
    }
    for (size_t i = 0; i < v->context.n; i++)
        fine &= read_member(&r, &v->context.entries[i]);

    return fine && fits(&r) ? condition(&r) : NULL;
}

int
wr_filter_variables(const struct wr_value *list,
                    const struct wr_condition **out,
                    struct wr_field_errors *errors, struct wr_err *err)
{
    const struct wr_condition *parts[WR_FILTER_VARIABLES] = { NULL };

    if (list->type != WR_V_LIST)
        wr_field_wrong(errors, "/variables", "type", "must be a list");
    else if (list->list.n > WR_FILTER_VARIABLES)
        wr_field_wrong(errors, "/variables", "limit",
                       "more than 10 conditions on variables");
    for (size_t i = 0; errors->n == 0 && i < list->list.n; i++)
        parts[i] = one(errors,
                       wr_arena_printf(errors->arena, "/variables/%zu", i),
                       list->list.items[i]);
    if (errors->n)
        return wr_fail(err, WR_EINVALID, "%s: %s", errors->items[0].pointer,
                       errors->items[0].detail);
    *out = wr_where_all(errors->arena, parts, WR_COUNT(parts));

    return 0;
}
