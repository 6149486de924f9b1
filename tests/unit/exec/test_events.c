/* Sub-processes, events, errors, asynchronous continuations, incidents. */

#include <string.h>

#include "tests/lib/t.h"
#include "tests/unit/exec/world.h"

#define TIMER(text)    "<timerEventDefinition>" text "</timerEventDefinition>"
#define DURATION(text) TIMER("<timeDuration>" text "</timeDuration>")
#define CYCLE(text)    TIMER("<timeCycle>" text "</timeCycle>")
#define MESSAGE        "<messageEventDefinition messageRef='M'/>"
#define ERROR(code)    "<errorEventDefinition errorRef='" code "'/>"
#define JOB(id)                                               \
    "<serviceTask id='" id "'><extensionElements>"            \
    "<zeebe:taskDefinition type='work'/></extensionElements>" \
    "</serviceTask>"

START_TEST(sub_process_has_a_scope)
{
    struct world *w = world_new(
        "<startEvent id='s'/><subProcess id='sub'><extensionElements>"
        "<zeebe:ioMapping><zeebe:input source='=a + 1' target='local'/>"
        "<zeebe:output source='=local * 10' target='out'/></zeebe:ioMapping>"
        "</extensionElements><startEvent id='s2'/><userTask id='t'/>"
        "<endEvent id='e2'/> {s2>t; t>e2} </subProcess><endEvent id='e'/>"
        "{s>sub; sub>e}");
    const struct wr_scope_info *scopes;

    world_start(w, "{\"a\": 1}");
    ck_assert_str_eq(world_tokens(w), "sub:active:children t:waiting:task");
    ck_assert_int_eq(wr_instance_scopes(w->instance, w->arena, &scopes), 2);
    ck_assert_int_eq(scopes[1].parent, 0);
    world_complete(w, "t", "{\"local\": 7}");
    world_expect(w, "task-completed t\nset sub local=7\nt\ne2\nset out=70\n"
                    "sub\ne\nstate completed\n");
    ck_assert_str_eq(world_var(w, "local"), "");
    world_free(w);
}
END_TEST

START_TEST(terminate_ends_its_scope_only)
{
    struct world *w = world_new(
        "<startEvent id='s'/><subProcess id='sub'><startEvent id='s2'/>"
        "<parallelGateway id='f'/><userTask id='t'/><userTask id='u'/>"
        "<endEvent id='e2'/><endEvent id='end'><terminateEventDefinition/>"
        "</endEvent> {s2>f; f>t; f>u; t>e2; u>end} </subProcess>"
        "<endEvent id='e'/> {s>sub; sub>e}");

    world_start(w, NULL);
    world_complete(w, "u", NULL);
    world_expect(w, "task-completed u\nu\ntask-canceled t\ncanceled t\nend\n"
                    "sub\ne\nstate completed\n");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(timer_catch)
{
    struct world *w = world_new(
        "<startEvent id='s'/><intermediateCatchEvent id='t'>" DURATION(
            "PT1H") "</intermediateCatchEvent><endEvent id='e'/>"
                    "{s>t; t>e}");

    world_start(w, NULL);
    world_expect(w, "started\ns\nenter t\n"
                    "timer t due=\"2026-01-01T01:00:00.000Z\"\n");
    ck_assert_int_eq(w->timers[0].due_at, w->now + 3600000);
    world_fire(w, "t");
    world_expect(w, "timer-fired t\nt\ne\nstate completed\n");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(interrupting_timer_boundary)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t'/><boundaryEvent id='b'"
        " attachedToRef='t'>" DURATION(
            "PT1H") "</boundaryEvent>"
                    "<endEvent id='e'/><endEvent id='late'/> {s>t; t>e; b>late}");

    world_start(w, NULL);
    ck_assert_str_eq(world_tokens(w), "t:waiting:task");
    world_fire(w, "b");
    world_expect(w, "timer-fired b\ntask-canceled t\ncanceled t\nb\nlate\n"
                    "state completed\n");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(a_boundary_timer_goes_with_its_host)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t'/><boundaryEvent id='b'"
        " attachedToRef='t'>" DURATION(
            "PT1H") "</boundaryEvent>"
                    "<endEvent id='e'/><endEvent id='late'/> {s>t; t>e; b>late}");

    world_start(w, NULL);
    world_complete(w, "t", NULL);
    world_expect(w, "task-completed t\ntimer-canceled b\nt\ne\n"
                    "state completed\n");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

