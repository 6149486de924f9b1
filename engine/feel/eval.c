/*
 * The evaluator's loop: one function a node kind, a budget, a depth.
 *
 * Invariants: wr_eval() takes one operation off the budget and returns NULL
 * only after it filled ev->err; scopes are linked frames in the arena, so that
 * a function value may keep the scope it was made in.
 */
#include "engine/feel/eval.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/feel/builtin.h"

static const struct wr_value *(*const rows[])(struct wr_eval *ev,
                                              const struct wr_node *n) = {
#define WR_NODE(id, fn) [WR_N_##id] = fn,
#include "engine/feel/nodes.def"
#undef WR_NODE
};

const struct wr_value *
wr_eval_fail(struct wr_eval *ev, enum wr_code code, const char *fmt, ...)
{
    char text[200];
    va_list ap;

    if (ev->stopped)
        return NULL;
    ev->stopped = true;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    wr_fail(ev->err, code, "%s", text);
    wr_expr_place(ev->expr->text, ev->at ? ev->at->at : 0, &ev->err->line,
                  &ev->err->column);

    return NULL;
}

const struct wr_value *
wr_eval_null(struct wr_eval *ev, const char *fmt, ...)
{
    struct wr_expr_env *env = ev->env;
    struct wr_expr_warning *w;
    char text[200];
    va_list ap;

    if (env->n_warnings++ >= WR_EXPR_WARNINGS)
        return &wr_null;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    w = wr_new(ev->arena, struct wr_expr_warning);
    w->text = wr_arena_strdup(ev->arena, text);
    wr_expr_place(ev->expr->text, ev->at ? ev->at->at : 0, &w->line,
                  &w->column);
    if (env->last_warning)
        env->last_warning->next = w;
    else
        env->warnings = w;
    env->last_warning = w;

    return &wr_null;
}

bool
wr_eval_charge(struct wr_eval *ev, size_t n)
{
    if (ev->env->budget >= 0 && n <= (size_t)ev->env->budget
        && !wr_arena_over(ev->arena)) {
        ev->env->budget -= (int64_t)n;
        return true;
    }
    ev->env->budget = 0;
    wr_eval_fail(ev, WR_ELIMIT, "the expression takes too many operations");

    return false;
}

const struct wr_value *
wr_eval(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_node *outer = ev->at;
    const struct wr_value *v;

    if (ev->stopped)
        return NULL;
    ev->at = n;
    if (!wr_eval_charge(ev, 1))
        return NULL;
    if (ev->depth >= WR_EVAL_DEPTH)
        return wr_eval_fail(ev, WR_ELIMIT,
                            "calls are nested more than %d levels deep",
                            WR_EVAL_DEPTH);
    ev->depth++;
    v = rows[n->kind](ev, n);
    ev->depth--;
    ev->at = outer;

    return ev->stopped ? NULL : v;
}

const struct wr_value *
wr_eval_truth(enum wr_truth t)
{
    return t == WR_UNKNOWN ? &wr_null : wr_value_bool(t == WR_TRUE);
}

const struct wr_frame *
wr_eval_bind(struct wr_eval *ev, const char *name, const struct wr_value *value)
{
    struct wr_frame *f = wr_new(ev->arena, struct wr_frame);

    f->up = ev->frame;
    f->name = name;
    f->value = value;
    ev->frame = f;

    return f;
}

const char *
wr_type_of(const struct wr_value *v)
{
    return wr_value_type_name(v->type);
}

