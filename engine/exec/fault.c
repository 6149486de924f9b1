/*
 * fault.c: what happens when an element cannot go on (SEMANTICS S12, S27).
 *
 * A BPMN error walks outward from the thrower: at each activity around it, the
 * boundary events with its code, then the one that catches all.  Everything else
 * is an incident: recorded, visible, retryable; the rest of the instance runs.
 */

#include <string.h>

#include "engine/base/str.h"
#include "engine/exec/exec.h"

const struct wr_incident_kind wr_incident_kinds[] = {
#define WR_INCIDENT(id, name, cause, action) { name, cause, action },
#include "engine/exec/incidents.def"
#undef WR_INCIDENT
    { 0 }
};

const struct wr_incident_kind *
wr_incident_kind(const char *name)
{
    for (int k = 0; k < WR_INCIDENT_KINDS; k++) {
        if (strcmp(wr_incident_kinds[k].name, name) == 0)
            return &wr_incident_kinds[k];
    }

    return NULL;
}

enum wr_move
wr_exec_incident(struct wr_exec *x, const char *type, const char *message)
{
    x->fault = (struct wr_fault){
        .kind = WR_FAULT_INCIDENT,
        .type = type,
        .message = wr_arena_strdup(x->arena, message),
    };

    return WR_THROW;
}

enum wr_move
wr_exec_error(struct wr_exec *x, const char *code, const char *message,
              bool at_end)
{
    x->fault = (struct wr_fault){
        .kind = WR_FAULT_ERROR,
        .code = code ? code : "",
        .message = message,
        .at_end = at_end,
    };

    return WR_THROW;
}

enum wr_move
wr_exec_escalation(struct wr_exec *x, struct wr_activity *a)
{
    const char *code;
    struct wr_err err;

    if (wr_exec_text(x, a, &x->m->nodes[a->node].event.name, &code, &err) < 0)
        return wr_exec_incident(x, "expression", err.text);
    x->fault = (struct wr_fault){
        .kind = WR_FAULT_ESCALATION,
        .code = code ? code : "",
    };

    return WR_THROW;
}

void
wr_incident_open(struct wr_exec *x, struct wr_activity *a, int node,
                 const char *type, const char *message,
                 const struct wr_uuid *job)
{
    struct wr_wait *w;
    char *text = wr_arena_strdup(x->i->arena, message);
    struct wr_entry data[2];

    if (a->stage >= WR_STAGE_LEAVE && node == a->node)
        wr_variables_tell(x, a);
    w = wr_wait_open(x, a, WR_WAIT_INCIDENT, node);
    wr_utf8_clean(text); /* it may quote the first bytes of something */
    message = text;
    w->incident.type = wr_arena_strdup(x->i->arena, type);
    w->incident.message = message;
    if (job)
        w->incident.job = *job;
    data[0] = (struct wr_entry){ "type", wr_value_string(x->arena, type) };
    data[1] = (struct wr_entry){ "message",
                                 wr_value_string(x->arena, message) };
    wr_wait_opened(x, w, wr_value_context(x->arena, data, 2));
    if (x->s->notices)
        wr_notice_owe(x, w);
}

bool
wr_incident_at(const struct wr_activity *a, int node)
{
    for (const struct wr_wait *w = a->waits; w; w = w->next) {
        if (w->kind == WR_WAIT_INCIDENT && w->node == node)
            return true;
    }

    return false;
}

/* {code, message}, without what is absent. */
static const struct wr_value *
describe(struct wr_exec *x, const char *code, const char *message,
         const struct wr_value *data)
{
    struct wr_entry entries[3];
    size_t n = 0;

    entries[n++] = (struct wr_entry){ "code", wr_value_string(x->arena, code) };
    if (message)
        entries[n++] = (struct wr_entry){ "message",
                                          wr_value_string(x->arena, message) };
    if (data)
        entries[n++] = (struct wr_entry){ "data", data };

    return wr_value_context(x->arena, entries, n);
}

