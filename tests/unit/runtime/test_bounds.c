/*
 * What commands cost in the store (issue A): W8 (start, user task, complete) at
 * most 2 write round trips, 2 commits, 6 rows; W2 (ten automatic elements) one
 * round trip, one commit, two rows.
 */
#include <stdio.h>
#include <time.h>

#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

static const char *const urls[] = { NULL, "memory:" }; /* NULL: SQLite */

static struct wr_store_stats
counted(struct rig *r)
{
    return r->rt->store->stats;
}

START_TEST(w8_start_task_complete)
{
    struct wr_store_stats before, after;
    struct wr_command s = { .event = { .type = WR_EV_START },
                            .definition = "p",
                            .if_rev = -1 };
    struct wr_command c = { .event = { .type = WR_EV_TASK_COMPLETE },
                            .if_rev = -1 };
    struct wr_outcome out;
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, urls[_i], NULL);
    rig_deploy(&r, rig_one_task);
    id = rig_start(&r, "p"); /* model and statements are there from here on */
    rig_complete(&r, &id, "t");
    s.tenant = c.tenant = r.tenant;
    before = counted(&r);
    must(&r, wr_runtime_call(r.rt, &s, r.arena, &out, &r.err));
    c.event.target = out.effects.tasks[0].row.id;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    after = counted(&r);
    ck_assert_int_eq(out.instance.state, WR_COMPLETED);
    ck_assert_int_le(after.round_trips - before.round_trips, 2);
    ck_assert_int_le(after.commits - before.commits, 2);
    ck_assert_int_le(after.rows - before.rows, 6);
    rig_close(&r);
}
END_TEST

START_TEST(w2_ten_automatic_elements)
{
    struct wr_store_stats before, after;
    struct wr_str body;
    struct wr_uuid id;
    struct rig r;

    rig_open(&r, urls[_i], NULL);
    body = (struct wr_str){ .arena = r.arena };
    wr_str_add(&body, "<startEvent id='n0'/>");
    for (int i = 1; i <= 10; i++)
        wr_str_printf(
            &body,
            "<task id='n%d'/>"
            "<sequenceFlow id='f%d' sourceRef='n%d' targetRef='n%d'/>",
            i, i, i - 1, i);
    rig_deploy(&r, wr_str_text(&body));
    rig_start(&r, "p");
    before = counted(&r);
    id = rig_start(&r, "p");
    after = counted(&r);
    ck_assert_int_eq(rig_instance(&r, &id).state, WR_COMPLETED);
    ck_assert_int_le(after.round_trips - before.round_trips, 1);
    ck_assert_int_le(after.commits - before.commits, 1);
    ck_assert_int_le(after.rows - before.rows, 2);
    rig_close(&r);
}
END_TEST

/* Each is looked up by its name: not all of them for each. */
START_TEST(many_variables)
{
    const size_t n = 30000;
    struct wr_command s = { .event = { .type = WR_EV_START },
                            .definition = "p",
                            .if_rev = -1 };
    struct wr_command c = { .event = { .type = WR_EV_TASK_COMPLETE },
                            .if_rev = -1 };
    const struct wr_value *all;
    struct wr_entry *entries;
    struct wr_outcome out;
    struct rig r;
    clock_t start;

    rig_open(&r, "memory:", NULL);
    rig_deploy(&r, rig_one_task);
    entries = wr_newn(r.arena, struct wr_entry, n);
    for (size_t k = 0; k < n; k++)
        entries[k] = (struct wr_entry){ wr_arena_printf(r.arena, "variable_%zu",
                                                        k),
                                        wr_value_int(r.arena, (int64_t)k) };
    all = wr_value_context(r.arena, entries, n);
    s.tenant = c.tenant = r.tenant;
    s.event.variables = c.event.variables = all;
    start = clock();
    must(&r, wr_runtime_call(r.rt, &s, r.arena, &out, &r.err));
    c.event.target = out.effects.tasks[0].row.id;
    must(&r, wr_runtime_call(r.rt, &c, r.arena, &out, &r.err));
    ck_assert_int_eq(out.instance.state, WR_COMPLETED);
    ck_assert_int_lt(clock() - start, CLOCKS_PER_SEC);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("bounds");

    tcase_add_loop_test(tc, w8_start_task_complete, 0, WR_COUNT(urls));
    tcase_add_loop_test(tc, w2_ten_automatic_elements, 0, WR_COUNT(urls));
    tcase_add_test(tc, many_variables);

    return t_main("bounds", tc, NULL);
}
