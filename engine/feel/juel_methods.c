/*
 * Methods inside ${...}.
 *
 * Values are called by what they are; text arguments take the text of anything.
 * Positions count characters from 0.
 */
#define _GNU_SOURCE /* memmem */
#include "engine/feel/juel_methods.h"

#include <string.h>
#include <strings.h>

static const struct wr_value *
number(struct wr_method_call *c, int64_t n)
{
    return wr_value_int(c->ev->arena, n);
}

/* self and the arguments' text, handed to a builtin. */
static const struct wr_value *
builtin(struct wr_method_call *c,
        const struct wr_value *(*fn)(struct wr_eval *ev,
                                     const struct wr_value *const *args))
{
    const struct wr_value *args[WR_BUILTIN_PARAMS] = { c->self };

    for (size_t i = 0; i < c->n; i++) {
        args[i + 1] = wr_juel_text(c->ev, c->args[i]);
        if (!args[i + 1])
            return NULL;
    }

    return fn(c->ev, args);
}

static const struct wr_value *
self(struct wr_method_call *c)
{
    return c->self;
}

static const struct wr_value *
contains(struct wr_method_call *c)
{
    return builtin(c, wr_fn_contains);
}

static const struct wr_value *
starts_with(struct wr_method_call *c)
{
    return builtin(c, wr_fn_starts_with);
}

static const struct wr_value *
ends_with(struct wr_method_call *c)
{
    return builtin(c, wr_fn_ends_with);
}

static const struct wr_value *
lower(struct wr_method_call *c)
{
    return builtin(c, wr_fn_lower_case);
}

static const struct wr_value *
upper(struct wr_method_call *c)
{
    return builtin(c, wr_fn_upper_case);
}

static const struct wr_value *
trim(struct wr_method_call *c)
{
    return builtin(c, wr_fn_trim);
}

static const struct wr_value *
length(struct wr_method_call *c)
{
    return builtin(c, wr_fn_string_length);
}

static const struct wr_value *
to_string(struct wr_method_call *c)
{
    return wr_juel_text(c->ev, c->self);
}

static const struct wr_value *
equals_ignore_case(struct wr_method_call *c)
{
    const struct wr_value *other = wr_juel_text(c->ev, c->args[0]), *x;

    if (!other)
        return NULL;
    x = wr_fn_lower_case(c->ev, &c->self);
    other = x ? wr_fn_lower_case(c->ev, &other) : NULL;

    return other ? wr_value_bool(wr_equal(c->ev, x, other) == WR_TRUE) : NULL;
}

static const struct wr_value *
compare_to(struct wr_method_call *c)
{
    int order;

    if (!wr_order(c->self, c->args[0], &order))
        return wr_eval_fail(c->ev, WR_EEXPR,
                            "a %s cannot be compared with a %s",
                            wr_type_of(c->self), wr_type_of(c->args[0]));

    return number(c, order);
}

static const struct wr_value *
concat(struct wr_method_call *c)
{
    const struct wr_value *other = wr_juel_text(c->ev, c->args[0]);

    return other ? wr_arith(c->ev, WR_OP_ADD, c->self, other) : NULL;
}

static const struct wr_value *
size(struct wr_method_call *c)
{
    return number(c,
                  (int64_t)(c->self->type == WR_V_LIST ? c->self->list.n
                                                       : c->self->context.n));
}

static const struct wr_value *
is_empty(struct wr_method_call *c)
{
    const struct wr_value *v = c->self;

    return wr_value_bool((v->type == WR_V_STRING ? v->string.len
                          : v->type == WR_V_LIST ? v->list.n
                                                 : v->context.n)
                         == 0);
}

static const struct wr_value *
is_blank(struct wr_method_call *c)
{
    const struct wr_value *v = trim(c);

    return v ? wr_value_bool(v->string.len == 0) : NULL;
}

static bool
position(struct wr_method_call *c, size_t i, int64_t *out)
{
    struct wr_decimal d;

    if (!wr_juel_number(c->ev, c->args[i], &d))
        return false;
    if (wr_decimal_to_int(d, out) && *out >= 0)
        return true;
    wr_eval_fail(c->ev, WR_EEXPR, "no such position");

    return false;
}

