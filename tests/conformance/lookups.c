/* Lookups: each member of a query narrows, or is refused by name. */

#include <stdio.h>
#include <string.h>

#include "tests/conformance/cases.h"

/* ---- every member of every noun ---- */

enum {
    MEMBERS = 22
};

static struct wr_query
with(struct fixture *f, enum wr_noun noun, int member)
{
    static struct wr_uuid id;
    struct wr_query q = { .noun = noun, .tenant = f->tenant, .state = -1 };

    id = fixture_id(f);
    switch (member) {
    case 0:
        q.id = &id;
        break;
    case 1:
        q.instance = &id;
        break;
    case 2:
        q.definition = &id;
        break;
    case 3:
        q.deployment = &id;
        break;
    case 4:
        q.key = "k";
        break;
    case 5:
        q.name = "n";
        break;
    case 6:
        q.version = 3;
        break;
    case 7:
        q.latest = true;
        break;
    case 8:
        q.state = 1;
        break;
    case 9:
        q.business_key = "b";
        break;
    case 10:
        q.assignee = "a";
        break;
    case 11:
        q.candidate_user = "u";
        break;
    case 12:
        q.candidate_group = "g";
        break;
    case 13:
        q.type = "t";
        break;
    case 14:
        q.with_incidents = true;
        break;
    case 15:
        q.key_exact = true;
        break;
    case 16:
        q.due_before = 1;
        break;
    case 17:
        q.started_after = f->now;
        break;
    case 18:
        q.started_before = 1;
        break;
    case 19:
        q.after_seq = 1;
        break;
    case 20:
        q.bucket_from = q.bucket_to = 4095;
        break;
    case 21:
        q.subscription = 1 + WR_SUB_SIGNAL;
        break;
    default:
        break;
    }

    return q;
}

/* What applies to what; the order of the members is that of with(). */
static const struct {
    enum wr_noun noun;
    const char *takes; /* '+': applies */
    int needs;         /* the member it is not looked up without; -1: none */
} applies[] = {
    { WR_DEPLOYMENTS, "+.....................", -1 },
    { WR_RESOURCES, "...+.+................", 3 },
    { WR_DEFINITIONS, "+..++.+++.............", -1 },
    { WR_INSTANCES, "+.+.+...++....+..++...", -1 },
    { WR_TASKS, "+++.....+.+++.........", -1 },
    { WR_JOBS, "+++..........+..+...+.", -1 },
    { WR_TIMERS, "+++.............+...+.", -1 },
    { WR_SUBSCRIPTIONS, "+++.++.........+.....+", -1 },
    { WR_INCIDENTS, "+++..........+........", -1 },
    { WR_HISTORIES, ".+.................+..", 1 },
    { WR_USERS, "....+.................", -1 },
    { WR_SESSIONS, "+...+.................", -1 },
    { WR_IDEMPOTENCIES, "....+.................", 4 },
    { WR_OUTBOXES, "+....+..........+...+.", -1 },
    { WR_SUSPENSIONS, "..+..+..+.............", -1 },
    { WR_SPILLS, "++....................", 1 },
    { WR_DECISIONS, "+..++.+++.............", -1 },
    { WR_MESSAGES, "+...++.........++.....", -1 },
    { WR_DEAD_LETTERS, "++...+..........+.....", -1 },
    { WR_COUNTS, "..+...................", -1 },
};

/* One row of each noun, so that a member that is ignored would show it. */
static void
populate(struct fixture *f)
{
    struct wr_effects *fx = fixture_start(f);
    struct wr_user_row user = { .name = "alice", .tenant = f->tenant };
    struct wr_session_row session = { .id = fixture_id(f),
                                      .user = "alice",
                                      .tenant = f->tenant };
    struct wr_change changes[] = {
        { .noun = WR_USERS, .user = &user },
        { .noun = WR_SESSIONS, .session = &session },
    };

    fx->instance.started_at = 1000;
    fixture_task(f, fx);
    fixture_job(f, fx, "charge")->row.due_at = 1000;
    fixture_timer(f, fx, 1000);
    fixture_subscription(f, fx, "paid", "17");
    ck_assert_int_eq(fixture_commit(f, fx), WR_OK);
    ck_assert_int_eq(fixture_deploy(f, "order", 1, NULL), WR_OK);
    ck_assert_int_eq(fixture_decide(f, "credit", 1, NULL), WR_OK);
    must(f, wr_store_change(f->st, changes, 2, &f->err));
}

