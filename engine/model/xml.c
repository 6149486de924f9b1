/* xml.c: libxml2's events into a tree; the limits are checked on the way. */

#include "engine/model/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <string.h>

#include "engine/base/str.h"

enum {
    MAX_ATTRS = 512,
    LOOKED_ATTRS = 4 * MAX_ATTRS
};

struct parse {
    struct wr_arena *arena;
    xmlParserCtxt *ctxt;
    struct wr_xml_limits limits;
    struct wr_xml *root, *open;
    struct wr_str *texts; /* one per open element */
    int depth, n_elements;
    bool doctype, failed;
    bool peek; /* the root element is enough */
    struct wr_err *err;
};

static const struct {
    const char *uri;
    enum wr_ns ns;
} namespaces[] = {
    { "http://www.omg.org/spec/BPMN/20100524/MODEL", WR_NS_BPMN },
    { "http://www.omg.org/spec/BPMN/20100524/DI", WR_NS_DI },
    { "http://www.omg.org/spec/DD/20100524/DC", WR_NS_DI },
    { "http://www.omg.org/spec/DD/20100524/DI", WR_NS_DI },
    { "http://www.w3.org/2001/XMLSchema-instance", WR_NS_XSI },
    { "http://camunda.org/schema/1.0/bpmn", WR_NS_CAMUNDA },
    { "http://operaton.org/schema/1.0/bpmn", WR_NS_CAMUNDA },
    { "http://www.camunda.com/fox", WR_NS_CAMUNDA },
    { "http://camunda.org/schema/1.0/dmn", WR_NS_CAMUNDA },
    { "http://operaton.org/schema/1.0/dmn", WR_NS_CAMUNDA },
    { "http://flowable.org/dmn", WR_NS_FLOWABLE },
    { "http://flowable.org/bpmn", WR_NS_FLOWABLE },
    { "http://activiti.org/bpmn", WR_NS_FLOWABLE },
    { "http://camunda.org/schema/zeebe/1.0", WR_NS_ZEEBE },
    { "http://camunda.org/schema/modeler/1.0", WR_NS_MODELER },
    { "http://pythmata.org/schema/1.0/bpmn", WR_NS_PYTHMATA },
    { "http://spiffworkflow.org/bpmn/schema/1.0/core", WR_NS_SPIFF },
    { "http://www.jboss.org/drools", WR_NS_DROOLS },
    { "http://www.omg.org/spec/DMN/20151101/dmn.xsd", WR_NS_DMN },
    { "http://www.omg.org/spec/DMN/20151130", WR_NS_DMN },
    { "http://www.omg.org/spec/DMN/20180521/MODEL/", WR_NS_DMN },
    { "https://www.omg.org/spec/DMN/20191111/MODEL/", WR_NS_DMN },
    { "https://www.omg.org/spec/DMN/20211108/MODEL/", WR_NS_DMN },
    { "https://www.omg.org/spec/DMN/20230324/MODEL/", WR_NS_DMN },
};

static const struct {
    const char *name;
    unsigned is;
} vocabulary[] = {
#define WR_VOCABULARY(name, is) { name, is },
#include "engine/model/vocabulary.def"
#undef WR_VOCABULARY
};

unsigned
wr_vocabulary(const char *name, bool *known)
{
    size_t low = 0, high = WR_COUNT(vocabulary);

    while (low < high) {
        size_t mid = (low + high) / 2;
        int cmp = strcmp(name, vocabulary[mid].name);

        if (cmp == 0) {
            *known = true;
            return vocabulary[mid].is;
        }
        if (cmp < 0)
            high = mid;
        else
            low = mid + 1;
    }
    *known = false;

    return 0;
}

static enum wr_ns
ns_of(const xmlChar *uri)
{
    if (!uri || !*uri)
        return WR_NS_NONE;
    for (size_t i = 0; i < WR_COUNT(namespaces); i++) {
        if (!strcmp(namespaces[i].uri, (const char *)uri))
            return namespaces[i].ns;
    }

    return WR_NS_OTHER;
}

static const char *
keep(struct parse *p, const xmlChar *s)
{
    return wr_arena_strdup(p->arena, s ? (const char *)s : "");
}

static void
stop(struct parse *p, enum wr_code code, const char *text)
{
    if (p->failed)
        return;
    p->failed = true;
    wr_fail(p->err, code, "%s", text);
    p->err->line = p->ctxt->input ? p->ctxt->input->line : 0;
    p->err->column = p->ctxt->input ? p->ctxt->input->col : 0;
    xmlStopParser(p->ctxt);
}

static void
on_doctype(void *data, const xmlChar *name, const xmlChar *external,
           const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    stop(data, WR_EPARSE, "a DOCTYPE is not allowed");
}

