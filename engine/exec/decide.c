/*
 * decide.c: tasks that make a decision (SEMANTICS S2; DMN 1.5).
 *
 * A decision is made within the step, like an expression: nothing waits for it
 * and nothing outside is touched.  Who runs the step finds it, by reference and
 * binding, each time the task is entered; so one that was missing is there after
 * a deployment and a retry.  What was decided, by which rules and from what, is
 * an event for each decision of the graph, those that were required first.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/dmn/dmn.h"
#include "engine/exec/exec.h"

enum {
    BUDGET = 10 * WR_EXPR_BUDGET /* operations: tables are large */
};

static enum wr_move
failed(struct wr_exec *x, struct wr_activity *a, const char *fmt,
       const char *name, const char *why)
{
    const char *text = wr_arena_printf(x->arena, fmt, name, why);

    (void)wr_exec_incident(x, "decision", text);

    return wr_outcome_thrown(x, a, text);
}

/* ---- which decision ---- */

static int
text_of(struct wr_exec *x, struct wr_activity *a, const char *what,
        const struct wr_attr *attr, const char **out)
{
    struct wr_err err;

    *out = NULL;
    if (!attr->text || wr_exec_text(x, a, attr, out, &err) == 0)
        return 0;
    (void)wr_exec_incident(
        x, "expression",
        wr_arena_printf(x->arena, "%s of the decision: %s", what, err.text));

    return -1;
}

static int
read_version(struct wr_exec *x, const char *text, int32_t *out)
{
    char *end = NULL;
    long n = text ? strtol(text, &end, 10) : 0;

    *out = (int32_t)n;
    if (text && *text && !*end && n >= 1 && n <= INT32_MAX)
        return 0;
    (void)wr_exec_incident(
        x, "expression",
        wr_arena_printf(x->arena,
                        "version of the decision: '%.60s' is no whole number"
                        " from 1",
                        text ? text : "null"));

    return -1;
}

static int
read_target(struct wr_exec *x, struct wr_activity *a, struct wr_decider *d)
{
    const struct wr_decision_def *def = wr_exec_node(x, a)->decision;
    const char *version;

    *d = (struct wr_decider){ .binding = def->binding,
                              .service = def->service };
    if (text_of(x, a, "name", &def->ref, &d->ref) < 0
        || text_of(x, a, "version", &def->version, &version) < 0
        || text_of(x, a, "tenant", &def->tenant, &d->tenant) < 0)
        return -1;
    if (!d->ref || !d->ref[0]) {
        (void)wr_exec_incident(x, "expression",
                               "name of the decision: it is empty");
        return -1;
    }
    if (def->binding == WR_BIND_TAG)
        d->tag = version ? version : "";

    return def->binding == WR_BIND_VERSION
               ? read_version(x, version, &d->version)
               : 0;
}

static int
ask(struct wr_exec *x, struct wr_decider *d, struct wr_err *err)
{
    const struct wr_outside *o = x->s->outside;

    if (!o || !o->decides)
        return wr_fail(err, WR_ENOTFOUND, "there are no decisions here");

    return o->decides(o->data, x->s, d, err);
}

static int
find(struct wr_exec *x, struct wr_activity *a, struct wr_decider *d,
     struct wr_err *err)
{
    const struct wr_decision_def *def = wr_exec_node(x, a)->decision;
    int code = ask(x, d, err);

    if (code != WR_ENOTFOUND || !def->else_latest)
        return code;
    d->binding = WR_BIND_LATEST;

    return ask(x, d, err);
}

/* ---- what it says of itself in the history ---- */

static const struct wr_value *
text(struct wr_exec *x, const char *s)
{
    return wr_value_string(x->arena, s);
}

static const struct wr_value *
rules_of(struct wr_exec *x, const struct wr_dmn_step *s)
{
    const struct wr_value **items;
    size_t n = 0;

    for (const struct wr_dmn_rule *r = s->rules; r; r = r->next)
        n++;
    items = wr_newn(x->arena, const struct wr_value *, n + 1);
    n = 0;
    for (const struct wr_dmn_rule *r = s->rules; r; r = r->next) {
        struct wr_entry e[] = {
            { "number", wr_value_int(x->arena, (int64_t)r->number) },
            { "outputs", r->outputs },
            { "id", text(x, r->id) },
        };

        items[n++] = wr_value_context(x->arena, e, r->id[0] ? 3 : 2);
    }

    return wr_value_list(x->arena, items, n);
}