/* `entries` with one more or another value; no name: nothing. */
static size_t
put(struct wr_entry *entries, size_t n, const char *name,
    const struct wr_value *v)
{
    size_t at = 0;

    if (!name)
        return n;
    while (at < n && strcmp(entries[at].key, name) != 0)
        at++;
    entries[at] = (struct wr_entry){ name, v };

    return at == n ? n + 1 : n;
}

/* What the catching event gets: the variables that came along and those it
 * names for code and message; where it has output mappings they also see
 * `error` or `escalation`, with code, message and data. */
static const struct wr_value *
caught(struct wr_exec *x, int node, const char *code, const char *message,
       const struct wr_value *variables)
{
    const struct wr_node *to = &x->m->nodes[node];
    const char *what = to->event.trigger == WR_TRIGGER_ERROR ? "error"
                                                             : "escalation";
    size_t n = variables ? variables->context.n : 0;
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry, n + 3);

    for (size_t k = 0; k < n; k++)
        entries[k] = variables->context.entries[k];
    n = put(entries, n, to->event.code_variable,
            wr_value_string(x->arena, code));
    n = put(entries, n, to->event.message_variable,
            message ? wr_value_string(x->arena, message) : &wr_null);
    if (to->n_outputs && !(variables && wr_value_get(variables, what)))
        entries[n++] = (struct wr_entry){ what, describe(x, code, message,
                                                         variables) };
    if (!n)
        return NULL;

    return wr_value_context(x->arena, entries, n);
}

/* Scope by scope outward: its event sub-processes, then the boundary events of
 * the activity that owns it.  The event that catches, or -1. */
static int
catching(struct wr_exec *x, struct wr_activity *a, enum wr_trigger trigger,
         const char *code, struct wr_activity **at)
{
    const struct wr_activity *from = NULL;
    int node = -1;

    for (struct wr_activity *h = a; h && node < 0; h = h->parent) {
        *at = h;
        if (from)
            node = wr_event_sub_catching(x, h, from, trigger, code);
        if (node < 0 && h->node >= 0)
            node = wr_boundary_catching(x, h, trigger, code);
        from = h;
    }

    return node;
}

bool
wr_fault_throw(struct wr_exec *x, struct wr_activity *a, const char *code,
               const char *message, const struct wr_value *variables)
{
    struct wr_activity *at;
    int node;

    wr_emit(x, WR_H_ERROR_THROWN, a->node < 0 ? 0 : x->m->nodes[a->node].symbol,
            a->key, NULL, describe(x, code, message, NULL));
    node = catching(x, a, WR_TRIGGER_ERROR, code, &at);
    if (node < 0)
        return false;
    wr_trigger_fire(x, at, node, caught(x, node, code, message, variables));

    return true;
}

bool
wr_fault_escalate(struct wr_exec *x, struct wr_activity *a, const char *code,
                  const struct wr_value *variables)
{
    return wr_fault_escalate_without(x, a, code, variables, NULL);
}

bool
wr_fault_escalate_without(struct wr_exec *x, struct wr_activity *a,
                          const char *code, const struct wr_value *variables,
                          const char *why)
{
    struct wr_activity *at = NULL;
    int node = catching(x, a, WR_TRIGGER_ESCALATION, code, &at);
    enum wr_catch out = node < 0 ? wr_call_caught_outside(
                            x, WR_TRIGGER_ESCALATION, code)
                                 : WR_CATCH_NOT;
    struct wr_entry data[3] = {
        { "code", wr_value_string(x->arena, code) },
        { "caught", wr_value_bool(node >= 0 || out != WR_CATCH_NOT) },
        { "outputs", why ? wr_value_string(x->arena, why) : NULL },
    };

    wr_emit(x, WR_H_ESCALATION_THROWN, x->m->nodes[a->node].symbol, a->key,
            NULL, wr_value_context(x->arena, data, why ? 3 : 2));
    if (node >= 0)
        wr_trigger_fire(x, at, node, caught(x, node, code, NULL, variables));
    else if (out != WR_CATCH_NOT)
        wr_call_escalate(x, code, variables, out == WR_CATCH_INTERRUPTING);

    return node >= 0 || out != WR_CATCH_NOT;
}

