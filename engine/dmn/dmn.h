/*
 * dmn.h: decisions (DMN 1.5; files of 1.1 to 1.5 are read).
 *
 * A model is one file and those it imports.  It is read once, immutable, lives
 * in the arena it was read into and may be shared by threads.  Boxed
 * expressions become syntax nodes of engine/feel, so one evaluator does all:
 * limits, budget, warnings and three-valued logic are those of feel.h.
 *
 *     if (wr_dmn_read(a, &source, 1, &limits, &findings, &dmn, err) < 0 ...
 *     d = wr_dmn_find(dmn, WR_DMN_DECISION, "Approval Status");
 *     if (wr_dmn_evaluate(dmn, d, inputs, &env, &result, err) < 0 ...
 */

#ifndef WR_DMN_H
#define WR_DMN_H

#include "engine/feel/feel.h"
#include "engine/model/finding.h"
#include "engine/model/xml.h"

struct wr_dmn;

struct wr_dmn_source {
    const char *name; /* for findings: "loan.dmn" */
    const void *bytes;
    size_t len;
};

enum wr_dmn_kind {
    WR_DMN_INPUT = 1 << 0,
    WR_DMN_DECISION = 1 << 1,
    WR_DMN_BKM = 1 << 2,
    WR_DMN_SERVICE = 1 << 3,
};

struct wr_dmn_element; /* of the requirements graph */

enum {
    WR_DMN_BUDGET = 10 * WR_EXPR_BUDGET /* a good one: a graph of tables */
};

/*
 * sources[0] is the model itself; of the others those are used that it imports
 * by their namespaces, at once or by way of others.  What is wrong goes to `findings`, which has the arena; a model
 * with errors can still be evaluated where it is sound: broken logic is null,
 * with a warning that says why.  WR_EPARSE when the
 * model is no XML or no DMN.
 */
WR_MUST int wr_dmn_read(struct wr_arena *a, const struct wr_dmn_source *sources,
                        size_t n, const struct wr_xml_limits *limits,
                        struct wr_findings *findings, const struct wr_dmn **out,
                        struct wr_err *err);

/*
 * What else can be said about the model itself, not its imports: what DMN 1.5
 * asks of it beyond what evaluating it needs, inputs that no rule of a decision
 * table covers, rules that overlap or never decide anything.  Deployment and `weir lint` ask for it; evaluating does not need
 * it.  The work is bounded; what is too large for it is a finding.
 */
void wr_dmn_lint(const struct wr_dmn *d, struct wr_findings *findings);

/* By id or name, of the kinds given (enum wr_dmn_kind); the model's own first,
 * then of its imports.  NULL. */
const struct wr_dmn_element *wr_dmn_find(const struct wr_dmn *d, unsigned kinds,
                                         const char *ref);
/* Elements of the model itself, in document order; NULL behind the last. */
const struct wr_dmn_element *wr_dmn_next(const struct wr_dmn *d,
                                         const struct wr_dmn_element *e);
enum wr_dmn_kind wr_dmn_kind(const struct wr_dmn_element *e);
const char *wr_dmn_id(const struct wr_dmn_element *e);
const char *wr_dmn_name(const struct wr_dmn_element *e);
const char *wr_dmn_model_name(const struct wr_dmn *d);
/* Id of its definitions; "" without. */
const char *wr_dmn_model_id(const struct wr_dmn *d);
/* What names it among all deployed ones: its id, without one its name. */
const char *wr_dmn_key(const struct wr_dmn_element *e);
/* camunda:versionTag, or that of its zeebe:versionTag; NULL. */
const char *wr_dmn_version_tag(const struct wr_dmn_element *e);
int wr_dmn_line(const struct wr_dmn_element *e);

/* What it is made from: input data that it requires at once or by way of others;
 * of a decision service its parameters. */
struct wr_dmn_input {
    const char *name;
    const char *type; /* as written; NULL: any */
};
size_t wr_dmn_inputs(struct wr_arena *a, const struct wr_dmn *d,
                     const struct wr_dmn_element *e,
                     const struct wr_dmn_input **out);
/* The nth file that was read, 0 the model itself, then what it imports; as
 * wr_dmn_source.name.  NULL behind the last. */
const char *wr_dmn_source_name(const struct wr_dmn *d, size_t nth);

/* Is a file meant to be DMN, whatever else is wrong with it?  Its root element
 * decides. */
bool wr_dmn_is_file(const void *bytes, size_t len,
                    const struct wr_xml_limits *limits);

/* A rule that matched. */
struct wr_dmn_rule {
    size_t number;                  /* from 1 */
    const char *id;                 /* "" without */
    const struct wr_value *outputs; /* context, empty entries left out */
    const struct wr_dmn_rule *next;
};

/* A decision that was made, with what it was made from. */
struct wr_dmn_step {
    const struct wr_dmn_element *decision;
    const struct wr_value *inputs; /* context of what it required */
    const struct wr_value *value;
    const struct wr_dmn_rule *rules; /* of its decision table; NULL: none */
    /* Of a decision that is a table: the outputs that made its value, a list of
     * contexts {output: value} in its order, empty entries left out; an output
     * without a name has the decision's.  NULL: it is none, or `fault`. */
    const struct wr_value *rows;
    bool many;         /* its hit policy gives a list */
    const char *fault; /* its hit policy or input values were violated, and
                          so its value is null; NULL */
    const struct wr_dmn_step *next; /* the one made after it */
};

struct wr_dmn_result {
    const struct wr_value *value;
    /* The outputs that made it, as struct wr_dmn_step.rows.  What is no table
     * has one row: of a service with several outputs these, else the value by
     * the name of its variable.  None after a fault. */
    const struct wr_value *rows;
    bool many;
    const struct wr_dmn_step *steps; /* in the order they were made */
    const char *fault;               /* of the first that has one; NULL */
};

/*
 * Make a decision, or invoke a service or business knowledge model with
 * `inputs`, a context of its inputs by name, NULL: none.  Where env->lookup is
 * given it is asked for what they do not have; an input that is in neither is
 * null.  A name that no requirement gives may be the id or an output of a
 * required decision, or is an input: so many files are written.  Results live in
 * env->arena, warnings are env->warnings.  WR_ELIMIT when the budget or a limit
 * was passed; out->steps are then those made before.
 */
WR_MUST int wr_dmn_evaluate(const struct wr_dmn *d,
                            const struct wr_dmn_element *what,
                            const struct wr_value *inputs,
                            struct wr_expr_env *env, struct wr_dmn_result *out,
                            struct wr_err *err);

#endif
