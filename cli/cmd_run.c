/* weir run: one process in memory, from start until nothing moves. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/stage.h"
#include "engine/base/json.h"

enum {
    MAX_FIRINGS = 10000 /* timers of --virtual: a cycle may have no end */
};

enum {
    COMPLETED = 0,
    FAILED = 1,
    WAITING = 2
};

struct args {
    const char *const *files; /* the process's, and what goes with it */
    int n_files;
    const char *process;
    const struct wr_value *variables;
    bool trace, real_clock;
    struct wr_str *json; /* --json: the trace so far; NULL: print it */
};

static bool
parse(struct wr_cli *cli, struct args *out)
{
    bool ok;

    out->trace = wr_arg_flag(cli, "--trace");
    out->real_clock = !wr_arg_flag(cli, "--virtual");
    out->process = wr_arg_option(cli, "--process");
    out->variables = wr_arg_variables(cli, "--var", &ok);
    out->files = (const char *const *)cli->argv;
    out->n_files = cli->argc;
    for (int i = 0; i < cli->argc; i++)
        ok = ok && (cli->argv[i][0] != '-' || !cli->argv[i][1]);

    return ok && cli->argc > 0;
}

static void
print_findings(struct wr_arena *a, const struct wr_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct wr_str line = { .arena = a };

        wr_finding_json(&line, &f->items[i]);
        fprintf(stderr, "%s\n", wr_str_text(&line));
    }
}

/* The process named, else the first executable one, else the first; NULL: there
 * is none. */
static const char *
choose(const struct args *args, const struct wr_deployed *d)
{
    if (args->process)
        return args->process;
    for (int i = 0; i < d->n_definitions; i++)
        if (d->definitions[i].executable)
            return d->definitions[i].key;

    return d->n_definitions ? d->definitions[0].key : NULL;
}

static void
print_trace(struct wr_stage *s, const struct args *args)
{
    if (args->trace && args->json)
        wr_str_add(args->json, wr_str_text(&s->trace));
    else if (args->trace)
        fputs(wr_str_text(&s->trace), stdout);
    wr_stage_mark(s);
}

/* Run async work, and with a virtual clock all timers, until nothing moves. */
static int
play(struct wr_stage *s, const struct args *args, struct wr_err *err)
{
    for (int n = 0; n < MAX_FIRINGS; n++) {
        int64_t at = wr_clock_now(&s->clock);
        bool any;
        int ran;

        if (wr_runtime_run_due(s->rt, INT32_MAX, &ran, err) < 0)
            return err->code;
        print_trace(s, args);
        if (args->real_clock)
            return 0;
        if (wr_stage_next_due(s, &any, &at, err) < 0)
            return err->code;
        if (!any)
            return 0;
        s->clock.now = at > s->clock.now ? at : s->clock.now;
    }

    return wr_fail(err, WR_ELIMIT, "stopped after %d timers", MAX_FIRINGS);
}

static void
print_waits(const struct wr_view *v, struct wr_arena *a)
{
    const struct wr_token_info *t;
    int n = wr_instance_tokens(v->instance, v->definition->model, a, &t);

    for (int i = 0; i < n; i++) {
        const char *id = v->definition->model->nodes[t[i].node].id;

        if (t[i].state == WR_TOKEN_ACTIVE)
            continue;
        printf("token %s %s", id, wr_token_state_name(t[i].state));
        if (t[i].waiting_for)
            printf(" for %s", t[i].waiting_for);
        if (t[i].detail)
            printf(" %s", t[i].detail);
        putchar('\n');
    }
}

static int
print_incidents(struct wr_stage *s, const struct wr_uuid *id,
                struct wr_arena *a, struct wr_err *err)
{
    const struct wr_node *node;
    struct wr_rows rows;

    if (wr_stage_rows(s, WR_INCIDENTS, id, a, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_incident_row *row = &rows.incidents[i];

        if (wr_stage_element(s, id, row->element, a, &node, err) < 0)
            return err->code;
        printf("incident %s %s: %s\n", node->id, row->type,
               row->message ? row->message : "");
    }

    return 0;
}

static int
exit_status(const struct wr_instance_row *row)
{
    if (row->state == WR_COMPLETED)
        return COMPLETED;
    if (row->state == WR_ACTIVE && row->incidents == 0)
        return WAITING;

    return FAILED;
}

static int
print_end(struct wr_stage *s, struct wr_arena *a, int *status,
          struct wr_err *err)
{
    struct wr_str variables = { .arena = a };
    const struct wr_value *v;
    struct wr_view view;
    struct wr_uuid id;

    if (wr_stage_instance(s, "p", &id, err) < 0
        || wr_stage_view(s, &id, a, &view, err) < 0)
        return err->code;
    v = wr_instance_variables(view.instance, 0, a);
    if (v)
        wr_json_write(&variables, v, WR_JSON_PLAIN);
    printf("state %s\nvariables %s\n", wr_instance_state_name(view.row->state),
           v ? wr_str_text(&variables) : "{}");
    *status = exit_status(view.row);
    print_waits(&view, a);

