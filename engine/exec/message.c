/* message.c: waiting for a message (SEMANTICS S15). */

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
wr_message_arm(struct wr_exec *x, struct wr_activity *a, int node)
{
    const struct wr_event_def *def = &x->m->nodes[node].event;
    struct wr_activity *from = wr_trigger_scope(x, a, node);
    const char *name, *key;
    struct wr_err err;
    struct wr_wait *w;

    if (wr_exec_text(x, from, &def->name, &name, &err) < 0)
        return refused(x, node, "message name", err.text);
    if (!name || !name[0])
        return refused(x, node, "message name", "it is empty");
    if (wr_exec_text(x, from, &def->correlation, &key, &err) < 0)
        return refused(x, node, "correlation key", err.text);
    if (!key && def->correlation.expr)
        return refused(x, node, "correlation key", "it is null");

    w = wr_wait_open(x, a, WR_WAIT_SUBSCRIPTION, node);
    w->subscription.name = wr_arena_strdup(x->i->arena, name);
    w->subscription.key = key ? wr_arena_strdup(x->i->arena, key) : NULL;
    wr_wait_opened(x, w, wr_emit_text(x, "message", name));

    return 0;
}

enum wr_move
wr_message_open(struct wr_exec *x, struct wr_activity *a)
{
    return wr_message_arm(x, a, a->node) < 0 ? WR_THROW : WR_WAIT;
}
