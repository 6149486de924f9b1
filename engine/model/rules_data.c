/* rules_data.c: rules about data: items, inputs, outputs, associations. */

#include <stdio.h>
#include <string.h>

#include "engine/model/rules.h"

static const struct wr_xml *
child(const struct wr_xml *e, const char *name)
{
    return e ? wr_xml_child(e, WR_NS_BPMN, name) : NULL;
}

static int
count(const struct wr_xml *e, const char *name)
{
    return e ? wr_xml_count(e, WR_NS_BPMN, name) : 0;
}

/* The item definition of an item-aware element; NULL. */
static const struct wr_xml *
item_of(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *item = wr_rule_ref(r, e, "itemSubjectRef");

    if (!item && wr_xml_is(e, "dataObjectReference")) {
        e = wr_rule_ref(r, e, "dataObjectRef");
        item = e ? wr_rule_ref(r, e, "itemSubjectRef") : NULL;
    }

    return wr_xml_is(item, "itemDefinition") ? item : NULL;
}

/* One item, or two of the same known structure.  Unknown ones fit anything. */
static bool
equivalent(const struct wr_xml *x, const struct wr_xml *y)
{
    const char *a, *b;

    if (!x || !y || x == y)
        return true;
    a = wr_xml_attr(x, "structureRef");
    b = wr_xml_attr(y, "structureRef");

    return a && b && !strcmp(a, b)
           && wr_xml_flag(x, "isCollection", false)
                  == wr_xml_flag(y, "isCollection", false);
}

void
wr_rule_collection(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *item = item_of(r, e);

    if (!item || wr_xml_is(e, "property") || wr_xml_is(e, "dataStore")
        || wr_xml_is(e, "dataObjectReference")
        || wr_xml_is(e, "dataStoreReference"))
        return;
    if (wr_xml_flag(item, "isCollection", false)
        == wr_xml_flag(e, "isCollection", false))
        return;
    wr_hit(r, WR_F_EXT_020, e);
    if (wr_xml_is(e, "dataObject"))
        wr_hit(r, WR_F_EXT_077, e);
    if (wr_xml_is(e, "dataInput"))
        wr_hit(r, WR_F_EXT_081, e);
    if (wr_xml_is(e, "dataOutput"))
        wr_hit(r, WR_F_EXT_083, e);
}

static const struct wr_xml *
message_item(struct wr_rules *r, const struct wr_xml *message)
{
    const struct wr_xml *item = message ? wr_rule_ref(r, message, "itemRef")
                                        : NULL;

    return wr_xml_is(item, "itemDefinition") ? item : NULL;
}

/* The item of a message that a child of an operation refers to. */
static const struct wr_xml *
operation_item(struct wr_rules *r, const struct wr_xml *operation,
               const char *ref)
{
    const struct wr_xml *c = wr_rule_child(r, operation, ref);

    return c ? message_item(r, wr_rule_text_ref(r, c)) : NULL;
}

static void
compare_first(struct wr_rules *r, const struct wr_xml *io, const char *data,
              const struct wr_xml *item, enum wr_found id)
{
    const struct wr_xml *d = child(io, data);

    if (d && !equivalent(item_of(r, d), item))
        wr_hit(r, id, d);
}

/* The data of a task that has a message is what the message carries. */
static void
compare_message(struct wr_rules *r, const struct wr_xml *io, const char *data,
                const struct wr_xml *message, enum wr_found id)
{
    const struct wr_xml *item = message_item(r, message);
    const struct wr_xml *d = child(io, data);

    if (d && item && !wr_xml_attr(d, "itemSubjectRef"))
        wr_hit(r, id, d);
    else
        compare_first(r, io, data, item, id);
}

