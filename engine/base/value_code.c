/*
 * The stored form of values: format byte, then one field.  A list holds its
 * items as fields; a context holds key and value fields in turn.  Numbers are
 * INT where they fit, else the 16 bytes of the decimal, low byte first.
 *
 * The tags below are on disk: never change or reuse one.
 */

#include <assert.h>
#include <string.h>

#include "engine/base/tlv.h"
#include "engine/base/value.h"

enum {
    FORMAT = 1
};

enum {
    T_NULL = 1,
    T_FALSE = 2,
    T_TRUE = 3,
    T_INT = 4,
    T_DECIMAL = 5,
    T_STRING = 6,
    T_DATE = 7,
    T_TIME = 8,
    T_DATETIME = 9,
    T_DURATION_YM = 10,
    T_DURATION_DT = 11,
    T_BYTES = 12,
    T_LIST = 13,
    T_CONTEXT = 14,
    T_KEY = 15,
};

/* Parts of a temporal value and of a duration; what is 0 or absent is left
 * out. */
enum {
    P_YEAR = 1,
    P_MONTH = 2,
    P_DAY = 3,
    P_HOUR = 4,
    P_MINUTE = 5,
    P_SECOND = 6,
    P_NANOS = 7,
    P_OFFSET = 8,
    P_ZONE = 9,
    P_SECONDS = 10,
};

/* --- Encoding -------------------------------------------------------------- */

static void encode(struct wr_str *out, const struct wr_value *v);

static void
encode_number(struct wr_str *out, struct wr_decimal d)
{
    uint8_t bytes[16];
    int64_t n;

    if (wr_decimal_to_int(d, &n)) {
        wr_tlv_put_int(out, T_INT, n);
        return;
    }
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(d.w[i / 8] >> i % 8 * 8);
    wr_tlv_put_bytes(out, T_DECIMAL, bytes, sizeof(bytes));
}

static void
part(struct wr_str *out, uint32_t tag, int64_t n)
{
    if (n)
        wr_tlv_put_int(out, tag, n);
}

static void
encode_temporal(struct wr_str *out, uint32_t tag, const struct wr_temporal *t)
{
    size_t at = wr_tlv_begin(out, tag);

    part(out, P_YEAR, t->year);
    part(out, P_MONTH, t->month);
    part(out, P_DAY, t->day);
    part(out, P_HOUR, t->hour);
    part(out, P_MINUTE, t->minute);
    part(out, P_SECOND, t->second);
    part(out, P_NANOS, t->nanos);
    if (t->offset != WR_NO_OFFSET)
        wr_tlv_put_int(out, P_OFFSET, t->offset);
    if (t->zone)
        wr_tlv_put_text(out, P_ZONE, t->zone);
    wr_tlv_end(out, at);
}

static void
encode_duration(struct wr_str *out, const struct wr_value *v)
{
    size_t at = wr_tlv_begin(out, T_DURATION_DT);

    part(out, P_SECONDS, v->duration.seconds);
    part(out, P_NANOS, v->duration.nanos);
    wr_tlv_end(out, at);
}

static void
encode_list(struct wr_str *out, const struct wr_value *v)
{
    size_t at = wr_tlv_begin(out, T_LIST);

    for (size_t i = 0; i < v->list.n; i++)
        encode(out, v->list.items[i]);
    wr_tlv_end(out, at);
}

static void
encode_context(struct wr_str *out, const struct wr_value *v)
{
    size_t at = wr_tlv_begin(out, T_CONTEXT);

    for (size_t i = 0; i < v->context.n; i++) {
        wr_tlv_put_text(out, T_KEY, v->context.entries[i].key);
        encode(out, v->context.entries[i].value);
    }
    wr_tlv_end(out, at);
}

