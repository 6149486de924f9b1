#include "engine/base/config.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"

static const struct wr_setting_row rows[] = {
#define WR_SETTING(id, name, type, dflt, min, max, allowed, doc) \
    { name, type, dflt, min, max, allowed, doc },
#include "engine/base/settings.def"
#undef WR_SETTING
};

struct setting {
    const char *text, *origin;
    int64_t n; /* INT, MS, BYTES; index of an ENUM; 0 or 1 of a BOOL */
};

struct wr_config {
    const char *home;
    struct setting settings[WR_SETTINGS];
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
        wr_str_add(out, "text");
        break;
    case WR_S_ADDRESS:
        wr_str_add(out, "an IPv4 or IPv6 address");
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

static bool
read_value(const struct wr_setting_row *row, const char *s, int64_t *n)
{
    switch (row->type) {
    case WR_S_TEXT:
        return true;
    case WR_S_ADDRESS:
        return is_address(s);
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

static int
set(struct wr_arena *a, struct wr_config *c, size_t i, const char *text,
    const char *origin, struct wr_err *err)
{
    struct wr_str allowed = { .arena = a };
    int64_t n = 0;

    if (!read_value(&rows[i], text, &n)) {
        wr_setting_allowed(&rows[i], &allowed);
        return wr_fail(err, WR_EINVALID, "%s: %s: '%.60s' is not %s", origin,
                       rows[i].name, text, allowed.s);
    }
    c->settings[i] = (struct setting){ text, origin, n };

    return 0;
}

/* --- Sources --------------------------------------------------------------- */

static int
set_defaults(struct wr_arena *a, struct wr_config *c, struct wr_err *err)
{
    for (size_t i = 0; i < WR_SETTINGS; i++) {
        if (set(a, c, i, rows[i].dflt, "default", err) < 0)
            return err->code;
    }

    return 0;
}

static char *
trim(char *s)
{
    size_t n;

    while (isspace((unsigned char)*s))
        s++;
    n = strlen(s);
    while (n > 0 && isspace((unsigned char)s[n - 1]))
        n--;
    s[n] = '\0';

    return s;
}

static size_t
find(const char *name)
{
    size_t i = 0;

    while (i < WR_SETTINGS && strcmp(rows[i].name, name) != 0)
        i++;

    return i;
}

static int
read_line(struct wr_arena *a, struct wr_config *c, char *line, int number,
          struct wr_err *err)
{
    const char *origin = wr_arena_printf(a, "weir.conf:%d", number);
    char *name = trim(line), *equals = strchr(name, '=');
    const char *before;
    size_t i;

    if (*name == '\0' || *name == '#')
        return 0;
    err->line = number;
    if (!equals)
        return wr_fail(err, WR_EINVALID, "%s: expected 'name = value'", origin);
    *equals = '\0';
    name = trim(name);
    i = find(name);
    if (i == WR_SETTINGS)
        return wr_fail(err, WR_EINVALID, "%s: unknown setting '%.60s'", origin,
                       name);
    before = c->settings[i].origin;
    if (strcmp(before, "default") != 0)
        return wr_fail(err, WR_EINVALID, "%s: %s is already set by %s", origin,
                       name, before);

    return set(a, c, i, wr_arena_strdup(a, trim(equals + 1)), origin, err);
}

static int
read_lines(struct wr_arena *a, struct wr_config *c, FILE *f, struct wr_err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int rc = 0;

    for (int number = 1; rc == 0 && (n = getline(&line, &cap, f)) >= 0;
         number++) {
        if (strlen(line) != (size_t)n)
            rc = wr_fail(err, WR_EINVALID, "weir.conf:%d: NUL in the line",
                         number);
        else
            rc = read_line(a, c, line, number, err);
    }
    free(line);
    if (rc == 0 && ferror(f))
        return wr_fail(err, WR_EIO, "weir.conf: %s", strerror(errno));

    return rc;
}

static int
read_file(struct wr_arena *a, struct wr_config *c, struct wr_err *err)
{
    const char *path = wr_arena_printf(a, "%s/weir.conf", c->home);
    FILE *f = fopen(path, "re");
    int rc;

    if (!f && errno == ENOENT)
        return 0;
    if (!f)
        return wr_fail(err, WR_EIO, "%.180s: %s", path, strerror(errno));
    rc = read_lines(a, c, f, err);
    fclose(f);

    return rc;
}

static int
read_environment(struct wr_arena *a, struct wr_config *c, struct wr_err *err)
{
    for (size_t i = 0; i < WR_SETTINGS; i++) {
        char *name = wr_arena_printf(a, "WEIR_%s", rows[i].name);
        const char *text;

        for (char *p = name; *p; p++)
            *p = (char)toupper((unsigned char)*p);
        text = getenv(name);
        if (text && set(a, c, i, wr_arena_strdup(a, text), name, err) < 0)
            return err->code;
    }

    return 0;
}

int
wr_config_load(struct wr_arena *a, const char *home,
               const struct wr_config **out, struct wr_err *err)
{
    struct wr_config *c = wr_new(a, struct wr_config);

    *err = (struct wr_err){ .code = WR_OK };
    c->home = home ? wr_arena_strdup(a, home) : "";
    if (set_defaults(a, c, err) < 0 || (home && read_file(a, c, err) < 0)
        || read_environment(a, c, err) < 0)
        return err->code;
    *out = c;

    return 0;
}

/* --- Reading --------------------------------------------------------------- */

const char *
wr_config_home(const struct wr_config *c)
{
    return c->home;
}

const char *
wr_config_text(const struct wr_config *c, enum wr_setting s)
{
    return c->settings[s].text;
}

int64_t
wr_config_int(const struct wr_config *c, enum wr_setting s)
{
    return c->settings[s].n;
}

bool
wr_config_bool(const struct wr_config *c, enum wr_setting s)
{
    return c->settings[s].n != 0;
}

const char *
wr_config_origin(const struct wr_config *c, enum wr_setting s)
{
    return c->settings[s].origin;
}
