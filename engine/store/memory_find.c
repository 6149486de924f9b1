/* The memory backend's lookups: a scan, a filter, a sort. */

#include <stdlib.h>
#include <string.h>

#include "engine/store/memory.h"

static const void *
member(enum wr_noun noun, const void *row, const char *column)
{
    const struct wr_column *c = wr_column_find(wr_record_of(noun), column,
                                               strlen(column));

    return c ? (const char *)row + c->offset : NULL;
}

/* A member that is not given matches, and so does one the noun has not: what
 * does not apply was refused before. */
static bool
same_id(enum wr_noun noun, const void *row, const char *column,
        const struct wr_uuid *want)
{
    const struct wr_uuid *have;

    if (wr_uuid_is_zero(want))
        return true;
    have = member(noun, row, column);

    return !have || wr_uuid_equal(have, want);
}

static bool
same_text(enum wr_noun noun, const void *row, const char *column,
          const char *want)
{
    const char *const *have;

    if (!want)
        return true;
    have = member(noun, row, column);

    return !have || (*have && strcmp(*have, want) == 0);
}

static bool
same_int(enum wr_noun noun, const void *row, const char *column, int32_t want)
{
    const int32_t *have = member(noun, row, column);

    return !have || *have == want;
}

static bool
in_list(const char *const *items, int n, const char *want)
{
    if (!want)
        return true;
    for (int i = 0; i < n; i++) {
        if (strcmp(items[i], want) == 0)
            return true;
    }

    return false;
}

static bool
is_newest(struct memory_shared *m, const struct wr_lookup *l,
          const struct wr_definition_row *d)
{
    const struct memory_table *t = &m->tables[WR_DEFINITIONS];

    if (l->state == -1 && d->state == WR_DEF_DELETED)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        const struct wr_definition_row *o = wr_memory_at(t, i)->row;

        if (o->tenant == d->tenant && o->version > d->version
            && strcmp(o->key, d->key) == 0
            && (l->state == -1 ? o->state != WR_DEF_DELETED
                               : (int)o->state == l->state))
            return false;
    }

    return true;
}

static bool
is_newest_decision(struct memory_shared *m, const struct wr_lookup *l,
                   const struct wr_decision_row *d)
{
    const struct memory_table *t = &m->tables[WR_DECISIONS];

    if (l->state == -1 && d->state == WR_DEF_DELETED)
        return false;
    for (size_t i = 0; i < t->n; i++) {
        const struct wr_decision_row *o = wr_memory_at(t, i)->row;

        if (o->tenant == d->tenant && o->version > d->version
            && strcmp(o->key, d->key) == 0
            && (l->state == -1 ? o->state != WR_DEF_DELETED
                               : (int)o->state == l->state))
            return false;
    }

    return true;
}

static bool
has_key(struct memory_shared *m, const struct wr_instance_row *i,
        const char *key)
{
    const struct wr_definition_row of = { .id = i->definition };
    const struct wr_definition_row *d;

    if (!key)
        return true;
    d = wr_memory_get(m, WR_DEFINITIONS, &of);

    return d && strcmp(d->key, key) == 0;
}

static bool
in_buckets(const struct wr_lookup *l, const struct wr_uuid *id)
{
    int b = wr_uuid_bucket(id);

    return b >= l->bucket_from && b <= l->bucket_to;
}

/* What only one noun knows. */
static bool
matches_own(struct memory_shared *m, const struct wr_lookup *l, const void *row)
{
    const struct wr_instance_row *i = row;
    const struct wr_task_row *t = row;
    const struct wr_job_row *j = row;
    const struct wr_timer_row *tm = row;
    const struct wr_subscription_row *s = row;
    const struct wr_history_row *h = row;
    const struct wr_outbox_row *ob = row;
    const struct wr_suspension_row *sp = row;
    const struct wr_resource_row *r = row;
    const struct wr_form_row *f = row;
    const struct wr_deployment_row *d;

    switch (l->query->noun) {
    case WR_RESOURCES:
        d = wr_memory_get(m, WR_DEPLOYMENTS, &r->deployment);
        return d && d->tenant == l->tenant;
    case WR_FORMS:
        return f->fresh || !wr_uuid_is_zero(&l->deployment);
    case WR_DEFINITIONS:
        return !l->latest || is_newest(m, l, row);
    case WR_DECISIONS:
        return !l->latest || is_newest_decision(m, l, row);
    case WR_INSTANCES:
        return has_key(m, i, l->key) && (!l->with_incidents || i->incidents > 0)
               && (!l->started_after || i->started_at > l->started_after)
               && (!l->started_before || i->started_at < l->started_before);
    case WR_TASKS:
        return in_list(t->candidate_users, t->n_candidate_users,
                       l->candidate_user)
               && in_list(t->candidate_groups, t->n_candidate_groups,
                          l->candidate_group);
    case WR_JOBS:
        return in_buckets(l, &j->id)
               && (!l->due_before
                   || (j->due_at <= l->due_before && j->retries > 0));
    case WR_TIMERS:
        return in_buckets(l, &tm->id)
               && (!l->due_before || tm->due_at <= l->due_before);
    case WR_SUSPENSIONS:
        return l->state == -1 || (int)sp->kind == l->state;
    case WR_OUTBOXES:
        return in_buckets(l, &ob->id)
               && (!l->due_before || ob->due_at <= l->due_before);
    case WR_SUBSCRIPTIONS:
        return (!l->key_exact || l->key || !s->key)
               && (l->subscription < 0 || (int)s->type == l->subscription);
    case WR_HISTORIES: {
        const struct wr_instance_row of = { .id = h->instance };

        i = wr_memory_get(m, WR_INSTANCES, &of);
        return i && i->tenant == l->tenant && h->seq > l->after_seq;
    }
    case WR_DEPLOYMENTS:
    case WR_INCIDENTS:
    case WR_USERS:
    case WR_SESSIONS:
    case WR_IDEMPOTENCIES:
    case WR_SPILLS:
    case WR_COUNTS:
        break;
    }

    return true;
}

