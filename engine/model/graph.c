/* graph.c: nodes, flows and scopes of a process, and how they hang together. */

#include <string.h>

#include "engine/model/build.h"

static void
count(struct wr_build *b, int *nodes, int *flows, int *scopes)
{
    *nodes = *flows = 0;
    *scopes = 1;
    for (const struct wr_xml *e = b->process; e;
         e = wr_xml_walk(b->process, e)) {
        *nodes += (e->is & WR_IS_NODE) != 0;
        *scopes += (e->is & WR_IS_SUB) != 0;
        *flows += wr_xml_is(e, "sequenceFlow") || wr_link_is_source(e);
    }
}

static int
kind_of(const char *name)
{
    for (int k = 0; k < WR_KINDS; k++) {
        if (!strcmp(wr_kind_xml(k), name))
            return k;
    }

    return -1;
}

static int
add_scope(struct wr_build *b, const struct wr_xml *e, int node, int parent)
{
    int s = b->n_scopes++;

    b->scopes[s] = (struct wr_scope){ .node = node, .parent = parent };
    b->scope_xml[s] = e;

    return s;
}

static bool
built(struct wr_build *b, const struct wr_xml *e, int kind)
{
    if (kind < 0) {
        wr_build_found(b, WR_F_UNSUPPORTED_ELEMENT, e,
                       "unsupported element '%s'", e->name);
        return false;
    }
    if (!e->id || !*e->id) {
        wr_build_found(b, WR_F_NO_ID, e, "a '%s' has no id", e->name);
        return false;
    }

    return true;
}

static bool
is_event_sub(const struct wr_xml *e)
{
    return wr_xml_is(e, "subProcess")
           && wr_xml_flag(e, "triggeredByEvent", false);
}

static void
put_node(struct wr_build *b, const struct wr_xml *e, int kind, int scope)
{
    int i = b->n_nodes++;

    b->index_of[e->order] = i;
    b->node_xml[i] = e;
    b->nodes[i] = (struct wr_node){
        .id = e->id,
        .name = wr_xml_attr(e, "name"),
        .kind = kind,
        .line = e->line,
        .scope = scope,
        .inner = -1,
        .event_sub = is_event_sub(e),
        .default_flow = -1,
        .host = -1,
        .handler = -1,
        .compensation = (e->is & WR_IS_ACTIVITY)
                        && wr_xml_flag(e, "isForCompensation", false),
        .interrupting = wr_xml_flag(e, "cancelActivity", true),
        .join = -1,
    };
}

/* Returns the node's index or -1 after reporting. */
static int
add_node(struct wr_build *b, const struct wr_xml *e, int scope)
{
    int kind = kind_of(e->name), i = b->n_nodes;

    if (!built(b, e, kind)) {
        b->index_of[e->order] = WR_UNBUILT;
        b->has_unbuilt = true;
        return -1;
    }
    put_node(b, e, kind, scope);

    return i;
}

static void
add_flow(struct wr_build *b, const struct wr_xml *e)
{
    int i = b->n_flows++;

    b->index_of[e->order] = i;
    b->flow_xml[i] = e;
    b->flows[i] = (struct wr_flow){
        .id = e->id,
        .name = wr_xml_attr(e, "name"),
        .line = e->line,
        .source = -1,
        .target = -1,
    };
}

static void
collect(struct wr_build *b, const struct wr_xml *container, int scope)
{
    for (const struct wr_xml *e = container->first; e; e = e->next) {
        int node;

        if (e->ns != WR_NS_BPMN)
            continue;
        if (wr_xml_is(e, "sequenceFlow")) {
            add_flow(b, e);
            continue;
        }
        if (scope == 0 && !e->known) /* check_children() sees inner ones */
            wr_build_found(b, WR_F_UNKNOWN_ELEMENT, e,
                           "BPMN 2.0.2 has no element '%s'", e->name);
        if (!(e->is & WR_IS_NODE))
            continue;
        node = add_node(b, e, scope);
        if (node >= 0 && (e->is & WR_IS_SUB)) {
            b->nodes[node].inner = add_scope(b, e, node, scope);
            collect(b, e, b->nodes[node].inner);
        }
    }
}

static const struct wr_xml *
end_of(struct wr_build *b, const struct wr_xml *flow, const char *attr,
       bool *bad)
{
    const char *ref = wr_xml_attr(flow, attr);
    const struct wr_xml *e = NULL;

    if (ref)
        e = wr_xml_ref(b->doc, flow, wr_xml_trim(b->arena, ref), NULL);
    if (e && (e->is & WR_IS_NODE) && b->index_of[e->order] != WR_NO_INDEX)
        return e;
    *bad = true;
    wr_build_found(b, WR_F_NO_SUCH_NODE, flow,
                   "%s '%s' is no flow node of this process", attr,
                   ref ? ref : "");

    return NULL;
}

