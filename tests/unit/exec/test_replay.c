/* What history says must be there, and what is: each difference is seen. */

#include <string.h>

#include "engine/exec/state.h"
#include "tests/lib/t.h"
#include "tests/unit/exec/world.h"

static const char process[] =
    "<startEvent id='s'/><parallelGateway id='f'/><userTask id='t'/>"
    "<subProcess id='sub'><startEvent id='s2'/><userTask id='u'>"
    "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    "</multiInstanceLoopCharacteristics></userTask><endEvent id='e2'/>"
    "{s2>u; u>e2} </subProcess><endEvent id='e'/> {s>f; f>t; f>sub; t>e;"
    "sub>e}";

static struct world *
waiting(void)
{
    struct world *w = world_new(process);

    world_start(w, "{\"a\": 1}");

    return w;
}

static struct wr_activity *
at(struct world *w, const char *element)
{
    struct wr_activity *a = w->instance->root;

    while (a && (a->node < 0 || strcmp(w->model->nodes[a->node].id, element)))
        a = wr_activity_next(w->instance->root, a);
    ck_assert(a != NULL);

    return a;
}

static void
expect(struct world *w, const char *why)
{
    ck_assert_int_eq(
        wr_replay_compare(w->replay, w->model, w->instance, &w->err),
        WR_ECORRUPT);
    ck_assert_msg(strstr(w->err.text, why) != NULL, "%s", w->err.text);
    world_free(w);
}

START_TEST(a_lost_token_is_seen)
{
    struct world *w = waiting();
    struct wr_activity *t = at(w, "t");

    wr_wait_drop(w->instance, t->waits);
    wr_activity_drop(w->instance, t);
    expect(w, "a token is lost");
}
END_TEST

START_TEST(an_invented_token_is_seen)
{
    struct world *w = waiting();
    struct wr_activity *t = at(w, "t");
    struct wr_activity *more = wr_activity_new(w->instance, t->parent, t->node,
                                               -1);

    more->started = true;
    wr_activity_key(w->instance, more, 99);
    expect(w, "'t': active, but not in the history");
}
END_TEST

START_TEST(a_moved_token_is_seen)
{
    struct world *w = waiting();

    at(w, "t")->node = at(w, "sub")->node;
    expect(w, "another activity");
}
END_TEST

START_TEST(a_lost_task_is_seen)
{
    struct world *w = waiting();

    wr_wait_drop(w->instance, at(w, "t")->waits);
    expect(w, "one is lost");
}
END_TEST

START_TEST(a_task_of_somebody_else_is_seen)
{
    struct world *w = waiting();

    at(w, "t")->waits->task.assignee = "eve";
    expect(w, "whose task");
}
END_TEST

START_TEST(a_variable_of_another_value_is_seen)
{
    struct world *w = waiting();

    wr_var_put(w->instance, w->instance->root, "a", wr_value_int(w->arena, 2));
    expect(w, "variable 'a'");
}
END_TEST

START_TEST(a_lost_variable_is_seen)
{
    struct world *w = waiting();

    ck_assert(wr_var_remove(w->instance->root, "a"));
    expect(w, "variable 'a' is gone");
}
END_TEST

START_TEST(another_number_of_iterations_is_seen)
{
    struct world *w = waiting();

    at(w, "u")->loop->total = 3;
    expect(w, "number of iterations");
}
END_TEST

static struct world *
until_late(void)
{
    struct world *w = world_new(
        "<startEvent id='s'/><intermediateCatchEvent id='late'>"
        "<timerEventDefinition><timeDuration>PT1H</timeDuration>"
        "</timerEventDefinition></intermediateCatchEvent>{s>late}");

    world_start(w, NULL);

    return w;
}

START_TEST(a_timer_of_another_instant_is_seen)
{
    struct world *w = until_late();

    at(w, "late")->waits->timer.due_at++;
    expect(w, "when its timer is due");
}
END_TEST

/* world_send() compares after each. */
START_TEST(a_timer_that_is_tried_again_has_its_instant)
{
    struct world *w = until_late();
    struct wr_event ev = { .type = WR_EV_TIMER_FAIL,
                           .target = w->timers[0].id,
                           .text = "it broke" };

    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(w->n_incidents, 1);
    w->now += 5000;
    world_resolve(w, "late", false, NULL);
    ck_assert_int_eq(w->timers[0].due_at, w->now);
    world_fire(w, "late");
    world_expect_state(w, WR_COMPLETED);
    world_free(w);
}
END_TEST

