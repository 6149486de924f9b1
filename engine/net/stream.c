#include "engine/net/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct wr_stream {
    int fd;
    int wait_ms;
    SSL *ssl; /* NULL: plain */
    SSL_CTX *ctx;
};

static int64_t
monotonic_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
wait_for(const struct wr_stream *s, short events, int64_t deadline,
         struct wr_err *err)
{
    for (;;) {
        struct pollfd p = { .fd = s->fd, .events = events };
        int64_t left = deadline - monotonic_ms();
        int n = poll(&p, 1, left > 0 ? (int)left : 0);

        if (n > 0)
            return 0;
        if (n == 0)
            return wr_fail(err, WR_EIO, "no answer within %d ms", s->wait_ms);
        if (errno != EINTR)
            return wr_fail(err, WR_EIO, "wait: %s", strerror(errno));
    }
}

/* ---- connecting ---- */

static int
connect_fd(struct wr_stream *s, const struct sockaddr *to, socklen_t len,
           struct wr_err *err)
{
    int64_t deadline = monotonic_ms() + s->wait_ms;
    int one = 1, cause = 0;
    socklen_t size = sizeof(cause);

    s->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
                   0);
    if (s->fd < 0)
        return wr_fail(err, WR_EIO, "socket: %s", strerror(errno));
    if (to->sa_family != AF_UNIX)
        setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(s->fd, to, len) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return wr_fail(err, WR_EIO, "connect: %s", strerror(errno));
    if (wait_for(s, POLLOUT, deadline, err) < 0)
        return err->code;
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &cause, &size) < 0 || cause)
        return wr_fail(err, WR_EIO, "connect: %s",
                       strerror(cause ? cause : errno));

    return 0;
}

static int
connect_unix(struct wr_stream *s, const char *path, struct wr_err *err)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };

    if (strlen(path) >= sizeof(to.sun_path))
        return wr_fail(err, WR_EIO, "the socket's path is too long");
    memcpy(to.sun_path, path, strlen(path) + 1);

    return connect_fd(s, (struct sockaddr *)&to, sizeof(to), err);
}

static int
connect_tcp(struct wr_stream *s, const char *host, int port, struct wr_err *err)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_NUMERICSERV };
    struct addrinfo *all;
    char service[16];
    int r;

    snprintf(service, sizeof(service), "%d", port);
    r = getaddrinfo(host, service, &hints, &all);
    if (r != 0)
        return wr_fail(err, WR_EIO, "host '%.80s': %s", host, gai_strerror(r));
    for (const struct addrinfo *a = all; a; a = a->ai_next) {
        r = connect_fd(s, a->ai_addr, a->ai_addrlen, err);
        if (r == 0)
            break;
        if (s->fd >= 0)
            close(s->fd);
        s->fd = -1;
    }
    freeaddrinfo(all);

    return r;
}

/* ---- TLS ---- */

static int
tls_failed(const char *what, struct wr_err *err)
{
    unsigned long code = ERR_get_error();
    const char *why = code ? ERR_reason_error_string(code) : NULL;

    ERR_clear_error();

    return wr_fail(err, WR_EIO, "%s: %s", what, why ? why : "TLS failed");
}

static int
tls_context(struct wr_stream *s, const struct wr_tls_options *o,
            struct wr_err *err)
{
    s->ctx = SSL_CTX_new(TLS_client_method());
    if (!s->ctx)
        abort();
    SSL_CTX_set_min_proto_version(s->ctx, TLS1_2_VERSION);
    SSL_CTX_set_verify(s->ctx, SSL_VERIFY_PEER, NULL);
    if (o->ca && o->ca[0]) {
        if (SSL_CTX_load_verify_locations(s->ctx, o->ca, NULL) != 1)
            return tls_failed("tls_ca", err);
    } else if (SSL_CTX_set_default_verify_paths(s->ctx) != 1) {
        return tls_failed("the system's certificates", err);
    }
    if (o->cert && o->cert[0]
        && SSL_CTX_use_certificate_chain_file(s->ctx, o->cert) != 1)
        return tls_failed("tls_cert", err);
    if (o->key && o->key[0]
        && SSL_CTX_use_PrivateKey_file(s->ctx, o->key, SSL_FILETYPE_PEM) != 1)
        return tls_failed("tls_key", err);

    return 0;
}

/* The server's name or address must be that of its certificate. */
static int
tls_name(struct wr_stream *s, const char *host, struct wr_err *err)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    X509_VERIFY_PARAM *p = SSL_get0_param(s->ssl);

    if (inet_pton(AF_INET, host, bytes) == 1
        || inet_pton(AF_INET6, host, bytes) == 1) {
        if (X509_VERIFY_PARAM_set1_ip_asc(p, host) != 1)
            return tls_failed("the server's address", err);
        return 0;
    }
    if (SSL_set_tlsext_host_name(s->ssl, host) != 1
        || SSL_set1_host(s->ssl, host) != 1)
        return tls_failed("the server's name", err);

    return 0;
}

