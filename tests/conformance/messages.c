/* Messages that wait for somebody, and what finds them and those who wait. */

#include "engine/base/str.h"
#include "tests/conformance/cases.h"

static struct wr_message_row
message(struct fixture *f, const char *name, const char *key)
{
    return (struct wr_message_row){ .id = fixture_id(f),
                                    .tenant = f->tenant,
                                    .published_at = f->now,
                                    .expires_at = f->now + 1000,
                                    .name = name,
                                    .key = key };
}

static struct wr_outbox_row
match(struct fixture *f, const char *name, const char *key)
{
    return (struct wr_outbox_row){ .id = fixture_id(f),
                                   .due_at = f->now + 5,
                                   .created_at = f->now,
                                   .expires_at = f->now,
                                   .tenant = f->tenant,
                                   .kind = WR_OUT_MATCH,
                                   .name = name,
                                   .key = key };
}

/* Is the row of kind MATCH there? */
static bool
is_owed(struct fixture *f, const struct wr_outbox_row *row)
{
    return fixture_find(f, (struct wr_query){ .noun = WR_OUTBOXES,
                                              .id = &row->id,
                                              .state = -1 })
               .n
           == 1;
}

/* Publish; whether somebody may wait for it, which the store said twice. */
static bool
publish(struct fixture *f, struct wr_message_row *m)
{
    struct wr_outbox_row row = match(f, m->name, m->key);
    bool matched = false;
    struct wr_change c = {
        .noun = WR_MESSAGES, .message = m, .match = &row, .matched = &matched
    };

    must(f, wr_store_change(f->st, &c, 1, &f->err));
    ck_assert_int_eq(is_owed(f, &row), matched);

    return matched;
}

static void
put(struct fixture *f, const char *name, const char *key)
{
    struct wr_message_row m = message(f, name, key);

    (void)publish(f, &m);
}

/* An instance that waits; whether the store found messages for it. */
static bool
await(struct fixture *f, const char *name, const char *key, const char *any)
{
    struct wr_effects *fx = fixture_start(f);
    struct wr_outbox_row row = match(f, name, key);
    struct wr_item item = { .effects = fx, .matches = &row, .n_matches = 1 };

    row.business_key = any;
    if (!any)
        fixture_subscription(f, fx, name, key);
    must(f, wr_store_commit(f->st, &item, 1, &f->err));
    ck_assert_int_eq(item.result, WR_OK);
    ck_assert_int_eq(is_owed(f, &row), item.matched);

    return item.matched;
}

START_TEST(a_message_is_kept_as_it_is)
{
    struct fixture f;
    struct wr_message_row m;
    const struct wr_message_row *got;
    struct wr_rows rows;

    fixture_open(&f, _i);
    m = message(&f, "paid", "17");
    m.instance = fixture_id(&f);
    m.reach = WR_REACH_PROCESSES;
    m.target = "order/wait";
    m.business_key = "B \xC3\xA4";
    m.message_id = "m-1";
    m.payload = (struct wr_blob){ "a\0b", 3 };
    ck_assert(!publish(&f, &m));
    rows = fixture_find(
        &f, (struct wr_query){ .noun = WR_MESSAGES, .id = &m.id, .state = -1 });
    ck_assert_uint_eq(rows.n, 1);
    got = rows.messages;
    ck_assert(wr_uuid_equal(&got->instance, &m.instance));
    ck_assert_int_eq(got->pos, m.published_at);
    ck_assert_int_eq(got->published_at, m.published_at);
    ck_assert_int_eq(got->expires_at, m.expires_at);
    ck_assert_int_eq(got->reach, WR_REACH_PROCESSES);
    ck_assert_str_eq(got->name, "paid");
    ck_assert_str_eq(got->key, "17");
    ck_assert_str_eq(got->target, "order/wait");
    ck_assert_str_eq(got->business_key, "B \xC3\xA4");
    ck_assert_str_eq(got->message_id, "m-1");
    ck_assert_mem_eq(got->payload.p, "a\0b", 3);
    fixture_close(&f);
}
END_TEST

