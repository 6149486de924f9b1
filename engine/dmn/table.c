/*
 * Decision tables (DMN 1.5, chapter 8): evaluation.
 *
 * Every rule is tried, so that the trace of an evaluation is complete, but for
 * the hit policy FIRST, which needs no more than one.
 */
#include "engine/dmn/table.h"

#include <string.h>

#include "engine/feel/builtin.h"

/* What matched, best first where the policy has an order. */
struct hits {
    const struct wr_table_rule **rules;
    const struct wr_value **values;
    const struct wr_value **rows; /* the same as struct wr_dmn_rule.outputs */
    size_t n;
};

/* true, false, and -1 when the evaluation stopped. */
int
wr_dmn_passes(struct wr_eval *ev, const struct wr_node *test,
              const struct wr_value *v)
{
    const struct wr_value *outer = ev->env->input, *r;

    ev->env->input = v;
    r = wr_eval(ev, test);
    ev->env->input = outer;
    if (!r)
        return -1;

    return r->type == WR_V_BOOL && r->boolean;
}

/* The values of the inputs; NULL: stopped, or one of them is not allowed, which
 * *refused then says. */
static const struct wr_value **
input_values(struct wr_eval *ev, const struct wr_table *t, bool *refused)
{
    const struct wr_value **v = wr_newn(ev->arena, const struct wr_value *,
                                        t->n_inputs + 1);

    for (size_t i = 0; i < t->n_inputs; i++) {
        int ok = 1;

        v[i] = wr_eval(ev, t->inputs[i].value);
        if (v[i] && t->inputs[i].allowed)
            ok = wr_dmn_passes(ev, t->inputs[i].allowed, v[i]);
        if (!v[i] || ok < 0)
            return NULL;
        if (!ok) {
            (void)wr_dmn_fault(
                ev, wr_arena_printf(ev->arena,
                                    "the value of '%s' is none of its input "
                                    "values",
                                    t->inputs[i].text));
            *refused = true;
            return NULL;
        }
    }

    return v;
}

static int
matches(struct wr_eval *ev, const struct wr_table *t,
        const struct wr_table_rule *r, const struct wr_value *const *inputs)
{
    int ok = 1;

    for (size_t i = 0; ok == 1 && i < t->n_inputs; i++)
        ok = wr_dmn_passes(ev, r->tests[i], inputs[i]);

    return ok;
}

static const struct wr_value *
output_value(struct wr_eval *ev, const struct wr_table_output *o,
             const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n);
    int ok;

    if (v && o->type)
        v = wr_type_coerce(ev, v, o->type, *o->name ? o->name : "the output");
    if (!v || !o->allowed || v->type == WR_V_NULL)
        return v;
    ok = wr_dmn_passes(ev, o->allowed, v);
    if (ok < 0)
        return NULL;

    return ok ? v : wr_eval_null(ev, "an output is none of its output values");
}

/* One value, or a context of several. */
const struct wr_value *
wr_dmn_row(struct wr_eval *ev, const struct wr_table *t,
           const struct wr_node *const *cells)
{
    struct wr_entry *e;

    if (t->n_outputs == 1)
        return output_value(ev, &t->outputs[0], cells[0]);
    e = wr_newn(ev->arena, struct wr_entry, t->n_outputs);
    for (size_t i = 0; i < t->n_outputs; i++) {
        e[i].key = t->outputs[i].name;
        e[i].value = output_value(ev, &t->outputs[i], cells[i]);
        if (!e[i].value)
            return NULL;
    }

    return wr_value_context(ev->arena, e, t->n_outputs);
}

/* `v`, a row, by the names of the outputs; `empty` NULL: all of it. */
static const struct wr_value *
named(struct wr_eval *ev, const struct wr_table *t, const struct wr_value *v,
      const bool *empty)
{
    struct wr_entry *e = wr_newn(ev->arena, struct wr_entry, t->n_outputs);
    size_t n = 0;

    for (size_t i = 0; i < t->n_outputs; i++) {
        if (empty && empty[i])
            continue;
        e[n].key = wr_dmn_output_name(ev, t->outputs[i].name);
        e[n++].value = t->n_outputs == 1 ? v : v->context.entries[i].value;
    }

    return wr_value_context(ev->arena, e, n);
}

