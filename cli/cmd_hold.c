/* weir element, job-type, suspensions: what is put on hold for all instances. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static int
post(struct wr_cli *cli, const char *path, const char *name, const char *value)
{
    struct wr_entry e = { .key = name };
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (value)
        e.value = wr_value_string(cli->arena, value);
    if (wr_api(cli, "POST", path,
               wr_value_context(cli->arena, &e, value ? 1 : 0), &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        printf("%s %s\n", wr_print_member(cli->arena, r.json, "name"),
               wr_print_member(cli->arena, r.json, "state"));

    return 0;
}

/* "suspend" 1, "resume" 0, else -1 */
static int
verb(const struct wr_cli *cli)
{
    if (cli->argc == 0)
        return -1;
    if (strcmp(cli->argv[0], "suspend") == 0)
        return 1;

    return strcmp(cli->argv[0], "resume") == 0 ? 0 : -1;
}

int
wr_cmd_element(struct wr_cli *cli)
{
    const char *reason = wr_arg_option(cli, "--reason");
    bool catch_up = wr_arg_flag(cli, "--catch-up");
    int on = verb(cli);
    const char *path;

    if (on < 0 || cli->argc != 3 || (on ? catch_up : reason != NULL))
        return wr_cli_usage(cli);
    path = wr_arena_printf(cli->arena, "/api/v1/definitions/%s/elements/%s/%s",
                           wr_http_escape(cli->arena, cli->argv[1]),
                           wr_http_escape(cli->arena, cli->argv[2]),
                           cli->argv[0]);
    if (on)
        return post(cli, path, "reason", reason);

    return post(cli, path, "timers", catch_up ? "catch-up" : NULL);
}

int
wr_cmd_job_type(struct wr_cli *cli)
{
    const char *reason = wr_arg_option(cli, "--reason");
    int on = verb(cli);
    const char *path;

    if (on < 0 || cli->argc != 2 || (!on && reason))
        return wr_cli_usage(cli);
    path = wr_arena_printf(cli->arena, "/api/v1/job-types/%s/%s",
                           wr_http_escape(cli->arena, cli->argv[1]),
                           cli->argv[0]);

    return post(cli, path, "reason", reason);
}

int
wr_cmd_suspensions(struct wr_cli *cli)
{
    static const char *const columns[] = {
        "kind", "name", "definition.key", "definition.version",
        "by",   "at",   "reason"
    };
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (cli->argc != 0)
        return wr_cli_usage(cli);
    if (wr_api(cli, "GET", "/api/v1/suspensions?limit=1000", NULL, &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        wr_print_table(cli->arena, r.json, columns, WR_COUNT(columns));

    return 0;
}
