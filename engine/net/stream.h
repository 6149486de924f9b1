/*
 * stream.h: bytes to and from a server: TCP, a unix socket, TLS over TCP.
 *
 * Everything waits until a deadline at most.  A stream that failed is of no use
 * any more: close it.  One thread at a time.
 */

#ifndef WR_STREAM_H
#define WR_STREAM_H

#include "engine/base/err.h"

struct wr_tls_options {     /* NULL: none */
    const char *ca;         /* certificates to trust, PEM; the system's */
    const char *cert, *key; /* our own */
};

struct wr_stream;

struct wr_stream_options {
    const char *host; /* with `port`, else */
    int port;
    const char *path;                 /* of a unix socket */
    const struct wr_tls_options *tls; /* NULL: plain */
    int wait_ms;                      /* to connect, and for each call */
};

/* WR_EIO: it did not come about; err says where and why. */
WR_MUST int wr_stream_open(const struct wr_stream_options *o,
                           struct wr_stream **out, struct wr_err *err);
void wr_stream_close(struct wr_stream *s);
/* All of it, or WR_EIO. */
WR_MUST int wr_stream_write(struct wr_stream *s, const void *bytes, size_t len,
                            struct wr_err *err);
/* At least one byte; *n of them.  WR_EIO: ended, or nothing came in time. */
WR_MUST int wr_stream_read(struct wr_stream *s, void *bytes, size_t cap,
                           size_t *n, struct wr_err *err);

#endif
