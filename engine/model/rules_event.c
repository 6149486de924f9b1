/* rules_event.c: rules about events and how they are connected. */

#include <string.h>

#include "engine/model/rules.h"

static bool
has_child(const struct wr_xml *e, const char *name)
{
    return wr_xml_child(e, WR_NS_BPMN, name) != NULL;
}

void
wr_rule_definition_ref(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *d = wr_rule_text_ref(r, e);

    if (d && (d->is & WR_IS_EVENT_DEF) && d->parent != r->doc->root)
        wr_hit(r, WR_F_EXT_095, e);
}

void
wr_rule_start_event(struct wr_rules *r, const struct wr_xml *e)
{
    int n = wr_rule_n_definitions(r, e);

    if (wr_rule_n_in(r, e) > 0 || has_child(e, "incoming"))
        wr_hit(r, WR_F_EXT_096, e);
    if (wr_xml_is(e->parent, "process")
        && !wr_rule_only(r, e, "message timer conditional signal"))
        wr_hit(r, WR_F_EXT_098, e);
    if ((e->parent->is & WR_IS_SUB) && !wr_rule_is_event_sub(e->parent)
        && n > 0)
        wr_hit(r, WR_F_EXT_100, e);
    if (!(r->lists_flows ? has_child(e, "outgoing") : wr_rule_n_out(r, e) > 0))
        wr_hit(r, WR_F_EXT_101, e);
    if (wr_rule_has(r, e, "compensateEventDefinition")
        && !wr_rule_is_event_sub(e->parent))
        wr_hit(r, WR_F_EXT_121, e);
    if (wr_rule_is_event_sub(e->parent) && n == 0)
        wr_hit(r, WR_F_EXT_129, e);
}

void
wr_rule_end_event(struct wr_rules *r, const struct wr_xml *e)
{
    if (wr_rule_n_out(r, e) > 0 || has_child(e, "outgoing"))
        wr_hit(r, WR_F_EXT_104, e);
    if (wr_rule_has(r, e, "cancelEventDefinition")
        && !wr_xml_is(wr_xml_above(e, WR_IS_SUB), "transaction"))
        wr_hit(r, WR_F_EXT_106, e);
    if (!(r->lists_flows ? has_child(e, "incoming") : wr_rule_n_in(r, e) > 0))
        wr_hit(r, WR_F_EXT_107, e);
    if (!wr_rule_only(r, e,
                      "message escalation error cancel compensate signal "
                      "terminate"))
        wr_hit(r, WR_F_EXT_146, e);
}

/* Can instances start at something else than a start event? */
static bool
is_instantiated(const struct wr_xml *container)
{
    for (const struct wr_xml *c = container->first; c; c = c->next) {
        if ((wr_xml_is(c, "receiveTask") || wr_xml_is(c, "eventBasedGateway"))
            && wr_xml_flag(c, "instantiate", false))
            return true;
    }

    return false;
}

void
wr_rule_start_and_end(struct wr_rules *r, const struct wr_xml *e)
{
    bool start = has_child(e, "startEvent"), end = has_child(e, "endEvent");

    if (end && !start && !is_instantiated(e))
        wr_hit(r, WR_F_EXT_097, e);
    if (start && !end)
        wr_hit(r, WR_F_EXT_105, e);
}

/* Nodes that stand alone: handlers, event sub-processes. */
static bool
stands_alone(const struct wr_xml *e)
{
    return wr_rule_is_event_sub(e) || wr_xml_flag(e, "isForCompensation", false)
           || (e->is & WR_IS_CHOREOGRAPHY) != 0;
}

static bool
may_lack_incoming(struct wr_rules *r, const struct wr_xml *e)
{
    return stands_alone(e) || wr_xml_is(e, "startEvent")
           || wr_xml_is(e, "boundaryEvent")
           || wr_xml_flag(e, "instantiate", false)
           || (wr_xml_is(e, "intermediateCatchEvent")
               && wr_rule_has(r, e, "linkEventDefinition"));
}

static bool
may_lack_outgoing(struct wr_rules *r, const struct wr_xml *e)
{
    return stands_alone(e) || wr_xml_is(e, "endEvent")
           || (wr_xml_is(e, "boundaryEvent")
               && wr_rule_has(r, e, "compensateEventDefinition"))
           || (wr_xml_is(e, "intermediateThrowEvent")
               && wr_rule_has(r, e, "linkEventDefinition"));
}

void
wr_rule_all_connected(struct wr_rules *r, const struct wr_xml *e)
{
    bool start = has_child(e, "startEvent"), end = has_child(e, "endEvent");

    for (const struct wr_xml *c = e->first; c; c = c->next) {
        if (!(c->is & WR_IS_NODE))
            continue;
        if (start && wr_rule_n_in(r, c) == 0 && !may_lack_incoming(r, c))
            wr_hit(r, WR_F_EXT_150, c);
        if (end && wr_rule_n_out(r, c) == 0 && !may_lack_outgoing(r, c))
            wr_hit(r, WR_F_EXT_151, c);
    }
}

