/*
 * form.h: what people fill in, and whether what they filled in will do.
 *
 * A form is a JSON document: of form-js, a JSON Schema, or one of form-js that
 * was generated from fields of the model.  wr_form_parse() refuses by name what
 * wr_form_check() could not judge, so that a deployed form is one that is
 * enforced.  Values are given as {variable: value}; nothing is converted.
 *
 *     if (wr_form_parse(a, "leave.form", bytes, len, &form, err) < 0) ...
 *     if (wr_form_check(a, &form, given, seen, &errors, err) < 0) ...
 */

#ifndef WR_FORM_H
#define WR_FORM_H

#include "engine/base/err.h"
#include "engine/base/value.h"

enum wr_form_kind {
    WR_FORM_NONE,
    WR_FORM_JS,
    WR_FORM_SCHEMA,    /* JSON Schema 2020-12, 2019-09 or draft-07 */
    WR_FORM_GENERATED, /* form-js, from fields */
    WR_FORM_EXTERNAL   /* somebody else's: nothing of it is known */
};
const char *wr_form_kind_name(enum wr_form_kind kind);

struct wr_form {
    enum wr_form_kind kind;
    const char *key;               /* NULL: of an element, without a name */
    int32_t version;               /* 0: of the process it is part of */
    const struct wr_value *schema; /* NULL: EXTERNAL, NONE */
};

/* NAME.form, NAME.json; not NAME.variables.json. */
bool wr_form_is_file(const char *name);

/* In `a`, with the version left 0.  The key of a form-js form is its id, that of
 * a JSON Schema its file's name without .schema.json or .json.  One within a
 * model has neither name nor key: `name` is NULL.  WR_EJSON with
 * the line; WR_EVALUE names what is not supported and where. */
WR_MUST int wr_form_parse(struct wr_arena *a, const char *name,
                          const void *bytes, size_t len, struct wr_form *out,
                          struct wr_err *err);

enum {
    WR_FORM_ERRORS = 16
};

struct wr_form_error {
    const char *pointer; /* RFC 6901, below the variables: "/days" */
    const char *code;    /* "required", "type", "value", "unknown", "readonly",
                         "hidden" */
    const char *detail;
};
struct wr_form_errors { /* one a place */
    struct wr_form_error items[WR_FORM_ERRORS];
    size_t n; /* may exceed what is kept */
};

/*
 * Do the variables `given` (a context; NULL: none) fit?  `seen` are those that
 * are there before (NULL: none): conditions read both, and what is read-only
 * must be equal.  WR_EVALUE with the first of the errors; WR_ELIMIT when it
 * takes too long to tell.  `errors` may be NULL.
 */
WR_MUST int wr_form_check(struct wr_arena *a, const struct wr_form *form,
                          const struct wr_value *given,
                          const struct wr_value *seen, int64_t now,
                          struct wr_form_errors *errors, struct wr_err *err);

/* What the form shows at first: of its fields the variables in `seen`, else
 * their default values, with `draft` over them (both may be NULL). */
const struct wr_value *wr_form_data(struct wr_arena *a,
                                    const struct wr_form *form,
                                    const struct wr_value *seen,
                                    const struct wr_value *draft);

/* ---- generated ---- */

enum wr_form_type {
    WR_FIELD_TEXT,
    WR_FIELD_INTEGER,
    WR_FIELD_DECIMAL,
    WR_FIELD_BOOLEAN,
    WR_FIELD_DATE, /* or a date and time */
    WR_FIELD_JSON  /* anything */
};
struct wr_form_field {
    const char *key, *label, *description; /* the last two may be NULL */
    enum wr_form_type type;
    bool required, readonly;
    const struct wr_value *preset;                        /* NULL */
    const struct wr_value *min, *max, *min_len, *max_len; /* NULL */
    const char *pattern;                                  /* NULL */
    const struct wr_value *options; /* list of values or {label, value}; NULL */
};
void wr_form_generate(struct wr_arena *a, const struct wr_form_field *fields,
                      size_t n, struct wr_form *out);

/* What a start with a generated form begins with: `given` (a context; NULL:
 * nothing), the default values of what is not in it, and dates for texts of
 * dates.  Of other forms, and what is no context, `given` as it is. */
const struct wr_value *wr_form_fill(struct wr_arena *a,
                                    const struct wr_form *form,
                                    const struct wr_value *given);

/* Is `pattern` found somewhere in the text?  -1: it is no regular expression. */
int wr_form_matches(struct wr_arena *a, const struct wr_value *text,
                    const char *pattern);

#endif
