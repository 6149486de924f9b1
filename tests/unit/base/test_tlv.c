#include <string.h>

#include "engine/base/tlv.h"
#include "tests/lib/t.h"

static const int64_t ints[] = { 0,   1,     -1,    63,        -64,      64,
                                127, 16383, 16384, INT64_MAX, INT64_MIN };

START_TEST(ints_round_trip)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };
    struct wr_tlv_reader r, f;
    struct wr_err err;
    uint32_t tag;

    wr_tlv_format(&s, 1);
    wr_tlv_put_int(&s, 300, ints[_i]);
    ck_assert_int_eq(wr_tlv_open(&r, s.s, s.len, 1, &err), 0);
    ck_assert(wr_tlv_next(&r, &tag, &f));
    ck_assert_uint_eq(tag, 300);
    ck_assert_int_eq(wr_tlv_int(&f), ints[_i]);
    ck_assert(!wr_tlv_next(&r, &tag, &f));
    ck_assert_int_eq(wr_tlv_done(&r, &err), 0);
}
END_TEST

/* tag 1: group of n texts with tag 2. */
static void
nested(struct wr_str *s, int n)
{
    size_t group;

    wr_tlv_format(s, 1);
    group = wr_tlv_begin(s, 1);
    for (int i = 0; i < n; i++)
        wr_tlv_put_text(s, 2, "text");
    wr_tlv_end(s, group);
    wr_tlv_put_int(s, 3, 7);
}

static const int sizes[] = { 0, 1, 21, 22, 2730, 2731, 400000 };

START_TEST(groups_nest)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };
    struct wr_tlv_reader r, f, g;
    struct wr_err err;
    uint32_t tag;
    int n = 0;

    nested(&s, sizes[_i]);
    ck_assert_int_eq(wr_tlv_open(&r, s.s, s.len, 1, &err), 0);
    ck_assert(wr_tlv_next(&r, &tag, &f));
    ck_assert_uint_eq(tag, 1);
    while (wr_tlv_next(&f, &tag, &g)) {
        if (n++ == 0)
            ck_assert_str_eq(wr_tlv_text(&g, a), "text");
    }
    ck_assert_int_eq(n, sizes[_i]);
    ck_assert(wr_tlv_next(&r, &tag, &f));
    ck_assert_int_eq(wr_tlv_int(&f), 7);
    ck_assert_int_eq(wr_tlv_done(&r, &err), 0);
}
END_TEST

/* Every cut of a good blob ends without reading past it; a cut between fields
 * is a shorter blob, any other is damage. */
START_TEST(cut_blobs_are_damage)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };

    nested(&s, 30);
    for (size_t len = 1; len <= s.len; len++) {
        void *exact = wr_arena_memdup(a, s.s, len);
        struct wr_tlv_reader r, f, g;
        struct wr_err err;
        uint32_t tag;
        int done;

        ck_assert_int_eq(wr_tlv_open(&r, exact, len, 1, &err), 0);
        while (wr_tlv_next(&r, &tag, &f)) {
            while (tag == 1 && wr_tlv_next(&f, &tag, &g))
                ;
        }
        done = wr_tlv_done(&r, &err);
        if (len == 1 || len == s.len - 3 || len == s.len)
            ck_assert_int_eq(done, 0);
        else
            ck_assert_int_eq(done, WR_ECORRUPT);
    }
}
END_TEST

START_TEST(formats_are_checked)
{
    struct wr_tlv_reader r;
    struct wr_err err;

    ck_assert_int_eq(wr_tlv_open(&r, "\2", 1, 1, &err), WR_ENEWER);
    ck_assert_int_eq(wr_tlv_open(&r, "", 0, 1, &err), WR_ECORRUPT);
    ck_assert_int_eq(wr_tlv_open(&r, "\0", 1, 1, &err), WR_ECORRUPT);
}
END_TEST

static const struct {
    const char *bytes;
    size_t len;
} damaged[] = {
    { "\1\1\2\1\1", 5 }, /* two varints */
    { "\1\1\0", 3 },     /* no varint */
    { "\1\1\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 13 }, /* > 64 bits */
    { "\1\1\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\1", 13 }, /* huge length */
    { "\1\xFF\xFF\xFF\xFF\x7F\1\1", 8 }, /* tag > 32 bits */
};

START_TEST(damage_is_kept)
{
    struct wr_tlv_reader r, f;
    struct wr_err err;
    uint32_t tag;

    ck_assert_int_eq(
        wr_tlv_open(&r, damaged[_i].bytes, damaged[_i].len, 1, &err), 0);
    while (wr_tlv_next(&r, &tag, &f))
        ck_assert_int_eq(wr_tlv_int(&f), 0);
    ck_assert_int_eq(wr_tlv_done(&r, &err), WR_ECORRUPT);
}
END_TEST

START_TEST(text_refuses_nul)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_tlv_reader r, f;
    struct wr_err err;
    uint32_t tag;

    ck_assert_int_eq(wr_tlv_open(&r, "\1\1\3a\0b", 6, 1, &err), 0);
    ck_assert(wr_tlv_next(&r, &tag, &f));
    ck_assert_str_eq(wr_tlv_text(&f, a), "");
    ck_assert_int_eq(wr_tlv_done(&r, &err), WR_ECORRUPT);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("tlv");

    tcase_add_loop_test(tc, ints_round_trip, 0, WR_COUNT(ints));
    tcase_add_loop_test(tc, groups_nest, 0, WR_COUNT(sizes));
    tcase_add_test(tc, cut_blobs_are_damage);
    tcase_add_test(tc, formats_are_checked);
    tcase_add_loop_test(tc, damage_is_kept, 0, WR_COUNT(damaged));
    tcase_add_test(tc, text_refuses_nul);

    return t_main("tlv", tc, NULL);
}
