/*
 * runtime.h: load, step, commit, act: the only place that does all four.
 *
 * One runtime per slot (or per embedding program).  It owns the write handle of
 * the store and a committer: commands of any number of threads are queued, the
 * committer takes all that wait, steps them (several for one instance one after
 * the other into one item), commits one batch and answers every caller after its
 * own data is durable (DESIGN.md section 4, SEMANTICS S4).  A conflict is loaded
 * and stepped again and never seen by a caller; hot instances stay in memory.
 *
 *     caller threads          committer (thread, or the caller itself)
 *     wr_runtime_call() --->  queue -> step all -> wr_store_commit -> answer
 *
 * With `threaded` false there is no committer thread: the calling thread does
 * the work (CLI, tests); the runtime is then used by one thread.
 */

#ifndef WR_RUNTIME_H
#define WR_RUNTIME_H

#include "engine/base/limit.h"
#include "engine/base/time.h"
#include "engine/exec/history.h"
#include "engine/exec/instance.h"
#include "engine/exec/step.h"
#include "engine/lock/lease.h"
#include "engine/model/bpmn.h"
#include "engine/model/inputs.h"
#include "engine/store/search.h"
#include "engine/store/store.h"

struct wr_runtime;

struct wr_definition;
struct wr_rate;
typedef void wr_committed_fn(void *data, const struct wr_definition *d,
                             const struct wr_effects *fx);

/* What was owed to somebody who refuses it for good: it is lost, and says why.
 * By whatever thread delivers; quick and without calls into the runtime. */
typedef void wr_refused_fn(void *data, const struct wr_outbox_row *row,
                           const struct wr_err *why);

/* Firings of a start event's timer that did not happen; quick and without calls
 * into the runtime. */
typedef void wr_missed_fn(void *data, const struct wr_definition *d,
                          int element, const struct wr_missed *missed);

struct wr_runtime_options {
    const char *store_url;
    struct wr_clock *clock; /* shared, outlives the runtime */
    int slot, n_slots;      /* owns buckets b with b % n_slots == slot */
    bool threaded;
    bool auto_async; /* S2 */
    const struct wr_retry_rules
        *retries;    /* as in struct wr_step; outlives it */
    bool notices;    /* as in struct wr_step */
    bool compat;     /* wr_step.compat; forms are not enforced, as by its API */
    int step_budget; /* 0: 10,000 */
    /* Inline: elements that may run until wr_runtime_go_on(), 0: any.  Then each
     * call fails with WR_ELIMIT, which names the instance and the element. */
    int64_t most_elements;
    size_t step_memory;      /* bytes a step may use, else WR_ELIMIT; 0: any */
    int64_t command_wait_ms; /* 0: 10 s; past it WR_EBUSY */
    wr_handler_fn *handler;  /* tests only */
    void *handler_data;
    struct wr_bpmn_options bpmn;
    bool reload_always; /* tests: no hot instances, decode before a step */
    uint64_t shuffle;   /* tests: as in struct wr_step */
    int spill_from;     /* tests: likewise */
    int32_t tenant;     /* whose timers and jobs wr_runtime_run_due() runs */
    /* Called for every item once it is durable, in order of commits, by the
     * committer: quick and without calls into the runtime.  NULL: none. */
    wr_committed_fn *committed;
    void *committed_data;
    /* Read handles of a threaded runtime: kept, and more while all are busy. */
    int pool_size, pool_overflow; /* 0: 2, none */
    struct wr_lease *lease;       /* of its buckets, outlives it; NULL: alone */
    int64_t lock_wait_ms;         /* for an instance's lock, then without */
    struct wr_limits limits;
    int64_t starts_burst;   /* of limit STARTS; 0: those of a second */
    struct wr_rate *starts; /* shared with others (base/rate.h), outlives it;
                               NULL: with nobody */
    enum wr_history_level history_level; /* of definitions that say nothing;
                                            UNSET: full */
    wr_refused_fn *refused;              /* NULL: none */
    void *refused_data;
    wr_missed_fn *missed; /* NULL: none */
    void *missed_data;
};

WR_MUST int wr_runtime_open(const struct wr_runtime_options *o,
                            struct wr_runtime **out, struct wr_err *err);
/* Finishes what was queued, then closes. */
void wr_runtime_close(struct wr_runtime *rt);
WR_DEFINE_CLEANUP(struct wr_runtime *, wr_runtime_close);

