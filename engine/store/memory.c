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

/* Is the id, which stands in front, all of the primary key? */
static bool
has_id(int noun)
{
    return noun != WR_HISTORIES && noun != WR_RESOURCES && noun != WR_USERS
           && noun != WR_IDEMPOTENCIES;
}

/* Primary key of the others: by id, then number, then text. */
static struct wr_key
primary(int noun, const void *row)
{
    const struct wr_history_row *h = row;
    const struct wr_resource_row *r = row;
    const struct wr_user_row *u = row;

    if (noun == WR_HISTORIES)
        return (struct wr_key){ "", h->seq, h->instance };
    if (noun == WR_RESOURCES)
        return (struct wr_key){ r->name, 0, r->deployment };
    if (noun == WR_USERS)
        return (struct wr_key){ u->name, u->tenant, { { 0 } } };

    return wr_row_key((enum wr_noun)noun, row);
}

static int
primary_cmp(int noun, const void *x, const void *y)
{
    struct wr_key a, b;
    int id;

    if (noun == MEMORY_OFFERS)
        return wr_memory_offer_cmp(x, y);
    if (has_id(noun))
        return wr_uuid_cmp(x, y);
    a = primary(noun, x);
    b = primary(noun, y);
    id = wr_uuid_cmp(&a.id, &b.id);
    if (id)
        return id;
    if (a.at != b.at)
        return a.at < b.at ? -1 : 1;

    return strcmp(a.text, b.text);
}

/* The block of this position, and what is before it. */
static size_t
block_of(struct memory_table *t, size_t i)
{
    while (t->at_block && i < t->before)
        t->before -= t->blocks[--t->at_block]->n;
    while (t->at_block < t->n_blocks
           && i - t->before >= t->blocks[t->at_block]->n)
        t->before += t->blocks[t->at_block++]->n;

    return t->at_block;
}

struct memory_entry *
wr_memory_at(struct memory_table *t, size_t i)
{
    size_t b = block_of(t, i);

    return &t->blocks[b]->entries[i - t->before];
}

/* The block that has this row, or is to have it; of none, the first. */
static size_t
seek_block(const struct memory_table *t, int noun, const void *row)
{
    size_t lo = 0, hi = t->n_blocks;

    while (hi > lo + 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (primary_cmp(noun, t->blocks[mid]->entries[0].row, row) <= 0)
            lo = mid;
        else
            hi = mid;
    }

    return lo;
}

