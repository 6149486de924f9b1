/* What may be shown of a store's URL, and how long its connections wait. */

#include <string.h>

#include "engine/base/str.h"
#include "engine/store/backends.h"

static int64_t wait_ms = 10000;

void
wr_store_set_wait(int64_t ms)
{
    wait_ms = ms;
}

int64_t
wr_store_wait(void)
{
    return wait_ms;
}

/* "user:secret@" at `s`, which ends where the path or the query begins. */
static const char *
put_authority(struct wr_str *out, const char *s)
{
    size_t len = strcspn(s, "/?");
    const char *at = s + len, *colon;

    while (at > s && *at != '@')
        at--;
    colon = memchr(s, ':', (size_t)(at - s));
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
wr_store_public_url(struct wr_arena *a, const char *url)
{
    struct wr_str out = { .arena = a };
    const char *s = strstr(url, "://");
    size_t len;

    if (!s || strncmp(url, "postgres", 8) != 0)
        return url;
    wr_str_addn(&out, url, (size_t)(s + 3 - url));
    s = put_authority(&out, s + 3);
    len = strcspn(s, "?");
    wr_str_addn(&out, s, len);
    put_query(&out, s + len);

    return out.s;
}
