/*
 * store.h: where everything lives between steps (DESIGN.md section 4).
 *
 * A backend is one file and one `struct wr_store_ops`.  Callers use the
 * wr_store_* functions, never the table.  Every backend passes
 * tests/conformance/test_store.c, which is the specification, and passes it
 * again with the Nth call failing.
 *
 * Contract
 *  - The only write to instances is a batch: wr_store_commit().  One batch is
 *    one transaction and one round trip; it is durable when it returns.
 *  - An item whose revision moved gets WR_ECONFLICT and leaves no trace; its
 *    whole group with it; nothing else fails a neighbour.
 *  - Rows returned live in the arena that was passed in.
 *  - A handle is used by one thread at a time; a process may open several
 *    (one writes, the others read).
 *  - `tenant` and `bucket` (from the id) are on every row and in every lookup
 *    by instance.
 */

#ifndef WR_STORE_H
#define WR_STORE_H

#include "engine/exec/rows.h"
#include "engine/net/link.h"

struct wr_store;

/* An Idempotency-Key's stored answer, written in its command's own batch. */
struct wr_idempotency_row {
    const char *key;       /* tenant|principal|route|key */
    struct wr_blob body;   /* hash of the request body */
    struct wr_blob answer; /* status, headers and body as the worker packs it */
    int64_t expires_at;
};

/* What must hold of a new instance's definition. */
enum wr_version_check {
    WR_CHECK_NONE = 0,
    WR_CHECK_LATEST = 1, /* still the latest active version of its key */
    WR_CHECK_ACTIVE = 2
};

struct wr_item {
    const struct wr_effects *effects;
    int group; /* items with the same number > 0 stand or fall together */
    enum wr_version_check check; /* else WR_ECONFLICT */
    struct wr_uuid job; /* with `lease`: the job's lease must still be this, */
    struct wr_uuid lease; /* else WR_ELEASE for the item; zero: no check */
    int64_t epoch;        /* of the suspensions it was stepped with, else
                      WR_ECONFLICT */
    struct wr_uuid
        outbox; /* what the item settles: its row, of the outbox or of
                              messages, must be there, else WR_ELEASE, and is
                              deleted; zero: nothing */
    const struct wr_idempotency_row *idempotency; /* NULL: none */
    /* Of kind MATCH, for what it begins to wait for: written only when there are
     * such messages.  A message that is put at the same time is seen, or its
     * change sees the subscriptions of this item. */
    const struct wr_outbox_row *matches;
    int n_matches;
    bool matched; /* out: some of them may have been written */

    /* WR_OK, WR_ECONFLICT, WR_ELEASE, WR_EINFLIGHT (the idempotency key is
     * taken), WR_EVALUE (a row or text that cannot be stored); all items of a
     * group have the same. */
    enum wr_code result;
};

/* ---- definitions ---- */

enum wr_definition_state {
    WR_DEF_ACTIVE = 0,
    WR_DEF_SUSPENDED = 1,
    WR_DEF_DELETED = 2
};

enum wr_history_level {    /* stored: never renumber */
    WR_LEVEL_UNSET = 0,    /* as the setting says */
    WR_LEVEL_NONE = 1,     /* nothing is told */
    WR_LEVEL_ACTIVITY = 2, /* no variables, no details of tasks and jobs */
    WR_LEVEL_AUDIT = 3,    /* no values of variables */
    WR_LEVEL_FULL = 4
};
/* history_ttl: ended instances are kept for ever. */
#define WR_KEEP_FOR_EVER INT64_C(-1)

struct wr_definition_row {
    struct wr_uuid id, deployment;
    int32_t tenant;
    const char *key;  /* process id */
    int32_t version;  /* 1.. per key; given by the store */
    const char *kind; /* "bpmn" */
    const char *name, *version_tag;
    const char *resource; /* file name within the deployment */
    enum wr_definition_state state;
    bool executable;
    int64_t deployed_at;
    struct wr_blob symbols; /* model/symbols.h */
    int64_t history_ttl;    /* how long its instances are kept once they ended,
                               ms, or WR_KEEP_FOR_EVER; 0: as the setting says */
    enum wr_history_level history_level;
};

