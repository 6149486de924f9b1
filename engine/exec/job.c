/* job.c: work for others: external jobs and asynchronous continuations, S26. */

#include <stdlib.h>
#include <string.h>

#include "engine/base/time.h"
#include "engine/exec/exec.h"

enum {
    CONTINUE_MS = 5000, /* ample time for who cut the step to go on */
    ERROR_MAX = 1000    /* bytes of a message that go with the job */
};

/* Of the element, else of the type. */
static int
rule_of(struct wr_exec *x, struct wr_activity *a, int node, const char *type,
        struct wr_retry *out, struct wr_err *err)
{
    const char *text = NULL;

    *out = *wr_retry_of(x->s->retries, type);
    if (node < 0)
        return 0;
    if (wr_exec_text(x, a, &x->m->nodes[node].retries, &text, err) < 0)
        return err->code;

    return text && text[0] ? wr_retry_parse(text, out, err) : 0;
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

static int
tries(struct wr_exec *x, struct wr_activity *a, int node,
      const struct wr_job_def *def, const char *type, int32_t *out,
      struct wr_err *err)
{
    struct wr_retry rule;

    if (rule_of(x, a, node, type, &rule, err) < 0)
        return err->code;
    *out = rule.tries;

    return def ? number(x, a, &def->retries, 1, WR_RETRY_MOST, out, err) : 0;
}

/* It was told before, when the job was made. */
int32_t
wr_job_tries(struct wr_exec *x, struct wr_activity *a,
             const struct wr_job_def *def, const char *type)
{
    int32_t n = WR_USUAL_RETRIES;
    struct wr_err err;

    (void)tries(x, a, a->node, def, type, &n, &err);

    return n;
}

int32_t
wr_job_retries(struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_job_def *job = x->m->nodes[w->node].job;
    bool external = w->job.kind == WR_JOB_EXTERNAL;

    return wr_job_tries(x, w->owner, external ? job : NULL, w->job.type);
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
    int32_t retries = 0, priority = 0;
    const char *type;
    struct wr_err err;

    if (wr_exec_text(x, a, &def->type, &type, &err) < 0)
        return refused(x, "job type", &err);
    if (!type || !type[0])
        return wr_exec_incident(x, "expression", "the job type is empty");
    if (tries(x, a, a->node, def, type, &retries, &err) < 0)
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
    w->job.retries = wr_job_tries(x, a, NULL, "");
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
report(struct wr_exec *x, const struct wr_wait *w, int32_t lost)
{
    struct wr_entry data[5] = {
        { "retries", wr_value_int(x->arena, w->job.retries) },
        { "attempt", wr_value_int(x->arena, w->job.attempt) },
    };
    size_t n = 2;

    if (lost > 0) /* their workers were never heard of again */
        data[n++] = (struct wr_entry){ "lost", wr_value_int(x->arena, lost) };
    if (x->ev->message)
        data[n++] = (struct wr_entry){
            "message", wr_value_string(x->arena, x->ev->message)
        };
    if (x->ev->text)
        data[n++] = (struct wr_entry){ "details",
                                       wr_value_string(x->arena, x->ev->text) };
    wr_emit(x, WR_H_JOB_FAILED, w->job.element, w->owner->key, &w->id,
            wr_value_context(x->arena, data, n));
}

/* What the next claim tells, cut at a character. */
static const char *
error_of(struct wr_exec *x)
{
    const char *s = x->ev->message;
    size_t n;

    if (!s)
        return NULL;
    n = strlen(s) < ERROR_MAX ? strlen(s) : ERROR_MAX;
    while (n < strlen(s) && n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
        n--;

    return wr_arena_strndup(x->i->arena, s, n);
}

/* When the next try may begin. */
static int
next_try(struct wr_exec *x, struct wr_wait *w, int32_t failures, int64_t *out,
         struct wr_err *err)
{
    struct wr_retry rule;
    uint64_t dice = (uint64_t)w->job.attempt;

    *out = x->ev->now + (x->ev->retry_in_ms > 0 ? x->ev->retry_in_ms : 0);
    if (x->ev->retry_in_ms >= 0)
        return 0;
    if (rule_of(x, w->owner, w->node, w->job.type, &rule, err) < 0)
        return err->code;
    for (size_t i = 0; i < sizeof(w->id.b); i++) /* each job its own */
        dice = dice * 1099511628211U + w->id.b[i];
    *out = wr_retry_at(&rule, failures > 1 ? failures : 1, x->ev->now, dice);

    return 0;
}

static int32_t
tries_at_first(struct wr_exec *x, const struct wr_wait *w)
{
    return w->told || w->node < 0 ? wr_job_tries(x, w->owner, NULL, w->job.type)
                                  : wr_job_retries(x, w);
}

void
wr_job_failed(struct wr_exec *x, struct wr_wait *w)
{
    int32_t begun = x->ev->claims > 1 ? x->ev->claims : 1;
    int32_t left = w->job.retries - begun;
    const char *why = x->ev->message ? x->ev->message
                                     : "the job failed without a message";
    int64_t due = 0;
    struct wr_err err;

    /* more tries than the rule lists: the first pause stands for those */
    if (next_try(x, w, tries_at_first(x, w) - left, &due, &err) < 0) {
        why = wr_arena_printf(x->arena, "%s; when to try again: %s", why,
                              err.text);
        left = 0;
    } else if (x->ev->retries >= 0) {
        left = x->ev->retries;
    }
    w->job.retries = left > 0 ? left : 0;
    w->job.attempt += begun;
    w->job.due_at = w->job.retries && due > x->ev->now ? due : 0;
    w->job.error = error_of(x);

    wr_row_put(x, w, /* is_new= */ false);
    report(x, w, begun - 1);
    if (!w->job.retries && !wr_incident_at(w->owner, w->node))
        wr_incident_open(x, w->owner, w->node, "job", why, &w->id);
}

int
wr_job_check_change(struct wr_exec *x, const struct wr_wait *w,
                    struct wr_err *err)
{
    const struct wr_event *ev = x->ev;

    if (w->job.kind != WR_JOB_EXTERNAL && ev->change & WR_CHANGE_PRIORITY)
        return wr_fail(err, WR_ESTATE,
                       "the job is the engine's own: those have"
                       " no priority");
    if (ev->change & WR_CHANGE_RETRIES && ev->retries < 1)
        return wr_fail(err, WR_EVALUE, "a job needs a try at least");
    if (!(ev->change & WR_CHANGE_RETRIES) && !w->job.retries
        && ev->change & WR_CHANGE_DUE)
        return wr_fail(err, WR_ESTATE, "the job has no tries left");

    return 0;
}

static const struct wr_value *
changes(struct wr_exec *x)
{
    const struct wr_event *ev = x->ev;
    struct wr_entry data[3];
    size_t n = 0;

    if (ev->change & WR_CHANGE_RETRIES)
        data[n++] = (struct wr_entry){ "retries",
                                       wr_value_int(x->arena, ev->retries) };
    if (ev->change & WR_CHANGE_PRIORITY)
        data[n++] = (struct wr_entry){ "priority",
                                       wr_value_int(x->arena, ev->priority) };
    if (ev->change & WR_CHANGE_DUE)
        data[n++] = (struct wr_entry){
            "retryInMs", wr_value_int(x->arena, ev->retry_in_ms)
        };

    return wr_value_context(x->arena, data, n);
}

/* Whoever works on it goes on. */
static void
put_leased(struct wr_exec *x, struct wr_wait *w)
{
    const struct wr_job_row *have = x->ev->n_jobs ? x->ev->jobs : NULL;
    struct wr_job_row mine = w->job;

    if (have && wr_uuid_equal(&have->id, &w->id)) {
        w->job.lease_owner = wr_arena_strdup(x->arena, have->lease_owner);
        w->job.lease = have->lease;
        w->job.lease_until = have->lease_until;
        w->job.claims = have->claims;
        if (have->claims >= w->job.retries)
            w->job.guard_at = have->lease_until;
    }
    wr_row_put(x, w, /* is_new= */ false);
    w->job = mine;
}

void
wr_job_change(struct wr_exec *x, struct wr_wait *w)
{
    const struct wr_event *ev = x->ev;
    struct wr_wait *stop = wr_incident_of(w->owner, &w->id);

    wr_emit(x, WR_H_JOB_CHANGED, w->job.element, w->owner->key, &w->id,
            changes(x));
    if (ev->change & WR_CHANGE_PRIORITY)
        w->job.priority = ev->priority;
    if (ev->change & WR_CHANGE_RETRIES) {
        if (stop)
            wr_incident_resolve(x, stop);
        w->job.retries = ev->retries;
        w->job.due_at = 0;
    }
    if (ev->change & WR_CHANGE_DUE)
        w->job.due_at = ev->retry_in_ms > 0 ? ev->now + ev->retry_in_ms : 0;
    put_leased(x, w);
}

void
wr_job_retry(struct wr_exec *x, struct wr_wait *w, int32_t retries)
{
    w->job.retries = retries;
    w->job.due_at = 0;
    wr_row_put(x, w, /* is_new= */ false);
}
