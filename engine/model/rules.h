/*
 * rules.h: private to engine/model: the constraints of BPMN 2.0.2.
 *
 * A rule is a row of rules.def (which elements it looks at) and one function;
 * the function looks at one element and reports rows of findings.def.  Rules
 * see the document, not the model, so that they judge what is not built too.
 */

#ifndef WR_RULES_H
#define WR_RULES_H

#include "engine/model/bpmn.h"
#include "engine/model/xml.h"

#define WR_ANY (~0u) /* in rules.def: every element */

struct wr_rule_flow {
    const struct wr_xml *e, *source, *target; /* ends NULL when dangling */
};

struct wr_rules {
    struct wr_arena *arena;
    const struct wr_bpmn_options *options;
    const struct wr_xml_doc *doc;
    struct wr_findings *findings;
    const struct wr_rule_flow *flows; /* every sequence flow of the file */
    int n_flows;
    /* By wr_xml.order: where a node's flows start in `in` and `out`. */
    const int *in_at, *out_at;
    const int *in, *out;           /* indices into flows */
    bool *has_boundary;            /* by order: activities */
    bool *listed_in, *listed_out;  /* by flow: in <incoming>, <outgoing> */
    bool lists_flows;              /* is there any <incoming> or <outgoing>? */
    const struct wr_xml **partner; /* by order: node of an association */
    /* Lists are searched one in another; a hostile file ends that here and is
     * judged no further by those rules. */
    int64_t budget;
    int n_imports;
};

void wr_rules_check(struct wr_arena *a, const struct wr_xml_doc *doc,
                    const struct wr_bpmn_options *options,
                    struct wr_findings *findings);

/* Is the file built as the metamodel says (schema.c)? */
void wr_schema_check(struct wr_arena *a, const struct wr_xml_doc *doc,
                     struct wr_findings *findings);

typedef void wr_rule_fn(struct wr_rules *r, const struct wr_xml *e);
#define WR_RULE(name, is, fn) wr_rule_fn wr_rule_##fn;
#include "engine/model/rules.def"
#undef WR_RULE

/* For rules. */

/* Report the row's own text at `at`. */
void wr_hit(struct wr_rules *r, enum wr_found id, const struct wr_xml *at);
int wr_rule_n_in(const struct wr_rules *r, const struct wr_xml *e);
int wr_rule_n_out(const struct wr_rules *r, const struct wr_xml *e);
const struct wr_rule_flow *wr_rule_in(const struct wr_rules *r,
                                      const struct wr_xml *e, int i);
const struct wr_rule_flow *wr_rule_out(const struct wr_rules *r,
                                       const struct wr_xml *e, int i);
/* The flow of a sequenceFlow element; its place in r->flows. */
int wr_rule_flow_index(const struct wr_rules *r, const struct wr_xml *e);
const struct wr_rule_flow *wr_rule_flow_of(const struct wr_rules *r,
                                           const struct wr_xml *e);
/* Inside (or itself) a process with isExecutable="true"? */
bool wr_rule_executable(const struct wr_xml *e);
/* What an attribute, or the text of an element, refers to; NULL. */
const struct wr_xml *wr_rule_ref(const struct wr_rules *r,
                                 const struct wr_xml *e, const char *attr);
const struct wr_xml *wr_rule_text_ref(const struct wr_rules *r,
                                      const struct wr_xml *e);
/* The event definitions of an event, with those referred to: the one after
 * child `at` (NULL: the first); *at moves. */
const struct wr_xml *wr_rule_definition(const struct wr_rules *r,
                                        const struct wr_xml *event,
                                        const struct wr_xml **at);
int wr_rule_n_definitions(const struct wr_rules *r, const struct wr_xml *e);
/* Has the event a definition of that element name? */
bool wr_rule_has(const struct wr_rules *r, const struct wr_xml *event,
                 const char *definition);
/* Are all of its definitions in the list of names separated by blanks? */
bool wr_rule_only(const struct wr_rules *r, const struct wr_xml *event,
                  const char *names);
/* First child of that name, as far as the budget goes; for children of others
 * than the element a rule was asked about. */
const struct wr_xml *wr_rule_child(struct wr_rules *r, const struct wr_xml *e,
                                   const char *name);
bool wr_rule_is_event_sub(const struct wr_xml *e);
/* Is a child with a word of its text equal to `id`? */
bool wr_rule_names(struct wr_rules *r, const struct wr_xml *e,
                   const char *child, const struct wr_xml *what);

#endif
