/* The runtime on SQLite: what callers are promised (DESIGN.md 4, S4, S15). */
#include <stdio.h>
#include <string.h>

#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

START_TEST(runs_a_task_to_its_end)
{
    struct rig r;
    struct wr_uuid id;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, rig_one_task);
    id = rig_start(&r, "p");
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_ACTIVE);
    rig_complete(&r, &id, "t");
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    rig_check_history(&r, &id);
    rig_close(&r);
}
END_TEST

START_TEST(versions_and_unchanged_files)
{
    struct wr_deployed d;
    struct rig r;

    rig_open(&r, NULL, NULL);
    d = rig_deploy(&r, rig_one_task);
    ck_assert_int_eq(d.definitions[0].version, 1);
    d = rig_deploy(&r, rig_one_task);
    ck_assert(d.unchanged);
    ck_assert_int_eq(d.definitions[0].version, 1);
    d = rig_deploy(&r, rig_two_tasks);
    ck_assert(!d.unchanged);
    ck_assert_int_eq(d.definitions[0].version, 2);
    d = rig_deploy(&r, rig_one_task);
    ck_assert_int_eq(d.definitions[0].version, 3);
    rig_close(&r);
}
END_TEST

START_TEST(refuses_what_cannot_run)
{
    struct wr_file bad = { "bad.bpmn", "<definitions", 12 };
    struct wr_deploy_options o = { 0 };
    struct wr_deployed d;
    struct rig r;

    rig_open(&r, NULL, NULL);
    o.tenant = r.tenant;
    ck_assert_int_eq(wr_runtime_deploy(r.rt, &bad, 1, &o, r.arena, &d, &r.err),
                     WR_EPARSE);
    ck_assert_uint_eq(d.findings.n_errors, 1);
    ck_assert_str_eq(d.findings.items[0].code, "xml-malformed");
    ck_assert_uint_eq(rig_rows(&r, WR_DEFINITIONS, NULL).n, 0);
    rig_close(&r);
}
END_TEST

/* One process deployed a version that another one has not heard of. */
START_TEST(a_start_takes_the_latest_version)
{
    struct rig one, two;
    struct wr_uuid id;

    rig_open(&one, NULL, NULL);
    rig_open_second(&two, &one);
    rig_deploy(&one, rig_one_task);
    rig_start(&one, "p");
    rig_deploy(&two, rig_two_tasks);
    id = rig_start(&one, "p");
    ck_assert_uint_eq(rig_rows(&one, WR_TASKS, &id).n, 2);
    id = rig_start(&one, "p:1");
    ck_assert_uint_eq(rig_rows(&one, WR_TASKS, &id).n, 1);
    rig_close(&two);
    rig_close(&one);
}
END_TEST

/* Two processes hold the same instance in memory. */
START_TEST(a_conflict_is_stepped_again)
{
    struct wr_runtime_stats stats;
    struct rig one, two;
    struct wr_uuid id;

    rig_open(&one, NULL, NULL);
    rig_open_second(&two, &one);
    rig_deploy(&one, rig_two_tasks);
    id = rig_start(&one, "p");
    rig_complete(&two, &id, "t1");
    rig_complete(&one, &id, "t2");
    wr_runtime_stats(one.rt, &stats);
    ck_assert_int_eq(stats.conflicts, 1);
    ck_assert_int_eq(rig_instance(&one, &id).state, WR_COMPLETED);
    rig_check_history(&one, &id);
    rig_close(&two);
    rig_close(&one);
}
END_TEST

static const char in_turn[] =
    "<startEvent id='s'/><userTask id='t1'/><userTask id='t2'/>"
    "<endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='t1'/>"
    "<sequenceFlow id='f2' sourceRef='t1' targetRef='t2'/>"
    "<sequenceFlow id='f3' sourceRef='t2' targetRef='e'/>";

/* The first process still remembers t1, so it knows of no t2. */
START_TEST(a_stale_copy_refuses_nothing)
{
    struct rig one, two;
    struct wr_uuid id;

    rig_open(&one, NULL, NULL);
    rig_open_second(&two, &one);
    rig_deploy(&one, in_turn);
    id = rig_start(&one, "p");
    rig_complete(&two, &id, "t1");
    rig_complete(&one, &id, "t2");
    ck_assert_int_eq(rig_instance(&one, &id).state, WR_COMPLETED);
    rig_check_history(&one, &id);
    rig_close(&two);
    rig_close(&one);
}
END_TEST

