/* The attack list of a bearer token; every refusal has its reason. */
#include "tests/lib/t.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ngx_module/weir_jwt.h"

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1\"}"
#define BODY                                                          \
    "\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"ada\",\"iat\":1000," \
    "\"exp\":2000"

static const int64_t now = 1500;

static struct weir_jwt_policy
policy(void)
{
    struct weir_jwt_policy p = { .issuer = "weir",
                                 .audience = "weir",
                                 .n_keys = 1 };
    char text[65];

    memset(text, 'a', 64);
    text[64] = '\0';
    ck_assert_int_eq(weir_jwt_key_parse(text, 64, "1", &p.keys[0]), 0);

    return p;
}

static size_t
base64url(const unsigned char *src, size_t len, char *dst)
{
    size_t n = (size_t)EVP_EncodeBlock((unsigned char *)dst, src, (int)len);

    for (size_t i = 0; i < n; i++)
        dst[i] = dst[i] == '+' ? '-' : dst[i] == '/' ? '_' : dst[i];
    while (n > 0 && dst[n - 1] == '=')
        n--;
    dst[n] = '\0';

    return n;
}

/* A token over these texts, signed with the policy's first key. */
static char *
token(const char *header, const char *body)
{
    struct weir_jwt_policy p = policy();
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned mac_len;
    char *out = malloc(2 * (strlen(header) + strlen(body)) + 128);
    size_t n = base64url((const unsigned char *)header, strlen(header), out);

    out[n++] = '.';
    n += base64url((const unsigned char *)body, strlen(body), out + n);
    HMAC(EVP_sha256(), p.keys[0].secret, (int)p.keys[0].len,
         (unsigned char *)out, n, mac, &mac_len);
    out[n++] = '.';
    base64url(mac, mac_len, out + n);

    return out;
}

static const char *
verdict_of(const char *tok, size_t len)
{
    struct weir_jwt_policy p = policy();
    struct weir_jwt_claims c;

    return weir_jwt_refusal_name(weir_jwt_verify(&p, tok, len, now, &c));
}

static const char *
verdict(const char *header, const char *body)
{
    char *t = token(header, body);
    const char *why = verdict_of(t, strlen(t));

    free(t);

    return why;
}

START_TEST(takes_a_good_token)
{
    struct weir_jwt_policy p = policy();
    struct weir_jwt_claims c;
    char *t = token(HEADER, "{" BODY ",\"sid\":\"s1\",\"tenant\":0,"
                            "\"roles\":[\"admin\",\"viewer\"],\"x\":[1,{}]}");

    ck_assert_int_eq(weir_jwt_verify(&p, t, strlen(t), now, &c), WEIR_JWT_OK);
    ck_assert_str_eq(c.sub, "ada");
    ck_assert_str_eq(c.sid, "s1");
    ck_assert_str_eq(c.roles, "admin,viewer");
    ck_assert_int_eq(c.tenant, 0);
    ck_assert_int_eq(c.exp, 2000);
    free(t);
}
END_TEST

static const struct {
    const char *header, *why;
} headers[] = {
    { "{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"alg\":\"None\",\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"alg\":\"nOnE\",\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"alg\":\"hs256\",\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"alg\":\"HS512\",\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"alg\":\"HS256\\u0000\",\"typ\":\"at+jwt\",\"kid\":\"1\"}",
      "algorithm" },
    { "{\"alg\":[\"HS256\"],\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"typ\":\"at+jwt\",\"kid\":\"1\"}", "algorithm" },
    { "{\"alg\":\"HS256\",\"kid\":\"1\"}", "type" },
    { "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"1\"}", "type" },
    { "{\"alg\":\"HS256\",\"typ\":\"rt+jwt\",\"kid\":\"1\"}", "type" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", "unknown key" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"2\"}", "unknown key" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"../1\"}",
      "unknown key" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1' or '1'='1\"}",
      "unknown key" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":1}", "unknown key" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1\",\"crit\":[\"b64\"],"
      "\"b64\":false}",
      "critical header" },
    { "{\"alg\":\"HS256\",\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"1\"}",
      "malformed" },
    { "{\"alg\":\"HS256\",\"\\u0061lg\":\"none\",\"typ\":\"at+jwt\","
      "\"kid\":\"1\"}",
      "malformed" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1\"", "malformed" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1\"} x", "malformed" },
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1\",}", "malformed" },
    { "[]", "malformed" },
    { "", "malformed" },
    /* A key inside the token is never used. */
    { "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"1\","
      "\"jku\":\"http://x/\",\"jwk\":{\"kty\":\"oct\",\"k\":\"\"}}",
      "" },
};

