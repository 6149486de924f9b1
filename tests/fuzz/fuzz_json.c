/*
 * JSON text: never crashes; what is taken survives writing and reading again,
 * plain and typed, and the stored form.
 *
 * fuzz-parts: engine/base
 */

#include "engine/base/json.h"
#include "tests/fuzz/fuzz.h"

static const struct wr_value *
reread(struct wr_arena *a, const struct wr_value *v, unsigned flags)
{
    struct wr_str s = { .arena = a };
    const struct wr_value *back;
    struct wr_err err;

    wr_json_write(&s, v, flags);
    must(wr_json_parse(a, s.s, s.len, &back, &err) == 0);

    return back;
}

static void
store(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_str s = { .arena = a };
    const struct wr_value *back;
    struct wr_err err;

    must(wr_value_storable(v, &err) == 0);
    wr_value_encode(&s, v);
    must(wr_value_decode(a, s.s, s.len, &back, &err) == 0);
    must(wr_value_equal(v, back));
}

/* Typed writing may nest twice as deep as what came in: {"$type","value"}. */
static void
typed(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_str s = { .arena = a };
    const struct wr_value *back;
    struct wr_err err;

    wr_json_write(&s, v, WR_JSON_TYPED | WR_JSON_PRETTY);
    if (wr_json_parse(a, s.s, s.len, &back, &err) < 0) {
        must(err.code == WR_ELIMIT);
        return;
    }
    must(wr_json_untype(a, back, &back, &err) == 0);
    must(wr_value_equal(v, back));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_value *v, *u;
    struct wr_err err = { .code = WR_OK };

    wr_arena_set_cap(a, 256 << 20);
    if (wr_json_parse(a, (const char *)data, size, &v, &err) < 0) {
        must(err.line > 0 && err.column > 0);
        return 0;
    }
    must(wr_value_equal(v, reread(a, v, WR_JSON_PLAIN)));
    must(wr_value_equal(v, reread(a, v, WR_JSON_PRETTY)));
    store(a, v);
    typed(a, v);
    if (wr_json_untype(a, v, &u, &err) == 0) {
        store(a, u);
        typed(a, u);
    } else {
        must(err.code == WR_EVALUE);
    }

    return 0;
}
