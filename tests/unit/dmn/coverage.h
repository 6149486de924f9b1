/* coverage.h: for the tests of gaps and overlaps of decision tables. */

#ifndef COVERAGE_H
#define COVERAGE_H

#include "engine/base/str.h"
#include "engine/dmn/dmn.h"
#include "tests/lib/t.h"

/* Of the test that runs; setup() and teardown() are its fixture. */
extern struct wr_arena *arena;
extern struct wr_findings findings;
extern struct wr_err err;

void setup(void);
void teardown(void);
/* <element><text>, escaped. */
void add_text(struct wr_str *s, const char *element, const char *text,
              size_t len);
/* The file's model; fails the test when it cannot be read. */
const struct wr_dmn *read_model(const struct wr_str *s);
/* Is there a finding with this in its sentence? */
bool has(const char *code, const char *part);

#endif
