/* play_steps: the operations of a scenario, one function a word. */
#include <string.h>

#include "cli/play.h"
#include "engine/base/time.h"

typedef int step_fn(struct wr_play *p, const struct wr_value *step,
                    struct wr_err *err);

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

static int
bpmn_error(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    const struct wr_value *what = wr_value_get(step, "bpmnError");
    const struct wr_value *sel = wr_value_get(what, "task");
    struct wr_command c = { .event = { .type = WR_EV_TASK_ERROR,
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

/* ---- messages ---- */

static int
has_match(struct wr_play *p, const struct wr_uuid *instance,
          const struct wr_value *want, bool *out, struct wr_err *err)
{
    const struct wr_value *have;
    struct wr_view view;

    *out = true;
    if (!want || want->type != WR_V_CONTEXT)
        return 0;
    if (wr_stage_view(p->stage, instance, p->arena, &view, err) < 0)
        return err->code;
    have = wr_instance_variables(view.instance, 0, p->arena);
    for (size_t i = 0; i < want->context.n; i++) {
        const struct wr_entry *e = &want->context.entries[i];
        const struct wr_value *v = have ? wr_value_get(have, e->key) : NULL;

        if (!v || !wr_value_equal(v, e->value))
            *out = false;
    }

    return 0;
}

/* With `match`: the one instance whose variables fit. */
static int
correlated_instance(struct wr_play *p, const struct wr_value *step,
                    const char *name, const struct wr_uuid **out,
                    struct wr_err *err)
{
    const struct wr_value *want = wr_value_get(step, "match");
    struct wr_rows rows;
    bool fits;

    if (wr_play_in(p, step, out, err) < 0)
        return err->code;
    if (!want)
        return 0;
    if (wr_stage_rows(p->stage, WR_SUBSCRIPTIONS, *out, p->arena, &rows, err)
        < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        if (strcmp(rows.subscriptions[i].name, name) != 0)
            continue;
        if (has_match(p, &rows.subscriptions[i].instance, want, &fits, err) < 0)
            return err->code;
        if (fits) {
            *out = &rows.subscriptions[i].instance;
            return 0;
        }
    }

    return wr_fail(err, WR_ENOSUBSCRIPTION, "nothing matches");
}

static int
correlate(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    struct wr_message m = {
        .name = wr_play_text(step, "correlate"),
        .business_key = wr_play_text(step, "businessKey"),
        .variables = vars(step),
        .tenant = p->stage->tenant,
    };
    struct wr_delivery d;

    if (!m.name)
        return wr_fail(err, WR_EINVALID, "correlate wants a message name");
    if (correlated_instance(p, step, m.name, &m.instance, err) < 0)
        return err->code;

    return wr_runtime_correlate(p->stage->rt, &m, p->arena, &d, err);
}

static int
deliver_to(struct wr_play *p, const struct wr_subscription_row *s,
           const struct wr_value *variables, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_MESSAGE,
                                       .target = s->id,
                                       .variables = variables },
                            .instance = s->instance };

    return wr_stage_call(p->stage, c, err);
}

/* deliver: one of the matching subscriptions; deliverAll: each of them. */
static int
deliver_some(struct wr_play *p, const struct wr_value *step,
             const struct wr_value *what, bool all, struct wr_err *err)
{
    const char *name = wr_play_text(what, "message");
    const char *activity = wr_play_text(what, "activity");
    const struct wr_node *node;
    const struct wr_uuid *in;
    struct wr_rows rows;
    int n = 0;

    if (wr_play_in(p, step, &in, err) < 0
        || wr_stage_rows(p->stage, WR_SUBSCRIPTIONS, in, p->arena, &rows, err)
               < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_subscription_row *s = &rows.subscriptions[i];

        if (wr_stage_element(p->stage, &s->instance, s->element, p->arena,
                             &node, err)
            < 0)
            return err->code;
        if (!name || strcmp(s->name, name) != 0
            || (activity && strcmp(node->id, activity) != 0))
            continue;
        if (n++ > 0 && !all)
            break;
        if (deliver_to(p, s, vars(step), err) < 0)
            return err->code;
    }
    if (n == 0)
        return wr_fail(err, WR_ENOSUBSCRIPTION, "nothing waits for '%s'",
                       name ? name : "");

    return 0;
}

static int
deliver(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    return deliver_some(p, step, wr_value_get(step, "deliver"), false, err);
}

static int
deliver_all(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    return deliver_some(p, step, wr_value_get(step, "deliverAll"), true, err);
}

/* ---- jobs and time ---- */

static int
trigger(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    const struct wr_value *what = wr_value_get(step, "trigger");
    const char *activity = wr_play_text(what, "activity");
    const struct wr_node *node;
    const struct wr_uuid *in;
    struct wr_rows rows;
    int n = 0;

    if (wr_play_in(p, step, &in, err) < 0
        || wr_stage_rows(p->stage, WR_JOBS, in, p->arena, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_job_row *j = &rows.jobs[i];
        struct wr_command c = { .event = { .type = WR_EV_JOB_COMPLETE,
                                           .target = j->id,
                                           .variables = vars(step) },
                                .instance = j->instance };

        if (wr_stage_element(p->stage, &j->instance, j->element, p->arena,
                             &node, err)
            < 0)
            return err->code;
        if (activity && strcmp(node->id, activity) != 0)
            continue;
        if (n++ > 0 && !wr_play_true(what, "all"))
            break;
        if (wr_stage_call(p->stage, c, err) < 0)
            return err->code;
    }
    if (n == 0)
        return wr_fail(err, WR_ENOTFOUND, "nothing waits at '%s'",
                       activity ? activity : "");

    return 0;
}

static int
run_job(struct wr_play *p, const struct wr_job_row *j, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_JOB_RUN, .target = j->id },
                            .instance = j->instance };

    return wr_stage_call(p->stage, c, err);
}

