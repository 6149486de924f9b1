/* start.c: events that start an instance by themselves (BPMN 2.0.2, 10.5.2). */

#include <string.h>

#include "engine/model/build.h"

bool
wr_start_waits(struct wr_build *b, int node)
{
    const struct wr_node *n = &b->nodes[node];
    const struct wr_xml *e = b->node_xml[node], *at = NULL;

    if (n->scope != 0)
        return false;
    if (n->kind == WR_START_EVENT)
        return wr_build_definition(b, e, &at) != NULL;

    return (n->kind == WR_RECEIVE_TASK || n->kind == WR_EVENT_GATEWAY)
           && wr_xml_flag(e, "instantiate", false);
}

struct list {
    struct wr_build *b;
    struct wr_start *items;
    int n, cap;
};

static void
add(struct list *l, int node)
{
    struct wr_build *b = l->b;
    struct wr_start *grown;
    int n;
    const struct wr_event_def *e = wr_node_events(&b->nodes[node], &n);

    for (int part = 0; part < n; part++) {
        if (e[part].trigger != WR_TRIGGER_MESSAGE
            && e[part].trigger != WR_TRIGGER_SIGNAL
            && e[part].trigger != WR_TRIGGER_TIMER
            && e[part].trigger != WR_TRIGGER_CONDITIONAL)
            continue;
        if (l->n == l->cap) {
            l->cap = l->cap ? 2 * l->cap : 4;
            grown = wr_newn(b->arena, struct wr_start, l->cap);
            for (int k = 0; k < l->n; k++)
                grown[k] = l->items[k];
            l->items = grown;
        }
        l->items[l->n++] = (struct wr_start){ node, part };
    }
}

/* The extension property "singleton" of the event, else of the process, decides
 * (S15).  In files of Zeebe it is so unless they say otherwise. */
static bool
is_singleton(struct wr_build *b, int node)
{
    const char *on = wr_build_property(b->node_xml[node], "singleton");
    bool usual = b->dialect == WR_DIALECT_ZEEBE;

    if (!on)
        on = wr_build_property(b->process, "singleton");

    return on ? !strcmp(on, "true") : usual;
}

void
wr_build_starts(struct wr_build *b, struct wr_model *m)
{
    struct list l = { .b = b };

    for (int i = 0; i < b->n_nodes; i++) {
        const struct wr_node *n = &b->nodes[i];
        const char *type = wr_xml_attr(b->node_xml[i], "eventGatewayType");
        bool singleton;

        if (!wr_start_waits(b, i))
            continue;
        singleton = is_singleton(b, i);
        if (n->kind != WR_EVENT_GATEWAY) {
            b->nodes[i].singleton = singleton;
            add(&l, i);
            continue;
        }
        b->nodes[i].all_events = type && !strcmp(type, "Parallel");
        for (int k = 0; k < n->n_out; k++) {
            int target = b->flows[n->out[k]].target;

            if (target < 0)
                continue;
            b->nodes[target].singleton = singleton;
            add(&l, target);
        }
    }
    m->starts = l.items;
    m->n_starts = l.n;
}
