/* xml_look.c: finding one's way in the tree of xml.h. */

#include <string.h>

#include "engine/model/xml.h"

const char *
wr_xml_attr_ns(const struct wr_xml *e, enum wr_ns ns, const char *name)
{
    for (int i = 0; i < e->n_attrs; i++) {
        if (e->attrs[i].ns == ns && !strcmp(e->attrs[i].name, name))
            return e->attrs[i].value;
    }

    return NULL;
}

const char *
wr_xml_attr(const struct wr_xml *e, const char *name)
{
    return wr_xml_attr_ns(e, WR_NS_NONE, name);
}

bool
wr_xml_flag(const struct wr_xml *e, const char *name, bool absent)
{
    const char *v = wr_xml_attr(e, name);

    if (!v)
        return absent;

    return !strcmp(v, "true") || !strcmp(v, "1");
}

static const struct wr_xml *
match(const struct wr_xml *e, enum wr_ns ns, const char *name)
{
    while (e && (e->ns != ns || strcmp(e->name, name) != 0))
        e = e->next;

    return e;
}

const struct wr_xml *
wr_xml_child(const struct wr_xml *e, enum wr_ns ns, const char *name)
{
    return match(e->first, ns, name);
}

const struct wr_xml *
wr_xml_next(const struct wr_xml *e, enum wr_ns ns, const char *name)
{
    return match(e->next, ns, name);
}

int
wr_xml_count(const struct wr_xml *e, enum wr_ns ns, const char *name)
{
    int n = 0;

    for (const struct wr_xml *c = wr_xml_child(e, ns, name); c;
         c = wr_xml_next(c, ns, name))
        n++;

    return n;
}

const struct wr_xml *
wr_xml_walk(const struct wr_xml *top, const struct wr_xml *e)
{
    if (e->first)
        return e->first;
    while (e != top && !e->next)
        e = e->parent;

    return e == top ? NULL : e->next;
}

bool
wr_xml_is(const struct wr_xml *e, const char *name)
{
    return e && e->ns == WR_NS_BPMN && !strcmp(e->name, name);
}

const struct wr_xml *
wr_xml_above(const struct wr_xml *e, unsigned is)
{
    for (e = e->parent; e; e = e->parent) {
        if (e->is & is)
            return e;
    }

    return NULL;
}

const struct wr_xml *
wr_xml_above_named(const struct wr_xml *e, const char *name)
{
    for (e = e->parent; e; e = e->parent) {
        if (wr_xml_is(e, name))
            return e;
    }

    return NULL;
}

const char *
wr_xml_nearest_id(const struct wr_xml *e)
{
    while (!(e->id && *e->id) && e->parent)
        e = e->parent;

    return e->id && *e->id ? e->id : e->name;
}

const char *
wr_xml_prefix_uri(const struct wr_xml *at, const char *prefix, size_t len)
{
    for (const struct wr_xml_prefix *p = at->prefixes; p; p = p->outer) {
        if (strlen(p->prefix) == len && !memcmp(p->prefix, prefix, len))
            return p->uri;
    }

    return NULL;
}

const struct wr_xml *
wr_xml_ref(const struct wr_xml_doc *d, const struct wr_xml *at,
           const char *name, bool *foreign)
{
    const struct wr_xml *e = wr_xml_by_id(d, name);
    const char *colon = strchr(name, ':'), *uri, *own;
    bool ignored;

    if (!foreign)
        foreign = &ignored;
    *foreign = false;
    if (e || !colon)
        return e;
    uri = wr_xml_prefix_uri(at, name, (size_t)(colon - name));
    own = wr_xml_attr(d->root, "targetNamespace");
    if (!uri)
        return NULL;
    *foreign = !own || strcmp(uri, own) != 0;

    return *foreign ? NULL : wr_xml_by_id(d, colon + 1);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *
wr_xml_trim(struct wr_arena *a, const char *s)
{
    size_t n;

    while (is_blank(*s))
        s++;
    n = strlen(s);
    while (n > 0 && is_blank(s[n - 1]))
        n--;

    return s[n] ? wr_arena_strndup(a, s, n) : s;
}
