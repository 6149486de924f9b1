/*
 * quotes.c: typographic quotes where an expression needs plain ones.
 *
 * Word processors put them in.  Inside a string they are text like any other;
 * outside one they quote nothing.
 */

#include <string.h>

#include "engine/feel/parse.h"

static const struct wr_quote quotes[] = {
    { "\xe2\x80\x98", "U+2018", true, 0 },
    { "\xe2\x80\x99", "U+2019", true, 0 },
    { "\xe2\x80\x9c", "U+201C", false, 0 },
    { "\xe2\x80\x9d", "U+201D", false, 0 },
};

enum {
    QUOTE_LEN = 3 /* bytes of each of them */
};

static const struct wr_quote *
quote_at(const char *s, size_t n)
{
    for (size_t i = 0; n >= QUOTE_LEN && i < WR_COUNT(quotes); i++) {
        if (memcmp(s, quotes[i].text, QUOTE_LEN) == 0)
            return &quotes[i];
    }

    return NULL;
}

bool
wr_lex_is_quote(int32_t c)
{
    return c == 0x2018 || c == 0x2019 || c == 0x201c || c == 0x201d;
}

static bool
is_feel(enum wr_expr_lang lang)
{
    return lang == WR_LANG_FEEL || lang == WR_LANG_UNARY;
}

const char *
wr_quote_plain(const struct wr_quote *q, enum wr_expr_lang lang)
{
    return q->single && !is_feel(lang) ? "'" : "\"";
}

/* Behind the string or comment that begins at `i`; `i`: none does. */
static size_t
skip(enum wr_expr_lang lang, const char *s, size_t n, size_t i)
{
    const char *end;
    char c = s[i];

    if (c == '"' || (c == '\'' && !is_feel(lang))) {
        for (i++; i < n && s[i] != c; i++)
            i += s[i] == '\\';
        return i < n ? i + 1 : n;
    }
    if (!is_feel(lang) || c != '/' || i + 1 == n)
        return i;
    if (s[i + 1] == '/') {
        end = memchr(s + i, '\n', n - i);
        return end ? (size_t)(end - s) : n;
    }
    if (s[i + 1] != '*')
        return i;
    for (i += 2; i + 1 < n && (s[i] != '*' || s[i + 1] != '/'); i++)
        ;

    return i + 1 < n ? i + 2 : n;
}

bool
wr_expr_quote(enum wr_expr_lang lang, const char *text, size_t len,
              struct wr_quote *out)
{
    bool inside = lang != WR_LANG_JUEL; /* ${...}; around it is plain text */
    size_t i = 0;

    while (i < len) {
        const struct wr_quote *q = inside ? quote_at(text + i, len - i) : NULL;
        size_t next = inside ? skip(lang, text, len, i) : i;

        if (q) {
            *out = *q;
            out->at = i;
            return true;
        }
        if (next > i) {
            i = next;
            continue;
        }
        if (lang == WR_LANG_JUEL && !inside)
            inside = i + 1 < len && strchr("$#", text[i]) && text[i + 1] == '{';
        else if (lang == WR_LANG_JUEL)
            inside = text[i] != '}';
        i++;
    }

    return false;
}
