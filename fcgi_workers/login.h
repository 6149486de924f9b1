/*
 * login.h: passwords, access tokens and refresh tokens (RELIABILITY 4.2).
 *
 * Passwords are yescrypt ($y$) by crypt(3), hashed in a bounded pool so that
 * logins cannot eat the machine.  An access token is a JWT, HS256, short-lived.
 * A refresh token is opaque: session id and 256 random bits, stored as SHA-256,
 * rotated at each use; the use of the one before revokes its session.  For the
 * first seconds (refresh_grace) it gives an access token instead and rotates
 * nothing: two tabs that wake up together send the same one.  A secret that was
 * never given out is refused and changes nothing, or whoever knows a session's
 * id could end it.
 */

#ifndef WR_LOGIN_H
#define WR_LOGIN_H

#include "engine/base/uuid.h"
#include "engine/store/store.h"

struct wr_logins;

struct wr_logins *wr_logins_new(void);
void wr_logins_free(struct wr_logins *l);

/* Hash for storage; in `a`. */
WR_MUST int wr_password_hash(struct wr_logins *l, struct wr_arena *a,
                             const char *password, const char **out,
                             struct wr_err *err);
/* Does it fit?  `stored` NULL costs the same time and is false.  WR_EBUSY when
 * too many wait. */
WR_MUST int wr_password_check(struct wr_logins *l, const char *password,
                              const char *stored, bool *ok, struct wr_err *err);

/*
 * Throttle: after 5 failures of an account each further try waits, 1 s doubling
 * to 15 min.  WR_ETHROTTLED with the seconds; never a permanent lock.
 *
 * A try is counted when it begins, before its password is hashed: as many tries
 * of an account run at a time as may still fail, at least one; others wait here
 * for the end of those.  Each begun try is ended.
 */
WR_MUST int wr_login_begin(struct wr_logins *l, const char *user, int64_t now,
                           struct wr_err *err);
enum wr_login_end {
    WR_LOGIN_OK,
    WR_LOGIN_WRONG,
    WR_LOGIN_UNDECIDED /* the store or the pool failed: it does not count */
};
void wr_login_end(struct wr_logins *l, const char *user, int64_t now,
                  enum wr_login_end how);

struct wr_access {
    const char *user, *roles; /* roles: "admin,viewer" */
    int32_t tenant;
    struct wr_uuid session;
    int64_t now, ttl_ms;
};
/* A signed access token in `a`. */
WR_MUST int wr_access_token(struct wr_arena *a, const unsigned char key[32],
                            const struct wr_access *t, const char **out,
                            struct wr_err *err);

enum {
    WR_REFRESH_HASH = 32
};
/* New refresh token of a session, and its hash for the store. */
const char *wr_refresh_token(struct wr_arena *a, const struct wr_uuid *session,
                             unsigned char hash[WR_REFRESH_HASH]);
/* Take one apart.  WR_EUNAUTHORIZED when it is not of that form. */
WR_MUST int wr_refresh_parse(const char *token, struct wr_uuid *session,
                             unsigned char hash[WR_REFRESH_HASH],
                             struct wr_err *err);

#endif
