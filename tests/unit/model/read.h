/* read.h: for the tests of engine/model: files written in the test. */

#ifndef READ_H
#define READ_H

#include "engine/model/bpmn.h"

/* `body` inside a process "p" of a file that declares every namespace. */
const char *process_of(struct wr_arena *a, const char *body);
/* Read a whole file; fails the test when it does not parse. */
struct wr_bpmn read_file(struct wr_arena *a, const char *xml);
/* The model of process_of(body); fails the test on error findings. */
const struct wr_model *model_of(struct wr_arena *a, const char *body);
const struct wr_node *node_of(const struct wr_model *m, const char *id);
/* "code element line" of each finding, one a line; those with a constraint are
 * left out. */
const char *findings_of(struct wr_arena *a, const char *body);
const char *structure_of(struct wr_arena *a, const char *body);

#endif