static void
encode(struct wr_str *out, const struct wr_value *v)
{
    switch (v->type) {
    case WR_V_NULL:
        wr_tlv_put_bytes(out, T_NULL, NULL, 0);
        break;
    case WR_V_BOOL:
        wr_tlv_put_bytes(out, v->boolean ? T_TRUE : T_FALSE, NULL, 0);
        break;
    case WR_V_NUMBER:
        encode_number(out, v->number);
        break;
    case WR_V_STRING:
        wr_tlv_put_bytes(out, T_STRING, v->string.s, v->string.len);
        break;
    case WR_V_DATE:
        encode_temporal(out, T_DATE, &v->temporal);
        break;
    case WR_V_TIME:
        encode_temporal(out, T_TIME, &v->temporal);
        break;
    case WR_V_DATETIME:
        encode_temporal(out, T_DATETIME, &v->temporal);
        break;
    case WR_V_DURATION_YM:
        wr_tlv_put_int(out, T_DURATION_YM, v->months);
        break;
    case WR_V_DURATION_DT:
        encode_duration(out, v);
        break;
    case WR_V_BYTES:
        wr_tlv_put_bytes(out, T_BYTES, v->string.s, v->string.len);
        break;
    case WR_V_LIST:
        encode_list(out, v);
        break;
    case WR_V_CONTEXT:
        encode_context(out, v);
        break;
    case WR_V_RANGE:
    case WR_V_FUNCTION:
        assert(!"stored values pass wr_value_storable() first");
    }
}

void
wr_value_encode(struct wr_str *out, const struct wr_value *v)
{
    wr_tlv_format(out, FORMAT);
    encode(out, v);
}

/* --- Decoding -------------------------------------------------------------- */

/* Each returns NULL for what does not decode. */
static const struct wr_value *decode(struct wr_arena *a, uint32_t tag,
                                     struct wr_tlv_reader *f, int depth);

static struct wr_value *
make(struct wr_arena *a, enum wr_value_type type)
{
    struct wr_value *v = wr_new(a, struct wr_value);

    v->type = type;

    return v;
}

static const struct wr_value *
decode_decimal(struct wr_arena *a, struct wr_tlv_reader *f)
{
    const uint8_t *bytes = wr_tlv_bytes(f);
    struct wr_decimal d = { { 0, 0 } };

    if (wr_tlv_len(f) != 16)
        return NULL;
    for (size_t i = 0; i < 16; i++)
        d.w[i / 8] |= (uint64_t)bytes[i] << i % 8 * 8;

    return wr_decimal_is_valid(d) ? wr_value_number(a, d) : NULL;
}

static const struct wr_value *
decode_string(struct wr_arena *a, enum wr_value_type type,
              struct wr_tlv_reader *f)
{
    const char *s = wr_tlv_bytes(f);
    size_t n = wr_tlv_len(f);
    struct wr_value *v;

    if (type == WR_V_STRING && wr_utf8_valid(s, n) != n)
        return NULL;
    v = make(a, type);
    v->string.s = wr_arena_strndup(a, s, n);
    v->string.len = n;

    return v;
}

/* A part within its bounds, else the blob is damaged. */
static int64_t
bounded(struct wr_tlv_reader *f, int64_t min, int64_t max)
{
    int64_t n = wr_tlv_int(f);

    if (n < min || n > max) {
        *f->bad = true;
        return min;
    }

    return n;
}

static void
decode_part(struct wr_arena *a, uint32_t tag, struct wr_tlv_reader *f,
            struct wr_temporal *t)
{
    switch (tag) {
    case P_YEAR:
        t->year = (int32_t)bounded(f, -999999999, 999999999);
        break;
    case P_MONTH:
        t->month = (int8_t)bounded(f, 1, 12);
        break;
    case P_DAY:
        t->day = (int8_t)bounded(f, 1, 31);
        break;
    case P_HOUR:
        t->hour = (int8_t)bounded(f, 0, 23);
        break;
    case P_MINUTE:
        t->minute = (int8_t)bounded(f, 0, 59);
        break;
    case P_SECOND:
        t->second = (int8_t)bounded(f, 0, 59);
        break;
    case P_NANOS:
        t->nanos = (int32_t)bounded(f, 0, 999999999);
        break;
    case P_OFFSET:
        t->offset = (int32_t)bounded(f, -64800, 64800);
        break;
    case P_ZONE:
        t->zone = wr_tlv_text(f, a);
        break;
    }
}

static const struct wr_value *
decode_temporal(struct wr_arena *a, enum wr_value_type type,
                struct wr_tlv_reader *f)
{
    struct wr_value *v = make(a, type);
    struct wr_tlv_reader part_field;
    uint32_t tag;

    v->temporal.offset = WR_NO_OFFSET;
    while (wr_tlv_next(f, &tag, &part_field))
        decode_part(a, tag, &part_field, &v->temporal);
    if (type != WR_V_TIME && (!v->temporal.month || !v->temporal.day))
        return NULL;

    return v;
}

