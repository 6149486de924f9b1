/* flow_do: the operations of .flow scripts, one function a word. */
#include <stdlib.h>
#include <string.h>

#include "cli/flow_line.h"

/* ---- deploy ---- */

static int
deploy(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_deployed d;

    if (wr_stage_deploy(f->stage, f->dir, l->words + 1, l->n - 1, &d, err) < 0)
        return wr_wrap(err, "deploy");

    return 0;
}

/* refuse FILE CODE: it must not deploy, with a finding of that code. */
static int
refuse(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_deployed d;
    int r;

    if (l->n != 3)
        return wr_fail(err, WR_EINVALID, "refuse wants FILE CODE");
    r = wr_stage_deploy(f->stage, f->dir, l->words + 1, 1, &d, err);
    if (r == 0)
        return wr_fail(err, WR_ESTATE, "it was deployed");
    if (r != WR_EPARSE)
        return r;
    for (size_t i = 0; i < d.findings.n; i++)
        if (strcmp(d.findings.items[i].code, l->words[2]) == 0)
            return 0;

    return wr_fail(err, WR_ESTATE, "refused, but not for '%s'", l->words[2]);
}

/* ---- handlers ---- */

/* The handlers with one more, or another one, for `element`. */
static const struct wr_value *
with_handler(struct wr_arena *a, const struct wr_value *old,
             const char *element, const struct wr_value *what)
{
    size_t n = old ? old->context.n : 0, k = 0;
    struct wr_entry *all = wr_newn(a, struct wr_entry, n + 1);

    for (size_t i = 0; i < n; i++)
        if (strcmp(old->context.entries[i].key, element) != 0)
            all[k++] = old->context.entries[i];
    all[k++] = (struct wr_entry){ element, what };

    return wr_value_context(a, all, k);
}

/* handle ELEMENT [wait] [fail TEXT] [throw CODE] [NAME=JSON]... */
static int
handle(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_arena *a = f->arena;
    const char *fail = wr_flow_after(l, "fail");
    const char *thrown = wr_flow_after(l, "throw");
    struct wr_entry what[4], code;
    size_t k = 0;

    if (l->n < 2)
        return wr_fail(err, WR_EINVALID, "handle wants an element");
    what[k++] = (struct wr_entry){ "set", wr_flow_values(a, l) };
    if (l->n > 2 && strcmp(l->words[2], "wait") == 0)
        what[k++] = (struct wr_entry){ "wait", &wr_true };
    if (fail)
        what[k++] = (struct wr_entry){ "fail", wr_value_string(a, fail) };
    if (thrown) {
        code = (struct wr_entry){ "code", wr_value_string(a, thrown) };
        what[k++] = (struct wr_entry){ "throwError",
                                       wr_value_context(a, &code, 1) };
    }
    f->handlers.by_element = with_handler(
        a, f->handlers.by_element, l->words[1], wr_value_context(a, what, k));

    return 0;
}

/* ---- start, cancel ---- */

static int
start(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    const char *as = wr_flow_after(l, "as");

    if (l->n < 2)
        return wr_fail(err, WR_EINVALID, "start wants a definition");

    return wr_stage_start(f->stage, l->words[1], as ? as : l->words[1],
                          wr_flow_after(l, "key"), wr_flow_values(f->arena, l),
                          err);
}

/* To the instance that the line means. */
static int
call_on(struct wr_script *f, const struct wr_flow_line *l, struct wr_command c,
        struct wr_err *err)
{
    if (wr_flow_instance(f, l, &c.instance, err) < 0)
        return err->code;

    return wr_stage_call(f->stage, c, err);
}

static int
cancel(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_CANCEL } };

    return call_on(f, l, c, err);
}

/* compensate [ELEMENT] [in ALIAS] [parallel] */
static int
compensate(struct wr_script *f, const struct wr_flow_line *l,
           struct wr_err *err)
{
    bool parallel = strcmp(l->words[l->n - 1], "parallel") == 0;
    struct wr_command c = { .event = { .type = WR_EV_COMPENSATE,
                                       .parallel = parallel } };

