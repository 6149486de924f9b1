/* What is refused for being too much (base/limit.h), on every way in. */

#include <string.h>

#include "engine/base/limit.h"
#include "engine/project/projector.h"
#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

static struct wr_runtime_options
limited(enum wr_limit id, int64_t most)
{
    struct wr_runtime_options o = { 0 };

    o.limits.most[id] = most;

    return o;
}

static void
open_limited(struct rig *r, enum wr_limit id, int64_t most)
{
    struct wr_runtime_options o = limited(id, most);

    rig_open(r, NULL, &o);
}

static const struct wr_value *
text_of(struct rig *r, size_t n)
{
    char *s = wr_arena_alloc(r->arena, n + 1);

    memset(s, 'x', n);
    s[n] = '\0';

    return wr_value_string(r->arena, s);
}

static const struct wr_value *
one(struct rig *r, const char *name, const struct wr_value *v)
{
    const struct wr_entry e = { name, v };

    return wr_value_context(r->arena, &e, 1);
}

static int
call(struct rig *r, struct wr_command c, struct wr_outcome *out)
{
    c.tenant = r->tenant;
    c.if_rev = -1;

    return wr_runtime_call(r->rt, &c, r->arena, out, &r->err);
}

static int
start_with(struct rig *r, const struct wr_value *variables, struct wr_uuid *id)
{
    struct wr_outcome out = { 0 };
    int code = call(r,
                    (struct wr_command){ .event = { .type = WR_EV_START,
                                                    .variables = variables },
                                         .definition = "p" },
                    &out);

    if (id)
        *id = out.created;

    return code;
}

static int
set(struct rig *r, const struct wr_uuid *id, const char *name,
    const struct wr_value *v)
{
    struct wr_outcome out;

    return call(r,
                (struct wr_command){ .event = { .type = WR_EV_SET_VARIABLES,
                                                .variables = one(r, name, v) },
                                     .instance = *id },
                &out);
}

/* The refusal says which setting, what it allows and what there was. */
static void
expect_limit(const struct rig *r, enum wr_limit id, int64_t most, int64_t met)
{
    ck_assert_int_eq(wr_limit_of(&r->err), (int)id);
    ck_assert_int_eq(r->err.most, most);
    ck_assert_int_eq(r->err.met, met);
    ck_assert_ptr_nonnull(strstr(r->err.text, wr_limit_setting(id)));
}

/* ---- values ---- */

START_TEST(a_value_that_comes_in_is_refused)
{
    int64_t counted = wr_limit_counted(WR_LIMIT_VALUE);
    struct wr_outcome out;
    struct wr_command c;
    struct wr_uuid id;
    struct rig r;
    int64_t rev;

    open_limited(&r, WR_LIMIT_VALUE, 1024);
    rig_deploy(&r, rig_one_task);
    ck_assert_int_eq(start_with(&r, one(&r, "v", text_of(&r, 2000)), NULL),
                     WR_ELIMIT);
    expect_limit(&r, WR_LIMIT_VALUE, 1024, 2002);
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 0);
    ck_assert_int_eq(start_with(&r, one(&r, "v", text_of(&r, 1022)), &id), 0);
    rev = rig_instance(&r, &id).rev;
    ck_assert_int_eq(set(&r, &id, "v", text_of(&r, 1023)), WR_ELIMIT);
    expect_limit(&r, WR_LIMIT_VALUE, 1024, 1025);
    c = rig_completion(&r, &(struct wr_uuid){ 0 });
    c.event.target = rig_task(&r, &id, "t");
    c.event.variables = one(&r, "w", text_of(&r, 5000));
    ck_assert_int_eq(call(&r, c, &out), WR_ELIMIT);
    expect_limit(&r, WR_LIMIT_VALUE, 1024, 5002);
    ck_assert_int_eq(rig_instance(&r, &id).rev, rev);
    c.event.variables = NULL;
    ck_assert_int_eq(call(&r, c, &out), 0);
    ck_assert_int_eq(wr_limit_counted(WR_LIMIT_VALUE) - counted, 3);
    rig_close(&r);
}
END_TEST

static const char grows[] =
    "<startEvent id='s'/><scriptTask id='x'><extensionElements>"
    "<zeebe:script expression='=v + v' resultVariable='w'/>"
    "</extensionElements></scriptTask><endEvent id='e'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='x'/>"
    "<sequenceFlow id='f2' sourceRef='x' targetRef='e'/>";

