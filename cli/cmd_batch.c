/* weir batch, incident: one act on many, and what became of it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static const char *const columns[] = { "id",      "act",   "state",
                                       "total",   "done",  "failed",
                                       "pending", "actor", "createdAt" };

static void
print_one(struct wr_cli *cli, const struct wr_reply *r)
{
    static const char *const members[] = { "act",     "state",  "total",
                                           "done",    "failed", "canceled",
                                           "pending", "actor",  "createdAt",
                                           "endedAt" };

    printf("batch %s\n", wr_print_member(cli->arena, r->json, "id"));
    for (size_t i = 0; i < WR_COUNT(members); i++)
        printf("  %-10s %s\n", members[i],
               wr_print_member(cli->arena, r->json, members[i]));
}

static int
list(struct wr_cli *cli)
{
    const char *state = wr_arg_option(cli, "--state");
    struct wr_err err = { 0 };
    struct wr_reply r;
    const char *url = "/api/v1/batches";

    if (cli->argc != 1)
        return wr_cli_usage(cli);
    if (state)
        url = wr_arena_printf(cli->arena, "%s?state=%s", url,
                              wr_http_escape(cli->arena, state));
    if (wr_api(cli, "GET", url, NULL, &r, &err) < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        wr_print_table(cli->arena, r.json, columns, WR_COUNT(columns));

    return 0;
}

static int
failures(struct wr_cli *cli, const char *url)
{
    static const char *const parts[] = { "number", "target", "code", "detail" };
    struct wr_err err = { 0 };
    struct wr_reply r;

    url = wr_arena_printf(cli->arena, "%s/items?state=failed", url);
    if (wr_api(cli, "GET", url, NULL, &r, &err) < 0)
        return wr_cli_fail(&err);
    wr_print_table(cli->arena, r.json, parts, WR_COUNT(parts));

    return 0;
}

int
wr_cmd_batch(struct wr_cli *cli)
{
    static const char *const verbs[] = { "show", "pause", "resume", "cancel" };
    const char *verb = cli->argc ? cli->argv[0] : "", *url;
    struct wr_err err = { 0 };
    struct wr_reply r;
    size_t v = 0;

    if (strcmp(verb, "list") == 0)
        return list(cli);
    while (v < WR_COUNT(verbs) && strcmp(verbs[v], verb) != 0)
        v++;
    if (v == WR_COUNT(verbs) || cli->argc != 2)
        return wr_cli_usage(cli);
    url = wr_arena_printf(cli->arena, "/api/v1/batches/%s",
                          wr_http_escape(cli->arena, cli->argv[1]));
    if (wr_api(cli, v ? "POST" : "GET",
               v ? wr_arena_printf(cli->arena, "%s/%s", url, verb) : url,
               v ? wr_value_context(cli->arena, NULL, 0) : NULL, &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json) {
        wr_print_json(&r);
        return 0;
    }
    print_one(cli, &r);

    return v ? 0 : failures(cli, url);
}

/* {"act":"resolve-incidents","retries":N} for some, or for all of a type. */
static const struct wr_value *
retry_body(struct wr_cli *cli, const char *type, int64_t retries)
{
    struct wr_arena *a = cli->arena;
    const struct wr_value **ids = wr_newn(a, const struct wr_value *,
                                          (size_t)cli->argc);
    struct wr_entry kind = { "type", type ? wr_value_string(a, type) : NULL };
    struct wr_entry e[3] = {
        { "act", wr_value_string(a, "resolve-incidents") },
        { "retries", wr_value_int(a, retries) },
    };
    size_t n = (size_t)cli->argc - 1;

    for (size_t i = 0; i < n; i++)
        ids[i] = wr_value_string(a, cli->argv[i + 1]);
    if (n)
        e[2] = (struct wr_entry){ "ids", wr_value_list(a, ids, n) };
    else
        e[2] = (struct wr_entry){ "filter",
                                  wr_value_context(a, &kind, type != NULL) };

    return wr_value_context(a, e, 3);
}

int
wr_cmd_incident(struct wr_cli *cli)
{
    const char *type = wr_arg_option(cli, "--type");
    const char *retries = wr_arg_option(cli, "--retries");
    bool all = wr_arg_flag(cli, "--all");
    struct wr_err err = { 0 };
    struct wr_reply r;
    char *end = NULL;
    long n = retries ? strtol(retries, &end, 10) : 1;

    if (cli->argc == 0 || strcmp(cli->argv[0], "retry") != 0
        || all == (cli->argc > 1) || (type && !all)
        || (retries && (*end || end == retries)))
        return wr_cli_usage(cli);
    if (wr_api(cli, "POST", "/api/v1/batches", retry_body(cli, type, n), &r,
               &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        print_one(cli, &r);

    return 0;
}