START_TEST(judges_headers)
{
    ck_assert_str_eq(verdict(headers[_i].header, "{" BODY "}"),
                     headers[_i].why);
}
END_TEST

static const struct {
    const char *body, *why;
} bodies[] = {
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1}", "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"exp\":2000}",
      "claims" },
    { "{\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,\"exp\":2000}", "claims" },
    { "{\"iss\":\"weir\",\"sub\":\"a\",\"iat\":1,\"exp\":2000}", "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"iat\":1,\"exp\":2000}", "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"\",\"iat\":1,"
      "\"exp\":2000}",
      "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\\nb\",\"iat\":1,"
      "\"exp\":2000}",
      "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":7,\"iat\":1,\"exp\":2000}",
      "claims" },
    { "{\"iss\":\"other\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":2000}",
      "issuer" },
    { "{\"iss\":\"weir\",\"aud\":\"other\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":2000}",
      "audience" },
    { "{\"iss\":\"weir\",\"aud\":[],\"sub\":\"a\",\"iat\":1,\"exp\":2000}",
      "audience" },
    { "{\"iss\":\"weir\",\"aud\":[\"x\",\"weir\"],\"sub\":\"a\",\"iat\":1,"
      "\"exp\":2000}",
      "" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":1470}",
      "expired" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":1471}",
      "" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,\"exp\":0}",
      "expired" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":\"2000\"}",
      "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":2000.5}",
      "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":1e400}",
      "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":-1}",
      "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":99999999999999999999}",
      "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1,"
      "\"exp\":null}",
      "claims" },
    { "{" BODY ",\"exp\":9000}", "malformed" },
    { "{" BODY ",\"\\u0065xp\":9000}", "malformed" },
    { "{" BODY ",\"nbf\":1531}", "not yet valid" },
    { "{" BODY ",\"nbf\":1530}", "" },
    { "{" BODY ",\"nbf\":\"0\"}", "claims" },
    { "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":\"a\",\"iat\":1531,"
      "\"exp\":2000}",
      "not yet valid" },
    { "{" BODY ",\"roles\":\"admin\"}", "claims" },
    { "{" BODY ",\"roles\":[\"a,admin\"]}", "claims" },
    { "{" BODY ",\"roles\":[1]}", "claims" },
    { "{" BODY ",\"roles\":[]}", "" },
    { "{" BODY ",\"tenant\":\"0\"}", "claims" },
    { "{" BODY ",\"deep\":[[[[[[[[[[]]]]]]]]]]}", "malformed" },
    { "{" BODY ",\"bad\":\"\x80\"}", "malformed" },
    { "{" BODY ",\"bad\":\"\\ud800\"}", "malformed" },
    { "{" BODY ",\"bad\":01}", "malformed" },
    { "{" BODY ",\"bad\":NaN}", "malformed" },
    { "{" BODY ",\"ok\":[-1.5e-3,true,false,null,\"\\ud83d\\ude00\"]}", "" },
};

START_TEST(judges_claims)
{
    ck_assert_str_eq(verdict(HEADER, bodies[_i].body), bodies[_i].why);
}
END_TEST

START_TEST(refuses_a_wrong_signature)
{
    char *t = token(HEADER, "{" BODY "}");
    char *sig = strrchr(t, '.') + 1;
    size_t len = strlen(t);
    char *body = strchr(t, '.') + 1;
    char keep;

    ck_assert_str_eq(verdict_of(t, len), "");
    for (char *p = sig; *p; p++) {
        keep = *p;
        *p = keep == 'A' ? 'B' : 'A';
        ck_assert_str_eq(verdict_of(t, len), "signature");
        *p = keep;
    }
    keep = *body;
    *body = keep == 'A' ? 'B' : 'A';
    ck_assert_str_eq(verdict_of(t, len), "signature");
    free(t);
}
END_TEST