START_TEST(every_member_narrows_or_is_refused)
{
    struct fixture f;
    struct wr_rows rows;
    struct wr_err err;

    fixture_open(&f, _i);
    populate(&f);
    for (size_t n = 0; n < WR_COUNT(applies); n++) {
        for (int m = 0; m < MEMBERS; m++) {
            struct wr_query q = with(&f, applies[n].noun, m);
            bool takes = applies[n].takes[m] == '+';
            int rc;

            rc = wr_store_find(f.st, &q, f.a, &rows, &err);
            if (!takes || (applies[n].needs >= 0 && applies[n].needs != m)) {
                ck_assert_msg(rc == WR_EUNSUPPORTED, "noun %d member %d: %d",
                              (int)n, m, rc);
                continue;
            }
            ck_assert_msg(rc == 0, "noun %d member %d: %s", (int)n, m,
                          err.text);
            /* latest and key_exact keep rows of their kind. */
            if (m != 7)
                ck_assert_msg(rows.n == 0, "noun %d member %d is ignored",
                              (int)n, m);
        }
    }
    fixture_close(&f);
}
END_TEST

START_TEST(refused_by_name)
{
    struct fixture f;
    struct wr_query q = { .noun = WR_TIMERS, .assignee = "alice" };
    struct wr_rows rows;

    fixture_open(&f, _i);
    ck_assert_int_eq(wr_store_find(f.st, &q, f.a, &rows, &f.err),
                     WR_EUNSUPPORTED);
    ck_assert_str_eq(f.err.text, "timers cannot be looked up by 'assignee'");
    q = (struct wr_query){ .noun = WR_HISTORIES };
    ck_assert_int_eq(wr_store_find(f.st, &q, f.a, &rows, &f.err),
                     WR_EUNSUPPORTED);
    ck_assert_str_eq(f.err.text, "history are looked up by 'instance' only");
    fixture_close(&f);
}
END_TEST

START_TEST(tenants_are_apart)
{
    struct fixture f;

    fixture_open(&f, _i);
    populate(&f);
    f.tenant++;
    for (size_t n = 0; n < WR_COUNT(applies); n++) {
        if (applies[n].needs < 0)
            ck_assert_uint_eq(
                fixture_find(&f,
                             (struct wr_query){
                                 .noun = applies[n].noun,
                                 /* the count of them is everybody's */
                                 .state = applies[n].noun == WR_SUSPENSIONS
                                              ? WR_SUSPENDED_ELEMENT
                                              : -1 })
                    .n,
                0);
    }
    fixture_close(&f);
}
END_TEST

/* ---- instances and cursors ---- */

/* Walk all pages of seven; how many rows, in strict order. */
static size_t
walk(struct fixture *f, struct wr_query q)
{
    struct wr_uuid last = { { 0 } };
    size_t n = 0;

    q.limit = 7;
    do {
        struct wr_rows rows = fixture_find(f, q);

        ck_assert_uint_le(rows.n, 7);
        for (size_t i = 0; i < rows.n; i++, n++) {
            int c = wr_uuid_cmp(&last, &rows.instances[i].id);

            if (n)
                ck_assert(q.descending ? c > 0 : c < 0);
            last = rows.instances[i].id;
            ck_assert_ptr_null(rows.instances[i].blob.p);
        }
        q.cursor = rows.next;
    } while (q.cursor);

    return n;
}

