/* flow.h: .flow scripts, the test language of docs/testing.md. */

#ifndef WR_FLOW_H
#define WR_FLOW_H

#include "cli/scenario.h"

/* Run one script and count it: one case, named after its file. */
void wr_flow_run(const char *path, const struct wr_play_options *o,
                 struct wr_tally *tally);

#endif
