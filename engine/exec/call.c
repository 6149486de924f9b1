/*
 * call.c: called processes (SEMANTICS S24).
 *
 * The called process is an instance of its own.  What goes between the two is
 * put down in struct wr_step.sent; whoever runs the step hands it over, so that
 * both are committed together:
 *
 *     caller  --- CALL ---------------> starts
 *             --- CANCEL -------------> is cancelled with its caller
 *             --- SUSPEND, RESUME ----> stands still with it
 *             <-- ENDED --------------- WR_EV_CHILD_ENDED
 *             <-- ESCALATED ----------- WR_EV_CHILD_ESCALATED
 */

#include <stdlib.h>
#include <string.h>

#include "engine/exec/spill.h"

/* ---- what one instance has to say to another ---- */

struct wr_sent *
wr_call_send(struct wr_exec *x, enum wr_sent_kind kind,
             const struct wr_uuid *to)
{
    struct wr_sent *s = wr_new(x->arena, struct wr_sent), **end = &x->s->sent;

    s->kind = kind;
    s->to = *to;
    while (*end)
        end = &(*end)->next;
    *end = s;

    return s;
}

void
wr_call_cancel(struct wr_exec *x, const struct wr_wait *w)
{
    wr_call_send(x, WR_SENT_CANCEL, &w->id);
}

void
wr_call_say(struct wr_exec *x, const struct wr_wait *w, enum wr_sent_kind kind)
{
    wr_call_send(x, kind, &w->id)->catch_up = x->ev->catch_up;
}

void
wr_call_tell(struct wr_exec *x, enum wr_sent_kind kind)
{
    struct wr_activity *a = x->i->root;

    for (; a; a = wr_activity_next(x->i->root, a)) {
        for (const struct wr_wait *w = a->waits; w; w = w->next) {
            if (w->kind == WR_WAIT_CHILD && !w->held)
                wr_call_say(x, w, kind);
        }
    }
}

static const struct wr_value *
variables_of(struct wr_exec *x, const struct wr_activity *a)
{
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry,
                                       (size_t)a->n_vars);

    wr_vars_here(a);
    for (int k = 0; k < a->n_vars; k++)
        entries[k] = (struct wr_entry){ a->vars[k].name, a->vars[k].value };

    return wr_value_context(x->arena, entries, (size_t)a->n_vars);
}

void
wr_call_over(struct wr_exec *x)
{
    struct wr_sent *s;

    if (wr_uuid_is_zero(&x->i->parent) || x->ev->by_caller || x->told)
        return;
    s = wr_call_send(x, WR_SENT_ENDED, &x->i->parent);
    s->state = x->i->state;
    s->variables = variables_of(x, x->i->root);
    s->keeps = wr_reopen_keeps(x);
    if (x->i->state == WR_FAILED) {
        s->code = x->thrown.code;
        s->message = x->thrown.message;
        s->thrown = x->thrown.data;
        s->at_end = x->thrown.at_end;
    } else if (x->i->state == WR_CANCELED) {
        s->message = x->ev->text;
    } else {
        s->at_end = x->i->ends_all;
    }
}

enum wr_catch
wr_call_caught_outside(struct wr_exec *x, enum wr_trigger trigger,
                       const char *code)
{
    const struct wr_outside *o = x->s->outside;

    if (wr_uuid_is_zero(&x->i->parent) || !o
        || (x->i->reopened.on && !x->i->reopened.tells))
        return WR_CATCH_NOT;

    return o->catches(o->data, x->s, trigger, code);
}

const char *
wr_call_mapped(struct wr_exec *x, const char *report)
{
    const struct wr_outside *o = x->s->outside;
    const char *code;

    if (wr_uuid_is_zero(&x->i->parent) || !o || !o->maps)
        return NULL;
    code = o->maps(o->data, x->s, report);
    if (!code
        || wr_call_caught_outside(x, WR_TRIGGER_ERROR, code) == WR_CATCH_NOT)
        return NULL;

    return wr_arena_strdup(x->arena, code);
}

