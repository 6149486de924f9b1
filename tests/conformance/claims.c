/* Claims: who gets which job, and until when. */

#include <string.h>

#include "tests/conformance/cases.h"

static struct wr_claim
claim_of(struct fixture *f, const char *const *types, int n_types, int max)
{
    return (struct wr_claim){ .types = types,
                              .n_types = n_types,
                              .tenant = f->tenant,
                              .max = max,
                              .worker = "worker-1",
                              .now = 5000,
                              .until = 6000,
                              .lease = fixture_id(f) };
}

static struct wr_rows
claim(struct fixture *f, const struct wr_claim *c)
{
    struct wr_rows rows;

    must(f, wr_store_claim(f->st, c, f->a, &rows, &f->err));

    return rows;
}

static struct wr_job_op *
put_due(struct wr_job_op *j, int64_t at)
{
    j->row.created_at = 1;
    j->row.due_at = at;

    return j;
}

START_TEST(best_first_and_once)
{
    struct fixture f;
    struct wr_effects *fx;
    const char *type, *types[3];
    struct wr_job_op *j;
    struct wr_claim c;
    struct wr_rows rows, again;

    fixture_open(&f, _i);
    types[0] = type = fixture_word(&f, "charge");
    types[1] = fixture_word(&f, "ship");
    types[2] = type;
    fx = fixture_start(&f);
    put_due(fixture_job(&f, fx, type), 20);
    j = put_due(fixture_job(&f, fx, types[1]), 30);
    j->row.priority = 9;
    put_due(fixture_job(&f, fx, type), 10);
    put_due(fixture_job(&f, fx, type), 5001);       /* not yet */
    fixture_job(&f, fx, type)->row.retries = 0;     /* has an incident */
    fixture_job(&f, fx, fixture_word(&f, "other")); /* not asked for */
    fixture_job(&f, fx, type)->row.kind = WR_JOB_ASYNC;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);

    c = claim_of(&f, types, 3, 2);
    rows = claim(&f, &c);
    ck_assert_uint_eq(rows.n, 2);
    ck_assert(wr_uuid_equal(&rows.jobs[0].id, &j->row.id));
    ck_assert_int_eq(rows.jobs[1].due_at, 10);
    ck_assert_str_eq(rows.jobs[0].lease_owner, "worker-1");
    ck_assert_int_eq(rows.jobs[0].lease_until, 6000);
    ck_assert(!wr_uuid_is_zero(&rows.jobs[0].lease));
    ck_assert(!wr_uuid_equal(&rows.jobs[0].lease, &rows.jobs[1].lease));
    again = claim(&f, &c);
    ck_assert_uint_eq(again.n, 1);
    ck_assert_int_eq(again.jobs[0].due_at, 20);
    ck_assert_uint_eq(claim(&f, &c).n, 0);

    again = fixture_find(
        &f, (struct wr_query){ .noun = WR_JOBS, .id = &j->row.id });
    ck_assert(wr_uuid_equal(&again.jobs[0].lease, &rows.jobs[0].lease));
    fixture_close(&f);
}
END_TEST