void
wr_rule_service_task_data(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *op = wr_rule_ref(r, e, "operationRef");
    const struct wr_xml *io = child(e, "ioSpecification");

    if (!wr_xml_attr(e, "operationRef"))
        return;
    if (count(io, "inputSet") != 1)
        wr_hit(r, WR_F_EXT_042, e);
    if (count(io, "outputSet") > 1)
        wr_hit(r, WR_F_EXT_043, e);
    if (!op || !io)
        return;
    compare_first(r, io, "dataInput", operation_item(r, op, "inMessageRef"),
                  WR_F_EXT_044);
    compare_first(r, io, "dataOutput", operation_item(r, op, "outMessageRef"),
                  WR_F_EXT_045);
}

void
wr_rule_send_task_data(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *message = wr_rule_ref(r, e, "messageRef");
    const struct wr_xml *io = child(e, "ioSpecification");

    if (!message)
        return;
    if (count(io, "inputSet") > 1)
        wr_hit(r, WR_F_EXT_046, e);
    if (count(io, "dataInput") > 1)
        wr_hit(r, WR_F_EXT_047, e);
    compare_message(r, io, "dataInput", message, WR_F_EXT_048);
}

void
wr_rule_receive_task_data(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *message = wr_rule_ref(r, e, "messageRef");
    const struct wr_xml *io = child(e, "ioSpecification");

    if (!message)
        return;
    if (count(io, "outputSet") > 1)
        wr_hit(r, WR_F_EXT_050, e);
    if (count(io, "dataOutput") > 1)
        wr_hit(r, WR_F_EXT_051, e);
    compare_message(r, io, "dataOutput", message, WR_F_EXT_052);
}

/* Same number, and of the same structure one by one. */
static bool
same_data(struct wr_rules *r, const struct wr_xml *x, const struct wr_xml *y,
          const char *name)
{
    const struct wr_xml *a = child(x, name), *b = child(y, name);

    while (a && b) {
        if (!equivalent(item_of(r, a), item_of(r, b)))
            return false;
        a = wr_xml_next(a, WR_NS_BPMN, name);
        b = wr_xml_next(b, WR_NS_BPMN, name);
    }

    return !a && !b;
}

void
wr_rule_called_data(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *called = wr_rule_ref(r, e, "calledElement");
    const struct wr_xml *mine = child(e, "ioSpecification");
    const struct wr_xml *theirs = wr_rule_child(r, called, "ioSpecification");

    if (!called || (!mine && !theirs) || r->budget-- <= 0)
        return;
    if (!same_data(r, mine, theirs, "dataInput")
        || !same_data(r, mine, theirs, "dataOutput")
        || count(mine, "inputSet") != count(theirs, "inputSet")
        || count(mine, "outputSet") != count(theirs, "outputSet"))
        wr_hit(r, WR_F_EXT_063, e);
}

void
wr_rule_exposed_service(struct wr_rules *r, const struct wr_xml *e)
{
    if (child(e, "supportedInterfaceRef") && !child(e, "ioBinding"))
        wr_hit(r, WR_F_EXT_064, e);
}

void
wr_rule_io_binding(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *op = wr_rule_ref(r, e, "operationRef");
    const struct wr_xml *in = wr_rule_ref(r, e, "inputDataRef");
    const struct wr_xml *out = wr_rule_ref(r, e, "outputDataRef");

    if (!op)
        return;
    if ((in
         && !equivalent(item_of(r, in), operation_item(r, op, "inMessageRef")))
        || (out
            && !equivalent(item_of(r, out),
                           operation_item(r, op, "outMessageRef"))))
        wr_hit(r, WR_F_EXT_065, e);
}

/* Is `item` what a collection `whole` is made of? */
static bool
is_scalar_of(const struct wr_xml *item, const struct wr_xml *whole)
{
    const char *a, *b;

    if (!item || !whole)
        return true;
    a = wr_xml_attr(item, "structureRef");
    b = wr_xml_attr(whole, "structureRef");
    if (wr_xml_flag(item, "isCollection", false))
        return false;

    return !a || !b || !strcmp(a, b);
}

