/*
 * decisions.c: which way tokens went, and what decisions of DMN were made, and
 * why, from the history.
 *
 * The history has the flows that were chosen and every value that was written,
 * so the values a condition saw are those written last before it.  A variable
 * that was written in several scopes is left out: the history does not say which
 * of them was seen.
 */

#include <string.h>

#include "engine/base/json.h"
#include "engine/exec/history.h"
#include "engine/exec/instance.h"

enum {
    SHOWN = 60 /* bytes of a value, values of a decision */
};

struct known { /* a variable */
    const char *name;
    const struct wr_value *value; /* NULL: not there */
    int64_t key;                  /* of its scope */
    bool ambiguous;
};

struct reader {
    const struct wr_model *m;
    struct wr_arena *a;
    struct known *vars;
    int n_vars, cap_vars;
    struct wr_decision *items;
    int n, cap;
};

static struct known *
find(struct reader *r, const char *name, size_t len)
{
    for (int k = 0; k < r->n_vars; k++) {
        if (strncmp(r->vars[k].name, name, len) == 0
            && r->vars[k].name[len] == '\0')
            return &r->vars[k];
    }

    return NULL;
}

static void
learn(struct reader *r, const char *name, const struct wr_value *value,
      int64_t key)
{
    struct known *v = find(r, name, strlen(name)), *grown;

    if (v) {
        v->ambiguous = v->ambiguous || v->key != key;
        v->value = value;
        return;
    }
    if (r->n_vars == r->cap_vars) {
        r->cap_vars = r->cap_vars ? 2 * r->cap_vars : 16;
        grown = wr_newn(r->a, struct known, (size_t)r->cap_vars);
        for (int k = 0; k < r->n_vars; k++)
            grown[k] = r->vars[k];
        r->vars = grown;
    }
    r->vars[r->n_vars++] =
        (struct known){ .name = name, .value = value, .key = key };
}

static void
written(struct reader *r, const struct wr_history_event *e)
{
    const struct wr_value *names;

    if (!e->data)
        return;
    if (e->type == WR_H_VARIABLE_SET) {
        for (size_t k = 0; k < e->data->context.n; k++)
            learn(r, e->data->context.entries[k].key,
                  e->data->context.entries[k].value, e->key);
        return;
    }
    names = wr_value_get(e->data, "names");
    for (size_t k = 0; names && k < names->list.n; k++)
        learn(r, names->list.items[k]->string.s, NULL, e->key);
}

/* ---- sentences ---- */

struct values { /* of what a condition speaks of */
    struct reader *r;
    struct wr_str text;
    const char *names[SHOWN]; /* that are there already */
    size_t n;
};

static void
add_value(void *data, const char *name, size_t len)
{
    struct values *v = data;
    struct known *known = find(v->r, name, len);
    struct wr_str json = { .arena = v->r->a };

    if (known && known->ambiguous)
        return;
    for (size_t k = 0; k < v->n; k++) {
        if (strncmp(v->names[k], name, len) == 0 && !v->names[k][len])
            return;
    }
    if (v->n == SHOWN)
        return;
    v->names[v->n++] = wr_arena_strndup(v->r->a, name, len);
    if (known && known->value)
        wr_json_write(&json, known->value, 0);
    wr_str_printf(&v->text, "%s%.*s ", v->text.len ? ", " : "", (int)len, name);
    if (!json.len)
        wr_str_add(&v->text, "was not there");
    else if (json.len > SHOWN)
        wr_str_printf(&v->text, "= %.*s...", SHOWN, wr_str_text(&json));
    else
        wr_str_printf(&v->text, "= %s", wr_str_text(&json));
}

static const char *
in_brackets(struct reader *r, struct values *v)
{
    return v->text.len ? wr_arena_printf(r->a, " (%s)", wr_str_text(&v->text))
                       : "";
}

static const char *
why_default(struct reader *r, const struct wr_node *n)
{
    struct values v = { .r = r, .text = { .arena = r->a } };
    struct wr_str conditions = { .arena = r->a };

    for (int k = 0; k < n->n_out; k++) {
        const struct wr_expr *c = r->m->flows[n->out[k]].condition;

        if (!c || n->out[k] == n->default_flow)
            continue;
        wr_str_printf(&conditions, "%s%s", conditions.len ? ", " : "",
                      wr_explain_expr(c));
        wr_expr_names(c, add_value, &v);
    }
    if (!conditions.len)
        return "the default";

    return wr_arena_printf(r->a, "the default, as none was true of %s%s",
                           wr_str_text(&conditions), in_brackets(r, &v));
}

static const char *
why(struct reader *r, int flow)
{
    const struct wr_flow *f = &r->m->flows[flow];
    const struct wr_node *n = &r->m->nodes[f->source];
    struct values v = { .r = r, .text = { .arena = r->a } };

    if (n->kind == WR_EVENT_GATEWAY)
        return "whose event came first";
    if (n->default_flow == flow)
        return why_default(r, n);
    if (!f->condition)
        return "which has no condition";
    wr_expr_names(f->condition, add_value, &v);

    return wr_arena_printf(r->a, "because %s was true%s",
                           wr_explain_expr(f->condition), in_brackets(r, &v));
}

