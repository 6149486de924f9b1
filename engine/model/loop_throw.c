/*
 * loop_throw.c: `behavior` of a multi-instance activity: what it throws when an
 * iteration completes (BPMN 2.0.2, 10.3.8, table 10.31).
 *
 *     All       nothing
 *     None      noneBehaviorEventRef, each time
 *     One       oneBehaviorEventRef, the first time
 *     Complex   of each complexBehaviorDefinition whose condition holds, its event
 */

#include <string.h>

#include "engine/model/build.h"

struct throws {
    struct wr_build *b;
    struct wr_node *n;
    struct wr_loop_throw *items;
    int n_items, cap;
};

static void
add(struct throws *t, const struct wr_xml *d, const struct wr_expr *condition)
{
    struct wr_loop_throw *grown;

    if (t->n_items == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 4;
        grown = wr_newn(t->b->arena, struct wr_loop_throw, t->cap);
        for (int k = 0; k < t->n_items; k++)
            grown[k] = t->items[k];
        t->items = grown;
    }
    if (!wr_build_thrown(t->b, t->n, d, &t->items[t->n_items].event))
        return;
    t->items[t->n_items++].condition = condition;
}

static void
add_ref(struct throws *t, const struct wr_xml *loop, const char *attr)
{
    const char *ref = wr_xml_attr(loop, attr);
    const struct wr_xml *d = ref ? wr_xml_ref(t->b->doc, loop, ref, NULL)
                                 : NULL;

    if (d && (d->is & WR_IS_EVENT_DEF))
        add(t, d, NULL);
}

static void
add_complex(struct throws *t, const struct wr_xml *c)
{
    const struct wr_xml *condition = wr_xml_child(c, WR_NS_BPMN, "condition");
    const struct wr_xml *event = wr_xml_child(c, WR_NS_BPMN, "event");
    const struct wr_xml *at = NULL, *d;
    const struct wr_expr *e = condition ? wr_build_condition(t->b, condition)
                                        : NULL;

    while (event && (d = wr_build_definition(t->b, event, &at)))
        add(t, d, e);
}

void
wr_build_loop_throws(struct wr_build *b, struct wr_node *n, struct wr_loop *l,
                     const struct wr_xml *loop)
{
    const char *behavior = wr_xml_attr(loop, "behavior");
    struct throws t = { .b = b, .n = n };

    if (!behavior || !strcmp(behavior, "All"))
        return;
    if (!strcmp(behavior, "None")) {
        add_ref(&t, loop, "noneBehaviorEventRef");
    } else if (!strcmp(behavior, "One")) {
        add_ref(&t, loop, "oneBehaviorEventRef");
        l->throws_once = true;
    } else if (!strcmp(behavior, "Complex")) {
        const struct wr_xml *c = wr_xml_child(loop, WR_NS_BPMN,
                                              "complexBehaviorDefinition");

        for (; c; c = wr_xml_next(c, WR_NS_BPMN, "complexBehaviorDefinition"))
            add_complex(&t, c);
    } else {
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, loop,
                       "unsupported attribute 'behavior' of '%s'", loop->name);
    }
    l->throws = t.items;
    l->n_throws = t.n_items;
}