/* What was counted towards most_elements is forgotten. */
void wr_runtime_go_on(struct wr_runtime *rt);

/* ---- definitions ---- */

struct wr_deployed_form { /* a form of the same deployment */
    struct wr_form form;
    const char *resource;
};
struct wr_definition { /* immutable, refcounted, cached per process */
    struct wr_definition_row row;
    const struct wr_model *model;
    struct wr_inputs inputs; /* what a start has to give */
    /* generated from them, where nothing else is given; kind NONE: neither */
    struct wr_form start_form, task_form;
    const struct wr_deployed_form *forms;
    size_t n_forms;
};
void wr_definition_unref(const struct wr_definition *d);

struct wr_file {
    const char *name;
    const void *bytes;
    size_t len;
};
struct wr_deployed {
    struct wr_deployment_row deployment;
    const struct wr_definition_row *definitions;
    int n_definitions;
    const struct wr_form_row *forms;
    int n_forms;
    const struct wr_decision_row *decisions;
    int n_decisions;
    bool unchanged; /* same content as the latest: same versions, 200 */
    struct wr_findings findings; /* warnings, or why it was refused */
};
/* What is kept of a deployment for whoever sends it again. */
struct wr_deploy_key {
    struct wr_idempotency_row row; /* without its answer */
    /* the answer to keep, in the call's arena; `of` as it was given */
    struct wr_blob (*answer)(void *of, const struct wr_deployed *d);
    void *of;
};
struct wr_deploy_options {
    const char *name;  /* of the deployment; NULL: the first file's */
    const char *actor; /* NULL: nobody */
    int32_t tenant;
    bool strict;                     /* every finding is an error */
    const struct wr_deploy_key *key; /* NULL: none */
};
/* WR_EPARSE when refused: findings say why (malformed XML is one of them, code
 * xml-malformed); nothing is stored then.  WR_EINFLIGHT: the key was taken
 * meanwhile, its row has the answer.  The key's row is in the deployment's
 * transaction, and in one of its own when nothing changed. */
WR_MUST int wr_runtime_deploy(struct wr_runtime *rt,
                              const struct wr_file *files, int n_files,
                              const struct wr_deploy_options *o,
                              struct wr_arena *a, struct wr_deployed *out,
                              struct wr_err *err);

/* `ref` = id, key (latest active) or key:version.  Unref when done. */
WR_MUST int wr_runtime_definition(struct wr_runtime *rt, const char *ref,
                                  int32_t tenant,
                                  const struct wr_definition **out,
                                  struct wr_err *err);

/* The row as the store has it now, in `a`; a key without an active version is
 * its newest suspended one. */
WR_MUST int wr_runtime_definition_row(struct wr_runtime *rt, const char *ref,
                                      int32_t tenant, struct wr_arena *a,
                                      const struct wr_definition_row **out,
                                      struct wr_err *err);
WR_MUST int wr_runtime_set_definition_state(struct wr_runtime *rt,
                                            const struct wr_definition_row *row,
                                            enum wr_definition_state state,
                                            struct wr_err *err);
/* How long the instances of a version are kept, and how much of their history is
 * told; as in struct wr_definition_row. */
WR_MUST int wr_runtime_set_keeping(struct wr_runtime *rt,
                                   const struct wr_definition_row *row,
                                   int64_t ttl, enum wr_history_level level,
                                   struct wr_err *err);

/* The form of a user task or start event as its binding has it now, in `a` or as
 * long as `d`; kind NONE when it has none.  WR_ENOTFOUND: it names one that is
 * not deployed. */
WR_MUST int wr_runtime_form(struct wr_runtime *rt,
                            const struct wr_definition *d, int node,
                            struct wr_arena *a, struct wr_form *out,
                            struct wr_err *err);
/* The start event that a start by request begins at; -1: there is none. */
int wr_runtime_start_node(const struct wr_model *m, const char *start_at);

/* ---- what stands still (S28) ---- */

struct wr_standstill {
    const char *element, *type; /* whichever it is */
    const char *actor, *reason; /* NULL */
    bool catch_up;              /* resuming: as WR_EV_RESUME */
};
/* Suspend (or resume) an element of definition `d`, or with `d` NULL a job type.
 * WR_ESTATE when it is already (or is not).  It holds when this returns; what
 * already stands there is told at once as far as possible, else by and by. */
