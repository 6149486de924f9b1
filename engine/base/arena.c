#include "engine/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT _Alignof(max_align_t)

enum {
    BLOCK_MAX = 1024 * 1024 /* bytes; larger ones are allocated alone */
};

/* Resetting keeps the first block for the next use; not under the address
 * sanitizer, which then finds what was used too long. */
#ifdef __SANITIZE_ADDRESS__
enum {
    KEEP_FIRST = 0
};
#else
enum {
    KEEP_FIRST = 1
};
#endif

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

struct deferred {
    struct deferred *next;
    wr_defer_fn fn;
    void *data;
};

struct wr_arena {
    struct block *blocks; /* newest first */
    struct deferred *deferred;
    size_t first_size, next_size; /* of blocks; doubles up to BLOCK_MAX */
    size_t used, cap;
};

static WR_NORETURN void
out_of_memory(size_t size)
{
    fprintf(stderr, "out of memory allocating %zu bytes\n", size);
    abort();
}

static struct block *
block_new(size_t size, struct block *next)
{
    struct block *b = malloc(sizeof(*b) + size);

    if (!b)
        out_of_memory(size);
    *b = (struct block){ .next = next, .size = size };

    return b;
}

struct wr_arena *
wr_arena_new(size_t first_block)
{
    struct wr_arena *a = calloc(1, sizeof(*a));

    if (!a)
        out_of_memory(sizeof(*a));
    a->first_size = a->next_size = first_block;

    return a;
}

/* All blocks but the `keep` oldest ones. */
static void
drop_blocks(struct wr_arena *a, int keep)
{
    while (a->blocks && (!keep || a->blocks->next)) {
        struct block *b = a->blocks;

        a->blocks = b->next;
        free(b);
    }
}

static void
run_deferred(struct wr_arena *a)
{
    for (struct deferred *d = a->deferred; d; d = d->next)
        d->fn(d->data);
    a->deferred = NULL;
}

void
wr_arena_reset(struct wr_arena *a)
{
    run_deferred(a);
    drop_blocks(a, KEEP_FIRST);
    if (a->blocks && a->blocks->size > BLOCK_MAX)
        drop_blocks(a, 0);
    if (a->blocks)
        a->blocks->used = 0;
    a->used = 0;
    a->next_size = a->first_size;
}

void
wr_arena_free(struct wr_arena *a)
{
    if (!a)
        return;
    run_deferred(a);
    drop_blocks(a, 0);
    free(a);
}

size_t
wr_arena_used(const struct wr_arena *a)
{
    return a->used;
}

void
wr_arena_set_cap(struct wr_arena *a, size_t cap)
{
    a->cap = cap;
}

bool
wr_arena_over(const struct wr_arena *a)
{
    return a->cap != 0 && a->used > a->cap;
}

void *
wr_arena_alloc(struct wr_arena *a, size_t size)
{
    struct block *b = a->blocks;
    void *p;

    if (size > SIZE_MAX / 2)
        out_of_memory(size);
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);

    if (!b || b->size - b->used < size) {
        size_t want = a->next_size > size ? a->next_size : size;

        b = a->blocks = block_new(want, b);
        if (a->next_size < BLOCK_MAX)
            a->next_size *= 2;
    }

    p = b->data + b->used;
    b->used += size;
    a->used += size;

    return memset(p, 0, size);
}

void *
wr_arena_allocn(struct wr_arena *a, size_t n, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(n, size, &total))
        out_of_memory(SIZE_MAX);

    return wr_arena_alloc(a, total);
}

void *
wr_arena_memdup(struct wr_arena *a, const void *p, size_t n)
{
    void *copy = wr_arena_alloc(a, n ? n : 1);

    return n ? memcpy(copy, p, n) : copy;
}

char *
wr_arena_strndup(struct wr_arena *a, const char *s, size_t n)
{
    char *copy = wr_arena_alloc(a, n + 1);

    return n ? memcpy(copy, s, n) : copy;
}

char *
wr_arena_strdup(struct wr_arena *a, const char *s)
{
    return wr_arena_strndup(a, s, strlen(s));
}

const char *const *
wr_arena_strdups(struct wr_arena *a, const char *const *list, int n)
{
    const char **copy;

    if (n == 0)
        return NULL;
    copy = wr_newn(a, const char *, (size_t)n);
    for (int i = 0; i < n; i++)
        copy[i] = wr_arena_strdup(a, list[i]);

    return copy;
}

char *
wr_arena_printf(struct wr_arena *a, const char *fmt, ...)
{
    va_list ap, again;
    char *s;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);

    s = wr_arena_alloc(a, (size_t)n + 1);
    vsnprintf(s, (size_t)n + 1, fmt, again);
    va_end(again);

    return s;
}

void
wr_arena_defer(struct wr_arena *a, wr_defer_fn fn, void *data)
{
    struct deferred *d = wr_new(a, struct deferred);

    *d = (struct deferred){ .next = a->deferred, .fn = fn, .data = data };
    a->deferred = d;
}
