/*
 * ast.h: what the parser builds and the evaluator walks (inside engine/feel and
 * engine/dmn, whose boxed expressions are syntax nodes like any other).
 *
 * Nodes are immutable once their parent exists and live in the arena of the
 * expression.  They hold no evaluation state, so threads may share them.
 */

#ifndef WR_FEEL_AST_H
#define WR_FEEL_AST_H

#include "engine/feel/feel.h"

enum wr_node_kind {
#define WR_NODE(id, fn) WR_N_##id,
#include "engine/feel/nodes.def"
#undef WR_NODE
};

enum wr_op {
    WR_OP_NONE,
    WR_OP_ADD,
    WR_OP_SUB,
    WR_OP_MUL,
    WR_OP_DIV,
    WR_OP_MOD,
    WR_OP_POW,
    WR_OP_EQ,
    WR_OP_NE,
    WR_OP_LT,
    WR_OP_LE,
    WR_OP_GT,
    WR_OP_GE,
    WR_OP_AND,
    WR_OP_OR,
};

enum wr_open { /* which ends of a range are open */
    WR_CLOSED = 0,
    WR_OPEN_START = 1 << 0,
    WR_OPEN_END = 1 << 1,
};

enum {
    WR_EXPR_HEIGHT = 500
}; /* of a syntax tree; chains count too */

/* A type as `instance of` and parameters name it, or an item definition. */
struct wr_type {
    enum wr_type_kind {
        WR_T_ANY,
        WR_T_NULL,
        WR_T_SIMPLE,  /* value */
        WR_T_LIST,    /* items[0] */
        WR_T_RANGE,   /* items[0] */
        WR_T_CONTEXT, /* names and items */
        WR_T_FUNCTION /* items: parameters, then the result */
    } kind;
    enum wr_value_type value;
    const struct wr_type *const *items;
    const char *const *names;
    size_t n;
    const struct wr_node *allowed; /* tests every value must pass; NULL */
    const struct wr_type *base;    /* whose tests it must pass as well; NULL */
};

struct wr_builtin;
struct wr_eval;
struct wr_node;

/* What a FOREIGN node does; returns as every evaluation function does. */
typedef const struct wr_value *(*wr_foreign_fn)(struct wr_eval *ev,
                                                const struct wr_node *n);

struct wr_node {
    enum wr_node_kind kind;
    enum wr_op op;
    unsigned open;   /* enum wr_open of RANGE; a flag elsewhere */
    bool strict;     /* IF, FILTER, SOME, EVERY: a test that is neither boolean
                        nor null makes the whole null (boxed, DMN 1.5, 10.2.2) */
    bool bound;      /* NAME: a parameter or loop variable, not from outside */
    bool uses_input; /* TEST: the expression speaks of `?` */
    int height;      /* 1: no children */
    uint32_t at;     /* offset in the text */
    const struct wr_node *a, *b, *c;
    const struct wr_node *const *kids;
    size_t n_kids;
    const char *name; /* NUL-terminated; blanks made single */
    size_t len;
    const struct wr_value *value;
    const struct wr_builtin *builtin; /* NAME: the first row; NULL: none */
    const struct wr_type *type;
    const struct wr_expr *part; /* PART: the text of `a` */
    wr_foreign_fn run;          /* FOREIGN */
    const void *data;           /* what `run` works on */
};

struct wr_expr {
    enum wr_expr_lang lang;
    const char *text;
    size_t len;
    const struct wr_node *root;
};

/* Line and column, from 1, of an offset in `text`. */
void wr_expr_place(const char *text, size_t at, int *line, int *column);

#endif
