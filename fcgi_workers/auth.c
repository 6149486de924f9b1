/* auth: log in, stay logged in, log out, who am I (API.md). */

#include <string.h>

#include "fcgi_workers/login.h"
#include "fcgi_workers/lookup.h"

struct login_body {
    const char *username, *password;
};
static const struct wr_field login_fields[] = {
    WR_FIELD(struct login_body, username, "username", WR_STRING, WR_REQUIRED,
             "User name."),
    WR_FIELD(struct login_body, password, "password", WR_STRING, WR_REQUIRED,
             "Password."),
};
static const struct wr_object login_object = WR_OBJECT_ROWS(
    struct login_body, "Login", login_fields);

struct grant {
    const char *token, *type;
    int64_t expires_in;
};
static const struct wr_field grant_fields[] = {
    WR_FIELD(struct grant, token, "accessToken", WR_STRING, WR_REQUIRED,
             "JWT for the Authorization header."),
    WR_FIELD(struct grant, type, "tokenType", WR_STRING, WR_REQUIRED,
             "Bearer."),
    WR_FIELD(struct grant, expires_in, "expiresIn", WR_INT, WR_REQUIRED,
             "Seconds."),
};
static const struct wr_object grant_object = WR_OBJECT_ROWS(
    struct grant, "AccessToken", grant_fields);

struct me {
    const char *username, *display_name, *email;
    struct wr_strings roles, groups;
    int64_t tenant;
};
static const struct wr_field me_fields[] = {
    WR_FIELD(struct me, username, "username", WR_STRING, WR_REQUIRED,
             "User name."),
    WR_FIELD(struct me, display_name, "displayName", WR_STRING,
             WR_READONLY | WR_NULLABLE, "Name for people."),
    WR_FIELD(struct me, email, "email", WR_STRING, WR_READONLY | WR_NULLABLE,
             "Mail address."),
    WR_FIELD(struct me, roles, "roles", WR_STRINGS, WR_READONLY, "Roles."),
    WR_FIELD(struct me, groups, "groups", WR_STRINGS, WR_READONLY, "Groups."),
    WR_FIELD(struct me, tenant, "tenant", WR_INT, WR_READONLY, "Tenant."),
};
static const struct wr_object me_object = WR_OBJECT_ROWS(struct me, "Me",
                                                         me_fields);

static void
set_cookie(struct wr_request *rq, const char *value, int64_t seconds)
{
    wr_request_header(rq, "Set-Cookie",
                      wr_arena_printf(rq->arena,
                                      "%s%s=%s; Path=/api/v1/auth; HttpOnly; "
                                      "SameSite=Strict; Max-Age=%lld%s",
                                      rq->https ? "__Secure-" : "",
                                      rq->service->cookie_name, value,
                                      (long long)seconds,
                                      rq->https ? "; Secure" : ""));
}

static const char *
cookie(struct wr_request *rq)
{
    const char *name = wr_arena_printf(rq->arena,
                                       "%s%s=", rq->https ? "__Secure-" : "",
                                       rq->service->cookie_name);
    const char *p = rq->header_cookie;
    size_t n = strlen(name);

    while (p && *p) {
        p += strspn(p, "; ");
        if (strncmp(p, name, n) == 0)
            return wr_arena_strndup(rq->arena, p + n, strcspn(p + n, "; "));
        p += strcspn(p, ";");
    }

    return NULL;
}

/* Cookie routes change state: a foreign page must not be able to call them. */
static int
same_origin(struct wr_request *rq, struct wr_err *err)
{
    const char *host;

    if (!rq->header_csrf || !rq->header_csrf[0])
        return wr_fail(err, WR_EFORBIDDEN, "header X-Weir-Csrf is missing");
    if (!rq->header_origin)
        return 0;
    host = strstr(rq->header_origin, "://");
    if (!host || !rq->header_host || strcmp(host + 3, rq->header_host) != 0)
        return wr_fail(err, WR_EFORBIDDEN, "origin '%s' is not this server",
                       rq->header_origin);

    return 0;
}

static int
find_user(struct wr_request *rq, const char *name,
          const struct wr_user_row **out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_USERS);
    struct wr_rows rows;

    q.key = name;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    *out = rows.n ? &rows.users[0] : NULL;

    return 0;
}

static int
grant_access(struct wr_request *rq, const struct wr_user_row *user,
             const struct wr_uuid *session, struct grant *out,
             struct wr_err *err)
{
    struct wr_access t = {
        .user = user->name,
        .roles = user->roles ? user->roles : "",
        .tenant = user->tenant,
        .session = *session,
        .now = wr_clock_now(&rq->service->clock),
        .ttl_ms = wr_config_int(rq->service->config, WR_SET_ACCESS_TTL),
    };

