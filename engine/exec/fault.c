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

void
wr_incident_open(struct wr_exec *x, struct wr_activity *a, int node,
                 const char *type, const char *message,
                 const struct wr_uuid *job)
{
    struct wr_wait *w = wr_wait_open(x, a, WR_WAIT_INCIDENT, node);
    char *text = wr_arena_strdup(x->i->arena, message);
    struct wr_entry data[2];

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

/* What the boundary event gets: the error's variables; where it has output
 * mappings they also see `error`, with code, message and data. */
static const struct wr_value *
caught(struct wr_exec *x, int node, const char *code, const char *message,
       const struct wr_value *variables)
{
    size_t n = variables ? variables->context.n : 0;
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry, n + 1);

    if (!x->m->nodes[node].n_outputs)
        return variables;
    for (size_t k = 0; k < n; k++)
        entries[k] = variables->context.entries[k];
    if (!variables || !wr_value_get(variables, "error"))
        entries[n++] = (struct wr_entry){ "error", describe(x, code, message,
                                                            variables) };

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

    wr_emit(x, WR_H_ERROR_THROWN, x->m->nodes[a->node].symbol, a->key, NULL,
            describe(x, code, message, NULL));
    node = catching(x, a, WR_TRIGGER_ERROR, code, &at);
    if (node < 0)
        return false;
    wr_trigger_fire(x, at, node, caught(x, node, code, message, variables));

    return true;
}

static const char *
unhandled(struct wr_exec *x, const struct wr_fault *f)
{
    return wr_arena_printf(x->arena, "error '%s' is caught by nothing%s%s",
                           f->code, f->message ? ": " : "",
                           f->message ? f->message : "");
}

void
wr_fault_handle(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_fault f = x->fault;

    x->fault = (struct wr_fault){ 0 };
    if (f.kind == WR_FAULT_INCIDENT) {
        wr_incident_open(x, a, a->node, f.type, f.message, NULL);
        return;
    }
    if (wr_fault_throw(x, a, f.code, f.message, NULL))
        return;
    if (f.at_end)
        wr_run_end_instance(x, WR_FAILED, WR_H_INSTANCE_FAILED,
                            describe(x, f.code, f.message, NULL));
    else
        wr_incident_open(x, a, a->node, "unhandled-error", unhandled(x, &f),
                         NULL);
}

/* ---- repairing ---- */

int
wr_incident_check(struct wr_exec *x, const struct wr_wait *w,
                  struct wr_err *err)
{
    if (x->ev->skip && w->node == w->owner->node
        && !wr_run_skippable(x, w->owner))
        return wr_fail(err, WR_ESTATE,
                       "'%s' cannot be skipped: it has several outgoing flows"
                       " and no default",
                       x->m->nodes[w->node].id);

    return 0;
}

static void
retry(struct wr_exec *x, struct wr_activity *a, const struct wr_uuid *job)
{
    struct wr_wait *w = wr_wait_find(x->i, job);

    if (w)
        wr_job_retry(
            x, w, x->ev->retries > 0 ? x->ev->retries : wr_job_retries(x, w));
    else
        wr_run_retry(x, a);
}

void
wr_incident_resolve(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;
    struct wr_uuid job = w->incident.job;
    int node = w->node;

    wr_wait_close(x, w, /* canceled= */ false,
                  wr_emit_text(x, "by", x->ev->skip ? "skip" : "retry"));
    wr_variables_write(x, a, x->ev->variables);
    if (node != a->node) {
        wr_touch(x, a);
        if (x->m->nodes[node].join < 0 && !x->ev->skip)
            wr_trigger_again(x, a, node);
        else if (x->m->nodes[node].join >= 0 && x->ev->skip)
            wr_join_force(x, a, node);
    } else if (x->ev->skip) {
        wr_run_skip(x, a);
    } else {
        retry(x, a, &job);
    }
}
