/* Rules of the requirements graph (DMN 1.5, chapter 6); see rules.h. */
#include "engine/dmn/rules.h"

#include <stdlib.h>
#include <string.h>

static bool
is(const struct wr_xml *x, const char *name)
{
    return x->ns == WR_NS_DMN && strcmp(x->name, name) == 0;
}

/* ---- ids and names ---- */

struct name {
    const char *text;
    const struct wr_xml *x;
};

static int
by_name(const void *p, const void *q)
{
    const struct name *x = p, *y = q;
    int order = strcmp(x->text, y->text);

    return order ? order : (x->x->order > y->x->order) * 2 - 1;
}

static void
ids(const struct wr_xml *root, struct wr_findings *f)
{
    struct name *all;
    size_t n = 0;

    for (const struct wr_xml *x = root; x; x = wr_xml_walk(root, x))
        n += x->ns == WR_NS_DMN && x->id;
    all = wr_newn(f->arena, struct name, n + 1);
    n = 0;
    for (const struct wr_xml *x = root; x; x = wr_xml_walk(root, x))
        if (x->ns == WR_NS_DMN && x->id)
            all[n++] = (struct name){ x->id, x };
    qsort(all, n, sizeof(*all), by_name);
    for (size_t i = 1; i < n; i++)
        if (strcmp(all[i].text, all[i - 1].text) == 0)
            wr_found(f, WR_F_DMN_ID, all[i].text, all[i].x->line,
                     "the id '%s' is used twice, in line %d too", all[i].text,
                     all[i - 1].x->line);
}

static bool
is_named(const struct wr_xml *x)
{
    static const char *const names[] = {
        "import",          "itemDefinition",         "inputData",
        "decision",        "businessKnowledgeModel", "decisionService",
        "knowledgeSource",
    };

    for (size_t i = 0; i < WR_COUNT(names); i++)
        if (is(x, names[i]))
            return true;

    return false;
}

static void
needs_attribute(struct wr_findings *f, const struct wr_xml *x, const char *name)
{
    const char *v = wr_xml_attr(x, name);

    if (!v || !*v)
        wr_found(f, WR_F_MISSING_ATTRIBUTE, wr_xml_nearest_id(x), x->line,
                 "'%s' needs the attribute '%s'", x->name, name);
}

/* Names are unique among all of them (6.3.2, table 5). */
static void
names(const struct wr_xml *root, struct wr_findings *f)
{
    struct name *all;
    size_t n = 0;

    for (const struct wr_xml *x = root->first; x; x = x->next)
        n += is_named(x);
    all = wr_newn(f->arena, struct name, n + 1);
    n = 0;
    for (const struct wr_xml *x = root->first; x; x = x->next) {
        const char *name = wr_xml_attr(x, "name");

        if (!is_named(x))
            continue;
        if (!is(x, "import"))
            needs_attribute(f, x, "name");
        if (name && *name)
            all[n++] = (struct name){ name, x };
    }
    qsort(all, n, sizeof(*all), by_name);
    for (size_t i = 1; i < n; i++)
        if (strcmp(all[i].text, all[i - 1].text) == 0)
            wr_found(f, WR_F_DMN_NAME, all[i].x->id, all[i].x->line,
                     "the name '%s' is used twice: a reference by name means "
                     "the '%s' in line %d",
                     all[i].text, all[i - 1].x->name, all[i - 1].x->line);
}

static void
imports(const struct wr_xml *root, struct wr_findings *f)
{
    for (const struct wr_xml *x = wr_xml_child(root, WR_NS_DMN, "import"); x;
         x = wr_xml_next(x, WR_NS_DMN, "import")) {
        const char *ns = wr_xml_attr(x, "namespace");
        const char *own = wr_xml_attr(root, "namespace");

        needs_attribute(f, x, "namespace");
        needs_attribute(f, x, "importType");
        if (ns && own && *ns && strcmp(ns, own) == 0)
            wr_found(f, WR_F_DMN_IMPORT, x->id, x->line,
                     "the model imports its own namespace '%s'", ns);
    }
}

/* The variable has the name of its element (6.3.7, 6.3.10, 6.3.11). */
static void
variable(const struct wr_dmn_element *e, struct wr_findings *f)
{
    if (strcmp(e->name, e->variable) != 0)
        wr_found(f, WR_F_DMN_VARIABLE, e->id, e->xml->line,
                 "the variable of '%s' is called '%s'", e->name, e->variable);
}

/* ---- requirements ---- */

static const struct {
    const char *requirement, *target;
    unsigned kinds; /* what it may refer to */
    unsigned owner; /* who may have it */
} requirements[] = {
    { "informationRequirement", "requiredDecision", WR_DMN_DECISION,
      WR_DMN_DECISION },
    { "informationRequirement", "requiredInput", WR_DMN_INPUT,
      WR_DMN_DECISION },
    { "knowledgeRequirement", "requiredKnowledge", WR_DMN_BKM | WR_DMN_SERVICE,
      WR_DMN_DECISION | WR_DMN_BKM },
};

