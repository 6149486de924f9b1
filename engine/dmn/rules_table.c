/* Rules of decision tables (DMN 1.5, chapter 8); see rules.h. */
#include <string.h>

#include "engine/base/str.h"
#include "engine/dmn/domain.h"
#include "engine/dmn/rules.h"

struct judge {
    struct wr_findings *f;
    const struct wr_table *t;
    struct wr_eval *ev;
};

static const char *
id_of(const struct judge *j)
{
    return j->t->of->id;
}

static void
form(const struct judge *j, const char *what)
{
    wr_found(j->f, WR_F_DMN_TABLE, id_of(j), j->t->line,
             "the decision table of '%s' %s", j->t->of->name, what);
}

/* 8.2.10 and table 38 */
static void
policy(const struct judge *j)
{
    const struct wr_table *t = j->t;
    size_t listed = 0;

    for (size_t i = 0; i < t->n_outputs; i++)
        listed += t->outputs[i].allowed != NULL;
    if (t->aggregation && t->policy != WR_HIT_COLLECT)
        form(j, "has an aggregation, which only the hit policy COLLECT uses");
    if (t->aggregation && t->policy == WR_HIT_COLLECT && t->n_outputs > 1)
        form(j, "aggregates several outputs, which is null");
    if ((t->policy == WR_HIT_PRIORITY || t->policy == WR_HIT_OUTPUT_ORDER)
        && listed == 0)
        form(j, "has no outputValues, which its hit policy orders by");
}

static void
outputs(const struct judge *j)
{
    const struct wr_table *t = j->t;

    for (size_t i = 0; t->n_outputs > 1 && i < t->n_outputs; i++) {
        if (!*t->outputs[i].name)
            form(j, "has several outputs, one of them without name");
        for (size_t k = 0; k < i; k++)
            if (*t->outputs[i].name
                && strcmp(t->outputs[i].name, t->outputs[k].name) == 0)
                form(j, "has two outputs of one name");
    }
}

/* An output that is always the same, against its type and its values. */
static void
entry(const struct judge *j, size_t column, const struct wr_node *n,
      const char *id, int line, const char *which)
{
    const struct wr_table_output *o = &j->t->outputs[column];
    const struct wr_value *v, *typed;
    const char *what = NULL;

    if (!wr_dmn_is_constant(n))
        return;
    v = wr_eval(j->ev, n);
    typed = v && o->type ? wr_type_coerce(j->ev, v, o->type, "output") : v;
    if (!typed || v->type == WR_V_NULL)
        return;
    if (typed->type == WR_V_NULL)
        what = "does not have the type of its column";
    else if (o->allowed && wr_dmn_is_constant(o->allowed) == false
             && wr_dmn_passes(j->ev, o->allowed, typed) == 0)
        what = "is none of the output values";
    if (what)
        wr_found(j->f, WR_F_DMN_OUTPUT, id && *id ? id : id_of(j), line,
                 "%s of '%s' %s: the result is null", which, j->t->of->name,
                 what);
}

static void
entries(const struct judge *j)
{
    const struct wr_table *t = j->t;

    for (size_t i = 0; i < t->n_rules; i++)
        for (size_t k = 0; k < t->n_outputs; k++)
            entry(
                j, k, t->rules[i].outputs[k], t->rules[i].id, t->rules[i].line,
                wr_arena_printf(j->ev->arena, "the output of rule %zu", i + 1));
    for (size_t k = 0; k < t->n_outputs; k++)
        if (t->outputs[k].fallback)
            entry(j, k, t->outputs[k].fallback, NULL, t->line,
                  "the default output");
}

void
wr_dmn_rules_table(const struct wr_dmn *d, struct wr_findings *f)
{
    static const struct wr_expr whole = { .text = "" };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);

    for (const struct wr_table *t = d->tables; t; t = t->next) {
        struct wr_expr_env env = { .arena = a, .budget = WR_EXPR_BUDGET };
        struct wr_err err = { 0 };
        struct wr_eval ev = {
            .expr = &whole,
            .env = &env,
            .arena = a,
            .err = &err,
        };
        struct judge j = { f, t, &ev };

        if (!t->of || t->of->file != d->files)
            continue;
        policy(&j);
        outputs(&j);
        entries(&j);
    }
}
