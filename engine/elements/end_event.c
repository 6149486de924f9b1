/* endEvent: consumes the token; may throw an error or end its scope (S23). */

#include "engine/elements/table.h"

static enum wr_move
throw_error(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_event_def *e = &wr_exec_node(x, a)->event;
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
    enum wr_move move;

    switch (wr_exec_node(x, a)->event.trigger) {
    case WR_TRIGGER_ERROR:
        return throw_error(x, a);
    case WR_TRIGGER_ESCALATION:
        return wr_exec_escalation(x, a);
    case WR_TRIGGER_TERMINATE:
        wr_scope_terminate(x, a);
        return WR_LEAVE;
    case WR_TRIGGER_NONE:
    case WR_TRIGGER_MESSAGE:
    case WR_TRIGGER_TIMER:
    case WR_TRIGGER_SIGNAL:
    case WR_TRIGGER_CONDITIONAL:
    case WR_TRIGGER_COMPENSATION:
    case WR_TRIGGER_CANCEL:
    case WR_TRIGGER_LINK:
    case WR_TRIGGER_MULTIPLE:
    case WR_TRIGGER_PARALLEL_MULTIPLE:
    case WR_TRIGGERS:
        break;
    }

    return wr_exec_handled(x, a, &move) ? move : WR_LEAVE;
}

const struct wr_element_ops wr_el_end_event = {
    .enter = enter,
};
