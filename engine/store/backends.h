/* backends.h: the storage backends there are. */

#ifndef WR_BACKENDS_H
#define WR_BACKENDS_H

#include "engine/store/store.h"

extern const struct wr_store_ops wr_store_memory;
extern const struct wr_store_ops wr_store_sqlite;
extern const struct wr_store_ops wr_store_pgsql;

/* In milliseconds; see wr_store_set_wait. */
int64_t wr_store_wait(void);
/* NULL: none; see wr_store_set_link. */
struct wr_link *wr_store_link(void);

#endif
