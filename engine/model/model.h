/*
 * model.h: the immutable graph that every kind of definition compiles to.
 *
 * Flat arrays; nodes, flows and scopes refer to each other by index.  Indices
 * are for this process only: whatever is stored names elements and flows by the
 * definition's symbol numbers (symbols.h).  A model lives in one arena and is
 * shared read-only by all threads.  Expressions are parsed, the dialect is
 * resolved, OR-join sets are computed: running needs nothing of the XML.
 */

#ifndef WR_MODEL_H
#define WR_MODEL_H

#include "engine/base/value.h"
#include "engine/feel/feel.h"
#include "engine/form/form.h"

/* The most a process may have; keeps join sets within some 50 MB. */
enum {
    WR_MODEL_NODES = 10000,
    WR_MODEL_FLOWS = 20000
};

enum wr_kind {
#define WR_ELEMENT(kind, xml, ops) WR_##kind,
#include "engine/elements/elements.def"
#undef WR_ELEMENT
    WR_KINDS
};

/* In events.def: the start event of an event sub-process. */
enum {
    WR_EVENT_SUB = WR_KINDS
};

/* What an event waits for or throws (BPMN 2.0.2, 10.5.5). */
enum wr_trigger {
    WR_TRIGGER_NONE,
    WR_TRIGGER_MESSAGE,
    WR_TRIGGER_TIMER,
    WR_TRIGGER_ERROR,
    WR_TRIGGER_TERMINATE,
    WR_TRIGGER_SIGNAL,
    WR_TRIGGER_ESCALATION,
    WR_TRIGGER_CONDITIONAL,
    WR_TRIGGER_COMPENSATION,
    WR_TRIGGER_CANCEL,
    WR_TRIGGER_LINK,
    WR_TRIGGER_MULTIPLE,          /* any of the node's parts */
    WR_TRIGGER_PARALLEL_MULTIPLE, /* all of them */
    WR_TRIGGERS
};

/* Attribute text that may be an expression; both NULL when absent. */
struct wr_attr {
    const char *text;           /* as written */
    const struct wr_expr *expr; /* NULL: text is the value */
};

enum wr_timer_kind {
    WR_TIMER_DATE,
    WR_TIMER_DURATION,
    WR_TIMER_CYCLE
};

/* A variable that goes with what is thrown. */
struct wr_give {
    const char *target;
    const char *variable; /* NULL: `expr` */
    const struct wr_expr *expr;
};

/* Where a message flow leads. */
struct wr_message_aim {
    const char *process; /* NULL: whoever waits for it */
    const char *element; /* of the process; NULL: any */
    const char *name;    /* what it waits for; NULL: as it is thrown */
};

/* What a terminate event ends. */
enum wr_ends {
    WR_ENDS_SCOPE,
    WR_ENDS_LOOP, /* the innermost activity around it that runs several times */
    WR_ENDS_ALL   /* the instance and its callers */
};

/* A correlationKey of a conversation: what a message has for it. */
struct wr_talk {
    const char *key; /* its id, else name */
    struct wr_attr value;
};

/* What becomes of the firings of a repetition that are missed. */
enum wr_misfire {
    WR_MISFIRE_ONCE, /* it fires once for all of them */
    WR_MISFIRE_ALL,  /* each fires, in order */
    WR_MISFIRE_SKIP, /* none does */
};

struct wr_timing {
    const char *zone; /* IANA: of what has none; NULL: UTC */
    enum wr_misfire misfire;
    int64_t misfire_after; /* SKIP: ms after which one is missed */
    int64_t misfire_max;   /* ALL: the last so many */
};

enum { /* of wr_timing, where nothing is set */
    WR_MISFIRE_AFTER_MS = 60000,
    WR_MISFIRE_MAX = 1000,
};

