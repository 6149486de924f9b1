/*
 * What every storage backend promises about batches, claims and changes.
 *
 *     WEIR_TEST_STORES="memory:t sqlite:/tmp/t.db" ./test_store
 */

#include <string.h>

#include "tests/conformance/cases.h"

/* ---- one item ---- */

START_TEST(keeps_what_a_step_leaves)
{
    static const char *const tags[] = { "a b", "\xC3\xA4,{\"}" };
    struct fixture f;
    struct wr_effects *fx, *next;
    const struct wr_instance_row *row;
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    fx->instance.business_key = "order-1";
    fx->instance.tags = tags;
    fx->instance.n_tags = 2;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    must(&f, wr_store_instance(f.st, &fx->instance.id, f.tenant, f.a, &row,
                               &f.err));
    ck_assert_int_eq(row->rev, 3);
    ck_assert_int_eq(row->state, WR_ACTIVE);
    ck_assert_int_eq(row->started_at, fx->instance.started_at);
    ck_assert_int_eq(row->ended_at, 0);
    ck_assert_str_eq(row->business_key, "order-1");
    ck_assert(wr_uuid_equal(&row->definition, &fx->instance.definition));
    ck_assert_uint_eq(row->blob.len, 5);
    ck_assert_mem_eq(row->blob.p, "state", 5);

    next = fixture_next(&f, fx);
    next->instance.state = WR_COMPLETED;
    next->instance.ended_at = f.now;
    next->instance.blob = (struct wr_blob){ "done", 4 };
    next->history.actor = NULL;
    ck_assert_int_eq(fixture_commit(&f, next), WR_OK);
    must(&f, wr_store_instance(f.st, &fx->instance.id, f.tenant, f.a, &row,
                               &f.err));
    ck_assert_int_eq(row->rev, 5);
    ck_assert_int_eq(row->state, WR_COMPLETED);
    ck_assert_int_eq(row->n_tags, 2);
    ck_assert_str_eq(row->tags[0], "a b");
    ck_assert_str_eq(row->tags[1], "\xC3\xA4,{\"}");
    ck_assert_int_eq(row->ended_at, next->instance.ended_at);
    ck_assert_mem_eq(row->blob.p, "done", 4);

    rows = fixture_find(&f, (struct wr_query){ .noun = WR_HISTORIES,
                                               .instance = &fx->instance.id });
    ck_assert_uint_eq(rows.n, 2);
    ck_assert_int_eq(rows.histories[0].seq, 1);
    ck_assert_int_eq(rows.histories[1].seq, 4);
    ck_assert_str_eq(rows.histories[0].actor, "alice");
    ck_assert_ptr_null(rows.histories[1].actor);
    ck_assert(
        wr_uuid_equal(&rows.histories[1].command, &next->history.command));
    ck_assert_mem_eq(rows.histories[0].events.p, "events", 6);
    fixture_close(&f);
}
END_TEST

START_TEST(conflict_leaves_no_trace)
{
    struct fixture f;
    struct wr_effects *fx, *stale;
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    ck_assert_int_eq(fixture_commit(&f, fixture_next(&f, fx)), WR_OK);

    stale = fixture_next(&f, fx);
    fixture_task(&f, stale);
    fixture_job(&f, stale, "charge");
    fixture_timer(&f, stale, 1);
    fixture_subscription(&f, stale, "paid", NULL);
    fixture_incident(&f, stale);
    ck_assert_int_eq(fixture_commit(&f, stale), WR_ECONFLICT);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_ECONFLICT);
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 5);

    for (enum wr_noun n = WR_TASKS; n <= WR_INCIDENTS; n++) {
        rows = fixture_find(
            &f, (struct wr_query){ .noun = n,
                                   .instance = &fx->instance.id,
                                   .state = n == WR_TASKS ? -1 : 0 });
        ck_assert_uint_eq(rows.n, 0);
    }
    rows = fixture_find(&f, (struct wr_query){ .noun = WR_HISTORIES,
                                               .instance = &fx->instance.id });
    ck_assert_uint_eq(rows.n, 2);
    fixture_close(&f);
}
END_TEST

