/* weir explain: what an instance waits for, and why it went where it is. */

#include <stdio.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static void
print(const struct wr_value *list, bool actions)
{
    for (size_t i = 0; list && i < list->list.n; i++) {
        const struct wr_value *item = list->list.items[i];

        printf("%s\n", wr_value_get(item, "sentence")->string.s);
        if (actions)
            printf("    %s\n", wr_value_get(item, "nextAction")->string.s);
    }
}

int
wr_cmd_explain(struct wr_cli *cli)
{
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (cli->argc != 1)
        return wr_cli_usage(cli);
    if (wr_api(cli, "GET",
               wr_arena_printf(cli->arena, "/api/v1/instances/%s/explain",
                               wr_http_escape(cli->arena, cli->argv[0])),
               NULL, &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json) {
        wr_print_json(&r);
        return 0;
    }
    print(wr_value_get(r.json, "decisions"), /* actions= */ false);
    print(wr_value_get(r.json, "waits"), /* actions= */ true);

    return 0;
}