static const struct wr_xml_prefix *
declare(struct parse *p, const struct wr_xml_prefix *outer, int n,
        const xmlChar **pairs)
{
    for (int i = 0; i < n; i++) {
        struct wr_xml_prefix *d = wr_new(p->arena, struct wr_xml_prefix);

        d->prefix = keep(p, pairs[2 * i]);
        d->uri = keep(p, pairs[2 * i + 1]);
        d->ns = ns_of(pairs[2 * i + 1]);
        d->outer = outer;
        outer = d;
    }

    return outer;
}

/* BPMN's attributes are of XML Schema's collapsing types (ids, references,
 * numbers, true and false), so blanks around them say nothing; the exceptions are
 * texts for people. */
static const char *
value_of(struct parse *p, const struct wr_xml *e,
         const struct wr_xml_attr *attr, const xmlChar *from, const xmlChar *to)
{
    const char *value = wr_arena_strndup(p->arena, (const char *)from,
                                         (size_t)(to - from));

    if ((e->ns != WR_NS_BPMN && e->ns != WR_NS_DI) || attr->ns != WR_NS_NONE
        || !strcmp(attr->name, "name") || !strcmp(attr->name, "value"))
        return value;

    return wr_xml_trim(p->arena, value);
}

/* libxml2 gives five pointers an attribute: name, prefix, URI, value, end. */
static void
take_attrs(struct parse *p, struct wr_xml *e, int n, const xmlChar **five)
{
    struct wr_xml_attr *attrs = wr_newn(p->arena, struct wr_xml_attr, n);

    for (int i = 0; i < n; i++) {
        const xmlChar **f = five + 5 * i;

        attrs[i].ns = ns_of(f[2]);
        attrs[i].name = keep(p, f[0]);
        attrs[i].value = value_of(p, e, &attrs[i], f[3], f[4]);
        if (attrs[i].ns == WR_NS_NONE && !strcmp(attrs[i].name, "id"))
            e->id = attrs[i].value;
    }
    e->attrs = attrs;
    e->n_attrs = n;
}

static void
append(struct parse *p, struct wr_xml *e)
{
    struct wr_xml *parent = p->open;

    e->parent = parent;
    if (!parent)
        p->root = e;
    else if (parent->last)
        parent->last->next = e;
    else
        parent->first = e;
    if (parent)
        parent->last = e;
    if (parent && !parent->extensions && wr_xml_is(e, "extensionElements"))
        parent->extensions = e;
    p->open = e;
}

static void
on_start(void *data, const xmlChar *name, const xmlChar *prefix,
         const xmlChar *uri, int n_prefixes, const xmlChar **prefixes,
         int n_attrs, int n_defaulted, const xmlChar **attrs)
{
    struct parse *p = data;
    struct wr_xml *e;

    (void)prefix, (void)n_defaulted;
    if (p->failed)
        return;
    if (p->depth >= p->limits.max_depth) {
        stop(p, WR_ELIMIT, "elements are nested too deep");
        return;
    }
    if (n_attrs > MAX_ATTRS || n_prefixes > MAX_ATTRS) {
        stop(p, WR_ELIMIT, "an element has too many attributes");
        return;
    }
    if (p->n_elements >= WR_XML_ELEMENTS) {
        stop(p, WR_ELIMIT, "the file has too many elements");
        return;
    }
    e = wr_new(p->arena, struct wr_xml);
    e->ns = ns_of(uri);
    e->uri = keep(p, uri);
    e->name = keep(p, name);
    e->line = p->ctxt->input->line;
    e->order = p->n_elements++;
    e->text = "";
    e->prefixes = declare(p, p->open ? p->open->prefixes : NULL, n_prefixes,
                          prefixes);
    if (e->ns == WR_NS_BPMN)
        e->is = wr_vocabulary(e->name, &e->known);
    take_attrs(p, e, n_attrs, attrs);
    append(p, e);
    if (p->peek) {
        p->failed = true;
        xmlStopParser(p->ctxt);
        return;
    }
    p->texts[p->depth++] = (struct wr_str){ .arena = p->arena };
}

static void
on_end(void *data, const xmlChar *name, const xmlChar *prefix,
       const xmlChar *uri)
{
    struct parse *p = data;

    (void)name, (void)prefix, (void)uri;
    if (p->failed)
        return;
    p->open->text = wr_str_text(&p->texts[--p->depth]);
    p->open = p->open->parent;
}

static void
on_text(void *data, const xmlChar *text, int len)
{
    struct parse *p = data;

    if (!p->failed && p->depth > 0)
        wr_str_addn(&p->texts[p->depth - 1], text, (size_t)len);
}

static void
on_error(void *data, xmlError *e)
{
    struct parse *p = data;
    size_t len;

    if (p->failed || e->level < XML_ERR_ERROR)
        return;
    if (e->code == XML_WAR_NS_URI || e->code == XML_WAR_NS_URI_RELATIVE)
        return;
    p->failed = true;
    len = e->message ? strlen(e->message) : 0;
    while (len > 0 && strchr("\r\n .", e->message[len - 1]))
        len--;
    wr_fail(p->err, WR_EPARSE, "malformed XML: %.*s", (int)len,
            e->message ? e->message : "");
    p->err->line = e->line;
    p->err->column = e->int2;
    xmlStopParser(p->ctxt);
}

