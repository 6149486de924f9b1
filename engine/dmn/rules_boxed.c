/* Rules of item definitions and boxed expressions as they are written (DMN 1.5,
 * 7.3 and 10.2); see rules.h. */
#include <stdlib.h>
#include <string.h>

#include "engine/dmn/rules.h"

static bool
is(const struct wr_xml *x, const char *name)
{
    return x->ns == WR_NS_DMN && strcmp(x->name, name) == 0;
}

static const char *
name_of(const struct wr_xml *x)
{
    const char *name = x ? wr_xml_attr(x, "name") : NULL;

    return name ? name : "";
}

static void
wrong(struct wr_findings *f, enum wr_found found, const struct wr_xml *x,
      const char *what)
{
    wr_found(f, found, wr_xml_nearest_id(x), x->line, "'%s' %s", x->name, what);
}

/* The named child itself, or the child of it that has the name. */
static const struct wr_xml *
naming(const struct wr_xml *x, const char *inner)
{
    return *inner ? wr_xml_child(x, WR_NS_DMN, inner) : x;
}

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

/* Children of one kind have names of their own. */
static void
unique(struct wr_findings *f, enum wr_found found, const struct wr_xml *x,
       const char *child, const char *inner)
{
    struct name *all = wr_newn(f->arena, struct name,
                               (size_t)wr_xml_count(x, WR_NS_DMN, child) + 1);
    size_t n = 0;

    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, child); c;
         c = wr_xml_next(c, WR_NS_DMN, child)) {
        const char *name = name_of(naming(c, inner));

        if (*name)
            all[n++] = (struct name){ name, c };
    }
    qsort(all, n, sizeof(*all), by_name);
    for (size_t i = 1; i < n; i++)
        if (strcmp(all[i].text, all[i - 1].text) == 0)
            wrong(f, found, all[i].x,
                  wr_arena_printf(f->arena,
                                  "has the name '%.200s', which one before it "
                                  "has",
                                  all[i].text));
}

static void
named(struct wr_findings *f, const struct wr_xml *x, const char *child)
{
    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, child); c;
         c = wr_xml_next(c, WR_NS_DMN, child))
        if (!*name_of(c))
            wr_found(f, WR_F_MISSING_ATTRIBUTE, wr_xml_nearest_id(c), c->line,
                     "'%s' needs the attribute 'name'", c->name);
}

/* ---- item definitions (7.3.3) ---- */

static const char *const builtin_types[] = {
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "dateTime",
    "days and time duration",
    "dayTimeDuration",
    "years and months duration",
    "yearMonthDuration",
    "list",
    "context",
    "function",
    "range",
    "Any",
    "Null",
};

static void
item(struct wr_findings *f, const struct wr_xml *x)
{
    int shapes = (wr_xml_child(x, WR_NS_DMN, "typeRef") != NULL)
                 + (wr_xml_child(x, WR_NS_DMN, "itemComponent") != NULL)
                 + (wr_xml_child(x, WR_NS_DMN, "functionItem") != NULL);

    if (shapes > 1)
        wrong(f, WR_F_DMN_TYPE, x,
              "may have one of typeRef, itemComponent and functionItem");
    if (shapes == 0 && wr_xml_child(x, WR_NS_DMN, "allowedValues"))
        wrong(f, WR_F_DMN_TYPE, x, "has allowedValues of no type");
    for (size_t i = 0; is(x, "itemDefinition") && i < WR_COUNT(builtin_types);
         i++)
        if (strcmp(name_of(x), builtin_types[i]) == 0)
            wrong(f, WR_F_DMN_TYPE, x, "has the name of one of FEEL's types");
    named(f, x, "itemComponent");
    unique(f, WR_F_DMN_TYPE, x, "itemComponent", "");
}

/* ---- boxed expressions ---- */

/* Only the last entry may be without variable (7.3.5). */
static void
context(struct wr_findings *f, const struct wr_xml *x)
{
    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "contextEntry"); c;
         c = wr_xml_next(c, WR_NS_DMN, "contextEntry")) {
        if (!wr_xml_child(c, WR_NS_DMN, "variable")
            && wr_xml_next(c, WR_NS_DMN, "contextEntry"))
            wrong(f, WR_F_DMN_BOXED, c,
                  "has no variable and is not the last one");
        if (!wr_dmn_boxed_child(c))
            wrong(f, WR_F_DMN_BOXED, c, "has no expression");
        named(f, c, "variable");
    }
    unique(f, WR_F_DMN_BOXED, x, "contextEntry", "variable");
}

