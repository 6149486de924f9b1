#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/config.h"
#include "tests/lib/t.h"

static char home[64];

static void
make_home(void)
{
    snprintf(home, sizeof(home), "/tmp/weir-config-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(home));
    for (int i = 0; i < WR_SETTINGS; i++) {
        char name[64];

        snprintf(name, sizeof(name), "WEIR_%s", wr_setting_row(i)->name);
        for (char *p = name; *p; p++)
            *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
        unsetenv(name);
    }
}

static const char *
home_path(const char *name)
{
    static char path[96];

    snprintf(path, sizeof(path), "%s/%s", home, name);

    return path;
}

static const char *
conf_path(void)
{
    return home_path("weir.conf");
}

static void
remove_home(void)
{
    unlink(conf_path());
    unlink(home_path("servers.conf"));
    unlink(home_path("conf.d/prod.conf"));
    rmdir(home_path("conf.d"));
    rmdir(home);
    unsetenv("WEIR_ENV");
}

static void
write_file(const char *name, const char *text)
{
    FILE *f = fopen(home_path(name), "w");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

static void
write_conf(const char *text)
{
    FILE *f = fopen(conf_path(), "w");

    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
}

START_TEST(defaults)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_config *c;
    struct wr_err err;

    ck_assert_msg(wr_config_load(a, home, &c, &err) == 0, "%s", err.text);
    ck_assert_int_eq(wr_config_int(c, WR_SET_PORT), 8080);
    ck_assert_str_eq(wr_config_text(c, WR_SET_LISTEN), "127.0.0.1");
    ck_assert_int_eq(wr_config_int(c, WR_SET_COMMAND_WAIT), 10000);
    ck_assert_int_eq(wr_config_int(c, WR_SET_REFRESH_TTL),
                     INT64_C(30) * 86400000);
    ck_assert_int_eq(wr_config_int(c, WR_SET_BODY_MAX), 8 << 20);
    ck_assert_int_eq(wr_config_int(c, WR_SET_LOG_LEVEL), 1);
    ck_assert_str_eq(wr_config_origin(c, WR_SET_PORT), "default");
    ck_assert_str_eq(wr_config_home(c), home);
    ck_assert_int_eq(wr_config_load(a, NULL, &c, &err), 0);
}
END_TEST

START_TEST(file_and_environment)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_config *c;
    struct wr_err err;

    write_conf("# Weir\n"
               "\n"
               "  port = 9000  \r\n"
               "threads=16\n"
               "database_url = postgresql://u@h/db?x=1#y\n"
               "command_wait = 500 ms\n"
               "body_max = 65536\n"
               "log_level = debug");
    ck_assert_int_eq(setenv("WEIR_THREADS", "20", 1), 0);
    ck_assert_int_eq(setenv("WEIR_CRASH_AT", "no setting", 1), 0);
    ck_assert_msg(wr_config_load(a, home, &c, &err) == 0, "%s", err.text);
    ck_assert_int_eq(wr_config_int(c, WR_SET_PORT), 9000);
    ck_assert_str_eq(wr_config_origin(c, WR_SET_PORT), "weir.conf:3");
    ck_assert_int_eq(wr_config_int(c, WR_SET_THREADS), 20);
    ck_assert_str_eq(wr_config_origin(c, WR_SET_THREADS), "WEIR_THREADS");
    ck_assert_str_eq(wr_config_text(c, WR_SET_DATABASE_URL),
                     "postgresql://u@h/db?x=1#y");
    ck_assert_int_eq(wr_config_int(c, WR_SET_COMMAND_WAIT), 500);
    ck_assert_int_eq(wr_config_int(c, WR_SET_BODY_MAX), 65536);
    ck_assert_int_eq(wr_config_int(c, WR_SET_LOG_LEVEL), 0);
}
END_TEST

