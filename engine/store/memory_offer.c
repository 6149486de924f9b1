/*
 * The memory backend's claims.
 *
 * Jobs that may be claimed are kept by type and in the order they are offered
 * in; a claim walks each of its types until it has enough, however many wait.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/store/memory.h"

bool
wr_memory_is_offer(const struct wr_job_row *j)
{
    return j->kind == WR_JOB_EXTERNAL && j->retries > 0;
}

int
wr_memory_offer_cmp(const void *x, const void *y)
{
    const struct wr_job_row *a = x, *b = y;
    int type = strcmp(a->type, b->type);

    return type ? type : wr_offer_cmp(x, y);
}

static int
best_first(const void *x, const void *y)
{
    return wr_offer_cmp(*(const void *const *)x, *(const void *const *)y);
}

static bool
offered(struct memory_shared *m, const struct wr_claim *c,
        const struct wr_job_row *j)
{
    int last = c->bucket_from || c->bucket_to ? c->bucket_to : WR_BUCKETS - 1;
    int bucket = wr_uuid_bucket(&j->id);

    return j->tenant == c->tenant && j->due_at <= c->now
           && j->claims < j->retries
           && (wr_uuid_is_zero(&j->lease) || j->lease_until <= c->now)
           && bucket >= c->bucket_from && bucket <= last
           && wr_memory_type_runs(m, j);
}

/* The best of one type behind the others; how many there are then. */
static size_t
add_type(struct memory_shared *m, const struct wr_claim *c, const char *type,
         struct wr_job_row **offers, size_t n)
{
    const struct wr_job_row before_all = { .type = type,
                                           .due_at = INT64_MIN / 2,
                                           .created_at = INT64_MIN / 2 };
    struct memory_table *t = &m->offers;
    size_t most = n + (size_t)c->max;
    bool found;

    for (size_t i = wr_memory_seek(t, MEMORY_OFFERS, &before_all, &found);
         i < t->n && n < most; i++) {
        struct wr_job_row *j = wr_memory_at(t, i)->row;

        if (strcmp(j->type, type) != 0)
            break;
        if (offered(m, c, j))
            offers[n++] = j;
    }

    return n;
}

static bool
named_before(const struct wr_claim *c, int i)
{
    for (int k = 0; k < i; k++)
        if (strcmp(c->types[k], c->types[i]) == 0)
            return true;

    return false;
}

int
wr_memory_claim(struct wr_store *st, const struct wr_claim *c,
                struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    struct wr_uuid base = c->lease;
    struct wr_job_row **offers, *jobs;
    size_t n = 0;

    (void)err;
    pthread_mutex_lock(&m->lock);
    offers = wr_newn(scratch, struct wr_job_row *,
                     (size_t)c->n_types * (size_t)c->max + 1);
    for (int i = 0; i < c->n_types; i++) {
        if (!named_before(c, i))
            n = add_type(m, c, c->types[i], offers, n);
    }
    qsort(offers, n, sizeof(struct wr_job_row *), best_first);
    if (n > (size_t)c->max)
        n = (size_t)c->max;
    jobs = wr_newn(a, struct wr_job_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct wr_job_row *copy = wr_record_copy(wr_record_of(WR_JOBS), a,
                                                 offers[i]);

        wr_claim_take(c, &base, copy);
        copy->lease_owner = c->worker ? wr_arena_strdup(a, c->worker) : NULL;
        jobs[i] = *copy;
        wr_memory_put(m, WR_JOBS, copy);
    }
    pthread_mutex_unlock(&m->lock);
    st->stats.round_trips++;
    st->stats.commits += n > 0;
    *out = (struct wr_rows){ .noun = WR_JOBS, .n = n, .jobs = jobs };

    return 0;
}
