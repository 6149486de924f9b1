/*
 * crash.h: named places where a test build may be killed.
 *
 *     WEIR_CRASH("commit-sent");
 *
 * Nothing unless configured with --enable-crash-points.  Then the environment's
 * WEIR_CRASH_AT=name:n raises SIGKILL when the process passes that place for
 * the n-th time (n from 1, counted over all threads).
 */

#ifndef WR_CRASH_H
#define WR_CRASH_H

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#ifdef WEIR_CRASH_POINTS
#define WEIR_CRASH(name) wr_crash_point(name)
#else
#define WEIR_CRASH(name) ((void)0)
#endif

/* What WEIR_CRASH does when compiled in. */
void wr_crash_point(const char *name);

#endif
