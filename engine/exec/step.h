/*
 * step.h: the token engine, as a pure function (SEMANTICS S0, S1).
 *
 *     (model, instance, event)  ->  effects
 *
 * wr_step() does no I/O, reads no clock and draws no random numbers: time and
 * an id base come in with the event.  The caller writes the effects in one
 * commit and only then acts on them.  So a step can be replayed, tested without
 * a store, and run twice by two workers with one of them losing.
 *
 * The instance given is changed in place; on failure it is undefined and must be
 * decoded again (a failed step leaves the stored instance unchanged).  Several
 * events may be stepped one after the other into one commit: each wr_step() call
 * on the same struct wr_step adds to its effects.
 */

#ifndef WR_STEP_H
#define WR_STEP_H

#include "engine/base/limit.h"
#include "engine/base/retry.h"
#include "engine/exec/instance.h"

enum wr_event_type {
    WR_EV_START,            /* variables, business_key, start_at (element id) */
    WR_EV_TASK_COMPLETE,    /* target = task; variables */
    WR_EV_TASK_ASSIGN,      /* target = task; text = assignee or NULL; claim:
                               refuse when somebody else has it */
    WR_EV_TASK_ERROR,       /* target = task; text = code; message */
    WR_EV_TASK_ESCALATE,    /* target = task; text = code; variables */
    WR_EV_TASK_DELEGATE,    /* target = task; text = to whom */
    WR_EV_TASK_RESOLVE,     /* target = task: back to its owner */
    WR_EV_TASK_CHANGE,      /* target = task; variables = exec/task_act.c */
    WR_EV_TASK_COMMENT,     /* target = task; text */
    WR_EV_TASK_DRAFT,       /* target = task; variables = what to keep */
    WR_EV_JOB_COMPLETE,     /* target = job; variables */
    WR_EV_JOB_FAIL,         /* target = job; message; retries (-1: one less);
                               retry_in_ms (-1: the model's) */
    WR_EV_JOB_ERROR,        /* target = job; text = BPMN error code; message;
                               variables */
    WR_EV_JOB_RUN,          /* target = async job: continue there */
    WR_EV_TIMER,            /* target = timer */
    WR_EV_MESSAGE,          /* target = subscription; variables; key */
    WR_EV_SET_VARIABLES,    /* variables; scope_key 0 = root; remove = names */
    WR_EV_INCIDENT_RESOLVE, /* target = incident; retries; variables; skip */
    WR_EV_CANCEL,           /* text = reason */
    WR_EV_ACTIVATE,         /* elements = ids in an ad-hoc sub-process, text =
                               its id or NULL, scope_key or 0; variables of
                               each; close: nothing more after these */
    WR_EV_CONTINUE,         /* after a step that was cut by its budget */
    WR_EV_TIMER_SET,        /* target timer fires at `due` instead; what a
                               repetition does after that stays */
    WR_EV_TIMER_FAIL,       /* target timer cannot be fired: text says why; it
                               stops with an incident */
    WR_EV_CHILD_ENDED,      /* target = called instance; state; variables: its
                               own; FAILED: text = code, message, thrown,
                               at_end; CANCELED: message = reason; COMPLETED:
                               at_end = its caller ends, too */
    WR_EV_CHILD_ESCALATED,  /* target = called instance; text = code; thrown;
                               variables: its own */
    WR_EV_SUSPEND,          /* text = reason */
    WR_EV_MODIFY,           /* plan = instructions (modify.c); text = reason */
    WR_EV_MIGRATE,          /* from, to; plan = what goes where (migrate.c);
                               jobs; text = reason */
    WR_EV_RESUME,           /* catch_up: timers keep their instants, else the
                               time the instance stood still is added */
    WR_EV_HOLDS,            /* elements were suspended or resumed, text = the id
                               of one: stand still or go on; catch_up as RESUME.
                               WR_ENOTFOUND: nothing stands there */
    WR_EV_JOB_CHANGE,       /* target = job: change = enum wr_job_change;
                               retries, priority, retry_in_ms */
    WR_EV_COMPENSATE,       /* of an ended instance: undo what completed;
                               start_at = id of one activity or NULL, text =
                               reason, parallel; by_caller: as it wants */
};

/* A version of a definition. */
struct wr_version {
    struct wr_uuid id;
    const char *key;
    int32_t version;
    const struct wr_model *model;
};

/* A person who may not do everything.  Who may do what to a task is looked at in
 * the step: a moment before it somebody else may have got the task. */
