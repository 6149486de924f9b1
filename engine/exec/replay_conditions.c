/*
 * replay_conditions.c: conditions that are armed, by history (replay.h).
 *
 * They have no id: an activity and an element, and of a multiple event the part,
 * say which one is meant.
 */

#include "engine/exec/replay_fold.h"

static int64_t
part_of(const struct wr_history_event *e)
{
    const struct wr_value *v = e->data ? wr_value_get(e->data, "part") : NULL;
    int64_t n = 0;

    return v && v->type == WR_V_NUMBER && wr_decimal_to_int(v->number, &n) ? n
                                                                           : 0;
}

static struct wr_replay_condition **
find(struct wr_replay *r, int64_t key, int32_t element, int64_t part)
{
    struct wr_replay_condition **at = &r->conditions;

    while (*at
           && ((*at)->key != key || (*at)->element != element
               || (*at)->part != part))
        at = &(*at)->next;

    return at;
}

static int
bad(const struct wr_replay *r, const struct wr_history_event *e,
    const char *what, struct wr_err *err)
{
    return wr_fail(err, WR_ECORRUPT, "history: '%s' of '%s' %s",
                   wr_history_name(e->type), wr_replay_name(r, e->element),
                   what);
}

int
wr_replay_conditions(struct wr_replay *r, const struct wr_history_event *e,
                     struct wr_err *err)
{
    struct wr_replay_condition **at, *c;

    if (e->type != WR_H_CONDITION_ARMED && e->type != WR_H_CONDITION_MET
        && e->type != WR_H_CONDITION_LAPSED && e->type != WR_H_CONDITION_CLOSED)
        return 0;
    at = find(r, e->key, e->element, part_of(e));
    if (e->type == WR_H_CONDITION_ARMED) {
        if (*at)
            return bad(r, e, "arms what is armed", err);
        if (!wr_replay_activity(r, e->key))
            return bad(r, e, "hangs on nothing", err);
        c = wr_new(r->arena, struct wr_replay_condition);
        *c = (struct wr_replay_condition){ .key = e->key,
                                           .element = e->element,
                                           .part = part_of(e) };
        *at = c;
        return 0;
    }
    if (!*at)
        return bad(r, e, "is about nothing that is armed", err);
    if (e->type == WR_H_CONDITION_LAPSED)
        (*at)->met = false;
    else if (e->type == WR_H_CONDITION_MET && wr_replay_listens_on(r, e))
        (*at)->met = true;
    else
        *at = (*at)->next;

    return 0;
}

/* One that happens with every write holds at none. */
static bool
holds_as(const struct wr_replay *r, const struct wr_replay_condition *said,
         const struct wr_wait *c)
{
    int n;
    const struct wr_event_def *e = wr_node_events(&r->model->nodes[c->node],
                                                  &n);

    return !e[c->part].condition || said->met == c->met;
}

int
wr_replay_compare_conditions(struct wr_replay *r, const struct wr_instance *i,
                             struct wr_err *err)
{
    const struct wr_replay_condition *said;
    int left = 0;

    for (said = r->conditions; said; said = said->next)
        left++;
    for (const struct wr_wait *c = i->conditions; c; c = c->next_condition) {
        const struct wr_node *n = &r->model->nodes[c->node];

        said = *find(r, c->owner->key, n->symbol, c->part);
        if (!said || !holds_as(r, said, c))
            return wr_fail(
                err, WR_ECORRUPT, "state and history differ at '%s': %s", n->id,
                said ? "whether its condition held" : "a condition is armed");
        left--;
    }
    if (left)
        return wr_fail(err, WR_ECORRUPT,
                       "%d conditions, by the history %d more: one is lost",
                       i->n_conditions, left);

    return 0;
}
