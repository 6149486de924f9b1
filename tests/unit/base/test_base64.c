#include <string.h>

#include "engine/base/base64.h"
#include "tests/lib/t.h"

/* RFC 4648 section 10. */
static const struct {
    const char *bytes, *text, *url;
} vectors[] = {
    { "", "", "" },
    { "f", "Zg==", "Zg" },
    { "fo", "Zm8=", "Zm8" },
    { "foo", "Zm9v", "Zm9v" },
    { "foob", "Zm9vYg==", "Zm9vYg" },
    { "fooba", "Zm9vYmE=", "Zm9vYmE" },
    { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
    { "\xFB\xFF", "+/8=", "-_8" },
};

START_TEST(both_ways)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str text = { .arena = a }, url = { .arena = a };
    struct wr_str back = { .arena = a }, url_back = { .arena = a };
    const char *bytes = vectors[_i].bytes;
    struct wr_err err;

    wr_base64_put(&text, bytes, strlen(bytes));
    ck_assert_str_eq(wr_str_text(&text), vectors[_i].text);
    wr_base64url_put(&url, bytes, strlen(bytes));
    ck_assert_str_eq(wr_str_text(&url), vectors[_i].url);
    ck_assert_int_eq(wr_base64_get(&back, wr_str_text(&text), text.len, &err),
                     0);
    ck_assert_str_eq(wr_str_text(&back), bytes);
    ck_assert_int_eq(
        wr_base64url_get(&url_back, wr_str_text(&url), url.len, &err), 0);
    ck_assert_str_eq(wr_str_text(&url_back), bytes);
}
END_TEST

static const char *const bad[] = { "Zg",   "Zg=",  "Z",    "Zh==", "Zm9=",
                                   "Z===", "Zm9 ", "Zm9-", "====", "Zg==Zg==" };

START_TEST(refuses)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str out = { .arena = a };
    struct wr_err err;

    ck_assert_int_eq(wr_base64_get(&out, bad[_i], strlen(bad[_i]), &err),
                     WR_EVALUE);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("base64");

    tcase_add_loop_test(tc, both_ways, 0, WR_COUNT(vectors));
    tcase_add_loop_test(tc, refuses, 0, WR_COUNT(bad));

    return t_main("base64", tc, NULL);
}
