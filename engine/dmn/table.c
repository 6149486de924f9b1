/*
 * Decision tables (DMN 1.5, chapter 8).
 *
 * Every rule is tried, so that the trace of an evaluation is complete, but for
 * the hit policy FIRST, which needs no more than one.
 */
#include <string.h>

#include "engine/dmn/drg.h"
#include "engine/feel/builtin.h"

enum policy {
    UNIQUE,
    ANY,
    PRIORITY,
    FIRST,
    COLLECT,
    RULE_ORDER,
    OUTPUT_ORDER
};

static const char *const policies[] = {
    [UNIQUE] = "UNIQUE",
    [ANY] = "ANY",
    [PRIORITY] = "PRIORITY",
    [FIRST] = "FIRST",
    [COLLECT] = "COLLECT",
    [RULE_ORDER] = "RULE ORDER",
    [OUTPUT_ORDER] = "OUTPUT ORDER",
};

static const struct {
    const char *name, *builtin;
} aggregations[] = {
    { "SUM", "sum" },
    { "COUNT", "count" },
    { "MIN", "min" },
    { "MAX", "max" },
};

struct input {
    const struct wr_node *value;
    const struct wr_node *allowed; /* UNARY; NULL */
    const char *text;
};

struct output {
    const char *name; /* "" of a single one */
    const struct wr_type *type;
    const struct wr_node *allowed;  /* UNARY; NULL */
    const struct wr_node *fallback; /* defaultOutputEntry; NULL */
};

struct rule {
    const char *id;
    const struct wr_node *const *tests;   /* n_inputs */
    const struct wr_node *const *outputs; /* n_outputs */
};

struct table {
    enum policy policy;
    const char *aggregation; /* builtin; NULL */
    struct input *inputs;
    struct output *outputs;
    struct rule *rules;
    size_t n_inputs, n_outputs, n_rules;
};

/* What matched, best first where the policy has an order. */
struct hits {
    const struct rule **rules;
    const struct wr_value **values;
    size_t n;
};

/* true, false, and -1 when the evaluation stopped. */
static int
passes(struct wr_eval *ev, const struct wr_node *test, const struct wr_value *v)
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
input_values(struct wr_eval *ev, const struct table *t, bool *refused)
{
    const struct wr_value **v = wr_newn(ev->arena, const struct wr_value *,
                                        t->n_inputs + 1);

    for (size_t i = 0; i < t->n_inputs; i++) {
        int ok = 1;

        v[i] = wr_eval(ev, t->inputs[i].value);
        if (v[i] && t->inputs[i].allowed)
            ok = passes(ev, t->inputs[i].allowed, v[i]);
        if (!v[i] || ok < 0)
            return NULL;
        if (!ok) {
            (void)wr_eval_null(ev,
                               "the value of '%s' is none of its input "
                               "values",
                               t->inputs[i].text);
            *refused = true;
            return NULL;
        }
    }

    return v;
}

static int
matches(struct wr_eval *ev, const struct table *t, const struct rule *r,
        const struct wr_value *const *inputs)
{
    int ok = 1;

    for (size_t i = 0; ok == 1 && i < t->n_inputs; i++)
        ok = passes(ev, r->tests[i], inputs[i]);

    return ok;
}

static const struct wr_value *
output_value(struct wr_eval *ev, const struct output *o,
             const struct wr_node *n)
{
    const struct wr_value *v = wr_eval(ev, n);
    int ok;

    if (v && o->type)
        v = wr_type_coerce(ev, v, o->type, *o->name ? o->name : "the output");
    if (!v || !o->allowed || v->type == WR_V_NULL)
        return v;
    ok = passes(ev, o->allowed, v);
    if (ok < 0)
        return NULL;

    return ok ? v : wr_eval_null(ev, "an output is none of its output values");
}

