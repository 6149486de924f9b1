/*
 * weir_jwt.h: verifies a compact HS256 access token.  No nginx in here, so that
 * unit tests and the fuzzer link it alone.
 *
 * One call does every check in a fixed order and answers with the first that
 * fails; nothing of the token is believed before its signature is right.  The
 * key is found by kid, and the header's alg must be the key's alg: a token can
 * not choose how it is checked.  Nothing is allocated; a call needs about 12 KB
 * of stack.
 *
 *     struct weir_jwt_claims  claims;
 *
 *     why = weir_jwt_verify(&policy, data, len, time(NULL), &claims);
 *     if (why != WEIR_JWT_OK) { refuse(weir_jwt_refusal_name(why)); }
 */

#ifndef WEIR_JWT_H
#define WEIR_JWT_H

#include <stddef.h>
#include <stdint.h>

enum {
    WEIR_JWT_MAX = 8192,        /* bytes of a token */
    WEIR_JWT_LEEWAY = 30,       /* seconds of clock difference */
    WEIR_JWT_KEYS = 4,
    WEIR_JWT_KID = 65,          /* with the NUL, as are all below */
    WEIR_JWT_SUB = 256,
    WEIR_JWT_SID = 129,
    WEIR_JWT_ROLES = 512
};

enum weir_jwt_refusal {
    WEIR_JWT_OK,
#define WEIR_REFUSAL(id, name)  WEIR_JWT_##id,
#include "ngx_module/weir_jwt_refusals.def"
#undef WEIR_REFUSAL
    WEIR_JWT_REFUSALS
};

struct weir_jwt_key {
    char           kid[WEIR_JWT_KID];
    unsigned char  secret[64];
    size_t         len;
};

/* What a token must match; owned by the caller, read only here. */
struct weir_jwt_policy {
    struct weir_jwt_key  keys[WEIR_JWT_KEYS];
    size_t               n_keys;
    const char          *issuer;
    const char          *audience;
};

/* Filled on WEIR_JWT_OK only; texts are UTF-8 without control characters. */
struct weir_jwt_claims {
    char     sub[WEIR_JWT_SUB];
    char     sid[WEIR_JWT_SID];         /* "" when the token has none */
    char     roles[WEIR_JWT_ROLES];     /* "operator,viewer", may be "" */
    int64_t  tenant;
    int64_t  exp;                       /* seconds since 1970 */
};

/* Verify token[0..len) at `now` (seconds since 1970), RELIABILITY.md 4.1. */
enum weir_jwt_refusal weir_jwt_verify(const struct weir_jwt_policy *policy,
    const char *token, size_t len, int64_t now, struct weir_jwt_claims *claims);

/* "expired"; "" for WEIR_JWT_OK. */
const char *weir_jwt_refusal_name(enum weir_jwt_refusal why);

/*
 * Parse a key file's text: 64 hexadecimal digits, at most one line end.
 * 0, or -1 when it is anything else or the kid is not [A-Za-z0-9_-]{1,64}.
 */
int weir_jwt_key_parse(const char *text, size_t len, const char *kid,
    struct weir_jwt_key *key);

#endif
