/*
 * state.h: an instance from the inside; private to exec/ and elements/.
 *
 * One struct for tokens and scopes: an activity is an active node instance, and
 * a sub-process's activity is the scope of the tokens inside.  The root has
 * node -1 and stands for the process.
 *
 *     root -> activity -> activity      children in order of birth
 *              | waits: task, job, timer, subscription, incident
 *              | queues: tokens on flows of joins of this scope
 *              | vars: variables of this scope or locals of this activity
 *
 * A token's way through a node; the stage is stored, so that a resolved
 * incident goes on exactly where it stopped:
 *
 *     BEFORE -> ENTER -> ACTIVE -> LEAVE -> AFTER -> OUT -> gone
 *     async     arm,     waits     outputs  async    choose flows
 *     job       inputs,                     job
 *               enter()
 */

#ifndef WR_STATE_H
#define WR_STATE_H

#include "engine/base/str.h"
#include "engine/exec/index.h"
#include "engine/exec/instance.h"

enum wr_stage { /* stored: never renumber */
    WR_STAGE_BEFORE = 1,
    WR_STAGE_ENTER = 2,
    WR_STAGE_ACTIVE = 3,
    WR_STAGE_LEAVE = 4,
    WR_STAGE_AFTER = 5,
    WR_STAGE_OUT = 6,
};

struct wr_spilled;
struct wr_var {
    const char *name;
    const struct wr_value *value; /* NULL: in its row, and not here */
    struct wr_spilled *row;       /* exec/far.c; NULL: none */
};

/* A conversation that began: the key of its messages. */
struct wr_talk_key {
    const char *key; /* which correlationKey */
    const char *value;
};

struct wr_queue { /* a flow into a join with tokens on it; n > 0 */
    int flow;
    int64_t n;
};

/* What an activity has to do with compensation (S21). */
enum wr_undo { /* stored: never renumber */
    WR_UNDO_NONE = 0,
    WR_UNDO_HANDLER = 1,   /* the handler of an entry in its parent's log */
    WR_UNDO_SCOPE = 2,     /* of such an entry what had completed with a log of
                              its own, which is now worked off */
    WR_UNDO_EVENT_SUB = 3, /* the same, by its event sub-process instead */
    WR_UNDO_THROW = 4,     /* an event that waits while its log is worked off */
    WR_UNDO_DETACHED = 5,  /* the same, but its token has gone on */
    WR_UNDO_BODY = 6,      /* as SCOPE, of all iterations that had completed */
    WR_UNDO_CALL = 7,      /* a call activity while the process that it had
                              called is compensated */
};
/* The root of an instance that is compensated after its end is SCOPE or
 * EVENT_SUB (reopen.c). */

/* An ended instance whose log belongs to the call activity that called it. */
struct wr_called {
    struct wr_uuid id;
    const char *process;
};

/* Something that completed and can be compensated. */
struct wr_log_entry {
    struct wr_log_entry *next; /* what completed before */
    int node;
    int64_t seq;         /* order of completion within the instance */
    int64_t handler;     /* key of the activity that compensates it now, or 0 */
    struct wr_var *vars; /* its own variables at that time */
    int n_vars;
    struct wr_log_entry *log; /* of what completed inside */
    bool partly; /* it did not complete: what was done in it is undone alone */
    const struct wr_called *called; /* has the log instead; NULL */

    /* The last of a long log: it and all before it, `more` entries, are in this
     * row and those behind it (exec/undo_rows.c); NULL. */
    struct wr_spilled *rest;
    int64_t more;

    struct wr_log_entry *next_ready; /* of the running process */
};

/* What came for something whose element is suspended (hold.c). */
struct wr_parked {
    struct wr_parked *next;
    int64_t seq; /* of its history event: what came first goes first */
    const struct wr_value *payload; /* NULL */
};

enum wr_wait_kind { /* stored: never renumber */
    WR_WAIT_TASK = 1,
    WR_WAIT_JOB = 2,
    WR_WAIT_TIMER = 3,
    WR_WAIT_SUBSCRIPTION = 4,
    WR_WAIT_INCIDENT = 5,
    WR_WAIT_CONDITION = 6, /* no row, no id: nobody outside ends it */
    WR_WAIT_CHILD = 7,     /* the called instance; it has no row but its own */
    WR_WAIT_PARKED = 11, /* a token that came to a suspended element; no row */
};

