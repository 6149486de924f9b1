/*
 * spent: has what one operation set off run for too long?
 *
 * A server goes on with a process that never waits, step by step and fairly with
 * all others; a program that plays one operation at a time would never come back
 * from it, and a store in memory only grows.  Counted are the elements that ran
 * in all instances since wr_runtime_go_on(), in cut steps as well as in async
 * continuations, signals and messages that follow from each other.
 */
#include "engine/runtime/share.h"

void
wr_spent_add(struct wr_share *w)
{
    struct wr_runtime *rt = w->rt;
    const struct wr_definition *d = wr_share_definition(w);
    const struct wr_model *m = w->step.model;
    char id[WR_UUID_TEXT];

    if (!rt->o.most_elements || rt->spent.code)
        return;
    rt->ran += w->step.ran;
    if (rt->ran <= rt->o.most_elements || w->step.at < 0)
        return;
    wr_uuid_text(&w->instance, id);
    wr_fail(&rt->spent, WR_ELIMIT,
            "instance '%s' of '%s' runs without end: at '%s' %lld elements"
            " had run and nothing waited",
            id, d->row.key, m->nodes[w->step.at].id, (long long)rt->ran);
}

void
wr_runtime_go_on(struct wr_runtime *rt)
{
    rt->ran = 0;
    rt->spent.code = WR_OK;
}
