/*
 * stage.h: one engine with a clock of its own, for scripts to play on.
 *
 * `weir run`, `weir test` and the conformance runners put processes on a stage,
 * send commands and look at what is there.  Nothing happens by itself: time
 * moves only with wr_stage_advance().  A stage has a tenant of its own, so many
 * can share a store without seeing each other.
 */

#ifndef WR_STAGE_H
#define WR_STAGE_H

#include "engine/base/map.h"
#include "engine/exec/history.h"
#include "engine/runtime/runtime.h"

struct wr_stage_options {
    const char *store_url; /* NULL: "memory:" */
    bool reload;           /* persist and load again between steps */
    int step_budget;       /* 0: usual; 1: a commit for each node */
    uint64_t shuffle;      /* 0: tokens go in their order */
    int spill_from;        /* loops with rows for iterations; 0: usual */
    bool real_clock;       /* else virtual, from `now` */
    int64_t now;
    bool auto_async;
    bool audit;  /* compare with history after each commit: wr_stage_audit() */
    bool compat; /* compensation handlers all at once, as Camunda 7 */
    bool bare_conditions_are_juel;
    wr_handler_fn *handler; /* NULL: none */
    bool (*handled)(void *data, const char *element_id, const char *script);
    void *handler_data;
};

struct wr_stage_name { /* an alias of an instance; the newest comes first */
    struct wr_stage_name *next;
    const char *name;
    struct wr_uuid instance;
};

struct wr_stage {
    struct wr_arena *arena; /* lives as long as the stage */
    struct wr_clock clock;
    struct wr_runtime *rt;
    int32_t tenant;
    bool audits;
    bool shuffled; /* orders among tokens mean nothing */
    struct wr_stage_name *names;

    /* Of the operation since wr_stage_mark(). */
    struct wr_str trace;
    const char *raised;         /* first incident that counts as a refusal */
    const char *raised_element; /* where */
    const char *raised_text;

    struct wr_map replays; /* of all instances, by id: struct wr_replay */
    const char *store_url;
    const char *drift; /* where one was not what its history adds up to */
};

WR_MUST int wr_stage_open(const struct wr_stage_options *o,
                          struct wr_stage **out, struct wr_err *err);
void wr_stage_close(struct wr_stage *s);
WR_DEFINE_CLEANUP(struct wr_stage *, wr_stage_close);

/* A step was committed (audit.c). */
void wr_stage_replay(struct wr_stage *s, const struct wr_model *m,
                     const struct wr_effects *fx);
/* Was every instance, after every commit, what its history adds up to?
 * WR_ECORRUPT says where it was not. */
WR_MUST int wr_stage_audit(const struct wr_stage *s, struct wr_err *err);

/* Is what is folded from the history what the instances say (folded.c)?
 * WR_ECORRUPT says where it is not. */
WR_MUST int wr_stage_folded(struct wr_stage *s, struct wr_err *err);

/* Forget trace and incidents of what ran before. */
void wr_stage_mark(struct wr_stage *s);

/* Files relative to `dir` (NULL: as they are), one deployment, with the
 * definitions of variables that lie beside them.  As
 * wr_runtime_deploy(): WR_EPARSE with findings when refused. */
WR_MUST int wr_stage_deploy(struct wr_stage *s, const char *dir,
                            const char *const *files, int n,
                            struct wr_deployed *out, struct wr_err *err);
/* What the deployment asks for and is not built yet, NULL: nothing such. */
const char *wr_stage_unsupported(const struct wr_deployed *d);

/* Tenant and revision are filled in. */
WR_MUST int wr_stage_call(struct wr_stage *s, struct wr_command c,
                          struct wr_err *err);
WR_MUST int wr_stage_start(struct wr_stage *s, const char *definition,
                           const char *alias, const char *business_key,
                           const struct wr_value *variables,
                           struct wr_err *err);
/* The latest instance of that name; WR_ENOTFOUND. */
WR_MUST int wr_stage_instance(struct wr_stage *s, const char *alias,
                              struct wr_uuid *out, struct wr_err *err);

/* Broadcast; what it reaches has run when it returns. */
WR_MUST int wr_stage_signal(struct wr_stage *s, const char *name,
                            const struct wr_value *variables,
                            struct wr_err *err);
/* Start what its conditional start event holds for; all are named `alias`, the
 * last one last.  NULL: "p". */
WR_MUST int wr_stage_start_met(struct wr_stage *s, const char *alias,
                               const char *business_key,
                               const struct wr_value *variables,
                               struct wr_err *err);
/* An instance's timer or a start event's, now. */
WR_MUST int wr_stage_fire(struct wr_stage *s, const struct wr_timer_row *t,
                          struct wr_err *err);
/* Name an instance that no start by this stage made. */
void wr_stage_name_instance(struct wr_stage *s, const char *alias,
                            const struct wr_uuid *instance);

/* Move the clock to `at`, firing what becomes due on the way at its own time.
 * `async`: run async continuations as well. */
WR_MUST int wr_stage_advance(struct wr_stage *s, int64_t at, bool async,
                             struct wr_err *err);
/* The due instant of the next timer; false: there is none. */
WR_MUST int wr_stage_next_due(struct wr_stage *s, bool *any, int64_t *at,
                              struct wr_err *err);

/* All rows of a noun, of one instance or (NULL) of the stage. */
WR_MUST int wr_stage_rows(struct wr_stage *s, enum wr_noun noun,
                          const struct wr_uuid *instance, struct wr_arena *a,
                          struct wr_rows *out, struct wr_err *err);
/* A view that is released with `a`. */
WR_MUST int wr_stage_view(struct wr_stage *s, const struct wr_uuid *instance,
                          struct wr_arena *a, struct wr_view *out,
                          struct wr_err *err);
/* BPMN id and name of what a row speaks of, in `a`. */
WR_MUST int wr_stage_element(struct wr_stage *s, const struct wr_uuid *instance,
                             int32_t symbol, struct wr_arena *a,
                             const struct wr_node **out, struct wr_err *err);

/* The same of a start event's row. */
WR_MUST int wr_stage_start_element(struct wr_stage *s,
                                   const struct wr_uuid *definition,
                                   int32_t symbol, struct wr_arena *a,
                                   const struct wr_node **out,
                                   struct wr_err *err);

#endif
