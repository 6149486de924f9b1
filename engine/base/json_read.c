/* Recursive descent over text that was found to be UTF-8 as a whole. */

#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"

enum {
    FEW = 12
}; /* members whose names are compared pair by pair */

struct parser {
    struct wr_arena *arena;
    const char *text, *p, *end;
    int depth;
    struct wr_err *err;
};

/* Values of the list or members of the object being read. */
struct pile {
    struct wr_entry *entries;
    size_t n, cap;
};

static int parse_value(struct parser *ps, const struct wr_value **out);

/* Lines count from 1, columns are characters of the line from 1. */
static void
locate(struct parser *ps)
{
    ps->err->line = 1;
    ps->err->column = 1;
    for (const char *c = ps->text; c < ps->p; c++) {
        if (*c == '\n') {
            ps->err->line++;
            ps->err->column = 1;
        } else if ((*c & 0xC0) != 0x80) {
            ps->err->column++;
        }
    }
}

static int
fail(struct parser *ps, enum wr_code code, const char *what)
{
    locate(ps);

    return wr_fail(ps->err, code, "line %d, column %d: %s", ps->err->line,
                   ps->err->column, what);
}

static int
malformed(struct parser *ps, const char *what)
{
    return fail(ps, WR_EJSON, what);
}

static void
skip_blanks(struct parser *ps)
{
    while (ps->p < ps->end
           && (*ps->p == ' ' || *ps->p == '\t' || *ps->p == '\n'
               || *ps->p == '\r'))
        ps->p++;
}

/* --- Strings --------------------------------------------------------------- */

static int
hex4(const char *s)
{
    int n = 0;

    for (int i = 0; i < 4; i++) {
        int d = s[i] >= '0' && s[i] <= '9'   ? s[i] - '0'
                : s[i] >= 'a' && s[i] <= 'f' ? s[i] - 'a' + 10
                : s[i] >= 'A' && s[i] <= 'F' ? s[i] - 'A' + 10
                                             : -1;

        if (d < 0)
            return -1;
        n = n << 4 | d;
    }

    return n;
}

static char *
put_utf8(char *to, int c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xC0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *to++ = (char)(0xE0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    } else {
        *to++ = (char)(0xF0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3F));
        *to++ = (char)(0x80 | (c >> 6 & 0x3F));
        *to++ = (char)(0x80 | (c & 0x3F));
    }

    return to;
}

/* At the `u` of an escape; a surrogate needs its partner. */
static int
unicode_escape(struct parser *ps, char **to)
{
    int c = ps->end - ps->p > 4 ? hex4(ps->p + 1) : -1;

    if (c < 0)
        return malformed(ps, "\\u needs four hexadecimal digits");
    if (c == 0)
        return malformed(ps, "U+0000 is not allowed");
    if (c >= 0xD800 && c <= 0xDFFF) {
        const char *q = ps->p + 5;
        int low = ps->end - q > 5 && q[0] == '\\' && q[1] == 'u' ? hex4(q + 2)
                                                                 : -1;

        if (c >= 0xDC00 || low < 0xDC00 || low > 0xDFFF)
            return malformed(ps, "half of a surrogate pair");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        ps->p += 6;
    }
    ps->p += 5;
    *to = put_utf8(*to, c);

    return 0;
}

static int
escape(struct parser *ps, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *at;

    ps->p++;
    if (ps->p == ps->end)
        return malformed(ps, "string does not end");
    if (*ps->p == 'u')
        return unicode_escape(ps, to);
    at = *ps->p ? strchr(from, *ps->p) : NULL;
    if (!at)
        return malformed(ps, "unknown escape");
    *(*to)++ = into[at - from];
    ps->p++;

    return 0;
}

/* At the opening quote.  No escape makes text longer, so the distance to the
 * closing quote is room enough. */
static int
parse_string(struct parser *ps, const char **out, size_t *len)
{
    const char *close = ++ps->p;
    char *text, *to;

    while (close < ps->end && *close != '"')
        close += *close == '\\' && close + 1 < ps->end ? 2 : 1;
    text = to = wr_arena_alloc(ps->arena, (size_t)(close - ps->p) + 1);
    while (ps->p < ps->end && *ps->p != '"') {
        if ((unsigned char)*ps->p < 0x20)
            return malformed(ps, "control character in a string");
        if (*ps->p != '\\')
            *to++ = *ps->p++;
        else if (escape(ps, &to) < 0)
            return ps->err->code;
    }
    if (ps->p == ps->end)
        return malformed(ps, "string does not end");
    ps->p++;
    *out = text;
    *len = (size_t)(to - text);

    return 0;
}

