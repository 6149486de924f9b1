/*
 * feel.h: expressions: FEEL (DMN 1.5, chapter 10.3), ${...} and conditions in
 * Python's style.
 *
 * An expression is parsed once, when its model is deployed, and evaluated any
 * number of times.  A parsed expression is immutable, lives in the arena it was
 * parsed into and may be shared by threads; an evaluation belongs to one.  An
 * evaluation sees what its environment shows it and nothing else: no clock, no
 * files, no process.
 *
 * The languages fail differently, as their users expect:
 *
 *     FEEL    an operation that makes no sense is null and leaves a warning;
 *             an unknown variable is null and leaves a warning
 *     JUEL    both are errors: WR_EEXPR, "no variable 'x'"; Python as well
 *
 * Hostile text cannot hurt: nesting is limited when parsing and evaluating,
 * every operation is taken off a budget, large results are charged by size.
 *
 *     const struct wr_expr *e;
 *     struct wr_expr_env env = {
 *         .lookup = variable, .data = scope, .now = now, .arena = request,
 *         .budget = WR_EXPR_BUDGET,
 *     };
 *     if (wr_expr_parse(definition, WR_LANG_FEEL, s, n, &e, err) < 0 ...
 *     if (wr_expr_eval(e, &env, &v, err) < 0 ...
 */

#ifndef WR_FEEL_H
#define WR_FEEL_H

#include "engine/base/err.h"
#include "engine/base/value.h"

enum wr_expr_lang {
    WR_LANG_FEEL,   /* without the leading '=' */
    WR_LANG_UNARY,  /* DMN unary tests: "< 5, [7..9]", "-"; gives a boolean */
    WR_LANG_JUEL,   /* text with ${...} or #{...}: one alone gives its typed
                      value, anything else a string */
    WR_LANG_PYTHON, /* a condition in Python's style */
};

enum {
    WR_EXPR_DEPTH = 128,      /* nesting of text and of evaluation */
    WR_EXPR_TEXT = 64 * 1024, /* bytes of an expression */
    WR_EXPR_BUDGET = 100000,  /* a good budget: 10 to 300 ms at worst */
    WR_EXPR_WARNINGS = 16,    /* kept of one environment; more are counted */
    WR_EXPR_STRING = 1 << 24, /* bytes of a string that is put together */
    WR_EXPR_RESULT = 1 << 20, /* values in a result, WR_EXPR_DEPTH deep */
};

struct wr_expr;

/* Something FEEL turned into null. */
struct wr_expr_warning {
    const char *text; /* "no variable 'x'"; in the environment's arena */
    int line, column; /* in the expression, from 1 */
    const struct wr_expr_warning *next; /* NULL: last */
};

/* What ${...} may ask of the process around it: about.def says in which words. */
enum wr_about {
    WR_ABOUT_ACTIVITY, /* the id of the activity instance */
    WR_ABOUT_INSTANCE,
    WR_ABOUT_ROOT_INSTANCE,
    WR_ABOUT_BUSINESS_KEY,
    WR_ABOUT_DEFINITION,
    WR_ABOUT_DEFINITION_KEY,
    WR_ABOUT_ELEMENT,
    WR_ABOUT_ELEMENT_NAME,
    WR_ABOUT_TENANT,
    WR_ABOUT_EVENT,
    WR_ABOUT_VARIABLES,
    WR_ABOUT_OWN_VARIABLE, /* of the activity itself, by name */
    WR_ABOUT_USER,         /* who acts */
    WR_ABOUT_TASK,
    WR_ABOUT_ASSIGNEE,
    WR_ABOUT_OWNER,
    WR_ABOUT_PRIORITY,
    WR_ABOUT_DUE,
    WR_ABOUT_FOLLOW_UP,
    WR_ABOUT_CREATED
};