START_TEST(offered_again_when_the_lease_is_over)
{
    struct fixture f;
    struct wr_effects *fx, *next;
    const char *types[1];
    struct wr_job_op *put;
    struct wr_claim c;
    struct wr_rows first, second;
    struct wr_job_row job;
    struct wr_change extend = { .noun = WR_JOBS, .job = &job };

    fixture_open(&f, _i);
    types[0] = fixture_word(&f, "charge");
    fx = fixture_start(&f);
    fixture_job(&f, fx, types[0]);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    c = claim_of(&f, types, 1, 10);
    first = claim(&f, &c);
    ck_assert_uint_eq(first.n, 1);

    job = first.jobs[0];
    job.lease_until = 7000;
    must(&f, wr_store_change(f.st, &extend, 1, &f.err));
    c.now = 6999;
    ck_assert_uint_eq(claim(&f, &c).n, 0);
    c.now = 7000;
    c.until = 9000;
    c.lease = fixture_id(&f);
    second = claim(&f, &c);
    ck_assert_uint_eq(second.n, 1);
    ck_assert(!wr_uuid_equal(&first.jobs[0].lease, &second.jobs[0].lease));

    /* The first holder has lost it. */
    ck_assert_int_eq(wr_store_change(f.st, &extend, 1, &f.err), WR_ELEASE);
    job.id = fixture_id(&f);
    ck_assert_int_eq(wr_store_change(f.st, &extend, 1, &f.err), WR_ENOTFOUND);

    /* A step that puts the row again clears the lease. */
    next = fixture_next(&f, fx);
    put = fixture_job(&f, next, types[0]);
    put->row = fx->jobs[0].row;
    put->row.retries = 1;
    put->is_new = false;
    ck_assert_int_eq(fixture_commit(&f, next), WR_OK);
    second = claim(&f, &c);
    ck_assert_uint_eq(second.n, 1);
    ck_assert_int_eq(second.jobs[0].retries, 1);
    fixture_close(&f);
}
END_TEST

/* A step of priority is worth 30 s of waiting: who waits longer gains, and at
 * last the least important is first. */
START_TEST(who_waits_gains)
{
    struct fixture f;
    struct wr_effects *fx;
    const char *types[1];
    struct wr_job_op *low;
    struct wr_claim c;
    struct wr_rows rows;

    fixture_open(&f, _i);
    types[0] = fixture_word(&f, "charge");
    fx = fixture_start(&f);
    low = put_due(fixture_job(&f, fx, types[0]), 1000);
    put_due(fixture_job(&f, fx, types[0]), 60999)->row.priority = 2;
    put_due(fixture_job(&f, fx, types[0]), 61001)->row.priority = 2;
    put_due(fixture_job(&f, fx, types[0]), 61000)->row.priority = -3;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    c = claim_of(&f, types, 1, 4);
    c.now = 70000;
    c.until = 80000;
    rows = claim(&f, &c);
    ck_assert_uint_eq(rows.n, 4);
    ck_assert_int_eq(rows.jobs[0].due_at, 60999);
    ck_assert(wr_uuid_equal(&rows.jobs[1].id, &low->row.id));
    ck_assert_int_eq(rows.jobs[2].due_at, 61001);
    ck_assert_int_eq(rows.jobs[3].priority, -3);
    fixture_close(&f);
}
END_TEST

static size_t
lost(struct fixture *f, int64_t before)
{
    return fixture_find(
               f, (struct wr_query){ .noun = WR_JOBS, .guard_before = before })
        .n;
}

/* A claim is a try, whatever becomes of it: the last one's end is found. */
START_TEST(claims_are_counted)
{
    struct fixture f;
    struct wr_effects *fx;
    const char *types[1];
    struct wr_job_row job;
    struct wr_claim c;
    struct wr_rows rows;
    struct wr_change extend = { .noun = WR_JOBS, .job = &job };

    fixture_open(&f, _i);
    types[0] = fixture_word(&f, "charge");
    fx = fixture_start(&f);
    put_due(fixture_job(&f, fx, types[0]), 1)->row.retries = 2;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    c = claim_of(&f, types, 1, 1);
    rows = claim(&f, &c);
    ck_assert_int_eq(rows.jobs[0].claims, 1);
    ck_assert_int_eq(rows.jobs[0].guard_at, 0);
    ck_assert_uint_eq(lost(&f, 100000), 0);
    c.now = 6000;
    c.until = 8000;
    c.lease = fixture_id(&f);
    rows = claim(&f, &c);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_int_eq(rows.jobs[0].claims, 2);
    ck_assert_int_eq(rows.jobs[0].guard_at, 8000);
    /* given back: it was none */
    job = rows.jobs[0];
    extend.op = WR_OP_DEL;
    must(&f, wr_store_change(f.st, &extend, 1, &f.err));
    ck_assert_int_eq(wr_store_change(f.st, &extend, 1, &f.err), WR_ELEASE);
    c.lease = fixture_id(&f);
    rows = claim(&f, &c);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_int_eq(rows.jobs[0].claims, 2);
    ck_assert_int_eq(rows.jobs[0].guard_at, 8000);
    extend.op = WR_OP_PUT;
    job = rows.jobs[0];
    job.lease_until = 9000;
    must(&f, wr_store_change(f.st, &extend, 1, &f.err));
    ck_assert_uint_eq(lost(&f, 8999), 0);
    ck_assert_uint_eq(lost(&f, 9000), 1);
    c.now = 10000;
    c.until = 11000;
    ck_assert_uint_eq(claim(&f, &c).n, 0);
    fixture_close(&f);
}
END_TEST

