/* weir definition: the versions of a definition. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

struct verb {
    const char *name, *method, *path; /* %s: REF */
    bool takes_other;
};
static const struct verb verbs[] = {
    { "versions", "GET", "/api/v1/definitions/%s/versions?limit=1000", false },
    { "diff", "GET", "/api/v1/definitions/%s/diff?to=", true },
    { "restore", "POST", "/api/v1/definitions/%s/restore", false },
    { "suspend", "POST", "/api/v1/definitions/%s/suspend", false },
    { "resume", "POST", "/api/v1/definitions/%s/resume", false },
    { "keep", "PATCH", "/api/v1/definitions/%s", false },
    { "delete", "DELETE", "/api/v1/definitions/%s?cascade=", false },
};

static const struct verb *
find_verb(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];

    return NULL;
}

static void
print_versions(struct wr_cli *cli, const struct wr_value *list)
{
    static const char *const columns[] = {
        "key",        "version", "name", "state", "instances.active",
        "deployedAt", "id"
    };

    wr_print_table(cli->arena, list, columns, WR_COUNT(columns));
}

/* "+" added, "-" removed, "~" changed: one line an element. */
static void
print_differences(struct wr_cli *cli, const struct wr_value *diff)
{
    static const struct {
        const char *member, *sign;
    } lists[] = { { "added", "+" }, { "removed", "-" }, { "changed", "~" } };

    for (size_t k = 0; k < WR_COUNT(lists); k++) {
        const struct wr_value *l = wr_value_get(diff, lists[k].member);

        for (size_t i = 0; l && l->type == WR_V_LIST && i < l->list.n; i++)
            printf("%s %s %s %s\n", lists[k].sign,
                   wr_print_member(cli->arena, l->list.items[i], "type"),
                   wr_print_member(cli->arena, l->list.items[i], "element"),
                   k == 2 ? wr_print_member(cli->arena, l->list.items[i],
                                            "changes")
                          : "");
    }
    printf("%s instances run on %s:%s\n",
           wr_print_member(cli->arena, diff, "runningInstances"),
           wr_print_member(cli->arena, diff, "from.key"),
           wr_print_member(cli->arena, diff, "from.version"));
}

static void
print_keeping(struct wr_cli *cli, const struct wr_value *d)
{
    const char *ttl = wr_value_get(d, "historyTtl")
                          ? wr_print_member(cli->arena, d, "historyTtl")
                          : "default";
    const char *level = wr_value_get(d, "historyLevel")
                            ? wr_print_member(cli->arena, d, "historyLevel")
                            : "default";

    printf("%s:%s kept %s, history %s\n", wr_print_member(cli->arena, d, "key"),
           wr_print_member(cli->arena, d, "version"), ttl, level);
}

static void
print(struct wr_cli *cli, const struct verb *v, const struct wr_reply *r)
{
    if (strcmp(v->name, "delete") == 0)
        return;
    if (cli->json)
        wr_print_json(r);
    else if (strcmp(v->name, "versions") == 0)
        print_versions(cli, r->json);
    else if (v->takes_other)
        print_differences(cli, r->json);
    else if (strcmp(v->name, "keep") == 0)
        print_keeping(cli, r->json);
    else
        printf("%s:%s %s\n", wr_print_member(cli->arena, r->json, "key"),
               wr_print_member(cli->arena, r->json, "version"),
               wr_print_member(cli->arena, r->json, "state"));
}

struct options {
    bool instances, catch_up;
    const char *reason, *ttl, *level;
};

/* What goes with the instances only is said with --instances only. */
static bool
fits(const struct verb *v, const struct options *o)
{
    bool suspend = strcmp(v->name, "suspend") == 0;
    bool resume = strcmp(v->name, "resume") == 0;

    return (!o->instances || suspend || resume)
           && (!o->reason || (o->instances && suspend))
           && (!o->catch_up || (o->instances && resume))
           && (o->ttl || o->level) == (strcmp(v->name, "keep") == 0);
}

static const struct wr_value *
body(struct wr_cli *cli, const struct options *o)
{
    struct wr_entry e[3];
    size_t n = 0;

    if (o->ttl)
        e[n++] = (struct wr_entry){ "historyTtl",
                                    wr_value_string(cli->arena, o->ttl) };
    if (o->level)
        e[n++] = (struct wr_entry){ "historyLevel",
                                    wr_value_string(cli->arena, o->level) };
    if (n)
        return wr_value_context(cli->arena, e, n);
    if (!o->instances)
        return NULL;
    e[n++] = (struct wr_entry){ "instances", &wr_true };
    if (o->reason)
        e[n++] = (struct wr_entry){ "reason",
                                    wr_value_string(cli->arena, o->reason) };
    if (o->catch_up)
        e[n++] = (struct wr_entry){ "timers",
                                    wr_value_string(cli->arena, "catch-up") };

    return wr_value_context(cli->arena, e, n);
}

int
wr_cmd_definition(struct wr_cli *cli)
{
    struct options o = {
        .instances = wr_arg_flag(cli, "--instances"),
        .catch_up = wr_arg_flag(cli, "--catch-up"),
        .reason = wr_arg_option(cli, "--reason"),
        .ttl = wr_arg_option(cli, "--ttl"),
        .level = wr_arg_option(cli, "--level"),
    };
    bool cascade = wr_arg_flag(cli, "--cascade");
    const struct verb *v = cli->argc > 1 ? find_verb(cli->argv[0]) : NULL;
    struct wr_str path = { .arena = cli->arena };
    struct wr_err err = { 0 };
    struct wr_reply r;
    const char *ref;

    if (!v || cli->argc != (v->takes_other ? 3 : 2) || !fits(v, &o))
        return wr_cli_usage(cli);
    ref = wr_http_escape(cli->arena, cli->argv[1]);
    wr_str_addn(&path, v->path, strcspn(v->path, "%"));
    wr_str_printf(&path, "%s%s", ref, strchr(v->path, '%') + 2);
    if (v->takes_other)
        wr_str_add(&path, wr_http_escape(cli->arena, cli->argv[2]));
    else if (strcmp(v->name, "delete") == 0)
        wr_str_add(&path, cascade ? "true" : "false");
    if (wr_api(cli, v->method, path.s, body(cli, &o), &r, &err) < 0)
        return wr_cli_fail(&err);
    print(cli, v, &r);

    return 0;
}
