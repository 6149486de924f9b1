/*
 * schema.c: is a file built as the metamodel of BPMN 2.0.2 says?
 *
 * Each element is held against its row of schema.def: attributes and their
 * values, which elements it may hold, in which order and how often, and where
 * text may stand.  Extensions are free: what belongs to another namespace may
 * stand in extensionElements and as an attribute.
 */

#include <ctype.h>
#include <string.h>

#include "engine/model/rules.h"

struct row {
    const char *name, *base, *attrs, *content, *parts;
};

static const struct row rows[] = {
#define WR_SCHEMA(name, base, attrs, content, parts) \
    { name, base, attrs, content, parts },
#include "engine/model/schema.def"
#undef WR_SCHEMA
};

enum {
    SLOTS = 512 /* a power of two, more than twice the rows */
};

struct schema {
    struct wr_arena *arena;
    struct wr_findings *findings;
    const struct row *slots[SLOTS];
};

/* A piece of one of the texts of a row. */
struct word {
    const char *p;
    size_t len;
};

static bool
next_word(const char **at, struct word *out)
{
    *at += strspn(*at, " ");
    out->p = *at;
    out->len = strcspn(*at, " ");
    *at += out->len;

    return out->len > 0;
}

static bool
word_is(const struct word *w, const char *s)
{
    return strlen(s) == w->len && strncmp(w->p, s, w->len) == 0;
}

/* Is `s` one of the words of `list` that `sep` parts? */
static bool
has_choice(struct word list, const char *s)
{
    size_t n = strlen(s);

    for (size_t at = 0; at <= list.len;) {
        size_t len = 0;

        while (at + len < list.len && list.p[at + len] != '|')
            len++;
        if (len == n && strncmp(list.p + at, s, n) == 0)
            return true;
        at += len + 1;
    }

    return false;
}

/* ---- rows ---- */

static size_t
slot_of(const char *name, size_t len)
{
    size_t h = 5381;

    for (size_t k = 0; k < len; k++)
        h = h * 33 + (unsigned char)name[k];

    return h & (SLOTS - 1);
}

static const struct row *
row_named(const struct schema *s, const char *name, size_t len)
{
    size_t at = slot_of(name, len);

    for (; s->slots[at]; at = (at + 1) & (SLOTS - 1)) {
        const struct row *r = s->slots[at];

        if (strlen(r->name) == len && strncmp(r->name, name, len) == 0)
            return r;
    }

    return NULL;
}

static void
fill(struct schema *s)
{
    for (size_t k = 0; k < WR_COUNT(rows); k++) {
        size_t at = slot_of(rows[k].name, strlen(rows[k].name));

        while (s->slots[at])
            at = (at + 1) & (SLOTS - 1);
        s->slots[at] = &rows[k];
    }
}

static const struct row *
base_of(const struct schema *s, const struct row *r)
{
    return r->base ? row_named(s, r->base, strlen(r->base)) : NULL;
}

static bool
extends(const struct schema *s, const struct row *r, const char *name,
        size_t len)
{
    for (; r; r = base_of(s, r)) {
        if (strlen(r->name) == len && strncmp(r->name, name, len) == 0)
            return true;
    }

    return false;
}

/* The class that xsi:type="bpmn:tFormalExpression" names; NULL: none. */
static const struct row *
typed(const struct schema *s, const char *type)
{
    const char *colon = strchr(type, ':');
    const char *name = colon ? colon + 1 : type;

    if (*name != 't')
        return NULL;
    name = wr_arena_printf(s->arena, "%c%s", tolower((unsigned char)name[1]),
                           name[1] ? name + 2 : "");

    return row_named(s, name, strlen(name));
}

