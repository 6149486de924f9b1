/* weir: the command line; finds the command's row and runs it. */

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const struct wr_cli_command commands[] = {
#define WR_COMMAND(name, fn, usage, doc) { name, usage, doc, wr_cmd_##fn },
#include "cli/commands.def"
#undef WR_COMMAND
};

static int
help(FILE *to)
{
    size_t width = 0;

    for (size_t i = 0; i < WR_COUNT(commands); i++)
        if (strlen(commands[i].name) > width)
            width = strlen(commands[i].name);
    fprintf(to, "usage: weir COMMAND [--json]\n\n");
    for (size_t i = 0; i < WR_COUNT(commands); i++)
        fprintf(to, "  %-*s  %s\n", (int)width, commands[i].name,
                commands[i].doc);
    fprintf(to, "\n`weir COMMAND --help` shows its usage.  What follows k= and "
                "is no JSON is taken as text.\n"
                "WEIR_URL (default http://127.0.0.1:8080) is the server, "
                "WEIR_TOKEN an access token.\n");

    return to == stdout ? 0 : 2;
}

int
main(int argc, char **argv)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_cli cli = { .arena = a };
    int rc;

    if (argc < 2)
        return help(stderr);
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
        return help(stdout);
    for (size_t i = 0; i < WR_COUNT(commands); i++) {
        if (strcmp(commands[i].name, argv[1]) != 0)
            continue;
        cli.argc = argc - 2;
        cli.argv = argv + 2;
        cli.usage = commands[i].usage;
        if (argc == 3 && strcmp(argv[2], "--help") == 0) {
            printf("usage: weir %s\n\n%s\n", cli.usage, commands[i].doc);
            return 0;
        }
        cli.json = wr_arg_flag(&cli, "--json");
        if (cli.json)
            wr_cli_fail_json();
        curl_global_init(CURL_GLOBAL_DEFAULT);
        rc = commands[i].run(&cli);
        curl_global_cleanup();
        return rc;
    }
    cli.argc = argc - 1;
    cli.argv = argv + 1;
    if (wr_arg_flag(&cli, "--json"))
        wr_cli_fail_json();

    return wr_cli_misused(wr_arena_printf(a, "no command '%s'", argv[1]),
                          "see `weir help`");
}
