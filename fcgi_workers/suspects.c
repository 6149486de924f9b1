#include "fcgi_workers/suspects.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    FORMAT = 1
};
static const char magic[8] = "weirdoin";

enum state {
    FREE,
    DOING,  /* by a thread of this process, or of one that died */
    SUSPECT /* it waits to be done again */
};

/* As in the file, in the order of this machine's bytes. */
struct entry {
    struct wr_uuid id;
    int64_t at; /* when it was begun, ms */
    uint32_t state, deaths;
};

struct file {
    char magic[8];
    uint32_t format, n;
    struct entry entries[];
};

struct wr_suspects {
    pthread_mutex_t lock, alone;
    struct file *file;
    size_t size, n_entries, n_free, n_suspects;
    uint32_t *free;          /* indexes */
    uint32_t *chains, *next; /* by id: index + 1 of those that are not free */
};

static size_t
chain_of(const struct wr_suspects *s, const struct wr_uuid *id)
{
    uint64_t h = 14695981039346656037U;

    for (size_t i = 0; i < sizeof(id->b); i++)
        h = (h ^ id->b[i]) * 1099511628211U;

    return (size_t)(h % s->n_entries);
}

static struct entry *
find(const struct wr_suspects *s, const struct wr_uuid *id, enum state state)
{
    for (uint32_t k = s->chains[chain_of(s, id)]; k; k = s->next[k - 1]) {
        struct entry *e = &s->file->entries[k - 1];

        if (e->state == (uint32_t)state && wr_uuid_equal(&e->id, id))
            return e;
    }

    return NULL;
}

static void
chain_in(struct wr_suspects *s, uint32_t at)
{
    size_t c = chain_of(s, &s->file->entries[at].id);

    s->next[at] = s->chains[c];
    s->chains[c] = at + 1;
}

static void
let_go(struct wr_suspects *s, struct entry *e)
{
    uint32_t at = (uint32_t)(e - s->file->entries);
    uint32_t *link = &s->chains[chain_of(s, &e->id)];

    while (*link != at + 1)
        link = &s->next[*link - 1];
    *link = s->next[at];
    s->n_suspects -= e->deaths > 0;
    __atomic_store_n(&e->state, FREE, __ATOMIC_RELEASE);
    s->free[s->n_free++] = at;
}

/* ---- the file ---- */

static int
map(struct wr_suspects *s, const char *path, struct wr_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *p = MAP_FAILED;
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0
        && (st.st_size == (off_t)s->size || ftruncate(fd, 0) == 0)
        && ftruncate(fd, (off_t)s->size) == 0)
        p = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        wr_fail(err, WR_EIO, "map '%s': %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return err->code;
    }
    close(fd);
    s->file = p;

    return 0;
}

/* Is it a suspect twice: of old, and as what the process before was doing? */
static bool
is_double(struct wr_suspects *s, const struct entry *e)
{
    struct entry *same = find(s, &e->id, SUSPECT);

    if (same && same->deaths < e->deaths)
        same->deaths = e->deaths;

    return same;
}

static void
read_entry(struct wr_suspects *s, uint32_t at, int64_t now)
{
    const int64_t old = (int64_t)WR_SUSPECT_MEMORY_H * 3600 * 1000;
    struct entry *e = &s->file->entries[at];

    if (e->state == DOING && e->deaths < WR_DEATHS_MUTE)
        e->deaths++;
    if (e->state == FREE || e->state > SUSPECT || e->deaths > WR_DEATHS_MUTE
        || now - e->at > old || is_double(s, e)) {
        e->state = FREE;
        s->free[s->n_free++] = at;
        return;
    }
    e->state = SUSPECT;
    s->n_suspects++;
    chain_in(s, at);
}

