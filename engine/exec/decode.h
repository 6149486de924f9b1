/* decode.h: private to decode*.c and undo_rows.c. */

#ifndef WR_DECODE_H
#define WR_DECODE_H

#include "engine/exec/state.h"

struct wr_tlv_reader;

struct wr_decoder {
    const struct wr_model *m;
    struct wr_instance *i;
    struct wr_err *err;
    bool failed; /* err is set */
};

/* The blob is damaged: "WHAT N in the state".  The first one counts. */
void wr_decode_fail(struct wr_decoder *d, const char *what, int64_t n);

/* After a failure these answer something that can be used. */
int wr_decode_node(struct wr_decoder *d, struct wr_tlv_reader *f);
const struct wr_value *wr_decode_value(struct wr_decoder *d,
                                       struct wr_tlv_reader *f);
int64_t wr_decode_instant(struct wr_decoder *d, struct wr_tlv_reader *f);
void wr_decode_id(struct wr_decoder *d, struct wr_tlv_reader *f,
                  struct wr_uuid *out);

/* What hangs on activity `a`, whose own fields are read already. */
void wr_decode_wait(struct wr_decoder *d, struct wr_activity *a,
                    struct wr_tlv_reader *f);
/* A child of `parent`, which is a body or holds tokens. */
struct wr_activity *wr_decode_child(struct wr_decoder *d,
                                    struct wr_activity *parent,
                                    struct wr_tlv_reader *f);
/* The row, by its id, of a value that is not here. */
struct wr_spilled *wr_decode_far(struct wr_decoder *d, struct wr_tlv_reader *f);
/* A piece of a body's log. */
void wr_decode_outputs(struct wr_decoder *d, struct wr_iterations *its,
                       struct wr_tlv_reader *f);
/* Entries of a log behind the format byte, in the order they were put. */
WR_MUST int wr_log_decode(struct wr_instance *i, const struct wr_model *m,
                          struct wr_blob blob, struct wr_log_entry **out,
                          struct wr_err *err);
void wr_decode_loop(struct wr_decoder *d, struct wr_activity *a,
                    struct wr_tlv_reader *f);

#endif
