#include "engine/store/value_key.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"

enum {
    BIAS = 50000 /* of exponents, five digits */
};

/* 0.DIGITS * 10^exponent, without zeros at either end; none: zero. */
struct normal {
    char digits[WR_DECIMAL_TEXT];
    int n, exponent;
    bool negative;
};

static struct normal
normal(struct wr_decimal d)
{
    char text[WR_DECIMAL_TEXT];
    struct normal out = { .negative = false };
    bool fraction = false;
    const char *p = text;

    wr_decimal_text(d, text);
    out.negative = *p == '-';
    for (p += out.negative; isdigit((unsigned char)*p) || *p == '.'; p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        if (out.n || *p != '0') {
            out.digits[out.n++] = *p;
            out.exponent += !fraction;
        } else {
            out.exponent -= fraction;
        }
    }
    if (*p == 'E' || *p == 'e')
        out.exponent += (int)strtol(p + 1, NULL, 10);
    while (out.n && out.digits[out.n - 1] == '0')
        out.n--;

    return out;
}

/* Negative ones the other way round, with an end that is above all digits. */
static void
number(struct wr_str *s, struct wr_decimal d)
{
    struct normal n = normal(d);

    if (n.n == 0) {
        wr_str_add(s, "n5");
        return;
    }
    if (!n.negative) {
        wr_str_printf(s, "n6%05d", n.exponent + BIAS);
        wr_str_addn(s, n.digits, (size_t)n.n);
        return;
    }
    wr_str_printf(s, "n4%05d", 99999 - (n.exponent + BIAS));
    for (int i = 0; i < n.n; i++)
        wr_str_addc(s, (char)('0' + '9' - n.digits[i]));
    wr_str_addc(s, '~');
}

static uint64_t
hash(const char *s, size_t n)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * UINT64_C(1099511628211);

    return h;
}

/* What cannot be stored ends the part that is kept, too. */
static void
add_cut(struct wr_str *s, const char *t, size_t n, size_t most)
{
    size_t keep = strnlen(t, n);

    if (keep == n && n <= most) {
        wr_str_addn(s, t, n);
        return;
    }
    if (keep > most)
        keep = most;
    while (keep && ((unsigned char)t[keep] & 0xC0) == 0x80)
        keep--;
    wr_str_addn(s, t, keep);
    wr_str_printf(s, "\x01%016llx%zu", (unsigned long long)hash(t, n), n);
}

static void
text(struct wr_str *s, const char *t, size_t n)
{
    wr_str_addc(s, 's');
    add_cut(s, t, n, WR_VALUE_KEY);
}

/* As the API shows it, without the quotes. */
static void
shown(struct wr_str *s, const struct wr_value *v)
{
    struct wr_str json = { .arena = s->arena };

    wr_json_write(&json, v, 0);
    text(s, json.s + 1, json.len - 2);
}

const char *
wr_name_key(struct wr_arena *a, const char *name)
{
    struct wr_str s = { .arena = a };

    add_cut(&s, name, strlen(name), WR_NAME_KEY);

    return wr_str_text(&s);
}

const char *
wr_value_key(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_str s = { .arena = a };

    switch (v->type) {
    case WR_V_NULL:
        return "z";
    case WR_V_BOOL:
        return v->boolean ? "b1" : "b0";
    case WR_V_LIST:
        return "l";
    case WR_V_CONTEXT:
        return "m";
    case WR_V_NUMBER:
        number(&s, v->number);
        break;
    case WR_V_STRING:
        text(&s, v->string.s, v->string.len);
        break;
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
    case WR_V_BYTES:
        shown(&s, v);
        break;
    case WR_V_RANGE: /* neither is stored */
    case WR_V_FUNCTION:
        return "z";
    }

    return wr_str_text(&s);
}