struct wr_resource_row {
    struct wr_uuid deployment;
    const char *name;
    struct wr_blob bytes; /* byte for byte */
};

/* A form of a deployment.  A form that is as the newest version of its key has
 * that version again, and is not `fresh`. */
struct wr_form_row {
    struct wr_uuid id, deployment;
    int32_t tenant;
    const char *key;
    int32_t version;      /* 1.. per key */
    const char *resource; /* file name within the deployment */
    const char *kind;     /* "form-js", "json-schema" */
    int64_t deployed_at;
    struct wr_blob hash; /* SHA-256 of the file */
    bool fresh;
};

/* A decision or decision service of a DMN file.  Its state is ACTIVE or
 * DELETED. */
struct wr_decision_row {
    struct wr_uuid id, deployment;
    int32_t tenant;
    const char *key;  /* its id in the file; without one its name */
    int32_t version;  /* 1.. per key; given by the store */
    const char *kind; /* "decision", "service" */
    const char *name, *version_tag;
    const char *graph, *graph_name; /* of the file's definitions: id, name */
    const char *resource;           /* file name within the deployment */
    enum wr_definition_state state;
    int64_t deployed_at;
};

struct wr_deployment_row {
    struct wr_uuid id;
    int32_t tenant;
    const char *name;
    int64_t deployed_at;
    const char *actor;
    struct wr_blob hash; /* SHA-256 over the resources */
};

/* All or nothing.  `key` is taken first: WR_EINFLIGHT when it is there and has
 * not expired at row.deployed_at.  Each definition's and decision's `version`
 * must be latest + 1 of its key, and so that of a fresh form, or the latest of
 * one that is not, else WR_ECONFLICT (somebody deployed in between: read again).  Subscriptions
 * and timers are those of its start events and replace the ones of all older
 * versions of these keys. */
struct wr_deployment {
    struct wr_deployment_row row;
    const struct wr_resource_row *resources;
    const struct wr_definition_row *definitions;
    const struct wr_subscription_row *subscriptions;
    const struct wr_timer_row *timers;
    const struct wr_form_row *forms;
    const struct wr_decision_row *decisions;
    const struct wr_idempotency_row *key; /* NULL: none */
    int n_resources, n_definitions, n_subscriptions, n_timers, n_forms;
    int n_decisions;
};

/* ---- what stands still (S28) ---- */

enum wr_suspension_kind {   /* stored: never renumber */
    WR_SUSPENDED_EPOCH = 0, /* no suspension: `at` counts their changes */
    WR_SUSPENDED_ELEMENT = 1,
    WR_SUSPENDED_JOB_TYPE = 2
};

/* One for each element of a definition or job type. */
struct wr_suspension_row {
    struct wr_uuid id;
    int32_t tenant;
    enum wr_suspension_kind kind;
    struct wr_uuid definition; /* ELEMENT */
    const char *name;          /* the element's id, the job type */
    const char *actor, *reason;
    int64_t at;
};

/* ---- messages (S15) ---- */

enum wr_reach {            /* stored: never renumber */
    WR_REACH_ONE = 0,      /* to the one that waits longest */
    WR_REACH_PROCESSES = 1 /* to one of each process */
};

/* A message that waits for somebody.  Never changed; a change that puts it names
 * in `outbox` a row of kind MATCH, which is written only when somebody may wait
 * for it. */
struct wr_message_row {
    struct wr_uuid id;
    int32_t tenant;
    struct wr_uuid instance; /* who threw it; zero: it was published */
    int64_t pos; /* rises within a tenant, name and key; given by the store */
    int64_t published_at, expires_at;
    enum wr_reach reach;
    const char *name;
    const char *key;          /* correlation key, NULL: none */
    const char *target;       /* "process" or "process/element"; NULL: any */
    const char *business_key; /* of whoever gets it; NULL: any */
    const char *message_id;
    struct wr_blob payload; /* encoded context of variables; empty: none */
};

/* ---- batches ---- */

enum wr_batch_state {      /* stored: never renumber */
    WR_BATCH_CREATING = 0, /* its items are being written: nothing is done */
    WR_BATCH_RUNNING = 1,
    WR_BATCH_PAUSED = 2,
    WR_BATCH_CANCELED = 3,
    WR_BATCH_ENDED = 4 /* nothing is left to do */
};

