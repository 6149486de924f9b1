#include "fcgi_workers/slot_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* FastCGI 1.0, section 8: record types and the one role used here. */
enum {
    FCGI_VERSION = 1,
    FCGI_BEGIN = 1,
    FCGI_END = 3,
    FCGI_PARAMS = 4,
    FCGI_STDIN = 5,
    FCGI_STDOUT = 6,
    FCGI_RESPONDER = 1,
    RECORD_MAX = 65535,
    HEADER = 8,
};

static void
record(struct wr_str *out, int type, const void *data, size_t n)
{
    unsigned char head[HEADER] = {
        FCGI_VERSION,
        (unsigned char)type,
        0,
        1,
        (unsigned char)(n >> 8),
        (unsigned char)n,
        0,
        0,
    };

    wr_str_addn(out, head, sizeof(head));
    wr_str_addn(out, data, n);
}

static void
param_length(struct wr_str *out, size_t n)
{
    unsigned char four[4] = { (unsigned char)(0x80 | (n >> 24)),
                              (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                              (unsigned char)n };

    if (n < 128)
        wr_str_addc(out, (char)n);
    else
        wr_str_addn(out, four, sizeof(four));
}

static void
param(struct wr_str *out, const char *name, const char *value)
{
    param_length(out, strlen(name));
    param_length(out, strlen(value));
    wr_str_add(out, name);
    wr_str_add(out, value);
}

static void
compose(struct wr_arena *a, struct wr_str *out, const char *path,
        const struct wr_str *body)
{
    static const unsigned char begin[8] = { 0, FCGI_RESPONDER };
    struct wr_str params = { .arena = a };
    char length[24];

    snprintf(length, sizeof(length), "%zu", body->len);
    param(&params, "REQUEST_METHOD", "POST");
    param(&params, "DOCUMENT_URI", path);
    param(&params, "QUERY_STRING", "");
    param(&params, "CONTENT_TYPE", "application/json");
    param(&params, "CONTENT_LENGTH", length);
    param(&params, "WEIR_REQUEST_ID", "internal");
    record(out, FCGI_BEGIN, begin, sizeof(begin));
    record(out, FCGI_PARAMS, params.s, params.len);
    record(out, FCGI_PARAMS, "", 0);
    for (size_t at = 0; at < body->len; at += RECORD_MAX) {
        size_t n = body->len - at < RECORD_MAX ? body->len - at : RECORD_MAX;

        record(out, FCGI_STDIN, body->s + at, n);
    }
    record(out, FCGI_STDIN, "", 0);
}

static int
connect_to(const char *path, int timeout_ms, struct wr_err *err)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    struct timeval tv = { .tv_sec = timeout_ms / 1000,
                          .tv_usec = timeout_ms % 1000 * 1000 };
    int fd;

    if (strlen(path) >= sizeof(addr.sun_path))
        return wr_fail(err, WR_EINVALID, "'%s' is too long for a socket", path);
    memcpy(addr.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return wr_fail(err, WR_EIO, "socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
    if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
        wr_fail(err, WR_EBUSY, "connect to '%s': %s", path, strerror(errno));
        close(fd);
        return (int)err->code;
    }

    return fd;
}

bool
wr_slot_listens(const char *socket)
{
    struct wr_err ignored;
    int fd = connect_to(socket, 1000, &ignored);

    if (fd >= 0)
        close(fd);

    return fd >= 0;
}

static bool
send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        p += sent;
        n -= (size_t)sent;
    }

    return true;
}

static bool
read_all(int fd, void *data, size_t n)
{
    char *p = data;

    while (n > 0) {
        ssize_t got = recv(fd, p, n, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
    }

    return true;
}

/* Gather STDOUT until END_REQUEST. */
static bool
read_answer(int fd, struct wr_str *out)
{
    unsigned char head[HEADER];
    char data[RECORD_MAX + 256];

    while (read_all(fd, head, sizeof(head))) {
        size_t n = (size_t)head[4] << 8 | head[5];

        if (!read_all(fd, data, n + head[6]))
            return false;
        if (head[1] == FCGI_STDOUT)
            wr_str_addn(out, data, n);
        else if (head[1] == FCGI_END)
            return true;
    }

    return false;
}

int
wr_slot_post(struct wr_arena *a, const char *socket, const char *path,
             const struct wr_str *body, int timeout_ms, int *status,
             const char **out, struct wr_err *err)
{
    struct wr_str request = { .arena = a }, answer = { .arena = a };
    int fd = connect_to(socket, timeout_ms, err);
    const char *blank;
    bool ok;

    if (fd < 0)
        return (int)err->code;
    compose(a, &request, path, body);
    ok = send_all(fd, request.s, request.len) && read_answer(fd, &answer);
    close(fd);
    if (!ok || !answer.s || !(blank = strstr(answer.s, "\r\n\r\n")))
        return wr_fail(err, WR_EIO, "'%s' broke off", socket);
    *status = strncmp(answer.s, "Status: ", 8) == 0
                  ? (int)strtol(answer.s + 8, NULL, 10)
                  : 200;
    *out = blank + 4;

    return 0;
}