enum { /* what needs not be said in a state blob: never change */
    WR_USUAL_RETRIES = 3,
    WR_USUAL_PRIORITY = 50,
};

/* Where a repeating timer stands: due = anchor + k * period (S17). */
struct wr_cycle {
    const char *period; /* ISO 8601 duration, NULL: fires once */
    int64_t anchor, k;
    int64_t left;     /* firings after this one, -1: no end */
    int64_t until;    /* none after it; 0: no end */
    const char *zone; /* whose calendar it goes by; NULL: UTC */
    int64_t wall;     /* the anchor on that zone's wall, as it was said */
};

struct wr_child {
    struct wr_uuid id; /* of the called instance */
    const char *process;
    int64_t created_at;
};

/* Something open outside, one row each. */
struct wr_wait {
    struct wr_wait *next;
    struct wr_activity *owner;
    struct wr_index_link link; /* by id */
    enum wr_wait_kind kind;
    bool told; /* JOB: of a listener */
    int late;  /* JOB, INCIDENT: the listener was of what is gone; 0: not */
    int node;  /* the owner's, one of its boundary events, an event behind it, a
                 stuck join, the start event of an event sub-process */
    int part;  /* which definition of a multiple event */
    int moved; /* while its instance is migrated: the next `hears` */
    int hears; /* TIMER: of this listener of the node, plus one; 0: none */
    int64_t overdue; /* the same, TIMER: it came due while another one was told,
                        in the order of that; 0: it is not */
    const struct wr_value *payload; /* what other parts of a parallel multiple
                                       event brought; a task's draft; NULL */
    union {                         /* rows start with their id */
        struct wr_uuid id;
        struct wr_task_row task;
        struct wr_job_row job;
        struct wr_timer_row timer;
        struct wr_subscription_row subscription;
        struct wr_incident_row incident;
        struct wr_child child;
    };
    struct wr_cycle cycle; /* TIMER */
    int64_t armed;         /* TIMER: when, if its instance stood still; 0 */
    int64_t held; /* since when its element is suspended; 0: it is not */
    struct wr_parked *parked; /* what came since, oldest first */
    bool absent;  /* SUBSCRIPTION: it has no row: nothing more is let in */
    bool undoing; /* CHILD: it had ended and is compensated */

    /* CONDITION; but for `met` of the running process only */
    bool met;              /* it held when it was last looked at */
    struct wr_wait **seat; /* where it waits to be looked at; NULL */
    int64_t place;         /* among those of one owner: in order of creation */
    struct wr_wait *next_condition, *prev_condition;
};

/* An activity that runs several times (S18, S19) is a body with its iterations
 * as children, all of one node. */
enum wr_role { /* stored: never renumber */
    WR_ROLE_PLAIN = 0,
    WR_ROLE_BODY = 1,
    WR_ROLE_ITERATION = 2,
};

struct wr_output {
    int64_t index;
    const struct wr_value *value;
};

struct wr_iterations { /* of a body: exec/loop.c */
    int64_t total;     /* -1: a standard loop */
    int64_t next;      /* index of the next to be created */
    int64_t completed;
    const struct wr_value *items; /* the collection as it was; NULL: none, or
                                     in rows */
    struct wr_blob items_blob;    /* the same, encoded once */
    struct wr_spilled *items_row; /* a piece of it; those before it are gone */
    int64_t items_from; /* index of its first; of none: of the first that the
                           collection has not; 0: there is none */
    struct wr_output *outputs; /* as they came */
    size_t n_outputs, cap_outputs;
    struct wr_str log; /* the same, encoded; what is in rows left out */

    int64_t away, logs_away; /* in rows, and not here */
};

enum { /* variables of an iteration that are what it started with */
    WR_OWN_NUMBER = 1,
    WR_OWN_ELEMENT = 2,
    WR_OWN_OUTPUT = 4,
};