static void
read_file(struct wr_suspects *s, int64_t now)
{
    struct file *f = s->file;

    if (memcmp(f->magic, magic, sizeof(magic)) != 0 || f->format != FORMAT
        || f->n != s->n_entries) {
        memset(f, 0, s->size);
        f->format = FORMAT;
        f->n = (uint32_t)s->n_entries;
        memcpy(f->magic, magic, sizeof(magic));
    }
    for (uint32_t i = 0; i < f->n; i++)
        read_entry(s, i, now);
}

int
wr_suspects_open(struct wr_arena *a, const char *home, int slot, size_t room,
                 int64_t now, struct wr_suspects **out, struct wr_err *err)
{
    struct wr_suspects *s = wr_new(a, struct wr_suspects);

    s->n_entries = 2 * room;
    s->size = sizeof(struct file) + s->n_entries * sizeof(struct entry);
    if (map(s, wr_arena_printf(a, "%s/run/slot-%d.doing", home, slot), err) < 0)
        return err->code;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->alone, NULL);
    s->free = wr_newn(a, uint32_t, s->n_entries);
    s->chains = wr_newn(a, uint32_t, s->n_entries);
    s->next = wr_newn(a, uint32_t, s->n_entries);
    read_file(s, now);
    *out = s;

    return 0;
}

void
wr_suspects_close(struct wr_suspects *s)
{
    wr_suspects_forgive(s);
    munmap(s->file, s->size);
    pthread_mutex_destroy(&s->lock);
    pthread_mutex_destroy(&s->alone);
}

void
wr_suspects_forgive(struct wr_suspects *s)
{
    pthread_mutex_lock(&s->lock);
    for (uint32_t i = 0; i < s->n_entries; i++) {
        struct entry *e = &s->file->entries[i];

        if (e->state == DOING && e->deaths)
            e->state = SUSPECT;
        else if (e->state == DOING)
            let_go(s, e);
    }
    pthread_mutex_unlock(&s->lock);
}

/* ---- what is done ---- */

static struct entry *
known(const struct wr_suspects *s, const struct wr_uuid *id)
{
    struct entry *e = find(s, id, SUSPECT);

    return e ? e : find(s, id, DOING);
}

int
wr_suspects_deaths(struct wr_suspects *s, const struct wr_uuid *id)
{
    const struct entry *e;
    int n;

    pthread_mutex_lock(&s->lock);
    e = s->n_suspects ? known(s, id) : NULL;
    n = e ? (int)e->deaths : 0;
    pthread_mutex_unlock(&s->lock);

    return n;
}

/* Without room it is not noted: then it is tried as if it were harmless. */
void
wr_suspects_begin(struct wr_suspects *s, const struct wr_uuid *id, int64_t now)
{
    struct entry *e;

    pthread_mutex_lock(&s->lock);
    e = known(s, id);
    if (e) {
        e->at = now;
        e->state = DOING;
    } else if (s->n_free) {
        uint32_t at = s->free[--s->n_free];

        e = &s->file->entries[at];
        e->id = *id;
        e->at = now;
        e->deaths = 0;
        __atomic_store_n(&e->state, DOING, __ATOMIC_RELEASE);
        chain_in(s, at);
    }
    pthread_mutex_unlock(&s->lock);
}

void
wr_suspects_end(struct wr_suspects *s, const struct wr_uuid *id,
                enum wr_ended how)
{
    struct entry *e;

    pthread_mutex_lock(&s->lock);
    e = how == WR_ENDED_UNSEEN ? NULL : known(s, id);
    if (e && how == WR_ENDED_NOT && e->deaths)
        e->state = SUSPECT;
    else if (e)
        let_go(s, e);
    pthread_mutex_unlock(&s->lock);
}

bool
wr_suspects_alone(struct wr_suspects *s)
{
    return pthread_mutex_trylock(&s->alone) == 0;
}

void
wr_suspects_done(struct wr_suspects *s)
{
    pthread_mutex_unlock(&s->alone);
}

long
wr_suspects_count(struct wr_suspects *s)
{
    long n;

    pthread_mutex_lock(&s->lock);
    n = (long)s->n_suspects;
    pthread_mutex_unlock(&s->lock);

    return n;
}
