/*
 * Boxed expressions (DMN 1.5, 7.3 and 10.2) as syntax nodes.
 *
 * A boxed expression means what the FEEL text of its shape means (10.2.2), so
 * most of them become that text's node, their cells PART nodes with a text of
 * their own.  Names that a cell may use are bound while it is parsed, as they
 * are in a text.
 */
#include <string.h>

#include "engine/dmn/drg.h"

struct wr_node *
wr_dmn_node(struct wr_dmn_build *b, enum wr_node_kind kind)
{
    return wr_parse_node(&b->p, kind, 0);
}

static const struct wr_value *
run_broken(struct wr_eval *ev, const struct wr_node *n)
{
    return wr_eval_null(ev, "%s", (const char *)n->data);
}

const struct wr_node *
wr_dmn_broken(struct wr_dmn_build *b, const char *why)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_FOREIGN);

    n->run = run_broken;
    n->data = wr_arena_strdup(b->p.arena, why);
    n->height = 1;

    return n;
}

/* The node, or one that is broken where it was nested too deep. */
const struct wr_node *
wr_dmn_done(struct wr_dmn_build *b, struct wr_node *n)
{
    const struct wr_node *done;

    b->p.failed = false;
    b->p.text = "";
    done = wr_parse_done(&b->p, n);
    if (done)
        return done;
    wr_found(b->findings, WR_F_LIMIT_EXCEEDED, b->element, 0, "%s",
             b->err.text);

    return wr_dmn_broken(b, b->err.text);
}

const struct wr_node *
wr_dmn_null(struct wr_dmn_build *b)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_LITERAL);

    n->value = &wr_null;

    return wr_dmn_done(b, n);
}

static bool
is_feel(const char *language)
{
    return !language || !*language || strstr(language, "FEEL")
           || strstr(language, "feel");
}

static const struct wr_node *
unsupported(struct wr_dmn_build *b, const struct wr_xml *x, const char *what)
{
    wr_found(b->findings, WR_F_UNSUPPORTED_ELEMENT, b->element, x->line,
             "%s is not supported", what);

    return wr_dmn_broken(
        b, wr_arena_printf(b->p.arena, "%s is not supported", what));
}

static const struct wr_node *
language(struct wr_dmn_build *b, const struct wr_xml *x, const char *name)
{
    wr_found(b->findings, WR_F_UNSUPPORTED_LANGUAGE, b->element, x->line,
             "the expression language '%s' is not supported, only FEEL", name);

    return wr_dmn_broken(b, wr_arena_printf(b->p.arena,
                                            "the expression language '%s' is "
                                            "not supported",
                                            name));
}

static bool
is_blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == 0;
}

const struct wr_node *
wr_dmn_text(struct wr_dmn_build *b, enum wr_expr_lang lang,
            const struct wr_xml *x)
{
    const struct wr_xml *text = wr_xml_child(x, WR_NS_DMN, "text");
    const char *other = wr_xml_attr(x, "expressionLanguage");
    const struct wr_node *n;

    if (!is_feel(other))
        return language(b, x, other);
    if (!text)
        text = x;
    if (is_blank(text->text)) {
        struct wr_node *empty = wr_dmn_node(b, WR_N_LITERAL);

        empty->value = lang == WR_LANG_UNARY ? &wr_true : &wr_null;
        return wr_dmn_done(b, empty);
    }
    b->p.failed = false;
    b->p.keys = b->keys;
    b->p.types = b->file->types;
    n = wr_parse_part(&b->p, lang, text->text, strlen(text->text));
    if (n)
        return n;
    wr_found(b->findings, WR_F_BAD_EXPRESSION, b->element,
             text->line + (b->err.line ? b->err.line - 1 : 0), "%s: %s",
             wr_dmn_name_of(b->p.arena, text->text), b->err.text);

    return wr_dmn_broken(b, b->err.text);
}

