#include <string.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/log.h"
#include "tests/lib/t.h"

static int saved, pipe_fds[2];

static void
capture(void)
{
    ck_assert_int_eq(pipe(pipe_fds), 0);
    saved = dup(STDERR_FILENO);
    ck_assert_int_ge(dup2(pipe_fds[1], STDERR_FILENO), 0);
    close(pipe_fds[1]);
}

/* Everything that was logged. */
static const char *
captured(struct wr_arena *a)
{
    struct wr_str s = { .arena = a };
    char buf[4096];
    ssize_t n;

    ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
    close(saved);
    while ((n = read(pipe_fds[0], buf, sizeof(buf))) > 0)
        wr_str_addn(&s, buf, (size_t)n);
    close(pipe_fds[0]);

    return wr_str_text(&s);
}

static void
has(const struct wr_value *line, const char *name, const char *want)
{
    const struct wr_value *v = wr_value_get(line, name);

    ck_assert_ptr_nonnull(v);
    ck_assert_int_eq(v->type, WR_V_STRING);
    ck_assert_str_eq(v->string.s, want);
}

START_TEST(lines_are_json)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_value *line;
    struct wr_err err;
    const char *text;

    wr_log_init("test \"log\"", WR_LOG_INFO);
    capture();
    wr_log(WR_LOG_WARN, "two\nlines", "instance", "a\xFF\xC3\xA9", "element",
           (const char *)NULL, NULL);
    text = captured(a);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
    ck_assert_int_eq(wr_json_parse(a, text, strlen(text), &line, &err), 0);
    has(line, "level", "warn");
    has(line, "program", "test \"log\"");
    has(line, "message", "two\nlines");
    has(line, "instance", "a\xEF\xBF\xBD\xC3\xA9");
    has(line, "element", "");
    ck_assert_uint_eq(wr_value_get(line, "at")->string.len, 24);
    ck_assert(
        wr_value_equal(wr_value_get(line, "pid"), wr_value_int(a, getpid())));
}
END_TEST

START_TEST(less_severe_lines_are_left_out)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const char *text;

    wr_log_init("test", WR_LOG_ERROR);
    capture();
    wr_log(WR_LOG_DEBUG, "one", NULL);
    wr_log(WR_LOG_WARN, "two", NULL);
    wr_log(WR_LOG_ERROR, "three", NULL);
    text = captured(a);
    ck_assert_ptr_null(strstr(text, "one"));
    ck_assert_ptr_null(strstr(text, "two"));
    ck_assert_ptr_nonnull(strstr(text, "\"message\":\"three\"}\n"));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("log");

    tcase_add_test(tc, lines_are_json);
    tcase_add_test(tc, less_severe_lines_are_left_out);

    return t_main("log", tc, NULL);
}
