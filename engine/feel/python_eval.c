/*
 * Operators of conditions in Python's style: nothing is made to another type,
 * but True is 1 and False is 0; what Python would raise an exception for is an
 * error.
 */
#define _GNU_SOURCE /* memmem */
#include <string.h>

#include "engine/feel/builtin.h"
#include "engine/feel/python.h"

bool
wr_python_truth(const struct wr_value *v)
{
    switch (v->type) {
    case WR_V_NULL:
        return false;
    case WR_V_BOOL:
        return v->boolean;
    case WR_V_NUMBER:
        return wr_decimal_cmp(v->number, wr_decimal_from_int(0)) != 0;
    case WR_V_STRING:
    case WR_V_BYTES:
        return v->string.len > 0;
    case WR_V_LIST:
        return v->list.n > 0;
    case WR_V_CONTEXT:
        return v->context.n > 0;
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
    case WR_V_RANGE:
    case WR_V_FUNCTION:
        break;
    }

    return true;
}

bool
wr_python_number(const struct wr_value *v, struct wr_decimal *out)
{
    if (v->type == WR_V_BOOL)
        *out = wr_decimal_from_int(v->boolean);
    else if (v->type == WR_V_NUMBER)
        *out = v->number;
    else
        return false;

    return true;
}

bool
wr_python_equal(struct wr_eval *ev, const struct wr_value *x,
                const struct wr_value *y)
{
    struct wr_decimal dx, dy;

    if (wr_python_number(x, &dx) && wr_python_number(y, &dy))
        return wr_decimal_cmp(dx, dy) == 0;

    return wr_equal(ev, x, y) == WR_TRUE;
}

bool
wr_python_order(struct wr_eval *ev, const char *op, const struct wr_value *x,
                const struct wr_value *y, int *order)
{
    struct wr_decimal dx, dy;

    if (wr_python_number(x, &dx) && wr_python_number(y, &dy)) {
        *order = wr_decimal_cmp(dx, dy);
        return true;
    }
    if (wr_order(x, y, order))
        return true;
    wr_eval_fail(ev, WR_EEXPR, "'%s' cannot compare a %s with a %s", op,
                 wr_type_of(x), wr_type_of(y));

    return false;
}

const struct wr_value *
wr_do_p_compare(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a);
    const struct wr_value *y = x ? wr_eval(ev, n->b) : NULL;
    bool same;
    int o;

    if (!y)
        return NULL;
    if (n->op == WR_OP_EQ || n->op == WR_OP_NE) {
        same = wr_python_equal(ev, x, y);
        return ev->stopped ? NULL : wr_value_bool(same == (n->op == WR_OP_EQ));
    }
    if (!wr_python_order(ev, n->name, x, y, &o))
        return NULL;

    return wr_value_bool(n->op == WR_OP_LT   ? o < 0
                         : n->op == WR_OP_LE ? o <= 0
                         : n->op == WR_OP_GT ? o > 0
                                             : o >= 0);
}

/* Is `x` in the text, the list, the keys?  false after ev has failed, too. */
static bool
is_in(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y)
{
    switch ((int)y->type) {
    case WR_V_LIST:
        for (size_t i = 0; i < y->list.n && !ev->stopped; i++)
            if (wr_python_equal(ev, x, y->list.items[i]))
                return true;
        return false;
    case WR_V_CONTEXT:
        return x->type == WR_V_STRING && wr_value_get(y, x->string.s);
    case WR_V_STRING:
        if (x->type == WR_V_STRING)
            return wr_eval_charge(ev, y->string.len / 64)
                   && memmem(y->string.s, y->string.len, x->string.s,
                             x->string.len);
        break;
    default:
        break;
    }
    wr_eval_fail(ev, WR_EEXPR, "'in' cannot look for a %s in a %s",
                 wr_type_of(x), wr_type_of(y));

    return false;
}

static const struct wr_value *
find(struct wr_eval *ev, const char *name, size_t len)
{
    return ev->env->lookup ? ev->env->lookup(ev->env->data, name, len) : NULL;
}

const struct wr_value *
wr_do_p_in(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a), *y;
    bool yes;

    if (!x)
        return NULL;
    if (n->b->kind == WR_N_P_NAME && strcmp(n->b->name, "variables") == 0
        && !find(ev, "variables", strlen("variables")))
        return wr_value_bool(
            (x->type == WR_V_STRING && find(ev, x->string.s, x->string.len))
            != (n->open != 0));
    y = wr_eval(ev, n->b);
    if (!y)
        return NULL;
    yes = is_in(ev, x, y);

    return ev->stopped ? NULL : wr_value_bool(yes != (n->open != 0));
}

const struct wr_value *
wr_do_p_is(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a);
    const struct wr_value *y = x ? wr_eval(ev, n->b) : NULL;
    bool yes;

    if (!y)
        return NULL;
    yes = x->type == y->type && wr_equal(ev, x, y) == WR_TRUE;

    return ev->stopped ? NULL : wr_value_bool(yes != (n->open != 0));
}

/* The operand that decides, not True or False. */
const struct wr_value *
wr_do_p_logic(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    if (!v || wr_python_truth(v) == (n->op == WR_OP_OR))
        return v;

    return wr_eval(ev, n->b);
}

const struct wr_value *
wr_do_p_not(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    return v ? wr_value_bool(!wr_python_truth(v)) : NULL;
}

const struct wr_value *
wr_do_p_if(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    return v ? wr_eval(ev, wr_python_truth(v) ? n->b : n->c) : NULL;
}

static const struct wr_value *
no_result(struct wr_eval *ev, const struct wr_value *x,
          const struct wr_value *y)
{
    return wr_eval_fail(ev, WR_EEXPR, "a %s and a %s cannot be calculated with",
                        wr_type_of(x), wr_type_of(y));
}

