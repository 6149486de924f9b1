/* weir diagram: the drawing of a file as SVG, as the server would answer it. */
#include <stdio.h>

#include "cli/cli.h"
#include "engine/model/diagram.h"

int
wr_cmd_diagram(struct wr_cli *cli)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    const char *process = wr_arg_option(cli, "--process");
    struct wr_str bytes, svg = { .arena = a };
    struct wr_err err;

    if (cli->argc != 1)
        return wr_cli_usage(cli);
    if (wr_cli_read(a, cli->argv[0], &bytes, &err) < 0
        || wr_diagram_svg(a, wr_str_text(&bytes), bytes.len, process, &svg,
                          &err)
               < 0)
        return wr_cli_fail(&err);
    if (cli->json) {
        struct wr_entry e = { "svg", wr_value_string(a, wr_str_text(&svg)) };

        wr_print_value(a, wr_value_context(a, &e, 1));
    } else {
        fwrite(svg.s, 1, svg.len, stdout);
    }

    return 0;
}
