/* Handles: several on one store, and a store that is closed and opened. */

#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/conformance/cases.h"

START_TEST(a_reader_sees_what_was_committed)
{
    struct fixture f, reader;
    struct wr_effects *fx;

    fixture_open(&f, _i);
    reader = f;
    reader.st = fixture_second(&f);
    fx = fixture_start(&f);
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
        ck_assert_int_eq(fixture_rev(&reader, &fx->instance.id),
                         fx->instance.rev);
        fx = fixture_next(&f, fx);
    }
    wr_store_close(reader.st);
    fixture_close(&f);
}
END_TEST

START_TEST(what_was_committed_is_there_after_reopening)
{
    struct fixture f;
    struct wr_effects *fx;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    if (!fixture_is(&f, "memory:")) { /* which goes with its last handle */
        wr_store_close(f.st);
        must(&f, wr_store_open(f.url, &f.st, &f.err));
        must(&f, wr_store_migrate(f.st, &f.err));
    }
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 3);
    fixture_close(&f);
}
END_TEST

START_TEST(memory_without_a_name_is_ones_own)
{
    struct wr_store *x, *y;
    struct wr_err err;
    struct fixture f;
    struct wr_effects *fx;

    fixture_open(&f, 0);
    ck_assert_int_eq(wr_store_open("memory:", &x, &err), 0);
    ck_assert_int_eq(wr_store_open("memory:", &y, &err), 0);
    wr_store_close(f.st);
    f.st = x;
    fx = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    f.st = y;
    ck_assert_int_eq(fixture_rev(&f, &fx->instance.id), 0);
    wr_store_close(x);
    fixture_close(&f);
}
END_TEST

START_TEST(unknown_urls_are_refused)
{
    struct wr_store *st;
    struct wr_err err;

    ck_assert_int_eq(wr_store_open("mysql://x", &st, &err), WR_EINVALID);
    ck_assert_int_eq(wr_store_open("memory", &st, &err), WR_EINVALID);
    ck_assert_int_eq(wr_store_open("sqlite:/nowhere/at/all/w.db", &st, &err),
                     WR_ESTORE);
    ck_assert_int_eq(
        wr_store_open("postgresql:///w?host=/nowhere/at/all", &st, &err),
        WR_ESTORE);
}
END_TEST

START_TEST(passwords_of_urls_are_not_shown)
{
    static const struct {
        const char *url, *shown;
    } cases[] = {
        { "sqlite:/a:b@c/w.db?password=x", "sqlite:/a:b@c/w.db?password=x" },
        { "memory:", "memory:" },
        { "postgresql://weir@/db", "postgresql://weir@/db" },
        { "postgresql://weir:s3@cret@h:5432/db",
          "postgresql://weir:***@h:5432/db" },
        { "postgres://:x@/db?host=/run", "postgres://:***@/db?host=/run" },
        { "postgresql:///db?password=a&host=/r&sslpassword=b",
          "postgresql:///db?password=***&host=/r&sslpassword=***" },
        { "postgresql://h", "postgresql://h" },
        { "postgresql://h/?password", "postgresql://h/?password=***" },
    };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_store *st;
    struct wr_err err;

    for (size_t i = 0; i < WR_COUNT(cases); i++)
        ck_assert_str_eq(wr_store_public_url(a, cases[i].url), cases[i].shown);
    ck_assert_int_eq(wr_store_open("postgresx://weir:s3cret@h/db", &st, &err),
                     WR_EINVALID);
    ck_assert_ptr_null(strstr(err.text, "s3cret"));
}
END_TEST

