/* weir dmn: make a decision of a file, or run files of the DMN TCK. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/models.h"
#include "cli/tck.h"
#include "engine/base/str.h"

static int
tck(struct wr_cli *cli)
{
    struct wr_tally tally = { .json = cli->json };
    int status = 0, ended;

    if (cli->argc == 0)
        return wr_cli_usage(cli);
    for (int i = 0; i < cli->argc; i++) {
        struct wr_err err = { 0 };

        if (wr_tck_run(cli->argv[i], &tally, &err) < 0)
            status = wr_cli_fail(&err);
    }
    ended = wr_tally_end(&tally);

    return ended ? ended : status;
}

static const struct wr_value *
rules_of(struct wr_arena *a, const struct wr_dmn_step *step)
{
    const struct wr_value **items;
    size_t n = 0;

    for (const struct wr_dmn_rule *r = step->rules; r; r = r->next)
        n++;
    items = wr_newn(a, const struct wr_value *, n + 1);
    n = 0;
    for (const struct wr_dmn_rule *r = step->rules; r; r = r->next)
        items[n++] = wr_value_int(a, (int64_t)r->number);

    return wr_value_list(a, items, n);
}

/* Each decision made: {"decision", "inputs", "value", "matchedRules"}. */
static void
print_trace(struct wr_arena *a, const struct wr_dmn_step *step)
{
    for (; step; step = step->next) {
        struct wr_entry e[] = {
            { "decision", wr_value_string(a, wr_dmn_name(step->decision)) },
            { "inputs", step->inputs },
            { "value", step->value },
            { "matchedRules", rules_of(a, step) },
        };
        struct wr_str s = { .arena = a };

        wr_json_write(&s, wr_value_context(a, e, step->rules ? 4 : 3),
                      WR_JSON_TYPED);
        fprintf(stderr, "%s\n", wr_str_text(&s));
    }
}

static void
print_warnings(const struct wr_expr_env *env)
{
    for (const struct wr_expr_warning *w = env->warnings; w; w = w->next)
        fprintf(stderr, "weir: warning: %s\n", w->text);
}

static void
print_findings(struct wr_arena *a, const struct wr_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct wr_str s = { .arena = a };

        wr_finding_json(&s, &f->items[i]);
        fprintf(stderr, "%s\n", wr_str_text(&s));
    }
}

static int
evaluate(struct wr_cli *cli, const struct wr_dmn *dmn, const char *name,
         const struct wr_value *inputs, bool trace)
{
    struct wr_expr_env env = {
        .arena = cli->arena,
        .budget = WR_DMN_BUDGET,
        .now = (int64_t)time(NULL) * 1000,
    };
    const struct wr_dmn_element *what = wr_dmn_find(
        dmn, WR_DMN_DECISION | WR_DMN_SERVICE | WR_DMN_BKM, name);
    struct wr_dmn_result result;
    struct wr_str s = { .arena = cli->arena };
    struct wr_err err = { 0 };

    if (!what) {
        wr_fail(&err, WR_ENOTFOUND, "there is no decision '%s'", name);
        return wr_cli_fail(&err);
    }
    if (wr_dmn_evaluate(dmn, what, inputs, &env, &result, &err) < 0)
        return wr_cli_fail(&err);
    print_warnings(&env);
    if (trace)
        print_trace(cli->arena, result.steps);
    wr_json_write(&s, result.value, WR_JSON_TYPED);
    puts(wr_str_text(&s));

    return 0;
}

/* The only decision of the file, or NULL. */
static const char *
only_decision(const struct wr_dmn *dmn)
{
    const char *name = NULL;

    for (const struct wr_dmn_element *e = wr_dmn_next(dmn, NULL); e;
         e = wr_dmn_next(dmn, e)) {
        if (wr_dmn_kind(e) != WR_DMN_DECISION)
            continue;
        if (name)
            return NULL;
        name = wr_dmn_name(e);
    }

    return name;
}

static int
read_inputs(struct wr_cli *cli, const char *json, const struct wr_value **out,
            struct wr_err *err)
{
    *out = wr_value_context(cli->arena, NULL, 0);
    if (!json)
        return 0;
    if (wr_json_parse(cli->arena, json, strlen(json), out, err) < 0
        || wr_json_untype(cli->arena, *out, out, err) < 0)
        return wr_wrap(err, "--input");
    if ((*out)->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EJSON, "--input: a JSON object is expected");

    return 0;
}

int
wr_cmd_dmn(struct wr_cli *cli)
{
    bool trace = wr_arg_flag(cli, "--trace");
    const char *name, *json;
    const struct wr_value *inputs;
    const struct wr_dmn *dmn;
    struct wr_findings findings = { .arena = cli->arena };
    struct wr_err err = { 0 };

    if (wr_arg_flag(cli, "--tck"))
        return tck(cli);
    name = wr_arg_option(cli, "--decision");
    json = wr_arg_option(cli, "--input");
    if (cli->argc != 1 || cli->argv[0][0] == '-')
        return wr_cli_usage(cli);
    if (wr_models_load(cli->arena, cli->argv[0], &findings, &dmn, &err) < 0
        || read_inputs(cli, json, &inputs, &err) < 0)
        return wr_cli_fail(&err);
    print_findings(cli->arena, &findings);
    if (!name)
        name = only_decision(dmn);
    if (!name)
        return wr_cli_usage(cli);

    return evaluate(cli, dmn, name, inputs, trace);
}
