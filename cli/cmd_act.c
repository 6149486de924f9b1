/* Commands that change one thing: start, cancel, suspend, resume, complete,
 * what is done to tasks and a task's form, message, signal, resolve, set. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"
#include "engine/base/json.h"

struct body {
    struct wr_arena *arena;
    struct wr_entry entries[8];
    size_t n;
};

static void
add(struct body *b, const char *key, const struct wr_value *v)
{
    if (v)
        b->entries[b->n++] = (struct wr_entry){ key, v };
}

static void
add_text(struct body *b, const char *key, const char *text)
{
    add(b, key, text ? wr_value_string(b->arena, text) : NULL);
}

/* One line for each field that a form refused. */
static void
print_fields(struct wr_cli *cli, const struct wr_value *problem)
{
    const struct wr_value *list = problem ? wr_value_get(problem, "errors")
                                          : NULL;

    for (size_t i = 0; list && list->type == WR_V_LIST && i < list->list.n;
         i++) {
        const struct wr_value *e = list->list.items[i];

        if (wr_value_get(e, "pointer"))
            fprintf(stderr, "%s: %s\n",
                    wr_print_member(cli->arena, e, "pointer"),
                    wr_print_member(cli->arena, e, "detail"));
    }
}

/* Call and print `member` of the answer; without a body when `b` is NULL. */
static int
act(struct wr_cli *cli, const char *method, const char *path, struct body *b,
    const char *member)
{
    struct wr_err err = { 0 };
    struct wr_reply r = { 0 };

    if (wr_api(cli, method, path,
               b ? wr_value_context(cli->arena, b->entries, b->n) : NULL, &r,
               &err)
        < 0) {
        if (!cli->json) /* else they are in the problem */
            print_fields(cli, r.json);
        return wr_cli_fail(&err);
    }
    if (cli->json)
        wr_print_json(&r);
    else
        printf("%s\n", wr_print_member(cli->arena, r.json, member));

    return 0;
}

static const char *
path_of(struct wr_cli *cli, const char *noun, const char *verb)
{
    return wr_arena_printf(cli->arena, "/api/v1/%s/%s%s", noun,
                           wr_http_escape(cli->arena, cli->argv[0]), verb);
}

static const struct wr_value *
tags(struct wr_cli *cli)
{
    const struct wr_value **items = wr_newn(cli->arena, const struct wr_value *,
                                            (size_t)cli->argc);
    const char *tag;
    size_t n = 0;

    while ((tag = wr_arg_option(cli, "--tag")))
        items[n++] = wr_value_string(cli->arena, tag);

    return n ? wr_value_list(cli->arena, items, n) : NULL;
}

int
wr_cmd_start(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };
    const char *key = wr_arg_option(cli, "--business-key");
    const char *at = wr_arg_option(cli, "--at");
    bool ok;
    const struct wr_value *vars = wr_arg_variables(cli, "--var", &ok);
    const struct wr_value *tagged = tags(cli);

    if (cli->argc != 1 || !ok)
        return wr_cli_usage(cli);
    add_text(&b, "definition", cli->argv[0]);
    add(&b, "tags", tagged);
    add_text(&b, "businessKey", key);
    add_text(&b, "startAt", at);
    add(&b, "variables", vars);

    return act(cli, "POST", "/api/v1/instances", &b, "id");
}

int
wr_cmd_cancel(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };

    add_text(&b, "reason", wr_arg_option(cli, "--reason"));
    if (cli->argc != 1)
        return wr_cli_usage(cli);

    return act(cli, "POST", path_of(cli, "instances", "/cancel"), &b, "state");
}

int
wr_cmd_compensate(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };
    bool parallel = wr_arg_flag(cli, "--parallel");

    add_text(&b, "activity", wr_arg_option(cli, "--activity"));
    add_text(&b, "reason", wr_arg_option(cli, "--reason"));
    if (parallel)
        add(&b, "parallel", wr_value_bool(true));
    if (cli->argc != 1)
        return wr_cli_usage(cli);

    return act(cli, "POST", path_of(cli, "instances", "/compensate"), &b,
               "state");
}

int
wr_cmd_suspend(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };

    add_text(&b, "reason", wr_arg_option(cli, "--reason"));
    if (cli->argc != 1)
        return wr_cli_usage(cli);

    return act(cli, "POST", path_of(cli, "instances", "/suspend"), &b, "state");
}

int
wr_cmd_resume(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };
    bool catch_up = wr_arg_flag(cli, "--catch-up");

    if (cli->argc != 1)
        return wr_cli_usage(cli);
    add_text(&b, "timers", catch_up ? "catch-up" : NULL);

    return act(cli, "POST", path_of(cli, "instances", "/resume"), &b, "state");
}

int
wr_cmd_complete(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };
    bool ok;

    add(&b, "variables", wr_arg_variables(cli, "--var", &ok));
    if (cli->argc != 1 || !ok)
        return wr_cli_usage(cli);

    return act(cli, "POST", path_of(cli, "tasks", "/complete"), &b, "state");
}

