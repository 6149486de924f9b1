/* check.h: private to engine/form: what its files share. */

#ifndef WR_FORM_CHECK_H
#define WR_FORM_CHECK_H

#include "engine/base/str.h"
#include "engine/form/form.h"

struct wr_form_check {
    struct wr_arena *a;
    const struct wr_value *document;
    const struct wr_value *given, *seen; /* contexts, never NULL */
    int64_t now;
    struct wr_form_errors *errors;
    struct wr_err *err; /* of the first */
    int64_t steps;      /* left */
    int depth;          /* of schemas inside one another */
    bool over;          /* they were not enough */
};

enum {
    WR_FORM_STEPS = 1000000,
    WR_FORM_REGEX = 50, /* steps of one match: ICU compiles it each time */
    WR_FORM_DEPTH = 64,
};

/* false: it takes too long. */
bool wr_form_spend(struct wr_form_check *c, size_t steps);
/* Steps that comparing with one of n values takes. */
size_t wr_form_among(size_t n);
/* Is the pattern found in the text?  Not when it takes too long. */
bool wr_form_fits(struct wr_form_check *c, const struct wr_value *text,
                  const char *pattern);
/* One error a place: the first. */
void wr_form_complain(struct wr_form_check *c, const char *pointer,
                      const char *code, const char *fmt, ...) WR_PRINTF(4);
/* `pointer` and one more name, escaped. */
const char *wr_form_below(struct wr_arena *a, const char *pointer,
                          const char *name);
const char *wr_form_item(struct wr_arena *a, const char *pointer, size_t i);
const char *wr_form_text(struct wr_arena *a, const struct wr_value *v);
int64_t wr_form_characters(const struct wr_value *string);
bool wr_form_is_email(struct wr_arena *a, const struct wr_value *text);
/* A date, "10:30", a date and time; seconds may be left out. */
bool wr_form_is_date(struct wr_arena *a, const struct wr_value *v);
bool wr_form_is_time(struct wr_arena *a, const struct wr_value *v);
bool wr_form_is_datetime(struct wr_arena *a, const struct wr_value *v);

/* form_js.c */
WR_MUST int wr_form_js_read(struct wr_arena *a, const struct wr_value *doc,
                            struct wr_err *err);
void wr_form_js_check(struct wr_form_check *c);
const struct wr_value *wr_form_js_data(struct wr_arena *a,
                                       const struct wr_value *doc,
                                       const struct wr_value *seen);
/* schema_read.c, schema.c */
WR_MUST int wr_form_schema_read(struct wr_arena *a, const struct wr_value *doc,
                                struct wr_err *err);
bool wr_form_is_draft7(const struct wr_value *doc);
/* What a local reference refers to; NULL when there is nothing. */
const struct wr_value *wr_form_schema_at(struct wr_arena *a,
                                         const struct wr_value *doc,
                                         const char *ref);
void wr_form_schema_check(struct wr_form_check *c);

#endif