const struct wr_node *
wr_dmn_typed(struct wr_dmn_build *b, const struct wr_node *a,
             const struct wr_type *t, const char *what)
{
    struct wr_node *n;

    if (!t || t->kind == WR_T_ANY)
        return a;
    n = wr_dmn_node(b, WR_N_TYPED);
    n->a = a;
    n->type = t;
    n->name = what;

    return wr_dmn_done(b, n);
}

static const struct wr_node *
literal(struct wr_dmn_build *b, const struct wr_xml *x)
{
    if (wr_xml_child(x, WR_NS_DMN, "importedValues"))
        return unsupported(b, x, "importedValues");

    return wr_dmn_text(b, WR_LANG_FEEL, x);
}

static const struct wr_node *
child_of(struct wr_dmn_build *b, const struct wr_xml *x)
{
    const struct wr_xml *c = wr_dmn_boxed_child(x);

    return c ? wr_dmn_boxed(b, c) : wr_dmn_null(b);
}

/* The expression inside a named child: <in><literalExpression/></in>. */
static const struct wr_node *
part(struct wr_dmn_build *b, const struct wr_xml *x, const char *name)
{
    const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, name);

    if (c)
        return child_of(b, c);
    wr_found(b->findings, WR_F_NO_LOGIC, b->element, x->line,
             "'%s' without '%s'", x->name, name);

    return wr_dmn_null(b);
}

static const struct wr_node *
entry(struct wr_dmn_build *b, const char *name, const struct wr_node *a)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_ENTRY);

    n->name = name;
    n->len = strlen(name);
    n->a = a;

    return wr_dmn_done(b, n);
}

static const char *
variable_name(struct wr_dmn_build *b, const struct wr_xml *variable)
{
    const char *name = wr_xml_attr(variable, "name");

    return wr_dmn_name_of(b->p.arena, name ? name : "");
}

/* The last entry without variable is the value, the others its names. */
static const struct wr_value *
run_result(struct wr_eval *ev, const struct wr_node *n)
{
    const struct wr_frame *outer = ev->frame;
    const struct wr_value *v = &wr_null;

    for (size_t i = 0; v && i < n->n_kids; i++) {
        v = wr_eval(ev, n->kids[i]->a);
        if (v)
            wr_eval_bind(ev, n->kids[i]->name, v);
    }
    if (v)
        v = wr_eval(ev, n->a);
    ev->frame = outer;

    return v;
}

static const struct wr_node *
context(struct wr_dmn_build *b, const struct wr_xml *x)
{
    const struct wr_bound *outer = b->p.bound;
    const struct wr_node *result = NULL;
    struct wr_nodes kids = { .n = 0 };
    struct wr_node *n;

    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "contextEntry"); c;
         c = wr_xml_next(c, WR_NS_DMN, "contextEntry")) {
        const struct wr_xml *v = wr_xml_child(c, WR_NS_DMN, "variable");
        const struct wr_node *a = child_of(b, c);
        const char *name;

        if (!v) {
            result = a;
            continue;
        }
        name = variable_name(b, v);
        a = wr_dmn_typed(b, a, wr_dmn_type_ref(b, v, wr_xml_attr(v, "typeRef")),
                         name);
        wr_nodes_add(&b->p, &kids, entry(b, name, a));
        wr_parse_bind(&b->p, name);
    }
    b->p.bound = outer;
    n = wr_dmn_node(b, result ? WR_N_FOREIGN : WR_N_CONTEXT);
    n->a = result;
    n->run = run_result;
    wr_nodes_give(n, &kids);

    return wr_dmn_done(b, n);
}

