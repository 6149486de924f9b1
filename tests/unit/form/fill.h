/* fill.h: forms and variables written as JSON with ' for ". */

#ifndef FILL_H
#define FILL_H

#include "engine/form/form.h"

/* The errors, "POINTER CODE;" each; else "limit". */
const char *fill_in(struct wr_arena *a, const struct wr_form *form,
                    const char *given, const char *seen);
/* The same of a file; one that is refused fails the test. */
const char *fill(struct wr_arena *a, const char *name, const char *file,
                 const char *given, const char *seen);
/* Why a file is refused; "" when it is not. */
const char *refusal(struct wr_arena *a, const char *name, const char *file);
const struct wr_value *json_of(struct wr_arena *a, const char *text);

#endif
