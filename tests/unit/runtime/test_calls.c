/* Called processes: two instances, one commit (SEMANTICS S4, S24). */
#include <string.h>

#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

#define HEAD                                                     \
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/" \
    "MODEL' xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' "  \
    "xmlns:camunda='http://camunda.org/schema/1.0/bpmn' "        \
    "targetNamespace='t'><error id='oops' errorCode='oops'/>"
#define PROCESS(id, body) \
    "<process id='" id "' isExecutable='true'>" body "</process>"
#define FLOW(id, from, to) \
    "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define CALL(id, key) "<callActivity id='" id "' calledElement='" key "'/>"

static const char with_task[] = PROCESS(
    "child", "<startEvent id='s'/><userTask id='t'/><endEvent id='e'/>" FLOW(
                 "f1", "s", "t") FLOW("f2", "t", "e"));
static const char calls_one[] = PROCESS(
    "p", "<startEvent id='s'/>" CALL("c", "child") "<endEvent id='e'/>" FLOW(
             "f1", "s", "c") FLOW("f2", "c", "e"));
/* The call beside a task of the caller's own. */
static const char calls_beside[] = PROCESS(
    "p",
    "<startEvent id='s'/>" CALL(
        "c", "child") "<userTask id='own'/><endEvent id='e'/>" FLOW("f1", "s",
                                                                    "c")
        FLOW("f2", "s", "own") FLOW("f3", "c", "e"));
static const char calls_itself[] = PROCESS(
    "p", "<startEvent id='s'/>" CALL("c", "p") FLOW("f1", "s", "c"));
static const char calls_two[] = PROCESS(
    "p",
    "<startEvent id='s'/>" CALL("c1", "child")
        CALL("c2", "child") "<parallelGateway id='j'/><endEvent id='e'/>" FLOW(
            "f1", "s", "c1") FLOW("f2", "s", "c2") FLOW("f3", "c1", "j")
            FLOW("f4", "c2", "j") FLOW("f5", "j", "e"));
static const char calls_many[] = PROCESS(
    "p", "<startEvent id='s'/><callActivity id='c' calledElement='child'>"
         "<multiInstanceLoopCharacteristics><loopCardinality>300"
         "</loopCardinality></multiInstanceLoopCharacteristics></callActivity>"
         "<endEvent id='e'/>" FLOW("f1", "s", "c") FLOW("f2", "c", "e"));
/* A child that ends at once, called 900 times in a circle; it counts. */
static const char circle[] = PROCESS(
    "p", "<startEvent id='s'/><callActivity id='c'>"
         "<extensionElements><zeebe:calledElement processId='count'/>"
         "</extensionElements></callActivity>"
         "<exclusiveGateway id='g' default='f4'/><endEvent id='e'/>" FLOW(
             "f1", "s", "c")
             FLOW("f2", "c",
                  "g") "<sequenceFlow id='f3' sourceRef='g' targetRef='c'>"
                       "<conditionExpression>=n &lt; 900</conditionExpression>"
                       "</sequenceFlow>" FLOW("f4", "g", "e"));
static const char counts[] = PROCESS(
    "count", "<startEvent id='s'/><scriptTask id='t'>"
             "<extensionElements><zeebe:script expression='=n + 1' "
             "resultVariable='n'/></extensionElements></scriptTask>" FLOW(
                 "f1", "s", "t"));
static const char catches[] = PROCESS(
    "p",
    "<startEvent id='s'/>" CALL(
        "c", "child") "<boundaryEvent id='b' attachedToRef='c'>"
                      "<errorEventDefinition errorRef='oops'/></boundaryEvent>"
                      "<userTask id='caught'/><endEvent id='e'/>" FLOW("f1",
                                                                       "s", "c")
                          FLOW("f2", "c", "e") FLOW("f3", "b", "caught"));
/* In between: neither catches nor throws. */
static const char passes_on[] = PROCESS(
    "p",
    "<startEvent id='s'/>" CALL(
        "c", "middle") "<boundaryEvent id='b' attachedToRef='c'>"
                       "<errorEventDefinition errorRef='oops'/></boundaryEvent>"
                       "<userTask id='caught'/>" FLOW("f1", "s", "c")
                           FLOW("f3", "b", "caught"));
static const char middle[] = PROCESS(
    "middle", "<startEvent id='s'/>" CALL("c", "child") FLOW("f1", "s", "c"));

