#include "tests/unit/exec/spilled.h"

#include "tests/lib/t.h"

const char *
spilled_list(struct world *w, int n)
{
    struct wr_str s = { .arena = w->arena };

    wr_str_add(&s, "{\"list\": [");
    for (int k = 0; k < n; k++)
        wr_str_printf(&s, "%s\"item %d\"", k ? ", " : "", 1000000 + k);
    wr_str_add(&s, "]}");

    return s.s;
}

struct wr_event
spilled_completing(struct world *w, const struct wr_uuid *task)
{
    return (struct wr_event){ .type = WR_EV_TASK_COMPLETE,
                              .target = *task,
                              .variables = world_json(w, "{\"r\": 1}") };
}

void
spilled_complete(struct world *w, int nth)
{
    struct wr_uuid id = w->tasks[nth].id;

    if (world_send(w, spilled_completing(w, &id)) < 0)
        ck_abort_msg("%s", w->err.text);
}

const char spilled_undone[] =
    "<startEvent id='s'/><userTask id='u'><multiInstanceLoopCharacteristics>"
    "<extensionElements><zeebe:loopCharacteristics inputCollection='=list'"
    " inputElement='e'/></extensionElements>"
    "</multiInstanceLoopCharacteristics></userTask>"
    "<boundaryEvent id='b' attachedToRef='u'><compensateEventDefinition/>"
    "</boundaryEvent><userTask id='h' isForCompensation='true'/>"
    "<association id='a' sourceRef='b' targetRef='h'/>"
    "<userTask id='m'/><intermediateThrowEvent id='t'>"
    "<compensateEventDefinition/></intermediateThrowEvent>"
    "<endEvent id='e'/> {s>u; u>m; m>t; t>e}";
