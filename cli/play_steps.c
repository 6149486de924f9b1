/* play_steps: the operations of a scenario, one function a word. */
#include <string.h>

#include "cli/play.h"

static const struct wr_value *
vars(const struct wr_value *step)
{
    return wr_value_get(step, "vars");
}

/* ---- deploy, start, cancel ---- */

static int
deploy(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    const struct wr_value *list = wr_value_get(step, "deploy");
    const char **files;
    struct wr_deployed d;
    const char *missing;

    if (list->type != WR_V_LIST)
        return wr_fail(err, WR_EINVALID, "deploy wants a list of files");
    files = wr_newn(p->arena, const char *, list->list.n + 1);
    for (size_t i = 0; i < list->list.n; i++) {
        if (list->list.items[i]->type != WR_V_STRING)
            return wr_fail(err, WR_EINVALID, "deploy wants file names");
        files[i] = list->list.items[i]->string.s;
    }
    if (wr_stage_deploy(p->stage, p->dir, files, (int)list->list.n, &d, err)
        == 0)
        return 0;
    missing = wr_stage_unsupported(&d);
    if (missing)
        return wr_fail(err, WR_EUNSUPPORTED, "%s", missing);

    return wr_wrap(err, "deploy");
}

/* A refused start leaves nothing behind: C7 rolls back, so do we. */
static int
undo_start(struct wr_play *p, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_CANCEL },
                            .instance = p->stage->names->instance };

    p->stage->names = p->stage->names->next;

    return wr_stage_call(p->stage, c, err);
}

static int
start(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    const char *key = wr_play_text(step, "start");
    const char *as = wr_play_text(step, "as");
    const struct wr_value *version = wr_value_get(step, "version");
    int64_t n;

    if (!key)
        return wr_fail(err, WR_EINVALID, "start wants a process id");
    if (version && version->type == WR_V_NUMBER
        && wr_decimal_to_int(version->number, &n))
        key = wr_arena_printf(p->arena, "%s:%lld", key, (long long)n);
    if (wr_stage_start(p->stage, key, as ? as : "p",
                       wr_play_text(step, "businessKey"), vars(step), err)
        < 0)
        return err->code;
    if (p->stage->raised && wr_value_get(step, "expectError"))
        return undo_start(p, err);

    return 0;
}

static int
start_met(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    return wr_stage_start_met(p->stage, wr_play_text(step, "as"),
                              wr_play_text(step, "businessKey"), vars(step),
                              err);
}

static int
cancel(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    const char *alias = wr_play_text(step, "cancel");
    struct wr_command c = { .event = { .type = WR_EV_CANCEL } };

    if (wr_stage_instance(p->stage, alias ? alias : "p", &c.instance, err) < 0)
        return err->code;

    return wr_stage_call(p->stage, c, err);
}

/* ---- tasks ---- */

/* The one task meant by `word` of the step. */
static int
one_task(struct wr_play *p, const struct wr_value *step,
         const struct wr_value *sel, struct wr_play_task *out,
         struct wr_err *err)
{
    struct wr_play_task *tasks = NULL;
    const struct wr_uuid *in;
    size_t n = 0;

    if (wr_play_in(p, step, &in, err) < 0
        || wr_play_tasks(p, sel, in, &tasks, &n, err) < 0)
        return err->code;
    if (n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no task matches");
    if (n > 1 && !wr_play_true(sel, "any"))
        return wr_fail(err, WR_EAMBIGUOUS, "%zu tasks match", n);
    *out = tasks[0];

    return 0;
}

static int
complete_task(struct wr_play *p, const struct wr_task_row *t,
              const struct wr_value *variables, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_TASK_COMPLETE,
                                       .target = t->id,
                                       .variables = variables },
                            .instance = t->instance };

    return wr_stage_call(p->stage, c, err);
}

static int
complete(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    struct wr_play_task t;

    if (one_task(p, step, wr_value_get(step, "complete"), &t, err) < 0)
        return err->code;

    return complete_task(p, t.row, vars(step), err);
}

static int
complete_all(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    struct wr_play_task *tasks = NULL;
    const struct wr_uuid *in;
    size_t n = 0;

    if (wr_play_in(p, step, &in, err) < 0
        || wr_play_tasks(p, wr_value_get(step, "completeAll"), in, &tasks, &n,
                         err)
               < 0)
        return err->code;
    for (size_t i = 0; i < n; i++)
        if (complete_task(p, tasks[i].row, vars(step), err) < 0)
            return err->code;

    return 0;
}