enum wr_catch
wr_instance_catches(struct wr_instance *i, const struct wr_model *m,
                    const struct wr_uuid *child, enum wr_trigger trigger,
                    const char *code)
{
    struct wr_exec x = { .m = m, .i = i };
    struct wr_wait *w = wr_wait_find(i, child);
    struct wr_activity *at;
    int node = w ? catching(&x, w->owner, trigger, code, &at) : -1;

    if (node < 0)
        return WR_CATCH_NOT;

    return m->nodes[node].interrupting ? WR_CATCH_INTERRUPTING
                                       : WR_CATCH_BESIDE;
}

static void
fail_instance(struct wr_exec *x, const char *code, const char *message,
              const struct wr_value *variables, bool at_end)
{
    x->thrown.code = code;
    x->thrown.message = message;
    x->thrown.data = variables;
    x->thrown.at_end = at_end;
    wr_run_end_instance(x, WR_FAILED, WR_H_INSTANCE_FAILED,
                        describe(x, code, message, NULL));
}

bool
wr_fault_leave(struct wr_exec *x, const char *code, const char *message,
               const struct wr_value *variables)
{
    if (wr_call_caught_outside(x, WR_TRIGGER_ERROR, code) == WR_CATCH_NOT)
        return false;
    fail_instance(x, code, message, variables, /* at_end= */ false);

    return true;
}

bool
wr_fault_throw_out(struct wr_exec *x, struct wr_activity *a, const char *code,
                   const char *message)
{
    wr_emit(x, WR_H_ERROR_THROWN, x->m->nodes[a->node].symbol, a->key, NULL,
            describe(x, code, message, NULL));

    return wr_fault_leave(x, code, message, NULL);
}

void
wr_fault_uncaught(struct wr_exec *x, struct wr_activity *a, const char *code,
                  const char *message, const struct wr_value *variables,
                  bool at_end)
{
    if (wr_fault_leave(x, code, message, variables))
        return;
    if (at_end)
        fail_instance(x, code, message, variables, at_end);
    else
        wr_incident_open(
            x, a, a->node, "unhandled-error",
            wr_arena_printf(x->arena, "error '%s' is caught by nothing%s%s",
                            code, message ? ": " : "", message ? message : ""),
            NULL);
}

void
wr_fault_reported(struct wr_exec *x, struct wr_wait *w, const char *code,
                  const char *message)
{
    struct wr_activity *a = w->owner;
    const struct wr_value *variables = x->ev->variables;
    bool is_job = w->kind == WR_WAIT_JOB;
    int late = w->late;

    w->late = 0; /* caught, it is done, and not to be told again */
    if (wr_fault_throw(x, a, code, message, variables)
        || wr_fault_leave(x, code, message, variables))
        return;
    w->late = late;
    if (is_job)
        wr_job_retry(x, w, 0);
    if (!wr_incident_at(a, w->node))
        wr_incident_open(
            x, a, w->node, "unhandled-error",
            wr_arena_printf(x->arena, "error '%s' is caught by nothing%s%s",
                            code, message ? ": " : "", message ? message : ""),
            is_job ? &w->id : NULL);
}

static void
escalate(struct wr_exec *x, struct wr_activity *a, const struct wr_fault *f)
{
    struct wr_watch w;

    wr_watch(x, &w, a);
    (void)wr_fault_escalate(x, a, f->code, NULL);
    if (wr_unwatch(x, &w))
        wr_run_leave(x, a);
}

void
wr_fault_handle(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_fault f = x->fault;

    x->fault = (struct wr_fault){ 0 };
    if (f.kind == WR_FAULT_ESCALATION) {
        escalate(x, a, &f);
        return;
    }
    if (f.kind == WR_FAULT_INCIDENT) {
        wr_incident_open(x, a, a->node, f.type, f.message, NULL);
        return;
    }
    if (f.leaves ? wr_fault_throw_out(x, a, f.code, f.message)
                 : wr_fault_throw(x, a, f.code, f.message, NULL))
        return;
    wr_fault_uncaught(x, a, f.code, f.message, NULL, f.at_end);
}

