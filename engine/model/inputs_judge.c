/* inputs_judge.c: what is wrong with definitions of variables, before anything is
 * started with them. */

#include <string.h>

#include "engine/model/bpmn.h"
#include "engine/model/inputs.h"

/* The first that a start has to give; NULL. */
static const char *
needed(const struct wr_inputs *inputs)
{
    for (size_t i = 0; i < inputs->n; i++) {
        if (inputs->items[i].required && !inputs->items[i].preset)
            return inputs->items[i].name;
    }

    return NULL;
}

/* Nobody gives a timer variables. */
static void
judge_timers(struct wr_findings *f, const struct wr_model *m, const char *name)
{
    for (int k = 0; k < m->n_starts; k++) {
        const struct wr_node *n = &m->nodes[m->starts[k].node];
        int n_events;
        const struct wr_event_def *e = wr_node_events(n, &n_events);

        if (e[m->starts[k].part].trigger == WR_TRIGGER_TIMER)
            wr_found(f, WR_F_NO_INPUT, n->id, n->line,
                     "the timer of '%s' starts the process without variables,"
                     " and '%s' is required: each such instance stops with an"
                     " incident",
                     n->id, name);
    }
}

void
wr_inputs_judge(struct wr_findings *f, const char *name, const void *bytes,
                size_t len, const struct wr_model *const *models, int n)
{
    struct wr_inputs inputs;
    struct wr_err why = { 0 };
    const char *first;

    if (wr_inputs_parse(f->arena, bytes, len, &inputs, &why) < 0) {
        wr_found(f, WR_F_BAD_VARIABLES, NULL, why.line, "%s: %s", name,
                 why.text);
        return;
    }
    first = needed(&inputs);
    for (int i = 0; first && i < n; i++)
        judge_timers(f, models[i], first);
}
