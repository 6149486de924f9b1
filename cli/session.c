/* session.c: where `weir login` remembers whom it logged in. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static const char *
folder(struct wr_arena *a)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (xdg && xdg[0])
        return wr_arena_printf(a, "%s/weir", xdg);

    return wr_arena_printf(a, "%s/.config/weir", home ? home : ".");
}

static void
make_folders(const char *path)
{
    char part[4096];

    for (const char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
        snprintf(part, sizeof(part), "%.*s", (int)(p - path), path);
        mkdir(part, 0700);
    }
    mkdir(path, 0700);
}

static const char *
text(const struct wr_value *v, const char *key)
{
    const struct wr_value *s = wr_value_get(v, key);

    return s && s->type == WR_V_STRING ? s->string.s : NULL;
}

int
wr_session_load(struct wr_arena *a, struct wr_session_file *out,
                struct wr_err *err)
{
    const char *path = wr_arena_printf(a, "%s/session.json", folder(a));
    const struct wr_value *v;
    struct wr_str s;

    *out = (struct wr_session_file){ 0 };
    if (access(path, F_OK) < 0)
        return 0;
    if (wr_cli_read(a, path, &s, err) < 0)
        return (int)err->code;
    if (wr_json_parse(a, wr_str_text(&s), s.len, &v, err) < 0)
        return wr_wrap(err, "'%s'", path);
    out->url = text(v, "url");
    out->token = text(v, "token");
    out->cookie = text(v, "cookie");

    return 0;
}

static void
member(struct wr_str *s, const char *name, const char *value)
{
    if (!value)
        return;
    wr_str_printf(s, "%s\"%s\":", s->len > 1 ? "," : "", name);
    wr_json_write_string(s, value, strlen(value));
}

int
wr_session_save(struct wr_arena *a, const struct wr_session_file *session,
                struct wr_err *err)
{
    const char *dir = folder(a);
    const char *path = wr_arena_printf(a, "%s/session.json", dir);
    const char *temp = wr_arena_printf(a, "%s.%ld", path, (long)getpid());
    struct wr_str s = { .arena = a };
    int fd;
    bool ok;

    wr_str_addc(&s, '{');
    member(&s, "url", session->url);
    member(&s, "token", session->token);
    member(&s, "cookie", session->cookie);
    wr_str_add(&s, "}\n");
    make_folders(dir);
    fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return wr_fail(err, WR_EIO, "write '%s': %s", path, strerror(errno));
    ok = write(fd, s.s, s.len) == (ssize_t)s.len;
    close(fd);
    if (!ok || rename(temp, path) < 0) {
        unlink(temp);
        return wr_fail(err, WR_EIO, "write '%s': %s", path, strerror(errno));
    }

    return 0;
}
