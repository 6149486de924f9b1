/*
 * Item definitions (DMN 1.5, 7.3.3) as types of engine/feel.
 *
 * Every definition has its place first, so that they may refer to each other
 * in any order; those that are other words for a type copy it once that one is
 * filled, which is where a circle is noticed.
 */
#include <string.h>

#include "engine/dmn/drg.h"
#include "engine/feel/eval.h"

struct definition {
    const struct wr_xml *xml;
    const struct wr_dmn_file *file;
    struct wr_type *type;
    enum {
        EMPTY,
        FILLING,
        FILLED
    } state;
};

struct definitions {
    struct wr_arena *arena;
    struct wr_findings *findings;
    struct definition *items;
    size_t n;
};

static void fill(struct definitions *d, struct definition *def);

/* What other tools call the types of FEEL. */
static const struct {
    const char *name;
    const char *feel;
} aliases[] = {
    { "integer", "number" }, { "int", "number" },      { "long", "number" },
    { "double", "number" },  { "float", "number" },    { "short", "number" },
    { "decimal", "number" }, { "any", "Any" },         { "Undefined", "Any" },
    { "undefined", "Any" },  { "<Undefined>", "Any" },
};

const char *
wr_dmn_name_of(struct wr_arena *a, const char *text)
{
    struct wr_str s = { .arena = a };
    bool blank = false;

    for (; *text; text++) {
        if (strchr(" \t\r\n", *text)) {
            blank = s.len > 0;
            continue;
        }
        if (blank)
            wr_str_addc(&s, ' ');
        blank = false;
        wr_str_addc(&s, *text);
    }

    return wr_str_text(&s);
}

static bool
is_keyword(const char *word, size_t len)
{
    for (size_t i = 0; i < wr_feel_grammar.n_rows; i++) {
        const char *text = wr_feel_grammar.rows[i].text;

        if (i >= WR_TOK_OTHER && strlen(text) == len
            && memcmp(text, word, len) == 0)
            return true;
    }

    return false;
}

static bool
is_plain(const char *name)
{
    for (const char *s = name; *s;) {
        size_t len = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu"
                               "vwxyz0123456789_");

        if (len == 0 || is_keyword(s, len) || (*s >= '0' && *s <= '9'))
            return false;
        s += len;
        if (*s && *s != ' ')
            return false;
        s += *s == ' ';
    }

    return true;
}

const struct wr_bound *
wr_dmn_keep(struct wr_arena *a, const struct wr_bound *list, const char *name)
{
    struct wr_bound *b;

    if (!*name || is_plain(name))
        return list;
    b = wr_new(a, struct wr_bound);
    b->name = name;
    b->next = list;

    return b;
}

static const char *
without_prefix(const struct wr_xml *at, const char *ref)
{
    const char *colon = strchr(ref, ':');

    if (!colon || !wr_xml_prefix_uri(at, ref, (size_t)(colon - ref)))
        return ref;

    return colon + 1;
}

/* A definition that is named may not be filled yet. */
static const struct wr_type *
type_of(struct wr_dmn_build *b, const struct wr_xml *at, const char *ref)
{
    const struct wr_type *t;

    if (!ref || !*ref)
        return NULL;
    ref = wr_dmn_name_of(b->p.arena, without_prefix(at, ref));
    b->p.types = b->file->types;
    b->p.failed = false;
    t = wr_parse_type_text(&b->p, ref, strlen(ref));
    for (size_t i = 0; !t && i < WR_COUNT(aliases); i++)
        if (strcmp(aliases[i].name, ref) == 0)
            t = wr_parse_type_text(&b->p, aliases[i].feel,
                                   strlen(aliases[i].feel));
    if (!t)
        wr_found(b->findings, WR_F_NO_TYPE, b->element, at->line,
                 "there is no type '%s'", ref);

    return t;
}

const struct wr_type *
wr_dmn_type_ref(struct wr_dmn_build *b, const struct wr_xml *at,
                const char *ref)
{
    const struct wr_type *t = type_of(b, at, ref);

    return t && t->kind != WR_T_ANY ? t : NULL;
}

