/* Type names (DMN 1.5, grammar rule 66) and what conforms to them. */
#include "engine/feel/types.h"

#include <string.h>

#include "engine/feel/eval.h"

static const struct {
    const char *name;
    struct wr_type type;
} simple[] = {
    { "Any", { .kind = WR_T_ANY } },
    { "Null", { .kind = WR_T_NULL } },
    { "date and time", { .kind = WR_T_SIMPLE, .value = WR_V_DATETIME } },
    { "dateTime", { .kind = WR_T_SIMPLE, .value = WR_V_DATETIME } },
    { "days and time duration",
      { .kind = WR_T_SIMPLE, .value = WR_V_DURATION_DT } },
    { "dayTimeDuration", { .kind = WR_T_SIMPLE, .value = WR_V_DURATION_DT } },
    { "years and months duration",
      { .kind = WR_T_SIMPLE, .value = WR_V_DURATION_YM } },
    { "yearMonthDuration", { .kind = WR_T_SIMPLE, .value = WR_V_DURATION_YM } },
    { "number", { .kind = WR_T_SIMPLE, .value = WR_V_NUMBER } },
    { "string", { .kind = WR_T_SIMPLE, .value = WR_V_STRING } },
    { "boolean", { .kind = WR_T_SIMPLE, .value = WR_V_BOOL } },
    { "date", { .kind = WR_T_SIMPLE, .value = WR_V_DATE } },
    { "time", { .kind = WR_T_SIMPLE, .value = WR_V_TIME } },
};

static const struct wr_type any_type = { .kind = WR_T_ANY };

struct types {
    const struct wr_type *items[32];
    const char *names[32];
    size_t n;
};

static bool
add(struct wr_parser *p, struct types *l, const char *name,
    const struct wr_type *t)
{
    if (!t)
        return false;
    if (l->n == WR_COUNT(l->items)) {
        wr_parse_fail(p, WR_ELIMIT, p->tok.start,
                      "a type has more than %zu parts", WR_COUNT(l->items));
        return false;
    }
    l->names[l->n] = name;
    l->items[l->n++] = t;

    return true;
}

static const struct wr_type *
make(struct wr_parser *p, enum wr_type_kind kind, const struct types *l)
{
    struct wr_type *t = wr_new(p->arena, struct wr_type);

    t->kind = kind;
    t->n = l->n;
    t->items = wr_arena_memdup(p->arena, l->items, l->n * sizeof(*t->items));
    t->names = wr_arena_memdup(p->arena, l->names, l->n * sizeof(*t->names));

    return t;
}

static const struct wr_type *
of_one(struct wr_parser *p, enum wr_type_kind kind)
{
    struct types l = { .n = 0 };

    if (!wr_parse_accept(p, "<"))
        add(p, &l, NULL, &any_type);
    else if (!add(p, &l, NULL, wr_parse_type(p)) || !wr_parse_expect(p, ">"))
        return NULL;

    return make(p, kind, &l);
}

static const struct wr_type *
context_type(struct wr_parser *p)
{
    struct types l = { .n = 0 };

    if (wr_parse_accept(p, "<") && !wr_parse_accept(p, ">")) {
        do {
            const char *name = wr_parse_words(p);

            if (!name || !wr_parse_expect(p, ":")
                || !add(p, &l, name, wr_parse_type(p)))
                return NULL;
        } while (wr_parse_accept(p, ","));
        if (!wr_parse_expect(p, ">"))
            return NULL;
    }

    return make(p, WR_T_CONTEXT, &l);
}

/* function<a, b> -> r; the result comes last in items. */
static const struct wr_type *
function_type(struct wr_parser *p)
{
    struct types l = { .n = 0 };

    if (!wr_parse_expect(p, "<"))
        return NULL;
    if (!wr_parse_accept(p, ">")) {
        do {
            if (!add(p, &l, NULL, wr_parse_type(p)))
                return NULL;
        } while (wr_parse_accept(p, ","));
        if (!wr_parse_expect(p, ">"))
            return NULL;
    }
    if (!wr_parse_expect(p, "->") || !add(p, &l, NULL, wr_parse_type(p)))
        return NULL;

    return make(p, WR_T_FUNCTION, &l);
}