/* All tenants have the same. */
static bool
is_epoch(enum wr_noun noun, const void *row)
{
    const struct wr_suspension_row *s = row;

    return noun == WR_SUSPENSIONS && s->kind == WR_SUSPENDED_EPOCH;
}

static bool
matches(struct memory_shared *m, const struct wr_lookup *l, const void *row)
{
    enum wr_noun noun = l->query->noun;
    const char *key = noun == WR_USERS      ? "name"
                      : noun == WR_SESSIONS ? "user_name"
                                            : "key";

    return (is_epoch(noun, row) || same_int(noun, row, "tenant", l->tenant))
           && same_id(noun, row, "id", &l->id)
           && same_id(noun, row, "instance", &l->instance)
           && same_id(noun, row, "definition", &l->definition)
           && same_id(noun, row, "deployment", &l->deployment)
           && same_id(noun, row, "parent", &l->parent)
           && same_text(noun, row, key, l->key)
           && same_text(noun, row, "name", l->name)
           && same_text(noun, row, "business_key", l->business_key)
           && same_text(noun, row, "singleton", l->singleton)
           && same_text(noun, row, "assignee", l->assignee)
           && same_text(noun, row, "type", l->type)
           && (!l->version || same_int(noun, row, "version", l->version))
           && (l->state == -1 || same_int(noun, row, "state", l->state))
           && matches_own(m, l, row);
}

/* ---- order ---- */

struct hit {
    struct wr_key key;
    const void *row;
};

static int
hit_cmp(const void *x, const void *y)
{
    const struct hit *a = x, *b = y;

    return wr_key_cmp(&a->key, &b->key);
}

static int
hit_cmp_desc(const void *x, const void *y)
{
    return hit_cmp(y, x);
}

static bool
after_cursor(const struct wr_lookup *l, const struct wr_key *k)
{
    if (!l->query->cursor)
        return true;

    return l->query->descending ? wr_key_cmp(k, &l->c) < 0
                                : wr_key_cmp(k, &l->c) > 0;
}

/* Where to look: all of the table, or where its primary key leads. */
static void
range(const struct memory_table *t, const struct wr_lookup *l, size_t *from,
      size_t *to)
{
    struct wr_history_row h = { .instance = l->instance };
    bool found;

    *from = 0;
    *to = t->n;
    if (l->query->noun == WR_HISTORIES) {
        *from = wr_memory_seek(t, WR_HISTORIES, &h, &found);
        h.seq = INT64_MAX;
        *to = wr_memory_seek(t, WR_HISTORIES, &h, &found);
    } else if (l->query->id) {
        *from = wr_memory_seek(t, l->query->noun, l->query->id, &found);
        *to = *from + (found ? 1 : 0);
    }
}

static void *
copy_out(const struct wr_lookup *l, struct wr_arena *a, const struct hit *hits,
         size_t n)
{
    const struct wr_record *r = wr_record_of(l->query->noun);
    char *rows = wr_arena_allocn(a, n + 1, r->size);

    for (size_t i = 0; i < n; i++) {
        void *row = wr_record_copy(r, a, hits[i].row);

        /* Lists of instances leave the blob out. */
        if (l->query->noun == WR_INSTANCES && !l->query->id)
            ((struct wr_instance_row *)row)->blob = (struct wr_blob){ NULL, 0 };
        memcpy(rows + i * r->size, row, r->size);
    }

    return rows;
}

