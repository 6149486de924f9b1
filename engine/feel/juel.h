/* juel.h: coercions and methods of ${...} (inside engine/feel). */

#ifndef WR_FEEL_JUEL_H
#define WR_FEEL_JUEL_H

#include "engine/feel/eval.h"

/* null, "" and text as numbers and booleans; false after ev has failed. */
bool wr_juel_number(struct wr_eval *ev, const struct wr_value *v,
                    struct wr_decimal *out);
bool wr_juel_bool(struct wr_eval *ev, const struct wr_value *v, bool *out);
/* NULL after ev has failed; null is "". */
const struct wr_value *wr_juel_text(struct wr_eval *ev,
                                    const struct wr_value *v);
/* == with its coercions; false after ev has failed. */
bool wr_juel_equal(struct wr_eval *ev, const struct wr_value *x,
                   const struct wr_value *y, bool *out);

/* juel.c, for what is spoken of besides variables: a word, operators included;
 * "(a, b)" into the kids of `n`. */
struct wr_parser;
const char *wr_juel_word(struct wr_parser *p);
bool wr_juel_arguments(struct wr_parser *p, struct wr_node *n);

/* juel_objects.c: what begins with this name, which is consumed. */
bool wr_juel_is_object(const char *name);
const struct wr_node *wr_juel_object(struct wr_parser *p, const char *object,
                                     size_t at);
const struct wr_node *wr_juel_function(struct wr_parser *p, const char *name,
                                       size_t at);
const struct wr_node *wr_juel_prefixed(struct wr_parser *p, const char *prefix,
                                       size_t at);

/* Rows of methods.def. */
bool wr_juel_has_method(const char *name);
bool wr_juel_takes(const char *name, size_t n_args);

#endif
