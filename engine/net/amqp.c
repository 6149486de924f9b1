#include "engine/net/amqp.h"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "engine/base/url.h"

enum {
    PORT = 5672,
    PORT_TLS = 5671,
    FRAME_MAX = 131072,
    /* Those of TCP, in seconds: the heart-beats of AMQP need somebody who calls
     * the library all the time. */
    IDLE = 10,
    INTERVAL = 5,
    PROBES = 3
};

struct wr_amqp {
    struct wr_arena *arena;
    struct wr_link link;
    const char *host, *user, *password, *vhost;
    int port, wait_ms;
    bool secure;
    struct wr_tls_options tls;
    struct wr_amqp_conn *pulse; /* of wr_amqp_beat(); NULL: none */
};

struct wr_amqp_conn {
    struct wr_amqp *server;
    amqp_connection_state_t state;
    bool failed; /* no good-bye */
};

/* ---- new, free ---- */

static const char *
copied(struct wr_arena *a, const char *s)
{
    return s && s[0] ? wr_arena_strdup(a, s) : NULL;
}

static int
read_url(struct wr_amqp *a, const char *text, struct wr_err *err)
{
    struct wr_url u;

    if (wr_url_parse(a->arena, text, &u, err) < 0)
        return wr_wrap(err, "amqp_url");
    a->secure = strcmp(u.scheme, "amqps") == 0;
    a->host = u.host;
    a->port = u.port ? u.port : a->secure ? PORT_TLS : PORT;
    a->user = u.user && u.user[0] ? u.user : "guest";
    a->password = u.password ? u.password : "guest";
    a->vhost = u.path && u.path[0] && u.path[1] ? u.path + 1 : "/";

    return 0;
}

int
wr_amqp_new(const struct wr_amqp_options *o, struct wr_amqp **out,
            struct wr_err *err)
{
    struct wr_arena *arena = wr_arena_new(1024);
    struct wr_amqp *a = wr_new(arena, struct wr_amqp);

    a->arena = arena;
    a->wait_ms = o->wait_ms;
    if (o->tls)
        a->tls = (struct wr_tls_options){ .ca = copied(arena, o->tls->ca),
                                          .cert = copied(arena, o->tls->cert),
                                          .key = copied(arena, o->tls->key) };
    if (read_url(a, o->url, err) < 0) {
        wr_arena_free(arena);
        return err->code;
    }
    wr_link_init(&a->link, "rabbitmq", o->clock, o->delay_ms, o->delay_max_ms);
    *out = a;

    return 0;
}

void
wr_amqp_free(struct wr_amqp *a)
{
    if (!a)
        return;
    wr_amqp_close(a->pulse);
    wr_link_done(&a->link);
    wr_arena_free(a->arena);
}

struct wr_link *
wr_amqp_link(struct wr_amqp *a)
{
    return &a->link;
}

int
wr_amqp_wait(const struct wr_amqp *a)
{
    return a->wait_ms;
}

/* ---- what went wrong ---- */

/* The server's own words, as they came. */
static int
refused(const amqp_method_t *m, const char *what, struct wr_err *err)
{
    amqp_bytes_t text = amqp_empty_bytes;

    if (m->id == AMQP_CONNECTION_CLOSE_METHOD)
        text = ((amqp_connection_close_t *)m->decoded)->reply_text;
    else if (m->id == AMQP_CHANNEL_CLOSE_METHOD)
        text = ((amqp_channel_close_t *)m->decoded)->reply_text;
    if (text.len == 0)
        return wr_fail(err, WR_EIO, "%s: the server answered %s", what,
                       amqp_method_name(m->id));

    return wr_fail(err, WR_EIO, "%s: %.*s", what, (int)text.len,
                   (const char *)text.bytes);
}

static int
judge(const amqp_rpc_reply_t *r, const char *what, struct wr_err *err)
{
    switch (r->reply_type) {
    case AMQP_RESPONSE_NORMAL:
        return 0;
    case AMQP_RESPONSE_SERVER_EXCEPTION:
        return refused(&r->reply, what, err);
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
        return wr_amqp_done(r->library_error, what, err);
    case AMQP_RESPONSE_NONE:
        break;
    }

    return wr_fail(err, WR_EIO, "%s: no answer", what);
}

