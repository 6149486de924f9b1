/* eval.c: expressions as an activity sees them; which flows to take (S5). */

#include <string.h>

#include "engine/base/crash.h"
#include "engine/base/time.h"
#include "engine/exec/exec.h"

const struct wr_node *
wr_exec_node(const struct wr_exec *x, const struct wr_activity *a)
{
    return &x->m->nodes[a->node];
}

const struct wr_model *
wr_exec_model(const struct wr_exec *x)
{
    return x->m;
}

static const struct wr_value *
lookup(void *data, const char *name, size_t len)
{
    struct wr_activity *a = data;
    struct wr_var *var = wr_var_find(a, name, len, NULL);

    return var ? var->value : NULL;
}

static struct wr_expr_env
environment(struct wr_exec *x, struct wr_activity *a)
{
    return (struct wr_expr_env){
        .lookup = lookup,
        .data = a,
        .about = wr_exec_about,
        .about_data = x,
        .about_of = a,
        .now = x->ev->now,
        .arena = x->arena,
        .budget = WR_EXPR_BUDGET,
    };
}

static void
spent(struct wr_exec *x, const struct wr_expr_env *env)
{
    x->operations -= WR_EXPR_BUDGET - env->budget;
}

int
wr_exec_eval(struct wr_exec *x, struct wr_activity *a, const struct wr_expr *e,
             const struct wr_value **out, struct wr_err *err)
{
    struct wr_expr_env env = environment(x, a);
    const struct wr_value *v;
    int code = wr_expr_eval(e, &env, &v, err);

    spent(x, &env);
    if (code < 0)
        return wr_wrap(err, "'%.80s'", wr_explain_expr(e));
    if (!wr_expr_storable(v))
        return wr_fail(err, WR_EEXPR,
                       "'%.80s' gives a range or function, which cannot be"
                       " stored",
                       wr_explain_expr(e));
    if (wr_limits_value(x, wr_explain_expr(e), v, err) < 0)
        return err->code;
    *out = v;

    return 0;
}

struct beside { /* names that hide variables */
    struct wr_activity *from;
    const struct wr_value *names;
};

static const struct wr_value *
look_beside(void *data, const char *name, size_t len)
{
    struct beside *b = data;

    for (size_t k = 0; k < b->names->context.n; k++) {
        const struct wr_entry *e = &b->names->context.entries[k];

        if (strlen(e->key) == len && memcmp(e->key, name, len) == 0)
            return e->value;
    }

    return lookup(b->from, name, len);
}

int
wr_exec_eval_with(struct wr_exec *x, struct wr_activity *a,
                  const struct wr_expr *e, const struct wr_value *names,
                  const struct wr_value **out, struct wr_err *err)
{
    struct wr_expr_env env = environment(x, a);
    struct beside beside = { .from = a, .names = names };
    int code;

    env.lookup = look_beside;
    env.data = &beside;
    code = wr_expr_eval(e, &env, out, err);
    spent(x, &env);

    return code < 0 ? wr_wrap(err, "'%.80s'", wr_explain_expr(e)) : 0;
}

static int
as_text(struct wr_exec *x, const struct wr_value *v, const char **out,
        struct wr_err *err)
{
    struct wr_str text = { .arena = x->arena };
    char digits[WR_DECIMAL_TEXT];

    switch (v->type) {
    case WR_V_NULL:
        *out = NULL;
        return 0;
    case WR_V_STRING:
        *out = v->string.s;
        return 0;
    case WR_V_BOOL:
        *out = v->boolean ? "true" : "false";
        return 0;
    case WR_V_NUMBER:
        (void)wr_decimal_text(v->number, digits);
        *out = wr_arena_strdup(x->arena, digits);
        return 0;
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
        wr_temporal_text(&text, v);
        *out = wr_str_text(&text);
        return 0;
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
        wr_duration_text(&text, v);
        *out = wr_str_text(&text);
        return 0;
    case WR_V_BYTES:
    case WR_V_LIST:
    case WR_V_CONTEXT:
    case WR_V_RANGE:
    case WR_V_FUNCTION:
        break;
    }

