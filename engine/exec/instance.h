/*
 * instance.h: the state of one instance between steps (SEMANTICS S0).
 *
 * A tree of scope instances; each holds variables, the active node instances
 * ("activities": the only place where tokens are) and, per incoming flow of a
 * joining gateway, the queued tokens.  Plain data in one arena;
 * exec/encode.c and decode.c turn it into the tagged blob that is stored and
 * back.
 */

#ifndef WR_INSTANCE_H
#define WR_INSTANCE_H

#include "engine/exec/rows.h"
#include "engine/model/model.h"

struct wr_instance;

/* An element of the model, or a job type, that is suspended (S28). */
struct wr_hold {
    int node;                   /* -1: a job type */
    const char *element;        /* its id, or the type */
    const char *actor, *reason; /* NULL: not said */
    int64_t at;
};
struct wr_holds {
    const struct wr_hold *items;
    int n;
};

/* A fresh instance that WR_EV_START has not reached yet.  `id` is its id. */
struct wr_instance *wr_instance_new(struct wr_arena *a, struct wr_uuid id,
                                    struct wr_uuid definition, int32_t tenant);
/* From a stored row.  WR_ENEWER, WR_ECORRUPT. */
WR_MUST int wr_instance_decode(struct wr_arena *a, const struct wr_model *m,
                               const struct wr_instance_row *row,
                               struct wr_instance **out, struct wr_err *err);
/* The rows that a big instance has beside it, all of them: without them it is
 * not whole, and not for looking at.  WR_ECONFLICT: they are not those of this
 * revision. */
WR_MUST int wr_instance_load(struct wr_instance *i, const struct wr_model *m,
                             const struct wr_spill_row *rows, size_t n,
                             struct wr_err *err);
/* Rows of an instance: the one with this id, if there is one, or (NULL) all. */
typedef int wr_parts_fn(void *data, const struct wr_uuid *id,
                        const struct wr_spill_row **rows, size_t *n,
                        struct wr_err *err);
/* Only the part with the wait `id` and those around it, of which `find` is
 * asked; no failure when there is none. */
WR_MUST int wr_instance_part(struct wr_instance *i, const struct wr_model *m,
                             const struct wr_uuid *id, wr_parts_fn *find,
                             void *data, struct wr_err *err);
/* The same, and the values of all variables that the wait sees. */
WR_MUST int wr_instance_near(struct wr_instance *i, const struct wr_model *m,
                             const struct wr_uuid *id, wr_parts_fn *find,
                             void *data, struct wr_err *err);
/* Is this the row of a variable's value? */
bool wr_instance_is_value(const struct wr_instance *i,
                          const struct wr_uuid *id);
bool wr_instance_is_whole(const struct wr_instance *i);
void wr_instance_encode(const struct wr_instance *i, const struct wr_model *m,
                        struct wr_str *out);

/* A version that the instance ran on before it was migrated: events of its
 * history with a seq below `until` name elements of that one. */
struct wr_earlier {
    int64_t until;
    struct wr_uuid definition;
};
/* Those of a stored row with its blob, oldest first.  WR_ENEWER, WR_ECORRUPT. */
WR_MUST int wr_instance_earlier(struct wr_arena *a,
                                const struct wr_instance_row *row,
                                const struct wr_earlier **out, int *n,
                                struct wr_err *err);
/* The definition of event `seq`; `now` is the instance's. */
const struct wr_uuid *wr_earlier_definition(const struct wr_earlier *past,
                                            int n, int64_t seq,
                                            const struct wr_uuid *now);

/* Does the instance, at its call activity of `child` or around it, catch an
 * error or escalation? */
enum wr_catch {
    WR_CATCH_NOT,
    WR_CATCH_BESIDE, /* not interrupting: the thrower goes on */
    WR_CATCH_INTERRUPTING
};
enum wr_catch wr_instance_catches(struct wr_instance *i,
                                  const struct wr_model *m,
                                  const struct wr_uuid *child,
                                  enum wr_trigger trigger, const char *code);

/* The code of the error that its call activity of `child` makes of this report of
 * a failure (text as of Java; NULL: nothing is known of it); NULL. */
