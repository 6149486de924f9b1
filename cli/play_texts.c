/* play_texts: multisets of texts and counts, compared. */
#include <stdlib.h>
#include <string.h>

#include "cli/play.h"

static int
by_text(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

struct wr_play_texts
wr_play_texts_of(struct wr_play *p, const struct wr_value *list)
{
    size_t n = list->type == WR_V_LIST ? list->list.n : 0;
    struct wr_play_texts t = { wr_newn(p->arena, const char *, n + 1), 0 };

    for (size_t i = 0; i < n; i++) {
        const struct wr_value *v = list->list.items[i];

        t.s[t.n++] = v->type == WR_V_STRING ? v->string.s : "null";
    }

    return t;
}

static const char *
joined(struct wr_play *p, const struct wr_play_texts *t)
{
    struct wr_str s = { .arena = p->arena };

    for (size_t i = 0; i < t->n; i++)
        wr_str_printf(&s, "%s%s", i ? " " : "", t->s[i]);

    return t->n ? s.s : "nothing";
}

static void
unique(struct wr_play_texts *t)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
        if (n == 0 || strcmp(t->s[n - 1], t->s[i]) != 0)
            t->s[n++] = t->s[i];
    t->n = n;
}

int
wr_play_compare(struct wr_play *p, const char *what, struct wr_play_texts have,
                struct wr_play_texts want, bool as_set, struct wr_err *err)
{
    bool same;

    qsort(have.s, have.n, sizeof(*have.s), by_text);
    qsort(want.s, want.n, sizeof(*want.s), by_text);
    if (as_set) {
        unique(&have);
        unique(&want);
    }
    same = have.n == want.n;
    for (size_t i = 0; same && i < have.n; i++)
        same = strcmp(have.s[i], want.s[i]) == 0;
    if (same)
        return 0;

    return wr_fail(err, WR_ESTATE, "%s: have %s, want %s", what,
                   joined(p, &have), joined(p, &want));
}

int
wr_play_compare_count(const char *what, int64_t have,
                      const struct wr_value *want, struct wr_err *err)
{
    int64_t n = -1;

    if (want->type == WR_V_NUMBER && wr_decimal_to_int(want->number, &n)
        && n == have)
        return 0;

    return wr_fail(err, WR_ESTATE, "%s: have %lld, want %lld", what,
                   (long long)have, (long long)n);
}
