/* message.c: waiting for a message or a signal (SEMANTICS S14, S15). */

#include "engine/exec/exec.h"

static int
refused(struct wr_exec *x, int node, const char *what, const char *why)
{
    (void)wr_exec_incident(x, "expression",
                           wr_arena_printf(x->arena, "%s of '%s': %s", what,
                                           x->m->nodes[node].id, why));

    return -1;
}

/* Name and key are evaluated once, here. */
int
wr_message_arm(struct wr_exec *x, struct wr_activity *a, int node, int part)
{
    int n;
    const struct wr_event_def *def = wr_node_events(&x->m->nodes[node], &n)
                                     + part;
    struct wr_activity *from = wr_trigger_scope(x, a, node);
    bool is_signal = def->trigger == WR_TRIGGER_SIGNAL;
    const char *what = is_signal ? "signal" : "message", *name, *key;
    struct wr_err err;
    struct wr_wait *w;

    if (wr_exec_text(x, from, &def->name, &name, &err) < 0)
        return refused(x, node, what, err.text);
    if (!name || !name[0])
        return refused(x, node, what, "its name is empty");
    if (wr_exec_text(x, from, &def->correlation, &key, &err) < 0)
        return refused(x, node, "correlation key", err.text);
    if (!key && def->correlation.expr)
        return refused(x, node, "correlation key", "it is null");
    if (!key)
        key = wr_talk_find(from, def);

    w = wr_wait_open(x, a, WR_WAIT_SUBSCRIPTION, node);
    w->part = part;
    if (is_signal)
        w->subscription.type = WR_SUB_SIGNAL;
    else if (def->name.text == x->m->nodes[node].id)
        w->subscription.type = WR_SUB_TRIGGER;
    w->subscription.name = wr_arena_strdup(x->i->arena, name);
    w->subscription.key = key ? wr_arena_strdup(x->i->arena, key) : NULL;
    wr_wait_opened(x, w, wr_emit_text(x, what, name));

    return 0;
}
