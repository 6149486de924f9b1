#include "engine/store/sqlstore.h"

#include <string.h>

#include "engine/base/crash.h"
#include "engine/store/match.h"

struct count {
    int64_t count;
};
static const struct wr_column count_c[] = {
    { "count", WR_C_INT8, offsetof(struct count, count), 0 },
};
static const struct wr_record record_count = { "count", sizeof(struct count),
                                               count_c, 1, 1 };

struct migration {
    int32_t number;
    const char *name;
};
static const struct wr_column migration_c[] = {
    { "number", WR_C_INT4, offsetof(struct migration, number), 0 },
    { "name", WR_C_TEXT, offsetof(struct migration, name), 0 },
};
static const struct wr_record record_migration = { "migration",
                                                   sizeof(struct migration),
                                                   migration_c, 2, 0 };

static const struct wr_sql_driver *
driver(struct wr_store *st)
{
    return wr_container_of(st, struct wr_sql_store, base)->driver;
}

void *
wr_found_add(struct wr_found *f)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 4;
        char *rows = wr_arena_allocn(f->arena, cap, f->record->size);

        if (f->n)
            memcpy(rows, f->rows, f->n * f->record->size);
        f->rows = rows;
        f->cap = cap;
    }

    return f->rows + f->record->size * f->n++;
}

const char *
wr_sql_param(const char **at, size_t *len, bool *array)
{
    const char *word = *at;
    size_t n;

    if (!*word)
        return NULL;
    n = strcspn(word, " ");
    *at = word + n + (word[n] == ' ');
    *array = n > 2 && word[n - 1] == ']';
    *len = *array ? n - 2 : n;

    return word;
}

static int
run(struct wr_store *st, enum wr_sql sql, const struct wr_record *args,
    const void *row, int64_t *changed, struct wr_err *err)
{
    struct wr_found f = { 0 };

    if (driver(st)->run(st, sql, args, row, &f, err) < 0)
        return (int)err->code;
    if (changed)
        *changed = f.changed;
    st->stats.rows += f.changed;

    return 0;
}

static int
count(struct wr_store *st, enum wr_sql sql, int64_t *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
    struct wr_found f = { .record = &record_count, .arena = a };

    if (driver(st)->run(st, sql, NULL, NULL, &f, err) < 0)
        return (int)err->code;
    *out = f.n ? ((const struct count *)(void *)f.rows)->count : 0;

    return 0;
}

/* ---- migrations ---- */

static int
version(struct wr_store *st, int64_t *out, struct wr_err *err)
{
    int newest = wr_migrations[wr_n_migrations - 1].number;
    int64_t exists;

    *out = 0;
    if (count(st, WR_SQL_SCHEMA_EXISTS, &exists, err) < 0)
        return (int)err->code;
    if (exists && count(st, WR_SQL_SCHEMA_VERSION, out, err) < 0)
        return (int)err->code;
    if (*out > newest)
        return wr_fail(err, WR_ENEWER,
                       "the store has schema %lld, this build knows up to %d",
                       (long long)*out, newest);

    return 0;
}

int
wr_sql_check_version(struct wr_store *st, struct wr_err *err)
{
    int64_t now;

    return version(st, &now, err);
}

/* Inside a transaction, so that of two processes one waits and finds it done. */
static int
migrate_one(struct wr_store *st, const struct wr_migration *m,
            struct wr_err *err)
{
    const struct wr_sql_driver *d = driver(st);
    struct migration row = { m->number, m->name };
    int64_t now;

    if (count(st, WR_SQL_SCHEMA_VERSION, &now, err) < 0)
        return (int)err->code;
    if (now >= m->number)
        return 0;
    if (d->script(st, m->text[d->dialect], err) < 0)
        return wr_wrap(err, "migration '%s'", m->name);

    return run(st, WR_SQL_SCHEMA_RECORD, &record_migration, &row, NULL, err);
}

static int
in_transaction(struct wr_store *st, int rc, struct wr_err *err)
{
    if (rc < 0) {
        driver(st)->rollback(st);
        return rc;
    }

    return driver(st)->commit(st, err);
}