static const struct wr_value *
decode_duration(struct wr_arena *a, struct wr_tlv_reader *f)
{
    struct wr_value *v = make(a, WR_V_DURATION_DT);
    struct wr_tlv_reader part_field;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &part_field)) {
        if (tag == P_SECONDS)
            v->duration.seconds = wr_tlv_int(&part_field);
        else if (tag == P_NANOS)
            v->duration.nanos = (int32_t)bounded(&part_field, -999999999,
                                                 999999999);
    }
    if ((v->duration.seconds < 0 && v->duration.nanos > 0)
        || (v->duration.seconds > 0 && v->duration.nanos < 0))
        return NULL;

    return v;
}

static size_t
count(const struct wr_tlv_reader *f)
{
    struct wr_tlv_reader r = *f, field;
    uint32_t tag;
    size_t n = 0;

    while (wr_tlv_next(&r, &tag, &field))
        n++;

    return n;
}

static const struct wr_value *
decode_list(struct wr_arena *a, struct wr_tlv_reader *f, int depth)
{
    struct wr_value *v = make(a, WR_V_LIST);
    const struct wr_value **items;
    struct wr_tlv_reader field;
    uint32_t tag;

    items = wr_newn(a, const struct wr_value *, count(f));
    while (wr_tlv_next(f, &tag, &field)) {
        items[v->list.n] = decode(a, tag, &field, depth + 1);
        if (!items[v->list.n++])
            return NULL;
    }
    v->list.items = items;

    return v;
}

static const struct wr_value *
decode_context(struct wr_arena *a, struct wr_tlv_reader *f, int depth)
{
    struct wr_value *v = make(a, WR_V_CONTEXT);
    struct wr_entry *entries;
    struct wr_tlv_reader field;
    uint32_t tag;

    entries = wr_newn(a, struct wr_entry, count(f) / 2);
    while (wr_tlv_next(f, &tag, &field)) {
        struct wr_entry *e = &entries[v->context.n++];
        size_t n = wr_tlv_len(&field);

        if (tag != T_KEY || wr_utf8_valid(wr_tlv_bytes(&field), n) != n)
            return NULL;
        if (f->p == f->end)
            return NULL;
        e->key = wr_tlv_text(&field, a);
        if (!wr_tlv_next(f, &tag, &field))
            return NULL;
        e->value = decode(a, tag, &field, depth + 1);
        if (!e->value)
            return NULL;
    }
    v->context.entries = entries;

    return v;
}

static const struct wr_value *
decode_months(struct wr_arena *a, struct wr_tlv_reader *f)
{
    struct wr_value *v = make(a, WR_V_DURATION_YM);

    v->months = wr_tlv_int(f);

    return v;
}

static const struct wr_value *
decode(struct wr_arena *a, uint32_t tag, struct wr_tlv_reader *f, int depth)
{
    if (depth > WR_VALUE_DEPTH)
        return NULL;

    switch (tag) {
    case T_NULL:
        return &wr_null;
    case T_FALSE:
        return &wr_false;
    case T_TRUE:
        return &wr_true;
    case T_INT:
        return wr_value_int(a, wr_tlv_int(f));
    case T_DECIMAL:
        return decode_decimal(a, f);
    case T_STRING:
        return decode_string(a, WR_V_STRING, f);
    case T_DATE:
        return decode_temporal(a, WR_V_DATE, f);
    case T_TIME:
        return decode_temporal(a, WR_V_TIME, f);
    case T_DATETIME:
        return decode_temporal(a, WR_V_DATETIME, f);
    case T_DURATION_YM:
        return decode_months(a, f);
    case T_DURATION_DT:
        return decode_duration(a, f);
    case T_BYTES:
        return decode_string(a, WR_V_BYTES, f);
    case T_LIST:
        return decode_list(a, f, depth);
    case T_CONTEXT:
        return decode_context(a, f, depth);
    default:
        return NULL;
    }
}

int
wr_value_decode(struct wr_arena *a, const void *bytes, size_t len,
                const struct wr_value **out, struct wr_err *err)
{
    struct wr_tlv_reader r, f;
    const struct wr_value *v = NULL;
    uint32_t tag;

    if (wr_tlv_open(&r, bytes, len, FORMAT, err) < 0)
        return wr_wrap(err, "value");
    if (wr_tlv_next(&r, &tag, &f))
        v = decode(a, tag, &f, 1);
    if (!v || r.p != r.end || wr_tlv_done(&r, err) < 0)
        return wr_fail(err, WR_ECORRUPT, "stored value does not decode");
    *out = v;

    return 0;
}