    return wr_fail(err, WR_EVALUE, "a %s is no text",
                   wr_value_type_name(v->type));
}

int
wr_exec_text(struct wr_exec *x, struct wr_activity *a,
             const struct wr_attr *attr, const char **out, struct wr_err *err)
{
    const struct wr_value *v;

    if (!attr->expr) {
        *out = attr->text;
        return 0;
    }
    if (wr_exec_eval(x, a, attr->expr, &v, err) < 0)
        return err->code;
    if (as_text(x, v, out, err) < 0)
        return wr_wrap(err, "'%.80s'", wr_explain_expr(attr->expr));

    return 0;
}

enum wr_move
wr_exec_script(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = wr_exec_node(x, a);
    const struct wr_value *v;
    struct wr_err err;

    if (!n->script)
        return WR_LEAVE;
    if (wr_exec_eval(x, a, n->script, &v, &err) < 0)
        return wr_exec_incident(x, "expression", err.text);
    WEIR_CRASH("script-run"); /* C10 */
    if (n->result_variable)
        wr_exec_result(x, a, n->result_variable, v);

    return WR_LEAVE;
}

struct condition { /* and what it is called when it fails */
    const struct wr_expr *expr;
    const char *what, *id;
};

static int
condition_failed(struct wr_exec *x, const struct condition *c, const char *why)
{
    (void)wr_exec_incident(x, "expression",
                           wr_arena_printf(x->arena, "%s '%.80s' of '%s': %s",
                                           c->what, wr_explain_expr(c->expr),
                                           c->id, why));

    return -1;
}

/* FEEL: null is what a missing variable gives; taking it for false would hide
 * the mistake, so anything but a boolean is an incident. */
static int
test_feel(struct wr_exec *x, const struct condition *c, struct wr_expr_env *env)
{
    const struct wr_value *v;
    struct wr_err err;

    if (wr_expr_eval(c->expr, env, &v, &err) < 0)
        return condition_failed(x, c, err.text);
    if (v->type == WR_V_BOOL)
        return v->boolean;

    return condition_failed(
        x, c,
        wr_arena_printf(x->arena, "gave %s, not true or false%s%s",
                        wr_value_type_name(v->type), env->warnings ? ": " : "",
                        env->warnings ? env->warnings->text : ""));
}

static int
test_strict(struct wr_exec *x, const struct condition *c,
            struct wr_expr_env *env)
{
    struct wr_err err;
    bool yes;

    if (wr_expr_test(c->expr, env, &yes, &err) < 0)
        return condition_failed(x, c, err.text);

    return yes;
}

int
wr_exec_holds(struct wr_exec *x, struct wr_activity *a, const struct wr_expr *e,
              const char *what, const char *id)
{
    struct wr_expr_env env = environment(x, a);
    struct condition c = { e, what, id };
    int yes = wr_expr_lang(e) == WR_LANG_FEEL ? test_feel(x, &c, &env)
                                              : test_strict(x, &c, &env);

    spent(x, &env);

    return yes;
}

int
wr_exec_test(struct wr_exec *x, struct wr_activity *a, const struct wr_flow *f)
{
    return wr_exec_holds(x, a, f->condition, "condition", f->id);
}

struct sight { /* an activity, and whether something was looked for in vain */
    struct wr_activity *from;
    bool missed;
};

static const struct wr_value *
look_for(void *data, const char *name, size_t len)
{
    struct sight *s = data;
    const struct wr_value *v = lookup(s->from, name, len);

    s->missed = s->missed || !v;

    return v;
}