START_TEST(other_tenant_is_a_conflict)
{
    struct fixture f;
    struct wr_effects *fx, *other;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    other = fixture_next(&f, fx);
    other->instance.tenant++;
    ck_assert_int_eq(fixture_commit(&f, other), WR_ECONFLICT);
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 3);
    fixture_close(&f);
}
END_TEST

START_TEST(doubled_history_is_a_conflict)
{
    struct fixture f;
    struct wr_effects *fx, *next;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    next = fixture_next(&f, fx);
    next->history.seq = 1;
    ck_assert_int_eq(fixture_commit(&f, next), WR_ECONFLICT);
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 3);
    fixture_close(&f);
}
END_TEST

START_TEST(rows_are_put_and_removed)
{
    struct fixture f;
    struct wr_effects *fx, *next;
    struct wr_task_op *task, *edit;
    struct wr_job_op *job;
    struct wr_rows rows;
    static const char *const users[] = { "alice", "bob" };

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    task = fixture_task(&f, fx);
    task->row.candidate_users = users;
    task->row.n_candidate_users = 2;
    task->row.due_at = 42;
    task->row.owner = "ann";
    task->row.delegation = WR_TASK_DELEGATED;
    job = fixture_job(&f, fx, "charge");
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);

    next = fixture_next(&f, fx);
    edit = fixture_task(&f, next);
    *edit = *task;
    edit->is_new = false;
    edit->row.assignee = "eve";
    *fixture_job(&f, next, "x") =
        (struct wr_job_op){ .op = WR_OP_DEL, .row = { .id = job->row.id } };
    /* PUT of a row that is not there yet inserts it. */
    fixture_timer(&f, next, 9)->is_new = false;
    ck_assert_int_eq(fixture_commit(&f, next), WR_OK);

    rows = fixture_find(&f, (struct wr_query){ .noun = WR_TASKS,
                                               .id = &task->row.id,
                                               .state = -1 });
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_str_eq(rows.tasks[0].assignee, "eve");
    ck_assert_int_eq(rows.tasks[0].due_at, 42);
    ck_assert_str_eq(rows.tasks[0].owner, "ann");
    ck_assert_int_eq(rows.tasks[0].delegation, WR_TASK_DELEGATED);
    ck_assert_int_eq(rows.tasks[0].follow_up_at, 0);
    ck_assert_int_eq(rows.tasks[0].n_candidate_users, 2);
    ck_assert_str_eq(rows.tasks[0].candidate_users[1], "bob");
    ck_assert_int_eq(rows.tasks[0].n_candidate_groups, 0);
    rows = fixture_find(
        &f, (struct wr_query){ .noun = WR_JOBS, .id = &job->row.id });
    ck_assert_uint_eq(rows.n, 0);
    rows = fixture_find(&f, (struct wr_query){ .noun = WR_TIMERS,
                                               .instance = &fx->instance.id });
    ck_assert_uint_eq(rows.n, 1);
    fixture_close(&f);
}
END_TEST

/* ---- batches ---- */

START_TEST(neighbours_are_unaffected)
{
    struct fixture f;
    struct wr_effects *fx[6];
    struct wr_item items[6] = { { 0 } };

    fixture_open(&f, _i);
    for (int i = 0; i < 6; i++) {
        fx[i] = fixture_start(&f);
        if (i % 2 == 0)
            ck_assert_int_eq(fixture_commit(&f, fx[i]), WR_OK);
    }
    items[0].effects = fixture_next(&f, fx[0]);
    items[1].effects = fx[1];
    items[2].effects = fixture_next(&f, fixture_next(&f, fx[2])); /* stale */
    items[3].effects = fx[3];
    items[4].effects = fx[4]; /* exists already */
    items[5].effects = fx[5];
    must(&f, wr_store_commit(f.st, items, 6, &f.err));
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(items[i].result,
                         i == 2 || i == 4 ? WR_ECONFLICT : WR_OK);
    ck_assert_int_eq(fixture_rev(&f, &fx[0]->instance.id), 5);
    ck_assert_int_eq(fixture_rev(&f, &fx[1]->instance.id), 3);
    ck_assert_int_eq(fixture_rev(&f, &fx[2]->instance.id), 3);
    ck_assert_int_eq(fixture_rev(&f, &fx[4]->instance.id), 3);
    fixture_close(&f);
}
END_TEST

