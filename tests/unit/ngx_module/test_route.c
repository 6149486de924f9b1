/* The bucket of the id in a path. */
#include <string.h>

#include "ngx_module/weir_route.h"
#include "tests/lib/t.h"

static const struct {
    const char *path;
    int bucket;
} paths[] = {
    { "/api/v1/instances/0190e2a0-1234-7abc-8def-0123456789ab", 0xabc },
    { "/api/v1/instances/0190e2a0-1234-7000-bdef-0123456789ab/tokens", 0 },
    { "/x/0190e2a0-1234-7fff-9def-0123456789ab/"
      "0190e2a0-1234-7001-9def-0123456789ab",
      0xfff },
    { "0190e2a0-1234-7fff-9def-0123456789ab", 0xfff },
    /* Version 4, other variant, upper case, too long, too short, no id. */
    { "/x/0190e2a0-1234-4abc-8def-0123456789ab", -1 },
    { "/x/0190e2a0-1234-7abc-cdef-0123456789ab", -1 },
    { "/x/0190E2A0-1234-7ABC-8DEF-0123456789AB", -1 },
    { "/x/0190e2a0-1234-7abc-8def-0123456789ab1", -1 },
    { "/x/0190e2a0-1234-7abc-8def-0123456789a", -1 },
    { "/x/0190e2a0-1234-7abc-8def-0123456789ag", -1 },
    { "/x/0190e2a0+1234-7abc-8def-0123456789ab", -1 },
    { "/api/v1/instances", -1 },
    { "///", -1 },
    { "", -1 },
};

START_TEST(finds_the_bucket)
{
    ck_assert_int_eq(weir_route_path(paths[_i].path, strlen(paths[_i].path)),
                     paths[_i].bucket);
}
END_TEST

START_TEST(reads_no_further_than_told)
{
    ck_assert_int_eq(
        weir_route_bucket("0190e2a0-1234-7abc-8def-0123456789abXX", 36), 0xabc);
    ck_assert_int_eq(
        weir_route_path("/0190e2a0-1234-7abc-8def-0123456789ab", 36), -1);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("route");

    tcase_add_loop_test(tc, finds_the_bucket, 0,
                        sizeof(paths) / sizeof(*paths));
    tcase_add_test(tc, reads_no_further_than_told);

    return t_main("route", tc, NULL);
}