/* Nobody is there to be told: it stops where it is, and goes on when there is
 * less. */
START_TEST(a_value_that_a_script_gives_is_an_incident)
{
    int64_t counted = wr_limit_counted(WR_LIMIT_VALUE);
    struct wr_incident_row why;
    struct wr_outcome out;
    struct wr_uuid id;
    struct rig r;

    open_limited(&r, WR_LIMIT_VALUE, 1024);
    rig_deploy(&r, grows);
    ck_assert_int_eq(start_with(&r, one(&r, "v", text_of(&r, 900)), &id), 0);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_ACTIVE);
    ck_assert_uint_eq(rig_rows(&r, WR_INCIDENTS, &id).n, 1);
    why = rig_rows(&r, WR_INCIDENTS, &id).incidents[0];
    ck_assert_str_eq(why.type, "expression");
    ck_assert_ptr_nonnull(
        strstr(why.message, "a value: 1802 bytes, and value_max is 1024"));
    ck_assert_int_eq(wr_limit_counted(WR_LIMIT_VALUE) - counted, 1);
    ck_assert_int_eq(
        call(&r,
             (struct wr_command){
                 .event = { .type = WR_EV_INCIDENT_RESOLVE,
                            .target = why.id,
                            .variables = one(&r, "v", text_of(&r, 10)) } },
             &out),
        0);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    rig_close(&r);
}
END_TEST

START_TEST(variables_are_counted)
{
    struct wr_entry e[6];
    struct wr_uuid id;
    struct rig r;
    int64_t rev;

    open_limited(&r, WR_LIMIT_VARIABLES, 5);
    rig_deploy(&r, rig_one_task);
    for (int k = 0; k < 6; k++)
        e[k] = (struct wr_entry){ wr_arena_printf(r.arena, "v%d", k),
                                  &wr_true };
    ck_assert_int_eq(start_with(&r, wr_value_context(r.arena, e, 6), NULL),
                     WR_ELIMIT);
    expect_limit(&r, WR_LIMIT_VARIABLES, 5, 6);
    ck_assert_int_eq(start_with(&r, wr_value_context(r.arena, e, 5), &id), 0);
    rev = rig_instance(&r, &id).rev;
    ck_assert_int_eq(set(&r, &id, "v6", &wr_true), WR_ELIMIT);
    ck_assert_int_eq(set(&r, &id, "v4", &wr_false), 0);
    ck_assert_int_eq(rig_instance(&r, &id).rev, rev + 1);
    rig_close(&r);
}
END_TEST

/* A loop has as many as it needs. */
START_TEST(iterations_are_left_out)
{
    static const char loop[] =
        "<startEvent id='s'/><userTask id='t'>"
        "<multiInstanceLoopCharacteristics><extensionElements>"
        "<zeebe:loopCharacteristics inputCollection='=list' "
        "inputElement='e'/></extensionElements>"
        "</multiInstanceLoopCharacteristics></userTask><endEvent id='e'/>"
        "<sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
        "<sequenceFlow id='f2' sourceRef='t' targetRef='e'/>";
    const struct wr_value *items[100];
    struct rig r;

    open_limited(&r, WR_LIMIT_VARIABLES, 20);
    rig_deploy(&r, loop);
    for (int k = 0; k < 100; k++)
        items[k] = wr_value_int(r.arena, k);
    must(&r, start_with(&r, one(&r, "list", wr_value_list(r.arena, items, 100)),
                        NULL));
    rig_close(&r);
}
END_TEST

/* Those in rows of their own count by what the state says of them: nobody reads
 * them for that. */
START_TEST(variables_are_added_up)
{
    struct wr_uuid id;
    struct rig r;

    open_limited(&r, WR_LIMIT_VARIABLES_SIZE, 10000);
    r.rt->o.reload_always = true;
    rig_deploy(&r, rig_one_task);
    ck_assert_int_eq(start_with(&r, one(&r, "a", text_of(&r, 4000)), &id), 0);
    ck_assert_int_eq(set(&r, &id, "b", text_of(&r, 4000)), 0);
    ck_assert_int_eq(set(&r, &id, "c", text_of(&r, 4000)), WR_ELIMIT);
    expect_limit(&r, WR_LIMIT_VARIABLES_SIZE, 10000, 12009);
    ck_assert_int_eq(set(&r, &id, "b", text_of(&r, 10)), 0);
    ck_assert_int_eq(set(&r, &id, "c", text_of(&r, 4000)), 0);
    rig_close(&r);
}
END_TEST

