#include "engine/base/map.h"
#include "tests/lib/t.h"

START_TEST(keeps_order_and_values)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_map m = { .arena = a };
    static int values[5000];

    ck_assert_ptr_null(wr_map_get(&m, "none"));
    for (int i = 0; i < 5000; i++)
        ck_assert(wr_map_put(&m, wr_arena_printf(a, "key %d", i), &values[i]));
    ck_assert_uint_eq(m.n, 5000);
    for (int i = 0; i < 5000; i++) {
        const char *key = wr_arena_printf(a, "key %d", i);

        ck_assert_ptr_eq(wr_map_get(&m, key), &values[i]);
        ck_assert_str_eq(m.entries[i].key, key);
    }
    ck_assert_ptr_null(wr_map_get(&m, "key 5000"));
}
END_TEST

START_TEST(replaces)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_map m = { .arena = a };
    char key[] = "k";
    int x, y;

    ck_assert(wr_map_put(&m, key, &x));
    ck_assert(!wr_map_put(&m, key, &y));
    key[0] = 'X';
    ck_assert_uint_eq(m.n, 1);
    ck_assert_ptr_eq(wr_map_get(&m, "k"), &y);
    ck_assert(!wr_map_put(&m, "k", NULL));
    ck_assert_ptr_null(wr_map_get(&m, "k"));
}
END_TEST

START_TEST(keys_are_bytes)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_map m = { .arena = a };
    int x, y, z;

    ck_assert(wr_map_putn(&m, "a\0b", 3, &x));
    ck_assert(wr_map_putn(&m, "a", 1, &y));
    ck_assert(wr_map_put(&m, "", &z));
    ck_assert_ptr_eq(wr_map_getn(&m, "a\0b", 3), &x);
    ck_assert_ptr_eq(wr_map_getn(&m, "abc", 1), &y);
    ck_assert_ptr_eq(wr_map_get(&m, ""), &z);
}
END_TEST

START_TEST(hash_spreads)
{
    uint64_t or = 0, and = UINT64_MAX;
    char text[32] = { 0 };

    for (size_t n = 0; n <= sizeof(text); n++) {
        uint64_t h = wr_hash(text, n);

        ck_assert_uint_eq(wr_hash(text, n), h);
        or |= h;
        and &= h;
    }
    ck_assert_uint_eq(or, UINT64_MAX);
    ck_assert_uint_eq(and, 0);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("map");

    tcase_add_test(tc, keeps_order_and_values);
    tcase_add_test(tc, replaces);
    tcase_add_test(tc, keys_are_bytes);
    tcase_add_test(tc, hash_spreads);

    return t_main("map", tc, NULL);
}