/* ---- repairing ---- */

struct wr_wait *
wr_incident_of(const struct wr_activity *a, const struct wr_uuid *id)
{
    for (struct wr_wait *w = a->waits; w; w = w->next)
        if (w->kind == WR_WAIT_INCIDENT && wr_uuid_equal(&w->incident.job, id))
            return w;

    return NULL;
}

/* Left of a cut step: nothing of it can be skipped.  Listeners of the process
 * have jobs of their own. */
static bool
is_of_cut(const struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_wait *job = wr_wait_find(x->i, &w->incident.job);

    return w->owner->node < 0 && !wr_uuid_is_zero(&w->incident.job)
           && strcmp(w->incident.type, "timer") != 0 && !(job && job->told);
}

/* Skipped, its timer alone is. */
static bool
is_of_listener(const struct wr_exec *x, const struct wr_wait *w)
{
    const struct wr_wait *timer = wr_wait_find(x->i, &w->incident.job);

    return timer && timer->kind == WR_WAIT_TIMER && timer->hears;
}

int
wr_incident_check(struct wr_exec *x, const struct wr_wait *w,
                  struct wr_err *err)
{
    if (x->ev->skip && is_of_cut(x, w))
        return wr_fail(err, WR_ESTATE,
                       "what is left of a long step cannot be skipped");
    if (x->ev->skip && w->node == w->owner->node && !is_of_listener(x, w)
        && !wr_run_skippable(x, w->owner))
        return wr_fail(err, WR_ESTATE,
                       "'%s' cannot be skipped: it has several outgoing flows"
                       " and no default",
                       x->m->nodes[w->node].id);

    return wr_unfit_check(x, w, err);
}

static void
retry(struct wr_exec *x, struct wr_activity *a, const struct wr_uuid *job)
{
    struct wr_wait *w = wr_wait_find(x->i, job);
    struct wr_wait *condition = wr_wait_of(a, WR_WAIT_CONDITION);

    if (condition)
        wr_condition_look(x, condition);
    else if (w)
        wr_job_retry(
            x, w, x->ev->retries > 0 ? x->ev->retries : wr_job_retries(x, w));
    else
        wr_run_retry(x, a);
}

/* The timer that could not be fired; NULL: it is none of a timer. */
static struct wr_wait *
timer_of(const struct wr_exec *x, const struct wr_wait *w)
{
    struct wr_wait *t = wr_wait_find(x->i, &w->incident.job);

    return t && t->kind == WR_WAIT_TIMER ? t : NULL;
}

void
wr_incident_resolve(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;
    struct wr_uuid job = w->incident.job;
    int node = w->node, late = w->late;
    bool cut = is_of_cut(x, w), unfit = a->node < 0 && wr_unfit_is(a);
    struct wr_wait *timer = timer_of(x, w);

    wr_wait_close(x, w, /* canceled= */ false,
                  wr_emit_text(x, "by", x->ev->skip ? "skip" : "retry"));
    wr_variables_write(x, a, x->ev->variables);
    if (cut) /* the step goes on with it */
        return;
    if (unfit) {
        wr_unfit_resolve(x);
        return;
    }
    if (timer && (timer->hears || node != a->node || !x->ev->skip)) {
        wr_timer_retry(x, timer);
        return;
    }
    if (wr_interrupted_resolve(x, a, node, late, &job)
        || wr_listen_resolve(x, a, node, &job))
        return;
    if (node != a->node) {
        wr_touch(x, a);
        if (!wr_join_waits(x->m, node) && !x->ev->skip)
            wr_trigger_again(x, a, node);
        else if (wr_join_waits(x->m, node) && x->ev->skip)
            wr_join_force(x, a, node);
        else if (x->m->nodes[node].kind == WR_COMPLEX_GATEWAY)
            wr_complex_look(x, a, node);
    } else if (x->ev->skip) {
        wr_run_skip(x, a);
    } else {
        retry(x, a, &job);
    }
}