/* What the last TLS call waits for; WR_EIO when it failed for good. */
static int
tls_wait(struct wr_stream *s, int r, int64_t deadline, const char *what,
         struct wr_err *err)
{
    long verified;

    switch (SSL_get_error(s->ssl, r)) {
    case SSL_ERROR_WANT_READ:
        return wait_for(s, POLLIN, deadline, err);
    case SSL_ERROR_WANT_WRITE:
        return wait_for(s, POLLOUT, deadline, err);
    case SSL_ERROR_ZERO_RETURN:
        return wr_fail(err, WR_EIO, "%s: the server ended it", what);
    default:
        verified = SSL_get_verify_result(s->ssl);
        if (verified != X509_V_OK) {
            ERR_clear_error();
            return wr_fail(err, WR_EIO, "%s: the server's certificate: %s",
                           what, X509_verify_cert_error_string(verified));
        }
        return tls_failed(what, err);
    }
}

static int
tls_open(struct wr_stream *s, const struct wr_stream_options *o,
         struct wr_err *err)
{
    int64_t deadline = monotonic_ms() + s->wait_ms;

    if (tls_context(s, o->tls, err) < 0)
        return err->code;
    s->ssl = SSL_new(s->ctx);
    if (!s->ssl || SSL_set_fd(s->ssl, s->fd) != 1)
        abort();
    if (tls_name(s, o->host, err) < 0)
        return err->code;
    for (;;) {
        int r = SSL_connect(s->ssl);

        if (r == 1)
            return 0;
        if (tls_wait(s, r, deadline, "TLS", err) < 0)
            return err->code;
    }
}

/* ---- open, close, read, write ---- */

int
wr_stream_open(const struct wr_stream_options *o, struct wr_stream **out,
               struct wr_err *err)
{
    struct wr_stream *s = calloc(1, sizeof(*s));
    int r;

    if (!s)
        abort();
    s->fd = -1;
    s->wait_ms = o->wait_ms;
    r = o->path ? connect_unix(s, o->path, err)
                : connect_tcp(s, o->host, o->port, err);
    if (r == 0 && o->tls)
        r = tls_open(s, o, err);
    if (r < 0) {
        wr_stream_close(s);
        return r;
    }
    *out = s;

    return 0;
}

void
wr_stream_close(struct wr_stream *s)
{
    if (!s)
        return;
    SSL_free(s->ssl);
    SSL_CTX_free(s->ctx);
    if (s->fd >= 0)
        close(s->fd);
    free(s);
}

static int
plain_wait(struct wr_stream *s, short events, int64_t deadline,
           struct wr_err *err)
{
    if (errno == EINTR)
        return 0;
    if (errno != EAGAIN)
        return wr_fail(err, WR_EIO, "%s", strerror(errno));

    return wait_for(s, events, deadline, err);
}

int
wr_stream_write(struct wr_stream *s, const void *bytes, size_t len,
                struct wr_err *err)
{
    int64_t deadline = monotonic_ms() + s->wait_ms;
    const char *p = bytes;

    while (len > 0) {
        int part = len > 1 << 20 ? 1 << 20 : (int)len;
        ssize_t n = s->ssl ? SSL_write(s->ssl, p, part)
                           : send(s->fd, p, (size_t)part, MSG_NOSIGNAL);

        if (n > 0) {
            p += n;
            len -= (size_t)n;
            continue;
        }
        if ((s->ssl ? tls_wait(s, (int)n, deadline, "write", err)
                    : plain_wait(s, POLLOUT, deadline, err))
            < 0)
            return err->code;
    }

    return 0;
}

int
wr_stream_read(struct wr_stream *s, void *bytes, size_t cap, size_t *n,
               struct wr_err *err)
{
    int64_t deadline = monotonic_ms() + s->wait_ms;

    for (;;) {
        int part = cap > 1 << 20 ? 1 << 20 : (int)cap;
        ssize_t r = s->ssl ? SSL_read(s->ssl, bytes, part)
                           : recv(s->fd, bytes, (size_t)part, 0);

        if (r > 0) {
            *n = (size_t)r;
            return 0;
        }
        if (r == 0 && !s->ssl)
            return wr_fail(err, WR_EIO, "the server ended the connection");
        if ((s->ssl ? tls_wait(s, (int)r, deadline, "read", err)
                    : plain_wait(s, POLLIN, deadline, err))
            < 0)
            return err->code;
    }
}
