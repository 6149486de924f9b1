/* far.c: values in rows of their own (spill.h). */

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/codec_tags.h"
#include "engine/exec/spill.h"

/* A step looks at a value: without it the step is none. */
static void
fetch(void *data, struct wr_spilled *r)
{
    struct wr_exec *x = data;
    struct wr_err err;

    if (!x->lost.code
        && wr_instance_value(x->i, x->m, r, wr_spill_ask, x, &err) < 0)
        x->lost = err;
    if (x->lost.code)
        r->value = &wr_null;
}

void
wr_far_begin(struct wr_exec *x)
{
    x->i->fetch = fetch;
    x->i->fetch_data = x;
}

void
wr_far_end(struct wr_exec *x)
{
    x->i->fetch = NULL;
    x->i->fetch_data = NULL;
}

/* What is left of `room` bytes behind it, or less than nothing. */
static int64_t
weigh(const struct wr_value *v, int64_t room)
{
    switch (v->type) {
    case WR_V_STRING:
    case WR_V_BYTES:
        return room - (int64_t)v->string.len - 2;
    case WR_V_LIST:
        for (size_t k = 0; k < v->list.n && room > 0; k++)
            room = weigh(v->list.items[k], room);
        break;
    case WR_V_CONTEXT:
        for (size_t k = 0; k < v->context.n && room > 0; k++)
            room = weigh(v->context.entries[k].value, room - 2);
        break;
    default:
        break;
    }

    return room - 2;
}

static bool
is_heavy(const struct wr_exec *x, const struct wr_value *v)
{
    return weigh(v, x->s->spill_from == 1 ? 1 : WR_SPILL_VALUE) <= 0;
}

struct wr_spilled *
wr_far_row(struct wr_exec *x, const struct wr_value *v)
{
    struct wr_uuid id = wr_uuid_next(&x->ids);
    struct wr_spilled *r = wr_part_value(x->i, &id);

    r->value = v;

    return r;
}

void
wr_far_put(struct wr_exec *x, struct wr_spilled *r)
{
    struct wr_str blob = { .arena = x->arena };
    size_t begin;

    wr_tlv_format(&blob, WR_STATE_FORMAT);
    begin = wr_tlv_begin(&blob, S_VALUE);
    wr_value_encode(&blob, r->value);
    wr_tlv_end(&blob, begin);
    if (r->then)
        wr_tlv_put_bytes(&blob, S_NEXT, r->then->id.b, sizeof(r->then->id.b));
    wr_spill_keep(r, &blob);
}

/* ---- collections ---- */

/* How many of the items from `at` on make a piece: such as are read together
 * for one of them. */
static size_t
piece_of(const struct wr_exec *x, const struct wr_value *list, size_t at)
{
    int64_t room = x->s->spill_from == 1 ? 2 : WR_SPILL_VALUE;
    size_t n = 0;

    while (at + n < list->list.n && room > 0)
        room = weigh(list->list.items[at + n++], room);

    return n;
}

/* What is left of the collection, in rows that name the one behind each: an
 * iteration that starts reads its piece, not all. */
static void
put_pieces(struct wr_exec *x, struct wr_iterations *its)
{
    struct wr_spilled **end = &its->items_row;
    const struct wr_value *all = its->items;
    size_t at = (size_t)its->next, n;

    if (at > all->list.n)
        at = all->list.n;
    its->items = NULL;
    its->items_from = (int64_t)at;
    for (; at < all->list.n; at += n) {
        n = piece_of(x, all, at);
        *end = wr_far_row(x,
                          wr_value_list(x->i->arena, all->list.items + at, n));
        end = &(*end)->then;
    }
    for (struct wr_spilled *r = its->items_row; r; r = r->then)
        wr_far_put(x, r);
}

/* All in it have started. */
static bool
is_used(const struct wr_iterations *its, const struct wr_spilled *piece)
{
    return piece->value && piece->value->type == WR_V_LIST
           && its->next >= its->items_from + (int64_t)piece->value->list.n;
}

static void
keep_items(struct wr_exec *x, const struct wr_activity *body)
{
    struct wr_iterations *its = body->loop;

    if (its->items && its->items->list.n && is_heavy(x, its->items))
        put_pieces(x, its);
    while (its->items_row && is_used(its, its->items_row)) {
        its->items_from += (int64_t)its->items_row->value->list.n;
        its->items_row = its->items_row->then;
    }
    for (struct wr_spilled *r = its->items_row; r; r = r->then)
        r->kept = true;
}

void
wr_far_keep(struct wr_exec *x)
{
    struct wr_activity *a = x->i->root;

    for (; a; a = wr_activity_next(x->i->root, a)) {
        for (int k = 0; k < a->n_vars; k++) {
            struct wr_var *v = &a->vars[k];

            if (!v->row && !a->outside && is_heavy(x, v->value)) {
                v->row = wr_far_row(x, v->value);
                v->row->is_var = true;
                v->row->size = wr_value_weight(v->value);
                wr_far_put(x, v->row);
            }
            if (v->row)
                v->row->kept = true;
        }
        if (a->loop)
            keep_items(x, a);
    }
}
