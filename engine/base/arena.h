/*
 * arena.h: memory that dies together.
 *
 * Objects are grouped by lifetime, not freed one by one.  There are four
 * lifetimes and every allocation names one:
 *
 *     process     configuration, tables          never reset
 *     definition  one deployed model, immutable  freed on last unref
 *     request     one HTTP request or one job    reset when it is answered
 *     scratch     inside one function            wr_arena_mark / _rewind
 *
 * wr_arena_defer() ties foreign resources (PGresult, xmlDoc, sqlite3_stmt) to
 * the same lifetime.  Deferred calls run newest first.
 *
 * Allocation does not fail: out of memory ends the process, the supervisor
 * starts another and the open transaction rolls back.  Sizes that a client
 * controls are checked against limits before they get here; a request arena
 * carries a cap besides, and wr_arena_over() tells when it was passed, so that
 * the request can be failed at the next safe point (WR_ELIMIT).
 *
 * One arena belongs to one thread at a time.
 */

#ifndef WR_ARENA_H
#define WR_ARENA_H

#include "engine/base/base.h"

struct wr_arena;

typedef void (*wr_defer_fn)(void *data);

struct wr_arena *wr_arena_new(size_t first_block) WR_NONNULL;
void wr_arena_free(struct wr_arena *a);
void wr_arena_reset(struct wr_arena *a);

/* Bytes handed out since the last reset; 0 as cap means none. */
size_t wr_arena_used(const struct wr_arena *a);
void wr_arena_set_cap(struct wr_arena *a, size_t cap);
bool wr_arena_over(const struct wr_arena *a);

void *wr_arena_alloc(struct wr_arena *a, size_t size) WR_NONNULL;
char *wr_arena_strdup(struct wr_arena *a, const char *s) WR_NONNULL;
char *wr_arena_strndup(struct wr_arena *a, const char *s, size_t n) WR_NONNULL;
/* NULL when there are none. */
const char *const *wr_arena_strdups(struct wr_arena *a, const char *const *list,
                                    int n);
void *wr_arena_memdup(struct wr_arena *a, const void *p, size_t n) WR_NONNULL;
char *wr_arena_printf(struct wr_arena *a, const char *fmt, ...) WR_NONNULL
    WR_PRINTF(2);
void wr_arena_defer(struct wr_arena *a, wr_defer_fn fn, void *data);

/* Typed, zeroed allocation: `struct token *t = wr_new(a, struct token);` */
#define wr_new(a, type)     ((type *)wr_arena_alloc(a, sizeof(type)))
#define wr_newn(a, type, n) ((type *)wr_arena_allocn(a, n, sizeof(type)))

void *wr_arena_allocn(struct wr_arena *a, size_t n, size_t size) WR_NONNULL;

WR_DEFINE_CLEANUP(struct wr_arena *, wr_arena_free);

#endif
