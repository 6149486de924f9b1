/*
 * multipart/form-data: the first line is the Content-Type, the rest the body.
 * Never crashes; what it finds lies inside of the body, under a base name.
 *
 * fuzz-parts: engine/base fcgi_workers/multipart.c
 */

#include <string.h>

#include "engine/base/arena.h"
#include "fcgi_workers/multipart.h"
#include "tests/fuzz/fuzz.h"

static void
inside(const struct wr_file *f, const char *body, size_t len)
{
    const char *bytes = f->bytes;

    must(bytes >= body && f->len <= len && bytes + f->len <= body + len);
    must(f->name[0] && !strpbrk(f->name, "/\\"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const uint8_t *line = memchr(data, '\n', size);
    const struct wr_file *files;
    struct wr_err err = { 0 };
    const char *type;
    char *body;
    size_t len;
    int n;

    if (!line)
        return 0;
    type = wr_arena_strndup(a, (const char *)data, (size_t)(line - data));
    len = size - (size_t)(line - data) - 1;
    body = malloc(len ? len : 1); /* of its own: a byte too far is seen */
    must(body);
    memcpy(body, line + 1, len);
    if (wr_multipart_files(a, type, body, len, &files, &n, &err) == 0) {
        must(n > 0 && n <= WR_MULTIPART_FILES);
        for (int i = 0; i < n; i++)
            inside(&files[i], body, len);
    } else {
        must(err.code == WR_EINVALID || err.code == WR_ELIMIT);
    }
    free(body);

    return 0;
}
