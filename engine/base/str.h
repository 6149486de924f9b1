/*
 * str.h: a growing text or byte buffer in an arena.
 *
 *     struct wr_str s = { .arena = a };
 *     wr_str_printf(&s, "%s=%d", name, n);
 *     return s.s;                          (NUL-terminated, never NULL after an add)
 */

#ifndef WR_STR_H
#define WR_STR_H

#include "engine/base/arena.h"

struct wr_str {
    struct wr_arena *arena;
    char *s;         /* NUL after len; NULL while empty */
    size_t len, cap; /* bytes */
};

void wr_str_add(struct wr_str *s, const char *text);
void wr_str_addn(struct wr_str *s, const void *bytes, size_t n);
void wr_str_addc(struct wr_str *s, char c);
void wr_str_printf(struct wr_str *s, const char *fmt, ...) WR_PRINTF(2);

/* "" while nothing was added. */
const char *wr_str_text(const struct wr_str *s);

/* Number of bytes at the front of s[0..n) that are valid UTF-8. */
size_t wr_utf8_valid(const char *s, size_t n);
/* Every byte of `s` that is no UTF-8 becomes '?'; "%.80s" leaves such behind. */
void wr_utf8_clean(char *s);

#endif
