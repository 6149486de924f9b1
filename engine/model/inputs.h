/*
 * inputs.h: the variables a process wants to be started with.
 *
 * They come with the deployment: `order.variables.json` belongs to
 * `order.bpmn`.  It is a list of definitions, or an object that has it as
 * "variableDefinitions" or "variable_definitions":
 *
 *     {"name": "amount", "type": "integer", "required": true,
 *      "defaultValue": 5, "label": "Amount", "description": "...",
 *      "validation": {"min": 1, "max": 10, "minLength": 1, "maxLength": 9,
 *                     "pattern": "^[a-z]+$", "options": [...]}}
 *
 * The members of validation may stand in the definition itself, as well.
 */

#ifndef WR_INPUTS_H
#define WR_INPUTS_H

#include "engine/base/err.h"
#include "engine/base/value.h"

enum wr_input_type {
    WR_INPUT_STRING,
    WR_INPUT_INTEGER,
    WR_INPUT_FLOAT,
    WR_INPUT_BOOLEAN,
    WR_INPUT_DATE, /* a date, or a date and time */
    WR_INPUT_JSON, /* anything */
    WR_INPUT_TYPES
};
const char *wr_input_type_name(enum wr_input_type t);

struct wr_input {
    const char *name, *label, *description; /* the last two may be NULL */
    enum wr_input_type type;
    bool required;
    const struct wr_value *preset;            /* its default; NULL */
    const struct wr_value *min, *max;         /* numbers; NULL */
    const struct wr_value *min_len, *max_len; /* characters of a string; NULL */
    const char *pattern;                      /* somewhere in a string; NULL */
    const struct wr_value *options;           /* list of allowed ones; NULL */
};

struct wr_inputs {
    const struct wr_input *items;
    size_t n;
};

/* "order.variables.json" for "order.bpmn". */
const char *wr_inputs_file(struct wr_arena *a, const char *resource);
bool wr_inputs_is_file(const char *name);

/* WR_EJSON, WR_EVALUE naming the variable and what is wrong with it. */
WR_MUST int wr_inputs_parse(struct wr_arena *a, const void *bytes, size_t len,
                            struct wr_inputs *out, struct wr_err *err);

/* The same for people: what is wrong with file `name`, and which timers of the
 * processes it belongs to start them without what they require. */
struct wr_findings;
struct wr_model;
void wr_inputs_judge(struct wr_findings *f, const char *name, const void *bytes,
                     size_t len, const struct wr_model *const *models, int n);

struct wr_input_error {
    const char *name;
    const char *code; /* "required", "type", "value" */
    const char *detail;
};

enum {
    WR_INPUT_ERRORS = 16
};

/*
 * What an instance starts with when `given` (a context, NULL: nothing) is handed
 * in: defaults added, texts of dates made dates; others stay as they are.  When
 * something does not fit, WR_EVALUE with the first of it; all that fit into
 * `errors` (WR_INPUT_ERRORS, may be NULL) are there, *n of them.
 */
WR_MUST int wr_inputs_fit(struct wr_arena *a, const struct wr_inputs *inputs,
                          const struct wr_value *given,
                          const struct wr_value **out,
                          struct wr_input_error *errors, size_t *n,
                          struct wr_err *err);

#endif
