/* weir migrate-instances and restart: instances go on with another version, or
 * once more. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

enum {
    MAX_MAPPINGS = 1000
};

/* All "--name A:B" as [{from, to}]; *ok false: one has no colon. */
static const struct wr_value *
pairs(struct wr_cli *cli, const char *name, bool *ok)
{
    const struct wr_value **items = wr_newn(cli->arena, const struct wr_value *,
                                            MAX_MAPPINGS);
    const char *text;
    size_t n = 0;

    while ((text = wr_arg_option(cli, name))) {
        size_t len = strcspn(text, ":");
        struct wr_entry e[2] = { { "from", NULL }, { "to", NULL } };

        if (!text[len] || n == MAX_MAPPINGS) {
            *ok = false;
            return NULL;
        }
        e[0].value = wr_value_string(cli->arena,
                                     wr_arena_strndup(cli->arena, text, len));
        e[1].value = wr_value_string(cli->arena, text + len + 1);
        items[n++] = wr_value_context(cli->arena, e, 2);
    }

    return wr_value_list(cli->arena, items, n);
}

static const char *
text_of(const struct wr_value *v, const char *name)
{
    const struct wr_value *text = wr_value_get(v, name);

    return text && text->type == WR_V_STRING ? text->string.s : "";
}

static void
print_problems(const struct wr_value *list, const char *element)
{
    for (size_t i = 0; list && list->type == WR_V_LIST && i < list->list.n; i++)
        printf("%s %s: %s\n", text_of(list->list.items[i], "code"),
               text_of(list->list.items[i], element),
               text_of(list->list.items[i], "detail"));
}

/* 1 when something is in the way. */
static int
print_trial(const struct wr_value *answer)
{
    const struct wr_value *problems = wr_value_get(answer, "problems");
    const struct wr_value *events = wr_value_get(answer, "events");

    print_problems(problems, "element");
    for (size_t i = 0; events && i < events->list.n; i++)
        printf("%s\n", events->list.items[i]->string.s);

    return problems && problems->list.n ? 1 : 0;
}

/* 1 when one of them did not go. */
static int
print_results(struct wr_cli *cli, const struct wr_value *answer)
{
    const struct wr_value *items = wr_value_get(answer, "items");
    int status = 0;

    for (size_t i = 0; items && i < items->list.n; i++) {
        const struct wr_value *r = items->list.items[i];
        bool ok = wr_value_get(r, "instance") != NULL;

        printf("%s %s%s%s\n", cli->argv[i + 1], ok ? "ok" : text_of(r, "code"),
               ok ? "" : ": ", ok ? "" : text_of(r, "detail"));
        if (!ok)
            status = 1;
    }

    return status;
}

static int
migrate(struct wr_cli *cli, struct wr_entry *body, size_t n, bool dry)
{
    const struct wr_value **ids = wr_newn(cli->arena, const struct wr_value *,
                                          (size_t)cli->argc);
    const char *path = "/api/v1/instances/migrate";
    struct wr_err err = { 0 };
    struct wr_reply r;

    for (int i = 1; i < cli->argc; i++)
        ids[i - 1] = wr_value_string(cli->arena, cli->argv[i]);
    if (dry) {
        path = wr_arena_printf(cli->arena, "/api/v1/instances/%s/migrate",
                               wr_http_escape(cli->arena, cli->argv[1]));
        body[n++] = (struct wr_entry){ "dryRun", &wr_true };
    } else {
        body[n++] = (struct wr_entry){
            "instances", wr_value_list(cli->arena, ids, (size_t)cli->argc - 1)
        };
    }
    if (wr_api(cli, "POST", path, wr_value_context(cli->arena, body, n), &r,
               &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json) {
        wr_print_json(&r);
        return 0;
    }

    return dry ? print_trial(r.json) : print_results(cli, r.json);
}

int
wr_cmd_migrate_instances(struct wr_cli *cli)
{
    bool ok = true, dry = wr_arg_flag(cli, "--dry-run");
    bool update = wr_arg_flag(cli, "--update-triggers");
    const char *reason = wr_arg_option(cli, "--reason");
    const struct wr_value *nodes = pairs(cli, "--map", &ok);
    const struct wr_value *flows = pairs(cli, "--flow", &ok);
    struct wr_entry body[6];
    size_t n = 0;

    if (!ok || cli->argc < 2 || (dry && cli->argc != 2))
        return wr_cli_usage(cli);
    body[n++] = (struct wr_entry){ "definition",
                                   wr_value_string(cli->arena, cli->argv[0]) };
    body[n++] = (struct wr_entry){ "mappings", nodes };
    body[n++] = (struct wr_entry){ "flows", flows };
    body[n++] = (struct wr_entry){ "updateTriggers", wr_value_bool(update) };
    if (reason)
        body[n++] = (struct wr_entry){ "reason",
                                       wr_value_string(cli->arena, reason) };

    return migrate(cli, body, n, dry);
}

int
wr_cmd_restart(struct wr_cli *cli)
{
    bool ok, initial = wr_arg_flag(cli, "--initial");
    bool dry = wr_arg_flag(cli, "--dry-run");
    const char *at = wr_arg_option(cli, "--at");
    const struct wr_value *vars = wr_arg_variables(cli, "--var", &ok);
    struct wr_entry body[4] = { { "initialVariables", wr_value_bool(initial) },
                                { "dryRun", wr_value_bool(dry) } };
    struct wr_err err = { 0 };
    struct wr_reply r;
    size_t n = 2;

    if (!ok || cli->argc != 1)
        return wr_cli_usage(cli);
    if (at)
        body[n++] = (struct wr_entry){ "startAt",
                                       wr_value_string(cli->arena, at) };
    if (vars)
        body[n++] = (struct wr_entry){ "variables", vars };
    if (wr_api(cli, "POST",
               wr_arena_printf(cli->arena, "/api/v1/instances/%s/restart",
                               wr_http_escape(cli->arena, cli->argv[0])),
               wr_value_context(cli->arena, body, n), &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else if (dry)
        wr_print_change(r.json);
    else
        printf("%s\n", wr_print_member(cli->arena, r.json, "id"));

    return 0;
}
