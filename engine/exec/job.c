/* job.c: work for others: external jobs and asynchronous continuations, S26. */

#include <stdlib.h>
#include <string.h>

#include "engine/base/time.h"
#include "engine/exec/exec.h"

enum {
    MAX_RETRIES = 1000,
    CONTINUE_MS = 5000, /* ample time for who cut the step to go on */
};

/* A model's retry rule: "R3/PT10S": 3 tries, 10 s between; "PT1M,PT5M": one
 * try and one more after each interval. */
struct rule {
    int32_t tries;
    const char *interval; /* of the failure at hand; NULL: at once */
    size_t len;
};

static struct rule
repeated(const char *text)
{
    struct rule rule = { .tries = WR_USUAL_RETRIES };
    const char *slash = strchr(text, '/');
    long n = strtol(text + 1, NULL, 10);

    if (n > 0 && n <= MAX_RETRIES)
        rule.tries = (int32_t)n;
    if (slash) {
        rule.interval = slash + 1;
        rule.len = strlen(slash + 1);
    }

    return rule;
}

/* `failures` so far, from 1; the last interval stands for all later ones. */
static struct rule
listed(const char *text, int32_t failures)
{
    struct rule rule = { .tries = 1 };

    while (text) {
        const char *comma = strchr(text, ',');

        if (rule.tries++ <= failures) {
            rule.interval = text;
            rule.len = comma ? (size_t)(comma - text) : strlen(text);
        }
        text = comma ? comma + 1 : NULL;
    }

    return rule;
}

static struct rule
rule_of(const char *text, int32_t failures)
{
    if (!text || !text[0])
        return (struct rule){ .tries = WR_USUAL_RETRIES };

    return text[0] == 'R' ? repeated(text) : listed(text, failures);
}

static const char *
cycle_of(const struct wr_exec *x, int node)
{
    const struct wr_job_def *job = x->m->nodes[node].job;

    return job ? job->retry_cycle : NULL;
}

/* A whole number between 0 and `max`; WR_EVALUE. */
static int
number(struct wr_exec *x, struct wr_activity *a, const struct wr_attr *attr,
       long min, long max, int32_t *out, struct wr_err *err)
{
    const char *text;
    char *end;
    long n;

    if (wr_exec_text(x, a, attr, &text, err) < 0)
        return err->code;
    if (!text || !text[0])
        return 0;
    n = strtol(text, &end, 10);
    if (*end || n < min || n > max)
        return wr_fail(err, WR_EVALUE, "'%.60s' is no number from %ld to %ld",
                       text, min, max);
    *out = (int32_t)n;

    return 0;
}

int32_t
wr_job_tries(struct wr_exec *x, struct wr_activity *a,
             const struct wr_job_def *def)
{
    int32_t n = rule_of(def->retry_cycle, 0).tries;
    struct wr_err err;

    (void)number(x, a, &def->retries, 1, MAX_RETRIES, &n, &err);

    return n;
}

int32_t
wr_job_retries(struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_job_def *job = x->m->nodes[w->node].job;

    if (w->job.kind == WR_JOB_EXTERNAL && job)
        return wr_job_tries(x, w->owner, job);

    return rule_of(cycle_of(x, w->node), 0).tries;
}

static enum wr_move
refused(struct wr_exec *x, const char *what, const struct wr_err *err)
{
    return wr_exec_incident(
        x, "expression", wr_arena_printf(x->arena, "%s: %s", what, err->text));
}

static void
opened(struct wr_exec *x, struct wr_wait *w, const char *type)
{
    w->job.type = wr_arena_strdup(x->i->arena, type);
    wr_wait_opened(x, w, type[0] ? wr_emit_text(x, "type", type) : NULL);
}

/* What a job is made of, into `row`; LEAVE, or THROW. */
static enum wr_move
describe(struct wr_exec *x, struct wr_activity *a, const struct wr_job_def *def,
         struct wr_job_row *row)
{
    int32_t retries = rule_of(def->retry_cycle, 0).tries, priority = 0;
    const char *type;
    struct wr_err err;

    if (wr_exec_text(x, a, &def->type, &type, &err) < 0)
        return refused(x, "job type", &err);
    if (!type || !type[0])
        return wr_exec_incident(x, "expression", "the job type is empty");
    if (number(x, a, &def->retries, 1, MAX_RETRIES, &retries, &err) < 0)
        return refused(x, "retries", &err);
    if (number(x, a, &def->priority, INT32_MIN, INT32_MAX, &priority, &err) < 0)
        return refused(x, "priority", &err);

    row->type = type;
    row->retries = retries;
    row->priority = priority;

    return WR_LEAVE;
}

static struct wr_wait *
offer(struct wr_exec *x, struct wr_activity *a, int node,
      const struct wr_job_row *row)
{
    struct wr_wait *w = wr_wait_open(x, a, WR_WAIT_JOB, node);

    w->job.kind = WR_JOB_EXTERNAL;
    w->job.retries = row->retries;
    w->job.priority = row->priority;
    w->job.type = wr_arena_strdup(x->i->arena, row->type);

    return w;
}