/* Which form it is and, unless it is somebody else's, the form. */
int
wr_cmd_form(struct wr_cli *cli)
{
    struct wr_str s = { .arena = cli->arena };
    struct wr_err err = { 0 };
    struct wr_reply r = { 0 };
    const struct wr_value *key, *schema;

    if (cli->argc != 1)
        return wr_cli_usage(cli);
    if (wr_api(cli, "GET", path_of(cli, "tasks", "/form"), NULL, &r, &err) < 0)
        return wr_cli_fail(&err);
    if (cli->json) {
        wr_print_json(&r);
        return 0;
    }
    key = wr_value_get(r.json, "key");
    schema = wr_value_get(r.json, "schema");
    printf("%s", wr_print_member(cli->arena, r.json, "kind"));
    if (key && key->type == WR_V_STRING)
        printf(" %s:%s", key->string.s,
               wr_print_member(cli->arena, r.json, "version"));
    putchar('\n');
    if (schema && schema->type == WR_V_CONTEXT) {
        wr_json_write(&s, schema, WR_JSON_PRETTY);
        puts(wr_str_text(&s));
    }

    return 0;
}

/* A verb of a task, with the one value it takes; NULL: none. */
static int
task_act(struct wr_cli *cli, const char *verb, const char *member,
         const char *shown)
{
    struct body b = { .arena = cli->arena };

    if (cli->argc != (member ? 2 : 1))
        return wr_cli_usage(cli);
    if (member)
        add_text(&b, member, cli->argv[1]);

    return act(cli, "POST", path_of(cli, "tasks", verb), member ? &b : NULL,
               shown);
}

int
wr_cmd_claim(struct wr_cli *cli)
{
    return task_act(cli, "/claim", NULL, "assignee");
}

int
wr_cmd_unclaim(struct wr_cli *cli)
{
    return task_act(cli, "/unclaim", NULL, "state");
}

int
wr_cmd_assign(struct wr_cli *cli)
{
    return task_act(cli, "/assign", "assignee", "assignee");
}

int
wr_cmd_delegate(struct wr_cli *cli)
{
    return task_act(cli, "/delegate", "assignee", "assignee");
}

int
wr_cmd_hand_back(struct wr_cli *cli)
{
    return task_act(cli, "/resolve", NULL, "assignee");
}

int
wr_cmd_comment(struct wr_cli *cli)
{
    return task_act(cli, "/comments", "text", "id");
}

int
wr_cmd_message(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };
    const char *key = wr_arg_option(cli, "--key");
    const char *ttl = wr_arg_option(cli, "--ttl");
    const char *id = wr_arg_option(cli, "--id");
    bool ok, publish = wr_arg_flag(cli, "--publish");
    const struct wr_value *vars = wr_arg_variables(cli, "--var", &ok);
    char *end = NULL;
    long seconds = ttl ? strtol(ttl, &end, 10) : 0;

    if (cli->argc != 1 || !ok || (ttl && (!*ttl || *end)))
        return wr_cli_usage(cli);
    add_text(&b, "name", cli->argv[0]);
    add_text(&b, "correlationKey", key);
    add(&b, "variables", vars);
    if (publish)
        add_text(&b, "mode", "publish");
    if (ttl)
        add(&b, "ttl", wr_value_int(cli->arena, seconds));
    add_text(&b, "messageId", id);

    return act(cli, "POST", "/api/v1/messages", &b,
               publish ? "stored" : "delivered");
}

int
wr_cmd_drop_message(struct wr_cli *cli)
{
    if (cli->argc != 1)
        return wr_cli_usage(cli);

    return act(cli, "DELETE", path_of(cli, "messages", ""), NULL, NULL);
}

int
wr_cmd_signal(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };
    bool ok;
    const struct wr_value *vars = wr_arg_variables(cli, "--var", &ok);

    if (cli->argc != 1 || !ok)
        return wr_cli_usage(cli);
    add_text(&b, "name", cli->argv[0]);
    add(&b, "variables", vars);

    return act(cli, "POST", "/api/v1/signals", &b, "reached");
}

int
wr_cmd_resolve(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };
    const char *retries = wr_arg_option(cli, "--retries");
    bool ok, skip = wr_arg_flag(cli, "--skip");

    add(&b, "variables", wr_arg_variables(cli, "--var", &ok));
    if (cli->argc != 1 || !ok)
        return wr_cli_usage(cli);
    if (retries) {
        char *end;
        long n = strtol(retries, &end, 10);

        if (*end || n < 1)
            return wr_cli_usage(cli);
        add(&b, "retries", wr_value_int(cli->arena, n));
    }
    if (skip)
        add(&b, "skip", &wr_true);

    return act(cli, "POST", path_of(cli, "incidents", "/resolve"), &b, "state");
}

int
wr_cmd_set(struct wr_cli *cli)
{
    struct wr_err err = { 0 };
    struct wr_reply r;
    bool ok;
    const struct wr_value *vars = wr_arg_variables(cli, "--var", &ok);

    if (cli->argc != 1 || !ok || !vars)
        return wr_cli_usage(cli);
    if (wr_api(cli, "PATCH", path_of(cli, "instances", "/variables"), vars, &r,
               &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        printf("%s\n", wr_print_member(cli->arena, r.json, "rev"));

    return 0;
}

int
wr_cmd_fire(struct wr_cli *cli)
{
    struct wr_err err = { 0 };
    struct wr_reply r = { 0 };

    if (cli->argc != 1)
        return wr_cli_usage(cli);
    if (wr_api(cli, "POST", path_of(cli, "timers", "/fire"), NULL, &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (!cli->json)
        puts("fired");

    return 0;
}

int
wr_cmd_due(struct wr_cli *cli)
{
    struct body b = { .arena = cli->arena };

    if (cli->argc != 2)
        return wr_cli_usage(cli);
    add(&b, "dueAt", wr_value_string(cli->arena, cli->argv[1]));

    return act(cli, "PATCH", path_of(cli, "timers", ""), &b, "dueAt");
}