const struct wr_node *
wr_dmn_function(struct wr_dmn_build *b, const struct wr_xml *x)
{
    const struct wr_bound *outer = b->p.bound;
    const char *kind = wr_xml_attr(x, "kind");
    struct wr_nodes kids = { .n = 0 };
    struct wr_node *n = wr_dmn_node(b, WR_N_FUNCTION);

    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "formalParameter");
         c; c = wr_xml_next(c, WR_NS_DMN, "formalParameter")) {
        struct wr_node *param = wr_dmn_node(b, WR_N_PARAM);

        param->name = variable_name(b, c);
        param->len = strlen(param->name);
        param->type = wr_dmn_type_ref(b, c, wr_xml_attr(c, "typeRef"));
        wr_nodes_add(&b->p, &kids, wr_dmn_done(b, param));
        wr_parse_bind(&b->p, param->name);
    }
    wr_nodes_give(n, &kids);
    n->a = kind && strcmp(kind, "FEEL") != 0 ? unsupported(
               b, x,
               wr_arena_printf(b->p.arena, "a function of kind '%s'", kind))
                                             : child_of(b, x);
    b->p.bound = outer;

    return wr_dmn_done(b, n);
}

static const struct wr_node *
invocation(struct wr_dmn_build *b, const struct wr_xml *x)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_CALL);
    struct wr_nodes kids = { .n = 0 };

    n->a = child_of(b, x);
    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "binding"); c;
         c = wr_xml_next(c, WR_NS_DMN, "binding")) {
        const struct wr_xml *p = wr_xml_child(c, WR_NS_DMN, "parameter");
        const struct wr_node *a = child_of(b, c);

        if (p)
            a = entry(b, variable_name(b, p), a);
        else
            a = entry(b, "", a);
        wr_nodes_add(&b->p, &kids, a);
    }
    wr_nodes_give(n, &kids);

    return wr_dmn_done(b, n);
}

static const struct wr_node *
list(struct wr_dmn_build *b, const struct wr_xml *x)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_LIST);
    struct wr_nodes kids = { .n = 0 };

    for (const struct wr_xml *c = wr_dmn_boxed_child(x); c; c = c->next)
        if (c->ns == WR_NS_DMN)
            wr_nodes_add(&b->p, &kids, wr_dmn_boxed(b, c));
    wr_nodes_give(n, &kids);

    return wr_dmn_done(b, n);
}

/* A context whose cells do not see each other. */
static const struct wr_value *
run_row(struct wr_eval *ev, const struct wr_node *n)
{
    struct wr_entry *e = wr_newn(ev->arena, struct wr_entry, n->n_kids + 1);

    for (size_t i = 0; i < n->n_kids; i++) {
        e[i].key = n->kids[i]->name;
        e[i].value = wr_eval(ev, n->kids[i]->a);
        if (!e[i].value)
            return NULL;
    }

    return wr_value_context(ev->arena, e, n->n_kids);
}

static const struct wr_node *
row(struct wr_dmn_build *b, const struct wr_xml *columns,
    const struct wr_xml *x)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_FOREIGN);
    const struct wr_xml *column = wr_xml_child(columns, WR_NS_DMN, "column");
    const struct wr_xml *cell = wr_dmn_boxed_child(x);
    struct wr_nodes kids = { .n = 0 };

    for (; column; column = wr_xml_next(column, WR_NS_DMN, "column")) {
        const char *name = variable_name(b, column);
        const struct wr_node *a = cell ? wr_dmn_boxed(b, cell) : wr_dmn_null(b);

        a = wr_dmn_typed(
            b, a, wr_dmn_type_ref(b, column, wr_xml_attr(column, "typeRef")),
            name);
        wr_nodes_add(&b->p, &kids, entry(b, name, a));
        for (cell = cell ? cell->next : NULL; cell && cell->ns != WR_NS_DMN;)
            cell = cell->next;
    }
    n->run = run_row;
    wr_nodes_give(n, &kids);

    return wr_dmn_done(b, n);
}

static const struct wr_node *
relation(struct wr_dmn_build *b, const struct wr_xml *x)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_LIST);
    struct wr_nodes kids = { .n = 0 };

    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "row"); c;
         c = wr_xml_next(c, WR_NS_DMN, "row"))
        wr_nodes_add(&b->p, &kids, row(b, x, c));
    wr_nodes_give(n, &kids);

    return wr_dmn_done(b, n);
}

