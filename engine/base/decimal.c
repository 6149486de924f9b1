/*
 * A number is kept in the BID form of IEEE 754-2008 decimal128: sign in bit
 * 127, biased exponent in bits 113..126, an integer coefficient below 10^34 in
 * the rest.  Zero is always +0E0.
 *
 * Integers that fit int64 and have exponent 0 take a short cut past the
 * library: almost every counter and index is one.
 */

#include "engine/base/decimal.h"

#include <bid_conf.h>
#include <bid_functions.h>
#include <stdio.h>
#include <string.h>

enum {
    BIAS = 6176,
    MIN_EXPONENT = -6176,
    MAX_EXPONENT = 6111,
    DIGITS = 34,
    PLAIN_MAX = 40,  /* characters of plain notation */
    POWER_MAX = 4096 /* integer powers up to here by multiplication */
};

#define SIGN      (UINT64_C(1) << 63)
#define EXPONENT0 ((uint64_t)BIAS << 49)
#define COEF_HIGH ((UINT64_C(1) << 49) - 1)
#define SPECIAL   (UINT64_C(3) << 61) /* infinity, NaN or not canonical */

typedef unsigned __int128 coef_t;

/* value = (negative ? -1 : 1) * coef * 10^exponent */
struct parts {
    bool negative;
    int exponent;
    coef_t coef;
};

static struct parts
split(struct wr_decimal d)
{
    struct parts p = { .negative = (d.w[1] & SIGN) != 0 };

    p.exponent = (int)(d.w[1] >> 49 & 0x3FFF) - BIAS;
    p.coef = (coef_t)(d.w[1] & COEF_HIGH) << 64 | d.w[0];

    return p;
}

static struct wr_decimal
join(const struct parts *p)
{
    struct wr_decimal d = { { (uint64_t)p->coef, EXPONENT0 } };

    if (p->coef == 0)
        return d;
    d.w[1] = (uint64_t)(p->coef >> 64) | (uint64_t)(p->exponent + BIAS) << 49;
    if (p->negative)
        d.w[1] |= SIGN;

    return d;
}

static BID_UINT128
to_bid(struct wr_decimal d)
{
    BID_UINT128 b = { { d.w[0], d.w[1] } };

    return b;
}

static bool
is_finite(struct wr_decimal d)
{
    return (d.w[1] & SPECIAL) != SPECIAL;
}

static struct wr_decimal
from_bid(BID_UINT128 b)
{
    struct wr_decimal d = { { b.w[0], b.w[1] } };

    if (is_finite(d) && (d.w[1] & COEF_HIGH) == 0 && d.w[0] == 0)
        d.w[1] = EXPONENT0;

    return d;
}

/* The short cut: an integer with exponent 0 that fits int64. */
static bool
small(struct wr_decimal d, int64_t *n)
{
    if ((d.w[1] & ~SIGN) != EXPONENT0 || d.w[0] > INT64_MAX)
        return false;
    *n = d.w[1] & SIGN ? -(int64_t)d.w[0] : (int64_t)d.w[0];

    return true;
}

static bool
both_small(struct wr_decimal a, struct wr_decimal b, int64_t *x, int64_t *y)
{
    return small(a, x) && small(b, y);
}

struct wr_decimal
wr_decimal_from_int(int64_t n)
{
    struct parts p = { .negative = n < 0,
                       .coef = n < 0 ? -(uint64_t)n : (uint64_t)n };

    return join(&p);
}

bool
wr_decimal_is_valid(struct wr_decimal d)
{
    static const coef_t ten_17 = (coef_t)UINT64_C(100000000000000000);

    return is_finite(d) && split(d).coef < ten_17 * ten_17;
}

bool
wr_decimal_is_finite(struct wr_decimal a)
{
    return is_finite(a);
}

/* --- Text ----------------------------------------------------------------- */

struct scan {
    const char *p, *end;
    struct parts parts;
    int digits; /* significant ones in parts.coef */
    int zeros;  /* zeros seen since, not yet in parts.coef */
    bool any, too_long;
};

