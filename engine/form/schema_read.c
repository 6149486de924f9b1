/* schema_read.c: is a JSON Schema one that can be enforced? */

#include <string.h>

#include "engine/base/map.h"
#include "engine/form/schema.h"

enum shape {
    ANY,
    DIALECT,
    REF,
    MAP,
    TYPE,
    LIST,
    FORMAT,
    POSITIVE,
    NUMBER,
    COUNT,
    PATTERN,
    ITEMS,
    SCHEMA,
    SCHEMAS,
    BOOLEAN,
    PATTERNS,
    NAMES,
    NAME_LISTS,
    DEPENDENCIES
};

static const struct {
    const char *name;
    enum shape shape;
} rows[] = {
#define WR_KEYWORD(name, shape) { name, shape },
#include "engine/form/keywords.def"
#undef WR_KEYWORD
};

enum {
    MAX_SCHEMAS = 10000
};

struct reading {
    struct wr_arena *a;
    struct wr_err *err;
    const struct wr_value *doc;
    struct wr_map referred; /* references that were followed */
    int n;
};

static int schema(struct reading *r, const struct wr_value *s, const char *at,
                  int depth);

static int
refuse(struct reading *r, const char *at, const char *why)
{
    return wr_fail(r->err, WR_EVALUE, "'%.120s' %.100s", *at ? at : "/", why);
}

static bool
is_one_of(const struct wr_value *v, const char *const *names, size_t n)
{
    for (size_t i = 0; v->type == WR_V_STRING && i < n; i++)
        if (strcmp(names[i], v->string.s) == 0)
            return true;

    return false;
}

static int
dialect(struct reading *r, const struct wr_value *v, const char *at)
{
    static const char *const known[] = {
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2020-12/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2019-09/schema#",
        "http://json-schema.org/draft-07/schema",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft-07/schema#",
    };

    if (is_one_of(v, known, WR_COUNT(known)))
        return 0;

    return refuse(r, at, "is none of 2020-12, 2019-09 and draft-07");
}

static int
type(struct reading *r, const struct wr_value *v, const char *at)
{
    static const char *const known[] = { "null",   "boolean", "number",
                                         "string", "integer", "array",
                                         "object" };
    const struct wr_value *const *items = v->type == WR_V_LIST ? v->list.items
                                                               : &v;
    size_t n = v->type == WR_V_LIST ? v->list.n : 1;

    for (size_t i = 0; i < n; i++)
        if (!is_one_of(items[i], known, WR_COUNT(known)))
            return refuse(r, at, "is no type");

    return n ? 0 : refuse(r, at, "is empty");
}

static int
number(struct reading *r, const struct wr_value *v, enum shape shape,
       const char *at)
{
    int64_t n;

    if (v->type != WR_V_NUMBER)
        return refuse(r, at, "is no number");
    if (shape == POSITIVE
        && wr_decimal_cmp(v->number, wr_decimal_from_int(0)) <= 0)
        return refuse(r, at, "is not more than 0");
    if (shape == COUNT && (!wr_decimal_to_int(v->number, &n) || n < 0))
        return refuse(r, at, "is no whole number from 0");

    return 0;
}

static int
pattern(struct reading *r, const char *text, const char *at)
{
    if (wr_form_matches(r->a, wr_value_string(r->a, ""), text) < 0)
        return refuse(r, at, "is no regular expression");

    return 0;
}

static int
names(struct reading *r, const struct wr_value *v, const char *at)
{
    if (v->type != WR_V_LIST)
        return refuse(r, at, "is no list");
    for (size_t i = 0; i < v->list.n; i++)
        if (v->list.items[i]->type != WR_V_STRING)
            return refuse(r, at, "is no list of names");

    return 0;
}

static int
schemas(struct reading *r, const struct wr_value *v, const char *at, int depth)
{
    if (v->type != WR_V_LIST || v->list.n == 0)
        return refuse(r, at, "is no list with anything");
    for (size_t i = 0; i < v->list.n; i++)
        if (schema(r, v->list.items[i], wr_form_item(r->a, at, i), depth) < 0)
            return (int)r->err->code;

    return 0;
}

/* An object of what `shape` says. */
static int
map(struct reading *r, const struct wr_value *v, enum shape shape,
    const char *at, int depth)
{
    if (v->type != WR_V_CONTEXT)
        return refuse(r, at, "is no object");
    for (size_t i = 0; i < v->context.n; i++) {
        const struct wr_entry *e = &v->context.entries[i];
        const char *below = wr_form_below(r->a, at, e->key);
        bool list = shape == NAME_LISTS
                    || (shape == DEPENDENCIES && e->value->type == WR_V_LIST);

        if (shape == PATTERNS && pattern(r, e->key, below) < 0)
            return (int)r->err->code;
        if (list ? names(r, e->value, below)
                 : schema(r, e->value, below, depth))
            return (int)r->err->code;
    }

    return 0;
}

