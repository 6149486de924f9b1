#include "engine/store/sql.h"

#include "engine/base/base.h"

const struct wr_sql_text wr_sql_texts[WR_SQL_COUNT] = {
#include "sql/queries.inc"
};

const struct wr_migration wr_migrations[] = {
#include "sql/schema.inc"
};

const int wr_n_migrations = (int)WR_COUNT(wr_migrations);