/* S17: due = anchor + k * period, whenever it fires; what was missed while
 * nobody looked fires once. */
START_TEST(cycle_timer_does_not_drift)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t'/><boundaryEvent id='b'"
        " attachedToRef='t' cancelActivity='false'>" CYCLE(
            "R4/PT1H") "</boundaryEvent><userTask id='u'/><endEvent id='e'/>"
                       "{s>t; t>e; b>u; u>e}");
    int64_t start = w->now, hour = 3600000;
    struct wr_event ev = { .type = WR_EV_TIMER };

    world_start(w, NULL);
    w->now += hour + 5000;
    ev.target = world_id(w, "b");
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(w->timers[0].due_at, start + 2 * hour);
    ck_assert_str_eq(world_tokens(w), "t:waiting:task u:waiting:task");
    w->now = start + 3 * hour + 1;
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(w->timers[0].due_at, start + 4 * hour);
    w->now = start + 4 * hour;
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(w->n_timers, 0);
    ck_assert_int_eq(w->n_tasks, 4);
    world_free(w);
}
END_TEST

START_TEST(month_cycles_keep_their_day)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t'/><boundaryEvent id='b'"
        " attachedToRef='t' cancelActivity='false'>" CYCLE(
            "R/2026-01-31T00:00:00Z/P1M") "</boundaryEvent>"
                                          "<endEvent id='e'/><endEvent id='f'/> {s>t; t>e; b>f}");
    int64_t day = 86400000, start = w->now;

    world_start(w, NULL);
    ck_assert_int_eq(w->timers[0].due_at, start + 30 * day);
    world_fire(w, "b");
    ck_assert_int_eq(w->timers[0].due_at, start + (31 + 27) * day);
    world_fire(w, "b");
    ck_assert_int_eq(w->timers[0].due_at, start + (31 + 28 + 30) * day);
    world_free(w);
}
END_TEST

/* A cycle that began long ago fires once for all it missed. */
START_TEST(a_long_missed_cycle_fires_once)
{
    static const struct {
        const char *cycle;
        int64_t after; /* the start, ms */
    } cycles[] = {
        { "R/0001-01-01T00:00:00Z/PT1S", 1000 },
        { "R/0001-01-01T00:00:00Z/P1MT1S", 32LL * 86400000 },
    };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct world *w = world_new(wr_arena_printf(
        a,
        "<startEvent id='s'/><userTask id='t'/><boundaryEvent id='b'"
        " attachedToRef='t' cancelActivity='false'>" CYCLE(
            "%s") "</boundaryEvent><endEvent id='e'/><endEvent id='f'/>"
                  "{s>t; t>e; b>f}",
        cycles[_i].cycle));

    world_start(w, NULL);
    world_fire(w, "b");
    ck_assert_int_gt(w->timers[0].due_at, w->now);
    ck_assert_int_le(w->timers[0].due_at, w->now + cycles[_i].after);
    world_free(w);
}
END_TEST

/* Wherever a message cuts what it quotes: no store takes half a character. */
START_TEST(an_incident_is_utf8)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_str body = { .arena = a };
    struct world *w;
    const char *text;

    wr_str_printf(&body,
                  "<startEvent id='s'/><endEvent id='e'/>"
                  "{s>e if \"%s",
                  _i ? "z" : "");
    for (int k = 0; k < 60; k++)
        wr_str_add(&body, "\u00fc");
    wr_str_add(&body, "\"}");
    w = world_new(wr_str_text(&body));
    world_start(w, NULL);
    ck_assert_int_eq(w->n_incidents, 1);
    text = w->incidents[0].message;
    ck_assert_uint_eq(wr_utf8_valid(text, strlen(text)), strlen(text));
    world_free(w);
}
END_TEST