/* One value, or a context of several. */
static const struct wr_value *
row(struct wr_eval *ev, const struct table *t,
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

static bool
find_hits(struct wr_eval *ev, const struct table *t,
          const struct wr_value *const *inputs, struct hits *h)
{
    h->rules = wr_newn(ev->arena, const struct rule *, t->n_rules + 1);
    h->values = wr_newn(ev->arena, const struct wr_value *, t->n_rules + 1);
    for (size_t i = 0; i < t->n_rules; i++) {
        int ok = matches(ev, t, &t->rules[i], inputs);

        if (ok < 0)
            return false;
        if (!ok)
            continue;
        h->values[h->n] = row(ev, t, t->rules[i].outputs);
        if (!h->values[h->n])
            return false;
        h->rules[h->n++] = &t->rules[i];
        wr_dmn_matched(ev, i + 1, t->rules[i].id);
        if (t->policy == FIRST)
            break;
    }

    return true;
}

/* Place of the value among the output values, from the best; the number of
 * tests when it is none of them, -1 when stopped. */
static long
place(struct wr_eval *ev, const struct output *o, const struct wr_value *v)
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
static bool
compare(struct wr_eval *ev, const struct table *t, const struct wr_value *x,
        const struct wr_value *y, bool *before)
{
    *before = false;
    for (size_t i = 0; i < t->n_outputs; i++) {
        const struct output *o = &t->outputs[i];
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
sort(struct wr_eval *ev, const struct table *t, struct hits *h)
{
    for (size_t i = 1; i < h->n; i++) {
        const struct wr_value *v = h->values[i];
        size_t k = i;
        bool before;

        for (; k > 0; k--) {
            if (!compare(ev, t, v, h->values[k - 1], &before))
                return false;
            if (!before)
                break;
            h->values[k] = h->values[k - 1];
        }
        h->values[k] = v;
    }

    return true;
}

static const struct wr_value *
fallback(struct wr_eval *ev, const struct table *t)
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

    return some ? row(ev, t, cells) : NULL;
}

static const struct wr_value *
collected(struct wr_eval *ev, const struct table *t, const struct hits *h)
{
    const struct wr_value *list = wr_value_list(ev->arena, h->values, h->n);

    if (!t->aggregation)
        return list;
    if (t->n_outputs > 1)
        return wr_eval_null(ev, "several outputs cannot be aggregated");

    return wr_builtin_call(ev, wr_builtin_find(t->aggregation), &list, NULL, 1);
}

static const struct wr_value *
any_of(struct wr_eval *ev, const struct hits *h)
{
    for (size_t i = 1; i < h->n; i++)
        if (!wr_value_equal(h->values[0], h->values[i]))
            return wr_eval_null(ev, "rules with different outputs match, but "
                                    "the hit policy is ANY");

    return h->values[0];
}

static const struct wr_value *
decide(struct wr_eval *ev, const struct table *t, struct hits *h)
{
    if ((t->policy == PRIORITY || t->policy == OUTPUT_ORDER) && !sort(ev, t, h))
        return NULL;
    switch (t->policy) {
    case UNIQUE:
        return h->n == 1 ? h->values[0]
                         : wr_eval_null(ev,
                                        "%zu rules match, but the hit "
                                        "policy is UNIQUE",
                                        h->n);
    case ANY:
        return any_of(ev, h);
    case PRIORITY:
    case FIRST:
        return h->values[0];
    case COLLECT:
        return collected(ev, t, h);
    case RULE_ORDER:
    case OUTPUT_ORDER:
        return wr_value_list(ev->arena, h->values, h->n);
    }

    return &wr_null;
}

static const struct wr_value *
run_table(struct wr_eval *ev, const struct wr_node *n)
{
    const struct table *t = n->data;
    struct hits h = { .n = 0 };
    bool refused = false;
    const struct wr_value **inputs = input_values(ev, t, &refused);
    const struct wr_value *v;

    if (!inputs)
        return refused ? &wr_null : NULL;
    if (!find_hits(ev, t, inputs, &h))
        return NULL;
    if (h.n > 0)
        return decide(ev, t, &h);
    v = fallback(ev, t);
    if (v || ev->stopped)
        return v;

    return t->aggregation && strcmp(t->aggregation, "count") == 0
               ? wr_value_int(ev->arena, 0)
               : &wr_null;
}

static void
bad(struct wr_dmn_build *b, const struct wr_xml *x, const char *text)
{
    wr_found(b->findings, WR_F_BAD_TABLE, b->element, x->line, "%s", text);
}

static enum policy
policy_of(struct wr_dmn_build *b, const struct wr_xml *x)
{
    const char *name = wr_xml_attr(x, "hitPolicy");

    for (size_t i = 0; name && i < WR_COUNT(policies); i++)
        if (strcmp(policies[i], name) == 0)
            return (enum policy)i;
    if (name)
        bad(b, x,
            wr_arena_printf(b->p.arena, "there is no hit policy '%s'", name));

    return UNIQUE;
}

static const char *
aggregation_of(struct wr_dmn_build *b, const struct wr_xml *x)
{
    const char *name = wr_xml_attr(x, "aggregation");

    for (size_t i = 0; name && i < WR_COUNT(aggregations); i++)
        if (strcmp(aggregations[i].name, name) == 0)
            return aggregations[i].builtin;
    if (name)
        bad(b, x,
            wr_arena_printf(b->p.arena, "there is no aggregation '%s'", name));

    return NULL;
}

static const struct wr_node *
values(struct wr_dmn_build *b, const struct wr_xml *x, const char *name)
{
    const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, name);
    const struct wr_xml *text = c ? wr_xml_child(c, WR_NS_DMN, "text") : NULL;

    if (!text || !text->text[strspn(text->text, " \t\r\n")])
        return NULL;

    return wr_dmn_text(b, WR_LANG_UNARY, c);
}

static void
add_input(struct wr_dmn_build *b, struct table *t, const struct wr_xml *x)
{
    const struct wr_xml *e = wr_xml_child(x, WR_NS_DMN, "inputExpression");
    struct input *in = &t->inputs[t->n_inputs++];
    const char *label = wr_xml_attr(x, "label");

    if (!e) {
        bad(b, x, "an input without inputExpression");
        in->value = wr_dmn_broken(b, "an input without inputExpression");
        in->text = "?";
        return;
    }
    in->text = label ? label
                     : wr_dmn_name_of(
                         b->p.arena,
                         wr_xml_child(e, WR_NS_DMN, "text")
                             ? wr_xml_child(e, WR_NS_DMN, "text")->text
                             : "");
    in->value = wr_dmn_typed(b, wr_dmn_text(b, WR_LANG_FEEL, e),
                             wr_dmn_type_ref(b, e, wr_xml_attr(e, "typeRef")),
                             in->text);
    in->allowed = values(b, x, "inputValues");
}

static void
add_output(struct wr_dmn_build *b, struct table *t, const struct wr_xml *x)
{
    const struct wr_xml *e = wr_xml_child(x, WR_NS_DMN, "defaultOutputEntry");
    struct output *o = &t->outputs[t->n_outputs++];
    const char *name = wr_xml_attr(x, "name");

    o->name = wr_dmn_name_of(b->p.arena, name ? name : "");
    o->type = wr_dmn_type_ref(b, x, wr_xml_attr(x, "typeRef"));
    o->allowed = values(b, x, "outputValues");
    o->fallback = e ? wr_dmn_text(b, WR_LANG_FEEL, e) : NULL;
}

static const struct wr_node *const *
cells(struct wr_dmn_build *b, const struct wr_xml *x, const char *name,
      size_t n, enum wr_expr_lang lang)
{
    const struct wr_node **nodes = wr_newn(b->p.arena, const struct wr_node *,
                                           n + 1);
    size_t i = 0;

    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, name); c;
         c = wr_xml_next(c, WR_NS_DMN, name)) {
        if (i < n)
            nodes[i] = wr_dmn_text(b, lang, c);
        i++;
    }
    if (i != n)
        bad(b, x,
            wr_arena_printf(b->p.arena, "a rule with %zu of %zu '%s'", i, n,
                            name));
    for (; i < n; i++)
        nodes[i] = wr_dmn_broken(b, "a rule with too few entries");

    return nodes;
}

