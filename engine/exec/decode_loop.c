/* decode_loop.c: the iterations of a body, from a state blob (decode.c). */

#include "engine/base/tlv.h"
#include "engine/exec/codec_tags.h"
#include "engine/exec/decode.h"
#include "engine/exec/spill.h"

void
wr_decode_outputs(struct wr_decoder *d, struct wr_iterations *its,
                  struct wr_tlv_reader *f)
{
    while (!d->failed && f->p < f->end) {
        uint64_t index = wr_varint_get(f), len = wr_varint_get(f);
        struct wr_tlv_reader one = *f;

        if (index >= (uint64_t)its->total || len > (uint64_t)(f->end - f->p)) {
            wr_decode_fail(d, "output of iteration", (int64_t)index);
            return;
        }
        one.end = f->p + len;
        f->p += len;
        wr_loop_gave(d->i, its, (int64_t)index, wr_decode_value(d, &one));
    }
}

static void
get_items(struct wr_decoder *d, struct wr_iterations *its,
          struct wr_tlv_reader *f)
{
    size_t len = wr_tlv_len(f);

    its->items_blob.p = wr_arena_memdup(d->i->arena, wr_tlv_bytes(f), len);
    its->items_blob.len = len;
    its->items = wr_decode_value(d, f);
    if (its->items->type != WR_V_LIST) {
        wr_decode_fail(d, "collection of type", its->items->type);
        its->items = NULL;
    }
}

void
wr_decode_loop(struct wr_decoder *d, struct wr_activity *a,
               struct wr_tlv_reader *f)
{
    const struct wr_loop *l = a->node >= 0 ? d->m->nodes[a->node].loop : NULL;
    struct wr_iterations *its = wr_new(d->i->arena, struct wr_iterations);
    struct wr_tlv_reader g;
    uint32_t tag;

    its->log.arena = d->i->arena;
    while (!d->failed && wr_tlv_next(f, &tag, &g)) {
        if (tag == L_TOTAL)
            its->total = wr_tlv_int(&g);
        else if (tag == L_NEXT)
            its->next = wr_tlv_int(&g);
        else if (tag == L_COMPLETED)
            its->completed = wr_tlv_int(&g);
        else if (tag == L_ITEMS)
            get_items(d, its, &g);
        else if (tag == L_FAR)
            its->items_row = wr_decode_far(d, &g);
        else if (tag == L_FROM)
            its->items_from = wr_tlv_int(&g);
        else if (tag == L_AWAY)
            its->away = wr_tlv_int(&g);
        else if (tag == L_LOGS)
            its->logs_away = wr_tlv_int(&g);
        if (its->total < -1 || its->total > WR_LOOP_MAX)
            wr_decode_fail(d, "number of iterations", its->total);
        if (!d->failed && tag == L_OUTPUTS && l && l->output
            && its->total >= 0) {
            wr_str_addn(&its->log, wr_tlv_bytes(&g), wr_tlv_len(&g));
            wr_decode_outputs(d, its, &g);
        }
    }
    if (its->items_from < 0 || its->items_from > WR_LOOP_MAX)
        wr_decode_fail(d, "collection from", its->items_from);
    if (its->away < 0 || its->logs_away < 0)
        wr_decode_fail(d, "parts of a loop:", its->away);
    d->i->n_away += its->away + its->logs_away;
    wr_loop_is_wide(d->i, its);
    if (l)
        a->loop = its;
    else
        wr_decode_fail(d, "iterations at", a->node);
}
