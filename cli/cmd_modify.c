/* weir modify: start, cancel and move tokens. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

enum {
    PARTS = 3 /* of an instruction, behind its word */
};

/* What the word stands for, and the members its parts are. */
static const struct {
    const char *word, *type, *parts[PARTS];
    int required;
} kinds[] = {
    { "before", "startBefore", { "element", "viaFlow" }, 1 },
    { "after", "startAfter", { "element", "viaFlow" }, 1 },
    { "flow", "startFlow", { "flow" }, 1 },
    { "cancel", "cancel", { "element" }, 1 },
    { "move", "move", { "element", "to", "viaFlow" }, 2 },
};

/* Ids of elements begin with no digit, those of tokens with nothing else. */
static const char *
member(const char *name, const char *value)
{
    if (strcmp(name, "element") == 0 && *value && strchr("-0123456789", *value))
        return "token";

    return name;
}

/* NULL: no instruction. */
static const struct wr_value *
instruction(struct wr_arena *a, const char *text, const struct wr_value *vars)
{
    size_t len = strcspn(text, ":"), k = 0, n = 1;
    struct wr_entry e[PARTS + 2];
    int part = 0;

    while (k < WR_COUNT(kinds)
           && (strlen(kinds[k].word) != len
               || strncmp(kinds[k].word, text, len) != 0))
        k++;
    if (k == WR_COUNT(kinds))
        return NULL;
    e[0] = (struct wr_entry){ "type", wr_value_string(a, kinds[k].type) };
    for (text += len; *text == ':'; part++) {
        const char *value;

        len = strcspn(++text, ":");
        if (part == PARTS || !kinds[k].parts[part] || len == 0)
            return NULL;
        value = wr_arena_strndup(a, text, len);
        e[n++] = (struct wr_entry){ member(kinds[k].parts[part], value),
                                    wr_value_string(a, value) };
        text += len;
    }
    if (vars && strcmp(kinds[k].word, "cancel") != 0)
        e[n++] = (struct wr_entry){ "variables", vars };

    return part < kinds[k].required ? NULL : wr_value_context(a, e, n);
}

static const struct wr_value *
plan(struct wr_cli *cli, const struct wr_value *vars)
{
    const struct wr_value **items = wr_newn(cli->arena, const struct wr_value *,
                                            (size_t)cli->argc);

    for (int i = 1; i < cli->argc; i++) {
        items[i - 1] = instruction(cli->arena, cli->argv[i], vars);
        if (!items[i - 1])
            return NULL;
    }

    return wr_value_list(cli->arena, items, (size_t)(cli->argc - 1));
}

int
wr_cmd_modify(struct wr_cli *cli)
{
    const char *reason = wr_arg_option(cli, "--reason");
    bool ok, dry = wr_arg_flag(cli, "--dry-run");
    const struct wr_value *vars = wr_arg_variables(cli, "--var", &ok), *list;
    struct wr_entry body[3] = { { "dryRun", wr_value_bool(dry) } };
    struct wr_err err = { 0 };
    struct wr_reply r;
    size_t n = 1;

    list = ok && cli->argc > 1 ? plan(cli, vars) : NULL;
    if (!list)
        return wr_cli_usage(cli);
    body[n++] = (struct wr_entry){ "instructions", list };
    if (reason)
        body[n++] = (struct wr_entry){ "reason",
                                       wr_value_string(cli->arena, reason) };
    if (wr_api(cli, "POST",
               wr_arena_printf(cli->arena, "/api/v1/instances/%s/modify",
                               wr_http_escape(cli->arena, cli->argv[0])),
               wr_value_context(cli->arena, body, n), &r, &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json)
        wr_print_json(&r);
    else
        wr_print_change(r.json);

    return 0;
}