    out->type = "Bearer";
    out->expires_in = t.ttl_ms / 1000;
    wr_request_header(rq, "Cache-Control", "no-store");

    return wr_access_token(rq->arena, rq->service->jwt_key, &t, &out->token,
                           err);
}

/* Write the session with a fresh refresh token and hand that out as cookie. */
static int
put_session(struct wr_request *rq, struct wr_session_row *s,
            const struct wr_blob *expect, struct wr_err *err)
{
    int64_t now = wr_clock_now(&rq->service->clock);
    int64_t ttl = wr_config_int(rq->service->config, WR_SET_REFRESH_TTL);
    unsigned char hash[WR_REFRESH_HASH];
    const char *token = wr_refresh_token(rq->arena, &s->id, hash);
    struct wr_change change = { .op = WR_OP_PUT,
                                .noun = WR_SESSIONS,
                                .session = s };

    s->previous = s->token;
    s->token = (struct wr_blob){ hash, sizeof(hash) };
    s->used_at = now;
    s->expires_at = now + ttl;
    if (expect)
        change.expect = *expect;
    if (wr_runtime_change(rq->service->runtime, &change, 1, err) < 0)
        return (int)err->code;
    set_cookie(rq, token, ttl / 1000);

    return 0;
}

static int
login(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct login_body *body = in;
    int64_t now = wr_clock_now(&rq->service->clock);
    struct wr_session_row s = { .created_at = now };
    struct wr_logins *l = rq->service->logins;
    const struct wr_user_row *user;
    bool ok;

    if (strlen(body->username) > 128 || strlen(body->password) > 512)
        return wr_fail(err, WR_ELIMIT, "name or password is too long");
    if (wr_login_begin(l, body->username, now, err) < 0)
        return (int)err->code;
    if (find_user(rq, body->username, &user, err) < 0
        || wr_password_check(l, body->password, user ? user->password : NULL,
                             &ok, err)
               < 0) {
        wr_login_end(l, body->username, now, WR_LOGIN_UNDECIDED);
        return (int)err->code;
    }
    ok = ok && !user->disabled;
    wr_login_end(l, body->username, now, ok ? WR_LOGIN_OK : WR_LOGIN_WRONG);
    if (!ok)
        return wr_fail(err, WR_EUNAUTHORIZED, "wrong user name or password");

    s.id = wr_uuid_new(now, 0);
    s.user = user->name;
    s.tenant = user->tenant;
    if (put_session(rq, &s, NULL, err) < 0)
        return (int)err->code;

    return grant_access(rq, user, &s.id, out, err);
}

static int
drop_session(struct wr_request *rq, const struct wr_session_row *s,
             struct wr_err *err)
{
    struct wr_change change = { .op = WR_OP_DEL,
                                .noun = WR_SESSIONS,
                                .session = s };

    set_cookie(rq, "", 0);

    return wr_runtime_change(rq->service->runtime, &change, 1, err);
}

/* The session of the request's cookie; NULL in *out when it has none. */
static int
cookie_session(struct wr_request *rq, unsigned char hash[WR_REFRESH_HASH],
               const struct wr_session_row **out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_SESSIONS);
    const char *token = cookie(rq);
    struct wr_rows rows;
    struct wr_uuid id;

    *out = NULL;
    if (same_origin(rq, err) < 0)
        return (int)err->code;
    if (!token)
        return 0;
    if (wr_refresh_parse(token, &id, hash, err) < 0)
        return (int)err->code;
    q.id = &id;
    if (wr_request_find(rq, &q, &rows, err) < 0)
        return (int)err->code;
    if (rows.n)
        *out = &rows.sessions[0];

    return 0;
}

static bool
is_hash(const struct wr_blob *b, const unsigned char hash[WR_REFRESH_HASH])
{
    return b->len == WR_REFRESH_HASH && memcmp(b->p, hash, b->len) == 0;
}

static int
revoke(struct wr_request *rq, const struct wr_session_row *s,
       struct wr_err *err)
{
    if (drop_session(rq, s, err) < 0 && err->code != WR_ENOTFOUND)
        return (int)err->code;

    return wr_fail(err, WR_EUNAUTHORIZED,
                   "the refresh token was used before: session revoked");
}

/* The session that a refresh token may be used for (see login.h); *rotate is
 * false when it gives no more than an access token. */
