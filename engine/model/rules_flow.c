/* rules_flow.c: rules about sequence flows, message flows and gateways. */

#include <string.h>

#include "engine/model/rules.h"

static const struct wr_xml *
process_of(const struct wr_xml *e)
{
    return wr_xml_is(e, "process") ? e : wr_xml_above_named(e, "process");
}

static bool
may_flow(const struct wr_xml *e)
{
    if (wr_rule_is_event_sub(e))
        return false;

    return (e->is & (WR_IS_ACTIVITY | WR_IS_GATEWAY | WR_IS_EVENT)) != 0;
}

/* Choreographies have flows of their own. */
static bool
in_process(const struct wr_xml *e)
{
    return wr_xml_above_named(e, "process") != NULL;
}

void
wr_rule_flow_ends(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_rule_flow *f = wr_rule_flow_of(r, e);

    if (!in_process(e))
        return;
    if (f->source && (f->source->is & WR_IS_ARTIFACT))
        wr_hit(r, WR_F_EXT_007, e);
    if (f->target && (f->target->is & WR_IS_ARTIFACT))
        wr_hit(r, WR_F_EXT_006, e);
    if (f->source && !may_flow(f->source))
        wr_hit(r, WR_F_EXT_021, e);
    if (f->target && !may_flow(f->target))
        wr_hit(r, WR_F_EXT_022, e);
}

void
wr_rule_flow_listed(struct wr_rules *r, const struct wr_xml *e)
{
    int i = wr_rule_flow_index(r, e);
    const struct wr_rule_flow *f = &r->flows[i];

    if (!r->lists_flows)
        return; /* said once for the file */
    if (f->source && (f->source->is & WR_IS_NODE) && !r->listed_out[i])
        wr_found(r->findings, WR_F_EXT_023, wr_xml_nearest_id(e), e->line,
                 "'%.100s' does not list the flow as outgoing",
                 wr_xml_nearest_id(f->source));
    if (f->target && (f->target->is & WR_IS_NODE) && !r->listed_in[i])
        wr_found(r->findings, WR_F_EXT_023, wr_xml_nearest_id(e), e->line,
                 "'%.100s' does not list the flow as incoming",
                 wr_xml_nearest_id(f->target));
}

void
wr_rule_flow_attributes(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_rule_flow *f = wr_rule_flow_of(r, e);

    if (!wr_xml_flag(e, "isImmediate", true) && wr_rule_executable(e))
        wr_hit(r, WR_F_EXT_024, e);
    if (f->source && (f->source->is & WR_IS_ACTIVITY)
        && wr_xml_child(e, WR_NS_BPMN, "conditionExpression")
        && wr_rule_n_out(r, f->source) < 2)
        wr_hit(r, WR_F_EXT_025, e);
}

void
wr_rule_flow_borders(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_rule_flow *f = wr_rule_flow_of(r, e);

    if (!f->source || !f->target || !(f->source->is & WR_IS_NODE)
        || !(f->target->is & WR_IS_NODE))
        return;
    if (process_of(f->source) != process_of(f->target))
        wr_hit(r, WR_F_EXT_028, e);
    else if (f->source->parent != f->target->parent)
        wr_hit(r, WR_F_EXT_152, e);
}

/* What a message flow's end belongs to: a process, or a pool without one. */
static const struct wr_xml *
pool_of(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *p;

    if (!wr_xml_is(e, "participant"))
        return process_of(e);
    p = wr_rule_ref(r, e, "processRef");

    return p ? p : e;
}