int
wr_sql_migrate(struct wr_store *st, struct wr_err *err)
{
    const struct wr_sql_driver *d = driver(st);
    int64_t now;
    int rc;

    if (version(st, &now, err) < 0)
        return (int)err->code;
    for (int i = 0; i < wr_n_migrations; i++) {
        if (wr_migrations[i].number <= now)
            continue;
        if (d->begin(st, err) < 0)
            return (int)err->code;
        rc = run(st, WR_SQL_SCHEMA_CREATE, NULL, NULL, NULL, err);
        if (rc == 0)
            rc = migrate_one(st, &wr_migrations[i], err);
        if (in_transaction(st, rc, err) < 0)
            return (int)err->code;
    }

    return 0;
}

/* ---- deployments ---- */

static int
insert_definition(struct wr_store *st, const struct wr_definition_row *d,
                  struct wr_err *err)
{
    int64_t n = 0;

    if (run(st, WR_SQL_DEFINITION_INSERT, wr_record_of(WR_DEFINITIONS), d, &n,
            err)
        < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_ECONFLICT,
                       "'%s' version %d is not the next version", d->key,
                       (int)d->version);

    return 0;
}

static int
insert_form(struct wr_store *st, const struct wr_form_row *f,
            struct wr_err *err)
{
    int64_t n = 0;

    if (run(st, WR_SQL_FORM_INSERT, wr_record_of(WR_FORMS), f, &n, err) < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_ECONFLICT,
                       "form '%s' version %d is not the next version", f->key,
                       (int)f->version);

    return 0;
}

static int
insert_decision(struct wr_store *st, const struct wr_decision_row *d,
                struct wr_err *err)
{
    int64_t n = 0;

    if (run(st, WR_SQL_DECISION_INSERT, wr_record_of(WR_DECISIONS), d, &n, err)
        < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_ECONFLICT,
                       "decision '%s' version %d is not the next version",
                       d->key, (int)d->version);

    return 0;
}

static int
replace_starts(struct wr_store *st, const struct wr_deployment *d,
               struct wr_err *err)
{
    for (int i = 0; i < d->n_definitions; i++) {
        const struct wr_record *r = wr_record_of(WR_DEFINITIONS);

        if (run(st, WR_SQL_SUBSCRIPTION_RETIRE, r, &d->definitions[i], NULL,
                err)
                < 0
            || run(st, WR_SQL_TIMER_RETIRE, r, &d->definitions[i], NULL, err)
                   < 0)
            return (int)err->code;
    }
    for (int i = 0; i < d->n_subscriptions; i++) {
        if (run(st, WR_SQL_SUBSCRIPTION_ADD, wr_record_of(WR_SUBSCRIPTIONS),
                &d->subscriptions[i], NULL, err)
            < 0)
            return (int)err->code;
    }
    for (int i = 0; i < d->n_timers; i++) {
        if (run(st, WR_SQL_TIMER_ADD, wr_record_of(WR_TIMERS), &d->timers[i],
                NULL, err)
            < 0)
            return (int)err->code;
    }

    return 0;
}

static int
take_key(struct wr_store *st, const struct wr_idempotency_row *key, int64_t now,
         struct wr_err *err)
{
    struct wr_key_take take = { *key, now };
    int64_t n = 0;

    if (run(st, WR_SQL_IDEMPOTENCY_CLEAR, &wr_record_key_take, &take, NULL, err)
            < 0
        || run(st, WR_SQL_IDEMPOTENCY_TAKE, &wr_record_key_take, &take, &n, err)
               < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_EINFLIGHT, "the Idempotency-Key is taken");

    return 0;
}

static int
insert_deployment(struct wr_store *st, const struct wr_deployment *d,
                  struct wr_err *err)
{
    if (d->key && take_key(st, d->key, d->row.deployed_at, err) < 0)
        return (int)err->code;
    if (run(st, WR_SQL_DEPLOYMENT_INSERT, wr_record_of(WR_DEPLOYMENTS), &d->row,
            NULL, err)
        < 0)
        return (int)err->code;
    for (int i = 0; i < d->n_resources; i++) {
        if (run(st, WR_SQL_RESOURCE_INSERT, wr_record_of(WR_RESOURCES),
                &d->resources[i], NULL, err)
            < 0)
            return (int)err->code;
    }
    for (int i = 0; i < d->n_definitions; i++) {
        if (insert_definition(st, &d->definitions[i], err) < 0)
            return (int)err->code;
    }
    for (int i = 0; i < d->n_forms; i++) {
        if (insert_form(st, &d->forms[i], err) < 0)
            return (int)err->code;
    }
    for (int i = 0; i < d->n_decisions; i++) {
        if (insert_decision(st, &d->decisions[i], err) < 0)
            return (int)err->code;
    }
    WEIR_CRASH("deploy-half"); /* C18 */