/* An element of BPMN or of its diagrams; NULL: of somebody else, or unknown. */
static const struct row *
row_of(const struct schema *s, const struct wr_xml *e)
{
    const struct row *own, *named;
    const char *type;

    if (e->ns == WR_NS_DI && strcmp(e->name, "extension") == 0)
        return row_named(s, "documentation", strlen("documentation"));
    if (e->ns != WR_NS_BPMN && e->ns != WR_NS_DI)
        return NULL;
    type = wr_xml_attr_ns(e, WR_NS_XSI, "type");
    own = row_named(s, e->name, strlen(e->name));
    named = type && own ? typed(s, wr_xml_trim(s->arena, type)) : NULL;

    /* all expressions but formal ones may be of another kind than they say */
    return named && extends(s, own, "expression", 10)
                   && extends(s, named, "expression", 10)
               ? named
               : own;
}

/* A type that is not there, or not one of what stands there. */
static bool
is_wrong_type(const struct schema *s, const struct wr_xml *e)
{
    const char *given = wr_xml_attr_ns(e, WR_NS_XSI, "type");
    const char *type = given ? wr_xml_trim(s->arena, given) : "";
    const struct row *own = row_named(s, e->name, strlen(e->name));
    const struct row *named;

    if (!given)
        return false;
    if (!wr_xml_prefix_uri(e, type, strcspn(type, ":") * !!strchr(type, ':')))
        return true;
    if (e->ns != WR_NS_BPMN || !own)
        return false;
    named = typed(s, type);
    if (extends(s, own, "formalExpression", 16))
        return !extends(s, named, "formalExpression", 16);
    if (extends(s, own, "expression", 10))
        return !extends(s, named, "expression", 10);

    return named != own;
}

/* ---- values ---- */

static bool
is_ncname(const char *s, size_t len)
{
    for (size_t k = 0; k < len; k++) {
        unsigned char c = (unsigned char)s[k];

        if (isalpha(c) || c == '_' || c >= 0x80)
            continue;
        if (k == 0 || (!isdigit(c) && c != '.' && c != '-'))
            return false;
    }

    return len > 0;
}

static bool
is_qname(const struct wr_xml *e, const char *s)
{
    const char *colon = strchr(s, ':');

    if (!colon)
        return is_ncname(s, strlen(s));

    return is_ncname(s, (size_t)(colon - s))
           && is_ncname(colon + 1, strlen(colon + 1))
           && wr_xml_prefix_uri(e, s, (size_t)(colon - s));
}

static bool
is_whole(const char *s)
{
    s += *s == '-' || *s == '+';

    return *s && s[strspn(s, "0123456789")] == '\0';
}

static bool
is_double(const char *s)
{
    size_t n, digits;

    if (!strcmp(s, "INF") || !strcmp(s, "-INF") || !strcmp(s, "NaN"))
        return true;
    s += *s == '-' || *s == '+';
    digits = n = strspn(s, "0123456789");
    s += n;
    if (*s == '.') {
        n = strspn(s + 1, "0123456789");
        digits += n;
        s += n + 1;
    }
    if (digits == 0)
        return false;

    return !*s || ((*s == 'e' || *s == 'E') && is_whole(s + 1));
}

static bool
is_hex(const char *s)
{
    return isxdigit((unsigned char)s[0]) && isxdigit((unsigned char)s[1]);
}

/* Blanks are written %20 by whoever reads it. */
static bool
is_uri(const char *s)
{
    const char *scheme = s + strcspn(s, ":/?#");

    if (*scheme == ':' && (scheme == s || !isalpha((unsigned char)*s)))
        return false;
    for (; *s; s++) {
        if (*s == '%' && !is_hex(s + 1))
            return false;
        if ((unsigned char)*s < 0x20)
            return false;
    }

    return true;
}

/* The hooks that the metamodel itself names, else any URI. */
static bool
is_implementation(const char *s)
{
    return strncmp(s, "##", 2) == 0
               ? strcspn(s + 2, "# \t") == strlen(s + 2) && s[2]
               : is_uri(s);
}

