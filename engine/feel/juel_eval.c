/*
 * Operators inside ${...}, with the coercions of the expression language: a
 * number makes the other side a number, then a boolean a boolean, then a string
 * a string; null is 0, false and "".
 */
#include <string.h>
#include <strings.h>

#include "engine/feel/juel.h"

static bool
fail(struct wr_eval *ev, const struct wr_value *v, const char *wanted)
{
    if (v->type == WR_V_STRING)
        wr_eval_fail(ev, WR_EEXPR, "'%.60s' is not a %s", v->string.s, wanted);
    else
        wr_eval_fail(ev, WR_EEXPR, "a %s is not a %s", wr_type_of(v), wanted);

    return false;
}

bool
wr_juel_number(struct wr_eval *ev, const struct wr_value *v,
               struct wr_decimal *out)
{
    struct wr_err ignored = { .code = WR_OK };

    if (v->type == WR_V_NUMBER) {
        *out = v->number;
        return true;
    }
    *out = wr_decimal_from_int(0);
    if (v->type == WR_V_NULL
        || (v->type == WR_V_STRING
            && (v->string.len == 0
                || wr_decimal_parse(v->string.s, v->string.len, out, &ignored)
                       == 0)))
        return true;

    return fail(ev, v, "number");
}

bool
wr_juel_bool(struct wr_eval *ev, const struct wr_value *v, bool *out)
{
    if (v->type == WR_V_BOOL)
        *out = v->boolean;
    else if (v->type == WR_V_NULL)
        *out = false;
    else if (v->type == WR_V_STRING)
        *out = strcasecmp(v->string.s, "true") == 0;
    else
        return fail(ev, v, "boolean");

    return true;
}

const struct wr_value *
wr_juel_text(struct wr_eval *ev, const struct wr_value *v)
{
    if (v->type == WR_V_NULL)
        return wr_value_string(ev->arena, "");

    return wr_text_of(ev, v);
}

/* The type both sides are made to. */
static enum wr_value_type
common(const struct wr_value *x, const struct wr_value *y)
{
    static const enum wr_value_type first[] = { WR_V_NUMBER, WR_V_BOOL,
                                                WR_V_STRING };

    for (size_t i = 0; i < WR_COUNT(first); i++)
        if (x->type == first[i] || y->type == first[i])
            return first[i];

    return WR_V_NULL;
}

bool
wr_juel_equal(struct wr_eval *ev, const struct wr_value *x,
              const struct wr_value *y, bool *out)
{
    struct wr_decimal dx, dy;
    bool bx, by;

    *out = false;
    if (x->type == WR_V_NULL || y->type == WR_V_NULL) {
        *out = x->type == y->type;
        return true;
    }
    switch ((int)common(x, y)) {
    case WR_V_NUMBER:
        if (!wr_juel_number(ev, x, &dx) || !wr_juel_number(ev, y, &dy))
            return false;
        *out = wr_decimal_cmp(dx, dy) == 0;
        return true;
    case WR_V_BOOL:
        if (!wr_juel_bool(ev, x, &bx) || !wr_juel_bool(ev, y, &by))
            return false;
        *out = bx == by;
        return true;
    case WR_V_STRING:
        x = wr_juel_text(ev, x);
        y = x ? wr_juel_text(ev, y) : NULL;
        if (!y)
            return false;
        break;
    default:
        break;
    }
    *out = wr_equal(ev, x, y) == WR_TRUE;

    return !ev->stopped;
}

static bool
order(struct wr_eval *ev, const struct wr_value *x, const struct wr_value *y,
      int *out)
{
    enum wr_value_type t = common(x, y);
    struct wr_decimal dx, dy;

    if (t == WR_V_NUMBER) {
        if (!wr_juel_number(ev, x, &dx) || !wr_juel_number(ev, y, &dy))
            return false;
        *out = wr_decimal_cmp(dx, dy);
        return true;
    }
    if (t == WR_V_STRING) {
        x = wr_juel_text(ev, x);
        y = x ? wr_juel_text(ev, y) : NULL;
        if (!y)
            return false;
    }
    if (wr_order(x, y, out))
        return true;
    wr_eval_fail(ev, WR_EEXPR, "a %s cannot be compared with a %s",
                 wr_type_of(x), wr_type_of(y));

    return false;
}

const struct wr_value *
wr_do_j_compare(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a);
    const struct wr_value *y = x ? wr_eval(ev, n->b) : NULL;
    bool same;
    int o;

    if (!y)
        return NULL;
    if (n->op == WR_OP_EQ || n->op == WR_OP_NE)
        return wr_juel_equal(ev, x, y, &same)
                   ? wr_value_bool(same == (n->op == WR_OP_EQ))
                   : NULL;
    if (x == y)
        return wr_value_bool(n->op == WR_OP_LE || n->op == WR_OP_GE);
    if (x->type == WR_V_NULL || y->type == WR_V_NULL)
        return wr_value_bool(x->type == y->type
                             && (n->op == WR_OP_LE || n->op == WR_OP_GE));
    if (!order(ev, x, y, &o))
        return NULL;

    return wr_value_bool(n->op == WR_OP_LT   ? o < 0
                         : n->op == WR_OP_LE ? o <= 0
                         : n->op == WR_OP_GT ? o > 0
                                             : o >= 0);
}

/* The remainder takes the dividend's sign, as in Java. */
static bool
remainder_of(struct wr_decimal x, struct wr_decimal y, struct wr_decimal *out)
{
    struct wr_decimal zero = wr_decimal_from_int(0);

    if (!wr_decimal_mod(x, y, out))
        return false;
    if (wr_decimal_cmp(*out, zero) != 0
        && (wr_decimal_cmp(*out, zero) < 0) != (wr_decimal_cmp(x, zero) < 0))
        *out = wr_decimal_sub(*out, y);

    return true;
}

