#include "engine/store/store.h"

#include <string.h>

#include "engine/store/backends.h"
#include "engine/store/columns.h"

static const struct {
    const char *scheme;
    const struct wr_store_ops *ops;
} backends[] = {
    { "memory", &wr_store_memory },
    { "sqlite", &wr_store_sqlite },
    { "postgresql", &wr_store_pgsql },
    { "postgres", &wr_store_pgsql },
};

/* NULL: there is none of that scheme. */
static const struct wr_store_ops *
ops_of(const char *url)
{
    size_t scheme = strcspn(url, ":");

    for (size_t i = 0; i < WR_COUNT(backends); i++) {
        if (strlen(backends[i].scheme) == scheme && url[scheme]
            && strncmp(backends[i].scheme, url, scheme) == 0)
            return backends[i].ops;
    }

    return NULL;
}

int
wr_store_open(const char *url, struct wr_store **out, struct wr_err *err)
{
    const struct wr_store_ops *ops = ops_of(url);
    wr_auto(wr_arena_free) struct wr_arena *a = NULL;

    if (ops)
        return ops->open(url, out, err);
    a = wr_arena_new(1024);

    return wr_fail(err, WR_EINVALID, "no storage backend for '%s'",
                   wr_store_public_url(a, url));
}

bool
wr_store_tells_time(const char *url)
{
    const struct wr_store_ops *ops = ops_of(url);

    return ops && ops->time;
}

int
wr_store_time(struct wr_store *st, int64_t *now, struct wr_err *err)
{
    if (!st->ops->time)
        return wr_fail(err, WR_EINVALID, "'%s' has no clock", st->ops->name);

    return st->ops->time(st, now, err);
}

void
wr_store_close(struct wr_store *st)
{
    st->ops->close(st);
}

int
wr_store_migrate(struct wr_store *st, struct wr_err *err)
{
    return st->ops->migrate(st, err);
}

int
wr_store_commit(struct wr_store *st, struct wr_item *items, size_t n,
                struct wr_err *err)
{
    if (n == 0)
        return 0;

    return st->ops->commit(st, items, n, err);
}

static int
refuse_text(const struct wr_record *r, const void *row, struct wr_err *err)
{
    const char *column = wr_record_bad_text(r, row);

    if (column)
        return wr_fail(err, WR_EVALUE, "'%s' of a %s is not valid text", column,
                       r->name);

    return 0;
}

int
wr_store_deploy(struct wr_store *st, const struct wr_deployment *d,
                struct wr_err *err)
{
    int rc = refuse_text(wr_record_of(WR_DEPLOYMENTS), &d->row, err);

    for (int i = 0; rc == 0 && i < d->n_resources; i++)
        rc = refuse_text(wr_record_of(WR_RESOURCES), &d->resources[i], err);
    for (int i = 0; rc == 0 && i < d->n_definitions; i++)
        rc = refuse_text(wr_record_of(WR_DEFINITIONS), &d->definitions[i], err);
    for (int i = 0; rc == 0 && i < d->n_forms; i++)
        rc = refuse_text(wr_record_of(WR_FORMS), &d->forms[i], err);
    for (int i = 0; rc == 0 && i < d->n_decisions; i++)
        rc = refuse_text(wr_record_of(WR_DECISIONS), &d->decisions[i], err);
    if (rc == 0 && d->key)
        rc = refuse_text(wr_record_of(WR_IDEMPOTENCIES), d->key, err);
    if (rc < 0)
        return rc;

    return st->ops->deploy(st, d, err);
}

int
wr_store_find(struct wr_store *st, const struct wr_query *q, struct wr_arena *a,
              struct wr_rows *out, struct wr_err *err)
{
    return st->ops->find(st, q, a, out, err);
}

int
wr_store_search(struct wr_store *st, const struct wr_search *s,
                struct wr_arena *a, struct wr_rows *out, int64_t *total,
                struct wr_err *err)
{
    return st->ops->search(st, s, a, out, total, err);
}

int
wr_store_instance(struct wr_store *st, const struct wr_uuid *id, int32_t tenant,
                  struct wr_arena *a, const struct wr_instance_row **out,
                  struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_INSTANCES, .tenant = tenant, .id = id, .state = -1
    };
    struct wr_rows rows;
    char text[WR_UUID_TEXT];

    if (st->ops->find(st, &q, a, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0) {
        wr_uuid_text(id, text);
        return wr_fail(err, WR_ENOTFOUND, "no instance '%s'", text);
    }
    *out = rows.instances;

    return 0;
}

int
wr_store_claim(struct wr_store *st, const struct wr_claim *c,
               struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    if (c->max < 1 || c->max > 10000)
        return wr_fail(err, WR_EINVALID, "max %d is not within 1..10000",
                       c->max);

    return st->ops->claim(st, c, a, out, err);
}

/* What a change may do to a noun. */
static int
refuse(const struct wr_change *c, struct wr_err *err)
{
    bool put = c->op == WR_OP_PUT;

    if (c->noun == WR_USERS || c->noun == WR_SESSIONS)
        return put ? refuse_text(wr_record_of(c->noun), c->user, err) : 0;
    if ((c->noun == WR_DEFINITIONS || c->noun == WR_DECISIONS) && put)
        return 0;
    if (c->noun == WR_JOBS)
        return 0;
    if (c->noun == WR_IDEMPOTENCIES)
        return put ? refuse_text(wr_record_of(c->noun), c->idempotency, err)
                   : 0;
    if (c->noun == WR_OUTBOXES && (put || c->was))
        return put ? refuse_text(wr_record_of(c->noun), c->outbox, err) : 0;
    if (c->noun == WR_TIMERS && c->was)
        return 0;
    if (c->noun == WR_MESSAGES)
        return put ? refuse_text(wr_record_of(c->noun), c->message, err) : 0;
    if (c->noun == WR_BATCHES && put)
        return refuse_text(wr_record_of(c->noun), c->batch, err);
    if (c->noun == WR_BATCH_ITEMS && put)
        return refuse_text(wr_record_of(c->noun), c->batch_item, err);
    if (c->noun == WR_DEAD_LETTERS)
        return refuse_text(wr_record_of(c->noun), c->dead_letter, err);
    if (c->noun == WR_SUSPENSIONS)
        return refuse_text(wr_record_of(c->noun), c->suspension, err);

    return wr_fail(err, WR_EUNSUPPORTED, "no such change of rows");
}

int
wr_store_change(struct wr_store *st, const struct wr_change *changes, size_t n,
                struct wr_err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (refuse(&changes[i], err) < 0)
            return (int)err->code;
    }
    if (n == 0)
        return 0;

    return st->ops->change(st, changes, n, err);
}

int
wr_store_upkeep(struct wr_store *st, const struct wr_upkeep *u,
                struct wr_upkept *out, struct wr_err *err)
{
    return st->ops->upkeep(st, u, out, err);
}
