/* weir lint: what deployment would say about files, one JSON line a finding. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/models.h"
#include "engine/base/str.h"
#include "engine/model/bpmn.h"
#include "engine/model/inputs.h"

static void
print(struct wr_arena *a, const struct wr_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct wr_str line = { .arena = a };

        wr_finding_json(&line, &f->items[i]);
        puts(wr_str_text(&line));
    }
}

/* Definitions of variables that lie beside it. */
static int
lint_inputs(struct wr_arena *a, const char *path, struct wr_bpmn *bpmn,
            struct wr_err *err)
{
    const char *beside = wr_inputs_file(a, path);
    const struct wr_model **models = wr_newn(a, const struct wr_model *,
                                             (size_t)bpmn->n_models + 1);
    struct wr_str bytes;

    if (access(beside, F_OK) < 0)
        return 0;
    if (wr_cli_read(a, beside, &bytes, err) < 0)
        return err->code;
    for (int i = 0; i < bpmn->n_models; i++)
        models[i] = bpmn->models[i];
    wr_inputs_judge(&bpmn->findings, wr_cli_base_name(beside),
                    wr_str_text(&bytes), bytes.len, models, bpmn->n_models);

    return 0;
}

/* Such a file by itself: its processes are linted with it. */
static int
lint_alone(const char *path, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_findings f = { .arena = a };
    struct wr_str bytes;

    if (wr_cli_read(a, path, &bytes, err) < 0)
        return err->code;
    wr_inputs_judge(&f, wr_cli_base_name(path), wr_str_text(&bytes), bytes.len,
                    NULL, 0);
    print(a, &f);

    return f.n_errors > 0;
}

static bool
is_dmn(const char *path)
{
    size_t n = strlen(path);

    return n > 4 && strcmp(path + n - 4, ".dmn") == 0;
}

/* A decision model, with those it imports from its folder. */
static int
lint_dmn(const char *path, bool strict, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    struct wr_findings f = { .arena = a };
    const struct wr_dmn *dmn;

    if (wr_models_load(a, path, &f, &dmn, err) == 0)
        wr_dmn_lint(dmn, &f);
    else if (f.n == 0)
        return err->code;
    if (strict)
        wr_findings_strict(&f);
    print(a, &f);

    return f.n_errors > 0;
}

static bool
is_decided(const struct wr_dmn *const *dmn, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++)
        for (const struct wr_dmn_element *e = wr_dmn_next(dmn[i], NULL); e;
             e = wr_dmn_next(dmn[i], e))
            if ((wr_dmn_kind(e) & (WR_DMN_DECISION | WR_DMN_SERVICE))
                && strcmp(wr_dmn_key(e), key) == 0)
                return true;

    return false;
}

/* Decisions that tasks name; where no decision lies beside nothing is known. */
static int
lint_decisions(struct wr_arena *a, const char *path, struct wr_bpmn *bpmn,
               struct wr_err *err)
{
    const struct wr_dmn **dmn;
    size_t n;

    if (wr_models_beside(a, path, &dmn, &n, err) < 0)
        return err->code;
    for (int i = 0; n && i < bpmn->n_models; i++) {
        const struct wr_model *m = bpmn->models[i];

        for (int k = 0; k < m->n_nodes; k++) {
            const struct wr_decision_def *d = m->nodes[k].decision;

            if (d && d->ref.text && d->ref.text[0] && !d->ref.expr
                && !is_decided(dmn, n, d->ref.text))
                wr_found(&bpmn->findings, WR_F_NO_SUCH_DECISION, m->nodes[k].id,
                         m->nodes[k].line,
                         "'%s' names the decision '%s', which is in no .dmn"
                         " file beside it",
                         m->nodes[k].id, d->ref.text);
        }
    }

    return 0;
}

/* A script in a file beside that of the model. */
static bool
script_of(void *files, struct wr_arena *a, const char *name, const char **bytes,
          size_t *len)
{
    const char *path = files, *base = wr_cli_base_name(path);
    struct wr_str text;
    struct wr_err ignored;

    if (strchr(name, '/')
        || wr_cli_read(
               a, wr_arena_printf(a, "%.*s%s", (int)(base - path), path, name),
               &text, &ignored)
               < 0)
        return false;
    *bytes = wr_str_text(&text);
    *len = text.len;

    return true;
}

/* The number of error findings, negative when the file cannot be read. */
static int
lint(const char *path, bool strict, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(65536);
    struct wr_bpmn_options options = { .strict = strict,
                                       .file = script_of,
                                       .files = (void *)(uintptr_t)path };
    struct wr_bpmn bpmn = { 0 };
    struct wr_str bytes;

    if (wr_inputs_is_file(path))
        return lint_alone(path, err);
    if (is_dmn(path))
        return lint_dmn(path, strict, err);
    if (wr_cli_read(a, path, &bytes, err) < 0)
        return err->code;
    if (wr_bpmn_read(a, wr_str_text(&bytes), bytes.len, &options, &bpmn, err)
        < 0) {
        if (err->code != WR_EPARSE && err->code != WR_ELIMIT)
            return wr_wrap(err, "%s", path);
        bpmn.findings = (struct wr_findings){ .arena = a };
        wr_finding_add(&bpmn.findings, wr_bpmn_finding(a, err));
    }
    if (lint_inputs(a, path, &bpmn, err) < 0
        || lint_decisions(a, path, &bpmn, err) < 0)
        return err->code;
    if (strict)
        wr_findings_strict(&bpmn.findings);
    print(a, &bpmn.findings);

    return bpmn.findings.n_errors > 0;
}

int
wr_cmd_lint(struct wr_cli *cli)
{
    bool strict = wr_arg_flag(cli, "--strict");
    int status = 0;

    if (cli->argc == 0)
        return wr_cli_usage(cli);
    for (int i = 0; i < cli->argc; i++) {
        struct wr_err err = { 0 };
        int r;

        if (cli->argv[i][0] == '-' && cli->argv[i][1])
            return wr_cli_usage(cli);
        r = lint(cli->argv[i], strict, &err);
        if (r < 0)
            wr_cli_fail(&err);
        if (r != 0)
            status = 1;
    }

    return status;
}
