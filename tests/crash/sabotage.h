/*
 * sabotage.h: a store with one rule of the protocol left out.
 *
 * The harnesses prove themselves by this: with a rule missing their invariants
 * have to break.  It is linked into test programs alone.
 */

#ifndef CRASH_SABOTAGE_H
#define CRASH_SABOTAGE_H

#include "engine/store/store.h"

/* As a store that compares no revisions: what was stepped with a stale copy goes
 * behind what came in between.  The item's effects are new ones, in `a`. */
void crash_take_stale(struct wr_store *st, struct wr_item *item,
                      struct wr_arena *a);

#endif