/* ---- instances ---- */

START_TEST(instances_are_counted)
{
    int64_t counted = wr_limit_counted(_i ? WR_LIMIT_DEFINITION
                                          : WR_LIMIT_INSTANCES);
    enum wr_limit id = _i ? WR_LIMIT_DEFINITION : WR_LIMIT_INSTANCES;
    struct wr_uuid ids[3];
    struct rig r;

    open_limited(&r, id, 3);
    rig_deploy(&r, rig_one_task);
    for (int k = 0; k < 3; k++)
        ck_assert_int_eq(start_with(&r, NULL, &ids[k]), 0);
    ck_assert_int_eq(start_with(&r, NULL, NULL), WR_EFULL);
    expect_limit(&r, id, 3, 3);
    rig_complete(&r, &ids[1], "t");
    ck_assert_int_eq(start_with(&r, NULL, NULL), 0);
    ck_assert_int_eq(start_with(&r, NULL, NULL), WR_EFULL);
    ck_assert_int_eq(wr_limit_counted(id) - counted, 2);
    rig_close(&r);
}
END_TEST

/* Another process counts what is folded, whoever started and ended it; the own
 * ones are not counted twice when they are. */
START_TEST(others_instances_are_counted)
{
    struct wr_runtime_options o = limited(WR_LIMIT_INSTANCES, 3);
    struct wr_uuid ids[2], id;
    struct rig r, second;
    int64_t events;

    rig_open(&r, NULL, &o);
    rig_deploy(&r, rig_one_task);
    rig_open_second(&second, &r);
    second.rt->o.limits = o.limits;
    for (int k = 0; k < 2; k++)
        ck_assert_int_eq(start_with(&r, NULL, &ids[k]), 0);
    must(&r, wr_project_all(r.rt->store, r.rt, 0, &events, &r.err));
    ck_assert_int_eq(start_with(&second, NULL, &id), 0);
    ck_assert_int_eq(start_with(&second, NULL, NULL), WR_EFULL);
    must(&r, wr_project_all(r.rt->store, r.rt, 0, &events, &r.err));
    r.clock.now += 2000;
    second.clock.now += 2000;
    ck_assert_int_eq(start_with(&r, NULL, NULL), WR_EFULL);
    expect_limit(&r, WR_LIMIT_INSTANCES, 3, 3);
    ck_assert_int_eq(start_with(&second, NULL, NULL), WR_EFULL);
    expect_limit(&second, WR_LIMIT_INSTANCES, 3, 3);
    rig_complete(&second, &id, "t");
    must(&r, wr_project_all(r.rt->store, r.rt, 0, &events, &r.err));
    r.clock.now += 2000;
    ck_assert_int_eq(start_with(&r, NULL, NULL), 0);
    rig_close(&second);
    rig_close(&r);
}
END_TEST

static const char timed[] =
    "<startEvent id='s'><timerEventDefinition><timeCycle>R3/PT1H</timeCycle>"
    "</timerEventDefinition></startEvent><userTask id='t'/>"
    "<endEvent id='e'/><sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
    "<sequenceFlow id='f2' sourceRef='t' targetRef='e'/>";

/* A start that nobody asked for waits until there is room. */
START_TEST(a_timers_start_waits_for_room)
{
    struct wr_uuid first;
    struct rig r;
    int n;

    open_limited(&r, WR_LIMIT_INSTANCES, 1);
    rig_deploy(&r, timed);
    r.clock.now += 3600000;
    must(&r, wr_runtime_run_due(r.rt, 100, &n, &r.err));
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 1);
    first = rig_rows(&r, WR_INSTANCES, NULL).instances[0].id;
    r.clock.now += 3600000;
    must(&r, wr_runtime_run_due(r.rt, 100, &n, &r.err));
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 1);
    ck_assert_uint_eq(rig_rows(&r, WR_OUTBOXES, NULL).n, 1);
    rig_complete(&r, &first, "t");
    r.clock.now += 60000;
    must(&r, wr_runtime_run_due(r.rt, 100, &n, &r.err));
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 2);
    ck_assert_uint_eq(rig_rows(&r, WR_OUTBOXES, NULL).n, 0);
    rig_close(&r);
}
END_TEST

