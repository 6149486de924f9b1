/*
 * base64.h: bytes as text (RFC 4648).
 *
 * Standard alphabet with padding (section 4) and the URL-safe one without
 * (section 5, as in JWT).  Decoding is strict: no blanks, no stray bits; it
 * appends to `out` and fails with WR_EVALUE, `out` then holds a part.
 */

#ifndef WR_BASE64_H
#define WR_BASE64_H

#include "engine/base/err.h"
#include "engine/base/str.h"

void wr_base64_put(struct wr_str *out, const void *bytes, size_t n);
void wr_base64url_put(struct wr_str *out, const void *bytes, size_t n);

WR_MUST int wr_base64_get(struct wr_str *out, const char *s, size_t n,
                          struct wr_err *err);
WR_MUST int wr_base64url_get(struct wr_str *out, const char *s, size_t n,
                             struct wr_err *err);

#endif
