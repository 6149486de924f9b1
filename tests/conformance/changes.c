/* Deployments, and changes of rows that belong to no instance. */

#include <string.h>

#include "tests/conformance/cases.h"

/* ---- deployments ---- */

START_TEST(versions_are_given_once)
{
    struct fixture f;
    struct wr_rows rows;
    struct wr_query q = { .noun = WR_DEFINITIONS, .key = "order", .state = -1 };
    struct wr_uuid id;

    fixture_open(&f, _i);
    ck_assert_int_eq(fixture_deploy(&f, "order", 1, NULL), WR_OK);
    ck_assert_int_eq(fixture_deploy(&f, "order", 2, &id), WR_OK);
    ck_assert_int_eq(fixture_deploy(&f, "order", 2, NULL), WR_ECONFLICT);
    ck_assert_int_eq(fixture_deploy(&f, "order", 4, NULL), WR_ECONFLICT);
    ck_assert_int_eq(fixture_deploy(&f, "leave", 1, NULL), WR_OK);
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 2);
    ck_assert_int_eq(rows.definitions[1].version, 2);

    q.latest = true;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert(wr_uuid_equal(&rows.definitions[0].id, &id));
    ck_assert_str_eq(rows.definitions[0].name, "Order");
    ck_assert_ptr_null(rows.definitions[0].version_tag);
    ck_assert(rows.definitions[0].executable);
    ck_assert_mem_eq(rows.definitions[0].symbols.p, "symbols", 7);
    q.key = NULL;
    ck_assert_uint_eq(fixture_find(&f, q).n, 2);
    q = (struct wr_query){
        .noun = WR_DEFINITIONS, .key = "order", .version = 1, .state = -1
    };
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    /* Nothing is left of the deployments that were refused. */
    ck_assert_uint_eq(
        fixture_find(&f, (struct wr_query){ .noun = WR_DEPLOYMENTS }).n, 3);
    fixture_close(&f);
}
END_TEST

static size_t
deployments(struct fixture *f)
{
    return fixture_find(f, (struct wr_query){ .noun = WR_DEPLOYMENTS }).n;
}

START_TEST(a_deployment_with_a_key_happens_once)
{
    struct fixture f;
    struct wr_idempotency_row row = { .body = { "h", 1 },
                                      .answer = { "a\0b", 3 } };
    struct wr_query q = { .noun = WR_IDEMPOTENCIES };
    struct wr_rows rows;

    fixture_open(&f, _i);
    row.key = q.key = fixture_word(&f, "1|alice|deploy");
    row.expires_at = f.now + 1000;
    /* No row of a deployment that is refused. */
    ck_assert_int_eq(fixture_deploy_once(&f, "order", 2, &row, NULL),
                     WR_ECONFLICT);
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    ck_assert_int_eq(fixture_deploy_once(&f, "order", 1, &row, NULL), WR_OK);
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_uint_eq(rows.idempotencies[0].answer.len, 3);
    ck_assert_mem_eq(rows.idempotencies[0].answer.p, "a\0b", 3);
    ck_assert_int_eq(rows.idempotencies[0].expires_at, row.expires_at);

    /* Its twin leaves nothing, whatever version it means to be. */
    for (int version = 1; version <= 2; version++)
        ck_assert_int_eq(fixture_deploy_once(&f, "order", version, &row, NULL),
                         WR_EINFLIGHT);
    ck_assert_uint_eq(deployments(&f), 1);
    ck_assert_uint_eq(
        fixture_find(&f,
                     (struct wr_query){ .noun = WR_DEFINITIONS, .state = -1 })
            .n,
        1);

    /* Expired, though not swept: the key is free again. */
    f.now = row.expires_at;
    row.expires_at += 5000;
    ck_assert_int_eq(fixture_deploy_once(&f, "order", 2, &row, NULL), WR_OK);
    ck_assert_uint_eq(deployments(&f), 2);
    fixture_close(&f);
}
END_TEST

