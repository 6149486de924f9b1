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

static struct wr_spilled *
put_row(struct wr_exec *x, const struct wr_value *v)
{
    struct wr_uuid id = wr_uuid_next(&x->ids);
    struct wr_spilled *r = wr_part_value(x->i, &id);
    struct wr_str blob = { .arena = x->arena };
    size_t begin;

    r->value = v;
    wr_tlv_format(&blob, WR_STATE_FORMAT);
    begin = wr_tlv_begin(&blob, S_VALUE);
    wr_value_encode(&blob, v);
    wr_tlv_end(&blob, begin);
    wr_spill_keep(r, &blob);

    return r;
}

static void
keep_items(struct wr_exec *x, struct wr_iterations *its)
{
    if (!its->items_row && its->items && is_heavy(x, its->items))
        its->items_row = put_row(x, its->items);
    if (its->items_row)
        its->items_row->kept = true;
}

void
wr_far_keep(struct wr_exec *x)
{
    struct wr_activity *a = x->i->root;

    for (; a; a = wr_activity_next(x->i->root, a)) {
        for (int k = 0; k < a->n_vars; k++) {
            struct wr_var *v = &a->vars[k];

            if (!v->row && !a->outside && is_heavy(x, v->value))
                v->row = put_row(x, v->value);
            if (v->row)
                v->row->kept = true;
        }
        if (a->loop)
            keep_items(x, a->loop);
    }
}