struct wr_asker {
    const char *user;
    const char *groups; /* comma separated; NULL: none */
    bool to_work;       /* an assigned task: its assignee and owner alone */
};
/* WR_EFORBIDDEN: why not. */
WR_MUST int wr_task_allows(const struct wr_task_row *t,
                           const struct wr_asker *who, struct wr_err *err);

enum wr_job_change {
    WR_CHANGE_RETRIES = 1, /* to `retries`, which is more than 0; with the
                              incident of its failure resolved */
    WR_CHANGE_PRIORITY = 2,
    WR_CHANGE_DUE = 4, /* not before retry_in_ms are over */
};

struct wr_event {
    enum wr_event_type type;
    int64_t now;        /* ms UTC */
    struct wr_uuid ids; /* id base; wr_uuid_next() makes this step's ids */
    struct wr_uuid command;
    const char *actor;            /* NULL */
    const struct wr_asker *asker; /* TASK_*: NULL: may do all */
    struct wr_uuid target;        /* task, job, timer, subscription, incident */
    int64_t due; /* TIMER: the firing that is meant, by its instant: another one
                    is gone; 0: whichever is next, also early */
    const struct wr_value *variables; /* context or NULL */
    const char *business_key;
    const char *const *tags; /* START */
    int n_tags;
    const char *start_at;
    const char *text;
    const char *message;
    int32_t retries;
    int64_t retry_in_ms;
    int32_t
        claims; /* JOB_FAIL: tries begun, of a job that was claimed; 0: one */
    unsigned change; /* JOB_CHANGE */
    int32_t priority;
    int64_t scope_key;
    const struct wr_value *remove;   /* list of names or NULL */
    const struct wr_value *plan;     /* MODIFY, START: list of contexts or
                                        NULL; MIGRATE: a context */
    const struct wr_value *elements; /* list of ids or NULL */
    bool close;
    bool claim, skip;
    bool triggered;            /* START: the event of start_at has happened: */
    enum wr_trigger happened;  /* what of it, should it wait for several */
    const char *happened_name; /* of the message or signal; NULL */
    int64_t published_at;  /* MESSAGE, START: it was kept since then; 0: it was
                             not */
    const char *key;       /* that the message was sent with; NULL */
    const char *singleton; /* START: what no other active instance may have,
                                  "process/key"; NULL */
    bool unasked;       /* START: nobody waits for an answer: what does not fit
                           is an incident, not a refusal */
    const char *misfit; /* START: that incident; NULL: they fit */
    struct wr_uuid origin; /* START: the ended instance that it repeats */
    /* MIGRATE */
    struct wr_version from, to;
    const struct wr_job_row *jobs; /* as stored: who works keeps the lease */
    size_t n_jobs;
    /* of called processes */
    struct wr_uuid parent, root; /* START: who calls it */
    int32_t depth;               /* START: callers above it */
    enum wr_instance_state state;
    const struct wr_value *thrown; /* the error's own variables */
    bool at_end;                   /* an error end event threw it */
    bool
        by_caller; /* CANCEL: nobody has to be told; SUSPEND, RESUME: with it */
    bool by_definition; /* SUSPEND, RESUME: with all of its definition */
    bool catch_up;
    bool parallel; /* COMPENSATE: what no flow puts in order, at once */
    bool keeps;    /* CHILD_ENDED: it can be compensated */
};

enum {
    WR_CALL_DEPTH = 50 /* of processes that call each other */
};

/* What a call activity asks for, and what that is. */
struct wr_callee {
    const char *key;
    enum wr_binding binding;
    int32_t version; /* VERSION; then the one that was found */
    const char *tag; /* TAG */
    struct wr_uuid definition;
};

/* What a business rule task asks for, and what that is. */
struct wr_dmn;
struct wr_dmn_element;
struct wr_decider {
    const char *ref; /* id of a decision or decision service */
    bool service;    /* it has to be a service; else either */
    enum wr_binding binding;
    int32_t version;    /* VERSION; then the one that was found */
    const char *tag;    /* TAG */
    const char *tenant; /* by its name; NULL: that of the instance */
    /* Found; valid until wr_step() returns. */
    const struct wr_dmn *dmn;
    const struct wr_dmn_element *decision;
};