struct wr_event_def {
    enum wr_trigger trigger;
    enum wr_ends ends;         /* TERMINATE */
    bool local;                /* SIGNAL: only within the instance */
    bool gives_all;            /* thrown with every variable it sees */
    struct wr_attr starts_key; /* SIGNAL: business key of what it starts */
    const struct wr_give *gives;
    int n_gives;
    struct wr_attr name;         /* of message (the id itself of a receiveTask
                                   without one), signal; code of error,
                                   escalation */
    struct wr_attr correlation;  /* key of a message subscription, or of what is
                                   thrown */
    struct wr_attr brought;      /* the key that a message caught here brings */
    const struct wr_talk *talks; /* of a message: the first one that is sent or
                                    received sets the key of the later ones */
    int n_talks;
    const struct wr_message_aim *aims; /* of a message thrown; none: whoever
                                          waits for it */
    int n_aims;
    bool noted; /* nobody can wait for it: the history has it, that is all */
    struct wr_attr message; /* of an error that is thrown */
    /* error and escalation caught: variables to write, NULL */
    const char *code_variable, *message_variable;
    enum wr_timer_kind timer_kind;
    struct wr_attr timer; /* ISO 8601 text or expression */
    struct wr_attr until; /* CYCLE: it fires no later; no text: no end */
    struct wr_timing timing;
    const struct wr_expr *condition; /* NULL: it happens with every write */
    const char *const *watched; /* variables whose writes concern condition */
    int n_watched;
    unsigned events; /* 1 create, 2 update, 4 delete; 0: all of them */
    int activity;    /* thrown COMPENSATION: this one alone, else -1 */
    bool detached;   /* the same: do not wait for its completion */
};

/* A value to be built when an element starts or ends. */
enum wr_template_kind {
    WR_TPL_EXPR,
    WR_TPL_CONST,
    WR_TPL_LIST,
    WR_TPL_MAP
};
struct wr_template {
    enum wr_template_kind kind;
    const struct wr_expr *expr;
    const struct wr_value *constant;
    const struct wr_template *items; /* LIST, MAP */
    const struct wr_attr *keys;      /* MAP: n_items */
    int n_items;
};
struct wr_mapping {
    const char *target; /* variable name; "a.b" writes into a context */
    struct wr_template source;
};

struct wr_task_def {                                            /* userTask */
    struct wr_attr assignee, candidate_users, candidate_groups; /* comma list */
    struct wr_attr due, follow_up, priority;
    struct wr_attr id_variable; /* gets the task's id */
    const char *form_key;       /* NULL */
};

/* Where the form of a user task or start event comes from. */
enum wr_form_source {
    WR_FORM_BY_KEY,  /* deployed, by its key and a binding */
    WR_FORM_BY_FILE, /* a file of the same deployment */
    WR_FORM_BY_NAME, /* key or file of the same deployment, else external */
    WR_FORM_OWN,     /* part of the model */
    WR_FORM_ELSEWHERE
};
struct wr_form_ref {
    enum wr_form_source source;
    const char *key;           /* or file; NULL: OWN without a name */
    int binding;               /* enum wr_binding, of BY_KEY; not TAG */
    int32_t version;           /* VERSION */
    const struct wr_form *own; /* OWN */
};

struct wr_job_def {         /* serviceTask: work for external workers */
    struct wr_attr type;    /* job type or topic */
    struct wr_attr retries; /* text NULL: 3 */
    struct wr_attr priority;
    const struct wr_value *headers; /* context; never NULL */
};

/* What a worker reports of its job that is a BPMN error. */
struct wr_outcome_rule {
    const char *code;
    const struct wr_expr *holds; /* NULL: asked only when it failed, of */
    const char *exception;       /* this class; NULL: of what no other rule
                                    of the element names */
    const char *root_cause;      /* class of the innermost cause; NULL */
    bool any;                    /* of any class */
};

/* When in the life of an element its listeners are heard, in this order. */
enum wr_moment { /* stored: never renumber */
    WR_MOMENT_NONE = 0,
    WR_MOMENT_TAKE = 1,       /* of the flow it came by: before it begins */
    WR_MOMENT_BEFORE_ALL = 2, /* of what runs several times */
    WR_MOMENT_START = 3,      /* inputs are there, nothing was done yet */
    WR_MOMENT_CREATE = 4,     /* userTask: before people see it */
    WR_MOMENT_ASSIGN = 5,
    WR_MOMENT_UPDATE = 6,
    WR_MOMENT_COMPLETE = 7, /* it is done, its outputs are written */
    WR_MOMENT_END = 8,      /* the same, of every element */
    WR_MOMENT_CANCEL = 9,   /* userTask: interrupted before it was done */
    WR_MOMENT_TIMEOUT = 10, /* userTask: it is open for so long; as UPDATE in
                               the order */
};
struct wr_listener {
    enum wr_moment moment;
    const char *event;            /* as its dialect calls it */
    const struct wr_job_def *job; /* NULL: `expr`, in place */
    const struct wr_expr *expr;
    const struct wr_event_def *throws; /* signal, message or error; NULL */
    const struct wr_event_def *timer;  /* TIMEOUT: when */
    const char *variable;              /* for the value of expr; NULL */
    bool local;                        /* that is the element's own */
    bool late; /* CANCEL, END: told of what was interrupted, too */
};
struct wr_listeners {
    const struct wr_listener *items;
    int n;
};