START_TEST(a_failed_command_harms_no_neighbour)
{
    struct wr_runtime_stats before, after;
    struct wr_call calls[3] = { 0 };
    struct rig r;
    struct wr_uuid id, t1, t2;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, rig_two_tasks);
    id = rig_start(&r, "p");
    t1 = rig_task(&r, &id, "t1");
    t2 = rig_task(&r, &id, "t2");
    calls[0].command = rig_completion(&r, &t1);
    calls[1].command = rig_completion(&r, &t1); /* gone by then */
    calls[1].command.instance = id;
    calls[2].command = rig_completion(&r, &t2);
    wr_runtime_stats(r.rt, &before);
    wr_runtime_call_many(r.rt, calls, 3, r.arena);
    wr_runtime_stats(r.rt, &after);
    ck_assert_int_eq(calls[0].err.code, WR_OK);
    ck_assert_int_eq(calls[1].err.code, WR_ENOTFOUND);
    ck_assert_int_eq(calls[2].err.code, WR_OK);
    ck_assert_int_eq(after.store.commits - before.store.commits, 1);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    rig_check_history(&r, &id);
    rig_close(&r);
}
END_TEST

/* Both commands saw a free task: the second one is for its new assignee alone. */
START_TEST(who_may_is_asked_in_the_step)
{
    struct wr_asker ann = { .user = "ann", .to_work = true };
    struct wr_asker bob = { .user = "bob", .groups = "x,y", .to_work = true };
    struct wr_call calls[2] = { 0 };
    struct wr_outcome out;
    struct wr_uuid id, t;
    struct wr_command c;
    struct rig r;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, rig_one_task);
    id = rig_start(&r, "p");
    t = rig_task(&r, &id, "t");
    calls[0].command = c = rig_completion(&r, &t);
    calls[0].command.event.type = WR_EV_TASK_ASSIGN;
    calls[0].command.event.text = "ann";
    calls[1].command = c;
    calls[1].command.event.asker = &bob;
    wr_runtime_call_many(r.rt, calls, 2, r.arena);
    ck_assert_int_eq(calls[0].err.code, WR_OK);
    ck_assert_int_eq(calls[1].err.code, WR_EFORBIDDEN);
    ck_assert_str_eq(calls[1].err.text, "the task is assigned to 'ann'");
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_ACTIVE);
    c.event.asker = &ann;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    ck_assert_int_eq(out.instance.state, WR_COMPLETED);
    rig_close(&r);
}
END_TEST

START_TEST(if_match_is_honoured)
{
    struct wr_outcome out;
    struct wr_command c;
    struct wr_uuid id, t;
    struct rig r;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, rig_one_task);
    id = rig_start(&r, "p");
    t = rig_task(&r, &id, "t");
    c = rig_completion(&r, &t);
    c.if_rev = rig_instance(&r, &id).rev - 1;
    ck_assert_int_eq(wr_runtime_call(r.rt, &c, r.arena, &out, &r.err),
                     WR_EPRECONDITION);
    c.if_rev++;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    rig_close(&r);
}
END_TEST

static const char job[] =
    "<startEvent id='s'/><serviceTask id='t'><extensionElements>"
    "<zeebe:taskDefinition type='charge'/></extensionElements></serviceTask>"
    "<endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
    "<sequenceFlow id='f2' sourceRef='t' targetRef='e'/>";

START_TEST(only_the_lease_completes_a_job)
{
    static const char *const types[] = { "charge" };
    struct wr_claim claim = { .types = types,
                              .n_types = 1,
                              .max = 10,
                              .worker = "w",
                              .lease = wr_uuid_new(1, 0) };
    struct wr_command c = { .event = { .type = WR_EV_JOB_COMPLETE },
                            .if_rev = -1 };
    struct wr_outcome out;
    struct wr_rows jobs;
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, job);
    id = rig_start(&r, "p");
    c.tenant = claim.tenant = r.tenant;
    claim.now = r.clock.now;
    claim.until = r.clock.now + 1000;
    must(&r, wr_runtime_claim(r.rt, &claim, r.arena, &jobs, &r.err));
    ck_assert_uint_eq(jobs.n, 1);
    c.event.target = jobs.jobs[0].id;
    c.lease = wr_uuid_new(2, 0);
    ck_assert_int_eq(wr_runtime_call(r.rt, &c, r.arena, &out, &r.err),
                     WR_ELEASE);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_ACTIVE);
    c.lease = jobs.jobs[0].lease;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    rig_close(&r);
}
END_TEST

