/* Tokens: the longest row that fits at the position, or a class of its own. */
#define _GNU_SOURCE /* memmem */
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "engine/feel/parse.h"

bool
wr_lex_is_space(int32_t c)
{
    return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xfeff
           || (c >= 0xa0 && u_isUWhiteSpace(c)) || c == 0x180e || c == 0x200b;
}

bool
wr_lex_is_name_start(int32_t c, bool feel)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
        return true;
    if (c < 0x80)
        return feel ? c == '?' : c == '$';

    return !wr_lex_is_space(c) && !wr_lex_is_quote(c);
}

bool
wr_lex_is_name_part(int32_t c, bool feel)
{
    return (c >= '0' && c <= '9') || wr_lex_is_name_start(c, feel)
           || wr_lex_is_quote(c);
}

/* The character at `at`, 0 at the end; *next is behind it. */
static int32_t
peek(const struct wr_parser *p, size_t at, size_t *next)
{
    int32_t i = (int32_t)at, c;

    if (at >= p->len) {
        *next = at;
        return 0;
    }
    U8_NEXT((const uint8_t *)p->text, i, (int32_t)p->len, c);
    *next = (size_t)i;

    return c;
}

static bool
skip_comment(struct wr_parser *p)
{
    const char *s = p->text + p->pos;
    const char *end;

    if (!p->grammar->feel || p->len - p->pos < 2 || s[0] != '/')
        return false;
    if (s[1] == '/') {
        end = memchr(s, '\n', p->len - p->pos);
        p->pos = end ? (size_t)(end - p->text) : p->len;
        return true;
    }
    if (s[1] != '*')
        return false;
    end = memmem(s + 2, p->len - p->pos - 2, "*/", 2);
    if (!end) {
        wr_parse_fail(p, WR_EEXPR, p->pos, "the comment has no end");
        p->pos = p->len;
        return false;
    }
    p->pos = (size_t)(end - p->text) + 2;

    return true;
}

static void
skip_blanks(struct wr_parser *p)
{
    for (;;) {
        size_t next;
        int32_t c = peek(p, p->pos, &next);

        if (c && wr_lex_is_space(c))
            p->pos = next;
        else if (!skip_comment(p))
            return;
    }
}

static bool
digit(const struct wr_parser *p, size_t at)
{
    return at < p->len && p->text[at] >= '0' && p->text[at] <= '9';
}

/* digits [. digits] [e sign digits]; a dot alone is not part of a number. */
static size_t
number_end(const struct wr_parser *p, size_t at)
{
    while (digit(p, at))
        at++;
    if (at < p->len && p->text[at] == '.' && digit(p, at + 1))
        for (at++; digit(p, at);)
            at++;
    if (at < p->len && (p->text[at] | 0x20) == 'e') {
        size_t e = at + 1;

        if (e < p->len && (p->text[e] == '+' || p->text[e] == '-'))
            e++;
        if (digit(p, e))
            for (at = e; digit(p, at);)
                at++;
    }

    return at;
}

static size_t
string_end(struct wr_parser *p, size_t at)
{
    char quote = p->text[at];

    for (size_t i = at + 1; i < p->len; i++) {
        if (p->text[i] == '\\')
            i++;
        else if (p->text[i] == quote)
            return i + 1;
    }
    wr_parse_fail(p, WR_EEXPR, at, "the string has no end");

    return p->len;
}

static size_t
word_end(const struct wr_parser *p, size_t at)
{
    size_t next;

    while (wr_lex_is_name_part(peek(p, at, &next), p->grammar->feel))
        at = next;

    return at;
}

/* The row whose text is all of (word) or the longest start of (punctuation)
 * the rest; NULL when there is none. */
static const struct wr_token_row *
row_at(const struct wr_parser *p, size_t at, size_t word)
{
    const struct wr_grammar *g = p->grammar;
    const struct wr_token_row *best = NULL;

    for (size_t i = WR_TOK_OTHER; i < g->n_rows; i++) {
        const struct wr_token_row *row = &g->rows[i];
        size_t n = strlen(row->text);

        if (word ? n != word : n > p->len - at)
            continue;
        if (memcmp(p->text + at, row->text, n) != 0)
            continue;
        if (!best || n > strlen(best->text))
            best = row;
    }

    return best;
}

static void
set(struct wr_parser *p, const struct wr_token_row *row, size_t end)
{
    p->tok = (struct wr_token){ .row = row, .start = p->pos, .end = end };
    p->pos = end;
}