START_TEST(instances_page_by_page)
{
    struct fixture f;
    struct wr_query q = { .noun = WR_INSTANCES, .state = -1 };
    struct wr_effects *fx;
    struct wr_rows rows;
    struct wr_uuid definition;

    fixture_open(&f, _i);
    definition = fixture_id(&f);
    for (int i = 0; i < 28; i++) {
        fx = fixture_start(&f);
        fx->instance.started_at = 1000 + i;
        fx->instance.state = i % 2 ? WR_ACTIVE : WR_COMPLETED;
        fx->instance.business_key = i < 10 ? "few" : NULL;
        fx->instance.incidents = i == 3;
        if (i < 20)
            fx->instance.definition = definition;
        ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    }
    ck_assert_uint_eq(walk(&f, q), 28);
    q.descending = true;
    ck_assert_uint_eq(walk(&f, q), 28);
    q.definition = &definition;
    ck_assert_uint_eq(walk(&f, q), 20);
    q.state = WR_ACTIVE;
    ck_assert_uint_eq(walk(&f, q), 10);
    q.business_key = "few";
    ck_assert_uint_eq(walk(&f, q), 5);
    q.with_incidents = true;
    ck_assert_uint_eq(walk(&f, q), 1);
    q = (struct wr_query){ .noun = WR_INSTANCES,
                           .state = -1,
                           .started_after = 1004,
                           .started_before = 1007 };
    ck_assert_uint_eq(walk(&f, q), 2);

    /* A cursor belongs to its list and direction. */
    q = (struct wr_query){ .noun = WR_INSTANCES, .state = -1, .limit = 5 };
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(strspn(rows.next, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "abcdefghijklmnopqrstuvwxyz"
                                        "0123456789-_"),
                      strlen(rows.next));
    q.cursor = rows.next;
    q.tenant = f.tenant;
    q.descending = true;
    ck_assert_int_eq(wr_store_find(f.st, &q, f.a, &rows, &f.err), WR_EINVALID);
    q.descending = false;
    q.cursor = "no cursor!";
    ck_assert_int_eq(wr_store_find(f.st, &q, f.a, &rows, &f.err), WR_EINVALID);
    q.cursor = "";
    ck_assert_int_eq(wr_store_find(f.st, &q, f.a, &rows, &f.err), WR_EINVALID);
    q.cursor = NULL;
    q.limit = -1;
    ck_assert_int_eq(wr_store_find(f.st, &q, f.a, &rows, &f.err), WR_EINVALID);
    fixture_close(&f);
}
END_TEST

START_TEST(instances_by_who_called_them)
{
    struct fixture f;
    struct wr_query q = { .noun = WR_INSTANCES, .state = -1 };
    struct wr_effects *fx;
    struct wr_rows rows;
    struct wr_uuid parent, root, child;

    fixture_open(&f, _i);
    parent = fixture_id(&f);
    root = fixture_id(&f);
    for (int i = 0; i < 7; i++) {
        fx = fixture_start(&f);
        child = fx->instance.id;
        if (i > 1) {
            fx->instance.parent = parent;
            fx->instance.root = root;
        }
        ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    }
    q.parent = &parent;
    ck_assert_uint_eq(walk(&f, q), 5);
    q.descending = true;
    ck_assert_uint_eq(walk(&f, q), 5);
    q = (struct wr_query){ .noun = WR_INSTANCES, .state = -1, .id = &child };
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert(wr_uuid_equal(&rows.instances[0].parent, &parent));
    ck_assert(wr_uuid_equal(&rows.instances[0].root, &root));
    q = (struct wr_query){ .noun = WR_TASKS, .state = -1, .parent = &parent };
    q.tenant = f.tenant;
    ck_assert_int_eq(wr_store_find(f.st, &q, f.a, &rows, &f.err),
                     WR_EUNSUPPORTED);
    fixture_close(&f);
}
END_TEST

