/* history.h: packed history events (SEMANTICS S30); types in history.def. */

#ifndef WR_HISTORY_H
#define WR_HISTORY_H

#include "engine/exec/rows.h"

enum wr_history_type {
#define WR_HISTORY(id, number, name, pythmata) WR_H_##id = number,
#include "engine/exec/history.def"
#undef WR_HISTORY
};

struct wr_history_event {
    enum wr_history_type type;
    int32_t element;             /* symbol of node or flow, 0: none */
    int64_t key;                 /* activity key, 0: none */
    struct wr_uuid id;           /* of the task, job, timer, subscription or
                                    incident; zero: none */
    const struct wr_value *data; /* context or NULL */
};

const char *wr_history_name(enum wr_history_type t);
void wr_history_encode(struct wr_str *out, const struct wr_history_event *e,
                       size_t n);
WR_MUST int wr_history_decode(struct wr_arena *a, struct wr_blob blob,
                              const struct wr_history_event **out, size_t *n,
                              struct wr_err *err);

/* Which way tokens went where there was a choice, and what decisions were made,
 * from all of an instance's history in order. */
struct wr_model;
struct wr_decision {
    int64_t seq, at;
    const struct wr_model *model; /* of the version it ran on */
    int node, flow;               /* flow -1: a decision of DMN */
    const char *sentence;
};
/* The model that an event's elements are of. */
typedef const struct wr_model *wr_model_at_fn(void *data, int64_t seq);
WR_MUST int wr_history_decisions(struct wr_arena *a, wr_model_at_fn *model_at,
                                 void *data, const struct wr_history_row *rows,
                                 size_t n_rows, const struct wr_decision **out,
                                 int *n, struct wr_err *err);

#endif