START_TEST(groups_stand_or_fall)
{
    struct fixture f;
    struct wr_effects *parent, *child, *lone, *stale, *start;
    struct wr_item items[5] = { { 0 } };

    fixture_open(&f, _i);
    parent = fixture_start(&f);
    stale = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, parent), WR_OK);
    ck_assert_int_eq(fixture_commit(&f, stale), WR_OK);
    child = fixture_start(&f);
    fixture_task(&f, child);
    start = fixture_start(&f);
    fixture_task(&f, start);
    lone = fixture_start(&f);
    items[0] = (struct wr_item){ .effects = fixture_next(&f, parent),
                                 .group = 7 };
    items[1] = (struct wr_item){ .effects = start, .group = 9 };
    items[2] = (struct wr_item){ .effects = child, .group = 7 };
    items[3] = (struct wr_item){
        .effects = fixture_next(&f, fixture_next(&f, stale)), .group = 9
    };
    items[4] = (struct wr_item){ .effects = lone };
    must(&f, wr_store_commit(f.st, items, 5, &f.err));
    ck_assert_int_eq(items[0].result, WR_OK);
    ck_assert_int_eq(items[2].result, WR_OK);
    ck_assert_int_eq(items[4].result, WR_OK);
    ck_assert_int_eq(items[1].result, WR_ECONFLICT);
    ck_assert_int_eq(items[3].result, WR_ECONFLICT);
    ck_assert_int_eq(fixture_rev(&f, &parent->instance.id), 5);
    ck_assert_int_eq(fixture_rev(&f, &child->instance.id), 3);
    ck_assert_int_eq(fixture_rev(&f, &lone->instance.id), 3);
    ck_assert_int_eq(fixture_rev(&f, &start->instance.id), 0);
    ck_assert_int_eq(fixture_rev(&f, &stale->instance.id), 3);
    ck_assert_uint_eq(
        fixture_find(&f, (struct wr_query){ .noun = WR_TASKS, .state = -1 }).n,
        1);
    fixture_close(&f);
}
END_TEST

START_TEST(poisoned_item_fails_alone)
{
    struct fixture f;
    struct wr_effects *first, *fx[4];
    struct wr_task_op *task;
    struct wr_item items[4] = { { 0 } };

    fixture_open(&f, _i);
    first = fixture_start(&f);
    fixture_task(&f, first);
    ck_assert_int_eq(fixture_commit(&f, first), WR_OK);
    for (int i = 0; i < 4; i++) {
        fx[i] = fixture_start(&f);
        task = fixture_task(&f, fx[i]);
        /* A new task whose id is taken: not the fence, the statement fails. */
        if (i == 1)
            task->row.id = first->tasks[0].row.id;
        items[i] = (struct wr_item){ .effects = fx[i],
                                     .group = i >= 2 ? 5 : 0 };
    }
    must(&f, wr_store_commit(f.st, items, 4, &f.err));
    ck_assert_int_eq(items[0].result, WR_OK);
    ck_assert_int_eq(items[1].result, WR_EVALUE);
    ck_assert_int_eq(items[2].result, WR_OK);
    ck_assert_int_eq(items[3].result, WR_OK);
    ck_assert_int_eq(fixture_rev(&f, &fx[1]->instance.id), 0);
    ck_assert_int_eq(fixture_rev(&f, &fx[3]->instance.id), 3);
    fixture_close(&f);
}
END_TEST

START_TEST(text_that_is_none_is_refused)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_task_op *task;
    static const char *const groups[] = { "a\x1F"
                                          "b" };

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    fx->instance.business_key = "\xC3\x28";
    ck_assert_int_eq(fixture_commit(&f, fx), WR_EVALUE);
    fx = fixture_start(&f);
    fixture_subscription(&f, fx, NULL, NULL);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_EVALUE);
    fx = fixture_start(&f);
    task = fixture_task(&f, fx);
    task->row.candidate_groups = groups;
    task->row.n_candidate_groups = 1;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_EVALUE);
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 0);
    fixture_close(&f);
}
END_TEST

