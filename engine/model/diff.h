/*
 * diff.h: what is different between two versions of a process.
 *
 * Compared are the elements of the process by their ids: what they are, their
 * attributes and what stands in them.  Where they are drawn and which flows a
 * node lists is no difference: a flow is an element of its own.
 */

#ifndef WR_DIFF_H
#define WR_DIFF_H

#include "engine/model/bpmn.h"

struct wr_diff_element {
    const char *id;
    const char *name; /* NULL */
    const char *type; /* "userTask" */
    /* Names of the attributes and of the child elements that are different. */
    const char *const *changes;
    size_t n_changes;
};

struct wr_diff_list {
    struct wr_diff_element *items;
    size_t n, cap;
};

struct wr_diff {
    struct wr_diff_list added, removed, changed; /* document order */
};

struct wr_diff_side {
    const void *bytes; /* a file that was deployed */
    size_t len;
    const char *process; /* id */
};

/* All in `a`, which borrows the bytes of neither.  WR_EPARSE, WR_ENOTFOUND when
 * a file has no such process. */
WR_MUST int wr_diff(struct wr_arena *a, const struct wr_diff_side *from,
                    const struct wr_diff_side *to, struct wr_diff *out,
                    struct wr_err *err);

#endif
