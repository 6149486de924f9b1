#include "engine/base/base64.h"

static const char standard[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
encode(struct wr_str *out, const uint8_t *p, size_t n, const char *alphabet,
       bool pad)
{
    for (; n > 0; p += 3, n = n > 3 ? n - 3 : 0) {
        uint32_t three = (uint32_t)p[0] << 16
                         | (n > 1 ? (uint32_t)p[1] << 8 : 0)
                         | (n > 2 ? p[2] : 0u);
        char quad[4] = { alphabet[three >> 18], alphabet[three >> 12 & 63],
                         alphabet[three >> 6 & 63], alphabet[three & 63] };
        size_t len = n > 2 ? 4 : n + 1;

        for (; pad && len < 4; len++)
            quad[len] = '=';
        wr_str_addn(out, quad, len);
    }
}

void
wr_base64_put(struct wr_str *out, const void *bytes, size_t n)
{
    encode(out, bytes, n, standard, true);
}

void
wr_base64url_put(struct wr_str *out, const void *bytes, size_t n)
{
    encode(out, bytes, n, url_safe, false);
}

static int
sextet(char c, bool url)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (url ? '-' : '+'))
        return 62;
    if (c == (url ? '_' : '/'))
        return 63;

    return -1;
}

/* `n` without padding.  Bits left over must be 0, so that each byte string has
 * one text only. */
static int
decode(struct wr_str *out, const char *s, size_t n, bool url,
       struct wr_err *err)
{
    uint32_t bits = 0;
    int have = 0;

    for (size_t i = 0; i < n; i++) {
        int six = sextet(s[i], url);

        if (six < 0)
            return wr_fail(err, WR_EVALUE,
                           "base64: bad character at position %zu", i + 1);
        bits = bits << 6 | (uint32_t)six;
        have += 6;
        if (have >= 8) {
            have -= 8;
            wr_str_addc(out, (char)(bits >> have));
            bits &= (1u << have) - 1;
        }
    }
    if (n % 4 == 1 || bits != 0)
        return wr_fail(err, WR_EVALUE, "base64: cut short");

    return 0;
}

int
wr_base64_get(struct wr_str *out, const char *s, size_t n, struct wr_err *err)
{
    size_t pad = 0;

    if (n % 4 != 0)
        return wr_fail(err, WR_EVALUE, "base64: cut short");
    while (pad < 2 && pad < n && s[n - 1 - pad] == '=')
        pad++;

    return decode(out, s, n - pad, false, err);
}

int
wr_base64url_get(struct wr_str *out, const char *s, size_t n,
                 struct wr_err *err)
{
    return decode(out, s, n, true, err);
}