/* What a worker would be told by, skipped: the task goes on without it. */
START_TEST(the_timer_of_a_listener_is_tried_again_or_skipped)
{
    struct world *w = world_new(
        "<startEvent id='s'/><userTask id='t'><extensionElements>"
        "<camunda:taskListener event='timeout' class='Late'>"
        "<timerEventDefinition><timeCycle>R/PT1H</timeCycle>"
        "</timerEventDefinition></camunda:taskListener>"
        "</extensionElements></userTask><endEvent id='a'/><endEvent id='b'/>"
        "{s>t; t>a if x; t>b if y}");
    struct wr_event ev = { .type = WR_EV_TIMER_FAIL, .text = "it broke" };

    world_start(w, NULL);
    ev.target = w->timers[0].id;
    ck_assert_int_eq(world_send(w, ev), 0);
    world_resolve(w, "t", false, NULL);
    ck_assert_int_eq(w->timers[0].due_at, w->now);
    ck_assert_int_eq(world_send(w, ev), 0);
    ck_assert_int_eq(w->n_incidents, 1);
    world_resolve(w, "t", true, NULL);
    ck_assert_int_eq(w->n_incidents, 0);
    ck_assert_int_eq(w->n_timers, 0);
    ck_assert_int_eq(w->n_tasks, 1);
    world_free(w);
}
END_TEST

static const char joining[] =
    "<startEvent id='s'/><parallelGateway id='f'/><userTask id='t'/>"
    "<parallelGateway id='j'/><endEvent id='e'/> {s>f; f>j; f>t; t>j; j>e}";

/* One token more or less in front of the join. */
START_TEST(another_number_of_tokens_at_a_join_is_seen)
{
    struct world *w = world_new(joining);
    struct wr_activity *root;

    world_start(w, "{}");
    root = w->instance->root;
    ck_assert_int_eq(root->n_queues, 1);
    wr_queue_add(w->instance, root, root->queues[0].flow, _i ? 1 : -1);
    expect(w, "tokens by flow");
}
END_TEST

static const char undoing[] =
    "<startEvent id='s'/><task id='done'/><userTask id='t'/>"
    "<boundaryEvent id='b' attachedToRef='done'><compensateEventDefinition/>"
    "</boundaryEvent><userTask id='h' isForCompensation='true'/>"
    "<association id='a' sourceRef='b' targetRef='h'/> {s>done; done>t}";

START_TEST(a_lost_entry_of_the_log_is_seen)
{
    struct world *w = world_new(undoing);

    world_start(w, "{}");
    ck_assert_ptr_nonnull(w->instance->root->log);
    w->instance->root->log = NULL;
    expect(w, "'done': noted 0 times to be compensated, by the history 1");
}
END_TEST

static const char watched[] =
    "<startEvent id='s'/><userTask id='t'/><endEvent id='e'/> {s>t; t>e}"
    "<boundaryEvent id='b' attachedToRef='t' cancelActivity='false'>"
    "<conditionalEventDefinition><condition>=n &gt; 1</condition>"
    "</conditionalEventDefinition></boundaryEvent><endEvent id='z'/> {b>z}";

START_TEST(a_condition_that_is_lost_or_held_is_seen)
{
    struct world *w = world_new(watched);

    world_start(w, "{\"n\": 0}");
    w->instance->conditions->met = true;
    expect(w, "whether its condition held");
    w = world_new(watched);
    world_start(w, "{\"n\": 0}");
    wr_wait_drop(w->instance, w->instance->conditions);
    expect(w, "one is lost");
}
END_TEST

START_TEST(another_state_is_seen)
{
    struct world *w = waiting();

    w->instance->state = WR_SUSPENDED;
    expect(w, "by its history active");
}
END_TEST

START_TEST(a_row_that_is_missing_is_seen)
{
    struct world *w = waiting();
    struct wr_history_row row = w->effects->history;

    row.seq = w->row.rev + 2;
    ck_assert_int_eq(wr_replay_add(w->replay, w->model, &row, &w->err),
                     WR_ECORRUPT);
    row.seq = w->row.rev + 1; /* what began once begins again */
    ck_assert_int_eq(wr_replay_add(w->replay, w->model, &row, &w->err),
                     WR_ECORRUPT);
    world_free(w);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("replay");

    tcase_add_test(tc, a_lost_token_is_seen);
    tcase_add_test(tc, an_invented_token_is_seen);
    tcase_add_test(tc, a_moved_token_is_seen);
    tcase_add_test(tc, a_lost_task_is_seen);
    tcase_add_test(tc, a_task_of_somebody_else_is_seen);
    tcase_add_test(tc, a_variable_of_another_value_is_seen);
    tcase_add_test(tc, a_lost_variable_is_seen);
    tcase_add_test(tc, another_number_of_iterations_is_seen);
    tcase_add_test(tc, a_timer_of_another_instant_is_seen);
    tcase_add_test(tc, a_timer_that_is_tried_again_has_its_instant);
    tcase_add_test(tc, the_timer_of_a_listener_is_tried_again_or_skipped);
    tcase_add_loop_test(tc, another_number_of_tokens_at_a_join_is_seen, 0, 2);
    tcase_add_test(tc, a_lost_entry_of_the_log_is_seen);
    tcase_add_test(tc, a_condition_that_is_lost_or_held_is_seen);
    tcase_add_test(tc, another_state_is_seen);
    tcase_add_test(tc, a_row_that_is_missing_is_seen);

    return t_main("replay", tc, NULL);
}