static void
are(struct fixture *f, struct wr_query q, const char *keys)
{
    struct wr_str s = { .arena = f->a };
    struct wr_rows rows;

    q.noun = WR_MESSAGES;
    q.state = -1;
    do {
        rows = fixture_find(f, q);
        for (size_t i = 0; i < rows.n; i++)
            wr_str_printf(&s, "%s%s", s.len ? " " : "",
                          rows.messages[i].message_id
                              ? rows.messages[i].message_id
                              : "-");
        q.cursor = rows.next;
    } while (q.cursor);
    ck_assert_str_eq(wr_str_text(&s), keys);
}

/* In the order they were published, whatever their ids and clocks say. */
START_TEST(messages_are_listed_in_order)
{
    static const struct {
        const char *id, *name, *key;
        int back; /* of the clock of who published it */
    } all[] = {
        { "1", "paid", "a", 0 },  { "2", "paid", "a", 3 },
        { "3", "paid", NULL, 0 }, { "4", "paid", "b", 0 },
        { "5", "sent", "a", 0 },  { "6", "paid", "a", 0 },
        { "7", "paid", NULL, 9 },
    };
    struct fixture f;

    fixture_open(&f, _i);
    for (size_t i = 0; i < WR_COUNT(all); i++) {
        struct wr_message_row m = message(&f, all[i].name, all[i].key);

        m.message_id = all[i].id;
        m.published_at = f.now + 10 * (int64_t)i - 10 * all[i].back;
        m.expires_at = f.now + 100 * (int64_t)i;
        (void)publish(&f, &m);
    }
    are(&f, (struct wr_query){ .name = "paid", .key = "a" }, "1 2 6");
    are(&f, (struct wr_query){ .name = "paid", .key_exact = true }, "3 7");
    are(&f, (struct wr_query){ .name = "sent" }, "5");
    are(&f, (struct wr_query){ .name = "paid", .limit = 2 }, "1 2 3 7 4 6");
    are(&f,
        (struct wr_query){
            .name = "paid", .key = "a", .descending = true, .limit = 1 },
        "6 2 1");
    are(&f, (struct wr_query){ .due_before = f.now + 200 }, "1 2 3");
    are(&f, (struct wr_query){ .limit = 3 }, "1 2 3 7 4 5 6");
    fixture_close(&f);
}
END_TEST

START_TEST(who_publishes_finds_who_waits)
{
    struct fixture f;
    struct wr_message_row m;

    fixture_open(&f, _i);
    ck_assert(!await(&f, "paid", "1", NULL));
    ck_assert(!await(&f, "called", NULL, NULL));
    m = message(&f, "paid", "1");
    ck_assert(publish(&f, &m));
    m = message(&f, "paid", "2");
    ck_assert(!publish(&f, &m));
    m = message(&f, "paid", NULL); /* it may say it in its variables */
    ck_assert(publish(&f, &m));
    m = message(&f, "called", "9"); /* a start, or a conversation's first */
    ck_assert(publish(&f, &m));
    m = message(&f, "unheard", "1");
    ck_assert(!publish(&f, &m));
    fixture_close(&f);
}
END_TEST

START_TEST(who_begins_to_wait_finds_what_was_published)
{
    struct fixture f;

    fixture_open(&f, _i);
    put(&f, "paid", "1");
    put(&f, "keyless", NULL);
    ck_assert(await(&f, "paid", "1", NULL));
    ck_assert(!await(&f, "paid", "2", NULL));
    ck_assert(!await(&f, "paid", NULL, NULL));
    ck_assert(await(&f, "paid", NULL, "*"));
    ck_assert(await(&f, "keyless", "2", NULL));
    ck_assert(await(&f, "keyless", NULL, NULL));
    ck_assert(!await(&f, "unheard", NULL, "*"));
    fixture_close(&f);
}
END_TEST

/* A step in conflict waits for nothing. */
START_TEST(what_is_not_committed_is_not_matched)
{
    struct fixture f;
    struct wr_effects *fx, *late;
    struct wr_outbox_row row;
    struct wr_item item;

    fixture_open(&f, _i);
    put(&f, "paid", "1");
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    ck_assert_int_eq(fixture_commit(&f, fixture_next(&f, fx)), WR_OK);
    late = fixture_next(&f, fx);
    row = match(&f, "paid", "1");
    item = (struct wr_item){ .effects = late, .matches = &row, .n_matches = 1 };
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_ECONFLICT);
    ck_assert(!is_owed(&f, &row));
    fixture_close(&f);
}
END_TEST

