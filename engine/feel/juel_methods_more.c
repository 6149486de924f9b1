/*
 * Methods inside ${...} of lists, numbers and of what is read from JSON
 * (Jackson's in Flowable, Spin's in Camunda).
 */
#include <string.h>

#include "engine/feel/juel_methods.h"

static const struct wr_value *
number(struct wr_method_call *c, int64_t n)
{
    return wr_value_int(c->ev->arena, n);
}

const struct wr_value *
wr_method_last_index(struct wr_method_call *c)
{
    const struct wr_value *what = wr_juel_text(c->ev, c->args[0]);
    const char *s = c->self->string.s;
    size_t n = c->self->string.len, at;
    int64_t chars = 0;

    if (!what || !wr_eval_charge(c->ev, n / 16))
        return NULL;
    if (what->string.len > n)
        return number(c, -1);
    for (at = n - what->string.len + 1; at-- > 0;)
        if (memcmp(s + at, what->string.s, what->string.len) == 0)
            break;
    if (at == (size_t)-1)
        return number(c, -1);
    for (size_t i = 0; i < at; i++)
        chars += (s[i] & 0xc0) != 0x80;

    return number(c, chars);
}

const struct wr_value *
wr_method_list_last_index(struct wr_method_call *c)
{
    for (size_t i = c->self->list.n; i-- > 0 && !c->ev->stopped;)
        if (wr_equal(c->ev, c->self->list.items[i], c->args[0]) == WR_TRUE)
            return number(c, (int64_t)i);

    return c->ev->stopped ? NULL : number(c, -1);
}

const struct wr_value *
wr_method_contains_all(struct wr_method_call *c)
{
    const struct wr_value *all = c->args[0];

    if (all->type != WR_V_LIST)
        return wr_eval_fail(c->ev, WR_EEXPR, "a %s is no list",
                            wr_type_of(all));
    for (size_t i = 0; i < all->list.n; i++) {
        const struct wr_value *args[WR_BUILTIN_PARAMS] = { c->self,
                                                           all->list.items[i] };
        const struct wr_value *v = wr_fn_list_contains(c->ev, args);

        if (v != &wr_true)
            return v;
    }

    return &wr_true;
}

const struct wr_value *
wr_method_sub_list(struct wr_method_call *c)
{
    struct wr_decimal from, to;
    int64_t a, b;

    if (!wr_juel_number(c->ev, c->args[0], &from)
        || !wr_juel_number(c->ev, c->args[1], &to))
        return NULL;
    if (!wr_decimal_to_int(from, &a) || !wr_decimal_to_int(to, &b) || a < 0
        || a > b || b > (int64_t)c->self->list.n)
        return wr_eval_fail(c->ev, WR_EEXPR, "no such part of a list of %zu",
                            c->self->list.n);

    return wr_value_list(c->ev->arena, c->self->list.items + a,
                         (size_t)(b - a));
}

const struct wr_value *
wr_method_join(struct wr_method_call *c)
{
    const struct wr_value *by = wr_juel_text(c->ev, c->args[0]);
    struct wr_str s = { .arena = c->ev->arena };

    for (size_t i = 0; by && i < c->self->list.n; i++) {
        const struct wr_value *t = wr_juel_text(c->ev, c->self->list.items[i]);

        if (!t
            || !wr_eval_charge(c->ev,
                               1 + (t->string.len + by->string.len) / 64))
            return NULL;
        if (s.len + t->string.len + by->string.len > WR_EXPR_STRING)
            return wr_eval_fail(c->ev, WR_ELIMIT, "a string is too long");
        if (i)
            wr_str_addn(&s, by->string.s, by->string.len);
        wr_str_addn(&s, t->string.s, t->string.len);
    }

    return by ? wr_value_stringn(c->ev->arena, wr_str_text(&s), s.len) : NULL;
}

