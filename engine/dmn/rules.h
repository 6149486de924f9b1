/*
 * rules.h: what DMN 1.5 asks of a model beyond what evaluating it needs (inside
 * engine/dmn).  Each judges the model itself, not what it imports.
 */

#ifndef WR_DMN_RULES_H
#define WR_DMN_RULES_H

#include "engine/dmn/table.h"

/* rules.c: ids, names, requirements, services, what nobody requires. */
void wr_dmn_rules_graph(const struct wr_dmn *d, struct wr_findings *f);
/* rules_boxed.c: item definitions and boxed expressions as they are written. */
void wr_dmn_rules_boxed(const struct wr_dmn *d, struct wr_findings *f);
/* rules_table.c: hit policies and outputs. */
void wr_dmn_rules_table(const struct wr_dmn *d, struct wr_findings *f);
/* rules_names.c: names and functions that nobody knows, wrong arguments. */
void wr_dmn_rules_names(const struct wr_dmn *d, struct wr_findings *f);

#endif