void
wr_rule_boundary(struct wr_rules *r, const struct wr_xml *e)
{
    bool cancel = wr_xml_flag(e, "cancelActivity", true);
    bool compensates = wr_rule_has(r, e, "compensateEventDefinition");
    const char *allowed =
        cancel ? "message timer escalation error cancel compensate "
                 "conditional signal"
               : "message timer escalation conditional signal";

    if (wr_rule_n_definitions(r, e) == 0)
        wr_hit(r, WR_F_EXT_130, e);
    if (wr_rule_n_definitions(r, e) == 0 || !wr_rule_only(r, e, allowed)) {
        wr_hit(r, WR_F_EXT_110, e);
        wr_hit(r, WR_F_EXT_147, e);
    }
    if (wr_rule_has(r, e, "cancelEventDefinition")
        && !wr_xml_is(wr_rule_ref(r, e, "attachedToRef"), "transaction")) {
        wr_hit(r, WR_F_EXT_111, e);
        wr_hit(r, WR_F_EXT_120, e);
    }
    if (wr_rule_n_in(r, e) > 0)
        wr_hit(r, WR_F_EXT_112, e);
    if (wr_rule_n_out(r, e) == 0 && !compensates)
        wr_hit(r, WR_F_EXT_113, e);
    if (wr_rule_n_out(r, e) > 0 && compensates)
        wr_hit(r, WR_F_EXT_114, e);
}

void
wr_rule_compensation_boundary(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *handler;

    if (!wr_rule_has(r, e, "compensateEventDefinition"))
        return;
    handler = r->partner[e->order];
    if (!handler)
        wr_hit(r, WR_F_EXT_143, e);
    else if (!(handler->is & WR_IS_ACTIVITY)
             || !wr_xml_flag(handler, "isForCompensation", false))
        wr_hit(r, WR_F_EXT_144, e);
}

void
wr_rule_catch_event(struct wr_rules *r, const struct wr_xml *e)
{
    bool link = wr_rule_has(r, e, "linkEventDefinition");

    if (wr_rule_n_in(r, e) == 0 && !link)
        wr_hit(r, WR_F_EXT_115, e);
    if (wr_rule_n_out(r, e) == 0)
        wr_hit(r, WR_F_EXT_116, e);
    if (wr_rule_has(r, e, "compensateEventDefinition"))
        wr_hit(r, WR_F_EXT_122, e);
    if (wr_rule_n_definitions(r, e) == 0
        || !wr_rule_only(r, e, "message timer conditional link signal"))
        wr_hit(r, WR_F_EXT_148, e);
}

void
wr_rule_throw_event(struct wr_rules *r, const struct wr_xml *e)
{
    bool link = wr_rule_has(r, e, "linkEventDefinition");

    if (wr_rule_n_in(r, e) == 0)
        wr_hit(r, WR_F_EXT_115, e);
    if (wr_rule_n_out(r, e) == 0 && !link)
        wr_hit(r, WR_F_EXT_116, e);
    if (!wr_rule_only(r, e, "message escalation compensate link signal"))
        wr_hit(r, WR_F_EXT_149, e);
}

static void
link_in_and_out(struct wr_rules *r, const struct wr_xml *e)
{
    if (wr_rule_n_in(r, e) > 0 && wr_rule_n_out(r, e) > 0)
        wr_hit(r, WR_F_EXT_117, e);
}

/* Is the event of the link on the same level as `e`? */
static bool
same_level(const struct wr_xml *link, const struct wr_xml *e)
{
    return !link->parent || link->parent->parent == e->parent;
}

static const struct wr_xml *
link_of(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *at = NULL, *d;

    while ((d = wr_rule_definition(r, e, &at))) {
        if (!strcmp(d->name, "linkEventDefinition"))
            return d;
    }

    return NULL;
}

void
wr_rule_link_catch(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *link = link_of(r, e), *s;

    if (!link)
        return;
    link_in_and_out(r, e);
    s = wr_xml_child(link, WR_NS_BPMN, "source");
    if (!s)
        wr_hit(r, WR_F_EXT_124, e);
    for (; s; s = wr_xml_next(s, WR_NS_BPMN, "source")) {
        const struct wr_xml *other = wr_rule_text_ref(r, s);

        if (other && !same_level(other, e))
            wr_hit(r, WR_F_EXT_126, e);
        if (other && !wr_rule_names(r, other, "target", link))
            wr_hit(r, WR_F_EXT_118, e);
    }
}

void
wr_rule_link_throw(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *link = link_of(r, e), *other;

    if (!link)
        return;
    link_in_and_out(r, e);
    if (wr_xml_count(link, WR_NS_BPMN, "target") != 1) {
        wr_hit(r, WR_F_EXT_125, e);
        return;
    }
    other = wr_rule_text_ref(r, wr_xml_child(link, WR_NS_BPMN, "target"));
    if (other && !same_level(other, e))
        wr_hit(r, WR_F_EXT_126, e);
    if (!other || !wr_rule_names(r, other, "source", link))
        wr_hit(r, WR_F_EXT_118, e);
}

void
wr_rule_message_definition(struct wr_rules *r, const struct wr_xml *e)
{
    if (!wr_rule_executable(e))
        return;
    if (!wr_xml_attr(e, "messageRef"))
        wr_hit(r, WR_F_EXT_127, e);
    if (!has_child(e, "operationRef") && !wr_xml_attr(e, "operationRef"))
        wr_hit(r, WR_F_EXT_128, e);
}

void
wr_rule_escalation_code(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *escalation = wr_rule_ref(r, e, "escalationRef");
    const char *code = escalation ? wr_xml_attr(escalation, "escalationCode")
                                  : NULL;

    if (!(e->parent->is & WR_IS_THROW))
        return;
    if (!escalation
        && (wr_xml_attr(e, "escalationRef") || !wr_rule_executable(e)))
        return;
    if (!code || !*code)
        wr_hit(r, WR_F_EXT_011, e);
}
