/* pgsql.h: what the files of the PostgreSQL backend share. */

#ifndef WR_PGSQL_H
#define WR_PGSQL_H

#include <libpq-fe.h>

#include "engine/store/sqlstore.h"

enum {
    PG_STMT_PARAMS = 48,            /* of a statement of sql/queries */
    PG_MAX_PARAMS = WR_BUILT_PARAMS /* of any */
};

/* Parameters of one statement in PostgreSQL's binary format. */
struct pg_params {
    struct wr_arena *arena;
    int n;
    Oid types[PG_MAX_PARAMS];
    const char *values[PG_MAX_PARAMS];
    int lengths[PG_MAX_PARAMS];
    int formats[PG_MAX_PARAMS];
};

void wr_pg_scalar(struct pg_params *p, const struct wr_datum *d);
void wr_pg_array(struct pg_params *p, enum wr_datum_kind kind,
                 const struct wr_datum *items, size_t n);
/* The rows of a result, added to f. */
void wr_pg_read(const PGresult *res, struct wr_found *f);

struct pg_stmt {
    bool prepared;
    const struct wr_record *args;
    const struct wr_column *columns[PG_STMT_PARAMS]; /* NULL: not a column */
    bool arrays[PG_STMT_PARAMS];
    int n;
};

struct pgsql {
    struct wr_sql_store sql; /* first */
    PGconn *c;
    char *url;
    bool in_transaction;
    struct pg_stmt stmts[WR_SQL_COUNT];
};

struct pgsql *wr_pg_of(struct wr_store *st);

/* What the server or the connection said; maps SQLSTATE to our codes. */
int wr_pg_failed(struct pgsql *p, const PGresult *res, enum wr_sql sql,
                 struct wr_err *err);
/* A usable connection, made anew when the last one broke. */
int wr_pg_ready(struct pgsql *p, struct wr_err *err);
struct pg_stmt *wr_pg_resolve(struct pgsql *p, enum wr_sql sql,
                              const struct wr_record *args);
int wr_pg_prepare(struct pgsql *p, enum wr_sql sql,
                  const struct pg_params *params, struct wr_err *err);
int wr_pg_check_columns(const PGresult *res, enum wr_sql sql,
                        const struct wr_record *record, struct wr_err *err);

int wr_pgsql_commit(struct wr_store *st, struct wr_item *items, size_t n,
                    struct wr_err *err);
int wr_pgsql_claim(struct wr_store *st, const struct wr_claim *c,
                   struct wr_arena *a, struct wr_rows *out, struct wr_err *err);

#endif
