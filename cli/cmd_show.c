/* weir show: all about one instance, to see why it hangs. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static int
part(struct wr_cli *cli, const char *path, struct wr_reply *r)
{
    struct wr_err err = { 0 };

    if (wr_api(cli, "GET", path, NULL, r, &err) < 0)
        return wr_cli_fail(&err);

    return 0;
}

/* Nothing is said of what there is none of. */
static void
table(struct wr_cli *cli, const struct wr_reply *r, const char *const *columns,
      size_t n)
{
    const struct wr_value *items = wr_value_get(r->json, "items");

    if (!items || items->type != WR_V_LIST || items->list.n == 0)
        return;
    printf("\n");
    wr_print_table(cli->arena, r->json, columns, n);
}

static void
head(struct wr_cli *cli, const struct wr_value *i)
{
    static const char *const members[] = {
        "id",          "definition.key", "definition.version",
        "businessKey", "state",          "startedAt",
        "endedAt",     "parent",         "root",
        "rev",
    };

    for (size_t k = 0; k < WR_COUNT(members); k++) {
        const char *text = wr_print_member(cli->arena, i, members[k]);

        if (text[0])
            printf("%-19s %s\n", members[k], text);
    }
}

int
wr_cmd_show(struct wr_cli *cli)
{
    static const char *const tokens[] = {
        "element",         "type",
        "state",           "since",
        "waitingFor.type", "waitingFor.detail",
        "waitingFor.id"
    };
    static const char *const called[] = { "id", "definition.key", "state",
                                          "incidents" };
    static const char *const incidents[] = { "id", "type", "element", "message",
                                             "nextAction" };
    static const char *const events[] = { "seq",     "at",    "type",
                                          "element", "actor", "data" };
    const char *id;
    struct wr_reply i, t, v, n, h, c;

    if (cli->argc != 1)
        return wr_cli_usage(cli);
    id = wr_http_escape(cli->arena, cli->argv[0]);
#define PATH(rest) wr_arena_printf(cli->arena, "/api/v1/instances/%s" rest, id)
    if (part(cli, PATH(""), &i) || part(cli, PATH("/tokens"), &t)
        || part(cli, PATH("/variables"), &v)
        || part(
            cli,
            wr_arena_printf(cli->arena, "/api/v1/incidents?instance=%s", id),
            &n)
        || part(cli,
                wr_arena_printf(cli->arena, "/api/v1/instances?parent=%s", id),
                &c)
        || part(cli, PATH("/history?limit=1000"), &h))
        return 1;
#undef PATH
    if (cli->json) {
        printf("{\"instance\":%s,\"tokens\":%s,\"variables\":%s,"
               "\"incidents\":%s,\"called\":%s,\"history\":%s}\n",
               i.text, t.text, v.text, n.text, c.text, h.text);
        return 0;
    }
    head(cli, i.json);
    printf("\nvariables           %s\n", v.text);
    table(cli, &t, tokens, WR_COUNT(tokens));
    table(cli, &n, incidents, WR_COUNT(incidents));
    table(cli, &c, called, WR_COUNT(called));
    table(cli, &h, events, WR_COUNT(events));

    return 0;
}
