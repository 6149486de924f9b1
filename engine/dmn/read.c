/*
 * From files to the graph of what requires what (DMN 1.5, chapter 6).
 *
 * In this order: every file's XML, imports, types, elements, requirements,
 * circles among them, and at last the logic, which may use what it requires.
 */
#include <string.h>

#include "engine/dmn/drg.h"

struct read {
    struct wr_arena *arena;
    struct wr_findings *findings;
    struct wr_dmn *dmn;
    struct wr_dmn_file *files;
};

static const char *
attr(const struct wr_xml *x, const char *name)
{
    const char *v = wr_xml_attr(x, name);

    return v ? v : "";
}

static int
read_file(struct read *r, const struct wr_dmn_source *s,
          const struct wr_xml_limits *limits, struct wr_dmn_file *f,
          struct wr_err *err)
{
    if (wr_xml_parse(r->arena, s->bytes, s->len, limits, &f->doc, err) < 0)
        return wr_wrap(err, "%s", s->name);
    f->source = s->name;
    if (f->doc.root->ns != WR_NS_DMN
        || strcmp(f->doc.root->name, "definitions") != 0) {
        return wr_fail(err, WR_EPARSE,
                       "%s: the root element is not definitions of DMN 1.1 to "
                       "1.5",
                       s->name);
    }
    f->name = attr(f->doc.root, "name");
    f->ns = attr(f->doc.root, "namespace");

    return 0;
}

static const struct wr_dmn_file *
file_of(const struct read *r, const char *ns)
{
    for (size_t i = 0; i < r->dmn->n_files; i++)
        if (strcmp(r->files[i].ns, ns) == 0)
            return &r->files[i];

    return NULL;
}

static bool
imports(const struct wr_dmn_file *f, const char *ns)
{
    for (const struct wr_xml *x =
             wr_xml_child(f->doc.root, WR_NS_DMN, "import");
         x; x = wr_xml_next(x, WR_NS_DMN, "import"))
        if (strcmp(attr(x, "namespace"), ns) == 0)
            return true;

    return false;
}

/* The model and what it imports, at once or by way of others. */
static int
read_files(struct read *r, const struct wr_dmn_source *sources, size_t n,
           const struct wr_xml_limits *limits, struct wr_err *err)
{
    struct wr_dmn_file *all = wr_newn(r->arena, struct wr_dmn_file, n);
    size_t n_all = 0;

    if (read_file(r, &sources[0], limits, &r->files[r->dmn->n_files++], err)
        < 0) {
        wr_found(r->findings,
                 err->code == WR_ELIMIT         ? WR_F_LIMIT_EXCEEDED
                 : r->files[0].doc.root == NULL ? WR_F_XML_MALFORMED
                                                : WR_F_NOT_DMN,
                 NULL, err->line, "%s", err->text);
        return err->code;
    }
    for (size_t i = 1; i < n; i++) {
        struct wr_err ignored = { 0 };

        if (read_file(r, &sources[i], limits, &all[n_all], &ignored) == 0)
            n_all++;
    }
    for (size_t i = 0; i < r->dmn->n_files; i++)
        for (size_t k = 0; k < n_all; k++)
            if (imports(&r->files[i], all[k].ns) && !file_of(r, all[k].ns))
                r->files[r->dmn->n_files++] = all[k];

    return 0;
}

static void
read_imports(struct read *r, struct wr_dmn_file *f)
{
    for (const struct wr_xml *x =
             wr_xml_child(f->doc.root, WR_NS_DMN, "import");
         x; x = wr_xml_next(x, WR_NS_DMN, "import")) {
        struct wr_dmn_import *m = wr_new(r->arena, struct wr_dmn_import);

        m->name = wr_dmn_name_of(r->arena, attr(x, "name"));
        m->file = file_of(r, attr(x, "namespace"));
        m->next = f->imports;
        f->imports = m;
        if (!m->file)
            wr_found(r->findings, WR_F_NO_IMPORT, x->id, x->line,
                     "the model '%s' (%s) is not there", m->name,
                     attr(x, "namespace"));
    }
}

static const struct {
    const char *name;
    enum wr_dmn_kind kind;
} kinds[] = {
    { "inputData", WR_DMN_INPUT },
    { "decision", WR_DMN_DECISION },
    { "businessKnowledgeModel", WR_DMN_BKM },
    { "decisionService", WR_DMN_SERVICE },
};

