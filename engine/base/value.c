#include "engine/base/value.h"

#include <stdlib.h>
#include <string.h>

const struct wr_value wr_null = { .type = WR_V_NULL };
const struct wr_value wr_true = { .type = WR_V_BOOL, .boolean = true };
const struct wr_value wr_false = { .type = WR_V_BOOL, .boolean = false };

static struct wr_value *
make(struct wr_arena *a, enum wr_value_type type)
{
    struct wr_value *v = wr_new(a, struct wr_value);

    v->type = type;

    return v;
}

const struct wr_value *
wr_value_bool(bool b)
{
    return b ? &wr_true : &wr_false;
}

const struct wr_value *
wr_value_number(struct wr_arena *a, struct wr_decimal d)
{
    struct wr_value *v = make(a, WR_V_NUMBER);

    v->number = d;

    return v;
}

const struct wr_value *
wr_value_int(struct wr_arena *a, int64_t n)
{
    return wr_value_number(a, wr_decimal_from_int(n));
}

static const struct wr_value *
make_string(struct wr_arena *a, enum wr_value_type type, const void *s,
            size_t len)
{
    struct wr_value *v = make(a, type);

    v->string.s = wr_arena_strndup(a, s, len);
    v->string.len = len;

    return v;
}

const struct wr_value *
wr_value_stringn(struct wr_arena *a, const char *s, size_t len)
{
    return make_string(a, WR_V_STRING, s, len);
}

const struct wr_value *
wr_value_string(struct wr_arena *a, const char *s)
{
    return make_string(a, WR_V_STRING, s, strlen(s));
}

const struct wr_value *
wr_value_bytes(struct wr_arena *a, const void *bytes, size_t len)
{
    return make_string(a, WR_V_BYTES, bytes, len);
}

const struct wr_value *
wr_value_list(struct wr_arena *a, const struct wr_value *const *items, size_t n)
{
    struct wr_value *v = make(a, WR_V_LIST);

    if (n)
        v->list.items = wr_arena_memdup(a, items, n * sizeof(items[0]));
    v->list.n = n;

    return v;
}

const struct wr_value *
wr_value_context(struct wr_arena *a, const struct wr_entry *entries, size_t n)
{
    struct wr_value *v = make(a, WR_V_CONTEXT);

    if (n)
        v->context.entries = wr_arena_memdup(a, entries,
                                             n * sizeof(entries[0]));
    v->context.n = n;

    return v;
}

const struct wr_value *
wr_value_get(const struct wr_value *context, const char *key)
{
    if (!context || context->type != WR_V_CONTEXT)
        return NULL;
    for (size_t i = 0; i < context->context.n; i++) {
        if (strcmp(context->context.entries[i].key, key) == 0)
            return context->context.entries[i].value;
    }

    return NULL;
}

const char *
wr_value_type_name(enum wr_value_type type)
{
    switch (type) {
    case WR_V_NULL:
        return "null";
    case WR_V_BOOL:
        return "boolean";
    case WR_V_NUMBER:
        return "number";
    case WR_V_STRING:
        return "string";
    case WR_V_DATE:
        return "date";
    case WR_V_TIME:
        return "time";
    case WR_V_DATETIME:
        return "date and time";
    case WR_V_DURATION_YM:
        return "years and months duration";
    case WR_V_DURATION_DT:
        return "days and time duration";
    case WR_V_BYTES:
        return "bytes";
    case WR_V_LIST:
        return "list";
    case WR_V_CONTEXT:
        return "context";
    case WR_V_RANGE:
        return "range";
    case WR_V_FUNCTION:
        return "function";
    }

    return "unknown";
}

/* --- Copy ------------------------------------------------------------------ */

static const struct wr_value *
copy_list(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_value *copy = make(a, WR_V_LIST);
    const struct wr_value **items = wr_newn(a, const struct wr_value *,
                                            v->list.n);

    for (size_t i = 0; i < v->list.n; i++)
        items[i] = wr_value_copy(a, v->list.items[i]);
    copy->list.items = items;
    copy->list.n = v->list.n;

    return copy;
}

static const struct wr_value *
copy_context(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_value *copy = make(a, WR_V_CONTEXT);
    struct wr_entry *entries = wr_newn(a, struct wr_entry, v->context.n);

    for (size_t i = 0; i < v->context.n; i++) {
        entries[i].key = wr_arena_strdup(a, v->context.entries[i].key);
        entries[i].value = wr_value_copy(a, v->context.entries[i].value);
    }
    copy->context.entries = entries;
    copy->context.n = v->context.n;

    return copy;
}

static const struct wr_value *
copy_plain(struct wr_arena *a, const struct wr_value *v)
{
    return wr_arena_memdup(a, v, sizeof(*v));
}

static const struct wr_value *
copy_temporal(struct wr_arena *a, const struct wr_value *v)
{
    struct wr_value *copy = wr_arena_memdup(a, v, sizeof(*v));

    if (v->temporal.zone)
        copy->temporal.zone = wr_arena_strdup(a, v->temporal.zone);

    return copy;
}

