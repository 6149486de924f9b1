/* What is due soon comes out in its order, whatever came in between. */
#include <stdlib.h>

#include "scheduler/heap.h"
#include "scheduler/peers.h"
#include "tests/lib/t.h"

enum {
    MANY = 5000
};

static uint32_t seed = 7;

static uint32_t
draw(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;

    return (seed >> 8) % below;
}

static void
push(struct wr_heap *h, const char *type, int64_t at)
{
    wr_heap_push(h, &(struct wr_due_item){ .type = type, .at = at });
}

START_TEST(the_earliest_come_first)
{
    struct wr_due_item out[64];
    struct wr_heap h = { 0 };
    int64_t last = -1;
    size_t n, all = 0;

    for (int i = 0; i < MANY; i++)
        push(&h, "timer", draw(10000));
    for (int64_t now = 0; now <= 10000; now += 100) {
        while ((n = wr_heap_pop(&h, now, out, 64)) > 0) {
            for (size_t i = 0; i < n; i++) {
                ck_assert_int_ge(out[i].at, last);
                ck_assert_int_le(out[i].at, now);
                last = out[i].at;
            }
            all += n;
        }
        if (wr_heap_top(&h))
            ck_assert_int_gt(wr_heap_top(&h)->at, now);
    }
    ck_assert_uint_eq(all, MANY);
    wr_heap_free(&h);
}
END_TEST

START_TEST(a_look_replaces_what_it_saw_and_nothing_else)
{
    static struct wr_due_item out[MANY];
    struct wr_heap h = { 0 };
    size_t n, timers = 0, jobs = 0, kept = 0;
    int64_t last = -1;

    for (int i = 0; i < MANY; i++) {
        int64_t at = draw(1000);

        push(&h, i % 2 ? "timer" : "job", at);
        kept += i % 2 && at > 499;
    }
    wr_heap_drop(&h, "timer", INT64_MIN, 499, 1);
    n = wr_heap_pop(&h, 1000, out, MANY);
    for (size_t i = 0; i < n; i++) {
        bool timer = out[i].type[0] == 't';

        ck_assert_int_ge(out[i].at, last);
        ck_assert(!timer || out[i].at > 499);
        last = out[i].at;
        timers += timer;
        jobs += !timer;
    }
    ck_assert_uint_eq(timers, kept);
    ck_assert_uint_eq(jobs, MANY / 2);
    wr_heap_free(&h);
}
END_TEST

START_TEST(a_look_forgets_nothing_that_was_heard_of_since)
{
    const struct wr_due_item items[] = {
        { .type = "timer", .at = 10, .known_at = 5 },
        { .type = "timer", .at = 20, .known_at = 5 },
        { .type = "timer", .at = 30, .known_at = 5 },
        { .type = "timer", .at = 21, .known_at = 7 },
    };
    struct wr_due_item out[8];
    struct wr_heap h = { 0 };

    for (size_t i = 0; i < WR_COUNT(items); i++)
        wr_heap_push(&h, &items[i]);
    wr_heap_drop(&h, "timer", 15, 25, 7);
    ck_assert_uint_eq(wr_heap_pop(&h, 100, out, 8), 3);
    ck_assert_int_eq(out[0].at, 10);
    ck_assert_int_eq(out[1].at, 21);
    ck_assert_int_eq(out[2].at, 30);
    wr_heap_free(&h);
}
END_TEST

START_TEST(buckets_are_spread_over_those_that_live)
{
    int of[WR_PEERS] = { 0 };

    for (int bucket = 0; bucket < WR_BUCKETS; bucket++) {
        int owners = 0;

        for (int i = 0; i < 3; i++) {
            struct wr_peers p = { .number = i, .live = 7 };

            of[i] += wr_peers_mine(&p, bucket);
            owners += wr_peers_mine(&p, bucket);
        }
        ck_assert_int_eq(owners, 1);
    }
    for (int i = 0; i < 3; i++)
        ck_assert_int_gt(of[i], WR_BUCKETS / 5);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("heap");

    tcase_add_test(tc, the_earliest_come_first);
    tcase_add_test(tc, a_look_replaces_what_it_saw_and_nothing_else);
    tcase_add_test(tc, a_look_forgets_nothing_that_was_heard_of_since);
    tcase_add_test(tc, buckets_are_spread_over_those_that_live);

    return t_main("heap", tc, NULL);
}
