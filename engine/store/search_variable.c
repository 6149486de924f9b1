/* Conditions on the variables of a row's instance. */

#include <string.h>

#include "engine/store/search.h"
#include "engine/store/value_key.h"

static const struct wr_condition *
text_is(struct wr_arena *a, enum wr_search_op op, const char *field,
        const char *text)
{
    struct wr_datum d = { .kind = WR_D_TEXT, .p = text, .len = strlen(text) };

    return wr_where(
        a, op, wr_search_field(WR_VARIABLE_ROWS, field, strlen(field)), &d, 1);
}

static int
keys_of(struct wr_arena *a, const struct wr_value *const *values, size_t n,
        struct wr_datum *out, struct wr_err *err)
{
    for (size_t i = 0; i < n; i++) {
        const char *key = wr_value_key(a, values[i]);

        if (*key == 'l' || *key == 'm')
            return wr_fail(err, WR_EVALUE, "a %s is not compared",
                           *key == 'l' ? "list" : "object");
        out[i] = (struct wr_datum){ .kind = WR_D_TEXT,
                                    .p = key,
                                    .len = strlen(key) };
    }

    return 0;
}

/* Types stand apart: below a number there are numbers alone. */
static const struct wr_condition *
within_type(struct wr_arena *a, enum wr_search_op op, const char *key)
{
    char first[2] = { key[0], 0 }, next[2] = { (char)(key[0] + 1), 0 };

    if (op == WR_S_LT || op == WR_S_LTE)
        return text_is(a, WR_S_GTE, "value", wr_arena_strdup(a, first));

    return text_is(a, WR_S_LT, "value", wr_arena_strdup(a, next));
}

int
wr_where_variable(struct wr_arena *a, enum wr_search_op op, const char *name,
                  const char *path, const struct wr_value *const *values,
                  size_t n, const struct wr_condition **out, struct wr_err *err)
{
    const struct wr_condition *parts[4] = {
        text_is(a, WR_S_EQ, "name", wr_name_key(a, name)),
        text_is(a, WR_S_EQ, "path", wr_name_key(a, path)),
    };
    struct wr_condition *c = wr_new(a, struct wr_condition);
    struct wr_datum *keys = wr_newn(a, struct wr_datum, n + 1);
    const struct wr_condition *const *inner;

    if (keys_of(a, values, n, keys, err) < 0)
        return err->code;
    if (op == WR_S_LIKE)
        parts[2] = text_is(a, op, "value",
                           wr_arena_printf(a, "s%s", values[0]->string.s));
    else if (op != WR_S_EXISTS)
        parts[2] = wr_where(
            a, op, wr_search_field(WR_VARIABLE_ROWS, "value", 5), keys, n);
    if (op >= WR_S_GT && op <= WR_S_LTE)
        parts[3] = within_type(a, op, keys[0].p);
    inner = wr_arena_memdup(
        a, (const struct wr_condition *[]){ wr_where_all(a, parts, 4) },
        sizeof(*inner));
    *c = (struct wr_condition){ .op = WR_S_VARIABLE,
                                .parts = inner,
                                .n_parts = 1 };
    *out = c;

    return 0;
}
