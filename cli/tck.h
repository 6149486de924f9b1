/* tck.h: test files of the DMN TCK (namespace .../DMN/20160719/testcase). */

#ifndef WR_TCK_H
#define WR_TCK_H

#include "cli/tally.h"
#include "engine/base/err.h"

/*
 * Run all cases of a test file against the model it names, which stands beside
 * it as do the models that one imports.  A case is FILE#CASE: the file's name
 * without ending, the case as the file calls it.  Errors are of the files; a
 * case that fails is only counted.
 */
WR_MUST int wr_tck_run(const char *path, struct wr_tally *tally,
                       struct wr_err *err);

#endif
