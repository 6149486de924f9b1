/* Dead letters: kept once, counted, and what they hold is not due. */

#include "tests/conformance/cases.h"

static struct wr_dead_letter_row
letter(struct fixture *f, const char *queue)
{
    return (struct wr_dead_letter_row){ .id = fixture_id(f),
                                        .first_at = f->now,
                                        .last_at = f->now,
                                        .tenant = f->tenant,
                                        .count = 1,
                                        .queue = queue,
                                        .reason = "rejected" };
}

static int
change(struct fixture *f, enum wr_op op, int64_t was,
       const struct wr_dead_letter_row *row)
{
    const struct wr_change c = {
        .op = op, .noun = WR_DEAD_LETTERS, .was = was, .dead_letter = row
    };

    return wr_store_change(f->st, &c, 1, &f->err);
}

static size_t
due(struct fixture *f, enum wr_noun noun, const char *type)
{
    return fixture_find(f, (struct wr_query){ .noun = noun,
                                              .state = -1,
                                              .type = type,
                                              .due_before = f->now + 1000 })
        .n;
}

START_TEST(one_is_kept_as_it_is_and_counted)
{
    struct fixture f;
    struct wr_dead_letter_row row;
    const struct wr_dead_letter_row *got;
    struct wr_rows rows;
    int64_t at;

    fixture_open(&f, _i);
    row = letter(&f, "scripts");
    row.target = fixture_id(&f);
    row.instance = fixture_id(&f);
    row.kind = "job";
    row.detail = "why";
    row.message_id = "m-1";
    row.body = (struct wr_blob){ "\0{}\xFF", 4 };
    row.size = 4;
    row.held = true;
    at = row.first_at;
    must(&f, change(&f, WR_OP_PUT, 0, &row));
    rows = fixture_find(&f, (struct wr_query){ .noun = WR_DEAD_LETTERS,
                                               .id = &row.id,
                                               .state = -1 });
    ck_assert_uint_eq(rows.n, 1);
    got = rows.dead_letters;
    ck_assert(wr_uuid_equal(&got->target, &row.target));
    ck_assert(wr_uuid_equal(&got->instance, &row.instance));
    ck_assert_str_eq(got->queue, "scripts");
    ck_assert_str_eq(got->reason, "rejected");
    ck_assert_str_eq(got->kind, "job");
    ck_assert_str_eq(got->detail, "why");
    ck_assert_str_eq(got->message_id, "m-1");
    ck_assert_uint_eq(got->body.len, 4);
    ck_assert_mem_eq(got->body.p, "\0{}\xFF", 4);
    ck_assert_int_eq(got->size, 4);
    ck_assert(got->held);

    row.last_at += 5;
    row.first_at += 5;
    row.detail = NULL;
    row.reason = "delivery_limit";
    must(&f, change(&f, WR_OP_PUT, 0, &row));
    row.held = false;
    row.detail = "it has an incident";
    must(&f, change(&f, WR_OP_PUT, 1, &row));
    got = fixture_find(&f, (struct wr_query){ .noun = WR_DEAD_LETTERS,
                                              .id = &row.id,
                                              .state = -1 })
              .dead_letters;
    ck_assert_int_eq(got->count, 2);
    ck_assert_int_eq(got->first_at, at);
    ck_assert_int_eq(got->last_at, at + 5);
    ck_assert_str_eq(got->reason, "delivery_limit");
    ck_assert_str_eq(got->detail, "it has an incident");
    ck_assert(!got->held);
    fixture_close(&f);
}
END_TEST

START_TEST(what_one_holds_is_not_due)
{
    struct fixture f;
    struct wr_dead_letter_row row;
    struct wr_timer_row *timer;
    struct wr_outbox_row *owed;
    struct wr_job_row *job;
    struct wr_effects *fx;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    timer = &fixture_timer(&f, fx, f.now)->row;
    owed = &fixture_owe(&f, fx, WR_OUT_SIGNAL)->row;
    owed->due_at = f.now;
    job = &fixture_job(&f, fx, "")->row;
    job->kind = WR_JOB_ASYNC;
    job->due_at = f.now;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);

    const struct {
        const struct wr_uuid *id;
        enum wr_noun noun;
        const char *type;
    } work[] = { { &timer->id, WR_TIMERS, NULL },
                 { &owed->id, WR_OUTBOXES, NULL },
                 { &job->id, WR_JOBS, "" } };

    for (size_t i = 0; i < WR_COUNT(work); i++) {
        ck_assert_uint_eq(due(&f, work[i].noun, work[i].type), 1);
        row = letter(&f, "timers");
        row.target = *work[i].id;
        row.held = true;
        must(&f, change(&f, WR_OP_PUT, 0, &row));
        ck_assert_uint_eq(due(&f, work[i].noun, work[i].type), 0);
        row.held = false;
        must(&f, change(&f, WR_OP_PUT, 1, &row));
        ck_assert_uint_eq(due(&f, work[i].noun, work[i].type), 1);
    }
    fixture_close(&f);
}
END_TEST

START_TEST(they_are_listed_and_go)
{
    struct fixture f;
    struct wr_dead_letter_row row;
    struct wr_query q = { .noun = WR_DEAD_LETTERS, .state = -1 };
    struct wr_query old = q;
    int64_t last = INT64_MAX;
    int64_t from;
    size_t n = 0;

    fixture_open(&f, _i);
    from = f.now;
    for (int i = 0; i < 7; i++) {
        row = letter(&f, i % 2 ? "inbox" : "timers");
        row.first_at = row.last_at = from + i;
        row.held = i == 0;
        must(&f, change(&f, WR_OP_PUT, 0, &row));
    }
    q.descending = true;
    q.limit = 3;
    do {
        struct wr_rows rows = fixture_find(&f, q);

        for (size_t i = 0; i < rows.n; i++, n++) {
            ck_assert_int_lt(rows.dead_letters[i].first_at, last);
            last = rows.dead_letters[i].first_at;
        }
        q.cursor = rows.next;
    } while (q.cursor);
    ck_assert_uint_eq(n, 7);
    q.limit = 0;
    q.name = "inbox";
    ck_assert_uint_eq(fixture_find(&f, q).n, 3);
    /* One that holds something is never too old. */
    old.due_before = from + 2;
    ck_assert_uint_eq(fixture_find(&f, old).n, 2);

    f.tenant++;
    row.tenant++;
    ck_assert_int_eq(change(&f, WR_OP_DEL, 0, &row), WR_ENOTFOUND);
    ck_assert_int_eq(change(&f, WR_OP_PUT, 1, &row), WR_ENOTFOUND);
    row.tenant--;
    must(&f, change(&f, WR_OP_DEL, 0, &row));
    ck_assert_int_eq(change(&f, WR_OP_DEL, 0, &row), WR_ENOTFOUND);
    fixture_close(&f);
}
END_TEST

TCase *
letter_cases(void)
{
    TCase *t = tcase_create("letters");
    int n = fixture_stores();

    tcase_add_loop_test(t, one_is_kept_as_it_is_and_counted, 0, n);
    tcase_add_loop_test(t, what_one_holds_is_not_due, 0, n);
    tcase_add_loop_test(t, they_are_listed_and_go, 0, n);

    return t;
}
