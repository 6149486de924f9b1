#include "fcgi_workers/filter.h"

#include <string.h>

#include "engine/base/str.h"

struct parsing {
    enum wr_noun noun;
    int64_t now;
    struct wr_arena *arena;
    struct wr_field_errors *errors;
    int conditions, values;
    bool unsupported;
};

/* Types of fields that an operator goes with. */
enum {
    TEXT = 1 << WR_SF_TEXT | 1 << WR_SF_KEY,
    ORDERED = TEXT | 1 << WR_SF_INT | 1 << WR_SF_TIME,
    STORED = ORDERED | 1 << WR_SF_UUID | 1 << WR_SF_ENUM | 1 << WR_SF_LIST,
    ANY = STORED | 1 << WR_SF_JOB_STATE
};

static const struct operation {
    const char *name;
    enum wr_search_op op;
    unsigned types;
    bool negated;
} operations[] = {
    { "$eq", WR_S_EQ, ANY, false },
    { "$ne", WR_S_EQ, ANY, true },
    { "$in", WR_S_IN, ANY, false },
    { "$gt", WR_S_GT, ORDERED, false },
    { "$gte", WR_S_GTE, ORDERED, false },
    { "$lt", WR_S_LT, ORDERED, false },
    { "$lte", WR_S_LTE, ORDERED, false },
    { "$like", WR_S_LIKE, TEXT, false },
    { "$exists", WR_S_EXISTS, STORED, false },
};

/* What is NULL was wrong and is told. */
typedef const struct wr_condition *condition;

static condition
wrong(struct parsing *p, const char *at, const char *code, const char *detail)
{
    wr_field_wrong(p->errors, at, code, detail);

    return NULL;
}

static condition
too_large(struct parsing *p, const char *at, const char *what, int most)
{
    return wrong(p, at, "limit",
                 wr_arena_printf(p->arena, "more than %d %s", most, what));
}

/* ---- values ---- */

static bool
text_value(struct parsing *p, const struct wr_value *v, const char *at,
           struct wr_datum *out)
{
    if (v->type != WR_V_STRING || memchr(v->string.s, 0, v->string.len))
        return wrong(p, at, "type", "must be a string"), false;
    out->p = v->string.s;
    out->len = v->string.len;

    return true;
}

static bool
int_value(struct parsing *p, const struct wr_value *v, const char *at,
          struct wr_datum *out)
{
    if (v->type != WR_V_NUMBER || !wr_decimal_to_int(v->number, &out->i)
        || (out->kind == WR_D_INT4 && out->i != (int32_t)out->i))
        return wrong(p, at, "type",
                     out->kind == WR_D_INT4 ? "must be an integer of 32 bits"
                                            : "must be an integer"),
               false;

    return true;
}

static bool
time_value(struct parsing *p, const struct wr_value *v, const char *at,
           struct wr_datum *out)
{
    struct wr_err err = { 0 };

    if (v->type != WR_V_STRING
        || wr_instant_parse(v->string.s, v->string.len, &out->i, &err) < 0)
        return wrong(p, at, "type", "must be an RFC 3339 date-time"), false;

    return true;
}

static bool
uuid_value(struct parsing *p, const struct wr_value *v, const char *at,
           struct wr_datum *out)
{
    struct wr_uuid *id = wr_new(p->arena, struct wr_uuid);
    struct wr_err err = { 0 };

    if (v->type != WR_V_STRING
        || wr_uuid_parse(v->string.s, v->string.len, id, &err) < 0)
        return wrong(p, at, "type", "must be an id"), false;
    out->p = id->b;
    out->len = sizeof(id->b);

    return true;
}

static bool
enum_value(struct parsing *p, const struct wr_search_field *f,
           const struct wr_value *v, const char *at, struct wr_datum *out)
{
    const char *name = f->names;
    size_t len;

    for (int64_t i = 0; v->type == WR_V_STRING; i++) {
        len = strcspn(name, "|");
        if (len && len == v->string.len
            && memcmp(name, v->string.s, len) == 0) {
            out->i = i;
            return true;
        }
        if (!name[len])
            break;
        name += len + 1;
    }
    wrong(p, at, "value",
          wr_arena_printf(p->arena, "must be one of %s",
                          f->names + (f->names[0] == '|')));

    return false;
}

