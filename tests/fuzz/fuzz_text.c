/*
 * Numbers, dates, durations, ids and base64 as text: what is taken is written
 * in one form that reads back as the same.
 *
 * fuzz-parts: engine/base
 */

#include "engine/base/base64.h"
#include "engine/base/time.h"
#include "engine/base/uuid.h"
#include "tests/fuzz/fuzz.h"

typedef int (*parse_fn)(struct wr_arena *a, const char *s, size_t len,
                        const struct wr_value **out, struct wr_err *err);

static void
temporal(struct wr_arena *a, parse_fn parse, const char *s, size_t len)
{
    struct wr_str text = { .arena = a }, again = { .arena = a };
    const struct wr_value *v;
    struct wr_err err;
    int64_t ms;

    if (parse(a, s, len, &v, &err) < 0) {
        must(err.code == WR_EVALUE);
        return;
    }
    wr_temporal_text(&text, v);
    must(parse(a, text.s, text.len, &v, &err) == 0);
    wr_temporal_text(&again, v);
    must(text.len == again.len);
    if (v->type == WR_V_DATETIME && wr_datetime_instant(v, &ms)) {
        char instant[WR_INSTANT_TEXT];

        wr_instant_text(ms, instant);
    }
}

static void
decimal(const char *s, size_t len)
{
    struct wr_decimal d, back, r;
    char text[WR_DECIMAL_TEXT];
    struct wr_err err;
    int64_t n;

    if (wr_decimal_parse(s, len, &d, &err) < 0)
        return;
    must(wr_decimal_is_valid(d));
    len = wr_decimal_text(d, text);
    must(wr_decimal_parse(text, len, &back, &err) == 0);
    must(wr_decimal_cmp(d, back) == 0);
    if (wr_decimal_to_int(d, &n))
        must(wr_decimal_cmp(d, wr_decimal_from_int(n)) == 0);
    must(wr_decimal_is_valid(wr_decimal_round(d, 2, WR_ROUND_HALF_EVEN)));
    r = wr_decimal_round(d, 0, WR_ROUND_HALF_DOWN);
    must(wr_decimal_is_valid(r) && wr_decimal_is_integer(r));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_str bytes = { .arena = a };
    const char *s = (const char *)data;
    struct wr_uuid u;
    struct wr_err err;
    int64_t at;

    temporal(a, wr_date_parse, s, size);
    temporal(a, wr_time_parse, s, size);
    temporal(a, wr_datetime_parse, s, size);
    temporal(a, wr_duration_parse, s, size);
    decimal(s, size);
    if (wr_instant_add_duration(INT64_C(1767225600000), s, size, &at, &err) < 0)
        must(err.code == WR_EVALUE);
    if (wr_uuid_parse(s, size, &u, &err) == 0) {
        char text[WR_UUID_TEXT];

        wr_uuid_text(&u, text);
    }
    if (wr_base64_get(&bytes, s, size, &err) == 0) {
        struct wr_str text = { .arena = a };

        wr_base64_put(&text, wr_str_text(&bytes), bytes.len);
        must(text.len == size);
    }

    return 0;
}