START_TEST(an_instance_is_in_a_batch_once)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_item items[2] = { { 0 } };

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    items[0].effects = items[1].effects = fx;
    ck_assert_int_eq(wr_store_commit(f.st, items, 2, &f.err), WR_EINVALID);
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 0);
    must(&f, wr_store_commit(f.st, items, 0, &f.err));
    fixture_close(&f);
}
END_TEST

START_TEST(a_large_batch)
{
    enum {
        N = 300
    };
    struct fixture f;
    struct wr_item items[N] = { { 0 } };

    fixture_open(&f, _i);
    for (int i = 0; i < N; i++) {
        struct wr_effects *fx = fixture_start(&f);

        fixture_task(&f, fx);
        items[N - 1 - i].effects = fx;
    }
    must(&f, wr_store_commit(f.st, items, N, &f.err));
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(items[i].result, WR_OK);
        items[i].effects = fixture_next(&f, items[i].effects);
    }
    must(&f, wr_store_commit(f.st, items, N, &f.err));
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(items[i].result, WR_OK);
    fixture_close(&f);
}
END_TEST

/* ---- checks of an item ---- */

START_TEST(start_needs_the_latest_definition)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_uuid v1, v2;
    struct wr_item item = { .check = WR_CHECK_LATEST };
    struct wr_definition_row row;
    struct wr_change change = { .noun = WR_DEFINITIONS, .definition = &row };

    fixture_open(&f, _i);
    ck_assert_int_eq(fixture_deploy(&f, "order", 1, &v1), WR_OK);
    fx = fixture_start(&f);
    item.effects = fx;
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_ECONFLICT); /* an unknown definition */
    fx->instance.definition = v1;
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_OK);

    ck_assert_int_eq(fixture_deploy(&f, "order", 2, &v2), WR_OK);
    fx = fixture_start(&f);
    fx->instance.definition = v1;
    item.effects = fx;
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_ECONFLICT);

    /* Suspended, the version before it is the latest active one. */
    row = (struct wr_definition_row){ .id = v2,
                                      .tenant = f.tenant,
                                      .state = WR_DEF_SUSPENDED };
    must(&f, wr_store_change(f.st, &change, 1, &f.err));
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_OK);

    /* A version of one's own choice need not be the latest, but active. */
    fx = fixture_start(&f);
    fx->instance.definition = v2;
    item = (struct wr_item){ .effects = fx, .check = WR_CHECK_ACTIVE };
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_ECONFLICT);
    row.state = WR_DEF_ACTIVE;
    must(&f, wr_store_change(f.st, &change, 1, &f.err));
    fx->instance.definition = v1;
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_OK);
    fixture_close(&f);
}
END_TEST

START_TEST(a_lost_lease_stops_the_item)
{
    struct fixture f;
    const char *type, *types[1];
    struct wr_effects *fx, *next;
    struct wr_claim claim;
    struct wr_rows rows;
    struct wr_item item;

    fixture_open(&f, _i);
    types[0] = type = fixture_word(&f, "charge");
    fx = fixture_start(&f);
    fixture_job(&f, fx, type);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    claim = (struct wr_claim){ .types = types,
                               .n_types = 1,
                               .tenant = f.tenant,
                               .max = 1,
                               .worker = "w",
                               .now = f.now,
                               .until = f.now + 1000,
                               .lease = fixture_id(&f) };
    must(&f, wr_store_claim(f.st, &claim, f.a, &rows, &f.err));
    ck_assert_uint_eq(rows.n, 1);

    next = fixture_next(&f, fx);
    item = (struct wr_item){ .effects = next,
                             .job = rows.jobs[0].id,
                             .lease = fixture_id(&f) };
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_ELEASE);
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 3);
    item.lease = rows.jobs[0].lease;
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_OK);
    fixture_close(&f);
}
END_TEST

