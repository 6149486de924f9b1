/* Functions: literals, builtins and how arguments meet parameters. */
#include <string.h>

#include "engine/feel/builtin.h"
#include "engine/feel/types.h"

enum {
    ARGS_MAX = 1000
};

const struct wr_value *
wr_function_value(struct wr_eval *ev, const struct wr_node *def,
                  const struct wr_frame *closure)
{
    struct wr_function *f = wr_new(ev->arena, struct wr_function);
    struct wr_value *v = wr_new(ev->arena, struct wr_value);

    f->def = def;
    f->closure = closure;
    f->expr = ev->expr;
    v->type = WR_V_FUNCTION;
    v->opaque = f;

    return v;
}

const struct wr_value *
wr_do_function(struct wr_eval *ev, const struct wr_node *n)
{
    return wr_function_value(ev, n, ev->frame);
}

/* Where the argument called `name` is, n when there is none. */
static size_t
named(const char *const *names, size_t n, const char *name)
{
    size_t i = 0;

    while (i < n && strcmp(names[i], name) != 0)
        i++;

    return i;
}

/* Its body sees what was there where it was made, not who calls. */
static const struct wr_value *
run_body(struct wr_eval *ev, const struct wr_function *f,
         const struct wr_frame *frame)
{
    const struct wr_frame *outer = ev->frame;
    const struct wr_expr *expr = ev->expr;
    const struct wr_value *v;

    ev->frame = frame;
    ev->expr = f->expr;
    v = wr_eval(ev, f->def->a);
    ev->frame = outer;
    ev->expr = expr;

    return v;
}

static const struct wr_value *
call_literal(struct wr_eval *ev, const struct wr_function *f,
             const struct wr_value *const *args, const char *const *names,
             size_t n)
{
    const struct wr_frame *outer = ev->frame, *callee = f->closure;
    const struct wr_node *def = f->def;
    const struct wr_value *v;

    if (n != def->n_kids)
        return wr_eval_null(ev, "%zu arguments for a function of %zu", n,
                            def->n_kids);
    for (size_t i = 0; i < n; i++) {
        const struct wr_node *param = def->kids[i];
        size_t at = names ? named(names, n, param->name) : i;

        if (at == n)
            return wr_eval_null(ev, "no argument '%s'", param->name);
        v = args[at];
        if (param->type) {
            v = wr_type_coerce(ev, v, param->type, param->name);
            if (!v)
                return NULL;
            if (v->type == WR_V_NULL && args[at]->type != WR_V_NULL)
                return v;
        }
        ev->frame = callee;
        callee = wr_eval_bind(ev, param->name, v);
        ev->frame = outer;
    }

    return run_body(ev, f, callee);
}

static const struct wr_value *
invoke(struct wr_eval *ev, const struct wr_value *function,
       const struct wr_value *const *args, const char *const *names, size_t n)
{
    const struct wr_function *f;

    if (function->type != WR_V_FUNCTION)
        return wr_eval_null(ev, "a %s cannot be called", wr_type_of(function));
    f = function->opaque;
    if (f->builtin)
        return wr_builtin_call(ev, f->builtin, args, names, n);

    return call_literal(ev, f, args, names, n);
}

const struct wr_value *
wr_invoke(struct wr_eval *ev, const struct wr_value *function,
          const struct wr_value *const *args, size_t n)
{
    return invoke(ev, function, args, NULL, n);
}

/* A function bound in this expression hides the builtin of its name; variables
 * from outside do not. */
static const struct wr_builtin *
builtin_of(const struct wr_node *callee)
{
    if (callee->kind != WR_N_NAME || callee->bound)
        return NULL;

    return callee->builtin;
}

const struct wr_value *
wr_do_call(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_builtin *b = builtin_of(n->a);
    const struct wr_value *callee = b ? &wr_null : wr_eval(ev, n->a);
    const struct wr_value **args;
    const char **names = NULL;

    if (!callee)
        return NULL;
    if (n->n_kids > ARGS_MAX)
        return wr_eval_fail(ev, WR_ELIMIT, "more than %d arguments", ARGS_MAX);
    args = wr_newn(ev->arena, const struct wr_value *, n->n_kids + 1);
    if (n->n_kids && n->kids[0]->kind == WR_N_ENTRY)
        names = wr_newn(ev->arena, const char *, n->n_kids);
    for (size_t i = 0; i < n->n_kids; i++) {
        args[i] = wr_eval(ev, n->kids[i]);
        if (!args[i])
            return NULL;
        if (names)
            names[i] = n->kids[i]->name;
    }

    return b ? wr_builtin_call(ev, b, args, names, n->n_kids)
             : invoke(ev, callee, args, names, n->n_kids);
}

static const struct wr_builtin builtins[] = {
#define WR_P(name, types) \
    {                     \
        name, types       \
    }
#define WR_PARAMS(...) \
    {                  \
        __VA_ARGS__    \
    }
#define WR_BUILTIN(name, fn, params, doc) \
    { name, wr_fn_##fn, WR_PARAMS params, doc },
#include "engine/feel/builtins.def"
#undef WR_BUILTIN
#undef WR_PARAMS
#undef WR_P
};

const struct wr_builtin *
wr_builtins(size_t *n)
{
    *n = WR_COUNT(builtins);

    return builtins;
}

const struct wr_builtin *
wr_builtin_find(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(builtins); i++)
        if (strcmp(builtins[i].name, name) == 0)
            return &builtins[i];

    return NULL;
}

