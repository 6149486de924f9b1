#include "scheduler/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"

enum {
    SIZE = 1 << 12, /* then it is forgotten */
    ASK = 500       /* at once */
};

struct kind {
    struct wr_uuid definition; /* zero: free */
    int32_t element;
    enum wr_queue_name lane;
};

struct wr_kinds {
    struct kind kinds[SIZE];
    size_t n;
};

struct wr_kinds *
wr_kinds_new(void)
{
    struct wr_kinds *k = calloc(1, sizeof(*k));

    if (!k)
        abort();

    return k;
}

void
wr_kinds_free(struct wr_kinds *k)
{
    free(k);
}

static struct kind *
find(struct wr_kinds *k, const struct wr_due_item *it)
{
    uint64_t h;

    memcpy(&h, it->definition.b + 8, sizeof(h));
    h = (h + (uint64_t)it->element) * UINT64_C(0x9E3779B97F4A7C15);
    for (size_t i = h >> 40 & (SIZE - 1);; i = (i + 1) & (SIZE - 1)) {
        struct kind *e = &k->kinds[i];

        if (wr_uuid_is_zero(&e->definition)
            || (e->element == it->element
                && wr_uuid_equal(&e->definition, &it->definition)))
            return e;
    }
}

static bool
is_job(const struct wr_due_item *it)
{
    return strcmp(it->type, "job") == 0;
}

static bool
is_known(struct wr_kinds *k, const struct wr_due_item *it)
{
    return !is_job(it) || !wr_uuid_is_zero(&find(k, it)->definition);
}

static void
learn(struct wr_kinds *k, const struct wr_due_item *it, char letter)
{
    struct kind *e = find(k, it);

    if (letter == '?' || !wr_uuid_is_zero(&e->definition))
        return;
    *e = (struct kind){
        .definition = it->definition,
        .element = it->element,
        .lane = letter == 's' ? WR_QUEUE_SCRIPTS : WR_QUEUE_SERVICES,
    };
    k->n++;
}

static void
ask(struct wr_kinds *k, const struct wr_poster *p,
    const struct wr_due_item *const *of, size_t n)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_str body = { .arena = a };
    const struct wr_value *answer, *each;
    struct wr_err err;

    wr_str_add(&body, "{\"items\":[");
    for (size_t i = 0; i < n; i++) {
        char id[WR_UUID_TEXT];

        wr_uuid_text(&of[i]->definition, id);
        wr_str_printf(&body,
                      "%s{\"definition\":\"%s\",\"element\":%d,\"tenant\":%d}",
                      i ? "," : "", id, of[i]->element, of[i]->tenant);
    }
    wr_str_add(&body, "]}");
    if (wr_post_ask(p, 0, "/internal/kinds", &body, a, &answer, &err) < 0)
        return;
    each = wr_value_get(answer, "each");
    for (size_t i = 0;
         each && each->type == WR_V_STRING && each->string.len == n && i < n;
         i++)
        learn(k, of[i], each->string.s[i]);
}

void
wr_kinds_tell(struct wr_kinds *k, const struct wr_poster *p,
              struct wr_due_item *items, size_t n)
{
    const struct wr_due_item *unknown[ASK];
    size_t u = 0;

    if (k->n + ASK >= SIZE / 2)
        memset(k, 0, sizeof(*k));
    for (size_t i = 0; i < n && u < ASK; i++) {
        if (!is_known(k, &items[i]))
            unknown[u++] = &items[i];
    }
    if (u)
        ask(k, p, unknown, u);
    for (size_t i = 0; i < n; i++) {
        if (is_job(&items[i]))
            items[i].lane = is_known(k, &items[i]) ? find(k, &items[i])->lane
                                                   : WR_QUEUE_SERVICES;
    }
}
