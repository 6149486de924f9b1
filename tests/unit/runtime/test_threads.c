/* Threads that call one runtime: batches of several, one instance of all. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/runtime/rig.h"

enum {
    THREADS = 8,
    EACH = 20
};

struct worker {
    struct rig *rig;
    struct wr_uuid tasks[EACH];
    int failed;
};

static void *
start_and_complete(void *data)
{
    struct worker *w = data;

    for (int i = 0; i < EACH; i++) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
        struct wr_command s = { .event = { .type = WR_EV_START },
                                .definition = "p",
                                .tenant = w->rig->tenant,
                                .if_rev = -1 };
        struct wr_command c;
        struct wr_outcome out;
        struct wr_err err;

        if (wr_runtime_call(w->rig->rt, &s, a, &out, &err) < 0) {
            w->failed++;
            continue;
        }
        c = rig_completion(w->rig, &out.effects.tasks[0].row.id);
        w->failed += wr_runtime_call(w->rig->rt, &c, a, &out, &err) < 0
                     || out.instance.state != WR_COMPLETED;
    }

    return NULL;
}

static void *
complete_own(void *data)
{
    struct worker *w = data;

    for (int i = 0; i < EACH; i++) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
        struct wr_command c = rig_completion(w->rig, &w->tasks[i]);
        struct wr_outcome out;
        struct wr_err err;

        w->failed += wr_runtime_call(w->rig->rt, &c, a, &out, &err) < 0;
    }

    return NULL;
}

static void
run_threads(struct worker *w, void *(*fn)(void *))
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, fn, &w[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(w[i].failed, 0);
}

START_TEST(threads_share_batches)
{
    struct wr_runtime_options o = { .threaded = true };
    struct worker w[THREADS] = { 0 };
    struct wr_runtime_stats stats;
    struct wr_rows rows;
    struct rig r;

    rig_open(&r, _i ? "memory:" : NULL, &o);
    rig_deploy(&r, rig_one_task);
    for (int i = 0; i < THREADS; i++)
        w[i].rig = &r;
    run_threads(w, start_and_complete);
    wr_runtime_stats(r.rt, &stats);
    ck_assert_int_eq(stats.commands, 2 * THREADS * EACH);
    ck_assert_int_lt(stats.batches, stats.commands);
    rows = rig_rows(&r, WR_INSTANCES, NULL);
    ck_assert_uint_eq(rows.n, THREADS * EACH);
    for (size_t i = 0; i < rows.n; i++) {
        ck_assert_int_eq(rows.instances[i].state, WR_COMPLETED);
        rig_check_history(&r, &rows.instances[i].id);
    }
    rig_close(&r);
}
END_TEST

/* THREADS * EACH branches of one instance, completed at once. */
START_TEST(threads_share_one_instance)
{
    struct wr_runtime_options o = { .threaded = true };
    struct worker w[THREADS] = { 0 };
    struct wr_runtime_stats stats;
    struct wr_str body;
    struct wr_rows rows;
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, NULL, &o);
    body = (struct wr_str){ .arena = r.arena };
    wr_str_add(&body, "<startEvent id='s'/><parallelGateway id='g'/>"
                      "<parallelGateway id='j'/><endEvent id='e'/>"
                      "<sequenceFlow id='x' sourceRef='s' targetRef='g'/>"
                      "<sequenceFlow id='y' sourceRef='j' targetRef='e'/>");
    for (int i = 0; i < THREADS * EACH; i++)
        wr_str_printf(&body,
                      "<userTask id='t%d'/>"
                      "<sequenceFlow id='a%d' sourceRef='g' targetRef='t%d'/>"
                      "<sequenceFlow id='b%d' sourceRef='t%d' targetRef='j'/>",
                      i, i, i, i, i);
    rig_deploy(&r, wr_str_text(&body));
    id = rig_start(&r, "p");
    rows = rig_rows(&r, WR_TASKS, &id);
    ck_assert_uint_eq(rows.n, THREADS * EACH);
    for (int i = 0; i < THREADS * EACH; i++) {
        w[i / EACH].rig = &r;
        w[i / EACH].tasks[i % EACH] = rows.tasks[i].id;
    }
    run_threads(w, complete_own);
    wr_runtime_stats(r.rt, &stats);
    ck_assert_int_eq(stats.conflicts, 0);
    ck_assert_int_lt(stats.batches, THREADS * EACH);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    rig_check_history(&r, &id);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("threads");

    tcase_add_loop_test(tc, threads_share_batches, 0, 2);
    tcase_add_test(tc, threads_share_one_instance);
    tcase_set_timeout(tc, 60);

    return t_main("threads", tc, NULL);
}
