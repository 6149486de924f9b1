/*
 * replay_log.c: what can be compensated, by the history (S21).
 *
 * An activity of the process's own level that has a handler is noted whenever it
 * completes, and is noted no more when its handler has: so many entries there
 * must be, in the process's log or in that of an event that works it off.  A
 * handler that was canceled leaves its entry, unless one of its own boundary
 * events took its place, which the history does not tell apart: then there are
 * two right answers.
 */

#include "engine/exec/replay_fold.h"

static int
handler_of(const struct wr_model *m, const struct wr_node *n)
{
    for (int k = 0; k < n->n_boundaries; k++) {
        if (m->nodes[n->boundaries[k]].handler >= 0)
            return m->nodes[n->boundaries[k]].handler;
    }

    return -1;
}

/* A loop is noted when the whole of it is done, and only if its iterations left
 * something; with an asynchronous continuation behind it an activity is noted
 * before the history says that it completed. */
static bool
is_followed(const struct wr_model *m, int node)
{
    const struct wr_node *n = &m->nodes[node];

    return n->scope == 0 && !n->loop && !n->async_after && !n->compensation
           && handler_of(m, n) >= 0;
}

static void
prepare(struct wr_replay *r)
{
    if (!r->log)
        r->log = wr_newn(r->arena, struct wr_replay_log,
                         (size_t)r->model->n_nodes);
}

static void
handled(struct wr_replay *r, int handler, bool done)
{
    const struct wr_model *m = r->model;

    for (int k = 0; k < m->scopes[0].n_nodes; k++) {
        int node = m->scopes[0].nodes[k];

        if (!is_followed(m, node) || handler_of(m, &m->nodes[node]) != handler)
            continue;
        if (done)
            r->log[node].noted--;
        else
            r->log[node].doubtful++;
    }
}

void
wr_replay_logs(struct wr_replay *r, const struct wr_history_event *e)
{
    const struct wr_model *m = r->model;
    int node = wr_model_node_of(m, e->element);
    const struct wr_node *n = &m->nodes[node < 0 ? 0 : node];
    bool loop = n->loop != NULL;

    if (node < 0 || r->lost || !(n->compensation || is_followed(m, node)))
        return;
    prepare(r);
    switch ((int)e->type) {
    case WR_H_ELEMENT_COMPLETED:
    case WR_H_ELEMENT_PASSED:
        if (n->compensation && !loop)
            handled(r, node, /* done= */ true);
        else if (!n->compensation)
            r->log[node].noted++;
        break;
    case WR_H_LOOP_COMPLETED:
        handled(r, node, /* done= */ true);
        break;
    case WR_H_ELEMENT_CANCELED:
        if (n->compensation && !loop)
            handled(r, node, /* done= */ false);
        break;
    case WR_H_LOOP_CANCELED:
        handled(r, node, /* done= */ false);
        break;
    case WR_H_INCIDENT_CREATED: /* stopped behind it, it was noted before */
        r->log[node].lost = true;
        break;
    default:
        break;
    }
}

/* ---- comparing ---- */

static int64_t
entries_of(const struct wr_instance *i, int node)
{
    int64_t n = 0;

    for (struct wr_activity *a = i->root; a; a = wr_activity_next(i->root, a)) {
        for (const struct wr_log_entry *e = a->log; e; e = e->next)
            n += e->node == node ? (e->rest ? e->more : 1) : 0;
    }

    return n;
}

int
wr_replay_compare_log(const struct wr_replay *r, const struct wr_instance *i,
                      struct wr_err *err)
{
    const struct wr_model *m = r->model;

    if (!r->log || r->lost || i->reopened.on)
        return 0;
    for (int k = 0; k < m->scopes[0].n_nodes; k++) {
        int node = m->scopes[0].nodes[k];
        const struct wr_replay_log *said = &r->log[node];
        int64_t have;

        if (!is_followed(m, node) || said->lost)
            continue;
        have = entries_of(i, node);
        if (have > said->noted || have < said->noted - said->doubtful)
            return wr_fail(err, WR_ECORRUPT,
                           "state and history differ at '%s': noted %lld times"
                           " to be compensated, by the history %lld",
                           m->nodes[node].id, (long long)have,
                           (long long)said->noted);
    }

    return 0;
}
