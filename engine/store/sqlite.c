/*
 * sqlite: one file, one writer at a time, durable.
 *
 * WAL with synchronous=FULL: a commit is on the disk when it returns and does
 * not wait for readers.  Every write transaction begins IMMEDIATE, so that a
 * second writer waits for the first instead of failing in the middle.
 * Statements are prepared on first use and kept.
 */

#include "engine/store/sqlite.h"

#include <string.h>

#include "engine/store/backends.h"
#include "engine/store/project_ops.h"

struct sqlite *
wr_sqlite_of(struct wr_store *st)
{
    return wr_container_of(st, struct sqlite, sql.base);
}

/*
 * A value or constraint that the database refuses is the writer's fault; a lock
 * that did not come is worth a retry; anything else is the store's.
 */
int
wr_sqlite_failed(struct sqlite *s, const char *what, struct wr_err *err)
{
    int rc = sqlite3_errcode(s->db);
    enum wr_code code = WR_ESTORE;

    if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED)
        code = WR_EBUSY;
    else if (rc == SQLITE_CONSTRAINT || rc == SQLITE_MISMATCH
             || rc == SQLITE_TOOBIG)
        code = WR_EVALUE;

    return wr_fail(err, code, "%s: %s", what, sqlite3_errmsg(s->db));
}

int
wr_sqlite_exec(struct sqlite *s, const char *text, struct wr_err *err)
{
    if (sqlite3_exec(s->db, text, NULL, NULL, NULL) != SQLITE_OK)
        return wr_sqlite_failed(s, "store", err);

    return 0;
}

/* ---- statements ---- */

static void
resolve(struct sqlite *s, enum wr_sql sql, const struct wr_record *args)
{
    struct sqlite_stmt *q = &s->stmts[sql];
    const char *at = wr_sql_texts[sql].in[WR_SQLITE].params, *word;
    size_t len;
    bool array;
    int n = 0;

    q->args = args;
    q->n_columns = sqlite3_bind_parameter_count(q->st);
    if (!args || q->n_columns == 0)
        return;
    q->columns = wr_newn(s->arena, const struct wr_column *,
                         (size_t)q->n_columns);
    while ((word = wr_sql_param(&at, &len, &array)))
        q->columns[n++] = wr_column_find(args, word, len);
}

/* The SELECTs give a record's columns in its order; a build where they do not
 * must not read one as the other. */
static int
check_columns(sqlite3_stmt *st, const char *name,
              const struct wr_record *record, struct wr_err *err)
{
    if (sqlite3_column_count(st) != record->n_read)
        return wr_fail(err, WR_ECORRUPT, "statement '%s' gives %d columns",
                       name, sqlite3_column_count(st));
    for (int i = 0; i < record->n_read; i++) {
        if (strcmp(sqlite3_column_name(st, i), record->columns[i].name) != 0)
            return wr_fail(err, WR_ECORRUPT, "statement '%s' gives '%s'", name,
                           sqlite3_column_name(st, i));
    }

    return 0;
}

static struct sqlite_stmt *
statement(struct sqlite *s, enum wr_sql sql, const struct wr_record *args,
          const struct wr_record *record, struct wr_err *err)
{
    struct sqlite_stmt *q = &s->stmts[sql];

    if (!q->st) {
        const char *text = wr_sql_texts[sql].in[WR_SQLITE].text;

        if (sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT,
                               &q->st, NULL)
            != SQLITE_OK) {
            wr_sqlite_failed(s, wr_sql_texts[sql].name, err);
            return NULL;
        }
        resolve(s, sql, args);
        if (record
            && check_columns(q->st, wr_sql_texts[sql].name, record, err) < 0) {
            sqlite3_finalize(wr_steal(q->st));
            return NULL;
        }
    }
    if (q->args != args)
        resolve(s, sql, args);

    return q;
}

static void
bind_one(sqlite3_stmt *st, int n, const struct wr_datum *d)
{
    /* A blob of no bytes is not NULL. */
    const void *p = d->p ? d->p : "";

    if (d->null)
        sqlite3_bind_null(st, n);
    else if (d->kind == WR_D_TEXT)
        sqlite3_bind_text64(st, n, p, d->len, SQLITE_STATIC, SQLITE_UTF8);
    else if (d->kind == WR_D_BYTES || d->kind == WR_D_UUID)
        sqlite3_bind_blob64(st, n, p, d->len, SQLITE_STATIC);
    else
        sqlite3_bind_int64(st, n, d->i);
}

