/*
 * migrate_map.c: which element of the other version is which.
 *
 * The plan is a context:
 *
 *     mappings        list of {from, to, updateTrigger?}: ids of elements
 *     flows           list of {from, to}: ids of sequence flows
 *     updateTriggers  true: what changed about any event is armed anew
 *
 * What the plan does not speak of is what has the same id and behaves alike.
 */

#include <string.h>

#include "engine/exec/migrate.h"

enum {
    MAX_MAPPINGS = 10000
};

static bool
same_events(const struct wr_node *a, const struct wr_node *b)
{
    int n, m;
    const struct wr_event_def *x = wr_node_events(a, &n);
    const struct wr_event_def *y = wr_node_events(b, &m);

    if (n != m || a->event.trigger != b->event.trigger)
        return false;
    for (int k = 0; k < n; k++) {
        if (x[k].trigger != y[k].trigger)
            return false;
    }

    return true;
}

static bool
is_work(const struct wr_node *n)
{
    return n->job && wr_kind_is_activity(n->kind);
}

bool
wr_migrate_alike(const struct wr_model *from, int a, const struct wr_model *to,
                 int b)
{
    const struct wr_node *m = &from->nodes[a], *n = &to->nodes[b];

    if (m->kind != n->kind && !(is_work(m) && is_work(n)))
        return false;
    if (!m->job != !n->job || !m->ad_hoc != !n->ad_hoc
        || (m->inner < 0) != (n->inner < 0) || m->event_sub != n->event_sub)
        return false;
    if ((m->host < 0) != (n->host < 0)
        || wr_trigger_is_sub(from, a) != wr_trigger_is_sub(to, b))
        return false;

    return m->compensation == n->compensation && same_events(m, n);
}

bool
wr_migrate_stays(const struct wr_migrate *g, int node, int to)
{
    int scope = g->from->nodes[node].scope;
    int owner = g->from->scopes[scope].node;

    if (owner < 0)
        return g->to->nodes[to].scope == 0;

    return g->nodes[owner] >= 0
           && g->to->nodes[to].scope == g->to->nodes[g->nodes[owner]].inner;
}

/* ---- what the plan says ---- */

static const char *
text(const struct wr_value *one, const char *name, struct wr_err *err)
{
    const struct wr_value *v = one->type == WR_V_CONTEXT
                                   ? wr_value_get(one, name)
                                   : NULL;

    if (v && v->type == WR_V_STRING)
        return v->string.s;
    (void)wr_fail(err, WR_EVALUE, "a mapping needs 'from' and 'to'");

    return NULL;
}

static void
map_node(struct wr_migrate *g, const char *from, const char *to, bool update)
{
    int a = wr_model_node(g->from, from), b = wr_model_node(g->to, to);

    if (a < 0)
        wr_migrate_problem(g, "unknown-element", from, 0,
                           "'%s' is no element of the version that is left",
                           from);
    if (b < 0)
        wr_migrate_problem(g, "unknown-element", to, 0,
                           "'%s' is no element of the version to go to", to);
    if (a < 0 || b < 0)
        return;
    if (g->given[a])
        wr_migrate_problem(g, "mapped-twice", from, 0, "'%s' is mapped twice",
                           from);
    if (!wr_migrate_alike(g->from, a, g->to, b))
        wr_migrate_problem(g, "kind-differs", from, 0,
                           "'%s' is a %s and '%s' a %s, or they do not wait"
                           " for the same",
                           from, wr_kind_xml(g->from->nodes[a].kind), to,
                           wr_kind_xml(g->to->nodes[b].kind));
    g->given[a] = true;
    g->nodes[a] = b;
    g->update[a] = g->update[a] || update;
}

