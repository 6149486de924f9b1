/*
 * golden_states.c: what can be stored of instances that do not simply run:
 * suspended ones, elements on hold with what came for them, migrated ones, tasks
 * that people pass on and draft, listeners that are being told, conversations.
 */

#include <check.h>

#include "tests/unit/exec/golden.h"

static void
send(struct world *w, struct wr_event ev)
{
    ck_assert_msg(world_send(w, ev) == 0, "%s", w->err.text);
}

/* ---- elements on hold, a suspended instance ---- */

const char golden_held[] =
    "<startEvent id='s'/><parallelGateway id='f'/>"
    "<userTask id='t'/><boundaryEvent id='call' attachedToRef='t'"
    " cancelActivity='false'><messageEventDefinition messageRef='M'/>"
    "</boundaryEvent><task id='called'/>"
    "<intermediateCatchEvent id='msg'><messageEventDefinition"
    " messageRef='K'/></intermediateCatchEvent>"
    "<intermediateCatchEvent id='late'><timerEventDefinition>"
    "<timeDuration>PT1H</timeDuration></timerEventDefinition>"
    "</intermediateCatchEvent>"
    "<userTask id='go'/><userTask id='next'/><endEvent id='e'/>"
    "{s>f; f>t; f>msg; f>late; f>go; go>next; next>e; msg>e; late>e; t>e;"
    " call>called}";

/* The elements of `ids`, n of them, are the ones on hold from now on. */
static void
put_on_hold(struct world *w, const char *const *ids, int n)
{
    struct wr_hold *holds = wr_newn(w->arena, struct wr_hold, (size_t)n);

    for (int k = 0; k < n; k++)
        holds[k] = (struct wr_hold){ .node = wr_model_node(w->model, ids[k]),
                                     .element = ids[k],
                                     .at = w->now };
    w->holds = holds;
    w->n_holds = n;
}

static void
hold(struct world *w, const char *const *ids, int n, const char *changed)
{
    put_on_hold(w, ids, n);
    send(w, (struct wr_event){ .type = WR_EV_HOLDS, .text = changed });
}

void
golden_run_held(struct world *w, golden_seen *seen, void *data)
{
    static const char *const ids[] = { "t", "msg", "late", "next" };

    STEP(world_start(w, "{\"order\": \"o-1\"}"));
    w->now += 1000;
    STEP(hold(w, ids, 1, "t"));
    STEP(world_message(w, "call", "{\"m\": 1}"));
    STEP(world_message(w, "call", "{\"m\": [2]}"));
    STEP(hold(w, ids, 2, "msg"));
    STEP(world_message(w, "msg", "{\"x\": \"y\"}"));
    STEP(hold(w, ids, 3, "late"));
    put_on_hold(w, ids, 4);
    w->now += 1000;
    STEP(world_complete(w, "go", NULL));
    STEP(send(
        w, (struct wr_event){ .type = WR_EV_SUSPEND, .by_definition = true }));
    w->now += 1000;
    STEP(send(w, (struct wr_event){ .type = WR_EV_RESUME,
                                    .by_definition = true,
                                    .catch_up = true }));
    STEP(
        send(w, (struct wr_event){ .type = WR_EV_SUSPEND, .by_caller = true }));
    w->now += 1000;
    STEP(send(w, (struct wr_event){ .type = WR_EV_RESUME, .by_caller = true }));
    STEP(hold(w, ids, 3, "next"));
    STEP(hold(w, ids, 2, "late"));
    STEP(hold(w, ids, 1, "msg"));
    STEP(hold(w, ids, 0, "t"));
    STEP(world_fire(w, "late"));
}

/* ---- a version that is migrated to ---- */

#define WAITING(duration)                                                 \
    "<startEvent id='s'/><parallelGateway id='f'/><userTask id='t'/>"     \
    "<boundaryEvent id='due' attachedToRef='t'><timerEventDefinition>"    \
    "<timeDuration>" duration "</timeDuration></timerEventDefinition>"    \
    "</boundaryEvent><userTask id='u'><multiInstanceLoopCharacteristics>" \
    "<loopCardinality>=2</loopCardinality>"                               \
    "</multiInstanceLoopCharacteristics></userTask><parallelGateway"      \
    " id='j'/><endEvent id='e'/>{s>f; f>t; f>u; t>j; due>j; u>j; j>e}"