/* One act on many; what is pending has a row in the outbox, of kind ITEM. */
struct wr_batch_row {
    struct wr_uuid id;
    int32_t tenant;
    enum wr_batch_state state;
    int32_t total;
    int64_t created_at, ended_at;
    const char *kind;  /* the act: runtime/batch.h */
    const char *actor; /* whose act it is; NULL */
    struct wr_blob params;
    int64_t pending, failed, canceled; /* counted when read */
};

enum wr_batch_item_state { /* stored: never renumber */
    WR_ITEM_PENDING = 0,
    WR_ITEM_DONE = 1, /* never stored: pending, and not in the outbox */
    WR_ITEM_FAILED = 2,
    WR_ITEM_CANCELED = 3
};

struct wr_batch_item_row {
    struct wr_uuid id; /* also of its row in the outbox */
    struct wr_uuid batch;
    int32_t tenant, number; /* from 0, in order */
    enum wr_batch_item_state state;
    int64_t at;                 /* FAILED, CANCELED: when */
    struct wr_uuid target;      /* of the act */
    const char *code, *message; /* FAILED: the problem's */
};

/* ---- dead letters ---- */

/* A message of a queue that nobody could work on; the same one once. */
struct wr_dead_letter_row {
    struct wr_uuid id;
    struct wr_uuid target;   /* the row of its work; zero: not known */
    struct wr_uuid instance; /* zero: none, or not known */
    int64_t first_at, last_at;
    int32_t tenant, count; /* how often it came here */
    bool held; /* its timer, job or row of the outbox is not due meanwhile */
    const char *queue, *reason;
    const char *kind;       /* "timer", "job", ...; NULL: no work item */
    const char *detail;     /* NULL: no more is known */
    const char *message_id; /* NULL: none */
    struct wr_blob body;    /* its beginning, when `size` is more */
    int64_t size;           /* bytes of its body */
};

/* ---- reading ---- */

enum wr_noun {
    WR_DEPLOYMENTS,
    WR_RESOURCES,
    WR_DEFINITIONS,
    WR_INSTANCES, /* blob is NULL unless `id` is given */
    WR_TASKS,
    WR_JOBS,
    WR_TIMERS,
    WR_SUBSCRIPTIONS,
    WR_INCIDENTS,
    WR_HISTORIES,
    WR_USERS,
    WR_SESSIONS,
    WR_IDEMPOTENCIES,
    WR_OUTBOXES,
    WR_FORMS,       /* without `deployment` the fresh ones: each version once */
    WR_SUSPENSIONS, /* with the one of kind EPOCH in front; state: the kind */
    WR_SPILLS,      /* `id` only together with `instance` */
    WR_DECISIONS,
    WR_MESSAGES,       /* in the order they were published */
    WR_PAST_INSTANCES, /* these five: project.h; searched, not looked up */
    WR_ACTIVITIES,
    WR_PAST_TASKS,
    WR_VARIABLE_ROWS,
    WR_ELEMENT_COUNTS,
    WR_BATCHES,
    WR_BATCH_ITEMS,
    WR_DEAD_LETTERS, /* by when they came first */
    WR_COUNTS,       /* instances by definition; computed */
};

/*
 * A lookup: every member that is set must hold (and).  Zero, NULL and -1 mean
 * "any" as the member says.  Not every member applies to every noun; one that
 * does not is WR_EUNSUPPORTED, never ignored.
 */
