/*
 * Names with blanks and other characters (DMN 1.5, 10.3.1.2).
 *
 * The longest of two readings wins: a name that is known here (parameters, loop
 * variables, context keys, builtins, names the caller gave), matched character
 * by character with blanks made single, or as many plain words as follow each
 * other.  Two words in a row mean nothing else in FEEL, so variables need not
 * be known when an expression is parsed.
 */
#include <string.h>
#include <unicode/utf8.h>

#include "engine/feel/builtin.h"
#include "engine/feel/parse.h"

static int32_t
char_at(const struct wr_parser *p, size_t at, size_t *next)
{
    int32_t i = (int32_t)at, c;

    if (at >= p->len)
        return 0;
    U8_NEXT((const uint8_t *)p->text, i, (int32_t)p->len, c);
    *next = (size_t)i;

    return c;
}

static size_t
skip_space(const struct wr_parser *p, size_t at)
{
    size_t next = at;

    while (wr_lex_is_space(char_at(p, at, &next)))
        at = next;

    return at;
}

/* The end of `name` in the text at `at`, 0 when it is not there. */
static size_t
match(const struct wr_parser *p, size_t at, const char *name)
{
    size_t next;
    int32_t c;

    for (const char *s = name; *s; s++) {
        if (*s == ' ') {
            size_t behind = skip_space(p, at);

            if (behind == at)
                return 0;
            at = behind;
        } else if (at < p->len && p->text[at] == *s) {
            at++;
        } else {
            return 0;
        }
    }
    c = char_at(p, at, &next);
    if (c && wr_lex_is_name_part(c, true)
        && wr_lex_is_name_part((unsigned char)name[strlen(name) - 1], true))
        return 0;

    return at;
}

static void
prefer(const struct wr_parser *p, size_t at, const char *name,
       const char **best, size_t *end)
{
    size_t e = name[0] ? match(p, at, name) : 0;

    if (e > *end) {
        *end = e;
        *best = name;
    }
}

static const char *
longest_known(const struct wr_parser *p, size_t at, bool path, size_t *end)
{
    const struct wr_bound *b = path ? p->keys : p->bound;
    const char *best = NULL;
    size_t n;

    for (; b; b = b->next)
        prefer(p, at, b->name, &best, end);
    for (size_t i = 0; i < p->n_known; i++)
        prefer(p, at, p->known[i], &best, end);
    if (!path) {
        const struct wr_builtin *rows = wr_builtins(&n);

        for (size_t i = 0; i < n; i++)
            prefer(p, at, rows[i].name, &best, end);
    }

    return best;
}

static bool
is_word(const struct wr_parser *p)
{
    return !p->failed && p->tok.row == &p->grammar->rows[WR_TOK_NAME];
}

/* *end: behind the last word, where a known name may read on. */
static const char *
words(struct wr_parser *p, size_t *end)
{
    struct wr_str s = { .arena = p->arena };

    while (is_word(p)) {
        if (s.len)
            wr_str_addc(&s, ' ');
        wr_str_addn(&s, p->text + p->tok.start, p->tok.end - p->tok.start);
        *end = p->tok.end;
        wr_lex_next(p);
    }

    return s.len ? s.s : NULL;
}

const char *
wr_parse_words(struct wr_parser *p)
{
    size_t end;
    const char *name = words(p, &end);

    if (!name)
        wr_parse_fail(p, WR_EEXPR, p->tok.start, "a name is expected");

    return p->failed ? NULL : name;
}

const char *
wr_parse_name(struct wr_parser *p, bool path)
{
    size_t start = p->tok.start, known_end = 0, words_end = 0;
    struct wr_parser before = *p;
    const char *known = longest_known(p, start, path, &known_end);
    const char *name = words(p, &words_end);

    if (known && known_end >= words_end) {
        *p = before;
        p->pos = known_end;
        wr_lex_next(p);
        return known;
    }
    if (!name)
        wr_parse_fail(p, WR_EEXPR, start, "a name is expected");

    return p->failed ? NULL : name;
}

void
wr_parse_bind(struct wr_parser *p, const char *name)
{
    struct wr_bound *b = wr_new(p->arena, struct wr_bound);

    b->name = name;
    b->next = p->bound;
    p->bound = b;
}

bool
wr_parse_is_bound(const struct wr_parser *p, const char *name)
{
    for (const struct wr_bound *b = p->bound; b; b = b->next)
        if (strcmp(b->name, name) == 0)
            return true;

    return false;
}

const struct wr_type *
wr_parse_named_type(struct wr_parser *p)
{
    const struct wr_type *found = NULL;
    const char *name = NULL;
    size_t end = 0;

    if (p->failed)
        return NULL;
    for (const struct wr_named_type *t = p->types; t; t = t->next) {
        size_t before = end;

        prefer(p, p->tok.start, t->name, &name, &end);
        if (end > before)
            found = t->type;
    }
    if (!found)
        return NULL;
    p->pos = end;
    wr_lex_next(p);

    return found;
}

bool
wr_parse_accept_name(struct wr_parser *p, const char *name)
{
    size_t end = p->failed ? 0 : match(p, p->tok.start, name);

    if (!end)
        return false;
    p->pos = end;
    wr_lex_next(p);

    return true;
}