static size_t
hash(const char *s)
{
    uint64_t h = 1469598103934665603u;

    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;

    return (size_t)(h ^ h >> 29);
}

static size_t
slot_of(const struct wr_xml_doc *d, const struct wr_xml *const *ids,
        const char *id)
{
    size_t i = hash(id) & (d->n_ids - 1);

    while (ids[i] && strcmp(ids[i]->id, id) != 0)
        i = (i + 1) & (d->n_ids - 1);

    return i;
}

static void
index_ids(struct wr_arena *a, struct wr_xml_doc *d)
{
    const struct wr_xml **ids;

    d->n_ids = 16;
    while (d->n_ids < (size_t)d->n_elements * 2)
        d->n_ids *= 2;
    ids = wr_newn(a, const struct wr_xml *, d->n_ids);
    for (const struct wr_xml *e = d->root; e; e = wr_xml_walk(d->root, e)) {
        size_t slot;

        if (!e->id || (e->ns != WR_NS_BPMN && e->ns != WR_NS_DMN))
            continue;
        slot = slot_of(d, ids, e->id);
        if (!ids[slot])
            ids[slot] = e;
    }
    d->ids = ids;
}

static void
run(struct parse *p, const void *bytes, size_t len)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .ignorableWhitespace = on_text,
        .serror = on_error,
    };

    xmlInitParser();
    p->ctxt = xmlCreateMemoryParserCtxt(bytes, (int)len);
    if (!p->ctxt) {
        p->failed = true;
        wr_fail(p->err, WR_EPARSE, "malformed XML: no document");
        return;
    }
    *p->ctxt->sax = sax;
    p->ctxt->userData = p;
    xmlCtxtUseOptions(p->ctxt, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    xmlParseDocument(p->ctxt);
    if (!p->failed && (!p->ctxt->wellFormed || !p->root))
        stop(p, WR_EPARSE, "malformed XML");
    xmlFreeParserCtxt(p->ctxt);
}

static bool
starts_name(unsigned char c)
{
    return c == '_' || c == ':' || c >= 0x80 || (c >= 'a' && c <= 'z')
           || (c >= 'A' && c <= 'Z');
}

/* libxml2 compares an element's attributes with each other before on_start()
 * can count them: a million of them are minutes.  This counts quoted texts in
 * what looks like a tag, in UTF-16 as well; it may be misled by comments and
 * CDATA, so the bound is far above what is told exactly later. */
static bool
has_endless_tag(const unsigned char *s, size_t len)
{
    unsigned char quote = 0, last = 0;
    bool in_tag = false;
    int n = 0;

    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\0')
            continue;
        if (quote) {
            if (s[i] == quote)
                quote = 0;
        } else if (in_tag && (s[i] == '"' || s[i] == '\'')) {
            quote = s[i];
            if (++n > LOOKED_ATTRS)
                return true;
        } else if (last == '<' && starts_name(s[i])) {
            in_tag = true;
            n = 0;
        } else if (s[i] == '>') {
            in_tag = false;
        }
        last = s[i];
    }

    return false;
}

enum wr_ns
wr_xml_peek(struct wr_arena *a, const void *bytes, size_t len,
            const struct wr_xml_limits *limits, const char **uri)
{
    struct wr_err ignored = { 0 };
    struct parse p = {
        .arena = a, .limits = *limits, .err = &ignored, .peek = true
    };

    *uri = "";
    if (len == 0 || len > limits->max_bytes || len > INT_MAX
        || has_endless_tag(bytes, len))
        return WR_NS_NONE;
    run(&p, bytes, len);
    if (!p.root)
        return WR_NS_NONE;
    *uri = p.root->uri;

    return p.root->ns;
}

int
wr_xml_parse(struct wr_arena *a, const void *bytes, size_t len,
             const struct wr_xml_limits *limits, struct wr_xml_doc *out,
             struct wr_err *err)
{
    struct wr_xml_doc doc = { 0 };
    struct parse p = { .arena = a, .limits = *limits, .err = err };

    err->line = 1;
    if (len > limits->max_bytes || len > INT_MAX)
        return wr_fail(err, WR_ELIMIT, "the file has more than %zu bytes",
                       limits->max_bytes);
    if (len == 0)
        return wr_fail(err, WR_EPARSE, "the file is empty");
    if (has_endless_tag(bytes, len))
        return wr_fail(err, WR_ELIMIT, "an element has too many attributes");
    p.texts = wr_newn(a, struct wr_str, limits->max_depth);
    run(&p, bytes, len);
    if (p.failed)
        return err->code;
    doc.root = p.root;
    doc.n_elements = p.n_elements;
    index_ids(a, &doc);
    *out = doc;

    return 0;
}

const struct wr_xml *
wr_xml_by_id(const struct wr_xml_doc *d, const char *id)
{
    return d->ids[slot_of(d, d->ids, id)];
}
