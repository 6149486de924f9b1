/*
 * url.h: addresses of servers, as in settings.
 *
 *     scheme://[user[:password]@][host[:port]][/path][?name=value&...]
 *
 * An IPv6 host stands in brackets.  Parts are percent-decoded, but for the
 * query, whose values wr_url_query() decodes.
 */

#ifndef WR_URL_H
#define WR_URL_H

#include "engine/base/err.h"
#include "engine/base/str.h"

struct wr_url {
    const char *scheme;                                /* "rediss" */
    const char *user, *password, *host, *path, *query; /* NULL: not there */
    int port;                                          /* 0: not there */
};

/* Texts in `a`.  WR_EINVALID: what is wrong, without the URL, which may hold a
 * password. */
WR_MUST int wr_url_parse(struct wr_arena *a, const char *text,
                         struct wr_url *out, struct wr_err *err);
/* The value of `name` in the query, decoded; NULL when it is not there. */
const char *wr_url_query(struct wr_arena *a, const struct wr_url *u,
                         const char *name);
/* `text` with everything but A-Z a-z 0-9 - . _ ~ percent-encoded. */
void wr_url_add(struct wr_str *out, const char *text);
/* What may be shown: passwords become ***. */
const char *wr_url_public(struct wr_arena *a, const char *url);

#endif