/* What an expression may see and spend.  One evaluation at a time. */
struct wr_expr_env {
    /* The value of a variable, NULL when there is none.  `name` is not
     * NUL-terminated at `len` only by chance: use the length.  NULL: no
     * variables at all. */
    const struct wr_value *(*lookup)(void *data, const char *name, size_t len);
    void *data;
    /* NULL: there is no such thing; null: it has none.  `name` is that of a
     * variable.  NULL: there is no process around. */
    const struct wr_value *(*about)(void *data, void *of, enum wr_about what,
                                    const char *name, struct wr_arena *arena);
    void *about_data, *about_of;
    const struct wr_value *input; /* `?` of unary tests; NULL: there is none */
    int64_t now;                  /* now() and today(), ms since 1970 UTC */
    struct wr_arena *arena;       /* results and scratch */
    int64_t budget; /* operations left, counted down; 0 is WR_ELIMIT */

    /* Filled by evaluations, oldest first; zero them to start over. */
    const struct wr_expr_warning *warnings;
    struct wr_expr_warning *last_warning; /* of the list, kept by eval */
    unsigned n_warnings;                  /* also those that were not kept */
};

/*
 * Parse `len` bytes of UTF-8 into `a`.  WR_EEXPR with err->line and column for
 * what is wrong and for what is not supported, which is named; WR_ELIMIT when
 * it is too long or nested too deep.
 */
WR_MUST int wr_expr_parse(struct wr_arena *a, enum wr_expr_lang lang,
                          const char *text, size_t len,
                          const struct wr_expr **out, struct wr_err *err);

/* A typographic quote that quotes nothing. */
struct wr_quote {
    const char *text; /* the character */
    const char *code; /* "U+201C" */
    bool single;
    size_t at; /* bytes into the expression */
};

/* The first one in `text` outside its strings and comments; false: none. */
bool wr_expr_quote(enum wr_expr_lang lang, const char *text, size_t len,
                   struct wr_quote *out);
/* What the language has instead. */
const char *wr_quote_plain(const struct wr_quote *q, enum wr_expr_lang lang);

/*
 * The same where names are known that do not read as names ("a-b", "rate of
 * interest in %"): the longest known one wins (DMN 1.5, 10.3.1.2).  Names of
 * words and blanks alone need not be given.
 */
WR_MUST int wr_expr_parse_known(struct wr_arena *a, enum wr_expr_lang lang,
                                const char *text, size_t len,
                                const char *const *names, size_t n_names,
                                const struct wr_expr **out, struct wr_err *err);

/*
 * *out lives in env->arena or where a variable lives.  WR_ELIMIT when budget,
 * depth or a size was passed, WR_EEXPR for what JUEL cannot do.  FEEL may
 * give ranges and functions; wr_value_storable() tells them apart.
 */
WR_MUST int wr_expr_eval(const struct wr_expr *e, struct wr_expr_env *env,
                         const struct wr_value **out, struct wr_err *err);

/* The same, wanting a condition.  FEEL: only true is true, null and others are
 * false.  JUEL: booleans and the strings "true" and "false", else WR_EEXPR.
 * Python: what is empty, 0 or None is false. */
WR_MUST int wr_expr_test(const struct wr_expr *e, struct wr_expr_env *env,
                         bool *out, struct wr_err *err);

/* The text it was parsed from. */
const char *wr_expr_text(const struct wr_expr *e);
enum wr_expr_lang wr_expr_lang(const struct wr_expr *e);

/* Does text of this language hold nothing to evaluate (JUEL without ${...})? */
bool wr_expr_is_constant(const struct wr_expr *e);

/*
 * Calls `fn` for every free name, each once: the variables the result can
 * depend on.  `execution.getVariable('x')` counts as x.
 */
void wr_expr_names(const struct wr_expr *e,
                   void (*fn)(void *data, const char *name, size_t len),
                   void *data);

/* May it become a variable?  wr_value_storable() for callers that have their
 * own words for it. */
bool wr_expr_storable(const struct wr_value *v);

#endif
