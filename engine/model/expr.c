/* expr.c: which language a text is in, and parsing it. */

#define _GNU_SOURCE /* strcasestr */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "engine/model/build.h"

enum {
    SHOWN = 200 /* bytes of an expression in a finding */
};

bool
wr_expr_has_marks(const char *text)
{
    return strstr(text, "${") || strstr(text, "#{");
}

/* A quote out of a word processor; `severity` by what became of it. */
static bool
found_quote(struct wr_build *b, const struct wr_xml *at, enum wr_expr_lang lang,
            const char *text, enum wr_severity severity)
{
    const struct wr_finding_row *row = wr_finding_row(WR_F_TYPOGRAPHIC_QUOTE);
    size_t len = strnlen(text, SHOWN);
    struct wr_quote q;

    if (!wr_expr_quote(lang, text, strlen(text), &q))
        return false;
    while (((unsigned char)text[len] & 0xc0) == 0x80)
        len--; /* no part of a character */
    wr_finding_add(
        b->findings,
        (struct wr_finding){
            .code = row->code,
            .severity = severity,
            .element = wr_xml_nearest_id(at),
            .line = at->line,
            .detail = wr_arena_printf(
                b->arena,
                "'%.*s': the typographic quote %s (%s) quotes"
                " nothing: write %s instead",
                (int)len, text, q.text, q.code, wr_quote_plain(&q, lang)),
        });

    return true;
}

/* NULL, and what is wrong is said. */
static const struct wr_expr *
wrong(struct wr_build *b, const struct wr_xml *at, enum wr_expr_lang lang,
      const char *text, const char *why)
{
    if (!found_quote(b, at, lang, text, WR_ERROR_FINDING))
        wr_build_found(b, WR_F_BAD_EXPRESSION, at, "'%.200s': %s", text, why);

    return NULL;
}

const struct wr_expr *
wr_build_expr(struct wr_build *b, const struct wr_xml *at,
              enum wr_expr_lang lang, const char *text)
{
    const struct wr_expr *e;
    struct wr_err err;

    if (wr_expr_parse(b->arena, lang, text, strlen(text), &e, &err) < 0)
        return wrong(b, at, lang, text, err.text);
    found_quote(b, at, lang, text, WR_WARNING);

    return e;
}

/* Pythmata writes Python into ${...}: that first, then what else may stand
 * there; what is wrong is said of the first. */
static const struct wr_expr *
pythmata(struct wr_build *b, const struct wr_xml *at, const char *text)
{
    size_t len = strlen(text);
    bool whole = len > 3 && (text[0] == '$' || text[0] == '#') && text[1] == '{'
                 && text[len - 1] == '}';
    struct wr_err err, other;
    const struct wr_expr *e;

    if ((!whole
         || wr_expr_parse(b->arena, WR_LANG_PYTHON, text + 2, len - 3, &e, &err)
                < 0)
        && wr_expr_parse(b->arena, WR_LANG_JUEL, text, len, &e, &other) < 0)
        return wrong(b, at, WR_LANG_JUEL, text, whole ? err.text : other.text);
    found_quote(b, at, WR_LANG_JUEL, text, WR_WARNING);

    return e;
}

/* Text with marks, as the dialect means it. */
static const struct wr_expr *
marked(struct wr_build *b, const struct wr_xml *at, const char *text)
{
    return b->dialect == WR_DIALECT_PYTHMATA
               ? pythmata(b, at, text)
               : wr_build_expr(b, at, WR_LANG_JUEL, text);
}

struct wr_attr
wr_build_attr(struct wr_build *b, const struct wr_xml *at, enum wr_ns ns,
              const char *text)
{
    struct wr_attr attr = { .text = text };
    const char *s;

    if (!text)
        return attr;
    s = wr_xml_trim(b->arena, text);
    attr.text = s;
    if (*s == '=' && ns != WR_NS_CAMUNDA && ns != WR_NS_FLOWABLE)
        attr.expr = wr_build_expr(b, at, WR_LANG_FEEL, s + 1);
    else if (ns != WR_NS_ZEEBE && wr_expr_has_marks(s))
        attr.expr = marked(b, at, s);
    else
        return attr;
    if (!attr.expr)
        attr.text = ""; /* reported; nothing more to say of it */

    return attr;
}

enum language {
    NONE,
    FEEL,
    JUEL,
    PYTHON,
    OTHER
};

/* Languages are named by short words or by URIs whose version varies. */
static enum language
language_of(const char *name)
{
    if (!name || !*name)
        return NONE;
    if (!strcasecmp(name, "feel") || strstr(name, "/FEEL")
        || strstr(name, "/feel"))
        return FEEL;
    if (!strcasecmp(name, "juel") || strstr(name, "/juel")
        || strstr(name, "/JUEL"))
        return JUEL;
    if (strcasestr(name, "python"))
        return PYTHON;

    return OTHER;
}

bool
wr_build_is_python(const struct wr_build *b, const struct wr_xml *e)
{
    const char *own = wr_xml_attr(e, "language");

    if (own && *own)
        return language_of(own) == PYTHON;

    return b->dialect == WR_DIALECT_SPIFF || language_of(b->language) == PYTHON;
}

