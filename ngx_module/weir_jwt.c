/* weir_jwt: every check an HS256 access token must pass, in order. */

#include "ngx_module/weir_jwt.h"

#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "ngx_module/weir_json.h"


enum {
    SIGNATURE_LEN = 32,
    SIGNATURE_TEXT = 43,        /* its base64url, without padding */
    MEMBERS_MAX = 32,           /* of the header, of the claims */
    NAME_MAX_LEN = 48,
    DECODED_MAX = WEIR_JWT_MAX * 3 / 4 + 1
};


/* A member of an object under way: its name is known, the cursor at its value. */
typedef enum weir_jwt_refusal (*member_fn)(struct weir_json *j,
    const char *name, void *to);

struct header {
    char      alg[16];
    char      typ[32];
    char      kid[WEIR_JWT_KID];
    unsigned  crit:1;
};

struct body {
    struct weir_jwt_claims        *claims;
    const struct weir_jwt_policy  *policy;
    int64_t                        iat;
    int64_t                        nbf;
    unsigned                       has_exp:1;
    unsigned                       has_iat:1;
    unsigned                       has_iss:1;
    unsigned                       has_aud:1;
    unsigned                       has_sub:1;
    unsigned                       iss_ok:1;
    unsigned                       aud_ok:1;
};


static const char *const names[] = {
    "",
#define WEIR_REFUSAL(id, name)  name,
#include "ngx_module/weir_jwt_refusals.def"
#undef WEIR_REFUSAL
};


const char *
weir_jwt_refusal_name(enum weir_jwt_refusal why)
{
    return why < WEIR_JWT_REFUSALS ? names[why] : "";
}


static int
digit64(unsigned char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }

    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }

    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }

    return c == '-' ? 62 : c == '_' ? 63 : -1;
}


/*
 * Strict base64url (RFC 7515): no padding, no other alphabet, no left-over bits.
 * The decoded length, or -1.
 */
static long
decode(const char *src, size_t len, unsigned char *dst, size_t size)
{
    size_t    i, n = 0;
    int       d;
    uint32_t  bits = 0;
    unsigned  have = 0;

    if (len % 4 == 1) {
        return -1;
    }

    for (i = 0; i < len; i++) {
        d = digit64((unsigned char) src[i]);

        if (d < 0) {
            return -1;
        }

        bits = (bits << 6 | (uint32_t) d) & 0xffffff;
        have += 6;

        if (have >= 8) {
            if (n == size) {
                return -1;
            }

            have -= 8;
            dst[n++] = (unsigned char) (bits >> have);
        }
    }

    if ((bits & ((1u << have) - 1)) != 0) {
        return -1;
    }

    return (long) n;
}


/* Each member of the one object in text goes to fn; no name comes twice. */
static enum weir_jwt_refusal
object(const unsigned char *text, size_t len, member_fn fn, void *to)
{
    int                    i, n = 0;
    char                   seen[MEMBERS_MAX][NAME_MAX_LEN];
    struct weir_json       j = { .pos = text, .end = text + len };
    enum weir_jwt_refusal  why;

    if (weir_json_take(&j, '{') != 0) {
        return WEIR_JWT_MALFORMED;
    }

    if (weir_json_peek(&j) != '}') {
        do {
            if (n == MEMBERS_MAX
                || weir_json_string(&j, seen[n], NAME_MAX_LEN) != 0
                || weir_json_take(&j, ':') != 0)
            {
                return WEIR_JWT_MALFORMED;
            }

            for (i = 0; i < n; i++) {
                if (strcmp(seen[i], seen[n]) == 0) {
                    return WEIR_JWT_MALFORMED;
                }
            }

            why = fn(&j, seen[n++], to);

            if (why != WEIR_JWT_OK) {
                return why;
            }

        } while (weir_json_take(&j, ',') == 0);
    }

    if (weir_json_take(&j, '}') != 0 || j.pos != j.end) {
        return WEIR_JWT_MALFORMED;
    }