static bool
is_digit(const struct scan *s)
{
    return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

/* Zeros wait until a digit follows them, so that 1.000 and 1E+20 stay short. */
static void
digit(struct scan *s, int d)
{
    if (d == 0) {
        if (s->digits > 0)
            s->zeros++;
        return;
    }
    if (s->digits > 0)
        s->digits += s->zeros;
    s->digits++;
    if (s->digits > DIGITS) {
        s->too_long = true;
        s->digits = DIGITS;
        return;
    }
    for (; s->zeros > 0; s->zeros--)
        s->parts.coef *= 10;
    s->parts.coef = s->parts.coef * 10 + (coef_t)d;
}

static void
digits(struct scan *s, int exponent_step)
{
    for (; is_digit(s) && s->p < s->end; s->p++) {
        digit(s, *s->p - '0');
        s->parts.exponent += exponent_step;
        s->any = true;
    }
}

static bool
exponent(struct scan *s)
{
    bool negative = false;
    int n = 0;

    if (s->p == s->end || (*s->p != 'e' && *s->p != 'E'))
        return true;
    s->p++;
    if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
        negative = *s->p++ == '-';
    if (!is_digit(s))
        return false;
    for (; is_digit(s); s->p++)
        n = n < 100000000 ? n * 10 + (*s->p - '0') : n;
    s->parts.exponent += negative ? -n : n;

    return true;
}

static bool
number(struct scan *s)
{
    if (s->p < s->end && *s->p == '-') {
        s->parts.negative = true;
        s->p++;
    }
    digits(s, 0);
    if (s->p < s->end && *s->p == '.') {
        s->p++;
        if (!is_digit(s))
            return false;
        digits(s, -1);
    }

    return s->any && exponent(s) && s->p == s->end;
}

/* Bring the exponent towards 0 where the digits allow it: integers get the
 * form of the short cut. */
static bool
settle(struct scan *s)
{
    struct parts *p = &s->parts;

    if (p->coef == 0)
        return true;
    p->exponent += s->zeros;
    while (
        p->exponent > 0 && s->digits < DIGITS
        && (p->exponent > MAX_EXPONENT || s->digits + p->exponent <= DIGITS)) {
        p->coef *= 10;
        p->exponent--;
        s->digits++;
    }

    return p->exponent >= MIN_EXPONENT && p->exponent <= MAX_EXPONENT;
}

int
wr_decimal_parse(const char *s, size_t len, struct wr_decimal *out,
                 struct wr_err *err)
{
    struct scan scan = { .p = s, .end = s + len };
    int shown = (int)(len < 50 ? len : 50);

    if (len > INT32_MAX / 2 || !number(&scan))
        return wr_fail(err, WR_EVALUE, "'%.*s' is not a number", shown, s);
    if (scan.too_long)
        return wr_fail(err, WR_EVALUE,
                       "number '%.*s' has more than %d significant digits",
                       shown, s, DIGITS);
    if (!settle(&scan))
        return wr_fail(err, WR_EVALUE,
                       "number '%.*s' is out of range, its exponent must be "
                       "between -6143 and 6144",
                       shown, s);
    *out = join(&scan.parts);

    return 0;
}

/* Digits of the coefficient without trailing zeros; at least "0". */
static int
coef_digits(struct parts *p, char out[DIGITS + 6])
{
    char reversed[DIGITS + 6];
    int n = 0;

    if (p->coef == 0)
        p->exponent = 0;
    while (p->coef != 0 && p->coef % 10 == 0) {
        p->coef /= 10;
        p->exponent++;
    }
    do {
        reversed[n++] = (char)('0' + (int)(p->coef % 10));
        p->coef /= 10;
    } while (p->coef != 0);
    for (int i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    out[n] = '\0';

    return n;
}

static size_t
int_text(int64_t i, char *out)
{
    char reversed[20];
    uint64_t left = i < 0 ? -(uint64_t)i : (uint64_t)i;
    size_t n = 0, len = 0;

    do {
        reversed[n++] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (i < 0)
        out[len++] = '-';
    while (n > 0)
        out[len++] = reversed[--n];
    out[len] = '\0';

    return len;
}

static int
plain(char *out, const char *d, int n, int exp)
{
    int point = n + exp;

    if (exp >= 0)
        return snprintf(out, WR_DECIMAL_TEXT - 1, "%s%.*s", d, exp,
                        "0000000000000000000000000000000000000000");
    if (point > 0)
        return snprintf(out, WR_DECIMAL_TEXT - 1, "%.*s.%s", point, d,
                        d + point);

    return snprintf(out, WR_DECIMAL_TEXT - 1, "0.%.*s%s", -point,
                    "0000000000000000000000000000000000000000", d);
}

static int
scientific(char *out, const char *d, int n, int exp)
{
    return snprintf(out, WR_DECIMAL_TEXT - 1, "%c%s%sE%+d", d[0],
                    n > 1 ? "." : "", d + 1, exp + n - 1);
}

size_t
wr_decimal_text(struct wr_decimal d, char out[WR_DECIMAL_TEXT])
{
    struct parts p = split(d);
    char text[DIGITS + 6];
    int n, width;
    int64_t i;

    if (small(d, &i))
        return int_text(i, out);
    if (!is_finite(d))
        return (size_t)snprintf(out, WR_DECIMAL_TEXT, "not finite");
    n = coef_digits(&p, text);
    if (p.exponent >= 0)
        width = n + p.exponent;
    else
        width = n + p.exponent > 0 ? n + 1 : 2 - p.exponent;
    if (p.negative)
        *out++ = '-';
    n = width <= PLAIN_MAX ? plain(out, text, n, p.exponent)
                           : scientific(out, text, n, p.exponent);

    return (size_t)n + p.negative;
}

/* --- Conversion ------------------------------------------------------------ */

bool
wr_decimal_to_int(struct wr_decimal d, int64_t *out)
{
    struct parts p = split(d);
    uint64_t limit = (uint64_t)INT64_MAX + p.negative;

    if (small(d, out))
        return true;
    if (!is_finite(d))
        return false;
    for (; p.exponent < 0 && p.coef % 10 == 0 && p.coef != 0; p.exponent++)
        p.coef /= 10;
    for (; p.exponent > 0 && p.coef <= limit; p.exponent--)
        p.coef *= 10;
    if (p.exponent != 0 || p.coef > limit)
        return false;
    *out = (int64_t)(p.negative ? -(uint64_t)p.coef : (uint64_t)p.coef);

    return true;
}

double
wr_decimal_to_double(struct wr_decimal d)
{
    _IDEC_flags flags = 0;

    return bid128_to_binary64(to_bid(d), BID_ROUNDING_TO_NEAREST, &flags);
}

/* --- Arithmetic ------------------------------------------------------------ */

struct wr_decimal
wr_decimal_add(struct wr_decimal a, struct wr_decimal b)
{
    _IDEC_flags flags = 0;
    int64_t x, y, sum;

    if (both_small(a, b, &x, &y) && !__builtin_add_overflow(x, y, &sum))
        return wr_decimal_from_int(sum);

    return from_bid(
        bid128_add(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

struct wr_decimal
wr_decimal_sub(struct wr_decimal a, struct wr_decimal b)
{
    return wr_decimal_add(a, wr_decimal_neg(b));
}

struct wr_decimal
wr_decimal_mul(struct wr_decimal a, struct wr_decimal b)
{
    _IDEC_flags flags = 0;
    int64_t x, y, product;

    if (both_small(a, b, &x, &y) && !__builtin_mul_overflow(x, y, &product))
        return wr_decimal_from_int(product);

    return from_bid(
        bid128_mul(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags));
}

static bool
is_zero(struct wr_decimal d)
{
    return is_finite(d) && (d.w[1] & COEF_HIGH) == 0 && d.w[0] == 0;
}

/* `out` is left alone when the result is no number. */
static bool
give(BID_UINT128 b, struct wr_decimal *out)
{
    struct wr_decimal d = from_bid(b);

    if (!is_finite(d))
        return false;
    *out = d;

    return true;
}

bool
wr_decimal_div(struct wr_decimal a, struct wr_decimal b, struct wr_decimal *out)
{
    _IDEC_flags flags = 0;
    int64_t x, y;

    if (is_zero(b))
        return false;
    if (both_small(a, b, &x, &y) && x % y == 0) {
        *out = wr_decimal_from_int(x / y);
        return true;
    }

    return give(
        bid128_div(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool
wr_decimal_mod(struct wr_decimal a, struct wr_decimal b, struct wr_decimal *out)
{
    _IDEC_flags flags = 0;
    struct wr_decimal r;
    int64_t x, y;

    if (is_zero(b))
        return false;
    if (both_small(a, b, &x, &y))
        r = wr_decimal_from_int(x % y);
    else if (!give(bid128_fmod(to_bid(a), to_bid(b), &flags), &r))
        return false;
    if (!is_zero(r) && (r.w[1] & SIGN) != (b.w[1] & SIGN))
        r = wr_decimal_add(r, b);
    *out = r;

    return true;
}

/* By squaring: integer powers of integers come out exact while they fit. */
static bool
power(struct wr_decimal a, int64_t n, struct wr_decimal *out)
{
    struct wr_decimal r = wr_decimal_from_int(1);
    uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;

    for (; left > 0; left >>= 1) {
        if (left & 1)
            r = wr_decimal_mul(r, a);
        if (left > 1)
            a = wr_decimal_mul(a, a);
    }
    if (n < 0)
        return is_finite(r) && wr_decimal_div(wr_decimal_from_int(1), r, out);
    if (!is_finite(r))
        return false;
    *out = r;

    return true;
}

bool
wr_decimal_pow(struct wr_decimal a, struct wr_decimal b, struct wr_decimal *out)
{
    _IDEC_flags flags = 0;
    int64_t n;

    if (wr_decimal_to_int(b, &n) && n >= -POWER_MAX && n <= POWER_MAX)
        return power(a, n, out);

    return give(
        bid128_pow(to_bid(a), to_bid(b), BID_ROUNDING_TO_NEAREST, &flags), out);
}

struct wr_decimal
wr_decimal_neg(struct wr_decimal a)
{
    if (!is_zero(a))
        a.w[1] ^= SIGN;

    return a;
}

struct wr_decimal
wr_decimal_abs(struct wr_decimal a)
{
    a.w[1] &= ~SIGN;

    return a;
}

bool
wr_decimal_sqrt(struct wr_decimal a, struct wr_decimal *out)
{
    _IDEC_flags flags = 0;

    return give(bid128_sqrt(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool
wr_decimal_exp(struct wr_decimal a, struct wr_decimal *out)
{
    _IDEC_flags flags = 0;

    return give(bid128_exp(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags), out);
}

bool
wr_decimal_log(struct wr_decimal a, struct wr_decimal *out)
{
    _IDEC_flags flags = 0;

    return give(bid128_log(to_bid(a), BID_ROUNDING_TO_NEAREST, &flags), out);
}

/* --- Rounding and order ---------------------------------------------------- */

static struct wr_decimal
quantize(struct wr_decimal a, int scale, unsigned mode)
{
    struct parts unit = { .coef = 1, .exponent = -scale };
    _IDEC_flags flags = 0;

    return from_bid(
        bid128_quantize(to_bid(a), to_bid(join(&unit)), mode, &flags));
}

/* Ties towards zero: only what is past the half goes away from it. */
static struct wr_decimal
half_down(struct wr_decimal a, int scale, unsigned away)
{
    struct wr_decimal cut = quantize(a, scale, BID_ROUNDING_TO_ZERO);
    struct parts half = { .coef = 5, .exponent = -scale - 1 };
    struct wr_decimal rest = wr_decimal_abs(wr_decimal_sub(a, cut));

    return wr_decimal_cmp(rest, join(&half)) > 0 ? quantize(a, scale, away)
                                                 : cut;
}

struct wr_decimal
wr_decimal_round(struct wr_decimal a, int scale, enum wr_rounding mode)
{
    unsigned away = a.w[1] & SIGN ? BID_ROUNDING_DOWN : BID_ROUNDING_UP;

    /* Nothing behind the last kept digit; quantize would overflow. */
    if (!is_finite(a) || is_zero(a) || split(a).exponent >= -scale)
        return a;
    if (scale < -MAX_EXPONENT + 1)
        scale = -MAX_EXPONENT + 1;

    switch (mode) {
    case WR_ROUND_HALF_EVEN:
        return quantize(a, scale, BID_ROUNDING_TO_NEAREST);
    case WR_ROUND_FLOOR:
        return quantize(a, scale, BID_ROUNDING_DOWN);
    case WR_ROUND_CEILING:
        return quantize(a, scale, BID_ROUNDING_UP);
    case WR_ROUND_UP:
        return quantize(a, scale, away);
    case WR_ROUND_DOWN:
        return quantize(a, scale, BID_ROUNDING_TO_ZERO);
    case WR_ROUND_HALF_UP:
        return quantize(a, scale, BID_ROUNDING_TIES_AWAY);
    case WR_ROUND_HALF_DOWN:
        return half_down(a, scale, away);
    }

    return a;
}

int
wr_decimal_cmp(struct wr_decimal a, struct wr_decimal b)
{
    _IDEC_flags flags = 0;
    int64_t x, y;

    if (both_small(a, b, &x, &y))
        return (x > y) - (x < y);
    if (bid128_quiet_less(to_bid(a), to_bid(b), &flags))
        return -1;

    return bid128_quiet_greater(to_bid(a), to_bid(b), &flags);
}

bool
wr_decimal_is_integer(struct wr_decimal a)
{
    struct wr_decimal whole;
    int64_t n;

    if (small(a, &n))
        return true;
    if (!is_finite(a))
        return false;
    whole = wr_decimal_round(a, 0, WR_ROUND_DOWN);

    return wr_decimal_cmp(whole, a) == 0;
}
