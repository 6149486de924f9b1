/* weir_json: a strict forward reader for the JSON inside a token. */

#include "ngx_module/weir_json.h"

#include <string.h>


static void
space(struct weir_json *j)
{
    while (j->pos < j->end
           && (*j->pos == ' ' || *j->pos == '\t' || *j->pos == '\n'
               || *j->pos == '\r'))
    {
        j->pos++;
    }
}


char
weir_json_peek(struct weir_json *j)
{
    space(j);

    return j->pos < j->end ? (char) *j->pos : '\0';
}


int
weir_json_take(struct weir_json *j, char c)
{
    if (weir_json_peek(j) != c || c == '\0') {
        return -1;
    }

    j->pos++;
    space(j);

    return 0;
}


static int
hex4(struct weir_json *j, uint32_t *value)
{
    int       i, c;
    uint32_t  v = 0;

    if (j->end - j->pos < 4) {
        return -1;
    }

    for (i = 0; i < 4; i++) {
        c = *j->pos++;

        if (c >= '0' && c <= '9') {
            c -= '0';

        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            c = (c | 0x20) - 'a' + 10;

        } else {
            return -1;
        }

        v = v << 4 | (uint32_t) c;
    }

    *value = v;

    return 0;
}


/* The code point of an escape; a surrogate only as half of a pair. */
static int
escape(struct weir_json *j, uint32_t *code)
{
    static const char   from[] = "\"\\/bfnrt";
    static const char   to[] = "\"\\/\b\f\n\r\t";
    const char         *p;
    uint32_t            low;

    if (j->pos == j->end || *j->pos == '\0') {
        return -1;
    }

    p = strchr(from, *j->pos);

    if (p != NULL) {
        j->pos++;
        *code = (unsigned char) to[p - from];

        return 0;
    }

    if (*j->pos++ != 'u' || hex4(j, code) != 0) {
        return -1;
    }

    if (*code < 0xd800 || *code > 0xdfff) {
        return 0;
    }

    if (*code > 0xdbff || j->end - j->pos < 2 || j->pos[0] != '\\'
        || j->pos[1] != 'u')
    {
        return -1;
    }

    j->pos += 2;

    if (hex4(j, &low) != 0 || low < 0xdc00 || low > 0xdfff) {
        return -1;
    }

    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);

    return 0;
}


/* One well-formed UTF-8 sequence: shortest form, no surrogate. */
static int
utf8(struct weir_json *j, uint32_t *code)
{
    static const uint32_t  least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    unsigned char          c = *j->pos;
    int                    n, i;
    uint32_t               v;

    if (c < 0x80) {
        *code = c;
        j->pos++;

        return 0;
    }

    n = (c >= 0xc2 && c <= 0xdf) ? 2
        : (c & 0xf0) == 0xe0 ? 3
        : (c >= 0xf0 && c <= 0xf4) ? 4 : 0;

    if (n == 0 || j->end - j->pos < n) {
        return -1;
    }

    v = c & (0xffu >> (n + 1));

    for (i = 1; i < n; i++) {
        if ((j->pos[i] & 0xc0) != 0x80) {
            return -1;
        }

        v = v << 6 | (j->pos[i] & 0x3f);
    }

    if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff)) {
        return -1;
    }

    j->pos += n;
    *code = v;

    return 0;
}


static size_t
encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char) code;
        return 1;
    }

    if (code < 0x800) {
        out[0] = (char) (0xc0 | code >> 6);
        out[1] = (char) (0x80 | (code & 0x3f));
        return 2;
    }

    if (code < 0x10000) {
        out[0] = (char) (0xe0 | code >> 12);
        out[1] = (char) (0x80 | (code >> 6 & 0x3f));
        out[2] = (char) (0x80 | (code & 0x3f));
        return 3;
    }

    out[0] = (char) (0xf0 | code >> 18);
    out[1] = (char) (0x80 | (code >> 12 & 0x3f));
    out[2] = (char) (0x80 | (code >> 6 & 0x3f));
    out[3] = (char) (0x80 | (code & 0x3f));

    return 4;
}