START_TEST(a_key_of_nothing_is_taken_once)
{
    struct fixture f;
    struct wr_idempotency_row row = { .body = { "h", 1 },
                                      .answer = { "200{}", 5 } };
    struct wr_query q = { .noun = WR_IDEMPOTENCIES };
    struct wr_change put = { .op = WR_OP_PUT,
                             .noun = WR_IDEMPOTENCIES,
                             .idempotency = &row };

    fixture_open(&f, _i);
    row.key = q.key = fixture_word(&f, "1|alice|deploy");
    row.expires_at = f.now + 1000;
    put.was = f.now;
    must(&f, wr_store_change(f.st, &put, 1, &f.err));
    row.answer = (struct wr_blob){ "201{}", 5 };
    ck_assert_int_eq(wr_store_change(f.st, &put, 1, &f.err), WR_EINFLIGHT);
    ck_assert_mem_eq(fixture_find(&f, q).idempotencies[0].answer.p, "200", 3);
    put.was = row.expires_at;
    row.expires_at += 5000;
    must(&f, wr_store_change(f.st, &put, 1, &f.err));
    ck_assert_mem_eq(fixture_find(&f, q).idempotencies[0].answer.p, "201", 3);
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    row.key = "\xff";
    ck_assert_int_eq(wr_store_change(f.st, &put, 1, &f.err), WR_EVALUE);
    fixture_close(&f);
}
END_TEST

START_TEST(files_come_back_byte_for_byte)
{
    struct fixture f;
    struct wr_rows d, r;
    struct wr_query q = { .noun = WR_RESOURCES };

    fixture_open(&f, _i);
    ck_assert_int_eq(fixture_deploy(&f, "order", 1, NULL), WR_OK);
    d = fixture_find(
        &f, (struct wr_query){ .noun = WR_DEPLOYMENTS, .descending = true });
    ck_assert_uint_eq(d.n, 1);
    ck_assert_str_eq(d.deployments[0].actor, "alice");
    q.deployment = &d.deployments[0].id;
    r = fixture_find(&f, q);
    ck_assert_uint_eq(r.n, 1);
    ck_assert_str_eq(r.resources[0].name, "order.bpmn");
    ck_assert_uint_eq(r.resources[0].bytes.len, 8);
    ck_assert_mem_eq(r.resources[0].bytes.p, "<bpmn\0/>", 8);
    q.name = "other";
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    ck_assert_uint_eq(
        fixture_find(&f, (struct wr_query){ .noun = WR_DEFINITIONS,
                                            .deployment = q.deployment,
                                            .state = -1 })
            .n,
        1);
    fixture_close(&f);
}
END_TEST

START_TEST(definitions_page_by_key_and_version)
{
    static const char *const keys[] = { "a", "B", "\xC3\xA4", "b" };
    struct fixture f;
    struct wr_query q = { .noun = WR_DEFINITIONS, .state = -1, .limit = 2 };
    char seen[64] = "";

    fixture_open(&f, _i);
    for (int v = 1; v <= 2; v++) {
        for (size_t k = 0; k < WR_COUNT(keys); k++)
            ck_assert_int_eq(fixture_deploy(&f, keys[k], v, NULL), WR_OK);
    }
    for (int down = 0; down < 2; down++) {
        q.descending = down == 1;
        q.cursor = NULL;
        do {
            struct wr_rows rows = fixture_find(&f, q);

            for (size_t i = 0; i < rows.n; i++) {
                strcat(seen, rows.definitions[i].key);
                strcat(seen, rows.definitions[i].version == 1 ? "1" : "2");
            }
            q.cursor = rows.next;
        } while (q.cursor);
        strcat(seen, "|");
    }
    /* By bytes, whatever the locale of the database. */
    ck_assert_str_eq(seen, "B1B2a1a2b1b2\xC3\xA4"
                           "1\xC3\xA4"
                           "2|\xC3\xA4"
                           "2\xC3\xA4"
                           "1b2b1a2a1B2B1|");
    fixture_close(&f);
}
END_TEST

/* ---- users and sessions ---- */

