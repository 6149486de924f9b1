/*
 * rows.h: what a committed step leaves outside the instance's state blob.
 *
 * The blob is the truth about an instance; rows are what others look it up by
 * and are written in the same commit.  Instants are ms UTC, 0 = none.  Text is
 * NUL-terminated, NULL = none.  `element` is a symbol number of the definition.
 */

#ifndef WR_ROWS_H
#define WR_ROWS_H

#include "engine/base/uuid.h"
#include "engine/base/value.h"

struct wr_model;

enum wr_instance_state {
    WR_ACTIVE = 0,
    WR_SUSPENDED = 1,
    WR_COMPLETED = 2,
    WR_FAILED = 3,
    WR_CANCELED = 4,
};
/* The due_at of what stands still with its suspended instance: year 9999. */
#define WR_NEVER INT64_C(253402300799000)
/* Behind all that is ever due: who looks for due work does not see notices. */
#define WR_NOTICE_FROM (2 * WR_NEVER)

const char *wr_instance_state_name(enum wr_instance_state s);
/* -1 when it is none. */
int wr_instance_state_parse(const char *name);

struct wr_blob {
    const void *p;
    size_t len;
};

struct wr_instance_row {
    struct wr_uuid id;
    struct wr_uuid definition;
    int32_t tenant;
    int64_t rev; /* seq of its last history event */
    enum wr_instance_state state;
    const char *business_key;
    int64_t started_at, ended_at;
    int32_t incidents; /* open ones */
    /* Who called it, and the topmost caller; zero: it was started by itself.
     * Written with the first commit, never changed. */
    struct wr_uuid parent, root;
    const char *const *tags; /* neither do these */
    int n_tags;
    /* What no other active instance of the tenant may have, "process/key"; NULL:
     * nothing.  Stored while the instance is active. */
    const char *singleton;
    struct wr_blob blob; /* exec/codec.h */
};

struct wr_history_row {
    struct wr_uuid instance;
    int64_t seq; /* of the first event in `events` */
    struct wr_uuid command;
    int64_t at;
    const char *actor;     /* user name, worker, "timer"; NULL */
    struct wr_blob events; /* exec/history.h */
};

enum wr_task_state {
    WR_TASK_CREATED = 0,
    WR_TASK_CLAIMED = 1
};

enum wr_task_delegation { /* stored: never renumber */
    WR_TASK_OWN = 0,
    WR_TASK_DELEGATED = 1, /* its assignee resolves it for its owner */
    WR_TASK_RESOLVED = 2
};

struct wr_task_row {
    struct wr_uuid id, instance, definition;
    int32_t tenant, element;
    const char *name; /* NULL: the element's name */
    const char *assignee;
    const char *const *candidate_users, *const *candidate_groups;
    int n_candidate_users, n_candidate_groups;
    int32_t priority;
    int64_t due_at, follow_up_at, created_at;
    int64_t rev; /* of the instance when it was last written */
    enum wr_task_state state;
    const char *owner; /* who delegated it; NULL */
    enum wr_task_delegation delegation;
};

enum wr_job_kind {
    WR_JOB_EXTERNAL = 0,
    WR_JOB_ASYNC = 1
};

struct wr_job_row {
    struct wr_uuid id, instance, definition;
    int32_t tenant, element;
    enum wr_job_kind kind; /* ASYNC: run by the scheduler, type "" */
    const char *type;
    int32_t priority;
    int32_t retries; /* left; 0: has an incident, is not offered */
    int64_t due_at;  /* not offered before */
    int64_t created_at;
    /* Lease: written by claims, cleared when the step puts the row again. */
    const char *lease_owner;
    struct wr_uuid lease; /* zero: free */
    int64_t lease_until;
    /* Tries that have ended, as the state knows. */
    int32_t attempt;
    /* Written by claims, 0 again when the step puts the row: tries begun since
     * then; the end of the last one's lease, 0 while some are left. */
    int32_t claims;
    int64_t guard_at;
    const char *error; /* why its last try failed; NULL */
};

struct wr_timer_row {
    struct wr_uuid id, instance;
    struct wr_uuid definition; /* a start event's, instance is zero then */
    int32_t tenant, element;
    int64_t due_at;
};

enum wr_subscription_type { /* stored: never renumber */
    WR_SUB_MESSAGE = 0,
    WR_SUB_SIGNAL = 1,
    WR_SUB_TRIGGER = 2,  /* a receive task without message: by its id */
    WR_SUB_CONDITION = 3 /* a start event's; its name is "" */
};