WR_MUST int wr_runtime_hold(struct wr_runtime *rt,
                            const struct wr_definition_row *d, int32_t tenant,
                            bool on, const struct wr_standstill *s,
                            struct wr_err *err);
/* Suspend or resume a definition with all that runs on it. */
WR_MUST int wr_runtime_stand_still(struct wr_runtime *rt,
                                   const struct wr_definition_row *d, bool on,
                                   const struct wr_standstill *s,
                                   struct wr_err *err);
/* What of `d`, and which job types, are suspended now. */
WR_MUST int wr_runtime_holds(struct wr_runtime *rt,
                             const struct wr_definition *d, int32_t tenant,
                             struct wr_arena *a, struct wr_holds *out,
                             struct wr_err *err);

/* ---- commands ---- */

struct wr_command {
    struct wr_event event; /* now, ids and command id are filled in */
    int32_t tenant;
    struct wr_uuid instance; /* zero for WR_EV_START, and where event.target
                                (task, job, timer, ...) finds it */
    const char *definition;  /* WR_EV_START, WR_EV_MIGRATE: ref */
    int64_t if_rev;          /* If-Match: -1 any; else WR_EPRECONDITION */
    struct wr_uuid
        outbox;           /* the row this settles, else WR_ELEASE; zero: none */
    struct wr_uuid lease; /* job commands: must be the job's, else WR_ELEASE */
    const struct wr_idempotency_row *idempotency; /* an empty answer becomes
                                the instance's id and, big-endian, its rev */
};

struct wr_outcome {
    struct wr_instance_row instance; /* after the command, without blob */
    struct wr_uuid created;          /* START: the new instance */
    struct wr_effects effects;       /* what was committed for this item */
};

/*
 * Execute one command and wait until it is durable.  Thread-safe when
 * `threaded`.  Errors of wr_step(), plus WR_EBUSY past command_wait (the command
 * may still happen), WR_EPRECONDITION, WR_ELEASE, WR_ENOTFOUND, WR_ESTORE.
 */
WR_MUST int wr_runtime_call(struct wr_runtime *rt, const struct wr_command *c,
                            struct wr_arena *a, struct wr_outcome *out,
                            struct wr_err *err);

/* Many at once, in order, each with its own result; one batch when they fit. */
struct wr_call {
    struct wr_command command;
    struct wr_outcome outcome;
    struct wr_err err; /* err.code WR_OK: done */
};
void wr_runtime_call_many(struct wr_runtime *rt, struct wr_call *calls,
                          size_t n, struct wr_arena *a);

/* Correlate a message (S15): executions first, then message starts; a business
 * key is the new instance's there.  WR_ENOSUBSCRIPTION,
 * WR_EAMBIGUOUS (err names the candidates). */
struct wr_message {
    const char *name, *key;         /* key NULL: any */
    const struct wr_uuid *instance; /* NULL: any */
    const char *business_key;       /* NULL: any */
    const struct wr_value *variables;
    const char *actor;
    int32_t tenant;
    const struct wr_idempotency_row *idempotency; /* its answer becomes the
                                instance's id and the element's */
    bool starts_only; /* message starts, no executions */
};
struct wr_delivery {
    struct wr_uuid instance;
    const char *element;
};
WR_MUST int wr_runtime_correlate(struct wr_runtime *rt,
                                 const struct wr_message *m, struct wr_arena *a,
                                 struct wr_delivery *out, struct wr_err *err);

/* Publish a message (S15): to who waits for it, else kept for `ttl_ms`; 0: only
 * who waits now gets it, else WR_ENOSUBSCRIPTION.  Of one name and key they are
 * delivered in the order they were published.  WR_EFULL: too many are kept;
 * WR_EINFLIGHT: the idempotency key is taken. */
struct wr_publication {
    struct wr_message message; /* without instance; the idempotency row's answer
                                  is as wr_runtime_correlate's, or 16 bytes 0xFF
                                  and the id of the message that is kept */
    int64_t ttl_ms;
    const char *message_id; /* published once while it may live; NULL: none */
    enum wr_reach reach;
};
struct wr_published {
    struct wr_delivery *deliveries; /* so far */
    size_t n;
    struct wr_uuid id; /* of the message, when it was kept */
    bool stored;       /* it waits for somebody */
    bool duplicate;    /* one of its message_id was published before */
};
WR_MUST int wr_runtime_publish(struct wr_runtime *rt,
                               const struct wr_publication *p,
                               struct wr_arena *a, struct wr_published *out,
                               struct wr_err *err);