/* "bpmnError" and "escalate": a task, named or selected, throws a code. */
static int
throw_from(struct wr_play *p, const struct wr_value *step,
           enum wr_event_type type, const struct wr_value *what,
           struct wr_err *err)
{
    const struct wr_value *sel = wr_value_get(what, "task");
    struct wr_command c = { .event = { .type = type,
                                       .text = wr_play_text(what, "code"),
                                       .variables = vars(step) } };
    struct wr_play_task t;

    if (sel && sel->type == WR_V_STRING) {
        struct wr_entry e = { "activity", sel };

        sel = wr_value_context(p->arena, &e, 1);
    }
    if (one_task(p, step, sel ? sel : wr_value_context(p->arena, NULL, 0), &t,
                 err)
        < 0)
        return err->code;
    c.event.target = t.row->id;
    c.instance = t.row->instance;

    return wr_stage_call(p->stage, c, err);
}

static int
bpmn_error(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    return throw_from(p, step, WR_EV_TASK_ERROR,
                      wr_value_get(step, "bpmnError"), err);
}

static int
escalate(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    return throw_from(p, step, WR_EV_TASK_ESCALATE,
                      wr_value_get(step, "escalate"), err);
}

static int
set_at(struct wr_play *p, const struct wr_value *step, int64_t *scope,
       struct wr_uuid *instance, struct wr_err *err)
{
    const char *how = wr_play_text(step, "scope");
    const struct wr_token_info *tokens;
    struct wr_play_task t;
    struct wr_view view;
    int n;

    if (one_task(p, step, wr_value_get(step, "at"), &t, err) < 0
        || wr_stage_view(p->stage, &t.row->instance, p->arena, &view, err) < 0)
        return err->code;
    *instance = t.row->instance;
    *scope = 0;
    if (!how || strcmp(how, "local") != 0)
        return 0;
    n = wr_instance_tokens(view.instance, view.definition->model, p->arena,
                           &tokens);
    for (int i = 0; i < n; i++)
        if (wr_uuid_equal(&tokens[i].id, &t.row->id))
            *scope = tokens[i].key;

    return 0;
}

static int
set_vars(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    struct wr_command c = { .event = {
                                .type = WR_EV_SET_VARIABLES,
                                .variables = wr_value_get(step, "setVars") } };
    const char *in = wr_play_text(step, "in");

    if (wr_value_get(step, "at")) {
        if (set_at(p, step, &c.event.scope_key, &c.instance, err) < 0)
            return err->code;
    } else if (wr_stage_instance(p->stage, in ? in : "p", &c.instance, err)
               < 0) {
        return err->code;
    }

    return wr_stage_call(p->stage, c, err);
}

static int
check(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    return wr_play_check(p, wr_value_get(step, "assert"), err);
}

/* ---- all of them ---- */

static const struct {
    const char *word;
    wr_play_step_fn *run;
} words[] = {
    { "assert", check },
    { "deploy", deploy },
    { "start", start },
    { "complete", complete },
    { "completeAll", complete_all },
    { "startByMessage", wr_play_start_by_message },
    { "signal", wr_play_signal },
    { "correlate", wr_play_correlate },
    { "deliver", wr_play_deliver },
    { "deliverAll", wr_play_deliver_all },
    { "trigger", wr_play_trigger },
    { "runAsync", wr_play_run_async },
    { "advance", wr_play_advance },
    { "fireTimer", wr_play_fire_timer },
    { "setVars", set_vars },
    { "bpmnError", bpmn_error },
    { "escalate", escalate },
    { "evaluateStartConditions", start_met },
    { "cancel", cancel },
};

/* The step had to be refused: by the call, or by an incident it raised. */
static int
want_error(struct wr_play *p, const struct wr_value *step, int result,
           struct wr_err *err)
{
    const char *element = wr_play_text(wr_value_get(step, "expectError"),
                                       "element");

    if (result == WR_EUNSUPPORTED)
        return result;
    if (result == 0 && !p->stage->raised)
        return wr_fail(err, WR_ESTATE, "was not refused");
    if (element && p->stage->raised
        && strcmp(element, p->stage->raised_element) != 0)
        return wr_fail(err, WR_ESTATE, "refused at '%s', want '%s'",
                       p->stage->raised_element, element);

    return 0;
}

int
wr_play_step(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    int r;

    for (size_t i = 0; i < WR_COUNT(words); i++) {
        if (!wr_value_get(step, words[i].word))
            continue;
        wr_stage_mark(p->stage);
        r = words[i].run(p, step, err);
        if (wr_value_get(step, "expectError"))
            r = want_error(p, step, r, err);
        return r < 0 ? wr_wrap(err, "%s", words[i].word) : 0;
    }

    return wr_fail(err, WR_EUNSUPPORTED, "step '%s'",
                   step->type == WR_V_CONTEXT && step->context.n
                       ? step->context.entries[0].key
                       : "");
}