static void
add_decision(struct reader *r, const struct wr_decision *d)
{
    struct wr_decision *grown;

    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 16;
        grown = wr_newn(r->a, struct wr_decision, (size_t)r->cap);
        for (int k = 0; k < r->n; k++)
            grown[k] = r->items[k];
        r->items = grown;
    }
    r->items[r->n] = *d;
    r->items[r->n++].model = r->m;
}

static const char *
label(const struct wr_node *n)
{
    return n->name && n->name[0] ? n->name : n->id;
}

static void
decided(struct reader *r, int flow, int64_t seq, int64_t at)
{
    const struct wr_flow *f = &r->m->flows[flow];

    add_decision(
        r, &(struct wr_decision){
               .seq = seq,
               .at = at,
               .node = f->source,
               .flow = flow,
               .sentence = wr_arena_printf(
                   r->a, "'%s' took '%s', %s.", label(&r->m->nodes[f->source]),
                   f->name && f->name[0] ? f->name : f->id, why(r, flow)),
           });
}

/* ---- decisions of DMN ---- */

static const char *
shown(struct reader *r, const struct wr_value *v)
{
    struct wr_str json = { .arena = r->a };

    if (!v)
        return "a function";
    wr_json_write(&json, v, WR_JSON_PLAIN);

    return json.len > SHOWN
               ? wr_arena_printf(r->a, "%.*s...", SHOWN, wr_str_text(&json))
               : wr_str_text(&json);
}

/* "by rule 2", "by the rules 1, 3", "by no rule"; nothing of what is no table. */
static const char *
by_rules(struct reader *r, const struct wr_value *rules)
{
    struct wr_str s = { .arena = r->a };

    if (!rules)
        return "";
    if (!rules->list.n)
        return " by no rule";
    wr_str_add(&s, rules->list.n == 1 ? " by rule " : " by the rules ");
    for (size_t k = 0; k < rules->list.n && k < SHOWN; k++) {
        const struct wr_value *n = wr_value_get(rules->list.items[k], "number");

        wr_str_printf(&s, "%s%s", k ? ", " : "", n ? shown(r, n) : "?");
    }

    return wr_str_text(&s);
}

static const char *
from_inputs(struct reader *r, const struct wr_value *inputs)
{
    struct wr_str s = { .arena = r->a };

    for (size_t k = 0; inputs && k < inputs->context.n && k < SHOWN; k++)
        wr_str_printf(&s, "%s%s = %s", k ? ", " : " (",
                      inputs->context.entries[k].key,
                      shown(r, inputs->context.entries[k].value));

    return s.len ? wr_arena_printf(r->a, "%s)", wr_str_text(&s)) : "";
}

static void
made(struct reader *r, const struct wr_history_event *e, int64_t seq,
     int64_t at)
{
    int node = wr_model_node_of(r->m, e->element);
    const struct wr_value *name = wr_value_get(e->data, "name");
    const struct wr_value *fault = wr_value_get(e->data, "fault");

    if (node < 0)
        return;
    name = name ? name : wr_value_get(e->data, "decision");
    add_decision(r, &(struct wr_decision){
                        .seq = seq,
                        .at = at,
                        .node = node,
                        .flow = -1,
                        .sentence = wr_arena_printf(
                            r->a, "'%s' decided '%s'%s%s: %s%s%s.",
                            label(&r->m->nodes[node]), name->string.s,
                            by_rules(r, wr_value_get(e->data, "rules")),
                            from_inputs(r, wr_value_get(e->data, "inputs")),
                            shown(r, wr_value_get(e->data, "output")),
                            fault ? ", as " : "", fault ? fault->string.s : ""),
                    });
}

static int
read_row(struct reader *r, wr_model_at_fn *model_at, void *data,
         const struct wr_history_row *row, struct wr_err *err)
{
    const struct wr_history_event *e;
    size_t n;

    if (wr_history_decode(r->a, row->events, &e, &n, err) < 0)
        return err->code;
    for (size_t k = 0; k < n; k++) {
        int flow;

        if (e[k].type == WR_H_VARIABLE_SET
            || e[k].type == WR_H_VARIABLE_REMOVED)
            written(r, &e[k]);
        if (e[k].type != WR_H_FLOW_TAKEN && e[k].type != WR_H_DECISION_MADE)
            continue;
        r->m = model_at(data, row->seq + (int64_t)k);
        if (e[k].type == WR_H_DECISION_MADE) {
            made(r, &e[k], row->seq + (int64_t)k, row->at);
            continue;
        }
        flow = wr_model_flow_of(r->m, e[k].element);
        if (flow >= 0)
            decided(r, flow, row->seq + (int64_t)k, row->at);
    }

    return 0;
}

int
wr_history_decisions(struct wr_arena *a, wr_model_at_fn *model_at, void *data,
                     const struct wr_history_row *rows, size_t n_rows,
                     const struct wr_decision **out, int *n, struct wr_err *err)
{
    struct reader r = { .a = a };

    for (size_t k = 0; k < n_rows; k++) {
        if (read_row(&r, model_at, data, &rows[k], err) < 0)
            return err->code;
    }
    *out = r.items;
    *n = r.n;

    return 0;
}