    return print_incidents(s, &id, a, err);
}

/* ---- the same as one JSON object ---- */

static const struct wr_value *
text_value(struct wr_arena *a, const char *s)
{
    return s ? wr_value_string(a, s) : &wr_null;
}

static const struct wr_value *
tokens_value(const struct wr_view *v, struct wr_arena *a)
{
    const struct wr_model *m = v->definition->model;
    const struct wr_token_info *t;
    int n = wr_instance_tokens(v->instance, m, a, &t);
    const struct wr_value **items = wr_newn(a, const struct wr_value *,
                                            (size_t)n + 1);
    size_t k = 0;

    for (int i = 0; i < n; i++) {
        struct wr_entry e[] = {
            { "element", wr_value_string(a, m->nodes[t[i].node].id) },
            { "state", wr_value_string(a, wr_token_state_name(t[i].state)) },
            { "waitingFor", text_value(a, t[i].waiting_for) },
            { "detail", text_value(a, t[i].detail) },
        };

        if (t[i].state != WR_TOKEN_ACTIVE)
            items[k++] = wr_value_context(a, e, WR_COUNT(e));
    }

    return wr_value_list(a, items, k);
}

static int
incidents_value(struct wr_stage *s, const struct wr_uuid *id,
                struct wr_arena *a, const struct wr_value **out,
                struct wr_err *err)
{
    const struct wr_value **items;
    struct wr_rows rows;

    if (wr_stage_rows(s, WR_INCIDENTS, id, a, &rows, err) < 0)
        return err->code;
    items = wr_newn(a, const struct wr_value *, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_incident_row *row = &rows.incidents[i];
        struct wr_entry e[3] = {
            { "type", wr_value_string(a, row->type) },
            { "message", text_value(a, row->message) },
        };
        const struct wr_node *node;

        if (wr_stage_element(s, id, row->element, a, &node, err) < 0)
            return err->code;
        e[2] = (struct wr_entry){ "element", wr_value_string(a, node->id) };
        items[i] = wr_value_context(a, e, WR_COUNT(e));
    }
    *out = wr_value_list(a, items, rows.n);

    return 0;
}

static const struct wr_value *
lines_value(struct wr_arena *a, const char *text)
{
    const struct wr_value **items = wr_newn(a, const struct wr_value *,
                                            strlen(text) + 1);
    size_t n = 0;

    while (*text) {
        size_t len = strcspn(text, "\n");

        items[n++] = wr_value_string(a, wr_arena_strndup(a, text, len));
        text += len + (text[len] == '\n');
    }

    return wr_value_list(a, items, n);
}

static int
print_json(struct wr_stage *s, const struct args *args, struct wr_arena *a,
           int *status, struct wr_err *err)
{
    const struct wr_value *vars;
    struct wr_entry e[5];
    struct wr_view view;
    struct wr_uuid id;
    size_t n = 4;

    if (wr_stage_instance(s, "p", &id, err) < 0
        || wr_stage_view(s, &id, a, &view, err) < 0)
        return err->code;
    vars = wr_instance_variables(view.instance, 0, a);
    e[0] = (struct wr_entry){
        "state", wr_value_string(a, wr_instance_state_name(view.row->state))
    };
    e[1] = (struct wr_entry){ "variables",
                              vars ? vars : wr_value_context(a, NULL, 0) };
    e[2] = (struct wr_entry){ "tokens", tokens_value(&view, a) };
    e[3].key = "incidents";
    if (incidents_value(s, &id, a, &e[3].value, err) < 0)
        return err->code;
    if (args->trace)
        e[n++] = (struct wr_entry){ "trace",
                                    lines_value(a, wr_str_text(args->json)) };
    wr_print_value(a, wr_value_context(a, e, n));
    *status = exit_status(view.row);

    return 0;
}

static int
run(struct wr_stage *s, const struct args *args, struct wr_arena *a,
    int *status, struct wr_err *err)
{
    struct wr_deployed d;
    int r = wr_stage_deploy(s, NULL, args->files, args->n_files, &d, err);

    print_findings(a, &d.findings);
    if (r == 0 && !choose(args, &d))
        return wr_fail(err, WR_EINVALID, "'%s' has no process", args->files[0]);
    if (r < 0
        || wr_stage_start(s, choose(args, &d), "p", NULL, args->variables, err)
               < 0)
        return err->code;
    print_trace(s, args);
    if (play(s, args, err) < 0)
        return err->code;

    return args->json ? print_json(s, args, a, status, err)
                      : print_end(s, a, status, err);
}

int
wr_cmd_run(struct wr_cli *cli)
{
    wr_auto(wr_stage_close) struct wr_stage *s = NULL;
    struct wr_clock wall = { 0 };
    struct wr_str trace = { .arena = cli->arena };
    struct args args = { .json = cli->json ? &trace : NULL };
    struct wr_err err = { 0 };
    int status = FAILED;

    if (!parse(cli, &args))
        return wr_cli_usage(cli);
    if (wr_stage_open(&(struct wr_stage_options){ .real_clock = args.real_clock,
                                                  .now = wr_clock_now(&wall),
                                                  .auto_async = true },
                      &s, &err)
            < 0
        || run(s, &args, cli->arena, &status, &err) < 0)
        return wr_cli_fail(&err);

    return status;
}
