/*
 * slot.h: what the files of the runtime share; private to this folder.
 *
 * Locks, outermost first: `writing` guards the write handle, `lock` everything
 * else that threads share (queue, definitions, owners, read handles).  Nobody
 * waits for the store while holding `lock`.  `hot` belongs to the committer.
 */

#ifndef WR_SLOT_H
#define WR_SLOT_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/runtime/runtime.h"
#include "engine/store/columns.h"

enum {
    WR_BATCH = 256,      /* requests of one batch */
    WR_HOT = 4096,       /* instances kept in memory */
    WR_OWNERS = 1 << 14, /* remembered ids of tasks, jobs, timers ... */
    WR_CACHED_DEFINITIONS = 256,
    WR_CACHED_DECISIONS = 128, /* files of them */
    WR_MISSES = 100,           /* conflicts in a row before WR_EBUSY */
    WR_ATTEMPTS = 5, /* batches that may fail before a caller hears of it */
};

/* What one item committed; shared by the requests that were stepped into it. */
struct wr_result {
    atomic_int refs;
    struct wr_arena *arena;
    struct wr_effects effects;
};
struct wr_result *wr_result_new(void);
void wr_result_unref(struct wr_result *r);

/* A command on its way through the committer. */
struct wr_request {
    struct wr_request *next;
    struct wr_command command;
    struct wr_arena *arena; /* holds the copy of the command; NULL: caller's */
    const struct wr_definition *definition; /* WR_EV_START; MIGRATE: target */
    const struct wr_value *given;           /* WR_EV_START: by the caller */
    bool latest;                            /* its ref names no version */
    struct wr_uuid instance; /* the new one's id for WR_EV_START */
    struct wr_err err;       /* code WR_OK: committed */
    struct wr_result *result;
    struct wr_result *tried; /* committed or not: it was not seen; NULL */
    struct wr_uuid created;
    int attempts, misses;  /* commits that failed, conflicts */
    int64_t waits_since;   /* for the instance's lock; 0: it does not */
    bool alone;            /* in an item of its own */
    bool counted;          /* START: among those that are coming (admit.c) */
    struct wr_uuid coming; /* of this definition */
    bool done, abandoned;  /* nobody waits for an abandoned one */
    bool started;          /* left the queue: it may happen */
    pthread_cond_t changed;
};

/* An instance in memory, exactly as committed. */
struct wr_hot {
    struct wr_hot *next;          /* in its hash chain */
    struct wr_hot *newer, *older; /* least recently used first */
    struct wr_arena *arena;       /* row, blob */
    struct wr_instance_row row;   /* with blob */
    const struct wr_definition *definition;
    uint32_t term; /* of its bucket (lease.h) */
};

struct wr_owner { /* which instance a task, job, timer ... belongs to */
    struct wr_uuid id, instance;
};

struct wr_large; /* admit.c: may there be one more?  WR_EFULL. */
WR_MUST int wr_admit_start(struct wr_runtime *rt, struct wr_request *r,
                           struct wr_err *err);
/* Of what is not sent to an instance at once; WR_ELIMIT. */
WR_MUST int wr_admit_values(struct wr_runtime *rt,
                            const struct wr_value *variables,
                            struct wr_err *err);
/* It begins, or never will. */
void wr_admit_done(struct wr_runtime *rt, struct wr_request *r);
/* A commit of the instance that was `was`, by the requests from `r` on. */
void wr_admit_committed(struct wr_runtime *rt,
                        const struct wr_instance_row *was,
                        const struct wr_effects *fx, struct wr_request *r);
void wr_admit_free(struct wr_runtime *rt);

/* large.c */
struct wr_active;       /* admit.c */
struct wr_cached;       /* definitions.c */
struct wr_decided_file; /* decisions.c */
struct wr_round;        /* share.h */
struct wr_owed;         /* holds.c; those without a note are the committer's. */
void wr_holds_begin(struct wr_runtime *rt); /* a round */
void wr_holds_clear(struct wr_runtime *rt);
/* Ask the store, once a round: is anything different? */
bool wr_holds_renewed(struct wr_runtime *rt);
/* What of this definition stands still. */
void wr_holds_of(struct wr_runtime *rt, const struct wr_definition *d,
                 struct wr_arena *a, struct wr_holds *out);