static bool
fits(const struct schema *s, const struct wr_xml *e, struct word type,
     const char *value)
{
    const char *v = wr_xml_trim(s->arena, value);

    if (word_is(&type, "string"))
        return true;
    if (word_is(&type, "boolean"))
        return has_choice((struct word){ "true|false|1|0", 14 }, v);
    if (word_is(&type, "integer") || word_is(&type, "int"))
        return is_whole(v);
    if (word_is(&type, "double"))
        return is_double(v);
    if (word_is(&type, "ID") || word_is(&type, "IDREF"))
        return is_ncname(v, strlen(v));
    if (word_is(&type, "QName"))
        return is_qname(e, v);
    if (word_is(&type, "anyURI"))
        return is_uri(v);
    if (word_is(&type, "implementation"))
        return is_implementation(v);

    return has_choice(type, v);
}

/* ---- attributes ---- */

struct attribute {
    struct word name, type;
    bool required;
};

static bool
next_attribute(const char **at, struct attribute *out)
{
    const char *colon;
    struct word w;

    if (!next_word(at, &w))
        return false;
    colon = memchr(w.p, ':', w.len);
    out->name = (struct word){ w.p, (size_t)(colon - w.p) };
    out->type = (struct word){ colon + 1, w.len - (size_t)(colon + 1 - w.p) };
    out->required = out->name.p[out->name.len - 1] == '!';
    out->name.len -= out->required;

    return true;
}

static bool
find_attribute(const struct schema *s, const struct row *r, const char *name,
               struct attribute *out)
{
    for (; r; r = base_of(s, r)) {
        for (const char *at = r->attrs; next_attribute(&at, out);) {
            if (word_is(&out->name, name))
                return true;
        }
    }

    return false;
}

static void
check_given(struct schema *s, const struct row *r, const struct wr_xml *e)
{
    if (is_wrong_type(s, e))
        wr_found(s->findings, WR_F_BAD_ATTRIBUTE, wr_xml_nearest_id(e), e->line,
                 "xsi:type of '%.60s' is no type that may stand there",
                 e->name);
    for (int k = 0; k < e->n_attrs; k++) {
        const struct wr_xml_attr *a = &e->attrs[k];
        struct attribute want;

        if (a->ns != WR_NS_NONE && a->ns != WR_NS_BPMN)
            continue;
        if (a->ns == WR_NS_BPMN || !find_attribute(s, r, a->name, &want))
            wr_found(s->findings, WR_F_NO_SUCH_ATTRIBUTE, wr_xml_nearest_id(e),
                     e->line, "'%.60s' has no attribute '%.60s'", e->name,
                     a->name);
        else if (!fits(s, e, want.type, a->value))
            wr_found(s->findings, WR_F_BAD_ATTRIBUTE, wr_xml_nearest_id(e),
                     e->line, "%.60s=\"%.60s\" of '%.60s' is no %.*s", a->name,
                     a->value, e->name, (int)want.type.len, want.type.p);
    }
}

static void
check_required(struct schema *s, const struct row *r, const struct wr_xml *e)
{
    const struct row *at_row = r;

    for (; at_row; at_row = base_of(s, at_row)) {
        struct attribute want;

        for (const char *at = at_row->attrs; next_attribute(&at, &want);) {
            const char *name = wr_arena_strndup(s->arena, want.name.p,
                                                want.name.len);

            if (want.required && !wr_xml_attr(e, name))
                wr_found(s->findings, WR_F_MISSING_ATTRIBUTE,
                         wr_xml_nearest_id(e), e->line,
                         "'%.60s' needs the attribute '%s'", e->name, name);
        }
    }
}

/* ---- content ---- */

static bool
is_blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

static const char *
content_of(const struct schema *s, const struct wr_xml *e, const struct row *r)
{
    /* what is written as an expression may say which kind it is */
    const struct row *own = row_named(s, e->name, strlen(e->name));

    return own ? own->content : r->content;
}

