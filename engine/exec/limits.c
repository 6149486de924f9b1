/*
 * limits.c: how large values and instances may become (base/limit.h).
 *
 * What comes in is refused before the step; what an expression gives is an
 * incident of its element; what a step adds up to fails the step, and with it
 * the command.  A loop's outputs together may be larger than one value.
 */

#include <stdio.h>
#include <string.h>

#include "engine/base/limit.h"
#include "engine/exec/exec.h"

enum {
    NUMBER = 8,
    TEMPORAL = 24
};

/* About as long as its JSON. */
int64_t
wr_value_weight(const struct wr_value *v)
{
    int64_t n = 2;

    switch (v->type) {
    case WR_V_STRING:
    case WR_V_BYTES:
        return (int64_t)v->string.len + 2;
    case WR_V_LIST:
        for (size_t k = 0; k < v->list.n; k++)
            n += wr_value_weight(v->list.items[k]) + 1;
        return n;
    case WR_V_CONTEXT:
        for (size_t k = 0; k < v->context.n; k++)
            n += (int64_t)strlen(v->context.entries[k].key) + 4
                 + wr_value_weight(v->context.entries[k].value);
        return n;
    case WR_V_NULL:
    case WR_V_BOOL:
        return 4;
    case WR_V_NUMBER:
        return NUMBER;
    default:
        return TEMPORAL;
    }
}

static int
check(const struct wr_limits *l, const char *name, const struct wr_value *v,
      struct wr_err *err)
{
    int64_t n = wr_value_weight(v);
    char whose[96];

    if (!wr_limit_over(l, WR_LIMIT_VALUE, n))
        return 0;
    (void)snprintf(whose, sizeof(whose), "'%.80s'", name);

    return wr_limit_fail(err, l, WR_LIMIT_VALUE, n, whose);
}

int
wr_values_check(const struct wr_limits *l, const struct wr_value *context,
                struct wr_err *err)
{
    if (!context || context->type != WR_V_CONTEXT || !l)
        return 0;
    for (size_t k = 0; k < context->context.n; k++) {
        const struct wr_entry *e = &context->context.entries[k];

        if (check(l, e->key, e->value, err) < 0)
            return err->code;
    }

    return 0;
}

int
wr_limits_value(const struct wr_exec *x, const char *name,
                const struct wr_value *v, struct wr_err *err)
{
    int r = x->s ? check(x->s->limits, name, v, err) : 0;

    if (r < 0) /* it becomes an incident: nobody else tells of it */
        wr_limit_count(err);

    return r;
}

static int64_t
size_of(const struct wr_var *v)
{
    if (v->row && v->row->size)
        return v->row->size;

    return v->value ? wr_value_weight(v->value) : 0;
}

static bool
is_iterated(const struct wr_activity *a)
{
    while (a && a->role != WR_ROLE_ITERATION)
        a = a->parent;

    return a != NULL;
}

/* Iterations are left out: of big loops most are in rows, and not here. */
static void
add_up(const struct wr_instance *i, bool sizes, int64_t *n, int64_t *size)
{
    struct wr_activity *a = i->root;

    *n = *size = 0;
    for (; a; a = wr_activity_next(i->root, a)) {
        if (is_iterated(a))
            continue;
        *n += a->n_vars;
        for (int k = 0; sizes && k < a->n_vars; k++)
            *size += size_of(&a->vars[k]) + (int64_t)strlen(a->vars[k].name);
    }
}

int
wr_limits_check(const struct wr_exec *x, struct wr_err *err)
{
    const struct wr_limits *l = x->s->limits;
    int64_t n, size;

    if (!l || !x->i->wrote || x->i->state >= WR_COMPLETED)
        return 0;
    if (!l->most[WR_LIMIT_VARIABLES] && !l->most[WR_LIMIT_VARIABLES_SIZE])
        return 0;
    add_up(x->i, l->most[WR_LIMIT_VARIABLES_SIZE] != 0, &n, &size);
    if (wr_limit_over(l, WR_LIMIT_VARIABLES, n))
        return wr_limit_fail(err, l, WR_LIMIT_VARIABLES, n, NULL);
    if (wr_limit_over(l, WR_LIMIT_VARIABLES_SIZE, size))
        return wr_limit_fail(err, l, WR_LIMIT_VARIABLES_SIZE, size, NULL);

    return 0;
}
