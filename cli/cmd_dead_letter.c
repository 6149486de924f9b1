/* weir dead-letter: messages of queues that nobody could work on. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static int
list(struct wr_cli *cli)
{
    static const char *const columns[] = {
        "id", "queue", "reason", "kind", "count", "held", "lastAt", "detail"
    };
    const char *queue = wr_arg_option(cli, "--queue");
    const char *instance = wr_arg_option(cli, "--instance");
    const char *url = "/api/v1/dead-letters?limit=1000";
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (cli->argc != 1)
        return wr_cli_usage(cli);
    if (queue)
        url = wr_arena_printf(cli->arena, "%s&queue=%s", url,
                              wr_http_escape(cli->arena, queue));
    if (instance)
        url = wr_arena_printf(cli->arena, "%s&instance=%s", url,
                              wr_http_escape(cli->arena, instance));
    if (wr_api(cli, "GET", url, NULL, &r, &err) < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        wr_print_table(cli->arena, r.json, columns, WR_COUNT(columns));

    return 0;
}

static int
show(struct wr_cli *cli, const char *url)
{
    static const char *const members[] = { "queue",  "reason",    "detail",
                                           "kind",   "target",    "instance",
                                           "held",   "count",     "firstAt",
                                           "lastAt", "size",      "messageId",
                                           "body",   "bodyBase64" };
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (wr_api(cli, "GET", url, NULL, &r, &err) < 0)
        return wr_cli_fail(&err);
    if (cli->json) {
        wr_print_json(&r);
        return 0;
    }
    printf("dead letter %s\n", wr_print_member(cli->arena, r.json, "id"));
    for (size_t i = 0; i < WR_COUNT(members); i++) {
        if (wr_value_get(r.json, members[i]))
            printf("  %-10s %s\n", members[i],
                   wr_print_member(cli->arena, r.json, members[i]));
    }

    return 0;
}

int
wr_cmd_dead_letter(struct wr_cli *cli)
{
    const char *verb = cli->argc ? cli->argv[0] : "", *url;
    struct wr_err err = { 0 };
    struct wr_reply r;
    bool retry = strcmp(verb, "retry") == 0;

    if (strcmp(verb, "list") == 0)
        return list(cli);
    if (cli->argc != 2)
        return wr_cli_usage(cli);
    url = wr_arena_printf(cli->arena, "/api/v1/dead-letters/%s",
                          wr_http_escape(cli->arena, cli->argv[1]));
    if (strcmp(verb, "show") == 0)
        return show(cli, url);
    if (!retry && strcmp(verb, "delete") != 0)
        return wr_cli_usage(cli);
    if (wr_api(cli, retry ? "POST" : "DELETE",
               retry ? wr_arena_printf(cli->arena, "%s/retry", url) : url,
               retry ? wr_value_context(cli->arena, NULL, 0) : NULL, &r, &err)
        < 0)
        return wr_cli_fail(&err);

    return 0;
}