static void
bind_all(struct sqlite_stmt *q, const void *row, struct wr_arena *a)
{
    struct wr_datum d;

    for (int i = 0; i < q->n_columns; i++) {
        if (!q->columns || !q->columns[i]) {
            sqlite3_bind_null(q->st, i + 1);
            continue;
        }
        wr_column_get(q->columns[i], row, a, &d);
        bind_one(q->st, i + 1, &d);
    }
}

static void
read_row(sqlite3_stmt *st, struct wr_found *f)
{
    void *row = wr_found_add(f);

    for (int i = 0; i < f->record->n_read; i++) {
        const struct wr_column *c = &f->record->columns[i];
        struct wr_datum d = { .kind = wr_column_kind(c) };

        d.null = sqlite3_column_type(st, i) == SQLITE_NULL;
        if (d.kind == WR_D_INT4 || d.kind == WR_D_INT8) {
            d.i = sqlite3_column_int64(st, i);
        } else {
            d.p = d.kind == WR_D_TEXT ? (const void *)sqlite3_column_text(st, i)
                                      : sqlite3_column_blob(st, i);
            d.len = (size_t)sqlite3_column_bytes(st, i);
            if (!d.p)
                d.p = "";
        }
        wr_column_set(c, row, f->arena, &d);
    }
}

int
wr_sqlite_run(struct wr_store *st, enum wr_sql sql,
              const struct wr_record *args, const void *row, struct wr_found *f,
              struct wr_err *err)
{
    struct sqlite *s = wr_sqlite_of(st);
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(512);
    struct sqlite_stmt *q = statement(s, sql, args, f->record, err);
    int before = sqlite3_total_changes(s->db), rc;

    if (!q)
        return (int)err->code;
    bind_all(q, row, scratch);
    while ((rc = sqlite3_step(q->st)) == SQLITE_ROW) {
        if (f->record)
            read_row(q->st, f);
    }
    if (rc == SQLITE_DONE)
        f->changed = sqlite3_total_changes(s->db) - before;
    else
        wr_sqlite_failed(s, wr_sql_texts[sql].name, err);
    sqlite3_reset(q->st);
    sqlite3_clear_bindings(q->st);

    return rc == SQLITE_DONE ? 0 : (int)err->code;
}

static int
run_many(struct wr_store *st, enum wr_sql sql, const struct wr_record *args,
         const void *const *rows, size_t n, struct wr_found *f,
         struct wr_err *err)
{
    int64_t changed = 0;

    for (size_t i = 0; i < n; i++) {
        if (wr_sqlite_run(st, sql, args, rows[i], f, err) < 0)
            return (int)err->code;
        changed += f->changed;
    }
    f->changed = changed;

    return 0;
}

static int
query(struct wr_store *st, const struct wr_sql_built *b, struct wr_found *f,
      struct wr_err *err)
{
    struct sqlite *s = wr_sqlite_of(st);
    sqlite3_stmt *q;
    int rc;

    if (sqlite3_prepare_v2(s->db, b->text.s, -1, &q, NULL) != SQLITE_OK)
        return wr_sqlite_failed(s, b->name, err);
    if (check_columns(q, b->name, f->record, err) < 0) {
        sqlite3_finalize(q);
        return (int)err->code;
    }
    for (int i = 0; i < b->n; i++)
        bind_one(q, i + 1, &b->params[i]);
    while ((rc = sqlite3_step(q)) == SQLITE_ROW)
        read_row(q, f);
    if (rc != SQLITE_DONE)
        wr_sqlite_failed(s, b->name, err);
    sqlite3_finalize(q);

    return rc == SQLITE_DONE ? 0 : (int)err->code;
}

/* ---- transactions ---- */