/* It goes with the step that it was delivered by, once. */
START_TEST(a_message_goes_with_its_delivery)
{
    struct fixture f;
    struct wr_message_row m;
    struct wr_effects *fx, *next;
    struct wr_item item;

    fixture_open(&f, _i);
    m = message(&f, "paid", "1");
    (void)publish(&f, &m);
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    ck_assert_int_eq(fixture_commit(&f, fixture_next(&f, fx)), WR_OK);
    next = fixture_next(&f, fx); /* in conflict: the message stays */
    item = (struct wr_item){ .effects = next, .outbox = m.id };
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_ECONFLICT);
    are(&f, (struct wr_query){ .name = "paid", .limit = 1 }, "-");
    for (int again = 0; again < 2; again++) {
        item = (struct wr_item){ .effects = fixture_start(&f), .outbox = m.id };
        must(&f, wr_store_commit(f.st, &item, 1, &f.err));
        ck_assert_int_eq(item.result, again ? WR_ELEASE : WR_OK);
    }
    are(&f, (struct wr_query){ .name = "paid" }, "");
    fixture_close(&f);
}
END_TEST

START_TEST(a_message_is_removed_once)
{
    struct fixture f;
    struct wr_message_row m, foreign;
    struct wr_change c = { .op = WR_OP_DEL, .noun = WR_MESSAGES };

    fixture_open(&f, _i);
    m = message(&f, "paid", "1");
    (void)publish(&f, &m);
    foreign = m;
    foreign.tenant++;
    c.message = &foreign;
    ck_assert_int_eq(wr_store_change(f.st, &c, 1, &f.err), WR_ENOTFOUND);
    c.message = &m;
    must(&f, wr_store_change(f.st, &c, 1, &f.err));
    ck_assert_int_eq(wr_store_change(f.st, &c, 1, &f.err), WR_ENOTFOUND);
    fixture_close(&f);
}
END_TEST

/* More keys than a batch takes locks for. */
START_TEST(one_step_waits_for_many_keys)
{
    enum {
        N = 300
    };
    struct fixture f;
    struct wr_effects *fx;
    struct wr_outbox_row *rows;
    struct wr_item item;

    fixture_open(&f, _i);
    put(&f, "paid", "k299");
    fx = fixture_start(&f);
    rows = wr_newn(f.a, struct wr_outbox_row, N);
    for (int i = 0; i < N; i++) {
        rows[i] = match(&f, "paid", wr_arena_printf(f.a, "k%d", i));
        fixture_subscription(&f, fx, "paid", rows[i].key);
    }
    item = (struct wr_item){ .effects = fx, .matches = rows, .n_matches = N };
    must(&f, wr_store_commit(f.st, &item, 1, &f.err));
    ck_assert_int_eq(item.result, WR_OK);
    ck_assert(item.matched);
    ck_assert(!is_owed(&f, &rows[0]));
    ck_assert(is_owed(&f, &rows[N - 1]));
    fixture_close(&f);
}
END_TEST

TCase *
message_cases(void)
{
    TCase *tc = tcase_create("messages");
    int n = fixture_stores();

    tcase_add_loop_test(tc, a_message_is_kept_as_it_is, 0, n);
    tcase_add_loop_test(tc, messages_are_listed_in_order, 0, n);
    tcase_add_loop_test(tc, who_publishes_finds_who_waits, 0, n);
    tcase_add_loop_test(tc, who_begins_to_wait_finds_what_was_published, 0, n);
    tcase_add_loop_test(tc, what_is_not_committed_is_not_matched, 0, n);
    tcase_add_loop_test(tc, a_message_goes_with_its_delivery, 0, n);
    tcase_add_loop_test(tc, a_message_is_removed_once, 0, n);
    tcase_add_loop_test(tc, one_step_waits_for_many_keys, 0, n);

    return tc;
}
