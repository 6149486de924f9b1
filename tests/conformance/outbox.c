/* What steps owe to others, and the starts of definitions. */

#include <string.h>

#include "tests/conformance/cases.h"

static struct wr_rows
owed(struct fixture *f, const struct wr_uuid *id)
{
    return fixture_find(
        f, (struct wr_query){ .noun = WR_OUTBOXES, .id = id, .state = -1 });
}

/* A committed step that owes one row; that row. */
static struct wr_outbox_row *
owe(struct fixture *f, enum wr_outbox_kind kind)
{
    struct wr_effects *fx = fixture_start(f);
    struct wr_outbox_op *op = fixture_owe(f, fx, kind);

    ck_assert_int_eq(fixture_commit(f, fx), WR_OK);

    return &op->row;
}

static enum wr_code
settle(struct fixture *f, const struct wr_uuid *row, struct wr_effects *fx)
{
    struct wr_item item = { .effects = fx, .outbox = *row };

    must(f, wr_store_commit(f->st, &item, 1, &f->err));

    return item.result;
}

START_TEST(a_row_comes_with_its_step_as_it_was)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_outbox_row *first;
    const struct wr_outbox_row *row, *got;
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    first = &fixture_owe(&f, fx, WR_OUT_MESSAGE)->row;
    first->target = fixture_id(&f);
    first->key = "17";
    first->business_key = "B \xC3\xA4";
    first->payload = (struct wr_blob){ "a\0b", 3 };
    fixture_owe(&f, fx, WR_OUT_SIGNAL);
    row = &fx->outboxes[0].row;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    rows = owed(&f, &row->id);
    ck_assert_uint_eq(rows.n, 1);
    got = &rows.outboxes[0];
    ck_assert_int_eq(got->kind, WR_OUT_MESSAGE);
    ck_assert_int_eq(got->element, 7);
    ck_assert_int_eq(got->due_at, row->due_at);
    ck_assert_int_eq(got->created_at, row->created_at);
    ck_assert_int_eq(got->expires_at, row->expires_at);
    ck_assert(wr_uuid_equal(&got->instance, &fx->instance.id));
    ck_assert(wr_uuid_equal(&got->definition, &fx->instance.definition));
    ck_assert(wr_uuid_equal(&got->target, &row->target));
    ck_assert(wr_uuid_is_zero(&got->passed));
    ck_assert_str_eq(got->name, "paid");
    ck_assert_str_eq(got->key, "17");
    ck_assert_str_eq(got->business_key, "B \xC3\xA4");
    ck_assert_uint_eq(got->payload.len, 3);
    ck_assert_mem_eq(got->payload.p, "a\0b", 3);
    rows = owed(&f, &fx->outboxes[1].row.id);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_ptr_null(rows.outboxes[0].key);
    ck_assert_uint_eq(rows.outboxes[0].payload.len, 0);
    fixture_close(&f);
}
END_TEST

START_TEST(a_step_in_conflict_owes_nothing)
{
    struct fixture f;
    struct wr_effects *fx, *late;
    struct wr_outbox_op *op;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    ck_assert_int_eq(fixture_commit(&f, fixture_next(&f, fx)), WR_OK);
    late = fixture_next(&f, fx);
    op = fixture_owe(&f, late, WR_OUT_SIGNAL);
    ck_assert_int_eq(fixture_commit(&f, late), WR_ECONFLICT);
    ck_assert_uint_eq(owed(&f, &op->row.id).n, 0);
    fixture_close(&f);
}
END_TEST

START_TEST(what_is_due_is_found_in_order)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    for (int i = 0; i < 4; i++)
        fixture_owe(&f, fx, WR_OUT_SIGNAL)->row.due_at = 4000 - 1000 * i;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    rows = fixture_find(&f, (struct wr_query){ .noun = WR_OUTBOXES,
                                               .state = -1,
                                               .due_before = 3000 });
    ck_assert_uint_eq(rows.n, 3);
    for (size_t i = 0; i < rows.n; i++)
        ck_assert_int_eq(rows.outboxes[i].due_at, 1000 * ((int64_t)i + 1));
    fixture_close(&f);
}
END_TEST