enum wr_ad_hoc_phase { /* exec/ad_hoc.c; stored: never renumber */
    WR_AD_HOC_OPEN = 0,
    WR_AD_HOC_RAN = 1,
    WR_AD_HOC_CLOSED = 2,
};

/* What a step still has to ask of a scope: exec/scope.c. */
enum wr_line {
    WR_LINE_TOUCHED, /* every one in which something changed */
    WR_LINE_ENDS,    /* has it run empty? */
    WR_LINE_JOINS,   /* can an inclusive join fire? */
    WR_LINES
};
struct wr_line_place {
    struct wr_activity *next, *prev;
    bool in;
};

/* A row beside the state that is known here: exec/spill.h. */
struct wr_spilled {
    struct wr_spilled *next;
    struct wr_spilled *more; /* of the same activity; the part is the first */
    struct wr_index_link link;
    struct wr_uuid id;
    struct wr_instance *instance;
    struct wr_activity *of; /* NULL: gone, or a value's */
    struct wr_blob blob;
    const struct wr_value *value; /* of a value that is here; NULL */
    struct wr_spilled *then;      /* of a piece that is here: the next; NULL */
    int64_t size; /* of a variable's: wr_value_weight(); 0: not known */
    bool is_log, is_value;
    bool is_var;  /* a variable has it: it comes when that is looked at */
    bool stored;  /* before this commit */
    bool changed; /* it was not there, or other */
    bool kept;
};

struct wr_activity {
    struct wr_activity *parent; /* scope it stands in; NULL: the root */
    struct wr_activity *first, *last, *next, *prev;
    struct wr_index_link link; /* by key */
    int64_t key; /* 0: the root, or passing without a trace in the history */
    int node;    /* -1: the root */
    int flow;    /* it came by; -1 */
    enum wr_stage stage;
    enum wr_role role;
    int64_t since;
    bool started;     /* the history has its ELEMENT_STARTED */
    bool armed;       /* its boundary events were armed: once is enough */
    bool interrupted; /* an event sub-process took this scope over */
    int start;        /* event sub-process: the start event to enter by; -1 */
    int came;         /* parallel multiple start event: which part came first,
                         plus one; 0: none did */
    struct wr_var *vars;
    int n_vars, cap_vars;
    struct wr_var_names *names; /* where they stand, of many: vars.c; NULL */
    struct wr_wait *waits;      /* in order of creation */
    struct wr_talk_key *talks;  /* conversations of this scope */
    int n_talks;
    struct wr_queue *queues;
    int n_queues, cap_queues;
    struct wr_log_entry *log; /* latest first: what completed in this scope; of
                                 an event: what it compensates */
    enum wr_undo undo;
    const struct wr_called *called; /* what it called and can be undone; NULL */
    struct wr_iterations *loop;     /* BODY, once it is active */
    int64_t index;                  /* ITERATION, from 0 */
    const struct wr_value *number; /* ITERATION: what loopCounter starts with */
    enum wr_ad_hoc_phase ad_hoc;
    int *planned; /* ad-hoc: what starts when the one before ended, in order */
    int n_planned, cap_planned;
    int *drawn; /* flows whose token a complex gateway took: it resets later */
    int n_drawn, cap_drawn;
    const struct wr_value *result; /* of task, job, message; until LEAVE ends */
    enum wr_moment moment;         /* its listeners: exec/listen.c */
    int heard;
    bool triggered; /* the root, until its tokens are born: by an event */

    struct wr_log_entry *ready; /* of its log: what can be compensated now */
    bool looked;                /* nothing more is ready */

    struct wr_spilled *rows; /* ITERATION: its part; BODY: pieces of its log */
    bool outside;            /* the blob leaves it out */

    /* of the running step */
    int pending; /* work items for this scope */
    struct wr_line_place lines[WR_LINES];
};

struct wr_work { /* a token on its way into a node */
    struct wr_work *next;
    struct wr_activity *scope;
    int node, flow; /* flow -1: born there */
};

/* An instance that had ended and is compensated: exec/reopen.c. */
struct wr_reopened {
    bool on;
    enum wr_instance_state was;
    int64_t ended_at;
    bool tells;    /* its caller waits for the end of it */
    bool parallel; /* what no flow puts in order is undone at once */
    struct wr_log_entry *aside; /* of its log: what is not asked for */
};

