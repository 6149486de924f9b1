#include "engine/net/redis.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/url.h"

enum {
    PORT = 6379,
    READ = 16384,
    WORDS = 16
};

struct wr_redis {
    struct wr_arena *arena;
    struct wr_link link;
    struct wr_stream_options to;
    struct wr_tls_options tls;
    const char *user, *password, *database; /* NULL: none */

    pthread_mutex_t lock;
    struct wr_stream *stream; /* NULL: not connected */
    redisReader *reader;
};

/* ---- new, free ---- */

static int
read_url(struct wr_redis *r, const char *text, struct wr_err *err)
{
    struct wr_url u;

    if (wr_url_parse(r->arena, text, &u, err) < 0)
        return wr_wrap(err, "redis_url");
    r->user = u.user && u.user[0] ? u.user : NULL;
    r->password = u.password;
    if (strcmp(u.scheme, "unix") == 0) {
        r->to.path = u.path;
        r->database = wr_url_query(r->arena, &u, "db");
    } else {
        r->to.host = u.host;
        r->to.port = u.port ? u.port : PORT;
        r->database = u.path && u.path[1] ? u.path + 1 : NULL;
    }
    if (r->database && r->database[strspn(r->database, "0123456789")])
        return wr_fail(err, WR_EINVALID,
                       "redis_url: the database is not a number");
    if (strcmp(u.scheme, "rediss") == 0)
        r->to.tls = &r->tls;

    return 0;
}

static const char *
copied(struct wr_arena *a, const char *s)
{
    return s ? wr_arena_strdup(a, s) : NULL;
}

int
wr_redis_new(const struct wr_redis_options *o, struct wr_redis **out,
             struct wr_err *err)
{
    struct wr_arena *a = wr_arena_new(1024);
    struct wr_redis *r = wr_new(a, struct wr_redis);

    r->arena = a;
    r->to.wait_ms = o->wait_ms;
    if (o->tls)
        r->tls = (struct wr_tls_options){ .ca = copied(a, o->tls->ca),
                                          .cert = copied(a, o->tls->cert),
                                          .key = copied(a, o->tls->key) };
    if (read_url(r, o->url, err) < 0) {
        wr_arena_free(a);
        return err->code;
    }
    wr_link_init(&r->link, "redis", o->clock, o->delay_ms, o->delay_max_ms);
    pthread_mutex_init(&r->lock, NULL);
    *out = r;

    return 0;
}

static void
disconnect(struct wr_redis *r)
{
    wr_stream_close(r->stream);
    r->stream = NULL;
    if (r->reader)
        redisReaderFree(r->reader);
    r->reader = NULL;
}

void
wr_redis_free(struct wr_redis *r)
{
    if (!r)
        return;
    disconnect(r);
    pthread_mutex_destroy(&r->lock);
    wr_link_done(&r->link);
    wr_arena_free(r->arena);
}

struct wr_link *
wr_redis_link(struct wr_redis *r)
{
    return &r->link;
}

/* ---- a command ---- */

static int
send_words(struct wr_redis *r, const char *const *words, size_t n,
           struct wr_err *err)
{
    const char *argv[WORDS];
    char *text;
    int len, rc;

    assert(n <= WORDS);
    for (size_t i = 0; i < n; i++)
        argv[i] = words[i];
    len = redisFormatCommandArgv(&text, (int)n, argv, NULL);
    if (len < 0)
        abort();
    rc = wr_stream_write(r->stream, text, (size_t)len, err);
    redisFreeCommand(text);

    return rc;
}

static int
receive(struct wr_redis *r, redisReply **out, struct wr_err *err)
{
    char bytes[READ];
    void *reply = NULL;
    size_t n;

    for (;;) {
        if (redisReaderGetReply(r->reader, &reply) != REDIS_OK)
            return wr_fail(err, WR_EIO, "no Redis answers: %.80s",
                           r->reader->errstr);
        if (reply) {
            *out = reply;
            return 0;
        }
        if (wr_stream_read(r->stream, bytes, sizeof(bytes), &n, err) < 0)
            return err->code;
        if (redisReaderFeed(r->reader, bytes, n) != REDIS_OK)
            return wr_fail(err, WR_EIO, "no Redis answers: %.80s",
                           r->reader->errstr);
    }
}

/* WR_EIO: the connection; WR_EVALUE: the server refused. */
static int
exchange(struct wr_redis *r, const char *const *words, size_t n,
         redisReply **out, struct wr_err *err)
{
    if (send_words(r, words, n, err) < 0 || receive(r, out, err) < 0)
        return err->code;
    if ((*out)->type == REDIS_REPLY_ERROR) {
        wr_fail(err, WR_EVALUE, "%.200s", (*out)->str);
        freeReplyObject(*out);
        return err->code;
    }

    return 0;
}

static int
say(struct wr_redis *r, const char *const *words, size_t n, struct wr_err *err)
{
    redisReply *reply;

    if (exchange(r, words, n, &reply, err) < 0)
        return err->code;
    freeReplyObject(reply);

    return 0;
}

static int
greet(struct wr_redis *r, struct wr_err *err)
{
    const char *auth[3] = { "AUTH" };
    const char *database[2] = { "SELECT", r->database };
    const char *ping[1] = { "PING" };
    size_t n = 1;

    if (r->user)
        auth[n++] = r->user;
    if (r->password)
        auth[n++] = r->password;
    if ((n > 1 && say(r, auth, n, err) < 0)
        || (r->database && say(r, database, 2, err) < 0))
        return err->code;

    /* One that loads its data, or asks for a password, is not ready. */
    return say(r, ping, 1, err);
}

static int
connected(struct wr_redis *r, struct wr_err *err)
{
    if (r->stream)
        return 0;
    if (wr_link_may_try(&r->link, err) < 0)
        return err->code;
    r->reader = redisReaderCreate();
    if (!r->reader)
        abort();
    if (wr_stream_open(&r->to, &r->stream, err) < 0 || greet(r, err) < 0) {
        disconnect(r);
        wr_link_broken(&r->link, err);
        err->code = WR_ESTORE;
        return err->code;
    }
    wr_link_ready(&r->link);

    return 0;
}

/* What failed in the connection breaks it. */
static int
broken(struct wr_redis *r, struct wr_err *err)
{
    if (err->code != WR_EIO)
        return err->code;
    disconnect(r);
    wr_link_broken(&r->link, err);
    err->code = WR_ESTORE;

    return err->code;
}

int
wr_redis_do(struct wr_redis *r, const char *const *words, size_t n_words,
            redisReply **out, struct wr_err *err)
{
    int rc;

    pthread_mutex_lock(&r->lock);
    rc = connected(r, err);
    if (rc == 0 && (rc = exchange(r, words, n_words, out, err)) < 0)
        rc = broken(r, err);
    pthread_mutex_unlock(&r->lock);

    return rc;
}

int
wr_redis_hear(struct wr_redis *r, const char *channel, bool *fresh,
              redisReply **out, struct wr_err *err)
{
    const char *subscribe[] = { "SUBSCRIBE", channel };
    int rc;

    pthread_mutex_lock(&r->lock);
    *fresh = !r->stream;
    *out = NULL;
    rc = connected(r, err);
    if (rc == 0) {
        rc = *fresh ? say(r, subscribe, WR_COUNT(subscribe), err)
                    : receive(r, out, err);
        if (rc < 0)
            rc = broken(r, err);
    }
    pthread_mutex_unlock(&r->lock);

    return rc;
}
