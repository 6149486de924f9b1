/* Processes that go on for ever without waiting (S1). */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

#define FLOW(id, from, to) \
    "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define CAMUNDA "xmlns:camunda='http://camunda.org/schema/1.0/bpmn' "

static const char circle[] = "<startEvent id='s'/><exclusiveGateway id='x'/>"
                             "<exclusiveGateway id='y'/>" FLOW("f1", "s", "x")
                                 FLOW("f2", "x", "y") FLOW("f3", "y", "x");
/* Each time around it is a job. */
static const char jobs[] =
    "<startEvent id='s'/><exclusiveGateway id='x' " CAMUNDA
    "camunda:asyncBefore='true'/><exclusiveGateway id='y'/>" FLOW(
        "f1", "s", "x") FLOW("f2", "x", "y") FLOW("f3", "y", "x");
/* What it calls each time around has ended at once. */
static const char calls[] =
    "<startEvent id='s'/><callActivity id='x' calledElement='other'/>"
    "<exclusiveGateway id='y'/>" FLOW("f1", "s", "x") FLOW("f2", "x", "y")
        FLOW("f3", "y", "x");
/* Each instance starts the next by a signal, and ends. */
static const char signals[] =
    "<startEvent id='s'><signalEventDefinition signalRef='again'/></startEvent>"
    "<startEvent id='first'/><endEvent id='x'>"
    "<signalEventDefinition signalRef='again'/></endEvent>" FLOW("f1", "s", "x")
        FLOW("f2", "first", "x");

static struct wr_command
starts(const struct rig *r)
{
    return (struct wr_command){ .event = { .type = WR_EV_START },
                                .definition = "p",
                                .tenant = r->tenant,
                                .if_rev = -1 };
}

static void
says_where(const struct rig *r, int code)
{
    ck_assert_int_eq(code, WR_ELIMIT);
    ck_assert_msg(strstr(r->err.text, "'p' runs without end: at '")
                      && strstr(r->err.text, "elements had run"),
                  "%s", r->err.text);
}

static const char *const endless[] = { circle, jobs, calls, signals };

START_TEST(what_is_played_ends_with_an_error)
{
    struct wr_runtime_options o = { .step_budget = 20, .most_elements = 2000 };
    struct wr_command c;
    struct wr_outcome out;
    struct rig r;
    int ran, code;

    rig_open(&r, "memory:", &o);
    rig_deploy(&r, wr_arena_printf(r.arena,
                                   "%s</process><signal id='again' "
                                   "name='again'/><process id='other' "
                                   "isExecutable='true'><startEvent id='o'/>",
                                   endless[_i]));
    c = starts(&r);
    code = wr_runtime_call(r.rt, &c, r.arena, &out, &r.err);
    if (code == 0)
        code = wr_runtime_run_due(r.rt, INT32_MAX, &ran, &r.err);
    says_where(&r, code);
    says_where(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    wr_runtime_go_on(r.rt);
    rig_deploy(&r, rig_one_task);
    (void)rig_start(&r, "p");
    rig_close(&r);
}
END_TEST

/* ---- on a server ---- */

static void
wait_for_steps(struct rig *r, int64_t more)
{
    const struct timespec moment = { .tv_nsec = 1000000 };
    struct wr_runtime_stats stats;
    int64_t to;

    wr_runtime_stats(r->rt, &stats);
    to = (int64_t)stats.steps + more;
    while ((int64_t)stats.steps < to) {
        nanosleep(&moment, NULL);
        wr_runtime_stats(r->rt, &stats);
    }
}

static long
resident_kib(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long all, resident;

    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fscanf(f, "%ld %ld", &all, &resident), 2);
    fclose(f);

    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* It goes on there, beside all others and in the same memory, until somebody
 * cancels it. */
START_TEST(a_server_goes_on_with_it_in_the_same_memory)
{
    struct wr_runtime_options o = { .threaded = true, .step_budget = 1000 };
    struct wr_command c = { .event = { .type = WR_EV_CANCEL }, .if_rev = -1 };
    struct wr_outcome out;
    struct rig r;
    long before;

    rig_open(&r, NULL, &o);
    rig_deploy(&r, circle);
    c.instance = rig_start(&r, "p");
    wait_for_steps(&r, 50);
    before = resident_kib();
    wait_for_steps(&r, 400);
#ifndef __SANITIZE_ADDRESS__ /* that keeps what was freed */
    ck_assert_int_lt(resident_kib() - before, 8192);
#endif
    rig_deploy(&r, rig_one_task);
    (void)rig_start(&r, "p");
    c.tenant = r.tenant;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    ck_assert_int_eq(rig_instance(&r, &c.instance).state, WR_CANCELED);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *played = tcase_create("played"), *served = tcase_create("served");

    tcase_add_loop_test(played, what_is_played_ends_with_an_error, 0,
                        WR_COUNT(endless));
    tcase_add_test(served, a_server_goes_on_with_it_in_the_same_memory);
    tcase_set_timeout(served, 60);

    return t_main("endless", played, served, NULL);
}