START_TEST(message_catch_has_its_key)
{
    struct world *w = world_new(
        "<startEvent id='s'/><intermediateCatchEvent id='x'>"
        "<messageEventDefinition messageRef='K'/></intermediateCatchEvent>"
        "<endEvent id='e'/> {s>x; x>e}");

    world_start(w, "{\"order\": 17}");
    world_expect(w, "started\nset order=17\ns\nenter x\n"
                    "message x message=\"keyed\"\n");
    ck_assert_str_eq(w->subscriptions[0].name, "keyed");
    ck_assert_str_eq(w->subscriptions[0].key, "17");
    world_message(w, "x", "{\"answer\": 42}");
    world_expect(w, "message-received x\nset answer=42\nx\ne\n"
                    "state completed\n");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(message_boundary_listens_again)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t'/><boundaryEvent id='b'"
        " attachedToRef='t' cancelActivity='false'>" MESSAGE
        "</boundaryEvent><endEvent id='e'/><endEvent id='f'/>"
        "{s>t; t>e; b>f}");

    world_start(w, NULL);
    ck_assert_str_eq(w->subscriptions[0].name, "hello");
    world_message(w, "b", "{\"x\": 1}");
    world_expect(w, "message-received b\nset x=1\nb\nf\n");
    world_message(w, "b", "{\"x\": 2}");
    ck_assert_str_eq(world_var(w, "x"), "2");
    ck_assert_int_eq(w->n_subscriptions, 1);
    world_complete(w, "t", NULL);
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(errors_find_the_nearest_boundary)
{
    struct world *w = world_new(
        "<startEvent id='s'/><subProcess id='sub'><startEvent id='s2'/>" JOB("j") "<boundaryEvent id='b1' attachedToRef='j'>" ERROR(
            "E1") "</boundaryEvent><endEvent id='e2'/> {s2>j; j>e2; b1>e2}"
                  "</subProcess><boundaryEvent id='any' attachedToRef='sub'>"
                  "<errorEventDefinition/></boundaryEvent><endEvent id='e'/>"
                  "<endEvent id='caught'/> {s>sub; sub>e; any>caught}");

    world_start(w, NULL);
    world_error(w, "j", "E1");
    world_expect(w, "error j code=\"E1\"\njob-canceled j\ncanceled j\nb1\n"
                    "e2\nsub\ne\nstate completed\n");
    world_free(w);
    w = world_new(
        "<startEvent id='s'/><subProcess id='sub'><startEvent id='s2'/>" JOB("j") "<boundaryEvent id='b1' attachedToRef='j'>" ERROR(
            "E1") "</boundaryEvent><endEvent id='e2'/> {s2>j; j>e2; b1>e2}"
                  "</subProcess><boundaryEvent id='any' attachedToRef='sub'>"
                  "<errorEventDefinition/></boundaryEvent><endEvent id='e'/>"
                  "<endEvent id='caught'/> {s>sub; sub>e; any>caught}");
    world_start(w, NULL);
    world_error(w, "j", "E2");
    world_expect(w, "error j code=\"E2\"\njob-canceled j\ncanceled j\n"
                    "canceled sub\nany\ncaught\nstate completed\n");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(an_unhandled_error_of_a_job_is_an_incident)
{
    struct world *w = world_new(
        "<startEvent id='s'/>" JOB("j") "<endEvent id='e'/> {s>j; j>e}");

    world_start(w, NULL);
    world_error(w, "j", "E7");
    ck_assert_str_eq(w->incidents[0].type, "unhandled-error");
    ck_assert_int_eq(w->jobs[0].retries, 0);
    world_resolve(w, "j", true, "{\"r\": 1}");
    world_expect(w, "incident-resolved j by=\"skip\"\nset r=1\n"
                    "job-canceled j\nj\ne\nstate completed\n");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(an_unhandled_error_end_fails_the_instance)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='t'/>"
        "<userTask id='u'/><endEvent id='e'/><endEvent id='x'>" ERROR(
            "E1") "</endEvent> {s>f; f>t; f>u; t>e; u>x}");

    world_start(w, NULL);
    world_complete(w, "u", NULL);
    world_expect(w, "task-completed u\nu\nerror x code=\"E1\"\n"
                    "task-canceled t\ncanceled t\nstate failed code=\"E1\"\n");
    world_expect_state(w, WR_FAILED);
    world_free(w);
}
END_TEST

