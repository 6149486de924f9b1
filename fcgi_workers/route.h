/*
 * route.h: the REST surface, one row per operation.
 *
 * Everything generic (matching, authentication, roles, decoding, encoding,
 * problem documents, idempotency, metrics) is driven by the row.  A handler gets
 * a decoded body and query and fills a struct or an error: no JSON, no HTTP.
 */

#ifndef WR_ROUTE_H
#define WR_ROUTE_H

#include "engine/runtime/runtime.h"
#include "fcgi_workers/field.h"
#include "fcgi_workers/service.h"

/* Who may call: any of the row's roles (API.md).  Admin may everything. */
enum {
    WR_VIEWER = 1 << 0,
    WR_PARTICIPANT = 1 << 1,
    WR_OPERATOR = 1 << 2,
    WR_DESIGNER = 1 << 3,
    WR_ADMIN = 1 << 4,
    WR_ANYONE = 1 << 5,   /* without a token */
    WR_INTERNAL = 1 << 6, /* other programs of Weir, never through nginx */
    WR_READERS = WR_VIEWER | WR_PARTICIPANT | WR_OPERATOR | WR_DESIGNER,
};

enum {
    WR_PATH_PARAMS = 3
};

struct wr_principal {
    const char *user; /* NULL: nobody */
    unsigned roles;
    int32_t tenant;
    const char *session; /* id, NULL */
};

struct wr_header {
    const char *name, *value;
};

/* Instead of an answer: park.h. */
struct wr_park {
    const uint64_t *topics;
    int n;              /* 0: there is an answer */
    int max;            /* jobs at once; 0: it waits for an instance */
    const char *resume; /* what the next answer is made from; NULL: nothing */
};
struct wr_leased { /* by this request */
    struct wr_uuid id, lease;
    const char *type;
};

/* One request on its way; lives in its arena. */
struct wr_request {
    struct wr_service *service;
    struct wr_arena *arena;
    const struct wr_route *route;
    struct wr_principal who;
    const char *request_id;
    const char *param[WR_PATH_PARAMS]; /* {x} of the path, in order */
    const void *query;                 /* decoded, of route->query; NULL */
    const char *body;
    size_t body_len;
    const char *content_type;    /* "" when absent */
    const char *header_if_match; /* NULL */
    int64_t if_match;            /* -1: none, or any will do */
    const char *idempotency_key; /* NULL */
    const char *header_cookie, *header_origin, *header_host, *header_csrf;
    const char *prefer; /* NULL */
    bool https;
    bool proxied;  /* came through nginx: internal routes are not there */
    bool can_park; /* nginx keeps it when it is told to */
    const char *park_resume; /* NULL: it comes for the first time */
    const char *park_last; /* NULL; "1": time is up; "full": nobody keeps it */
    int64_t wait_ms;       /* as preferred and allowed; 0: not at all */

    /* the answer */
    int status;           /* 0: the route's */
    const char *raw_type; /* not NULL: `raw` is the body as it is */
    struct wr_str raw;
    struct wr_header headers[8];
    int n_headers;
    unsigned json_flags;
    struct wr_field_errors errors; /* for the problem document */
    const struct wr_findings *findings;
    const struct wr_idempotency_row *idempotency; /* for the command */
    struct wr_park park;
    struct wr_blob waited; /* WR_ROUTE_WAIT: the instance's id and what more the
                              answer is made from; empty: it is the answer's */
    const struct wr_leased *leased;
    size_t n_leased;
    bool more;             /* jobs may be left */
    struct wr_blob stored; /* WR_ROUTE_REPLAYS: fill the answer from this alone,
                              there is no input; empty: act */
};

typedef int wr_route_fn(struct wr_request *rq, const void *in, void *out,
                        struct wr_err *err);

struct wr_route {
    const char *method;
    const char *path; /* "/api/v1/instances/{id}" */
    const char *id;   /* operationId, log and metric label */
    unsigned roles;
    const struct wr_object *query, *in, *out; /* NULL: none */
    int status;                               /* on success */
    wr_route_fn *handler;
    const char *summary;
    unsigned flags;
};

enum {
    WR_ROUTE_IDEMPOTENT = 1 << 0, /* Idempotency-Key; answers an instance */
    WR_ROUTE_RAW_IN = 1 << 1,     /* body is not JSON: the handler reads it */
    WR_ROUTE_RAW_OUT = 1 << 2,    /* answers something else than JSON */
    WR_ROUTE_OPTIONAL_BODY = 1 << 3, /* an empty body is {} */
    WR_ROUTE_VALUE_IN =
        1 << 4, /* in is `const struct wr_value *`, any object */
    WR_ROUTE_VALUE_OUT = 1 << 5, /* out is `const struct wr_value *` */
    WR_ROUTE_IF_MATCH = 1 << 7,  /* describes the If-Match header, which every
                                    command honours */
    WR_ROUTE_UNCHANGED = 1 << 8, /* 200 with the same when nothing changed */
    WR_ROUTE_ITEMS = 1 << 9, /* each item is a command with a key of its own */
    WR_ROUTE_REPLAYS = 1 << 10, /* its handler answers from rq->stored itself */
    WR_ROUTE_FOLDED = 1 << 13,  /* may answer from what is folded (fresh.h) */
    WR_ROUTE_OWN_KEY = 1 << 11, /* its handler keeps the whole answer itself */
    WR_ROUTE_WAIT = 1 << 12,    /* knows Prefer: wait */
    WR_ROUTE_NATURAL = 1 << 6,  /* repeating it changes nothing more: an
                                    Idempotency-Key is accepted, not needed */
};

/* The rows of one resource's file. */
struct wr_route_table {
    const char *tag; /* OpenAPI tag, "instances" */
    const struct wr_route *routes;
    size_t n;
};

/* All of them; a row of routes.def each. */
extern const struct wr_route_table *const wr_route_tables[];
extern const size_t wr_n_route_tables;

/* Rows of all tables, and the place of one among them; NULL: behind the last. */
size_t wr_route_total(void);
size_t wr_route_index(const struct wr_route *r);

/*
 * Find the row for method and path; fills param (arena strings).  WR_ENOTFOUND,
 * or WR_EMETHOD when only the method does not fit.
 */
WR_MUST int wr_route_match(struct wr_request *rq, const char *method,
                           const char *path, struct wr_err *err);

/*
 * Take a matched request through its row: role, query, body, handler; then fill
 * `raw` and `raw_type` with the answer, a problem document when it failed.
 * Sets rq->status.  Never fails.
 */
void wr_request_run(struct wr_request *rq, const char *method, const char *path,
                    const char *query);

/* The problem document for `err` (RFC 9457), into rq->raw. */
void wr_request_problem(struct wr_request *rq, const struct wr_err *err);

/* Add an answer header; `value` in the request's arena or static. */
void wr_request_header(struct wr_request *rq, const char *name,
                       const char *value);

/* Is the body of this media type, whatever its parameters? */
bool wr_request_is_type(const struct wr_request *rq, const char *type);

/* Roles from "admin,viewer"; unknown names give none. */
unsigned wr_roles_parse(const char *text);

#endif
