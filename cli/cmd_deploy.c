/* weir deploy: send files as one deployment. */

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/err.h"

static int
add_file(struct wr_cli *cli, struct wr_str *body, const char *boundary,
         const char *path, struct wr_err *err)
{
    struct wr_str file;

    if (wr_cli_read(cli->arena, path, &file, err) < 0)
        return (int)err->code;
    if (strpbrk(wr_cli_base_name(path), "\"\r\n"))
        return wr_fail(err, WR_EINVALID, "'%s' is no file name to send", path);
    wr_str_printf(body,
                  "--%s\r\nContent-Disposition: form-data; name=\"file\"; "
                  "filename=\"%s\"\r\nContent-Type: "
                  "application/octet-stream\r\n\r\n",
                  boundary, wr_cli_base_name(path));
    wr_str_addn(body, wr_str_text(&file), file.len);
    wr_str_add(body, "\r\n");

    return 0;
}

/* KEY:VERSION of each member of a list of the answer. */
static void
print_list(struct wr_cli *cli, const struct wr_reply *r, const char *name,
           const char *prefix)
{
    const struct wr_value *list = r->json ? wr_value_get(r->json, name) : NULL;

    for (size_t i = 0; list && list->type == WR_V_LIST && i < list->list.n; i++)
        printf("%s%s:%s%s\n", prefix,
               wr_print_member(cli->arena, list->list.items[i], "key"),
               wr_print_member(cli->arena, list->list.items[i], "version"),
               r->status == 200 ? " (unchanged)" : "");
}

static void
print_findings(struct wr_cli *cli, const struct wr_value *list)
{
    for (size_t i = 0; list && list->type == WR_V_LIST && i < list->list.n;
         i++) {
        const struct wr_value *f = list->list.items[i];

        const char *line = wr_print_member(cli->arena, f, "line");
        const char *element = wr_print_member(cli->arena, f, "element");

        fprintf(stderr, "%s %s: %s%s%s%s%s%s\n",
                wr_print_member(cli->arena, f, "severity"),
                wr_print_member(cli->arena, f, "code"), line[0] ? "line " : "",
                line, line[0] && element[0] ? " " : "", element,
                line[0] || element[0] ? ": " : "",
                wr_print_member(cli->arena, f, "detail"));
    }
}

int
wr_cmd_deploy(struct wr_cli *cli)
{
    static const char boundary[] = "weir-5b0d1c3f9a6e4f7c8d2b";
    const char *name = wr_arg_option(cli, "--name");
    bool strict = wr_arg_flag(cli, "--strict");
    struct wr_str body = { .arena = cli->arena };
    struct wr_call_options o = {
        .content_type = "multipart/form-data; "
                        "boundary=weir-5b0d1c3f9a6e4f7c8d2b",
    };
    struct wr_reply r = { 0 };
    struct wr_err err = { 0 };
    const char *path;

    if (cli->argc < 1)
        return wr_cli_usage(cli);
    for (int i = 0; i < cli->argc; i++) {
        if (add_file(cli, &body, boundary, cli->argv[i], &err) < 0)
            return wr_cli_fail(&err);
    }
    wr_str_printf(&body, "--%s--\r\n", boundary);
    path = wr_arena_printf(cli->arena, "/api/v1/deployments?validate=%s%s%s",
                           strict ? "strict" : "default", name ? "&name=" : "",
                           name ? wr_http_escape(cli->arena, name) : "");
    if (wr_http(cli, "POST", path, body.s, body.len, &o, &r, &err) < 0) {
        if (!cli->json)
            print_findings(cli, r.json ? wr_value_get(r.json, "errors") : NULL);
        return wr_cli_fail(&err);
    }
    if (cli->json) {
        wr_print_json(&r);
        return 0;
    }
    print_list(cli, &r, "definitions", "");
    print_list(cli, &r, "decisions", "decision ");
    print_list(cli, &r, "forms", "form ");
    print_findings(cli, r.json ? wr_value_get(r.json, "warnings") : NULL);

    return 0;
}
