/*
 * disk: SQLite's own VFS, with each write noted until its file is synced.
 *
 * When the power goes, the notes are undone, the newest first: every byte that
 * no sync covers is as it was, sizes too.  That is the worst that a disk which
 * keeps its promises may do.
 */
#include "tests/crash/disk.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/base.h"

enum {
    FULL_CALLS = 60 /* how long there is no room */
};

struct file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this */
};

struct note { /* how to undo a write */
    struct note *older;
    struct file *file; /* NULL: it was synced */
    int64_t size, at;  /* the file's size before; -1: not cut back */
    size_t len;
    uint8_t bytes[];
};

static struct {
    pthread_mutex_t mutex;
    sqlite3_vfs vfs, *real;
    sqlite3_io_methods methods;
    struct note *newest;
    char what; /* of kill, loss, never, full: its first letter */
    long at, calls;
} disk = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static sqlite3_file *
real(sqlite3_file *f)
{
    return ((struct file *)(void *)f)->real;
}

/* ---- undoing ---- */

static void
note(struct file *f, int64_t at, size_t len)
{
    struct note *n = calloc(1, sizeof(*n) + len);
    sqlite3_int64 size = 0;

    if (!n || f->real->pMethods->xFileSize(f->real, &size) != SQLITE_OK)
        abort();
    *n = (struct note){ disk.newest, f, size, at, len };
    if (at < size) {
        /* Behind the end it reads zeros, which the size then cuts off. */
        int r = f->real->pMethods->xRead(f->real, n->bytes, (int)len, at);

        if (r != SQLITE_OK && r != SQLITE_IOERR_SHORT_READ)
            abort();
    }
    disk.newest = n;
}

static void
forget(const struct file *f)
{
    struct note **at = &disk.newest;

    while (*at) {
        struct note *n = *at;

        if (n->file != f) {
            at = &n->older;
            continue;
        }
        *at = n->older;
        free(n);
    }
}

static void
lose(void)
{
    for (struct note *n = disk.newest; n; n = n->older) {
        sqlite3_file *f = n->file->real;

        if (f->pMethods->xWrite(f, n->bytes, (int)n->len, n->at) != SQLITE_OK
            || f->pMethods->xTruncate(f, n->size) != SQLITE_OK)
            abort();
    }
}

/* true: there is no room. */
static bool
count(void)
{
    if (disk.what == 'f')
        return ++disk.calls >= disk.at && disk.calls < disk.at + FULL_CALLS;
    if (++disk.calls != disk.at)
        return false;
    if (disk.what != 'k')
        lose();
    raise(SIGKILL);

    return false;
}

/* ---- a file ---- */

static int
disk_write(sqlite3_file *f, const void *bytes, int len, sqlite3_int64 at)
{
    int r = SQLITE_FULL;

    pthread_mutex_lock(&disk.mutex);
    if (!count()) {
        note((struct file *)(void *)f, at, (size_t)len);
        r = real(f)->pMethods->xWrite(real(f), bytes, len, at);
    }
    pthread_mutex_unlock(&disk.mutex);

    return r;
}

/* What it cuts off is written again when it is undone. */
static int
disk_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    sqlite3_int64 was = 0;
    int r;

    pthread_mutex_lock(&disk.mutex);
    (void)count();
    r = real(f)->pMethods->xFileSize(real(f), &was);
    if (r == SQLITE_OK && was > size)
        note((struct file *)(void *)f, size, (size_t)(was - size));
    if (r == SQLITE_OK)
        r = real(f)->pMethods->xTruncate(real(f), size);
    pthread_mutex_unlock(&disk.mutex);

    return r;
}

static int
disk_sync(sqlite3_file *f, int flags)
{
    int r;

    pthread_mutex_lock(&disk.mutex);
    (void)count();
    r = real(f)->pMethods->xSync(real(f), flags);
    if (r == SQLITE_OK && disk.what != 'n')
        forget((struct file *)(void *)f);
    pthread_mutex_unlock(&disk.mutex);

    return r;
}

static int
disk_close(sqlite3_file *f)
{
    int r;

    pthread_mutex_lock(&disk.mutex);
    forget((struct file *)(void *)f);
    r = real(f)->pMethods->xClose(real(f));
    pthread_mutex_unlock(&disk.mutex);

    return r;
}

static int
disk_read(sqlite3_file *f, void *out, int len, sqlite3_int64 at)
{
    return real(f)->pMethods->xRead(real(f), out, len, at);
}

static int
disk_size(sqlite3_file *f, sqlite3_int64 *out)
{
    return real(f)->pMethods->xFileSize(real(f), out);
}

static int
disk_lock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xLock(real(f), level);
}

static int
disk_unlock(sqlite3_file *f, int level)
{
    return real(f)->pMethods->xUnlock(real(f), level);
}

static int
disk_reserved(sqlite3_file *f, int *out)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int
disk_control(sqlite3_file *f, int op, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
disk_sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int
disk_traits(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int
disk_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int
disk_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void
disk_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}

static int
disk_unmap(sqlite3_file *f, int delete)
{
    return real(f)->pMethods->xShmUnmap(real(f), delete);
}

static int
disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags,
          int *out_flags)
{
    struct file *mine = (struct file *)(void *)f;
    int r;

    (void)vfs;
    mine->real = (sqlite3_file *)(void *)(mine + 1);
    r = disk.real->xOpen(disk.real, name, mine->real, flags, out_flags);
    mine->base.pMethods = mine->real->pMethods ? &disk.methods : NULL;

    return r;
}

void
crash_disk(void)
{
    const char *text = getenv("WEIR_DISK"),
               *colon = text ? strchr(text, ':') : NULL;

    if (!text)
        return;
    disk.what = text[0];
    disk.at = colon ? strtol(colon + 1, NULL, 10) : 0;
    disk.real = sqlite3_vfs_find(NULL);
    if (!strchr("klnf", disk.what) || disk.at < 1 || !disk.real) {
        fprintf(stderr, "WEIR_DISK: '%s' is not kill|loss|never|full:n\n",
                text);
        abort();
    }
    disk.vfs = *disk.real;
    disk.vfs.zName = "weir-disk";
    disk.vfs.szOsFile = (int)sizeof(struct file) + disk.real->szOsFile;
    disk.vfs.xOpen = disk_open;
    /* Version 2: no memory mapping of the data, which would pass us by. */
    disk.methods = (sqlite3_io_methods){
        .iVersion = 2,
        .xClose = disk_close,
        .xRead = disk_read,
        .xWrite = disk_write,
        .xTruncate = disk_truncate,
        .xSync = disk_sync,
        .xFileSize = disk_size,
        .xLock = disk_lock,
        .xUnlock = disk_unlock,
        .xCheckReservedLock = disk_reserved,
        .xFileControl = disk_control,
        .xSectorSize = disk_sector,
        .xDeviceCharacteristics = disk_traits,
        .xShmMap = disk_map,
        .xShmLock = disk_shm_lock,
        .xShmBarrier = disk_barrier,
        .xShmUnmap = disk_unmap,
    };
    if (sqlite3_vfs_register(&disk.vfs, /* as the default */ 1) != SQLITE_OK)
        abort();
}
