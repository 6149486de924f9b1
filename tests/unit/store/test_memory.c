/* The tables of the memory store: rows in order, whatever comes and goes. */

#include <string.h>

#include "engine/store/memory.h"
#include "tests/lib/t.h"

enum {
    KEYS = 2000,
    ROUNDS = 40000
};

static struct memory_shared shared;
static bool have[KEYS];

static struct wr_timer_row
timer(int key)
{
    struct wr_timer_row row = { .tenant = 1, .due_at = key };

    row.id.b[0] = (unsigned char)(key >> 8);
    row.id.b[1] = (unsigned char)key;

    return row;
}

static void
check_order(void)
{
    struct memory_table *t = &shared.tables[WR_TIMERS];
    size_t at = 0;

    for (int key = 0; key < KEYS; key++) {
        struct wr_timer_row row = timer(key);

        ck_assert_int_eq(wr_memory_get(&shared, WR_TIMERS, &row) != NULL,
                         have[key]);
        if (!have[key])
            continue;
        ck_assert_uint_lt(at, t->n);
        row = *(struct wr_timer_row *)wr_memory_at(t, at++)->row;
        ck_assert_int_eq(row.due_at, key);
    }
    ck_assert_uint_eq(at, t->n);
}

/* Rows that come behind all others, as ids do: full blocks. */
START_TEST(rows_that_come_in_order)
{
    for (int key = 0; key < KEYS; key++) {
        struct wr_timer_row row = timer(key);

        wr_memory_put(&shared, WR_TIMERS, &row);
        have[key] = true;
    }
    check_order();
    ck_assert_uint_eq(shared.tables[WR_TIMERS].n_blocks,
                      (KEYS + MEMORY_BLOCK - 1) / MEMORY_BLOCK);
    for (int key = 0; key < KEYS; key += 2) {
        struct wr_timer_row row = timer(key);

        (void)wr_memory_del(&shared, WR_TIMERS, &row);
        have[key] = false;
    }
    check_order();
}
END_TEST

START_TEST(rows_stay_in_order)
{
    uint32_t dice = 7;

    for (int round = 0; round < ROUNDS; round++) {
        struct wr_timer_row row;
        int key;

        dice = dice * 1103515245U + 12345U;
        key = round % 5 ? (int)(dice >> 8) % KEYS : round / 5 % KEYS;
        row = timer(key);
        if (dice >> 20 & 1)
            wr_memory_put(&shared, WR_TIMERS, &row);
        else
            ck_assert_int_eq(wr_memory_del(&shared, WR_TIMERS, &row),
                             have[key]);
        have[key] = dice >> 20 & 1;
        if (round % 197 == 0)
            check_order();
    }
    check_order();
    for (int key = 0; key < KEYS; key++) {
        struct wr_timer_row row = timer(key);

        (void)wr_memory_del(&shared, WR_TIMERS, &row);
    }
    ck_assert_uint_eq(shared.tables[WR_TIMERS].n, 0);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("memory");

    tcase_add_test(tc, rows_that_come_in_order);
    tcase_add_test(tc, rows_stay_in_order);

    return t_main("memory", tc, NULL);
}