static const struct {
    const char *line, *text;
} wrong[] = {
    { "port = http",
      "weir.conf:2: port: 'http' is not a whole number from 1 to 65535" },
    { "port = 0",
      "weir.conf:2: port: '0' is not a whole number from 1 to 65535" },
    { "port = 65536",
      "weir.conf:2: port: '65536' is not a whole number from 1 to 65535" },
    { "port = 99999999999999999999",
      "weir.conf:2: port: '99999999999999999999' is not a whole number from 1 "
      "to 65535" },
    { "port = 80 # web",
      "weir.conf:2: port: '80 # web' is not a whole number from 1 to 65535" },
    { "port =", "weir.conf:2: port: '' is not a whole number from 1 to 65535" },
    { "command_wait = 10",
      "weir.conf:2: command_wait: '10' is not a duration (ms, s, m, h, d) from "
      "10ms to 10m" },
    { "command_wait = 1.5s",
      "weir.conf:2: command_wait: '1.5s' is not a duration (ms, s, m, h, d) "
      "from 10ms to 10m" },
    { "command_wait = 11m",
      "weir.conf:2: command_wait: '11m' is not a duration (ms, s, m, h, d) "
      "from 10ms to 10m" },
    { "body_max = 8TB",
      "weir.conf:2: body_max: '8TB' is not a size (B, KB, MB, GB) from 1KB to "
      "1GB" },
    { "log_level = verbose",
      "weir.conf:2: log_level: 'verbose' is not one of debug|info|warn|error" },
    { "log_level = inf",
      "weir.conf:2: log_level: 'inf' is not one of debug|info|warn|error" },
    { "listen = localhost",
      "weir.conf:2: listen: 'localhost' is not an IPv4 or IPv6 address" },
    { "listen = 127.0.0.1; evil",
      "weir.conf:2: listen: '127.0.0.1; evil' is not an IPv4 or IPv6 address" },
    { "store_wait = 0",
      "weir.conf:2: store_wait: '0' is not a duration (ms, s, m, h, d) from 1s "
      "to 10m" },
    { "prot = 1", "weir.conf:2: unknown setting 'prot'" },
    { "Port = 1", "weir.conf:2: unknown setting 'Port'" },
    { "body_max = 9999999999999GB",
      "weir.conf:2: body_max: '9999999999999GB' is not a size (B, KB, MB, GB) "
      "from 1KB to 1GB" },
    { "log_level =",
      "weir.conf:2: log_level: '' is not one of debug|info|warn|error" },
    { "database_url = mysql://h/db",
      "weir.conf:2: database_url: 'mysql://h/db' is not empty, or an address "
      "of one of the schemes sqlite|postgresql|postgres|memory" },
    { "redis_url = redis",
      "weir.conf:2: redis_url: 'redis' is not empty, or a URL with a host "
      "(unix: a path) and one of the schemes redis|rediss|unix" },
    { "redis_url = redis://u:pw@h:x",
      "weir.conf:2: redis_url: 'redis://u:***@h:x' is not empty, or a URL with "
      "a host (unix: a path) and one of the schemes redis|rediss|unix" },
    { "amqp_url = amqp:///vhost",
      "weir.conf:2: amqp_url: 'amqp:///vhost' is not empty, or a URL with a "
      "host (unix: a path) and one of the schemes amqp|amqps" },
    { "port", "weir.conf:2: expected 'name = value'" },
    { "slots = 2", "weir.conf:2: slots is already set by weir.conf:1" },
};

START_TEST(wrong_lines_are_named)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_config *c = NULL;
    char text[200];
    struct wr_err err;

    snprintf(text, sizeof(text), "slots = 1\n%s\n", wrong[_i].line);
    write_conf(text);
    ck_assert_int_eq(wr_config_load(a, home, &c, &err), WR_EINVALID);
    ck_assert_str_eq(err.text, wrong[_i].text);
    ck_assert_int_eq(err.line, 2);
    ck_assert_ptr_null(c);
}
END_TEST

START_TEST(wrong_variables_are_named)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_config *c;
    struct wr_err err;

    ck_assert_int_eq(setenv("WEIR_PORT", "-1", 1), 0);
    ck_assert_int_eq(wr_config_load(a, home, &c, &err), WR_EINVALID);
    ck_assert_str_eq(
        err.text,
        "WEIR_PORT: port: '-1' is not a whole number from 1 to 65535");
}
END_TEST

/* What ./dev up has started, the file, the environment's own file, what other
 * programs call it, our own variable. */