struct wr_query {
    enum wr_noun noun;
    int32_t tenant; /* always compared */
    const struct wr_uuid *id, *instance, *definition, *deployment;
    const struct wr_uuid *parent; /* instances that it called */
    const struct wr_uuid *batch;  /* items; outbox: those of this batch;
                                     batches: `id` again, not counted */
    const char *key;              /* of definitions and decisions, of instances'
                         definitions, of subscriptions; user name */
    const char *name;             /* of a message, of a resource; dead letters:
                                     the queue */
    int32_t version;              /* 0: any */
    bool
        latest; /* definitions, decisions: newest version of each key, among those
                         in `state` when it is given, else
                         among those that are not deleted */
    int state; /* -1: any; value of the noun's enum; 0 is also "any" for
                         nouns that have none */
    const char *business_key;
    const char *singleton; /* instances: the active one that has it */
    const char *assignee, *candidate_user, *candidate_group;
    const char *type; /* job type, incident type */
    int subscription; /* subscriptions: 1 + enum wr_subscription_type; 0:
                            any */
    int32_t element; /* subscriptions: at this one, with `definition`; 0: any */
    bool places;     /* subscriptions of `name`: the first by id of each
                        definition and element, others' members ignored */
    bool with_incidents;  /* instances */
    bool key_exact;       /* subscriptions, messages: key NULL means "no key" */
    int64_t due_before;   /* timers, outbox, jobs with retries left: due then or
                            before (inclusive) that no dead letter holds;
                            messages: expired; dead letters: that came last
                            then or before, and hold nothing; 0: any */
    int64_t due_after;    /* timers, ascending: due then or after; 0: any */
    int64_t guard_before; /* jobs: at their last try, whose lease ended then or
                             before; 0: any */
    int64_t started_after, started_before; /* instances; 0: any */
    int64_t after_seq;                     /* history */
    int bucket_from, bucket_to; /* timers, jobs, outbox: inclusive; both 0:
                                   any */
    bool descending;            /* newest first */
    const char *cursor;         /* opaque, from a previous answer; NULL */
    int limit;                  /* 0: 1000; at most 10000 */
};

struct wr_user_row {
    const char *name;
    int32_t tenant;
    const char *display_name, *email;
    const char *password;       /* crypt(3) text, never shown */
    const char *roles, *groups; /* comma separated */
    bool disabled;
    int64_t created_at;
};

struct wr_session_row { /* a family of refresh tokens */
    struct wr_uuid id;
    const char *user;
    int32_t tenant;
    struct wr_blob token;    /* SHA-256 of the current refresh token */
    struct wr_blob previous; /* of the one before: its reuse revokes */
    int64_t created_at, used_at, expires_at;
};

struct wr_count_row { /* instances of one definition */
    struct wr_uuid definition;
    int64_t total, active, incidents; /* active: not ended; incidents:
                                         instances that have one */
};

struct wr_rows {
    enum wr_noun noun;
    size_t n;
    union {
        const void *any; /* all are pointers to rows */
        const struct wr_deployment_row *deployments;
        const struct wr_resource_row *resources;
        const struct wr_definition_row *definitions;
        const struct wr_instance_row *instances;
        const struct wr_task_row *tasks;
        const struct wr_job_row *jobs;
        const struct wr_timer_row *timers;
        const struct wr_subscription_row *subscriptions;
        const struct wr_incident_row *incidents;
        const struct wr_history_row *histories;
        const struct wr_user_row *users;
        const struct wr_session_row *sessions;
        const struct wr_idempotency_row *idempotencies;
        const struct wr_count_row *counts;
        const struct wr_outbox_row *outboxes;
        const struct wr_form_row *forms;
        const struct wr_decision_row *decisions;
        const struct wr_suspension_row *suspensions;
        const struct wr_spill_row *spills;
        const struct wr_message_row *messages;
        const struct wr_past_instance_row *past_instances; /* project.h */
        const struct wr_activity_row *activities;
        const struct wr_past_task_row *past_tasks;
        const struct wr_variable_row *variables;
        const struct wr_element_count_row *element_counts;
        const struct wr_batch_row *batches;
        const struct wr_batch_item_row *batch_items;
        const struct wr_dead_letter_row *dead_letters;
    };
    const char *next; /* cursor of the next page, NULL: that was all */
};

/* ---- leases of jobs ---- */

struct wr_claim {
    const char *const *types; /* external jobs of these types */
    int n_types;
    int32_t tenant;
    int max;
    const char *worker;
    int64_t now, until;
    struct wr_uuid lease;       /* base; each job gets wr_uuid_next() of it */
    int bucket_from, bucket_to; /* inclusive; both 0: all */
};

/* ---- rows that belong to no instance ---- */

