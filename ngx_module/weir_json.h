/*
 * weir_json.h: a strict reader for the two small JSON objects of a token.
 *
 * It walks the text once, forward, without building a tree.  Every function
 * returns 0, or -1 when the text at the cursor is not exactly that (RFC 8259,
 * valid UTF-8, depth at most WEIR_JSON_DEPTH); after -1 the cursor is useless.
 */

#ifndef WEIR_JSON_H
#define WEIR_JSON_H

#include <stddef.h>
#include <stdint.h>

enum { WEIR_JSON_DEPTH = 8 };

struct weir_json {
    const unsigned char  *pos;
    const unsigned char  *end;
};

/* A string into buf[size], NUL-terminated; without NUL inside. */
int weir_json_string(struct weir_json *j, char *buf, size_t size);

/* An integer 0 .. 2^53 - 1, written without sign, fraction or exponent. */
int weir_json_integer(struct weir_json *j, int64_t *value);

/* Any one value, checked and passed over. */
int weir_json_skip(struct weir_json *j);

/* The punctuation character c, and the space around it. */
int weir_json_take(struct weir_json *j, char c);

/* The next character after space, not taken; 0 at the end. */
char weir_json_peek(struct weir_json *j);

#endif