/* Anybody: do what a row of kind HOLDS, SUSPEND or RESUME says. */
WR_MUST int wr_holds_tell(struct wr_runtime *rt,
                          const struct wr_outbox_row *row, struct wr_arena *a,
                          struct wr_err *err);

/* owed.c */

struct wr_runtime {
    struct wr_runtime_options o;
    const char *store_url;
    bool one_handle; /* reads go through the write handle */

    pthread_mutex_t writing;
    struct wr_store *store;

    pthread_mutex_t lock;
    pthread_cond_t work; /* the queue grew, or closing */
    struct wr_request *queue, **queue_end;
    bool closing;
    pthread_t committer;

    pthread_cond_t reader_free;
    struct wr_store **readers; /* pool_size + pool_overflow; NULL: closed */
    bool *reader_busy;
    int n_readers, n_waiting; /* who waits for one */

    pthread_cond_t owing;             /* the outbox grew, or closing */
    struct wr_owed *owed, **owed_end; /* rows to settle */
    struct wr_owed *parked;           /* messages nobody wants */
    int n_parked;
    bool settling, resting; /* the courier: at work, to end */
    pthread_t courier;

    struct { /* messages of a tenant, as counted last */
        int32_t tenant;
        int64_t n, at;
    } kept;

    struct wr_active *active; /* instances, when they are counted; NULL */

    struct wr_cached *definitions; /* most recently used first */
    int n_definitions;
    struct wr_decided_file *decisions; /* most recently used first */
    int n_decisions;
    struct wr_owner *owners;
    struct wr_runtime_stats stats;
    struct wr_runtime_stats pending; /* the committer's, not yet in stats */

    struct wr_round *round; /* the committer's; NULL before the first */

    int64_t ran;         /* elements, of o.most_elements (spent.c) */
    struct wr_err spent; /* they have: why nothing goes on */

    /* The committer's: what stands still, as of count `epoch` (holds.c). */
    struct wr_arena *holds_arena;
    const struct wr_suspension_row *holds;
    size_t n_holds;
    int64_t epoch;
    bool holds_known, holds_asked; /* asked: in this round */

    struct wr_large *values; /* the committer's; NULL: none yet */
    struct wr_hot **hot;     /* WR_HOT chains */
    struct wr_hot *newest, *oldest;
    int n_hot;
};

/* committer.c */
/* Work until the queue is empty: inline runtimes, and closing ones. */
void wr_committer_drain(struct wr_runtime *rt);
void *wr_committer_main(void *rt);

/* request.c */
struct wr_request *wr_request_new(const struct wr_command *c, bool copy);
void wr_request_free(struct wr_request *r);
bool wr_request_is_start(const struct wr_request *r);
/* Tell the caller, or free the request when nobody waits: not ours after. */
void wr_request_answer(struct wr_runtime *rt, struct wr_request *r);
void wr_request_refuse(struct wr_runtime *rt, struct wr_request *r,
                       const struct wr_err *err);
/* Is it in the history what these effects were to write? */
WR_MUST int wr_effects_happened(struct wr_runtime *rt,
                                const struct wr_effects *fx, bool *out,
                                struct wr_err *err);

/* hot.c */
/* NULL: there is none, or another process had its bucket in between. */
struct wr_hot *wr_hot_trusted(struct wr_runtime *rt, const struct wr_uuid *id);
/* Keep what was just committed; drops the instance when it has ended. */
void wr_hot_put(struct wr_runtime *rt, const struct wr_instance_row *row,
                const struct wr_definition *definition);
void wr_hot_drop(struct wr_runtime *rt, const struct wr_uuid *id);
void wr_hot_clear(struct wr_runtime *rt);
/* Under `lock`.  Ids never move to another instance, so nothing is stale. */
void wr_owners_add(struct wr_runtime *rt, const struct wr_effects *fx);
bool wr_owners_find(const struct wr_runtime *rt, const struct wr_uuid *id,
                    struct wr_uuid *instance);

