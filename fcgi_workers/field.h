/*
 * field.h: one table per JSON object.
 *
 * The same rows decode a request body or query into a struct, encode a struct
 * into a response, and describe the schema in openapi.json.  They cannot
 * disagree, and a row whose C type does not fit does not compile.
 */

#ifndef WR_FIELD_H
#define WR_FIELD_H

#include "engine/base/time.h"
#include "engine/base/uuid.h"

enum wr_field_type {
    WR_STRING,  /* const char *; NULL: absent */
    WR_INT,     /* int64_t */
    WR_BOOL,    /* bool */
    WR_TIME,    /* int64_t ms, 0: absent; RFC 3339 in JSON */
    WR_UUID,    /* struct wr_uuid; zero: absent */
    WR_JSON,    /* const struct wr_value *; NULL: absent */
    WR_OBJECT,  /* const void * to a struct of `object`; NULL: absent */
    WR_OBJECTS, /* struct wr_objects of `object` */
    WR_STRINGS, /* struct wr_strings */
};

enum {
    WR_REQUIRED = 1 << 0,  /* decoding fails without it; always encoded */
    WR_READONLY = 1 << 1,  /* never decoded; always encoded */
    WR_NULLABLE = 1 << 2,  /* encoded as null when absent, else left out */
    WR_OPTIONAL = 1 << 4,  /* READONLY, but left out when absent */
    WR_VARIABLES = 1 << 3, /* JSON: must be an object of name and value */
};

enum {
    WR_INT_ABSENT = INT32_MIN
}; /* what an absent WR_INT decodes to */

struct wr_objects {
    const void *items; /* array of structs */
    size_t n;
};

struct wr_strings {
    const char *const *items;
    size_t n;
};

struct wr_object;

struct wr_field {
    const char *name;
    enum wr_field_type type;
    unsigned flags;
    size_t offset;
    const struct wr_object *object; /* OBJECT, OBJECTS */
    const char *allowed;            /* STRING: "a|b|c"; NULL: any */
    const char *doc;
};

struct wr_object {
    const char *name; /* in OpenAPI */
    size_t size;      /* of the struct */
    const struct wr_field *fields;
    size_t n_fields;
};

/* clang-format off */
/* A row that does not compile when the member is not of the declared type. */
#define WR_FIELD(obj, member, json, kind, flags, doc)                     \
    { json, kind, (flags) + WR_MATCHES(((obj *)0)->member, kind),         \
      offsetof(obj, member), NULL, NULL, doc }
#define WR_FIELD_ENUM(obj, member, json, allowed, flags, doc)             \
    { json, WR_STRING, (flags) + WR_MATCHES(((obj *)0)->member, WR_STRING), \
      offsetof(obj, member), NULL, allowed, doc }
#define WR_FIELD_OF(obj, member, json, kind, of, flags, doc)              \
    { json, kind, (flags) + WR_MATCHES(((obj *)0)->member, kind),         \
      offsetof(obj, member), of, NULL, doc }

#define WR_MATCHES(member, kind)                                          \
    (0 * sizeof(char[_Generic((member),                                   \
        const char *: (kind) == WR_STRING,                                \
        int64_t:      (kind) == WR_INT || (kind) == WR_TIME,              \
        bool:         (kind) == WR_BOOL,                                  \
        struct wr_uuid: (kind) == WR_UUID,                                \
        const struct wr_value *: (kind) == WR_JSON,                       \
        const void *: (kind) == WR_OBJECT,                                \
        struct wr_objects: (kind) == WR_OBJECTS,                          \
        struct wr_strings: (kind) == WR_STRINGS) ? 1 : -1]))
/* clang-format on */

#define WR_OBJECT_ROWS(type, name, rows)         \
    {                                            \
        name, sizeof(type), rows, WR_COUNT(rows) \
    }

/* What is wrong with one place of a body or query. */
struct wr_field_error {
    const char *pointer; /* "/variables/x" or the parameter's name */
    const char *code;    /* "required", "type", "unknown", "value" */
    const char *detail;
};

struct wr_field_errors {
    struct wr_arena *arena;
    struct wr_field_error items[16];
    size_t n; /* may exceed 16: the rest is counted only */
};

/*
 * Decode a JSON object into `out` (o->size bytes, set to "absent" first).
 * WR_EINVALID when anything was wrong; `errors` says what, all of it.
 */
WR_MUST int wr_field_decode(const struct wr_object *o,
                            const struct wr_value *json, void *out,
                            struct wr_field_errors *errors, struct wr_err *err);

/* The same from "a=1&b=x" (percent-decoded); scalars only. */
WR_MUST int wr_field_decode_query(const struct wr_object *o, const char *query,
                                  void *out, struct wr_field_errors *errors,
                                  struct wr_err *err);

/* Note what is wrong with one place; the rest is counted only. */
void wr_field_wrong(struct wr_field_errors *e, const char *pointer,
                    const char *code, const char *detail);
/* The place of a member of the object at `at` (RFC 6901). */
const char *wr_field_place(struct wr_arena *a, const char *at, const char *key);

void wr_field_encode(struct wr_str *out, const struct wr_object *o,
                     const void *in, unsigned json_flags);

#endif