bool
wr_values_add(struct wr_eval *ev, struct wr_values *l, const struct wr_value *v)
{
    if (!wr_eval_charge(ev, 1))
        return false;
    if (l->n == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        const struct wr_value **items = wr_newn(ev->arena,
                                                const struct wr_value *, cap);

        if (l->n)
            memcpy(items, l->items, l->n * sizeof(*items));
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = v;

    return true;
}

const struct wr_value *
wr_values_list(struct wr_eval *ev, const struct wr_values *l)
{
    struct wr_value *v = wr_new(ev->arena, struct wr_value);

    v->type = WR_V_LIST;
    v->list.items = l->items;
    v->list.n = l->n;

    return v;
}

const struct wr_value *
wr_do_literal(struct wr_eval *ev, const struct wr_node *n)
{
    if (n->name)
        return wr_eval_null(ev, "'%s' is no date, time or duration", n->name);

    return n->value;
}

/* Entries, parameters and loops are read by their parents. */
const struct wr_value *
wr_do_entry(struct wr_eval *ev, const struct wr_node *n)
{
    return wr_eval(ev, n->a);
}

const struct wr_value *
wr_eval_bound(const struct wr_frame *f, const char *name)
{
    for (; f; f = f->up) {
        const struct wr_value *v = NULL;

        if (!f->name)
            v = wr_value_get(f->value, name);
        else if (strcmp(f->name, name) == 0)
            v = f->value;
        if (v)
            return v;
    }

    return NULL;
}

static const struct wr_value *
builtin_value(struct wr_eval *ev, const struct wr_builtin *b)
{
    struct wr_function *f = wr_new(ev->arena, struct wr_function);
    struct wr_value *v = wr_new(ev->arena, struct wr_value);

    f->builtin = b;
    v->type = WR_V_FUNCTION;
    v->opaque = f;

    return v;
}

const struct wr_value *
wr_do_name(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval_bound(ev->frame, n->name);
    struct wr_expr_env *env = ev->env;

    if (!v && env->input && strcmp(n->name, "?") == 0)
        v = env->input;
    if (!v && env->lookup)
        v = env->lookup(env->data, n->name, n->len);
    if (!v && n->builtin)
        v = builtin_value(ev, n->builtin);

    return v ? v : wr_eval_null(ev, "no variable '%s'", n->name);
}

/* A text of its own: warnings and errors name places in it. */
const struct wr_value *
wr_do_part_of(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_expr *outer = ev->expr;
    const struct wr_value *v;

    ev->expr = n->part;
    v = wr_eval(ev, n->a);
    ev->expr = outer;

    return v;
}

const struct wr_value *
wr_do_foreign(struct wr_eval *ev, const struct wr_node *n)
{
    return n->run(ev, n);
}

static bool
is_truth(const struct wr_value *v)
{
    return v->type == WR_V_BOOL || v->type == WR_V_NULL;
}

const struct wr_value *
wr_do_logic(struct wr_eval *ev, const struct wr_node *n)
{
    bool stops = n->op == WR_OP_OR; /* what decides at once */
    const struct wr_value *x = wr_eval(ev, n->a), *y;

    if (!x)
        return NULL;
    if (x->type == WR_V_BOOL && x->boolean == stops)
        return x;
    y = wr_eval(ev, n->b);
    if (!y)
        return NULL;
    if (y->type == WR_V_BOOL && y->boolean == stops)
        return y;

    if (!is_truth(x) || !is_truth(y))
        return wr_eval_null(ev, "'%s' of a %s and a %s", stops ? "or" : "and",
                            wr_type_of(x), wr_type_of(y));

    return x->type == WR_V_BOOL && y->type == WR_V_BOOL ? y : &wr_null;
}

const struct wr_value *
wr_do_if(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n->a);

    if (!v)
        return NULL;
    if (v->type != WR_V_BOOL)
        (void)wr_eval_null(ev, "the condition of 'if' is a %s", wr_type_of(v));
    if (n->strict && v->type != WR_V_BOOL && v->type != WR_V_NULL)
        return &wr_null;

    return wr_eval(ev, v->type == WR_V_BOOL && v->boolean ? n->b : n->c);
}

const struct wr_value *
wr_do_list(struct wr_eval *ev, const struct wr_node *n)
{
    struct wr_values l = { .n = 0 };

    for (size_t i = 0; i < n->n_kids; i++) {
        const struct wr_value *v = wr_eval(ev, n->kids[i]);

        if (!v || !wr_values_add(ev, &l, v))
            return NULL;
    }

    return wr_values_list(ev, &l);
}

/* Later entries see earlier ones. */
const struct wr_value *
wr_do_context(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_frame *outer = ev->frame;
    struct wr_entry *e = wr_newn(ev->arena, struct wr_entry, n->n_kids + 1);

    for (size_t i = 0; i < n->n_kids; i++) {
        const struct wr_value *v = wr_eval(ev, n->kids[i]->a);

        if (!v)
            return NULL;
        e[i].key = n->kids[i]->name;
        e[i].value = v;
        wr_eval_bind(ev, e[i].key, v);
    }
    ev->frame = outer;

    return wr_value_context(ev->arena, e, n->n_kids);
}