/* A variable that goes when the step ends: exec/transient.c. */
struct wr_transient {
    struct wr_transient *next;
    int64_t holder; /* key of the activity that has it; 0: the root */
    const char *name;
    const struct wr_value *hidden; /* what comes back; NULL: nothing */
};

struct wr_instance {
    struct wr_arena *arena;
    struct wr_uuid id, definition;
    int32_t tenant;
    int64_t rev;
    enum wr_instance_state state;
    const char *business_key;
    int64_t started_at, ended_at;
    int64_t next_key;
    int32_t incidents;
    struct wr_uuid parent, root_id; /* rows.h */
    const char *const *tags;
    int n_tags;
    const char *singleton; /* rows.h */
    int32_t depth;         /* callers above it */
    int64_t suspended_at;  /* SUSPENDED: since when */
    bool by_caller;        /* SUSPENDED: together with its caller */
    bool by_definition;    /* SUSPENDED: with all of its definition */
    bool ends_all;         /* and its callers with it: terminate.c */
    struct wr_reopened reopened;
    bool undone; /* its compensation event sub-process ran after its end */
    struct wr_activity *root;
    struct wr_index ids, keys;        /* waits and activities */
    struct wr_work *work, **work_end; /* rest of a step that was cut */
    struct wr_earlier *past;          /* versions it ran on, oldest first */
    int n_past;
    struct wr_transient *transients; /* between steps: of one that was cut */
    struct wr_wait *conditions;      /* all that are armed */
    int n_conditions;
    int64_t n_places;
    struct wr_spilled *spilled; /* rows that are known */
    struct wr_index parts;      /* the same, by id */
    int64_t n_away;             /* rows that are not here: parts and logs */
    int64_t n_vars_away;        /* those of them that are variables' values */
    int64_t loaded_rev;         /* no row is younger */
    bool wrote;                 /* this step wrote a variable */
    /* Within a step: brings a value that is not here.  There always is one. */
    void (*fetch)(void *data, struct wr_spilled *row);
    void *fetch_data;
    int64_t widest; /* iterations of a body, at most */
    struct wr_activity *free_activities;
    struct wr_wait *free_waits;
    struct wr_work *free_work;
};

/* ---- the tree; nothing here emits effects ---- */

struct wr_activity *wr_activity_new(struct wr_instance *i,
                                    struct wr_activity *parent, int node,
                                    int flow);
/* Unlink from the parent; `a` has no children, waits or work left. */
void wr_activity_drop(struct wr_instance *i, struct wr_activity *a);
/* Hang `a` with all that is below it under another parent, as its last child. */
void wr_activity_move(struct wr_activity *a, struct wr_activity *parent);
/* Among its siblings, by its index. */
void wr_activity_place(struct wr_activity *a);
/* Depth-first successor of `a` below `top`; NULL: that was the last. */
struct wr_activity *wr_activity_next(struct wr_activity *top,
                                     struct wr_activity *a);
void wr_activity_key(struct wr_instance *i, struct wr_activity *a, int64_t key);
struct wr_activity *wr_activity_by_key(const struct wr_instance *i,
                                       int64_t key);
/* Which of the model's scopes `a` is, once it is active: 0 for the root, -1
 * for what holds no tokens, the body of a multi-instance sub-process too: each
 * of its iterations is a scope. */
int wr_activity_scope(const struct wr_model *m, const struct wr_activity *a);

/* Where and when; its row starts with this, the rest as usual. */
struct wr_wait_at {
    struct wr_uuid id;
    int node;
    int32_t element; /* the node's symbol */
    int64_t created_at;
};
struct wr_wait *wr_wait_new(struct wr_instance *i, struct wr_activity *owner,
                            enum wr_wait_kind kind,
                            const struct wr_wait_at *at);
void wr_wait_drop(struct wr_instance *i, struct wr_wait *w);
/* The open thing with this id; NULL. */
struct wr_wait *wr_wait_find(const struct wr_instance *i,
                             const struct wr_uuid *id);