static const struct wr_expr *
wrapped(struct wr_build *b, const struct wr_xml *at, const char *text)
{
    if (wr_expr_has_marks(text))
        return wr_build_expr(b, at, WR_LANG_JUEL, text);

    return wr_build_expr(b, at, WR_LANG_JUEL,
                         wr_arena_printf(b->arena, "${%s}", text));
}

/* Conditions without marks of their own. */
static const struct wr_expr *
bare(struct wr_build *b, const struct wr_xml *e, const char *text)
{
    const char *own = wr_xml_attr(e, "language");
    const char *name = own && *own ? own : b->language;

    if (!own && b->options->bare_conditions_are_juel)
        return wrapped(b, e, text);
    if (!own && b->dialect == WR_DIALECT_SPIFF)
        return wr_build_expr(b, e, WR_LANG_PYTHON, text);
    switch (language_of(name)) {
    case PYTHON:
        return wr_build_expr(b, e, WR_LANG_PYTHON, text);
    case NONE:
    case FEEL:
        return wr_build_expr(b, e, WR_LANG_FEEL, text);
    case JUEL:
        return wrapped(b, e, text);
    case OTHER:
        break;
    }
    wr_build_found(b, WR_F_UNSUPPORTED_LANGUAGE, e,
                   "unsupported expression language '%s': write FEEL ('= ...')"
                   " or '${...}'",
                   name);

    return NULL;
}

const struct wr_expr *
wr_build_condition(struct wr_build *b, const struct wr_xml *e)
{
    const char *text = wr_xml_trim(b->arena, e->text);
    const char *own = wr_xml_attr(e, "language");

    const char *resource = wr_xml_attr_ns(e, WR_NS_CAMUNDA, "resource");

    if (resource) {
        text = wr_build_resource(b, e, resource);
        return text ? wr_build_script(b, e, own, text) : NULL;
    }
    if (!*text) {
        wr_build_found(b, WR_F_EMPTY_CONDITION, e, NULL);
        return NULL;
    }
    if (language_of(own) == OTHER) {
        wr_build_found(b, WR_F_UNSUPPORTED_LANGUAGE, e,
                       "unsupported expression language '%s'", own);
        return NULL;
    }
    if (*text == '=' && text[1] != '=')
        return wr_build_expr(b, e, WR_LANG_FEEL, text + 1);
    if (wr_expr_has_marks(text) && language_of(own) != FEEL)
        return marked(b, e, text);

    return bare(b, e, text);
}

const struct wr_expr *
wr_build_script(struct wr_build *b, const struct wr_xml *at, const char *format,
                const char *text)
{
    switch (language_of(format)) {
    case NONE:
        if (wr_expr_has_marks(text))
            return wr_build_expr(b, at, WR_LANG_JUEL, text);
        return wr_build_expr(b, at, WR_LANG_FEEL, text + (*text == '='));
    case FEEL:
        return wr_build_expr(b, at, WR_LANG_FEEL, text + (*text == '='));
    case JUEL:
        return wrapped(b, at, text);
    case PYTHON: /* whole programs: a condition is another thing */
    case OTHER:
        break;
    }
    wr_build_found(b, WR_F_UNSUPPORTED_SCRIPT, at,
                   "unsupported script format '%s'", format);

    return NULL;
}

const struct wr_xml *
wr_build_extension(const struct wr_xml *e, enum wr_ns ns, const char *name)
{
    return e->extensions ? wr_xml_child(e->extensions, ns, name) : NULL;
}

const char *
wr_build_property(const struct wr_xml *e, const char *name)
{
    static const enum wr_ns all[] = { WR_NS_ZEEBE, WR_NS_CAMUNDA,
                                      WR_NS_FLOWABLE };

    for (size_t i = 0; i < WR_COUNT(all); i++) {
        const struct wr_xml *x = wr_build_extension(e, all[i], "properties");

        x = x ? wr_xml_child(x, all[i], "property") : NULL;
        for (; x; x = wr_xml_next(x, all[i], "property")) {
            const char *have = wr_xml_attr(x, "name");

            if (have && !strcmp(have, name))
                return wr_xml_attr(x, "value");
        }
    }

    return NULL;
}

const char *
wr_build_camunda(const struct wr_xml *e, const char *name, enum wr_ns *ns)
{
    const char *v = wr_xml_attr_ns(e, WR_NS_CAMUNDA, name);

    *ns = WR_NS_CAMUNDA;
    if (v)
        return v;
    *ns = WR_NS_FLOWABLE;

    return wr_xml_attr_ns(e, WR_NS_FLOWABLE, name);
}

void
wr_build_found(struct wr_build *b, enum wr_found id, const struct wr_xml *at,
               const char *fmt, ...)
{
    const char *element = wr_xml_nearest_id(at);
    char text[1024];
    va_list ap;

    if (!fmt) {
        wr_found(b->findings, id, element, at->line, NULL);
        return;
    }
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    wr_found(b->findings, id, element, at->line, "%s", text);
}
