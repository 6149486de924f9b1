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
