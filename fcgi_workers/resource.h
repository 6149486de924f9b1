/*
 * resource.h: what the files of the resources share: their JSON objects and how
 * a row of the store becomes one.
 */

#ifndef WR_RESOURCE_H
#define WR_RESOURCE_H

#include "fcgi_workers/route.h"

/* {"items":[...],"next":...} of one object. */
struct wr_list {
    struct wr_objects items;
    const char *next;
    int64_t total; /* of lists that count: WR_INT_ABSENT unless asked for */
    int64_t as_of, lag; /* of those in fresh.h */
};
/* clang-format off */
#define WR_LIST_OBJECT(var, json_name, of)                                 \
    static const struct wr_field var##_fields[] = {                        \
        WR_FIELD_OF(struct wr_list, items, "items", WR_OBJECTS, of,        \
                    WR_READONLY, "The page."),                             \
        WR_FIELD(struct wr_list, next, "next", WR_STRING, WR_NULLABLE,     \
                 "Cursor of the next page; null: that was all."),          \
    };                                                                     \
    static const struct wr_object var = WR_OBJECT_ROWS(struct wr_list,     \
                                                       json_name,          \
                                                       var##_fields)
/* clang-format on */

/* clang-format off */
/* Where something stands, as rows of its object. */
#define WR_FIELDS_ELEMENT(T, element_doc)                                  \
    WR_FIELD(T, element, "element", WR_STRING, WR_READONLY, element_doc),  \
    WR_FIELD(T, name, "name", WR_STRING, WR_READONLY | WR_NULLABLE,        \
             "The element's name.")
/* clang-format on */

/* The same with "total", for lists that can be counted. */
/* clang-format off */
#define WR_COUNTED_LIST_OBJECT(var, json_name, of)                         \
    static const struct wr_field var##_fields[] = {                        \
        WR_FIELD_OF(struct wr_list, items, "items", WR_OBJECTS, of,        \
                    WR_READONLY, "The page."),                             \
        WR_FIELD(struct wr_list, next, "next", WR_STRING, WR_NULLABLE,     \
                 "Cursor of the next page; null: that was all."),          \
        WR_FIELD(struct wr_list, total, "total", WR_INT,                   \
                 WR_READONLY | WR_OPTIONAL,                                \
                 "How many there are on all pages, with total=exact."),    \
    };                                                                     \
    static const struct wr_object var = WR_OBJECT_ROWS(struct wr_list,     \
                                                       json_name,          \
                                                       var##_fields)
/* clang-format on */

struct wr_definition_ref {
    struct wr_uuid id;
    const char *key;
    int64_t version;
};
extern const struct wr_object wr_definition_ref_object;

struct wr_instance_json {
    struct wr_uuid id;
    const void *definition; /* struct wr_definition_ref */
    const char *state;
    int64_t rev;
    const char *business_key;
    int64_t started_at, ended_at;
    int64_t incidents;
    struct wr_strings tags;
    struct wr_uuid parent, root;
    struct wr_strings children; /* of one instance, not of lists */
};
extern const struct wr_object wr_instance_object;

/* Rows of an object of type T that holds one as its member: P is "name.", or
 * nothing. */
/* clang-format off */
#define WR_INSTANCE_FIELDS(T, P)                                              \
    WR_FIELD(T, P id, "id", WR_UUID, WR_READONLY, "Id."),                     \
    WR_FIELD_OF(T, P definition, "definition", WR_OBJECT,                     \
        &wr_definition_ref_object, WR_READONLY,                               \
        "The version it runs on."),                                           \
    WR_FIELD_ENUM(T, P state, "state",                                        \
        "active|suspended|completed|failed|canceled", WR_READONLY,            \
        "Where it is in its life."),                                          \
    WR_FIELD(T, P rev, "rev", WR_INT, WR_READONLY,                            \
        "Revision: seq of its last history event; also the ETag."),           \
    WR_FIELD(T, P business_key, "businessKey", WR_STRING,                     \
        WR_READONLY | WR_NULLABLE, "Your own reference."),                    \
    WR_FIELD(T, P started_at, "startedAt", WR_TIME,                           \
        WR_READONLY, "When it was started."),                                 \
    WR_FIELD(T, P ended_at, "endedAt", WR_TIME,                               \
        WR_READONLY | WR_NULLABLE, "When it ended; null while it runs."),     \
    WR_FIELD(T, P incidents, "incidents", WR_INT,                             \
        WR_READONLY, "Number of open incidents."),                            \
    WR_FIELD(T, P tags, "tags", WR_STRINGS, WR_READONLY,                      \
        "What it was tagged with when it was started, in that order."),       \
    WR_FIELD(T, P parent, "parent", WR_UUID,                                  \
        WR_READONLY | WR_OPTIONAL,                                            \
        "The instance whose call activity started it."),                      \
    WR_FIELD(T, P root, "root", WR_UUID,                                      \
        WR_READONLY | WR_OPTIONAL,                                            \
        "The topmost instance above it; absent at the top."),                 \
    WR_FIELD(T, P children, "children", WR_STRINGS,                           \
        WR_READONLY | WR_OPTIONAL,                                            \
        "Ids of the instances it called, the first 100; not in lists.")
/* clang-format on */

/* "0", "17" of a scope's token; NULL: 0, "all": -1. */
WR_MUST int wr_param_scope(const char *text, int64_t *out, struct wr_err *err);
/* 400 unless the path's {id} is an id. */
WR_MUST int wr_param_id(const struct wr_request *rq, int n, const char *noun,
                        struct wr_uuid *out, struct wr_err *err);

/* Reference of a definition by id, for answers; cached in the runtime. */
WR_MUST int wr_definition_json_ref(struct wr_request *rq,
                                   const struct wr_uuid *id, const void **out,
                                   struct wr_err *err);

/* The definition of an element's symbol: its id and name in the model. */
struct wr_element_ref {
    const char *id, *name;
    const char *form_key; /* of a user task; NULL */
    const char *lane;     /* NULL */
};
WR_MUST int wr_element_ref(struct wr_request *rq,
                           const struct wr_uuid *definition, int32_t symbol,
                           struct wr_element_ref *out, struct wr_err *err);

/* Fill the API's instance from a row, or by its id as committed now. */
WR_MUST int wr_instance_json(struct wr_request *rq,
                             const struct wr_instance_row *row,
                             struct wr_instance_json *out, struct wr_err *err);
WR_MUST int wr_instance_out(struct wr_request *rq, const struct wr_uuid *id,
                            void *out, struct wr_err *err);

/*
 * Fill in what every command of this request carries (tenant, actor, If-Match,
 * idempotency), execute it and wait.
 */
WR_MUST int wr_request_call(struct wr_request *rq, struct wr_command *c,
                            struct wr_outcome *out, struct wr_err *err);

/* The ETag of the answer: the revision of what it shows. */
void wr_request_etag(struct wr_request *rq, int64_t rev);

/* Live tokens of an instance. */
extern const struct wr_object wr_token_object;
struct wr_objects wr_tokens_json(struct wr_request *rq,
                                 const struct wr_view *view);

/* A lookup of this request's tenant; any state, nothing else set. */
struct wr_query wr_request_query(const struct wr_request *rq,
                                 enum wr_noun noun);
/* Limit and cursor of a list; 50 by default, 1000 at most. */
WR_MUST int wr_query_page(struct wr_query *q, int64_t limit, const char *cursor,
                          struct wr_err *err);

#endif
