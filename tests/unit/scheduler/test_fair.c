/* Who goes first: what is fresh, and of what is late each in turn. */
#include <stdlib.h>

#include "scheduler/fair.h"
#include "tests/lib/t.h"

enum {
    NOW = 1000000,
    LONG_AGO = 1000,
    BATCH = 200
};

static void
add(struct wr_fair *f, int definition, int tenant, int64_t at, int n)
{
    for (int i = 0; i < n; i++) {
        struct wr_posting p = {
            .it = { .type = "timer", .tenant = tenant, .at = at }
        };

        p.it.definition.b[15] = (uint8_t)definition;
        p.it.id.b[14] = (uint8_t)(i >> 8);
        p.it.id.b[15] = (uint8_t)i;
        wr_fair_add(f, &p, NOW);
    }
}

static int
count(const struct wr_posting *out, size_t n, int definition)
{
    int found = 0;

    for (size_t i = 0; i < n; i++)
        found += out[i].it.definition.b[15] == definition;

    return found;
}

START_TEST(what_is_fresh_goes_before_a_backlog)
{
    struct wr_posting out[BATCH];
    struct wr_fair f = { 0 };
    size_t n;

    add(&f, 1, 0, LONG_AGO, 20000);
    add(&f, 2, 0, NOW - 10, 20);
    n = wr_fair_take(&f, out, BATCH);
    ck_assert_int_eq(count(out, n, 2), 20);
    ck_assert_int_eq(count(out, n, 1), WR_FAIR_LATE);
    wr_fair_free(&f);
}
END_TEST

START_TEST(what_is_late_is_not_starved)
{
    struct wr_posting out[BATCH];
    struct wr_fair f = { 0 };
    int late = 0;

    add(&f, 1, 0, LONG_AGO, 300);
    for (int i = 0; i < 10 && f.n; i++) {
        size_t n;

        add(&f, 2, 0, NOW, BATCH);
        n = wr_fair_take(&f, out, BATCH);
        ck_assert_uint_eq(n, BATCH);
        late += count(out, n, 1);
    }
    ck_assert_int_eq(late, 300);
    wr_fair_free(&f);
}
END_TEST

START_TEST(a_batch_has_a_bounded_part_of_what_is_late)
{
    struct wr_posting out[BATCH];
    struct wr_fair f = { 0 };
    size_t n, all = 0;

    add(&f, 1, 0, LONG_AGO, 1000);
    while ((n = wr_fair_take(&f, out, BATCH)) > 0) {
        ck_assert_uint_le(n, WR_FAIR_LATE);
        all += n;
    }
    ck_assert_uint_eq(all, 1000);
    ck_assert_uint_eq(f.n, 0);
    wr_fair_free(&f);
}
END_TEST

START_TEST(definitions_and_tenants_take_turns)
{
    struct wr_posting out[BATCH];
    struct wr_fair f = { 0 };
    int of = 0;
    size_t n;

    add(&f, 1, 0, LONG_AGO, 20000);
    add(&f, 2, 0, LONG_AGO + 1, 30);
    add(&f, 1, 7, LONG_AGO + 2, 10);
    n = wr_fair_take(&f, out, BATCH);
    ck_assert_uint_eq(n, WR_FAIR_LATE);
    ck_assert_int_ge(count(out, n, 2), WR_FAIR_LATE / 3);
    n += wr_fair_take(&f, out + n, BATCH - n);
    ck_assert_int_eq(count(out, n, 2), 30);
    for (size_t i = 0; i < n; i++)
        of += out[i].it.tenant == 7;
    ck_assert_int_eq(of, 10);
    wr_fair_free(&f);
}
END_TEST

START_TEST(the_order_stays_while_the_list_moves_and_grows)
{
    struct wr_posting out[BATCH];
    struct wr_fair f = { 0 };
    int put = 0, got = 0;

    for (int round = 0; round < 100; round++) {
        size_t take = round < 50 ? 20 : BATCH;
        size_t n;

        for (int i = 0; round < 50 && i < 30; i++) {
            struct wr_posting p = { .it = { .at = NOW, .element = put++ } };

            wr_fair_add(&f, &p, NOW);
        }
        n = wr_fair_take(&f, out, take);
        for (size_t i = 0; i < n; i++)
            ck_assert_int_eq(out[i].it.element, got++);
    }
    ck_assert_int_eq(got, put);
    wr_fair_free(&f);
}
END_TEST

START_TEST(what_may_have_ended_a_slot_goes_alone)
{
    struct wr_posting out[BATCH];
    struct wr_fair f = { 0 };
    struct wr_posting p = { .it = { .type = "timer" }, .alone = true };

    add(&f, 1, 0, NOW, 3);
    wr_fair_add(&f, &p, NOW);
    wr_fair_add(&f, &p, NOW);
    ck_assert_uint_eq(wr_fair_take(&f, out, BATCH), 1);
    ck_assert_uint_eq(wr_fair_take(&f, out, BATCH), 1);
    ck_assert_uint_eq(wr_fair_take(&f, out, BATCH), 3);
    wr_fair_free(&f);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("fair");

    tcase_add_test(tc, what_is_fresh_goes_before_a_backlog);
    tcase_add_test(tc, what_is_late_is_not_starved);
    tcase_add_test(tc, a_batch_has_a_bounded_part_of_what_is_late);
    tcase_add_test(tc, definitions_and_tenants_take_turns);
    tcase_add_test(tc, the_order_stays_while_the_list_moves_and_grows);
    tcase_add_test(tc, what_may_have_ended_a_slot_goes_alone);

    return t_main("fair", tc, NULL);
}
