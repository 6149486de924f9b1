/*
 * throw.c: messages and signals that an instance throws (SEMANTICS S14, S15).
 *
 * What is thrown to others becomes a row of the step's own commit and is
 * delivered afterwards: a failing receiver is never the thrower's trouble.  Those
 * who wait for a signal in the same instance: hear.c.
 */

#include <string.h>

#include "engine/exec/exec.h"

enum {
    GRACE_MS = 10000,         /* to whoever commits it, before others try */
    KEPT_MS = 60 * 60 * 1000, /* how long nobody need wait for a message */
};

static const struct wr_value *
locals(struct wr_exec *x, const struct wr_activity *a)
{
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry,
                                       (size_t)a->n_vars);

    wr_vars_here(a);
    for (int k = 0; k < a->n_vars; k++)
        entries[k] = (struct wr_entry){ a->vars[k].name, a->vars[k].value };

    return wr_value_context(x->arena, entries, (size_t)a->n_vars);
}

/* Everything the element sees, the nearest value of each name. */
static const struct wr_value *
visible(struct wr_exec *x, struct wr_activity *a)
{
    struct wr_entry *entries;
    size_t n = 0;

    for (struct wr_activity *s = a; s; s = s->parent)
        n += (size_t)s->n_vars;
    entries = wr_newn(x->arena, struct wr_entry, n);
    n = 0;
    for (struct wr_activity *s = a; s; s = s->parent) {
        for (int k = 0; k < s->n_vars; k++) {
            const struct wr_var *v = &s->vars[k];

            if (wr_var_find(a, v->name, strlen(v->name), NULL) == v)
                entries[n++] = (struct wr_entry){ v->name, v->value };
        }
    }

    return wr_value_context(x->arena, entries, n);
}

/* {target: value} of the definition's own mappings. */
static int
mapped(struct wr_exec *x, struct wr_activity *a, const struct wr_event_def *e,
       const struct wr_value **out, struct wr_err *err)
{
    const struct wr_value *all = e->gives_all
                                     ? visible(x, a)
                                     : wr_value_context(x->arena, NULL, 0);
    size_t n = all->context.n;
    struct wr_entry *entries = wr_newn(x->arena, struct wr_entry,
                                       n + (size_t)e->n_gives);

    for (size_t k = 0; k < n; k++)
        entries[k] = all->context.entries[k];
    for (int g = 0; g < e->n_gives; g++) {
        const struct wr_give *give = &e->gives[g];
        const struct wr_value *v = &wr_null;
        struct wr_var *var;
        size_t at = 0;

        if (give->variable) {
            var = wr_var_find(a, give->variable, strlen(give->variable), NULL);
            v = var ? var->value : &wr_null;
        } else if (wr_exec_eval(x, a, give->expr, &v, err) < 0) {
            return err->code;
        }
        while (at < n && strcmp(entries[at].key, give->target) != 0)
            at++;
        entries[at] = (struct wr_entry){ give->target, v };
        n += at == n;
    }
    *out = wr_value_context(x->arena, entries, n);

    return 0;
}

/* What goes with it: its own mappings, else the element's inputs; NULL. */
static int
payload_of(struct wr_exec *x, struct wr_activity *a,
           const struct wr_event_def *e, const struct wr_value **out,
           struct wr_err *err)
{
    *out = NULL;
    if (e->n_gives || e->gives_all) {
        if (mapped(x, a, e, out, err) < 0)
            return err->code;
    } else if (a->n_vars) {
        *out = locals(x, a);
    }
    if (*out)
        return wr_variables_check(*out, err);

    return 0;
}

/* The process's own listeners throw for its first element. */
static int
symbol_of(const struct wr_exec *x, const struct wr_activity *a)
{
    return x->m->nodes[a->node < 0 ? wr_listen_node(x) : a->node].symbol;
}

static void
owe(struct wr_exec *x, const struct wr_activity *a, struct wr_outbox_row row,
    const struct wr_value *payload)
{
    struct wr_str bytes = { .arena = x->arena };

    row.id = wr_uuid_next(&x->ids);
    row.tenant = x->i->tenant;
    row.element = symbol_of(x, a);
    row.instance = x->i->id;
    row.definition = x->i->definition;
    row.created_at = x->ev->now;
    row.due_at = x->ev->now + GRACE_MS;
    row.expires_at = x->ev->now + KEPT_MS;
    if (payload) {
        wr_value_encode(&bytes, payload);
        row.payload = (struct wr_blob){ bytes.s, bytes.len };
    }
    wr_effects_owe(x, &row);
}

/* To everybody its message flows lead to, else to whoever waits for it. */
static void
owe_message(struct wr_exec *x, const struct wr_activity *a,
            const struct wr_event_def *e, struct wr_outbox_row row,
            const struct wr_value *payload)
{
    const char *name = row.name;

    if (!e->n_aims && !e->noted)
        owe(x, a, row, payload);
    for (int k = 0; k < e->n_aims; k++) {
        const struct wr_message_aim *to = &e->aims[k];

        row.name = to->name ? to->name : name;
        row.business_key = to->process;
        if (to->element)
            row.business_key = wr_arena_printf(x->arena, "%s/%s", to->process,
                                               to->element);
        owe(x, a, row, payload);
    }
}

struct thrown {
    const char *name, *key, *starts_key;
    const struct wr_value *payload;
};

