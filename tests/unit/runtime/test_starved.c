/* A step that its memory refuses, however often it is tried (S27). */
#include <string.h>

#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

static const char hungry[] =
    "<startEvent id='s'/>"
    "<scriptTask id='a' scriptFormat='feel' "
    "xmlns:camunda='http://camunda.org/schema/1.0/bpmn' "
    "camunda:asyncBefore='true'><extensionElements>"
    "<zeebe:script expression='=for i in 1..20000 return i' "
    "resultVariable='x'/></extensionElements></scriptTask>"
    "<endEvent id='e'/><sequenceFlow id='f1' sourceRef='s' targetRef='a'/>"
    "<sequenceFlow id='f2' sourceRef='a' targetRef='e'/>";

START_TEST(an_async_job_without_memory_becomes_an_incident)
{
    struct wr_rows incidents;
    struct wr_uuid id;
    struct rig r;
    int ran;

    rig_open(&r, NULL, &(struct wr_runtime_options){ .step_memory = 200000 });
    rig_deploy(&r, hungry);
    id = rig_start(&r, "p");
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 3); /* its tries */
    incidents = rig_rows(&r, WR_INCIDENTS, &id);
    ck_assert_uint_eq(incidents.n, 1);
    ck_assert_str_eq(incidents.incidents[0].type, "job");
    ck_assert_ptr_nonnull(strstr(incidents.incidents[0].message, "memory"));
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 0);
    rig_check_history(&r, &id);
    rig_close(&r);
}
END_TEST

static const char hungry_later[] =
    "<startEvent id='s'/><intermediateCatchEvent id='t'>"
    "<timerEventDefinition><timeDuration>PT1M</timeDuration>"
    "</timerEventDefinition></intermediateCatchEvent>"
    "<scriptTask id='a' xmlns:zeebe='http://camunda.org/schema/zeebe/1.0'>"
    "<extensionElements>"
    "<zeebe:script expression='=for i in 1..20000 return i' "
    "resultVariable='x'/></extensionElements></scriptTask>"
    "<endEvent id='e'/><sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
    "<sequenceFlow id='f2' sourceRef='t' targetRef='a'/>"
    "<sequenceFlow id='f3' sourceRef='a' targetRef='e'/>";

static const char hungry_now[] =
    "<startEvent id='s'/><scriptTask id='a' "
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0'><extensionElements>"
    "<zeebe:script expression='=for i in 1..20000 return i' "
    "resultVariable='x'/></extensionElements></scriptTask>"
    "<endEvent id='e'/><sequenceFlow id='f1' sourceRef='s' targetRef='a'/>"
    "<sequenceFlow id='f2' sourceRef='a' targetRef='e'/>";

/* One incident of this type, and nothing is due any more. */
static struct wr_uuid
stopped(struct rig *r, const struct wr_uuid *id, const char *type)
{
    struct wr_rows incidents = rig_rows(r, WR_INCIDENTS, id);
    int ran;

    ck_assert_uint_eq(incidents.n, 1);
    ck_assert_str_eq(incidents.incidents[0].type, type);
    ck_assert_ptr_nonnull(strstr(incidents.incidents[0].message, "memory"));
    must(r, wr_runtime_run_due(r->rt, 100, &ran, &r->err));
    ck_assert_int_eq(ran, 0);
    rig_check_history(r, id);

    return incidents.incidents[0].id;
}

/* Among what keeps the instance, this cause and this next action. */
static void
is_explained(struct rig *r, const struct wr_uuid *id, const char *cause,
             const char *action)
{
    struct wr_explanation e;
    bool found = false;

    must(r, wr_runtime_explain(r->rt, id, r->tenant, r->arena, &e, &r->err));
    for (int k = 0; k < e.n_waits; k++)
        found |= strstr(e.waits[k].sentence, cause)
                 && !strcmp(e.waits[k].action, action);
    wr_definition_unref(e.view.definition);
    ck_assert(found);
}

static int
resolve(struct rig *r, struct wr_uuid incident, bool skip)
{
    struct wr_command c = { .event = { .type = WR_EV_INCIDENT_RESOLVE,
                                       .target = incident,
                                       .retries = 1,
                                       .skip = skip },
                            .tenant = r->tenant,
                            .if_rev = -1 };
    struct wr_outcome out;

    return wr_runtime_call(r->rt, &c, r->arena, &out, &r->err);
}

START_TEST(a_timer_without_memory_becomes_an_incident)
{
    struct wr_uuid id, incident;
    struct rig r;
    int ran;

    rig_open(&r, NULL, &(struct wr_runtime_options){ .step_memory = 200000 });
    rig_deploy(&r, hungry_later);
    id = rig_start(&r, "p");
    r.clock.now += 61000;
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 1); /* the report of its tries */
    incident = stopped(&r, &id, "timer");
    is_explained(
        &r, &id,
        "What a timer starts could not be done, however often it was tried.",
        "Repair the cause, with more memory for a step or less data, and "
        "retry, or skip: the timer does not fire then.");
    ck_assert_uint_eq(rig_rows(&r, WR_TIMERS, &id).n, 1);
    /* tried again, it ends the same; skipped, its element is left */
    must(&r, resolve(&r, incident, false));
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 1);
    incident = stopped(&r, &id, "timer");
    ck_assert_int_eq(resolve(&r, incident, true), WR_ELIMIT);
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 0);
    rig_close(&r);
}
END_TEST

/* Each node is a step of its own: what is left of one cannot go on. */
START_TEST(a_cut_step_without_memory_becomes_an_incident)
{
    struct wr_uuid id, incident;
    struct rig r;
    int ran, all = 0;

    rig_open(&r, NULL,
             &(struct wr_runtime_options){ .step_memory = 200000,
                                           .step_budget = 1 });
    rig_deploy(&r, hungry_now);
    id = rig_start(&r, "p");
    for (int k = 0; k < 10; k++) {
        r.clock.now += 60000;
        must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
        all += ran;
    }
    ck_assert_int_eq(all, 3);
    incident = stopped(&r, &id, "job");
    ck_assert_int_eq(resolve(&r, incident, true), WR_ESTATE);
    ck_assert_int_eq(resolve(&r, incident, false), WR_ELIMIT);
    ck_assert_uint_eq(rig_rows(&r, WR_INCIDENTS, &id).n, 1);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *memory = tcase_create("memory");

    tcase_add_test(memory, an_async_job_without_memory_becomes_an_incident);
    tcase_add_test(memory, a_timer_without_memory_becomes_an_incident);
    tcase_add_test(memory, a_cut_step_without_memory_becomes_an_incident);

    return t_main("starved", memory, NULL);
}