static const char *const urls[] = { NULL, "memory:" };

/* A file each; NULL: one only. */
static void
deploy(struct rig *r, const char *one, const char *two)
{
    const char *xml[] = { one, two };
    struct wr_deployed d;
    struct wr_file f[2];
    int n = 0;

    for (int k = 0; k < 2 && xml[k]; k++) {
        const char *text = wr_arena_printf(r->arena, HEAD "%s</definitions>",
                                           xml[k]);

        f[n++] = (struct wr_file){ k ? "two.bpmn" : "one.bpmn", text,
                                   strlen(text) };
    }
    must(r, wr_runtime_deploy(
                r->rt, f, n, &(struct wr_deploy_options){ .tenant = r->tenant },
                r->arena, &d, &r->err));
}

static struct wr_rows
called(struct rig *r, const struct wr_uuid *parent)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = r->tenant,
                          .parent = parent,
                          .state = -1,
                          .limit = 1000 };
    struct wr_rows rows;

    must(r, wr_runtime_find(r->rt, &q, r->arena, &rows, &r->err));

    return rows;
}

static struct wr_uuid
only_called(struct rig *r, const struct wr_uuid *parent)
{
    struct wr_rows rows = called(r, parent);

    ck_assert_uint_eq(rows.n, 1);

    return rows.instances[0].id;
}

static int
act(struct rig *r, const struct wr_uuid *instance, struct wr_event ev)
{
    struct wr_command c = {
        .event = ev, .tenant = r->tenant, .instance = *instance, .if_rev = -1
    };
    struct wr_outcome out;

    return wr_runtime_call(r->rt, &c, r->arena, &out, &r->err);
}

static void
check_state(struct rig *r, const struct wr_uuid *id, enum wr_instance_state s)
{
    ck_assert_str_eq(wr_instance_state_name(rig_instance(r, id).state),
                     wr_instance_state_name(s));
    rig_check_history(r, id);
}

START_TEST(caller_and_called_end_together)
{
    struct wr_instance_row row;
    struct wr_uuid p, c;
    struct rig r;

    rig_open(&r, urls[_i], NULL);
    deploy(&r, calls_one, with_task);
    p = rig_start(&r, "p");
    c = only_called(&r, &p);
    row = rig_instance(&r, &c);
    ck_assert(wr_uuid_equal(&row.root, &p));
    ck_assert_int_eq(wr_uuid_bucket(&c), wr_uuid_bucket(&p));
    row = rig_instance(&r, &p);
    ck_assert(wr_uuid_is_zero(&row.parent));
    check_state(&r, &p, WR_ACTIVE);
    rig_complete(&r, &c, "t");
    check_state(&r, &c, WR_COMPLETED);
    check_state(&r, &p, WR_COMPLETED);
    rig_close(&r);
}
END_TEST

static struct wr_event
set_variable(struct rig *r)
{
    struct wr_entry e = { "x", wr_value_int(r->arena, 1) };

    return (struct wr_event){ .type = WR_EV_SET_VARIABLES,
                              .variables = wr_value_context(r->arena, &e, 1) };
}

/* Another process changed the caller, then the called, that we remember. */
START_TEST(a_conflict_of_one_is_a_conflict_of_both)
{
    struct wr_runtime_stats stats;
    struct rig one, two;
    struct wr_uuid p, c;

    rig_open(&one, NULL, NULL);
    rig_open_second(&two, &one);
    deploy(&one, calls_one, with_task);
    for (int changed = 0; changed < 2; changed++) {
        p = rig_start(&one, "p");
        c = only_called(&one, &p);
        must(&two, act(&two, changed ? &c : &p, set_variable(&two)));
        rig_complete(&one, &c, "t");
        check_state(&one, &c, WR_COMPLETED);
        check_state(&one, &p, WR_COMPLETED);
    }
    wr_runtime_stats(one.rt, &stats);
    ck_assert_int_eq(stats.conflicts, 4); /* both items, both times */
    rig_close(&two);
    rig_close(&one);
}
END_TEST

/* Start what calls; the `n` that are called. */
static struct wr_rows
start_callers(struct rig *r, const char *url, const char *caller, size_t n,
              struct wr_uuid *p)
{
    struct wr_rows rows;

    rig_open(r, url, NULL);
    deploy(r, caller, with_task);
    *p = rig_start(r, "p");
    rows = called(r, p);
    ck_assert_uint_eq(rows.n, n);