START_TEST(a_row_is_settled_by_one_of_two_handles)
{
    struct fixture f, other;
    struct wr_effects *one, *two;
    struct wr_outbox_row *row;

    fixture_open(&f, _i);
    other = f;
    other.st = fixture_second(&f);
    for (int round = 0; round < 4; round++) {
        bool first = round % 2 == 0;

        row = owe(&f, WR_OUT_START);
        one = fixture_start(&f);
        two = fixture_start(&f);
        fixture_task(&f, two);
        ck_assert_int_eq(settle(first ? &f : &other, &row->id, one), WR_OK);
        ck_assert_uint_eq(owed(&other, &row->id).n, 0);
        ck_assert_int_eq(settle(first ? &other : &f, &row->id, two), WR_ELEASE);
        ck_assert_int_eq(fixture_rev(&f, &one->instance.id), 3);
        ck_assert_int_eq(fixture_rev(&f, &two->instance.id), 0);
        ck_assert_uint_eq(
            fixture_find(&f, (struct wr_query){ .noun = WR_TASKS,
                                                .state = -1,
                                                .instance = &two->instance.id })
                .n,
            0);
    }
    wr_store_close(other.st);
    fixture_close(&f);
}
END_TEST

START_TEST(a_delivery_in_conflict_leaves_the_row)
{
    struct fixture f;
    struct wr_effects *fx, *next;
    struct wr_outbox_row *row;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    row = owe(&f, WR_OUT_DELIVER);
    next = fixture_next(&f, fx);
    ck_assert_int_eq(fixture_commit(&f, fixture_next(&f, fx)), WR_OK);
    ck_assert_int_eq(settle(&f, &row->id, next), WR_ECONFLICT);
    ck_assert_uint_eq(owed(&f, &row->id).n, 1);
    next = fixture_next(&f, fixture_next(&f, fx));
    ck_assert_int_eq(settle(&f, &row->id, next), WR_OK);
    ck_assert_uint_eq(owed(&f, &row->id).n, 0);
    fixture_close(&f);
}
END_TEST

static int
move(struct fixture *f, const struct wr_outbox_row *row, int64_t was)
{
    struct wr_change c = {
        .op = WR_OP_PUT, .noun = WR_OUTBOXES, .was = was, .outbox = row
    };

    return wr_store_change(f->st, &c, 1, &f->err);
}

START_TEST(a_row_is_moved_by_who_saw_it_last)
{
    struct fixture f;
    struct wr_outbox_row *row, moved, fresh;
    int64_t was;

    fixture_open(&f, _i);
    row = owe(&f, WR_OUT_SIGNAL);
    was = row->due_at;
    moved = *row;
    moved.due_at = was + 500;
    moved.passed = fixture_id(&f);
    ck_assert_int_eq(move(&f, &moved, was), 0);
    ck_assert_int_eq(move(&f, &moved, was), WR_ECONFLICT);
    ck_assert(
        wr_uuid_equal(&owed(&f, &row->id).outboxes[0].passed, &moved.passed));
    /* All or nothing: what a page owes goes with the move. */
    fresh = *row;
    fresh.id = fixture_id(&f);
    fresh.kind = WR_OUT_DELIVER;
    moved.due_at++;
    {
        struct wr_change c[] = {
            { .noun = WR_OUTBOXES, .outbox = &fresh },
            { .op = WR_OP_DEL,
              .noun = WR_OUTBOXES,
              .was = was,
              .outbox = &moved },
        };

        ck_assert_int_eq(wr_store_change(f.st, c, 2, &f.err), WR_ECONFLICT);
        ck_assert_uint_eq(owed(&f, &fresh.id).n, 0);
        ck_assert_uint_eq(owed(&f, &row->id).n, 1);
        c[1].was = was + 500;
        must(&f, wr_store_change(f.st, c, 2, &f.err));
    }
    ck_assert_uint_eq(owed(&f, &fresh.id).n, 1);
    ck_assert_uint_eq(owed(&f, &row->id).n, 0);
    fixture_close(&f);
}
END_TEST

/* Who begins to wait while a signal goes round comes after its cursor, or is
 * younger than it: nobody twice, nobody left out. */
START_TEST(pages_of_subscribers_bear_new_ones)
{
    struct fixture f;
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .name = "rung",
                          .state = -1,
                          .subscription = 1 + WR_SUB_SIGNAL,
                          .limit = 2 };
    struct wr_effects *fx;
    int64_t thrown;
    size_t old = 0;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    for (int i = 0; i < 5; i++)
        fixture_subscription(&f, fx, "rung", NULL)->row.type = WR_SUB_SIGNAL;
    fixture_subscription(&f, fx, "rung", NULL);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    thrown = f.now;
    do {
        struct wr_rows rows = fixture_find(&f, q);
        struct wr_effects *late = fixture_start(&f);
        struct wr_subscription_op *op = fixture_subscription(&f, late, "rung",
                                                             NULL);

        op->row.type = WR_SUB_SIGNAL;
        if (rows.next)
            ck_assert_int_eq(fixture_commit(&f, late), WR_OK);
        for (size_t i = 0; i < rows.n; i++)
            old += rows.subscriptions[i].created_at <= thrown;
        q.cursor = rows.next;
    } while (q.cursor && old < 100);
    ck_assert_uint_eq(old, 5);
    fixture_close(&f);
}
END_TEST