START_TEST(users_are_put_and_removed)
{
    struct fixture f;
    struct wr_user_row user = { .name = "alice",
                                .display_name = "Alice \xC3\xA4",
                                .password = "$y$...",
                                .roles = "admin,operator",
                                .created_at = 17 };
    struct wr_change put = { .noun = WR_USERS, .user = &user };
    struct wr_query q = { .noun = WR_USERS, .key = "alice" };
    struct wr_rows rows;

    fixture_open(&f, _i);
    user.tenant = f.tenant;
    must(&f, wr_store_change(f.st, &put, 1, &f.err));
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_str_eq(rows.users[0].display_name, "Alice \xC3\xA4");
    ck_assert_ptr_null(rows.users[0].email);
    user.disabled = true;
    must(&f, wr_store_change(f.st, &put, 1, &f.err));
    rows = fixture_find(&f, q);
    ck_assert(rows.users[0].disabled);
    put.op = WR_OP_DEL;
    must(&f, wr_store_change(f.st, &put, 1, &f.err));
    ck_assert_int_eq(wr_store_change(f.st, &put, 1, &f.err), WR_ENOTFOUND);
    ck_assert_uint_eq(fixture_find(&f, q).n, 0);
    fixture_close(&f);
}
END_TEST

START_TEST(a_session_is_renewed_once)
{
    struct fixture f;
    struct wr_session_row s = { .user = "alice", .token = { "t1", 2 } };
    struct wr_change put = { .noun = WR_SESSIONS, .session = &s };
    struct wr_query q = { .noun = WR_SESSIONS, .key = "alice" };
    struct wr_rows rows;

    fixture_open(&f, _i);
    s.id = fixture_id(&f);
    s.tenant = f.tenant;
    put.expect = (struct wr_blob){ "t0", 2 };
    ck_assert_int_eq(wr_store_change(f.st, &put, 1, &f.err), WR_ENOTFOUND);
    put.expect.p = NULL;
    must(&f, wr_store_change(f.st, &put, 1, &f.err));
    s.previous = s.token;
    s.token = (struct wr_blob){ "t2", 2 };
    put.expect = s.previous;
    must(&f, wr_store_change(f.st, &put, 1, &f.err));
    ck_assert_int_eq(wr_store_change(f.st, &put, 1, &f.err), WR_ECONFLICT);
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_mem_eq(rows.sessions[0].token.p, "t2", 2);
    ck_assert_mem_eq(rows.sessions[0].previous.p, "t1", 2);
    put.op = WR_OP_DEL;
    put.expect.p = NULL;
    must(&f, wr_store_change(f.st, &put, 1, &f.err));
    ck_assert_int_eq(wr_store_change(f.st, &put, 1, &f.err), WR_ENOTFOUND);
    fixture_close(&f);
}
END_TEST

START_TEST(changes_are_all_or_nothing)
{
    struct fixture f;
    struct wr_user_row user = { .name = "alice" };
    struct wr_definition_row none = { .state = WR_DEF_SUSPENDED };
    struct wr_change changes[] = {
        { .noun = WR_USERS, .user = &user },
        { .noun = WR_DEFINITIONS, .definition = &none },
    };

    fixture_open(&f, _i);
    user.tenant = none.tenant = f.tenant;
    none.id = fixture_id(&f);
    ck_assert_int_eq(wr_store_change(f.st, changes, 2, &f.err), WR_ENOTFOUND);
    ck_assert_uint_eq(fixture_find(&f, (struct wr_query){ .noun = WR_USERS }).n,
                      0);
    changes[1].op = WR_OP_DEL;
    ck_assert_int_eq(wr_store_change(f.st, changes, 2, &f.err),
                     WR_EUNSUPPORTED);
    changes[0].user = &(struct wr_user_row){ .name = "\xFF" };
    ck_assert_int_eq(wr_store_change(f.st, changes, 1, &f.err), WR_EVALUE);
    must(&f, wr_store_change(f.st, changes, 0, &f.err));
    fixture_close(&f);
}
END_TEST

TCase *
change_cases(void)
{
    TCase *tc = tcase_create("change");
    int n = fixture_stores();

    tcase_add_loop_test(tc, versions_are_given_once, 0, n);
    tcase_add_loop_test(tc, a_deployment_with_a_key_happens_once, 0, n);
    tcase_add_loop_test(tc, a_key_of_nothing_is_taken_once, 0, n);
    tcase_add_loop_test(tc, files_come_back_byte_for_byte, 0, n);
    tcase_add_loop_test(tc, definitions_page_by_key_and_version, 0, n);
    tcase_add_loop_test(tc, users_are_put_and_removed, 0, n);
    tcase_add_loop_test(tc, a_session_is_renewed_once, 0, n);
    tcase_add_loop_test(tc, changes_are_all_or_nothing, 0, n);

    return tc;
}
