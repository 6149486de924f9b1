/*
 * Expressions: parsing and evaluating never crash, never run on, and say where
 * they failed.  The first byte picks the language.
 *
 * fuzz-parts: engine/base engine/feel
 */

#include <string.h>

#include "engine/feel/feel.h"
#include "tests/fuzz/fuzz.h"

enum {
    BUDGET = 20000
};

static const struct wr_value *
lookup(void *data, const char *name, size_t len)
{
    struct wr_arena *a = data;
    const struct wr_value *items[3];
    struct wr_entry entries[2];

    if (len != 1)
        return NULL;
    items[0] = wr_value_int(a, 7);
    items[1] = wr_value_string(a, "text");
    items[2] = &wr_null;
    entries[0] = (struct wr_entry){ "a", items[0] };
    entries[1] = (struct wr_entry){ "b", wr_value_list(a, items, 3) };
    switch (*name) {
    case 'n':
        return items[0];
    case 's':
        return items[1];
    case 'l':
        return entries[1].value;
    case 'c':
        return wr_value_context(a, entries, 2);
    default:
        return NULL;
    }
}

static void
name_seen(void *data, const char *name, size_t len)
{
    (void)data;
    must(strlen(name) >= len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_expr_env env = {
        .lookup = lookup,
        .data = a,
        .now = 1767225600000,
        .arena = a,
        .budget = BUDGET,
    };
    struct wr_err err = { .code = WR_OK };
    const struct wr_value *v;
    const struct wr_expr *e;

    if (size == 0)
        return 0;
    wr_arena_set_cap(a, 256 << 20);
    env.input = wr_value_int(a, 7);
    if (wr_expr_parse(a, (enum wr_expr_lang)(data[0] % 4),
                      (const char *)data + 1, size - 1, &e, &err)
        < 0) {
        must(err.text[0] != 0);
        return 0;
    }
    wr_expr_names(e, name_seen, NULL);
    if (wr_expr_eval(e, &env, &v, &err) < 0)
        must(err.code != WR_OK && err.line > 0);
    must(env.budget >= 0 && env.budget <= BUDGET);

    return 0;
}
