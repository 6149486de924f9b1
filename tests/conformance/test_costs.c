/*
 * What real processes cost at the store: the engine's own effects, its state
 * blobs and history, committed by the runtime in batches of one and held against
 * the bounds of test_bounds.c.  WEIR_TEST_STORE gives the store (default: a
 * fresh SQLite file); for PostgreSQL see cost.h.
 */

#include <stdio.h>

#include "engine/base/str.h"
#include "engine/runtime/slot.h"
#include "tests/conformance/cost.h"
#include "tests/unit/runtime/rig.h"

enum {
    RUNS = 200 /* a few index pages split on the way: that is part of it */
};

static const char user_task[] =
    "<startEvent id='start'/>"
    "<userTask id='approve' name='Approve the order'>"
    "<extensionElements>"
    "<zeebe:assignmentDefinition assignee='alice'/></extensionElements>"
    "</userTask><endEvent id='end'/>"
    "<sequenceFlow id='f1' sourceRef='start' targetRef='approve'/>"
    "<sequenceFlow id='f2' sourceRef='approve' targetRef='end'/>";

/* start, `n` tasks that do nothing, end */
static const char *
sequence(struct rig *r, int n)
{
    struct wr_str body = { .arena = r->arena };

    wr_str_add(&body, "<startEvent id='n0'/>");
    for (int i = 1; i <= n; i++)
        wr_str_printf(&body, "<task id='n%d'/>", i);
    wr_str_printf(&body, "<endEvent id='n%d'/>", n + 1);
    for (int i = 0; i <= n; i++)
        wr_str_printf(&body,
                      "<sequenceFlow id='f%d' sourceRef='n%d' "
                      "targetRef='n%d'/>",
                      i, i, i + 1);

    return wr_str_text(&body);
}

/* What the engine wrote of its own: state and history. */
struct payload {
    size_t blob, events;
};

static void
weigh(const struct wr_effects *fx, struct payload *p)
{
    p->blob += fx->instance.blob.len;
    p->events += fx->history.events.len;
}

static struct wr_outcome
call(struct rig *r, struct wr_command *c, struct payload *p)
{
    struct wr_outcome out;

    c->tenant = r->tenant;
    c->if_rev = -1;
    c->event.actor = "alice";
    wr_clock_sync(&r->clock, r->clock.now + 1);
    must(r, wr_runtime_call(r->rt, c, r->arena, &out, &r->err));
    weigh(&out.effects, p);

    return out;
}

static const struct wr_value *
two_variables(struct rig *r)
{
    const struct wr_entry entries[] = {
        { "approved", &wr_true },
        { "comment", wr_value_string(r->arena, "as agreed by telephone") }
    };

    return wr_value_context(r->arena, entries, WR_COUNT(entries));
}

static void
w8(struct rig *r, struct payload *p)
{
    struct wr_command start = { .event = { .type = WR_EV_START },
                                .definition = "p" };
    struct wr_command complete = { .event = { .type = WR_EV_TASK_COMPLETE } };
    struct wr_outcome out;
    static int nth;

    start.event.business_key = wr_arena_printf(r->arena, "order-%d", nth++);
    out = call(r, &start, p);
    ck_assert_int_eq(out.effects.n_tasks, 1);
    complete.event.target = out.effects.tasks[0].row.id;
    complete.event.variables = two_variables(r);
    out = call(r, &complete, p);
    ck_assert_int_eq(out.instance.state, WR_COMPLETED);
}

static void
w2(struct rig *r, struct payload *p)
{
    struct wr_command start = { .event = { .type = WR_EV_START },
                                .definition = "p" };
    struct wr_outcome out = call(r, &start, p);

    ck_assert_int_eq(out.instance.state, WR_COMPLETED);
}

/* Ids begin with the time, so they grow and index pages split at their end; that
 * holds only when the time moves on and no row of the store is newer. */
static void
open_now(struct rig *r)
{
    const struct wr_clock real = { .is_virtual = false };

    rig_open(r, NULL, NULL);
    wr_clock_sync(&r->clock, wr_clock_now(&real));
}

static struct cost
measure(struct rig *r, void (*process)(struct rig *, struct payload *),
        struct payload *each)
{
    struct cost_meter meter;
    struct payload sum = { 0, 0 };
    struct cost cost;

