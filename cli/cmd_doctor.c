/* weir doctor: look for what is wrong, one line each. */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/home.h"
#include "fcgi_workers/servers.h"

struct report {
    struct wr_cli *cli;
    const struct wr_value *items[10]; /* for --json */
    int n, bad;
};

static void
say(struct report *r, bool ok, const char *what, const char *detail)
{
    struct wr_arena *a = r->cli->arena;
    struct wr_entry e[] = { { "check", wr_value_string(a, what) },
                            { "ok", ok ? &wr_true : &wr_false },
                            { "detail", wr_value_string(a, detail) } };

    assert((size_t)r->n < WR_COUNT(r->items));
    r->items[r->n++] = wr_value_context(a, e, WR_COUNT(e));
    if (!r->cli->json)
        printf("%-6s %s%s%s\n", ok ? "ok" : "BAD", what, detail[0] ? ": " : "",
               detail);
    r->bad += !ok;
}

static void
check_mode(struct report *r, const char *home, const char *name)
{
    const char *path = wr_arena_printf(r->cli->arena, "%s/%s", home, name);
    struct stat st;

    if (stat(path, &st) < 0)
        say(r, false, name, "is missing");
    else if (st.st_mode & 077)
        say(r, false, name, "others can read it: chmod 600");
    else
        say(r, true, name, "");
}

static void
check_home(struct report *r)
{
    wr_auto(wr_store_close) struct wr_store *st = NULL;
    struct wr_query q = { .noun = WR_USERS, .state = -1, .limit = 1 };
    struct wr_err err = { 0 };
    struct wr_rows rows;
    bool ok = wr_home_store(r->cli, &st, &err) == 0
              && wr_store_find(st, &q, r->cli->arena, &rows, &err) == 0;

    say(r, ok, "store", err.text);
}

/* Somebody must look at them. */
static void
check_letters(struct report *r)
{
    wr_auto(wr_store_close) struct wr_store *st = NULL;
    struct wr_query q = { .noun = WR_DEAD_LETTERS, .state = -1, .limit = 100 };
    struct wr_err err = { 0 };
    struct wr_rows rows;

    if (wr_home_store(r->cli, &st, &err) < 0
        || wr_store_find(st, &q, r->cli->arena, &rows, &err) < 0) {
        say(r, false, "dead letters", err.text);
        return;
    }
    say(r, rows.n == 0, "dead letters",
        rows.n ? wr_arena_printf(r->cli->arena,
                                 "%zu%s wait for somebody: weir dead-letter "
                                 "list",
                                 rows.n, rows.next ? " and more" : "")
               : "");
}

static void
check_redis(struct report *r, const struct wr_config *c)
{
    static const char *const ping[] = { "PING" };
    struct wr_clock clock = { 0 };
    struct wr_redis *redis;
    struct wr_err err = { 0 };
    redisReply *reply;
    bool ok = wr_servers_redis(c, &clock, 0, &redis, &err) == 0;

    if (ok && !redis)
        return; /* there is none */
    ok = ok && wr_redis_do(redis, ping, 1, &reply, &err) == 0;
    if (ok)
        freeReplyObject(reply);
    say(r, ok, "redis",
        ok ? wr_config_public(r->cli->arena, c, WR_SET_REDIS_URL) : err.text);
    wr_redis_free(redis);
}

static void
check_amqp(struct report *r, const struct wr_config *c)
{
    struct wr_clock clock = { 0 };
    struct wr_amqp *amqp;
    struct wr_err err = { 0 };
    bool ok = wr_servers_amqp(c, &clock, &amqp, &err) == 0;

    if (ok && !amqp)
        return; /* there is none */
    ok = ok && wr_amqp_beat(amqp, &err) == 0;
    say(r, ok, "rabbitmq",
        ok ? wr_config_public(r->cli->arena, c, WR_SET_AMQP_URL) : err.text);
    wr_amqp_free(amqp);
}

static void
check_server(struct report *r)
{
    struct wr_call_options o = { .anonymous = true };
    struct wr_reply reply = { 0 };
    struct wr_err err = { 0 };
    bool ok = wr_http(r->cli, "GET", "/health/ready", NULL, 0, &o, &reply, &err)
              == 0;

    say(r, ok, "server", ok ? reply.text : err.text);
    err = (struct wr_err){ 0 };
    ok = wr_api(r->cli, "GET", "/api/v1/auth/me", NULL, &reply, &err) == 0;
    say(r, ok, "login",
        ok ? wr_print_member(r->cli->arena, reply.json, "username") : err.text);
}

static void
print_json(const struct report *r)
{
    struct wr_arena *a = r->cli->arena;
    struct wr_entry e[] = {
        { "ok", r->bad ? &wr_false : &wr_true },
        { "items", wr_value_list(a, r->items, (size_t)r->n) },
    };

    wr_print_value(a, wr_value_context(a, e, WR_COUNT(e)));
}

int
wr_cmd_doctor(struct wr_cli *cli)
{
    struct report r = { .cli = cli };
    const struct wr_config *c;
    struct wr_err err = { 0 };
    const char *home = wr_arg_option(cli, "--home");

    if (cli->argc)
        return wr_cli_usage(cli);
    if (home)
        setenv("WEIR_HOME", home, 1);
    if (getenv("WEIR_HOME")) {
        bool ok = wr_home_config(cli, &c, &err) == 0;

        say(&r, ok, "settings", err.text);
        if (ok) {
            check_mode(&r, wr_config_home(c), "secret/jwt.key");
            check_home(&r);
            check_letters(&r);
            check_redis(&r, c);
            check_amqp(&r, c);
        }
    }
    check_server(&r);
    if (cli->json)
        print_json(&r);

    return r.bad ? 1 : 0;
}
