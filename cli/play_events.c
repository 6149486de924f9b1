/* play_events: messages, jobs and time in a scenario. */
#include <string.h>

#include "cli/play.h"
#include "engine/base/time.h"

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
    *out = wr_play_holds(have, want);

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

int
wr_play_correlate(struct wr_play *p, const struct wr_value *step,
                  struct wr_err *err)
{
    struct wr_message m = {
        .name = wr_play_text(step, "correlate"),
        .business_key = wr_play_text(step, "businessKey"),
        .variables = wr_value_get(step, "vars"),
        .tenant = p->stage->tenant,
    };
    const char *as = wr_play_text(step, "as");
    struct wr_delivery d;

    if (!m.name)
        return wr_fail(err, WR_EINVALID, "correlate wants a message name");
    if (correlated_instance(p, step, m.name, &m.instance, err) < 0
        || wr_runtime_correlate(p->stage->rt, &m, p->arena, &d, err) < 0)
        return err->code;
    if (as)
        wr_stage_name_instance(p->stage, as, &d.instance);

    return 0;
}

int
wr_play_start_by_message(struct wr_play *p, const struct wr_value *step,
                         struct wr_err *err)
{
    const char *as = wr_play_text(step, "as");
    struct wr_message m = {
        .name = wr_play_text(step, "startByMessage"),
        .business_key = wr_play_text(step, "businessKey"),
        .variables = wr_value_get(step, "vars"),
        .tenant = p->stage->tenant,
        .starts_only = true,
    };
    struct wr_delivery d;

    if (!m.name)
        return wr_fail(err, WR_EINVALID, "startByMessage wants a name");
    if (wr_runtime_correlate(p->stage->rt, &m, p->arena, &d, err) < 0)
        return err->code;
    wr_stage_name_instance(p->stage, as ? as : "p", &d.instance);

    return 0;
}

int
wr_play_signal(struct wr_play *p, const struct wr_value *step,
               struct wr_err *err)
{
    const char *name = wr_play_text(step, "signal");

    if (!name)
        return wr_fail(err, WR_EINVALID, "signal wants a name");

    return wr_stage_signal(p->stage, name, wr_value_get(step, "vars"), err);
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

        if (wr_uuid_is_zero(&s->instance))
            continue; /* a start event's */
        if (wr_stage_element(p->stage, &s->instance, s->element, p->arena,
                             &node, err)
            < 0)
            return err->code;
        if (!name || strcmp(s->name, name) != 0
            || (activity && strcmp(node->id, activity) != 0))
            continue;
        if (n++ > 0 && !all)
            break;
        if (deliver_to(p, s, wr_value_get(step, "vars"), err) < 0)
            return err->code;
    }
    if (n == 0)
        return wr_fail(err, WR_ENOSUBSCRIPTION, "nothing waits for '%s'",
                       name ? name : "");

    return 0;
}

int
wr_play_deliver(struct wr_play *p, const struct wr_value *step,
                struct wr_err *err)
{
    return deliver_some(p, step, wr_value_get(step, "deliver"), false, err);
}

int
wr_play_deliver_all(struct wr_play *p, const struct wr_value *step,
                    struct wr_err *err)
{
    return deliver_some(p, step, wr_value_get(step, "deliverAll"), true, err);
}

/* ---- jobs and time ---- */

/* What "trigger" may go on with: a job, or a receive task without message. */
static int
find_triggers(struct wr_play *p, const struct wr_uuid *in,
              struct wr_command **out, int32_t **elements, size_t *n,
              struct wr_err *err)
{
    struct wr_rows jobs, waiting;

    if (wr_stage_rows(p->stage, WR_JOBS, in, p->arena, &jobs, err) < 0
        || wr_stage_rows(p->stage, WR_SUBSCRIPTIONS, in, p->arena, &waiting,
                         err)
               < 0)
        return err->code;
    *n = 0;
    *out = wr_newn(p->arena, struct wr_command, jobs.n + waiting.n + 1);
    *elements = wr_newn(p->arena, int32_t, jobs.n + waiting.n + 1);
    for (size_t i = 0; i < jobs.n; i++) {
        (*elements)[*n] = jobs.jobs[i].element;
        (*out)[(*n)++] = (struct wr_command){
            .event = { .type = WR_EV_JOB_COMPLETE, .target = jobs.jobs[i].id },
            .instance = jobs.jobs[i].instance
        };
    }
    for (size_t i = 0; i < waiting.n; i++) {
        const struct wr_subscription_row *s = &waiting.subscriptions[i];

        if (s->type != WR_SUB_TRIGGER)
            continue;
        (*elements)[*n] = s->element;
        (*out)[(*n)++] = (struct wr_command){ .event = { .type = WR_EV_MESSAGE,
                                                         .target = s->id },
                                              .instance = s->instance };
    }

    return 0;
}

int
wr_play_trigger(struct wr_play *p, const struct wr_value *step,
                struct wr_err *err)
{
    const struct wr_value *what = wr_value_get(step, "trigger");
    const char *activity = wr_play_text(what, "activity");
    const struct wr_node *node;
    const struct wr_uuid *in;
    struct wr_command *found = NULL;
    int32_t *elements = NULL;
    size_t n_found = 0;
    int n = 0;

    if (wr_play_in(p, step, &in, err) < 0
        || find_triggers(p, in, &found, &elements, &n_found, err) < 0)
        return err->code;
    for (size_t i = 0; i < n_found; i++) {
        if (wr_stage_element(p->stage, &found[i].instance, elements[i],
                             p->arena, &node, err)
            < 0)
            return err->code;
        if (activity && strcmp(node->id, activity) != 0)
            continue;
        if (n++ > 0 && !wr_play_true(what, "all"))
            break;
        found[i].event.variables = wr_value_get(step, "vars");
        if (wr_stage_call(p->stage, found[i], err) < 0)
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

int
wr_play_run_async(struct wr_play *p, const struct wr_value *step,
                  struct wr_err *err)
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

int
wr_play_advance(struct wr_play *p, const struct wr_value *step,
                struct wr_err *err)
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

int
wr_play_fire_timer(struct wr_play *p, const struct wr_value *step,
                   struct wr_err *err)
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
        bool start = wr_uuid_is_zero(&t->instance);
        int r = start ? wr_stage_start_element(p->stage, &t->definition,
                                               t->element, p->arena, &node, err)
                      : wr_stage_element(p->stage, &t->instance, t->element,
                                         p->arena, &node, err);

        if (r < 0)
            return err->code;
        if (activity && strcmp(node->id, activity) != 0)
            continue;
        /* The engine fires what is due: its time comes now. */
        if (t->due_at > p->stage->clock.now)
            p->stage->clock.now = t->due_at;
        return wr_stage_fire(p->stage, t, err);
    }

    return wr_fail(err, WR_ENOTFOUND, "no timer waits");
}
