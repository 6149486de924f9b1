/* rules_activity.c: rules about activities, processes and collaborations. */

#include <stdlib.h>
#include <string.h>

#include "engine/model/rules.h"

static bool
has_child(const struct wr_xml *e, const char *name)
{
    return wr_xml_child(e, WR_NS_BPMN, name) != NULL;
}

/* `absent` when the attribute is not there or no number. */
static long
number(const struct wr_xml *e, const char *attr, long absent)
{
    const char *v = wr_xml_attr(e, attr);
    char *end;
    long n;

    if (!v || !*v)
        return absent;
    n = strtol(v, &end, 10);

    return *end ? absent : n;
}

void
wr_rule_multiplicity(struct wr_rules *r, const struct wr_xml *e)
{
    long minimum = number(e, "minimum", 0), maximum = number(e, "maximum", 1);

    if (minimum < 0)
        wr_hit(r, WR_F_EXT_029, e);
    if (maximum < 1 || maximum < minimum)
        wr_hit(r, WR_F_EXT_030, e);
}

void
wr_rule_choreography_ref(struct wr_rules *r, const struct wr_xml *e)
{
    if (has_child(e, "choreographyRef"))
        wr_hit(r, WR_F_EXT_027, e);
}

void
wr_rule_global_conversation(struct wr_rules *r, const struct wr_xml *e)
{
    for (const struct wr_xml *c = e->first; c; c = c->next) {
        if (c->ns != WR_NS_BPMN)
            continue;
        if ((c->is & (WR_IS_CONVERSATION | WR_IS_ARTIFACT))
            || !strcmp(c->name, "participantAssociation")
            || !strcmp(c->name, "messageFlowAssociation")
            || !strcmp(c->name, "conversationAssociation")) {
            wr_hit(r, WR_F_EXT_032, e);
            return;
        }
    }
}

void
wr_rule_closed_choreography(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, "choreographyRef");

    for (; c; c = wr_xml_next(c, WR_NS_BPMN, "choreographyRef")) {
        const struct wr_xml *other = wr_rule_text_ref(r, c);

        if (other
            && wr_xml_flag(other, "isClosed", false)
                   != wr_xml_flag(e, "isClosed", false))
            wr_hit(r, WR_F_EXT_033, e);
    }
}

void
wr_rule_public_process(struct wr_rules *r, const struct wr_xml *e)
{
    const char *type = wr_xml_attr(e, "processType");

    if (type && !strcmp(type, "Public") && wr_rule_executable(e))
        wr_hit(r, WR_F_EXT_035, e);
}

void
wr_rule_choreography_place(struct wr_rules *r, const struct wr_xml *e)
{
    if (wr_xml_is(e->parent, "process"))
        wr_hit(r, WR_F_EXT_036, e);
    else if (e->parent->is & WR_IS_SUB)
        wr_hit(r, WR_F_EXT_056, e);
}

void
wr_rule_quantities(struct wr_rules *r, const struct wr_xml *e)
{
    if (number(e, "startQuantity", 1) < 1)
        wr_hit(r, WR_F_EXT_037, e);
    if (number(e, "completionQuantity", 1) < 1)
        wr_hit(r, WR_F_EXT_038, e);
}

void
wr_rule_loops(struct wr_rules *r, const struct wr_xml *e)
{
    int n = 0;

    for (const struct wr_xml *c = e->first; c; c = c->next)
        n += (c->is & WR_IS_LOOP) != 0;
    if (n < 2)
        return;
    wr_hit(r, WR_F_EXT_041, e);
    if (e->is & WR_IS_SUB)
        wr_hit(r, WR_F_EXT_054, e);
    if (wr_xml_is(e, "adHocSubProcess"))
        wr_hit(r, WR_F_EXT_055, e);
}

/* A role is a resource with parameters or an expression, not both. */
void
wr_rule_resource_role(struct wr_rules *r, const struct wr_xml *e)
{
    bool resource = has_child(e, "resourceRef");

    if (resource && has_child(e, "resourceAssignmentExpression"))
        wr_hit(r, WR_F_EXT_039, e);
    if (!resource && has_child(e, "resourceParameterBinding"))
        wr_hit(r, WR_F_EXT_040, e);
}

void
wr_rule_instantiate(struct wr_rules *r, const struct wr_xml *e)
{
    if (wr_xml_flag(e, "instantiate", false) && wr_rule_n_in(r, e) > 0)
        wr_hit(r, WR_F_EXT_049, e);
}

void
wr_rule_event_sub_process(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *start = wr_xml_child(e, WR_NS_BPMN, "startEvent");
    const char *allowed =
        "message timer error escalation compensate conditional signal";

    if (!wr_rule_is_event_sub(e))
        return;
    if (wr_rule_n_in(r, e) > 0 || wr_rule_n_out(r, e) > 0)
        wr_hit(r, WR_F_EXT_057, e);
    if (wr_xml_count(e, WR_NS_BPMN, "startEvent") != 1)
        wr_hit(r, WR_F_EXT_058, e);
    if (!start)
        return;
    if (!wr_xml_flag(start, "isInterrupting", true))
        allowed = "message timer escalation conditional signal";
    if (wr_rule_n_definitions(r, start) == 0
        || !wr_rule_only(r, start, allowed))
        wr_hit(r, WR_F_EXT_059, start);
}

void
wr_rule_ad_hoc(struct wr_rules *r, const struct wr_xml *e)
{
    bool activity = false;

    for (const struct wr_xml *c = e->first; c; c = c->next) {
        activity |= (c->is & WR_IS_ACTIVITY) != 0;
        if (wr_xml_is(c, "startEvent") || wr_xml_is(c, "endEvent")
            || wr_xml_is(c, "conversationLink")
            || (c->is & (WR_IS_CONVERSATION | WR_IS_CHOREOGRAPHY)))
            wr_hit(r, WR_F_EXT_062, c);
    }
    if (!activity)
        wr_hit(r, WR_F_EXT_061, e);
}

/* Whoever is called must have a way to start without a trigger. */
void
wr_rule_called_start(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *called = wr_rule_ref(r, e, "calledElement"), *s;
    bool any = false;

    if (!wr_xml_is(called, "process"))
        return;
    for (s = called->first; s; s = s->next) {
        if (r->budget-- <= 0)
            return;
        if (!wr_xml_is(s, "startEvent"))
            continue;
        any = true;
        if (wr_rule_n_definitions(r, s) == 0)
            return;
    }
    if (any)
        wr_hit(r, WR_F_EXT_099, e);
}
