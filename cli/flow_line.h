/*
 * flow_line.h: a .flow script while it runs; private to flow.c and its parts.
 *
 * A line is words; "..." and brackets keep blanks together.  NAME=JSON words
 * are values, the rest is the operation.
 */

#ifndef WR_FLOW_LINE_H
#define WR_FLOW_LINE_H

#include "cli/handlers.h"
#include "cli/stage.h"

enum {
    WR_FLOW_WORDS = 64
};

struct wr_flow_line {
    const char *words[WR_FLOW_WORDS]; /* without the values and their quotes */
    int n;
    struct wr_entry values[WR_FLOW_WORDS]; /* NAME=JSON */
    int n_values;
};

struct wr_script {
    struct wr_stage *stage;
    struct wr_arena *arena; /* as long as the script runs */
    const char *dir;        /* of the script */
    struct wr_handlers handlers;
    const char *trace;    /* of the operation above */
    const char *trace_at; /* not yet matched part of the stage's trace */
};

/* Split `text` into `out`; WR_EINVALID for an open quote, a bad value. */
WR_MUST int wr_flow_split(struct wr_arena *a, const char *text,
                          struct wr_flow_line *out, struct wr_err *err);
/* The values as a context. */
const struct wr_value *wr_flow_values(struct wr_arena *a,
                                      const struct wr_flow_line *l);
/* The word behind `word`, NULL when it is not there. */
const char *wr_flow_after(const struct wr_flow_line *l, const char *word);
/* The instance meant by "of ALIAS" or "in ALIAS", else the last started. */
WR_MUST int wr_flow_instance(struct wr_script *f, const struct wr_flow_line *l,
                             struct wr_uuid *out, struct wr_err *err);

/* flow_do.c: operations.  WR_EUNSUPPORTED from deploy: not built yet.
 * *known false: no such word. */
WR_MUST int wr_flow_do(struct wr_script *f, const struct wr_flow_line *l,
                       bool *known, struct wr_err *err);
/* flow_events.c: operations about what comes from outside, and time. */
typedef int wr_flow_op(struct wr_script *f, const struct wr_flow_line *l,
                       struct wr_err *err);
wr_flow_op wr_flow_start_met, wr_flow_signal, wr_flow_message, wr_flow_publish,
    wr_flow_at, wr_flow_run_now;
/* flow_versions.c */
wr_flow_op wr_flow_migrate, wr_flow_restart;
typedef int wr_flow_check(struct wr_script *f, const struct wr_flow_line *l,
                          const struct wr_view *v, struct wr_err *err);
wr_flow_check wr_flow_version, wr_flow_problems;
/* flow_holds.c */
wr_flow_op wr_flow_hold, wr_flow_release;
/* flow_see.c: checks, the same way. */
WR_MUST int wr_flow_see(struct wr_script *f, const struct wr_flow_line *l,
                        bool *known, struct wr_err *err);

#endif
