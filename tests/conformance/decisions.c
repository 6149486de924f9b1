/* Decisions: their versions, what is found of them, and their state. */

#include <string.h>

#include "tests/conformance/cases.h"

static const struct wr_query all = { .noun = WR_DECISIONS, .state = -1 };

START_TEST(versions_are_given_once)
{
    struct fixture f;
    struct wr_query q = all;
    struct wr_rows rows;
    struct wr_uuid id;

    q.key = "credit";
    fixture_open(&f, _i);
    ck_assert_int_eq(fixture_decide(&f, "credit", 2, NULL), WR_ECONFLICT);
    ck_assert_int_eq(fixture_decide(&f, "credit", 1, NULL), WR_OK);
    ck_assert_int_eq(fixture_decide(&f, "credit", 2, &id), WR_OK);
    ck_assert_int_eq(fixture_decide(&f, "credit", 2, NULL), WR_ECONFLICT);
    ck_assert_int_eq(fixture_decide(&f, "risk", 1, NULL), WR_OK);
    /* A process of that name has versions of its own. */
    ck_assert_int_eq(fixture_deploy(&f, "credit", 1, NULL), WR_OK);
    ck_assert_uint_eq(fixture_find(&f, q).n, 2);
    q.latest = true;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert(wr_uuid_equal(&rows.decisions[0].id, &id));
    ck_assert_int_eq(rows.decisions[0].version, 2);
    ck_assert_str_eq(rows.decisions[0].kind, "decision");
    ck_assert_str_eq(rows.decisions[0].name, "Decide");
    ck_assert_str_eq(rows.decisions[0].version_tag, "two");
    ck_assert_str_eq(rows.decisions[0].graph, "rules");
    ck_assert_ptr_null(rows.decisions[0].graph_name);
    ck_assert_str_eq(rows.decisions[0].resource, "rules.dmn");
    ck_assert(rows.decisions[0].deployed_at > 0);
    q.key = NULL;
    ck_assert_uint_eq(fixture_find(&f, q).n, 2);
    q = all;
    q.deployment = &rows.decisions[0].deployment;
    ck_assert_uint_eq(fixture_find(&f, q).n, 1);
    /* Nothing is left of the deployments that were refused. */
    ck_assert_uint_eq(
        fixture_find(&f, (struct wr_query){ .noun = WR_DEPLOYMENTS }).n, 4);
    fixture_close(&f);
}
END_TEST

START_TEST(they_page_by_key_and_version)
{
    static const char *const keys[] = { "a", "B", "\xC3\xA4" };
    struct fixture f;
    struct wr_query q = all;
    char seen[64] = "";

    q.limit = 2;
    fixture_open(&f, _i);
    for (int v = 1; v <= 2; v++)
        for (size_t k = 0; k < WR_COUNT(keys); k++)
            ck_assert_int_eq(fixture_decide(&f, keys[k], v, NULL), WR_OK);
    do {
        struct wr_rows rows = fixture_find(&f, q);

        for (size_t i = 0; i < rows.n; i++) {
            strcat(seen, rows.decisions[i].key);
            strcat(seen, rows.decisions[i].version == 1 ? "1" : "2");
        }
        q.cursor = rows.next;
    } while (q.cursor);
    ck_assert_str_eq(seen, "B1B2a1a2\xC3\xA4"
                           "1\xC3\xA4"
                           "2");
    fixture_close(&f);
}
END_TEST

START_TEST(a_deleted_one_is_not_the_latest)
{
    struct fixture f;
    struct wr_decision_row row = { .state = WR_DEF_DELETED };
    struct wr_change change = { .noun = WR_DECISIONS, .decision = &row };
    struct wr_query q = all;
    struct wr_rows rows;

    q.key = "credit";
    q.latest = true;
    fixture_open(&f, _i);
    row.tenant = f.tenant;
    row.id = fixture_id(&f);
    ck_assert_int_eq(wr_store_change(f.st, &change, 1, &f.err), WR_ENOTFOUND);
    ck_assert_int_eq(fixture_decide(&f, "credit", 1, NULL), WR_OK);
    ck_assert_int_eq(fixture_decide(&f, "credit", 2, &row.id), WR_OK);
    row.tenant++;
    ck_assert_int_eq(wr_store_change(f.st, &change, 1, &f.err), WR_ENOTFOUND);
    row.tenant--;
    must(&f, wr_store_change(f.st, &change, 1, &f.err));
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_int_eq(rows.decisions[0].version, 1);
    q.state = WR_DEF_DELETED;
    rows = fixture_find(&f, q);
    ck_assert_uint_eq(rows.n, 1);
    ck_assert_int_eq(rows.decisions[0].version, 2);
    /* Its number is not given again. */
    ck_assert_int_eq(fixture_decide(&f, "credit", 2, NULL), WR_ECONFLICT);
    ck_assert_int_eq(fixture_decide(&f, "credit", 3, NULL), WR_OK);
    change.op = WR_OP_DEL;
    ck_assert_int_eq(wr_store_change(f.st, &change, 1, &f.err),
                     WR_EUNSUPPORTED);
    fixture_close(&f);
}
END_TEST

TCase *
decision_cases(void)
{
    TCase *tc = tcase_create("decision");
    int n = fixture_stores();

    tcase_add_loop_test(tc, versions_are_given_once, 0, n);
    tcase_add_loop_test(tc, they_page_by_key_and_version, 0, n);
    tcase_add_loop_test(tc, a_deleted_one_is_not_the_latest, 0, n);

    return tc;
}
