/*
 * json.h: strict JSON for user data (RFC 8259).
 *
 * Integers and decimals are exact (34 digits, else WR_EVALUE), duplicate keys,
 * NaN, lone surrogates, U+0000, bad UTF-8 and anything after the document are
 * refused with line and column.  Depth and size are limited.
 */

#ifndef WR_JSON_H
#define WR_JSON_H

#include "engine/base/value.h"

enum {
    WR_JSON_DEPTH = 64
};

/* WR_EJSON with err->line and err->column; WR_ELIMIT past a limit. */
WR_MUST int wr_json_parse(struct wr_arena *a, const char *text, size_t len,
                          const struct wr_value **out, struct wr_err *err);

enum wr_json_flags {
    WR_JSON_PLAIN = 0,
    WR_JSON_TYPED = 1 << 0,  /* {"$type":"date","value":"..."} beyond JSON */
    WR_JSON_PRETTY = 1 << 1, /* two blanks of indent */
};

/* Plain: dates and durations as strings, bytes as base64.  Typed: those as
 * {"$type","value"} with the types date, time, datetime, duration and bytes;
 * numbers of more than 15 digits as decimal, which binary doubles would spoil;
 * and a context with a member "$type" of its own as type context.  What is
 * never stored shows too: a range or function as its type name, a number that
 * overflowed as null. */
void wr_json_write(struct wr_str *out, const struct wr_value *v,
                   unsigned flags);
void wr_json_write_string(struct wr_str *out, const char *s, size_t len);

/* Turn {"$type","value"} objects anywhere in `v` into typed values.
 * WR_EVALUE names the place when one does not fit. */
WR_MUST int wr_json_untype(struct wr_arena *a, const struct wr_value *v,
                           const struct wr_value **out, struct wr_err *err);

#endif