const char *wr_instance_maps(const struct wr_instance *i,
                             const struct wr_model *m,
                             const struct wr_uuid *child, const char *report);

/* The documented token states (docs/ARCHITECTURE.md maps Pythmata's onto
 * them). */
enum wr_token_state {
    WR_TOKEN_ACTIVE,   /* in a running scope: sub-process with inner tokens */
    WR_TOKEN_WAITING,  /* at a wait state */
    WR_TOKEN_QUEUED,   /* at a join */
    WR_TOKEN_INCIDENT, /* stopped by an incident */
    WR_TOKEN_SUSPENDED,
    WR_TOKEN_COMPENSATING, /* while handlers run for it */
};
const char *wr_token_state_name(enum wr_token_state s);

/* What a token waits for; ids are zero where they do not apply. */
struct wr_token_info {
    int64_t key; /* stable within the instance */
    int node;
    enum wr_token_state state;
    int64_t scope_key, parent_scope_key; /* scope it stands in; root is 0 */
    int64_t since;
    const char *waiting_for; /* "task", "job", "timer", "message", "signal",
                                "events" (several), "join", "condition",
                                "async", "child", "children", "incident",
                                "compensation", "activation", "suspension" */
    struct wr_uuid id;       /* of that task, job, timer or subscription, or
                                of the called instance */
    struct wr_uuid incident;
    const char *detail; /* job type, name of message or signal, timer's due
                           instant, called process, condition; of several
                           events a line that names all */
    int flow;           /* QUEUED: the flow, else -1 */
};
/* The events whose condition is waited for, one entry each. */
int wr_instance_conditions(const struct wr_instance *i, struct wr_arena *a,
                           const int **nodes);
int wr_instance_tokens(const struct wr_instance *i, const struct wr_model *m,
                       struct wr_arena *a, const struct wr_token_info **out);

/* What is open, in sentences (explain.c). */
struct wr_explained {
    int64_t token; /* key of the activity or, at a join, of the scope */
    int node;
    int64_t since;
    const char *kind;     /* "task", "job", ...: as waiting_for */
    const char *sentence; /* what it waits for */
    const char *action;   /* what to do about it */
    struct wr_uuid id;    /* of the task, job, ...; zero: none */
};
/* As it was written, without blanks in front. */
const char *wr_explain_expr(const struct wr_expr *e);
/* `holds`: what of its definition and which job types are suspended. */
int wr_instance_explain(const struct wr_instance *i, const struct wr_model *m,
                        const struct wr_holds *holds, struct wr_arena *a,
                        const struct wr_explained **out);

/* Variables of one scope (key 0: the root) as a context; NULL when there is no
 * such scope. */
const struct wr_value *wr_instance_variables(const struct wr_instance *i,
                                             int64_t scope_key,
                                             struct wr_arena *a);
struct wr_scope_info {
    int64_t key, parent; /* parent -1: none */
    int node;            /* owning node, -1: the process */
    const struct wr_value *variables;
};
int wr_instance_scopes(const struct wr_instance *i, struct wr_arena *a,
                       const struct wr_scope_info **out);
/* What `task`, `job` ... with this id sees, nearest scope first; NULL when
 * there is none. */
const struct wr_value *wr_instance_visible(const struct wr_instance *i,
                                           const struct wr_uuid *id,
                                           struct wr_arena *a);
/* How many completions can still be compensated: entries of all logs that no
 * handler runs for (S21). */
int64_t wr_instance_compensable(const struct wr_instance *i);
/* The node an open task, job, timer, subscription or incident stands at; -1. */
int wr_instance_node_of(const struct wr_instance *i, const struct wr_uuid *id);
/* The listener that the open job is for; NULL: there is no such job, or it is
 * the work of its element.  *gone: its element was interrupted.  listen.c */
const struct wr_listener *wr_instance_listener(const struct wr_instance *i,
                                               const struct wr_model *m,
                                               const struct wr_uuid *job,
                                               bool *gone);

/* What was saved for the open task, as a context in `a`; NULL: nothing, or no
 * such task. */
const struct wr_value *wr_instance_draft(const struct wr_instance *i,
                                         const struct wr_uuid *task,
                                         struct wr_arena *a);

#endif
