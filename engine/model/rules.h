/*
 * rules.h: private to engine/model: the constraints of BPMN 2.0.2.
 *
 * A rule is a row of rules.def and one function; the function looks at one
 * element and reports.  Rules see the document, not the model, so that they
 * judge elements that are not built too.
 */

#ifndef WR_RULES_H
#define WR_RULES_H

#include "engine/model/finding.h"
#include "engine/model/xml.h"

void wr_rules_check(struct wr_arena *a, const struct wr_xml_doc *doc,
                    struct wr_findings *findings);

#endif