static void
tell_step(struct wr_exec *x, struct wr_activity *a, const struct wr_decider *d,
          const struct wr_dmn_step *s)
{
    struct wr_entry e[8];
    size_t n = 0;

    e[n++] = (struct wr_entry){ "decision", text(x, wr_dmn_key(s->decision)) };
    if (strcmp(wr_dmn_name(s->decision), wr_dmn_key(s->decision)) != 0)
        e[n++] = (struct wr_entry){ "name", text(x, wr_dmn_name(s->decision)) };
    if (s->decision != d->decision) /* it was required */
        e[n++] = (struct wr_entry){ "for", text(x, d->ref) };
    e[n++] = (struct wr_entry){ "inputs", s->inputs };
    if (wr_expr_storable(s->value)) /* a function is no data */
        e[n++] = (struct wr_entry){ "output", s->value };
    if (s->rows || s->rules)
        e[n++] = (struct wr_entry){ "rules", rules_of(x, s) };
    if (s->fault)
        e[n++] = (struct wr_entry){ "fault", text(x, s->fault) };
    if (d->version)
        e[n++] = (struct wr_entry){ "version",
                                    wr_value_int(x->arena, d->version) };
    wr_emit(x, WR_H_DECISION_MADE, wr_exec_node(x, a)->symbol, a->key, NULL,
            wr_value_context(x->arena, e, n));
}

static void
tell(struct wr_exec *x, struct wr_activity *a, const struct wr_decider *d,
     const struct wr_dmn_result *r)
{
    wr_run_started(x, a);
    for (const struct wr_dmn_step *s = r->steps; s; s = s->next)
        if (s->value) /* else it stopped there */
            tell_step(x, a, d, s);
}

/* ---- what becomes of the result ---- */

static int
single(const struct wr_value *rows, const char *map, const struct wr_value **v,
       struct wr_err *err)
{
    if (rows->list.n > 1)
        return wr_fail(err, WR_EVALUE, "%zu rules give a result, %s takes one",
                       rows->list.n, map);
    *v = rows->list.n ? rows->list.items[0] : NULL;

    return 0;
}

static int
single_entry(const struct wr_value *rows, const struct wr_value **out,
             struct wr_err *err)
{
    const struct wr_value *row = NULL;

    if (single(rows, "singleEntry", &row, err) < 0)
        return err->code;
    if (row && row->context.n > 1)
        return wr_fail(err, WR_EVALUE,
                       "it has %zu outputs, singleEntry takes one",
                       row->context.n);
    *out = row && row->context.n ? row->context.entries[0].value : &wr_null;

    return 0;
}

/* The values of one output, of the rows that have it. */
static const struct wr_value *
column(struct wr_exec *x, const struct wr_value *rows, const char *name)
{
    const struct wr_value **items = wr_newn(x->arena, const struct wr_value *,
                                            rows->list.n + 1);
    size_t n = 0;

    for (size_t k = 0; k < rows->list.n; k++) {
        const struct wr_value *v = wr_value_get(rows->list.items[k], name);

        if (v)
            items[n++] = v;
    }

    return wr_value_list(x->arena, items, n);
}

static int
collect_entries(struct wr_exec *x, const struct wr_value *rows,
                const struct wr_value **out, struct wr_err *err)
{
    const char *name = NULL;

    for (size_t k = 0; k < rows->list.n; k++) {
        const struct wr_value *row = rows->list.items[k];

        for (size_t i = 0; i < row->context.n; i++) {
            const char *key = row->context.entries[i].key;

            if (name && strcmp(name, key) != 0)
                return wr_fail(err, WR_EVALUE,
                               "it has the outputs '%.80s' and '%.80s',"
                               " collectEntries takes one",
                               name, key);
            name = key;
        }
    }
    *out = name ? column(x, rows, name) : wr_value_list(x->arena, NULL, 0);

    return 0;
}

