/* A called process that ended is compensated, or is not there any more. */
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/runtime/rig.h"

static const char caller[] =
    "<startEvent id='s'/><callActivity id='c' calledElement='child'/>"
    "<intermediateThrowEvent id='undo'><compensateEventDefinition/>"
    "</intermediateThrowEvent><userTask id='after'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='c'/>"
    "<sequenceFlow id='f2' sourceRef='c' targetRef='ask'/>"
    "<userTask id='ask'/>"
    "<sequenceFlow id='f3' sourceRef='ask' targetRef='undo'/>"
    "<sequenceFlow id='f4' sourceRef='undo' targetRef='after'/></process>"
    "<process id='child' isExecutable='true'><extensionElements>"
    "<zeebe:properties><zeebe:property name='keepFor' value='P1D'/>"
    "</zeebe:properties></extensionElements>"
    "<startEvent id='s2'/><userTask id='t'/>"
    "<boundaryEvent id='done' attachedToRef='t'><compensateEventDefinition/>"
    "</boundaryEvent><association id='a' sourceRef='done' targetRef='u'/>"
    "<userTask id='u' isForCompensation='true'/>"
    "<sequenceFlow id='f5' sourceRef='s2' targetRef='t'/>";

static const char file[] = "call_undo.db";

static struct wr_uuid
begin(struct rig *r, struct wr_uuid *child)
{
    struct wr_query q = { .noun = WR_INSTANCES, .state = -1 };
    struct wr_uuid p;
    struct wr_rows rows;

    rig_deploy(r, caller);
    p = rig_start(r, "p");
    q.tenant = r->tenant;
    q.parent = &p;
    must(r, wr_runtime_find(r->rt, &q, r->arena, &rows, &r->err));
    ck_assert_uint_eq(rows.n, 1);
    *child = rows.instances[0].id;
    rig_complete(r, child, "t");
    ck_assert_int_eq(rig_instance(r, child).state, WR_COMPLETED);

    return p;
}

/* What nobody can do by the front door: the row of an instance goes. */
static void
forget(const struct wr_uuid *id)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;

    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db,
                                        "DELETE FROM wr_instance WHERE id = ?",
                                        -1, &s, NULL),
                     SQLITE_OK);
    sqlite3_bind_blob(s, 1, id->b, sizeof(id->b), SQLITE_STATIC);
    ck_assert_int_eq(sqlite3_step(s), SQLITE_DONE);
    ck_assert_int_eq(sqlite3_changes(db), 1);
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static void
resolve(struct rig *r, const struct wr_uuid *instance, bool skip)
{
    struct wr_rows rows = rig_rows(r, WR_INCIDENTS, instance);
    struct wr_command c = { .event = { .type = WR_EV_INCIDENT_RESOLVE,
                                       .skip = skip },
                            .tenant = r->tenant,
                            .instance = *instance,
                            .if_rev = -1 };
    struct wr_outcome out;

    ck_assert_uint_eq(rows.n, 1);
    ck_assert_str_eq(rows.incidents[0].type, "called-definition");
    c.event.target = rows.incidents[0].id;
    must(r, wr_runtime_call(r->rt, &c, r->arena, &out, &r->err));
}

/* Its caller stops with an incident and does not wait for ever. */
START_TEST(what_is_gone_is_an_incident)
{
    struct wr_uuid p, child;
    struct rig r;

    unlink(file);
    rig_open(&r, "sqlite:call_undo.db", NULL);
    p = begin(&r, &child);
    forget(&child);
    rig_complete(&r, &p, "ask");
    resolve(&r, &p, /* skip= */ false);
    resolve(&r, &p, /* skip= */ true);
    ck_assert_uint_eq(rig_rows(&r, WR_INCIDENTS, &p).n, 0);
    rig_complete(&r, &p, "after");
    ck_assert_int_eq(rig_instance(&r, &p).state, WR_COMPLETED);
    rig_check_history(&r, &p);
    rig_close(&r);
    unlink(file);
}
END_TEST

/* As ever, and with steps that are cut again and again. */
static const struct wr_runtime_options options[] = { { 0 },
                                                     { .step_budget = 1 } };

/* The end that it had stays its end. */
START_TEST(it_is_what_it_was)
{
    struct wr_instance_row was, now;
    struct wr_uuid p, child;
    struct rig r;

    rig_open(&r, "memory:", &options[_i]);
    p = begin(&r, &child);
    was = rig_instance(&r, &child);
    r.clock.now += 60000;
    rig_complete(&r, &p, "ask");
    now = rig_instance(&r, &child);
    ck_assert_int_eq(now.state, WR_ACTIVE);
    ck_assert_int_eq(now.ended_at, 0);
    rig_complete(&r, &child, "u");
    now = rig_instance(&r, &child);
    ck_assert_int_eq(now.state, WR_COMPLETED);
    ck_assert_int_eq(now.ended_at, was.ended_at);
    rig_check_history(&r, &child);
    rig_close(&r);
}
END_TEST

/* Somebody compensates the called one alone; its caller, which wants that, too,
 * waits for the end of it, and what was undone is not undone again. */
START_TEST(both_want_it)
{
    struct wr_command c = { .event = { .type = WR_EV_COMPENSATE },
                            .if_rev = -1 };
    struct wr_outcome out;
    struct wr_uuid p, child;
    struct rig r;

    rig_open(&r, "memory:", &options[_i]);
    p = begin(&r, &child);
    c.tenant = r.tenant;
    c.instance = child;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    rig_complete(&r, &p, "ask");
    ck_assert_int_eq(rig_instance(&r, &child).state, WR_ACTIVE);
    rig_complete(&r, &child, "u");
    ck_assert_int_eq(rig_instance(&r, &child).state, WR_COMPLETED);
    rig_complete(&r, &p, "after");
    ck_assert_int_eq(rig_instance(&r, &p).state, WR_COMPLETED);

    p = begin(&r, &child);
    c.instance = child;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    rig_complete(&r, &child, "u");
    rig_complete(&r, &p, "ask"); /* there is nothing left of it */
    rig_complete(&r, &p, "after");
    rig_check_history(&r, &child);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("compensated calls (rows 84 87)");

    tcase_add_test(tc, what_is_gone_is_an_incident);
    tcase_add_loop_test(tc, it_is_what_it_was, 0, WR_COUNT(options));
    tcase_add_loop_test(tc, both_want_it, 0, WR_COUNT(options));

    return t_main("call_undo", tc, NULL);
}
