/* Route rows: which one fits, and that each says who may call it. */
#include <string.h>

#include "fcgi_workers/route.h"
#include "tests/lib/t.h"

/* `want`: the operation and its parameters, or NULL with the code. */
static const struct {
    const char *method, *path, *want;
    int code;
} cases[] = {
    { "GET", "/api/v1/instances", "listInstances", 0 },
    { "POST", "/api/v1/instances", "startInstance", 0 },
    { "POST", "/api/v1/instances/bulk", "startInstances", 0 },
    { "GET", "/api/v1/instances/x", "getInstance x", 0 },
    { "GET", "/api/v1/instances/bulk", "getInstance bulk", 0 },
    { "PUT", "/api/v1/instances/x/variables/a b", "setVariable x a b", 0 },
    { "POST", "/api/v1/jobs/activate", "activateJobs", 0 },
    { "POST", "/api/v1/jobs/7/complete", "completeJob 7", 0 },
    { "GET", "/health/ready", "ready", 0 },
    { "DELETE", "/api/v1/instances", NULL, WR_EMETHOD },
    { "get", "/api/v1/instances", NULL, WR_EMETHOD },
    { "", "/api/v1/instances", NULL, WR_EMETHOD },
    { "GET", "/api/v1/instances/", NULL, WR_ENOTFOUND },
    { "GET", "/api/v1/instances//tokens", NULL, WR_ENOTFOUND },
    { "GET", "/api/v1/instances/x/tokens/", NULL, WR_ENOTFOUND },
    { "GET", "/api/v1/instancesx", NULL, WR_ENOTFOUND },
    { "GET", "/api/v1/instance", NULL, WR_ENOTFOUND },
    { "GET", "", NULL, WR_ENOTFOUND },
    { "GET", "/", NULL, WR_ENOTFOUND },
    { "GET", "*", NULL, WR_ENOTFOUND },
};

START_TEST(the_row_that_fits)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_request rq = { .arena = a };
    struct wr_str s = { .arena = a };
    struct wr_err err = { 0 };
    int rc = wr_route_match(&rq, cases[_i].method, cases[_i].path, &err);

    ck_assert_int_eq(rc, cases[_i].code);
    if (rc < 0)
        return;
    wr_str_add(&s, rq.route->id);
    for (int i = 0; i < WR_PATH_PARAMS && rq.param[i]; i++)
        wr_str_printf(&s, " %s", rq.param[i]);
    ck_assert_str_eq(wr_str_text(&s), cases[_i].want);
}
END_TEST

START_TEST(every_row_is_complete)
{
    size_t at = 0;

    for (size_t t = 0; t < wr_n_route_tables; t++) {
        for (size_t i = 0; i < wr_route_tables[t]->n; i++, at++) {
            const struct wr_route *r = &wr_route_tables[t]->routes[i];

            ck_assert_uint_eq(wr_route_index(r), at);
            ck_assert_msg(r->roles != 0, "%s: nobody may call it", r->id);
            ck_assert_msg(r->handler && r->summary[0] && r->status >= 200
                              && r->status < 300,
                          "%s", r->id);
            ck_assert_msg(strcmp(r->method, "GET") == 0
                              || !(r->roles & WR_VIEWER)
                              || strstr(r->id, "evaluate")
                              || strncmp(r->id, "search", 6) == 0,
                          "%s: a viewer writes", r->id);
            for (size_t k = 0; k < i; k++)
                ck_assert_str_ne(wr_route_tables[t]->routes[k].id, r->id);
        }
    }
    ck_assert_uint_eq(wr_route_total(), at);
    ck_assert_uint_eq(wr_route_index(NULL), at);
}
END_TEST

/* openapi.json has all methods of a path together, from its table. */
START_TEST(a_path_is_in_one_table)
{
    for (size_t t = 0; t < wr_n_route_tables; t++) {
        for (size_t i = 0; i < wr_route_tables[t]->n; i++) {
            const char *path = wr_route_tables[t]->routes[i].path;

            for (size_t u = 0; u < t; u++) {
                for (size_t k = 0; k < wr_route_tables[u]->n; k++)
                    ck_assert_str_ne(path, wr_route_tables[u]->routes[k].path);
            }
        }
    }
}
END_TEST

START_TEST(nothing_internal_through_nginx)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_request rq = { .arena = a,
                             .proxied = true,
                             .request_id = "r",
                             .who = { .user = "admin", .roles = WR_ADMIN } };

    wr_request_run(&rq, "POST", "/internal/sweep", "");
    ck_assert_int_eq(rq.status, 404);
}
END_TEST

START_TEST(role_names)
{
    ck_assert_uint_eq(wr_roles_parse(""), 0);
    ck_assert_uint_eq(wr_roles_parse("viewer"), WR_VIEWER);
    ck_assert_uint_eq(wr_roles_parse("admin,operator"), WR_ADMIN | WR_OPERATOR);
    ck_assert_uint_eq(wr_roles_parse("adminx,admi,,king, viewer"), 0);
}
END_TEST

START_TEST(media_types)
{
    struct wr_request rq = { .content_type = "Text/XML ;charset=x" };

    ck_assert(wr_request_is_type(&rq, "text/xml"));
    ck_assert(!wr_request_is_type(&rq, "text/xm"));
    rq.content_type = "text/xmlx";
    ck_assert(!wr_request_is_type(&rq, "text/xml"));
    rq.content_type = "";
    ck_assert(!wr_request_is_type(&rq, "text/xml"));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("route (rows 125)");

    tcase_add_loop_test(tc, the_row_that_fits, 0, (int)WR_COUNT(cases));
    tcase_add_test(tc, every_row_is_complete);
    tcase_add_test(tc, a_path_is_in_one_table);
    tcase_add_test(tc, nothing_internal_through_nginx);
    tcase_add_test(tc, role_names);
    tcase_add_test(tc, media_types);

    return t_main("route", tc, NULL);
}