static size_t
cells(const struct wr_xml *row)
{
    size_t n = 0;

    for (const struct wr_xml *c = wr_dmn_boxed_child(row); c; c = c->next)
        n += c->ns == WR_NS_DMN;

    return n;
}

static void
relation(struct wr_findings *f, const struct wr_xml *x)
{
    size_t columns = (size_t)wr_xml_count(x, WR_NS_DMN, "column");

    for (const struct wr_xml *r = wr_xml_child(x, WR_NS_DMN, "row"); r;
         r = wr_xml_next(r, WR_NS_DMN, "row"))
        if (cells(r) != columns)
            wr_found(f, WR_F_DMN_BOXED, wr_xml_nearest_id(r), r->line,
                     "a row of %zu cells in a relation of %zu columns",
                     cells(r), columns);
    named(f, x, "column");
    unique(f, WR_F_DMN_BOXED, x, "column", "");
}

static void
invocation(struct wr_findings *f, const struct wr_xml *x)
{
    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "binding"); c;
         c = wr_xml_next(c, WR_NS_DMN, "binding")) {
        if (!wr_xml_child(c, WR_NS_DMN, "parameter"))
            wrong(f, WR_F_DMN_BOXED, c, "has no parameter");
        named(f, c, "parameter");
    }
    unique(f, WR_F_DMN_BOXED, x, "binding", "parameter");
    if (!wr_dmn_boxed_child(x))
        wrong(f, WR_F_DMN_BOXED, x, "does not say what it calls");
}

static void
function(struct wr_findings *f, const struct wr_xml *x)
{
    named(f, x, "formalParameter");
    unique(f, WR_F_DMN_BOXED, x, "formalParameter", "");
    if (!wr_dmn_boxed_child(x))
        wrong(f, WR_F_DMN_BOXED, x, "has no body");
}

static void
iterator(struct wr_findings *f, const struct wr_xml *x)
{
    const char *name = wr_xml_attr(x, "iteratorVariable");

    if (!name || !*name)
        wr_found(f, WR_F_MISSING_ATTRIBUTE, wr_xml_nearest_id(x), x->line,
                 "'%s' needs the attribute 'iteratorVariable'", x->name);
}

/* Annotations are no more than their headers (8.3.4). */
static void
table(struct wr_findings *f, const struct wr_xml *x)
{
    int columns = wr_xml_count(x, WR_NS_DMN, "annotation");

    for (const struct wr_xml *r = wr_xml_child(x, WR_NS_DMN, "rule"); r;
         r = wr_xml_next(r, WR_NS_DMN, "rule")) {
        int n = wr_xml_count(r, WR_NS_DMN, "annotationEntry");

        if (columns > 0 && n != columns)
            wr_found(f, WR_F_DMN_TABLE, wr_xml_nearest_id(r), r->line,
                     "a rule with %d of %d annotations", n, columns);
    }
}

static void
none(struct wr_findings *f, const struct wr_xml *x)
{
    (void)f;
    (void)x;
}

/* Every element of DMN 1.1 to 1.5 and what is asked of it. */
static const struct {
    const char *name;
    void (*judge)(struct wr_findings *f, const struct wr_xml *x);
} elements[] = {
    { "itemDefinition", item },
    { "itemComponent", item },
    { "context", context },
    { "relation", relation },
    { "invocation", invocation },
    { "functionDefinition", function },
    { "encapsulatedLogic", function },
    { "decisionTable", table },
    { "for", iterator },
    { "some", iterator },
    { "every", iterator },
#define WR_DMN_ELEMENT(name) { name, none },
#include "engine/dmn/elements.def"
#undef WR_DMN_ELEMENT
};

void
wr_dmn_rules_boxed(const struct wr_dmn *d, struct wr_findings *f)
{
    const struct wr_xml *root = d->files->doc.root;

    for (const struct wr_xml *x = root; x; x = wr_xml_walk(root, x)) {
        size_t i = 0;

        if (x->ns != WR_NS_DMN)
            continue;
        while (i < WR_COUNT(elements) && !is(x, elements[i].name))
            i++;
        if (i < WR_COUNT(elements))
            elements[i].judge(f, x);
        else
            wr_found(f, WR_F_DMN_UNKNOWN, wr_xml_nearest_id(x), x->line,
                     "DMN has no element '%.60s'", x->name);
    }
}