START_TEST(refuses_other_lengths_of_signature)
{
    char *t = token(HEADER, "{" BODY "}");
    size_t len = strlen(t);
    char longer[1024];

    for (size_t cut = 1; cut <= 43; cut++)
        ck_assert_str_eq(verdict_of(t, len - cut), "signature");
    snprintf(longer, sizeof(longer), "%sA", t);
    ck_assert_str_eq(verdict_of(longer, len + 1), "signature");
    snprintf(longer, sizeof(longer), "%s=", t);
    ck_assert_str_eq(verdict_of(longer, len + 1), "signature");
    snprintf(longer, sizeof(longer), "%s.", t);
    ck_assert_str_eq(verdict_of(longer, len + 1), "malformed");
    free(t);
}
END_TEST

/* The last character carries two bits that belong to no byte: only one of the
 * four spellings of a signature is the signature. */
START_TEST(refuses_left_over_bits)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789-_";
    char *t = token(HEADER, "{" BODY "}");
    size_t len = strlen(t);
    long at = strchr(alphabet, t[len - 1]) - alphabet;

    for (long i = 1; i < 4; i++) {
        t[len - 1] = alphabet[at + i];
        ck_assert_str_eq(verdict_of(t, len), "signature");
    }
    free(t);
}
END_TEST

START_TEST(refuses_what_is_no_token)
{
    static const char *const texts[] = { "",    ".",     "..",    "...",
                                         "a.b", "a.b.c", "=.=.=", "a b.c.d" };
    char *big = malloc(1 << 20);

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        ck_assert_str_eq(verdict_of(texts[i], strlen(texts[i])), "malformed");
    memset(big, 'a', 1 << 20);
    ck_assert_str_eq(verdict_of(big, 1 << 20), "too large");
    ck_assert_str_eq(verdict_of(big, WEIR_JWT_MAX + 1), "too large");
    ck_assert_str_eq(verdict_of(big, WEIR_JWT_MAX), "malformed");
    free(big);
}
END_TEST

START_TEST(leaves_claims_alone_on_refusal)
{
    struct weir_jwt_policy p = policy();
    struct weir_jwt_claims c = { .sub = "before" };
    char *t = token(HEADER, "{" BODY ",\"nbf\":9999}");

    ck_assert_int_eq(weir_jwt_verify(&p, t, strlen(t), now, &c),
                     WEIR_JWT_NOT_YET);
    ck_assert_str_eq(c.sub, "before");
    free(t);
}
END_TEST

START_TEST(reads_only_good_key_files)
{
    struct weir_jwt_key k;
    const char *hex = "000102030405060708090a0b0c0d0e0f"
                      "101112131415161718191a1b1c1d1e1f\n";

    ck_assert_int_eq(weir_jwt_key_parse(hex, 65, "1", &k), 0);
    ck_assert_int_eq(k.len, 32);
    ck_assert_int_eq(k.secret[31], 0x1f);
    ck_assert_int_eq(weir_jwt_key_parse(hex, 64, "a_B-9", &k), 0);
    ck_assert_int_eq(weir_jwt_key_parse(hex, 63, "1", &k), -1);
    ck_assert_int_eq(weir_jwt_key_parse(hex, 0, "1", &k), -1);
    ck_assert_int_eq(weir_jwt_key_parse(hex, 64, "", &k), -1);
    ck_assert_int_eq(weir_jwt_key_parse(hex, 64, "../x", &k), -1);
    ck_assert_int_eq(weir_jwt_key_parse("zz0102030405060708090a0b0c0d0e0f"
                                        "101112131415161718191a1b1c1d1e1f",
                                        64, "1", &k),
                     -1);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("bearer token");

    tcase_add_test(tc, takes_a_good_token);
    tcase_add_loop_test(tc, judges_headers, 0,
                        sizeof(headers) / sizeof(*headers));
    tcase_add_loop_test(tc, judges_claims, 0, sizeof(bodies) / sizeof(*bodies));
    tcase_add_test(tc, refuses_a_wrong_signature);
    tcase_add_test(tc, refuses_other_lengths_of_signature);
    tcase_add_test(tc, refuses_left_over_bits);
    tcase_add_test(tc, refuses_what_is_no_token);
    tcase_add_test(tc, leaves_claims_alone_on_refusal);
    tcase_add_test(tc, reads_only_good_key_files);

    return t_main("jwt", tc, NULL);
}