static const char loop[] =
    "<startEvent id='s'/><exclusiveGateway id='m'/>"
    "<scriptTask id='a' scriptFormat='feel'><extensionElements>"
    "<zeebe:script expression='=i + 1' resultVariable='i'/>"
    "</extensionElements></scriptTask>"
    "<exclusiveGateway id='g' default='out'/><endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='m'/>"
    "<sequenceFlow id='f2' sourceRef='m' targetRef='a'/>"
    "<sequenceFlow id='f3' sourceRef='a' targetRef='g'/>"
    "<sequenceFlow id='again' sourceRef='g' targetRef='m'>"
    "<conditionExpression>=i &lt; 100</conditionExpression></sequenceFlow>"
    "<sequenceFlow id='out' sourceRef='g' targetRef='e'/>";

START_TEST(a_step_that_is_cut_goes_on)
{
    struct wr_runtime_options o = { .step_budget = 20 };
    struct wr_entry e = { "i", NULL };
    struct wr_command c = { .event = { .type = WR_EV_START },
                            .definition = "p",
                            .if_rev = -1 };
    struct wr_outcome out;
    struct rig r;

    rig_open(&r, NULL, &o);
    rig_deploy(&r, loop);
    e.value = wr_value_int(r.arena, 0);
    c.event.variables = wr_value_context(r.arena, &e, 1);
    c.tenant = r.tenant;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    ck_assert_int_eq(rig_instance(&r, &out.created).state, WR_COMPLETED);
    ck_assert_uint_gt(rig_rows(&r, WR_HISTORIES, &out.created).n, 10);
    rig_check_history(&r, &out.created);
    rig_close(&r);
}
END_TEST

/* The process dies between a step that was cut and its continuation. */
START_TEST(a_cut_step_survives_its_process)
{
    struct wr_runtime_options o = { .step_budget = 20 };
    struct wr_step s = { .budget = 20 };
    struct wr_event ev = { .type = WR_EV_START };
    const struct wr_definition *d;
    struct wr_item item = { 0 };
    struct wr_entry e = { "i", NULL };
    struct rig r;
    int ran;

    rig_open(&r, NULL, &o);
    rig_deploy(&r, loop);
    must(&r, wr_runtime_definition(r.rt, "p", r.tenant, &d, &r.err));
    e.value = wr_value_int(r.arena, 0);
    ev.variables = wr_value_context(r.arena, &e, 1);
    ev.now = r.clock.now;
    ev.ids = wr_uuid_new(ev.now, 0);
    ev.command = wr_uuid_new(ev.now, 0);
    s.model = d->model;
    s.arena = r.arena;
    s.instance = wr_instance_new(r.arena, wr_uuid_new(ev.now, 0), d->row.id,
                                 r.tenant);
    must(&r, wr_step(&s, &ev, &r.err));
    ck_assert(s.cut);
    item.effects = &s.effects;
    must(&r, wr_store_commit(r.rt->store, &item, 1, &r.err));
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 0); /* not yet: it could still be at work */
    r.clock.now += 10000;
    must(&r, wr_runtime_run_due(r.rt, 100, &ran, &r.err));
    ck_assert_int_eq(ran, 1);
    ck_assert_int_eq(rig_instance(&r, &s.created).state, WR_COMPLETED);
    ck_assert_uint_eq(rig_rows(&r, WR_JOBS, &s.created).n, 0);
    rig_check_history(&r, &s.created);
    wr_definition_unref(d);
    rig_close(&r);
}
END_TEST

static const char wait[] =
    "<startEvent id='s'/><intermediateCatchEvent id='c'>"
    "<messageEventDefinition messageRef='m'/></intermediateCatchEvent>"
    "<endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='c'/>"
    "<sequenceFlow id='f2' sourceRef='c' targetRef='e'/>"
    "</process><message id='m' name='paid'/><process id='q'>"
    "<startEvent id='qs'/>";

START_TEST(a_message_finds_the_one_that_waits)
{
    struct wr_message m = { .name = "paid" };
    struct wr_delivery d;
    struct wr_uuid id, id2;
    struct rig r;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, wait);
    m.tenant = r.tenant;
    ck_assert_int_eq(wr_runtime_correlate(r.rt, &m, r.arena, &d, &r.err),
                     WR_ENOSUBSCRIPTION);
    id = rig_start(&r, "p");
    id2 = rig_start(&r, "p");
    ck_assert_int_eq(wr_runtime_correlate(r.rt, &m, r.arena, &d, &r.err),
                     WR_EAMBIGUOUS);
    m.instance = &id;
    must(&r, wr_runtime_correlate(r.rt, &m, r.arena, &d, &r.err));
    ck_assert_str_eq(d.element, "c");
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    m.instance = NULL;
    must(&r, wr_runtime_correlate(r.rt, &m, r.arena, &d, &r.err));
    ck_assert(wr_uuid_equal(&d.instance, &id2));
    rig_close(&r);
}
END_TEST