START_TEST(instances_by_definition_are_counted)
{
    struct fixture f;
    struct wr_query q = { .noun = WR_COUNTS, .limit = 1 };
    struct wr_uuid v1, v2;
    struct wr_rows rows;

    fixture_open(&f, _i);
    ck_assert_int_eq(fixture_deploy(&f, "order", 1, &v1), WR_OK);
    ck_assert_int_eq(fixture_deploy(&f, "order", 2, &v2), WR_OK);
    for (int i = 0; i < 7; i++) {
        struct wr_effects *fx = fixture_start(&f);

        fx->instance.definition = i < 4 ? v1 : i < 6 ? v2 : fixture_id(&f);
        fx->instance.state = i == 1 ? WR_SUSPENDED : i % 5;
        fx->instance.incidents = i == 0 ? 2 : 0;
        ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    }
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert(wr_uuid_equal(&rows.counts[0].definition, &v1));
    ck_assert_int_eq(rows.counts[0].total, 4);
    ck_assert_int_eq(rows.counts[0].active, 2);
    ck_assert_int_eq(rows.counts[0].incidents, 1);
    q.cursor = rows.next;
    rows = fixture_find(&f, q);
    ck_assert(wr_uuid_equal(&rows.counts[0].definition, &v2));
    ck_assert_int_eq(rows.counts[0].total, 2);
    q.cursor = rows.next;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_ptr_null(rows.next);
    /* All versions of a key. */
    ck_assert_uint_eq(fixture_find(&f, (struct wr_query){ .noun = WR_INSTANCES,
                                                          .key = "order",
                                                          .state = -1 })
                          .n,
                      6);
    fixture_close(&f);
}
END_TEST

START_TEST(history_in_order)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_query q = { .noun = WR_HISTORIES, .limit = 3 };
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    q.instance = &fx->instance.id;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    for (int i = 0; i < 6; i++) {
        fx = fixture_next(&f, fx);
        ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    }
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 3);
    ck_assert_int_eq(rows.histories[2].seq, 6);
    q.cursor = rows.next;
    rows = fixture_find(&f, q);
    ck_assert_int_eq(rows.histories[0].seq, 8);
    ck_assert_int_eq(rows.histories[2].seq, 12);
    q.cursor = NULL;
    q.after_seq = 10;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 2);
    ck_assert_ptr_null(rows.next);
    q.after_seq = 0;
    q.descending = true;
    rows = fixture_find(&f, q);
    ck_assert_int_eq(rows.histories[0].seq, 14);
    fixture_close(&f);
}
END_TEST

/* ---- tasks, subscriptions, timers, incidents ---- */

START_TEST(tasks_by_who_may_work_on_them)
{
    static const char *const groups[] = { "accounting", "account", "Ünï %_" };
    static const char *const users[] = { "bob" };
    struct fixture f;
    struct wr_effects *fx;
    struct wr_task_op *t;
    struct wr_query q = { .noun = WR_TASKS, .state = -1 };
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    t = fixture_task(&f, fx);
    t->row.assignee = "alice";
    t->row.state = WR_TASK_CLAIMED;
    t = fixture_task(&f, fx);
    t->row.candidate_groups = groups;
    t->row.n_candidate_groups = 3;
    t = fixture_task(&f, fx);
    t->row.candidate_groups = groups;
    t->row.n_candidate_groups = 1;
    t->row.candidate_users = users;
    t->row.n_candidate_users = 1;
    t->row.priority = -5;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);

    q.assignee = "alice";
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_str_eq(rows.tasks[0].assignee, "alice");
    q.assignee = NULL;
    q.candidate_group = "accounting";
    ck_assert_uint_eq(fixture_find(&f, q).n, 2);
    q.candidate_user = "bob";
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_int_eq(rows.tasks[0].priority, -5);
    q.candidate_user = NULL;
    q.candidate_group = "account";
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    q.candidate_group = "Ünï %_";
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    q.candidate_group = "%";
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    q.candidate_group = NULL;
    q.state = WR_TASK_CREATED;
    ck_assert_uint_eq(fixture_find(&f, q).n, 2);
    q.definition = &fx->instance.definition;
    q.descending = true;
    q.limit = 1;
    rows = fixture_find(&f, q);
    ck_assert(wr_uuid_equal(&rows.tasks[0].id, &t->row.id));
    ck_assert_ptr_nonnull(rows.next);
    fixture_close(&f);
}
END_TEST