int
weir_json_string(struct weir_json *j, char *buf, size_t size)
{
    size_t    n, used = 0;
    char      bytes[4];
    uint32_t  code;

    if (weir_json_peek(j) != '"') {
        return -1;
    }

    j->pos++;

    for ( ;; ) {
        if (j->pos == j->end || *j->pos < 0x20) {
            return -1;
        }

        if (*j->pos == '"') {
            break;
        }

        if (*j->pos == '\\') {
            j->pos++;

            if (escape(j, &code) != 0) {
                return -1;
            }

        } else if (utf8(j, &code) != 0) {
            return -1;
        }

        if (code == 0) {
            return -1;
        }

        if (buf == NULL) {
            continue;
        }

        n = encode(code, bytes);

        if (used + n >= size) {
            return -1;
        }

        memcpy(buf + used, bytes, n);
        used += n;
    }

    j->pos++;
    space(j);

    if (buf != NULL) {
        buf[used] = '\0';
    }

    return 0;
}


static size_t
digits(struct weir_json *j)
{
    const unsigned char  *start = j->pos;

    while (j->pos < j->end && *j->pos >= '0' && *j->pos <= '9') {
        j->pos++;
    }

    return (size_t) (j->pos - start);
}


int
weir_json_integer(struct weir_json *j, int64_t *value)
{
    const unsigned char  *p;
    size_t                n;
    int64_t               v = 0;

    space(j);
    p = j->pos;
    n = digits(j);

    /* 16 digits hold 2^53 and can not overflow 64 bits. */
    if (n == 0 || n > 16 || (n > 1 && *p == '0')) {
        return -1;
    }

    if (j->pos < j->end
        && (*j->pos == '.' || *j->pos == 'e' || *j->pos == 'E'))
    {
        return -1;
    }

    for ( ; p < j->pos; p++) {
        v = v * 10 + (*p - '0');
    }

    if (v >= INT64_C(1) << 53) {
        return -1;
    }

    *value = v;
    space(j);

    return 0;
}


static int
number(struct weir_json *j)
{
    const unsigned char  *p;
    size_t                n;

    if (j->pos < j->end && *j->pos == '-') {
        j->pos++;
    }

    p = j->pos;
    n = digits(j);

    if (n == 0 || (n > 1 && *p == '0')) {
        return -1;
    }

    if (j->pos < j->end && *j->pos == '.') {
        j->pos++;

        if (digits(j) == 0) {
            return -1;
        }
    }

    if (j->pos < j->end && (*j->pos == 'e' || *j->pos == 'E')) {
        j->pos++;

        if (j->pos < j->end && (*j->pos == '+' || *j->pos == '-')) {
            j->pos++;
        }

        if (digits(j) == 0) {
            return -1;
        }
    }

    space(j);

    return 0;
}


static int
word(struct weir_json *j, const char *text)
{
    size_t  n = strlen(text);

    if ((size_t) (j->end - j->pos) < n || memcmp(j->pos, text, n) != 0) {
        return -1;
    }

    j->pos += n;
    space(j);

    return 0;
}


static int skip(struct weir_json *j, int depth);


static int
members(struct weir_json *j, int depth, char open, char close)
{
    if (weir_json_take(j, open) != 0 || depth == 0) {
        return -1;
    }

    if (weir_json_peek(j) == close) {
        return weir_json_take(j, close);
    }

    do {
        if (open == '{'
            && (weir_json_string(j, NULL, 0) != 0
                || weir_json_take(j, ':') != 0))
        {
            return -1;
        }

        if (skip(j, depth - 1) != 0) {
            return -1;
        }

    } while (weir_json_take(j, ',') == 0);

    return weir_json_take(j, close);
}


static int
skip(struct weir_json *j, int depth)
{
    switch (weir_json_peek(j)) {

    case '"':
        return weir_json_string(j, NULL, 0);

    case '{':
        return members(j, depth, '{', '}');

    case '[':
        return members(j, depth, '[', ']');

    case 't':
        return word(j, "true");

    case 'f':
        return word(j, "false");

    case 'n':
        return word(j, "null");

    default:
        return number(j);
    }
}


int
weir_json_skip(struct weir_json *j)
{
    return skip(j, WEIR_JSON_DEPTH);
}