static struct wr_dmn_build
build_of(struct definitions *d, const struct definition *def)
{
    return (struct wr_dmn_build){
        .p = { .arena = d->arena, .types = def->file->types },
        .findings = d->findings,
        .file = def->file,
        .keys = def->file->keys,
        .element = wr_xml_attr(def->xml, "id"),
    };
}

static const struct wr_type any = { .kind = WR_T_ANY };

/* The type behind a reference, filled: its own shape is about to be copied. */
static const struct wr_type *
referred(struct definitions *d, struct definition *def, const struct wr_xml *at,
         const char *ref)
{
    struct wr_dmn_build b = build_of(d, def);
    const struct wr_type *t;

    b.p.err = &b.err;
    t = type_of(&b, at, ref);
    for (size_t i = 0; t && i < d->n; i++) {
        if (d->items[i].type != t)
            continue;
        if (d->items[i].state == FILLING) {
            wr_found(d->findings, WR_F_NO_TYPE, b.element, at->line,
                     "the type '%s' is made from itself", ref);
            return &any;
        }
        fill(d, &d->items[i]);
    }

    return t ? t : &any;
}

/* Like referred(), for parts that are only pointed to. */
static const struct wr_type *
part_ref(struct definitions *d, struct definition *def, const struct wr_xml *at,
         const char *ref)
{
    struct wr_dmn_build b = build_of(d, def);
    const struct wr_type *t;

    b.p.err = &b.err;
    t = type_of(&b, at, ref);

    return t ? t : &any;
}

static const struct wr_node *
tests(struct definitions *d, struct definition *def, const struct wr_xml *x,
      const char *name)
{
    const struct wr_xml *values = wr_xml_child(x, WR_NS_DMN, name);
    struct wr_dmn_build b = build_of(d, def);

    if (!values)
        return NULL;
    b.p.err = &b.err;

    return wr_dmn_text(&b, WR_LANG_UNARY, values);
}

static void shape(struct definitions *d, struct definition *def,
                  const struct wr_xml *x, struct wr_type *t);

static void
components(struct definitions *d, struct definition *def,
           const struct wr_xml *x, struct wr_type *t)
{
    size_t n = (size_t)wr_xml_count(x, WR_NS_DMN, "itemComponent"), i = 0;
    const struct wr_type **items = wr_newn(d->arena, const struct wr_type *, n);
    const char **names = wr_newn(d->arena, const char *, n);

    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "itemComponent");
         c; c = wr_xml_next(c, WR_NS_DMN, "itemComponent"), i++) {
        const char *name = wr_xml_attr(c, "name");
        struct wr_type *item = wr_new(d->arena, struct wr_type);

        names[i] = wr_dmn_name_of(d->arena, name ? name : "");
        shape(d, def, c, item);
        items[i] = item;
    }
    t->kind = WR_T_CONTEXT;
    t->items = items;
    t->names = names;
    t->n = n;
}

static void
function(struct definitions *d, struct definition *def, const struct wr_xml *x,
         struct wr_type *t)
{
    size_t n = (size_t)wr_xml_count(x, WR_NS_DMN, "parameters"), i = 0;
    const struct wr_type **items = wr_newn(d->arena, const struct wr_type *,
                                           n + 1);

    for (const struct wr_xml *c = wr_xml_child(x, WR_NS_DMN, "parameters"); c;
         c = wr_xml_next(c, WR_NS_DMN, "parameters"))
        items[i++] = part_ref(d, def, c, wr_xml_attr(c, "typeRef"));
    items[i] = part_ref(d, def, x, wr_xml_attr(x, "outputTypeRef"));
    t->kind = WR_T_FUNCTION;
    t->items = items;
    t->n = n + 1;
}

/* One of the three ways to say what a definition is. */
static void
single(struct definitions *d, struct definition *def, const struct wr_xml *x,
       struct wr_type *t)
{
    const struct wr_xml *ref = wr_xml_child(x, WR_NS_DMN, "typeRef");
    const struct wr_xml *fn = wr_xml_child(x, WR_NS_DMN, "functionItem");
    const struct wr_type *base;

    t->kind = WR_T_ANY;
    if (wr_xml_child(x, WR_NS_DMN, "itemComponent")) {
        components(d, def, x, t);
    } else if (fn) {
        function(d, def, fn, t);
    } else if (ref) {
        base = referred(d, def, ref, ref->text);
        *t = *base;
        t->allowed = NULL;
        t->base = base->allowed || base->base ? base : NULL;
    }
}

