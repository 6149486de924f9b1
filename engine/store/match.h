/*
 * match.h: what keeps who publishes a message and who begins to wait for one
 * apart, in a store that many write (SEMANTICS S15).
 *
 * Both write their own row and look for the other's.  With these locks held the
 * second of two sees what the first wrote.  A name has one lock and each of its
 * keys another; who has a key shares that of the name.
 */

#ifndef WR_MATCH_H
#define WR_MATCH_H

#include "engine/store/columns.h"

/* In the order to take them: one or two. */
int wr_match_locks_of(int32_t tenant, const char *name, const char *key,
                      struct wr_match_lock out[2]);

/* Those of rows of kind MATCH, each once, in the order to take them; of many keys
 * of a name the name's alone.  `out` has room for 2 n; their number. */
size_t wr_match_locks(const struct wr_outbox_row *const *rows, size_t n,
                      struct wr_match_lock *out);

#endif
