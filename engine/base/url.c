#include "engine/base/url.h"

#include <string.h>

enum {
    PORT_MAX = 65535
};

/* ---- parsing ---- */

static int
hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;

    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL: a % without two digits, or one that stands for NUL. */
static const char *
decoded(struct wr_arena *a, const char *s, size_t len)
{
    struct wr_str out = { .arena = a };

    for (size_t i = 0; i < len; i++) {
        int high, low;

        if (s[i] != '%') {
            wr_str_addc(&out, s[i]);
            continue;
        }
        high = i + 1 < len ? hex(s[i + 1]) : -1;
        low = i + 2 < len ? hex(s[i + 2]) : -1;
        if (high < 0 || low < 0 || high + low == 0)
            return NULL;
        wr_str_addc(&out, (char)(high << 4 | low));
        i += 2;
    }

    return wr_str_text(&out);
}

static int
take(struct wr_arena *a, const char *s, size_t len, const char *what,
     const char **out, struct wr_err *err)
{
    *out = decoded(a, s, len);
    if (!*out)
        return wr_fail(err, WR_EINVALID, "the %s has a wrong %%", what);

    return 0;
}

static int
take_port(const char *s, size_t len, int *port, struct wr_err *err)
{
    *port = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9' || *port > PORT_MAX)
            return wr_fail(err, WR_EINVALID, "the port is not a number");
        *port = *port * 10 + (s[i] - '0');
    }
    if (*port < 1 || *port > PORT_MAX)
        return wr_fail(err, WR_EINVALID, "the port is not from 1 to 65535");

    return 0;
}

static int
take_host(struct wr_arena *a, const char *s, size_t len, struct wr_url *u,
          struct wr_err *err)
{
    const char *end = memchr(s, ':', len);

    if (len && s[0] == '[') {
        end = memchr(s, ']', len);
        if (!end)
            return wr_fail(err, WR_EINVALID, "the host has no ]");
        u->host = wr_arena_printf(a, "%.*s", (int)(end - s - 1), s + 1);
        end++;
        if (end < s + len && *end != ':')
            return wr_fail(err, WR_EINVALID, "text after the host's ]");
    } else if (len) {
        size_t n = end ? (size_t)(end - s) : len;

        if (take(a, s, n, "host", &u->host, err) < 0)
            return err->code;
    }
    if (end && end < s + len)
        return take_port(end + 1, (size_t)(s + len - end - 1), &u->port, err);

    return 0;
}

static const char *
last_at(const char *s, size_t len)
{
    while (len > 0 && s[len - 1] != '@')
        len--;

    return len > 0 ? s + len - 1 : NULL;
}

/* "user:secret@host:port"; the last @ ends the user. */
static int
take_authority(struct wr_arena *a, const char *s, size_t len, struct wr_url *u,
               struct wr_err *err)
{
    const char *at = last_at(s, len);
    size_t n = at ? (size_t)(at - s) : 0;
    const char *colon = at ? memchr(s, ':', n) : NULL;

    if (at
        && take(a, s, colon ? (size_t)(colon - s) : n, "user", &u->user, err)
               < 0)
        return err->code;
    if (colon
        && take(a, colon + 1, (size_t)(at - colon - 1), "password",
                &u->password, err)
               < 0)
        return err->code;

    return take_host(a, at ? at + 1 : s, at ? len - n - 1 : len, u, err);
}

int
wr_url_parse(struct wr_arena *a, const char *text, struct wr_url *out,
             struct wr_err *err)
{
    const char *s = strstr(text, "://");
    struct wr_url u = { 0 };
    size_t len;

    if (!s || s == text)
        return wr_fail(err, WR_EINVALID, "no 'scheme://' in front");
    u.scheme = wr_arena_printf(a, "%.*s", (int)(s - text), text);
    s += 3;
    len = strcspn(s, "/?");
    if (take_authority(a, s, len, &u, err) < 0)
        return err->code;
    s += len;
    len = strcspn(s, "?");
    if (len && take(a, s, len, "path", &u.path, err) < 0)
        return err->code;
    if (s[len] == '?')
        u.query = s + len + 1;
    *out = u;

    return 0;
}

const char *
wr_url_query(struct wr_arena *a, const struct wr_url *u, const char *name)
{
    size_t n = strlen(name);

    for (const char *s = u->query; s && *s;) {
        size_t len = strcspn(s, "&");

        if (len > n && s[n] == '=' && memcmp(s, name, n) == 0)
            return decoded(a, s + n + 1, len - n - 1);
        s += len + (s[len] == '&');
    }

    return NULL;
}

void
wr_url_add(struct wr_str *out, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text; text++) {
        if (strchr(plain, *text))
            wr_str_addc(out, *text);
        else
            wr_str_printf(out, "%%%02X", (unsigned char)*text);
    }
}

/* ---- showing ---- */

/* "user:secret@" at `s`, which ends where the path or the query begins. */
static const char *
put_authority(struct wr_str *out, const char *s)
{
    size_t len = strcspn(s, "/?");
    const char *at = last_at(s, len);
    const char *colon = at ? memchr(s, ':', (size_t)(at - s)) : NULL;

    if (colon) {
        wr_str_addn(out, s, (size_t)(colon - s));
        wr_str_add(out, ":***");
        wr_str_addn(out, at, len - (size_t)(at - s));
    } else {
        wr_str_addn(out, s, len);
    }

    return s + len;
}

/* Values of password and sslpassword among "name=value&...". */
static void
put_query(struct wr_str *out, const char *s)
{
    while (*s) {
        size_t len = strcspn(s, "&"), name = strcspn(s, "=&");
        bool secret = name >= 8 && strncmp(s + name - 8, "password", 8) == 0;

        wr_str_addn(out, s, secret ? name : len);
        if (secret)
            wr_str_add(out, "=***");
        s += len;
        if (*s)
            wr_str_addc(out, *s++);
    }
}

const char *
wr_url_public(struct wr_arena *a, const char *url)
{
    struct wr_str out = { .arena = a };
    const char *s = strstr(url, "://");
    size_t len;

    if (!s)
        return url;
    wr_str_addn(&out, url, (size_t)(s + 3 - url));
    s = put_authority(&out, s + 3);
    len = strcspn(s, "?");
    wr_str_addn(&out, s, len);
    put_query(&out, s + len);

    return out.s;
}
