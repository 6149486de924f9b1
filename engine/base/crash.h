/*
 * crash.h: named places where a test build may be killed.
 *
 *     WEIR_CRASH("commit-sent");
 *
 * Nothing unless compiled with WEIR_CRASH_POINTS (--enable-crash-points, and the
 * programs of tests/crash and tests/chaos).  Then the environment says when:
 *
 *     WEIR_CRASH_AT=name:n   SIGKILL when the process passes that place for the
 *                            n-th time (n from 1, counted over all threads)
 *     WEIR_CRASH_DIR=dir     who passes a place whose name is that of a file in
 *                            dir removes it and gets SIGKILL; SIGSTOP for
 *                            name.stop.  One process does, however many pass:
 *                            a file that is gone was a place that was reached.
 *
 * docs/testing.md lists the places and what must hold after a kill at each.
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
