/*
 * symbols.c: a hash from name to number beside the names in number order.
 *
 * Blob: format byte, then one text field a name in number order.
 */

#include "engine/model/symbols.h"

#include <string.h>

#include "engine/base/tlv.h"

enum {
    FORMAT = 1,
    T_NAME = 1
};

struct wr_symbols {
    struct wr_arena *arena;
    const char **names; /* names[number - 1] */
    int n, cap;
    int *slots; /* numbers, 0: free */
    size_t n_slots;
};

struct wr_symbols *
wr_symbols_new(struct wr_arena *a)
{
    struct wr_symbols *s = wr_new(a, struct wr_symbols);

    s->arena = a;
    s->cap = 32;
    s->names = wr_newn(a, const char *, s->cap);
    s->n_slots = 64;
    s->slots = wr_newn(a, int, s->n_slots);

    return s;
}

static size_t
slot_of(const struct wr_symbols *s, const char *name)
{
    uint64_t h = 1469598103934665603u;
    size_t i;

    for (const char *p = name; *p; p++)
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    i = (size_t)(h ^ h >> 29) & (s->n_slots - 1);
    while (s->slots[i] && strcmp(s->names[s->slots[i] - 1], name) != 0)
        i = (i + 1) & (s->n_slots - 1);

    return i;
}

static void
grow(struct wr_symbols *s)
{
    const char **names = wr_newn(s->arena, const char *, s->cap * 2);

    memcpy(names, s->names, (size_t)s->n * sizeof *names);
    s->names = names;
    s->cap *= 2;
    s->n_slots *= 2;
    s->slots = wr_newn(s->arena, int, s->n_slots);
    for (int i = 0; i < s->n; i++)
        s->slots[slot_of(s, names[i])] = i + 1;
}

int
wr_symbols_add(struct wr_symbols *s, const char *name)
{
    size_t slot = slot_of(s, name);

    if (s->slots[slot])
        return s->slots[slot];
    if (s->n == s->cap) {
        grow(s);
        slot = slot_of(s, name);
    }
    s->names[s->n++] = wr_arena_strdup(s->arena, name);
    s->slots[slot] = s->n;

    return s->n;
}

int
wr_symbols_find(const struct wr_symbols *s, const char *name)
{
    return s->slots[slot_of(s, name)];
}

const char *
wr_symbols_name(const struct wr_symbols *s, int number)
{
    return number >= 1 && number <= s->n ? s->names[number - 1] : NULL;
}

int
wr_symbols_count(const struct wr_symbols *s)
{
    return s->n;
}

void
wr_symbols_encode(const struct wr_symbols *s, struct wr_str *out)
{
    wr_tlv_format(out, FORMAT);
    for (int i = 0; i < s->n; i++)
        wr_tlv_put_text(out, T_NAME, s->names[i]);
}

int
wr_symbols_decode(struct wr_arena *a, const void *blob, size_t len,
                  struct wr_symbols **out, struct wr_err *err)
{
    struct wr_symbols *s = wr_symbols_new(a);
    struct wr_tlv_reader r, f;
    uint32_t tag;
    bool repeated = false;

    if (wr_tlv_open(&r, blob, len, FORMAT, err) < 0)
        return wr_wrap(err, "symbol table");
    while (wr_tlv_next(&r, &tag, &f)) {
        int before = s->n;

        if (tag != T_NAME)
            continue;
        wr_symbols_add(s, wr_tlv_text(&f, a));
        repeated |= s->n == before;
    }
    if (wr_tlv_done(&r, err) < 0)
        return wr_wrap(err, "symbol table");
    if (repeated)
        return wr_fail(err, WR_ECORRUPT, "symbol table: a name is there twice");
    *out = s;

    return 0;
}
