/* Each due time of a timer is one firing, however often it is asked for. */

#include "tests/unit/runtime/rig.h"

static const char hourly[] =
    "<startEvent id='s'/><userTask id='t'/>"
    "<boundaryEvent id='b' attachedToRef='t' cancelActivity='false'>"
    "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle>"
    "</timerEventDefinition></boundaryEvent><task id='w'/>"
    "<endEvent id='e'/><sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
    "<sequenceFlow id='f2' sourceRef='t' targetRef='e'/>"
    "<sequenceFlow id='f3' sourceRef='b' targetRef='w'/>";

static enum wr_code
fire(struct rig *r, const struct wr_uuid *instance,
     const struct wr_timer_row *t)
{
    struct wr_command c = {
        .event = { .type = WR_EV_TIMER, .target = t->id, .due = t->due_at },
        .tenant = r->tenant,
        .instance = *instance,
        .if_rev = -1,
    };
    struct wr_outcome out;

    return (enum wr_code)wr_runtime_call(r->rt, &c, r->arena, &out, &r->err);
}

/* Two schedulers read the same row and post it, the second one late. */
START_TEST(a_repetition_asked_for_twice_fires_once)
{
    struct wr_timer_row was, is;
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, hourly);
    id = rig_start(&r, "p");
    was = rig_rows(&r, WR_TIMERS, &id).timers[0];
    r.clock.now = was.due_at;
    ck_assert_int_eq(fire(&r, &id, &was), WR_OK);
    is = rig_rows(&r, WR_TIMERS, &id).timers[0];
    ck_assert_int_eq(is.due_at, was.due_at + 3600000);
    ck_assert_int_eq(fire(&r, &id, &was), WR_ENOTFOUND);
    ck_assert_int_eq(rig_rows(&r, WR_TIMERS, &id).timers[0].due_at, is.due_at);
    rig_check_history(&r, &id);
    rig_close(&r);
}
END_TEST

static const char hourly_start[] =
    "<startEvent id='s'><timerEventDefinition><timeCycle>R3/PT1H</timeCycle>"
    "</timerEventDefinition></startEvent><userTask id='t'/>"
    "<endEvent id='e'/><sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
    "<sequenceFlow id='f2' sourceRef='t' targetRef='e'/>";

START_TEST(a_start_asked_for_twice_happens_once)
{
    struct wr_timer_row was;
    struct rig r;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, hourly_start);
    was = rig_rows(&r, WR_TIMERS, NULL).timers[0];
    r.clock.now = was.due_at;
    must(&r, wr_runtime_start_due(r.rt, &was.id, r.tenant, was.due_at, &r.err));
    ck_assert_int_eq(
        wr_runtime_start_due(r.rt, &was.id, r.tenant, was.due_at, &r.err),
        WR_ENOTFOUND);
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 1);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("timers");

    tcase_add_test(tc, a_repetition_asked_for_twice_fires_once);
    tcase_add_test(tc, a_start_asked_for_twice_happens_once);

    return t_main("timers", tc, NULL);
}
