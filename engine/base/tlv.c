#include "engine/base/tlv.h"

#include <string.h>

void
wr_varint_put(struct wr_str *out, uint64_t n)
{
    uint8_t bytes[10];
    size_t len = 0;

    while (n >= 0x80) {
        bytes[len++] = (uint8_t)(n | 0x80);
        n >>= 7;
    }
    bytes[len++] = (uint8_t)n;
    wr_str_addn(out, bytes, len);
}

static uint64_t
zigzag(int64_t n)
{
    return (uint64_t)n << 1 ^ (n < 0 ? UINT64_MAX : 0);
}

static int64_t
unzigzag(uint64_t n)
{
    return (int64_t)(n >> 1 ^ (n & 1 ? UINT64_MAX : 0));
}

static size_t
varint_len(uint64_t n)
{
    size_t len = 1;

    while (n >>= 7)
        len++;

    return len;
}

void
wr_tlv_format(struct wr_str *out, uint8_t format)
{
    wr_str_addn(out, &format, 1);
}

void
wr_tlv_put_int(struct wr_str *out, uint32_t tag, int64_t n)
{
    uint64_t z = zigzag(n);

    wr_varint_put(out, tag);
    wr_varint_put(out, varint_len(z));
    wr_varint_put(out, z);
}

void
wr_tlv_put_bytes(struct wr_str *out, uint32_t tag, const void *p, size_t n)
{
    wr_varint_put(out, tag);
    wr_varint_put(out, n);
    wr_str_addn(out, p, n);
}

void
wr_tlv_put_text(struct wr_str *out, uint32_t tag, const char *s)
{
    wr_tlv_put_bytes(out, tag, s, strlen(s));
}

size_t
wr_tlv_begin(struct wr_str *out, uint32_t tag)
{
    wr_varint_put(out, tag);
    wr_str_addc(out, 0);

    return out->len;
}

/* One byte was left for the length; longer groups move up to make room. */
void
wr_tlv_end(struct wr_str *out, size_t begin)
{
    size_t n = out->len - begin, extra = varint_len(n) - 1;
    static const char room[9];
    uint8_t *p;

    wr_str_addn(out, room, extra);
    if (extra)
        memmove(out->s + begin + extra, out->s + begin, n);
    p = (uint8_t *)out->s + begin - 1;
    for (; n >= 0x80; n >>= 7)
        *p++ = (uint8_t)(n | 0x80);
    *p = (uint8_t)n;
}

int
wr_tlv_open(struct wr_tlv_reader *r, const void *blob, size_t len,
            uint8_t newest, struct wr_err *err)
{
    const uint8_t *p = blob;

    if (len == 0)
        return wr_fail(err, WR_ECORRUPT, "empty blob");
    if (p[0] > newest)
        return wr_fail(err, WR_ENEWER,
                       "blob format %u, this build reads up to %u", p[0],
                       newest);
    if (p[0] == 0)
        return wr_fail(err, WR_ECORRUPT, "blob format 0");
    *r = (struct wr_tlv_reader){ .p = p + 1, .end = p + len };
    r->bad = &r->bad_flag;

    return 0;
}

/* Reading stops for good: the outermost flag ends every wr_tlv_next(). */
static void
damaged(struct wr_tlv_reader *r)
{
    *r->bad = true;
    r->p = r->end;
}

uint64_t
wr_varint_get(struct wr_tlv_reader *r)
{
    uint64_t n = 0;

    for (int shift = 0; r->p < r->end && shift < 64; shift += 7) {
        uint8_t byte = *r->p++;

        if (shift == 63 && byte > 1)
            break;
        n |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return n;
    }
    damaged(r);

    return 0;
}

bool
wr_tlv_next(struct wr_tlv_reader *r, uint32_t *tag, struct wr_tlv_reader *field)
{
    uint64_t t, n;

    if (*r->bad || r->p == r->end)
        return false;
    t = wr_varint_get(r);
    n = wr_varint_get(r);
    if (*r->bad || t > UINT32_MAX || n > (uint64_t)(r->end - r->p)) {
        damaged(r);
        return false;
    }
    *tag = (uint32_t)t;
    *field =
        (struct wr_tlv_reader){ .p = r->p, .end = r->p + n, .bad = r->bad };
    r->p += n;

    return true;
}

int64_t
wr_tlv_int(struct wr_tlv_reader *field)
{
    uint64_t n = wr_varint_get(field);

    if (field->p != field->end)
        damaged(field);

    return *field->bad ? 0 : unzigzag(n);
}

const char *
wr_tlv_text(struct wr_tlv_reader *field, struct wr_arena *a)
{
    const char *s = (const char *)field->p;
    size_t n = wr_tlv_len(field);

    if (memchr(s, 0, n)) {
        damaged(field);
        return "";
    }

    return wr_arena_strndup(a, s, n);
}

size_t
wr_tlv_len(const struct wr_tlv_reader *field)
{
    return (size_t)(field->end - field->p);
}

const void *
wr_tlv_bytes(const struct wr_tlv_reader *field)
{
    return field->p;
}

int
wr_tlv_done(struct wr_tlv_reader *r, struct wr_err *err)
{
    if (*r->bad)
        return wr_fail(err, WR_ECORRUPT, "blob is cut short or damaged");

    return 0;
}
