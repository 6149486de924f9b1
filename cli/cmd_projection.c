/* weir projection: how far the history is folded, and all of it again. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

int
wr_cmd_projection(struct wr_cli *cli)
{
    bool rebuild;
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (cli->argc != 1
        || (strcmp(cli->argv[0], "status") != 0
            && strcmp(cli->argv[0], "rebuild") != 0))
        return wr_cli_usage(cli);
    rebuild = cli->argv[0][0] == 'r';
    if (wr_api(cli, rebuild ? "POST" : "GET",
               rebuild ? "/api/v1/projection/rebuild" : "/api/v1/projection",
               NULL, &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        printf("caught up: %s, as of %s, %s events, %s ms behind\n",
               wr_print_member(cli->arena, r.json, "caughtUp"),
               wr_print_member(cli->arena, r.json, "asOf"),
               wr_print_member(cli->arena, r.json, "events"),
               wr_print_member(cli->arena, r.json, "lagMs"));

    return 0;
}
