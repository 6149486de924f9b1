/* earlier.c: the versions an instance ran on before it was migrated. */

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/codec_tags.h"
#include "engine/exec/state.h"

static struct wr_earlier *
more(struct wr_arena *a, const struct wr_earlier *old, int n)
{
    struct wr_earlier *grown = wr_newn(a, struct wr_earlier, (size_t)n + 1);

    for (int k = 0; k < n; k++)
        grown[k] = old[k];

    return grown;
}

void
wr_earlier_add(struct wr_instance *i, struct wr_earlier past)
{
    i->past = more(i->arena, i->past, i->n_past);
    i->past[i->n_past++] = past;
}

void
wr_earlier_encode(const struct wr_instance *i, struct wr_str *out)
{
    for (int k = 0; k < i->n_past; k++) {
        size_t begin = wr_tlv_begin(out, I_PAST);

        wr_tlv_put_int(out, P_UNTIL, i->past[k].until);
        wr_tlv_put_bytes(out, P_DEFINITION, i->past[k].definition.b,
                         sizeof(i->past[k].definition.b));
        wr_tlv_end(out, begin);
    }
}

struct wr_earlier
wr_earlier_decode(struct wr_tlv_reader *f)
{
    struct wr_earlier past = { 0 };
    struct wr_tlv_reader g;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == P_UNTIL)
            past.until = wr_tlv_int(&g);
        else if (tag == P_DEFINITION
                 && wr_tlv_len(&g) == sizeof(past.definition.b))
            memcpy(past.definition.b, wr_tlv_bytes(&g),
                   sizeof(past.definition.b));
    }

    return past;
}

int
wr_instance_earlier(struct wr_arena *a, const struct wr_instance_row *row,
                    const struct wr_earlier **out, int *n, struct wr_err *err)
{
    struct wr_earlier *list = NULL;
    struct wr_tlv_reader r, f;
    uint32_t tag;

    *n = 0;
    if (wr_tlv_open(&r, row->blob.p, row->blob.len, WR_STATE_FORMAT, err) < 0)
        return wr_wrap(err, "instance state");
    while (wr_tlv_next(&r, &tag, &f)) {
        if (tag != I_PAST)
            continue;
        list = more(a, list, *n);
        list[(*n)++] = wr_earlier_decode(&f);
    }
    if (wr_tlv_done(&r, err) < 0)
        return wr_wrap(err, "instance state");
    *out = list;

    return 0;
}

const struct wr_uuid *
wr_earlier_definition(const struct wr_earlier *past, int n, int64_t seq,
                      const struct wr_uuid *now)
{
    for (int k = 0; k < n; k++) {
        if (seq < past[k].until)
            return &past[k].definition;
    }

    return now;
}