static void
loop_item(struct wr_rules *r, const struct wr_xml *loop, const char *ref,
          const char *item, enum wr_found id)
{
    const struct wr_xml *c = child(loop, ref), *i = child(loop, item);
    const struct wr_xml *data = c ? wr_rule_text_ref(r, c) : NULL;

    if (data && i && !is_scalar_of(item_of(r, i), item_of(r, data)))
        wr_hit(r, id, loop);
}

static bool
has_vendor_loop(const struct wr_xml *e)
{
    const struct wr_xml *x = child(e, "extensionElements");

    return wr_xml_attr_ns(e, WR_NS_CAMUNDA, "collection")
           || wr_xml_attr_ns(e, WR_NS_FLOWABLE, "collection")
           || (x && wr_xml_child(x, WR_NS_ZEEBE, "loopCharacteristics"));
}

void
wr_rule_loop_data(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *in = child(e, "loopDataInputRef");
    const struct wr_xml *data = in ? wr_rule_text_ref(r, in) : NULL;

    if (!in && !child(e, "loopCardinality") && wr_rule_executable(e)
        && !has_vendor_loop(e))
        wr_hit(r, WR_F_EXT_067, e);
    if (in && (e->parent->is & WR_IS_TASK) && wr_rule_executable(e)
        && (!wr_xml_is(data, "dataInput") || data->parent->parent != e->parent))
        wr_hit(r, WR_F_EXT_068, e);
    loop_item(r, e, "loopDataOutputRef", "outputDataItem", WR_F_EXT_069);
    loop_item(r, e, "loopDataInputRef", "inputDataItem", WR_F_EXT_070);
}

/* "Order [paid]": the object's name and the state it is in. */
void
wr_rule_data_state_name(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *object = wr_rule_ref(r, e, "dataObjectRef");
    const struct wr_xml *state = child(e, "dataState");
    const char *name = wr_xml_attr(e, "name"), *base, *in;

    base = object ? wr_xml_attr(object, "name") : NULL;
    in = state ? wr_xml_attr(state, "name") : NULL;
    if (!name || !base || !in)
        return;
    if (strcmp(name, wr_arena_printf(r->arena, "%s [%s]", base, in)) != 0)
        wr_hit(r, WR_F_EXT_076, e);
}

void
wr_rule_property_place(struct wr_rules *r, const struct wr_xml *e)
{
    if (!wr_xml_is(e->parent, "process")
        && !(e->parent->is & (WR_IS_ACTIVITY | WR_IS_EVENT)))
        wr_hit(r, WR_F_EXT_078, e);
}

void
wr_rule_io_place(struct wr_rules *r, const struct wr_xml *e)
{
    if (e->parent->is & WR_IS_SUB)
        wr_hit(r, WR_F_EXT_079, e);
}

void
wr_rule_data_in_set(struct wr_rules *r, const struct wr_xml *e)
{
    bool input = wr_xml_is(e, "dataInput");
    const char *set = input ? "inputSet" : "outputSet";
    const char *refs = input ? "dataInputRefs" : "dataOutputRefs";

    for (const struct wr_xml *s = e->parent->first; s; s = s->next) {
        if (r->budget-- <= 0)
            return;
        if (wr_xml_is(s, set) && wr_rule_names(r, s, refs, e))
            return;
    }
    wr_hit(r, input ? WR_F_EXT_084 : WR_F_EXT_088, e);
}

/* Are all that `list` names among those of `all`? */
static bool
subset(struct wr_rules *r, const struct wr_xml *set, const char *list,
       const char *all)
{
    for (const struct wr_xml *c = child(set, list); c;
         c = wr_xml_next(c, WR_NS_BPMN, list)) {
        const struct wr_xml *data = wr_rule_text_ref(r, c);

        if (data && !wr_rule_names(r, set, all, data))
            return false;
    }

    return true;
}

