/* notify_send: one notification on its way, by libcurl. */
#include "config.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "engine/base/url.h"
#include "fcgi_workers/notify.h"

enum {
    RECEIVERS = 50
};

struct upload {
    const char *s;
    size_t left;
};

static size_t
read_mail(char *to, size_t size, size_t n, void *data)
{
    struct upload *u = data;
    size_t most = size * n < u->left ? size * n : u->left;

    memcpy(to, u->s, most);
    u->s += most;
    u->left -= most;

    return most;
}

/* What it answers does not matter. */
static size_t
drop(char *s, size_t size, size_t n, void *data)
{
    (void)s, (void)data;

    return size * n;
}

const char *
wr_notify_target(struct wr_arena *a, const struct wr_config *c)
{
    const char *text = wr_config_text(c, WR_SET_NOTIFY_URL);
    struct wr_str out = { .arena = a };
    struct wr_url u;
    struct wr_err err;

    if (!text[0] || wr_url_parse(a, text, &u, &err) < 0 || !u.host)
        return "";
    wr_str_printf(&out, "%s://%s", u.scheme, u.host);
    if (u.port)
        wr_str_printf(&out, ":%d", u.port);

    return wr_str_text(&out);
}

static bool
is_mail(const char *url)
{
    return strncmp(url, "smtp", 4) == 0;
}

static void
common(CURL *c, const struct wr_config *config, const char *url)
{
    long ms = (long)wr_config_int(config, WR_SET_NOTIFY_WAIT);
    const char *ca = wr_config_text(config, WR_SET_TLS_CA);

    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
    if (ca[0])
        curl_easy_setopt(c, CURLOPT_CAINFO, ca);
}

/* ---- webhook ---- */

static const char *
signature(struct wr_arena *a, const char *key, int64_t seconds,
          const struct wr_str *body)
{
    struct wr_str text = { .arena = a }, hex = { .arena = a };
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    wr_str_printf(&text, "%lld.", (long long)seconds);
    wr_str_addn(&text, body->s, body->len);
    HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text.s,
         text.len, mac, &len);
    wr_str_add(&hex, "Weir-Signature: v1=");
    for (unsigned i = 0; i < len; i++)
        wr_str_printf(&hex, "%02x", mac[i]);

    return wr_str_text(&hex);
}

static int
post(CURL *c, struct wr_arena *a, const struct wr_config *config,
     const struct wr_str *body, int64_t now, struct wr_err *err)
{
    const char *key = wr_config_text(config, WR_SET_NOTIFY_SECRET);
    struct curl_slist *list = curl_slist_append(
        NULL, "Content-Type: application/json");
    long status = 0;
    CURLcode rc;

    list = curl_slist_append(list, wr_arena_printf(a, "Weir-Timestamp: %lld",
                                                   (long long)(now / 1000)));
    list = curl_slist_append(list, "Expect:");
    if (key[0])
        list = curl_slist_append(list, signature(a, key, now / 1000, body));
    curl_easy_setopt(c, CURLOPT_USERAGENT, "weir/" PACKAGE_VERSION);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body->s);
    rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);
    if (rc != CURLE_OK)
        return wr_fail(err, WR_EIO, "the webhook was not reached: %s",
                       curl_easy_strerror(rc));
    if (status < 200 || status > 299)
        return wr_fail(err, WR_EIO, "the webhook answered %ld", status);

    return 0;
}

/* ---- mail ---- */

/* "a@x, b@y" as receivers; WR_EINVALID. */
static int
receivers(struct wr_arena *a, const char *text, struct curl_slist **out,
          struct wr_err *err)
{
    int n = 0;

    *out = NULL;
    while (*text) {
        size_t len = strcspn(text, ",");
        const char *one = text + strspn(text, " ");
        const char *end = text + len;

        while (end > one && end[-1] == ' ')
            end--;
        if (end > one && n++ < RECEIVERS)
            *out = curl_slist_append(
                *out, wr_arena_printf(a, "<%.*s>", (int)(end - one), one));
        text += len + (text[len] == ',');
    }
    if (n == 0 || n > RECEIVERS) {
        curl_slist_free_all(*out);
        return wr_fail(err, WR_ESTATE, "notify_to names %s receivers",
                       n ? "too many" : "no");
    }

    return 0;
}

static int
mail(CURL *c, struct wr_arena *a, const struct wr_config *config,
     const struct wr_str *text, struct wr_err *err)
{
    struct upload u = { text->s, text->len };
    struct wr_url url;
    struct curl_slist *to;
    long status = 0;
    CURLcode rc;

    if (receivers(a, wr_config_text(config, WR_SET_NOTIFY_TO), &to, err) < 0)
        return err->code;
    if (wr_url_parse(a, wr_config_text(config, WR_SET_NOTIFY_URL), &url, err)
        < 0) {
        curl_slist_free_all(to);
        return err->code;
    }
    curl_easy_setopt(c, CURLOPT_USE_SSL, /* a password never goes in clear */
                     (long)(url.user ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(
        c, CURLOPT_MAIL_FROM,
        wr_arena_printf(a, "<%s>", wr_config_text(config, WR_SET_NOTIFY_FROM)));
    curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(c, CURLOPT_READFUNCTION, read_mail);
    curl_easy_setopt(c, CURLOPT_READDATA, &u);
    curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
    rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(to);
    if (rc != CURLE_OK)
        return wr_fail(err, WR_EIO, "the mail was not taken (%ld): %s", status,
                       curl_easy_strerror(rc));

    return 0;
}

int
wr_notify_send(struct wr_arena *a, const struct wr_config *config,
               const struct wr_notice_group *groups, size_t n, int64_t now,
               bool test, struct wr_err *err)
{
    const char *url = wr_config_text(config, WR_SET_NOTIFY_URL);
    struct wr_str text = { .arena = a };
    CURL *c;
    int r;

    if (!url[0])
        return wr_fail(err, WR_ESTATE, "notify_url is not set");
    c = curl_easy_init();
    if (!c)
        return wr_fail(err, WR_EIO, "libcurl does not start");
    common(c, config, url);
    if (is_mail(url)) {
        wr_notify_mail(&text, config, groups, n, now, test);
        r = mail(c, a, config, &text, err);
    } else {
        wr_notify_json(&text, groups, n, now, test);
        r = post(c, a, config, &text, now, err);
    }
    curl_easy_cleanup(c);

    return r;
}
