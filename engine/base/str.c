#include "engine/base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    FIRST_CAP = 64
};

#define HIGH_BITS UINT64_C(0x8080808080808080) /* none set: eight times ASCII */

/* Room for n more bytes and the NUL. */
static void
reserve(struct wr_str *s, size_t n)
{
    size_t need = s->len + n + 1;
    size_t cap = s->cap ? s->cap : FIRST_CAP;
    char *bytes;

    if (need <= s->cap)
        return;
    while (cap < need)
        cap *= 2;
    bytes = wr_arena_alloc(s->arena, cap);
    if (s->len)
        memcpy(bytes, s->s, s->len);
    s->s = bytes;
    s->cap = cap;
}

void
wr_str_addn(struct wr_str *s, const void *bytes, size_t n)
{
    reserve(s, n);
    if (n)
        memcpy(s->s + s->len, bytes, n);
    s->len += n;
    s->s[s->len] = '\0';
}

void
wr_str_add(struct wr_str *s, const char *text)
{
    wr_str_addn(s, text, strlen(text));
}

void
wr_str_addc(struct wr_str *s, char c)
{
    wr_str_addn(s, &c, 1);
}

void
wr_str_printf(struct wr_str *s, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);

    reserve(s, (size_t)n);
    vsnprintf(s->s + s->len, (size_t)n + 1, fmt, again);
    va_end(again);
    s->len += (size_t)n;
}

const char *
wr_str_text(const struct wr_str *s)
{
    return s->s ? s->s : "";
}

/*
 * Length of the well-formed sequence at p (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF), 0 when there is none.
 */
static size_t
sequence(const unsigned char *p, size_t n)
{
    unsigned char lo = 0x80, hi = 0xBF;
    size_t len;

    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (n < len)
        return 0;
    if (p[0] == 0xE0)
        lo = 0xA0;
    else if (p[0] == 0xED)
        hi = 0x9F;
    else if (p[0] == 0xF0)
        lo = 0x90;
    else if (p[0] == 0xF4)
        hi = 0x8F;
    if (p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    }

    return len;
}

size_t
wr_utf8_valid(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t at = 0, len;
    uint64_t word;

    while (at < n) {
        if (n - at >= sizeof(word)) {
            memcpy(&word, p + at, sizeof(word));
            if ((word & HIGH_BITS) == 0) {
                at += sizeof(word);
                continue;
            }
        }
        len = sequence(p + at, n - at);
        if (len == 0)
            break;
        at += len;
    }

    return at;
}

void
wr_utf8_clean(char *s)
{
    size_t left = strlen(s), n;

    while ((n = wr_utf8_valid(s, left)) < left) {
        s[n] = '?';
        s += n + 1;
        left -= n + 1;
    }
}