/* As one value. */
static int
map_value(struct wr_exec *x, const struct wr_decision_def *def,
          const struct wr_dmn_result *r, const struct wr_value **out,
          struct wr_err *err)
{
    switch (def->map) {
    case WR_RESULT_VALUE:
        *out = r->value;
        return 0;
    case WR_RESULT_SINGLE:
        if (single(r->rows, "singleResult", out, err) < 0)
            return err->code;
        *out = *out ? *out : &wr_null;
        return 0;
    case WR_RESULT_SINGLE_ENTRY:
        return single_entry(r->rows, out, err);
    case WR_RESULT_ENTRIES:
        return collect_entries(x, r->rows, out, err);
    case WR_RESULT_LIST:
    case WR_RESULT_OUTPUTS:
    case WR_RESULT_COLUMNS:
        break;
    }
    *out = r->rows;

    return 0;
}

/* A variable for each output. */
static void
give_outputs(struct wr_exec *x, struct wr_activity *a,
             const struct wr_value *rows, bool columns)
{
    for (size_t k = 0; k < rows->list.n; k++) {
        const struct wr_value *row = rows->list.items[k];

        for (size_t i = 0; i < row->context.n; i++) {
            const struct wr_entry *e = &row->context.entries[i];

            wr_exec_result(x, a, e->key,
                           columns ? column(x, rows, e->key) : e->value);
        }
    }
}

static int
give(struct wr_exec *x, struct wr_activity *a, const struct wr_decider *d,
     const struct wr_dmn_result *r, struct wr_err *err)
{
    const struct wr_node *n = wr_exec_node(x, a);
    const struct wr_decision_def *def = n->decision;
    bool many = r->many || r->rows->list.n > 1;
    const struct wr_value *v = &wr_null;

    if (map_value(x, def, r, &v, err) < 0)
        return err->code;
    if (!wr_expr_storable(v))
        return wr_fail(err, WR_EVALUE,
                       "it gives a range or function, which cannot be stored");
    if (def->map == WR_RESULT_OUTPUTS && many)
        wr_exec_result(x, a, d->ref, v);
    else if (def->map == WR_RESULT_OUTPUTS || def->map == WR_RESULT_COLUMNS)
        give_outputs(x, a, r->rows, many);
    else if (n->result_variable)
        wr_exec_result(x, a, n->result_variable, v);
    if (def->shows_rows && n->n_outputs)
        wr_exec_result(x, a, "decisionResult", r->rows);

    return 0;
}

/* ---- making it ---- */

static const struct wr_value *
lookup(void *data, const char *name, size_t len)
{
    struct wr_activity *a = data;
    struct wr_var *var = wr_var_find(a, name, len, NULL);

    return var ? var->value : NULL;
}

static int
evaluate(struct wr_exec *x, struct wr_activity *a, const struct wr_decider *d,
         struct wr_dmn_result *out, struct wr_err *err)
{
    struct wr_expr_env env = {
        .lookup = lookup,
        .data = a,
        .now = x->ev->now,
        .arena = x->arena,
        .budget = BUDGET,
    };
    int code = wr_dmn_evaluate(d->dmn, d->decision, NULL, &env, out, err);

    x->operations -= BUDGET - env.budget;

    return code;
}

enum wr_move
wr_exec_decide(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_decision_def *def = wr_exec_node(x, a)->decision;
    struct wr_dmn_result r = { 0 };
    struct wr_decider d;
    struct wr_err err;
    int code;

    if (read_target(x, a, &d) < 0)
        return WR_THROW;
    if (find(x, a, &d, &err) < 0)
        return failed(x, a, "decision '%.100s' cannot be made: %s", d.ref,
                      wr_arena_strdup(x->arena, err.text));
    code = evaluate(x, a, &d, &r, &err);
    tell(x, a, &d, &r);
    if (code < 0 || r.fault)
        return failed(x, a, "decision '%.100s' failed: %s", d.ref,
                      code < 0 ? wr_arena_strdup(x->arena, err.text) : r.fault);
    if (def->needs_hit && !r.rows->list.n)
        return failed(x, a, "decision '%.100s' failed: %s", d.ref,
                      "no rule matches");
    if (give(x, a, &d, &r, &err) < 0)
        return failed(x, a, "the result of decision '%.100s' does not fit: %s",
                      d.ref, wr_arena_strdup(x->arena, err.text));

    return WR_LEAVE;
}