START_TEST(subscriptions_by_name_and_key)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS, .name = "paid" };

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    fixture_subscription(&f, fx, "paid", "17");
    fixture_subscription(&f, fx, "paid", "18");
    fixture_subscription(&f, fx, "paid", NULL);
    fixture_subscription(&f, fx, "paid", "");
    fixture_subscription(&f, fx, "sent", "17");
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    ck_assert_uint_eq(fixture_find(&f, q).n, 4);
    q.key = "17";
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    q.key = "";
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    q.key = NULL;
    q.key_exact = true;
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    q.key_exact = false;
    q.instance = &fx->instance.id;
    q.name = NULL;
    ck_assert_uint_eq(fixture_find(&f, q).n, 5);
    q.key = "17";
    ck_assert_uint_eq(fixture_find(&f, q).n, 2);
    fixture_close(&f);
}
END_TEST

START_TEST(subscriptions_by_place)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_subscription_op *op;
    struct wr_query q = { .noun = WR_SUBSCRIPTIONS,
                          .name = "paid",
                          .places = true };
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    for (int i = 0; i < 6; i++) {
        op = fixture_subscription(&f, fx, i < 5 ? "paid" : "sent", "17");
        op->row.element = 1 + i % 2;
    }
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 2);
    ck_assert(
        wr_uuid_equal(&rows.subscriptions[0].id, &fx->subscriptions[0].row.id));
    ck_assert(
        wr_uuid_equal(&rows.subscriptions[1].id, &fx->subscriptions[1].row.id));
    q.places = false;
    q.definition = &rows.subscriptions[0].definition;
    q.element = 1;
    ck_assert_uint_eq(fixture_find(&f, q).n, 3);
    q.key = "17";
    q.element = 2;
    ck_assert_uint_eq(fixture_find(&f, q).n, 2);
    q.key = NULL;
    q.key_exact = true;
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    fixture_close(&f);
}
END_TEST

START_TEST(timers_by_when_they_are_due)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_query q = { .noun = WR_TIMERS, .limit = 2 };
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    for (int i = 0; i < 5; i++)
        fixture_timer(&f, fx, 1000 - i % 3);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    q.due_before = 999;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 2);
    ck_assert_int_eq(rows.timers[0].due_at, 998);
    ck_assert_int_eq(rows.timers[1].due_at, 999);
    q.cursor = rows.next;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_int_eq(rows.timers[0].due_at, 999);
    ck_assert_ptr_null(rows.next);
    q = (struct wr_query){ .noun = WR_TIMERS,
                           .bucket_from = f.bucket,
                           .bucket_to = f.bucket };
    ck_assert_uint_eq(fixture_find(&f, q).n, 5);
    q.bucket_from = q.bucket_to = f.bucket + 1;
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    fixture_close(&f);
}
END_TEST

START_TEST(instances_are_counted_by_definition)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_query q = { .noun = WR_COUNTS, .state = -1 };
    struct wr_uuid definition, other;
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    definition = fx->instance.definition;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    fx = fixture_start(&f);
    fx->instance.definition = definition;
    fx->instance.state = WR_COMPLETED;
    fx->instance.ended_at = f.now;
    fx->instance.incidents = 2;
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    q.definition = &definition;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_int_eq(rows.counts[0].total, 2);
    ck_assert_int_eq(rows.counts[0].active, 1);
    ck_assert_int_eq(rows.counts[0].incidents, 1);
    other = fixture_id(&f);
    q.definition = &other;
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    fixture_close(&f);
}
END_TEST

START_TEST(incidents_keep_their_cause)
{
    struct fixture f;
    struct wr_effects *fx;
    struct wr_incident_op *op;
    struct wr_query q = { .noun = WR_INCIDENTS, .type = "job" };
    struct wr_rows rows;

    fixture_open(&f, _i);
    fx = fixture_start(&f);
    fixture_incident(&f, fx);
    op = fixture_incident(&f, fx);
    op->row.type = "job";
    op->row.job = fixture_id(&f);
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert(wr_uuid_equal(&rows.incidents[0].job, &op->row.job));
    ck_assert_str_eq(rows.incidents[0].message, "no such variable");
    q.type = NULL;
    q.instance = &fx->instance.id;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 2);
    ck_assert(wr_uuid_is_zero(&rows.incidents[0].job));
    fixture_close(&f);
}
END_TEST

