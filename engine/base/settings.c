/* Types of settings: what is allowed, and what a text stands for. */

#include <arpa/inet.h>
#include <string.h>

#include "engine/base/config.h"
#include "engine/base/retry.h"
#include "engine/base/url.h"
#include "engine/base/when.h"

static const struct wr_setting_row rows[] = {
#define WR_SETTING(id, name, type, dflt, min, max, allowed, doc) \
    { name, type, dflt, min, max, allowed, doc },
#include "engine/base/settings.def"
#undef WR_SETTING
};

struct unit {
    const char *name;
    int64_t factor;
};

/* Largest last: the biggest that divides a bound names it in messages. */
static const struct unit durations[] = {
    { "ms", 1 },      { "s", 1000 },     { "m", 60000 },
    { "h", 3600000 }, { "d", 86400000 },
};
static const struct unit sizes[] = {
    { "B", 1 },
    { "KB", 1 << 10 },
    { "MB", 1 << 20 },
    { "GB", 1 << 30 },
};

const struct wr_setting_row *
wr_setting_row(enum wr_setting s)
{
    return &rows[s];
}

/* --- What is allowed ------------------------------------------------------- */

static void
put_scaled(struct wr_str *out, int64_t n, const struct unit *units,
           size_t count)
{
    size_t i = count - 1;

    while (i > 0 && n % units[i].factor != 0)
        i--;
    if (n == 0)
        i = 0;
    wr_str_printf(out, "%lld%s", (long long)(n / units[i].factor),
                  units[i].name);
}

void
wr_setting_allowed(const struct wr_setting_row *row, struct wr_str *out)
{
    switch (row->type) {
    case WR_S_TEXT:
    case WR_S_SECRET:
        wr_str_add(out, "text");
        break;
    case WR_S_ADDRESS:
        wr_str_add(out, "an IPv4 or IPv6 address");
        break;
    case WR_S_ZONE:
        wr_str_add(out, "an IANA time zone");
        break;
    case WR_S_INT:
        wr_str_printf(out, "a whole number from %lld to %lld",
                      (long long)row->min, (long long)row->max);
        break;
    case WR_S_MS:
        wr_str_add(out, "a duration (ms, s, m, h, d) from ");
        put_scaled(out, row->min, durations, WR_COUNT(durations));
        wr_str_add(out, " to ");
        put_scaled(out, row->max, durations, WR_COUNT(durations));
        break;
    case WR_S_BYTES:
        wr_str_add(out, "a size (B, KB, MB, GB) from ");
        put_scaled(out, row->min, sizes, WR_COUNT(sizes));
        wr_str_add(out, " to ");
        put_scaled(out, row->max, sizes, WR_COUNT(sizes));
        break;
    case WR_S_BOOL:
        wr_str_add(out, "true or false");
        break;
    case WR_S_ENUM:
        wr_str_printf(out, "one of %s", row->allowed);
        break;
    case WR_S_STORE:
        wr_str_add(out, "empty, or an address of one of the schemes ");
        wr_str_add(out, row->allowed);
        break;
    case WR_S_URL:
        wr_str_add(out, "empty, or a URL with a host (unix: a path) and one of "
                        "the schemes ");
        wr_str_add(out, row->allowed);
        break;
    case WR_S_RETRY:
        wr_str_add(out, "a rule for tries such as R3, R5/PT10S, "
                        "R5/PT10S*2<PT5M~50% or PT1M,PT10M");
        break;
    case WR_S_RETRIES:
        wr_str_add(out, "empty, or rules for tries by job type such as "
                        "mail: R5/PT10S; pay: PT1M,PT10M");
        break;
    }
}

/* --- Values ---------------------------------------------------------------- */

static bool
whole(const char **s, int64_t *out)
{
    const char *start = *s;
    int64_t n = 0;

    for (; **s >= '0' && **s <= '9'; ++*s) {
        if (__builtin_mul_overflow(n, 10, &n)
            || __builtin_add_overflow(n, **s - '0', &n))
            return false;
    }
    *out = n;

    return *s > start;
}

/* A plain 0 needs no unit; `bare` units make any plain number good. */
static bool
scaled(const char *s, const struct unit *units, size_t count, bool bare,
       int64_t *out)
{
    if (!whole(&s, out))
        return false;
    while (*s == ' ')
        s++;
    if (*s == '\0')
        return bare || *out == 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(s, units[i].name) == 0)
            return !__builtin_mul_overflow(*out, units[i].factor, out);
    }

    return false;
}

static bool
one_of(const char *s, const char *allowed, int64_t *out)
{
    size_t len = strlen(s);

    for (*out = 0; len > 0; ++*out) {
        size_t n = strcspn(allowed, "|");

        if (n == len && memcmp(s, allowed, n) == 0)
            return true;
        if (allowed[n] == '\0')
            return false;
        allowed += n + 1;
    }

    return false;
}

static bool
within(const struct wr_setting_row *row, int64_t n)
{
    return n >= row->min && n <= row->max;
}

static bool
is_address(const char *s)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, s, bytes) == 1
           || inet_pton(AF_INET6, s, bytes) == 1;
}

/* A store's address has a syntax of its own after the scheme. */
static bool
is_url(const struct wr_setting_row *row, const char *s)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
    struct wr_url url;
    struct wr_err err;
    int64_t which;

    if (*s == '\0')
        return true;
    if (!one_of(wr_arena_printf(a, "%.*s", (int)strcspn(s, ":"), s),
                row->allowed, &which))
        return false;
    if (row->type == WR_S_STORE)
        return strchr(s, ':') != NULL;

    return wr_url_parse(a, s, &url, &err) == 0
           && (url.host != NULL
               || (url.path && strcmp(url.scheme, "unix") == 0));
}

static bool
is_retries(const struct wr_setting_row *row, const char *s)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
    bool one = row->type == WR_S_RETRY;
    struct wr_retry_rules rules;
    struct wr_err err;

    return wr_retry_rules(a, one ? s : "R3", one ? "" : s, &rules, &err) == 0;
}

bool
wr_setting_read(const struct wr_setting_row *row, const char *s, int64_t *n)
{
    switch (row->type) {
    case WR_S_TEXT:
    case WR_S_SECRET:
        return true;
    case WR_S_STORE:
    case WR_S_URL:
        return is_url(row, s);
    case WR_S_RETRY:
    case WR_S_RETRIES:
        return is_retries(row, s);
    case WR_S_ADDRESS:
        return is_address(s);
    case WR_S_ZONE:
        return wr_zone_is(s);
    case WR_S_INT:
        return whole(&s, n) && *s == '\0' && within(row, *n);
    case WR_S_MS:
        return scaled(s, durations, WR_COUNT(durations), false, n)
               && within(row, *n);
    case WR_S_BYTES:
        return scaled(s, sizes, WR_COUNT(sizes), true, n) && within(row, *n);
    case WR_S_BOOL:
        return one_of(s, "false|true", n);
    case WR_S_ENUM:
        return one_of(s, row->allowed, n);
    }

    return false;
}
