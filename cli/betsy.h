/*
 * betsy.h: the executable cases of betsy's BPMN conformance suite.
 *
 * Script tasks of its models stand for entries of a trace; the case passes when
 * the multiset of entries is the expected one.
 */

#ifndef WR_BETSY_H
#define WR_BETSY_H

#include "cli/scenario.h"

/* Run every executable entry of the manifest.  Model files are relative to the
 * folder above the manifest's own.  WR_EIO, WR_EJSON for the manifest itself. */
WR_MUST int wr_betsy_run(const char *manifest, const struct wr_play_options *o,
                         struct wr_tally *tally, struct wr_err *err);

#endif
