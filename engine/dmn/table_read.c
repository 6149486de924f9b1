/* Decision tables (DMN 1.5, chapter 8): from the file to what is evaluated. */
#include <string.h>

#include "engine/dmn/table.h"

static const char *const policies[] = {
    [WR_HIT_UNIQUE] = "UNIQUE",
    [WR_HIT_ANY] = "ANY",
    [WR_HIT_PRIORITY] = "PRIORITY",
    [WR_HIT_FIRST] = "FIRST",
    [WR_HIT_COLLECT] = "COLLECT",
    [WR_HIT_RULE_ORDER] = "RULE ORDER",
    [WR_HIT_OUTPUT_ORDER] = "OUTPUT ORDER",
};

static const struct {
    const char *name, *builtin;
} aggregations[] = {
    { "SUM", "sum" },
    { "COUNT", "count" },
    { "MIN", "min" },
    { "MAX", "max" },
};

const char *
wr_dmn_policy_name(enum wr_policy p)
{
    return policies[p];
}

static void
bad(struct wr_dmn_build *b, const struct wr_xml *x, const char *text)
{
    wr_found(b->findings, WR_F_BAD_TABLE, b->element, x->line, "%s", text);
}

static enum wr_policy
policy_of(struct wr_dmn_build *b, const struct wr_xml *x)
{
    const char *name = wr_xml_attr(x, "hitPolicy");

    for (size_t i = 0; name && i < WR_COUNT(policies); i++)
        if (strcmp(policies[i], name) == 0)
            return (enum wr_policy)i;
    if (name)
        bad(b, x,
            wr_arena_printf(b->p.arena, "there is no hit policy '%s'", name));

    return WR_HIT_UNIQUE;
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

/* Types that other tools have besides those of FEEL. */
static bool
is_whole(const char *type)
{
    static const char *const names[] = { "integer", "int", "long", "short" };
    const char *colon = type ? strchr(type, ':') : NULL;

    if (colon)
        type = colon + 1;
    for (size_t i = 0; type && i < WR_COUNT(names); i++)
        if (strcmp(type, names[i]) == 0)
            return true;

    return false;
}

static void
add_input(struct wr_dmn_build *b, struct wr_table *t, const struct wr_xml *x)
{
    const struct wr_xml *e = wr_xml_child(x, WR_NS_DMN, "inputExpression");
    struct wr_table_input *in = &t->inputs[t->n_inputs++];
    const char *label = wr_xml_attr(x, "label");
    const struct wr_xml *text;

    if (!e) {
        bad(b, x, "an input without inputExpression");
        in->value = wr_dmn_broken(b, "an input without inputExpression");
        in->text = in->feel = "?";
        return;
    }
    text = wr_xml_child(e, WR_NS_DMN, "text");
    in->feel = wr_dmn_name_of(b->p.arena, text ? text->text : "");
    in->text = label ? label : in->feel;
    in->type = wr_dmn_type_ref(b, e, wr_xml_attr(e, "typeRef"));
    in->whole = is_whole(wr_xml_attr(e, "typeRef"));
    in->value = wr_dmn_typed(b, wr_dmn_text(b, WR_LANG_FEEL, e), in->type,
                             in->text);
    in->allowed = values(b, x, "inputValues");
}

static void
add_output(struct wr_dmn_build *b, struct wr_table *t, const struct wr_xml *x)
{
    const struct wr_xml *e = wr_xml_child(x, WR_NS_DMN, "defaultOutputEntry");
    struct wr_table_output *o = &t->outputs[t->n_outputs++];
    const char *name = wr_xml_attr(x, "name");

    o->name = wr_dmn_name_of(b->p.arena, name ? name : "");
    o->type = wr_dmn_type_ref(b, x, wr_xml_attr(x, "typeRef"));
    o->allowed = values(b, x, "outputValues");
    o->fallback = e ? wr_dmn_text(b, WR_LANG_FEEL, e) : NULL;
}

static const bool *
empty_cells(struct wr_dmn_build *b, const struct wr_xml *x, size_t n)
{
    bool *empty = wr_newn(b->p.arena, bool, n + 1);
    size_t i = 0;

    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "outputEntry");
         c && i < n; c = wr_xml_next(c, WR_NS_DMN, "outputEntry")) {
        const struct wr_xml *text = wr_xml_child(c, WR_NS_DMN, "text");
        const char *s = text ? text->text : c->text;

        empty[i++] = !s[strspn(s, " \t\r\n")];
    }

    return empty;
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

static struct wr_table *
room(struct wr_dmn_build *b, const struct wr_xml *x)
{
    struct wr_table *t = wr_new(b->p.arena, struct wr_table);

    t->inputs = wr_newn(b->p.arena, struct wr_table_input,
                        (size_t)wr_xml_count(x, WR_NS_DMN, "input") + 1);
    t->outputs = wr_newn(b->p.arena, struct wr_table_output,
                         (size_t)wr_xml_count(x, WR_NS_DMN, "output") + 1);
    t->rules = wr_newn(b->p.arena, struct wr_table_rule,
                       (size_t)wr_xml_count(x, WR_NS_DMN, "rule") + 1);

    return t;
}

const struct wr_node *
wr_dmn_table(struct wr_dmn_build *b, const struct wr_xml *x)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_FOREIGN);
    struct wr_table *t = room(b, x);

    t->of = b->of;
    t->line = x->line;
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
        struct wr_table_rule *r = &t->rules[t->n_rules++];

        r->id = c->id ? c->id : "";
        r->line = c->line;
        r->tests = cells(b, c, "inputEntry", t->n_inputs, WR_LANG_UNARY);
        r->outputs = cells(b, c, "outputEntry", t->n_outputs, WR_LANG_FEEL);
        r->empty = empty_cells(b, c, t->n_outputs);
    }
    n->run = wr_dmn_run_table;
    n->data = t;
    t->next = *b->tables;
    *b->tables = t;

    return wr_dmn_done(b, n);
}
