/*
 * lint.h: the deploy validator for files, as `weir lint` and tests use it.
 */

#ifndef WR_LINT_H
#define WR_LINT_H

#include "engine/base/str.h"
#include "engine/model/bpmn.h"

/*
 * Judge the file at `path`: one JSON line a finding into `out`, the finding of
 * API.md with "file" before it.  What makes wr_bpmn_read() fail is a finding
 * too.  *n_errors counts the errors.  Fails only when the file cannot be read
 * (WR_ENOTFOUND, WR_EIO) or is larger than the limit (WR_ELIMIT).
 */
WR_MUST int wr_lint_file(struct wr_arena *a, const char *path,
                         const struct wr_bpmn_options *options,
                         struct wr_str *out, size_t *n_errors,
                         struct wr_err *err);

/* The file's bytes in `a`; at most `max` of them. */
WR_MUST int wr_lint_load(struct wr_arena *a, const char *path, size_t max,
                         const char **bytes, size_t *len, struct wr_err *err);

#endif
