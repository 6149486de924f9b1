/*
 * lookup.h: what the files of the resources look up in the same way: rows of
 * the store, pages of them, definitions, and what happened in an instance.
 *
 * What is found lives in the request's arena.
 */

#ifndef WR_LOOKUP_H
#define WR_LOOKUP_H

#include "engine/exec/history.h"
#include "fcgi_workers/resource.h"

WR_MUST int wr_request_find(struct wr_request *rq, const struct wr_query *q,
                            struct wr_rows *out, struct wr_err *err);

/* By id, key (latest) or key:version; released with the arena. */
WR_MUST int wr_request_definition(struct wr_request *rq, const char *ref,
                                  const struct wr_definition **out,
                                  struct wr_err *err);

/* The row as committed now; WR_ENOTFOUND. */
WR_MUST int wr_request_instance(struct wr_request *rq, const struct wr_uuid *id,
                                const struct wr_instance_row **out,
                                struct wr_err *err);

/* The row of `noun` whose id the path gives; WR_ENOTFOUND: "no open WHAT". */
WR_MUST int wr_request_row(struct wr_request *rq, enum wr_noun noun,
                           const char *what, struct wr_uuid *id,
                           const void **out, struct wr_err *err);

/* ---- files ---- */

/* A file of a deployment, byte for byte; WR_ENOTFOUND. */
WR_MUST int wr_request_file(struct wr_request *rq,
                            const struct wr_uuid *deployment, const char *name,
                            struct wr_blob *out, struct wr_err *err);
/* Deploy the files of an earlier version again, in a deployment that is called
 * "KEY:VERSION".  What is wrong with them goes to rq->findings; what stands
 * already makes the status 200. */
WR_MUST int wr_request_restore(struct wr_request *rq, const char *key,
                               int32_t version, const struct wr_file *files,
                               int n, const struct wr_deployed **out,
                               struct wr_err *err);

/* ---- pages ---- */

/* The parameters of every list, as rows of its query. */
/* clang-format off */
#define WR_FIELDS_PAGE(T)                                                  \
    WR_FIELD(T, limit, "limit", WR_INT, 0, "Page size, 1 to 1000; 50."),   \
    WR_FIELD(T, cursor, "cursor", WR_STRING, 0,                            \
             "`next` of the page before."),                                \
    WR_FIELD_ENUM(T, total, "total", "exact", 0,                           \
                  "exact: count what is on all pages, too.")
/* What every event of a history says first. */
#define WR_FIELDS_EVENT(T, seq_doc)                                        \
    WR_FIELD(T, seq, "seq", WR_INT, WR_READONLY, seq_doc),                 \
    WR_FIELD(T, at, "at", WR_TIME, WR_READONLY, "When.")
/* clang-format on */

/* How a row becomes an item of a list. */
struct wr_listed {
    size_t size; /* of an item */
    int (*json)(struct wr_request *rq, const void *row, void *out,
                struct wr_err *err);
};

WR_MUST int wr_page(struct wr_request *rq, const struct wr_rows *rows,
                    const struct wr_listed *how, struct wr_list *out,
                    struct wr_err *err);
/* Find and page in one. */
WR_MUST int wr_find_page(struct wr_request *rq, struct wr_query *q,
                         int64_t limit, const char *cursor,
                         const struct wr_listed *how, struct wr_list *out,
                         struct wr_err *err);

/* ---- what happened ---- */

struct wr_past { /* one event of an instance's history */
    int64_t seq, at;
    int64_t rev; /* of the instance after its step */
    const char *actor;
    const struct wr_history_event *event;
};
/* 0: go on, 1: that is enough, below 0: `err`. */
typedef int wr_past_fn(void *data, const struct wr_past *p, struct wr_err *err);

/* The events of one row, or of all rows of an instance, in order. */
WR_MUST int wr_past_row(struct wr_request *rq, const struct wr_history_row *row,
                        wr_past_fn *fn, void *data, struct wr_err *err);
WR_MUST int wr_past(struct wr_request *rq, const struct wr_uuid *instance,
                    wr_past_fn *fn, void *data, struct wr_err *err);

/* The versions an instance ran on: events name elements of the one of their time. */
struct wr_versions {
    const struct wr_earlier *earlier;
    int n;
    struct wr_uuid now;
};
/* Of a row that was found by its id. */
WR_MUST int wr_versions_of(struct wr_request *rq,
                           const struct wr_instance_row *row,
                           struct wr_versions *out, struct wr_err *err);
/* The element of an event, as wr_element_ref(). */
WR_MUST int wr_past_element(struct wr_request *rq, const struct wr_versions *v,
                            const struct wr_past *p, struct wr_element_ref *out,
                            struct wr_err *err);

/* removal.c */
wr_route_fn wr_instance_remove;

/* How much of the history is told of a version's instances. */
WR_MUST int wr_request_level(struct wr_request *rq,
                             const struct wr_uuid *definition,
                             enum wr_history_level *out, struct wr_err *err);

/* A list that grows in an arena; `items` is where it stands now. */
struct wr_pile {
    void *items;
    size_t n, cap;
};
/* Room for one more of `size` bytes; every item of a pile has the same. */
void *wr_pile_add(struct wr_pile *pile, struct wr_arena *a, size_t size);

#endif
