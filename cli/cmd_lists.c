/* The lists: definitions, decisions, instances, tasks, incidents. */

#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

struct option {
    const char *flag, *parameter;
};

static int
list(struct wr_cli *cli, const char *path, const struct option *options,
     size_t n_options, const char *const *columns, size_t n_columns)
{
    struct wr_str url = { .arena = cli->arena };
    struct wr_err err = { 0 };
    struct wr_reply r;
    const char *sep = "?";

    wr_str_add(&url, path);
    for (size_t i = 0; i < n_options; i++) {
        const char *value = wr_arg_option(cli, options[i].flag);

        if (value) {
            wr_str_printf(&url, "%s%s=%s", sep, options[i].parameter,
                          wr_http_escape(cli->arena, value));
            sep = "&";
        }
    }
    if (cli->argc)
        return wr_cli_usage(cli);
    if (wr_api(cli, "GET", url.s, NULL, &r, &err) < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        wr_print_table(cli->arena, r.json, columns, n_columns);

    return 0;
}

int
wr_cmd_definitions(struct wr_cli *cli)
{
    static const struct option options[] = { { "--key", "key" },
                                             { "--limit", "limit" } };
    static const char *const columns[] = { "key",   "version",    "name",
                                           "state", "deployedAt", "id" };

    return list(cli, "/api/v1/definitions", options, WR_COUNT(options), columns,
                WR_COUNT(columns));
}

int
wr_cmd_decisions(struct wr_cli *cli)
{
    static const struct option options[] = { { "--key", "key" },
                                             { "--tag", "tag" },
                                             { "--limit", "limit" } };
    static const char *const columns[] = { "key",        "version",    "name",
                                           "versionTag", "deployedAt", "id" };

    return list(cli, "/api/v1/decisions", options, WR_COUNT(options), columns,
                WR_COUNT(columns));
}

int
wr_cmd_instances(struct wr_cli *cli)
{
    static const struct option options[] = {
        { "--state", "state" },
        { "--definition", "definition" },
        { "--business-key", "businessKey" },
        { "--tag", "tag" },
        { "--parent", "parent" },
        { "--limit", "limit" },
    };
    static const char *const columns[] = {
        "id",    "definition.key", "definition.version", "businessKey",
        "state", "incidents",      "startedAt",
    };

    return list(cli, "/api/v1/instances", options, WR_COUNT(options), columns,
                WR_COUNT(columns));
}

int
wr_cmd_tasks(struct wr_cli *cli)
{
    static const struct option options[] = {
        { "--assignee", "assignee" },
        { "--group", "candidateGroup" },
        { "--instance", "instance" },
        { "--limit", "limit" },
    };
    static const char *const columns[] = { "id",       "name",  "element",
                                           "assignee", "state", "createdAt",
                                           "instance" };

    return list(cli, "/api/v1/tasks", options, WR_COUNT(options), columns,
                WR_COUNT(columns));
}

int
wr_cmd_messages(struct wr_cli *cli)
{
    static const struct option options[] = { { "--name", "name" },
                                             { "--key", "correlationKey" },
                                             { "--limit", "limit" } };
    static const char *const columns[] = { "id", "name", "correlationKey",
                                           "publishedAt", "expiresAt" };

    return list(cli, "/api/v1/messages", options, WR_COUNT(options), columns,
                WR_COUNT(columns));
}

int
wr_cmd_incidents(struct wr_cli *cli)
{
    static const struct option options[] = { { "--instance", "instance" },
                                             { "--type", "type" },
                                             { "--limit", "limit" } };
    static const char *const columns[] = { "id", "type", "element", "instance",
                                           "message" };

    return list(cli, "/api/v1/incidents", options, WR_COUNT(options), columns,
                WR_COUNT(columns));
}

int
wr_cmd_timers(struct wr_cli *cli)
{
    static const struct option options[] = { { "--instance", "instance" },
                                             { "--definition", "definition" },
                                             { "--limit", "limit" } };
    static const char *const columns[] = { "id",      "dueAt",
                                           "kind",    "definition.key",
                                           "element", "instance" };

    return list(cli, "/api/v1/timers", options, WR_COUNT(options), columns,
                WR_COUNT(columns));
}
