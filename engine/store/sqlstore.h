/*
 * sqlstore.h: what the SQL backends share: lookups, deployments, changes and
 * migrations, over a driver of five calls.  Batches and claims, where the two
 * databases differ, are each backend's own.
 */

#ifndef WR_SQLSTORE_H
#define WR_SQLSTORE_H

#include "engine/base/str.h"
#include "engine/store/query.h"
#include "engine/store/search.h"
#include "engine/store/sql.h"

struct wr_found { /* rows of one statement */
    const struct wr_record *record;
    struct wr_arena *arena;
    char *rows; /* structs, one after the other */
    size_t n, cap;
    int64_t changed; /* rows written */
};

/* The next zeroed row. */
void *wr_found_add(struct wr_found *f);

enum {
    WR_BUILT_PARAMS = 256 /* values, places of a page, the tenant */
};

struct wr_sql_built { /* a statement put together for one search */
    const char *name;
    enum wr_dialect dialect;
    const char *instance; /* the column that is the row's instance */
    struct wr_str text;
    int n;
    struct wr_datum params[WR_BUILT_PARAMS];
};
/* The rows of a page, or their number. */
void wr_search_sql(const struct wr_search_plan *p, bool total,
                   enum wr_dialect dialect, struct wr_arena *a,
                   struct wr_sql_built *out);

struct wr_sql_driver {
    enum wr_dialect dialect;
    int (*begin)(struct wr_store *st, struct wr_err *err);
    int (*commit)(struct wr_store *st, struct wr_err *err);
    void (*rollback)(struct wr_store *st);
    /* Several statements without parameters. */
    int (*script)(struct wr_store *st, const char *text, struct wr_err *err);
    /* One statement, its parameters out of `row`, a struct of `args`.  Rows are
     * added to `found` when its record is set. */
    int (*run)(struct wr_store *st, enum wr_sql sql,
               const struct wr_record *args, const void *row,
               struct wr_found *found, struct wr_err *err);
    /* The same for many rows, at once where that goes; rows are found in any
     * order. */
    int (*run_many)(struct wr_store *st, enum wr_sql sql,
                    const struct wr_record *args, const void *const *rows,
                    size_t n, struct wr_found *found, struct wr_err *err);
    /* A statement that was put together; it reads. */
    int (*query)(struct wr_store *st, const struct wr_sql_built *b,
                 struct wr_found *found, struct wr_err *err);
};

/* Backends of SQL databases embed this first. */
struct wr_sql_store {
    struct wr_store base;
    const struct wr_sql_driver *driver;
    /* Of who follows the history (project_sql.c): commits looked through at
     * once, pages that the index on pos has. */
    int64_t span, summarized;
};

/* The first word of `params` after *at: its length, and whether it is an array.
 * Returns NULL at the end. */
const char *wr_sql_param(const char **at, size_t *len, bool *array);

int wr_sql_check_version(struct wr_store *st, struct wr_err *err);

int wr_sql_migrate(struct wr_store *st, struct wr_err *err);
int wr_sql_deploy(struct wr_store *st, const struct wr_deployment *d,
                  struct wr_err *err);
int wr_sql_find(struct wr_store *st, const struct wr_query *q,
                struct wr_arena *a, struct wr_rows *out, struct wr_err *err);
int wr_sql_search(struct wr_store *st, const struct wr_search *s,
                  struct wr_arena *a, struct wr_rows *out, int64_t *total,
                  struct wr_err *err);
int wr_sql_change(struct wr_store *st, const struct wr_change *changes,
                  size_t n, struct wr_err *err);
/* dead_letter.c */
int wr_sql_dead_letter(struct wr_store *st, const struct wr_change *c,
                       struct wr_err *err);
/* upkeep.c */
int wr_sql_upkeep(struct wr_store *st, const struct wr_upkeep *u,
                  struct wr_upkept *out, struct wr_err *err);

#endif
