/*
 * The store again, with the Nth call to the system failing.
 *
 * This program stands between the backends' libraries and the C library: while a
 * fault is armed, the Nth write, sync, send or receive fails as a full disk or a
 * broken connection would.  For every N until none fails any more: nothing is
 * half done, what was acknowledged is there, and the handle works again.
 *
 * The memory backend calls nothing that can fail.
 */

#define _GNU_SOURCE 1 /* off64_t */

#include <errno.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/conformance/cases.h"

/* ---- the fault ---- */

enum {
    MOST = 400 /* calls of one operation; none comes near */
};

static int countdown; /* 0: not armed */
static bool fired;

static bool
fails_now(void)
{
    if (countdown == 0 || --countdown > 0)
        return false;
    fired = true;

    return true;
}

/* A broken connection is broken for both sides. */
static bool
cut(int fd)
{
    if (!fails_now())
        return false;
    shutdown(fd, SHUT_RDWR);
    errno = ECONNRESET;

    return true;
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
    if (cut(fd))
        return -1;

    return syscall(SYS_sendto, fd, p, n, flags, NULL, 0);
}

ssize_t
recv(int fd, void *p, size_t n, int flags)
{
    if (cut(fd))
        return -1;

    return syscall(SYS_recvfrom, fd, p, n, flags, NULL, NULL);
}

static bool
full(void)
{
    if (!fails_now())
        return false;
    errno = ENOSPC;

    return true;
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    return full() ? -1 : syscall(SYS_pwrite64, fd, p, n, at);
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t at)
{
    return full() ? -1 : syscall(SYS_pwrite64, fd, p, n, at);
}

int
ftruncate64(int fd, off64_t n)
{
    return full() ? -1 : (int)syscall(SYS_ftruncate, fd, n);
}

