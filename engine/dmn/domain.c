/* Columns of decision tables cut into regions; see domain.h. */
#include "engine/dmn/domain.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/dmn/between.h"

enum {
    CONSTANTS = 20000 /* of one column */
};

struct cut {
    struct wr_eval *ev;
    struct wr_domain *out;
    const struct wr_value **points;
    size_t n, cap;
    enum wr_value_type type; /* NULL: not known yet */
    bool typed;              /* by the table: others never match */
    bool null;               /* an entry names null */
    bool ordered;            /* an entry orders */
    bool whole;
    bool mixed;
};

static bool
is_scalar(enum wr_value_type t)
{
    return t >= WR_V_BOOL && t <= WR_V_DURATION_DT;
}

/* ---- constants ---- */

static void
add_point(struct cut *c, const struct wr_value *v)
{
    if (v->type == WR_V_NULL) {
        c->null = true;
        return;
    }
    if (c->type == WR_V_NULL)
        c->type = v->type;
    if (v->type != c->type) {
        c->mixed |= !c->typed;
        return;
    }
    if (c->n == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 16;
        const struct wr_value **more = wr_newn(c->ev->arena,
                                               const struct wr_value *, cap);

        if (c->n)
            memcpy(more, c->points, c->n * sizeof(*more));
        c->points = more;
        c->cap = cap;
    }
    c->points[c->n++] = v;
}

static void
add_constant(struct cut *c, const struct wr_value *v)
{
    if (v->type == WR_V_LIST) {
        for (size_t i = 0; i < v->list.n && c->n < CONSTANTS; i++)
            add_constant(c, v->list.items[i]);
    } else if (v->type == WR_V_RANGE) {
        const struct wr_range *r = v->opaque;

        c->ordered |= r->op != WR_OP_EQ && r->op != WR_OP_NE;
        if (r->lo)
            add_point(c, r->lo);
        if (r->hi)
            add_point(c, r->hi);
    } else {
        add_point(c, v);
    }
}

static void
collect(struct cut *c, const struct wr_node *n)
{
    if (!n || c->n >= CONSTANTS)
        return;
    c->ordered |= n->kind == WR_N_BETWEEN
                  || (n->op >= WR_OP_LT && n->op <= WR_OP_GE);
    if (wr_dmn_is_constant(n)) {
        const struct wr_value *v = wr_eval(c->ev, n);

        if (v)
            add_constant(c, v);
        return;
    }
    collect(c, n->a);
    collect(c, n->b);
    collect(c, n->c);
    for (size_t i = 0; i < n->n_kids; i++)
        collect(c, n->kids[i]);
}

/* "-" is true, which names no value. */
static bool
is_anything(const struct wr_node *test)
{
    while (test->kind == WR_N_PART)
        test = test->a;

    return test->kind == WR_N_LITERAL;
}

static void
collect_tests(struct cut *c, const struct wr_node *test)
{
    if (test && !is_anything(test) && !wr_dmn_undecided(test))
        collect(c, test);
}

/* ---- the type of an input ---- */

static const struct wr_type *
member(const struct wr_type *t, const char *name)
{
    for (size_t i = 0; t && t->kind == WR_T_CONTEXT && i < t->n; i++)
        if (strcmp(t->names[i], name) == 0)
            return t->items[i];

    return NULL;
}

static const struct wr_type *
inferred(const struct wr_dmn_element *e, const struct wr_node *n)
{
    while (n->kind == WR_N_PART || n->kind == WR_N_TYPED)
        n = n->a;
    if (n->kind == WR_N_PATH)
        return member(inferred(e, n->a), n->name);
    if (n->kind != WR_N_NAME || !e)
        return NULL;
    for (size_t i = 0; i < e->n_needs; i++)
        if (!*e->needs[i].import
            && strcmp(e->needs[i].element->variable, n->name) == 0)
            return e->needs[i].element->type;

    return NULL;
}

/* ---- regions ---- */

static void
add_region(struct cut *c, struct wr_region r)
{
    r.rank = c->out->n ? c->out->regions[c->out->n - 1].rank + 1 : 0;
    c->out->regions[c->out->n++] = r;
}

static void
add_value(struct cut *c, const struct wr_value *v)
{
    add_region(c, (struct wr_region){ .example = v, .lo = v, .hi = v });
}

static void
add_gap(struct cut *c, const struct wr_value *lo, const struct wr_value *hi)
{
    const struct wr_value *v = wr_dmn_between(c->ev, c->type, lo, hi, c->whole);

    if (v)
        add_region(c, (struct wr_region){ .example = v, .lo = lo, .hi = hi });
}

/* Sorted, each once; false: two of them have no order. */
static bool
sort(struct cut *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        const struct wr_value *v = c->points[i];
        size_t from = 0, to = n;
        int order = 1;

        while (from < to && order != 0) {
            size_t mid = (from + to) / 2;

            if (!wr_order(c->points[mid], v, &order))
                return false;
            if (order < 0)
                from = mid + 1;
            else
                to = mid;
        }
        if (order == 0 && from < n)
            continue;
        memmove(c->points + from + 1, c->points + from,
                (n - from) * sizeof(*c->points));
        c->points[from] = v;
        n++;
    }
    c->n = n;

    return true;
}

