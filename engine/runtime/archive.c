/* archive: a folder of files, each complete or not there; see the header. */

#include "engine/runtime/archive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/crash.h"
#include "engine/base/str.h"

enum {
    LINE = 1 << 12 /* of a line, what is looked at */
};

struct wr_archive {
    struct wr_runtime *rt;
    struct wr_arena *arena; /* of the file that is written */
    char *dir;
    int32_t tenant;
    int fd;           /* the folder, locked */
    const char *name; /* of the file; NULL: none is pending */
};

static int
failed(const struct wr_archive *a, const char *what, const char *name,
       struct wr_err *err)
{
    return wr_fail(err, WR_EIO, "%s '%s/%s': %s", what, a->dir, name,
                   strerror(errno));
}

static bool
ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), k = strlen(end);

    return n > k && strcmp(s + n - k, end) == 0;
}

/* ---- what was left ---- */

static int
is_there(struct wr_archive *a, const char *text, bool *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1 << 12);
    struct wr_uuid id;
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = a->tenant,
                          .id = &id,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    *out = false;
    if (wr_uuid_parse(text, 36, &id, err) < 0
        || wr_runtime_find(a->rt, &q, scratch, &rows, err) < 0)
        return (int)err->code;
    *out = rows.n > 0;

    return 0;
}

/* Is any instance of the file in the store? */
static int
any_there(struct wr_archive *a, const char *name, bool *out, struct wr_err *err)
{
    static const char head[] = "{\"type\":\"instance\",\"id\":\"";
    int fd = openat(a->fd, name, O_RDONLY | O_CLOEXEC), rc = 0;
    FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
    char line[LINE];
    bool fresh = true;

    if (!f)
        return failed(a, "open", name, err);
    *out = false;
    while (rc == 0 && !*out && fgets(line, sizeof(line), f)) {
        if (fresh && strncmp(line, head, sizeof(head) - 1) == 0
            && strlen(line) > sizeof(head) + 36)
            rc = is_there(a, line + sizeof(head) - 1, out, err);
        fresh = line[strlen(line) - 1] == '\n';
    }
    if (rc == 0 && ferror(f))
        rc = failed(a, "read", name, err);
    fclose(f);

    return rc;
}

static int
settle(struct wr_archive *a, const char *name, struct wr_err *err)
{
    char final[256];
    bool there;

    if (ends_with(name, ".tmp"))
        return unlinkat(a->fd, name, 0) < 0 ? failed(a, "remove", name, err)
                                            : 0;
    if (any_there(a, name, &there, err) < 0)
        return (int)err->code;
    if (there)
        return unlinkat(a->fd, name, 0) < 0 ? failed(a, "remove", name, err)
                                            : 0;
    snprintf(final, sizeof(final), "%.*s",
             (int)(strlen(name) - strlen(".pending")), name);
    if (renameat(a->fd, name, a->fd, final) < 0 || fsync(a->fd) < 0)
        return failed(a, "rename", name, err);

    return 0;
}

static int
is_unsettled(const struct dirent *e)
{
    return strncmp(e->d_name, "history-", 8) == 0
           && (ends_with(e->d_name, ".ndjson.tmp")
               || ends_with(e->d_name, ".ndjson.pending"));
}

static int
settle_all(struct wr_archive *a, struct wr_err *err)
{
    struct dirent **list;
    int n = scandir(a->dir, &list, is_unsettled, alphasort), rc = 0;

    if (n < 0)
        return failed(a, "open", ".", err);
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            rc = settle(a, list[i]->d_name, err);
        free(list[i]);
    }
    free(list);

    return rc;
}

/* ---- open and close ---- */

void
wr_archive_close(struct wr_archive *a)
{
    if (!a)
        return;
    if (a->fd >= 0)
        close(a->fd);
    wr_arena_free(a->arena);
    free(a->dir);
    free(a);
}

/* A new folder is durable in the one it is in. */
static int
make_folder(const char *dir, struct wr_err *err)
{
    char *copy, *parent;
    int fd, rc = 0;

    if (mkdir(dir, 0750) < 0)
        return errno == EEXIST ? 0
                               : wr_fail(err, WR_EIO, "create '%s': %s", dir,
                                         strerror(errno));
    copy = strdup(dir);
    if (!copy)
        abort();
    parent = dirname(copy);
    fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0)
        rc = wr_fail(err, WR_EIO, "make '%s' durable: %s", dir,
                     strerror(errno));
    if (fd >= 0)
        close(fd);
    free(copy);

    return rc;
}

int
wr_archive_open(struct wr_runtime *rt, const char *dir, int32_t tenant,
                struct wr_archive **out, struct wr_err *err)
{
    struct wr_archive *a = calloc(1, sizeof(*a));
    int rc = 0;

    if (!a || !(a->dir = strdup(dir)))
        abort();
    a->rt = rt;
    a->tenant = tenant;
    a->arena = wr_arena_new(512);
    rc = make_folder(dir, err);
    a->fd = rc < 0 ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (rc == 0 && a->fd < 0)
        rc = wr_fail(err, WR_EIO, "open '%s': %s", dir, strerror(errno));
    if (rc == 0 && flock(a->fd, LOCK_EX | LOCK_NB) < 0)
        rc = wr_fail(err, WR_EBUSY, "another process archives into '%s'", dir);
    if (rc == 0)
        rc = settle_all(a, err);
    if (rc < 0) {
        wr_archive_close(a);
        return rc;
    }
    *out = a;

    return 0;
}

/* ---- one file ---- */

static int
write_file(struct wr_archive *a, const char *tmp, const struct wr_over *over,
           size_t n, struct wr_err *err)
{
    int fd = openat(a->fd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    int rc = 0;

    if (!f)
        return failed(a, "create", tmp, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = wr_archive_write(a->rt, &over[i].id, a->tenant, over[i].rev, f,
                              err);
    if (rc == 0 && (fflush(f) != 0 || fsync(fd) < 0))
        rc = failed(a, "write", tmp, err);
    if (fclose(f) != 0 && rc == 0)
        rc = failed(a, "write", tmp, err);

    return rc;
}

int
wr_archive_put(struct wr_archive *a, const struct wr_over *over, size_t n,
               struct wr_err *err)
{
    char id[WR_UUID_TEXT];
    const char *tmp, *pending;

    wr_arena_reset(a->arena);
    wr_uuid_text(&over[0].id, id);
    a->name = wr_arena_printf(a->arena, "history-%s.ndjson", id);
    tmp = wr_arena_printf(a->arena, "%s.tmp", a->name);
    pending = wr_arena_printf(a->arena, "%s.pending", a->name);
    if (write_file(a, tmp, over, n, err) < 0) {
        unlinkat(a->fd, tmp, 0);
        return (int)err->code;
    }
    WEIR_CRASH("archive-written"); /* C20 */
    if (renameat(a->fd, tmp, a->fd, pending) < 0 || fsync(a->fd) < 0)
        return failed(a, "rename", tmp, err);
    WEIR_CRASH("archive-pending"); /* C20 */

    return 0;
}

int
wr_archive_keep(struct wr_archive *a, struct wr_err *err)
{
    const char *pending = wr_arena_printf(a->arena, "%s.pending", a->name);

    WEIR_CRASH("archive-purged"); /* C20 */
    if (renameat(a->fd, pending, a->fd, a->name) < 0 || fsync(a->fd) < 0)
        return failed(a, "rename", pending, err);

    return 0;
}

void
wr_archive_drop(struct wr_archive *a)
{
    unlinkat(a->fd, wr_arena_printf(a->arena, "%s.pending", a->name), 0);
}