/* large.c */
/* The row of a variable's value, until the next call here; NULL: not known. */
const struct wr_spill_row *wr_large_find(struct wr_runtime *rt,
                                         const struct wr_uuid *instance,
                                         const struct wr_uuid *id);
void wr_large_add(struct wr_runtime *rt, const struct wr_spill_row *row);
void wr_large_committed(struct wr_runtime *rt, const struct wr_effects *fx);
void wr_large_clear(struct wr_runtime *rt);

/* definitions.c */
void wr_definition_ref(const struct wr_definition *d);
WR_MUST int wr_definition_by_id(struct wr_runtime *rt, const struct wr_uuid *id,
                                int32_t tenant,
                                const struct wr_definition **out,
                                struct wr_err *err);
/* What a call activity of `caller` calls: fills in version and definition. */
WR_MUST int wr_definition_called(struct wr_runtime *rt,
                                 const struct wr_definition_row *caller,
                                 struct wr_callee *c, struct wr_err *err);
/* The latest active version with the tag that `c` names. */
WR_MUST int wr_definition_tagged(struct wr_runtime *rt, int32_t tenant,
                                 const struct wr_callee *c, struct wr_uuid *out,
                                 struct wr_err *err);
/* The latest version was deployed by this or another process: look again. */
void wr_definitions_forget_latest(struct wr_runtime *rt, int32_t tenant,
                                  const char *key);
/* Its state may have changed: the next look-up asks the store. */
void wr_definitions_forget(struct wr_runtime *rt,
                           const struct wr_definition_row *row);
/* The definitions of variables deployed with a file; none without them. */
WR_MUST int wr_definition_inputs(struct wr_runtime *rt,
                                 const struct wr_definition_row *row,
                                 struct wr_arena *a, struct wr_inputs *out,
                                 struct wr_err *err);
/* Fill in its forms, whatever is of the same deployment. */
WR_MUST int wr_definition_forms(struct wr_runtime *rt, struct wr_definition *d,
                                struct wr_arena *a, struct wr_err *err);
/* A version of a form, 0: the newest; NULL when there is none. */
WR_MUST int wr_form_find(struct wr_runtime *rt, int32_t tenant, const char *key,
                         int32_t version, struct wr_arena *a,
                         const struct wr_form_row **out, struct wr_err *err);
/* WR_EVALUE unless the variables fill in the form of start event `node`, or that
 * of the user task that `ev` completes; WR_ESTATE when the form is not there.
 * *out in `a`: what a start begins with (wr_form_fill). */
WR_MUST int wr_start_fits(struct wr_runtime *rt, const struct wr_definition *d,
                          int node, const struct wr_value *given,
                          struct wr_arena *a, const struct wr_value **out,
                          struct wr_err *err);
WR_MUST int wr_task_fits(struct wr_runtime *rt, const struct wr_definition *d,
                         const struct wr_instance *i, int node,
                         const struct wr_event *ev, struct wr_err *err);
/* Do these variables start an instance of version `id`?  *out in `a`: with its
 * defaults. */
WR_MUST int wr_definition_takes(struct wr_runtime *rt, const struct wr_uuid *id,
                                int32_t tenant, struct wr_arena *a,
                                const struct wr_value *given,
                                const struct wr_value **out,
                                struct wr_err *err);
/* Make the variables of a start those that its definition wants; those of one
 * that nobody asked for are its `misfit` when they cannot be. */
WR_MUST int wr_definition_fit(struct wr_runtime *rt, struct wr_request *r,
                              struct wr_err *err);
/* By id; what is not active is asked of the store again. */
WR_MUST int wr_definition_current(struct wr_runtime *rt,
                                  const struct wr_uuid *id, int32_t tenant,
                                  const struct wr_definition **out,
                                  struct wr_err *err);
