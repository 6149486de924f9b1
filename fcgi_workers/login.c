#include "config.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "engine/base/base64.h"
#include "engine/base/json.h"
#include "fcgi_workers/login.h"

enum {
    POOL = 2,        /* hashes at a time */
    QUEUE = 50,      /* waiting for one */
    ACCOUNTS = 1024, /* throttled accounts remembered */
    FREE_TRIES = 5,
    LONGEST_MS = 15 * 60 * 1000,
};

struct account {
    char user[64];
    int failures;
    int trying; /* begun, not ended */
    int64_t until, seen;
};

struct wr_logins {
    pthread_mutex_t lock;
    pthread_cond_t turn, ended;
    int running, waiting;
    struct account accounts[ACCOUNTS];
    int n_accounts;
};

struct wr_logins *
wr_logins_new(void)
{
    struct wr_logins *l = calloc(1, sizeof(*l));

    if (!l)
        abort();
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->turn, NULL);
    pthread_cond_init(&l->ended, NULL);

    return l;
}

void
wr_logins_free(struct wr_logins *l)
{
    if (!l)
        return;
    pthread_cond_destroy(&l->ended);
    pthread_cond_destroy(&l->turn);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

static int
pool_enter(struct wr_logins *l, struct wr_err *err)
{
    pthread_mutex_lock(&l->lock);
    if (l->waiting >= QUEUE) {
        pthread_mutex_unlock(&l->lock);
        return wr_fail(err, WR_EBUSY, "too many logins at once");
    }
    l->waiting++;
    while (l->running >= POOL)
        pthread_cond_wait(&l->turn, &l->lock);
    l->waiting--;
    l->running++;
    pthread_mutex_unlock(&l->lock);

    return 0;
}

static void
pool_leave(struct wr_logins *l)
{
    pthread_mutex_lock(&l->lock);
    l->running--;
    pthread_cond_signal(&l->turn);
    pthread_mutex_unlock(&l->lock);
}

int
wr_password_hash(struct wr_logins *l, struct wr_arena *a, const char *password,
                 const char **out, struct wr_err *err)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data *data;
    const char *hash;
    int rc = 0;

    if (!crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof(setting)))
        return wr_fail(err, WR_EIO, "no salt for a password");
    if (pool_enter(l, err) < 0)
        return (int)err->code;
    data = wr_new(a, struct crypt_data);
    hash = crypt_rn(password, setting, data, sizeof(*data));
    if (hash)
        *out = wr_arena_strdup(a, hash);
    else
        rc = wr_fail(err, WR_EINVALID, "the password cannot be hashed");
    OPENSSL_cleanse(data, sizeof(*data));
    pool_leave(l);

    return rc;
}

/* A hash of nothing anybody knows: unknown users cost as much as known ones. */
static const char nobody[] =
    "$y$j9T$Q0ZUOWuSv5bgN3nEUVrlq1$FyUjCXqvEdBGtfRFPtfWgXg7lxRPMTeqmMrz0IJiRG2";

int
wr_password_check(struct wr_logins *l, const char *password, const char *stored,
                  bool *ok, struct wr_err *err)
{
    const char *want = stored ? stored : nobody;
    struct crypt_data *data = calloc(1, sizeof(*data));
    const char *hash;

    if (!data)
        abort();
    if (pool_enter(l, err) < 0) {
        free(data);
        return (int)err->code;
    }
    hash = crypt_rn(password, want, data, sizeof(*data));
    *ok = stored && hash && hash[0] != '*' && strlen(hash) == strlen(want)
          && CRYPTO_memcmp(hash, want, strlen(want)) == 0;
    OPENSSL_cleanse(data, sizeof(*data));
    free(data);
    pool_leave(l);

    return 0;
}

/* The account of `user`, made in the place of the one not seen for longest. */
static struct account *
account(struct wr_logins *l, const char *user)
{
    struct account *oldest = NULL;

    for (int i = 0; i < l->n_accounts; i++) {
        struct account *acc = &l->accounts[i];

        if (strncmp(acc->user, user, sizeof(acc->user) - 1) == 0)
            return acc;
        if (acc->trying == 0 && (!oldest || acc->seen < oldest->seen))
            oldest = acc;
    }
    if (l->n_accounts < ACCOUNTS)
        oldest = &l->accounts[l->n_accounts++];
    if (!oldest)
        abort(); /* there are fewer request threads than accounts */
    *oldest = (struct account){ 0 };
    strncpy(oldest->user, user, sizeof(oldest->user) - 1);

    return oldest;
}

int
wr_login_begin(struct wr_logins *l, const char *user, int64_t now,
               struct wr_err *err)
{
    struct account *acc;
    int64_t wait;

