/*
 * weir-conformance SUITE MANIFEST [--store URL] [--reload]
 *
 *     betsy          all of its manifest: models to run, models to refuse
 *     betsy-run, betsy-static    one half of it
 *     bpmnspector, miwg          models that are judged without running them
 *     scenarios      every *.json of a folder (given in place of a manifest)
 *
 * One line a case, then "N passed, N failed, N skipped"; exit 1 on a failure.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "cli/betsy.h"
#include "cli/cli.h"
#include "tests/conformance/static.h"

typedef int suite_fn(const char *manifest, const struct wr_play_options *o,
                     struct wr_tally *tally, struct wr_err *err);

static int
judge(const char *suite, const char *manifest, struct wr_tally *tally,
      struct wr_err *err)
{
    struct conformance_counts n = { 0 };

    fflush(stdout);
    if (conformance_count(suite, manifest, &n) != 0)
        return wr_fail(err, WR_EIO, "'%s' cannot be read", manifest);
    tally->passed += n.passed;
    tally->failed += n.failed;
    tally->skipped += n.skipped;

    return 0;
}

static int
betsy_static(const char *manifest, const struct wr_play_options *o,
             struct wr_tally *tally, struct wr_err *err)
{
    (void)o;

    return judge("betsy-static", manifest, tally, err);
}

static int
betsy(const char *manifest, const struct wr_play_options *o,
      struct wr_tally *tally, struct wr_err *err)
{
    if (wr_betsy_run(manifest, o, tally, err) < 0)
        return err->code;

    return betsy_static(manifest, o, tally, err);
}

static int
bpmnspector(const char *manifest, const struct wr_play_options *o,
            struct wr_tally *tally, struct wr_err *err)
{
    (void)o;

    return judge("bpmnspector", manifest, tally, err);
}

static int
miwg(const char *manifest, const struct wr_play_options *o,
     struct wr_tally *tally, struct wr_err *err)
{
    (void)o;

    return judge("miwg", manifest, tally, err);
}

static int
scenarios(const char *folder, const struct wr_play_options *o,
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

static const struct {
    const char *name;
    suite_fn *run;
} suites[] = {
    { "betsy", betsy },
    { "betsy-run", wr_betsy_run },
    { "betsy-static", betsy_static },
    { "bpmnspector", bpmnspector },
    { "miwg", miwg },
    { "scenarios", scenarios },
};

static int
usage(void)
{
    fputs("usage: weir-conformance SUITE MANIFEST [--store URL] [--reload]\n"
          "suites:",
          stderr);
    for (size_t i = 0; i < WR_COUNT(suites); i++)
        fprintf(stderr, " %s", suites[i].name);
    fputc('\n', stderr);

    return 2;
}

static suite_fn *
find(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(suites); i++)
        if (strcmp(suites[i].name, name) == 0)
            return suites[i].run;

    return NULL;
}

int
main(int argc, char **argv)
{
    suite_fn *run = argc < 3 ? NULL : find(argv[1]);
    struct wr_play_options o = { 0 };
    struct wr_tally tally = { 0 };
    struct wr_err err;

    if (!run)
        return usage();
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "--reload") == 0)
            o.reload = true;
        else if (strcmp(argv[i], "--store") == 0 && i + 1 < argc)
            o.store_url = argv[++i];
        else
            return usage();
    }
    if (run(argv[2], &o, &tally, &err) < 0)
        return wr_cli_fail(&err);

    return wr_tally_end(&tally);
}
