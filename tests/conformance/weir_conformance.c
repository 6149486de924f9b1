/*
 * weir-conformance SUITE MANIFEST [--store URL] [--reload]
 *
 *     betsy        executable models of betsy's manifest
 *     scenarios    every *.json of a folder (given in place of a manifest)
 *
 * One line a case, then "N passed, N failed, N skipped"; exit 1 on a failure.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "cli/betsy.h"
#include "cli/cli.h"

static int
usage(void)
{
    fprintf(stderr, "usage: weir-conformance betsy|scenarios MANIFEST "
                    "[--store URL] [--reload]\n");

    return 2;
}

static int
run_scenarios(const char *folder, const struct wr_play_options *o,
              struct wr_tally *tally, struct wr_err *err)
{
    char pattern[4096];
    glob_t found;

    snprintf(pattern, sizeof(pattern), "%s/*.json", folder);
    if (glob(pattern, 0, NULL, &found) != 0)
        return wr_fail(err, WR_EIO, "no scenario in '%s'", folder);
    for (size_t i = 0; i < found.gl_pathc; i++)
        wr_scenario_run(found.gl_pathv[i], o, tally);
    globfree(&found);

    return 0;
}

int
main(int argc, char **argv)
{
    struct wr_play_options o = { 0 };
    struct wr_tally tally = { 0 };
    struct wr_err err;
    int r;

    if (argc < 3)
        return usage();
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "--reload") == 0)
            o.reload = true;
        else if (strcmp(argv[i], "--store") == 0 && i + 1 < argc)
            o.store_url = argv[++i];
        else
            return usage();
    }
    if (strcmp(argv[1], "betsy") == 0)
        r = wr_betsy_run(argv[2], &o, &tally, &err);
    else if (strcmp(argv[1], "scenarios") == 0)
        r = run_scenarios(argv[2], &o, &tally, &err);
    else
        return usage();
    if (r < 0)
        return wr_cli_fail(&err);

    return wr_tally_end(&tally);
}