/* What a step may ask of whoever runs it; nothing changes by it. */
struct wr_step;
struct wr_outside {
    void *data;
    /* Fills in version and definition.  WR_ENOTFOUND and the like say why it
     * cannot be called. */
    int (*resolve)(void *data, struct wr_step *s, struct wr_callee *c,
                   struct wr_err *err);
    /* Fills in version (0: it has none) and what was found.  WR_ENOTFOUND and
     * the like say why nothing decides: an incident, whose retry asks again.
     * DEPLOYMENT is that of the definition the instance runs on now.  NULL:
     * there are no decisions. */
    int (*decides)(void *data, struct wr_step *s, struct wr_decider *d,
                   struct wr_err *err);
    /* Do the variables of `ev` complete its user task at `node`?  WR_EVALUE,
     * WR_ESTATE: why not.  NULL: nobody asks. */
    int (*fits)(void *data, struct wr_step *s, int node,
                const struct wr_event *ev, struct wr_err *err);
    /* Do these variables start an instance of `definition`?  *out: with what is
     * added and converted, as long as the step.  WR_EVALUE: why not.  NULL:
     * nobody asks. */
    int (*takes)(void *data, struct wr_step *s,
                 const struct wr_uuid *definition, const struct wr_value *given,
                 const struct wr_value **out, struct wr_err *err);
    /* Does one of the callers catch this error or escalation? */
    enum wr_catch (*catches)(void *data, struct wr_step *s,
                             enum wr_trigger trigger, const char *code);
    /* The code of the error that the call activity of this process makes of such
     * a failure (wr_instance_maps), as long as the caller's model; NULL.  NULL:
     * nobody asks. */
    const char *(*maps)(void *data, struct wr_step *s, const char *report);
    /* Rows of the instance's state, in the arena of `s`: the one with this id,
     * if there is one, or (NULL) all.  Without the hook none are made. */
    int (*spilled)(void *data, struct wr_step *s, const struct wr_uuid *id,
                   const struct wr_spill_row **rows, size_t *n,
                   struct wr_err *err);
};

/* What this instance has to say to another one of its family: to be stepped
 * there and committed together with this step (S4). */
enum wr_sent_kind {
    WR_SENT_CALL,   /* start `to`: WR_EV_START */
    WR_SENT_CANCEL, /* WR_EV_CANCEL by its caller */
    WR_SENT_ENDED,  /* WR_EV_CHILD_ENDED to the caller */
    WR_SENT_ESCALATED,
    WR_SENT_SUSPEND, /* WR_EV_SUSPEND by its caller */
    WR_SENT_RESUME,
    WR_SENT_COMPENSATE /* WR_EV_COMPENSATE by its caller */
};
struct wr_sent {
    struct wr_sent *next;
    enum wr_sent_kind kind;
    struct wr_uuid to;
    const struct wr_value *variables;
    struct wr_uuid definition, root; /* CALL */
    bool latest;                     /* CALL: by the latest version */
    const char *business_key;
    int32_t depth;
    enum wr_instance_state state; /* ENDED; these also ESCALATED: */
    const char *code, *message;
    const struct wr_value *thrown;
    bool at_end;
    bool catch_up; /* RESUME */
    bool parallel; /* COMPENSATE */
    bool keeps;    /* ENDED */
};

/* A test handler in place of a script or job, run synchronously. */
struct wr_handler_result {
    bool wait;              /* stay active until WR_EV_JOB_COMPLETE */
    const char *error_code; /* throw this BPMN error */
    const char *failure;    /* technical failure: incident */
    const char *message;
};
typedef bool wr_handler_fn(void *data, struct wr_step *s, int node,
                           struct wr_handler_result *out);

/* Why an instance cannot be migrated; texts live as long as the step. */
struct wr_problem {
    const char *code;    /* a row of WR_PROBLEMS */
    const char *element; /* id of the element or flow */
    int64_t token;       /* its key, 0: none */
    const char *detail;
};
#define WR_PROBLEMS                                                         \
    "unknown-element|unknown-flow|mapped-twice|kind-differs|scope-differs|" \
    "loop-differs|unmapped|unmapped-flow|flow-differs|unmapped-log|"        \
    "no-handler|listening|not-begun|cannot-arm"

struct wr_step {
    const struct wr_model *model; /* MIGRATE makes it the other one */
    struct wr_instance *instance;
    struct wr_arena *arena; /* everything in `effects` lives here */
    int budget;             /* node executions; 0: 10,000 */
    bool auto_async;        /* S2 default boundaries; off in conformance runs */
    uint64_t shuffle;       /* tests: any ready token goes next; 0: FIFO */
    int spill_from; /* tests: iterations of a loop with rows of their own
                       (spill.h); 1: and every value; 0: usual */
    bool compat;    /* as Camunda 7: compensation handlers all at once */
    wr_handler_fn *handler; /* NULL in production; false: no handler */
    void *handler_data;
    const struct wr_outside *outside; /* NULL: nothing can be called */
    bool notices; /* of incidents that open: rows of kind NOTICE */
    const struct wr_retry_rules *retries; /* NULL: 3 tries, at once */
    const struct wr_limits *limits;       /* NULL: none */
    const struct wr_hold *holds;          /* as it is now */
    int n_holds;