static bool
is_time_like(const struct wr_value *v)
{
    return v->type >= WR_V_DATE && v->type <= WR_V_DURATION_DT;
}

const struct wr_value *
wr_do_j_arith(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *x = wr_eval(ev, n->a);
    const struct wr_value *y = x ? wr_eval(ev, n->b) : NULL, *v;
    struct wr_decimal dx, dy, d;
    bool ok = true;

    if (!y)
        return NULL;
    if (is_time_like(x) || is_time_like(y)) {
        v = wr_arith(ev, n->op, x, y);
        return v && v->type == WR_V_NULL
                   ? wr_eval_fail(ev, WR_EEXPR,
                                  "a %s and a %s cannot be calculated with",
                                  wr_type_of(x), wr_type_of(y))
                   : v;
    }
    if (!wr_juel_number(ev, x, &dx) || !wr_juel_number(ev, y, &dy))
        return NULL;
    d = dx;
    if (n->op == WR_OP_ADD)
        d = wr_decimal_add(dx, dy);
    else if (n->op == WR_OP_SUB)
        d = wr_decimal_sub(dx, dy);
    else if (n->op == WR_OP_MUL)
        d = wr_decimal_mul(dx, dy);
    else if (n->op == WR_OP_DIV)
        ok = wr_decimal_div(dx, dy, &d);
    else
        ok = remainder_of(dx, dy, &d);
    if (!ok || !wr_decimal_is_finite(d))
        return wr_eval_fail(ev, WR_EEXPR, "division by zero or overflow");

    return wr_value_number(ev->arena, d);
}

const struct wr_value *
wr_do_j_negate(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);
    struct wr_decimal d;

    if (!v || !wr_juel_number(ev, v, &d))
        return NULL;

    return wr_value_number(ev->arena, wr_decimal_neg(d));
}

static bool
truth(struct wr_eval *ev, const struct wr_node *n, bool *out)
{
    const struct wr_value *v = wr_eval(ev, n);

    return v && wr_juel_bool(ev, v, out);
}

const struct wr_value *
wr_do_j_logic(struct wr_eval *ev, const struct wr_node *n)
{
    bool b;

    if (!truth(ev, n->a, &b))
        return NULL;
    if (b != (n->op == WR_OP_OR) && !truth(ev, n->b, &b))
        return NULL;

    return wr_value_bool(b);
}

const struct wr_value *
wr_do_j_not(struct wr_eval *ev, const struct wr_node *n)
{
    bool b;

    return truth(ev, n->a, &b) ? wr_value_bool(!b) : NULL;
}

const struct wr_value *
wr_do_j_if(struct wr_eval *ev, const struct wr_node *n)
{
    bool b;

    return truth(ev, n->a, &b) ? wr_eval(ev, b ? n->b : n->c) : NULL;
}

const struct wr_value *
wr_do_j_empty(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    if (!v)
        return NULL;

    return wr_value_bool(v->type == WR_V_NULL
                         || (v->type == WR_V_STRING && v->string.len == 0)
                         || (v->type == WR_V_LIST && v->list.n == 0)
                         || (v->type == WR_V_CONTEXT && v->context.n == 0));
}

static const struct wr_value *
find(struct wr_eval *ev, const char *name, size_t len)
{
    return ev->env->lookup ? ev->env->lookup(ev->env->data, name, len) : NULL;
}

const struct wr_value *
wr_do_j_name(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = find(ev, n->name, n->len);

    return v ? v : wr_eval_fail(ev, WR_EEXPR, "no variable '%s'", n->name);
}

static const struct wr_value *
item(struct wr_eval *ev, const struct wr_value *list,
     const struct wr_value *key)
{
    struct wr_decimal d;
    int64_t i;

    if (!wr_juel_number(ev, key, &d))
        return NULL;
    if (!wr_decimal_to_int(d, &i) || i < 0 || i >= (int64_t)list->list.n)
        return &wr_null;

    return list->list.items[i];
}

const struct wr_value *
wr_do_j_member(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);
    const struct wr_value *key = v ? wr_eval(ev, n->b) : NULL, *m;

    if (!key)
        return NULL;
    if (v->type == WR_V_NULL || key->type == WR_V_NULL)
        return &wr_null;
    if (v->type == WR_V_LIST)
        return item(ev, v, key);
    key = wr_juel_text(ev, key);
    if (!key)
        return NULL;
    if (v->type == WR_V_CONTEXT) {
        m = wr_value_get(v, key->string.s);
        return m ? m : &wr_null;
    }
    m = is_time_like(v) ? wr_temporal_member(ev, v, key->string.s) : NULL;

    return m ? m
             : wr_eval_fail(ev, WR_EEXPR, "a %s has no '%.60s'", wr_type_of(v),
                            key->string.s);
}

const struct wr_value *
wr_do_j_text(struct wr_eval *ev, const struct wr_node *n)
{
    struct wr_str s = { .arena = ev->arena };

    for (size_t i = 0; i < n->n_kids; i++) {
        const struct wr_value *v = wr_eval(ev, n->kids[i]);
        const struct wr_value *t = v ? wr_juel_text(ev, v) : NULL;

        if (!t || !wr_eval_charge(ev, t->string.len / 64))
            return NULL;
        if (s.len + t->string.len > WR_EXPR_STRING)
            return wr_eval_fail(ev, WR_ELIMIT,
                                "a string is longer than %d bytes",
                                WR_EXPR_STRING);
        wr_str_addn(&s, t->string.s, t->string.len);
    }

    return wr_value_stringn(ev->arena, wr_str_text(&s), s.len);
}