static const struct wr_node *
conditional(struct wr_dmn_build *b, const struct wr_xml *x)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_IF);

    n->strict = true;
    n->a = part(b, x, "if");
    n->b = part(b, x, "then");
    n->c = part(b, x, "else");

    return wr_dmn_done(b, n);
}

static const struct wr_node *
filter(struct wr_dmn_build *b, const struct wr_xml *x)
{
    const struct wr_bound *outer = b->p.bound;
    struct wr_node *n = wr_dmn_node(b, WR_N_FILTER);

    n->strict = true;
    n->a = part(b, x, "in");
    wr_parse_bind(&b->p, "item");
    n->b = part(b, x, "match");
    b->p.bound = outer;

    return wr_dmn_done(b, n);
}

static const struct wr_node *
loop(struct wr_dmn_build *b, const struct wr_xml *x, enum wr_node_kind kind,
     const char *body)
{
    const struct wr_bound *outer = b->p.bound;
    const char *name = wr_xml_attr(x, "iteratorVariable");
    struct wr_node *n = wr_dmn_node(b, kind), *each;
    struct wr_nodes kids = { .n = 0 };

    each = wr_dmn_node(b, WR_N_EACH);
    each->name = wr_dmn_name_of(b->p.arena, name ? name : "");
    each->len = strlen(each->name);
    each->a = part(b, x, "in");
    wr_nodes_add(&b->p, &kids, wr_dmn_done(b, each));
    wr_nodes_give(n, &kids);
    n->strict = true;
    wr_parse_bind(&b->p, each->name);
    if (kind == WR_N_FOR)
        wr_parse_bind(&b->p, "partial");
    n->a = part(b, x, body);
    b->p.bound = outer;

    return wr_dmn_done(b, n);
}

static const struct wr_node *
for_loop(struct wr_dmn_build *b, const struct wr_xml *x)
{
    return loop(b, x, WR_N_FOR, "return");
}

static const struct wr_node *
some(struct wr_dmn_build *b, const struct wr_xml *x)
{
    return loop(b, x, WR_N_SOME, "satisfies");
}

static const struct wr_node *
every(struct wr_dmn_build *b, const struct wr_xml *x)
{
    return loop(b, x, WR_N_EVERY, "satisfies");
}

static const struct {
    const char *name;
    const struct wr_node *(*compile)(struct wr_dmn_build *b,
                                     const struct wr_xml *x);
} kinds[] = {
    { "literalExpression", literal },
    { "decisionTable", wr_dmn_table },
    { "context", context },
    { "functionDefinition", wr_dmn_function },
    { "invocation", invocation },
    { "list", list },
    { "relation", relation },
    { "conditional", conditional },
    { "filter", filter },
    { "for", for_loop },
    { "some", some },
    { "every", every },
};

const struct wr_xml *
wr_dmn_boxed_child(const struct wr_xml *x)
{
    for (const struct wr_xml *c = x->first; c; c = c->next)
        for (size_t i = 0; c->ns == WR_NS_DMN && i < WR_COUNT(kinds); i++)
            if (strcmp(kinds[i].name, c->name) == 0)
                return c;

    return NULL;
}

const struct wr_node *
wr_dmn_boxed(struct wr_dmn_build *b, const struct wr_xml *x)
{
    for (size_t i = 0; i < WR_COUNT(kinds); i++) {
        const struct wr_node *n;

        if (strcmp(kinds[i].name, x->name) != 0)
            continue;
        n = kinds[i].compile(b, x);
        if (n->kind == WR_N_FUNCTION)
            return n;

        return wr_dmn_typed(b, n,
                            wr_dmn_type_ref(b, x, wr_xml_attr(x, "typeRef")),
                            "the expression");
    }

    return unsupported(b, x, wr_arena_printf(b->p.arena, "'%s'", x->name));
}