/* From `start` to before `end`, both checked. */
static const struct wr_value *
cut(struct wr_method_call *c, int64_t start, int64_t end)
{
    const struct wr_value *args[WR_BUILTIN_PARAMS] = { c->self,
                                                       number(c, start + 1),
                                                       number(c, end - start) };

    return start == end ? wr_value_string(c->ev->arena, "")
                        : wr_fn_substring(c->ev, args);
}

static bool
chars(struct wr_method_call *c, int64_t *out)
{
    const struct wr_value *n = length(c);

    return n && wr_decimal_to_int(n->number, out);
}

static const struct wr_value *
substring(struct wr_method_call *c)
{
    int64_t start, end, n;

    if (!chars(c, &n) || !position(c, 0, &start))
        return NULL;
    end = n;
    if (c->n == 2 && !position(c, 1, &end))
        return NULL;
    if (start > end || end > n)
        return wr_eval_fail(c->ev, WR_EEXPR,
                            "no characters %lld to %lld in a string of %lld",
                            (long long)start, (long long)end, (long long)n);

    return cut(c, start, end);
}

static const struct wr_value *
char_at(struct wr_method_call *c)
{
    int64_t at, n;

    if (!chars(c, &n) || !position(c, 0, &at))
        return NULL;
    if (at >= n)
        return wr_eval_fail(c->ev, WR_EEXPR,
                            "no character %lld in a string of %lld",
                            (long long)at, (long long)n);

    return cut(c, at, at + 1);
}

static const struct wr_value *
string_index(struct wr_method_call *c)
{
    const struct wr_value *what = wr_juel_text(c->ev, c->args[0]);
    const char *s = c->self->string.s, *at;
    int64_t n = 0;

    if (!what || !wr_eval_charge(c->ev, c->self->string.len / 64))
        return NULL;
    at = memmem(s, c->self->string.len, what->string.s, what->string.len);
    if (!at)
        return number(c, -1);
    for (; s < at; s++)
        n += (*s & 0xc0) != 0x80;

    return number(c, n);
}

static const struct wr_value *
replace(struct wr_method_call *c)
{
    const struct wr_value *what = wr_juel_text(c->ev, c->args[0]);
    const struct wr_value *with = what ? wr_juel_text(c->ev, c->args[1]) : NULL;
    struct wr_str s = { .arena = c->ev->arena };
    const char *from = c->self->string.s, *at;
    const char *end = from + c->self->string.len;

    if (!with)
        return NULL;
    if (what->string.len == 0)
        return c->self;
    while ((at = memmem(from, (size_t)(end - from), what->string.s,
                        what->string.len))) {
        if (!wr_eval_charge(c->ev, 1 + with->string.len / 64)
            || s.len > WR_EXPR_STRING)
            return wr_eval_fail(c->ev, WR_ELIMIT, "a string is too long");
        wr_str_addn(&s, from, (size_t)(at - from));
        wr_str_addn(&s, with->string.s, with->string.len);
        from = at + what->string.len;
    }
    wr_str_addn(&s, from, (size_t)(end - from));

    return wr_value_stringn(c->ev->arena, wr_str_text(&s), s.len);
}

/* A wrong pattern is null in FEEL and an error here. */
static const struct wr_value *
regex(struct wr_method_call *c, const struct wr_value *v)
{
    if (v && v->type == WR_V_NULL)
        return wr_eval_fail(c->ev, WR_EEXPR, "the regular expression is wrong");

    return v;
}

static const struct wr_value *
replace_all(struct wr_method_call *c)
{
    return regex(c, builtin(c, wr_fn_replace));
}

/* Java's matches() takes the whole string. */
static const struct wr_value *
matches(struct wr_method_call *c)
{
    const struct wr_value *pattern = wr_juel_text(c->ev, c->args[0]);
    const struct wr_value *args[WR_BUILTIN_PARAMS] = { c->self };

    if (!pattern)
        return NULL;
    args[1] = wr_value_string(
        c->ev->arena,
        wr_arena_printf(c->ev->arena, "^(?:%s)$", pattern->string.s));

    return regex(c, wr_fn_matches(c->ev, args));
}

static const struct wr_value *
split(struct wr_method_call *c)
{
    return regex(c, builtin(c, wr_fn_split));
}

