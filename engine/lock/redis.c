/* redis: locks between processes and hosts.  Comparing and acting is one script,
 * so that nobody touches what went to another owner in between. */

#include <stdio.h>
#include <stdlib.h>

#include "engine/lock/lock.h"

struct redis {
    struct wr_lock base; /* first */
    struct wr_redis *server;
};

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
ask(struct wr_lock *l, const char *script, const char *key, const char *owner,
    int64_t ttl_ms, bool *yes, struct wr_err *err)
{
    struct redis *r = wr_container_of(l, struct redis, base);
    char ttl[24];
    const char *words[] = { "EVAL", script, "1", key, owner, ttl };
    redisReply *reply;

    snprintf(ttl, sizeof(ttl), "%lld", (long long)ttl_ms);
    if (wr_redis_do(r->server, words, WR_COUNT(words), &reply, err) < 0)
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
    free(wr_container_of(l, struct redis, base));
}

static const struct wr_lock_ops redis_ops = {
    .name = "redis",
    .take = take,
    .renew = renew,
    .release = release,
    .close = close_redis,
};

struct wr_lock *
wr_lock_redis(struct wr_redis *server)
{
    struct redis *r = calloc(1, sizeof(*r));

    if (!r)
        abort();
    r->base.ops = &redis_ops;
    r->server = server;

    return &r->base;
}
