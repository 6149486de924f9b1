/* A search's condition on one row, for a store without SQL. */

#include <string.h>

#include "engine/store/search.h"

static const char *
next_char(const char *s)
{
    s++;
    while (((unsigned char)*s & 0xC0) == 0x80)
        s++;

    return s;
}

/* Of the characters where each stands, up to the next: does it fit? */
static bool
fits_one(const char **pattern, const char **text)
{
    const char *p = *pattern;

    if (*p == '_') {
        *pattern = p + 1;
        *text = next_char(*text);
        return true;
    }
    if (*p == '\\')
        p++;
    if (*p != **text)
        return false;
    *pattern = p + 1;
    (*text)++;

    return true;
}

/* The last % that was passed takes one character more whenever what follows
 * does not fit: earlier ones need never be tried again. */
bool
wr_search_like(const char *pattern, const char *text)
{
    const char *star = NULL, *from = NULL;

    while (*text) {
        if (*pattern == '%') {
            star = ++pattern;
            from = text;
        } else if (!(*pattern && fits_one(&pattern, &text))) {
            if (!star)
                return false;
            pattern = star;
            text = from = next_char(from);
        }
    }
    while (*pattern == '%')
        pattern++;

    return *pattern == '\0';
}

static bool
compare(enum wr_search_op op, const struct wr_datum *have,
        const struct wr_datum *want)
{
    int c = wr_datum_cmp(have, want);

    if (op == WR_S_GT)
        return c > 0;
    if (op == WR_S_GTE)
        return c >= 0;
    if (op == WR_S_LT)
        return c < 0;
    if (op == WR_S_LTE)
        return c <= 0;

    return c == 0;
}

static bool
is_one_of(const struct wr_condition *c, const struct wr_datum *have)
{
    for (size_t i = 0; i < c->n_values; i++)
        if (wr_datum_cmp(have, &c->values[i]) == 0)
            return true;

    return false;
}

/* Lists stand joined; each text of one is looked at alone. */
static bool
list_match(const struct wr_condition *c, const struct wr_datum *have)
{
    const char *at = have->p, *end = at + have->len;

    while (at <= end) {
        const char *sep = memchr(at, WR_LIST_SEP, (size_t)(end - at));
        struct wr_datum one = { .kind = WR_D_TEXT,
                                .p = at,
                                .len = (size_t)((sep ? sep : end) - at) };

        if (is_one_of(c, &one))
            return true;
        at = sep ? sep + 1 : end + 1;
    }

    return false;
}

static bool
leaf(const struct wr_condition *c, enum wr_noun noun, const void *row,
     const char *key, struct wr_arena *a)
{
    struct wr_datum have = {
        .kind = WR_D_TEXT, .p = key, .len = key ? strlen(key) : 0, .null = !key
    };

    if (c->field->column)
        wr_search_value(noun, c->field, row, a, &have);
    if (have.null || c->op == WR_S_EXISTS)
        return !have.null;
    if (c->field->type == WR_SF_LIST)
        return list_match(c, &have);
    if (c->op == WR_S_IN)
        return is_one_of(c, &have);
    if (c->op == WR_S_LIKE)
        return wr_search_like(c->values[0].p, have.p);

    return compare(c->op, &have, &c->values[0]);
}

bool
wr_search_match(const struct wr_condition *c, enum wr_noun noun,
                const void *row, const char *key, struct wr_arena *a)
{
    bool all = c->op == WR_S_AND;

    switch (c->op) {
    case WR_S_EQ:
    case WR_S_IN:
    case WR_S_GT:
    case WR_S_GTE:
    case WR_S_LT:
    case WR_S_LTE:
    case WR_S_LIKE:
    case WR_S_EXISTS:
        return leaf(c, noun, row, key, a);
    case WR_S_VARIABLE: /* who calls puts its instances in its place */
        return false;
    case WR_S_NOT:
        return !wr_search_match(c->parts[0], noun, row, key, a);
    case WR_S_AND:
    case WR_S_OR:
        break;
    }
    for (size_t i = 0; i < c->n_parts; i++)
        if (wr_search_match(c->parts[i], noun, row, key, a) != all)
            return !all;

    return all;
}