/* What one row would be called with. */
struct attempt {
    const struct wr_builtin *row;
    const struct wr_value *args[WR_BUILTIN_PARAMS];
};

static size_t
n_params(const struct wr_builtin *row)
{
    size_t n = 0;

    while (n < WR_BUILTIN_PARAMS && row->params[n].name)
        n++;

    return n;
}

/* The argument as the parameter wants it, NULL when it does not fit: a list of
 * one gives its item, a single value becomes a list of one (10.3.2.9.4). */
static const struct wr_value *
coerce(struct wr_eval *ev, const struct wr_value *v, unsigned types)
{
    if (types & (1u << v->type))
        return v;
    if (v->type == WR_V_LIST && v->list.n == 1
        && (types & (1u << v->list.items[0]->type))
        && v->list.items[0]->type != WR_V_NULL)
        return v->list.items[0];
    if ((types & WR_M_LIST) && v->type != WR_V_NULL)
        return wr_value_list(ev->arena, &v, 1);

    return NULL;
}

/* Arguments that each must fit, as one list. */
static const struct wr_value *
collect(struct wr_eval *ev, const struct wr_value *const *args, size_t n,
        unsigned types)
{
    const struct wr_value **items = wr_newn(ev->arena, const struct wr_value *,
                                            n);

    for (size_t i = 0; i < n; i++) {
        items[i] = coerce(ev, args[i], types);
        if (!items[i])
            return NULL;
    }

    return wr_value_list(ev->arena, items, n);
}

static const struct wr_value *
rest(struct wr_eval *ev, const struct wr_value *const *args, size_t n,
     unsigned types)
{
    if (types & WR_M_ITEMS)
        return collect(ev, args, n, types);
    if (n > 1)
        return wr_value_list(ev->arena, args, n);

    return coerce(ev, args[0], types);
}

static bool
bind_positional(struct wr_eval *ev, struct attempt *t,
                const struct wr_value *const *args, size_t n)
{
    size_t params = n_params(t->row);

    for (size_t i = 0; i < params; i++) {
        unsigned types = t->row->params[i].types;

        if (i >= n) {
            if (!(types & WR_M_OPTIONAL))
                return false;
            continue;
        }
        if (types & (WR_M_REST | WR_M_ITEMS)) {
            t->args[i] = rest(ev, args + i, n - i, types);
            return t->args[i] != NULL;
        }
        t->args[i] = coerce(ev, args[i], types);
        if (!t->args[i])
            return false;
    }

    return n <= params;
}

static bool
bind_named(struct wr_eval *ev, struct attempt *t,
           const struct wr_value *const *args, const char *const *names,
           size_t n)
{
    size_t params = n_params(t->row), bound = 0;

    for (size_t i = 0; i < params; i++) {
        size_t at = named(names, n, t->row->params[i].name);

        if (at == n) {
            if (!(t->row->params[i].types & WR_M_OPTIONAL))
                return false;
            continue;
        }
        t->args[i] = rest(ev, args + at, 1, t->row->params[i].types);
        if (!t->args[i])
            return false;
        bound++;
    }

    return bound == n;
}

/* Are the arguments named as the row's parameters, in their order? */
static bool
in_order(const struct wr_builtin *row, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (i == WR_BUILTIN_PARAMS || !row->params[i].name
            || strcmp(row->params[i].name, names[i]) != 0)
            return false;

    return true;
}

/* The next row of that name that takes the arguments; NULL. */
static const struct wr_builtin *
row_for(struct wr_eval *ev, const struct wr_builtin *first,
        const struct wr_value *const *args, const char *const *names, size_t n,
        bool ordered, struct attempt *t)
{
    const struct wr_builtin *end = builtins + WR_COUNT(builtins);

    for (const struct wr_builtin *row = first;
         row < end && strcmp(row->name, first->name) == 0; row++) {
        *t = (struct attempt){ .row = row };
        if (ordered && !in_order(row, names, n))
            continue;
        if (names ? bind_named(ev, t, args, names, n)
                  : bind_positional(ev, t, args, n))
            return row;
    }

    return NULL;
}

/* "before(range: a, point: b)" and "before(point: b, range: a)" are two
 * functions: that of the order written goes first. */
const struct wr_value *
wr_builtin_call(struct wr_eval *ev, const struct wr_builtin *first,
                const struct wr_value *const *args, const char *const *names,
                size_t n)
{
    const struct wr_builtin *row = NULL;
    const struct wr_value *v;
    struct attempt t;

    if (names)
        row = row_for(ev, first, args, names, n, true, &t);
    if (!row)
        row = row_for(ev, first, args, names, n, false, &t);
    if (!row)
        return wr_eval_null(ev, "%s() does not take these arguments",
                            first->name);
    if (ev->depth >= WR_EVAL_DEPTH)
        return wr_eval_fail(ev, WR_ELIMIT, "calls are nested too deep");
    ev->depth++;
    v = row->fn(ev, t.args);
    ev->depth--;

    return v;
}