static void
hit(struct wr_eval *ev, const struct wr_table *t, const struct wr_table_rule *r,
    struct hits *h)
{
    struct wr_dmn_rule matched = { .number = (size_t)(r - t->rules) + 1,
                                   .id = r->id };

    matched.outputs = named(ev, t, h->values[h->n], r->empty);
    h->rows[h->n] = matched.outputs;
    h->rules[h->n++] = r;
    wr_dmn_matched(ev, &matched);
}

static bool
find_hits(struct wr_eval *ev, const struct wr_table *t,
          const struct wr_value *const *inputs, struct hits *h)
{
    h->rules = wr_newn(ev->arena, const struct wr_table_rule *, t->n_rules + 1);
    h->values = wr_newn(ev->arena, const struct wr_value *, t->n_rules + 1);
    h->rows = wr_newn(ev->arena, const struct wr_value *, t->n_rules + 1);
    for (size_t i = 0; i < t->n_rules; i++) {
        int ok = matches(ev, t, &t->rules[i], inputs);

        if (ok < 0)
            return false;
        if (!ok)
            continue;
        h->values[h->n] = wr_dmn_row(ev, t, t->rules[i].outputs);
        if (!h->values[h->n])
            return false;
        hit(ev, t, &t->rules[i], h);
        if (t->policy == WR_HIT_FIRST)
            break;
    }

    return true;
}

/* Place of the value among the output values, from the best; the number of
 * tests when it is none of them, -1 when stopped. */
static long
place(struct wr_eval *ev, const struct wr_table_output *o,
      const struct wr_value *v)
{
    const struct wr_node *tests = o->allowed;
    size_t i;

    while (tests && tests->kind == WR_N_PART)
        tests = tests->a;
    if (!tests || tests->kind != WR_N_UNARY)
        return 0;
    for (i = 0; i < tests->n_kids; i++) {
        const struct wr_value *r = wr_range_test(ev, v, tests->kids[i]);

        if (!r)
            return -1;
        if (r->type == WR_V_BOOL && r->boolean)
            break;
    }

    return (long)i;
}

/* *before: x has priority over y (8.2.10: outputs from left to right). */
bool
wr_dmn_before(struct wr_eval *ev, const struct wr_table *t,
              const struct wr_value *x, const struct wr_value *y, bool *before)
{
    *before = false;
    for (size_t i = 0; i < t->n_outputs; i++) {
        const struct wr_table_output *o = &t->outputs[i];
        const struct wr_value *a = x, *b = y;
        long p, q;

        if (t->n_outputs > 1) {
            a = wr_value_get(x, o->name);
            b = wr_value_get(y, o->name);
        }
        p = place(ev, o, a ? a : &wr_null);
        q = place(ev, o, b ? b : &wr_null);
        if (p < 0 || q < 0)
            return false;
        *before = p < q;
        if (p != q)
            break;
    }

    return true;
}

/* By priority; those of one priority stay in the order of the rules. */
static bool
sort(struct wr_eval *ev, const struct wr_table *t, struct hits *h)
{
    for (size_t i = 1; i < h->n; i++) {
        const struct wr_value *v = h->values[i], *r = h->rows[i];
        size_t k = i;
        bool before;

        for (; k > 0; k--) {
            if (!wr_dmn_before(ev, t, v, h->values[k - 1], &before))
                return false;
            if (!before)
                break;
            h->values[k] = h->values[k - 1];
            h->rows[k] = h->rows[k - 1];
        }
        h->values[k] = v;
        h->rows[k] = r;
    }

    return true;
}