/* More wait for it than one look at the store tells. */
START_TEST(a_message_finds_one_among_many)
{
    struct wr_message m = { .name = "paid", .business_key = "last" };
    struct wr_command c = { .event = { .type = WR_EV_START },
                            .definition = "p",
                            .if_rev = -1 };
    struct wr_delivery d;
    struct wr_outcome out;
    struct rig r;

    rig_open(&r, "memory:", NULL);
    rig_deploy(&r, wait);
    c.tenant = m.tenant = r.tenant;
    for (int k = 0; k <= 1000; k++) {
        c.event.business_key = k < 1000 ? "other" : "last";
        r.clock.now += k == 1000; /* its id is the last one */
        must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    }
    must(&r, wr_runtime_correlate(r.rt, &m, r.arena, &d, &r.err));
    ck_assert(wr_uuid_equal(&d.instance, &out.instance.id));
    m.business_key = NULL;
    ck_assert_int_eq(wr_runtime_correlate(r.rt, &m, r.arena, &d, &r.err),
                     WR_EAMBIGUOUS);
    rig_close(&r);
}
END_TEST

/* ---- jobs that fail ---- */

static const char listed[] =
    "<startEvent id='s'/><serviceTask id='a'><extensionElements>"
    "<zeebe:taskDefinition type='w' retries='5'/>"
    "<camunda:failedJobRetryTimeCycle "
    "xmlns:camunda='http://camunda.org/schema/1.0/bpmn'>PT1M,PT5M"
    "</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>"
    "<endEvent id='e'/><sequenceFlow id='f1' sourceRef='s' targetRef='a'/>"
    "<sequenceFlow id='f2' sourceRef='a' targetRef='e'/>";

/* Five tries, two intervals: the last stands for those that are not listed. */
START_TEST(more_tries_than_intervals_wait_as_the_last_says)
{
    static const int64_t waits[] = { 60000, 300000, 300000, 300000 };
    struct wr_outcome out;
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, NULL, NULL);
    rig_deploy(&r, listed);
    id = rig_start(&r, "p");
    for (size_t i = 0; i < WR_COUNT(waits); i++) {
        struct wr_rows jobs = rig_rows(&r, WR_JOBS, &id);
        struct wr_command c = { .event = { .type = WR_EV_JOB_FAIL,
                                           .target = jobs.jobs[0].id,
                                           .retries = -1,
                                           .retry_in_ms = -1 },
                                .tenant = r.tenant,
                                .if_rev = -1 };

        must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
        jobs = rig_rows(&r, WR_JOBS, &id);
        ck_assert_int_eq(jobs.jobs[0].due_at, r.clock.now + waits[i]);
    }
    rig_close(&r);
}
END_TEST

START_TEST(buckets_are_the_slots_own)
{
    struct wr_runtime_options o = { .slot = 2, .n_slots = 5 };
    struct rig r;

    rig_open(&r, "memory:", &o);
    rig_deploy(&r, rig_one_task);
    for (int i = 0; i < 50; i++) {
        struct wr_uuid id = rig_start(&r, "p");

        ck_assert_int_eq(wr_uuid_bucket(&id) % 5, 2);
    }
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *calls = tcase_create("runtime");

    tcase_add_test(calls, runs_a_task_to_its_end);
    tcase_add_test(calls, versions_and_unchanged_files);
    tcase_add_test(calls, refuses_what_cannot_run);
    tcase_add_test(calls, a_start_takes_the_latest_version);
    tcase_add_test(calls, a_conflict_is_stepped_again);
    tcase_add_test(calls, a_stale_copy_refuses_nothing);
    tcase_add_test(calls, a_failed_command_harms_no_neighbour);
    tcase_add_test(calls, who_may_is_asked_in_the_step);
    tcase_add_test(calls, if_match_is_honoured);
    tcase_add_test(calls, only_the_lease_completes_a_job);
    tcase_add_test(calls, a_step_that_is_cut_goes_on);
    tcase_add_test(calls, a_cut_step_survives_its_process);
    tcase_add_test(calls, a_message_finds_the_one_that_waits);
    tcase_add_test(calls, a_message_finds_one_among_many);
    tcase_add_test(calls, more_tries_than_intervals_wait_as_the_last_says);
    tcase_add_test(calls, buckets_are_the_slots_own);

    return t_main("runtime", calls, NULL);
}