    return WEIR_JWT_OK;
}


static enum weir_jwt_refusal
header_member(struct weir_json *j, const char *name, void *to)
{
    struct header  *h = to;

    if (strcmp(name, "alg") == 0) {
        return weir_json_string(j, h->alg, sizeof(h->alg)) == 0
               ? WEIR_JWT_OK : WEIR_JWT_ALGORITHM;
    }

    if (strcmp(name, "typ") == 0) {
        return weir_json_string(j, h->typ, sizeof(h->typ)) == 0
               ? WEIR_JWT_OK : WEIR_JWT_TYPE;
    }

    if (strcmp(name, "kid") == 0) {
        return weir_json_string(j, h->kid, sizeof(h->kid)) == 0
               ? WEIR_JWT_OK : WEIR_JWT_KEY;
    }

    if (strcmp(name, "crit") == 0) {
        return WEIR_JWT_CRITICAL;
    }

    /* jku, x5u, jwk and the rest never say anything we would believe. */

    return weir_json_skip(j) == 0 ? WEIR_JWT_OK : WEIR_JWT_MALFORMED;
}


/* Text that goes on as a FastCGI parameter and into logs. */
static int
printable(const char *s)
{
    for ( ; *s != '\0'; s++) {
        if ((unsigned char) *s < 0x20 || *s == 0x7f) {
            return 0;
        }
    }

    return 1;
}


static int
role_name(const char *s)
{
    if (*s < 'a' || *s > 'z') {
        return 0;
    }

    for ( ; *s != '\0'; s++) {
        if ((*s < 'a' || *s > 'z') && (*s < '0' || *s > '9') && *s != '-') {
            return 0;
        }
    }

    return 1;
}


static int
roles(struct weir_json *j, char *out, size_t size)
{
    size_t  n, used = 0;
    char    role[32];

    if (weir_json_take(j, '[') != 0) {
        return -1;
    }

    if (weir_json_peek(j) == ']') {
        return weir_json_take(j, ']');
    }

    do {
        if (weir_json_string(j, role, sizeof(role)) != 0 || !role_name(role)) {
            return -1;
        }

        n = strlen(role);

        if (used + n + 2 > size) {
            return -1;
        }

        if (used != 0) {
            out[used++] = ',';
        }

        memcpy(out + used, role, n + 1);
        used += n;

    } while (weir_json_take(j, ',') == 0);

    return weir_json_take(j, ']');
}


/* A string, or an array of strings of which one must be the audience. */
static int
audience(struct weir_json *j, const char *want, int *found)
{
    char  one[256];

    *found = 0;

    if (weir_json_peek(j) == '"') {
        if (weir_json_string(j, one, sizeof(one)) != 0) {
            return -1;
        }

        *found = strcmp(one, want) == 0;

        return 0;
    }

    if (weir_json_take(j, '[') != 0) {
        return -1;
    }

    if (weir_json_peek(j) == ']') {
        return weir_json_take(j, ']');
    }

    do {
        if (weir_json_string(j, one, sizeof(one)) != 0) {
            return -1;
        }

        if (strcmp(one, want) == 0) {
            *found = 1;
        }

    } while (weir_json_take(j, ',') == 0);

    return weir_json_take(j, ']');
}


static int
identity_member(struct weir_json *j, const char *name, struct body *b, int *rc)
{
    int                      found;
    char                     text[256];
    struct weir_jwt_claims  *c = b->claims;

    if (strcmp(name, "sub") == 0) {
        *rc = weir_json_string(j, c->sub, sizeof(c->sub));
        b->has_sub = *rc == 0 && c->sub[0] != '\0' && printable(c->sub);

    } else if (strcmp(name, "iss") == 0) {
        *rc = weir_json_string(j, text, sizeof(text));
        b->has_iss = 1;
        b->iss_ok = *rc == 0 && strcmp(text, b->policy->issuer) == 0;

    } else if (strcmp(name, "aud") == 0) {
        *rc = audience(j, b->policy->audience, &found);
        b->has_aud = 1;
        b->aud_ok = *rc == 0 && found;

    } else if (strcmp(name, "sid") == 0) {
        *rc = weir_json_string(j, c->sid, sizeof(c->sid));

        if (*rc == 0 && !printable(c->sid)) {
            *rc = -1;
        }

    } else if (strcmp(name, "roles") == 0) {
        *rc = roles(j, c->roles, sizeof(c->roles));

    } else {
        return 0;
    }

    return 1;
}