    /* results, valid when wr_step() returned 0 */
    struct wr_effects effects;
    struct wr_sent *sent; /* by this call of wr_step() alone, in order */
    bool broken;          /* a refusal left the instance half changed */
    bool cut;             /* the budget ended the step: send WR_EV_CONTINUE */
    int ran;              /* node executions */
    int at;               /* the last node that a token went to; -1 */
    const struct wr_problem *problems; /* of WR_EMIGRATE */
    int n_problems;
    struct wr_uuid created;      /* START: the instance's id */
    struct wr_step_state *state; /* private to exec/ */
};

/*
 * Run one event to stability.  WR_ENOTFOUND when its target is gone,
 * WR_ESTATE when it is not possible in this state, WR_EHELD when the element of
 * its target is suspended, WR_EVALUE for variables that
 * cannot be stored.  A model at fault (no flow, failing expression) is no
 * failure of the call but an incident in the effects.  These refusals leave the
 * instance and the effects gathered so far as they were, unless `broken` says
 * otherwise; after any other error
 * (WR_ELIMIT: the arena's cap) the instance must be decoded again.
 */
WR_MUST int wr_step(struct wr_step *s, const struct wr_event *ev,
                    struct wr_err *err);

/* Firings of a repetition that do not happen. */
struct wr_missed {
    int64_t n, first, last; /* their number; instants */
};
struct wr_start_when {
    int64_t anchor; /* instant of the definition */
    int64_t fired;  /* the firing that happens `now`; INT64_MIN: none has yet */
    int64_t now;
};
/* When start timer `at` fires next; *due 0: never again.  WR_EVALUE: it cannot
 * be told, because an expression has nothing to read. */
WR_MUST int wr_start_due(struct wr_arena *a, const struct wr_model *m,
                         const struct wr_start *at,
                         const struct wr_start_when *when, int64_t *due,
                         struct wr_missed *missed, struct wr_err *err);
/* Is a firing of the repetition at `due` not to happen `now`? */
bool wr_start_skips(const struct wr_model *m, const struct wr_start *at,
                    int64_t due, int64_t now);
/* The name of the message or signal that start `at` waits for, in `a`. */
WR_MUST int wr_start_name(struct wr_arena *a, const struct wr_model *m,
                          const struct wr_start *at, const char **name,
                          struct wr_err *err);
/* The keys that message `name` brings with these variables, as the event `node`
 * says where to find them, in `a`. */
WR_MUST int wr_message_keys(struct wr_arena *a, const struct wr_model *m,
                            int node, const char *name,
                            const struct wr_value *variables,
                            const char *const **keys, int *n,
                            struct wr_err *err);
/* The key that message `name` brings with these variables, as the event `node`
 * says where to find it; NULL: it says nothing, or there is none.  Of several it
 * is `wanted` (NULL: any), when that is among them, else the first. */
WR_MUST int wr_message_brings(struct wr_arena *a, const struct wr_model *m,
                              int node, const char *name,
                              const struct wr_value *variables,
                              const char *wanted, const char **key,
                              struct wr_err *err);
/* Does event `node` wait for a message `name` of a conversation, whose key the
 * first message sets? */
bool wr_message_talks(const struct wr_model *m, int node, const char *name);
/* Does one of the conditions of start event `node` hold when an instance has
 * these variables (NULL: none)?  WR_EEXPR: it cannot be told. */
WR_MUST int wr_start_met(struct wr_arena *a, const struct wr_model *m, int node,
                         int64_t now, const struct wr_value *variables,
                         bool *yes, struct wr_err *err);

/* One line per history event, as .flow files compare it. */
const char *wr_step_trace(struct wr_arena *a, const struct wr_model *m,
                          const struct wr_effects *fx);

/* For handlers: variables as the element sees and writes them. */
const struct wr_value *wr_step_variable(struct wr_step *s, const char *name);
void wr_step_set_variable(struct wr_step *s, const char *name,
                          const struct wr_value *v);
void wr_step_set_local(struct wr_step *s, const char *name,
                       const struct wr_value *v);

/* Are these variables, {name: value} or NULL?  WR_EVALUE names what is not, or
 * cannot be stored. */
WR_MUST int wr_variables_check(const struct wr_value *context,
                               struct wr_err *err);
/* Is none of these larger than a value may be?  Else WR_ELIMIT names one. */
WR_MUST int wr_values_check(const struct wr_limits *l,
                            const struct wr_value *context, struct wr_err *err);

#endif