    return replace_starts(st, d, err);
}

int
wr_sql_deploy(struct wr_store *st, const struct wr_deployment *d,
              struct wr_err *err)
{
    if (driver(st)->begin(st, err) < 0)
        return (int)err->code;

    return in_transaction(st, insert_deployment(st, d, err), err);
}

/* ---- lookups ---- */

int
wr_sql_find(struct wr_store *st, const struct wr_query *q, struct wr_arena *a,
            struct wr_rows *out, struct wr_err *err)
{
    struct wr_found f = { .record = wr_record_of(q->noun), .arena = a };
    struct wr_lookup l;

    if (wr_lookup_init(q, a, &l, err) < 0)
        return (int)err->code;
    if (driver(st)->run(st, l.sql, &wr_record_query, &l, &f, err) < 0)
        return (int)err->code;
    wr_lookup_answer(&l, a, f.rows, f.n, out);

    return 0;
}

static int
search_page(struct wr_store *st, const struct wr_search_plan *p,
            struct wr_sql_built *b, struct wr_arena *a, struct wr_rows *out,
            struct wr_err *err)
{
    struct wr_found f = { .record = wr_record_of(p->search->noun), .arena = a };

    wr_search_sql(p, /* total= */ false, driver(st)->dialect, a, b);
    if (driver(st)->query(st, b, &f, err) < 0)
        return (int)err->code;
    wr_search_answer(p, a, f.rows, f.n, out);

    return 0;
}

int
wr_sql_search(struct wr_store *st, const struct wr_search *s,
              struct wr_arena *a, struct wr_rows *out, int64_t *total,
              struct wr_err *err)
{
    struct wr_found c = { .record = &record_count, .arena = a };
    struct wr_sql_built *b = wr_new(a, struct wr_sql_built);
    struct wr_search_plan p;

    if (wr_search_plan(s, a, &p, err) < 0
        || (out && search_page(st, &p, b, a, out, err) < 0))
        return (int)err->code;
    if (!total)
        return 0;
    wr_search_sql(&p, /* total= */ true, driver(st)->dialect, a, b);
    if (driver(st)->query(st, b, &c, err) < 0)
        return (int)err->code;
    *total = ((const struct count *)(void *)c.rows)->count;

    return 0;
}

/* ---- changes ---- */

/* Nothing was written: is the row of another content, or is there none? */
static int
missed(struct wr_store *st, const struct wr_query *q, enum wr_code other,
       const char *what, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);
    struct wr_rows rows;

    if (wr_sql_find(st, q, a, &rows, err) < 0)
        return (int)err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no such %s", what);

    return wr_fail(err, other, "the %s is held by someone else", what);
}