enum wr_move
wr_job_open(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_job_row row;
    struct wr_wait *w;

    if (describe(x, a, x->m->nodes[a->node].job, &row) == WR_THROW)
        return WR_THROW;
    w = offer(x, a, a->node, &row);
    wr_wait_opened(x, w, wr_emit_text(x, "type", row.type));

    return WR_WAIT;
}

enum wr_move
wr_job_tell(struct wr_exec *x, struct wr_activity *a, int node,
            const struct wr_listener *l)
{
    struct wr_entry data[2] = {
        { "type", NULL }, { "listener", wr_value_string(x->arena, l->event) }
    };
    struct wr_job_row row;
    struct wr_wait *w;

    if (describe(x, a, l->job, &row) == WR_THROW)
        return WR_THROW;
    data[0].value = wr_value_string(x->arena, row.type);
    w = offer(x, a, node, &row);
    w->told = true;
    wr_wait_opened(x, w, wr_value_context(x->arena, data, 2));

    return WR_WAIT;
}

enum wr_move
wr_job_hold(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_wait *w = wr_wait_open(x, a, WR_WAIT_JOB, a->node);

    w->job.kind = WR_JOB_EXTERNAL;
    w->job.retries = WR_USUAL_RETRIES;
    opened(x, w, "");

    return WR_WAIT;
}

void
wr_job_async(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_wait *w = wr_wait_open(x, a, WR_WAIT_JOB, a->node);

    w->job.kind = WR_JOB_ASYNC;
    w->job.retries = rule_of(cycle_of(x, a->node), 0).tries;
    opened(x, w, "");
}

bool
wr_job_is_continue(const struct wr_wait *w)
{
    return w->kind == WR_WAIT_JOB && w->owner->node < 0 && !w->told;
}

static struct wr_wait *
find_continue(const struct wr_instance *i)
{
    for (struct wr_wait *w = i->root->waits; w; w = w->next) {
        if (wr_job_is_continue(w))
            return w;
    }

    return NULL;
}

void
wr_job_arm_continue(struct wr_exec *x)
{
    struct wr_wait_at at = { .id = wr_uuid_next(&x->ids),
                             .node = x->i->work->node,
                             .created_at = x->ev->now };
    struct wr_wait *w = find_continue(x->i);

    if (w)
        return;
    at.element = x->m->nodes[at.node].symbol;
    w = wr_wait_new(x->i, x->i->root, WR_WAIT_JOB, &at);
    w->job.kind = WR_JOB_ASYNC;
    w->job.type = "";
    w->job.retries = WR_USUAL_RETRIES;
    w->job.due_at = x->ev->now + CONTINUE_MS;
    wr_row_put(x, w, /* is_new= */ true);
}

void
wr_job_disarm_continue(struct wr_exec *x, const struct wr_wait *resolved)
{
    struct wr_wait *w = find_continue(x->i), *stop;

    if (!w)
        return;
    stop = wr_incident_of(w->owner, &w->id);
    if (stop && stop != resolved)
        wr_wait_close(x, stop, /* canceled= */ true, NULL);
    wr_row_del(x, w);
    wr_wait_drop(x->i, w);
}

static void
report(struct wr_exec *x, const struct wr_wait *w)
{
    struct wr_entry data[2] = {
        { "retries", wr_value_int(x->arena, w->job.retries) },
        { "message", &wr_null },
    };

    if (x->ev->message)
        data[1].value = wr_value_string(x->arena, x->ev->message);
    wr_emit(x, WR_H_JOB_FAILED, w->job.element, w->owner->key, &w->id,
            wr_value_context(x->arena, data, x->ev->message ? 2 : 1));
}

void
wr_job_failed(struct wr_exec *x, struct wr_wait *w)
{
    const char *cycle = cycle_of(x, w->node);
    int32_t failures = rule_of(cycle, 0).tries - w->job.retries + 1;
    /* more tries than the model lists: the first interval stands for those */
    struct rule rule = rule_of(cycle, failures > 1 ? failures : 1);
    int64_t due = x->ev->now;
    struct wr_err err;

    w->job.retries = x->ev->retries >= 0 ? x->ev->retries : w->job.retries - 1;
    if (w->job.retries < 0)
        w->job.retries = 0;
    if (x->ev->retry_in_ms >= 0)
        due += x->ev->retry_in_ms;
    else if (rule.interval
             && wr_instant_add_duration(due, rule.interval, rule.len, &due,
                                        &err)
                    < 0)
        due = x->ev->now;
    w->job.due_at = w->job.retries && due > x->ev->now ? due : 0;

    wr_row_put(x, w, /* is_new= */ false);
    report(x, w);
    if (!w->job.retries && !wr_incident_at(w->owner, w->node))
        wr_incident_open(x, w->owner, w->node, "job",
                         x->ev->message ? x->ev->message
                                        : "the job failed without a message",
                         &w->id);
}

void
wr_job_retry(struct wr_exec *x, struct wr_wait *w, int32_t retries)
{
    w->job.retries = retries;
    w->job.due_at = 0;
    wr_row_put(x, w, /* is_new= */ false);
}
