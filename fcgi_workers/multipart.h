/* multipart.h: the files of a multipart/form-data body (RFC 7578). */

#ifndef WR_MULTIPART_H
#define WR_MULTIPART_H

#include "engine/runtime/runtime.h"

enum {
    WR_MULTIPART_FILES = 256
};

/*
 * Every part with a file name becomes a file; names and bytes point into the
 * arena or the body.  Base names only.  WR_EINVALID when the body is not well
 * formed, has no file, two of one name or a part without a file name.
 */
WR_MUST int wr_multipart_files(struct wr_arena *a, const char *content_type,
                               const void *body, size_t len,
                               const struct wr_file **out, int *n,
                               struct wr_err *err);

#endif