static enum wr_dmn_kind
kind_of(const struct wr_xml *x)
{
    for (size_t i = 0; x->ns == WR_NS_DMN && i < WR_COUNT(kinds); i++)
        if (strcmp(kinds[i].name, x->name) == 0)
            return kinds[i].kind;

    return 0;
}

static size_t
count(const struct wr_dmn_file *f)
{
    size_t n = 0;

    for (const struct wr_xml *x = f->doc.root->first; x; x = x->next)
        n += kind_of(x) != 0;

    return n;
}

static void
read_elements(struct read *r, const struct wr_dmn_file *f)
{
    struct wr_dmn *d = r->dmn;

    for (const struct wr_xml *x = f->doc.root->first; x; x = x->next) {
        enum wr_dmn_kind kind = kind_of(x);
        const struct wr_xml *v = wr_xml_child(x, WR_NS_DMN, "variable");
        struct wr_dmn_element *e = &d->elements[d->n_elements];

        if (!kind)
            continue;
        e->kind = kind;
        e->id = x->id ? x->id : "";
        e->name = wr_dmn_name_of(r->arena, attr(x, "name"));
        e->variable = e->name;
        if (v && wr_xml_attr(v, "name"))
            e->variable = wr_dmn_name_of(r->arena, attr(v, "name"));
        e->file = f;
        e->xml = x;
        e->index = d->n_elements++;
        if (f == d->files)
            d->n_own = d->n_elements;
    }
}

struct wr_dmn_element *
wr_dmn_by_id(const struct wr_dmn *d, const struct wr_dmn_file *f,
             const char *id)
{
    const struct wr_xml *x = wr_xml_by_id(&f->doc, id);
    size_t from = 0, to = d->n_elements;

    while (x && from < to) { /* they are in the order of files and lines */
        size_t mid = (from + to) / 2;
        struct wr_dmn_element *e = &d->elements[mid];

        if (e->xml == x)
            return e;
        if (e->file < f || (e->file == f && e->xml->order < x->order))
            from = mid + 1;
        else
            to = mid;
    }

    return NULL;
}

/* "#id" or "namespace#id"; *import: the name its file is seen under. */
static struct wr_dmn_element *
referred(const struct read *r, const struct wr_dmn_element *from,
         const struct wr_xml *x, const char **import)
{
    const char *href = attr(x, "href"), *hash = strchr(href, '#');
    struct wr_dmn_element *e = NULL;

    *import = "";
    if (!hash || hash == href
        || (strncmp(from->file->ns, href, (size_t)(hash - href)) == 0
            && from->file->ns[hash - href] == 0)) {
        e = wr_dmn_by_id(r->dmn, from->file, hash ? hash + 1 : href);
    } else {
        for (const struct wr_dmn_import *m = from->file->imports; m;
             m = m->next) {
            if (!m->file || strlen(m->file->ns) != (size_t)(hash - href)
                || strncmp(m->file->ns, href, (size_t)(hash - href)) != 0)
                continue;
            *import = m->name;
            e = wr_dmn_by_id(r->dmn, m->file, hash + 1);
        }
    }
    if (!e)
        wr_found(r->findings, WR_F_NO_REQUIREMENT, from->id, x->line,
                 "'%s' requires '%s', which is not there", from->name, href);

    return e;
}

static bool
is_requirement(const struct wr_xml *x)
{
    return x->ns == WR_NS_DMN
           && (strcmp(x->name, "informationRequirement") == 0
               || strcmp(x->name, "knowledgeRequirement") == 0);
}

static void
read_needs(struct read *r, struct wr_dmn_element *e)
{
    struct wr_dmn_need *needs;
    size_t n = 0;

    for (const struct wr_xml *x = e->xml->first; x; x = x->next)
        n += is_requirement(x);
    e->needs = needs = wr_newn(r->arena, struct wr_dmn_need, n + 1);
    for (const struct wr_xml *x = e->xml->first; x; x = x->next) {
        const struct wr_xml *to = x->first;
        struct wr_dmn_need need = { 0 };

        while (to && to->ns != WR_NS_DMN)
            to = to->next;
        if (!is_requirement(x) || !to)
            continue;
        need.element = referred(r, e, to, &need.import);
        if (need.element)
            needs[e->n_needs++] = need;
    }
}

