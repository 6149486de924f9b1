/* rules_ref.c: rules about references between elements and between files. */

#include <string.h>

#include "engine/model/rules.h"

enum {
    MAX_IMPORTS = 16
};

static const struct {
    const char *element; /* NULL: by kind */
    unsigned is;
    const char *by;    /* "@attribute" or "child" */
    const char *names; /* separated by blanks */
    unsigned kinds;
} references[] = {
#define WR_REFERENCE(element, is, by, names, kinds) \
    { element, is, by, names, kinds },
#include "engine/model/references.def"
#undef WR_REFERENCE
};

void
wr_rule_id(struct wr_rules *r, const struct wr_xml *e)
{
    if (!e->id || !*e->id)
        wr_hit(r, WR_F_EXT_003, e);
}

static bool
holds(const char *names, const char *name)
{
    size_t len = strlen(name);

    for (const char *s = names; s; s = strchr(s, ' ')) {
        s += *s == ' ';
        if (!strncmp(s, name, len) && (s[len] == ' ' || s[len] == '\0'))
            return true;
    }

    return false;
}

static bool
fits(const struct wr_xml *e, const char *names, unsigned kinds)
{
    if (!*names && !kinds)
        return true;

    return (e->is & kinds) || holds(names, e->name);
}

/* Names with a prefix of another namespace refer to another file. */
static void
check(struct wr_rules *r, const struct wr_xml *at, size_t row,
      const char *value)
{
    const char *name = wr_xml_trim(r->arena, value);
    const char *by = references[row].by + (*references[row].by == '@');
    bool foreign;
    const struct wr_xml *e = wr_xml_ref(r->doc, at, name, &foreign);

    if (foreign || !*name)
        return;
    if (!e)
        wr_found(r->findings, WR_F_REF, wr_xml_nearest_id(at), at->line,
                 "%s '%.200s' of '%s' refers to nothing", by, name, at->name);
    else if (!fits(e, references[row].names, references[row].kinds))
        wr_found(r->findings, WR_F_REF, wr_xml_nearest_id(at), at->line,
                 "%s '%.200s' of '%s' refers to a '%s'", by, name, at->name,
                 e->name);
}

void
wr_rule_references(struct wr_rules *r, const struct wr_xml *e)
{
    for (size_t i = 0; i < WR_COUNT(references); i++) {
        const char *by = references[i].by;
        const struct wr_xml *c;

        if (references[i].element ? strcmp(references[i].element, e->name) != 0
                                  : !(references[i].is & e->is))
            continue;
        if (*by == '@') {
            const char *v = wr_xml_attr(e, by + 1);

            if (v)
                check(r, e, i, v);
            continue;
        }
        for (c = wr_xml_child(e, WR_NS_BPMN, by); c;
             c = wr_xml_next(c, WR_NS_BPMN, by))
            check(r, e, i, c->text);
    }
}

/* The ids of an imported file of the same namespace are in use as well. */
static void
compare_ids(struct wr_rules *r, const struct wr_xml *at,
            const struct wr_xml_doc *other)
{
    const char *mine = wr_xml_attr(r->doc->root, "targetNamespace");
    const char *theirs = wr_xml_attr(other->root, "targetNamespace");

    if (!mine || !theirs || strcmp(mine, theirs) != 0)
        return;
    for (const struct wr_xml *e = other->root; e;
         e = wr_xml_walk(other->root, e)) {
        if (e->ns != WR_NS_BPMN || !e->id || !wr_xml_by_id(r->doc, e->id))
            continue;
        wr_found(r->findings, WR_F_DUPLICATE_ID, e->id, at->line,
                 "the id '%.200s' is used in the imported file too", e->id);
    }
}

static bool
load(struct wr_rules *r, const char *location, struct wr_xml_doc *doc)
{
    const struct wr_bpmn_options *o = r->options;
    const struct wr_xml_limits limits = { .max_bytes = 8 << 20,
                                          .max_depth = 128 };
    const char *bytes;
    struct wr_err err;
    size_t len;

    return o->import && o->import(o->data, r->arena, location, &bytes, &len)
           && wr_xml_parse(r->arena, bytes, len, &limits, doc, &err) == 0;
}

/* Are the files that an imported one imports there too? */
static bool
is_complete(struct wr_rules *r, const struct wr_xml_doc *doc)
{
    const struct wr_xml *i = wr_xml_child(doc->root, WR_NS_BPMN, "import");
    struct wr_xml_doc inner;

    for (; i; i = wr_xml_next(i, WR_NS_BPMN, "import")) {
        const char *location = wr_xml_attr(i, "location");

        if (location && !strstr(location, "://") && !load(r, location, &inner))
            return false;
    }

    return true;
}

/* Only BPMN files next to this one; nothing is fetched. */
void
wr_rule_import(struct wr_rules *r, const struct wr_xml *e)
{
    const char *type = wr_xml_attr(e, "importType");
    const char *location = wr_xml_attr(e, "location");
    struct wr_xml_doc doc;

    if (!type || !strstr(type, "/BPMN/") || !location
        || r->n_imports++ >= MAX_IMPORTS)
        return;
    if (strstr(location, "://")) {
        wr_hit(r, WR_F_REMOTE_IMPORT, e);
        return;
    }
    if (!load(r, location, &doc) || !is_complete(r, &doc)) {
        wr_found(r->findings, WR_F_EXT_001, wr_xml_nearest_id(e), e->line,
                 "the imported file '%.200s' is not there or not BPMN",
                 location);
        return;
    }
    compare_ids(r, e, &doc);
}