struct wr_change {
    enum wr_op op;
    enum wr_noun noun;     /* USERS, SESSIONS, DEFINITIONS (state and what is
                          kept of its instances), DECISIONS (state only), JOBS (extend:
                          lease_until where id and lease match;
                          DEL: the job back, as if it was not claimed),
                          IDEMPOTENCIES (DEL: expired before `expires_at`;
                          PUT: a new one, WR_EINFLIGHT when it is there and
                          has not expired at `was`),
                          TIMERS (of definitions: PUT moves due_at),
                          OUTBOXES (PUT: insert, or move due_at and passed),
                          MESSAGES (PUT: a new one, first of all changes; DEL),
                          SUSPENSIONS (by what is suspended: PUT WR_ESTATE when
                          it is, DEL WR_ENOTFOUND when it is not),
                          BATCHES (PUT: a new one, or with `was` = 1 + its state
                          another state; at created_at its items are due when
                          that is RUNNING, never when PAUSED, and given up when
                          CANCELED),
                          BATCH_ITEMS (PUT: a new one, or with `was` how it
                          ended),
                          DEAD_LETTERS (PUT: a new one, or once more: counted;
                          with `was` its `held` and detail; DEL) */
    struct wr_blob expect; /* SESSIONS: token must still be this; none: any */
    int64_t was;           /* TIMERS, OUTBOXES: due_at must still be this, else
                    WR_ECONFLICT; 0: the row is new */
    union {
        const struct wr_user_row *user;
        const struct wr_session_row *session;
        const struct wr_definition_row *definition;
        const struct wr_decision_row *decision;
        const struct wr_job_row *job;
        const struct wr_idempotency_row *idempotency;
        const struct wr_timer_row *timer;
        const struct wr_outbox_row *outbox;
        const struct wr_suspension_row *suspension;
        const struct wr_message_row *message;
        const struct wr_batch_row *batch;
        const struct wr_batch_item_row *batch_item;
        const struct wr_dead_letter_row *dead_letter;
    };
    const struct wr_outbox_row *match; /* MESSAGES, PUT; NULL: none */
    bool *matched;                     /* it was written; NULL: who cares */
};

/* ---- what is over ---- */

struct wr_over { /* an ended instance */
    struct wr_uuid id;
    int64_t rev;   /* as it was looked at */
    bool by_month; /* PostgreSQL: its history stays until its month goes */
};

struct wr_upkeep {
    int32_t tenant;
    const struct wr_over *over; /* deleted, with all that is theirs */
    size_t n;
    /* PostgreSQL, each in a transaction of its own; 0: not now.  Months of
     * starts from `now` on get a place for their history; of a month that ended
     * before `months_before` the history whose instances are gone goes, that of
     * the others stays: one month a call, or a part of one that keeps a lot. */
    int64_t now, months_before;
};

struct wr_upkept {
    int64_t months_made, months_dropped;
    bool more_months; /* there may be more to go */
};

struct wr_search; /* search.h */
struct wr_project_ops;

struct wr_store_stats { /* counted by the backend since open */
    int64_t round_trips, commits, rows;
};

struct wr_store_ops {
    const char *name; /* URL scheme */
    int (*open)(const char *url, struct wr_store **out, struct wr_err *err);
    void (*close)(struct wr_store *st);
    int (*migrate)(struct wr_store *st, struct wr_err *err);
    int (*commit)(struct wr_store *st, struct wr_item *items, size_t n,
                  struct wr_err *err);
    int (*deploy)(struct wr_store *st, const struct wr_deployment *d,
                  struct wr_err *err);
    int (*find)(struct wr_store *st, const struct wr_query *q,
                struct wr_arena *a, struct wr_rows *out, struct wr_err *err);
    int (*search)(struct wr_store *st, const struct wr_search *s,
                  struct wr_arena *a, struct wr_rows *out, int64_t *total,
                  struct wr_err *err);
    int (*claim)(struct wr_store *st, const struct wr_claim *c,
                 struct wr_arena *a, struct wr_rows *out, struct wr_err *err);
    int (*change)(struct wr_store *st, const struct wr_change *changes,
                  size_t n, struct wr_err *err);
    /* NULL: it has no clock of its own */
    int (*time)(struct wr_store *st, int64_t *now, struct wr_err *err);
    int (*upkeep)(struct wr_store *st, const struct wr_upkeep *u,
                  struct wr_upkept *out, struct wr_err *err);
    const struct wr_project_ops *project; /* project_ops.h */
};