    if (l->n > 1 && strcmp(l->words[1], "in") != 0 && !(parallel && l->n == 2))
        c.event.start_at = l->words[1];

    return call_on(f, l, c, err);
}

/* activate ELEMENT... [in ALIAS] [NAME=JSON]... and close AD-HOC: elements of
 * an ad-hoc sub-process. */
static int
activate(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    const struct wr_value *ids[WR_FLOW_WORDS];
    bool close = strcmp(l->words[0], "close") == 0;
    struct wr_command c = { .event = { .type = WR_EV_ACTIVATE,
                                       .close = close } };
    size_t n = 0;

    for (int i = 1; i < l->n; i++) {
        if (strcmp(l->words[i], "in") == 0)
            i++;
        else
            ids[n++] = wr_value_string(f->arena, l->words[i]);
    }
    if (n == 0)
        return wr_fail(err, WR_EINVALID, "%s wants an element", l->words[0]);
    if (close)
        c.event.text = ids[0]->string.s;
    else
        c.event.elements = wr_value_list(f->arena, ids, n);
    if (l->n_values)
        c.event.variables = wr_flow_values(f->arena, l);

    return call_on(f, l, c, err);
}

/* suspend [in ALIAS] */
static int
suspend(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_SUSPEND } };

    return call_on(f, l, c, err);
}

/* resume [in ALIAS] [catch-up] */
static int
resume(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = {
        .event = { .type = WR_EV_RESUME,
                   .catch_up = strcmp(l->words[l->n - 1], "catch-up") == 0 }
    };

    return call_on(f, l, c, err);
}

static const struct wr_value *
instruction(struct wr_script *f, const char *type, const char *name,
            const char *what, const struct wr_flow_line *l, int k)
{
    struct wr_arena *a = f->arena;
    struct wr_entry e[5] = { { "type", wr_value_string(a, type) },
                             { name, wr_value_string(a, what) } };
    size_t n = 2;

    for (; k + 1 < l->n; k += 2) {
        if (strcmp(l->words[k], "to") == 0)
            e[n++] = (struct wr_entry){ "to",
                                        wr_value_string(a, l->words[k + 1]) };
        else if (strcmp(l->words[k], "via") == 0)
            e[n++] = (struct wr_entry){ "viaFlow",
                                        wr_value_string(a, l->words[k + 1]) };
        else
            break;
    }
    if (l->n_values && strcmp(type, "cancel") != 0)
        e[n++] = (struct wr_entry){ "variables", wr_flow_values(a, l) };

    return wr_value_context(a, e, n);
}

/* modify [in ALIAS] {before|after|flow|cancel|move WHAT [to E] [via F]}... */
static int
modify(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    static const char *const words[][3] = {
        { "before", "startBefore", "element" },
        { "after", "startAfter", "element" },
        { "flow", "startFlow", "flow" },
        { "cancel", "cancel", "element" },
        { "move", "move", "element" },
    };
    const struct wr_value *items[WR_FLOW_WORDS];
    struct wr_command c = { .event = { .type = WR_EV_MODIFY } };
    size_t n = 0;

    for (int i = 1; i + 1 < l->n; i++) {
        for (size_t k = 0; k < WR_COUNT(words); k++) {
            if (strcmp(l->words[i], words[k][0]) == 0)
                items[n++] = instruction(f, words[k][1], words[k][2],
                                         l->words[i + 1], l, i + 2);
        }
    }
    c.event.plan = wr_value_list(f->arena, items, n);

    return call_on(f, l, c, err);
}

static int
set(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = { .event = {
                                .type = WR_EV_SET_VARIABLES,
                                .variables = wr_flow_values(f->arena, l) } };

    return call_on(f, l, c, err);
}

/* ---- tasks and jobs ---- */

struct open { /* a row that waits at an element */
    struct wr_uuid id, instance;
    int32_t element;
};