/* An activity that runs several times (SEMANTICS S18, S19). */
enum wr_loop_kind {
    WR_LOOP_PARALLEL,
    WR_LOOP_SEQUENTIAL,
    WR_LOOP_STANDARD
};
enum {
    WR_LOOP_MAX = 1000000 /* iterations */
};
struct wr_loop_throw { /* `behavior` of a multi-instance activity (S18) */
    const struct wr_expr *condition; /* NULL: always */
    struct wr_event_def event;
};
struct wr_loop {
    enum wr_loop_kind kind;
    const struct wr_expr *cardinality; /* NULL: as the collection has */
    struct wr_attr collection;         /* text alone: a variable's name */
    const char *element;               /* variable with the element; NULL */
    const char *counter;               /* variable with the number */
    int64_t base;                      /* number of the first: 0 or 1 */
    /* Multi-instance: ends it early.  Standard loop: as long as it holds. */
    const struct wr_expr *condition;
    const char *output; /* variable with all outputs; NULL */
    /* What an iteration gives: the expression, else its variable of that name.
     * output_item is null in each iteration until something writes it. */
    const struct wr_expr *output_element;
    const char *output_item;
    int64_t max_active;                 /* PARALLEL: at a time */
    int64_t maximum;                    /* STANDARD: -1: none */
    bool test_before;                   /* STANDARD */
    const struct wr_loop_throw *throws; /* when an iteration completes */
    int n_throws;
    bool throws_once;               /* for the first of them alone */
    bool async_before, async_after; /* each iteration */
};

/* callActivity: what it calls (S24). */
enum wr_binding {
    WR_BIND_LATEST,
    WR_BIND_DEPLOYMENT, /* the version deployed with the caller */
    WR_BIND_VERSION,
    WR_BIND_TAG /* the latest version with this tag */
};
/* One variable between caller and called: a variable of that name, or what an
 * expression gives, or a constant. */
struct wr_call_map {
    const char *target;
    const char *source; /* NULL: see expr */
    const struct wr_expr *expr;
    const struct wr_value *constant;
    bool local; /* into the call activity's own scope; from it alone */
};
struct wr_call_def {
    struct wr_attr process; /* key of the definition */
    enum wr_binding binding;
    struct wr_attr version; /* VERSION: its number; TAG: the tag */
    struct wr_attr business_key;
    struct wr_attr tenant; /* nothing, or its own: there is no other to call */
    bool inherit_key;      /* the caller's business key */
    bool local_in;         /* the activity's own inputs go in */
    bool all_in, all_in_local; /* all visible ones; its own ones only */
    bool all_out, all_out_local;
    bool forgets; /* what it called is not compensated with its caller */
    const struct wr_call_map *in, *out;
    int n_in, n_out;
};

/* A task that makes a decision (S2): what becomes of the result, which is a
 * list of contexts of outputs, one for each rule that counts (dmn.h). */
enum wr_result_map {
    WR_RESULT_VALUE,        /* the value of the decision, as it is */
    WR_RESULT_LIST,         /* the list */
    WR_RESULT_SINGLE,       /* the only context of it */
    WR_RESULT_SINGLE_ENTRY, /* the only output of that */
    WR_RESULT_ENTRIES,      /* of each context the only output */
    WR_RESULT_OUTPUTS,      /* a variable for each output; of several rules the
                               list, named as the decision */
    WR_RESULT_COLUMNS       /* a variable for each output; of several rules with
                               a list of its values */
};
struct wr_decision_def {
    struct wr_attr ref; /* id of a decision or decision service */
    bool service;       /* it has to be a service */
    enum wr_binding binding;
    bool else_latest;       /* DEPLOYMENT that has none: the latest */
    struct wr_attr version; /* VERSION: its number; TAG: the tag */
    struct wr_attr tenant;  /* no text: that of the instance */
    enum wr_result_map map; /* but for the last two into result_variable */
    bool shows_rows;        /* output mappings see the list as decisionResult */
    bool needs_hit;         /* it fails when no rule matches */
};