START_TEST(of_its_tenant_alone)
{
    struct fixture f;
    struct wr_effects *fx;
    const char *types[1];
    struct wr_claim c;

    fixture_open(&f, _i);
    types[0] = fixture_word(&f, "charge");
    fx = fixture_start(&f);
    fixture_job(&f, fx, types[0]);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    c = claim_of(&f, types, 1, 10);
    c.tenant = f.tenant ^ 1;
    ck_assert_uint_eq(claim(&f, &c).n, 0);
    c.tenant = f.tenant;
    ck_assert_uint_eq(claim(&f, &c).n, 1);
    fixture_close(&f);
}
END_TEST

START_TEST(only_from_its_buckets)
{
    struct fixture f;
    struct wr_effects *fx;
    const char *types[1];
    struct wr_claim c;

    fixture_open(&f, _i);
    types[0] = fixture_word(&f, "charge");
    f.bucket = 7;
    fx = fixture_start(&f);
    fixture_job(&f, fx, types[0]);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    c = claim_of(&f, types, 1, 10);
    c.bucket_from = 8;
    c.bucket_to = 4095;
    ck_assert_uint_eq(claim(&f, &c).n, 0);
    c.bucket_from = 7;
    c.bucket_to = 7;
    ck_assert_uint_eq(claim(&f, &c).n, 1);
    c.max = 0;
    ck_assert_int_eq(
        wr_store_claim(f.st, &c, f.a, &(struct wr_rows){ 0 }, &f.err),
        WR_EINVALID);
    fixture_close(&f);
}
END_TEST

START_TEST(the_schedulers_own_jobs_are_looked_up)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_query q = { .noun = WR_JOBS, .type = "", .due_before = 5000 };
    struct wr_job_op *j;
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    for (int i = 0; i < 4; i++) {
        j = fixture_job(&f, fx, "");
        j->row.kind = WR_JOB_ASYNC;
        j->row.due_at = 6000 - 500 * i;
        j->row.retries = i == 3 ? 0 : 1;
    }
    fixture_job(&f, fx, "charge");
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_int_eq(rows.jobs[0].due_at, 5000);
    q.due_before = 0;
    ck_assert_uint_eq(fixture_find(&f, q).n, 4);
    q.type = NULL;
    ck_assert_uint_eq(fixture_find(&f, q).n, 5);
    q.instance = &fx->instance.id;
    q.definition = &fx->instance.definition;
    q.type = "charge";
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    fixture_close(&f);
}
END_TEST

TCase *
claim_cases(void)
{
    TCase *tc = tcase_create("claim");
    int n = fixture_stores();

    tcase_add_loop_test(tc, best_first_and_once, 0, n);
    tcase_add_loop_test(tc, offered_again_when_the_lease_is_over, 0, n);
    tcase_add_loop_test(tc, who_waits_gains, 0, n);
    tcase_add_loop_test(tc, claims_are_counted, 0, n);
    tcase_add_loop_test(tc, of_its_tenant_alone, 0, n);
    tcase_add_loop_test(tc, only_from_its_buckets, 0, n);
    tcase_add_loop_test(tc, the_schedulers_own_jobs_are_looked_up, 0, n);

    return tc;
}