static void
message_flow_events(struct wr_rules *r, const struct wr_xml *e,
                    const struct wr_xml *source, const struct wr_xml *target)
{
    if (wr_xml_is(source, "startEvent"))
        wr_hit(r, WR_F_EXT_102, e);
    if (wr_xml_is(target, "startEvent")
        && !wr_rule_has(r, target, "messageEventDefinition"))
        wr_hit(r, WR_F_EXT_103, e);
    if (wr_xml_is(target, "endEvent"))
        wr_hit(r, WR_F_EXT_108, e);
    if (wr_xml_is(source, "endEvent")
        && !wr_rule_has(r, source, "messageEventDefinition"))
        wr_hit(r, WR_F_EXT_109, e);
    if (wr_xml_is(source, "intermediateCatchEvent")
        || wr_xml_is(target, "intermediateThrowEvent"))
        wr_hit(r, WR_F_EXT_119, e);
}

void
wr_rule_message_flow(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *source = wr_rule_ref(r, e, "sourceRef");
    const struct wr_xml *target = wr_rule_ref(r, e, "targetRef");
    const struct wr_xml *pool = source ? pool_of(r, source) : NULL;

    if (source && (source->is & WR_IS_ARTIFACT))
        wr_hit(r, WR_F_EXT_009, e);
    if (target && (target->is & WR_IS_ARTIFACT))
        wr_hit(r, WR_F_EXT_008, e);
    if (pool && target && pool == pool_of(r, target))
        wr_hit(r, WR_F_EXT_031, e);
    message_flow_events(r, e, source, target);
}

void
wr_rule_default_flow(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *flow = wr_rule_ref(r, e, "default");

    if (wr_xml_is(flow, "sequenceFlow")
        && wr_rule_flow_of(r, flow)->source != e)
        wr_hit(r, WR_F_EXT_026, e);
}

void
wr_rule_gateway(struct wr_rules *r, const struct wr_xml *e)
{
    const char *direction = wr_xml_attr(e, "gatewayDirection");
    int in = wr_rule_n_in(r, e), out = wr_rule_n_out(r, e);

    if (in < 2 && out < 2)
        wr_hit(r, WR_F_EXT_135, e);
    if (!direction)
        return;
    if (!strcmp(direction, "Converging") && out > 1)
        wr_hit(r, WR_F_EXT_017, e);
    if (!strcmp(direction, "Diverging") && in > 1)
        wr_hit(r, WR_F_EXT_018, e);
    if (!strcmp(direction, "Mixed") && (in < 2 || out < 2))
        wr_hit(r, WR_F_EXT_019, e);
}

/* One target of an event gateway; counts messages caught and received. */
static void
event_gateway_target(struct wr_rules *r, const struct wr_xml *t,
                     int *n_messages, int *n_receives)
{
    bool catches = wr_xml_is(t, "intermediateCatchEvent");
    bool receives = wr_xml_is(t, "receiveTask");

    if (!receives
        && !(catches && wr_rule_n_definitions(r, t) > 0
             && wr_rule_only(r, t, "message signal timer conditional")))
        wr_hit(r, WR_F_EXT_138, t);
    if (wr_rule_n_in(r, t) > 1)
        wr_hit(r, WR_F_EXT_141, t);
    if (receives && r->has_boundary[t->order])
        wr_hit(r, WR_F_EXT_140, t);
    *n_receives += receives;
    *n_messages += catches && wr_rule_has(r, t, "messageEventDefinition");
}

void
wr_rule_event_gateway(struct wr_rules *r, const struct wr_xml *e)
{
    int n = wr_rule_n_out(r, e), n_messages = 0, n_receives = 0;

    if (n < 2)
        wr_hit(r, WR_F_EXT_136, e);
    if (wr_xml_flag(e, "instantiate", false) && wr_rule_n_in(r, e) > 0)
        wr_hit(r, WR_F_EXT_142, e);
    for (int i = 0; i < n; i++) {
        const struct wr_rule_flow *f = wr_rule_out(r, e, i);

        if (wr_xml_child(f->e, WR_NS_BPMN, "conditionExpression"))
            wr_hit(r, WR_F_EXT_137, f->e);
        if (f->target)
            event_gateway_target(r, f->target, &n_messages, &n_receives);
    }
    if (n_messages > 0 && n_receives > 0)
        wr_hit(r, WR_F_EXT_139, e);
}