const char *
wr_instance_maps(const struct wr_instance *i, const struct wr_model *m,
                 const struct wr_uuid *child, const char *report)
{
    const struct wr_wait *w = wr_wait_find(i, child);

    return w ? wr_outcome_mapped(&m->nodes[w->node], report) : NULL;
}

void
wr_call_escalate(struct wr_exec *x, const char *code,
                 const struct wr_value *variables, bool interrupting)
{
    struct wr_sent *s = wr_call_send(x, WR_SENT_ESCALATED, &x->i->parent);

    s->code = code;
    s->thrown = variables;
    s->variables = variables_of(x, x->i->root);
    if (!interrupting)
        return;
    x->told = true;
    wr_run_end_instance(
        x, WR_CANCELED, WR_H_INSTANCE_CANCELED,
        wr_emit_text(x, "reason", "its escalation interrupts the caller"));
}

/* ---- calling ---- */

static enum wr_move
unusable(struct wr_exec *x, const char *what, const char *why)
{
    return wr_exec_incident(x, "expression",
                            wr_arena_printf(x->arena, "%s: %s", what, why));
}

static enum wr_move
not_there(struct wr_exec *x, const char *fmt, const char *text)
{
    return wr_exec_incident(x, "called-definition",
                            wr_arena_printf(x->arena, fmt, text));
}

/* Only its own tenant's processes can be called; nothing means that. */
static enum wr_move
check_tenant(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_call_def *c = wr_exec_node(x, a)->call;
    const char *named,
        *own = wr_arena_printf(x->arena, "%d", (int)x->i->tenant);
    struct wr_err err;

    if (wr_exec_text(x, a, &c->tenant, &named, &err) < 0)
        return unusable(x, "called tenant", err.text);
    if (!named || !named[0] || strcmp(named, own) == 0)
        return WR_WAIT;

    return not_there(x,
                     "tenant '%.60s' is not this one: a process calls those of"
                     " its own tenant",
                     named);
}

/* Which definition is asked for; WR_WAIT: known. */
static enum wr_move
read_target(struct wr_exec *x, struct wr_activity *a, struct wr_callee *out)
{
    const struct wr_call_def *c = wr_exec_node(x, a)->call;
    const char *version;
    struct wr_err err;
    char *end;
    long n;

    out->binding = c->binding;
    if (wr_exec_text(x, a, &c->process, &out->key, &err) < 0)
        return unusable(x, "called process", err.text);
    if (!out->key || !out->key[0])
        return unusable(x, "called process", "its name is empty");
    if (wr_exec_text(x, a, &c->version, &version, &err) < 0)
        return unusable(x, "called version", err.text);
    if (c->binding == WR_BIND_TAG)
        out->tag = version ? version : "";
    if (c->binding != WR_BIND_VERSION)
        return WR_WAIT;
    n = version ? strtol(version, &end, 10) : 0;
    if (!version || *end || n < 1 || n > INT32_MAX)
        return unusable(x, "called version",
                        wr_arena_printf(x->arena,
                                        "'%.60s' is no whole number from 1",
                                        version ? version : "null"));
    out->version = (int32_t)n;

    return WR_WAIT;
}

static int
map_value(struct wr_exec *x, struct wr_activity *from,
          const struct wr_call_map *map, const struct wr_value **out,
          struct wr_err *err)
{
    struct wr_var *var;

    if (map->expr)
        return wr_exec_eval(x, from, map->expr, out, err);
    *out = map->constant;
    if (!map->source)
        return 0;
    var = wr_var_find(from, map->source, strlen(map->source), NULL);
    *out = var ? var->value : &wr_null;

    return 0;
}

/* A list of names and values in which a later one replaces an earlier one. */
struct pairs {
    struct wr_entry *entries;
    size_t n;
};

