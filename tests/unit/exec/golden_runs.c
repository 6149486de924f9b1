/*
 * golden_runs.c: processes that between them have everything a state can hold,
 * and how they were driven when tests/golden was written.
 */

#include <check.h>

#include "tests/unit/exec/golden.h"

/* ---- waits, mappings, a cut step ---- */

static const char plain[] =
    "<startEvent id='s'/><parallelGateway id='f'/>"
    "<userTask id='t'><extensionElements>"
    "<zeebe:assignmentDefinition assignee='=who' candidateUsers='ann,bob'"
    " candidateGroups='sales'/><zeebe:taskSchedule"
    " dueDate='2026-02-01T00:00:00Z' followUpDate='2026-01-15T00:00:00Z'/>"
    "<zeebe:priorityDefinition priority='70'/></extensionElements>"
    "</userTask>"
    "<boundaryEvent id='tick' attachedToRef='t' cancelActivity='false'>"
    "<timerEventDefinition><timeCycle>R5/PT1H</timeCycle>"
    "</timerEventDefinition></boundaryEvent>"
    "<task id='ticked'/>"
    "<subProcess id='sub'><extensionElements><zeebe:ioMapping>"
    "<zeebe:input source='=amount * 2' target='double'/>"
    "</zeebe:ioMapping></extensionElements><startEvent id='s2'/>"
    "<serviceTask id='job'><extensionElements>"
    "<zeebe:taskDefinition type='=kind' retries='2'/><zeebe:ioMapping>"
    "<zeebe:output source='=if ok = true then 1 else function(x) x'"
    " target='done'/></zeebe:ioMapping></extensionElements></serviceTask>"
    "<endEvent id='e2'/> {s2>job; job>e2} </subProcess>"
    "<intermediateCatchEvent id='msg'><messageEventDefinition"
    " messageRef='K'/></intermediateCatchEvent>"
    "<task id='async' camunda:asyncBefore='true'/>"
    "<parallelGateway id='j'/><endEvent id='e'/>"
    "{s>f; f>t; f>sub; f>msg; f>async; t>j; sub>j; msg>j; async>j; j>e;"
    "tick>ticked}";

static void
run_plain(struct world *w, golden_seen *seen, void *data)
{
    w->budget = 3;
    STEP(world_start(w, "{\"amount\": 12.5, \"kind\": \"pay\","
                        " \"order\": \"o-1\", \"who\": \"eve\"}"));
    w->budget = 0;
    STEP((void)world_send(w, (struct wr_event){ .type = WR_EV_CONTINUE }));
    STEP(world_fire(w, "tick"));
    STEP(world_fail(w, "job"));
    STEP(world_fail(w, "job"));
    STEP(world_message(w, "msg", "{\"m\": [1, null, {\"x\": true}]}"));
    STEP(world_run(w, "async"));
    STEP(world_resolve(w, "job", false, NULL));
    STEP(world_job(w, "job", "{\"r\": \"kept\"}"));
    STEP(world_complete(w, "t", NULL));
    STEP(world_resolve(w, "job", false, "{\"ok\": true}"));
}

/* ---- iterations, event sub-processes, conditions, joins, compensation ---- */

static const char scopes[] =
    "<startEvent id='s'/><parallelGateway id='f'/>"
    "<userTask id='vote'><multiInstanceLoopCharacteristics><extensionElements>"
    "<zeebe:loopCharacteristics inputCollection='=people' inputElement='who'"
    " outputCollection='votes' outputElement='=vote'/></extensionElements>"
    "</multiInstanceLoopCharacteristics></userTask>"
    "<subProcess id='turns'><multiInstanceLoopCharacteristics"
    " isSequential='true'><loopCardinality>=2</loopCardinality>"
    "</multiInstanceLoopCharacteristics><startEvent id='turn'/>"
    "<userTask id='move'/>{turn>move}</subProcess>"
    "<userTask id='again'><standardLoopCharacteristics loopMaximum='3'/>"
    "</userTask>"
    "<userTask id='one'/><userTask id='two'/><userTask id='three'/>"
    "<complexGateway id='some'><activationCondition>=activationCount &gt; 1"
    "</activationCondition></complexGateway><userTask id='after'/>"
    "<intermediateCatchEvent id='both' parallelMultiple='true'>"
    "<messageEventDefinition messageRef='M'/>"
    "<signalEventDefinition signalRef='S'/></intermediateCatchEvent>"
    "<eventBasedGateway id='first'/><intermediateCatchEvent id='told'>"
    "<messageEventDefinition messageRef='K'/></intermediateCatchEvent>"
    "<intermediateCatchEvent id='late'><timerEventDefinition>"
    "<timeDuration>PT1H</timeDuration></timerEventDefinition>"
    "</intermediateCatchEvent>"
    "<subProcess id='shop'><startEvent id='open'/><userTask id='sell'/>"
    "<subProcess id='low' triggeredByEvent='true'>"
    "<startEvent id='few' isInterrupting='false'>"
    "<conditionalEventDefinition><condition>=stock &lt; 5</condition>"
    "</conditionalEventDefinition></startEvent><userTask id='order'/>"
    "{few>order}</subProcess>"
    "<subProcess id='fire' triggeredByEvent='true'><startEvent id='alarm'>"
    "<messageEventDefinition messageRef='M'/></startEvent>"
    "<userTask id='flee'/>{alarm>flee}</subProcess>"
    "{open>sell}</subProcess>"
    "<subProcess id='trip'><startEvent id='go'/><userTask id='book'>"
    "<extensionElements><zeebe:ioMapping>"
    "<zeebe:input source='=stock' target='price'/></zeebe:ioMapping>"
    "</extensionElements></userTask>"
    "<boundaryEvent id='booked' attachedToRef='book'>"
    "<compensateEventDefinition/></boundaryEvent>"
    "<userTask id='unbook' isForCompensation='true'/>"
    "<association id='undo' sourceRef='booked' targetRef='unbook'/>"
    "{go>book}</subProcess>"
    "<intermediateThrowEvent id='back'><compensateEventDefinition/>"
    "</intermediateThrowEvent><endEvent id='e'/>"
    "{s>f; f>vote; f>turns; f>again; f>one; f>two; f>three; f>both; f>first;"
    "f>shop; f>trip; one>some; two>some; three>some; some>after; first>told;"
    "first>late; trip>back; back>e}";