static const struct wr_value *
fallback(struct wr_eval *ev, const struct wr_table *t)
{
    const struct wr_node **cells = wr_newn(ev->arena, const struct wr_node *,
                                           t->n_outputs);
    bool some = false;

    for (size_t i = 0; i < t->n_outputs; i++) {
        static const struct wr_node null = {
            .kind = WR_N_LITERAL,
            .value = &wr_null,
            .height = 1,
        };

        cells[i] = t->outputs[i].fallback ? t->outputs[i].fallback : &null;
        some |= t->outputs[i].fallback != NULL;
    }

    return some ? wr_dmn_row(ev, t, cells) : NULL;
}

static const struct wr_value *
collected(struct wr_eval *ev, const struct wr_table *t, const struct hits *h)
{
    const struct wr_value *list = wr_value_list(ev->arena, h->values, h->n);

    if (!t->aggregation)
        return list;
    if (t->n_outputs > 1)
        return wr_dmn_fault(ev, "several outputs cannot be aggregated");

    return wr_builtin_call(ev, wr_builtin_find(t->aggregation), &list, NULL, 1);
}

static const struct wr_value *
any_of(struct wr_eval *ev, const struct hits *h)
{
    for (size_t i = 1; i < h->n; i++)
        if (!wr_value_equal(h->values[0], h->values[i]))
            return wr_dmn_fault(ev, "rules with different outputs match, but "
                                    "the hit policy is ANY");

    return h->values[0];
}

static const struct wr_value *
decide(struct wr_eval *ev, const struct wr_table *t, struct hits *h)
{
    if ((t->policy == WR_HIT_PRIORITY || t->policy == WR_HIT_OUTPUT_ORDER)
        && !sort(ev, t, h))
        return NULL;
    switch (t->policy) {
    case WR_HIT_UNIQUE:
        return h->n == 1 ? h->values[0]
                         : wr_dmn_fault(
                             ev, wr_arena_printf(ev->arena,
                                                 "%zu rules match, but the hit "
                                                 "policy is UNIQUE",
                                                 h->n));
    case WR_HIT_ANY:
        return any_of(ev, h);
    case WR_HIT_PRIORITY:
    case WR_HIT_FIRST:
        return h->values[0];
    case WR_HIT_COLLECT:
        return collected(ev, t, h);
    case WR_HIT_RULE_ORDER:
    case WR_HIT_OUTPUT_ORDER:
        return wr_value_list(ev->arena, h->values, h->n);
    }

    return &wr_null;
}

/* One value for each rule, and not one for all of them. */
static bool
gives_many(const struct wr_table *t)
{
    return t->policy == WR_HIT_RULE_ORDER || t->policy == WR_HIT_OUTPUT_ORDER
           || (t->policy == WR_HIT_COLLECT && !t->aggregation);
}

/* Of the value `v` that the table has. */
static const struct wr_value *
rows_of(struct wr_eval *ev, const struct wr_table *t, const struct hits *h,
        const struct wr_value *v)
{
    const struct wr_value *row;

    if (h->n > 0 && !t->aggregation)
        return wr_value_list(ev->arena, h->rows, gives_many(t) ? h->n : 1);
    if (v->type == WR_V_NULL)
        return wr_value_list(ev->arena, NULL, 0);
    row = named(ev, t, v, NULL);

    return wr_value_list(ev->arena, &row, 1);
}

static const struct wr_value *
otherwise(struct wr_eval *ev, const struct wr_table *t)
{
    const struct wr_value *v = fallback(ev, t);

    if (v || ev->stopped)
        return v;

    return t->aggregation && strcmp(t->aggregation, "count") == 0
               ? wr_value_int(ev->arena, 0)
               : &wr_null;
}

const struct wr_value *
wr_dmn_run_table(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_table *t = n->data;
    struct hits h = { .n = 0 };
    bool refused = false;
    const struct wr_value **inputs = input_values(ev, t, &refused);
    const struct wr_value *v;

    if (!inputs)
        return refused ? &wr_null : NULL;
    if (!find_hits(ev, t, inputs, &h))
        return NULL;
    v = h.n > 0 ? decide(ev, t, &h) : otherwise(ev, t);
    if (v)
        wr_dmn_rows(ev, n, rows_of(ev, t, &h, v), gives_many(t));

    return v;
}