static enum weir_jwt_refusal
claim_member(struct weir_json *j, const char *name, void *to)
{
    int           rc;
    struct body  *b = to;

    if (identity_member(j, name, b, &rc)) {
        return rc == 0 ? WEIR_JWT_OK : WEIR_JWT_CLAIMS;
    }

    if (strcmp(name, "exp") == 0) {
        rc = weir_json_integer(j, &b->claims->exp);
        b->has_exp = 1;

    } else if (strcmp(name, "iat") == 0) {
        rc = weir_json_integer(j, &b->iat);
        b->has_iat = 1;

    } else if (strcmp(name, "nbf") == 0) {
        rc = weir_json_integer(j, &b->nbf);

    } else if (strcmp(name, "tenant") == 0) {
        rc = weir_json_integer(j, &b->claims->tenant);

    } else {
        return weir_json_skip(j) == 0 ? WEIR_JWT_OK : WEIR_JWT_MALFORMED;
    }

    return rc == 0 ? WEIR_JWT_OK : WEIR_JWT_CLAIMS;
}


static const struct weir_jwt_key *
find_key(const struct weir_jwt_policy *p, const char *kid)
{
    size_t  i;

    for (i = 0; i < p->n_keys; i++) {
        if (strcmp(p->keys[i].kid, kid) == 0) {
            return &p->keys[i];
        }
    }

    return NULL;
}


static enum weir_jwt_refusal
check_header(const struct weir_jwt_policy *p, const char *text, size_t len,
    const struct weir_jwt_key **key)
{
    long                   n;
    struct header          h;
    unsigned char          raw[512];
    enum weir_jwt_refusal  why;

    memset(&h, 0, sizeof(h));
    n = decode(text, len, raw, sizeof(raw));

    if (n < 0) {
        return WEIR_JWT_MALFORMED;
    }

    why = object(raw, (size_t) n, header_member, &h);

    if (why != WEIR_JWT_OK) {
        return why;
    }

    *key = find_key(p, h.kid);

    if (*key == NULL) {
        return WEIR_JWT_KEY;
    }

    /* The key says the algorithm; all of ours are for HS256. */

    if (strcmp(h.alg, "HS256") != 0) {
        return WEIR_JWT_ALGORITHM;
    }

    if (strcmp(h.typ, "at+jwt") != 0) {
        return WEIR_JWT_TYPE;
    }

    return WEIR_JWT_OK;
}


static enum weir_jwt_refusal
check_signature(const struct weir_jwt_key *key, const char *token,
    size_t signed_len, const char *sig, size_t sig_len)
{
    unsigned       mac_len = 0;
    unsigned char  given[SIGNATURE_LEN];
    unsigned char  mac[EVP_MAX_MD_SIZE];

    if (sig_len != SIGNATURE_TEXT
        || decode(sig, sig_len, given, sizeof(given)) != SIGNATURE_LEN)
    {
        return WEIR_JWT_SIGNATURE;
    }

    if (HMAC(EVP_sha256(), key->secret, (int) key->len,
             (const unsigned char *) token, signed_len, mac, &mac_len) == NULL
        || mac_len != SIGNATURE_LEN)
    {
        return WEIR_JWT_SIGNATURE;
    }

    return CRYPTO_memcmp(mac, given, SIGNATURE_LEN) == 0
           ? WEIR_JWT_OK : WEIR_JWT_SIGNATURE;
}