/* allowedValues hold for each item of a collection, typeConstraint for the
 * whole (7.3.3). */
static void
shape(struct definitions *d, struct definition *def, const struct wr_xml *x,
      struct wr_type *t)
{
    struct wr_type *item = t;

    if (wr_xml_flag(x, "isCollection", false)) {
        item = wr_new(d->arena, struct wr_type);
        t->kind = WR_T_LIST;
        t->items = wr_arena_memdup(d->arena, &item, sizeof(item));
        t->n = 1;
        single(d, def, x, item);
        t->allowed = tests(d, def, x, "typeConstraint");
    } else {
        single(d, def, x, item);
        item->allowed = tests(d, def, x, "typeConstraint");
    }
    if (!item->allowed) {
        item->allowed = tests(d, def, x, "allowedValues");
    } else if (wr_xml_child(x, WR_NS_DMN, "allowedValues")) {
        struct wr_type *inner = wr_arena_memdup(d->arena, item, sizeof(*item));

        inner->allowed = tests(d, def, x, "allowedValues");
        item->base = inner;
    }
}

static void
fill(struct definitions *d, struct definition *def)
{
    if (def->state != EMPTY)
        return;
    def->state = FILLING;
    shape(d, def, def->xml, def->type);
    def->state = FILLED;
}

static const struct wr_named_type *
named(struct wr_arena *a, const struct wr_named_type *list, const char *name,
      const struct wr_type *t)
{
    struct wr_named_type *n = wr_new(a, struct wr_named_type);

    n->name = name;
    n->type = t;
    n->next = list;

    return n;
}

/* Types that a file sees: its own and, under the import's name, imported. */
static void
show_types(struct definitions *d, struct wr_dmn_file *f)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct definition *def = &d->items[i];
        const char *name = wr_xml_attr(def->xml, "name");

        name = wr_dmn_name_of(d->arena, name ? name : "");
        if (def->file == f)
            f->types = named(d->arena, f->types, name, def->type);
        for (const struct wr_dmn_import *m = f->imports; m; m = m->next)
            if (def->file == m->file)
                f->types = named(
                    d->arena, f->types,
                    *m->name ? wr_arena_printf(d->arena, "%s.%s", m->name, name)
                             : name,
                    def->type);
    }
}

/* Components of all types are names that a path or a filter may use. */
static void
show_keys(struct definitions *d, struct wr_dmn_file *files, size_t n)
{
    const struct wr_bound *keys = NULL;

    for (size_t i = 0; i < d->n; i++)
        for (const struct wr_xml *x = d->items[i].xml; x;
             x = wr_xml_walk(d->items[i].xml, x)) {
            const char *name = wr_xml_attr(x, "name");

            if (name && strcmp(x->name, "itemComponent") == 0)
                keys = wr_dmn_keep(d->arena, keys,
                                   wr_dmn_name_of(d->arena, name));
        }
    for (size_t i = 0; i < n; i++)
        files[i].keys = keys;
}

void
wr_dmn_types(struct wr_arena *a, struct wr_dmn_file *files, size_t n,
             struct wr_findings *findings)
{
    struct definitions d = { .arena = a, .findings = findings };

    for (size_t i = 0; i < n; i++)
        d.n += (size_t)wr_xml_count(files[i].doc.root, WR_NS_DMN,
                                    "itemDefinition");
    d.items = wr_newn(a, struct definition, d.n + 1);
    d.n = 0;
    for (size_t i = 0; i < n; i++)
        for (const struct wr_xml *x =
                 wr_xml_child(files[i].doc.root, WR_NS_DMN, "itemDefinition");
             x; x = wr_xml_next(x, WR_NS_DMN, "itemDefinition"))
            d.items[d.n++] = (struct definition){
                .xml = x,
                .file = &files[i],
                .type = wr_new(a, struct wr_type),
            };
    for (size_t i = 0; i < n; i++)
        show_types(&d, &files[i]);
    show_keys(&d, files, n);
    for (size_t i = 0; i < d.n; i++)
        fill(&d, &d.items[i]);
}
