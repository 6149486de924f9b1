/* weir decision: one decision: shown, made, its versions. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"
#include "engine/base/json.h"

struct verb {
    const char *name, *method, *path; /* %s: REF */
    void (*print)(struct wr_cli *cli, const struct wr_reply *r);
};

static void
print_versions(struct wr_cli *cli, const struct wr_reply *r)
{
    static const char *const columns[] = { "key",        "version", "name",
                                           "versionTag", "graphId", "resource",
                                           "deployedAt", "id" };

    wr_print_table(cli->arena, r->json, columns, WR_COUNT(columns));
}

static void
print_ref(struct wr_cli *cli, const struct wr_reply *r)
{
    printf("%s:%s %s\n", wr_print_member(cli->arena, r->json, "key"),
           wr_print_member(cli->arena, r->json, "version"),
           wr_print_member(cli->arena, r->json, "state"));
}

static void
print_one(struct wr_cli *cli, const struct wr_reply *r)
{
    static const char *const members[] = {
        "id",        "kind",     "name",         "versionTag", "graphId",
        "graphName", "resource", "deploymentId", "deployedAt", "inputs"
    };

    print_ref(cli, r);
    for (size_t i = 0; i < WR_COUNT(members); i++) {
        const char *text = wr_print_member(cli->arena, r->json, members[i]);

        if (text[0])
            printf("%s: %s\n", members[i], text);
    }
}

/* As `weir dmn`: what was decided, on a line of its own. */
static void
print_outputs(struct wr_cli *cli, const struct wr_reply *r)
{
    const struct wr_value *warnings = wr_value_get(r->json, "warnings");
    const struct wr_value *outputs = wr_value_get(r->json, "outputs");
    struct wr_str s = { .arena = cli->arena };

    for (size_t i = 0;
         warnings && warnings->type == WR_V_LIST && i < warnings->list.n; i++)
        fprintf(stderr, "weir: warning: %s\n",
                warnings->list.items[i]->string.s);
    wr_json_write(&s, outputs ? outputs : &wr_null, WR_JSON_PLAIN);
    puts(wr_str_text(&s));
}

static void
print_bytes(struct wr_cli *cli, const struct wr_reply *r)
{
    (void)cli;
    fwrite(r->text, 1, r->len, stdout);
}

static const struct verb verbs[] = {
    { "show", "GET", "/api/v1/decisions/%s", print_one },
    { "versions", "GET", "/api/v1/decisions/%s/versions?limit=1000",
      print_versions },
    { "xml", "GET", "/api/v1/decisions/%s/xml", print_bytes },
    { "evaluate", "POST", "/api/v1/decisions/%s/evaluate?typed=true",
      print_outputs },
    { "restore", "POST", "/api/v1/decisions/%s/restore", print_ref },
    { "delete", "DELETE", "/api/v1/decisions/%s", NULL },
};

static const struct verb *
find_verb(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];

    return NULL;
}

int
wr_cmd_decision(struct wr_cli *cli)
{
    bool ok = true;
    const struct wr_value *variables = wr_arg_variables(cli, "--var", &ok);
    const struct verb *v = cli->argc == 2 ? find_verb(cli->argv[0]) : NULL;
    bool evaluates = v && v->print == print_outputs;
    struct wr_str path = { .arena = cli->arena };
    struct wr_entry body = { "variables", variables };
    struct wr_err err = { 0 };
    struct wr_reply r;

    if (!ok || !v || (variables && variables->context.n && !evaluates))
        return wr_cli_usage(cli);
    wr_str_addn(&path, v->path, strcspn(v->path, "%"));
    wr_str_printf(&path, "%s%s", wr_http_escape(cli->arena, cli->argv[1]),
                  strchr(v->path, '%') + 2);
    if (wr_api(cli, v->method, wr_str_text(&path),
               evaluates ? wr_value_context(cli->arena, &body, 1) : NULL, &r,
               &err)
        < 0)
        return wr_cli_fail(&err);
    if (cli->json && v->print && v->print != print_bytes)
        wr_print_json(&r);
    else if (v->print)
        v->print(cli, &r);

    return 0;
}
