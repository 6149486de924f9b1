/* table.h: decision tables as they are compiled (inside engine/dmn). */

#ifndef WR_DMN_TABLE_H
#define WR_DMN_TABLE_H

#include "engine/dmn/drg.h"

enum wr_policy {
    WR_HIT_UNIQUE,
    WR_HIT_ANY,
    WR_HIT_PRIORITY,
    WR_HIT_FIRST,
    WR_HIT_COLLECT,
    WR_HIT_RULE_ORDER,
    WR_HIT_OUTPUT_ORDER
};

enum {
    WR_HITS = WR_HIT_OUTPUT_ORDER + 1
};

struct wr_table_input {
    const struct wr_node *value;
    const struct wr_node *allowed; /* UNARY; NULL */
    const char *text;              /* label, or the expression */
    const char *feel;              /* the expression */
    const struct wr_type *type;    /* NULL: any */
    bool whole;                    /* its type is one of whole numbers */
};

struct wr_table_output {
    const char *name; /* "" of a single one */
    const struct wr_type *type;
    const struct wr_node *allowed;  /* UNARY; NULL */
    const struct wr_node *fallback; /* defaultOutputEntry; NULL */
};

struct wr_table_rule {
    const char *id; /* "" without */
    int line;
    const struct wr_node *const *tests;   /* n_inputs */
    const struct wr_node *const *outputs; /* n_outputs */
    const bool *empty;                    /* n_outputs: nothing is in it */
};

struct wr_table {
    enum wr_policy policy;
    const char *aggregation; /* builtin; NULL */
    struct wr_table_input *inputs;
    struct wr_table_output *outputs;
    struct wr_table_rule *rules;
    size_t n_inputs, n_outputs, n_rules;
    const struct wr_dmn_element *of; /* whose logic it is, or part of it */
    int line;
    const struct wr_table *next; /* of the model, the one compiled before */
};

/* "UNIQUE" ...; WR_HITS of them. */
const char *wr_dmn_policy_name(enum wr_policy p);

/* Does the input pass the unary tests?  -1: the evaluation stopped. */
int wr_dmn_passes(struct wr_eval *ev, const struct wr_node *test,
                  const struct wr_value *v);
/* What a rule gives: one value, or a context of several; NULL: stopped. */
const struct wr_value *wr_dmn_row(struct wr_eval *ev, const struct wr_table *t,
                                  const struct wr_node *const *cells);
/* *before: the output x has priority over y (8.2.10); false: stopped. */
bool wr_dmn_before(struct wr_eval *ev, const struct wr_table *t,
                   const struct wr_value *x, const struct wr_value *y,
                   bool *before);

#endif
