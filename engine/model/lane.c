/*
 * lane.c: which lane a node is drawn in (BPMN 2.0.2, 10.8).
 *
 * The innermost counts; what stands in a sub-process is in the lane of the
 * sub-process.  The extension property laneGroups="true" of the process makes
 * the lane the candidate group of tasks for which nothing else is said.
 */

#include <string.h>

#include "engine/model/build.h"

static const char *
lane_name(const struct wr_xml *e)
{
    const char *name = wr_xml_attr(e, "name");

    return name && *name ? name : e->id;
}

void
wr_build_lanes(struct wr_build *b)
{
    const struct wr_xml *e = b->process;

    for (; e; e = wr_xml_walk(b->process, e)) {
        const struct wr_xml *to = NULL;

        if (wr_xml_is(e, "flowNodeRef") && wr_xml_is(e->parent, "lane"))
            to = wr_xml_ref(b->doc, e, wr_xml_trim(b->arena, e->text), NULL);
        if (to && b->index_of[to->order] >= 0 && (to->is & WR_IS_NODE))
            b->nodes[b->index_of[to->order]].lane = lane_name(e->parent);
    }
    for (int i = 0; i < b->n_nodes; i++) {
        int owner = b->scopes[b->nodes[i].scope].node;

        if (!b->nodes[i].lane && owner >= 0)
            b->nodes[i].lane = b->nodes[owner].lane;
    }
}

void
wr_build_lane_group(struct wr_build *b, struct wr_task_def *t,
                    const struct wr_node *n)
{
    const char *on = wr_build_property(b->process, "laneGroups");

    if (on && !strcmp(on, "true") && n->lane && !t->assignee.text
        && !t->candidate_users.text && !t->candidate_groups.text)
        t->candidate_groups = (struct wr_attr){ .text = n->lane };
}
