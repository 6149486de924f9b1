/* rules.c: walks the document once and asks every rule of an element. */

#include "engine/model/rules.h"

static void
duplicate_ids(const struct wr_xml_doc *doc, struct wr_findings *f)
{
    for (const struct wr_xml *e = doc->root; e; e = wr_xml_walk(doc->root, e)) {
        const struct wr_xml *first;

        if (!e->id || e->ns != WR_NS_BPMN)
            continue;
        first = wr_xml_by_id(doc, e->id);
        if (first != e)
            wr_found(f, WR_F_DUPLICATE_ID, e->id, e->line,
                     "the id '%s' is used in line %d too", e->id, first->line);
    }
}

void
wr_rules_check(struct wr_arena *a, const struct wr_xml_doc *doc,
               struct wr_findings *findings)
{
    (void)a;
    duplicate_ids(doc, findings);
}
