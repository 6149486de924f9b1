/* Names, functions and arguments in the logic of a model; see rules.h. */
#include <string.h>

#include "engine/dmn/rules.h"
#include "engine/feel/builtin.h"

struct judge {
    struct wr_findings *f;
    const struct wr_dmn_element *e;
    const struct wr_expr *text; /* of what is walked */
    const char *id;
    int line;
    bool filter; /* within one, where members of its items are names */
};

static void walk(struct judge *j, const struct wr_node *n);

static bool
was_said(const struct judge *j, const char *code, const char *detail)
{
    for (size_t i = j->f->n; i-- > 0;)
        if (strcmp(j->f->items[i].code, code) == 0 && j->f->items[i].element
            && strcmp(j->f->items[i].element, j->id) == 0
            && strcmp(j->f->items[i].detail, detail) == 0)
            return true;

    return false;
}

static void
say(const struct judge *j, enum wr_found found, const char *what)
{
    const char *detail = wr_arena_printf(j->f->arena, "%s, in '%s': %.200s",
                                         what, j->e->name,
                                         j->text ? j->text->text : "");

    if (!was_said(j, wr_finding_row(found)->code, detail))
        wr_found(j->f, found, j->id, j->line, "%s", detail);
}

static bool
is_known(const struct wr_node *n)
{
    return n->bound || n->builtin || strcmp(n->name, "?") == 0;
}

/* A required decision may be called by its id and by what it puts out. */
static bool
is_given(const struct wr_dmn_element *e, const char *wanted)
{
    for (size_t i = 0; i < e->n_needs; i++) {
        const struct wr_dmn_element *need = e->needs[i].element;
        const struct wr_xml *t = wr_xml_child(need->xml, WR_NS_DMN,
                                              "decisionTable");

        if (strcmp(need->id, wanted) == 0)
            return true;
        for (const struct wr_xml *o = t ? wr_xml_child(t, WR_NS_DMN, "output")
                                        : NULL;
             o; o = wr_xml_next(o, WR_NS_DMN, "output")) {
            const char *called = wr_xml_attr(o, "name");

            if (called && strcmp(called, wanted) == 0)
                return true;
        }
    }

    return false;
}

static void
name(struct judge *j, const struct wr_node *n)
{
    if (!j->filter && !is_known(n) && !is_given(j->e, n->name))
        say(j, WR_F_DMN_UNKNOWN_NAME,
            wr_arena_printf(j->f->arena,
                            "no requirement gives '%s': it is what the caller "
                            "gives, or null",
                            n->name));
}

/* ---- calls ---- */

static const struct wr_node *
definition(const struct judge *j, const char *function)
{
    for (size_t i = 0; i < j->e->n_needs; i++) {
        const struct wr_dmn_need *need = &j->e->needs[i];

        if (!*need->import && strcmp(need->element->variable, function) == 0)
            return need->element->kind & (WR_DMN_BKM | WR_DMN_SERVICE)
                       ? need->element->logic
                       : NULL;
    }

    return j->e->kind == WR_DMN_BKM && strcmp(j->e->variable, function) == 0
               ? j->e->logic
               : NULL;
}

static bool
is_argument_of(const struct wr_node *def, const char *argument)
{
    for (size_t i = 0; i < def->n_kids; i++)
        if (strcmp(def->kids[i]->name, argument) == 0)
            return true;

    return false;
}

static void
call_defined(struct judge *j, const struct wr_node *n,
             const struct wr_node *def)
{
    bool by_name = n->n_kids > 0 && n->kids[0]->kind == WR_N_ENTRY;

    for (size_t i = 0; by_name && i < n->n_kids; i++)
        if (!is_argument_of(def, n->kids[i]->name))
            say(j, WR_F_DMN_ARGUMENTS,
                wr_arena_printf(j->f->arena, "'%s' has no parameter '%s'",
                                n->a->name, n->kids[i]->name));
    if (n->n_kids != def->n_kids)
        say(j, WR_F_DMN_ARGUMENTS,
            wr_arena_printf(j->f->arena, "'%s' takes %zu arguments, not %zu",
                            n->a->name, def->n_kids, n->n_kids));
}

static bool
row_has(const struct wr_builtin *b, const char *argument)
{
    for (size_t i = 0; i < WR_BUILTIN_PARAMS && b->params[i].name; i++)
        if (strcmp(b->params[i].name, argument) == 0)
            return true;

    return false;
}