int
wr_amqp_answered(struct wr_amqp_conn *c, const char *what, struct wr_err *err)
{
    const amqp_rpc_reply_t r = amqp_get_rpc_reply(c->state);

    return judge(&r, what, err);
}

int
wr_amqp_done(int status, const char *what, struct wr_err *err)
{
    unsigned long code;
    const char *why;

    if (status == AMQP_STATUS_OK)
        return 0;
    code = ERR_get_error();
    why = code ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();

    return wr_fail(err, WR_EIO, "%s: %s%s%s", what, amqp_error_string2(status),
                   why ? ": " : "", why ? why : "");
}

/* ---- connecting ---- */

static struct timeval
span(int64_t ms)
{
    return (struct timeval){ .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
}

/* The server's name or address must be that of its certificate; the library
 * knows names alone. */
static int
check_name(SSL_CTX *ctx, const char *host, struct wr_err *err)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    X509_VERIFY_PARAM *p = SSL_CTX_get0_param(ctx);
    bool address = inet_pton(AF_INET, host, bytes) == 1
                   || inet_pton(AF_INET6, host, bytes) == 1;

    if ((address ? X509_VERIFY_PARAM_set1_ip_asc(p, host)
                 : X509_VERIFY_PARAM_set1_host(p, host, 0))
        != 1)
        return wr_fail(err, WR_EIO, "host '%.80s': no name for a certificate",
                       host);

    return 0;
}

static int
secure(const struct wr_amqp *a, amqp_socket_t *s, struct wr_err *err)
{
    SSL_CTX *ctx = amqp_ssl_socket_get_context(s);

    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    amqp_ssl_socket_set_verify_peer(s, 1);
    amqp_ssl_socket_set_verify_hostname(s, 0);
    if (a->tls.ca) {
        if (wr_amqp_done(amqp_ssl_socket_set_cacert(s, a->tls.ca), "tls_ca",
                         err)
            < 0)
            return err->code;
    } else if (SSL_CTX_set_default_verify_paths(ctx) != 1) {
        return wr_fail(err, WR_EIO, "the system's certificates");
    }
    if (a->tls.cert && a->tls.key
        && wr_amqp_done(amqp_ssl_socket_set_key(s, a->tls.cert, a->tls.key),
                        "tls_cert, tls_key", err)
               < 0)
        return err->code;

    return check_name(ctx, a->host, err);
}

static void
watch(const struct wr_amqp *a, int fd)
{
    const int on = 1, idle = IDLE, interval = INTERVAL, probes = PROBES;
    const unsigned timeout = (unsigned)a->wait_ms;

    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
    setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
    /* The library sends without a deadline: this ends it when nobody reads. */
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
}

static int
reach(struct wr_amqp_conn *c, struct wr_err *err)
{
    const struct wr_amqp *a = c->server;
    const struct timeval wait = span(a->wait_ms);
    amqp_socket_t *s = a->secure ? amqp_ssl_socket_new(c->state)
                                 : amqp_tcp_socket_new(c->state);

    if (!s)
        abort();
    if (a->secure && secure(a, s, err) < 0)
        return err->code;
    if (wr_amqp_done(amqp_socket_open_noblock(s, a->host, a->port, &wait),
                     "connect", err)
        < 0)
        return err->code;
    watch(a, amqp_get_sockfd(c->state));

    return 0;
}

static amqp_table_entry_t
yes(const char *capability)
{
    return (amqp_table_entry_t){
        .key = amqp_cstring_bytes(capability),
        .value = { .kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1 },
    };
}

