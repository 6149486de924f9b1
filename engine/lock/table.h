/* table.h: the buckets of the memory locks; private to this folder. */

#ifndef WR_TABLE_H
#define WR_TABLE_H

#include "engine/lock/lock.h"

struct wr_table;

/* Makes the table of this key when there is none.  The caller locks. */
void wr_table_ask(struct wr_table **all, const char *key, int64_t now,
                  const struct wr_share_ask *ask, struct wr_share_answer *out);
void wr_table_free(struct wr_table *all);

#endif
