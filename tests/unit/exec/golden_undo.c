/*
 * golden_undo.c: what can be stored of compensation beyond handlers: called
 * processes that are undone, an instance that is after its end, iterations of a
 * transaction that did not complete.
 */

#include <check.h>
#include <string.h>

#include "tests/unit/exec/golden.h"

static void
send(struct world *w, struct wr_event ev)
{
    ck_assert_msg(world_send(w, ev) == 0, "%s", w->err.text);
}

#define UNDONE(id, by)                                       \
    "<userTask id='" id "'/><boundaryEvent id='" id "_done'" \
    " attachedToRef='" id "'><compensateEventDefinition/>"   \
    "</boundaryEvent><association id='" id "_undo'"          \
    " sourceRef='" id "_done' targetRef='" by "'/>"          \
    "<userTask id='" by "' isForCompensation='true'/>"

/* ---- a call that is undone; then the instance, after its end ---- */

const char golden_undone[] =
    "<extensionElements><zeebe:properties>"
    "<zeebe:property name='keepFor' value='P1D'/></zeebe:properties>"
    "</extensionElements><startEvent id='s'/>"
    "<callActivity id='c' calledElement='q'/>" UNDONE("a", "ua")
        UNDONE("b", "ub") "<intermediateThrowEvent id='undo'>"
                          "<compensateEventDefinition activityRef='c'/>"
                          "</intermediateThrowEvent><userTask id='t'/>"
                          "<endEvent id='e'/>"
                          "<subProcess id='all' triggeredByEvent='true'>"
                          "<startEvent id='s2'><compensateEventDefinition/>"
                          "</startEvent><userTask id='x'/>"
                          "{s2>x}</subProcess>"
                          "{s>c; c>a; a>b; b>undo; undo>t; t>e}";

static int
resolve(void *data, struct wr_step *s, struct wr_callee *c, struct wr_err *err)
{
    (void)data;
    (void)s;
    (void)err;
    c->version = 1;
    memset(c->definition.b, 7, sizeof(c->definition.b));

    return 0;
}

static const struct wr_outside outside = { .resolve = resolve };

static struct wr_uuid
called(struct world *w)
{
    const struct wr_token_info *t;
    int n = wr_instance_tokens(w->instance, w->model, w->arena, &t);

    for (int k = 0; k < n; k++) {
        if (strcmp(t[k].waiting_for, "child") == 0)
            return t[k].id;
    }
    ck_abort_msg("nothing is called");
}

static void
ended(struct world *w)
{
    send(w, (struct wr_event){ .type = WR_EV_CHILD_ENDED,
                               .target = called(w),
                               .state = WR_COMPLETED,
                               .keeps = true });
}

void
golden_run_undone(struct world *w, golden_seen *seen, void *data)
{
    w->outside = &outside;
    STEP(world_start(w, "{\"n\": 1}"));
    STEP(ended(w));
    STEP(world_complete(w, "a", NULL));
    STEP(world_complete(w, "b", NULL));
    STEP(ended(w));
    STEP(world_complete(w, "t", NULL));
    w->now += 1000;
    STEP(send(w, (struct wr_event){ .type = WR_EV_COMPENSATE,
                                    .start_at = "a",
                                    .text = "why not" }));
    STEP(send(w, (struct wr_event){ .type = WR_EV_CANCEL }));
    STEP(send(w, (struct wr_event){ .type = WR_EV_COMPENSATE,
                                    .start_at = "a",
                                    .parallel = true }));
    STEP(world_complete(w, "ua", NULL));
    STEP(send(
        w, (struct wr_event){ .type = WR_EV_COMPENSATE, .by_caller = true }));
    STEP(world_complete(w, "x", NULL));
    world_expect_state(w, WR_COMPLETED);
}

/* ---- one iteration cancels all ---- */

const char golden_several[] =
    "<startEvent id='s'/><transaction id='tx'>"
    "<multiInstanceLoopCharacteristics><loopCardinality>=2</loopCardinality>"
    "</multiInstanceLoopCharacteristics><startEvent id='s2'/>" UNDONE(
        "a", "ua") "<userTask id='b'/><endEvent id='no'>"
                   "<cancelEventDefinition/></endEvent>"
                   "{s2>a; a>b; b>no}</transaction>"
                   "<boundaryEvent id='gone' attachedToRef='tx'>"
                   "<cancelEventDefinition/></boundaryEvent>"
                   "<userTask id='t'/><endEvent id='e'/>"
                   "{s>tx; tx>e; gone>t; t>e}";

void
golden_run_several(struct world *w, golden_seen *seen, void *data)
{
    world_start(w, NULL);
    world_complete(w, "a", NULL);
    STEP(world_complete(w, "a", NULL));
    STEP(world_complete(w, "b", NULL));
    STEP(world_complete(w, "ua", NULL));
    STEP(world_complete(w, "ua", NULL));
}
