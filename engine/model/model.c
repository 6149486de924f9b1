/* model.c: looking things up in a model, and giving it its symbols. */

#include "engine/model/model.h"

#include <string.h>

#include "engine/model/bpmn.h"
#include "engine/model/symbols.h"

static const char *const kind_names[] = {
#define WR_ELEMENT(kind, xml, ops) [WR_##kind] = xml,
#include "engine/elements/elements.def"
#undef WR_ELEMENT
};

const char *
wr_kind_xml(enum wr_kind kind)
{
    return kind_names[kind];
}

bool
wr_kind_is_activity(enum wr_kind kind)
{
    const char *name = kind_names[kind];
    size_t len = strlen(name);

    return !strcmp(name, "task") || !strcmp(name, "subProcess")
           || (len > 4 && !strcmp(name + len - 4, "Task"))
           || !strcmp(name, "callActivity") || !strcmp(name, "transaction")
           || !strcmp(name, "adHocSubProcess");
}

const struct wr_event_def *
wr_node_events(const struct wr_node *n, int *count)
{
    if (n->n_parts > 0) {
        *count = n->n_parts;
        return n->parts;
    }
    *count = n->event.trigger != WR_TRIGGER_NONE;

    return &n->event;
}

const struct wr_event_def *
wr_node_event(const struct wr_node *n, enum wr_trigger trigger)
{
    int count;
    const struct wr_event_def *e = wr_node_events(n, &count);

    for (int k = 0; k < count; k++) {
        if (e[k].trigger == trigger)
            return &e[k];
    }

    return NULL;
}

int
wr_model_node(const struct wr_model *m, const char *id)
{
    for (int i = 0; i < m->n_nodes; i++) {
        if (!strcmp(m->nodes[i].id, id))
            return i;
    }

    return -1;
}

int
wr_model_flow(const struct wr_model *m, const char *id)
{
    for (int i = 0; i < m->n_flows; i++) {
        if (!strcmp(m->flows[i].id, id))
            return i;
    }

    return -1;
}

int
wr_model_node_of(const struct wr_model *m, int symbol)
{
    return symbol >= 0 && symbol < m->n_symbols ? m->node_of_symbol[symbol]
                                                : -1;
}

int
wr_model_flow_of(const struct wr_model *m, int symbol)
{
    return symbol >= 0 && symbol < m->n_symbols ? m->flow_of_symbol[symbol]
                                                : -1;
}

bool
wr_model_tells(const struct wr_model *m, int node)
{
    const struct wr_node *n;

    if (node < 0)
        return false;
    n = &m->nodes[node];
    if (n->listeners.n
        || (node == m->scopes[0].nodes[0] && m->scopes[0].listeners.n))
        return true;
    for (int k = 0; k < n->n_in; k++) {
        if (m->flows[n->in[k]].listeners.n)
            return true;
    }

    return false;
}

static int *
no_indices(struct wr_arena *a, int n)
{
    int *v = wr_newn(a, int, n);

    for (int i = 0; i < n; i++)
        v[i] = -1;

    return v;
}

void
wr_model_bind(struct wr_arena *a, struct wr_model *m,
              struct wr_symbols *symbols)
{
    struct wr_node *nodes = wr_newn(a, struct wr_node, m->n_nodes);
    struct wr_flow *flows = wr_newn(a, struct wr_flow, m->n_flows);
    int *node_of, *flow_of;

    for (int i = 0; i < m->n_nodes; i++) {
        nodes[i] = m->nodes[i];
        nodes[i].symbol = wr_symbols_add(symbols, nodes[i].id);
    }
    for (int i = 0; i < m->n_flows; i++) {
        flows[i] = m->flows[i];
        flows[i].symbol = wr_symbols_add(symbols, flows[i].id);
    }
    m->n_symbols = wr_symbols_count(symbols) + 1;
    node_of = no_indices(a, m->n_symbols);
    flow_of = no_indices(a, m->n_symbols);
    for (int i = 0; i < m->n_nodes; i++)
        node_of[nodes[i].symbol] = i;
    for (int i = 0; i < m->n_flows; i++)
        flow_of[flows[i].symbol] = i;
    m->nodes = nodes;
    m->flows = flows;
    m->node_of_symbol = node_of;
    m->flow_of_symbol = flow_of;
    m->symbols = symbols;
}