static enum weir_jwt_refusal
check_claims(const struct weir_jwt_policy *p, const char *text, size_t len,
    int64_t now, struct weir_jwt_claims *claims)
{
    long                   n;
    struct body            b;
    unsigned char          raw[DECODED_MAX];
    enum weir_jwt_refusal  why;

    memset(&b, 0, sizeof(b));
    b.claims = claims;
    b.policy = p;
    n = decode(text, len, raw, sizeof(raw));

    if (n < 0) {
        return WEIR_JWT_MALFORMED;
    }

    why = object(raw, (size_t) n, claim_member, &b);

    if (why != WEIR_JWT_OK) {
        return why;
    }

    if (!b.has_exp || !b.has_iat || !b.has_iss || !b.has_aud || !b.has_sub) {
        return WEIR_JWT_CLAIMS;
    }

    if (!b.iss_ok) {
        return WEIR_JWT_ISSUER;
    }

    if (!b.aud_ok) {
        return WEIR_JWT_AUDIENCE;
    }

    if (claims->exp + WEIR_JWT_LEEWAY <= now) {
        return WEIR_JWT_EXPIRED;
    }

    if (b.nbf - WEIR_JWT_LEEWAY > now || b.iat - WEIR_JWT_LEEWAY > now) {
        return WEIR_JWT_NOT_YET;
    }

    return WEIR_JWT_OK;
}


enum weir_jwt_refusal
weir_jwt_verify(const struct weir_jwt_policy *policy, const char *token,
    size_t len, int64_t now, struct weir_jwt_claims *claims)
{
    const char                 *dot1, *dot2, *end = token + len;
    const struct weir_jwt_key  *key;
    struct weir_jwt_claims      got;
    enum weir_jwt_refusal       why;

    if (len > WEIR_JWT_MAX) {
        return WEIR_JWT_SIZE;
    }

    dot1 = memchr(token, '.', len);
    dot2 = dot1 != NULL ? memchr(dot1 + 1, '.', (size_t) (end - dot1 - 1))
                        : NULL;

    if (dot2 == NULL || memchr(dot2 + 1, '.', (size_t) (end - dot2 - 1))) {
        return WEIR_JWT_MALFORMED;
    }

    why = check_header(policy, token, (size_t) (dot1 - token), &key);

    if (why != WEIR_JWT_OK) {
        return why;
    }

    why = check_signature(key, token, (size_t) (dot2 - token), dot2 + 1,
                          (size_t) (end - dot2 - 1));

    if (why != WEIR_JWT_OK) {
        return why;
    }

    memset(&got, 0, sizeof(got));
    why = check_claims(policy, dot1 + 1, (size_t) (dot2 - dot1 - 1), now, &got);

    if (why == WEIR_JWT_OK) {
        *claims = got;
    }

    return why;
}


static int
kid_ok(const char *kid)
{
    size_t  n = strlen(kid);

    return n > 0 && n < WEIR_JWT_KID
           && strspn(kid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                          "0123456789_-") == n;
}


int
weir_jwt_key_parse(const char *text, size_t len, const char *kid,
    struct weir_jwt_key *key)
{
    int          d;
    size_t       i;
    const char  *at;

    static const char  hex[] = "0123456789abcdef";

    if (len > 0 && text[len - 1] == '\n') {
        len--;
    }

    if (len != 64 || !kid_ok(kid)) {
        return -1;
    }

    memset(key, 0, sizeof(*key));

    for (i = 0; i < len; i++) {
        at = memchr(hex, text[i], 16);

        if (at == NULL) {
            return -1;
        }

        d = (int) (at - hex);
        key->secret[i / 2] = (unsigned char) (key->secret[i / 2] << 4 | d);
    }

    key->len = len / 2;
    strncpy(key->kid, kid, sizeof(key->kid) - 1);

    return 0;
}
