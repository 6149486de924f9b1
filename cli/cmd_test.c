/* weir test: .flow scripts and bpmn-scenario/1 files. */
#include <string.h>

#include "cli/cli.h"
#include "cli/flow.h"
#include "cli/scenario.h"

static bool
ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n >= m && strcmp(s + n - m, end) == 0;
}

static void
run(const char *path, const struct wr_play_options *o, struct wr_tally *tally)
{
    if (ends_with(path, ".flow"))
        wr_flow_run(path, o, tally);
    else if (ends_with(path, ".json"))
        wr_scenario_run(path, o, tally);
    else
        wr_tally_not_ok(tally, path, "neither a .flow nor a .json file");
}

int
wr_cmd_test(struct wr_cli *cli)
{
    struct wr_play_options o = { .reload = wr_arg_flag(cli, "--reload") };
    struct wr_tally tally = { .json = cli->json };

    o.store_url = wr_arg_option(cli, "--store");
    if (cli->argc == 0)
        return wr_cli_usage(cli);
    for (int i = 0; i < cli->argc; i++)
        if (cli->argv[i][0] == '-')
            return wr_cli_usage(cli);
    for (int i = 0; i < cli->argc; i++)
        run(cli->argv[i], &o, &tally);

    return wr_tally_end(&tally);
}