static void
set_pair(struct pairs *p, const char *name, const struct wr_value *v)
{
    size_t at = 0;

    while (at < p->n && strcmp(p->entries[at].key, name) != 0)
        at++;
    p->entries[at] = (struct wr_entry){ name, v };
    p->n += at == p->n;
}

/* Everything `a` sees, or only what is its own. */
static size_t
count_visible(const struct wr_activity *a, bool own)
{
    size_t n = 0;

    for (; a; a = own ? NULL : a->parent)
        n += (size_t)a->n_vars;

    return n;
}

static void
add_visible(struct wr_activity *a, bool own, struct pairs *p)
{
    for (struct wr_activity *s = a; s; s = own ? NULL : s->parent) {
        for (int k = 0; k < s->n_vars; k++) {
            const char *name = s->vars[k].name;

            if (wr_var_find(a, name, strlen(name), NULL) == &s->vars[k])
                p->entries[p->n++] = (struct wr_entry){ name,
                                                        s->vars[k].value };
        }
    }
}

static int
build_inputs(struct wr_exec *x, struct wr_activity *a,
             const struct wr_value **out)
{
    const struct wr_call_def *c = wr_exec_node(x, a)->call;
    bool own = !c->all_in || c->all_in_local;
    bool all = c->all_in || c->local_in;
    size_t max = (all ? count_visible(a, own) : 0) + (size_t)c->n_in;
    struct pairs p = { .entries = wr_newn(x->arena, struct wr_entry, max) };
    const struct wr_value *v;
    struct wr_err err;

    if (all)
        add_visible(a, own, &p);
    for (int k = 0; k < c->n_in; k++) {
        struct wr_activity self = { .node = -1,
                                    .vars = a->vars,
                                    .n_vars = a->n_vars };

        if (map_value(x, c->in[k].local ? &self : a, &c->in[k], &v, &err) < 0) {
            (void)wr_exec_incident(x, "mapping",
                                   wr_arena_printf(x->arena, "input '%s': %s",
                                                   c->in[k].target, err.text));
            return -1;
        }
        set_pair(&p, c->in[k].target, v);
    }
    *out = wr_value_context(x->arena, p.entries, p.n);

    return 0;
}

static int
business_key(struct wr_exec *x, struct wr_activity *a, const char **out)
{
    const struct wr_call_def *c = wr_exec_node(x, a)->call;
    struct wr_err err;

    *out = c->inherit_key ? x->i->business_key : NULL;
    if (!c->business_key.text)
        return 0;
    if (wr_exec_text(x, a, &c->business_key, out, &err) < 0) {
        (void)unusable(x, "business key", err.text);
        return -1;
    }

    return 0;
}

static const struct wr_value *
describe(struct wr_exec *x, const char *key, int32_t version)
{
    struct wr_entry entries[] = {
        { "process", wr_value_string(x->arena, key) },
        { "version", wr_value_int(x->arena, version) },
    };

    return wr_value_context(x->arena, entries, WR_COUNT(entries));
}

static enum wr_move
find_called(struct wr_exec *x, struct wr_activity *a, struct wr_callee *c)
{
    const struct wr_outside *o = x->s->outside;
    enum wr_move move = check_tenant(x, a);
    struct wr_err err;

    if (move == WR_WAIT)
        move = read_target(x, a, c);
    if (move != WR_WAIT)
        return move;
    if (!o)
        return not_there(x, "no process '%.100s' can be called here", c->key);
    if (x->i->depth >= WR_CALL_DEPTH)
        return not_there(x, "'%.100s' is not called: calls are nested too deep",
                         c->key);
    if (o->resolve(o->data, x->s, c, &err) < 0)
        return not_there(x, "%s", wr_arena_strdup(x->arena, err.text));

    return WR_WAIT;
}