START_TEST(error_end_is_caught_outside)
{
    struct world *w = world_new(
        "<startEvent id='s'/><subProcess id='sub'><startEvent id='s2'/>"
        "<endEvent id='x'>" ERROR(
            "E1") "</endEvent> {s2>x} </subProcess>"
                  "<boundaryEvent id='b' attachedToRef='sub'>" ERROR(
                      "E1") "</boundaryEvent><endEvent id='e'/><endEvent id='caught'/>"
                            "{s>sub; sub>e; b>caught}");

    world_start(w, NULL);
    world_expect(w, "started\ns\nenter sub\ns2\nerror x code=\"E1\"\n"
                    "canceled sub\nb\ncaught\nstate completed\n");
    world_free(w);
}
END_TEST

START_TEST(async_continuations_wait_for_their_job)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t' camunda:asyncBefore='true'"
        " camunda:asyncAfter='true'/><boundaryEvent id='b'"
        " attachedToRef='t'>" DURATION(
            "PT1H") "</boundaryEvent>"
                    "<endEvent id='e'/> {s>t; t>e; b>e}");

    world_start(w, NULL);
    world_expect(w, "started\ns\nenter t\n"
                    "timer b due=\"2026-01-01T01:00:00.000Z\"\njob t\n");
    ck_assert_int_eq(w->jobs[0].kind, WR_JOB_ASYNC);
    ck_assert_str_eq(world_tokens(w), "t:waiting:async");
    ck_assert_int_eq(w->n_timers, 1);
    {
        struct wr_uuid timer = w->timers[0].id;

        world_run(w, "t");
        world_expect(w, "job-completed t\ntask t\n");
        ck_assert(wr_uuid_equal(&timer, &w->timers[0].id));
    }
    world_complete(w, "t", NULL);
    world_expect(w, "task-completed t\ntimer-canceled b\njob t\n");
    world_run(w, "t");
    world_expect(w, "job-completed t\nt\ne\nstate completed\n");
    world_free(w);
}
END_TEST

/* A reminder that fired while the job was queued does not come again. */
START_TEST(a_boundary_is_armed_once)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t' camunda:asyncBefore='true'/>"
        "<boundaryEvent id='b' attachedToRef='t' cancelActivity='false'>" DURATION(
            "PT1H") "</boundaryEvent><endEvent id='e'/>"
                    "<endEvent id='late'/> {s>t; t>e; b>late}");

    world_start(w, NULL);
    world_fire(w, "b");
    ck_assert_int_eq(w->n_timers, 0);
    world_run(w, "t");
    ck_assert_str_eq(world_tokens(w), "t:waiting:task");
    ck_assert_int_eq(w->n_timers, 0);
    world_complete(w, "t", NULL);
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(async_joins_take_one_token_each)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><task id='a'/>"
        "<task id='b'/><parallelGateway id='j' camunda:asyncBefore='true'/>"
        "<endEvent id='e'/> {s>f; f>a; f>b; a>j; b>j; j>e}");

    world_start(w, NULL);
    ck_assert_int_eq(w->n_jobs, 2);
    world_run(w, "j");
    ck_assert_str_eq(world_tokens(w), "j:queued:join j:waiting:async");
    world_run(w, "j");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

