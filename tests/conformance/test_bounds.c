/*
 * What a process costs at the store, counted, not timed.
 *
 * W8: start, user task, complete.  W2: ten automatic elements.  Batches of one,
 * which is the worst case, with effects made by hand to the size of the bounds;
 * test_costs.c has the engine's own.  WEIR_TEST_STORES gives the stores as for
 * test_store; for PostgreSQL see cost.h.
 */

#include <stdio.h>
#include <string.h>

#include "tests/conformance/cases.h"
#include "tests/conformance/cost.h"

enum {
    RUNS = 40,
    BLOB = 200,
    EVENTS = 120,
    LONG_EVENTS = 400 /* of ten elements */
};

/* Bytes that do not compress. */
static struct wr_blob
noise(struct fixture *f, size_t n)
{
    uint8_t *p = wr_arena_alloc(f->a, n);

    for (size_t i = 0; i < n; i += 8) {
        struct wr_uuid u = wr_uuid_new(0, 0);

        memcpy(p + i, u.b + 8, n - i < 8 ? n - i : 8);
    }

    return (struct wr_blob){ p, n };
}

static struct wr_effects *
started(struct fixture *f, size_t events)
{
    static struct wr_uuid definition;
    struct wr_effects *fx = fixture_start(f);

    if (wr_uuid_is_zero(&definition))
        definition = fx->instance.definition;
    fx->instance.definition = definition;
    fx->instance.business_key = wr_arena_printf(f->a, "order-%d",
                                                (int)(f->now % 1000000000));
    fx->instance.blob = noise(f, BLOB);
    fx->history.events = noise(f, events);

    return fx;
}

static void
w8(struct fixture *f)
{
    struct wr_effects *fx = started(f, EVENTS), *end;
    struct wr_task_op *task = fixture_task(f, fx), *gone;

    task->row.assignee = "alice";
    ck_assert_int_eq(fixture_commit(f, fx), WR_OK);
    end = fixture_next(f, fx);
    end->instance.state = WR_COMPLETED;
    end->instance.ended_at = f->now;
    end->instance.blob = noise(f, BLOB);
    end->history.events = noise(f, EVENTS);
    gone = fixture_task(f, end);
    gone->op = WR_OP_DEL;
    gone->row = task->row;
    ck_assert_int_eq(fixture_commit(f, end), WR_OK);
}

static void
w2_of(struct fixture *f, const char *business_key)
{
    struct wr_effects *fx = started(f, LONG_EVENTS);

    fx->instance.business_key = business_key;
    fx->instance.state = WR_COMPLETED;
    fx->instance.ended_at = f->now;
    ck_assert_int_eq(fixture_commit(f, fx), WR_OK);
}

static void
w2(struct fixture *f)
{
    w2_of(f, NULL);
}

static void
w2_with_key(struct fixture *f)
{
    w2_of(f, wr_arena_printf(f->a, "order-%d", (int)(f->now % 1000000000)));
}

static struct cost
measure(struct fixture *f, void (*process)(struct fixture *))
{
    struct cost_meter meter;

    for (int i = 0; i < 20; i++) /* statements prepared, pages there */
        process(f);
    cost_begin(&meter, f->url, &f->st->stats);
    for (int i = 0; i < RUNS; i++)
        process(f);

    return cost_end(&meter, RUNS);
}

START_TEST(w8_start_task_complete)
{
    struct fixture f;
    struct cost c;

    fixture_open(&f, _i);
    c = measure(&f, w8);
    at_most(c.round_trips, 2);
    at_most(c.commits, 2);
    at_most(c.rows, 6);
    at_most(c.heap, 6.1); /* an index page that splits moves no row of ours */
    at_most(c.index, 10);
    at_most(c.wal, 2 * BLOB + 2 * EVENTS + 1650);
    fixture_close(&f);
}
END_TEST

START_TEST(w2_ten_automatic_elements)
{
    struct fixture f;
    struct cost c;

    fixture_open(&f, _i);
    c = measure(&f, w2);
    at_most(c.round_trips, 1);
    at_most(c.commits, 1);
    at_most(c.rows, 2);
    at_most(c.heap, 2.1);
    at_most(c.wal, 1200);
    fixture_close(&f);
}
END_TEST

/* A business key is looked up by, so it costs an index entry. */
START_TEST(w2_with_a_business_key)
{
    struct fixture f;
    struct cost c;

    fixture_open(&f, _i);
    c = measure(&f, w2_with_key);
    at_most(c.index, 4.1);
    at_most(c.wal, 1300);
    fixture_close(&f);
}
END_TEST

START_TEST(a_batch_is_one_round_trip)
{
    enum {
        N = 64
    };
    struct fixture f;
    struct wr_store_stats before;
    struct wr_item items[N] = { { 0 } };

    fixture_open(&f, _i);
    w8(&f);
    before = f.st->stats;
    for (int i = 0; i < N; i++) {
        struct wr_effects *fx = started(&f, EVENTS);

        fixture_task(&f, fx);
        items[i].effects = fx;
    }
    must(&f, wr_store_commit(f.st, items, N, &f.err));
    ck_assert_int_eq(f.st->stats.round_trips - before.round_trips, 1);
    ck_assert_int_eq(f.st->stats.commits - before.commits, 1);
    ck_assert_int_eq(f.st->stats.rows - before.rows, 3 * N);
    fixture_close(&f);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("bounds");
    int n = fixture_stores();

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, w8_start_task_complete, 0, n);
    tcase_add_loop_test(tc, w2_ten_automatic_elements, 0, n);
    tcase_add_loop_test(tc, w2_with_a_business_key, 0, n);
    tcase_add_loop_test(tc, a_batch_is_one_round_trip, 0, n);

    return t_main("bounds", tc, NULL);
}
