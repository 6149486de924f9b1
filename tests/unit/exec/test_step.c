/* The step: sequences, gateways, tasks, jobs, variables. */

#include <string.h>

#include "tests/lib/t.h"
#include "tests/unit/exec/world.h"

START_TEST(user_task_waits_and_completes)
{
    struct world *w = world_new("<startEvent id='s'/><userTask id='t'/>"
                                "<endEvent id='e'/> {s>t; t>e}");

    world_start(w, "{\"amount\": 120}");
    world_expect(w, "started\nset amount=120\ns\nenter t\ntask t\n");
    ck_assert_str_eq(world_tokens(w), "t:waiting:task");
    ck_assert_int_eq(w->n_tasks, 1);
    ck_assert_int_lt((int64_t)w->row.blob.len, 100);
    world_complete(w, "t", "{\"ok\": true}");
    world_expect(w, "task-completed t\nset ok=true\nt\ne\nstate completed\n");
    world_expect_state(w, WR_COMPLETED);
    ck_assert_str_eq(world_var(w, "amount"), "120");
    ck_assert_str_eq(world_var(w, "ok"), "true");
    world_free(w);
}
END_TEST

START_TEST(a_start_tells_its_initiator)
{
    struct wr_event ev = { .type = WR_EV_START, .actor = "ann" };
    struct world *w = world_new("<startEvent id='s' camunda:initiator='who'/>"
                                "<endEvent id='e'/> {s>e}");

    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_str_eq(world_var(w, "who"), "\"ann\"");
    world_free(w);
}
END_TEST

START_TEST(ten_automatic_elements_are_small)
{
    struct world *w = world_new(
        "<startEvent id='s'/><task id='a'/><task id='b'/><task id='c'/>"
        "<task id='d'/><task id='f'/><manualTask id='g'/><task id='h'/>"
        "<task id='i'/><task id='j'/><task id='k'/><endEvent id='e'/>"
        "{s>a;a>b;b>c;c>d;d>f;f>g;g>h;h>i;i>j;j>k;k>e}");

    world_start(w, NULL);
    world_expect(w, "started\ns\na\nb\nc\nd\nf\ng\nh\ni\nj\nk\ne\n"
                    "state completed\n");
    ck_assert_int_lt((int64_t)w->effects->history.events.len, 60);
    ck_assert_int_lt((int64_t)w->row.blob.len, 30);
    world_free(w);
}
END_TEST

START_TEST(exclusive_takes_the_first_true_flow)
{
    struct world *w = world_new(
        "<startEvent id='s'/><exclusiveGateway id='x' default='x-c'/>"
        "<endEvent id='a'/><endEvent id='b'/><endEvent id='c'/>"
        "{s>x; x>a if n > 10; x>b if n > 5; x>c}");

    world_start(w, "{\"n\": 7}");
    world_expect(w, "started\nset n=7\ns\nx\nflow x-b\nb\nstate completed\n");
    world_free(w);
}
END_TEST

START_TEST(exclusive_default)
{
    struct world *w = world_new(
        "<startEvent id='s'/><exclusiveGateway id='x' default='x-c'/>"
        "<endEvent id='a'/><endEvent id='c'/>"
        "{s>x; x>a if n > 10; x>c}");

    world_start(w, "{\"n\": 7}");
    world_expect(w, "started\nset n=7\ns\nx\nflow x-c\nc\nstate completed\n");
    world_free(w);
}
END_TEST