/* Ends at elements that are not built stay -1: they were reported already. */
static void
link_flow(struct wr_build *b, int i)
{
    const struct wr_xml *e = b->flow_xml[i], *source, *target;
    bool bad = false;

    source = end_of(b, e, "sourceRef", &bad);
    target = end_of(b, e, "targetRef", &bad);
    if (bad)
        return;
    if (source->parent != target->parent) {
        wr_build_found(b, WR_F_CROSSING_FLOW, e,
                       "the flow from '%s' to '%s' leaves its %s", source->id,
                       target->id, source->parent->name);
        return;
    }
    if (is_event_sub(source) || is_event_sub(target)) {
        wr_build_found(b, WR_F_EVENT_SUB_FLOW, e,
                       "'%s' is an event sub-process: no flow leads to it or"
                       " leaves it",
                       is_event_sub(target) ? target->id : source->id);
        return;
    }
    b->flows[i].source = b->index_of[source->order];
    b->flows[i].target = b->index_of[target->order];
}

/* Flows often have no id; the symbol table needs a lasting name. */
static void
name_flows(struct wr_build *b)
{
    for (int i = 0; i < b->n_flows; i++) {
        struct wr_flow *f = &b->flows[i];
        int same = 0;

        if ((f->id && *f->id) || f->source < 0 || f->target < 0)
            continue;
        for (int k = 0; k < i; k++)
            same += b->flows[k].source == f->source
                    && b->flows[k].target == f->target;
        f->id = wr_arena_printf(b->arena, same ? "%s->%s#%d" : "%s->%s",
                                b->nodes[f->source].id, b->nodes[f->target].id,
                                same + 1);
    }
}

static void
attach_incoming(struct wr_build *b)
{
    int *next = wr_newn(b->arena, int, b->n_flows), n = 0;

    for (int i = 0; i < b->n_flows; i++) {
        if (b->flows[i].target >= 0)
            b->nodes[b->flows[i].target].n_in++;
    }
    for (int i = 0; i < b->n_nodes; i++) {
        b->nodes[i].in = next + n;
        n += b->nodes[i].n_in;
        b->nodes[i].n_in = 0;
    }
    for (int i = 0; i < b->n_flows; i++) {
        struct wr_node *t;

        if (b->flows[i].target < 0)
            continue;
        t = &b->nodes[b->flows[i].target];
        next[t->in - next + t->n_in++] = i;
    }
}

/* Appends `flow` to the node's outgoing flows unless it is there. */
static void
put_out(struct wr_node *n, int *out, int flow)
{
    for (int i = 0; i < n->n_out; i++) {
        if (out[i] == flow)
            return;
    }
    out[n->n_out++] = flow;
}

/* In the order of <outgoing>, then those that are not listed there. */
static void
attach_outgoing(struct wr_build *b)
{
    int **outs = wr_newn(b->arena, int *, b->n_nodes);
    int *n_outs = wr_newn(b->arena, int, b->n_nodes);

    for (int i = 0; i < b->n_flows; i++) {
        if (b->flows[i].source >= 0)
            n_outs[b->flows[i].source]++;
    }
    for (int i = 0; i < b->n_nodes; i++) {
        const struct wr_xml *x = b->node_xml[i];
        const struct wr_xml *o = wr_xml_child(x, WR_NS_BPMN, "outgoing");

        outs[i] = wr_newn(b->arena, int, n_outs[i]);
        b->nodes[i].out = outs[i];
        for (; o; o = wr_xml_next(o, WR_NS_BPMN, "outgoing")) {
            const struct wr_xml *f = wr_xml_ref(
                b->doc, o, wr_xml_trim(b->arena, o->text), NULL);
            int flow = wr_xml_is(f, "sequenceFlow") ? b->index_of[f->order]
                                                    : -1;

            if (flow >= 0 && b->flows[flow].source == i)
                put_out(&b->nodes[i], outs[i], flow);
        }
    }
    for (int i = 0; i < b->n_flows; i++) {
        int s = b->flows[i].source;

        if (s >= 0)
            put_out(&b->nodes[s], outs[s], i);
    }
}

