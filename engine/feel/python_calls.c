/* Functions and methods of conditions in Python's style. */
#include <string.h>

#include "engine/feel/builtin.h"
#include "engine/feel/python.h"

static const struct wr_value *
wrong(struct wr_python_call *c, const char *name)
{
    return wr_eval_fail(c->ev, WR_EEXPR, "%s() does not take a %s", name,
                        wr_type_of(c->args[0]));
}

static const struct wr_value *
len(struct wr_python_call *c)
{
    const struct wr_value *v = c->args[0];

    if (v->type == WR_V_STRING)
        return wr_fn_string_length(c->ev, c->args);
    if (v->type == WR_V_LIST)
        return wr_value_int(c->ev->arena, (int64_t)v->list.n);
    if (v->type == WR_V_CONTEXT)
        return wr_value_int(c->ev->arena, (int64_t)v->context.n);

    return wrong(c, "len");
}

static const struct wr_value *
str(struct wr_python_call *c)
{
    const struct wr_value *v = c->args[0];

    if (v->type == WR_V_NULL)
        return wr_value_string(c->ev->arena, "None");
    if (v->type == WR_V_BOOL)
        return wr_value_string(c->ev->arena, v->boolean ? "True" : "False");

    return wr_text_of(c->ev, v);
}

static bool
number_of(struct wr_python_call *c, const char *name, struct wr_decimal *out)
{
    const struct wr_value *v = c->args[0];
    struct wr_err ignored = { .code = WR_OK };

    if (wr_python_number(v, out))
        return true;
    if (v->type == WR_V_STRING) {
        v = wr_fn_trim(c->ev, c->args);
        if (!v)
            return false;
        if (wr_decimal_parse(v->string.s, v->string.len, out, &ignored) == 0)
            return true;
        wr_eval_fail(c->ev, WR_EEXPR, "'%.60s' is not a number", v->string.s);
        return false;
    }
    (void)wrong(c, name);

    return false;
}

static const struct wr_value *
integer(struct wr_python_call *c)
{
    struct wr_decimal d;

    return number_of(c, "int", &d) ? wr_value_number(
               c->ev->arena, wr_decimal_round(d, 0, WR_ROUND_DOWN))
                                   : NULL;
}

static const struct wr_value *
real(struct wr_python_call *c)
{
    struct wr_decimal d;

    return number_of(c, "float", &d) ? wr_value_number(c->ev->arena, d) : NULL;
}

static const struct wr_value *
boolean(struct wr_python_call *c)
{
    return wr_value_bool(wr_python_truth(c->args[0]));
}

static const struct wr_value *
absolute(struct wr_python_call *c)
{
    struct wr_decimal d, zero = wr_decimal_from_int(0);

    if (!wr_python_number(c->args[0], &d))
        return wrong(c, "abs");

    return wr_value_number(c->ev->arena,
                           wr_decimal_cmp(d, zero) < 0 ? wr_decimal_neg(d) : d);
}

/* Ties go to the even neighbour. */
static const struct wr_value *
rounded(struct wr_python_call *c)
{
    struct wr_decimal d, digits;
    int64_t scale = 0;

    if (!wr_python_number(c->args[0], &d)
        || (c->n == 2
            && (!wr_python_number(c->args[1], &digits)
                || !wr_decimal_to_int(digits, &scale) || scale < -30
                || scale > 30)))
        return wrong(c, "round");

    return wr_value_number(c->ev->arena,
                           wr_decimal_round(d, (int)scale, WR_ROUND_HALF_EVEN));
}

/* All arguments, or the items of the only one. */
static bool
operands(struct wr_python_call *c, const char *name,
         const struct wr_value *const **items, size_t *n)
{
    *items = c->args;
    *n = c->n;
    if (c->n > 1)
        return true;
    if (c->args[0]->type != WR_V_LIST) {
        (void)wrong(c, name);
        return false;
    }
    *items = c->args[0]->list.items;
    *n = c->args[0]->list.n;

    return true;
}

static const struct wr_value *
extreme(struct wr_python_call *c, const char *name, bool low)
{
    const struct wr_value *const *items, *best;
    size_t n;
    int order;

    if (!operands(c, name, &items, &n))
        return NULL;
    if (!n)
        return wr_eval_fail(c->ev, WR_EEXPR, "%s() of nothing", name);
    best = items[0];
    for (size_t i = 1; i < n; i++) {
        if (!wr_eval_charge(c->ev, 1)
            || !wr_python_order(c->ev, name, items[i], best, &order))
            return NULL;
        if (low ? order < 0 : order > 0)
            best = items[i];
    }

    return best;
}

static const struct wr_value *
least(struct wr_python_call *c)
{
    return extreme(c, "min", /* low= */ true);
}

static const struct wr_value *
greatest(struct wr_python_call *c)
{
    return extreme(c, "max", /* low= */ false);
}

