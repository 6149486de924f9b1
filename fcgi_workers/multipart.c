#include "config.h"

#include <string.h>
#include <strings.h>

#include "fcgi_workers/multipart.h"

/* The value of `name="..."` or name=token in a header of `n` bytes. */
static char *
parameter(struct wr_arena *a, const char *s, size_t n, const char *name)
{
    size_t name_len = strlen(name);

    for (size_t i = 0; i + name_len + 1 < n; i++) {
        const char *v = s + i + name_len + 1, *end = s + n, *stop;

        if ((i > 0 && s[i - 1] != ' ' && s[i - 1] != ';')
            || strncasecmp(s + i, name, name_len) != 0
            || s[i + name_len] != '=')
            continue;
        if (v < end && *v == '"') {
            v++;
            stop = memchr(v, '"', (size_t)(end - v));
            return stop ? wr_arena_strndup(a, v, (size_t)(stop - v)) : NULL;
        }
        for (stop = v; stop < end && !strchr("; \r\n", *stop);)
            stop++;
        return wr_arena_strndup(a, v, (size_t)(stop - v));
    }

    return NULL;
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *back = strrchr(path, '\\');

    if (back && (!slash || back > slash))
        slash = back;

    return slash ? slash + 1 : path;
}

static int
add_file(struct wr_arena *a, struct wr_file *files, int *n, const char *head,
         size_t head_len, const char *bytes, size_t len, struct wr_err *err)
{
    char *name = parameter(a, head, head_len, "filename");

    if (!name || !base_name(name)[0])
        return wr_fail(err, WR_EINVALID, "a part of the body has no file name");
    if (*n == WR_MULTIPART_FILES)
        return wr_fail(err, WR_ELIMIT, "more than %d files",
                       WR_MULTIPART_FILES);
    for (int i = 0; i < *n; i++) {
        if (strcmp(files[i].name, base_name(name)) == 0)
            return wr_fail(err, WR_EINVALID, "two files named '%s'",
                           base_name(name));
    }
    files[(*n)++] = (struct wr_file){
        .name = base_name(name),
        .bytes = bytes,
        .len = len,
    };

    return 0;
}

int
wr_multipart_files(struct wr_arena *a, const char *content_type,
                   const void *body, size_t len, const struct wr_file **out,
                   int *n, struct wr_err *err)
{
    char *boundary = parameter(a, content_type, strlen(content_type),
                               "boundary");
    struct wr_file *files = wr_newn(a, struct wr_file, WR_MULTIPART_FILES);
    const char *p = body, *end = p + len;
    char *mark;
    size_t mark_len;

    *n = 0;
    if (!boundary || !boundary[0] || strlen(boundary) > 70)
        return wr_fail(err, WR_EINVALID, "multipart without a boundary");
    mark = wr_arena_printf(a, "\r\n--%s", boundary);
    mark_len = strlen(mark);
    if (len < mark_len - 2 || memcmp(p, mark + 2, mark_len - 2) != 0)
        return wr_fail(err, WR_EINVALID, "multipart body has no first part");
    p += mark_len - 2;
    while (end - p >= 2 && memcmp(p, "--", 2) != 0) {
        const char *head, *blank, *next;

        if (memcmp(p, "\r\n", 2) != 0)
            return wr_fail(err, WR_EINVALID, "multipart body is damaged");
        head = p + 2;
        blank = memmem(p, (size_t)(end - p), "\r\n\r\n", 4);
        next = blank ? memmem(blank + 2, (size_t)(end - blank - 2), mark,
                              mark_len)
                     : NULL;
        if (!next || next < blank + 2)
            return wr_fail(err, WR_EINVALID, "multipart body is cut off");
        if (blank < head) /* an empty head: the part has no file name */
            head = blank;
        if (next < blank + 4)
            return wr_fail(err, WR_EINVALID, "multipart part without a body");
        if (add_file(a, files, n, head, (size_t)(blank - head), blank + 4,
                     (size_t)(next - blank - 4), err)
            < 0)
            return (int)err->code;
        p = next + mark_len;
    }
    if (*n == 0)
        return wr_fail(err, WR_EINVALID, "multipart body holds no file");
    *out = files;

    return 0;
}