static const struct wr_value *
list_get(struct wr_method_call *c)
{
    int64_t at;

    if (!position(c, 0, &at))
        return NULL;
    if (at >= (int64_t)c->self->list.n)
        return wr_eval_fail(c->ev, WR_EEXPR, "no item %lld in a list of %zu",
                            (long long)at, c->self->list.n);

    return c->self->list.items[at];
}

static const struct wr_value *
list_index(struct wr_method_call *c)
{
    for (size_t i = 0; i < c->self->list.n && !c->ev->stopped; i++)
        if (wr_equal(c->ev, c->self->list.items[i], c->args[0]) == WR_TRUE)
            return number(c, (int64_t)i);

    return number(c, -1);
}

static const struct wr_value *
list_contains(struct wr_method_call *c)
{
    const struct wr_value *args[] = { c->self, c->args[0] };

    return wr_fn_list_contains(c->ev, args);
}

static const struct wr_value *
context_get(struct wr_method_call *c)
{
    const struct wr_value *key = wr_juel_text(c->ev, c->args[0]), *v;

    if (!key)
        return NULL;
    v = wr_value_get(c->self, key->string.s);

    return v ? v : c->n == 2 ? c->args[1] : &wr_null;
}

static const struct wr_value *
contains_key(struct wr_method_call *c)
{
    const struct wr_value *key = wr_juel_text(c->ev, c->args[0]);

    return key ? wr_value_bool(wr_value_get(c->self, key->string.s)) : NULL;
}

static const struct wr_value *
keys(struct wr_method_call *c)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = 0; i < c->self->context.n; i++)
        if (!wr_values_add(
                c->ev, &l,
                wr_value_string(c->ev->arena, c->self->context.entries[i].key)))
            return NULL;

    return wr_values_list(c->ev, &l);
}

static const struct wr_value *
values(struct wr_method_call *c)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = 0; i < c->self->context.n; i++)
        if (!wr_values_add(c->ev, &l, c->self->context.entries[i].value))
            return NULL;

    return wr_values_list(c->ev, &l);
}

static const struct wr_value *
int_value(struct wr_method_call *c)
{
    return wr_value_number(c->ev->arena,
                           wr_decimal_round(c->self->number, 0, WR_ROUND_DOWN));
}

/* Unlike ==, no side is made to the other's type. */
static const struct wr_value *
equals(struct wr_method_call *c)
{
    return wr_value_bool(wr_equal(c->ev, c->self, c->args[0]) == WR_TRUE);
}

static const struct {
    unsigned types; /* enum wr_mask */
    const char *name;
    size_t n;
    const struct wr_value *(*fn)(struct wr_method_call *c);
} methods[] = {
#define WR_METHOD(types, name, n, fn) { types, name, n, fn },
#include "engine/feel/methods.def"
#undef WR_METHOD
};

bool
wr_juel_has_method(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(methods); i++)
        if (strcmp(methods[i].name, name) == 0)
            return true;

    return false;
}

bool
wr_juel_takes(const char *name, size_t n_args)
{
    for (size_t i = 0; i < WR_COUNT(methods); i++)
        if (methods[i].n == n_args && strcmp(methods[i].name, name) == 0)
            return true;

    return false;
}

static const struct wr_value *
dispatch(struct wr_method_call *c, const char *name)
{
    for (size_t i = 0; i < WR_COUNT(methods); i++)
        if (methods[i].n == c->n && strcmp(methods[i].name, name) == 0
            && (methods[i].types & (1u << c->self->type))
            && c->self->type != WR_V_NULL)
            return methods[i].fn(c);

    return wr_eval_fail(c->ev, WR_EEXPR, "a %s has no method '%s'",
                        wr_type_of(c->self), name);
}

const struct wr_value *
wr_do_j_method(struct wr_eval *ev, const struct wr_node *n)
{
    struct wr_method_call c = { .ev = ev,
                                .self = wr_eval(ev, n->a),
                                .n = n->n_kids };

    if (!c.self)
        return NULL;
    if (n->open && c.self->type == WR_V_NULL)
        return &wr_null; /* what a job did not say has nothing in it */
    for (size_t i = 0; i < n->n_kids; i++) {
        c.args[i] = wr_eval(ev, n->kids[i]);
        if (!c.args[i])
            return NULL;
    }

    return dispatch(&c, n->name);
}