static void
throw_one(struct wr_exec *x, struct wr_activity *a,
          const struct wr_event_def *e, const struct thrown *out, int64_t but)
{
    bool is_signal = e->trigger == WR_TRIGGER_SIGNAL;
    const struct wr_value *payload = out->payload;
    const char *name = out->name;
    struct wr_signal_out *t;

    wr_emit(x, is_signal ? WR_H_SIGNAL_THROWN : WR_H_MESSAGE_THROWN,
            symbol_of(x, a), a->key, NULL,
            wr_emit_text(x, is_signal ? "signal" : "message", name));
    if (!is_signal && !e->local) {
        owe_message(x, a, e,
                    (struct wr_outbox_row){
                        .kind = WR_OUT_MESSAGE, .name = name, .key = out->key },
                    payload);
        return;
    }
    if (!e->local)
        owe(x, a,
            (struct wr_outbox_row){ .kind = WR_OUT_SIGNAL,
                                    .name = name,
                                    .business_key = out->starts_key },
            payload);
    t = wr_new(x->arena, struct wr_signal_out);
    *t = (struct wr_signal_out){
        .name = name, .message = !is_signal, .payload = payload, .but = but
    };
    *(x->signals_end ? x->signals_end : &x->signals) = t;
    x->signals_end = &t->next;
}

static enum wr_move
refused(struct wr_exec *x, const struct wr_event_def *e, const char *why)
{
    return wr_exec_incident(
        x, "expression",
        wr_arena_printf(x->arena, "%s: %s",
                        e->trigger == WR_TRIGGER_SIGNAL ? "signal" : "message",
                        why));
}

/* With `body`: it is told apart from the others, and nothing but what the
 * definition names goes with it. */
static enum wr_move
throw_events(struct wr_exec *x, struct wr_activity *a,
             const struct wr_event_def *e, int n,
             const struct wr_activity *body)
{
    struct thrown *out = wr_newn(x->arena, struct thrown, (size_t)n);
    struct wr_err err;

    /* All that can fail before anything is thrown. */
    for (int k = 0; k < n; k++) {
        if (e[k].trigger != WR_TRIGGER_SIGNAL
            && e[k].trigger != WR_TRIGGER_MESSAGE)
            continue;
        if (wr_exec_text(x, a, &e[k].name, &out[k].name, &err) < 0
            || wr_exec_text(x, a, &e[k].correlation, &out[k].key, &err) < 0
            || wr_exec_text(x, a, &e[k].starts_key, &out[k].starts_key, &err)
                   < 0
            || ((!body || e[k].n_gives || e[k].gives_all)
                && payload_of(x, a, &e[k], &out[k].payload, &err) < 0))
            return refused(x, &e[k], err.text);
        if (!out[k].name || !out[k].name[0])
            return refused(x, &e[k], "its name is empty");
    }
    for (int k = 0; k < n; k++) {
        if (!out[k].name)
            continue;
        wr_talk_sent(x, a, body ? body->parent : a, &e[k]);
        throw_one(x, a, &e[k], &out[k], body ? body->key : 0);
    }

    return WR_LEAVE;
}

/* Those among the parts of `a`, one after the other as long as it is there:
 * END when one interrupted it. */
static enum wr_move
escalate(struct wr_exec *x, struct wr_activity *a, const struct wr_event_def *e,
         int n, const char *const *codes)
{
    struct wr_watch w;

    wr_watch(x, &w, a);
    for (int k = 0; k < n && !w.gone; k++) {
        if (e[k].trigger == WR_TRIGGER_ESCALATION)
            (void)wr_fault_escalate(x, a, codes[k] ? codes[k] : "", NULL);
    }

    return wr_unwatch(x, &w) ? WR_LEAVE : WR_END;
}

enum wr_move
wr_throw_all(struct wr_exec *x, struct wr_activity *a)
{
    int n;
    const struct wr_event_def *e = wr_node_events(&x->m->nodes[a->node], &n);
    const char **codes = wr_newn(x->arena, const char *, (size_t)n);
    struct wr_err err;

    for (int k = 0; k < n; k++) {
        if (e[k].trigger == WR_TRIGGER_ESCALATION
            && wr_exec_text(x, a, &e[k].name, &codes[k], &err) < 0)
            return wr_exec_incident(x, "expression", err.text);
    }
    if (throw_events(x, a, e, n, NULL) == WR_THROW)
        return WR_THROW;

    return escalate(x, a, e, n, codes);
}

enum wr_move
wr_throw_told(struct wr_exec *x, struct wr_activity *a,
              const struct wr_event_def *e)
{
    struct thrown out = { 0 };
    struct wr_err err;

    if (wr_exec_text(x, a, &e->name, &out.name, &err) < 0)
        return refused(x, e, err.text);
    if (e->trigger == WR_TRIGGER_ERROR)
        return wr_exec_error(x, out.name, NULL, /* at_end= */ false);
    if (!out.name || !out.name[0])
        return refused(x, e, "its name is empty");
    throw_one(x, a, e, &out, 0);

    return WR_LEAVE;
}

enum wr_move
wr_throw_enter(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move;

    if (wr_exec_handled(x, a, &move))
        return move;
    if (x->m->nodes[a->node].job) {
        wr_talk_sent(x, a, a, &x->m->nodes[a->node].event);
        return wr_job_open(x, a);
    }

    return wr_throw_all(x, a);
}

int
wr_throw_behavior(struct wr_exec *x, struct wr_activity *a,
                  const struct wr_event_def *e, int n)
{
    struct wr_activity *body = a->parent;
    struct wr_signal_out **next = x->signals ? x->signals_end : &x->signals;
    struct wr_signal_out *t;
    struct wr_watch w;
    bool here = true;

    if (throw_events(x, a, e, n, body) == WR_THROW)
        return -1;
    t = *next;
    wr_watch(x, &w, a);
    for (int k = 0; k < n && !w.gone; k++) {
        if (e[k].trigger != WR_TRIGGER_SIGNAL)
            continue;
        wr_hear_at(x, body, t);
        t = t->next;
    }
    here = wr_unwatch(x, &w);

    return here ? 0 : 1;
}
