/* From {"$type","value"} objects to typed values. */

#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/json.h"
#include "engine/base/time.h"

typedef int (*parse_fn)(struct wr_arena *a, const char *s, size_t len,
                        const struct wr_value **out, struct wr_err *err);

static int
parse_decimal(struct wr_arena *a, const char *s, size_t len,
              const struct wr_value **out, struct wr_err *err)
{
    struct wr_decimal d;

    if (wr_decimal_parse(s, len, &d, err) < 0)
        return err->code;
    *out = wr_value_number(a, d);

    return 0;
}

static int
parse_bytes(struct wr_arena *a, const char *s, size_t len,
            const struct wr_value **out, struct wr_err *err)
{
    struct wr_str bytes = { .arena = a };

    if (wr_base64_get(&bytes, s, len, err) < 0)
        return err->code;
    *out = wr_value_bytes(a, wr_str_text(&bytes), bytes.len);

    return 0;
}

static const struct {
    const char *type;
    parse_fn parse;
} types[] = {
    { "date", wr_date_parse },         { "time", wr_time_parse },
    { "datetime", wr_datetime_parse }, { "duration", wr_duration_parse },
    { "decimal", parse_decimal },      { "bytes", parse_bytes },
};

static int
untype_list(struct wr_arena *a, const struct wr_value *v,
            const struct wr_value **out, struct wr_err *err)
{
    const struct wr_value **items = wr_newn(a, const struct wr_value *,
                                            v->list.n);

    for (size_t i = 0; i < v->list.n; i++) {
        if (wr_json_untype(a, v->list.items[i], &items[i], err) < 0)
            return wr_wrap(err, "[%zu]", i);
    }
    *out = wr_value_list(a, items, v->list.n);

    return 0;
}

static int
untype_members(struct wr_arena *a, const struct wr_value *v,
               const struct wr_value **out, struct wr_err *err)
{
    struct wr_entry *entries = wr_newn(a, struct wr_entry, v->context.n);

    for (size_t i = 0; i < v->context.n; i++) {
        const struct wr_entry *e = &v->context.entries[i];

        entries[i].key = e->key;
        if (wr_json_untype(a, e->value, &entries[i].value, err) < 0)
            return wr_wrap(err, "%.60s", e->key);
    }
    *out = wr_value_context(a, entries, v->context.n);

    return 0;
}

static int
untype_text(struct wr_arena *a, const char *type, const struct wr_value *value,
            const struct wr_value **out, struct wr_err *err)
{
    for (size_t i = 0; i < WR_COUNT(types); i++) {
        if (strcmp(types[i].type, type) != 0)
            continue;
        if (value->type != WR_V_STRING)
            return wr_fail(err, WR_EVALUE,
                           "the value of $type '%s' must be a "
                           "string, not %s",
                           type, wr_value_type_name(value->type));
        return types[i].parse(a, value->string.s, value->string.len, out, err);
    }

    return wr_fail(err, WR_EVALUE,
                   "unknown $type '%.40s', allowed: date, time, datetime, "
                   "duration, decimal, bytes, context",
                   type);
}

static int
untype_context(struct wr_arena *a, const struct wr_value *v,
               const struct wr_value **out, struct wr_err *err)
{
    const struct wr_value *type = wr_value_get(v, "$type");
    const struct wr_value *value = wr_value_get(v, "value");

    if (!type)
        return untype_members(a, v, out, err);
    if (type->type != WR_V_STRING || !value || v->context.n != 2)
        return wr_fail(err, WR_EVALUE,
                       "a typed value has a text '$type', a 'value' and "
                       "nothing else");
    if (strcmp(type->string.s, "context") != 0)
        return untype_text(a, type->string.s, value, out, err);
    if (value->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EVALUE,
                       "the value of $type 'context' must be an object");

    return untype_members(a, value, out, err);
}

int
wr_json_untype(struct wr_arena *a, const struct wr_value *v,
               const struct wr_value **out, struct wr_err *err)
{
    if (v->type == WR_V_LIST)
        return untype_list(a, v, out, err);
    if (v->type == WR_V_CONTEXT)
        return untype_context(a, v, out, err);
    *out = v;

    return 0;
}