/* adHocSubProcess (SEMANTICS S20). */
struct wr_ad_hoc {
    bool sequential, cancel_remaining;
    bool auto_complete;              /* ends when nothing is left that ran */
    const struct wr_expr *condition; /* NULL */
    const struct wr_expr *active;    /* ids of what starts with it; NULL */
    const char *output;              /* variable with all outputs; NULL */
    const struct wr_expr *output_element;
};

/* A data object or property: a variable of its scope. */
struct wr_data {
    const char *name;
    const struct wr_value *initial; /* NULL: none */
};
/* A data association, or one assignment of it: into a variable. */
struct wr_data_map {
    const char *const *sources;      /* nothing happens while one is missing */
    const struct wr_expr *expr;      /* NULL: see constant */
    const struct wr_value *constant; /* NULL: the only source, as it is */
    const char *target;
    const char *member; /* of the target; NULL: all of it */
    int n_sources;
};
struct wr_input_set {
    const char *const *names; /* variables that must have a value */
    int n;
};
struct wr_io {                    /* BPMN 2.0.2, 10.4 */
    const struct wr_data *locals; /* properties of what is no scope */
    const struct wr_data_map *in, *out;
    const struct wr_input_set *sets; /* one of them must be complete */
    int n_locals, n_in, n_out, n_sets;
    const char *payload; /* all that comes in, as one value; NULL */
    bool contract;       /* outputs leave by their associations alone */
};

struct wr_node {
    const char *id;
    const char *name; /* NULL */
    const char *lane; /* name, else id; NULL: drawn in none */
    enum wr_kind kind;
    int line;            /* of the XML */
    int symbol;          /* number in the definition's symbol table */
    int scope;           /* the scope it stands in */
    int inner;           /* sub-process: the scope it owns, else -1 */
    bool event_sub;      /* sub-process: started by an event, not by a flow */
    const int *in, *out; /* flows; out in <outgoing> order */
    int n_in, n_out;
    int default_flow;      /* -1 */
    int host;              /* boundary event: the activity, else -1 */
    int handler;           /* COMPENSATION boundary: what undoes, else -1 */
    bool compensation;     /* isForCompensation: no token enters by a flow */
    bool undo_parallel;    /* event: compensate at once what no flow orders */
    bool interrupting;     /* boundary event, start of an event sub-process */
    const int *boundaries; /* activity: its boundary events, document order */
    int n_boundaries;
    int join; /* index into joins when n_in > 1 and the kind joins, else -1 */
    struct wr_event_def event;
    const struct wr_event_def *parts; /* of a MULTIPLE event, in order */
    int n_parts;
    bool instantiate; /* receiveTask, eventBasedGateway: starts an instance */
    bool all_events;  /* eventBasedGateway: starts with all of its events */
    bool singleton;   /* message start: one active instance for each key */
    const struct wr_expr *activation; /* complexGateway; NULL */
    bool async_before, async_after;
    struct wr_attr retries;     /* of its jobs: retry.h; "R3/PT10S" */
    int start_quantity;         /* tokens it takes to start */
    int completion_quantity;    /* tokens on each flow it leaves by */
    const struct wr_loop *loop; /* NULL: runs once */
    const char *initiator; /* startEvent: variable with who started; NULL */
    const struct wr_task_def *task; /* userTask */
    const struct wr_form_ref *form; /* userTask, startEvent; NULL: none */
    const struct wr_job_def *job;   /* external work, not only of a serviceTask;
                                       NULL: none */
    const struct wr_call_def *call; /* callActivity */
    const struct wr_decision_def *decision; /* NULL: it makes none */
    const struct wr_ad_hoc *ad_hoc;         /* adHocSubProcess */
    const struct wr_expr *script; /* scriptTask, serviceTask expression;
                                           NULL: no effect */
    const char *script_text;      /* as written; for handlers */
    const char *result_variable;  /* of script or job; NULL */
    const struct wr_mapping *inputs, *outputs;
    int n_inputs, n_outputs;
    const struct wr_io *io; /* NULL: no data associations or properties */
    struct wr_listeners listeners;
    const struct wr_expr *skip; /* true: its work is left out; NULL: never */
    const struct wr_outcome_rule *outcome; /* of its job; the first counts */
    int n_outcome;
    bool triggerable;      /* after its work it waits for a message of its id */
    bool result_transient; /* result_variable is gone when the step ends */
    bool result_local;     /* result_variable is one of the scope around it */
};