static void
attach_boundaries(struct wr_build *b)
{
    int *next = wr_newn(b->arena, int, b->n_nodes), n = 0;

    for (int i = 0; i < b->n_nodes; i++) {
        const struct wr_xml *e = b->node_xml[i], *host;
        const char *ref = wr_xml_attr(e, "attachedToRef");

        if (b->nodes[i].kind != WR_BOUNDARY_EVENT)
            continue;
        host = ref ? wr_xml_ref(b->doc, e, ref, NULL) : NULL;
        if (!host || !(host->is & WR_IS_ACTIVITY) || host->parent != e->parent)
            wr_build_found(b, WR_F_NO_HOST, e,
                           "attachedToRef '%s' is no activity beside it",
                           ref ? ref : "");
        else
            b->nodes[i].host = b->index_of[host->order];
        if (b->nodes[i].host >= 0)
            b->nodes[b->nodes[i].host].n_boundaries++;
    }
    for (int i = 0; i < b->n_nodes; i++) {
        b->nodes[i].boundaries = next + n;
        n += b->nodes[i].n_boundaries;
        b->nodes[i].n_boundaries = 0;
    }
    for (int i = 0; i < b->n_nodes; i++) {
        struct wr_node *h;

        if (b->nodes[i].host < 0)
            continue;
        h = &b->nodes[b->nodes[i].host];
        next[h->boundaries - next + h->n_boundaries++] = i;
    }
}

/* May a token be born at this node of a scope without start events? */
static bool
is_born_here(struct wr_build *b, int node)
{
    const struct wr_node *n = &b->nodes[node];

    return n->n_in == 0 && n->kind != WR_BOUNDARY_EVENT && !n->event_sub
           && !n->compensation && !wr_link_is_target(b, node);
}

static void
find_starts(struct wr_build *b, struct wr_scope *s, int *starts, bool events)
{
    s->starts = starts;
    for (int i = 0; i < s->n_nodes; i++) {
        const struct wr_node *n = &b->nodes[s->nodes[i]];

        if (wr_start_waits(b, s->nodes[i]))
            continue;
        if (events ? n->kind == WR_START_EVENT : is_born_here(b, s->nodes[i]))
            starts[s->n_starts++] = s->nodes[i];
    }
}

static void
find_event_subs(struct wr_build *b, struct wr_scope *s, int *subs)
{
    s->event_subs = subs;
    for (int i = 0; i < s->n_nodes; i++) {
        if (b->nodes[s->nodes[i]].event_sub)
            subs[s->n_event_subs++] = s->nodes[i];
    }
}

static bool
holds_unbuilt(struct wr_build *b, const struct wr_xml *container)
{
    for (const struct wr_xml *e = container->first; e; e = e->next) {
        if (b->index_of[e->order] == WR_UNBUILT)
            return true;
    }

    return false;
}

/* Some event starts the process, or is one of its start events. */
static bool
starts_by_event(struct wr_build *b, const struct wr_scope *s, bool only_events)
{
    for (int i = 0; i < s->n_nodes; i++) {
        if (wr_start_waits(b, s->nodes[i])
            && (!only_events || b->nodes[s->nodes[i]].kind == WR_START_EVENT))
            return true;
    }

    return false;
}

static bool
is_ad_hoc(const struct wr_build *b, const struct wr_scope *s)
{
    return s->node >= 0 && b->nodes[s->node].kind == WR_AD_HOC;
}

static void
fill_scopes(struct wr_build *b)
{
    int *nodes = wr_newn(b->arena, int, b->n_nodes);
    int *starts = wr_newn(b->arena, int, b->n_nodes);
    int *subs = wr_newn(b->arena, int, b->n_nodes);
    int n = 0;

    for (int i = 0; i < b->n_nodes; i++)
        b->scopes[b->nodes[i].scope].n_nodes++;
    for (int i = 0; i < b->n_scopes; i++) {
        b->scopes[i].nodes = nodes + n;
        n += b->scopes[i].n_nodes;
        b->scopes[i].n_nodes = 0;
    }
    for (int i = 0; i < b->n_nodes; i++) {
        struct wr_scope *s = &b->scopes[b->nodes[i].scope];

        nodes[s->nodes - nodes + s->n_nodes++] = i;
    }
    for (int i = 0; i < b->n_scopes; i++) {
        struct wr_scope *s = &b->scopes[i];
        bool by_event = s->node >= 0 && b->nodes[s->node].event_sub;

        find_event_subs(b, s, subs + (s->nodes - nodes));
        find_starts(b, s, starts + (s->nodes - nodes), !is_ad_hoc(b, s));
        if (s->n_starts == 0 && !by_event && !starts_by_event(b, s, true))
            find_starts(b, s, starts + (s->nodes - nodes), false);
        if (s->n_starts == 0 && (s->n_nodes > 0 || by_event)
            && !holds_unbuilt(b, b->scope_xml[i])
            && !starts_by_event(b, s, false))
            wr_build_found(b, WR_F_NO_START, b->scope_xml[i],
                           by_event ? "an event sub-process without start event"
                                    : NULL);
    }
}