/* First wait of this kind at `a` itself, boundary events left out; NULL. */
struct wr_wait *wr_wait_of(const struct wr_activity *a, enum wr_wait_kind kind);

void wr_work_add(struct wr_instance *i, struct wr_activity *scope, int node,
                 int flow);
bool wr_work_take(struct wr_instance *i, struct wr_work *out);
/* Bring the item at `dice` mod the number of items to the front. */
void wr_work_draw(struct wr_instance *i, uint64_t dice);
/* Forget the work of one scope. */
void wr_work_drop(struct wr_instance *i, const struct wr_activity *scope);

int64_t wr_queue_count(const struct wr_activity *scope, int flow);
/* `n` may be negative. */
void wr_queue_add(struct wr_instance *i, struct wr_activity *scope, int flow,
                  int64_t n);

void wr_planned_add(struct wr_instance *i, struct wr_activity *scope, int node);

bool wr_drawn_has(const struct wr_activity *scope, int flow);
void wr_drawn_add(struct wr_instance *i, struct wr_activity *scope, int flow);
void wr_drawn_remove(struct wr_activity *scope, int flow);

/* Nearest scope outward from `a` that has it; NULL.  `holder` may be NULL. */
struct wr_var *wr_var_find(struct wr_activity *a, const char *name, size_t len,
                           struct wr_activity **holder);
/* The nearest scope outward that has it, whose value may not be here; NULL. */
struct wr_activity *wr_var_holder(struct wr_activity *a, const char *name,
                                  size_t len);
/* In `a` itself; the value is copied into the instance. */
void wr_var_put(struct wr_instance *i, struct wr_activity *a, const char *name,
                const struct wr_value *v);
/* The same for a value that lives as long as the instance. */
void wr_var_set(struct wr_instance *i, struct wr_activity *a, const char *name,
                const struct wr_value *v);
bool wr_var_remove(struct wr_activity *a, const char *name);

/* ---- conversations (conversation.c) ---- */

/* In `a` itself; texts live as long as the instance. */
void wr_talk_set(struct wr_instance *i, struct wr_activity *a, const char *key,
                 const char *value);

/* ---- values in rows of their own (far.c) ---- */

/* Fetched when it is not here; NULL: by nobody, outside of steps.  What walks
 * over `vars` itself does so after wr_vars_here(); what wr_var_find() finds is
 * here. */
const struct wr_value *wr_far_value(struct wr_spilled *row);
/* Is something else not here that a step may look for? */
static inline bool
wr_parts_are_away(const struct wr_instance *i)
{
    return i->n_away > i->n_vars_away;
}
struct wr_var *wr_var_here(struct wr_var *v);
void wr_vars_here(const struct wr_activity *a);
/* As wr_var_set(), for a value that is in this row. */
void wr_var_far(struct wr_instance *i, struct wr_activity *a, const char *name,
                struct wr_spilled *row);

/* ---- versions it ran on (earlier.c) ---- */

struct wr_tlv_reader;
void wr_earlier_add(struct wr_instance *i, struct wr_earlier past);
void wr_earlier_encode(const struct wr_instance *i, struct wr_str *out);
struct wr_earlier wr_earlier_decode(struct wr_tlv_reader *f);

/* ---- results that go again (transient.c) ---- */

void wr_transient_encode(const struct wr_instance *i, struct wr_str *out);
WR_MUST int wr_transient_decode(struct wr_instance *i, struct wr_tlv_reader *f,
                                struct wr_err *err);

/* ---- iterations (loop.c) ---- */

/* Give iteration `a` the variables it starts with: WR_OWN_... bits. */
void wr_loop_locals(struct wr_instance *i, const struct wr_loop *l,
                    struct wr_activity *a, unsigned which);
/* There is a body with so many iterations. */
void wr_loop_is_wide(struct wr_instance *i, const struct wr_iterations *its);
/* What the iteration of this index gave; the value lives as long as `i`. */
void wr_loop_gave(struct wr_instance *i, struct wr_iterations *its,
                  int64_t index, const struct wr_value *v);
/* Its element of the collection; NULL when there is none.  With pieces in rows
 * only what has not started yet has one. */
const struct wr_value *wr_loop_element(const struct wr_activity *a);

#endif