static int
refreshable(struct wr_request *rq, const struct wr_session_row **out,
            bool *rotate, struct wr_err *err)
{
    int64_t grace = wr_config_int(rq->service->config, WR_SET_REFRESH_GRACE);
    int64_t now = wr_clock_now(&rq->service->clock);
    unsigned char hash[WR_REFRESH_HASH];
    const struct wr_session_row *s;

    if (cookie_session(rq, hash, &s, err) < 0)
        return (int)err->code;
    if (!s || s->expires_at < now)
        return wr_fail(err, WR_EUNAUTHORIZED, "no session");
    *rotate = is_hash(&s->token, hash);
    if (!*rotate && !is_hash(&s->previous, hash))
        return wr_fail(err, WR_EUNAUTHORIZED, "the refresh token is unknown");
    if (!*rotate && now - s->used_at >= grace)
        return revoke(rq, s, err);
    *out = s;

    return 0;
}

static int
refresh_once(struct wr_request *rq, struct grant *out, struct wr_err *err)
{
    const struct wr_session_row *old = NULL;
    const struct wr_user_row *user;
    struct wr_session_row s;
    struct wr_blob expect;
    bool rotate = false;

    if (refreshable(rq, &old, &rotate, err) < 0
        || find_user(rq, old->user, &user, err) < 0)
        return (int)err->code;
    if (!user || user->disabled)
        return wr_fail(err, WR_EUNAUTHORIZED, "the user may not log in");
    s = *old;
    expect = old->token;
    if (rotate && put_session(rq, &s, &expect, err) < 0)
        return (int)err->code;

    return grant_access(rq, user, &s.id, out, err);
}

static int
refresh(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    int rc = refresh_once(rq, out, err);

    (void)in;
    if (rc != WR_ECONFLICT)
        return rc;
    /* Another one with the same token was faster: now it is the one before. */
    *err = (struct wr_err){ 0 };
    rc = refresh_once(rq, out, err);

    return rc == WR_ECONFLICT
               ? wr_fail(err, WR_EUNAUTHORIZED,
                         "the refresh token was used at the same time")
               : rc;
}

static int
logout(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_session_row *s;
    unsigned char hash[WR_REFRESH_HASH];
    bool own;

    (void)in, (void)out;
    if (cookie_session(rq, hash, &s, err) < 0)
        return (int)err->code;
    own = s && (is_hash(&s->token, hash) || is_hash(&s->previous, hash));
    if (own && drop_session(rq, s, err) < 0 && err->code != WR_ENOTFOUND)
        return (int)err->code;
    if (!own)
        set_cookie(rq, "", 0);

    return 0;
}

static struct wr_strings
split(struct wr_arena *a, const char *text)
{
    const char **items = wr_newn(a, const char *, text ? strlen(text) : 0);
    size_t n = 0;

    while (text && *text) {
        size_t len = strcspn(text, ",");

        if (len)
            items[n++] = wr_arena_strndup(a, text, len);
        text += len + (text[len] == ',');
    }

    return (struct wr_strings){ .items = items, .n = n };
}

static int
who_am_i(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    const struct wr_user_row *user;
    struct me *me = out;

    (void)in;
    if (find_user(rq, rq->who.user, &user, err) < 0)
        return (int)err->code;
    if (!user)
        return wr_fail(err, WR_EUNAUTHORIZED, "no user '%s'", rq->who.user);
    *me = (struct me){
        .username = user->name,
        .display_name = user->display_name,
        .email = user->email,
        .roles = split(rq->arena, user->roles),
        .groups = split(rq->arena, user->groups),
        .tenant = user->tenant,
    };

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/auth/login", "login", WR_ANYONE, NULL, &login_object,
      &grant_object, 200, login, "Log in; sets the refresh cookie",
      0 },
    { "POST", "/api/v1/auth/refresh", "refresh", WR_ANYONE, NULL, NULL,
      &grant_object, 200, refresh,
      "New access token by the refresh cookie; needs X-Weir-Csrf", 0 },
    { "POST", "/api/v1/auth/logout", "logout", WR_ANYONE, NULL, NULL, NULL,
      204, logout, "End the session of the refresh cookie; needs X-Weir-Csrf",
      WR_ROUTE_NATURAL },
    { "GET", "/api/v1/auth/me", "me", WR_READERS, NULL, NULL, &me_object, 200,
      who_am_i, "The user of the access token", 0 },
};
/* clang-format on */

const struct wr_route_table wr_routes_auth = { "auth", routes,
                                               WR_COUNT(routes) };
