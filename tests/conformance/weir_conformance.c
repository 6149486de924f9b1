/*
 * weir-conformance SUITE MANIFEST [--store URL] [--reload] [--budget N]
 *                  [--shuffle SEED] [--spill]
 *
 *     betsy          all of its manifest: models to run, models to refuse
 *     betsy-run, betsy-static    one half of it
 *     bpmnspector, miwg          models that are judged without running them
 *     flows          every *.flow of a folder (given in place of a manifest)
 *     scenarios      every *.json of one
 *
 * One line a case, then "N passed, N failed, N skipped"; exit 1 on a failure.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/betsy.h"
#include "cli/cli.h"
#include "cli/flow.h"
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
each(const char *folder, const char *names,
     void (*run)(const char *path, const struct wr_play_options *o,
                 struct wr_tally *tally),
     const struct wr_play_options *o, struct wr_tally *tally,
     struct wr_err *err)
{
    char pattern[4096];
    glob_t found;

    snprintf(pattern, sizeof(pattern), "%s/%s", folder, names);
    if (glob(pattern, 0, NULL, &found) != 0)
        return wr_fail(err, WR_EIO, "no %s in '%s'", names, folder);
    for (size_t i = 0; i < found.gl_pathc; i++)
        run(found.gl_pathv[i], o, tally);
    globfree(&found);

    return 0;
}

static int
scenarios(const char *folder, const struct wr_play_options *o,
          struct wr_tally *tally, struct wr_err *err)
{
    return each(folder, "*.json", wr_scenario_run, o, tally, err);
}

static int
flows(const char *folder, const struct wr_play_options *o,
      struct wr_tally *tally, struct wr_err *err)
{
    return each(folder, "*.flow", wr_flow_run, o, tally, err);
}

static const struct {
    const char *name;
    suite_fn *run;
} suites[] = {
    { "betsy", betsy },
    { "betsy-run", wr_betsy_run },
    { "betsy-static", betsy_static },
    { "bpmnspector", bpmnspector },
    { "flows", flows },
    { "miwg", miwg },
    { "scenarios", scenarios },
};

static int
usage(void)
{
    fputs("usage: weir-conformance SUITE MANIFEST [--store URL] [--reload]\n"
          "                        [--budget N] [--shuffle SEED] [--spill]\n"
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

/* A number of 1 or more behind the option at *i. */
static bool
read_number(int argc, char **argv, int *i, uint64_t max, uint64_t *out)
{
    char *end;

    if (++*i >= argc)
        return false;
    *out = strtoull(argv[*i], &end, 10);

    return *out > 0 && *out <= max && *end == '\0';
}

static bool
read_options(int argc, char **argv, struct wr_play_options *o)
{
    for (int i = 3; i < argc; i++) {
        uint64_t n;

        if (strcmp(argv[i], "--reload") == 0) {
            o->reload = true;
        } else if (strcmp(argv[i], "--spill") == 0) {
            o->spill_from = 1;
        } else if (strcmp(argv[i], "--store") == 0 && i + 1 < argc) {
            o->store_url = argv[++i];
        } else if (strcmp(argv[i], "--shuffle") == 0) {
            if (!read_number(argc, argv, &i, UINT64_MAX, &o->shuffle))
                return false;
        } else if (strcmp(argv[i], "--budget") == 0) {
            if (!read_number(argc, argv, &i, 1000000, &n))
                return false;
            o->step_budget = (int)n;
        } else {
            return false;
        }
    }

    return true;
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
    if (!read_options(argc, argv, &o))
        return usage();
    if (run(argv[2], &o, &tally, &err) < 0)
        return wr_cli_fail(&err);

    return wr_tally_end(&tally);
}
