/* String functions; characters are Unicode code points. */
#define _GNU_SOURCE /* memmem */
#include <string.h>
#include <unicode/ucasemap.h>
#include <unicode/utf8.h>

#include "engine/feel/builtin.h"

static size_t
count_chars(const struct wr_value *v)
{
    size_t n = 0;

    for (size_t i = 0; i < v->string.len; i++)
        n += (v->string.s[i] & 0xc0) != 0x80;

    return n;
}

/* The offset of character `k` (from 0), the length when there are fewer. */
static size_t
offset_of(const struct wr_value *v, size_t k)
{
    size_t i = 0;

    for (; i < v->string.len; i++)
        if ((v->string.s[i] & 0xc0) != 0x80 && k-- == 0)
            break;

    return i;
}

static const struct wr_value *
part(struct wr_eval *ev, const struct wr_value *v, size_t from, size_t to)
{
    if (!wr_eval_charge(ev, (to - from) / 64))
        return NULL;

    return wr_value_stringn(ev->arena, v->string.s + from, to - from);
}

static bool
whole(const struct wr_value *v, int64_t *out)
{
    return wr_decimal_to_int(wr_decimal_round(v->number, 0, WR_ROUND_DOWN),
                             out);
}

const struct wr_value *
wr_fn_substring(struct wr_eval *ev, const struct wr_value *const *args)
{
    int64_t n = (int64_t)count_chars(args[0]), start, len = n;

    if (!wr_eval_charge(ev, args[0]->string.len / 64))
        return NULL;
    if (!whole(args[1], &start) || start == 0 || start < -n
        || (args[2] && (!whole(args[2], &len) || len < 1)))
        return wr_eval_null(ev, "no such part of a string of %lld characters",
                            (long long)n);
    start = start > 0 ? start - 1 : n + start;
    if (start > n)
        start = n;
    if (len > n - start)
        len = n - start;

    return part(ev, args[0], offset_of(args[0], (size_t)start),
                offset_of(args[0], (size_t)(start + len)));
}

const struct wr_value *
wr_fn_string_length(struct wr_eval *ev, const struct wr_value *const *args)
{
    return wr_value_int(ev->arena, (int64_t)count_chars(args[0]));
}

typedef int32_t (*case_fn)(const UCaseMap *map, char *to, int32_t cap,
                           const char *from, int32_t len, UErrorCode *status);

static const struct wr_value *
change_case(struct wr_eval *ev, const struct wr_value *v, case_fn fn)
{
    UErrorCode status = U_ZERO_ERROR;
    UCaseMap *map = ucasemap_open("", 0, &status);
    int32_t cap = (int32_t)v->string.len * 3 + 1, len = 0;
    char *to;

    if (U_FAILURE(status) || !wr_eval_charge(ev, v->string.len / 16)) {
        ucasemap_close(map);
        return wr_eval_fail(ev, WR_EIO, "case tables: %s", u_errorName(status));
    }
    to = wr_arena_alloc(ev->arena, (size_t)cap);
    len = fn(map, to, cap, v->string.s, (int32_t)v->string.len, &status);
    ucasemap_close(map);
    if (U_FAILURE(status))
        return wr_eval_null(ev, "case: %s", u_errorName(status));

    return wr_value_stringn(ev->arena, to, (size_t)len);
}

const struct wr_value *
wr_fn_upper_case(struct wr_eval *ev, const struct wr_value *const *args)
{
    return change_case(ev, args[0], ucasemap_utf8ToUpper);
}

const struct wr_value *
wr_fn_lower_case(struct wr_eval *ev, const struct wr_value *const *args)
{
    return change_case(ev, args[0], ucasemap_utf8ToLower);
}

/* Where `match` starts, -1: nowhere.  Charged: both may be long. */
static int64_t
find(struct wr_eval *ev, const struct wr_value *in,
     const struct wr_value *match)
{
    const char *at;

    if (!wr_eval_charge(ev, (in->string.len + match->string.len) / 64))
        return -1;
    at = memmem(in->string.s, in->string.len, match->string.s,
                match->string.len);

    return at ? at - in->string.s : -1;
}

const struct wr_value *
wr_fn_substring_before(struct wr_eval *ev, const struct wr_value *const *args)
{
    int64_t at = find(ev, args[0], args[1]);

    return part(ev, args[0], 0, at < 0 ? 0 : (size_t)at);
}

const struct wr_value *
wr_fn_substring_after(struct wr_eval *ev, const struct wr_value *const *args)
{
    int64_t at = find(ev, args[0], args[1]);
    size_t len = args[0]->string.len;

    return part(ev, args[0], at < 0 ? len : (size_t)at + args[1]->string.len,
                len);
}

const struct wr_value *
wr_fn_contains(struct wr_eval *ev, const struct wr_value *const *args)
{
    return wr_value_bool(find(ev, args[0], args[1]) >= 0);
}

const struct wr_value *
wr_fn_starts_with(struct wr_eval *ev, const struct wr_value *const *args)
{
    size_t n = args[1]->string.len;

    (void)ev;

    return wr_value_bool(args[0]->string.len >= n
                         && memcmp(args[0]->string.s, args[1]->string.s, n)
                                == 0);
}

const struct wr_value *
wr_fn_ends_with(struct wr_eval *ev, const struct wr_value *const *args)
{
    size_t n = args[1]->string.len, len = args[0]->string.len;

    (void)ev;

    return wr_value_bool(
        len >= n
        && memcmp(args[0]->string.s + len - n, args[1]->string.s, n) == 0);
}

/* null items are left out (DMN 1.5, table 76). */
const struct wr_value *
wr_fn_string_join(struct wr_eval *ev, const struct wr_value *const *args)
{
    struct wr_str s = { .arena = ev->arena };
    bool has = args[1] && args[1]->type == WR_V_STRING, first = true;

    for (size_t i = 0; i < args[0]->list.n; i++) {
        const struct wr_value *v = args[0]->list.items[i];

        if (v->type == WR_V_NULL)
            continue;
        if (v->type != WR_V_STRING)
            return wr_eval_null(ev, "string join() of a %s", wr_type_of(v));
        if (!wr_eval_charge(
                ev, 1 + (v->string.len + (has ? args[1]->string.len : 0)) / 64))
            return NULL;
        if (s.len + v->string.len > WR_EXPR_STRING)
            return wr_eval_fail(ev, WR_ELIMIT,
                                "a string is longer than %d bytes",
                                WR_EXPR_STRING);
        if (has && !first)
            wr_str_addn(&s, args[1]->string.s, args[1]->string.len);
        wr_str_addn(&s, v->string.s, v->string.len);
        first = false;
    }

    return wr_value_stringn(ev->arena, wr_str_text(&s), s.len);
}

static bool
blank(char c)
{
    return c == ' ' || (c >= 9 && c <= 13);
}

const struct wr_value *
wr_fn_trim(struct wr_eval *ev, const struct wr_value *const *args)
{
    const char *s = args[0]->string.s;
    size_t from = 0, to = args[0]->string.len;

    while (from < to && blank(s[from]))
        from++;
    while (to > from && blank(s[to - 1]))
        to--;

    return part(ev, args[0], from, to);
}

const struct wr_value *
wr_fn_string_from(struct wr_eval *ev, const struct wr_value *const *args)
{
    if (args[0]->type == WR_V_NULL)
        return &wr_null;

    return wr_text_of(ev, args[0]);
}