static int
string_value(struct parser *ps, const struct wr_value **out)
{
    struct wr_value *v = wr_new(ps->arena, struct wr_value);

    v->type = WR_V_STRING;
    *out = v;

    return parse_string(ps, &v->string.s, &v->string.len);
}

/* --- Numbers and words ----------------------------------------------------- */

static const char *
digits(const struct parser *ps, const char *c)
{
    while (c < ps->end && *c >= '0' && *c <= '9')
        c++;

    return c;
}

/* The end of the number at p, NULL when the grammar is not met. */
static const char *
number_end(const struct parser *ps)
{
    const char *c = ps->p, *start;

    if (*c == '-')
        c++;
    start = c;
    c = digits(ps, c);
    if (c == start || (*start == '0' && c - start > 1))
        return NULL;
    if (c < ps->end && *c == '.') {
        start = ++c;
        if ((c = digits(ps, c)) == start)
            return NULL;
    }
    if (c < ps->end && (*c == 'e' || *c == 'E')) {
        c++;
        if (c < ps->end && (*c == '+' || *c == '-'))
            c++;
        start = c;
        if ((c = digits(ps, c)) == start)
            return NULL;
    }

    return c;
}

static int
number_value(struct parser *ps, const struct wr_value **out)
{
    const char *end = number_end(ps);
    struct wr_decimal d;

    if (!end)
        return malformed(ps, "malformed number");
    if (wr_decimal_parse(ps->p, (size_t)(end - ps->p), &d, ps->err) < 0) {
        locate(ps);
        return wr_wrap(ps->err, "line %d, column %d", ps->err->line,
                       ps->err->column);
    }
    ps->p = end;
    *out = wr_value_number(ps->arena, d);

    return 0;
}

static int
word_value(struct parser *ps, const struct wr_value **out)
{
    static const struct {
        const char *word;
        size_t len;
        const struct wr_value *value;
    } words[] = {
        { "null", 4, &wr_null },
        { "true", 4, &wr_true },
        { "false", 5, &wr_false },
    };

    for (size_t i = 0; i < WR_COUNT(words); i++) {
        if ((size_t)(ps->end - ps->p) >= words[i].len
            && memcmp(ps->p, words[i].word, words[i].len) == 0) {
            ps->p += words[i].len;
            *out = words[i].value;
            return 0;
        }
    }

    return malformed(ps, "expected a value");
}

/* --- Lists and objects ----------------------------------------------------- */

static void
push(struct parser *ps, struct pile *pile, struct wr_entry e)
{
    if (pile->n == pile->cap) {
        size_t cap = pile->cap ? pile->cap * 2 : 8;
        struct wr_entry *more = wr_newn(ps->arena, struct wr_entry, cap);

        if (pile->n)
            memcpy(more, pile->entries, pile->n * sizeof(*more));
        pile->entries = more;
        pile->cap = cap;
    }
    pile->entries[pile->n++] = e;
}

/* After an item: 1 when another follows, 0 at the closing bracket. */
static int
more(struct parser *ps, char close, const char *what)
{
    skip_blanks(ps);
    if (ps->p == ps->end || (*ps->p != ',' && *ps->p != close))
        return malformed(ps, what);
    if (*ps->p++ == close)
        return 0;
    skip_blanks(ps);

    return 1;
}

static int
list_items(struct parser *ps, struct pile *pile)
{
    int again = 1;

    ps->p++;
    skip_blanks(ps);
    if (ps->p < ps->end && *ps->p == ']') {
        ps->p++;
        return 0;
    }
    while (again == 1) {
        struct wr_entry e = { .key = NULL };

        if (parse_value(ps, &e.value) < 0)
            return ps->err->code;
        push(ps, pile, e);
        again = more(ps, ']', "expected ',' or ']'");
    }

    return again;
}

static int
list_value(struct parser *ps, const struct wr_value **out)
{
    struct wr_value *v = wr_new(ps->arena, struct wr_value);
    struct pile pile = { .n = 0 };
    const struct wr_value **items;

    if (list_items(ps, &pile) < 0)
        return ps->err->code;
    items = wr_newn(ps->arena, const struct wr_value *, pile.n);
    for (size_t i = 0; i < pile.n; i++)
        items[i] = pile.entries[i].value;
    v->type = WR_V_LIST;
    v->list.items = items;
    v->list.n = pile.n;
    *out = v;

    return 0;
}

