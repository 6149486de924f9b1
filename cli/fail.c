/* fail.c: why a command failed, for people or, with --json, as the problem
 * document that the server would answer. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static struct {
    bool json;
    const char *problem; /* the server's, as it came; NULL: none */
    size_t len;
} failing;

void
wr_cli_fail_json(void)
{
    failing.json = true;
}

void
wr_cli_problem(const char *text, size_t len)
{
    failing.problem = text;
    failing.len = len;
}

static void
member(struct wr_str *s, const char *name, const char *value)
{
    wr_str_printf(s, ",\"%s\":", name);
    wr_json_write_string(s, value, strlen(value));
}

static void
print_problem(enum wr_code code, const char *detail)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_str s = { .arena = a };

    wr_str_add(&s, "{\"type\":\"about:blank\"");
    member(&s, "title", wr_code_title(code));
    wr_str_printf(&s, ",\"status\":%d", wr_code_http(code));
    member(&s, "detail", detail);
    member(&s, "code", wr_code_problem(code));
    fprintf(stderr, "%s}\n", wr_str_text(&s));
}

int
wr_cli_fail(const struct wr_err *err)
{
    if (!failing.json)
        fprintf(stderr, "weir: %s\n", err->text);
    else if (failing.problem)
        fprintf(stderr, "%.*s\n", (int)failing.len, failing.problem);
    else
        print_problem(err->code, err->text);
    wr_cli_problem(NULL, 0);

    return 1;
}

int
wr_cli_misused(const char *why, const char *usage)
{
    char text[512];

    if (failing.json) {
        snprintf(text, sizeof(text), "%s%s%s", why ? why : "", why ? "; " : "",
                 usage);
        print_problem(WR_EINVALID, text);
    } else {
        if (why)
            fprintf(stderr, "weir: %s\n", why);
        fprintf(stderr, "%s\n", usage);
    }

    return 2;
}

/* Options that a command knows are gone from argv by the time it gives up; they
 * end at "--". */
int
wr_cli_usage(const struct wr_cli *cli)
{
    const char *usage = wr_arena_printf(cli->arena, "usage: weir %s",
                                        cli->usage);

    for (int i = 0; i < cli->argc && strcmp(cli->argv[i], "--") != 0; i++) {
        if (strncmp(cli->argv[i], "--", 2) == 0)
            return wr_cli_misused(
                wr_arena_printf(cli->arena,
                                "'%s' is no option here, or lacks its value",
                                cli->argv[i]),
                usage);
    }

    return wr_cli_misused(NULL, usage);
}
