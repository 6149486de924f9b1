/*
 * codec.h: what is stored of an instance and of its history.
 *
 * State blob, format 1: a format byte and tagged fields (base/tlv.h).  Tags and
 * the numbers of enum wr_stage and wr_wait_kind are never reused.  Elements and
 * flows are symbol numbers; a variable is its symbol's number or its name.
 * Instants are relative to the instance's start.  What the row has (id,
 * definition, state, business key, ...) is not in the blob.
 *
 * History blob, format 1: a format byte and events one after the other:
 *
 *     varint  type << 3 | 4 more | 2 key | 1 element
 *     [byte   2 data | 1 id]      if more
 *     [varint element] [varint key] [16 bytes id] [varint length, value]
 *
 * so that passing an automatic element costs two bytes.
 *
 * A reader refuses newer formats (WR_ENEWER) and damage (WR_ECORRUPT).  Every
 * format ever written stays readable: tests/golden has blobs of each.
 */

#ifndef WR_CODEC_H
#define WR_CODEC_H

#include "engine/exec/history.h"

enum {
    WR_STATE_FORMAT = 1,
    WR_HISTORY_FORMAT = 1,
};

/* One event behind a started history blob. */
void wr_history_put(struct wr_str *out, const struct wr_history_event *e);

#endif
