#include <string.h>

#include "engine/base/arena.h"
#include "tests/lib/t.h"

START_TEST(memory_is_zeroed_and_aligned)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);

    for (size_t n = 0; n < 300; n++) {
        char *p = wr_arena_alloc(a, n);

        ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            ck_assert_int_eq(p[i], 0);
        memset(p, 0xFF, n);
    }
}
END_TEST

static char order[8];
static size_t n_order;

static void
note(void *data)
{
    order[n_order++] = *(const char *)data;
}

/* Blocks once doubled across resets: the 40th request asked for a terabyte. */
START_TEST(resets_start_over)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);

    for (int i = 0; i < 1000; i++) {
        char *p = wr_arena_alloc(a, 100), *big = wr_arena_alloc(a, 10000);

        ck_assert_int_eq(p[99], 0);
        ck_assert_int_eq(big[9999], 0);
        memset(p, 0xFF, 100);
        memset(big, 0xFF, 10000);
        wr_arena_reset(a);
        ck_assert_uint_eq(wr_arena_used(a), 0);
    }
}
END_TEST

/* Their data may live in the arena itself. */
START_TEST(deferred_calls_see_their_data)
{
    struct wr_arena *a = wr_arena_new(64);

    n_order = 0;
    for (int i = 0; i < 5; i++)
        wr_arena_defer(a, note, wr_arena_memdup(a, "x", 1));
    wr_arena_free(a);
    ck_assert_mem_eq(order, "xxxxx", 5);
}
END_TEST

START_TEST(copies)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16);

    ck_assert_str_eq(wr_arena_strdup(a, "text"), "text");
    ck_assert_str_eq(wr_arena_strndup(a, "text", 2), "te");
    ck_assert_str_eq(wr_arena_strndup(a, NULL, 0), "");
    ck_assert_str_eq(wr_arena_printf(a, "%s-%d", "a", 7), "a-7");
    ck_assert_mem_eq(wr_arena_memdup(a, "a\0b", 3), "a\0b", 3);
    ck_assert_ptr_nonnull(wr_arena_memdup(a, NULL, 0));
}
END_TEST

START_TEST(deferred_calls_run_newest_first)
{
    struct wr_arena *a = wr_arena_new(64);
    char one = '1', two = '2', three = '3';

    n_order = 0;
    wr_arena_defer(a, note, &one);
    wr_arena_defer(a, note, &two);
    wr_arena_reset(a);
    ck_assert_mem_eq(order, "21", 2);
    wr_arena_defer(a, note, &three);
    wr_arena_free(a);
    ck_assert_uint_eq(n_order, 3);
    ck_assert_mem_eq(order, "213", 3);
    wr_arena_free(NULL);
}
END_TEST

START_TEST(a_cap_is_told_not_enforced)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);

    wr_arena_alloc(a, 5000);
    ck_assert(!wr_arena_over(a));
    wr_arena_set_cap(a, 4096);
    ck_assert(wr_arena_over(a));
    ck_assert_uint_ge(wr_arena_used(a), 5000);
    wr_arena_reset(a);
    ck_assert_uint_eq(wr_arena_used(a), 0);
    ck_assert(!wr_arena_over(a));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("arena");

    tcase_add_test(tc, memory_is_zeroed_and_aligned);
    tcase_add_test(tc, resets_start_over);
    tcase_add_test(tc, deferred_calls_see_their_data);
    tcase_add_test(tc, copies);
    tcase_add_test(tc, deferred_calls_run_newest_first);
    tcase_add_test(tc, a_cap_is_told_not_enforced);

    return t_main("arena", tc, NULL);
}