static bool
value(struct parsing *p, const struct wr_search_field *f,
      const struct wr_value *v, const char *at, struct wr_datum *out)
{
    *out = (struct wr_datum){ .kind = wr_search_kind(p->noun, f) };
    /* the condition of a state has several */
    p->values += f->type == WR_SF_JOB_STATE ? 5 : 1;
    if (p->values > WR_SEARCH_VALUES)
        return too_large(p, at, "values", WR_SEARCH_VALUES), false;
    switch (f->type) {
    case WR_SF_TEXT:
    case WR_SF_LIST:
    case WR_SF_KEY:
        return text_value(p, v, at, out);
    case WR_SF_INT:
        return int_value(p, v, at, out);
    case WR_SF_TIME:
        return time_value(p, v, at, out);
    case WR_SF_UUID:
        return uuid_value(p, v, at, out);
    case WR_SF_ENUM:
    case WR_SF_JOB_STATE:
        break;
    }

    return enum_value(p, f, v, at, out);
}

/* ---- comparisons ---- */

static condition
either(struct parsing *p, const condition *parts, size_t n)
{
    struct wr_condition *c = wr_new(p->arena, struct wr_condition);

    *c = (struct wr_condition){ .op = WR_S_OR, .parts = parts, .n_parts = n };

    return c;
}

/* A job's state is no column: each state is a condition of its own. */
static condition
of_job_state(struct parsing *p, const struct wr_datum *states, size_t n)
{
    condition *parts = wr_newn(p->arena, condition, n + 1);

    for (size_t i = 0; i < n; i++)
        parts[i] = wr_where_job_state(p->arena, (int)states[i].i, p->now);

    return either(p, parts, n);
}

static condition
one_of(struct parsing *p, const struct wr_search_field *f,
       const struct wr_value *v, const char *at)
{
    struct wr_datum *values;

    if (v->type != WR_V_LIST || v->list.n == 0)
        return wrong(p, at, "type", "must be a list of values");
    if (v->list.n > WR_SEARCH_VALUES)
        return too_large(p, at, "values", WR_SEARCH_VALUES);
    values = wr_newn(p->arena, struct wr_datum, v->list.n);
    for (size_t i = 0; i < v->list.n; i++)
        if (!value(p, f, v->list.items[i],
                   wr_arena_printf(p->arena, "%s/%zu", at, i), &values[i]))
            return NULL;
    if (f->type == WR_SF_JOB_STATE)
        return of_job_state(p, values, v->list.n);

    return wr_where(p->arena, WR_S_IN, f, values, v->list.n);
}

static condition
exists(struct parsing *p, const struct wr_search_field *f,
       const struct wr_value *v, const char *at)
{
    condition there = wr_where(p->arena, WR_S_EXISTS, f, NULL, 0);

    if (v->type != WR_V_BOOL)
        return wrong(p, at, "type", "must be true or false");

    return v->boolean ? there : wr_where_not(p->arena, there);
}

static bool
is_pattern(struct parsing *p, const char *s, const char *at)
{
    int wild = 0;

    if (strlen(s) > WR_FILTER_LIKE)
        return too_large(p, at, "bytes", WR_FILTER_LIKE), false;
    for (; *s; s++) {
        wild += *s == '%';
        if (*s == '\\' && !*++s)
            return wrong(p, at, "value", "ends with a lone \\"), false;
    }

    return wild <= WR_FILTER_WILD
           || (too_large(p, at, "%", WR_FILTER_WILD), false);
}

static condition
comparison(struct parsing *p, const struct wr_search_field *f,
           const struct operation *o, const struct wr_value *v, const char *at)
{
    struct wr_datum d;
    condition c;

    if (++p->conditions > WR_FILTER_CONDITIONS)
        return too_large(p, at, "conditions", WR_FILTER_CONDITIONS);
    if (!(o->types & 1U << f->type))
        return wrong(p, at, "operator",
                     wr_arena_printf(p->arena, "'%s' does not take %s", f->name,
                                     o->name));
    if (o->op == WR_S_IN)
        return one_of(p, f, v, at);
    if (o->op == WR_S_EXISTS)
        return exists(p, f, v, at);
    if (v->type == WR_V_NULL)
        return wrong(p, at, "type", "null is asked for with $exists");
    if (!value(p, f, v, at, &d)
        || (o->op == WR_S_LIKE && !is_pattern(p, d.p, at)))
        return NULL;
    c = f->type == WR_SF_JOB_STATE ? of_job_state(p, &d, 1)
                                   : wr_where(p->arena, o->op, f, &d, 1);

    return o->negated ? wr_where_not(p->arena, c) : c;
}

/* ---- objects ---- */

static const struct operation *
operation_named(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(operations); i++)
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];

    return NULL;
}

/* A value, or an object of operators. */
static condition
of_field(struct parsing *p, const struct wr_search_field *f,
         const struct wr_value *v, const char *at)
{
    condition *parts;

    if (v->type != WR_V_CONTEXT)
        return comparison(p, f, &operations[0], v, at);
    if (v->context.n == 0)
        return wrong(p, at, "value", "names no operator");
    parts = wr_newn(p->arena, condition, v->context.n);
    for (size_t i = 0; i < v->context.n; i++) {
        const struct wr_entry *e = &v->context.entries[i];
        const struct operation *o = operation_named(e->key);
        const char *here = wr_field_place(p->arena, at, e->key);

        parts[i] = o ? comparison(p, f, o, e->value, here)
                     : wrong(p, here, "unknown", "no such operator");
    }

    return wr_where_all(p->arena, parts, v->context.n);
}