struct wr_flow {
    const char *id;
    const char *name; /* NULL */
    int line, symbol;
    int source, target;              /* nodes */
    const struct wr_expr *condition; /* NULL: unconditional */
    const struct wr_expr *skip; /* where such expressions count, instead of the
                                   condition; NULL */
    struct wr_listeners listeners; /* TAKE */
};

struct wr_scope {
    int node;         /* owning sub-process, -1: the process */
    int parent;       /* -1 */
    const int *nodes; /* nodes directly in it, document order */
    int n_nodes;
    const int *starts; /* where tokens are born: none start events, or the
                          nodes without incoming flow when there are none;
                          of an event sub-process the events that start it;
                          of an ad-hoc one what can be activated */
    int n_starts;
    const int *event_subs; /* event sub-processes in it, document order */
    int n_event_subs;
    const struct wr_data *data; /* declared in it */
    int n_data;
    struct wr_listeners listeners; /* of the process: START and END */
};

/* A joining gateway with its backward reachability (SEMANTICS S7). */
struct wr_join {
    int node;
    /* n_in bitsets of n_flow_words words: flows from which in[i] is reachable
     * without passing this gateway; boundary events count as leaving their
     * host; the scope's border is never crossed. */
    const uint64_t *reach;
};

/* Where a file comes from decides the fine print (DIALECTS.md). */
enum wr_dialect {
    WR_DIALECT_BPMN,
    WR_DIALECT_CAMUNDA, /* camunda, operaton, flowable, activiti */
    WR_DIALECT_ZEEBE,
    WR_DIALECT_PYTHMATA,
    WR_DIALECT_SPIFF,
};

/* An event that starts an instance by itself: a start event, a receive task or
 * an event behind a gateway with instantiate. */
struct wr_start {
    int node, part; /* part: which of its definitions */
};

struct wr_symbols;

struct wr_model {
    const char *process_id;
    const char *name;        /* NULL */
    const char *version_tag; /* NULL */
    const char *keep_for; /* ISO 8601 duration for which what completed can be
                                compensated after the end; NULL: not at all */
    struct wr_timing timing; /* of dates that its tasks have */
    int64_t
        history_ttl;   /* how long its ended instances are kept, ms; 0: it does
                            not say */
    int history_level; /* enum wr_history_level; 0: it does not say */
    bool executable;
    enum wr_dialect dialect;
    enum wr_expr_lang language; /* of conditions without a prefix */
    const struct wr_node *nodes;
    const struct wr_flow *flows;
    const struct wr_scope *scopes; /* 0 is the process */
    const struct wr_join *joins;
    const struct wr_start *starts; /* those with a trigger, document order */
    int n_nodes, n_flows, n_scopes, n_joins, n_starts;
    int n_flow_words; /* (n_flows + 63) / 64 */
    const struct wr_symbols *symbols;
    const int *node_of_symbol, *flow_of_symbol; /* -1 where there is none */
    int n_symbols;
};

/* Index of the node with this BPMN id, or -1. */
int wr_model_node(const struct wr_model *m, const char *id);
int wr_model_flow(const struct wr_model *m, const char *id);
/* By stored symbol number; -1 when this version has none. */
int wr_model_node_of(const struct wr_model *m, int symbol);
int wr_model_flow_of(const struct wr_model *m, int symbol);
/* The event definitions of a node: its one, or the parts of a multiple event;
 * none for what is no event. */
const struct wr_event_def *wr_node_events(const struct wr_node *n, int *count);
/* The one with this trigger; NULL: it has none. */
const struct wr_event_def *wr_node_event(const struct wr_node *n,
                                         enum wr_trigger trigger);
/* Can a job at `node` be that of a listener?  Those of the process stand at its
 * first node, those of a flow where it leads to. */
bool wr_model_tells(const struct wr_model *m, int node);
const char *wr_kind_xml(enum wr_kind kind);
bool wr_kind_is_activity(enum wr_kind kind);

#endif
