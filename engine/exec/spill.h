/*
 * spill.h: parts of a big state in rows of their own; private to exec/.
 *
 * A parallel multi-instance of WR_SPILL_FROM iterations or more leaves those
 * that wait out of the instance's blob.  Each is a row, found by the id of what
 * it waits for, so that the command that ends one reads and writes that one
 * alone, however many there are:
 *
 *     part    the iteration with all that is below it; its id is that of one
 *             of its tasks, jobs, ...
 *     alias   for each further one of them: the id of the part
 *     log     what iterations gave, as in a body's log, a piece at a time
 *     undo    what can be compensated of a loop, a piece at a time (undo_rows.c)
 *     value   of a variable of WR_SPILL_VALUE bytes or more, of whatever
 *             instance: written when it changes, read when it is looked at
 *     piece   about so much of a collection that has more; it names the one
 *             behind it, and goes when all in it have started
 *
 * The body counts what is in rows.  What is not in memory is fetched by
 * wr_outside.spilled, in the middle of a step too: one part when something in it
 * is meant, everything when a step looks at all (cancelling the body, its
 * outputs, signals).  A caller that has no such hook has everything in the blob.
 *
 * Iterations stay in the blob while they have work left, wait for a condition or
 * compensate: those are looked for without being named.
 */

#ifndef WR_SPILL_H
#define WR_SPILL_H

#include "engine/exec/exec.h"

enum {
    WR_SPILL_FROM = 33,    /* iterations of a body: with fewer rows cost more */
    WR_SPILL_LOG = 512,    /* bytes of outputs in the blob */
    WR_SPILL_VALUE = 1024, /* bytes of a value, roughly: with more, a row */
};

/* Fetch the part with this wait; its wait, NULL: there is none, or the step
 * has failed. */
struct wr_wait *wr_spill_find(struct wr_exec *x, const struct wr_uuid *id);
/* Fetch everything. */
void wr_spill_all(struct wr_exec *x);
/* Fetch everything when something below `top` is not in memory. */
void wr_spill_below(struct wr_exec *x, struct wr_activity *top);
/* Is something of the iterations of this body not in memory? */
bool wr_spill_is_away(const struct wr_activity *body);
/* far.c: values that are not here come when they are looked at; rows for those
 * that have become too big for the blob. */
void wr_far_begin(struct wr_exec *x);
void wr_far_end(struct wr_exec *x);
void wr_far_keep(struct wr_exec *x);
/* A new row for this value, which lives as long as the instance; it says so. */
struct wr_spilled *wr_far_row(struct wr_exec *x, const struct wr_value *v);
void wr_far_put(struct wr_exec *x, struct wr_spilled *r);
/* undo_rows.c: rows for logs of loops that have become long. */
void wr_log_keep(struct wr_exec *x);
/* A wr_parts_fn; `data` is the step's struct wr_exec. */
WR_MUST int wr_spill_ask(void *data, const struct wr_uuid *id,
                         const struct wr_spill_row **rows, size_t *n,
                         struct wr_err *err);
/* The row with this id has this to say. */
void wr_spill_keep(struct wr_spilled *r, const struct wr_str *blob);
/* What the step leaves in rows; the blob leaves out what is marked `outside`. */
void wr_spill_finish(struct wr_exec *x);

/* encode.c: as a field A_CHILD. */
void wr_activity_encode(const struct wr_instance *i, const struct wr_model *m,
                        const struct wr_activity *a, struct wr_str *out);

/* One entry of a log. */
void wr_log_encode(const struct wr_instance *i, const struct wr_model *m,
                   const struct wr_log_entry *e, struct wr_str *out);

/* decode_spill.c: hang it where it belongs.  *done false: the body it is of is
 * in part `outer`, which is not there yet. */
struct wr_part {
    struct wr_uuid main;  /* alias: of this part; else zero */
    struct wr_uuid outer; /* zero: the body is in the instance's blob */
};
WR_MUST int wr_part_decode(struct wr_instance *i, const struct wr_model *m,
                           const struct wr_spill_row *row, struct wr_part *out,
                           bool *done, struct wr_err *err);
/* The row of a value. */
struct wr_spilled *wr_part_value(struct wr_instance *i,
                                 const struct wr_uuid *id);
/* Fetch the value of this row.  WR_ECONFLICT: it is gone. */
WR_MUST int wr_instance_value(struct wr_instance *i, const struct wr_model *m,
                              const struct wr_spilled *r, wr_parts_fn *find,
                              void *data, struct wr_err *err);
struct wr_spilled *wr_part_new(struct wr_instance *i, struct wr_activity *of,
                               const struct wr_uuid *id, bool is_log);
/* The first of its waits that has an id, or the next; those of parts below it
 * are left out.  NULL: that was the last. */
struct wr_wait *wr_part_wait(struct wr_activity *top, struct wr_wait *after);
/* What the row of an alias of `main` says. */
void wr_part_alias(struct wr_str *out, const struct wr_uuid *main);

#endif
