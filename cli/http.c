/* http.c: calls to the server by libcurl, with token and refresh. */

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/cli.h"
#include "engine/base/err.h"

struct answer {
    struct wr_str body;
    struct wr_str cookie;
};

static size_t
on_body(char *data, size_t size, size_t n, void *user)
{
    struct answer *r = user;

    wr_str_addn(&r->body, data, size * n);

    return size * n;
}

static size_t
on_header(char *data, size_t size, size_t n, void *user)
{
    static const char name[] = "set-cookie: ";
    struct answer *r = user;
    size_t len = size * n;

    if (len > strlen(name) && strncasecmp(data, name, strlen(name)) == 0) {
        size_t end = strlen(name);

        while (end < len && !strchr(";\r\n", data[end]))
            end++;
        r->cookie.len = 0;
        wr_str_addn(&r->cookie, data + strlen(name), end - strlen(name));
    }

    return len;
}

static struct curl_slist *
headers(struct wr_arena *a, const struct wr_call_options *o, const char *token)
{
    const char *type = o && o->content_type ? o->content_type
                                            : "application/json";
    struct curl_slist *list;

    list = curl_slist_append(NULL,
                             wr_arena_printf(a, "Content-Type: %s", type));
    list = curl_slist_append(list, "Expect:");
    if (token)
        list = curl_slist_append(
            list, wr_arena_printf(a, "Authorization: Bearer %s", token));
    if (o && o->wait)
        list = curl_slist_append(
            list, wr_arena_printf(a, "Prefer: wait=%d", o->wait));
    if (o && o->cookie) {
        list = curl_slist_append(list, "X-Weir-Csrf: 1");
        list = curl_slist_append(list,
                                 wr_arena_printf(a, "Cookie: %s", o->cookie));
    }

    return list;
}

/* Now and then, also while nothing arrives. */
static int
is_stopped(void *data, curl_off_t all, curl_off_t now, curl_off_t up_all,
           curl_off_t up)
{
    const volatile sig_atomic_t *stop = data;

    (void)all, (void)now, (void)up_all, (void)up;

    return *stop != 0;
}

static int
transfer(struct wr_arena *a, const char *url, const char *method,
         const void *body, size_t len, const struct wr_call_options *o,
         const char *token, struct wr_reply *out, struct wr_err *err)
{
    struct answer r = { .body = { .arena = a }, .cookie = { .arena = a } };
    struct curl_slist *list = headers(a, o, token);
    struct wr_err none = { 0 };
    CURL *c = curl_easy_init();
    CURLcode rc;
    long status = 0;

    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &r);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, &r);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    if (body || strcmp(method, "GET") != 0) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body ? body : "");
    }
    if (o && o->stop) {
        curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, is_stopped);
        curl_easy_setopt(c, CURLOPT_XFERINFODATA, (void *)(uintptr_t)o->stop);
        curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    }
    rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);
    curl_easy_cleanup(c);
    if (rc != CURLE_OK)
        return wr_fail(err, WR_EIO, "%s: %s", url, curl_easy_strerror(rc));
    *out = (struct wr_reply){
        .status = (int)status,
        .text = wr_str_text(&r.body),
        .len = r.body.len,
        .set_cookie = r.cookie.s,
    };
    if (r.body.len
        && wr_json_parse(a, r.body.s, r.body.len, &out->json, &none) < 0)
        out->json = NULL;

    return 0;
}

static const char *
text_member(const struct wr_value *v, const char *key)
{
    const struct wr_value *m = v ? wr_value_get(v, key) : NULL;

    return m && m->type == WR_V_STRING ? m->string.s : NULL;
}

/* The code of errors.def with this problem code. */
static enum wr_code
code_of(const char *problem)
{
    for (int c = WR_ERR_FIRST_ + 1; c < 0; c++) {
        if (problem && strcmp(wr_code_problem((enum wr_code)c), problem) == 0)
            return (enum wr_code)c;
    }

    return WR_EIO;
}

static int
problem(const struct wr_reply *r, struct wr_err *err)
{
    const char *detail = text_member(r->json, "detail");
    const char *code = text_member(r->json, "code");

    if (code)
        wr_cli_problem(r->text, r->len);

    return wr_fail(err, code_of(code), "%s (%d %s)",
                   detail ? detail : "the server answered", r->status,
                   code ? code : "");
}

static int
refresh(struct wr_cli *cli, struct wr_session_file *s, struct wr_err *err)
{
    struct wr_call_options o = { .cookie = s->cookie, .anonymous = true };
    struct wr_reply r;

    if (transfer(cli->arena,
                 wr_arena_printf(cli->arena, "%s/api/v1/auth/refresh", s->url),
                 "POST", NULL, 0, &o, NULL, &r, err)
        < 0)
        return (int)err->code;
    if (r.status != 200 || !text_member(r.json, "accessToken"))
        return wr_fail(err, WR_EUNAUTHORIZED,
                       "not logged in any more: run `weir login`");
    s->token = text_member(r.json, "accessToken");
    /* Another command rotated the cookie just now and keeps the new one. */
    if (!r.set_cookie)
        return 0;
    s->cookie = r.set_cookie;

    return wr_session_save(cli->arena, s, err);
}

int
wr_http(struct wr_cli *cli, const char *method, const char *path,
        const void *body, size_t len, const struct wr_call_options *o,
        struct wr_reply *out, struct wr_err *err)
{
    const char *given = getenv("WEIR_TOKEN"), *base = getenv("WEIR_URL");
    bool anonymous = o && o->anonymous;
    struct wr_session_file s;
    const char *url;

    wr_cli_problem(NULL, 0);
    if (wr_session_load(cli->arena, &s, err) < 0)
        return (int)err->code;
    if (base && base[0]) {
        if (s.url && strcmp(s.url, base) != 0)
            s.token = s.cookie = NULL; /* of another server */
        s.url = base;
    }
    if (!s.url)
        s.url = "http://127.0.0.1:8080";
    if (given && given[0]) {
        s.token = given;
        s.cookie = NULL;
    }
    url = wr_arena_printf(cli->arena, "%s%s", s.url, path);
    if (transfer(cli->arena, url, method, body, len, o,
                 anonymous ? NULL : s.token, out, err)
        < 0)
        return (int)err->code;
    if (out->status == 401 && !anonymous && s.cookie) {
        if (refresh(cli, &s, err) < 0
            || transfer(cli->arena, url, method, body, len, o, s.token, out,
                        err)
                   < 0)
            return (int)err->code;
    }
    if (out->status >= 400)
        return problem(out, err);

    return 0;
}

int
wr_api(struct wr_cli *cli, const char *method, const char *path,
       const struct wr_value *body, struct wr_reply *out, struct wr_err *err)
{
    struct wr_str s = { .arena = cli->arena };

    if (body)
        wr_json_write(&s, body, WR_JSON_TYPED);

    return wr_http(cli, method, path, s.s, s.len, NULL, out, err);
}

const char *
wr_http_escape(struct wr_arena *a, const char *s)
{
    struct wr_str out = { .arena = a };

    for (; *s; s++) {
        if (strchr("-._~", *s) || (*s >= '0' && *s <= '9')
            || (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z'))
            wr_str_addc(&out, *s);
        else
            wr_str_printf(&out, "%%%02X", (unsigned char)*s);
    }

    return wr_str_text(&out);
}