static int
count_cmp(const void *x, const void *y)
{
    return wr_uuid_cmp(x, y);
}

/* Instances by definition: made from the table of instances when asked. */
static struct wr_count_row *
count_rows(struct memory_shared *m, const struct wr_lookup *l,
           struct wr_arena *a, size_t *n)
{
    const struct memory_table *t = &m->tables[WR_INSTANCES];
    struct wr_count_row *rows = wr_newn(a, struct wr_count_row, t->n + 1);

    *n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct wr_instance_row *r = wr_memory_at(t, i)->row;
        size_t k = 0;

        if (r->tenant != l->tenant
            || (l->query->definition
                && !wr_uuid_equal(&r->definition, &l->definition)))
            continue;
        while (k < *n && !wr_uuid_equal(&rows[k].definition, &r->definition))
            k++;
        *n += k == *n;
        rows[k].definition = r->definition;
        rows[k].total++;
        rows[k].active += r->state < WR_COMPLETED;
        rows[k].incidents += r->incidents > 0;
    }
    qsort(rows, *n, sizeof(*rows), count_cmp);

    return rows;
}

static int
find_counts(struct wr_store *st, const struct wr_lookup *l, struct wr_arena *a,
            struct wr_rows *out)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    struct wr_count_row *rows;
    size_t n, from = 0;

    pthread_mutex_lock(&m->lock);
    rows = count_rows(m, l, a, &n);
    pthread_mutex_unlock(&m->lock);
    while (from < n && l->query->cursor
           && wr_uuid_cmp(&rows[from].definition, &l->c.id) <= 0)
        from++;
    n -= from;
    if (n > (size_t)l->rows)
        n = (size_t)l->rows;
    wr_lookup_answer(l, a, rows + from, n, out);
    st->stats.round_trips++;

    return 0;
}

int
wr_memory_find(struct wr_store *st, const struct wr_query *q,
               struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    const struct memory_table *t = &m->tables[q->noun];
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    struct wr_lookup l;
    struct hit *hits;
    size_t from, to, n = 0;

    if (wr_lookup_init(q, a, &l, err) < 0)
        return (int)err->code;
    if (q->noun == WR_COUNTS)
        return find_counts(st, &l, a, out);
    pthread_mutex_lock(&m->lock);
    range(t, &l, &from, &to);
    hits = wr_newn(scratch, struct hit, to - from + 1);
    for (size_t i = from; i < to; i++) {
        struct hit h = { wr_row_key(q->noun, wr_memory_at(t, i)->row),
                         wr_memory_at(t, i)->row };

        if (matches(m, &l, h.row) && after_cursor(&l, &h.key))
            hits[n++] = h;
    }
    qsort(hits, n, sizeof(*hits), q->descending ? hit_cmp_desc : hit_cmp);
    if (n > (size_t)l.rows)
        n = (size_t)l.rows;
    wr_lookup_answer(&l, a, copy_out(&l, a, hits, n), n, out);
    pthread_mutex_unlock(&m->lock);
    st->stats.round_trips++;

    return 0;
}

/* ---- claims ---- */

static bool
offered(const struct wr_claim *c, const struct wr_job_row *j)
{
    int last = c->bucket_from || c->bucket_to ? c->bucket_to : WR_BUCKETS - 1;
    int bucket = wr_uuid_bucket(&j->id);

    return j->kind == WR_JOB_EXTERNAL && j->retries > 0 && j->due_at <= c->now
           && (wr_uuid_is_zero(&j->lease) || j->lease_until <= c->now)
           && bucket >= c->bucket_from && bucket <= last
           && in_list(c->types, c->n_types, j->type);
}

static int
offer_cmp(const void *x, const void *y)
{
    return wr_offer_cmp(*(const void *const *)x, *(const void *const *)y);
}

int
wr_memory_claim(struct wr_store *st, const struct wr_claim *c,
                struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    const struct memory_table *t = &m->tables[WR_JOBS];
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    struct wr_uuid base = c->lease;
    struct wr_job_row **offers, *jobs;
    size_t n = 0;

    (void)err;
    pthread_mutex_lock(&m->lock);
    offers = wr_newn(scratch, struct wr_job_row *, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        if (offered(c, wr_memory_at(t, i)->row)
            && wr_memory_type_runs(m, wr_memory_at(t, i)->row))
            offers[n++] = wr_memory_at(t, i)->row;
    }
    qsort(offers, n, sizeof(struct wr_job_row *), offer_cmp);
    if (n > (size_t)c->max)
        n = (size_t)c->max;
    jobs = wr_newn(a, struct wr_job_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct wr_job_row *copy = wr_record_copy(wr_record_of(WR_JOBS), a,
                                                 offers[i]);

        copy->lease = wr_uuid_next(&base);
        copy->lease_until = c->until;
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
