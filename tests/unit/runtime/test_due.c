/* What is due is run, whatever stands still before it. */

#include "tests/unit/runtime/rig.h"

/* More jobs than a page of a lookup has. */
static const char many[] =
    "<startEvent id='s'/><task id='c'><multiInstanceLoopCharacteristics"
    " xmlns:camunda='http://camunda.org/schema/1.0/bpmn' camunda:asyncBefore='true'><loopCardinality>=1100</loopCardinality>"
    "</multiInstanceLoopCharacteristics></task><endEvent id='e'/>"
    "<sequenceFlow id='y' sourceRef='s' targetRef='c'/>"
    "<sequenceFlow id='z' sourceRef='c' targetRef='e'/>";

static const char one[] =
    "<startEvent id='s'/><task id='w' xmlns:camunda="
    "'http://camunda.org/schema/1.0/bpmn' camunda:asyncBefore='true'/>"
    "<endEvent id='e'/><sequenceFlow id='y' sourceRef='s' targetRef='w'/>"
    "<sequenceFlow id='z' sourceRef='w' targetRef='e'/>";

START_TEST(what_stands_still_starves_nobody)
{
    struct wr_command suspend = { .event = { .type = WR_EV_SUSPEND },
                                  .if_rev = -1 };
    struct wr_outcome out;
    struct wr_uuid still, id;
    struct rig r;
    int ran;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, many);
    still = rig_start(&r, "p");
    ck_assert_uint_eq(rig_rows(&r, WR_JOBS, &still).n, 1000);
    suspend.tenant = r.tenant;
    suspend.instance = still;
    must(&r, wr_runtime_call(r.rt, &suspend, r.arena, &out, &r.err));
    r.clock.now += 1000;
    rig_deploy(&r, one);
    id = rig_start(&r, "p");
    r.clock.now += 10 * 60000;
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 1);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 0);
    ck_assert_int_eq(rig_instance(&r, &still).state, WR_SUSPENDED);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("due");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, what_stands_still_starves_nobody);

    return t_main("due", tc, NULL);
}