static void
set(struct world *w, const char *json)
{
    struct wr_event ev = { .type = WR_EV_SET_VARIABLES,
                           .variables = world_json(w, json) };

    ck_assert_int_eq(world_send(w, ev), 0);
}

static void
run_scopes(struct world *w, golden_seen *seen, void *data)
{
    STEP(world_start(w, "{\"people\": [\"ann\", 2], \"stock\": 9,"
                        " \"order\": \"o-1\"}"));
    STEP(world_complete(w, "vote", "{\"vote\": \"yes\"}"));
    STEP(world_complete(w, "again", NULL));
    STEP(world_complete(w, "one", NULL));
    STEP(world_complete(w, "three", NULL));
    STEP(world_message(w, "both", "{\"m\": [1, {\"x\": null}]}"));
    STEP(set(w, "{\"stock\": 3}"));
    STEP(world_complete(w, "move", NULL));
    STEP(world_complete(w, "book", NULL));
    STEP(world_message(w, "alarm", NULL));
    STEP(world_complete(w, "unbook", NULL));
    STEP(world_complete(w, "two", NULL));
    STEP(world_message(w, "told", NULL));
    STEP(world_complete(w, "vote", NULL));
    w->now += 1000;
    STEP(ck_assert_int_eq(
        world_send(w, (struct wr_event){ .type = WR_EV_SUSPEND, .text = "x" }),
        0));
}

/* ---- ad-hoc sub-processes ---- */

static const char ad_hoc[] =
    "<startEvent id='s'/><parallelGateway id='f'/>"
    "<adHocSubProcess id='turns' ordering='Sequential'><userTask id='a'/>"
    "<userTask id='b'/><userTask id='c'/></adHocSubProcess>"
    "<adHocSubProcess id='any' cancelRemainingInstances='false'>"
    "<userTask id='x'/><userTask id='y'/><completionCondition>=done = true"
    "</completionCondition></adHocSubProcess><endEvent id='e'/>"
    "{s>f; f>turns; f>any; turns>e; any>e}";

static void
activate(struct world *w, const char *ids, bool close, const char *in)
{
    struct wr_event ev = { .type = WR_EV_ACTIVATE,
                           .elements = ids ? world_json(w, ids) : NULL,
                           .text = in,
                           .close = close };

    ck_assert_int_eq(world_send(w, ev), 0);
}

static void
run_ad_hoc(struct world *w, golden_seen *seen, void *data)
{
    STEP(world_start(w, "{\"done\": false}"));
    STEP(activate(w, "[\"a\", \"b\", \"c\", \"b\"]", false, NULL));
    STEP(activate(w, "[\"x\", \"y\"]", false, NULL));
    STEP(world_complete(w, "a", NULL));
    STEP(world_complete(w, "x", "{\"done\": true}"));
    STEP(activate(w, NULL, true, "turns"));
    STEP(world_complete(w, "b", NULL));
    STEP(world_complete(w, "y", NULL));
}

const struct golden golden_runs[GOLDEN_RUNS] = {
    { "instance.txt", "history.txt", plain, run_plain, 11 },
    { "scopes.txt", "scopes-history.txt", scopes, run_scopes, 15 },
    { "ad-hoc.txt", "ad-hoc-history.txt", ad_hoc, run_ad_hoc, 7 },
    { "held.txt", "held-history.txt", golden_held, golden_run_held, 16 },
    { "moved.txt", "moved-history.txt", golden_moved, golden_run_moved, 3 },
    { "people.txt", "people-history.txt", golden_people, golden_run_people, 7 },
    { "talks.txt", "talks-history.txt", golden_talks, golden_run_talks, 4 },
    { "told.txt", "told-history.txt", golden_told, golden_run_told, 10 },
    { "unfit.txt", "unfit-history.txt", golden_unfit, golden_run_unfit, 3 },
    { "undone.txt", "undone-history.txt", golden_undone, golden_run_undone,
      12 },
    { "several.txt", "several-history.txt", golden_several, golden_run_several,
      4 },
    { "timeout.txt", "timeout-history.txt", golden_timeout, golden_run_timeout,
      7 },
};