int
fdatasync(int fd)
{
    return full() ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int
fsync(int fd)
{
    return full() ? -1 : (int)syscall(SYS_fsync, fd);
}

static void
arm(int nth)
{
    fired = false;
    countdown = nth;
}

/* Was the fault reached?  Disarms it. */
static bool
disarm(void)
{
    countdown = 0;

    return fired;
}

/* A server that lost its client finishes first what it was told. */
static void
settle(struct fixture *f)
{
    PGconn *c;
    bool busy = true;

    wr_store_close(f->st);
    if (fixture_is(f, "postgresql:")) {
        c = PQconnectdb(f->url);
        while (busy) {
            PGresult *res = PQexec(c, "SELECT 1 FROM pg_stat_activity"
                                      " WHERE application_name = 'weir'");

            ck_assert_int_eq(PQresultStatus(res), PGRES_TUPLES_OK);
            busy = PQntuples(res) > 0;
            PQclear(res);
        }
        PQfinish(c);
    }
    must(f, wr_store_open(f->url, &f->st, &f->err));
}

/* The handle that failed is not lost: it reads again. */
static void
handle_lives(struct fixture *f)
{
    struct wr_query q = { .noun = WR_USERS, .tenant = f->tenant };
    struct wr_rows rows;

    must(f, wr_store_find(f->st, &q, f->a, &rows, &f->err));
}

/* ---- batches ---- */

struct batch {
    struct wr_effects *parent, *child, *lone, *moved;
    struct wr_idempotency_row key;
    struct wr_uuid settled, owed; /* rows of the outbox */
    struct wr_item items[4];
};

static void
make_batch(struct fixture *f, struct batch *b)
{
    struct wr_effects *parent = fixture_start(f), *moved = fixture_start(f);

    fixture_task(f, moved);
    fixture_owe(f, parent, WR_OUT_DELIVER);
    ck_assert_int_eq(fixture_commit(f, parent), WR_OK);
    ck_assert_int_eq(fixture_commit(f, moved), WR_OK);
    *b = (struct batch){ .parent = fixture_next(f, parent),
                         .child = fixture_start(f),
                         .lone = fixture_start(f),
                         .moved = fixture_next(f, moved) };
    fixture_task(f, b->child);
    fixture_timer(f, b->child, 17);
    fixture_job(f, b->lone, "charge");
    fixture_subscription(f, b->lone, "paid", NULL);
    *fixture_task(f, b->moved) = (struct wr_task_op){
        .op = WR_OP_DEL, .row = { .id = moved->tasks[0].row.id }
    };
    fixture_incident(f, b->moved);
    b->settled = parent->outboxes[0].row.id;
    b->owed = fixture_owe(f, b->lone, WR_OUT_SIGNAL)->row.id;
    b->key = (struct wr_idempotency_row){
        .key = wr_arena_printf(f->a, "%d-%lld", (int)f->tenant,
                               (long long)f->now),
        .answer = { "a", 1 },
        .expires_at = f->now + 1000,
    };
    b->items[0] = (struct wr_item){ .effects = b->parent, .group = 1 };
    b->items[1] = (struct wr_item){ .effects = b->child, .group = 1 };
    b->items[2] = (struct wr_item){ .effects = b->lone,
                                    .idempotency = &b->key };
    b->items[3] = (struct wr_item){ .effects = b->moved, .outbox = b->settled };
}

static size_t
rows_of(struct fixture *f, enum wr_noun noun, const struct wr_effects *fx)
{
    return fixture_find(f,
                        (struct wr_query){ .noun = noun,
                                           .instance = &fx->instance.id,
                                           .state = noun == WR_TASKS ? -1 : 0 })
        .n;
}

static size_t
is_owed(struct fixture *f, const struct wr_uuid *id)
{
    return fixture_find(
               f,
               (struct wr_query){ .noun = WR_OUTBOXES, .id = id, .state = -1 })
        .n;
}

/* Is the batch there?  All of it or nothing. */
static bool
is_there(struct fixture *f, const struct batch *b)
{
    bool there = fixture_rev(f, &b->parent->instance.id) == 5;
    size_t n = there ? 1 : 0;

    ck_assert_int_eq(fixture_rev(f, &b->parent->instance.id), there ? 5 : 3);
    ck_assert_int_eq(fixture_rev(f, &b->child->instance.id), there ? 3 : 0);
    ck_assert_int_eq(fixture_rev(f, &b->lone->instance.id), there ? 3 : 0);
    ck_assert_int_eq(fixture_rev(f, &b->moved->instance.id), there ? 5 : 3);
    ck_assert_uint_eq(rows_of(f, WR_HISTORIES, b->parent), 1 + n);
    ck_assert_uint_eq(rows_of(f, WR_HISTORIES, b->child), n);
    ck_assert_uint_eq(rows_of(f, WR_TASKS, b->child), n);
    ck_assert_uint_eq(rows_of(f, WR_TIMERS, b->child), n);
    ck_assert_uint_eq(rows_of(f, WR_JOBS, b->lone), n);
    ck_assert_uint_eq(rows_of(f, WR_SUBSCRIPTIONS, b->lone), n);
    ck_assert_uint_eq(rows_of(f, WR_TASKS, b->moved), 1 - n);
    ck_assert_uint_eq(rows_of(f, WR_INCIDENTS, b->moved), n);
    ck_assert_uint_eq(is_owed(f, &b->owed), n);
    ck_assert_uint_eq(is_owed(f, &b->settled), 1 - n);
    ck_assert_uint_eq(
        fixture_find(
            f, (struct wr_query){ .noun = WR_IDEMPOTENCIES, .key = b->key.key })
            .n,
        n);

    return there;
}

START_TEST(a_batch_is_whole_or_absent)
{
    struct fixture f;
    struct batch b;
    bool reached = true;
    int faults = 0;

    fixture_open(&f, _i);
    for (int nth = 1; reached && nth < MOST; nth++) {
        int rc;

        make_batch(&f, &b);
        arm(nth);
        rc = wr_store_commit(f.st, b.items, 4, &f.err);
        reached = disarm();
        faults += reached;
        ck_assert_msg(rc == 0 || rc == WR_ESTORE || rc == WR_EBUSY,
                      "fault %d: %d %s", nth, rc, f.err.text);
        handle_lives(&f);
        settle(&f);
        if (rc == 0) {
            ck_assert(is_there(&f, &b));
            continue;
        }
        if (is_there(&f, &b))
            continue;
        must(&f, wr_store_commit(f.st, b.items, 4, &f.err));
        ck_assert(is_there(&f, &b));
    }
    ck_assert(!reached);
    ck_assert_int_ge(faults, 3);
    fixture_close(&f);
}
END_TEST

/* The re-run of a batch with a poisoned item has more that can fail. */
START_TEST(a_poisoned_batch_is_whole_or_absent)
{
    struct fixture f;
    struct batch b;
    bool reached = true;

    fixture_open(&f, _i);
    for (int nth = 1; reached && nth < MOST; nth++) {
        struct wr_effects *bad = fixture_start(&f);
        struct wr_item items[5];
        int rc;

        make_batch(&f, &b);
        fixture_task(&f, bad)->row.id = b.child->tasks[0].row.id;
        ck_assert_int_eq(fixture_commit(&f, bad), WR_OK);
        memcpy(items, b.items, sizeof(b.items));
        bad = fixture_start(&f);
        fixture_task(&f, bad);
        items[4] = (struct wr_item){ .effects = bad };
        arm(nth);
        rc = wr_store_commit(f.st, items, 5, &f.err);
        reached = disarm();
        handle_lives(&f);
        settle(&f);
        /* Parent and child stand or fall together, by the child's task. */
        ck_assert_int_eq(fixture_rev(&f, &b.parent->instance.id), 3);
        ck_assert_int_eq(fixture_rev(&f, &b.child->instance.id), 0);
        ck_assert_uint_eq(rows_of(&f, WR_HISTORIES, b.parent), 1);
        if (rc == 0) {
            ck_assert_int_eq(items[0].result, WR_EVALUE);
            ck_assert_int_eq(items[1].result, WR_EVALUE);
            ck_assert_int_eq(items[2].result, WR_OK);
            ck_assert_int_eq(items[3].result, WR_OK);
            ck_assert_int_eq(items[4].result, WR_OK);
        }
        ck_assert_int_eq(fixture_rev(&f, &b.lone->instance.id),
                         rows_of(&f, WR_JOBS, b.lone) ? 3 : 0);
        ck_assert_int_eq(fixture_rev(&f, &bad->instance.id),
                         rows_of(&f, WR_TASKS, bad) ? 3 : 0);
        ck_assert_int_eq(fixture_rev(&f, &b.moved->instance.id),
                         rows_of(&f, WR_TASKS, b.moved) ? 3 : 5);
        ck_assert_int_eq(fixture_rev(&f, &b.moved->instance.id),
                         is_owed(&f, &b.settled) ? 3 : 5);
        ck_assert_int_eq(fixture_rev(&f, &b.lone->instance.id),
                         is_owed(&f, &b.owed) ? 3 : 0);
        if (rc == 0)
            ck_assert_int_eq(fixture_rev(&f, &bad->instance.id), 3);
    }
    ck_assert(!reached);
    fixture_close(&f);
}
END_TEST

/* ---- the other calls ---- */

/* The starts are those of this definition alone; NULL: there are none. */
static void
starts_are_of(struct fixture *f, const struct wr_uuid *definition)
{
    struct wr_rows s = fixture_find(
        f, (struct wr_query){ .noun = WR_SUBSCRIPTIONS, .state = -1 });
    struct wr_rows t = fixture_find(
        f, (struct wr_query){ .noun = WR_TIMERS, .state = -1 });

    ck_assert_uint_eq(s.n, definition ? 1 : 0);
    ck_assert_uint_eq(t.n, s.n);
    if (!definition)
        return;
    ck_assert(wr_uuid_equal(&s.subscriptions[0].definition, definition));
    ck_assert(wr_uuid_equal(&t.timers[0].definition, definition));
}

START_TEST(a_deployment_is_whole_or_absent)
{
    struct fixture f;
    struct wr_uuid latest = { 0 };
    bool reached = true;
    int version = 1;

    fixture_open(&f, _i);
    for (int nth = 1; reached && nth < MOST; nth++) {
        struct wr_idempotency_row key = {
            .key = wr_arena_printf(f.a, "%d-%d", (int)f.tenant, nth),
            .answer = { "a", 1 },
            .expires_at = f.now + 1000,
        };
        struct wr_rows d, files;
        struct wr_uuid id;
        int rc;

        arm(nth);
        rc = (int)fixture_deploy_once(&f, "order", version, &key, &id);
        reached = disarm();
        settle(&f);
        d = fixture_find(&f, (struct wr_query){ .noun = WR_DEFINITIONS,
                                                .id = &id,
                                                .state = -1 });
        ck_assert(rc != 0 || d.n == 1);
        ck_assert_uint_eq(
            fixture_find(&f, (struct wr_query){ .noun = WR_DEPLOYMENTS }).n,
            (size_t)version - (d.n ? 0 : 1));
        ck_assert_uint_eq(
            fixture_find(&f, (struct wr_query){ .noun = WR_IDEMPOTENCIES,
                                                .key = key.key })
                .n,
            d.n);
        starts_are_of(&f, d.n ? &id : version > 1 ? &latest : NULL);
        if (d.n == 0)
            continue;
        files = fixture_find(
            &f,
            (struct wr_query){ .noun = WR_RESOURCES,
                               .deployment = &d.definitions[0].deployment });
        ck_assert_uint_eq(files.n, 1);
        latest = id;
        version++;
    }
    ck_assert(!reached);
    fixture_close(&f);
}
END_TEST

START_TEST(changes_are_whole_or_absent)
{
    struct fixture f;
    bool reached = true;

    fixture_open(&f, _i);
    for (int nth = 1; reached && nth < MOST; nth++) {
        struct wr_user_row users[2] = { { .tenant = f.tenant },
                                        { .tenant = f.tenant } };
        struct wr_change changes[2] = {
            { .noun = WR_USERS, .user = &users[0] },
            { .noun = WR_USERS, .user = &users[1] },
        };
        size_t n[2];
        int rc;

        for (int i = 0; i < 2; i++)
            users[i].name = wr_arena_printf(f.a, "user-%d-%d", nth, i);
        arm(nth);
        rc = wr_store_change(f.st, changes, 2, &f.err);
        reached = disarm();
        handle_lives(&f);
        settle(&f);
        for (int i = 0; i < 2; i++)
            n[i] = fixture_find(&f, (struct wr_query){ .noun = WR_USERS,
                                                       .key = users[i].name })
                       .n;
        ck_assert_uint_eq(n[0], n[1]);
        ck_assert(rc != 0 || n[0] == 1);
    }
    ck_assert(!reached);
    fixture_close(&f);
}
END_TEST

START_TEST(a_job_is_leased_or_offered)
{
    struct fixture f;
    bool reached = true;
    const char *type;
    struct wr_claim c;

    fixture_open(&f, _i);
    type = fixture_word(&f, "charge");
    c = (struct wr_claim){ .types = &type,
                           .n_types = 1,
                           .tenant = f.tenant,
                           .max = 10,
                           .worker = "w",
                           .now = 1000 };
    for (int nth = 1; reached && nth < MOST; nth++) {
        struct wr_effects *fx = fixture_start(&f);
        struct wr_rows rows;
        size_t leased = 0;
        int rc;

        fixture_job(&f, fx, type);
        fixture_job(&f, fx, type);
        ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
        c.until = c.now + 10;
        c.lease = fixture_id(&f);
        arm(nth);
        rc = wr_store_claim(f.st, &c, f.a, &rows, &f.err);
        reached = disarm();
        handle_lives(&f);
        settle(&f);
        ck_assert(rc != 0 || rows.n == 2);
        rows = fixture_find(
            &f,
            (struct wr_query){ .noun = WR_JOBS, .instance = &fx->instance.id });
        ck_assert_uint_eq(rows.n, 2);
        for (size_t i = 0; i < 2; i++)
            leased += !wr_uuid_is_zero(&rows.jobs[i].lease);
        ck_assert(leased == 0 || leased == 2);
        ck_assert(rc != 0 || leased == 2);
        /* Whatever happened, they are offered again in time. */
        c.now = c.until;
        c.until = c.now + 10;
        c.lease = fixture_id(&f);
        must(&f, wr_store_claim(f.st, &c, f.a, &rows, &f.err));
        ck_assert_uint_eq(rows.n, 2);
        c.now -= 10;
        for (size_t i = 0; i < 2; i++) { /* out of the next round's way */
            struct wr_effects *next = fixture_next(&f, fx);

            *fixture_job(&f, next, type) = (struct wr_job_op){
                .op = WR_OP_DEL, .row = { .id = fx->jobs[i].row.id }
            };
            ck_assert_int_eq(fixture_commit(&f, next), WR_OK);
            next->jobs = fx->jobs;
            fx = next;
        }
    }
    ck_assert(!reached);
    fixture_close(&f);
}
END_TEST

START_TEST(a_lookup_is_right_or_an_error)
{
    struct fixture f;
    struct wr_effects *fx;
    bool reached = true;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    for (int i = 0; i < 30; i++)
        fixture_timer(&f, fx, i);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    for (int nth = 1; reached && nth < MOST; nth++) {
        struct wr_query q = { .noun = WR_TIMERS,
                              .tenant = f.tenant,
                              .instance = &fx->instance.id };
        struct wr_rows rows;
        int rc;

        arm(nth);
        rc = wr_store_find(f.st, &q, f.a, &rows, &f.err);
        reached = disarm();
        ck_assert(rc == 0 || rc == WR_ESTORE);
        ck_assert(rc != 0 || rows.n == 30);
        handle_lives(&f);
    }
    ck_assert(!reached);
    fixture_close(&f);
}
END_TEST

/* A store of its own for each fault. */
static const char *
empty_store(struct fixture *f, int nth)
{
    char sql[80];
    PGconn *c;

    if (fixture_is(f, "sqlite:"))
        return wr_arena_printf(f->a, "%s-%d-%d", f->url, (int)f->tenant, nth);
    c = PQconnectdb(f->url);
    snprintf(sql, sizeof(sql), "CREATE SCHEMA empty_%d_%d", (int)f->tenant,
             nth);
    PQclear(PQexec(c, sql));
    PQfinish(c);

    return wr_arena_printf(f->a, "%s&options=-csearch_path%%3Dempty_%d_%d",
                           f->url, (int)f->tenant, nth);
}

START_TEST(a_migration_is_whole_or_absent)
{
    struct fixture f;
    bool reached = true;

    fixture_open(&f, _i);
    for (int nth = 1; reached && nth < MOST; nth++) {
        const char *shared = f.url;
        struct wr_effects *fx;
        int rc;

        wr_store_close(f.st);
        f.url = empty_store(&f, nth);
        must(&f, wr_store_open(f.url, &f.st, &f.err));
        arm(nth);
        rc = wr_store_migrate(f.st, &f.err);
        reached = disarm();
        settle(&f);
        if (rc != 0)
            must(&f, wr_store_migrate(f.st, &f.err));
        fx = fixture_start(&f);
        ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
        f.url = shared;
    }
    ck_assert(!reached);
    fixture_close(&f);
}
END_TEST

START_TEST(opening_fails_cleanly)
{
    struct fixture f;
    struct wr_store *st;
    bool reached = true;

    fixture_open(&f, _i);
    for (int nth = 1; reached && nth < MOST; nth++) {
        int rc;

        arm(nth);
        rc = wr_store_open(f.url, &st, &f.err);
        reached = disarm();
        ck_assert(rc == 0 || rc == WR_ESTORE);
        if (rc == 0)
            wr_store_close(st);
    }
    ck_assert(!reached);
    fixture_close(&f);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("the Nth call fails");
    int n = fixture_stores(), from = 0;

    /* The default list begins with memory. */
    if (n > 1)
        from = 1;
    tcase_set_timeout(tc, 300); /* a slow disk */
    tcase_add_loop_test(tc, a_batch_is_whole_or_absent, from, n);
    tcase_add_loop_test(tc, a_poisoned_batch_is_whole_or_absent, from, n);
    tcase_add_loop_test(tc, a_deployment_is_whole_or_absent, from, n);
    tcase_add_loop_test(tc, changes_are_whole_or_absent, from, n);
    tcase_add_loop_test(tc, a_job_is_leased_or_offered, from, n);
    tcase_add_loop_test(tc, a_lookup_is_right_or_an_error, from, n);
    tcase_add_loop_test(tc, a_migration_is_whole_or_absent, from, n);
    tcase_add_loop_test(tc, opening_fails_cleanly, from, n);

    return t_main("faults", tc, NULL);
}