static void
starts_are_of(struct fixture *f, const char *key, const struct wr_uuid *id)
{
    struct wr_rows s = fixture_find(
        f, (struct wr_query){
               .noun = WR_SUBSCRIPTIONS, .name = key, .state = -1 });
    struct wr_rows t = fixture_find(
        f,
        (struct wr_query){ .noun = WR_TIMERS, .definition = id, .state = -1 });

    ck_assert_uint_eq(s.n, id ? 1 : 0);
    if (!id)
        return;
    ck_assert(wr_uuid_equal(&s.subscriptions[0].definition, id));
    ck_assert(wr_uuid_is_zero(&s.subscriptions[0].instance));
    ck_assert_uint_eq(t.n, 1);
    ck_assert(wr_uuid_equal(&t.timers[0].definition, id));
}

START_TEST(a_deployment_replaces_the_starts_before_it)
{
    struct fixture f;
    struct wr_uuid order1, order2, leave;

    fixture_open(&f, _i);
    ck_assert_int_eq(fixture_deploy_starts(&f, "order", 1, &order1), WR_OK);
    ck_assert_int_eq(fixture_deploy_starts(&f, "leave", 1, &leave), WR_OK);
    starts_are_of(&f, "order", &order1);
    ck_assert_int_eq(fixture_deploy_starts(&f, "order", 2, &order2), WR_OK);
    starts_are_of(&f, "order", &order2);
    starts_are_of(&f, "leave", &leave);
    ck_assert_uint_eq(
        fixture_find(&f, (struct wr_query){ .noun = WR_TIMERS, .state = -1 }).n,
        2);
    /* One that is refused changes nothing. */
    ck_assert_int_eq(fixture_deploy_starts(&f, "order", 2, NULL), WR_ECONFLICT);
    starts_are_of(&f, "order", &order2);
    /* One that waits for nothing leaves nothing. */
    ck_assert_int_eq(fixture_deploy(&f, "order", 3, NULL), WR_OK);
    starts_are_of(&f, "order", NULL);
    starts_are_of(&f, "leave", &leave);
    fixture_close(&f);
}
END_TEST

START_TEST(a_start_timer_fires_for_one)
{
    struct fixture f;
    struct wr_uuid id;
    struct wr_timer_row moved;
    struct wr_outbox_row row;
    struct wr_rows t;
    int64_t was;

    fixture_open(&f, _i);
    ck_assert_int_eq(fixture_deploy_starts(&f, "order", 1, &id), WR_OK);
    t = fixture_find(&f, (struct wr_query){ .noun = WR_TIMERS, .state = -1 });
    ck_assert_uint_eq(t.n, 1);
    was = t.timers[0].due_at;
    for (int nth = 0; nth < 2; nth++) {
        struct wr_change c[] = {
            { .noun = WR_TIMERS, .was = was, .timer = &moved },
            { .noun = WR_OUTBOXES, .outbox = &row },
        };

        moved = t.timers[0];
        moved.due_at = was + 1000;
        row = (struct wr_outbox_row){ .id = fixture_id(&f),
                                      .tenant = f.tenant,
                                      .kind = WR_OUT_START,
                                      .definition = id,
                                      .due_at = f.now,
                                      .name = "" };
        ck_assert_int_eq(wr_store_change(f.st, c, 2, &f.err),
                         nth == 0 ? 0 : WR_ECONFLICT);
        ck_assert_uint_eq(owed(&f, &row.id).n, nth == 0 ? 1 : 0);
    }
    t = fixture_find(&f, (struct wr_query){ .noun = WR_TIMERS, .state = -1 });
    ck_assert_int_eq(t.timers[0].due_at, was + 1000);
    fixture_close(&f);
}
END_TEST

TCase *
outbox_cases(void)
{
    TCase *tc = tcase_create("outbox");
    int n = fixture_stores();

    tcase_add_loop_test(tc, a_row_comes_with_its_step_as_it_was, 0, n);
    tcase_add_loop_test(tc, a_step_in_conflict_owes_nothing, 0, n);
    tcase_add_loop_test(tc, what_is_due_is_found_in_order, 0, n);
    tcase_add_loop_test(tc, a_row_is_settled_by_one_of_two_handles, 0, n);
    tcase_add_loop_test(tc, a_delivery_in_conflict_leaves_the_row, 0, n);
    tcase_add_loop_test(tc, a_row_is_moved_by_who_saw_it_last, 0, n);
    tcase_add_loop_test(tc, pages_of_subscribers_bear_new_ones, 0, n);
    tcase_add_loop_test(tc, a_deployment_replaces_the_starts_before_it, 0, n);
    tcase_add_loop_test(tc, a_start_timer_fires_for_one, 0, n);

    return tc;
}