/* ---- values ---- */

START_TEST(bytes_and_texts_come_back_as_they_went)
{
    enum {
        LARGE = 3 << 20
    };
    static const char text[] = "\xE2\x82\xAC \xF0\x9F\x98\x80 \"'\\%_;--\n\t$1";
    struct fixture f;
    struct wr_effects *fx;
    const struct wr_instance_row *row;
    struct wr_rows rows;
    uint8_t *large;

    fixture_open(&f, _i);
    large = wr_arena_alloc(f.a, LARGE);
    for (int i = 0; i < LARGE; i++)
        large[i] = (uint8_t)((unsigned)i * 2654435761U >> 24);
    fx = fixture_start(&f);
    fx->instance.business_key = text;
    fx->instance.blob = (struct wr_blob){ large, LARGE };
    fx->history.actor = text;
    fx->history.events = (struct wr_blob){ "", 0 };
    fx->instance.started_at = INT64_C(253402300799999);
    fixture_task(&f, fx)->row.name = "";
    ck_assert_int_eq(fixture_commit(&f, fx), WR_OK);
    must(&f, wr_store_instance(f.st, &fx->instance.id, f.tenant, f.a, &row,
                               &f.err));
    ck_assert_str_eq(row->business_key, text);
    ck_assert_int_eq(row->started_at, INT64_C(253402300799999));
    ck_assert_uint_eq(row->blob.len, LARGE);
    ck_assert(memcmp(row->blob.p, large, LARGE) == 0);
    rows = fixture_find(&f, (struct wr_query){ .noun = WR_INSTANCES,
                                               .business_key = text,
                                               .state = -1 });
    ck_assert_uint_eq(rows.n, 1);
    rows = fixture_find(&f, (struct wr_query){ .noun = WR_HISTORIES,
                                               .instance = &fx->instance.id });
    ck_assert_str_eq(rows.histories[0].actor, text);
    ck_assert_uint_eq(rows.histories[0].events.len, 0);
    ck_assert_ptr_nonnull(rows.histories[0].events.p);
    rows = fixture_find(&f, (struct wr_query){ .noun = WR_TASKS,
                                               .instance = &fx->instance.id,
                                               .state = -1 });
    ck_assert_str_eq(rows.tasks[0].name, "");
    ck_assert_ptr_null(rows.tasks[0].assignee);
    fixture_close(&f);
}
END_TEST

TCase *
lookup_cases(void)
{
    TCase *tc = tcase_create("lookup");
    int n = fixture_stores();

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_member_narrows_or_is_refused, 0, n);
    tcase_add_loop_test(tc, refused_by_name, 0, n);
    tcase_add_loop_test(tc, tenants_are_apart, 0, n);
    tcase_add_loop_test(tc, instances_page_by_page, 0, n);
    tcase_add_loop_test(tc, instances_by_who_called_them, 0, n);
    tcase_add_loop_test(tc, instances_by_definition_are_counted, 0, n);
    tcase_add_loop_test(tc, history_in_order, 0, n);
    tcase_add_loop_test(tc, tasks_by_who_may_work_on_them, 0, n);
    tcase_add_loop_test(tc, subscriptions_by_name_and_key, 0, n);
    tcase_add_loop_test(tc, subscriptions_by_place, 0, n);
    tcase_add_loop_test(tc, timers_by_when_they_are_due, 0, n);
    tcase_add_loop_test(tc, instances_are_counted_by_definition, 0, n);
    tcase_add_loop_test(tc, incidents_keep_their_cause, 0, n);
    tcase_add_loop_test(tc, bytes_and_texts_come_back_as_they_went, 0, n);

    return tc;
}