struct wr_subscription_row {
    struct wr_uuid id, instance,
        definition; /* instance zero: a start event's */
    int32_t tenant, element;
    enum wr_subscription_type type;
    const char *name; /* of the message or signal */
    const char *key;  /* correlation key, NULL: none */
    int64_t created_at;
};

enum wr_outbox_kind {   /* stored: never renumber */
    WR_OUT_SIGNAL = 1,  /* to everybody who waits for `name` */
    WR_OUT_MESSAGE = 2, /* to the one that waits for `name` (and `key`) */
    WR_OUT_DELIVER = 3, /* to subscription `target` of `instance` */
    WR_OUT_START = 4,   /* start `definition` at `element` */
    WR_OUT_HOLDS = 5,   /* WR_EV_HOLDS to all instances of `definition`: element
                           `name`, by `business_key`; `key`: "catch-up" */
    WR_OUT_SUSPEND = 6, /* WR_EV_SUSPEND, RESUME, the same way; `key`: the */
    WR_OUT_RESUME = 7,  /* reason, or "catch-up" */
    WR_OUT_MATCH = 8,   /* messages that wait and whoever waits for them: of
                           `name` and `key`, with a `business_key` of any key */
    WR_OUT_ITEM = 9,    /* item of batch `definition`: its act on `target` */
    WR_OUT_NOTICE = 16, /* somebody is to hear of incident `target` of type
                           `name`; due_at: WR_NOTICE_FROM + when */
};

/* What a committed step owes to others; gone with the commit that it led to. */
struct wr_outbox_row {
    struct wr_uuid id;
    int64_t due_at; /* not tried before; also what tells two who try it apart */
    int64_t created_at, expires_at;
    int32_t tenant, element; /* element: START's; else the thrower's */
    enum wr_outbox_kind kind;
    struct wr_uuid instance;   /* who threw it; DELIVER: who gets it */
    struct wr_uuid definition; /* of the element */
    struct wr_uuid target;
    struct wr_uuid passed; /* SIGNAL: the last subscription dealt with */
    const char *name;      /* never NULL */
    const char *key;
    const char *business_key; /* START: of the instance, SIGNAL: of those that
                                 it starts; MESSAGE: the process it is for,
                                 "process" or "process/element"; NULL */
    struct wr_blob payload;   /* encoded context of variables; empty: none */
};

/* A part of the state of a big instance (exec/spill.h): found by the id of
 * something that it waits for. */
struct wr_spill_row {
    struct wr_uuid id, instance;
    int32_t tenant;
    int64_t rev; /* of the instance when it was written */
    bool fixed;  /* a variable's value: never written again; not stored */
    struct wr_blob blob;
};

struct wr_incident_row {
    struct wr_uuid id, instance, definition;
    int32_t tenant, element;
    const char *type;   /* "expression", "job", ...: incidents.def */
    struct wr_uuid job; /* zero: none */
    const char *message;
    int64_t created_at;
};

/* One change to a row.  PUT inserts or replaces by id; DEL removes by id. */
enum wr_op {
    WR_OP_PUT,
    WR_OP_DEL
};

#define WR_ROW_OPS(name)               \
    struct wr_##name##_op {            \
        enum wr_op op;                 \
        bool is_new; /* PUT: insert */ \
        struct wr_##name##_row row;    \
    }
WR_ROW_OPS(task);
WR_ROW_OPS(job);
WR_ROW_OPS(timer);
WR_ROW_OPS(subscription);
WR_ROW_OPS(incident);
WR_ROW_OPS(outbox);
WR_ROW_OPS(spill);
#undef WR_ROW_OPS

/* Everything one step changes; at most one op for an id. */
struct wr_effects {
    struct wr_instance_row instance; /* after the step; rev is the new one */
    int64_t expected_rev;            /* 0: the instance is new */
    struct wr_history_row history;
    /* Several commands in one commit: the rows of the second and later ones,
     * in order.  Each has its own command, actor and first seq. */
    const struct wr_history_row *more_histories;
    int n_more_histories;
    const struct wr_task_op *tasks;
    const struct wr_job_op *jobs;
    const struct wr_timer_op *timers;
    const struct wr_subscription_op *subscriptions;
    const struct wr_incident_op *incidents;
    const struct wr_outbox_op *outboxes; /* always new */
    const struct wr_spill_op *spills;
    int n_tasks, n_jobs, n_timers, n_subscriptions, n_incidents, n_outboxes;
    /* The instance was migrated: events before INSTANCE_MIGRATED name elements
     * of this model, which is there until the step is settled.  NULL: it was
     * not. */
    const struct wr_model *from;
    int n_spills;
};

#endif