static const struct wr_dmn_element **
references(struct read *r, struct wr_dmn_element *e, const char *const *names,
           size_t n_names, size_t *n)
{
    const struct wr_dmn_element **list;
    const char *import;
    size_t room = 0;

    for (size_t i = 0; i < n_names; i++)
        room += (size_t)wr_xml_count(e->xml, WR_NS_DMN, names[i]);
    list = wr_newn(r->arena, const struct wr_dmn_element *, room + 1);
    *n = 0;
    for (size_t i = 0; i < n_names; i++)
        for (const struct wr_xml *x = wr_xml_child(e->xml, WR_NS_DMN, names[i]);
             x; x = wr_xml_next(x, WR_NS_DMN, names[i])) {
            const struct wr_dmn_element *to = referred(r, e, x, &import);

            if (to)
                list[(*n)++] = to;
        }

    return list;
}

/* What it decides and what it takes; what is encapsulated follows from what its
 * decisions require. */
static void
read_service(struct read *r, struct wr_dmn_element *e)
{
    static const char *const outputs[] = { "outputDecision" };
    static const char *const params[] = { "inputData", "inputDecision" };

    e->outputs = references(r, e, outputs, WR_COUNT(outputs), &e->n_outputs);
    e->params = references(r, e, params, WR_COUNT(params), &e->n_params);
}

enum {
    WHITE,
    GREY,
    BLACK
};

static void
visit(struct read *r, struct wr_dmn_element *e, int depth)
{
    if (e->color == BLACK || e->cyclic)
        return;
    if (e->color == GREY || depth > WR_EVAL_DEPTH) {
        e->cyclic = true;
        wr_found(r->findings, WR_F_REQUIRES_ITSELF, e->id, e->xml->line,
                 "'%s' requires itself, or is required by a chain of more than "
                 "%d",
                 e->name, WR_EVAL_DEPTH);
        return;
    }
    e->color = GREY;
    for (size_t i = 0; i < e->n_needs; i++)
        visit(r, &r->dmn->elements[e->needs[i].element->index], depth + 1);
    for (size_t i = 0; i < e->n_outputs; i++)
        visit(r, &r->dmn->elements[e->outputs[i]->index], depth + 1);
    e->color = BLACK;
}

static void
bind_needs(struct wr_dmn_build *b, const struct wr_dmn_element *e)
{
    const struct wr_bound *keys = b->file->keys;

    if (e->kind == WR_DMN_BKM)
        wr_parse_bind(&b->p, e->variable);
    for (size_t i = 0; i < e->n_needs; i++) {
        const struct wr_dmn_need *need = &e->needs[i];

        wr_parse_bind(&b->p,
                      *need->import ? need->import : need->element->variable);
        if (*need->import)
            keys = wr_dmn_keep(b->p.arena, keys, need->element->variable);
    }
    b->keys = keys;
}

static const struct wr_node *
decision(struct wr_dmn_build *b, const struct wr_dmn_element *e)
{
    const struct wr_xml *x = wr_dmn_boxed_child(e->xml);

    if (x)
        return wr_dmn_boxed(b, x);
    wr_found(b->findings, WR_F_NO_LOGIC, e->id, e->xml->line,
             "the decision '%s' has no logic", e->name);

    return wr_dmn_broken(
        b,
        wr_arena_printf(b->p.arena, "the decision '%s' has no logic", e->name));
}

static const struct wr_node *
knowledge(struct wr_dmn_build *b, const struct wr_dmn_element *e)
{
    const struct wr_xml *x = wr_xml_child(e->xml, WR_NS_DMN,
                                          "encapsulatedLogic");

    if (x)
        return wr_dmn_function(b, x);
    wr_found(b->findings, WR_F_NO_LOGIC, e->id, e->xml->line,
             "the business knowledge model '%s' has no logic", e->name);

    return NULL;
}

static const struct wr_node *
service(struct wr_dmn_build *b, const struct wr_dmn_element *e)
{
    struct wr_node *n = wr_dmn_node(b, WR_N_FUNCTION);
    struct wr_node *body = wr_dmn_node(b, WR_N_FOREIGN);
    struct wr_nodes kids = { .n = 0 };

    for (size_t i = 0; i < e->n_params; i++) {
        struct wr_node *param = wr_dmn_node(b, WR_N_PARAM);

        param->name = e->params[i]->variable;
        param->len = strlen(param->name);
        param->type = e->params[i]->type;
        wr_nodes_add(&b->p, &kids, wr_dmn_done(b, param));
    }
    wr_nodes_give(n, &kids);
    body->run = wr_dmn_run_service;
    body->data = e;
    n->a = wr_dmn_done(b, body);

    return wr_dmn_done(b, n);
}