/* A signal's starts are owed before they happen: those for which there is no
 * room come later. */
START_TEST(a_signals_start_waits_for_room)
{
    static const char body[] =
        "<startEvent id='s'><signalEventDefinition signalRef='g'/>"
        "</startEvent><userTask id='t'/><endEvent id='e'/>"
        "<sequenceFlow id='f1' sourceRef='s' targetRef='t'/>"
        "<sequenceFlow id='f2' sourceRef='t' targetRef='e'/></process>"
        "<signal id='g' name='go'/><process id='q'>"
        "<startEvent id='x'/>";
    struct wr_signal go = { .name = "go" };
    struct wr_uuid first;
    struct rig r;
    int n;

    open_limited(&r, WR_LIMIT_INSTANCES, 1);
    rig_deploy(&r, body);
    go.tenant = r.tenant;
    must(&r, wr_runtime_signal(r.rt, &go, r.arena, &n, &r.err));
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 1);
    first = rig_rows(&r, WR_INSTANCES, NULL).instances[0].id;
    must(&r, wr_runtime_signal(r.rt, &go, r.arena, &n, &r.err));
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 1);
    ck_assert_uint_eq(rig_rows(&r, WR_OUTBOXES, NULL).n, 1);
    rig_complete(&r, &first, "t");
    r.clock.now += 60000;
    must(&r, wr_runtime_run_due(r.rt, 100, &n, &r.err));
    ck_assert_uint_eq(rig_rows(&r, WR_INSTANCES, NULL).n, 2);
    rig_close(&r);
}
END_TEST

/* ---- rate ---- */

START_TEST(starts_come_at_a_rate)
{
    struct wr_runtime_options o = limited(WR_LIMIT_STARTS, 10);
    struct rig r;
    int n = 0;

    o.starts_burst = _i; /* 0: those of a second */
    rig_open(&r, NULL, &o);
    rig_deploy(&r, rig_one_task);
    while (n < 20 && start_with(&r, NULL, NULL) == 0)
        n++;
    ck_assert_int_eq(n, _i ? _i : 10);
    ck_assert_int_eq(wr_limit_of(&r.err), WR_LIMIT_STARTS);
    ck_assert_int_eq(r.err.code, WR_EFULL);
    r.clock.now += 99;
    ck_assert_int_eq(start_with(&r, NULL, NULL), WR_EFULL);
    r.clock.now += 1;
    ck_assert_int_eq(start_with(&r, NULL, NULL), 0);
    ck_assert_int_eq(start_with(&r, NULL, NULL), WR_EFULL);
    rig_close(&r);
}
END_TEST

/* ---- deployments ---- */

START_TEST(files_are_weighed)
{
    const char *xml;
    struct wr_deployed d;
    struct rig r;

    open_limited(&r, _i ? WR_LIMIT_DEPLOYMENT : WR_LIMIT_FILE, 1000);
    xml = rig_bpmn(&r,
                   wr_arena_printf(r.arena, "<!-- %s -->%s",
                                   text_of(&r, 1000)->string.s, rig_one_task));
    ck_assert_int_eq(
        wr_runtime_deploy(r.rt, &(struct wr_file){ "p.bpmn", xml, strlen(xml) },
                          1, &(struct wr_deploy_options){ .tenant = r.tenant },
                          r.arena, &d, &r.err),
        WR_ELIMIT);
    expect_limit(&r, _i ? WR_LIMIT_DEPLOYMENT : WR_LIMIT_FILE, 1000,
                 (int64_t)strlen(xml));
    rig_deploy(&r, rig_one_task);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("limits (rows 120)");

    tcase_add_test(tc, a_value_that_comes_in_is_refused);
    tcase_add_test(tc, a_value_that_a_script_gives_is_an_incident);
    tcase_add_test(tc, variables_are_counted);
    tcase_add_test(tc, iterations_are_left_out);
    tcase_add_test(tc, variables_are_added_up);
    tcase_add_loop_test(tc, instances_are_counted, 0, 2);
    tcase_add_test(tc, others_instances_are_counted);
    tcase_add_test(tc, a_timers_start_waits_for_room);
    tcase_add_test(tc, a_signals_start_waits_for_room);
    tcase_add_loop_test(tc, starts_come_at_a_rate, 0, 4);
    tcase_add_loop_test(tc, files_are_weighed, 0, 2);

    return t_main("limits", tc, NULL);
}
