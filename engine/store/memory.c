/*
 * memory: the reference backend.
 *
 * For tests, examples and simulation; the other backends must behave as this one
 * does.  "memory:" is a store of its own; all handles of a process on
 * "memory:NAME" share one, which goes with the last of them.
 */

#include "engine/store/memory.h"

#include <stdlib.h>
#include <string.h>

#include "engine/store/backends.h"

/* Handles of one name meet here. */
static pthread_mutex_t names_lock = PTHREAD_MUTEX_INITIALIZER;
static struct memory_shared *names;

struct memory *
wr_memory_of(struct wr_store *st)
{
    return wr_container_of(st, struct memory, base);
}

/* ---- tables ---- */

/* Primary key: by id, then number, then text. */
static struct wr_key
primary(enum wr_noun noun, const void *row)
{
    const struct wr_history_row *h = row;
    const struct wr_resource_row *r = row;
    const struct wr_user_row *u = row;
    struct wr_key k = { .text = "" };

    if (noun == WR_HISTORIES)
        return (struct wr_key){ "", h->seq, h->instance };
    if (noun == WR_RESOURCES)
        return (struct wr_key){ r->name, 0, r->deployment };
    if (noun == WR_USERS)
        return (struct wr_key){ u->name, u->tenant, { { 0 } } };
    if (noun == WR_IDEMPOTENCIES)
        return wr_row_key(noun, row);
    /* The others have their id in front. */
    k.id = *(const struct wr_uuid *)row;

    return k;
}

static int
primary_cmp(enum wr_noun noun, const void *x, const void *y)
{
    struct wr_key a = primary(noun, x), b = primary(noun, y);
    int id = wr_uuid_cmp(&a.id, &b.id);

    if (id)
        return id;
    if (a.at != b.at)
        return a.at < b.at ? -1 : 1;

    return strcmp(a.text, b.text);
}

size_t
wr_memory_seek(const struct memory_table *t, enum wr_noun noun, const void *row,
               bool *found)
{
    size_t lo = 0, hi = t->n;

    *found = false;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = primary_cmp(noun, wr_memory_at(t, mid)->row, row);

        if (c == 0) {
            *found = true;
            return mid;
        }
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }

    return lo;
}

void *
wr_memory_get(struct memory_shared *m, enum wr_noun noun, const void *row)
{
    const struct memory_table *t = &m->tables[noun];
    bool found;
    size_t at = wr_memory_seek(t, noun, row, &found);

    return found ? wr_memory_at(t, at)->row : NULL;
}

static void
make_room(struct memory_table *t)
{
    size_t cap = t->cap ? t->cap * 2 : 16;

    if (t->n < t->cap)
        return;
    t->entries = reallocarray(t->entries, cap, sizeof(*t->entries));
    if (!t->entries)
        abort();
    t->cap = cap;
    t->gap = t->n;
}

static void
move_gap(struct memory_table *t, size_t to)
{
    size_t room = t->cap - t->n;

    if (to < t->gap)
        memmove(t->entries + to + room, t->entries + to,
                (t->gap - to) * sizeof(*t->entries));
    else
        memmove(t->entries + t->gap, t->entries + t->gap + room,
                (to - t->gap) * sizeof(*t->entries));
    t->gap = to;
}

void
wr_memory_put(struct memory_shared *m, enum wr_noun noun, const void *row)
{
    struct memory_table *t = &m->tables[noun];
    const struct wr_record *r = wr_record_of(noun);
    struct memory_entry e = { .arena = wr_arena_new(r->size + 128) };
    bool found;
    size_t at = wr_memory_seek(t, noun, row, &found);

    e.row = wr_record_copy(r, e.arena, row);
    if (found) {
        wr_arena_free(wr_memory_at(t, at)->arena);
        *wr_memory_at(t, at) = e;
        return;
    }
    make_room(t);
    move_gap(t, at);
    t->entries[t->gap++] = e;
    t->n++;
}

bool
wr_memory_del(struct memory_shared *m, enum wr_noun noun, const void *row)
{
    struct memory_table *t = &m->tables[noun];
    bool found;
    size_t at = wr_memory_seek(t, noun, row, &found);

    if (!found)
        return false;
    wr_arena_free(wr_memory_at(t, at)->arena);
    move_gap(t, at);
    t->n--;

    return true;
}

/* ---- open and close ---- */

static struct memory_shared *
shared_new(const char *name)
{
    struct memory_shared *m = calloc(1, sizeof(*m));

    if (!m)
        abort();
    m->name = strdup(name);
    if (!m->name)
        abort();
    pthread_mutex_init(&m->lock, NULL);

    return m;
}

static void
shared_free(struct memory_shared *m)
{
    for (size_t t = 0; t < WR_COUNT(m->tables); t++) {
        for (size_t i = 0; i < m->tables[t].n; i++)
            wr_arena_free(wr_memory_at(&m->tables[t], i)->arena);
        free(m->tables[t].entries);
    }
    pthread_mutex_destroy(&m->lock);
    free(m->name);
    free(m);
}

static struct memory_shared *
shared_ref(const char *name)
{
    struct memory_shared *m = NULL;

    pthread_mutex_lock(&names_lock);
    if (*name) {
        for (m = names; m && strcmp(m->name, name) != 0; m = m->next)
            ;
    }
    if (!m) {
        m = shared_new(name);
        m->next = names;
        names = m;
    }
    m->refs++;
    pthread_mutex_unlock(&names_lock);

    return m;
}

static void
shared_unref(struct memory_shared *m)
{
    struct memory_shared **p = &names;
    bool last;

    pthread_mutex_lock(&names_lock);
    last = --m->refs == 0;
    if (last) {
        while (*p != m)
            p = &(*p)->next;
        *p = m->next;
    }
    pthread_mutex_unlock(&names_lock);
    if (last)
        shared_free(m);
}

static int
memory_open(const char *url, struct wr_store **out, struct wr_err *err)
{
    struct memory *m = calloc(1, sizeof(*m));

    (void)err;
    if (!m)
        abort();
    m->base.ops = &wr_store_memory;
    m->shared = shared_ref(url + strlen("memory:"));
    *out = &m->base;

    return 0;
}

static void
memory_close(struct wr_store *st)
{
    struct memory *m = wr_memory_of(st);

    shared_unref(m->shared);
    free(m);
}

static int
memory_migrate(struct wr_store *st, struct wr_err *err)
{
    (void)st, (void)err;

    return 0;
}

const struct wr_store_ops wr_store_memory = {
    .name = "memory",
    .open = memory_open,
    .close = memory_close,
    .migrate = memory_migrate,
    .commit = wr_memory_commit,
    .deploy = wr_memory_deploy,
    .find = wr_memory_find,
    .search = wr_memory_search,
    .claim = wr_memory_claim,
    .change = wr_memory_change,
};