static const struct wr_type *
parse(struct wr_parser *p)
{
    const struct wr_type *named;
    const char *name;
    size_t at = p->tok.start;

    if (wr_parse_accept(p, "function"))
        return function_type(p);
    for (size_t i = 0; i < WR_COUNT(simple); i++)
        if (wr_parse_accept_name(p, simple[i].name))
            return &simple[i].type;
    if (wr_parse_accept_name(p, "list"))
        return of_one(p, WR_T_LIST);
    if (wr_parse_accept_name(p, "range"))
        return of_one(p, WR_T_RANGE);
    if (wr_parse_accept_name(p, "context"))
        return context_type(p);
    named = wr_parse_named_type(p);
    if (named)
        return named;
    name = wr_parse_words(p);
    if (name)
        wr_parse_fail(p, WR_EUNSUPPORTED, at, "type '%s' is not supported",
                      name);

    return NULL;
}

const struct wr_type *
wr_parse_type(struct wr_parser *p)
{
    const struct wr_type *t;

    if (p->depth >= WR_EXPR_DEPTH) {
        wr_parse_fail(p, WR_ELIMIT, p->tok.start,
                      "the type is nested more than %d deep", WR_EXPR_DEPTH);
        return NULL;
    }
    p->depth++;
    t = parse(p);
    p->depth--;

    return t;
}

static bool conforms(struct wr_eval *ev, const struct wr_value *v,
                     const struct wr_type *t, bool tests);

static bool
list_conforms(struct wr_eval *ev, const struct wr_value *v,
              const struct wr_type *item, bool tests)
{
    if (item->kind == WR_T_ANY)
        return true;
    for (size_t i = 0; i < v->list.n; i++)
        if (!wr_eval_charge(ev, 1)
            || !conforms(ev, v->list.items[i], item, tests))
            return false;

    return true;
}

static bool
context_conforms(struct wr_eval *ev, const struct wr_value *v,
                 const struct wr_type *t, bool tests)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct wr_value *m = wr_value_get(v, t->names[i]);

        if (!m || !conforms(ev, m, t->items[i], tests))
            return false;
    }

    return true;
}

static bool
range_conforms(struct wr_eval *ev, const struct wr_value *v,
               const struct wr_type *end, bool tests)
{
    const struct wr_range *r = v->opaque;

    return (!r->lo || conforms(ev, r->lo, end, tests))
           && (!r->hi || conforms(ev, r->hi, end, tests));
}

/* Parameters and results are not checked before a function is called: only the
 * number of parameters and, where it has them, their declared types. */
static bool
function_conforms(const struct wr_value *v, const struct wr_type *t)
{
    const struct wr_function *f = v->opaque;

    return !f->def || f->def->n_kids == t->n - 1;
}

/* Do the tests of the type, and of those it is made from, hold? */
static bool
allowed(struct wr_eval *ev, const struct wr_value *v, const struct wr_type *t)
{
    const struct wr_frame *frame = ev->frame;
    const struct wr_value *outer = ev->env->input, *r = &wr_true;

    for (; t && r && r->type == WR_V_BOOL && r->boolean; t = t->base) {
        if (!t->allowed)
            continue;
        ev->frame = NULL;
        ev->env->input = v;
        r = wr_eval(ev, t->allowed);
        ev->env->input = outer;
        ev->frame = frame;
    }

    return r && r->type == WR_V_BOOL && r->boolean;
}