static condition object(struct parsing *p, const struct wr_value *v,
                        const char *at, int depth);

static condition
any_of(struct parsing *p, const struct wr_value *v, const char *at, int depth)
{
    condition *parts;

    if (v->type != WR_V_LIST || v->list.n == 0)
        return wrong(p, at, "type", "must be a list of filters");
    if (v->list.n > WR_FILTER_CONDITIONS)
        return too_large(p, at, "conditions", WR_FILTER_CONDITIONS);
    parts = wr_newn(p->arena, condition, v->list.n);
    for (size_t i = 0; i < v->list.n; i++)
        parts[i] = object(p, v->list.items[i],
                          wr_arena_printf(p->arena, "%s/%zu", at, i), depth);
    if (p->errors->n)
        return NULL;

    return either(p, parts, v->list.n);
}

static condition
member(struct parsing *p, const struct wr_entry *e, const char *at, int depth)
{
    const struct wr_search_field *f = wr_search_field(p->noun, e->key,
                                                      strlen(e->key));
    condition inner;

    if (f)
        return of_field(p, f, e->value, at);
    if (strcmp(e->key, "$or") == 0)
        return any_of(p, e->value, at, depth + 1);
    if (strcmp(e->key, "$not") == 0) {
        inner = object(p, e->value, at, depth + 1);
        return inner ? wr_where_not(p->arena, inner) : NULL;
    }
    if (strcmp(e->key, "variables") == 0) {
        p->unsupported = true;
        return wrong(p, at, "unsupported", "variables stand beside the filter");
    }

    return wrong(p, at, "unknown",
                 e->key[0] == '$' ? "no such operator" : "no such field");
}

static condition
object(struct parsing *p, const struct wr_value *v, const char *at, int depth)
{
    condition *parts;

    if (depth > WR_FILTER_DEPTH)
        return too_large(p, at, "levels", WR_FILTER_DEPTH);
    if (++p->conditions > WR_FILTER_CONDITIONS)
        return too_large(p, at, "conditions", WR_FILTER_CONDITIONS);
    if (v->type != WR_V_CONTEXT)
        return wrong(p, at, "type", "must be an object");
    parts = wr_newn(p->arena, condition, v->context.n + 1);
    for (size_t i = 0; i < v->context.n; i++)
        parts[i] = member(
            p, &v->context.entries[i],
            wr_field_place(p->arena, at, v->context.entries[i].key), depth);

    return wr_where_all(p->arena, parts, v->context.n);
}

static int
refuse(const struct wr_field_errors *e, bool unsupported, struct wr_err *err)
{
    return wr_fail(err, unsupported ? WR_EUNSUPPORTED : WR_EINVALID, "%s: %s",
                   e->items[0].pointer, e->items[0].detail);
}

int
wr_filter_parse(enum wr_noun noun, const struct wr_value *filter, int64_t now,
                const struct wr_condition **out, struct wr_field_errors *errors,
                struct wr_err *err)
{
    struct parsing p = {
        .noun = noun, .now = now, .arena = errors->arena, .errors = errors
    };

    *out = NULL;
    if (!filter)
        return 0;
    *out = object(&p, filter, "/filter", 1);

    return errors->n ? refuse(errors, p.unsupported, err) : 0;
}

int
wr_filter_order(const struct wr_strings *sort, struct wr_search *out,
                struct wr_field_errors *errors, struct wr_err *err)
{
    out->n_order = 0;
    for (size_t i = 0; i < sort->n && errors->n == 0; i++) {
        const char *name = sort->items[i];
        const char *at = wr_arena_printf(errors->arena, "/sort/%zu", i);
        bool down = name[0] == '-';
        const struct wr_search_field *f;

        f = wr_search_field(out->noun, name + down, strlen(name + down));
        if (!f)
            wr_field_wrong(errors, at, "unknown", "no such field");
        else if (!f->sorts)
            wr_field_wrong(errors, at, "value", "nothing is sorted by it");
        else if (i == WR_SEARCH_ORDER)
            wr_field_wrong(errors, at, "limit",
                           wr_arena_printf(errors->arena, "more than %d fields",
                                           WR_SEARCH_ORDER));
        else
            out->order[out->n_order++] = (struct wr_order){ f, down };
    }

    return errors->n ? refuse(errors, /* unsupported= */ false, err) : 0;
}