const char golden_moved[] = WAITING("PT2H");

void
golden_run_moved(struct world *w, golden_seen *seen, void *data)
{
    const struct wr_model *later = w->model;
    struct wr_event ev = {
        .type = WR_EV_MIGRATE,
        .from = { .key = "p", .version = 1 },
        .to = { .key = "p", .version = 2, .model = later },
        .plan = world_json(w, "{\"updateTriggers\": true}"),
    };

    w->model = world_model(w->arena, WAITING("PT1H"));
    ev.from.model = w->model;
    ev.from.id.b[15] = 1;
    ev.to.id.b[15] = 2;
    world_start(w, "{\"n\": 1}");
    w->now += 1000;
    world_complete(w, "u", NULL);
    STEP(send(w, ev));
    STEP(world_complete(w, "u", NULL));
    STEP(world_fire(w, "due"));
}

/* ---- tasks that people pass on ---- */

const char golden_people[] =
    "<startEvent id='s'/><userTask id='t'><extensionElements>"
    "<zeebe:assignmentDefinition assignee='eve' candidateGroups='sales'/>"
    "</extensionElements></userTask><endEvent id='e'/>{s>t; t>e}";

void
golden_run_people(struct world *w, golden_seen *seen, void *data)
{
    struct wr_event ev = { .actor = "eve" };

    STEP(world_start(w, NULL));
    ev.target = world_id(w, "t");
    ev.type = WR_EV_TASK_DRAFT;
    ev.variables = world_json(w, "{\"ok\": null, \"rows\": [1, 2.5]}");
    STEP(send(w, ev));
    ev.type = WR_EV_TASK_DELEGATE;
    ev.variables = NULL;
    ev.text = "bob";
    STEP(send(w, ev));
    ev.type = WR_EV_TASK_COMMENT;
    ev.text = "a word";
    STEP(send(w, ev));
    ev.type = WR_EV_TASK_RESOLVE;
    ev.actor = "bob";
    ev.text = NULL;
    STEP(send(w, ev));
    ev.type = WR_EV_TASK_CHANGE;
    ev.variables = world_json(w, "{\"priority\": 7}");
    STEP(send(w, ev));
    STEP(world_complete(w, "t", NULL));
}

/* ---- listeners ---- */

const char golden_told[] =
    "<startEvent id='s'/><userTask id='t'><extensionElements>"
    "<zeebe:userTask/><zeebe:executionListeners>"
    "<zeebe:executionListener eventType='start' type='begin'/>"
    "<zeebe:executionListener eventType='start' type='more' retries='1'/>"
    "<zeebe:executionListener eventType='end' type='finish'/>"
    "</zeebe:executionListeners><zeebe:taskListeners>"
    "<zeebe:taskListener eventType='creating' type='made'/>"
    "<zeebe:taskListener eventType='assigning' type='given'/>"
    "<zeebe:taskListener eventType='completing' type='done'/>"
    "</zeebe:taskListeners></extensionElements></userTask>"
    "<endEvent id='e'/>{s>t; t>e}";

/* The listener that is being told now, though a task is open there, too. */
static void
tell(struct world *w, const char *json)
{
    struct wr_event ev = { .type = WR_EV_JOB_COMPLETE,
                           .variables = json ? world_json(w, json) : NULL };

    ck_assert_int_eq(w->n_jobs, 1);
    ev.target = w->jobs[0].id;
    send(w, ev);
}

void
golden_run_told(struct world *w, golden_seen *seen, void *data)
{
    struct wr_event assign = { .type = WR_EV_TASK_ASSIGN, .text = "ann" };

    STEP(world_start(w, NULL));
    STEP(tell(w, "{\"first\": 1}"));
    STEP(world_fail(w, "t"));
    STEP(world_resolve(w, "t", true, NULL));
    STEP(tell(w, NULL));
    assign.target = world_id(w, "t");
    STEP(send(w, assign));
    STEP(tell(w, NULL));
    STEP(world_complete(w, "t", "{\"ok\": true}"));
    STEP(tell(w, NULL));
    STEP(tell(w, NULL));
}

