#include "engine/base/url.h"
#include "tests/lib/t.h"

static const struct {
    const char *text, *scheme, *user, *password, *host, *path, *query;
    int port;
} good[] = {
    { "redis://h", "redis", NULL, NULL, "h", NULL, NULL, 0 },
    { "amqp://u:p@h:5672/v", "amqp", "u", "p", "h", "/v", NULL, 5672 },
    { "amqp://u%40x:p%2Fq@h/%2F", "amqp", "u@x", "p/q", "h", "//", NULL, 0 },
    { "redis://:pw@[::1]:7000/2", "redis", "", "pw", "::1", "/2", NULL, 7000 },
    { "redis://u@h", "redis", "u", NULL, "h", NULL, NULL, 0 },
    { "unix:///a%20b/r.sock?db=2", "unix", NULL, NULL, NULL, "/a b/r.sock",
      "db=2", 0 },
    { "amqp://a@b@h", "amqp", "a@b", NULL, "h", NULL, NULL, 0 },
};

static void
same(const char *have, const char *want)
{
    ck_assert_int_eq(have == NULL, want == NULL);
    if (want)
        ck_assert_str_eq(have, want);
}

START_TEST(parts)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_url u;
    struct wr_err err;

    ck_assert_msg(wr_url_parse(a, good[_i].text, &u, &err) == 0, "%s",
                  err.text);
    same(u.scheme, good[_i].scheme);
    same(u.user, good[_i].user);
    same(u.password, good[_i].password);
    same(u.host, good[_i].host);
    same(u.path, good[_i].path);
    same(u.query, good[_i].query);
    ck_assert_int_eq(u.port, good[_i].port);
}
END_TEST

static const struct {
    const char *text, *why;
} bad[] = {
    { "", "no 'scheme://' in front" },
    { "redis", "no 'scheme://' in front" },
    { "://h", "no 'scheme://' in front" },
    { "redis://h:", "the port is not from 1 to 65535" },
    { "redis://h:0", "the port is not from 1 to 65535" },
    { "redis://h:65536", "the port is not from 1 to 65535" },
    { "redis://h:1x", "the port is not a number" },
    { "redis://h:99999999999999999999", "the port is not a number" },
    { "redis://[::1", "the host has no ]" },
    { "redis://[::1]x", "text after the host's ]" },
    { "redis://u:%zz@h", "the password has a wrong %" },
    { "redis://u%@h", "the user has a wrong %" },
    { "redis://h/%0", "the path has a wrong %" },
    { "redis://%00", "the host has a wrong %" },
};

START_TEST(refusals)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_url u;
    struct wr_err err;

    ck_assert_int_eq(wr_url_parse(a, bad[_i].text, &u, &err), WR_EINVALID);
    ck_assert_str_eq(err.text, bad[_i].why);
}
END_TEST

START_TEST(queries_and_encoding)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    struct wr_str s = { .arena = a };
    struct wr_url u;
    struct wr_err err;

    ck_assert_int_eq(wr_url_parse(a, "x://h?db=1&b=%41&db2=3", &u, &err), 0);
    same(wr_url_query(a, &u, "db"), "1");
    same(wr_url_query(a, &u, "b"), "A");
    same(wr_url_query(a, &u, "db2"), "3");
    same(wr_url_query(a, &u, "d"), NULL);
    wr_url_add(&s, "a b/\xc3\xbc~");
    ck_assert_str_eq(s.s, "a%20b%2F%C3%BC~");
}
END_TEST

START_TEST(passwords_are_hidden)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);

    same(wr_url_public(a, "redis://u:p@w@h:1/2"), "redis://u:***@h:1/2");
    same(wr_url_public(a, "redis://:pw@h"), "redis://:***@h");
    same(wr_url_public(a, "redis://h:1"), "redis://h:1");
    same(wr_url_public(a, "x://u@h/p?password=s&a=1&sslpassword=t"),
         "x://u@h/p?password=***&a=1&sslpassword=***");
    same(wr_url_public(a, "none"), "none");
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("url");

    tcase_add_loop_test(tc, parts, 0, WR_COUNT(good));
    tcase_add_loop_test(tc, refusals, 0, WR_COUNT(bad));
    tcase_add_test(tc, queries_and_encoding);
    tcase_add_test(tc, passwords_are_hidden);

    return t_main("url", tc, NULL);
}
