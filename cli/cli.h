/*
 * cli.h: one command, one file, one row of commands.def.
 *
 * A command gets its arguments after its name and returns the exit status: 0
 * done, 1 failed, 2 wrong usage (run: 2 waiting).  Results go to standard
 * output, everything else to standard error.
 */

#ifndef WR_CLI_H
#define WR_CLI_H

#include <signal.h>

#include "engine/base/json.h"
#include "engine/base/value.h"

struct wr_cli {
    struct wr_arena *arena;
    bool json; /* --json: print what the server says */
    int argc;  /* what is left after the common options */
    char **argv;
    const char *usage;
};

typedef int wr_cli_fn(struct wr_cli *cli);

struct wr_cli_command {
    const char *name, *usage, *doc;
    wr_cli_fn *run;
};

#define WR_COMMAND(name, fn, usage, doc) wr_cli_fn wr_cmd_##fn;
#include "cli/commands.def"
#undef WR_COMMAND

/* ---- arguments (args.c) ---- */

/* Take `--name VALUE` or `--name=VALUE` out of argv; NULL when absent. */
const char *wr_arg_option(struct wr_cli *cli, const char *name);
/* Take `--name` out of argv. */
bool wr_arg_flag(struct wr_cli *cli, const char *name);
/* Take all `--name k=json` out; a value that is no JSON is a string.  NULL when
 * there is none; false in *ok for one without '='. */
const struct wr_value *wr_arg_variables(struct wr_cli *cli, const char *name,
                                        bool *ok);
/* What is behind the last slash. */
const char *wr_cli_base_name(const char *path);
/* Whole file into `a`. */
WR_MUST int wr_cli_read(struct wr_arena *a, const char *path,
                        struct wr_str *out, struct wr_err *err);

/* ---- failing (fail.c): one line on standard error, with --json one problem
 * document ---- */

/* From now on as problem documents. */
void wr_cli_fail_json(void);
/* The problem the server answered, printed as it came by the next failure; NULL:
 * none.  As long as until then. */
void wr_cli_problem(const char *text, size_t len);
/* Print "weir: ..."; returns 1. */
int wr_cli_fail(const struct wr_err *err);
/* Print "usage: weir ..."; returns 2. */
int wr_cli_usage(const struct wr_cli *cli);
/* The same with `why` (NULL: the usage says it). */
int wr_cli_misused(const char *why, const char *usage);

/* ---- server (http.c, session.c) ---- */

struct wr_reply {
    int status;
    const char *text; /* the body */
    size_t len;
    const struct wr_value *json; /* parsed; NULL when it is no JSON */
    const char *set_cookie;      /* NULL */
};

struct wr_call_options {
    const char *content_type; /* NULL: application/json */
    const char *cookie;       /* NULL */
    bool anonymous;           /* send no token */
    int wait;                 /* seconds the answer may wait (Prefer) */
    const volatile sig_atomic_t *stop; /* give up when set: WR_EIO; NULL */
};

/*
 * One call with the stored token (or WEIR_TOKEN), refreshed once when it has
 * run out.  WR_EIO when the server cannot be reached; an error answer becomes an
 * err with the problem's detail and code.
 */
WR_MUST int wr_http(struct wr_cli *cli, const char *method, const char *path,
                    const void *body, size_t len,
                    const struct wr_call_options *o, struct wr_reply *out,
                    struct wr_err *err);
/* The same with a JSON object as body; NULL: none. */
WR_MUST int wr_api(struct wr_cli *cli, const char *method, const char *path,
                   const struct wr_value *body, struct wr_reply *out,
                   struct wr_err *err);
/* Percent-encode a path or query part. */
const char *wr_http_escape(struct wr_arena *a, const char *s);

struct wr_session_file {
    const char *url, *token, *cookie;
};
/* $XDG_CONFIG_HOME/weir/session.json (else ~/.config), mode 600. */
WR_MUST int wr_session_load(struct wr_arena *a, struct wr_session_file *out,
                            struct wr_err *err);
WR_MUST int wr_session_save(struct wr_arena *a, const struct wr_session_file *s,
                            struct wr_err *err);

/* ---- output (print.c) ---- */

/* The reply as it came, with a newline. */
void wr_print_json(const struct wr_reply *r);
/* The same of a command that asks no server. */
void wr_print_value(struct wr_arena *a, const struct wr_value *v);
/* A list reply as columns: the members named, in order, of `items`. */
void wr_print_table(struct wr_arena *a, const struct wr_value *list,
                    const char *const *columns, size_t n);
/* What a change of an instance did or would do: its events, its tokens. */
void wr_print_change(const struct wr_value *answer);
/* Text of a member ("" when absent); "definition.key" goes inside. */
const char *wr_print_member(struct wr_arena *a, const struct wr_value *object,
                            const char *path);

#endif