int
wr_sqlite_tx(struct sqlite *s, enum sqlite_tx tx, struct wr_err *err)
{
    static const char *const texts[SQLITE_TX_COUNT] = {
        [SQLITE_TX_BEGIN] = "BEGIN IMMEDIATE",
        [SQLITE_TX_COMMIT] = "COMMIT",
        [SQLITE_TX_SAVEPOINT] = "SAVEPOINT unit",
        [SQLITE_TX_RELEASE] = "RELEASE unit",
    };
    int rc;

    if (!s->tx[tx]
        && sqlite3_prepare_v3(s->db, texts[tx], -1, SQLITE_PREPARE_PERSISTENT,
                              &s->tx[tx], NULL)
               != SQLITE_OK)
        return wr_sqlite_failed(s, texts[tx], err);
    rc = sqlite3_step(s->tx[tx]);
    if (rc != SQLITE_DONE)
        wr_sqlite_failed(s, texts[tx], err);
    sqlite3_reset(s->tx[tx]);

    return rc == SQLITE_DONE ? 0 : (int)err->code;
}

static int
begin(struct wr_store *st, struct wr_err *err)
{
    return wr_sqlite_tx(wr_sqlite_of(st), SQLITE_TX_BEGIN, err);
}

static void
rollback(struct wr_store *st)
{
    struct sqlite *s = wr_sqlite_of(st);

    /* Some errors have rolled back already. */
    if (!sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

static int
commit(struct wr_store *st, struct wr_err *err)
{
    struct sqlite *s = wr_sqlite_of(st);

    st->stats.round_trips++;
    if (wr_sqlite_tx(s, SQLITE_TX_COMMIT, err) < 0) {
        rollback(st);
        return (int)err->code;
    }
    st->stats.commits++;

    return 0;
}

static int
script(struct wr_store *st, const char *text, struct wr_err *err)
{
    return wr_sqlite_exec(wr_sqlite_of(st), text, err);
}

static const struct wr_sql_driver sqlite_driver = {
    .dialect = WR_SQLITE,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .script = script,
    .run = wr_sqlite_run,
    .run_many = run_many,
    .query = query,
};

/* ---- open and close ---- */

static void
sqlite_close(struct wr_store *st)
{
    struct sqlite *s = wr_sqlite_of(st);

    for (size_t i = 0; i < WR_COUNT(s->stmts); i++)
        sqlite3_finalize(s->stmts[i].st);
    for (size_t i = 0; i < WR_COUNT(s->tx); i++)
        sqlite3_finalize(s->tx[i]);
    sqlite3_close(s->db);
    wr_arena_free(s->arena);
}

static int
configure(struct sqlite *s, struct wr_err *err)
{
    sqlite3_busy_timeout(s->db, (int)wr_store_wait());

    return wr_sqlite_exec(s,
                          "PRAGMA journal_mode = WAL;"
                          "PRAGMA synchronous = FULL;"
                          "PRAGMA temp_store = MEMORY;"
                          "PRAGMA cache_size = -32768;"
                          "PRAGMA wal_autocheckpoint = 4000;",
                          err);
}

static int
sqlite_open(const char *url, struct wr_store **out, struct wr_err *err)
{
    struct wr_arena *a = wr_arena_new(sizeof(struct sqlite) + 4096);
    struct sqlite *s = wr_new(a, struct sqlite);
    const char *path = url + strlen("sqlite:");
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                | SQLITE_OPEN_NOMUTEX;

    s->arena = a;
    s->sql.base.ops = &wr_store_sqlite;
    s->sql.driver = &sqlite_driver;
    if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK)
        wr_sqlite_failed(s, path, err);
    else if (configure(s, err) == 0
             && wr_sql_check_version(&s->sql.base, err) == 0) {
        *out = &s->sql.base;
        return 0;
    }
    sqlite_close(&s->sql.base);

    return wr_wrap(err, "open '%s'", url);
}

const struct wr_store_ops wr_store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .migrate = wr_sql_migrate,
    .commit = wr_sqlite_commit,
    .deploy = wr_sql_deploy,
    .find = wr_sql_find,
    .search = wr_sql_search,
    .claim = wr_sqlite_claim,
    .change = wr_sql_change,
    .upkeep = wr_sql_upkeep,
    .project = &wr_project_sql,
};