static const char *
kind_name(enum wr_dmn_kind kind)
{
    return kind == WR_DMN_INPUT      ? "input data"
           : kind == WR_DMN_DECISION ? "a decision"
           : kind == WR_DMN_BKM      ? "a business knowledge model"
                                     : "a decision service";
}

/* What "#id" refers to, in this file or in one that is imported. */
static const struct wr_dmn_element *
target_of(const struct wr_dmn *d, const struct wr_dmn_element *from,
          const char *href)
{
    const char *hash = href ? strchr(href, '#') : NULL;
    size_t n = hash ? (size_t)(hash - href) : 0;

    for (size_t i = 0; hash && i < d->n_files; i++) {
        const struct wr_dmn_file *file = &d->files[i];
        const struct wr_dmn_element *e;

        if (n ? strlen(file->ns) != n || strncmp(file->ns, href, n) != 0
              : file != from->file)
            continue;
        e = wr_dmn_by_id(d, file, hash + 1);
        if (e)
            return e;
    }

    return NULL;
}

static void
target(const struct wr_dmn *d, const struct wr_dmn_element *e,
       const struct wr_xml *x, const struct wr_xml *to, struct wr_findings *f)
{
    for (size_t i = 0; i < WR_COUNT(requirements); i++) {
        const struct wr_dmn_element *t;

        if (!is(x, requirements[i].requirement)
            || !is(to, requirements[i].target))
            continue;
        t = target_of(d, e, wr_xml_attr(to, "href"));
        if (t && !(t->kind & requirements[i].kinds))
            wr_found(f, WR_F_DMN_REQUIREMENT, e->id, to->line,
                     "'%s' of '%s' refers to %s, '%s'", to->name, e->name,
                     kind_name(t->kind), t->name);
        if (!(e->kind & requirements[i].owner))
            wr_found(f, WR_F_DMN_REQUIREMENT, e->id, x->line,
                     "%s, '%s', may not have '%s'", kind_name(e->kind), e->name,
                     x->name);
        return;
    }
    wr_found(f, WR_F_DMN_REQUIREMENT, e->id, to->line, "'%s' may not have '%s'",
             x->name, to->name);
}

static void
requirement(const struct wr_dmn *d, const struct wr_dmn_element *e,
            const struct wr_xml *x, struct wr_findings *f)
{
    size_t n = 0;

    for (const struct wr_xml *to = x->first; to; to = to->next) {
        if (to->ns != WR_NS_DMN || is(to, "description")
            || is(to, "extensionElements"))
            continue;
        if (!is(x, "authorityRequirement"))
            target(d, e, x, to, f);
        n++;
    }
    if (n != 1)
        wr_found(f, WR_F_DMN_REQUIREMENT, e->id, x->line,
                 "'%s' of '%s' refers to %zu things, not to one", x->name,
                 e->name, n);
}

/* Required twice by the same element; `seen` is by element, and marked with
 * what looked last. */
static void
twice(const struct wr_dmn_element *e, size_t *seen, struct wr_findings *f)
{
    for (size_t i = 0; i < e->n_needs; i++) {
        const struct wr_dmn_element *need = e->needs[i].element;

        if (seen[need->index] == e->index + 1)
            wr_found(f, WR_F_DMN_REQUIREMENT, e->id, e->xml->line,
                     "'%s' requires '%s' twice", e->name, need->name);
        seen[need->index] = e->index + 1;
    }
}

static void
requirements_of(const struct wr_dmn *d, const struct wr_dmn_element *e,
                size_t *seen, struct wr_findings *f)
{
    for (const struct wr_xml *x = e->xml->first; x; x = x->next)
        if (is(x, "informationRequirement") || is(x, "knowledgeRequirement")
            || is(x, "authorityRequirement"))
            requirement(d, e, x, f);
    twice(e, seen, f);
}

/* References of other elements: whoever is referred to is in the file. */
static void
references(const struct wr_xml_doc *doc, struct wr_findings *f)
{
    for (const struct wr_xml *x = doc->root; x; x = wr_xml_walk(doc->root, x)) {
        const char *href = wr_xml_attr(x, "href");

        if (x->ns != WR_NS_DMN || !href || *href != '#'
            || is(x, "requiredDecision") || is(x, "requiredInput")
            || is(x, "requiredKnowledge") || is(x, "inputData")
            || is(x, "inputDecision") || is(x, "outputDecision"))
            continue; /* those are judged with the graph */
        if (!wr_xml_by_id(doc, href + 1))
            wr_found(f, WR_F_DMN_REFERENCE, wr_xml_nearest_id(x), x->line,
                     "'%s' refers to '%s', which is not there", x->name, href);
    }
}