const struct wr_value *
wr_value_copy(struct wr_arena *a, const struct wr_value *v)
{
    switch (v->type) {
    case WR_V_NULL:
        return &wr_null;
    case WR_V_BOOL:
        return wr_value_bool(v->boolean);
    case WR_V_NUMBER:
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
    case WR_V_RANGE:
    case WR_V_FUNCTION:
        return copy_plain(a, v);
    case WR_V_STRING:
    case WR_V_BYTES:
        return make_string(a, v->type, v->string.s, v->string.len);
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
        return copy_temporal(a, v);
    case WR_V_LIST:
        return copy_list(a, v);
    case WR_V_CONTEXT:
        return copy_context(a, v);
    }

    return &wr_null;
}

/* --- Equality -------------------------------------------------------------- */

static bool
equal_lists(const struct wr_value *x, const struct wr_value *y)
{
    if (x->list.n != y->list.n)
        return false;
    for (size_t i = 0; i < x->list.n; i++) {
        if (!wr_value_equal(x->list.items[i], y->list.items[i]))
            return false;
    }

    return true;
}

static int
by_key(const void *x, const void *y)
{
    const struct wr_entry *const *a = x, *const *b = y;

    return strcmp((*a)->key, (*b)->key);
}

static const struct wr_entry **
sorted(struct wr_arena *a, const struct wr_value *v)
{
    const struct wr_entry **order = wr_newn(a, const struct wr_entry *,
                                            v->context.n);

    for (size_t i = 0; i < v->context.n; i++)
        order[i] = &v->context.entries[i];
    qsort(order, v->context.n, sizeof(*order), by_key);

    return order;
}

static bool
same_entry(const struct wr_entry *x, const struct wr_entry *y)
{
    return strcmp(x->key, y->key) == 0 && wr_value_equal(x->value, y->value);
}

/* Contexts mostly come in the same order; only others pay for sorting. */
static bool
equal_contexts(const struct wr_value *x, const struct wr_value *y)
{
    size_t n = x->context.n, i;
    const struct wr_entry **xs, **ys;

    if (n != y->context.n)
        return false;
    for (i = 0; i < n; i++) {
        if (strcmp(x->context.entries[i].key, y->context.entries[i].key) != 0)
            break;
        if (!wr_value_equal(x->context.entries[i].value,
                            y->context.entries[i].value))
            return false;
    }
    if (i == n)
        return true;

    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(2 * n * sizeof(*xs)
                                                             + 64);

    xs = sorted(a, x);
    ys = sorted(a, y);
    for (i = 0; i < n; i++) {
        if (!same_entry(xs[i], ys[i]))
            return false;
    }

    return true;
}

static bool
equal_temporals(const struct wr_temporal *x, const struct wr_temporal *y)
{
    return x->year == y->year && x->month == y->month && x->day == y->day
           && x->hour == y->hour && x->minute == y->minute
           && x->second == y->second && x->nanos == y->nanos
           && x->offset == y->offset
           && (x->zone == y->zone
               || (x->zone && y->zone && strcmp(x->zone, y->zone) == 0));
}

bool
wr_value_equal(const struct wr_value *x, const struct wr_value *y)
{
    if (x == y)
        return true;
    if (x->type != y->type)
        return false;

    switch (x->type) {
    case WR_V_NULL:
        return true;
    case WR_V_BOOL:
        return x->boolean == y->boolean;
    case WR_V_NUMBER:
        return wr_decimal_cmp(x->number, y->number) == 0;
    case WR_V_STRING:
    case WR_V_BYTES:
        return x->string.len == y->string.len
               && memcmp(x->string.s, y->string.s, x->string.len) == 0;
    case WR_V_DATE:
    case WR_V_TIME:
    case WR_V_DATETIME:
        return equal_temporals(&x->temporal, &y->temporal);
    case WR_V_DURATION_YM:
        return x->months == y->months;
    case WR_V_DURATION_DT:
        return x->duration.seconds == y->duration.seconds
               && x->duration.nanos == y->duration.nanos;
    case WR_V_LIST:
        return equal_lists(x, y);
    case WR_V_CONTEXT:
        return equal_contexts(x, y);
    case WR_V_RANGE:
    case WR_V_FUNCTION:
        return x->opaque == y->opaque;
    }

    return false;
}

/* --- Storable -------------------------------------------------------------- */

static int
check(const struct wr_value *v, int depth, struct wr_err *err)
{
    int rc = 0;

    if (depth > WR_VALUE_DEPTH)
        return wr_fail(err, WR_ELIMIT, "a value nests deeper than %d",
                       WR_VALUE_DEPTH);
    if (v->type == WR_V_RANGE || v->type == WR_V_FUNCTION)
        return wr_fail(err, WR_EVALUE, "a %s cannot be stored",
                       wr_value_type_name(v->type));
    if (v->type == WR_V_NUMBER && !wr_decimal_is_finite(v->number))
        return wr_fail(err, WR_EVALUE, "a number is out of range");
    if (v->type == WR_V_LIST) {
        for (size_t i = 0; rc == 0 && i < v->list.n; i++)
            rc = check(v->list.items[i], depth + 1, err);
    }
    if (v->type == WR_V_CONTEXT) {
        for (size_t i = 0; rc == 0 && i < v->context.n; i++)
            rc = check(v->context.entries[i].value, depth + 1, err);
    }

    return rc;
}

int
wr_value_storable(const struct wr_value *v, struct wr_err *err)
{
    return check(v, 1, err);
}