    pthread_mutex_lock(&l->lock);
    for (;;) {
        acc = account(l, user);
        wait = acc->until - now;
        if (wait > 0 || acc->trying == 0
            || acc->failures + acc->trying < FREE_TRIES)
            break;
        pthread_cond_wait(&l->ended, &l->lock);
    }
    if (wait <= 0) {
        acc->trying++;
        acc->seen = now;
    }
    pthread_mutex_unlock(&l->lock);
    if (wait <= 0)
        return 0;

    return wr_fail(err, WR_ETHROTTLED, "try again in %lld s",
                   (long long)(wait + 999) / 1000);
}

static void
failed(struct account *acc, int64_t now)
{
    int over = ++acc->failures - FREE_TRIES;
    int64_t wait = 0;

    if (over >= 0)
        wait = over > 10 ? LONGEST_MS : (int64_t)1000 << over;
    acc->until = now + (wait > LONGEST_MS ? LONGEST_MS : wait);
}

void
wr_login_end(struct wr_logins *l, const char *user, int64_t now,
             enum wr_login_end how)
{
    struct account *acc;

    pthread_mutex_lock(&l->lock);
    acc = account(l, user);
    acc->trying--;
    acc->seen = now;
    if (how == WR_LOGIN_WRONG)
        failed(acc, now);
    else if (how == WR_LOGIN_OK)
        acc->failures = 0;
    pthread_cond_broadcast(&l->ended);
    pthread_mutex_unlock(&l->lock);
}

static void
add_roles(struct wr_str *s, const char *roles)
{
    const char *sep = "";

    wr_str_add(s, ",\"roles\":[");
    while (*roles) {
        size_t n = strcspn(roles, ",");

        wr_str_add(s, sep);
        wr_json_write_string(s, roles, n);
        sep = ",";
        roles += n + (roles[n] == ',');
    }
    wr_str_addc(s, ']');
}

static void
add_claims(struct wr_str *s, const struct wr_access *t)
{
    char sid[WR_UUID_TEXT], jti[WR_UUID_TEXT];
    struct wr_uuid id = wr_uuid_new(t->now, 0);
    long long now = (long long)(t->now / 1000);

    wr_uuid_text(&t->session, sid);
    wr_uuid_text(&id, jti);
    wr_str_add(s, "{\"iss\":\"weir\",\"aud\":\"weir\",\"sub\":");
    wr_json_write_string(s, t->user, strlen(t->user));
    wr_str_printf(s,
                  ",\"jti\":\"%s\",\"sid\":\"%s\",\"tenant\":%d,"
                  "\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld",
                  jti, sid, t->tenant, now, now,
                  (long long)((t->now + t->ttl_ms) / 1000));
    add_roles(s, t->roles);
    wr_str_addc(s, '}');
}

/* Written here, not by libjwt: 1.10 puts "typ":"JWT" over ours, and the edge
 * tells access tokens from others by it. */
int
wr_access_token(struct wr_arena *a, const unsigned char key[32],
                const struct wr_access *t, const char **out, struct wr_err *err)
{
    static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"at+jwt\","
                                 "\"kid\":\"1\"}";
    unsigned char mac[EVP_MAX_MD_SIZE];
    struct wr_str claims = { .arena = a }, token = { .arena = a };
    unsigned mac_len;

    add_claims(&claims, t);
    wr_base64url_put(&token, header, sizeof(header) - 1);
    wr_str_addc(&token, '.');
    wr_base64url_put(&token, claims.s, claims.len);
    if (!HMAC(EVP_sha256(), key, 32, (unsigned char *)token.s, token.len, mac,
              &mac_len))
        return wr_fail(err, WR_EIO, "no token for '%s'", t->user);
    wr_str_addc(&token, '.');
    wr_base64url_put(&token, mac, mac_len);
    *out = wr_str_text(&token);

    return 0;
}

const char *
wr_refresh_token(struct wr_arena *a, const struct wr_uuid *session,
                 unsigned char hash[WR_REFRESH_HASH])
{
    unsigned char secret[32];
    char id[WR_UUID_TEXT];
    struct wr_str s = { .arena = a };

    if (getrandom(secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
        abort();
    wr_uuid_text(session, id);
    wr_str_printf(&s, "%s.", id);
    for (size_t i = 0; i < sizeof(secret); i++)
        wr_str_printf(&s, "%02x", secret[i]);
    SHA256((const unsigned char *)s.s, s.len, hash);

    return s.s;
}

int
wr_refresh_parse(const char *token, struct wr_uuid *session,
                 unsigned char hash[WR_REFRESH_HASH], struct wr_err *err)
{
    size_t len = strlen(token);

    if (len != WR_UUID_TEXT - 1 + 1 + 64 || token[WR_UUID_TEXT - 1] != '.'
        || wr_uuid_parse(token, WR_UUID_TEXT - 1, session, err) < 0)
        return wr_fail(err, WR_EUNAUTHORIZED, "the refresh token is damaged");
    SHA256((const unsigned char *)token, len, hash);

    return 0;
}