static size_t
seek_entry(const struct memory_block *b, int noun, const void *row, bool *found)
{
    size_t lo = 0, hi = b->n;

    *found = false;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = primary_cmp(noun, b->entries[mid].row, row);

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

size_t
wr_memory_seek(struct memory_table *t, int noun, const void *row, bool *found)
{
    size_t b = seek_block(t, noun, row);

    *found = false;
    if (!t->n_blocks)
        return 0;
    for (; t->at_block > b; t->at_block--)
        t->before -= t->blocks[t->at_block - 1]->n;
    for (; t->at_block < b; t->at_block++)
        t->before += t->blocks[t->at_block]->n;

    return t->before + seek_entry(t->blocks[b], noun, row, found);
}

void *
wr_memory_get(struct memory_shared *m, enum wr_noun noun, const void *row)
{
    const struct memory_table *t = &m->tables[noun];
    size_t b = seek_block(t, noun, row), at;
    bool found;

    if (!t->n_blocks)
        return NULL;
    at = seek_entry(t->blocks[b], noun, row, &found);

    return found ? t->blocks[b]->entries[at].row : NULL;
}

/* An empty block at place `b`. */
static void
add_block(struct memory_table *t, size_t b)
{
    struct memory_block *fresh = calloc(1, sizeof(*fresh));

    if (t->n_blocks == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 4;
        t->blocks = reallocarray(t->blocks, t->cap, sizeof(*t->blocks));
    }
    if (!fresh || !t->blocks)
        abort();
    memmove(t->blocks + b + 1, t->blocks + b,
            (t->n_blocks - b) * sizeof(*t->blocks));
    t->blocks[b] = fresh;
    t->n_blocks++;
}

/* Its later half into a block of its own; behind all rows, where most are
 * added, nothing: the new block is for what comes. */
static void
split(struct memory_table *t, size_t b, size_t at)
{
    struct memory_block *old = t->blocks[b], *next;
    bool last = b + 1 == t->n_blocks && at == old->n;
    size_t keep = last ? old->n : old->n / 2;

    add_block(t, b + 1);
    next = t->blocks[b + 1];
    next->n = old->n - keep;
    memcpy(next->entries, old->entries + keep,
           next->n * sizeof(*next->entries));
    old->n = keep;
}

static void
insert(struct memory_table *t, size_t b, size_t at, struct memory_entry e)
{
    struct memory_block *block = t->blocks[b];

    if (block->n == MEMORY_BLOCK) {
        split(t, b, at);
        if (at > block->n || block->n == MEMORY_BLOCK) { /* or at its start */
            at -= block->n;
            block = t->blocks[b + 1];
        }
    }
    memmove(block->entries + at + 1, block->entries + at,
            (block->n - at) * sizeof(*block->entries));
    block->entries[at] = e;
    block->n++;
    t->n++;
}

static void
note(struct memory_shared *m, const struct wr_history_row *h)
{
    if (m->n_log == m->cap_log) {
        m->cap_log = m->cap_log ? 2 * m->cap_log : 64;
        m->log = reallocarray(m->log, m->cap_log, sizeof(*m->log));
        if (!m->log)
            abort();
    }
    m->log[m->n_log++] = (struct memory_commit){ h->instance, h->seq };
}

/* Was there none? */
static bool
put_entry(struct memory_table *t, int noun, struct memory_entry e)
{
    size_t b = seek_block(t, noun, e.row), at;
    bool found;

    if (!t->n_blocks)
        add_block(t, 0);
    at = seek_entry(t->blocks[b], noun, e.row, &found);
    if (found) {
        wr_arena_free(t->blocks[b]->entries[at].arena);
        t->blocks[b]->entries[at] = e;
        return false;
    }
    t->at_block = t->before = 0;
    insert(t, b, at, e);

    return true;
}

static bool
del_entry(struct memory_table *t, int noun, const void *row)
{
    size_t b = seek_block(t, noun, row), at;
    struct memory_block *block;
    bool found;

    if (!t->n_blocks)
        return false;
    block = t->blocks[b];
    at = seek_entry(block, noun, row, &found);
    if (!found)
        return false;
    t->at_block = t->before = 0;
    wr_arena_free(block->entries[at].arena);
    block->n--;
    t->n--;
    memmove(block->entries + at, block->entries + at + 1,
            (block->n - at) * sizeof(*block->entries));
    if (block->n)
        return true;
    free(block);
    t->n_blocks--;
    memmove(t->blocks + b, t->blocks + b + 1,
            (t->n_blocks - b) * sizeof(*t->blocks));

    return true;
}

/* A job that may be claimed is also where claims look; the entry there borrows
 * the row, so it goes first. */
static void
withdraw(struct memory_shared *m, enum wr_noun noun, const void *row)
{
    const void *old = noun == WR_JOBS ? wr_memory_get(m, noun, row) : NULL;

    if (old)
        (void)del_entry(&m->offers, MEMORY_OFFERS, old);
}

void
wr_memory_put(struct memory_shared *m, enum wr_noun noun, const void *row)
{
    const struct wr_record *r = wr_record_of(noun);
    struct memory_entry e = { .arena = wr_arena_new(r->size + 128) };

    e.row = wr_record_copy(r, e.arena, row);
    withdraw(m, noun, row);
    if (put_entry(&m->tables[noun], noun, e) && noun == WR_HISTORIES)
        note(m, row);
    if (noun == WR_JOBS && wr_memory_is_offer(e.row))
        (void)put_entry(&m->offers, MEMORY_OFFERS,
                        (struct memory_entry){ .row = e.row });
}

bool
wr_memory_del(struct memory_shared *m, enum wr_noun noun, const void *row)
{
    withdraw(m, noun, row);

    return del_entry(&m->tables[noun], noun, row);
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
free_table(struct memory_table *t)
{
    for (size_t b = 0; b < t->n_blocks; b++) {
        for (size_t i = 0; i < t->blocks[b]->n; i++)
            wr_arena_free(t->blocks[b]->entries[i].arena);
        free(t->blocks[b]);
    }
    free(t->blocks);
}

static void
shared_free(struct memory_shared *m)
{
    for (size_t t = 0; t < WR_COUNT(m->tables); t++)
        free_table(&m->tables[t]);
    free(m->log);
    free_table(&m->offers);
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
    .upkeep = wr_memory_upkeep,
    .project = &wr_project_memory,
};