START_TEST(no_flow_is_an_incident_and_is_repaired)
{
    struct world *w = world_new("<startEvent id='s'/><exclusiveGateway id='x'/>"
                                "<endEvent id='a'/><endEvent id='b'/>"
                                "{s>x; x>a if n > 10; x>b if n > 8}");

    world_start(w, "{\"n\": 7}");
    ck_assert_int_eq(w->n_incidents, 1);
    ck_assert_str_eq(w->incidents[0].type, "no-flow");
    ck_assert_str_eq(world_tokens(w), "x:incident:incident");
    world_expect_state(w, WR_ACTIVE);
    world_resolve(w, "x", false, NULL);
    ck_assert_int_eq(w->n_incidents, 1);
    world_resolve(w, "x", false, "{\"n\": 9}");
    world_expect(w, "incident-resolved x by=\"retry\"\nset n=9\nx\nflow x-b\n"
                    "b\nstate completed\n");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(a_condition_that_is_no_boolean_is_an_incident)
{
    struct world *w = world_new(
        "<startEvent id='s'/><exclusiveGateway id='x' default='x-b'/>"
        "<endEvent id='a'/><endEvent id='b'/> {s>x; x>a if missing > 1; x>b}");

    world_start(w, NULL);
    ck_assert_int_eq(w->n_incidents, 1);
    ck_assert_str_eq(w->incidents[0].type, "expression");
    ck_assert_ptr_nonnull(strstr(w->incidents[0].message, "x-a"));
    world_resolve(w, "x", true, NULL);
    world_expect(w, "incident-resolved x by=\"skip\"\nx\nflow x-b\nb\n"
                    "state completed\n");
    world_free(w);
}
END_TEST

START_TEST(parallel_joins_per_flow)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='a'/>"
        "<userTask id='b'/><parallelGateway id='j'/><endEvent id='e'/>"
        "{s>f; f>a; f>b; a>j; b>j; j>e}");

    world_start(w, NULL);
    world_complete(w, "b", NULL);
    ck_assert_str_eq(world_tokens(w), "j:queued:join a:waiting:task");
    world_complete(w, "a", NULL);
    world_expect(w, "task-completed a\na\nj\ne\nstate completed\n");
    world_free(w);
}
END_TEST

/* S6: two tokens on one flow are not a token on each. */
START_TEST(parallel_surplus_is_a_deadlock)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='a'/>"
        "<userTask id='b'/><userTask id='c'/><exclusiveGateway id='m'/>"
        "<parallelGateway id='j'/><endEvent id='e'/>"
        "{s>f; f>a; f>b; f>c; a>m; b>m; m>j; c>j; j>e}");

    world_start(w, NULL);
    world_complete(w, "a", NULL);
    world_complete(w, "b", NULL);
    ck_assert_int_eq(w->n_incidents, 0);
    world_complete(w, "c", NULL);
    ck_assert_int_eq(w->n_incidents, 1);
    ck_assert_str_eq(w->incidents[0].type, "join-deadlock");
    ck_assert_str_eq(world_tokens(w), "j:incident:incident");
    world_expect_state(w, WR_ACTIVE);
    world_resolve(w, "j", false, NULL);
    ck_assert_int_eq(w->n_incidents, 1);
    world_resolve(w, "j", true, NULL);
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(inclusive_split_and_join)
{
    struct world *w = world_new(
        "<startEvent id='s'/><inclusiveGateway id='f' default='f-c'/>"
        "<userTask id='a'/><userTask id='b'/><userTask id='c'/>"
        "<inclusiveGateway id='j'/><endEvent id='e'/>"
        "{s>f; f>a if n > 1; f>b if n > 2; f>c; a>j; b>j; c>j; j>e}");

    world_start(w, "{\"n\": 3}");
    ck_assert_str_eq(world_tokens(w), "a:waiting:task b:waiting:task");
    world_complete(w, "a", NULL);
    ck_assert_str_eq(world_tokens(w), "j:queued:join b:waiting:task");
    world_complete(w, "b", NULL);
    world_expect(w, "task-completed b\nb\nj\ne\nstate completed\n");
    world_free(w);
}
END_TEST

/* S7, row B: two tokens on the same flow fire twice. */
START_TEST(inclusive_fires_once_a_token)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='a'/>"
        "<task id='b'/><task id='c'/><exclusiveGateway id='m'/>"
        "<inclusiveGateway id='j'/><userTask id='t'/><endEvent id='e'/>"
        "{s>f; f>b; f>c; f>a; b>m; c>m; m>j; a>j; j>t; t>e}");

    world_start(w, NULL);
    ck_assert_str_eq(world_tokens(w),
                     "j:queued:join j:queued:join a:waiting:task");
    world_complete(w, "a", NULL);
    ck_assert_str_eq(world_tokens(w), "t:waiting:task t:waiting:task");
    world_free(w);
}
END_TEST

START_TEST(activities_split_by_conditions)
{
    struct world *w = world_new(
        "<startEvent id='s'/><task id='t' default='t-c'/><endEvent id='a'/>"
        "<endEvent id='b'/><endEvent id='c'/>"
        "{s>t; t>a if n > 1; t>b if n > 2; t>c}");

    world_start(w, "{\"n\": 5}");
    world_expect(w, "started\nset n=5\ns\nt\nflow t-a\nflow t-b\na\nb\n"
                    "state completed\n");
    world_free(w);
}
END_TEST