START_TEST(idempotency_row_is_in_the_batch)
{
    struct fixture f;
    struct wr_idempotency_row row = { .body = { "h", 1 },
                                      .answer = { "a\0b", 3 } };
    struct wr_query q = { .noun = WR_IDEMPOTENCIES };
    struct wr_change sweep = { .op = WR_OP_DEL,
                               .noun = WR_IDEMPOTENCIES,
                               .idempotency = &row };
    struct wr_effects *fx;
    struct wr_rows rows;
    struct wr_item item;

    fixture_open(&f, _i);
    row.key = q.key = fixture_word(&f, "1|alice|startInstance");
    row.expires_at = f.now + 1000;
    fx = fixture_start(&f);
    item = (struct wr_item){ .effects = fx, .idempotency = &row };
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_OK);
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_uint_eq(rows.idempotencies[0].answer.len, 3);
    ck_assert_mem_eq(rows.idempotencies[0].answer.p, "a\0b", 3);

    fx = fixture_start(&f);
    item.effects = fx;
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_EINFLIGHT);
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 0);
    /* Expired, though not swept: the key is free again. */
    fx->history.at = row.expires_at;
    row.expires_at += 5000;
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_OK);

    must(&f, wr_store_change(f.st, &sweep, 1, &f.err));
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    row.expires_at++;
    must(&f, wr_store_change(f.st, &sweep, 1, &f.err));
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    fixture_close(&f);
}
END_TEST

/* Of several that want the same to themselves one starts, in one batch and one
 * after the other, until it has ended. */
START_TEST(a_singleton_is_started_once)
{
    struct fixture f;
    struct wr_query q = { .noun = WR_INSTANCES, .state = -1 };
    struct wr_effects *fx[4], *end;
    struct wr_item items[3];
    int first;

    fixture_open(&f, _i);
    q.singleton = fixture_word(&f, "order/7");
    for (int k = 0; k < 4; k++) {
        fx[k] = fixture_start(&f);
        fx[k]->instance.singleton = k == 2 ? NULL : q.singleton;
    }
    for (int k = 0; k < 3; k++)
        items[k] = (struct wr_item){ .effects = fx[k] };
    must(&f, wr_store_commit(f.st, items, 3, &f.err));
    first = items[0].result == WR_OK ? 0 : 1;
    ck_assert_int_eq(items[first].result, WR_OK);
    ck_assert_int_eq(items[1 - first].result, WR_ECONFLICT);
    ck_assert_int_eq(items[2].result, WR_OK);
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);

    end = fixture_next(&f, fx[first]);
    ck_assert_int_eq(fixture_commit(&f, end), WR_OK);
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    ck_assert_int_eq(fixture_commit(&f, fx[3]), WR_ECONFLICT);
    end = fixture_next(&f, end);
    end->instance.state = WR_COMPLETED;
    ck_assert_int_eq(fixture_commit(&f, end), WR_OK);
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    ck_assert_int_eq(fixture_commit(&f, fx[3]), WR_OK);
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    fixture_close(&f);
}
END_TEST

int
main(void)
{
    TCase *batch = tcase_create("batch");
    int n = fixture_stores();

    tcase_set_timeout(batch, 60);
    tcase_add_loop_test(batch, keeps_what_a_step_leaves, 0, n);
    tcase_add_loop_test(batch, conflict_leaves_no_trace, 0, n);
    tcase_add_loop_test(batch, other_tenant_is_a_conflict, 0, n);
    tcase_add_loop_test(batch, doubled_history_is_a_conflict, 0, n);
    tcase_add_loop_test(batch, rows_are_put_and_removed, 0, n);
    tcase_add_loop_test(batch, neighbours_are_unaffected, 0, n);
    tcase_add_loop_test(batch, groups_stand_or_fall, 0, n);
    tcase_add_loop_test(batch, poisoned_item_fails_alone, 0, n);
    tcase_add_loop_test(batch, text_that_is_none_is_refused, 0, n);
    tcase_add_loop_test(batch, an_instance_is_in_a_batch_once, 0, n);
    tcase_add_loop_test(batch, a_large_batch, 0, n);
    tcase_add_loop_test(batch, start_needs_the_latest_definition, 0, n);
    tcase_add_loop_test(batch, a_lost_lease_stops_the_item, 0, n);
    tcase_add_loop_test(batch, idempotency_row_is_in_the_batch, 0, n);
    tcase_add_loop_test(batch, a_singleton_is_started_once, 0, n);

    return t_main("store", batch, lookup_cases(), claim_cases(), change_cases(),
                  handle_cases(), migration_cases(), outbox_cases(),
                  search_cases(), decision_cases(), message_cases(),
                  letter_cases(), upkeep_cases(), NULL);
}