int
wr_exec_met(struct wr_exec *x, struct wr_activity *a, const struct wr_expr *e,
            bool *yes, struct wr_err *err)
{
    struct wr_expr_env env = environment(x, a);
    struct sight sight = { .from = a };
    const struct wr_value *v = &wr_null;
    bool strict = wr_expr_lang(e) != WR_LANG_FEEL;
    int code;

    env.lookup = look_for;
    env.data = &sight;
    *yes = false;
    code = strict ? wr_expr_test(e, &env, yes, err)
                  : wr_expr_eval(e, &env, &v, err);
    spent(x, &env);
    if (code < 0)
        return strict && code == WR_EEXPR && sight.missed ? 0 : code;
    if (strict || v->type == WR_V_NULL)
        return 0;
    if (v->type != WR_V_BOOL)
        return wr_fail(err, WR_EEXPR, "'%.80s' gave %s, not true or false",
                       wr_explain_expr(e), wr_value_type_name(v->type));
    *yes = v->boolean;

    return 0;
}

static int
no_flow(struct wr_exec *x, const struct wr_node *n)
{
    (void)wr_exec_incident(
        x, "no-flow",
        wr_arena_printf(x->arena,
                        "no condition of '%s' is true and there is no"
                        " default flow",
                        n->id));

    return -1;
}

/* A default flow stands for "no condition held".  Flows without a condition hold
 * at gateways (S5); an activity takes them in any case, so they do not keep it
 * from its default flow (BPMN 2.0.2, 8.3.13). */
static bool
keeps_from_default(const struct wr_node *n, const struct wr_flow *f)
{
    return f->condition || f->skip || n->kind == WR_EXCLUSIVE_GATEWAY
           || n->kind == WR_INCLUSIVE_GATEWAY || n->kind == WR_COMPLEX_GATEWAY;
}

bool
wr_exec_skips(struct wr_activity *a)
{
    static const char *const switches[] = {
        "_FLOWABLE_SKIP_EXPRESSION_ENABLED",
        "_ACTIVITI_SKIP_EXPRESSION_ENABLED",
    };
    bool on = false;

    for (size_t k = 0; k < WR_COUNT(switches); k++) {
        struct wr_var *v = wr_var_find(a, switches[k], strlen(switches[k]),
                                       NULL);

        on = on || (v && v->value->type == WR_V_BOOL && v->value->boolean);
    }

    return on;
}

/* Is flow `f` taken when those before it do not matter?  -1 after
 * wr_exec_incident().  Skipped is the condition, not the flow. */
static int
is_taken(struct wr_exec *x, struct wr_activity *a, int flow)
{
    const struct wr_node *n = wr_exec_node(x, a);
    const struct wr_flow *f = &x->m->flows[flow];

    if (f->skip && wr_exec_skips(a))
        return n->n_out == 1
                   ? 1
                   : wr_exec_holds(x, a, f->skip, "skipExpression", f->id);
    if (flow == n->default_flow)
        return 0;

    return f->condition ? wr_exec_test(x, a, f) : 1;
}

static int
choose(struct wr_exec *x, struct wr_activity *a, int *out, bool first)
{
    const struct wr_node *n = wr_exec_node(x, a);
    bool held = false;
    int n_flows = 0;

    for (int k = 0; k < n->n_out && !(first && n_flows); k++) {
        const struct wr_flow *f = &x->m->flows[n->out[k]];
        int yes = is_taken(x, a, n->out[k]);

        if (yes < 0)
            return -1;
        if (!yes)
            continue;
        out[n_flows++] = n->out[k];
        held = held || keeps_from_default(n, f);
    }
    if (!held && n->default_flow >= 0)
        out[n_flows++] = n->default_flow;
    if (!n_flows && n->n_out)
        return no_flow(x, n);

    return n_flows;
}

int
wr_choose_first(struct wr_exec *x, struct wr_activity *a, int *out)
{
    return choose(x, a, out, /* first= */ true);
}

int
wr_choose_true(struct wr_exec *x, struct wr_activity *a, int *out)
{
    return choose(x, a, out, /* first= */ false);
}

int
wr_choose_all(struct wr_exec *x, struct wr_activity *a, int *out)
{
    const struct wr_node *n = wr_exec_node(x, a);

    memcpy(out, n->out, (size_t)n->n_out * sizeof(*out));

    return n->n_out;
}