    return rows;
}

/* Two called processes end in one batch: one group of three. */
START_TEST(siblings_end_in_one_batch)
{
    struct wr_call calls[2] = { 0 };
    struct wr_runtime_stats before, after;
    struct wr_rows rows;
    struct wr_uuid p;
    struct rig r;

    rows = start_callers(&r, urls[_i], calls_two, 2, &p);
    for (int k = 0; k < 2; k++)
        calls[k].command = (struct wr_command){
            .event = { .type = WR_EV_TASK_COMPLETE,
                       .target = rig_task(&r, &rows.instances[k].id, "t") },
            .tenant = r.tenant,
            .if_rev = -1
        };
    wr_runtime_stats(r.rt, &before);
    wr_runtime_call_many(r.rt, calls, 2, r.arena);
    wr_runtime_stats(r.rt, &after);
    for (int k = 0; k < 2; k++) {
        ck_assert_int_eq(calls[k].err.code, WR_OK);
        check_state(&r, &rows.instances[k].id, WR_COMPLETED);
    }
    check_state(&r, &p, WR_COMPLETED);
    ck_assert_int_eq(after.batches - before.batches, 1);
    rig_close(&r);
}
END_TEST

START_TEST(many_are_called_and_cancelled)
{
    struct wr_rows rows;
    struct wr_uuid p;
    struct rig r;

    rows = start_callers(&r, urls[_i], calls_many, 300, &p);
    /* one alone: an iteration less */
    must(&r, act(&r, &rows.instances[7].id,
                 (struct wr_event){ .type = WR_EV_CANCEL }));
    check_state(&r, &p, WR_ACTIVE);
    ck_assert_uint_eq(rig_rows(&r, WR_TASKS, NULL).n, 299);
    must(&r, act(&r, &p, (struct wr_event){ .type = WR_EV_CANCEL }));
    check_state(&r, &p, WR_CANCELED);
    for (size_t k = 0; k < rows.n; k++)
        check_state(&r, &rows.instances[k].id, WR_CANCELED);
    ck_assert_uint_eq(rig_rows(&r, WR_TASKS, NULL).n, 0);
    rig_close(&r);
}
END_TEST

/* More calls than one batch takes: it goes on in the next. */
START_TEST(calls_in_a_circle_come_to_an_end)
{
    struct wr_runtime_options o = { .reload_always = _i > 0 };
    struct wr_entry n;
    struct wr_command c = { .event = { .type = WR_EV_START },
                            .definition = "p",
                            .if_rev = -1 };
    struct wr_outcome out;
    struct rig r;

    rig_open(&r, "memory:", &o);
    deploy(&r, circle, counts);
    n = (struct wr_entry){ "n", wr_value_int(r.arena, 0) };
    c.tenant = r.tenant;
    c.event.variables = wr_value_context(r.arena, &n, 1);
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    check_state(&r, &out.created, WR_COMPLETED);
    ck_assert_uint_eq(called(&r, &out.created).n, 900);
    ck_assert_uint_eq(rig_rows(&r, WR_JOBS, NULL).n, 0);
    ck_assert_uint_eq(rig_rows(&r, WR_TIMERS, NULL).n, 0);
    rig_close(&r);
}
END_TEST

/* A process that calls itself stops with an incident; its end ends all. */
START_TEST(calls_are_not_nested_for_ever)
{
    struct wr_rows incidents;
    struct wr_uuid top, at;
    struct rig r;
    int depth = 0;

    rig_open(&r, urls[_i], NULL);
    deploy(&r, calls_itself, NULL);
    at = top = rig_start(&r, "p");
    for (struct wr_rows rows; (rows = called(&r, &at)).n > 0; depth++)
        at = rows.instances[0].id;
    ck_assert_int_eq(depth, WR_CALL_DEPTH);
    incidents = rig_rows(&r, WR_INCIDENTS, NULL);
    ck_assert_uint_eq(incidents.n, 1);
    ck_assert_str_eq(incidents.incidents[0].type, "called-definition");
    ck_assert(wr_uuid_equal(&incidents.incidents[0].instance, &at));
    must(&r, act(&r, &top, (struct wr_event){ .type = WR_EV_CANCEL }));
    check_state(&r, &at, WR_CANCELED);
    check_state(&r, &top, WR_CANCELED);
    rig_close(&r);
}
END_TEST

