/* drg.h: the decision requirements graph (inside engine/dmn). */

#ifndef WR_DRG_H
#define WR_DRG_H

#include "engine/dmn/dmn.h"
#include "engine/feel/eval.h"
#include "engine/feel/parse.h"

struct wr_dmn_file;

struct wr_dmn_import {
    const char *name; /* "": its elements are used without prefix */
    const struct wr_dmn_file *file; /* NULL: not given */
    const struct wr_dmn_import *next;
};

struct wr_dmn_file {
    const char *source, *name, *ns;
    struct wr_xml_doc doc;
    const struct wr_dmn_import *imports;
    const struct wr_named_type *types; /* own and imported, "import.name" */
    const struct wr_bound *keys; /* names of components that need knowing */
};

/* One element that another requires. */
struct wr_dmn_need {
    const struct wr_dmn_element *element;
    const char *import; /* name it is seen under, "" without */
};

struct wr_dmn_element {
    enum wr_dmn_kind kind;
    const char *id, *name, *variable; /* never NULL */
    const struct wr_dmn_file *file;
    const struct wr_xml *xml;
    size_t index;               /* in struct wr_dmn */
    const struct wr_type *type; /* of its variable; NULL: any */
    const struct wr_dmn_need *needs;
    size_t n_needs;
    const struct wr_node *logic; /* DECISION: its logic, BKM and SERVICE: a
                                    FUNCTION; NULL: none */
    const struct wr_dmn_element **outputs; /* SERVICE */
    size_t n_outputs;
    const struct wr_dmn_element **params; /* SERVICE: input data, decisions */
    size_t n_params;
    int color;   /* while cycles are looked for */
    bool cyclic; /* requires itself */
};

struct wr_table;

struct wr_dmn {
    const struct wr_dmn_file *files;
    size_t n_files;
    struct wr_dmn_element *elements; /* of all files, the model's first */
    size_t n_elements, n_own;
    const struct wr_table *tables; /* of all files, the last compiled first */
};

/* What a compiler of logic needs to know. */
struct wr_dmn_build {
    struct wr_parser p; /* arena, bound names, types, err */
    struct wr_err err;
    struct wr_findings *findings;
    const struct wr_dmn_file *file;
    const struct wr_bound *keys;     /* names that a path may use */
    const char *element;             /* id, for findings */
    const struct wr_dmn_element *of; /* whose logic is compiled; NULL */
    const struct wr_table **tables;  /* where its tables are noted */
};

/* read.c: the element of the file; NULL: there is none. */
struct wr_dmn_element *wr_dmn_by_id(const struct wr_dmn *d,
                                    const struct wr_dmn_file *f,
                                    const char *id);

/* types.c: item definitions of all files. */
void wr_dmn_types(struct wr_arena *a, struct wr_dmn_file *files, size_t n,
                  struct wr_findings *findings);
/* The type that the attribute names; NULL without, or after a finding. */
const struct wr_type *wr_dmn_type_ref(struct wr_dmn_build *b,
                                      const struct wr_xml *at, const char *ref);
/* Blanks made single and cut at both ends. */
const char *wr_dmn_name_of(struct wr_arena *a, const char *text);
/* The list with names that do not read as plain words. */
const struct wr_bound *wr_dmn_keep(struct wr_arena *a,
                                   const struct wr_bound *list,
                                   const char *name);

/* boxed.c: never NULL; broken logic is a node that is null with a warning. */
const struct wr_node *wr_dmn_boxed(struct wr_dmn_build *b,
                                   const struct wr_xml *x);
/* The child of `x` that is a boxed expression; NULL. */
const struct wr_xml *wr_dmn_boxed_child(const struct wr_xml *x);
const struct wr_node *wr_dmn_broken(struct wr_dmn_build *b, const char *why);
/* `n`, whose value is to be of that type. */
const struct wr_node *wr_dmn_typed(struct wr_dmn_build *b,
                                   const struct wr_node *n,
                                   const struct wr_type *t, const char *what);
/* FUNCTION from formal parameters (`x` has them) and a body made by them. */
const struct wr_node *wr_dmn_function(struct wr_dmn_build *b,
                                      const struct wr_xml *x);
/* Text of the child element `text`, or of an element of that name. */
const struct wr_node *wr_dmn_text(struct wr_dmn_build *b, enum wr_expr_lang l,
                                  const struct wr_xml *x);
struct wr_node *wr_dmn_node(struct wr_dmn_build *b, enum wr_node_kind kind);
const struct wr_node *wr_dmn_done(struct wr_dmn_build *b, struct wr_node *n);
const struct wr_node *wr_dmn_null(struct wr_dmn_build *b);

/* table_read.c */
const struct wr_node *wr_dmn_table(struct wr_dmn_build *b,
                                   const struct wr_xml *x);
/* table.c: evaluates what wr_dmn_table() made. */
const struct wr_value *wr_dmn_run_table(struct wr_eval *ev,
                                        const struct wr_node *n);

/* eval.c: the body of a decision service; data is its element. */
const struct wr_value *wr_dmn_run_service(struct wr_eval *ev,
                                          const struct wr_node *n);
/* A rule of the decision that is being made has matched. */
void wr_dmn_matched(struct wr_eval *ev, const struct wr_dmn_rule *rule);
/* The table that is node `n` was evaluated: struct wr_dmn_step.rows. */
void wr_dmn_rows(struct wr_eval *ev, const struct wr_node *n,
                 const struct wr_value *rows, bool many);
/* What an output without a name is called. */
const char *wr_dmn_output_name(const struct wr_eval *ev, const char *name);
/* Null, and the decision that is being made says why. */
const struct wr_value *wr_dmn_fault(struct wr_eval *ev, const char *text);

#endif