static int
change_user(struct wr_store *st, const struct wr_change *c, struct wr_err *err)
{
    enum wr_sql sql = c->op == WR_OP_PUT ? WR_SQL_USER_PUT : WR_SQL_USER_DELETE;
    int64_t n = 0;

    if (run(st, sql, wr_record_of(WR_USERS), c->user, &n, err) < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no user '%s'", c->user->name);

    return 0;
}

static int
change_session(struct wr_store *st, const struct wr_change *c,
               struct wr_err *err)
{
    struct wr_session_swap swap = { *c->session, c->expect };
    struct wr_query q = { .noun = WR_SESSIONS,
                          .tenant = c->session->tenant,
                          .id = &c->session->id,
                          .state = -1 };
    enum wr_sql sql = c->op == WR_OP_DEL ? WR_SQL_SESSION_DELETE
                      : c->expect.p      ? WR_SQL_SESSION_SWAP
                                         : WR_SQL_SESSION_PUT;
    int64_t n = 0;

    if (run(st, sql, &wr_record_session_swap, &swap, &n, err) < 0)
        return (int)err->code;
    if (n == 0)
        return missed(st, &q, WR_ECONFLICT, "session", err);

    return 0;
}

static int
change_definition(struct wr_store *st, const struct wr_change *c,
                  struct wr_err *err)
{
    int64_t n = 0;

    if (run(st, WR_SQL_DEFINITION_SET_STATE, wr_record_of(WR_DEFINITIONS),
            c->definition, &n, err)
        < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no such definition");

    return 0;
}

static int
change_decision(struct wr_store *st, const struct wr_change *c,
                struct wr_err *err)
{
    int64_t n = 0;

    if (run(st, WR_SQL_DECISION_SET_STATE, wr_record_of(WR_DECISIONS),
            c->decision, &n, err)
        < 0)
        return (int)err->code;
    if (n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no such decision");

    return 0;
}

static int
change_job(struct wr_store *st, const struct wr_change *c, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_JOBS,
                          .tenant = c->job->tenant,
                          .id = &c->job->id,
                          .state = -1 };
    int64_t n = 0;

    if (run(st, c->op == WR_OP_PUT ? WR_SQL_JOB_EXTEND : WR_SQL_JOB_RELEASE,
            wr_record_of(WR_JOBS), c->job, &n, err)
        < 0)
        return (int)err->code;
    if (n == 0)
        return missed(st, &q, WR_ELEASE, "job", err);

    return 0;
}

/* Moved or removed only as long as its due_at is what it was. */
static int
change_due(struct wr_store *st, const struct wr_change *c, struct wr_err *err)
{
    bool put = c->op == WR_OP_PUT;
    int64_t n = 0;
    int rc;

    if (c->noun == WR_TIMERS) {
        struct wr_timer_swap t = { *c->timer, c->was };

        rc = run(st, put ? WR_SQL_TIMER_SWAP : WR_SQL_TIMER_DROP,
                 &wr_record_timer_swap, &t, &n, err);
    } else {
        struct wr_outbox_swap o = { *c->outbox, c->was };
        enum wr_sql sql = !put     ? WR_SQL_OUTBOX_DROP
                          : c->was ? WR_SQL_OUTBOX_SWAP
                                   : WR_SQL_OUTBOX_ADD;

        rc = run(st, sql, &wr_record_outbox_swap, &o, &n, err);
    }
    if (rc == 0 && n == 0)
        return wr_fail(err, WR_ECONFLICT, "it was done by someone else");

    return rc;
}

static int
change_suspension(struct wr_store *st, const struct wr_change *c,
                  struct wr_err *err)
{
    const struct wr_record *r = wr_record_of(WR_SUSPENSIONS);
    bool put = c->op == WR_OP_PUT;
    int64_t n = 0;

    if (run(st, put ? WR_SQL_SUSPENSION_ADD : WR_SQL_SUSPENSION_DROP, r,
            c->suspension, &n, err)
        < 0)
        return (int)err->code;
    if (n == 0)
        return put ? wr_fail(err, WR_ESTATE, "'%.100s' is suspended already",
                             c->suspension->name)
                   : wr_fail(err, WR_ENOTFOUND, "'%.100s' is not suspended",
                             c->suspension->name);

    return run(st, WR_SQL_SUSPENSION_COUNT, r, c->suspension, NULL, err);
}

/* Before any row. */
static int
take_match_locks(struct wr_store *st, const struct wr_message_row *m,
                 struct wr_err *err)
{
    struct wr_match_lock locks[2];
    int n = wr_match_locks_of(m->tenant, m->name, m->key, locks);

    if (driver(st)->dialect != WR_PGSQL)
        return 0;
    for (int i = 0; i < n; i++) {
        if (run(st, WR_SQL_MESSAGE_LOCK_ONE, &wr_record_match_lock, &locks[i],
                NULL, err)
            < 0)
            return (int)err->code;
    }

    return 0;
}

static int
change_message(struct wr_store *st, const struct wr_change *c,
               struct wr_err *err)
{
    const struct wr_record *r = wr_record_of(WR_MESSAGES);
    int64_t n = 0;

    if (c->op == WR_OP_DEL) {
        if (run(st, WR_SQL_MESSAGE_DROP, r, c->message, &n, err) < 0)
            return (int)err->code;
        return n ? 0 : wr_fail(err, WR_ENOTFOUND, "no such message");
    }
    if (take_match_locks(st, c->message, err) < 0
        || run(st, WR_SQL_MESSAGE_ADD, r, c->message, NULL, err) < 0
        || (c->match
            && run(st, WR_SQL_MATCH_WAITING, wr_record_of(WR_OUTBOXES),
                   c->match, &n, err)
                   < 0))
        return (int)err->code;
    if (c->matched)
        *c->matched = n > 0;

    return 0;
}

/* What is left of a batch goes with its state. */
static int
move_items(struct wr_store *st, const struct wr_batch_row *b,
           struct wr_err *err)
{
    const struct wr_record *r = wr_record_of(WR_BATCHES);

    if (b->state == WR_BATCH_RUNNING)
        return run(st, WR_SQL_BATCH_GO_ON, r, b, NULL, err);
    if (b->state == WR_BATCH_PAUSED)
        return run(st, WR_SQL_BATCH_HOLD, r, b, NULL, err);
    if (b->state != WR_BATCH_CANCELED)
        return 0;
    if (driver(st)->dialect == WR_PGSQL)
        return run(st, WR_SQL_BATCH_GIVE_UP, r, b, NULL, err);
    if (run(st, WR_SQL_BATCH_MARK, r, b, NULL, err) < 0)
        return (int)err->code;

    return run(st, WR_SQL_BATCH_CLEAR, r, b, NULL, err);
}

static int
change_batch(struct wr_store *st, const struct wr_change *c, struct wr_err *err)
{
    struct wr_batch_swap swap = { *c->batch, (int32_t)c->was - 1 };
    struct wr_query q = { .noun = WR_BATCHES,
                          .tenant = c->batch->tenant,
                          .id = &c->batch->id,
                          .state = -1 };
    int64_t n = 0;

    if (!c->was)
        return run(st, WR_SQL_BATCH_ADD, wr_record_of(WR_BATCHES), c->batch,
                   NULL, err);
    if (run(st, WR_SQL_BATCH_MOVE, &wr_record_batch_swap, &swap, &n, err) < 0)
        return (int)err->code;
    if (n == 0)
        return missed(st, &q, WR_ECONFLICT, "batch", err);

    return move_items(st, c->batch, err);
}

static int
change(struct wr_store *st, const struct wr_change *c, struct wr_err *err)
{
    if (c->noun == WR_BATCHES)
        return change_batch(st, c, err);
    if (c->noun == WR_BATCH_ITEMS)
        return run(st, c->was ? WR_SQL_BATCH_ITEM_PUT : WR_SQL_BATCH_ITEM_ADD,
                   wr_record_of(WR_BATCH_ITEMS), c->batch_item, NULL, err);
    if (c->noun == WR_DEAD_LETTERS)
        return wr_sql_dead_letter(st, c, err);
    if (c->noun == WR_USERS)
        return change_user(st, c, err);
    if (c->noun == WR_SESSIONS)
        return change_session(st, c, err);
    if (c->noun == WR_DEFINITIONS)
        return change_definition(st, c, err);
    if (c->noun == WR_DECISIONS)
        return change_decision(st, c, err);
    if (c->noun == WR_JOBS)
        return change_job(st, c, err);
    if (c->noun == WR_TIMERS || c->noun == WR_OUTBOXES)
        return change_due(st, c, err);
    if (c->noun == WR_SUSPENSIONS)
        return change_suspension(st, c, err);
    if (c->noun == WR_MESSAGES)
        return change_message(st, c, err);
    if (c->op == WR_OP_PUT)
        return take_key(st, c->idempotency, c->was, err);

    return run(st, WR_SQL_IDEMPOTENCY_EXPIRE, wr_record_of(WR_IDEMPOTENCIES),
               c->idempotency, NULL, err);
}

int
wr_sql_change(struct wr_store *st, const struct wr_change *changes, size_t n,
              struct wr_err *err)
{
    int rc = 0;

    if (driver(st)->begin(st, err) < 0)
        return (int)err->code;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = change(st, &changes[i], err);

    return in_transaction(st, rc, err);
}
