/*
 * compensation.c: what undoes what (BPMN 2.0.2, 10.7).
 *
 * An activity and its handler belong together by an association between the
 * compensation boundary event and the handler, whichever of them is its source.
 */

#include <string.h>

#include "engine/base/time.h"
#include "engine/model/build.h"

static const struct wr_xml *
end_of(struct wr_build *b, const struct wr_xml *association, const char *attr)
{
    const char *ref = wr_xml_attr(association, attr);

    return ref ? wr_xml_ref(b->doc, association, wr_xml_trim(b->arena, ref),
                            NULL)
               : NULL;
}

/* The first activity counts, before all others one that is marked. */
static void
note(struct wr_build *b, const struct wr_xml *event,
     const struct wr_xml *activity)
{
    const struct wr_xml **have;

    if (!wr_xml_is(event, "boundaryEvent") || !activity
        || !(activity->is & WR_IS_ACTIVITY))
        return;
    have = &b->undone_by[event->order];
    if (!*have
        || (!wr_xml_flag(*have, "isForCompensation", false)
            && wr_xml_flag(activity, "isForCompensation", false)))
        *have = activity;
}

/* The associations of the whole file, once: a pool may hold them, too. */
static void
read_associations(struct wr_build *b)
{
    const struct wr_xml *root = b->doc->root;

    b->undone_by = wr_newn(b->arena, const struct wr_xml *, b->doc->n_elements);
    for (const struct wr_xml *e = root; e; e = wr_xml_walk(root, e)) {
        const struct wr_xml *source, *target;

        if (!wr_xml_is(e, "association"))
            continue;
        source = end_of(b, e, "sourceRef");
        target = end_of(b, e, "targetRef");
        note(b, source, target);
        note(b, target, source);
    }
}

/* Without an association the event has no effect, which a rule says. */
static void
read_boundary(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *handler;

    if (!b->undone_by)
        read_associations(b);
    handler = b->undone_by[e->order];
    if (!handler || b->index_of[handler->order] == WR_UNBUILT)
        return;
    if (handler->parent != e->parent
        || !wr_xml_flag(handler, "isForCompensation", false))
        wr_build_found(b, WR_F_BAD_HANDLER, e,
                       "'%s' is no activity beside '%s' that is marked"
                       " isForCompensation=\"true\"",
                       handler->id ? handler->id : "", n->id);
    else
        n->handler = b->index_of[handler->order];
}

/* Is `scope` the one the event stands in or one around it? */
static bool
is_visible(const struct wr_build *b, const struct wr_node *n, int scope)
{
    int s = n->scope;

    while (s >= 0 && s != scope)
        s = b->scopes[s].parent;

    return s >= 0;
}

/* What no dialect has a word for: the order of handlers. */
static void
read_order(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const char *order = wr_build_property(e, "compensation");

    n->undo_parallel = order && strcmp(order, "parallel") == 0;
    if (order && !n->undo_parallel && strcmp(order, "sequential") != 0)
        wr_build_found(b, WR_F_BAD_COMPENSATION, e,
                       "compensation of '%s' is neither \"sequential\" nor"
                       " \"parallel\"",
                       n->id);
}

static void
read_throw(struct wr_build *b, const struct wr_node *n, const struct wr_xml *e,
           const struct wr_xml *d, struct wr_event_def *def)
{
    const char *ref = wr_xml_attr(d, "activityRef");
    const struct wr_xml *activity;
    int i;

    def->activity = -1;
    def->detached = !wr_xml_flag(d, "waitForCompletion", true);
    if (!ref || !*ref)
        return;
    activity = wr_xml_ref(b->doc, d, wr_xml_trim(b->arena, ref), NULL);
    if (activity && b->index_of[activity->order] == WR_UNBUILT)
        return;
    i = activity && (activity->is & WR_IS_ACTIVITY)
            ? b->index_of[activity->order]
            : WR_NO_INDEX;
    if (i < 0 || !is_visible(b, n, b->nodes[i].scope))
        wr_build_found(b, WR_F_BAD_COMPENSATION, e,
                       "'%s' is no activity that '%s' can compensate", ref,
                       n->id);
    else
        def->activity = i;
}

void
wr_build_compensation(struct wr_build *b, struct wr_node *n,
                      const struct wr_xml *e, const struct wr_xml *d,
                      struct wr_event_def *def)
{
    if (n->kind == WR_BOUNDARY_EVENT)
        read_boundary(b, n, e);
    else if (n->kind == WR_END_EVENT || n->kind == WR_INTERMEDIATE_THROW)
        read_throw(b, n, e, d, def);
    if (n->kind != WR_BOUNDARY_EVENT)
        read_order(b, n, e);
}

static bool
is_in_transaction(const struct wr_build *b, const struct wr_node *n)
{
    for (int s = n->scope; b->scopes[s].node >= 0; s = b->scopes[s].parent) {
        if (b->nodes[b->scopes[s].node].kind == WR_TRANSACTION)
            return true;
    }

    return false;
}

void
wr_build_cancel(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    bool ok = n->kind == WR_BOUNDARY_EVENT
                  ? n->host < 0 || b->nodes[n->host].kind == WR_TRANSACTION
                  : is_in_transaction(b, n);

    n->interrupting = true;
    if (n->kind != WR_BOUNDARY_EVENT)
        read_order(b, n, e);
    if (!ok)
        wr_build_found(b, WR_F_NO_TRANSACTION, e,
                       n->kind == WR_BOUNDARY_EVENT
                           ? "'%s' is not attached to a transaction"
                           : "'%s' stands in no transaction",
                       n->id);
}

const char *
wr_build_keep_for(struct wr_build *b, const struct wr_xml *process)
{
    const char *text = wr_build_property(process, "keepFor");
    const int64_t some_day = 0;
    int64_t until;
    struct wr_err err;

    if (!text)
        return NULL;
    text = wr_xml_trim(b->arena, text);
    if (wr_instant_add_duration(some_day, text, strlen(text), &until, &err) == 0
        && until >= some_day)
        return text;
    wr_build_found(b, WR_F_BAD_COMPENSATION, process,
                   "keepFor '%.60s' is no duration such as P7D", text);

    return NULL;
}

void
wr_build_handler(struct wr_build *b, const struct wr_node *n,
                 const struct wr_xml *e)
{
    if (n->n_in > 0 || n->n_out > 0)
        wr_build_found(b, WR_F_BAD_HANDLER, e,
                       "'%s' is there for compensation: no sequence flow may"
                       " lead to it or from it",
                       n->id);
}
