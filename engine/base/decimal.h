/*
 * decimal.h: numbers as people write them.
 *
 * IEEE 754-2008 decimal128: 34 digits, exponent -6143..6144, round half even
 * (DMN 1.5, 10.3.2.3.1).  Never a binary float on the way of a user's number.
 * A thin layer over libintelrdfpmath; only decimal.c includes its header.
 */

#ifndef WR_DECIMAL_H
#define WR_DECIMAL_H

#include "engine/base/err.h"
#include "engine/base/str.h"

struct wr_decimal {
    uint64_t w[2];
};

struct wr_decimal wr_decimal_from_int(int64_t n);

/* JSON or FEEL number text of `len` bytes.  WR_EVALUE when it is no number,
 * has more than 34 significant digits or an exponent out of range. */
WR_MUST int wr_decimal_parse(const char *s, size_t len, struct wr_decimal *out,
                             struct wr_err *err);

/* Plain notation without exponent or trailing zeros where that takes at most 40
 * characters, else scientific; "6", not "6.0".  NUL-terminated. */
enum {
    WR_DECIMAL_TEXT = 64
};
size_t wr_decimal_text(struct wr_decimal d, char out[WR_DECIMAL_TEXT]);

/* Exactly representable as int64?  Then *out is set. */
bool wr_decimal_to_int(struct wr_decimal d, int64_t *out);
/* Nearest double; for functions without a decimal form only. */
double wr_decimal_to_double(struct wr_decimal d);

struct wr_decimal wr_decimal_add(struct wr_decimal a, struct wr_decimal b);
struct wr_decimal wr_decimal_sub(struct wr_decimal a, struct wr_decimal b);
struct wr_decimal wr_decimal_mul(struct wr_decimal a, struct wr_decimal b);
/* false when b is zero or the result is not finite. */
bool wr_decimal_div(struct wr_decimal a, struct wr_decimal b,
                    struct wr_decimal *out);
/* FEEL modulo: a - b * floor(a / b). */
bool wr_decimal_mod(struct wr_decimal a, struct wr_decimal b,
                    struct wr_decimal *out);
bool wr_decimal_pow(struct wr_decimal a, struct wr_decimal b,
                    struct wr_decimal *out);
struct wr_decimal wr_decimal_neg(struct wr_decimal a);
struct wr_decimal wr_decimal_abs(struct wr_decimal a);
bool wr_decimal_sqrt(struct wr_decimal a, struct wr_decimal *out);
bool wr_decimal_exp(struct wr_decimal a, struct wr_decimal *out);
bool wr_decimal_log(struct wr_decimal a, struct wr_decimal *out);

enum wr_rounding {
    WR_ROUND_HALF_EVEN,
    WR_ROUND_FLOOR,
    WR_ROUND_CEILING,
    WR_ROUND_UP,        /* away from zero */
    WR_ROUND_DOWN,      /* towards zero */
    WR_ROUND_HALF_UP,   /* ties away from zero */
    WR_ROUND_HALF_DOWN, /* ties towards zero */
};
/* Round to `scale` digits after the point (may be negative). */
struct wr_decimal wr_decimal_round(struct wr_decimal a, int scale,
                                   enum wr_rounding mode);

/* <0, 0, >0 by value: 1.0 equals 1. */
int wr_decimal_cmp(struct wr_decimal a, struct wr_decimal b);
bool wr_decimal_is_integer(struct wr_decimal a);
/* False after an addition, subtraction or product that overflowed. */
bool wr_decimal_is_finite(struct wr_decimal a);
/* Finite and in canonical form: what may be taken from stored bytes. */
bool wr_decimal_is_valid(struct wr_decimal d);

#endif