static void
attach_default(struct wr_build *b, int i)
{
    struct wr_node *n = &b->nodes[i];
    const char *ref = wr_xml_attr(b->node_xml[i], "default");
    const struct wr_xml *e;

    if (!ref)
        return;
    e = wr_xml_ref(b->doc, b->node_xml[i], ref, NULL);
    if (wr_xml_is(e, "sequenceFlow") && b->index_of[e->order] >= 0
        && b->flows[b->index_of[e->order]].source == i)
        n->default_flow = b->index_of[e->order];
    else
        wr_build_found(b, WR_F_NO_SUCH_FLOW, b->node_xml[i],
                       "the default flow '%s' does not leave '%s'", ref, n->id);
}

/* Do conditions count at the source of flow `i`? */
static bool
chooses(const struct wr_build *b, int i)
{
    int source = b->flows[i].source;
    enum wr_kind kind = source < 0 ? WR_KINDS : b->nodes[source].kind;

    return kind != WR_PARALLEL_GATEWAY && kind != WR_EVENT_GATEWAY
           && kind != WR_COMPLEX_GATEWAY;
}

static void
attach_conditions(struct wr_build *b)
{
    for (int i = 0; i < b->n_flows; i++) {
        const struct wr_xml *c = wr_xml_child(b->flow_xml[i], WR_NS_BPMN,
                                              "conditionExpression");
        enum wr_ns ns;
        const char *skip = wr_build_camunda(b->flow_xml[i], "skipExpression",
                                            &ns);

        if (skip && *skip && chooses(b, i))
            b->flows[i].skip = wr_build_expr(b, b->flow_xml[i], WR_LANG_JUEL,
                                             skip);
        else if (skip && *skip)
            wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, b->flow_xml[i],
                           "unsupported attribute 'skipExpression' of a '%s'"
                           " out of what chooses no flows",
                           b->flow_xml[i]->name);
        if (c)
            b->flows[i].condition = wr_build_condition(b, c);
    }
}

static bool
fits(struct wr_build *b, int nodes, int flows)
{
    if (nodes <= WR_MODEL_NODES && flows <= WR_MODEL_FLOWS)
        return true;
    wr_build_found(b, WR_F_TOO_LARGE, b->process,
                   "%d flow nodes and %d sequence flows; at most %d and %d",
                   nodes, flows, WR_MODEL_NODES, WR_MODEL_FLOWS);

    return false;
}

static void
make_room(struct wr_build *b, int nodes, int flows, int scopes)
{
    b->nodes = wr_newn(b->arena, struct wr_node, nodes);
    b->node_xml = wr_newn(b->arena, const struct wr_xml *, nodes);
    b->flows = wr_newn(b->arena, struct wr_flow, flows);
    b->flow_xml = wr_newn(b->arena, const struct wr_xml *, flows);
    b->scopes = wr_newn(b->arena, struct wr_scope, scopes);
    b->scope_xml = wr_newn(b->arena, const struct wr_xml *, scopes);
    b->n_nodes = b->n_flows = b->n_scopes = 0;
    b->has_unbuilt = false;
}

static void
give(const struct wr_build *b, struct wr_model *m)
{
    m->nodes = b->nodes;
    m->flows = b->flows;
    m->scopes = b->scopes;
    m->n_nodes = b->n_nodes;
    m->n_flows = b->n_flows;
    m->n_scopes = b->n_scopes;
}

void
wr_build_single(struct wr_build *b, struct wr_model *m, enum wr_kind kind)
{
    make_room(b, 1, 0, 1);
    put_node(b, b->process, kind, add_scope(b, b->process, -1, -1));
    attach_incoming(b);
    attach_outgoing(b);
    attach_boundaries(b);
    fill_scopes(b);
    give(b, m);
}

bool
wr_build_graph(struct wr_build *b, struct wr_model *m)
{
    int nodes, flows, scopes;

    count(b, &nodes, &flows, &scopes);
    if (!fits(b, nodes, flows))
        return false;
    make_room(b, nodes, flows, scopes);
    collect(b, b->process, add_scope(b, b->process, -1, -1));
    for (int i = 0; i < b->n_flows; i++)
        link_flow(b, i);
    wr_build_links(b);
    name_flows(b);
    attach_incoming(b);
    attach_outgoing(b);
    attach_boundaries(b);
    fill_scopes(b);
    for (int i = 0; i < b->n_nodes; i++)
        attach_default(b, i);
    attach_conditions(b);
    give(b, m);

    return true;
}