/* May it be called so, as far as number and names tell? */
static bool
fits(const struct wr_builtin *b, const struct wr_node *n)
{
    size_t least = 0, most = 0;

    for (; most < WR_BUILTIN_PARAMS && b->params[most].name; most++) {
        if (b->params[most].types & (WR_M_REST | WR_M_ITEMS))
            return n->n_kids > 0;
        least += !(b->params[most].types & WR_M_OPTIONAL);
    }
    if (n->n_kids < least || n->n_kids > most)
        return false;
    for (size_t i = 0; i < n->n_kids; i++)
        if (n->kids[i]->kind == WR_N_ENTRY && !row_has(b, n->kids[i]->name))
            return false;

    return true;
}

static void
call_builtin(struct judge *j, const struct wr_node *n)
{
    size_t rows;
    const struct wr_builtin *all = wr_builtins(&rows);

    for (size_t i = 0; i < rows; i++)
        if (strcmp(all[i].name, n->a->name) == 0 && fits(&all[i], n))
            return;
    say(j, WR_F_DMN_ARGUMENTS,
        wr_arena_printf(j->f->arena,
                        "'%s' cannot be called with these "
                        "arguments",
                        n->a->name));
}

static const struct wr_node *
inner(const struct wr_node *n)
{
    while (n->kind == WR_N_PART || n->kind == WR_N_TYPED)
        n = n->a;

    return n;
}

static void
call(struct judge *j, const struct wr_node *n)
{
    const struct wr_node *callee = inner(n->a), *def;
    struct wr_node plain = *n;

    plain.a = callee;
    for (size_t i = 0; i < n->n_kids; i++)
        walk(j, n->kids[i]);
    if (callee->kind != WR_N_NAME) {
        walk(j, n->a);
        return;
    }
    def = definition(j, callee->name);
    if (callee->bound && def && def->kind == WR_N_FUNCTION)
        call_defined(j, &plain, def);
    else if (!callee->bound && callee->builtin)
        call_builtin(j, &plain);
    else if (!j->filter && !is_known(callee))
        say(j, WR_F_DMN_UNKNOWN_FUNCTION,
            wr_arena_printf(j->f->arena, "there is no function '%s'",
                            callee->name));
}

/* ---- the walk ---- */

static void
part(struct judge *j, const struct wr_node *n)
{
    const struct wr_expr *outer = j->text;

    j->text = n->part;
    walk(j, n->a);
    j->text = outer;
}

static void
filter(struct judge *j, const struct wr_node *n)
{
    bool outer = j->filter;

    walk(j, n->a);
    j->filter = true;
    walk(j, n->b);
    j->filter = outer;
}

static void
walk(struct judge *j, const struct wr_node *n)
{
    if (!n)
        return;
    switch (n->kind) {
    case WR_N_NAME:
        name(j, n);
        return;
    case WR_N_CALL:
        call(j, n);
        return;
    case WR_N_PART:
        part(j, n);
        return;
    case WR_N_FILTER:
        filter(j, n);
        return;
    default:
        walk(j, n->a);
        walk(j, n->b);
        walk(j, n->c);
        for (size_t i = 0; i < n->n_kids; i++)
            walk(j, n->kids[i]);
    }
}

static void
table(struct judge *j, const struct wr_table *t)
{
    j->id = t->of->id;
    j->line = t->line;
    for (size_t i = 0; i < t->n_inputs; i++) {
        walk(j, t->inputs[i].value);
        walk(j, t->inputs[i].allowed);
    }
    for (size_t i = 0; i < t->n_outputs; i++) {
        walk(j, t->outputs[i].allowed);
        walk(j, t->outputs[i].fallback);
    }
    for (size_t r = 0; r < t->n_rules; r++) {
        j->id = *t->rules[r].id ? t->rules[r].id : t->of->id;
        j->line = t->rules[r].line;
        for (size_t i = 0; i < t->n_inputs; i++)
            walk(j, t->rules[r].tests[i]);
        for (size_t i = 0; i < t->n_outputs; i++)
            walk(j, t->rules[r].outputs[i]);
    }
}

void
wr_dmn_rules_names(const struct wr_dmn *d, struct wr_findings *f)
{
    for (size_t i = 0; i < d->n_own; i++) {
        const struct wr_dmn_element *e = &d->elements[i];
        struct judge j = {
            .f = f,
            .e = e,
            .id = e->id,
            .line = e->xml->line,
        };

        walk(&j, e->logic);
    }
    for (const struct wr_table *t = d->tables; t; t = t->next)
        if (t->of && t->of->file == d->files) {
            struct judge j = { .f = f, .e = t->of };

            table(&j, t);
        }
}