/* Skipping the continuation of a join does not skip the join. */
START_TEST(a_skipped_continuation_still_joins)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><task id='a'/>"
        "<userTask id='b'/><parallelGateway id='j'"
        " camunda:asyncBefore='true'/><endEvent id='e'/>"
        "{s>f; f>a; f>b; a>j; b>j; j>e}");

    world_start(w, NULL);
    world_fail(w, "j");
    world_fail(w, "j");
    ck_assert_int_eq(w->n_incidents, 0);
    world_fail(w, "j");
    ck_assert_str_eq(w->incidents[0].type, "job");
    world_resolve(w, "j", true, NULL);
    ck_assert_str_eq(world_tokens(w), "j:queued:join b:waiting:task");
    world_complete(w, "b", NULL);
    world_run(w, "j");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

/* A step that is cut looks at every scope again: one report is enough. */
START_TEST(a_deadlock_is_reported_once)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><subProcess id='sub'>"
        "<startEvent id='s2'/><exclusiveGateway id='x' default='x-a'/>"
        "<task id='a'/><task id='b'/><parallelGateway id='j'/>"
        "<endEvent id='e2'/> {s2>x; x>a; x>b if n = 1; a>j; b>j; j>e2}"
        "</subProcess><userTask id='t'/><task id='c'/><task id='d'/>"
        "<endEvent id='e'/> {s>f; f>sub; f>t; sub>e; t>c; c>d; d>e}");
    struct wr_event ev = { .type = WR_EV_CONTINUE };

    world_start(w, "{\"n\": 0}");
    ck_assert_int_eq(w->n_incidents, 1);
    ck_assert_str_eq(w->incidents[0].type, "join-deadlock");
    w->budget = 1;
    world_complete(w, "t", NULL);
    while (w->cut)
        ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(w->n_incidents, 1);
    world_resolve(w, "j", true, NULL);
    while (w->cut)
        ck_assert_int_eq(world_send(w, ev), 0);
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(a_failed_mapping_goes_on_where_it_stopped)
{
    struct world *w = world_new(
        "<startEvent id='s'/><serviceTask id='j'><extensionElements>"
        "<zeebe:taskDefinition type='pay'/><zeebe:ioMapping>"
        "<zeebe:output source='=function(x) bad' target='o'/>"
        "</zeebe:ioMapping></extensionElements></serviceTask>"
        "<endEvent id='e'/> {s>j; j>e}");

    world_start(w, NULL);
    world_job(w, "j", "{\"r\": 5}");
    ck_assert_str_eq(w->incidents[0].type, "mapping");
    ck_assert_int_eq(w->n_jobs, 0);
    world_resolve(w, "j", false, NULL);
    ck_assert_int_eq(w->n_incidents, 1);
    world_resolve(w, "j", true, "{\"o\": 1}");
    ck_assert_str_eq(world_var(w, "o"), "1");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(a_bad_timer_is_an_incident)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t'/><boundaryEvent id='b'"
        " attachedToRef='t'>" DURATION(
            "=wait") "</boundaryEvent>"
                     "<endEvent id='e'/> {s>t; t>e; b>e}");

    world_start(w, "{\"wait\": \"soon\"}");
    ck_assert_str_eq(w->incidents[0].type, "expression");
    ck_assert_int_eq(w->n_tasks, 0);
    world_resolve(w, "t", false, "{\"wait\": \"PT5M\"}");
    ck_assert_int_eq(w->n_incidents, 0);
    ck_assert_int_eq(w->n_tasks, 1);
    ck_assert_int_eq(w->timers[0].due_at, w->now + 300000);
    world_free(w);
}
END_TEST

/* S7, row F: the boundary event of a waiting host leads to the empty flow. */
START_TEST(an_armed_boundary_holds_an_inclusive_join_back)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><task id='a'/>"
        "<userTask id='h'/><boundaryEvent id='b' attachedToRef='h'>" DURATION(
            "PT1H") "</boundaryEvent><inclusiveGateway id='j'/>"
                    "<endEvent id='e'/><endEvent id='n'/>"
                    "{s>f; f>a; f>h; a>j; h>n; b>j; j>e}");

    world_start(w, NULL);
    ck_assert_str_eq(world_tokens(w), "j:queued:join h:waiting:task");
    world_complete(w, "h", NULL);
    world_expect(w, "task-completed h\ntimer-canceled b\nh\nn\nj\ne\n"
                    "state completed\n");
    world_free(w);
}
END_TEST

