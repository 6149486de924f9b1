/*
 * Bearer tokens.  An input with a line end is a header and claims, which are
 * signed, so that the claims are reached; any other is the token itself, and no
 * such token can have a right signature.
 *
 * fuzz-parts: ngx_module/weir_jwt.c ngx_module/weir_json.c
 */

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "ngx_module/weir_jwt.h"
#include "tests/fuzz/fuzz.h"

static const struct weir_jwt_policy policy = {
    .keys = { { .kid = "1", .len = 32 } },
    .n_keys = 1,
    .issuer = "weir",
    .audience = "weir",
};

static size_t
base64url(const uint8_t *src, size_t len, char *dst)
{
    size_t n = (size_t)EVP_EncodeBlock((unsigned char *)dst, src, (int)len);

    for (size_t i = 0; i < n; i++)
        dst[i] = dst[i] == '+' ? '-' : dst[i] == '/' ? '_' : dst[i];
    while (n > 0 && dst[n - 1] == '=')
        n--;

    return n;
}

static size_t
sign(const uint8_t *head, size_t head_len, const uint8_t *body, size_t body_len,
     char *out)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_len = 0;
    size_t n = base64url(head, head_len, out);

    out[n++] = '.';
    n += base64url(body, body_len, out + n);
    HMAC(EVP_sha256(), policy.keys[0].secret, 32, (unsigned char *)out, n, mac,
         &mac_len);
    out[n++] = '.';

    return n + base64url(mac, mac_len, out + n);
}

static void
accepted(const struct weir_jwt_claims *c)
{
    must(c->sub[0] != '\0' && strlen(c->sub) < sizeof(c->sub));
    must(strlen(c->sid) < sizeof(c->sid));
    must(strlen(c->roles) < sizeof(c->roles));
    must(c->exp > 1000000 - WEIR_JWT_LEEWAY && c->tenant >= 0);
    for (const char *p = c->roles; *p; p++)
        must((unsigned char)*p > 0x20 && *p != 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    struct weir_jwt_claims claims = { 0 };
    enum weir_jwt_refusal why;
    char *token;
    size_t len;

    if (!end) {
        why = weir_jwt_verify(&policy, (const char *)data, size, 1000000,
                              &claims);
        must(why != WEIR_JWT_OK && weir_jwt_refusal_name(why)[0] != '\0');
        return 0;
    }
    token = malloc(2 * size + 128);
    len = sign(data, (size_t)(end - data), end + 1,
               size - (size_t)(end - data) - 1, token);
    why = weir_jwt_verify(&policy, token, len, 1000000, &claims);
    must(why != WEIR_JWT_SIGNATURE || len > WEIR_JWT_MAX);
    if (why == WEIR_JWT_OK)
        accepted(&claims);
    free(token);

    return 0;
}