static int
log_in(struct wr_amqp_conn *c, struct wr_err *err)
{
    const struct wr_amqp *a = c->server;
    const struct timeval wait = span(a->wait_ms);
    /* A consumer whose queue is deleted is to be told. */
    amqp_table_entry_t can[] = { yes("consumer_cancel_notify") };
    amqp_table_entry_t words[] = {
        { .key = amqp_cstring_bytes("connection_name"),
          .value = { .kind = AMQP_FIELD_KIND_UTF8,
                     .value.bytes = amqp_cstring_bytes("weir") } },
        { .key = amqp_cstring_bytes("capabilities"),
          .value = { .kind = AMQP_FIELD_KIND_TABLE,
                     .value.table = { .num_entries = 1, .entries = can } } },
    };
    const amqp_table_t about = { .num_entries = WR_COUNT(words),
                                 .entries = words };
    amqp_rpc_reply_t r;

    if (amqp_set_handshake_timeout(c->state, &wait) != AMQP_STATUS_OK
        || amqp_set_rpc_timeout(c->state, &wait) != AMQP_STATUS_OK)
        abort();
    r = amqp_login_with_properties(c->state, a->vhost, 0, FRAME_MAX,
                                   /* heartbeat= */ 0, &about,
                                   AMQP_SASL_METHOD_PLAIN, a->user,
                                   a->password);
    if (judge(&r, "log in", err) < 0)
        return err->code;
    amqp_channel_open(c->state, WR_AMQP_CHANNEL);

    return wr_amqp_answered(c, "open a channel", err);
}

int
wr_amqp_open(struct wr_amqp *a, wr_amqp_setup_fn setup, void *data,
             struct wr_amqp_conn **out, struct wr_err *err)
{
    struct wr_amqp_conn *c;

    if (wr_link_may_try(&a->link, err) < 0)
        return err->code;
    c = calloc(1, sizeof(*c));
    if (!c)
        abort();
    c->server = a;
    c->state = amqp_new_connection();
    if (!c->state)
        abort();
    if (reach(c, err) < 0 || log_in(c, err) < 0
        || (setup && setup(c, data, err) < 0))
        return wr_amqp_broken(c, err);
    wr_link_ready(&a->link);
    *out = c;

    return 0;
}

void
wr_amqp_close(struct wr_amqp_conn *c)
{
    if (!c)
        return;
    if (!c->failed)
        amqp_connection_close(c->state, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(c->state);
    free(c);
}

int
wr_amqp_broken(struct wr_amqp_conn *c, struct wr_err *err)
{
    wr_link_broken(&c->server->link, err);
    c->failed = true;
    wr_amqp_close(c);
    err->code = WR_ESTORE;

    return err->code;
}

amqp_connection_state_t
wr_amqp_state(struct wr_amqp_conn *c)
{
    return c->state;
}

/* ---- frames ---- */

int64_t
wr_amqp_now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int
wr_amqp_frame(struct wr_amqp_conn *c, int64_t deadline, amqp_frame_t *out,
              struct wr_err *err)
{
    int64_t left = deadline - wr_amqp_now();
    const struct timeval wait = span(left > 0 ? left : 0);
    int r = amqp_simple_wait_frame_noblock(c->state, out, &wait);

    if (r == AMQP_STATUS_TIMEOUT)
        return 0;
    if (wr_amqp_done(r, "receive", err) < 0)
        return err->code;
    if (out->frame_type == AMQP_FRAME_METHOD
        && (out->payload.method.id == AMQP_CONNECTION_CLOSE_METHOD
            || out->payload.method.id == AMQP_CHANNEL_CLOSE_METHOD))
        return refused(&out->payload.method, "the server ended it", err);

    return 1;
}

/* ---- is it there? ---- */

int
wr_amqp_beat(struct wr_amqp *a, struct wr_err *err)
{
    if (!a->pulse && wr_amqp_open(a, NULL, NULL, &a->pulse, err) < 0)
        return err->code;
    /* A question that changes nothing. */
    amqp_basic_qos(a->pulse->state, WR_AMQP_CHANNEL, 0, 0, 0);
    if (wr_amqp_answered(a->pulse, "no sign of life", err) < 0) {
        struct wr_amqp_conn *c = a->pulse;

        a->pulse = NULL;
        return wr_amqp_broken(c, err);
    }
    amqp_maybe_release_buffers(a->pulse->state);
    wr_link_ready(&a->link);

    return 0;
}
