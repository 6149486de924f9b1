/*
 * archive.h: instances with their history as lines of JSON (docs/history.md).
 *
 * A line is one object: an instance, then its events in order, then the next
 * instance.  Values are typed ({"$type","value"}), so that none is lost.
 *
 * In an archive folder a file is complete or not there.  It is written as
 * NAME.tmp, made durable as NAME.pending, and becomes NAME once what it holds is
 * deleted from the store; who finds a NAME.pending asks the store which of the two
 * it was.  So nothing is lost, and nothing is there twice, wherever a process
 * ends.
 */

#ifndef WR_ARCHIVE_H
#define WR_ARCHIVE_H

#include <stdio.h>

#include "engine/runtime/runtime.h"

/* The lines of one instance.  WR_ECONFLICT when it is not at `rev` (-1: any) any
 * more, WR_ENOTFOUND when it is gone, WR_EIO. */
WR_MUST int wr_archive_write(struct wr_runtime *rt, const struct wr_uuid *id,
                             int32_t tenant, int64_t rev, FILE *out,
                             struct wr_err *err);

struct wr_archive; /* a folder, ours alone while it is open */

/* Makes the folder when there is none, and settles what a process left that
 * ended in between.  WR_EBUSY: another one archives there.  WR_EIO. */
WR_MUST int wr_archive_open(struct wr_runtime *rt, const char *dir,
                            int32_t tenant, struct wr_archive **out,
                            struct wr_err *err);
void wr_archive_close(struct wr_archive *a); /* NULL: nothing */
WR_DEFINE_CLEANUP(struct wr_archive *, wr_archive_close);

/* One file of these instances, durable when it returns; then either the one or the
 * other, when they are deleted and when they are not. */
WR_MUST int wr_archive_put(struct wr_archive *a, const struct wr_over *over,
                           size_t n, struct wr_err *err);
WR_MUST int wr_archive_keep(struct wr_archive *a, struct wr_err *err);
void wr_archive_drop(struct wr_archive *a);

#endif
