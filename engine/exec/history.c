/* history.c: packed history events (codec.h has the layout). */

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"

enum {
    HAS_ELEMENT = 1,
    HAS_KEY = 2,
    HAS_MORE = 4,
    HAS_ID = 1,
    HAS_DATA = 2,
    MAX_TYPE = 1 << 16,
};

const char *
wr_history_name(enum wr_history_type t)
{
    switch (t) {
#define WR_HISTORY(id, number, name, pythmata) \
    case WR_H_##id:                            \
        return name;
#include "engine/exec/history.def"
#undef WR_HISTORY
    }

    return "unknown";
}

void
wr_history_put(struct wr_str *out, const struct wr_history_event *e)
{
    uint64_t head = (uint64_t)e->type << 3;
    uint8_t more = 0;
    struct wr_str data = { .arena = out->arena };

    if (e->element)
        head |= HAS_ELEMENT;
    if (e->key)
        head |= HAS_KEY;
    if (!wr_uuid_is_zero(&e->id))
        more |= HAS_ID;
    if (e->data)
        more |= HAS_DATA;
    if (more)
        head |= HAS_MORE;

    wr_varint_put(out, head);
    if (more)
        wr_str_addn(out, &more, 1);
    if (e->element)
        wr_varint_put(out, (uint64_t)e->element);
    if (e->key)
        wr_varint_put(out, (uint64_t)e->key);
    if (more & HAS_ID)
        wr_str_addn(out, e->id.b, sizeof(e->id.b));
    if (e->data) {
        wr_value_encode(&data, e->data);
        wr_varint_put(out, data.len);
        wr_str_addn(out, data.s, data.len);
    }
}

void
wr_history_encode(struct wr_str *out, const struct wr_history_event *e,
                  size_t n)
{
    wr_tlv_format(out, WR_HISTORY_FORMAT);
    for (size_t k = 0; k < n; k++)
        wr_history_put(out, &e[k]);
}

static void
damaged(struct wr_tlv_reader *r)
{
    *r->bad = true;
    r->p = r->end;
}

/* The next `n` bytes, NULL when there are not as many. */
static const uint8_t *
take(struct wr_tlv_reader *r, uint64_t n)
{
    const uint8_t *p = r->p;

    if (*r->bad || n > (uint64_t)(r->end - r->p)) {
        damaged(r);
        return NULL;
    }
    r->p += n;

    return p;
}

static int
get_data(struct wr_tlv_reader *r, struct wr_arena *a,
         const struct wr_value **out, struct wr_err *err)
{
    uint64_t len = wr_varint_get(r);
    const uint8_t *p = take(r, len);

    if (!p)
        return 0; /* damage shows at the end */

    return wr_value_decode(a, p, (size_t)len, out, err);
}

static int
get(struct wr_tlv_reader *r, struct wr_arena *a, struct wr_history_event *e,
    struct wr_err *err)
{
    uint64_t head = wr_varint_get(r);
    uint8_t more = 0;
    const uint8_t *p;

    *e = (struct wr_history_event){ 0 };
    if (head >> 3 == 0 || head >> 3 > MAX_TYPE)
        damaged(r);
    else
        e->type = (enum wr_history_type)(head >> 3);
    if (head & HAS_MORE && (p = take(r, 1)))
        more = *p;
    if (head & HAS_ELEMENT)
        e->element = (int32_t)wr_varint_get(r);
    if (head & HAS_KEY)
        e->key = (int64_t)wr_varint_get(r);
    if (more & HAS_ID && (p = take(r, sizeof(e->id.b)))) {
        for (size_t k = 0; k < sizeof(e->id.b); k++)
            e->id.b[k] = p[k];
    }
    if (more & HAS_DATA)
        return get_data(r, a, &e->data, err);

    return 0;
}

int
wr_history_decode(struct wr_arena *a, struct wr_blob blob,
                  const struct wr_history_event **out, size_t *n,
                  struct wr_err *err)
{
    struct wr_tlv_reader r;
    struct wr_history_event *events;
    size_t count = 0;

    if (wr_tlv_open(&r, blob.p, blob.len, WR_HISTORY_FORMAT, err) < 0)
        return wr_wrap(err, "history");
    /* No event is shorter than a byte. */
    events = wr_newn(a, struct wr_history_event, blob.len);
    while (!*r.bad && r.p < r.end) {
        if (get(&r, a, &events[count++], err) < 0)
            return wr_wrap(err, "history");
    }
    if (wr_tlv_done(&r, err) < 0)
        return wr_wrap(err, "history");
    *out = events;
    *n = count;

    return 0;
}