/* Backends embed this first. */
struct wr_store {
    const struct wr_store_ops *ops;
    struct wr_store_stats stats;
};

/* Open by URL: "sqlite:/path/weir.db", "postgresql://...", "memory:" (a store of
 * this handle alone) or "memory:NAME" (shared by the handles of the process).
 * WR_EINVALID for an unknown scheme, WR_ESTORE when it cannot be reached. */
WR_MUST int wr_store_open(const char *url, struct wr_store **out,
                          struct wr_err *err);
void wr_store_close(struct wr_store *st);
/* How long handles of this process that are opened from now on wait for a locked
 * SQLite file or for a PostgreSQL server to answer; 10 s when never set.  Not
 * for use while other threads open stores.  A connect_timeout in the URL wins. */
void wr_store_set_wait(int64_t ms);
/* What this process knows about its PostgreSQL server, which is asked before each
 * connect; NULL, as at first: none.  Outlives the handles. */
void wr_store_set_link(struct wr_link *l);
/* The URL with its passwords as ***: for messages and logs.  In `a`, or the
 * argument itself. */
const char *wr_store_public_url(struct wr_arena *a, const char *url);

/* Has such a store a clock of its own?  And what that says now, in ms. */
bool wr_store_tells_time(const char *url);
WR_MUST int wr_store_time(struct wr_store *st, int64_t *now,
                          struct wr_err *err);

/* Bring the schema up to this build's; numbered, forward only, each one
 * transaction.  WR_ENEWER when the store was written by a newer build. */
WR_MUST int wr_store_migrate(struct wr_store *st, struct wr_err *err);

/*
 * Commit a batch.  Returns 0 when the batch was decided: look at each item's
 * `result`.  An error means that nothing is known to be written (WR_ESTORE): the
 * caller settles by reading history at (instance, expected_rev + 1).  When a
 * statement of the batch fails, groups are run again singly so that only the
 * poisoned one fails.
 */
WR_MUST int wr_store_commit(struct wr_store *st, struct wr_item *items,
                            size_t n, struct wr_err *err);
WR_MUST int wr_store_deploy(struct wr_store *st, const struct wr_deployment *d,
                            struct wr_err *err);
WR_MUST int wr_store_find(struct wr_store *st, const struct wr_query *q,
                          struct wr_arena *a, struct wr_rows *out,
                          struct wr_err *err);
/* A rich lookup; `out` NULL: only count.  `total`, unless NULL, becomes the
 * number of rows that hold its condition.  Instances come without their blob. */
WR_MUST int wr_store_search(struct wr_store *st, const struct wr_search *s,
                            struct wr_arena *a, struct wr_rows *out,
                            int64_t *total, struct wr_err *err);
/* The one row with this id; WR_ENOTFOUND. */
WR_MUST int wr_store_instance(struct wr_store *st, const struct wr_uuid *id,
                              int32_t tenant, struct wr_arena *a,
                              const struct wr_instance_row **out,
                              struct wr_err *err);
WR_MUST int wr_store_claim(struct wr_store *st, const struct wr_claim *c,
                           struct wr_arena *a, struct wr_rows *out,
                           struct wr_err *err);
/* All or nothing.  WR_ECONFLICT when an `expect` does not hold, WR_ELEASE when a
 * job's lease does not match, WR_ENOTFOUND when a row to change is absent. */
WR_MUST int wr_store_change(struct wr_store *st,
                            const struct wr_change *changes, size_t n,
                            struct wr_err *err);

/* All of `over` or none: WR_ECONFLICT when one of them moved on, has not ended or
 * is gone. */
WR_MUST int wr_store_upkeep(struct wr_store *st, const struct wr_upkeep *u,
                            struct wr_upkept *out, struct wr_err *err);

WR_DEFINE_CLEANUP(struct wr_store *, wr_store_close);

#endif