static struct open
open_of(const struct wr_rows *rows, enum wr_noun noun, size_t i)
{
    if (noun == WR_TASKS)
        return (struct open){ rows->tasks[i].id, rows->tasks[i].instance,
                              rows->tasks[i].element };
    if (noun == WR_JOBS)
        return (struct open){ rows->jobs[i].id, rows->jobs[i].instance,
                              rows->jobs[i].element };

    return (struct open){ rows->incidents[i].id, rows->incidents[i].instance,
                          rows->incidents[i].element };
}

/* The first open task, job or incident at the element; *found false: none. */
static int
find_open(struct wr_script *f, enum wr_noun noun, const struct wr_flow_line *l,
          struct open *out, bool *found, struct wr_err *err)
{
    const char *alias = wr_flow_after(l, "in");
    struct wr_uuid instance;
    struct wr_rows rows;

    *found = false;
    if (alias && wr_stage_instance(f->stage, alias, &instance, err) < 0)
        return err->code;
    if (wr_stage_rows(f->stage, noun, alias ? &instance : NULL, f->arena, &rows,
                      err)
        < 0)
        return err->code;
    for (size_t i = 0; i < rows.n && !*found; i++) {
        const struct wr_node *node;

        *out = open_of(&rows, noun, i);
        if (wr_stage_element(f->stage, &out->instance, out->element, f->arena,
                             &node, err)
            < 0)
            return err->code;
        *found = strcmp(node->id, l->words[1]) == 0;
    }

    return 0;
}

static int
must_find(struct wr_script *f, enum wr_noun noun, const struct wr_flow_line *l,
          struct open *out, struct wr_err *err)
{
    bool found = false;

    if (l->n < 2)
        return wr_fail(err, WR_EINVALID, "%s wants an element", l->words[0]);
    if (find_open(f, noun, l, out, &found, err) < 0)
        return err->code;
    if (!found)
        return wr_fail(err, WR_ENOTFOUND, "nothing open at '%s'", l->words[1]);

    return 0;
}

/* A task or else a job at the element gets the event of its kind. */
static int
answer(struct wr_script *f, const struct wr_flow_line *l,
       enum wr_event_type for_task, enum wr_event_type for_job,
       struct wr_event event, struct wr_err *err)
{
    struct wr_command c = { .event = event };
    struct open open = { 0 };
    bool found = false;

    if (l->n < 2)
        return wr_fail(err, WR_EINVALID, "%s wants an element", l->words[0]);
    c.event.type = for_task;
    if (find_open(f, WR_TASKS, l, &open, &found, err) < 0)
        return err->code;
    if (!found) {
        c.event.type = for_job;
        if (must_find(f, WR_JOBS, l, &open, err) < 0)
            return err->code;
    }
    c.event.target = open.id;
    c.instance = open.instance;

    return wr_stage_call(f->stage, c, err);
}

static int
complete(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_event ev = { .variables = wr_flow_values(f->arena, l) };

    return answer(f, l, WR_EV_TASK_COMPLETE, WR_EV_JOB_COMPLETE, ev, err);
}

/* The job of a listener, whatever else is open there. */
static int
tell(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = { .event = {
                                .type = WR_EV_JOB_COMPLETE,
                                .variables = wr_flow_values(f->arena, l) } };
    struct open open = { 0 };

    if (must_find(f, WR_JOBS, l, &open, err) < 0)
        return err->code;
    c.event.target = open.id;
    c.instance = open.instance;

    return wr_stage_call(f->stage, c, err);
}

static int
throw_error(struct wr_script *f, const struct wr_flow_line *l,
            struct wr_err *err)
{
    struct wr_event ev = { .variables = wr_flow_values(f->arena, l) };

    if (l->n < 3)
        return wr_fail(err, WR_EINVALID, "throw wants ELEMENT CODE");
    ev.text = l->words[2];

    return answer(f, l, WR_EV_TASK_ERROR, WR_EV_JOB_ERROR, ev, err);
}

