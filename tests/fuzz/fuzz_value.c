/*
 * Stored values: damage is found or gives a value that can be stored again.
 *
 * fuzz-parts: engine/base
 */

#include "engine/base/json.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    wr_auto(wr_arena_free) struct wr_arena *other = wr_arena_new(4096);
    struct wr_str blob = { .arena = a }, text = { .arena = a };
    const struct wr_value *v, *back;
    struct wr_err err;

    if (wr_value_decode(a, data, size, &v, &err) < 0) {
        must(err.code == WR_ECORRUPT || err.code == WR_ENEWER);
        return 0;
    }
    must(wr_value_storable(v, &err) == 0);
    wr_value_encode(&blob, v);
    must(wr_value_decode(a, blob.s, blob.len, &back, &err) == 0);
    must(wr_value_equal(v, back));
    must(wr_value_equal(v, wr_value_copy(other, v)));
    wr_json_write(&text, v, WR_JSON_TYPED);

    return 0;
}
