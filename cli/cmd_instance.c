/* weir instance: an ended instance is deleted. */

#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

int
wr_cmd_instance(struct wr_cli *cli)
{
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (cli->argc != 2 || strcmp(cli->argv[0], "delete") != 0)
        return wr_cli_usage(cli);
    if (wr_api(cli, "DELETE",
               wr_arena_printf(cli->arena, "/api/v1/instances/%s",
                               wr_http_escape(cli->arena, cli->argv[1])),
               NULL, &r, &err)
        < 0)
        return wr_cli_fail(&err);

    return 0;
}