static const struct wr_value *
sum(struct wr_python_call *c)
{
    struct wr_decimal total = wr_decimal_from_int(0), d;

    if (c->args[0]->type != WR_V_LIST)
        return wrong(c, "sum");
    for (size_t i = 0; i < c->args[0]->list.n; i++) {
        const struct wr_value *v = c->args[0]->list.items[i];

        if (!wr_eval_charge(c->ev, 1))
            return NULL;
        if (!wr_python_number(v, &d))
            return wr_eval_fail(c->ev, WR_EEXPR, "sum() of a %s",
                                wr_type_of(v));
        total = wr_decimal_add(total, d);
    }

    return wr_value_number(c->ev->arena, total);
}

static const struct wr_value *
quantified(struct wr_python_call *c, const char *name, bool any)
{
    if (c->args[0]->type != WR_V_LIST)
        return wrong(c, name);
    for (size_t i = 0; i < c->args[0]->list.n; i++)
        if (wr_python_truth(c->args[0]->list.items[i]) == any)
            return wr_value_bool(any);

    return wr_value_bool(!any);
}

static const struct wr_value *
any(struct wr_python_call *c)
{
    return quantified(c, "any", /* any= */ true);
}

static const struct wr_value *
all(struct wr_python_call *c)
{
    return quantified(c, "all", /* any= */ false);
}

/* ---- methods ---- */

static const struct wr_value *
no_method(struct wr_python_call *c, const char *name)
{
    return wr_eval_fail(c->ev, WR_EEXPR, "a %s has no method '%s'",
                        wr_type_of(c->args[0]), name);
}

static const struct wr_value *
get(struct wr_python_call *c)
{
    const struct wr_value *v = NULL;

    if (c->args[0]->type != WR_V_CONTEXT)
        return no_method(c, "get");
    if (c->args[1]->type == WR_V_STRING)
        v = wr_value_get(c->args[0], c->args[1]->string.s);

    return v ? v : c->n == 3 ? c->args[2] : &wr_null;
}

static const struct wr_value *
parts(struct wr_python_call *c, const char *name, bool of_keys)
{
    struct wr_values l = { .n = 0 };

    if (c->args[0]->type != WR_V_CONTEXT)
        return no_method(c, name);
    for (size_t i = 0; i < c->args[0]->context.n; i++) {
        const struct wr_entry *e = &c->args[0]->context.entries[i];

        if (!wr_values_add(c->ev, &l,
                           of_keys ? wr_value_string(c->ev->arena, e->key)
                                   : e->value))
            return NULL;
    }

    return wr_values_list(c->ev, &l);
}

static const struct wr_value *
keys(struct wr_python_call *c)
{
    return parts(c, "keys", /* of_keys= */ true);
}

static const struct wr_value *
values(struct wr_python_call *c)
{
    return parts(c, "values", /* of_keys= */ false);
}

/* A builtin of FEEL that takes nothing but texts. */
static const struct wr_value *
of_text(struct wr_python_call *c, const char *name,
        const struct wr_value *(*fn)(struct wr_eval *ev,
                                     const struct wr_value *const *args))
{
    if (c->args[0]->type != WR_V_STRING)
        return no_method(c, name);
    if (c->n == 2 && c->args[1]->type != WR_V_STRING)
        return wr_eval_fail(c->ev, WR_EEXPR, "%s() does not take a %s", name,
                            wr_type_of(c->args[1]));

    return fn(c->ev, c->args);
}

static const struct wr_value *
lower(struct wr_python_call *c)
{
    return of_text(c, "lower", wr_fn_lower_case);
}

static const struct wr_value *
upper(struct wr_python_call *c)
{
    return of_text(c, "upper", wr_fn_upper_case);
}

static const struct wr_value *
strip(struct wr_python_call *c)
{
    return of_text(c, "strip", wr_fn_trim);
}

static const struct wr_value *
starts_with(struct wr_python_call *c)
{
    return of_text(c, "startswith", wr_fn_starts_with);
}

static const struct wr_value *
ends_with(struct wr_python_call *c)
{
    return of_text(c, "endswith", wr_fn_ends_with);
}

static const struct wr_python_fn functions[] = {
#define WR_CALL(name, least, most, method, fn) \
    { name, least, most, method, fn },
#include "engine/feel/python_functions.def"
#undef WR_CALL
};

const struct wr_python_fn *
wr_python_function(const char *name, bool method)
{
    for (size_t i = 0; i < WR_COUNT(functions); i++)
        if (functions[i].method == method
            && strcmp(functions[i].name, name) == 0)
            return &functions[i];

    return NULL;
}

const struct wr_value *
wr_do_p_call(struct wr_eval *ev, const struct wr_node *n)
{
    struct wr_python_call c = { .ev = ev, .n = n->n_kids };

    for (size_t i = 0; i < n->n_kids; i++) {
        c.args[i] = wr_eval(ev, n->kids[i]);
        if (!c.args[i])
            return NULL;
    }

    return wr_python_function(n->name, n->open)->fn(&c);
}
