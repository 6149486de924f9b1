#include "engine/base/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/url.h"

struct setting {
    const char *text, *origin;
    int64_t n; /* INT, MS, BYTES; index of an ENUM; 0 or 1 of a BOOL */
};

struct wr_config {
    const char *home;
    struct setting settings[WR_SETTINGS];
};

const struct wr_alias_row wr_alias_rows[] = {
#define WR_ALIAS(id, prefix, scheme, path) \
    { WR_SET_##id, prefix, scheme, path },
#include "engine/base/aliases.def"
#undef WR_ALIAS
};
const size_t wr_n_alias_rows = WR_COUNT(wr_alias_rows);

static bool
has_secret(const struct wr_setting_row *row, const char *text)
{
    return row->type == WR_S_URL
           || (row->type == WR_S_STORE && strncmp(text, "postgres", 8) == 0);
}

static const char *
shown(struct wr_arena *a, const struct wr_setting_row *row, const char *text)
{
    if (row->type == WR_S_SECRET)
        return *text ? "***" : text;

    return has_secret(row, text) ? wr_url_public(a, text) : text;
}

static int
set(struct wr_arena *a, struct wr_config *c, size_t i, const char *text,
    const char *origin, struct wr_err *err)
{
    const struct wr_setting_row *row = wr_setting_row((enum wr_setting)i);
    struct wr_str allowed = { .arena = a };
    int64_t n = 0;

    if (!wr_setting_read(row, text, &n)) {
        wr_setting_allowed(row, &allowed);
        return wr_fail(err, WR_EINVALID, "%s: %s: '%.60s' is not %s", origin,
                       row->name, shown(a, row, text), allowed.s);
    }
    c->settings[i] = (struct setting){ text, origin, n };

    return 0;
}

/* --- Sources --------------------------------------------------------------- */

static int
set_defaults(struct wr_arena *a, struct wr_config *c, struct wr_err *err)
{
    for (size_t i = 0; i < WR_SETTINGS; i++) {
        if (set(a, c, i, wr_setting_row((enum wr_setting)i)->dflt, "default",
                err)
            < 0)
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

    while (i < WR_SETTINGS
           && strcmp(wr_setting_row((enum wr_setting)i)->name, name) != 0)
        i++;

    return i;
}

struct file {
    const char *name; /* "weir.conf", in the home */
    bool needed;
    const char *seen[WR_SETTINGS]; /* where in it a setting stands */
};

static int
read_line(struct wr_arena *a, struct wr_config *c, struct file *file,
          char *line, int number, struct wr_err *err)
{
    const char *origin = wr_arena_printf(a, "%s:%d", file->name, number);
    char *name = trim(line), *equals = strchr(name, '=');
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
    if (file->seen[i])
        return wr_fail(err, WR_EINVALID, "%s: %s is already set by %s", origin,
                       name, file->seen[i]);
    file->seen[i] = origin;

    return set(a, c, i, wr_arena_strdup(a, trim(equals + 1)), origin, err);
}

static int
read_lines(struct wr_arena *a, struct wr_config *c, struct file *file, FILE *f,
           struct wr_err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int rc = 0;

    for (int number = 1; rc == 0 && (n = getline(&line, &cap, f)) >= 0;
         number++) {
        if (strlen(line) != (size_t)n)
            rc = wr_fail(err, WR_EINVALID, "%s:%d: NUL in the line", file->name,
                         number);
        else
            rc = read_line(a, c, file, line, number, err);
    }
    free(line);
    if (rc == 0 && ferror(f))
        return wr_fail(err, WR_EIO, "%s: %s", file->name, strerror(errno));

    return rc;
}

static int
read_file(struct wr_arena *a, struct wr_config *c, struct file *file,
          struct wr_err *err)
{
    const char *path = wr_arena_printf(a, "%s/%s", c->home, file->name);
    FILE *f = fopen(path, "re");
    int rc;

    if (!f && errno == ENOENT && !file->needed)
        return 0;
    if (!f)
        return wr_fail(err, WR_EIO, "%.180s: %s", path, strerror(errno));
    rc = read_lines(a, c, file, f, err);
    fclose(f);

    return rc;
}

static int
read_files(struct wr_arena *a, struct wr_config *c, struct wr_err *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    struct file servers = { .name = "servers.conf" };
    struct file main = { .name = "weir.conf" };
    struct file own = { .needed = true };
    const char *env = getenv("WEIR_ENV");

    if (read_file(a, c, &servers, err) < 0 || read_file(a, c, &main, err) < 0)
        return err->code;
    if (!env || !*env)
        return 0;
    if (env[strspn(env, letters)] != '\0')
        return wr_fail(err, WR_EINVALID,
                       "WEIR_ENV: '%.60s' is not letters, digits, _ and -",
                       env);
    own.name = wr_arena_printf(a, "conf.d/%s.conf", env);
    if (read_file(a, c, &own, err) < 0)
        return err->line ? err->code : wr_wrap(err, "WEIR_ENV is '%s'", env);

    return 0;
}

/* The value of PREFIX_PART; NULL when it is not there or empty. */
static const char *
part(struct wr_arena *a, const struct wr_alias_row *alias, const char *name)
{
    const char *text = getenv(wr_arena_printf(a, "%s_%s", alias->prefix, name));

    return text && *text ? text : NULL;
}

static int
add_port(struct wr_str *url, const struct wr_alias_row *alias, const char *port,
         struct wr_err *err)
{
    if (port[strspn(port, "0123456789")] != '\0' || strlen(port) > 5
        || strtol(port, NULL, 10) < 1 || strtol(port, NULL, 10) > 65535)
        return wr_fail(err, WR_EINVALID,
                       "%s_PORT: %s: '%.60s' is not a whole number from 1 to "
                       "65535",
                       alias->prefix, wr_setting_row(alias->setting)->name,
                       port);
    wr_str_printf(url, ":%s", port);

    return 0;
}

static int
from_parts(struct wr_arena *a, struct wr_config *c,
           const struct wr_alias_row *alias, const char *host,
           struct wr_err *err)
{
    const char *user = part(a, alias, "USER");
    const char *password = part(a, alias, "PASSWORD");
    const char *port = part(a, alias, "PORT");
    const char *path = part(a, alias, alias->path);
    bool v6 = strchr(host, ':') != NULL;
    struct wr_str url = { .arena = a };

    wr_str_printf(&url, "%s://", alias->scheme);
    if (user || password)
        wr_url_add(&url, user ? user : "");
    if (password) {
        wr_str_addc(&url, ':');
        wr_url_add(&url, password);
    }
    if (user || password)
        wr_str_addc(&url, '@');
    if (v6)
        wr_str_printf(&url, "[%s]", host);
    else
        wr_url_add(&url, host);
    if (port && add_port(&url, alias, port, err) < 0)
        return err->code;
    if (path) {
        wr_str_addc(&url, '/');
        wr_url_add(&url, path);
    }

    return set(a, c, alias->setting, wr_str_text(&url),
               wr_arena_printf(a, "%s_HOST", alias->prefix), err);
}

static int
read_alias(struct wr_arena *a, struct wr_config *c,
           const struct wr_alias_row *alias, struct wr_err *err)
{
    const char *url = part(a, alias, "URL"), *host = part(a, alias, "HOST");

    if (url)
        return set(a, c, alias->setting, wr_arena_strdup(a, url),
                   wr_arena_printf(a, "%s_URL", alias->prefix), err);

    return host ? from_parts(a, c, alias, host, err) : 0;
}

static int
read_environment(struct wr_arena *a, struct wr_config *c, struct wr_err *err)
{
    for (size_t i = 0; i < wr_n_alias_rows; i++) {
        if (read_alias(a, c, &wr_alias_rows[i], err) < 0)
            return err->code;
    }
    for (size_t i = 0; i < WR_SETTINGS; i++) {
        const struct wr_setting_row *row = wr_setting_row((enum wr_setting)i);
        char *name = wr_arena_printf(a, "WEIR_%s", row->name);
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
    if (set_defaults(a, c, err) < 0 || (home && read_files(a, c, err) < 0)
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

const char *
wr_config_public(struct wr_arena *a, const struct wr_config *c,
                 enum wr_setting s)
{
    return shown(a, wr_setting_row(s), c->settings[s].text);
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
