/*
 * The worker's fields: a query string, or after a first byte '{' a JSON body.
 * Never crashes; either it decodes or it says of every wrong place why.
 *
 * fuzz-parts: engine/base fcgi_workers/field.c
 */

#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/field.h"
#include "tests/fuzz/fuzz.h"

struct inner {
    const char *name;
    int64_t n;
};
static const struct wr_field inner_fields[] = {
    WR_FIELD(struct inner, name, "name", WR_STRING, WR_REQUIRED, ""),
    WR_FIELD(struct inner, n, "n", WR_INT, 0, ""),
};
static const struct wr_object inner_object = WR_OBJECT_ROWS(
    struct inner, "Inner", inner_fields);

struct thing {
    const char *text, *colour;
    int64_t count, at;
    bool yes;
    struct wr_uuid id;
    const struct wr_value *json, *variables;
    const void *one;
    struct wr_objects many;
    struct wr_strings words;
};
static const struct wr_field thing_fields[] = {
    WR_FIELD(struct thing, text, "t", WR_STRING, 0, ""),
    WR_FIELD_ENUM(struct thing, colour, "c", "red|green", 0, ""),
    WR_FIELD(struct thing, count, "n", WR_INT, 0, ""),
    WR_FIELD(struct thing, at, "a", WR_TIME, 0, ""),
    WR_FIELD(struct thing, yes, "y", WR_BOOL, 0, ""),
    WR_FIELD(struct thing, id, "i", WR_UUID, 0, ""),
    WR_FIELD(struct thing, json, "j", WR_JSON, 0, ""),
    WR_FIELD(struct thing, variables, "v", WR_JSON, WR_VARIABLES, ""),
    WR_FIELD_OF(struct thing, one, "o", WR_OBJECT, &inner_object, 0, ""),
    WR_FIELD_OF(struct thing, many, "m", WR_OBJECTS, &inner_object, 0, ""),
    WR_FIELD(struct thing, words, "w", WR_STRINGS, 0, ""),
};
static const struct wr_object thing_object = WR_OBJECT_ROWS(
    struct thing, "Thing", thing_fields);

/* What decodes is encoded as JSON that parses. */
static void
encode(struct wr_arena *a, const struct thing *t)
{
    struct wr_str s = { .arena = a };
    const struct wr_value *v;
    struct wr_err err = { 0 };

    wr_field_encode(&s, &thing_object, t, WR_JSON_TYPED);
    must(wr_json_parse(a, s.s, s.len, &v, &err) == 0 || err.code == WR_ELIMIT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    char *text = wr_arena_strndup(a, (const char *)data, size);
    struct wr_field_errors errors = { .arena = a };
    const struct wr_value *v;
    struct wr_err err = { 0 };
    struct thing t;
    int rc;

    if (text[0] != '{')
        rc = wr_field_decode_query(&thing_object, text, &t, &errors, &err);
    else if (wr_json_parse(a, text, strlen(text), &v, &err) < 0)
        return 0;
    else
        rc = wr_field_decode(&thing_object, v, &t, &errors, &err);
    must((rc == 0) == (errors.n == 0));
    for (size_t i = 0; i < errors.n && i < WR_COUNT(errors.items); i++)
        must(errors.items[i].pointer && errors.items[i].code[0]
             && errors.items[i].detail[0]);
    if (rc == 0)
        encode(a, &t);
    else
        must(rc == WR_EINVALID);

    return 0;
}