/* ---- decision services (6.3.12) ---- */

enum {
    INPUT = 1,
    OUTPUT = 2
};

/* What its decisions require is an input of the service or encapsulated. */
static void
needs_of_service(const struct wr_dmn_element *s, const unsigned char *roles,
                 struct wr_findings *f)
{
    for (size_t i = 0; i < s->n_outputs; i++) {
        const struct wr_dmn_element *e = s->outputs[i];

        for (size_t k = 0; k < e->n_needs; k++) {
            const struct wr_dmn_element *need = e->needs[k].element;

            if (need->kind == WR_DMN_INPUT && !(roles[need->index] & INPUT))
                wr_found(f, WR_F_DMN_SERVICE, s->id, s->xml->line,
                         "'%s' of the decision service '%s' requires '%s', "
                         "which is no input of the service: it is null",
                         e->name, s->name, need->name);
        }
    }
}

static void
output(const struct wr_dmn_element *s, const struct wr_dmn_element *e,
       struct wr_findings *f)
{
    if (e->kind != WR_DMN_DECISION)
        wr_found(f, WR_F_DMN_SERVICE, s->id, s->xml->line,
                 "an output of the decision service '%s' is %s, '%s'", s->name,
                 kind_name(e->kind), e->name);
}

static void
input(const struct wr_dmn_element *s, const struct wr_dmn_element *e,
      unsigned roles, struct wr_findings *f)
{
    if (roles & OUTPUT)
        wr_found(f, WR_F_DMN_SERVICE, s->id, s->xml->line,
                 "'%s' is input and output of the decision service '%s'",
                 e->name, s->name);
    if (roles & INPUT)
        wr_found(f, WR_F_DMN_SERVICE, s->id, s->xml->line,
                 "'%s' is twice an input of the decision service '%s'", e->name,
                 s->name);
}

/* `roles` is by element, all 0, and left so. */
static void
service(const struct wr_dmn_element *s, unsigned char *roles,
        struct wr_findings *f)
{
    if (s->n_outputs == 0)
        wr_found(f, WR_F_DMN_SERVICE, s->id, s->xml->line,
                 "the decision service '%s' has no outputDecision", s->name);
    for (size_t i = 0; i < s->n_outputs; i++) {
        output(s, s->outputs[i], f);
        roles[s->outputs[i]->index] |= OUTPUT;
    }
    for (size_t i = 0; i < s->n_params; i++) {
        input(s, s->params[i], roles[s->params[i]->index], f);
        roles[s->params[i]->index] |= INPUT;
    }
    needs_of_service(s, roles, f);
    for (size_t i = 0; i < s->n_outputs; i++)
        roles[s->outputs[i]->index] = 0;
    for (size_t i = 0; i < s->n_params; i++)
        roles[s->params[i]->index] = 0;
}

/* ---- what nobody requires ---- */

static void
unused(const struct wr_dmn *d, struct wr_findings *f)
{
    bool *used = wr_newn(f->arena, bool, d->n_elements + 1);

    for (size_t i = 0; i < d->n_elements; i++) {
        const struct wr_dmn_element *e = &d->elements[i];

        for (size_t k = 0; k < e->n_needs; k++)
            used[e->needs[k].element->index] |= e->needs[k].element != e;
        for (size_t k = 0; k < e->n_params; k++)
            used[e->params[k]->index] = true;
    }
    for (size_t i = 0; i < d->n_own; i++) {
        const struct wr_dmn_element *e = &d->elements[i];

        if (!used[i] && (e->kind == WR_DMN_INPUT || e->kind == WR_DMN_BKM))
            wr_found(f, WR_F_DMN_UNUSED, e->id, e->xml->line,
                     "nothing requires %s '%s'",
                     e->kind == WR_DMN_INPUT ? "the input data"
                                             : "the business knowledge model",
                     e->name);
    }
}

void
wr_dmn_rules_graph(const struct wr_dmn *d, struct wr_findings *f)
{
    const struct wr_xml *root = d->files->doc.root;
    size_t *seen = wr_newn(f->arena, size_t, d->n_elements + 1);
    unsigned char *roles = wr_newn(f->arena, unsigned char, d->n_elements + 1);

    needs_attribute(f, root, "name");
    needs_attribute(f, root, "namespace");
    ids(root, f);
    names(root, f);
    imports(root, f);
    references(&d->files->doc, f);
    for (size_t i = 0; i < d->n_own; i++) {
        const struct wr_dmn_element *e = &d->elements[i];

        variable(e, f);
        requirements_of(d, e, seen, f);
        if (e->kind == WR_DMN_SERVICE)
            service(e, roles, f);
    }
    unused(d, f);
}