static const struct wr_value *
calculate(struct wr_eval *ev, const struct wr_node *n, struct wr_decimal x,
          struct wr_decimal y)
{
    struct wr_decimal d = x;
    bool ok = true;

    if (n->op == WR_OP_ADD)
        d = wr_decimal_add(x, y);
    else if (n->op == WR_OP_SUB)
        d = wr_decimal_sub(x, y);
    else if (n->op == WR_OP_MUL)
        d = wr_decimal_mul(x, y);
    else if (n->op == WR_OP_DIV)
        ok = wr_decimal_div(x, y, &d);
    else if (n->op == WR_OP_MOD)
        ok = wr_decimal_mod(x, y, &d);
    else
        ok = wr_decimal_pow(x, y, &d);
    if (ok && n->open)
        d = wr_decimal_round(d, 0, WR_ROUND_FLOOR);
    if (!ok || !wr_decimal_is_finite(d))
        return wr_eval_fail(ev, WR_EEXPR, "division by zero or overflow");

    return wr_value_number(ev->arena, d);
}

const struct wr_value *
wr_do_p_arith(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a);
    const struct wr_value *y = x ? wr_eval(ev, n->b) : NULL, *v;
    const struct wr_value *both[] = { x, y }, *lists;
    struct wr_decimal dx, dy;

    if (!y)
        return NULL;
    if (wr_python_number(x, &dx) && wr_python_number(y, &dy))
        return calculate(ev, n, dx, dy);
    if (n->op == WR_OP_ADD && x->type == WR_V_LIST && y->type == WR_V_LIST) {
        lists = wr_value_list(ev->arena, both, 2);
        return wr_fn_concatenate(ev, &lists);
    }
    if (x->type == WR_V_NULL || y->type == WR_V_NULL || x->type == WR_V_BOOL
        || y->type == WR_V_BOOL || n->open)
        return no_result(ev, x, y);
    v = wr_arith(ev, n->op, x, y); /* text, dates */

    return v && v->type == WR_V_NULL ? no_result(ev, x, y) : v;
}

const struct wr_value *
wr_do_p_negate(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);
    struct wr_decimal d;

    if (!v)
        return NULL;
    if (!wr_python_number(v, &d))
        return wr_eval_fail(ev, WR_EEXPR, "a %s cannot be negated",
                            wr_type_of(v));

    return wr_value_number(ev->arena, wr_decimal_neg(d));
}

const struct wr_value *
wr_do_p_name(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = find(ev, n->name, n->len);

    return v ? v : wr_eval_fail(ev, WR_EEXPR, "no variable '%s'", n->name);
}

/* variables['x']; with `b`: variables.get('x', b). */
const struct wr_value *
wr_do_p_variable(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *name = wr_eval(ev, n->a), *v;

    if (!name)
        return NULL;
    if (name->type != WR_V_STRING)
        return wr_eval_fail(ev, WR_EEXPR, "a %s is no variable's name",
                            wr_type_of(name));
    v = find(ev, name->string.s, name->string.len);
    if (v)
        return v;

    return n->b ? wr_eval(ev, n->b)
                : wr_eval_fail(ev, WR_EEXPR, "no variable '%.60s'",
                               name->string.s);
}

/* From the end when it is negative; false: there is no such place. */
static bool
place(const struct wr_value *key, size_t n, size_t *out)
{
    struct wr_decimal d;
    int64_t i;

    if (!wr_python_number(key, &d) || !wr_decimal_to_int(d, &i))
        return false;
    if (i < 0)
        i += (int64_t)n;
    *out = (size_t)i;

    return i >= 0 && i < (int64_t)n;
}

static const struct wr_value *
character(struct wr_eval *ev, const struct wr_value *s,
          const struct wr_value *key)
{
    const struct wr_value *n = wr_fn_string_length(ev, &s);
    const struct wr_value *args[WR_BUILTIN_PARAMS] = { s };
    int64_t len;
    size_t at;

    if (!n || !wr_decimal_to_int(n->number, &len))
        return NULL;
    if (!place(key, (size_t)len, &at))
        return wr_eval_fail(ev, WR_EEXPR, "no such place in a text of %lld",
                            (long long)len);
    args[1] = wr_value_int(ev->arena, (int64_t)at + 1);
    args[2] = wr_value_int(ev->arena, 1);

    return wr_fn_substring(ev, args);
}

const struct wr_value *
wr_do_p_member(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);
    const struct wr_value *key = v ? wr_eval(ev, n->b) : NULL, *m = NULL;
    size_t at;

    if (!key)
        return NULL;
    if (v->type == WR_V_LIST && key->type != WR_V_STRING) {
        if (place(key, v->list.n, &at))
            return v->list.items[at];
        return wr_eval_fail(ev, WR_EEXPR, "no such item in a list of %zu",
                            v->list.n);
    }
    if (v->type == WR_V_STRING && key->type == WR_V_NUMBER)
        return character(ev, v, key);
    if (key->type != WR_V_STRING)
        return wr_eval_fail(ev, WR_EEXPR, "a %s is no place in a %s",
                            wr_type_of(key), wr_type_of(v));
    if (v->type == WR_V_CONTEXT)
        m = wr_value_get(v, key->string.s);
    else if (v->type >= WR_V_DATE && v->type <= WR_V_DURATION_DT)
        m = wr_temporal_member(ev, v, key->string.s);

    return m ? m
             : wr_eval_fail(ev, WR_EEXPR, "a %s has no '%.60s'", wr_type_of(v),
                            key->string.s);
}