static int
escalate(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = { .event = {
                                .type = WR_EV_TASK_ESCALATE,
                                .variables = wr_flow_values(f->arena, l) } };
    struct open open = { 0 };

    if (l->n < 3)
        return wr_fail(err, WR_EINVALID, "escalate wants ELEMENT CODE");
    if (must_find(f, WR_TASKS, l, &open, err) < 0)
        return err->code;
    c.event.target = open.id;
    c.event.text = l->words[2];
    c.instance = open.instance;

    return wr_stage_call(f->stage, c, err);
}

static int
claim(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = { .event = { .type = WR_EV_TASK_ASSIGN,
                                       .text = wr_flow_after(l, "by"),
                                       .claim = true } };
    struct open open = { 0 };

    if (must_find(f, WR_TASKS, l, &open, err) < 0)
        return err->code;
    c.event.target = open.id;
    c.event.actor = c.event.text;
    c.instance = open.instance;

    return wr_stage_call(f->stage, c, err);
}

static int32_t
number_after(const struct wr_flow_line *l, const char *word, int32_t dflt)
{
    const char *text = wr_flow_after(l, word);

    return text ? (int32_t)strtol(text, NULL, 10) : dflt;
}

/* fail ELEMENT [TEXT] [details TEXT] [retries N]: the job failed technically. */
static int
fail_job(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = { .event = {
                                .type = WR_EV_JOB_FAIL,
                                .message = l->n > 2 ? l->words[2] : "failed",
                                .text = wr_flow_after(l, "details"),
                                .retries = number_after(l, "retries", -1),
                                .retry_in_ms = -1 } };
    struct open open = { 0 };

    if (must_find(f, WR_JOBS, l, &open, err) < 0)
        return err->code;
    c.event.target = open.id;
    c.instance = open.instance;

    return wr_stage_call(f->stage, c, err);
}

/* resolve ELEMENT [retries N] [skip] [NAME=JSON]... */
static int
resolve(struct wr_script *f, const struct wr_flow_line *l, struct wr_err *err)
{
    struct wr_command c = { .event = {
                                .type = WR_EV_INCIDENT_RESOLVE,
                                .retries = number_after(l, "retries", 1),
                                .skip = strcmp(l->words[l->n - 1], "skip") == 0,
                                .variables = wr_flow_values(f->arena, l) } };
    struct open open = { 0 };

    if (must_find(f, WR_INCIDENTS, l, &open, err) < 0)
        return err->code;
    c.event.target = open.id;
    c.instance = open.instance;

    return wr_stage_call(f->stage, c, err);
}

static const struct {
    const char *word;
    wr_flow_op *run;
} words[] = {
    { "deploy", deploy },
    { "refuse", refuse },
    { "handle", handle },
    { "start", start },
    { "cancel", cancel },
    { "compensate", compensate },
    { "suspend", suspend },
    { "resume", resume },
    { "hold", wr_flow_hold },
    { "release", wr_flow_release },
    { "modify", modify },
    { "migrate", wr_flow_migrate },
    { "restart", wr_flow_restart },
    { "set", set },
    { "complete", complete },
    { "tell", tell },
    { "claim", claim },
    { "throw", throw_error },
    { "fail", fail_job },
    { "resolve", resolve },
    { "message", wr_flow_message },
    { "publish", wr_flow_publish },
    { "signal", wr_flow_signal },
    { "escalate", escalate },
    { "situation", wr_flow_start_met },
    { "at", wr_flow_at },
    { "run", wr_flow_run_now },
    { "activate", activate },
    { "close", activate },
};

int
wr_flow_do(struct wr_script *f, const struct wr_flow_line *l, bool *known,
           struct wr_err *err)
{
    for (size_t i = 0; i < WR_COUNT(words); i++) {
        if (strcmp(words[i].word, l->words[0]) == 0) {
            *known = true;
            return words[i].run(f, l, err);
        }
    }

    return 0;
}
