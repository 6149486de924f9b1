/* endEvent: consumes the token; may throw, or end its scope (S23). */

#include "engine/elements/table.h"

static enum wr_move
throw_error(struct wr_exec *x, struct wr_activity *a,
            const struct wr_event_def *e)
{
    const char *code, *message;
    struct wr_err err;

    if (wr_exec_text(x, a, &e->name, &code, &err) < 0
        || wr_exec_text(x, a, &e->message, &message, &err) < 0)
        return wr_exec_incident(x, "expression", err.text);

    return wr_exec_error(x, code, message, /* at_end= */ true);
}

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = wr_exec_node(x, a);
    const struct wr_event_def *error = wr_node_event(n, WR_TRIGGER_ERROR);
    bool ends = error || wr_node_event(n, WR_TRIGGER_TERMINATE)
                || wr_node_event(n, WR_TRIGGER_CANCEL)
                || wr_node_event(n, WR_TRIGGER_COMPENSATION);
    enum wr_move move = ends && n->n_parts ? wr_throw_all(x, a) : WR_LEAVE;

    if (move != WR_LEAVE)
        return move;
    if (error)
        return throw_error(x, a, error);
    if (n->event.trigger == WR_TRIGGER_ESCALATION)
        return wr_exec_escalation(x, a);
    if (wr_node_event(n, WR_TRIGGER_TERMINATE))
        return wr_terminate(x, a);
    if (wr_node_event(n, WR_TRIGGER_CANCEL))
        return wr_cancel_transaction(x, a);
    if (wr_node_event(n, WR_TRIGGER_COMPENSATION))
        return wr_compensate(x, a);

    return wr_throw_enter(x, a);
}

const struct wr_element_ops wr_el_end_event = {
    .enter = enter,
};
