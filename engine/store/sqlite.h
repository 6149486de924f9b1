/* sqlite.h: what the two files of the SQLite backend share. */

#ifndef WR_SQLITE_H
#define WR_SQLITE_H

#include <sqlite3.h>

#include "engine/store/sqlstore.h"

struct sqlite_stmt {
    sqlite3_stmt *st;
    const struct wr_record *args;
    const struct wr_column **columns; /* by parameter; NULL entry: NULL */
    int n_columns;
};

enum sqlite_tx { /* what every batch says; prepared once */
    SQLITE_TX_BEGIN,
    SQLITE_TX_COMMIT,
    SQLITE_TX_SAVEPOINT,
    SQLITE_TX_RELEASE,
    SQLITE_TX_COUNT
};

struct sqlite {
    struct wr_sql_store sql; /* first */
    sqlite3 *db;
    struct wr_arena *arena; /* of the handle */
    struct sqlite_stmt stmts[WR_SQL_COUNT];
    sqlite3_stmt *tx[SQLITE_TX_COUNT];
};

struct sqlite *wr_sqlite_of(struct wr_store *st);
int wr_sqlite_failed(struct sqlite *s, const char *what, struct wr_err *err);
int wr_sqlite_exec(struct sqlite *s, const char *text, struct wr_err *err);
int wr_sqlite_tx(struct sqlite *s, enum sqlite_tx tx, struct wr_err *err);
int wr_sqlite_run(struct wr_store *st, enum wr_sql sql,
                  const struct wr_record *args, const void *row,
                  struct wr_found *found, struct wr_err *err);

int wr_sqlite_commit(struct wr_store *st, struct wr_item *items, size_t n,
                     struct wr_err *err);
int wr_sqlite_claim(struct wr_store *st, const struct wr_claim *c,
                    struct wr_arena *a, struct wr_rows *out,
                    struct wr_err *err);

#endif