START_TEST(what_is_not_there_can_be_deployed)
{
    struct wr_rows incidents;
    struct wr_uuid p;
    struct rig r;

    rig_open(&r, urls[_i], NULL);
    deploy(&r, calls_one, NULL);
    p = rig_start(&r, "p");
    incidents = rig_rows(&r, WR_INCIDENTS, &p);
    ck_assert_uint_eq(incidents.n, 1);
    ck_assert_str_eq(incidents.incidents[0].type, "called-definition");
    deploy(&r, with_task, NULL);
    must(&r, act(&r, &p,
                 (struct wr_event){ .type = WR_EV_INCIDENT_RESOLVE,
                                    .target = incidents.incidents[0].id }));
    ck_assert_uint_eq(called(&r, &p).n, 1);
    ck_assert_int_eq(rig_instance(&r, &p).incidents, 0);
    rig_close(&r);
}
END_TEST

/* Cancelling the called one takes its call activity along, and the caller when
 * nothing else is left of it. */
START_TEST(cancelling_goes_up)
{
    struct wr_uuid p, c;
    struct rig r;

    rig_open(&r, urls[_i], NULL);
    deploy(&r, calls_one, with_task);
    p = rig_start(&r, "p");
    c = only_called(&r, &p);
    must(&r, act(&r, &c, (struct wr_event){ .type = WR_EV_CANCEL }));
    check_state(&r, &c, WR_CANCELED);
    check_state(&r, &p, WR_CANCELED);

    deploy(&r, calls_beside, NULL);
    p = rig_start(&r, "p");
    c = only_called(&r, &p);
    must(&r, act(&r, &c, (struct wr_event){ .type = WR_EV_CANCEL }));
    check_state(&r, &p, WR_ACTIVE);
    rig_complete(&r, &p, "own");
    check_state(&r, &p, WR_COMPLETED);
    rig_close(&r);
}
END_TEST

static void
throw_from(struct rig *r, const struct wr_uuid *child, const char *code)
{
    must(r, act(r, child,
                (struct wr_event){ .type = WR_EV_TASK_ERROR,
                                   .target = rig_task(r, child, "t"),
                                   .text = code }));
}

/* An error of a task is one for the callers when one of them catches it. */
START_TEST(errors_leave_for_who_catches_them)
{
    struct wr_uuid p, m, c;
    struct rig r;

    rig_open(&r, urls[_i], NULL);
    deploy(&r, catches, with_task);
    p = rig_start(&r, "p");
    c = only_called(&r, &p);
    throw_from(&r, &c, "other");
    check_state(&r, &c, WR_ACTIVE); /* an incident: nobody catches it */
    ck_assert_uint_eq(rig_rows(&r, WR_INCIDENTS, &c).n, 1);

    p = rig_start(&r, "p");
    c = only_called(&r, &p);
    throw_from(&r, &c, "oops");
    check_state(&r, &c, WR_FAILED);
    rig_complete(&r, &p, "caught");
    check_state(&r, &p, WR_COMPLETED);

    deploy(&r, passes_on, middle);
    p = rig_start(&r, "p");
    m = only_called(&r, &p);
    c = only_called(&r, &m);
    throw_from(&r, &c, "oops");
    check_state(&r, &c, WR_FAILED);
    check_state(&r, &m, WR_FAILED);
    rig_complete(&r, &p, "caught");
    check_state(&r, &p, WR_COMPLETED);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("calls (rows 84 85)");
    int n = WR_COUNT(urls);

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, caller_and_called_end_together, 0, n);
    tcase_add_test(tc, a_conflict_of_one_is_a_conflict_of_both);
    tcase_add_loop_test(tc, siblings_end_in_one_batch, 0, n);
    tcase_add_loop_test(tc, many_are_called_and_cancelled, 0, n);
    tcase_add_loop_test(tc, calls_in_a_circle_come_to_an_end, 0, 2);
    tcase_add_loop_test(tc, calls_are_not_nested_for_ever, 0, n);
    tcase_add_loop_test(tc, what_is_not_there_can_be_deployed, 0, n);
    tcase_add_loop_test(tc, cancelling_goes_up, 0, n);
    tcase_add_loop_test(tc, errors_leave_for_who_catches_them, 0, n);

    return t_main("calls", tc, NULL);
}
