/*
 * symbols.h: names in storage are numbers (DESIGN.md section 3).
 *
 * One append-only table per definition key: each deployed version takes over the
 * table of the version before it and appends what is new, so a number means the
 * same element, flow or variable in every version.  Numbers start at 1; 0 is
 * "none".  Stored as one tagged blob in the definition's row.
 */

#ifndef WR_SYMBOLS_H
#define WR_SYMBOLS_H

#include "engine/base/err.h"
#include "engine/base/str.h"

struct wr_symbols;

struct wr_symbols *wr_symbols_new(struct wr_arena *a);
/* Number of `name`, appended when it is new. */
int wr_symbols_add(struct wr_symbols *s, const char *name);
/* 0 when absent. */
int wr_symbols_find(const struct wr_symbols *s, const char *name);
/* NULL when there is no such number. */
const char *wr_symbols_name(const struct wr_symbols *s, int number);
int wr_symbols_count(const struct wr_symbols *s);

void wr_symbols_encode(const struct wr_symbols *s, struct wr_str *out);
WR_MUST int wr_symbols_decode(struct wr_arena *a, const void *blob, size_t len,
                              struct wr_symbols **out, struct wr_err *err);

#endif