static struct table *
room(struct wr_dmn_build *b, const struct wr_xml *x)
{
    struct table *t = wr_new(b->p.arena, struct table);

    t->inputs = wr_newn(b->p.arena, struct input,
                        (size_t)wr_xml_count(x, WR_NS_DMN, "input") + 1);
    t->outputs = wr_newn(b->p.arena, struct output,
                         (size_t)wr_xml_count(x, WR_NS_DMN, "output") + 1);
    t->rules = wr_newn(b->p.arena, struct rule,
                       (size_t)wr_xml_count(x, WR_NS_DMN, "rule") + 1);

    return t;
}

const struct wr_node *
wr_dmn_table(struct wr_dmn_build *b, const struct wr_xml *x)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_FOREIGN);
    struct table *t = room(b, x);

    t->policy = policy_of(b, x);
    t->aggregation = aggregation_of(b, x);
    for (const struct wr_xml *c = x->first; c; c = c->next) {
        if (c->ns != WR_NS_DMN)
            continue;
        if (strcmp(c->name, "input") == 0)
            add_input(b, t, c);
        else if (strcmp(c->name, "output") == 0)
            add_output(b, t, c);
    }
    if (t->n_outputs == 0) {
        bad(b, x, "a decision table without output");
        return wr_dmn_broken(b, "a decision table without output");
    }
    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "rule"); c;
         c = wr_xml_next(c, WR_NS_DMN, "rule")) {
        struct rule *r = &t->rules[t->n_rules++];

        r->id = c->id ? c->id : "";
        r->tests = cells(b, c, "inputEntry", t->n_inputs, WR_LANG_UNARY);
        r->outputs = cells(b, c, "outputEntry", t->n_outputs, WR_LANG_FEEL);
    }
    n->run = run_table;
    n->data = t;

    return wr_dmn_done(b, n);
}