static void
map_flow(struct wr_migrate *g, const char *from, const char *to)
{
    int a = wr_model_flow(g->from, from), b = wr_model_flow(g->to, to);

    if (a < 0)
        wr_migrate_problem(g, "unknown-flow", from, 0,
                           "'%s' is no sequence flow of the version that is"
                           " left",
                           from);
    if (b < 0)
        wr_migrate_problem(g, "unknown-flow", to, 0,
                           "'%s' is no sequence flow of the version to go to",
                           to);
    if (a < 0 || b < 0)
        return;
    if (g->flows[a] >= 0)
        wr_migrate_problem(g, "mapped-twice", from, 0, "'%s' is mapped twice",
                           from);
    g->flows[a] = b;
    g->flow_given[a] = true;
}

static int
read_list(struct wr_migrate *g, const char *name, bool nodes,
          struct wr_err *err)
{
    const struct wr_value *list = wr_value_get(g->x->ev->plan, name);

    if (!list)
        return 0;
    if (list->type != WR_V_LIST || list->list.n > MAX_MAPPINGS)
        return wr_fail(err, WR_EVALUE, "'%s' is no list of up to %d", name,
                       MAX_MAPPINGS);
    for (size_t k = 0; k < list->list.n; k++) {
        const struct wr_value *one = list->list.items[k], *update;
        const char *from = text(one, "from", err);
        const char *to = from ? text(one, "to", err) : NULL;

        if (!to)
            return wr_wrap(err, "%s, entry %zu", name, k + 1);
        update = wr_value_get(one, "updateTrigger");
        if (nodes)
            map_node(g, from, to,
                     update && update->type == WR_V_BOOL && update->boolean);
        else
            map_flow(g, from, to);
    }

    return 0;
}

/* ---- what it leaves open ---- */

/* Does something else wait for it?  Two such events would be one. */
static bool
is_event(const struct wr_model *m, int node)
{
    const struct wr_node *n = &m->nodes[node];

    for (int k = 0; k < n->n_in; k++) {
        if (m->nodes[m->flows[n->in[k]].source].kind == WR_EVENT_GATEWAY)
            return true;
    }

    return n->host >= 0 || wr_trigger_is_sub(m, node);
}

/* Events that the plan takes for others are not their own any more. */
static void
map_rest(struct wr_migrate *g)
{
    bool *taken = wr_newn(g->x->arena, bool, (size_t)g->to->n_nodes);

    for (int a = 0; a < g->from->n_nodes; a++) {
        int b = g->nodes[a];

        if (b < 0 || !is_event(g->from, a))
            continue;
        if (taken[b])
            wr_migrate_problem(g, "mapped-twice", g->from->nodes[a].id, 0,
                               "two events are mapped to '%s'",
                               g->to->nodes[b].id);
        taken[b] = true;
    }
    for (int a = 0; a < g->from->n_nodes; a++) {
        int b = g->given[a] ? -1 : wr_model_node(g->to, g->from->nodes[a].id);

        if (b >= 0 && !taken[b] && wr_migrate_alike(g->from, a, g->to, b))
            g->nodes[a] = b;
    }
    for (int f = 0; f < g->from->n_flows; f++) {
        if (g->flows[f] < 0)
            g->flows[f] = wr_model_flow(g->to, g->from->flows[f].id);
    }
}

int
wr_migrate_map(struct wr_migrate *g, struct wr_err *err)
{
    const struct wr_value *all;
    size_t n = (size_t)g->from->n_nodes;

    g->nodes = wr_newn(g->x->arena, int, n);
    g->given = wr_newn(g->x->arena, bool, n);
    g->update = wr_newn(g->x->arena, bool, n);
    g->flows = wr_newn(g->x->arena, int, (size_t)g->from->n_flows);
    g->flow_given = wr_newn(g->x->arena, bool, (size_t)g->from->n_flows);
    all = wr_value_get(g->x->ev->plan, "updateTriggers");
    for (size_t k = 0; k < n; k++) {
        g->nodes[k] = -1;
        g->update[k] = all && all->type == WR_V_BOOL && all->boolean;
    }
    for (int k = 0; k < g->from->n_flows; k++)
        g->flows[k] = -1;
    if (read_list(g, "mappings", true, err) < 0
        || read_list(g, "flows", false, err) < 0)
        return err->code;
    map_rest(g);

    return 0;
}