    for (int i = 0; i < 20; i++) /* statements prepared, pages there */
        process(r, &sum);
    sum = (struct payload){ 0, 0 };
    cost_begin(&meter, r->rt->store_url, &r->rt->store->stats);
    for (int i = 0; i < RUNS; i++)
        process(r, &sum);
    cost = cost_end(&meter, RUNS);
    *each = (struct payload){ sum.blob / RUNS, sum.events / RUNS };
    printf("# state %zu B, history %zu B\n", each->blob, each->events);
    fflush(stdout);

    return cost;
}

START_TEST(w8_start_task_complete)
{
    struct payload each;
    struct cost c;
    struct rig r;

    open_now(&r);
    rig_deploy(&r, user_task);
    c = measure(&r, w8, &each);
    at_most(c.round_trips, 2);
    at_most(c.commits, 2);
    at_most(c.rows, 6);
    at_most(c.heap, 6.1); /* an index page that splits moves no row of ours */
    at_most(c.index, 10);
    at_most(c.wal, (double)(each.blob + each.events) + 1650);
    rig_close(&r);
}
END_TEST

START_TEST(w2_ten_automatic_elements)
{
    struct payload each;
    struct cost c;
    struct rig r;

    open_now(&r);
    rig_deploy(&r, sequence(&r, 10));
    c = measure(&r, w2, &each);
    at_most(c.round_trips, 1);
    at_most(c.commits, 1);
    at_most(c.rows, 2);
    at_most(c.heap, 2.1);
    at_most(c.wal, 1200);
    rig_close(&r);
}
END_TEST

/* Half a megabyte that no step touches: twenty completions write nothing of it,
 * whichever variable they set beside it. */
static void
w20(struct rig *r, struct payload *p, bool counted)
{
    struct wr_command start = { .event = { .type = WR_EV_START },
                                .definition = "p" };
    struct wr_entry large = { "document", NULL };
    struct wr_str text = { .arena = r->arena };
    struct cost_meter meter;
    struct wr_outcome out;
    struct cost c;

    while (text.len < 500 * 1024)
        wr_str_printf(&text, "%zx", text.len * 2654435761u);
    large.value = wr_value_string(r->arena, wr_str_text(&text));
    start.event.variables = wr_value_context(r->arena, &large, 1);
    out = call(r, &start, p);
    ck_assert_uint_lt(out.effects.instance.blob.len, 200);
    *p = (struct payload){ 0, 0 };
    cost_begin(&meter, r->rt->store_url, &r->rt->store->stats);
    for (int i = 0; i < 20; i++) {
        struct wr_command complete = { .event = { .type = WR_EV_TASK_COMPLETE },
                                       .instance = out.instance.id };

        ck_assert_int_eq(out.effects.tasks[out.effects.n_tasks - 1].op,
                         WR_OP_PUT);
        complete.event.target =
            out.effects.tasks[out.effects.n_tasks - 1].row.id;
        complete.event.variables = two_variables(r);
        out = call(r, &complete, p);
    }
    ck_assert_int_eq(out.instance.state, WR_COMPLETED);
    c = cost_end(&meter, 20);
    if (!counted)
        return;
    at_most(c.round_trips, 1);
    at_most(c.rows, 5);
    at_most(c.wal, (double)(p->blob + p->events) / 20 + 2500);
}

START_TEST(w20_beside_a_large_value)
{
    struct wr_str body = { .arena = NULL };
    struct payload p = { 0, 0 };
    struct rig r;

    open_now(&r);
    body.arena = r.arena;
    wr_str_add(&body, "<startEvent id='n0'/>");
    for (int i = 1; i <= 20; i++)
        wr_str_printf(&body, "<userTask id='n%d'/>", i);
    wr_str_add(&body, "<endEvent id='n21'/>");
    for (int i = 0; i <= 20; i++)
        wr_str_printf(&body,
                      "<sequenceFlow id='f%d' sourceRef='n%d' "
                      "targetRef='n%d'/>",
                      i, i, i + 1);
    rig_deploy(&r, wr_str_text(&body));
    w20(&r, &p, /* counted= */ false); /* statements prepared, pages there */
    w20(&r, &p, /* counted= */ true);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("costs");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, w8_start_task_complete);
    tcase_add_test(tc, w2_ten_automatic_elements);
    tcase_add_test(tc, w20_beside_a_large_value);

    return t_main("costs", tc, NULL);
}