static struct wr_dmn_build
build_of(const struct read *r, const struct wr_dmn_element *e)
{
    return (struct wr_dmn_build){
        .p = { .arena = r->arena },
        .findings = r->findings,
        .file = e->file,
        .keys = e->file->keys,
        .element = e->id,
        .of = e,
        .tables = &r->dmn->tables,
    };
}

static void
read_type(struct read *r, struct wr_dmn_element *e)
{
    const struct wr_xml *v = wr_xml_child(e->xml, WR_NS_DMN, "variable");
    struct wr_dmn_build b = build_of(r, e);

    b.p.err = &b.err;
    if (v)
        e->type = wr_dmn_type_ref(&b, v, wr_xml_attr(v, "typeRef"));
}

static void
read_logic(struct read *r, struct wr_dmn_element *e)
{
    struct wr_dmn_build b = build_of(r, e);

    b.p.err = &b.err;
    bind_needs(&b, e);
    if (e->kind == WR_DMN_DECISION)
        e->logic = decision(&b, e);
    else if (e->kind == WR_DMN_BKM)
        e->logic = knowledge(&b, e);
    else if (e->kind == WR_DMN_SERVICE)
        e->logic = service(&b, e);
}

static void
read_graph(struct read *r)
{
    struct wr_dmn *d = r->dmn;

    for (size_t i = 0; i < d->n_elements; i++) {
        read_type(r, &d->elements[i]);
        read_needs(r, &d->elements[i]);
        if (d->elements[i].kind == WR_DMN_SERVICE)
            read_service(r, &d->elements[i]);
    }
    for (size_t i = 0; i < d->n_elements; i++)
        visit(r, &d->elements[i], 0);
    for (size_t i = 0; i < d->n_elements; i++)
        read_logic(r, &d->elements[i]);
}

int
wr_dmn_read(struct wr_arena *a, const struct wr_dmn_source *sources, size_t n,
            const struct wr_xml_limits *limits, struct wr_findings *findings,
            const struct wr_dmn **out, struct wr_err *err)
{
    struct read r = { .arena = a, .findings = findings };
    size_t elements = 0;

    r.dmn = wr_new(a, struct wr_dmn);
    r.files = wr_newn(a, struct wr_dmn_file, n);
    r.dmn->files = r.files;
    if (read_files(&r, sources, n, limits, err) < 0)
        return err->code;
    n = r.dmn->n_files;
    for (size_t i = 0; i < n; i++)
        read_imports(&r, &r.files[i]);
    wr_dmn_types(a, r.files, n, findings);
    for (size_t i = 0; i < n; i++)
        elements += count(&r.files[i]);
    r.dmn->elements = wr_newn(a, struct wr_dmn_element, elements + 1);
    for (size_t i = 0; i < n; i++)
        read_elements(&r, &r.files[i]);
    read_graph(&r);
    *out = r.dmn;

    return 0;
}

const struct wr_dmn_element *
wr_dmn_find(const struct wr_dmn *d, unsigned kinds_wanted, const char *ref)
{
    for (size_t i = 0; i < d->n_elements; i++)
        if ((d->elements[i].kind & kinds_wanted)
            && strcmp(d->elements[i].name, ref) == 0)
            return &d->elements[i];
    for (size_t i = 0; i < d->n_elements; i++)
        if ((d->elements[i].kind & kinds_wanted)
            && strcmp(d->elements[i].id, ref) == 0)
            return &d->elements[i];

    return NULL;
}

const struct wr_dmn_element *
wr_dmn_next(const struct wr_dmn *d, const struct wr_dmn_element *e)
{
    size_t i = e ? e->index + 1 : 0;

    return i < d->n_own ? &d->elements[i] : NULL;
}

enum wr_dmn_kind
wr_dmn_kind(const struct wr_dmn_element *e)
{
    return e->kind;
}

const char *
wr_dmn_id(const struct wr_dmn_element *e)
{
    return e->id;
}

const char *
wr_dmn_name(const struct wr_dmn_element *e)
{
    return e->name;
}

const char *
wr_dmn_model_name(const struct wr_dmn *d)
{
    return d->files[0].name;
}
