/*
 * trigger.c: what an event waits for, wherever it stands.
 *
 * The same triggers arm catch events, boundary events and the start events of
 * event sub-processes; a new trigger is one more case here.  The wait hangs on
 * the activity that is there: the catch event itself, the host of a boundary
 * event, the scope of an event sub-process, the event-based gateway before it.
 */

#include <string.h>

#include "engine/exec/exec.h"

bool
wr_trigger_is_sub(const struct wr_model *m, int node)
{
    const struct wr_node *n = &m->nodes[node];
    int owner = m->scopes[n->scope].node;

    return n->kind == WR_START_EVENT && owner >= 0 && m->nodes[owner].event_sub;
}

enum wr_match
wr_trigger_match(const struct wr_model *m, int node, enum wr_trigger trigger,
                 const char *code)
{
    enum wr_match match = WR_MATCH_NONE;
    int n;
    const struct wr_event_def *e = wr_node_events(&m->nodes[node], &n);

    for (int k = 0; k < n; k++) {
        if (e[k].trigger != trigger)
            continue;
        if (e[k].name.text && strcmp(e[k].name.text, code) == 0)
            return WR_MATCH_CODE;
        if (!e[k].name.text)
            match = WR_MATCH_ANY;
    }

    return match;
}

struct wr_activity *
wr_trigger_scope(const struct wr_exec *x, struct wr_activity *a, int node)
{
    return x->m->nodes[node].host >= 0 ? a->parent : a;
}

const struct wr_event_def *
wr_trigger_part(const struct wr_exec *x, const struct wr_wait *w)
{
    int n;

    return wr_node_events(&x->m->nodes[w->node], &n) + w->part;
}

static int
arm_part(struct wr_exec *x, struct wr_activity *a, int node, int part,
         enum wr_trigger trigger)
{
    switch (trigger) {
    case WR_TRIGGER_TIMER:
        return wr_timer_arm(x, a, node, part);
    case WR_TRIGGER_MESSAGE:
    case WR_TRIGGER_SIGNAL:
        return wr_message_arm(x, a, node, part);
    case WR_TRIGGER_CONDITIONAL:
        wr_condition_arm(x, a, node, part);
        return 0;
    case WR_TRIGGER_MULTIPLE:
    case WR_TRIGGER_PARALLEL_MULTIPLE:
    case WR_TRIGGER_NONE: /* the others wait for nothing: they are found */
    case WR_TRIGGER_ERROR:
    case WR_TRIGGER_TERMINATE:
    case WR_TRIGGER_ESCALATION:
    case WR_TRIGGER_COMPENSATION:
    case WR_TRIGGER_CANCEL:
    case WR_TRIGGER_LINK:
    case WR_TRIGGERS:
        break;
    }

    return 0;
}

/* All of its parts or none. */
int
wr_trigger_arm(struct wr_exec *x, struct wr_activity *a, int node)
{
    int n;
    const struct wr_event_def *e = wr_node_events(&x->m->nodes[node], &n);

    for (int k = 0; k < n; k++) {
        if ((a->node == node && a->came == k + 1)
            || arm_part(x, a, node, k, e[k].trigger) == 0)
            continue;
        wr_catch_close(x, a, node);
        return -1;
    }

    return 0;
}

void
wr_trigger_fire(struct wr_exec *x, struct wr_activity *a, int node,
                const struct wr_value *result)
{
    if (x->m->nodes[node].host >= 0)
        wr_boundary_fire(x, a, node, result);
    else if (a->node >= 0 && x->m->nodes[a->node].kind == WR_EVENT_GATEWAY)
        wr_run_branch(x, a, node, result);
    else
        wr_event_sub_fire(x, a, node, result);
}

void
wr_trigger_again(struct wr_exec *x, struct wr_activity *a, int node)
{
    struct wr_wait *w = a->waits;
    struct wr_fault f;

    while (w && !(w->kind == WR_WAIT_CONDITION && w->node == node))
        w = w->next;
    if (w) {
        wr_condition_look(x, w);
        return;
    }
    if (wr_trigger_arm(x, a, node) == 0)
        return;
    f = x->fault;
    x->fault = (struct wr_fault){ 0 };
    wr_incident_open(x, a, node, f.type, f.message, NULL);
}