static bool
handle(void *data, struct wr_step *s, int node, struct wr_handler_result *out)
{
    const char *id = s->model->nodes[node].id;

    (void)data;
    if (strcmp(id, "err") == 0)
        out->error_code = "E1";
    else if (strcmp(id, "bad") == 0)
        out->failure = "broken";
    else if (strcmp(id, "hold") == 0)
        out->wait = true;
    else
        return false;
    wr_step_set_variable(s, "seen", wr_value_string(s->arena, id));

    return true;
}

START_TEST(handlers_stand_in_for_jobs)
{
    struct world *w = world_new(
        "<startEvent id='s'/>" JOB("hold") JOB("bad")
            JOB("err") "<endEvent id='e'/> {s>hold; hold>bad; bad>err; err>e}");

    w->handler = handle;
    world_start(w, NULL);
    ck_assert_str_eq(world_tokens(w), "hold:waiting:job");
    world_job(w, "hold", NULL);
    ck_assert_str_eq(w->incidents[0].type, "job");
    ck_assert_str_eq(world_var(w, "seen"), "\"bad\"");
    world_resolve(w, "bad", true, NULL);
    ck_assert_str_eq(w->incidents[0].type, "unhandled-error");
    world_free(w);
}
END_TEST

START_TEST(in_process_work_gets_its_own_commit)
{
    struct world *w = world_new(
        "<startEvent id='s'/><serviceTask id='x'"
        " camunda:expression='${1 + 1}' camunda:resultVariable='two'/>"
        "<endEvent id='e'/> {s>x; x>e}");

    w->auto_async = true;
    world_start(w, NULL);
    world_expect_state(w, WR_COMPLETED);
    ck_assert_str_eq(world_var(w, "two"), "2");
    world_free(w);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("events");
    TCase *sub = tcase_create("sub-process (rows 37 82)");

    tcase_add_test(sub, sub_process_has_a_scope);
    tcase_add_test(sub, terminate_ends_its_scope_only);
    tcase_add_test(tc, timer_catch);
    tcase_add_test(tc, interrupting_timer_boundary);
    tcase_add_test(tc, a_boundary_timer_goes_with_its_host);
    tcase_add_test(tc, cycle_timer_does_not_drift);
    tcase_add_test(tc, month_cycles_keep_their_day);
    tcase_add_loop_test(tc, a_long_missed_cycle_fires_once, 0, 2);
    tcase_add_loop_test(tc, an_incident_is_utf8, 0, 2);
    tcase_add_test(tc, message_catch_has_its_key);
    tcase_add_test(tc, message_boundary_listens_again);
    tcase_add_test(tc, errors_find_the_nearest_boundary);
    tcase_add_test(tc, an_unhandled_error_of_a_job_is_an_incident);
    tcase_add_test(tc, an_unhandled_error_end_fails_the_instance);
    tcase_add_test(tc, error_end_is_caught_outside);
    tcase_add_test(tc, async_continuations_wait_for_their_job);
    tcase_add_test(tc, a_boundary_is_armed_once);
    tcase_add_test(tc, async_joins_take_one_token_each);
    tcase_add_test(tc, a_skipped_continuation_still_joins);
    tcase_add_test(tc, a_deadlock_is_reported_once);
    tcase_add_test(tc, a_failed_mapping_goes_on_where_it_stopped);
    tcase_add_test(tc, a_bad_timer_is_an_incident);
    tcase_add_test(tc, an_armed_boundary_holds_an_inclusive_join_back);
    tcase_add_test(tc, handlers_stand_in_for_jobs);
    tcase_add_test(tc, in_process_work_gets_its_own_commit);

    return t_main("events", tc, sub, NULL);
}
