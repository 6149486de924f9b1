#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static void
take_out(struct wr_cli *cli, int i, int n)
{
    for (int j = i; j + n < cli->argc; j++)
        cli->argv[j] = cli->argv[j + n];
    cli->argc -= n;
}

/* Options end at "--": what follows is a command's own. */
static bool
at_end(const struct wr_cli *cli, int i)
{
    return i >= cli->argc || strcmp(cli->argv[i], "--") == 0;
}

const char *
wr_arg_option(struct wr_cli *cli, const char *name)
{
    size_t n = strlen(name);

    for (int i = 0; !at_end(cli, i); i++) {
        char *arg = cli->argv[i];
        const char *value;

        if (strncmp(arg, name, n) != 0)
            continue;
        if (arg[n] == '=') {
            take_out(cli, i, 1);
            return arg + n + 1;
        }
        if (arg[n] == '\0' && !at_end(cli, i + 1)) {
            value = cli->argv[i + 1];
            take_out(cli, i, 2);
            return value;
        }
    }

    return NULL;
}

bool
wr_arg_flag(struct wr_cli *cli, const char *name)
{
    for (int i = 0; !at_end(cli, i); i++) {
        if (strcmp(cli->argv[i], name) == 0) {
            take_out(cli, i, 1);
            return true;
        }
    }

    return false;
}

const struct wr_value *
wr_arg_variables(struct wr_cli *cli, const char *name, bool *ok)
{
    struct wr_entry *entries = wr_newn(cli->arena, struct wr_entry,
                                       (size_t)cli->argc + 1);
    const char *pair;
    size_t n = 0;

    *ok = true;
    while ((pair = wr_arg_option(cli, name))) {
        const char *eq = strchr(pair, '=');
        struct wr_err err = { 0 };

        if (!eq || eq == pair) {
            *ok = false;
            return NULL;
        }
        entries[n].key = wr_arena_strndup(cli->arena, pair,
                                          (size_t)(eq - pair));
        if (wr_json_parse(cli->arena, eq + 1, strlen(eq + 1), &entries[n].value,
                          &err)
            < 0)
            entries[n].value = wr_value_string(cli->arena, eq + 1);
        n++;
    }

    return n ? wr_value_context(cli->arena, entries, n) : NULL;
}

const char *
wr_cli_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

int
wr_cli_read(struct wr_arena *a, const char *path, struct wr_str *out,
            struct wr_err *err)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char chunk[65536];
    size_t n;
    bool bad;

    if (!f)
        return wr_fail(err, WR_EIO, "open '%s': %s", path, strerror(errno));
    *out = (struct wr_str){ .arena = a };
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        wr_str_addn(out, chunk, n);
    bad = ferror(f) != 0;
    if (f != stdin)
        fclose(f);
    if (bad)
        return wr_fail(err, WR_EIO, "read '%s'", path);

    return 0;
}
