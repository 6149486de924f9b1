/* feel_grammar.h: FEEL's longer parse functions, by file (inside engine/feel).
 */

#ifndef WR_FEEL_GRAMMAR_H
#define WR_FEEL_GRAMMAR_H

#include "engine/feel/parse.h"

/* tests_grammar.c: brackets, ranges, `in`, unary tests */
const struct wr_node *wr_feel_bracket(struct wr_parser *p, struct wr_token t);
const struct wr_node *wr_feel_open_range(struct wr_parser *p,
                                         struct wr_token t);
const struct wr_node *wr_feel_paren(struct wr_parser *p, struct wr_token t);
const struct wr_node *wr_feel_in(struct wr_parser *p,
                                 const struct wr_node *left, struct wr_token t);

/* forms_grammar.c: if, for, some, every, function, context, calls */
const struct wr_node *wr_feel_if(struct wr_parser *p, struct wr_token t);
const struct wr_node *wr_feel_for(struct wr_parser *p, struct wr_token t);
const struct wr_node *wr_feel_some(struct wr_parser *p, struct wr_token t);
const struct wr_node *wr_feel_every(struct wr_parser *p, struct wr_token t);
const struct wr_node *wr_feel_function(struct wr_parser *p, struct wr_token t);
const struct wr_node *wr_feel_context(struct wr_parser *p, struct wr_token t);
const struct wr_node *wr_feel_call(struct wr_parser *p,
                                   const struct wr_node *left,
                                   struct wr_token t);

#endif
