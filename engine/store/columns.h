/*
 * columns.h: rows as tables of columns, so that every backend reads, writes and
 * copies them by the same description.
 *
 * A record type names the columns of one row struct.  A value travels as a
 * `struct wr_datum`; "none" in C (zero id, zero instant, NULL text) is NULL in
 * the store where the column's type says so.
 */

#ifndef WR_COLUMNS_H
#define WR_COLUMNS_H

#include "engine/base/arena.h"
#include "engine/store/store.h"

enum wr_column_type {
    WR_C_UUID,
    WR_C_UUID0, /* zero is NULL */
    WR_C_INT4,
    WR_C_STATE, /* int4, -1 is NULL */
    WR_C_POS4,  /* int4, 0 is NULL */
    WR_C_INT8,
    WR_C_AT,     /* int8, 0 is NULL */
    WR_C_SPAN,   /* int8, -1 is NULL */
    WR_C_BOOL,   /* stored as int4 */
    WR_C_TEXT,   /* const char * */
    WR_C_NAME,   /* the same, never NULL */
    WR_C_BLOB,   /* struct wr_blob */
    WR_C_LIST,   /* const char *const * with its count; joined by WR_LIST_SEP */
    WR_C_BUCKET, /* int4, of the id at this offset; written, never read */
};

enum {
    WR_LIST_SEP = 0x1F
};

struct wr_column {
    const char *name;
    enum wr_column_type type;
    size_t offset, count; /* LIST: offset of the number of items */
};

struct wr_record {
    const char *name;
    size_t size;
    const struct wr_column *columns;
    int n_columns;
    int n_read; /* the first ones, in the order of the SELECTs */
};

enum wr_datum_kind {
    WR_D_INT4,
    WR_D_INT8,
    WR_D_UUID,
    WR_D_TEXT,
    WR_D_BYTES
};

struct wr_datum {
    enum wr_datum_kind kind;
    bool null;
    int64_t i;
    const void *p; /* UUID: 16 bytes; TEXT: NUL-terminated */
    size_t len;
};

/* NULL when the record has no such column. */
const struct wr_column *wr_column_find(const struct wr_record *r,
                                       const char *name, size_t len);
enum wr_datum_kind wr_column_kind(const struct wr_column *c);

/* Points into the row; lists are joined in `a`. */
void wr_column_get(const struct wr_column *c, const void *row,
                   struct wr_arena *a, struct wr_datum *out);
/* Copies text, bytes and lists into `a`. */
void wr_column_set(const struct wr_column *c, void *row, struct wr_arena *a,
                   const struct wr_datum *d);

/* A deep copy of the columns that are read. */
void *wr_record_copy(const struct wr_record *r, struct wr_arena *a,
                     const void *row);

/* A text that no store takes: not UTF-8, a missing name, or a list item with
 * WR_LIST_SEP or of no length.  Returns the column's name, NULL when all are fine. */
const char *wr_record_bad_text(const struct wr_record *r, const void *row);

const struct wr_record *wr_record_of(enum wr_noun noun);

/* One item of a batch, flat. */
struct wr_flat_item {
    const struct wr_effects *fx;
    struct wr_item *source;
    struct wr_instance_row instance;
    struct wr_history_row history;
    int64_t expected_rev, epoch;
    struct wr_uuid job, lease, outbox;
    struct wr_idempotency_row idempotency;
    int32_t item, group;
    int32_t check; /* enum wr_version_check */
};
extern const struct wr_record wr_record_item;

/* A row of one of the tables beside the instance, with the one it goes with. */
struct wr_flat_op {
    const void *row;
    const struct wr_uuid *owner;
};

struct wr_session_swap {
    struct wr_session_row session;
    struct wr_blob expect;
};
extern const struct wr_record wr_record_session_swap;

struct wr_key_take {
    struct wr_idempotency_row key;
    int64_t now;
};
extern const struct wr_record wr_record_key_take;

struct wr_timer_swap {
    struct wr_timer_row timer;
    int64_t was; /* its due_at before */
};
extern const struct wr_record wr_record_timer_swap;

struct wr_batch_swap {
    struct wr_batch_row batch;
    int32_t was; /* its state before */
};
extern const struct wr_record wr_record_batch_swap;

struct wr_outbox_swap {
    struct wr_outbox_row outbox;
    int64_t was;
};
extern const struct wr_record wr_record_outbox_swap;

extern const struct wr_record wr_record_dead_letter;

/* What keeps who publishes a message and who begins to wait for one apart; where
 * there is one writer nobody takes it (match.c). */
struct wr_match_lock {
    int64_t lock;
    bool shared;
};
extern const struct wr_record wr_record_match_lock;

#endif
