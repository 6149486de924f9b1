/*
 * redis: locks between processes and hosts.  Comparing and acting is one script,
 * so that nobody touches what went to another owner in between.
 *
 * Whoever is about to commit does not wait for a Redis that is away: who keeps
 * the buckets (share.c) finds out when it is back.
 */

#include "engine/lock/redis.h"

#include <stdio.h>
#include <stdlib.h>

static const char take_script[] =
    "if redis.call('set',KEYS[1],ARGV[1],'NX','PX',ARGV[2]) then return 1 end "
    "if redis.call('get',KEYS[1])==ARGV[1] then "
    "return redis.call('pexpire',KEYS[1],ARGV[2]) end return 0";
static const char renew_script[] =
    "if redis.call('get',KEYS[1])==ARGV[1] then "
    "return redis.call('pexpire',KEYS[1],ARGV[2]) end return 0";
static const char release_script[] =
    "if redis.call('get',KEYS[1])==ARGV[1] then "
    "return redis.call('del',KEYS[1]) end return 0";

static int
check(struct wr_redis *server, struct wr_err *err)
{
    struct wr_link_view v;

    wr_link_look(wr_redis_link(server), &v);
    if (v.state == WR_LINK_BROKEN)
        return wr_fail(err, WR_ESTORE, "redis is away: %s", v.cause);

    return 0;
}

static int
ask(struct wr_lock *l, const char *script, const char *key, const char *owner,
    int64_t ttl_ms, bool *yes, struct wr_err *err)
{
    struct wr_lock_on_redis *r = wr_container_of(l, struct wr_lock_on_redis,
                                                 base);
    char ttl[24];
    const char *words[] = { "EVAL", script, "1", key, owner, ttl };
    redisReply *reply;

    snprintf(ttl, sizeof(ttl), "%lld", (long long)ttl_ms);
    if (check(r->server, err) < 0
        || wr_redis_do(r->server, words, WR_COUNT(words), &reply, err) < 0)
        return err->code;
    *yes = reply->type == REDIS_REPLY_INTEGER && reply->integer == 1;
    freeReplyObject(reply);

    return 0;
}

static int
take(struct wr_lock *l, const char *key, const char *owner, int64_t ttl_ms,
     bool *got, struct wr_err *err)
{
    return ask(l, take_script, key, owner, ttl_ms, got, err);
}

static int
renew(struct wr_lock *l, const char *key, const char *owner, int64_t ttl_ms,
      bool *held, struct wr_err *err)
{
    return ask(l, renew_script, key, owner, ttl_ms, held, err);
}

static int
release(struct wr_lock *l, const char *key, const char *owner, bool *held,
        struct wr_err *err)
{
    return ask(l, release_script, key, owner, 0, held, err);
}

static void
close_redis(struct wr_lock *l)
{
    free(wr_container_of(l, struct wr_lock_on_redis, base));
}

static const struct wr_lock_ops redis_ops = {
    .name = "redis",
    .take = take,
    .renew = renew,
    .release = release,
    .share = wr_redis_share,
    .close = close_redis,
};

struct wr_lock *
wr_lock_redis(struct wr_redis *server)
{
    struct wr_lock_on_redis *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    r->base.ops = &redis_ops;
    r->server = server;

    return &r->base;
}