static void
unexpected(struct wr_parser *p, int32_t c, size_t next)
{
    int len = (int)(next - p->pos);
    const char *text = p->text + p->pos;

    if (wr_lex_is_quote(c))
        wr_parse_fail(p, WR_EEXPR, p->pos,
                      "the typographic quote '%.*s' quotes nothing: write %s"
                      " instead",
                      len, text, c < 0x201c && !p->grammar->feel ? "'" : "\"");
    else
        wr_parse_fail(p, WR_EEXPR, p->pos, "unexpected character '%.*s'", len,
                      text);
}

void
wr_lex_next(struct wr_parser *p)
{
    const struct wr_token_row *rows = p->grammar->rows;
    const struct wr_token_row *row;
    size_t next;
    int32_t c;

    skip_blanks(p);
    if (p->failed || p->pos >= p->len) {
        set(p, &rows[WR_TOK_END], p->pos);
        return;
    }
    c = peek(p, p->pos, &next);
    if (digit(p, p->pos) || (c == '.' && digit(p, p->pos + 1))) {
        set(p, &rows[WR_TOK_NUMBER], number_end(p, p->pos));
    } else if (c == '"' || (c == '\'' && !p->grammar->feel)) {
        next = string_end(p, p->pos);
        set(p, &rows[p->failed ? WR_TOK_END : WR_TOK_STRING], next);
    } else if (wr_lex_is_name_start(c, p->grammar->feel)) {
        next = word_end(p, p->pos);
        row = row_at(p, p->pos, next - p->pos);
        set(p, row ? row : &rows[WR_TOK_NAME], next);
    } else {
        row = row_at(p, p->pos, 0);
        if (row) {
            set(p, row, p->pos + strlen(row->text));
            return;
        }
        unexpected(p, c, next);
        set(p, &rows[WR_TOK_END], p->pos);
    }
}

static bool
hex(const char *s, size_t n, uint32_t *out)
{
    uint32_t v = 0;

    for (size_t i = 0; i < n; i++) {
        int d = s[i] >= '0' && s[i] <= '9' ? s[i] - '0'
                : (s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'f'
                    ? (s[i] | 0x20) - 'a' + 10
                    : -1;

        if (d < 0)
            return false;
        v = v << 4 | (uint32_t)d;
    }
    *out = v;

    return true;
}

static void
add_code_point(struct wr_str *out, uint32_t c)
{
    char b[4];
    int32_t n = 0;
    UBool bad = false;

    U8_APPEND((uint8_t *)b, n, 4, (int32_t)c, bad);
    if (!bad)
        wr_str_addn(out, b, (size_t)n);
}

/* \uXXXX (surrogate pairs too) and \UXXXXXX; bytes eaten, 0: no such escape. */
static size_t
unicode_escape(struct wr_str *out, const char *s, size_t n)
{
    uint32_t c, low;
    size_t used = s[1] == 'u' ? 6 : 8;

    if ((s[1] != 'u' && s[1] != 'U') || n < used || !hex(s + 2, used - 2, &c))
        return 0;
    if (U16_IS_LEAD(c) && n >= 12 && s[6] == '\\' && s[7] == 'u'
        && hex(s + 8, 4, &low) && U16_IS_TRAIL(low)) {
        c = (uint32_t)U16_GET_SUPPLEMENTARY(c, low);
        used = 12;
    }
    if (U_IS_SURROGATE(c) || c > 0x10ffff || c == 0)
        return 0;
    add_code_point(out, c);

    return used;
}

/* FEEL keeps a backslash that starts no escape: patterns need no doubling. */
static size_t
escape(struct wr_str *out, const char *s, size_t n, bool feel)
{
    static const char from[] = "ntr\"'\\", to[] = "\n\t\r\"'\\";
    const char *at = n > 1 ? strchr(from, s[1]) : NULL;
    size_t used;

    if (n < 2)
        return 0;
    used = unicode_escape(out, s, n);
    if (used)
        return used;
    if (at && s[1]) {
        wr_str_addc(out, to[at - from]);
        return 2;
    }
    if (feel)
        wr_str_addc(out, '\\');
    wr_str_addc(out, s[1]);

    return 2;
}

const char *
wr_lex_string(struct wr_parser *p, struct wr_token tok, size_t *len)
{
    struct wr_str s = { .arena = p->arena };
    const char *text = p->text + tok.start + 1;
    size_t n = tok.end - tok.start - 2;

    for (size_t i = 0; i < n;) {
        size_t used = 0;

        if (text[i] == '\\')
            used = escape(&s, text + i, n - i, p->grammar->feel);
        if (!used) {
            wr_str_addc(&s, text[i]);
            used = 1;
        }
        i += used;
    }
    *len = s.len;

    return wr_str_text(&s);
}