START_TEST(a_locked_file_is_waited_for_as_long_as_set)
{
    char dir[] = "/tmp/weir-locked-XXXXXX", url[64];
    struct wr_store *st;
    struct timespec from, to;
    struct wr_err err;
    sqlite3 *other;
    long waited;

    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(url, sizeof(url), "sqlite:%s/w.db", dir);
    ck_assert_int_eq(sqlite3_open(url + 7, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN EXCLUSIVE", NULL, NULL, NULL),
                     SQLITE_OK);
    wr_store_set_wait(1000);
    clock_gettime(CLOCK_MONOTONIC, &from);
    ck_assert_int_eq(wr_store_open(url, &st, &err), WR_EBUSY);
    clock_gettime(CLOCK_MONOTONIC, &to);
    wr_store_set_wait(10000);
    waited = (to.tv_sec - from.tv_sec) * 1000
             + (to.tv_nsec - from.tv_nsec) / 1000000;
    ck_assert_int_ge(waited, 900);
    ck_assert_int_lt(waited, 8000);
    sqlite3_close(other);
    unlink(url + 7);
    rmdir(dir);
}
END_TEST

/* ---- two writers ---- */

enum {
    ROUNDS = 60
};

struct writer {
    const struct fixture *of;
    struct wr_effects *last;
    const char *type;
    int done, conflicts;
    int claimed;
};

static void *
write_on(void *data)
{
    struct writer *w = data;
    struct fixture f = *w->of;
    const struct wr_instance_row *row;

    f.a = wr_arena_new(4096);
    f.st = fixture_second(&f);
    while (w->done < ROUNDS) {
        struct wr_effects *fx = fixture_next(&f, w->last);

        must(&f, wr_store_instance(f.st, &fx->instance.id, f.tenant, f.a, &row,
                                   &f.err));
        fx->expected_rev = row->rev;
        fx->instance.rev = row->rev + 1;
        fx->history.seq = row->rev + 1;
        if (fixture_commit(&f, fx) == WR_OK)
            w->done++;
        else
            w->conflicts++;
    }
    fixture_close(&f);

    return NULL;
}

START_TEST(two_writers_of_one_instance)
{
    struct fixture f;
    struct writer w[2] = { { 0 } };
    pthread_t threads[2];
    struct wr_rows rows;

    fixture_open(&f, _i);
    w[0].of = w[1].of = &f;
    w[0].last = w[1].last = fixture_start(&f);
    ck_assert_int_eq(fixture_commit(&f, w[0].last), WR_OK);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_on, &w[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    rows = fixture_find(
        &f, (struct wr_query){ .noun = WR_HISTORIES,
                               .instance = &w[0].last->instance.id });
    ck_assert_uint_eq(rows.n, 1 + 2 * ROUNDS);
    for (size_t i = 1; i < rows.n; i++)
        ck_assert_int_eq(rows.histories[i].seq, 3 + (int64_t)i);
    fixture_close(&f);
}
END_TEST

static void *
claim_on(void *data)
{
    struct writer *w = data;
    struct fixture f = *w->of;
    struct wr_claim c = { .types = &w->type,
                          .n_types = 1,
                          .tenant = f.tenant,
                          .max = 3,
                          .worker = "w",
                          .now = 5000,
                          .until = 6000 };
    struct wr_rows rows;

    f.a = wr_arena_new(4096);
    f.st = fixture_second(&f);
    do {
        c.lease = wr_uuid_new(f.now, f.bucket);
        must(&f, wr_store_claim(f.st, &c, f.a, &rows, &f.err));
        w->claimed += (int)rows.n;
    } while (rows.n > 0);
    fixture_close(&f);

    return NULL;
}

START_TEST(two_claimers_share_the_jobs)
{
    struct fixture f;
    struct writer w[2] = { { 0 } };
    pthread_t threads[2];
    struct wr_effects *fx;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    w[0].of = w[1].of = &f;
    w[0].type = w[1].type = fixture_word(&f, "charge");
    for (int i = 0; i < 100; i++)
        fixture_job(&f, fx, w[0].type);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, claim_on, &w[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(w[0].claimed + w[1].claimed, 100);
    fixture_close(&f);
}
END_TEST

/* ---- migrations ---- */

static void
execute(const char *url, const char *sql)
{
    sqlite3 *db;
    PGconn *c;

    if (strncmp(url, "sqlite:", 7) == 0) {
        ck_assert_int_eq(sqlite3_open(url + 7, &db), SQLITE_OK);
        ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        return;
    }
    c = PQconnectdb(url);
    PQclear(PQexec(c, sql));
    ck_assert_msg(!*PQerrorMessage(c), "%s", PQerrorMessage(c));
    PQfinish(c);
}

START_TEST(a_newer_store_is_refused)
{
    struct fixture f;
    struct wr_store *st;
    const char *url;

    fixture_open(&f, _i);
    if (fixture_is(&f, "memory:")) {
        fixture_close(&f);
        return;
    }
    url = fixture_is(&f, "sqlite:")
              ? wr_arena_printf(f.a, "%s-newer", f.url)
              : wr_arena_printf(f.a, "%s&options=-csearch_path%%3Dnewer",
                                f.url);
    if (!fixture_is(&f, "sqlite:"))
        execute(f.url, "CREATE SCHEMA IF NOT EXISTS newer");
    must(&f, wr_store_open(url, &st, &f.err));
    must(&f, wr_store_migrate(st, &f.err));
    must(&f, wr_store_migrate(st, &f.err)); /* nothing to do */
    execute(url, "INSERT INTO wr_schema VALUES (9999, 'from the future')");
    ck_assert_int_eq(wr_store_migrate(st, &f.err), WR_ENEWER);
    wr_store_close(st);
    ck_assert_int_eq(wr_store_open(url, &st, &f.err), WR_ENEWER);
    execute(url, "DELETE FROM wr_schema WHERE number = 9999");
    must(&f, wr_store_open(url, &st, &f.err));
    wr_store_close(st);
    fixture_close(&f);
}
END_TEST

TCase *
migration_cases(void)
{
    TCase *tc = tcase_create("migrations (rows 122)");

    tcase_add_loop_test(tc, a_newer_store_is_refused, 0, fixture_stores());

    return tc;
}

TCase *
handle_cases(void)
{
    TCase *tc = tcase_create("handle");
    int n = fixture_stores();

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_reader_sees_what_was_committed, 0, n);
    tcase_add_loop_test(tc, what_was_committed_is_there_after_reopening, 0, n);
    tcase_add_test(tc, memory_without_a_name_is_ones_own);
    tcase_add_test(tc, unknown_urls_are_refused);
    tcase_add_test(tc, passwords_of_urls_are_not_shown);
    tcase_add_test(tc, a_locked_file_is_waited_for_as_long_as_set);
    tcase_add_loop_test(tc, two_writers_of_one_instance, 0, n);
    tcase_add_loop_test(tc, two_claimers_share_the_jobs, 0, n);
    return tc;
}
