/*
 * trace.c: a step as lines that people compare (.flow files).
 *
 *     end                    the element was passed or completed
 *     enter sub              it started and will be there for a while
 *     job charge             a job, task, timer ... was opened at the element
 *     timer wait due=2026-01-01T01:00:00.000Z
 *     set amount=120
 *     state completed        how the instance ended
 */

#include <string.h>

#include "engine/base/json.h"
#include "engine/exec/history.h"
#include "engine/exec/step.h"

static const struct {
    enum wr_history_type type;
    const char *word; /* "": the element alone */
} words[] = {
    { WR_H_INSTANCE_STARTED, "started" },
    { WR_H_INSTANCE_COMPLETED, "state completed" },
    { WR_H_INSTANCE_FAILED, "state failed" },
    { WR_H_INSTANCE_CANCELED, "state canceled" },
    { WR_H_INSTANCE_SUSPENDED, "state suspended" },
    { WR_H_INSTANCE_RESUMED, "state active" },
    { WR_H_INSTANCE_MODIFIED, "modified" },
    { WR_H_INSTANCE_MIGRATED, "migrated" },
    { WR_H_ELEMENT_STARTED, "enter" },
    { WR_H_ELEMENT_COMPLETED, "" },
    { WR_H_ELEMENT_CANCELED, "canceled" },
    { WR_H_FLOW_TAKEN, "flow" },
    { WR_H_ELEMENT_PASSED, "" },
    { WR_H_LOOP_STARTED, "loop" },
    { WR_H_LOOP_COMPLETED, "loop-completed" },
    { WR_H_LOOP_CANCELED, "loop-canceled" },
    { WR_H_LOOP_PLANNED, "iterations" },
    { WR_H_VARIABLE_SET, "set" },
    { WR_H_VARIABLE_REMOVED, "removed" },
    { WR_H_TASK_CREATED, "task" },
    { WR_H_TASK_ASSIGNED, "assigned" },
    { WR_H_TASK_COMPLETED, "task-completed" },
    { WR_H_TASK_CANCELED, "task-canceled" },
    { WR_H_JOB_CREATED, "job" },
    { WR_H_JOB_COMPLETED, "job-completed" },
    { WR_H_JOB_FAILED, "job-failed" },
    { WR_H_JOB_CANCELED, "job-canceled" },
    { WR_H_TIMER_ARMED, "timer" },
    { WR_H_TIMER_FIRED, "timer-fired" },
    { WR_H_TIMER_CANCELED, "timer-canceled" },
    { WR_H_SUBSCRIPTION_OPENED, "message" },
    { WR_H_MESSAGE_RECEIVED, "message-received" },
    { WR_H_SUBSCRIPTION_CLOSED, "message-closed" },
    { WR_H_SIGNAL_RECEIVED, "signal-received" },
    { WR_H_SIGNAL_THROWN, "throw" },
    { WR_H_MESSAGE_THROWN, "throw" },
    { WR_H_CONVERSATION_KEYED, "conversation" },
    { WR_H_INCIDENT_CREATED, "incident" },
    { WR_H_INCIDENT_RESOLVED, "incident-resolved" },
    { WR_H_ERROR_THROWN, "error" },
    { WR_H_ESCALATION_THROWN, "escalation" },
    { WR_H_CONDITION_MET, "condition" },
    { WR_H_CONDITION_ARMED, "condition-armed" },
    { WR_H_CONDITION_CLOSED, "condition-closed" },
    { WR_H_CONDITION_LAPSED, "condition-lapsed" },
    { WR_H_DECISION_MADE, "decision" },
    { WR_H_CALL_STARTED, "call" },
    { WR_H_CALL_COMPLETED, "call-completed" },
    { WR_H_CALL_FAILED, "call-failed" },
    { WR_H_CALL_CANCELED, "call-canceled" },
    { WR_H_CALL_COMPENSATING, "call-compensate" },
    { WR_H_CALL_COMPENSATED, "call-compensated" },
    { WR_H_INSTANCE_COMPENSATING, "compensating" },
    { WR_H_INSTANCE_COMPENSATED, "all compensated" },
    { WR_H_INSTANCE_KEPT, "compensating canceled" },
    { WR_H_COMPENSATION_STARTED, "compensate" },
    { WR_H_COMPENSATION_COMPLETED, "compensated" },
    { WR_H_COMPENSATION_CANCELED, "compensation-canceled" },
    { WR_H_AD_HOC_CLOSED, "closed" },
    { WR_H_ELEMENT_SUSPENDED, "suspended" },
    { WR_H_ELEMENT_RESUMED, "resumed" },
    { WR_H_TOKEN_PARKED, "parked" },
    { WR_H_TRIGGER_PARKED, "parked-trigger" },
    { WR_H_TOKEN_RELEASED, "released" },
    { WR_H_TIMER_OVERDUE, "timer-overdue" },
    { WR_H_STEP_CUT, "cut" },
};

static const char *
word_of(enum wr_history_type type)
{
    for (size_t k = 0; k < WR_COUNT(words); k++) {
        if (words[k].type == type)
            return words[k].word;
    }

    return wr_history_name(type);
}

static const char *
element_of(const struct wr_model *m, int symbol)
{
    int node = wr_model_node_of(m, symbol), flow;

    if (node >= 0)
        return m->nodes[node].id;
    flow = wr_model_flow_of(m, symbol);

    return flow >= 0 ? m->flows[flow].id : NULL;
}

static void
add(struct wr_str *out, size_t line, const char *text)
{
    if (!text || !text[0])
        return;
    if (out->len > line)
        wr_str_addc(out, ' ');
    wr_str_add(out, text);
}

static void
trace_event(struct wr_str *out, const struct wr_model *m,
            const struct wr_history_event *e)
{
    size_t line = out->len;

    add(out, line, word_of(e->type));
    if (e->element)
        add(out, line, element_of(m, e->element));
    for (size_t k = 0; e->data && k < e->data->context.n; k++) {
        add(out, line, e->data->context.entries[k].key);
        wr_str_addc(out, '=');
        wr_json_write(out, e->data->context.entries[k].value, WR_JSON_PLAIN);
    }
    wr_str_addc(out, '\n');
}

static void
trace_row(struct wr_str *out, const struct wr_model **now,
          const struct wr_model *m, const struct wr_history_row *row)
{
    const struct wr_history_event *events;
    struct wr_err err;
    size_t n;

    if (wr_history_decode(out->arena, row->events, &events, &n, &err) < 0) {
        wr_str_printf(out, "unreadable history: %s\n", err.text);
        return;
    }
    for (size_t k = 0; k < n; k++) {
        if (events[k].type == WR_H_INSTANCE_MIGRATED)
            *now = m;
        trace_event(out, *now, &events[k]);
    }
}

const char *
wr_step_trace(struct wr_arena *a, const struct wr_model *m,
              const struct wr_effects *fx)
{
    const struct wr_model *now = fx->from ? fx->from : m;
    struct wr_str out = { .arena = a };

    trace_row(&out, &now, m, &fx->history);
    for (int k = 0; k < fx->n_more_histories; k++)
        trace_row(&out, &now, m, &fx->more_histories[k]);

    return wr_str_text(&out);
}