START_TEST(later_places_go_before)
{
    static const char *const origins[] = { "servers.conf:1", "weir.conf:2",
                                           "conf.d/prod.conf:1", "REDIS_HOST",
                                           "WEIR_REDIS_URL" };
    static const char *const values[] = { "unix:///run/redis.sock",
                                          "redis://one", "redis://two",
                                          "redis://:p%40ss@three:7000/2",
                                          "redis://four" };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_config *c;
    struct wr_err err;

    for (int i = 0; i < 5; i++) {
        if (i == 0)
            write_file("servers.conf", "redis_url = unix:///run/redis.sock\n");
        if (i == 1)
            write_conf("threads = 7\nredis_url = redis://one\n");
        if (i == 2) {
            ck_assert_int_eq(mkdir(home_path("conf.d"), 0700), 0);
            write_file("conf.d/prod.conf", "redis_url = redis://two\n");
            setenv("WEIR_ENV", "prod", 1);
        }
        if (i == 3) {
            setenv("REDIS_HOST", "three", 1);
            setenv("REDIS_PORT", "7000", 1);
            setenv("REDIS_PASSWORD", "p@ss", 1);
            setenv("REDIS_DB", "2", 1);
        }
        if (i == 4)
            setenv("WEIR_REDIS_URL", "redis://four", 1);
        ck_assert_msg(wr_config_load(a, home, &c, &err) == 0, "%s", err.text);
        ck_assert_str_eq(wr_config_text(c, WR_SET_REDIS_URL), values[i]);
        ck_assert_str_eq(wr_config_origin(c, WR_SET_REDIS_URL), origins[i]);
        if (i == 3)
            ck_assert_str_eq(wr_config_public(a, c, WR_SET_REDIS_URL),
                             "redis://:***@three:7000/2");
    }
    ck_assert_int_eq(wr_config_int(c, WR_SET_THREADS), 7);
}
END_TEST

START_TEST(a_wrong_place_is_named)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_config *c;
    struct wr_err err;

    setenv("WEIR_ENV", "prod", 1);
    ck_assert_int_eq(wr_config_load(a, home, &c, &err), WR_EIO);
    ck_assert_ptr_nonnull(strstr(err.text, "WEIR_ENV is 'prod'"));
    ck_assert_ptr_nonnull(strstr(err.text, "conf.d/prod.conf"));
    ck_assert_int_eq(mkdir(home_path("conf.d"), 0700), 0);
    write_file("conf.d/prod.conf", "# nothing\nslots = none\n");
    ck_assert_int_eq(wr_config_load(a, home, &c, &err), WR_EINVALID);
    ck_assert_str_eq(err.text, "conf.d/prod.conf:2: slots: 'none' is not a "
                               "whole number from 1 to 64");
    ck_assert_int_eq(err.line, 2);
    setenv("WEIR_ENV", "../prod", 1);
    ck_assert_int_eq(wr_config_load(a, home, &c, &err), WR_EINVALID);
    ck_assert_str_eq(err.text,
                     "WEIR_ENV: '../prod' is not letters, digits, _ and -");
    unsetenv("WEIR_ENV");
    setenv("RABBITMQ_HOST", "h", 1);
    setenv("RABBITMQ_PORT", "amqp", 1);
    ck_assert_int_eq(wr_config_load(a, home, &c, &err), WR_EINVALID);
    ck_assert_str_eq(err.text, "RABBITMQ_PORT: amqp_url: 'amqp' is not a whole "
                               "number from 1 to 65535");
}
END_TEST

START_TEST(unreadable_file)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_config *c;
    struct wr_err err;

    /* A folder in its place: opens, does not read, for root too. */
    ck_assert_int_eq(symlink("/", conf_path()), 0);
    ck_assert_int_eq(wr_config_load(a, home, &c, &err), WR_EIO);
}
END_TEST

/* Every default passes its own row, and every row explains itself. */
START_TEST(rows_are_sound)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(64);
    const struct wr_setting_row *row = wr_setting_row(_i);
    struct wr_str s = { .arena = a };
    size_t n = strlen(row->doc);

    wr_setting_allowed(row, &s);
    ck_assert_uint_gt(s.len, 0);
    ck_assert(n > 10 && row->doc[n - 1] == '.');
    ck_assert((row->type == WR_S_ENUM || row->type == WR_S_STORE
               || row->type == WR_S_URL)
              == (row->allowed != NULL));
    ck_assert_uint_eq(
        strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
        strlen(row->name));
    for (int i = 0; i < _i; i++)
        ck_assert_str_ne(wr_setting_row(i)->name, row->name);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("config (rows 121)");

    tcase_add_checked_fixture(tc, make_home, remove_home);
    tcase_add_test(tc, defaults);
    tcase_add_test(tc, file_and_environment);
    tcase_add_loop_test(tc, wrong_lines_are_named, 0, WR_COUNT(wrong));
    tcase_add_test(tc, wrong_variables_are_named);
    tcase_add_test(tc, later_places_go_before);
    tcase_add_test(tc, a_wrong_place_is_named);
    tcase_add_test(tc, unreadable_file);
    tcase_add_loop_test(tc, rows_are_sound, 0, WR_SETTINGS);

    return t_main("config", tc, NULL);
}