/* The called process asks for variables, as at any start (S25). */
static int
fit_inputs(struct wr_exec *x, const struct wr_callee *c,
           const struct wr_value **variables)
{
    const struct wr_outside *o = x->s->outside;
    struct wr_err err;

    if (!o->takes
        || o->takes(o->data, x->s, &c->definition, *variables, variables, &err)
               == 0)
        return 0;
    (void)wr_exec_incident(x, "form",
                           wr_arena_printf(x->arena,
                                           "process '%.100s' is not called: %s",
                                           c->key, err.text));

    return -1;
}

enum wr_move
wr_call_open(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_value *variables;
    struct wr_callee c = { 0 };
    enum wr_move move = find_called(x, a, &c);
    const char *key;
    struct wr_sent *s;
    struct wr_wait *w;

    if (move != WR_WAIT)
        return move;
    if (build_inputs(x, a, &variables) < 0 || fit_inputs(x, &c, &variables) < 0
        || business_key(x, a, &key) < 0)
        return WR_THROW;
    w = wr_wait_open(x, a, WR_WAIT_CHILD, a->node);
    w->child.process = wr_arena_strdup(x->i->arena, c.key);
    wr_wait_opened(x, w, describe(x, c.key, c.version));
    s = wr_call_send(x, WR_SENT_CALL, &w->id);
    s->definition = c.definition;
    s->latest = c.binding == WR_BIND_LATEST;
    s->root = wr_uuid_is_zero(&x->i->root_id) ? x->i->id : x->i->root_id;
    s->depth = x->i->depth + 1;
    s->variables = variables;
    s->business_key = key;

    return WR_WAIT;
}

/* ---- coming back ---- */

/* What `out` mappings name, from what the called process left behind. */
static int
map_out(struct wr_exec *x, struct wr_activity *a, struct pairs *out,
        struct pairs *local)
{
    const struct wr_call_def *c = wr_exec_node(x, a)->call;
    size_t n = a->result ? a->result->context.n : 0;
    struct wr_activity child = { .node = -1, .n_vars = (int)n };
    const struct wr_value *v;
    struct wr_err err;

    child.vars = wr_newn(x->arena, struct wr_var, n);
    for (size_t k = 0; k < n; k++)
        child.vars[k] = (struct wr_var){
            .name = a->result->context.entries[k].key,
            .value = a->result->context.entries[k].value,
        };
    for (int k = 0; k < c->n_out; k++) {
        if (map_value(x, &child, &c->out[k], &v, &err) < 0) {
            (void)wr_exec_incident(x, "mapping",
                                   wr_arena_printf(x->arena, "output '%s': %s",
                                                   c->out[k].target, err.text));
            return -1;
        }
        set_pair(c->out[k].local ? local : out, c->out[k].target, v);
    }

    return 0;
}

int
wr_call_out(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_call_def *c = wr_exec_node(x, a)->call;
    size_t n = (size_t)c->n_out;
    struct pairs out = { .entries = wr_newn(x->arena, struct wr_entry, n) };
    struct pairs local = { .entries = wr_newn(x->arena, struct wr_entry, n) };

    if (map_out(x, a, &out, &local) < 0)
        return -1;
    if (c->all_out && c->all_out_local)
        wr_variables_local(x, a, a->result);
    wr_variables_local(x, a,
                       wr_value_context(x->arena, local.entries, local.n));
    wr_variables_write(x, a, wr_value_context(x->arena, out.entries, out.n));

    return 0;
}

bool
wr_call_gives_all(const struct wr_node *n)
{
    return n->call->all_out && !n->call->all_out_local;
}

void
wr_call_throw(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_event *ev = x->ev;
    const char *code = ev->text ? ev->text : "";

    if (!wr_fault_throw(x, a, code, ev->message, ev->thrown))
        wr_fault_uncaught(x, a, code, ev->message, ev->thrown, ev->at_end);
}

