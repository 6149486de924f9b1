/*
 * tlv.h: the encoding of everything packed: state blobs, history events, values.
 *
 * A blob is a format byte followed by fields: tag (varint), length (varint),
 * bytes.  Readers skip tags they do not know, so a later build may add fields;
 * a format byte above the build's own is refused with WR_ENEWER.  Tags are never
 * reused.  A reader never reads past its end; damage sets `bad`, and
 * wr_tlv_done() turns that into WR_ECORRUPT once, at the end.
 *
 *     struct wr_tlv_reader r, f;
 *     uint32_t tag;
 *     if (wr_tlv_open(&r, blob, len, MY_FORMAT, err) < 0) return err->code;
 *     while (wr_tlv_next(&r, &tag, &f)) {
 *         switch (tag) { case T_REV: rev = wr_tlv_int(&f); break; ... }
 *     }
 *     return wr_tlv_done(&r, err);
 *
 * A reader must not be moved once open: its fields point at its flag.  A group
 * field is itself a reader, wr_tlv_next(&f, &tag, &g) walks it.  wr_tlv_int() of
 * anything but one varint and wr_tlv_text() with a NUL count as damage.
 */

#ifndef WR_TLV_H
#define WR_TLV_H

#include "engine/base/err.h"
#include "engine/base/str.h"

struct wr_tlv_reader {
    const uint8_t *p, *end;
    bool *bad; /* the outermost reader's flag */
    bool bad_flag;
};

void wr_tlv_format(struct wr_str *out, uint8_t format);
void wr_tlv_put_int(struct wr_str *out, uint32_t tag, int64_t n); /* zigzag */
void wr_tlv_put_bytes(struct wr_str *out, uint32_t tag, const void *p,
                      size_t n);
void wr_tlv_put_text(struct wr_str *out, uint32_t tag, const char *s);
/* A nested group: begin, put fields into `out`, end with what begin gave. */
size_t wr_tlv_begin(struct wr_str *out, uint32_t tag);
void wr_tlv_end(struct wr_str *out, size_t begin);

WR_MUST int wr_tlv_open(struct wr_tlv_reader *r, const void *blob, size_t len,
                        uint8_t newest, struct wr_err *err);
bool wr_tlv_next(struct wr_tlv_reader *r, uint32_t *tag,
                 struct wr_tlv_reader *field);
int64_t wr_tlv_int(struct wr_tlv_reader *field);
const char *wr_tlv_text(struct wr_tlv_reader *field, struct wr_arena *a);
size_t wr_tlv_len(const struct wr_tlv_reader *field);
const void *wr_tlv_bytes(const struct wr_tlv_reader *field);
WR_MUST int wr_tlv_done(struct wr_tlv_reader *r, struct wr_err *err);

void wr_varint_put(struct wr_str *out, uint64_t n);
uint64_t wr_varint_get(struct wr_tlv_reader *r);

#endif