/* ---- listeners that are told when a task is open for so long ---- */

const char golden_timeout[] =
    "<startEvent id='s'/><userTask id='t'><extensionElements>"
    "<camunda:taskListener event='create' expression='${1}'/>"
    "<camunda:taskListener event='timeout' class='Often'>"
    "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle>"
    "</timerEventDefinition></camunda:taskListener>"
    "<camunda:taskListener event='timeout' class='Once'>"
    "<timerEventDefinition><timeDuration>PT90M</timeDuration>"
    "</timerEventDefinition></camunda:taskListener>"
    "<camunda:taskListener event='timeout' class='Cron'>"
    "<timerEventDefinition><timeCycle>0 0 0 * * *</timeCycle>"
    "</timerEventDefinition></camunda:taskListener>"
    "</extensionElements></userTask><endEvent id='e'/>{s>t; t>e}";

/* The nth of its timers, in their order. */
static void
time_out(struct world *w, int nth)
{
    struct wr_event ev = { .type = WR_EV_TIMER };

    ck_assert_int_lt(nth, w->n_timers);
    ev.target = w->timers[nth].id;
    w->now += 3600000;
    send(w, ev);
}

void
golden_run_timeout(struct world *w, golden_seen *seen, void *data)
{
    struct wr_event done = { .type = WR_EV_TASK_COMPLETE };

    STEP(world_start(w, NULL));
    STEP(time_out(w, 0));
    STEP(time_out(w, 1));
    STEP(time_out(w, 2));
    STEP(tell(w, "{\"heard\": 1}"));
    STEP(tell(w, NULL));
    STEP(tell(w, NULL));
    done.target = w->tasks[0].id;
    STEP(send(w, done));
}

/* ---- conversations that have their key ---- */

const char golden_talks[] =
    "<startEvent id='s'/><sendTask id='say' messageRef='T'/>"
    "<userTask id='think'/><subProcess id='each'>"
    "<multiInstanceLoopCharacteristics><extensionElements>"
    "<zeebe:loopCharacteristics inputCollection='=orders'"
    " inputElement='order'/></extensionElements>"
    "</multiInstanceLoopCharacteristics><startEvent id='in'/>"
    "<sendTask id='tell' messageRef='T'/>"
    "<receiveTask id='told' messageRef='T'/><endEvent id='out'/>"
    "{in>tell; tell>told; told>out}</subProcess>"
    "<receiveTask id='hear' messageRef='T'/><endEvent id='e'/>"
    "{s>say; say>think; think>each; each>hear; hear>e}";

void
golden_run_talks(struct world *w, golden_seen *seen, void *data)
{
    STEP(world_start(w, "{\"order\": 7, \"orders\": [8, 9]}"));
    STEP(world_complete(w, "think", NULL));
    STEP(world_message(w, "told", "{\"order\": 8}"));
    STEP(world_message(w, "told", "{\"order\": 9}"));
    STEP(world_message(w, "hear", "{\"order\": 7}"));
}

/* ---- begun by a message whose variables do not fit ---- */

const char golden_unfit[] =
    "<startEvent id='s'><messageEventDefinition messageRef='K'/></startEvent>"
    "<userTask id='t'/><endEvent id='e'/>{s>t; t>e}";

void
golden_run_unfit(struct world *w, golden_seen *seen, void *data)
{
    STEP(send(w,
              (struct wr_event){ .type = WR_EV_START,
                                 .start_at = "s",
                                 .triggered = true,
                                 .happened = WR_TRIGGER_MESSAGE,
                                 .happened_name = "keyed",
                                 .unasked = true,
                                 .misfit = "the variable 'n' is required",
                                 .variables = world_json(w, "{\"m\": [1]}") }));
    STEP(world_resolve(w, "s", true, "{\"n\": 2}"));
    STEP(world_complete(w, "t", NULL));
}
