/* weir notify test: does whoever is to hear of incidents hear? */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

int
wr_cmd_notify(struct wr_cli *cli)
{
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (cli->argc != 1 || strcmp(cli->argv[0], "test") != 0)
        return wr_cli_usage(cli);
    if (wr_api(cli, "POST", "/api/v1/notifications/test",
               wr_value_context(cli->arena, NULL, 0), &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        printf("%s took it after %s ms\n",
               wr_print_member(cli->arena, r.json, "to"),
               wr_print_member(cli->arena, r.json, "milliseconds"));

    return 0;
}
