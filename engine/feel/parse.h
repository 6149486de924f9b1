/*
 * parse.h: the Pratt parser's insides (inside engine/feel and engine/dmn).
 *
 * A grammar is a table of token rows.  A row says how the token reads at the
 * start of an expression (prefix) and after one (infix), and how strongly it
 * binds; the loop in parser.c knows no token by name.  The first rows are the
 * classes END, NUMBER, STRING and NAME, in this order.
 *
 * A prefix or infix function is called with its token consumed; NAME alone is
 * not, because names decide themselves how far they reach.
 *
 * A parse function returns NULL after it has failed; the first failure stays
 * in p->err.
 */

#ifndef WR_FEEL_PARSE_H
#define WR_FEEL_PARSE_H

#include "engine/feel/ast.h"

struct wr_parser;

struct wr_token {
    const struct wr_token_row *row;
    size_t start, end; /* offsets */
};

typedef const struct wr_node *(*wr_prefix_fn)(struct wr_parser *p,
                                              struct wr_token tok);
typedef const struct wr_node *(*wr_infix_fn)(struct wr_parser *p,
                                             const struct wr_node *left,
                                             struct wr_token tok);

struct wr_token_row {
    const char *text; /* "end", "number" ... for the classes */
    int power;        /* of the infix; higher binds stronger */
    wr_prefix_fn prefix;
    wr_infix_fn infix;
    enum wr_op op;
};

enum {
    WR_TOK_END,
    WR_TOK_NUMBER,
    WR_TOK_STRING,
    WR_TOK_NAME,
    WR_TOK_OTHER
};

struct wr_grammar {
    const struct wr_token_row *rows;
    size_t n_rows;
    bool feel; /* comments, '?' in names, no single quotes */
};

extern const struct wr_grammar wr_feel_grammar, wr_juel_grammar,
    wr_python_grammar;

/* A name that is in scope while parsing. */
struct wr_bound {
    const char *name;
    const struct wr_bound *next;
};

/* A type that has a name: an item definition. */
struct wr_named_type {
    const char *name;
    const struct wr_type *type;
    const struct wr_named_type *next;
};

struct wr_parser {
    struct wr_arena *arena;
    const struct wr_grammar *grammar;
    const char *text;
    size_t len, pos;
    struct wr_token tok; /* the next one */
    int depth;
    bool failed;
    bool in_range;                /* `[` may close a range */
    unsigned inputs;              /* times `?` was met */
    const struct wr_bound *bound; /* innermost first */
    const struct wr_bound *keys;  /* every context key met, for paths */
    const char *const *known;
    size_t n_known;
    const struct wr_named_type *types;
    struct wr_err *err;
};

/* lexer.c */
void wr_lex_next(struct wr_parser *p);
/* The text of a string token without quotes and escapes. */
const char *wr_lex_string(struct wr_parser *p, struct wr_token tok,
                          size_t *len);
/* A typographic one, which quotes nothing and begins no name. */
bool wr_lex_is_quote(int32_t c);
bool wr_lex_is_name_start(int32_t c, bool feel);
bool wr_lex_is_name_part(int32_t c, bool feel);
bool wr_lex_is_space(int32_t c);

/* parser.c */
const struct wr_node *wr_parse_expr(struct wr_parser *p, int power);
struct wr_node *wr_parse_node(struct wr_parser *p, enum wr_node_kind kind,
                              size_t at);
const struct wr_node *wr_parse_done(struct wr_parser *p, struct wr_node *n);
const struct wr_node *wr_parse_value(struct wr_parser *p, size_t at,
                                     const struct wr_value *v);
const struct wr_node *wr_parse_number(struct wr_parser *p, struct wr_token tok);
const struct wr_node *wr_parse_string(struct wr_parser *p, struct wr_token tok);
bool wr_parse_is(const struct wr_parser *p, const char *text);
bool wr_parse_accept(struct wr_parser *p, const char *text);
bool wr_parse_expect(struct wr_parser *p, const char *text);
const struct wr_node *wr_parse_fail(struct wr_parser *p, enum wr_code code,
                                    size_t at, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
const struct wr_node *wr_parse_unexpected(struct wr_parser *p);

/* What rows of token tables share: values, and what a language has and this
 * one does not. */
const struct wr_node *wr_parse_null(struct wr_parser *p, struct wr_token tok);
const struct wr_node *wr_parse_true(struct wr_parser *p, struct wr_token tok);
const struct wr_node *wr_parse_false(struct wr_parser *p, struct wr_token tok);
const struct wr_node *wr_parse_refuse(struct wr_parser *p, struct wr_token tok);
const struct wr_node *wr_parse_refuse_infix(struct wr_parser *p,
                                            const struct wr_node *left,
                                            struct wr_token tok);
const struct wr_node *wr_parse_refuse_call(struct wr_parser *p,
                                           const struct wr_node *left,
                                           struct wr_token tok);

/* A list of nodes while it grows. */
struct wr_nodes {
    const struct wr_node **items;
    size_t n, cap;
};
bool wr_nodes_add(struct wr_parser *p, struct wr_nodes *l,
                  const struct wr_node *n);
void wr_nodes_give(struct wr_node *to, const struct wr_nodes *l);

/* names.c: the longest name at the next token, which it consumes; NULL when
 * there is none.  `path`: context keys met anywhere are candidates. */
const char *wr_parse_name(struct wr_parser *p, bool path);
/* Words up to a token that is none, as parameters are named. */
const char *wr_parse_words(struct wr_parser *p);
/* Consumes exactly this name, keywords in it included. */
bool wr_parse_accept_name(struct wr_parser *p, const char *name);
void wr_parse_bind(struct wr_parser *p, const char *name);
/* Consumes the longest name of p->types; NULL: none is there. */
const struct wr_type *wr_parse_named_type(struct wr_parser *p);
bool wr_parse_is_bound(const struct wr_parser *p, const char *name);

/* types.c */
const struct wr_type *wr_parse_type(struct wr_parser *p);

/* feel.c: a text that stands in something larger, as a PART node: `p` brings
 * the arena, the names and types that are known and err, nothing else. */
const struct wr_node *wr_parse_part(struct wr_parser *p, enum wr_expr_lang lang,
                                    const char *text, size_t len);
/* A type as text, the name of an item definition too. */
const struct wr_type *wr_parse_type_text(struct wr_parser *p, const char *text,
                                         size_t len);

/* juel.c: text with ${...} */
const struct wr_node *wr_juel_parse(struct wr_parser *p);
/* parse_feel.c */
const struct wr_node *wr_unary_parse(struct wr_parser *p);

#endif