/* An error crosses the call activity, outputs first.  When they cannot be made
 * it stays here, an incident: nobody shall go on without their values. */
static void
failed(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_event *ev = x->ev;
    const char *code = ev->text ? ev->text : "";
    bool mapped = wr_mapping_out(x, a) == 0;

    a->result = NULL;
    if (!mapped) {
        x->fault.message = wr_arena_printf(
            x->arena, "%s; the called process failed with error '%s'",
            x->fault.message, code);
        a->stage = WR_STAGE_ENTER; /* a retry calls it again */
        wr_fault_handle(x, a);
        return;
    }
    wr_call_throw(x, a);
}

static bool
is_last(const struct wr_activity *a)
{
    const struct wr_activity *scope = a->parent;

    return scope->first == a && scope->last == a && !scope->pending
           && !scope->n_queues && !wr_spill_is_away(scope);
}

/*
 * Somebody cancelled the called process alone.  Its call activity goes too, as
 * far out as nothing else is left beside it; when that is everything, so does
 * the caller (Camunda 7 does the same).  Of an activity that runs several times
 * one iteration ends, without outputs.
 */
static void
canceled(struct wr_exec *x, struct wr_activity *a)
{
    while (a->role != WR_ROLE_ITERATION && a->parent->node >= 0 && is_last(a))
        a = a->parent;
    if (a->role == WR_ROLE_ITERATION) {
        wr_touch(x, a->parent);
        wr_run_skip(x, a);
    } else if (a->parent->node < 0 && is_last(a)) {
        wr_run_end_instance(x, WR_CANCELED, WR_H_INSTANCE_CANCELED,
                            wr_emit_text(x, "reason", x->ev->message));
    } else {
        wr_touch(x, a->parent);
        wr_cancel(x, a);
    }
}

void
wr_call_ended(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;
    const struct wr_event *ev = x->ev;

    if (w->undoing) {
        wr_call_undone(x, w);
        return;
    }
    if (ev->variables)
        a->result = wr_value_copy(x->i->arena, ev->variables);
    switch (ev->state) {
    case WR_FAILED:
        wr_emit(x, WR_H_CALL_FAILED, x->m->nodes[w->node].symbol, a->key,
                &w->id, wr_emit_text(x, "code", ev->text));
        wr_wait_drop(x->i, w);
        failed(x, a);
        break;
    case WR_CANCELED:
        a->result = NULL;
        wr_emit(x, WR_H_CALL_CANCELED, x->m->nodes[w->node].symbol, a->key,
                &w->id, NULL);
        wr_wait_drop(x->i, w);
        canceled(x, a);
        break;
    case WR_ACTIVE:
    case WR_SUSPENDED:
    case WR_COMPLETED:
        wr_call_note(x, a, w);
        wr_wait_close(x, w, /* canceled= */ false, NULL);
        if (ev->at_end) {
            wr_terminate_all(x);
            break;
        }
        if (wr_hold_is(x, a->node))
            a->stage = WR_STAGE_LEAVE;
        if (!wr_hold_token(x, a))
            wr_run_resume(x, a);
        break;
    }
}

/* Outputs first (Camunda 7), then as if the call activity had thrown it.  The
 * called process may run on, so outputs that cannot be made hold up nothing. */
void
wr_call_escalated(struct wr_exec *x, struct wr_wait *w)
{
    struct wr_activity *a = w->owner;
    const struct wr_event *ev = x->ev;
    const char *why = NULL;

    if (ev->variables)
        a->result = wr_value_copy(x->i->arena, ev->variables);
    if (!w->undoing && wr_mapping_out(x, a) < 0) {
        why = x->fault.message;
        x->fault = (struct wr_fault){ 0 };
    }
    a->result = NULL;
    wr_variables_tell(x, a); /* it stays, with what the outputs were made of */
    (void)wr_fault_escalate_without(x, a, ev->text, ev->thrown, why);
}