START_TEST(service_task_offers_a_job)
{
    struct world *w = world_new(
        "<startEvent id='s'/><serviceTask id='j'><extensionElements>"
        "<zeebe:taskDefinition type='pay' retries='2'/><zeebe:ioMapping>"
        "<zeebe:input source='=amount * 2' target='double'/>"
        "<zeebe:output source='=receipt' target='paid.receipt'/>"
        "</zeebe:ioMapping></extensionElements></serviceTask>"
        "<endEvent id='e'/> {s>j; j>e}");

    world_start(w, "{\"amount\": 21}");
    world_expect(w, "started\nset amount=21\ns\nenter j\nset j double=42\n"
                    "job j type=\"pay\"\n");
    ck_assert_str_eq(w->jobs[0].type, "pay");
    ck_assert_int_eq(w->jobs[0].retries, 2);
    world_fail(w, "j");
    ck_assert_int_eq(w->jobs[0].retries, 1);
    world_fail(w, "j");
    ck_assert_int_eq(w->jobs[0].retries, 0);
    ck_assert_int_eq(w->n_incidents, 1);
    ck_assert_str_eq(world_tokens(w), "j:incident:incident");
    world_resolve(w, "j", false, NULL);
    ck_assert_int_eq(w->jobs[0].retries, 2);
    world_job(w, "j", "{\"receipt\": 7, \"other\": 1}");
    ck_assert_str_eq(world_var(w, "paid"), "{\"receipt\":7}");
    ck_assert_str_eq(world_var(w, "other"), "");
    ck_assert_str_eq(world_var(w, "double"), "");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(script_task_sets_its_result)
{
    struct world *w = world_new(
        "<startEvent id='s'/><scriptTask id='j'><extensionElements>"
        "<zeebe:script expression='=a + 1' resultVariable='b'/>"
        "</extensionElements></scriptTask><endEvent id='e'/> {s>j; j>e}");

    world_start(w, "{\"a\": 1}");
    world_expect(w, "started\nset a=1\ns\nset b=2\nj\ne\nstate completed\n");
    world_free(w);
}
END_TEST

START_TEST(refusals_change_nothing)
{
    struct world *w = world_new("<startEvent id='s'/><userTask id='t'/>"
                                "<endEvent id='e'/> {s>t; t>e}");
    struct wr_event ev = { .type = WR_EV_TASK_COMPLETE };

    ck_assert_int_eq(world_send(w, ev), WR_ESTATE);
    world_start(w, NULL);
    ck_assert_int_eq(world_send(w, ev), WR_ENOTFOUND);
    ev.type = WR_EV_CONTINUE;
    ck_assert_int_eq(world_send(w, ev), WR_ESTATE);
    ev = (struct wr_event){ .type = WR_EV_TASK_ASSIGN,
                            .target = world_id(w, "t"),
                            .text = "ann",
                            .claim = true };
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_str_eq(w->tasks[0].assignee, "ann");
    ev.text = "bob";
    ck_assert_int_eq(world_send(w, ev), WR_ESTATE);
    ck_assert_ptr_nonnull(strstr(w->err.text, "ann"));
    world_complete(w, "t", NULL);
    ck_assert_int_eq(world_send(w, ev), WR_ENOTFOUND);
    ev = (struct wr_event){ .type = WR_EV_CANCEL };
    ck_assert_int_eq(world_send(w, ev), WR_ESTATE);
    world_free(w);
}
END_TEST

START_TEST(a_loop_is_cut_and_continued)
{
    struct world *w = world_new(
        "<startEvent id='s'/><exclusiveGateway id='m'/><scriptTask id='c'>"
        "<extensionElements><zeebe:script expression='=n + 1'"
        " resultVariable='n'/></extensionElements></scriptTask>"
        "<exclusiveGateway id='x' default='x-m'/><endEvent id='e'/>"
        "{s>m; m>c; c>x; x>e if n > 99; x>m}");
    int cuts = 0;

    w->budget = 50;
    world_start(w, "{\"n\": 0}");
    while (w->cut) {
        struct wr_event ev = { .type = WR_EV_CONTINUE };

        ck_assert_int_eq(world_send(w, ev), 0);
        cuts++;
    }
    ck_assert_int_eq(cuts, 302 / 50);
    ck_assert_str_eq(world_var(w, "n"), "100");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

/* The process that cut a step may die before it sends CONTINUE. */
START_TEST(a_cut_step_has_a_job_to_go_on)
{
    struct world *w = world_new("<startEvent id='s'/><task id='t'/>"
                                "<task id='u'/><endEvent id='e'/>"
                                "{s>t; t>u; u>e}");
    struct wr_event ev = { .type = WR_EV_JOB_RUN };

    w->budget = 1;
    world_start(w, NULL);
    ck_assert(w->cut);
    ck_assert_int_eq(w->n_jobs, 1);
    ck_assert_int_gt(w->jobs[0].due_at, w->now);
    ev.target = w->jobs[0].id;
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert(w->cut);
    ck_assert_int_eq(world_send(w, ev), WR_ENOTFOUND);
    w->budget = 0;
    ev.target = w->jobs[0].id;
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(w->n_jobs, 0);
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

/* Several commands in one commit: one row an id, one history row each. */
START_TEST(merged_commands)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='a'/><userTask id='b'/>"
        "<endEvent id='e'/> {s>a; a>b; b>e}");
    struct wr_event ev = { .type = WR_EV_TASK_COMPLETE };

    world_start(w, NULL);
    w->merge = true;
    ev.target = world_id(w, "a");
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(world_send(w, ev), WR_ENOTFOUND);
    ck_assert_int_eq(w->open->effects.n_tasks, 2);
    ev.target = w->open->effects.tasks[1].row.id;
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(w->open->effects.n_tasks, 1);
    ck_assert_int_eq(w->open->effects.n_more_histories, 1);
    world_commit(w);
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

START_TEST(variables_are_edited)
{
    struct world *w = world_new("<startEvent id='s'/><userTask id='t'/>"
                                "<endEvent id='e'/> {s>t; t>e}");
    struct wr_event ev = { .type = WR_EV_SET_VARIABLES };

    world_start(w, "{\"a\": 1, \"b\": 2}");
    ev.variables = world_json(w, "{\"a\": 5, \"c\": null}");
    ev.remove = world_json(w, "[\"b\", \"nothing\"]");
    ck_assert_int_eq(world_send(w, ev), 0);
    world_expect(w, "set a=5 c=null\nremoved names=[\"b\"]\n");
    ck_assert_str_eq(world_var(w, "b"), "");
    ev.scope_key = 99;
    ck_assert_int_eq(world_send(w, ev), WR_ENOTFOUND);
    world_free(w);
}
END_TEST

START_TEST(cancel_takes_everything_away)
{
    struct world *w = world_new(
        "<startEvent id='s'/><parallelGateway id='f'/><userTask id='a'/>"
        "<userTask id='b'/><endEvent id='e'/> {s>f; f>a; f>b; a>e; b>e}");
    struct wr_event ev = { .type = WR_EV_CANCEL, .text = "no more" };

    world_start(w, NULL);
    ck_assert_int_eq(world_send(w, ev), 0);
    world_expect(w, "task-canceled a\ncanceled a\ntask-canceled b\n"
                    "canceled b\nstate canceled reason=\"no more\"\n");
    world_expect_state(w, WR_CANCELED);
    world_free(w);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("step (rows 32 35 44)");
    TCase * xor = tcase_create("exclusive gateway (rows 74 76 77)");
    TCase *par = tcase_create("parallel gateway (row 78)");
    TCase *inc = tcase_create("inclusive gateway (row 79)");
    TCase *work = tcase_create("work");

    tcase_add_test(tc, user_task_waits_and_completes);
    tcase_add_test(tc, a_start_tells_its_initiator);
    tcase_add_test(tc, ten_automatic_elements_are_small);
    tcase_add_test(tc, refusals_change_nothing);
    tcase_add_test(tc, a_loop_is_cut_and_continued);
    tcase_add_test(tc, a_cut_step_has_a_job_to_go_on);
    tcase_add_test(tc, merged_commands);
    tcase_add_test(tc, variables_are_edited);
    tcase_add_test(tc, cancel_takes_everything_away);
    tcase_add_test(xor, exclusive_takes_the_first_true_flow);
    tcase_add_test(xor, exclusive_default);
    tcase_add_test(xor, no_flow_is_an_incident_and_is_repaired);
    tcase_add_test(xor, a_condition_that_is_no_boolean_is_an_incident);
    tcase_add_test(par, parallel_joins_per_flow);
    tcase_add_test(par, parallel_surplus_is_a_deadlock);
    tcase_add_test(inc, inclusive_split_and_join);
    tcase_add_test(inc, inclusive_fires_once_a_token);
    tcase_add_test(work, activities_split_by_conditions);
    tcase_add_test(work, service_task_offers_a_job);
    tcase_add_test(work, script_task_sets_its_result);

    return t_main("step", tc, xor, par, inc, work, NULL);
}