/* Broadcast a signal (S14) to everybody who waits for it now, and start every
 * definition that starts with it.  Durable before anybody is reached; *n_reached
 * counts those reached when it returns. */
struct wr_signal {
    const char *name;
    const struct wr_value *variables;
    int32_t tenant;
    /* Kept with the signal, NULL: none.  WR_EINFLIGHT when it is taken. */
    const struct wr_idempotency_row *idempotency;
};
WR_MUST int wr_runtime_signal(struct wr_runtime *rt, const struct wr_signal *s,
                              struct wr_arena *a, int *n_reached,
                              struct wr_err *err);

/* Ask the conditional start events of all processes (S16), and start those that
 * hold with these variables; `started` in `a`, by element id.  WR_EEXPR:
 * a condition cannot be told, nothing was started. */
struct wr_situation {
    const struct wr_value *variables;
    const char *business_key; /* NULL: none */
    const char *actor;
    int32_t tenant;
};
WR_MUST int wr_runtime_start_met(struct wr_runtime *rt,
                                 const struct wr_situation *s,
                                 struct wr_arena *a, struct wr_uuid **started,
                                 size_t *n, struct wr_err *err);

/* Work off one row of the outbox that is due; a start event's timer, whose
 * firing is named by its instant `due` (0: the one that is due).
 * WR_ENOTFOUND: somebody else did. */
WR_MUST int wr_runtime_settle(struct wr_runtime *rt, const struct wr_uuid *id,
                              int32_t tenant, struct wr_err *err);
WR_MUST int wr_runtime_start_due(struct wr_runtime *rt,
                                 const struct wr_uuid *id, int32_t tenant,
                                 int64_t due, struct wr_err *err);

/* A row of the outbox that cannot be settled: an item of a batch has failed for
 * that reason, anything else is due again that much later.  WR_ENOTFOUND. */
WR_MUST int wr_runtime_put_aside(struct wr_runtime *rt,
                                 const struct wr_uuid *id, int32_t tenant,
                                 int64_t ms, const struct wr_err *why,
                                 struct wr_err *err);

/* A job whose last lease is over: its failure, in place of its worker.
 * WR_ENOTFOUND: it is not lost. */
WR_MUST int wr_runtime_lose(struct wr_runtime *rt, const struct wr_uuid *id,
                            int32_t tenant, struct wr_err *err);

/* Lease external jobs to a worker. */
WR_MUST int wr_runtime_claim(struct wr_runtime *rt, const struct wr_claim *c,
                             struct wr_arena *a, struct wr_rows *out,
                             struct wr_err *err);

/* ---- reading ---- */

struct wr_view { /* one instance as committed */
    const struct wr_instance_row *row;
    const struct wr_definition *definition; /* unref when done */
    const struct wr_instance *instance;
};
WR_MUST int wr_runtime_view(struct wr_runtime *rt, const struct wr_uuid *id,
                            int32_t tenant, struct wr_arena *a,
                            struct wr_view *out, struct wr_err *err);
/* The same for looking at the task, job, ... `wait` alone: of a big instance
 * only what is around it is there. */
WR_MUST int wr_runtime_view_wait(struct wr_runtime *rt,
                                 const struct wr_uuid *id,
                                 const struct wr_uuid *wait, int32_t tenant,
                                 struct wr_arena *a, struct wr_view *out,
                                 struct wr_err *err);
/* The command that starts an ended instance again, with the definition it had
 * (S29); texts in `a`.  WR_ESTATE: it has not ended. */
struct wr_restart {
    const char *start_at;             /* NULL: as any start */
    const struct wr_value *variables; /* in place of those it had; NULL */
    bool initial;                     /* those it was started with, not those it
                                         ended with */
    const struct wr_value *plan;      /* instead of its start; NULL */
    int64_t if_rev;                   /* as in a command, of the ended one */
};
WR_MUST int wr_runtime_restart(struct wr_runtime *rt, const struct wr_uuid *id,
                               int32_t tenant, const struct wr_restart *how,
                               struct wr_arena *a, struct wr_command *out,
                               struct wr_err *err);
