/* sql.h: the statements of sql/queries and the migrations, compiled in. */

#ifndef WR_SQL_H
#define WR_SQL_H

#include "sql/queries.h"

enum wr_dialect {
    WR_PGSQL,
    WR_SQLITE
};

struct wr_sql_text {
    const char *name;
    struct {
        const char *text;   /* NULL: not in this dialect */
        const char *params; /* names in order, "[]" after those of arrays */
    } in[2];                /* by wr_dialect */
};
extern const struct wr_sql_text wr_sql_texts[WR_SQL_COUNT];

struct wr_migration {
    int number;
    const char *name;
    const char *text[2]; /* by wr_dialect */
};
extern const struct wr_migration wr_migrations[];
extern const int wr_n_migrations;

#endif