/* One round of async continuations; how many there were. */
static int
async_round(struct wr_play *p, const char *only, int *n, struct wr_err *err)
{
    const struct wr_node *node;
    struct wr_rows rows;

    *n = 0;
    if (wr_stage_rows(p->stage, WR_JOBS, NULL, p->arena, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_job_row *j = &rows.jobs[i];
        int r;

        if (j->kind != WR_JOB_ASYNC)
            continue;
        if (wr_stage_element(p->stage, &j->instance, j->element, p->arena,
                             &node, err)
            < 0)
            return err->code;
        if (only && strcmp(only, node->id) != 0)
            continue;
        r = run_job(p, j, err);
        if (r < 0 && r != WR_ENOTFOUND && r != WR_ESTATE)
            return r;
        (*n)++;
    }

    return 0;
}

static int
run_async(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    const char *only = wr_play_text(step, "runAsync");
    int n;

    if (only && strcmp(only, "all") == 0)
        only = NULL;
    do {
        if (async_round(p, only, &n, err) < 0)
            return err->code;
    } while (n > 0 && !wr_play_true(step, "once"));

    return 0;
}

static int
advance(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    const char *span = wr_play_text(step, "advance");
    int64_t at;

    if (!span)
        return wr_fail(err, WR_EINVALID, "advance wants a duration");
    if (wr_instant_add_duration(p->stage->clock.now, span, strlen(span), &at,
                                err)
        < 0)
        return err->code;

    return wr_stage_advance(p->stage, at, /* async= */ false, err);
}

static int
fire_timer(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    const struct wr_value *what = wr_value_get(step, "fireTimer");
    const char *activity = wr_play_text(what, "activity");
    const struct wr_node *node;
    const struct wr_uuid *in;
    struct wr_rows rows;

    if (wr_play_in(p, step, &in, err) < 0
        || wr_stage_rows(p->stage, WR_TIMERS, in, p->arena, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        const struct wr_timer_row *t = &rows.timers[i];
        struct wr_command c = {
            .event = { .type = WR_EV_TIMER, .target = t->id, .actor = "timer" },
            .instance = t->instance
        };

        if (wr_stage_element(p->stage, &t->instance, t->element, p->arena,
                             &node, err)
            < 0)
            return err->code;
        if (activity && strcmp(node->id, activity) != 0)
            continue;
        /* The engine fires what is due: its time comes now. */
        if (t->due_at > p->stage->clock.now)
            p->stage->clock.now = t->due_at;
        return wr_stage_call(p->stage, c, err);
    }

    return wr_fail(err, WR_ENOTFOUND, "no timer waits");
}

static int
check(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    return wr_play_check(p, wr_value_get(step, "assert"), err);
}

/* ---- all of them ---- */

static int
not_built(struct wr_play *p, const struct wr_value *step, struct wr_err *err)
{
    (void)p;

    return wr_fail(err, WR_EUNSUPPORTED, "step '%s'",
                   step->context.entries[0].key);
}

static const struct {
    const char *word;
    step_fn *run;
} words[] = {
    { "assert", check },
    { "deploy", deploy },
    { "start", start },
    { "startByMessage", not_built },
    { "complete", complete },
    { "completeAll", complete_all },
    { "correlate", correlate },
    { "deliver", deliver },
    { "deliverAll", deliver_all },
    { "signal", not_built },
    { "trigger", trigger },
    { "runAsync", run_async },
    { "advance", advance },
    { "fireTimer", fire_timer },
    { "setVars", set_vars },
    { "bpmnError", bpmn_error },
    { "escalate", not_built },
    { "evaluateStartConditions", not_built },
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