/* What is referred to need not be where schemas are: it is read as one. */
static int
reference(struct reading *r, const struct wr_value *v, const char *at,
          int depth)
{
    const struct wr_value *s;

    if (v->type != WR_V_STRING || v->string.s[0] != '#')
        return refuse(r, at, "does not refer to this file: write #/...");
    s = wr_form_schema_at(r->a, r->doc, v->string.s);
    if (!s)
        return refuse(r, at, "refers to nothing");
    if (!wr_map_put(&r->referred, v->string.s, s))
        return 0;

    return schema(r, s, v->string.s + 1, depth);
}

static int
format(struct reading *r, const struct wr_value *v, const char *at)
{
    if (v->type != WR_V_STRING || !wr_schema_knows_format(v->string.s))
        return refuse(r, at, "is no format that is supported");

    return 0;
}

static int
keyword(struct reading *r, const struct wr_value *v, enum shape shape,
        const char *at, int depth)
{
    switch (shape) {
    case ANY:
        return 0;
    case DIALECT:
        return dialect(r, v, at);
    case REF:
        return reference(r, v, at, depth);
    case TYPE:
        return type(r, v, at);
    case LIST:
        return v->type == WR_V_LIST ? 0 : refuse(r, at, "is no list");
    case FORMAT:
        return format(r, v, at);
    case POSITIVE:
    case NUMBER:
    case COUNT:
        return number(r, v, shape, at);
    case PATTERN:
        return v->type == WR_V_STRING ? pattern(r, v->string.s, at)
                                      : refuse(r, at, "is no text");
    case ITEMS:
        return v->type == WR_V_LIST ? schemas(r, v, at, depth)
                                    : schema(r, v, at, depth);
    case SCHEMA:
        return schema(r, v, at, depth);
    case SCHEMAS:
        return schemas(r, v, at, depth);
    case BOOLEAN:
        return v->type == WR_V_BOOL ? 0 : refuse(r, at, "is no boolean");
    case NAMES:
        return names(r, v, at);
    case MAP:
    case PATTERNS:
    case NAME_LISTS:
    case DEPENDENCIES:
        break;
    }

    return map(r, v, shape, at, depth);
}

static bool
find(const char *name, enum shape *out)
{
    for (size_t i = 0; i < WR_COUNT(rows); i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        *out = rows[i].shape;
        return true;
    }
    *out = ANY;

    return strncmp(name, "x-", 2) == 0;
}

static int
schema(struct reading *r, const struct wr_value *s, const char *at, int depth)
{
    if (++r->n > MAX_SCHEMAS || depth > WR_FORM_DEPTH)
        return wr_fail(r->err, WR_EVALUE, "the schema is too large");
    if (s->type == WR_V_BOOL)
        return 0;
    if (s->type != WR_V_CONTEXT)
        return refuse(r, at, "is no schema");
    for (size_t i = 0; i < s->context.n; i++) {
        const struct wr_entry *e = &s->context.entries[i];
        enum shape shape;

        if (!find(e->key, &shape))
            return wr_fail(r->err, WR_EVALUE,
                           "the keyword '%.60s' in '%.120s' is not supported",
                           e->key, *at ? at : "/");
        if (keyword(r, e->value, shape, wr_form_below(r->a, at, e->key),
                    depth + 1)
            < 0)
            return (int)r->err->code;
    }

    return 0;
}

/* ---- references ---- */

/* One name of a JSON pointer: "~1" is "/", "~0" is "~". */
static const char *
unescape(struct wr_arena *a, const char *s, size_t len)
{
    struct wr_str out = { .arena = a };

    for (size_t i = 0; i < len; i++) {
        if (s[i] == '~' && i + 1 < len && (s[i + 1] == '0' || s[i + 1] == '1'))
            wr_str_addc(&out, s[++i] == '1' ? '/' : '~');
        else
            wr_str_addc(&out, s[i]);
    }

    return wr_str_text(&out);
}

static const struct wr_value *
child(const struct wr_value *v, const char *name)
{
    size_t i = 0;

    if (v->type != WR_V_LIST)
        return wr_value_get(v, name);
    if (!*name || strspn(name, "0123456789") != strlen(name)
        || strlen(name) > 6)
        return NULL;
    for (const char *s = name; *s; s++)
        i = 10 * i + (size_t)(*s - '0');

    return i < v->list.n ? v->list.items[i] : NULL;
}

const struct wr_value *
wr_form_schema_at(struct wr_arena *a, const struct wr_value *doc,
                  const char *ref)
{
    const struct wr_value *v = doc;

    if (*ref++ != '#' || (*ref && *ref != '/'))
        return NULL;
    while (*ref && v) {
        size_t len = strcspn(++ref, "/");

        v = child(v, unescape(a, ref, len));
        ref += len;
    }

    return v && (v->type == WR_V_CONTEXT || v->type == WR_V_BOOL) ? v : NULL;
}

bool
wr_form_is_draft7(const struct wr_value *doc)
{
    const struct wr_value *v = wr_value_get(doc, "$schema");

    return v && v->type == WR_V_STRING && strstr(v->string.s, "draft-07");
}

int
wr_form_schema_read(struct wr_arena *a, const struct wr_value *doc,
                    struct wr_err *err)
{
    struct reading r = {
        .a = a, .err = err, .doc = doc, .referred = { .arena = a }
    };

    if (doc->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EVALUE, "a form's schema is no object");

    return schema(&r, doc, "", 0);
}