/* The active definition to start by `ref`; WR_ESTATE when it is not. */
WR_MUST int wr_definition_to_start(struct wr_runtime *rt, const char *ref,
                                   int32_t tenant,
                                   const struct wr_definition **out,
                                   struct wr_err *err);
bool wr_definition_ref_is_key(const char *ref);
void wr_definitions_clear(struct wr_runtime *rt);

/* decisions.c */
void wr_decisions_clear(struct wr_runtime *rt);
/* The decision of a row; unref when done. */
struct wr_deployed_decision;
WR_MUST int wr_decisions_open(struct wr_runtime *rt,
                              const struct wr_decision_row *row,
                              const struct wr_deployed_decision **out,
                              struct wr_err *err);
/* decided.c */
/* What a step on `on` has found already; as long as its arena. */
struct wr_decided {
    const struct wr_decided *next;
    struct wr_decider as; /* asked for and found */
    int32_t wanted;       /* version that was asked for */
};
/* struct wr_outside.decides: what is found stays as long as the step's arena, and
 * is the same however often one step asks. */
WR_MUST int wr_decisions_decide(struct wr_runtime *rt,
                                const struct wr_definition *on,
                                struct wr_step *s,
                                const struct wr_decided **found,
                                struct wr_decider *d, struct wr_err *err);
/* How DMN files are read: as large as BPMN files, nested deeper. */
struct wr_xml_limits wr_decisions_limits(const struct wr_runtime *rt);

/* outbox.c */
void wr_outbox_committed(struct wr_runtime *rt, const struct wr_item *item);
void wr_outbox_work(struct wr_runtime *rt);
void *wr_outbox_main(void *rt);
void wr_outbox_close(struct wr_runtime *rt);

/* starts.c: the rows of what starts a definition. */
struct wr_start_rows {
    struct wr_subscription_row *subscriptions;
    struct wr_timer_row *timers;
    int n_subscriptions, n_timers, cap;
};
WR_MUST int wr_starts_add(struct wr_arena *a, const struct wr_definition_row *d,
                          const struct wr_model *m, struct wr_start_rows *out,
                          struct wr_err *err);

/* begun.c: has an instance begun that waits for this event of start `start`? */
WR_MUST int wr_start_is_begun(struct wr_runtime *rt,
                              const struct wr_subscription_row *start,
                              struct wr_arena *a, bool *out,
                              struct wr_err *err);

/* migration.c: what the step of a migration has to know; `ev->jobs` in `a`. */
WR_MUST int wr_migration_fill(struct wr_runtime *rt, struct wr_event *ev,
                              const struct wr_uuid *instance,
                              const struct wr_definition *from,
                              const struct wr_definition *to,
                              struct wr_arena *a, struct wr_err *err);

/* read.c: a lookup on a read handle. */
WR_MUST int wr_read_open(struct wr_runtime *rt, struct wr_err *err);
void wr_read_close(struct wr_runtime *rt);
/* Where the rows of an instance's state are looked for. */
typedef int wr_find_fn(struct wr_runtime *rt, const struct wr_query *q,
                       struct wr_arena *a, struct wr_rows *out,
                       struct wr_err *err);
struct wr_parts {
    struct wr_runtime *rt;
    wr_find_fn *find;
    const struct wr_uuid *instance;
    int32_t tenant;
    struct wr_arena *arena; /* of what is found */
};
/* wr_parts_fn; `data` is a struct wr_parts. */
WR_MUST int wr_parts_find(void *data, const struct wr_uuid *id,
                          const struct wr_spill_row **rows, size_t *n,
                          struct wr_err *err);
/* A lookup on the write handle: sees what this slot committed last. */
/* lost.c: what the store knows of the job that is reported on or changed. */
WR_MUST int wr_job_fill(struct wr_runtime *rt, struct wr_event *ev,
                        int32_t tenant, struct wr_arena *a, struct wr_err *err);
WR_MUST int wr_slot_find(struct wr_runtime *rt, const struct wr_query *q,
                         struct wr_arena *a, struct wr_rows *out,
                         struct wr_err *err);

#endif