/* Do the sets that this one names name it too? */
static bool
mutual(struct wr_rules *r, const struct wr_xml *set, const char *list,
       const char *back)
{
    for (const struct wr_xml *c = child(set, list); c;
         c = wr_xml_next(c, WR_NS_BPMN, list)) {
        const struct wr_xml *other = wr_rule_text_ref(r, c);

        if (other && !wr_rule_names(r, other, back, set))
            return false;
    }

    return true;
}

void
wr_rule_input_set(struct wr_rules *r, const struct wr_xml *e)
{
    if (!subset(r, e, "optionalInputRefs", "dataInputRefs"))
        wr_hit(r, WR_F_EXT_085, e);
    if (!subset(r, e, "whileExecutingInputRefs", "dataInputRefs"))
        wr_hit(r, WR_F_EXT_086, e);
    if (!mutual(r, e, "outputSetRefs", "inputSetRefs"))
        wr_hit(r, WR_F_EXT_087, e);
}

void
wr_rule_output_set(struct wr_rules *r, const struct wr_xml *e)
{
    if (!subset(r, e, "optionalOutputRefs", "dataOutputRefs"))
        wr_hit(r, WR_F_EXT_089, e);
    if (!subset(r, e, "whileExecutingOutputRefs", "dataOutputRefs"))
        wr_hit(r, WR_F_EXT_090, e);
    if (!mutual(r, e, "inputSetRefs", "outputSetRefs"))
        wr_hit(r, WR_F_EXT_087, e);
}

void
wr_rule_data_association(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *s = child(e, "sourceRef"), *t = child(e, "targetRef");
    const struct wr_xml *source = s ? wr_rule_text_ref(r, s) : NULL;
    const struct wr_xml *target = t ? wr_rule_text_ref(r, t) : NULL;
    bool plain = !child(e, "transformation");

    if (wr_xml_is(e, "dataOutputAssociation") && wr_xml_is(target, "dataInput"))
        wr_hit(r, WR_F_EXT_080, e);
    if (wr_xml_is(e, "dataInputAssociation") && wr_xml_is(source, "dataOutput"))
        wr_hit(r, WR_F_EXT_082, e);
    if (plain && count(e, "sourceRef") > 1)
        wr_hit(r, WR_F_EXT_092, e);
    else if (plain && source && target
             && !equivalent(item_of(r, source), item_of(r, target)))
        wr_hit(r, WR_F_EXT_091, e);
}

/* The item an event definition carries; NULL when it carries none. */
static const struct wr_xml *
definition_item(struct wr_rules *r, const struct wr_xml *d)
{
    static const char *const carriers[][2] = {
        { "errorEventDefinition", "errorRef" },
        { "escalationEventDefinition", "escalationRef" },
        { "signalEventDefinition", "signalRef" },
    };
    const struct wr_xml *item = NULL;

    if (wr_xml_is(d, "messageEventDefinition"))
        return message_item(r, wr_rule_ref(r, d, "messageRef"));
    for (size_t i = 0; i < WR_COUNT(carriers); i++) {
        const struct wr_xml *carrier;

        if (!wr_xml_is(d, carriers[i][0]))
            continue;
        carrier = wr_rule_ref(r, d, carriers[i][1]);
        item = carrier ? wr_rule_ref(r, carrier, "structureRef") : NULL;
    }

    return wr_xml_is(item, "itemDefinition") ? item : NULL;
}

void
wr_rule_event_data(struct wr_rules *r, const struct wr_xml *e)
{
    const char *name = e->is & WR_IS_CATCH ? "dataOutput" : "dataInput";
    const struct wr_xml *data = child(e, name), *at = NULL, *d;

    if (!data)
        return;
    if (count(e, name) < wr_rule_n_definitions(r, e))
        wr_hit(r, WR_F_EXT_093, e);
    while (data && (d = wr_rule_definition(r, e, &at))) {
        if (!equivalent(item_of(r, data), definition_item(r, d)))
            wr_hit(r, WR_F_EXT_094, data);
        data = wr_xml_next(data, WR_NS_BPMN, name);
    }
}