static bool
is_named(const struct cut *c, const char *text)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->points[i]->string.s, text) == 0)
            return true;

    return false;
}

/* Strings that are only compared for equality: those named and all others. */
static void
cut_names(struct cut *c)
{
    const char *other = "other";

    for (size_t i = 2; is_named(c, other); i++)
        other = wr_arena_printf(c->ev->arena, "other %zu", i);
    for (size_t i = 0; i < c->n; i++)
        add_value(c, c->points[i]);
    add_region(c, (struct wr_region){
                      .example = wr_value_string(c->ev->arena, other),
                      .rest = true,
                  });
}

static void
cut_line(struct cut *c)
{
    const struct wr_value *last = NULL;

    for (size_t i = 0; i < c->n; i++) {
        const struct wr_value *v = c->points[i];

        if (c->whole && !wr_decimal_is_integer(v->number))
            continue;
        add_gap(c, last, v);
        add_value(c, v);
        last = v;
    }
    add_gap(c, last, NULL);
}

static void
cut_type(struct cut *c)
{
    if (c->type == WR_V_BOOL) {
        add_value(c, &wr_false);
        add_value(c, &wr_true);
    } else if (!sort(c)) {
        c->out->no = "values with and without time zone";
    } else if (c->type == WR_V_STRING && !c->ordered) {
        cut_names(c);
    } else {
        cut_line(c);
    }
    if (c->null)
        add_value(c, &wr_null);
}

/* Without what is forbidden. */
static void
restrict_to(struct cut *c, const struct wr_node *allowed)
{
    size_t n = 0;

    if (!allowed || is_anything(allowed))
        return;
    if (wr_dmn_undecided(allowed)) {
        c->out->no = "allowed values that cannot be listed";
        return;
    }
    for (size_t i = 0; i < c->out->n; i++) {
        const struct wr_region *r = &c->out->regions[i];

        if (r->example->type == WR_V_NULL
            || wr_dmn_passes(c->ev, allowed, r->example) == 1)
            c->out->regions[n++] = *r;
    }
    c->out->n = n;
}

static void
anything(struct cut *c)
{
    c->out->any = true;
    add_region(c, (struct wr_region){ .example = &wr_null, .rest = true });
}

static void
read_type(struct cut *c, const struct wr_type *t)
{
    if (!t || t->kind == WR_T_ANY || t->kind == WR_T_NULL)
        return;
    c->typed = true;
    c->whole &= t->kind == WR_T_SIMPLE && t->value == WR_V_NUMBER;
    c->type = t->kind == WR_T_SIMPLE ? t->value : WR_V_LIST;
}

void
wr_dmn_domain(struct wr_eval *ev, const struct wr_table *t, size_t column,
              struct wr_domain *out)
{
    const struct wr_table_input *in = &t->inputs[column];
    const struct wr_type *type = in->type;
    struct cut c = { .ev = ev, .out = out, .whole = in->whole };

    *out = (struct wr_domain){ 0 };
    if (!type)
        type = inferred(t->of, in->value);
    read_type(&c, type);
    for (size_t i = 0; i < t->n_rules; i++)
        collect_tests(&c, t->rules[i].tests[column]);
    collect_tests(&c, in->allowed);
    for (const struct wr_type *b = type; b; b = b->base)
        collect_tests(&c, b->allowed);
    out->regions = wr_newn(ev->arena, struct wr_region, 2 * c.n + 4);
    if (c.mixed)
        out->no = "values of several types";
    else if (c.n >= CONSTANTS)
        out->no = "too many values";
    else if (!is_scalar(c.type) && (c.n > 0 || c.null))
        out->no = "values that have no order";
    else if (!is_scalar(c.type))
        anything(&c);
    else
        cut_type(&c);
    if (!out->no && is_scalar(c.type))
        restrict_to(&c, in->allowed);
    for (const struct wr_type *b = type; !out->no && is_scalar(c.type) && b;
         b = b->base)
        restrict_to(&c, b->allowed);
}

void
wr_dmn_literal(struct wr_str *out, const struct wr_value *v)
{
    char number[WR_DECIMAL_TEXT];

    switch (v->type) {
    case WR_V_BOOL:
        wr_str_add(out, v->boolean ? "true" : "false");
        break;
    case WR_V_NUMBER:
        wr_decimal_text(v->number, number);
        wr_str_add(out, number);
        break;
    case WR_V_STRING:
        wr_json_write(out, v, WR_JSON_PLAIN);
        break;
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
        wr_str_add(out, "@\"");
        wr_temporal_text(out, v);
        wr_str_addc(out, '"');
        break;
    default:
        wr_str_add(out, "null");
        break;
    }
}