const struct wr_value *
wr_method_contains_value(struct wr_method_call *c)
{
    for (size_t i = 0; i < c->self->context.n; i++)
        if (wr_equal(c->ev, c->self->context.entries[i].value, c->args[0])
            == WR_TRUE)
            return &wr_true;

    return c->ev->stopped ? NULL : &wr_false;
}

/* A list of {key, value}. */
const struct wr_value *
wr_method_entries(struct wr_method_call *c)
{
    return wr_fn_get_entries(c->ev, &c->self);
}

/* ---- numbers ---- */

static const struct wr_value *
calculated(struct wr_method_call *c, enum wr_op op)
{
    struct wr_decimal d;
    const struct wr_value *v;

    if (!wr_juel_number(c->ev, c->args[0], &d))
        return NULL;
    v = wr_arith(c->ev, op, c->self, wr_value_number(c->ev->arena, d));

    return v && v->type == WR_V_NULL
               ? wr_eval_fail(c->ev, WR_EEXPR, "division by zero or overflow")
               : v;
}

const struct wr_value *
wr_method_add(struct wr_method_call *c)
{
    return calculated(c, WR_OP_ADD);
}

const struct wr_value *
wr_method_subtract(struct wr_method_call *c)
{
    return calculated(c, WR_OP_SUB);
}

const struct wr_value *
wr_method_multiply(struct wr_method_call *c)
{
    return calculated(c, WR_OP_MUL);
}

const struct wr_value *
wr_method_divide(struct wr_method_call *c)
{
    return calculated(c, WR_OP_DIV);
}

const struct wr_value *
wr_method_negate(struct wr_method_call *c)
{
    return wr_value_number(c->ev->arena, wr_decimal_neg(c->self->number));
}

const struct wr_value *
wr_method_absolute(struct wr_method_call *c)
{
    struct wr_decimal zero = wr_decimal_from_int(0);

    return wr_decimal_cmp(c->self->number, zero) < 0 ? wr_method_negate(c)
                                                     : c->self;
}

/* ---- what is read from JSON ---- */

static const struct wr_value *
member(struct wr_method_call *c)
{
    const struct wr_value *key = wr_juel_text(c->ev, c->args[0]);

    return key ? wr_value_get(c->self, key->string.s) : NULL;
}

/* Spin's prop(): it must be there. */
const struct wr_value *
wr_method_prop(struct wr_method_call *c)
{
    const struct wr_value *v = member(c);

    if (v || c->ev->stopped)
        return v;

    return wr_eval_fail(c->ev, WR_EEXPR, "there is no such member");
}

const struct wr_value *
wr_method_path(struct wr_method_call *c)
{
    const struct wr_value *v = member(c);

    return v || c->ev->stopped ? v : &wr_null;
}

const struct wr_value *
wr_method_has(struct wr_method_call *c)
{
    const struct wr_value *v = member(c);

    return c->ev->stopped ? NULL : wr_value_bool(v != NULL);
}

const struct wr_value *
wr_method_has_value(struct wr_method_call *c)
{
    const struct wr_value *v = member(c);

    return c->ev->stopped ? NULL : wr_value_bool(v && v->type != WR_V_NULL);
}

const struct wr_value *
wr_method_as_number(struct wr_method_call *c)
{
    struct wr_decimal d;

    return wr_juel_number(c->ev, c->self, &d) ? wr_value_number(c->ev->arena, d)
                                              : NULL;
}

const struct wr_value *
wr_method_as_int(struct wr_method_call *c)
{
    struct wr_decimal d;

    return wr_juel_number(c->ev, c->self, &d) ? wr_value_number(
               c->ev->arena, wr_decimal_round(d, 0, WR_ROUND_DOWN))
                                              : NULL;
}

const struct wr_value *
wr_method_as_boolean(struct wr_method_call *c)
{
    bool b;

    return wr_juel_bool(c->ev, c->self, &b) ? wr_value_bool(b) : NULL;
}