/* The state of this row, whole: with the parts that are in rows of their own.
 * WR_ECONFLICT when the instance has moved on meanwhile. */
WR_MUST int wr_runtime_decode(struct wr_runtime *rt, const struct wr_model *m,
                              const struct wr_instance_row *row,
                              struct wr_arena *a, struct wr_instance **out,
                              struct wr_err *err);
/* What the command would do: `out` is the instance afterwards, `fx` what would be
 * committed; what it asks of called processes and callers does not happen. */
WR_MUST int wr_runtime_try(struct wr_runtime *rt, const struct wr_command *c,
                           struct wr_arena *a, struct wr_view *out,
                           struct wr_effects *fx, struct wr_err *err);
/* Everything that keeps the instance from the migration, in `a`; none when it
 * can go, `out` and `fx` as from wr_runtime_try() then. */
WR_MUST int wr_runtime_try_migrate(struct wr_runtime *rt,
                                   const struct wr_command *c,
                                   struct wr_arena *a, struct wr_view *out,
                                   struct wr_effects *fx,
                                   const struct wr_problem **problems, int *n,
                                   struct wr_err *err);
/* What it waits for and how it came there, in sentences. */
struct wr_explanation {
    struct wr_view view; /* unref its definition when done */
    const struct wr_explained *waits;
    const struct wr_decision *decisions;
    int n_waits, n_decisions;
};
WR_MUST int wr_runtime_explain(struct wr_runtime *rt, const struct wr_uuid *id,
                               int32_t tenant, struct wr_arena *a,
                               struct wr_explanation *out, struct wr_err *err);
/* Any lookup of store.h on a read handle; thread-safe when `threaded`. */
WR_MUST int wr_runtime_find(struct wr_runtime *rt, const struct wr_query *q,
                            struct wr_arena *a, struct wr_rows *out,
                            struct wr_err *err);
WR_MUST int wr_runtime_search(struct wr_runtime *rt, const struct wr_search *s,
                              struct wr_arena *a, struct wr_rows *out,
                              int64_t *total, struct wr_err *err);
WR_MUST int wr_runtime_change(struct wr_runtime *rt,
                              const struct wr_change *changes, size_t n,
                              struct wr_err *err);

/* Another handle of this process writes between these: where a store has one
 * writer (SQLite) neither then finds it locked.  Elsewhere they do nothing. */
void wr_runtime_write_begin(struct wr_runtime *rt);
void wr_runtime_write_end(struct wr_runtime *rt);
/* How far the history was folded (engine/store/project.h); all of that anew; what
 * was folded of instances that are gone. */
struct wr_position;
WR_MUST int wr_runtime_position(struct wr_runtime *rt, struct wr_position *out,
                                struct wr_err *err);
WR_MUST int wr_runtime_project_reset(struct wr_runtime *rt, struct wr_err *err);
WR_MUST int wr_runtime_project_forget(struct wr_runtime *rt,
                                      const struct wr_uuid *instances, size_t n,
                                      struct wr_err *err);

/* Fire what is due at the clock's now: timers, async jobs, expired leases; used
 * by the scheduler's in-process twin (CLI, tests).  Returns how many ran. */
WR_MUST int wr_runtime_run_due(struct wr_runtime *rt, int max, int *n_ran,
                               struct wr_err *err);

/*
 * A command of the clock that fails for good would be tried for ever.  Fills in
 * the command to send instead, which reports the failure of an async job as a
 * worker reports one: its tries go down, after the last there is an incident.  A
 * timer's opens one at once.
 * false: `c` is no such job, or it may do better next time.  `out` borrows from
 * both.
 */
bool wr_runtime_give_up(const struct wr_command *c, const struct wr_err *why,
                        struct wr_command *out);
/* Deal with such a command that ended with `err`: a timer is tried twice more
 * and then stops with an incident, an async job's failure is reported.  The error
 * of what was done last; as it was when there is nothing to do. */
WR_MUST int wr_runtime_report(struct wr_runtime *rt, const struct wr_command *c,
                              struct wr_arena *a, struct wr_outcome *out,
                              struct wr_err *err);

struct wr_runtime_stats {
    int64_t commands, batches, conflicts, reloads, steps;
    struct wr_store_stats store;
};
void wr_runtime_stats(struct wr_runtime *rt, struct wr_runtime_stats *out);

#endif