static void
check_text(struct schema *s, const char *content, const struct wr_xml *e)
{
    struct word type = { content, strlen(content) };

    if (!strcmp(content, "mixed") || !strcmp(content, "any"))
        return;
    if (!content[0] || !strcmp(content, "foreign")) {
        if (!is_blank(e->text))
            wr_found(s->findings, WR_F_MISPLACED_TEXT, wr_xml_nearest_id(e),
                     e->line, "'%.60s' may not hold text", e->name);
        return;
    }
    if (!fits(s, e, type, e->text))
        wr_found(s->findings, WR_F_BAD_ATTRIBUTE, wr_xml_nearest_id(e), e->line,
                 "'%.60s' in '%.60s' is no %s", wr_xml_trim(s->arena, e->text),
                 e->name, content);
}

/* How often a part may stand there; its mark is cut off. */
static void
read_times(struct word *w, int *min, int *max)
{
    char mark = w->p[w->len - 1];

    *min = mark == '?' || mark == '*' ? 0 : 1;
    *max = mark == '*' || mark == '+' ? 1 << 30 : 1;
    if (mark == '?' || mark == '*' || mark == '+')
        w->len--;
    if (mark == '+' && w->p[w->len - 1] == '2') {
        w->len--;
        *min = 2;
    }
}

static bool
is_part(const struct schema *s, struct word part, const struct wr_xml *e)
{
    const struct row *r = row_of(s, e);

    if (!r)
        return false;
    if (part.p[0] != '@')
        return has_choice(part, e->name);

    return extends(s, row_named(s, e->name, strlen(e->name)), part.p + 1,
                   part.len - 1);
}

static const struct wr_xml *
take_parts(struct schema *s, const struct row *r, const struct wr_xml *e,
           const struct wr_xml *child)
{
    const struct row *base = base_of(s, r);
    const char *at = r->parts;
    struct word part;

    if (base)
        child = take_parts(s, base, e, child);
    while (next_word(&at, &part)) {
        int min, max, n = 0;

        read_times(&part, &min, &max);
        for (; child && n < max && is_part(s, part, child); n++)
            child = child->next;
        if (n < min)
            wr_found(s->findings, WR_F_MISSING_ELEMENT, wr_xml_nearest_id(e),
                     e->line, "'%.60s' needs %s'%.*s' here", e->name,
                     min > 1 ? "two of " : "",
                     (int)(part.len - (part.p[0] == '@')),
                     part.p + (part.p[0] == '@'));
    }

    return child;
}

static void
check_parts(struct schema *s, const struct row *r, const char *content,
            const struct wr_xml *e)
{
    const struct wr_xml *child = e->first;

    if (!strcmp(content, "any"))
        return;
    if (!strcmp(content, "foreign")) {
        while (child && child->ns != WR_NS_BPMN && child->uri[0])
            child = child->next;
    } else {
        child = take_parts(s, r, e, child);
    }
    if (child && (child->ns != WR_NS_BPMN || child->known))
        wr_found(s->findings, WR_F_MISPLACED_ELEMENT, wr_xml_nearest_id(child),
                 child->line, "'%.60s' may not stand here in '%.60s'",
                 child->name, e->name);
}

static void
check(struct schema *s, const struct row *r, const struct wr_xml *e)
{
    const char *content = content_of(s, e, r);

    check_given(s, r, e);
    check_required(s, r, e);
    check_text(s, content, e);
    check_parts(s, r, content, e);
}

/* What comes behind `e` and all that is in it. */
static const struct wr_xml *
behind(const struct wr_xml *top, const struct wr_xml *e)
{
    while (e != top && !e->next)
        e = e->parent;

    return e == top ? NULL : e->next;
}

void
wr_schema_check(struct wr_arena *a, const struct wr_xml_doc *doc,
                struct wr_findings *findings)
{
    struct schema s = { .arena = a, .findings = findings };
    const struct wr_xml *e = doc->root;

    fill(&s);
    while (e) {
        const struct row *r = row_of(&s, e);
        /* what others put into it is theirs */
        bool closed = !r || !strcmp(r->content, "any")
                      || !strcmp(r->content, "foreign");

        if (r)
            check(&s, r, e);
        e = closed ? behind(doc->root, e) : wr_xml_walk(doc->root, e);
    }
}