static bool
shape_conforms(struct wr_eval *ev, const struct wr_value *v,
               const struct wr_type *t, bool tests)
{
    switch (t->kind) {
    case WR_T_ANY:
        return true;
    case WR_T_NULL:
        return v->type == WR_V_NULL;
    case WR_T_SIMPLE:
        return v->type == t->value || v->type == WR_V_NULL;
    case WR_T_LIST:
        return v->type == WR_V_NULL
               || (v->type == WR_V_LIST
                   && list_conforms(ev, v, t->items[0], tests));
    case WR_T_RANGE:
        return v->type == WR_V_NULL
               || (v->type == WR_V_RANGE
                   && range_conforms(ev, v, t->items[0], tests));
    case WR_T_CONTEXT:
        return v->type == WR_V_NULL
               || (v->type == WR_V_CONTEXT
                   && context_conforms(ev, v, t, tests));
    case WR_T_FUNCTION:
        return v->type == WR_V_NULL
               || (v->type == WR_V_FUNCTION && function_conforms(v, t));
    }

    return false;
}

static bool
conforms(struct wr_eval *ev, const struct wr_value *v, const struct wr_type *t,
         bool tests)
{
    if (!shape_conforms(ev, v, t, tests))
        return false;
    if (!tests || v->type == WR_V_NULL || (!t->allowed && !t->base))
        return true;

    return allowed(ev, v, t);
}

bool
wr_type_conforms(struct wr_eval *ev, const struct wr_value *v,
                 const struct wr_type *t)
{
    return conforms(ev, v, t, /* tests= */ false);
}

const char *
wr_type_name(const struct wr_type *t)
{
    switch (t->kind) {
    case WR_T_ANY:
        return "Any";
    case WR_T_NULL:
        return "Null";
    case WR_T_SIMPLE:
        return wr_value_type_name(t->value);
    case WR_T_LIST:
        return "list";
    case WR_T_RANGE:
        return "range";
    case WR_T_CONTEXT:
        return "context";
    case WR_T_FUNCTION:
        return "function";
    }

    return "?";
}

static const struct wr_value *
midnight(struct wr_eval *ev, const struct wr_value *date)
{
    struct wr_value *v = wr_new(ev->arena, struct wr_value);

    *v = *date;
    v->type = WR_V_DATETIME;
    v->temporal.hour = v->temporal.minute = v->temporal.second = 0;
    v->temporal.nanos = 0;
    v->temporal.offset = 0;
    v->temporal.zone = NULL;

    return v;
}

/* What the value would have to be to conform; `v` when there is no such way. */
static const struct wr_value *
converted(struct wr_eval *ev, const struct wr_value *v, const struct wr_type *t)
{
    if (t->kind == WR_T_LIST && v->type != WR_V_LIST)
        return wr_value_list(ev->arena, &v, 1);
    if (t->kind != WR_T_LIST && v->type == WR_V_LIST && v->list.n == 1)
        return v->list.items[0];
    if (t->kind == WR_T_SIMPLE && t->value == WR_V_DATETIME
        && v->type == WR_V_DATE)
        return midnight(ev, v);

    return v;
}

const struct wr_value *
wr_type_coerce(struct wr_eval *ev, const struct wr_value *v,
               const struct wr_type *t, const char *what)
{
    const struct wr_value *other;

    if (conforms(ev, v, t, /* tests= */ true))
        return v;
    other = ev->stopped ? v : converted(ev, v, t);
    if (other != v && conforms(ev, other, t, /* tests= */ true))
        return other;
    if (ev->stopped)
        return NULL;

    return wr_eval_null(ev, "%s: a %s that is no %s%s", what, wr_type_of(v),
                        wr_type_name(t),
                        t->allowed || t->base ? " with an allowed value" : "");
}

const struct wr_value *
wr_do_typed(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    return v ? wr_type_coerce(ev, v, n->type, n->name) : NULL;
}

const struct wr_value *
wr_do_instance(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    if (!v)
        return NULL;
    if (v->type == WR_V_NULL)
        return wr_value_bool(n->type->kind == WR_T_NULL);

    return wr_value_bool(wr_type_conforms(ev, v, n->type));
}