static int
by_key(const void *x, const void *y)
{
    const char *const *a = x, *const *b = y;

    return strcmp(*a, *b);
}

static const char *
duplicate_of_few(const struct pile *pile)
{
    for (size_t i = 1; i < pile->n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(pile->entries[i].key, pile->entries[j].key) == 0)
                return pile->entries[i].key;
        }
    }

    return NULL;
}

/* The first key that occurs twice, NULL when all differ.  Sorting keeps a
 * hostile choice of keys from costing more than n log n. */
static const char *
duplicate(struct wr_arena *a, const struct pile *pile)
{
    const char **keys;

    if (pile->n <= FEW)
        return duplicate_of_few(pile);
    keys = wr_newn(a, const char *, pile->n);
    for (size_t i = 0; i < pile->n; i++)
        keys[i] = pile->entries[i].key;
    qsort(keys, pile->n, sizeof(*keys), by_key);
    for (size_t i = 1; i < pile->n; i++) {
        if (strcmp(keys[i - 1], keys[i]) == 0)
            return keys[i];
    }

    return NULL;
}

static int
member(struct parser *ps, struct pile *pile)
{
    struct wr_entry e;
    size_t len;

    if (ps->p == ps->end || *ps->p != '"')
        return malformed(ps, "expected a name in double quotes");
    if (parse_string(ps, &e.key, &len) < 0)
        return ps->err->code;
    skip_blanks(ps);
    if (ps->p == ps->end || *ps->p != ':')
        return malformed(ps, "expected ':'");
    ps->p++;
    skip_blanks(ps);
    if (parse_value(ps, &e.value) < 0)
        return ps->err->code;
    push(ps, pile, e);

    return 0;
}

static int
members(struct parser *ps, struct pile *pile)
{
    int again = 1;

    ps->p++;
    skip_blanks(ps);
    if (ps->p < ps->end && *ps->p == '}') {
        ps->p++;
        return 0;
    }
    while (again == 1) {
        if (member(ps, pile) < 0)
            return ps->err->code;
        again = more(ps, '}', "expected ',' or '}'");
    }

    return again;
}

static int
object_value(struct parser *ps, const struct wr_value **out)
{
    struct wr_value *v = wr_new(ps->arena, struct wr_value);
    const char *start = ps->p, *twice;
    struct pile pile = { .n = 0 };

    if (members(ps, &pile) < 0)
        return ps->err->code;
    twice = duplicate(ps->arena, &pile);
    if (twice) {
        ps->p = start;
        return malformed(ps, wr_arena_printf(ps->arena,
                                             "the object has two members '%s'",
                                             twice));
    }
    v->type = WR_V_CONTEXT;
    v->context.entries = pile.entries;
    v->context.n = pile.n;
    *out = v;

    return 0;
}

/* --- Documents ------------------------------------------------------------- */

static int
nested_value(struct parser *ps, const struct wr_value **out)
{
    int rc;

    if (ps->depth == WR_JSON_DEPTH)
        return fail(
            ps, WR_ELIMIT,
            wr_arena_printf(ps->arena, "nested deeper than %d", WR_JSON_DEPTH));
    ps->depth++;
    rc = *ps->p == '[' ? list_value(ps, out) : object_value(ps, out);
    ps->depth--;

    return rc;
}

static int
parse_value(struct parser *ps, const struct wr_value **out)
{
    if (wr_arena_over(ps->arena))
        return fail(ps, WR_ELIMIT, "the document needs too much memory");
    if (ps->p == ps->end)
        return malformed(ps, "the document ends too early");
    if (*ps->p == '"')
        return string_value(ps, out);
    if (*ps->p == '[' || *ps->p == '{')
        return nested_value(ps, out);
    if (*ps->p == '-' || (*ps->p >= '0' && *ps->p <= '9'))
        return number_value(ps, out);

    return word_value(ps, out);
}

int
wr_json_parse(struct wr_arena *a, const char *text, size_t len,
              const struct wr_value **out, struct wr_err *err)
{
    struct parser ps = {
        .arena = a, .text = text, .p = text, .end = text + len, .err = err
    };
    size_t valid = wr_utf8_valid(text, len);
    const struct wr_value *v;

    if (valid < len) {
        ps.p += valid;
        return malformed(&ps, "not valid UTF-8");
    }
    skip_blanks(&ps);
    if (parse_value(&ps, &v) < 0)
        return err->code;
    skip_blanks(&ps);
    if (ps.p < ps.end)
        return malformed(&ps, "text after the end of the document");
    *out = v;

    return 0;
}
