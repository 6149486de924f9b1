/*
 * build.h: private to engine/model: what the parts of the reader share.
 *
 * bpmn.c reads the file and calls, for each process, graph.c (nodes, flows,
 * scopes), then for each node node.c, which hands on to event.c, task.c and the
 * dialects.  All of them report through the build and go on, so that a file is
 * judged as a whole.
 */

#ifndef WR_BUILD_H
#define WR_BUILD_H

#include "engine/base/str.h"
#include "engine/model/bpmn.h"
#include "engine/model/xml.h"

struct wr_build {
    struct wr_arena *arena;
    const struct wr_bpmn_options *options;
    struct wr_findings *findings;
    const struct wr_xml_doc *doc;
    enum wr_dialect dialect;
    const char *language;       /* expressionLanguage of definitions, NULL */
    const struct wr_xml **keys; /* all correlationKeys; NULL: not looked for */
    int n_keys;
    int searches; /* steps spent in lists of others; bounded */
    struct wr_message_flows *message_flows; /* message_flow.c; NULL: not yet */
    const char **data_names; /* by wr_xml.order: what references call a data
                                object that has no name */

    /* the process being read */
    const struct wr_xml *process;
    struct wr_node *nodes;
    const struct wr_xml **node_xml;
    struct wr_flow *flows;
    const struct wr_xml **flow_xml;
    struct wr_scope *scopes;
    const struct wr_xml **scope_xml;
    int n_nodes, n_flows, n_scopes;
    bool has_unbuilt; /* some flow node is not supported */
    int *index_of;    /* by wr_xml.order: node or flow, NO_INDEX, UNBUILT */
    const struct wr_xml **undone_by; /* by wr_xml.order of a boundary event: the
                                        activity it is associated with */
};

enum {
    WR_NO_INDEX = -1,
    WR_UNBUILT = -2 /* a flow node that is not supported */
};

/* Report at an element: the nearest id and its line. */
void wr_build_found(struct wr_build *b, enum wr_found id,
                    const struct wr_xml *at, const char *fmt, ...) WR_PRINTF(4);

/* graph.c: the process into `m`; false when there is nothing to run. */
bool wr_build_graph(struct wr_build *b, struct wr_model *m);
/* A process of one node, the element itself; it has no flows. */
void wr_build_single(struct wr_build *b, struct wr_model *m, enum wr_kind kind);
/* reach.c: fills joins and n_flow_words; `nodes` are the model's own. */
void wr_model_reach(struct wr_arena *a, struct wr_model *m,
                    struct wr_node *nodes);
/* node.c: everything of a node but its flows. */
void wr_build_node(struct wr_build *b, int node);
/* event.c */
void wr_build_event(struct wr_build *b, struct wr_node *n,
                    const struct wr_xml *e);
void wr_build_send_task(struct wr_build *b, struct wr_node *n,
                        const struct wr_xml *e);
/* The message that `d`, a definition or a task, refers to; NULL. */
const struct wr_xml *wr_build_message_of(struct wr_build *b,
                                         const struct wr_xml *d);
/* message_flow.c: the message, NULL, and the name, NULL: no flow, by which `e`
 * without a message of its own is meant. */
const struct wr_xml *wr_build_flow_message(struct wr_build *b,
                                           const struct wr_xml *e,
                                           const char **name);
/* Who is meant by what `e` throws; `message` NULL: it has a flow's name. */
void wr_build_aims(struct wr_build *b, struct wr_event_def *def,
                   const struct wr_xml *e, const struct wr_xml *message);
/* The same by flows that begin at `e` or around it, of this message; NULL: none. */
void wr_build_outer_aims(struct wr_build *b, struct wr_event_def *def,
                         const struct wr_xml *e, const struct wr_xml *message);
/* start.c: does this node of the process wait to be started by its event? */
bool wr_start_waits(struct wr_build *b, int node);
/* Fills m->starts. */
void wr_build_starts(struct wr_build *b, struct wr_model *m);
/* payload.c: variables that go with what definition `d` throws. */
/* loop_throw.c: what a multi-instance activity throws. */
void wr_build_loop_throws(struct wr_build *b, struct wr_node *n,
                          struct wr_loop *l, const struct wr_xml *loop);
void wr_build_gives(struct wr_build *b, struct wr_event_def *def,
                    const struct wr_xml *d);
/* task.c: does a job (or a test's handler) do what `e` sends?  `d` is where
 * camunda says so: the task, or the event definition. */
bool wr_build_send(struct wr_build *b, struct wr_node *n,
                   const struct wr_xml *e, const struct wr_xml *d);
void wr_build_receive_task(struct wr_build *b, struct wr_node *n,
                           const struct wr_xml *e);
/* The next event definition of an event, its own or one referred to; NULL after
 * the last.  *at is where it stands, NULL to begin. */
/* Definition `d` of what node `n` throws without being an event; false when it
 * is refused. */
bool wr_build_thrown(struct wr_build *b, struct wr_node *n,
                     const struct wr_xml *d, struct wr_event_def *def);
const struct wr_xml *wr_build_definition(struct wr_build *b,
                                         const struct wr_xml *e,
                                         const struct wr_xml **at);
/* link.c: throwing links get a flow to the catching one.  */
void wr_build_links(struct wr_build *b);
bool wr_link_is_source(const struct wr_xml *e); /* may need a flow */
bool wr_link_is_target(struct wr_build *b, int node);
/* gateway.c: what an event-based gateway leads to. */
void wr_build_event_gateway(struct wr_build *b, struct wr_node *n,
                            const struct wr_xml *e);
/* conditional.c */
void wr_build_conditional(struct wr_build *b, struct wr_event_def *def,
                          const struct wr_xml *e, const struct wr_xml *d);
/* The same of flowable's definition `d`. */
void wr_build_variable_listener(struct wr_build *b, struct wr_event_def *def,
                                const struct wr_xml *d);
/* compensation.c: what undoes what. */
void wr_build_compensation(struct wr_build *b, struct wr_node *n,
                           const struct wr_xml *e, const struct wr_xml *d,
                           struct wr_event_def *def);
void wr_build_cancel(struct wr_build *b, struct wr_node *n,
                     const struct wr_xml *e);
/* How long a process keeps what can be compensated after its end; NULL. */
const char *wr_build_keep_for(struct wr_build *b, const struct wr_xml *process);
void wr_build_handler(struct wr_build *b, const struct wr_node *n,
                      const struct wr_xml *e);
/* task.c: the rule for the tries of its jobs */
void wr_build_retries(struct wr_build *b, struct wr_node *n,
                      const struct wr_xml *e);
/* task.c: job, script or user task */
void wr_build_user_task(struct wr_build *b, struct wr_node *n,
                        const struct wr_xml *e);
/* form.c: of a user task or start event */
void wr_build_form(struct wr_build *b, struct wr_node *n,
                   const struct wr_xml *e);
/* form_data.c: formData and formProperty; false when there are none. */
bool wr_build_form_data(struct wr_build *b, const struct wr_xml *e,
                        struct wr_form *out);
void wr_build_script_task(struct wr_build *b, struct wr_node *n,
                          const struct wr_xml *e);
void wr_build_service_task(struct wr_build *b, struct wr_node *n,
                           const struct wr_xml *e);
/* outcome.c: of a job: which reports are BPMN errors. */
void wr_build_outcome(struct wr_build *b, struct wr_node *n,
                      const struct wr_xml *e);
/* loop.c: quantities, multi-instance, standard loop */
void wr_build_loop(struct wr_build *b, struct wr_node *n,
                   const struct wr_xml *e);
/* call.c */
void wr_build_call(struct wr_build *b, struct wr_node *n,
                   const struct wr_xml *e);
/* decision.c: does it make a decision?  Then everything about it was read. */
bool wr_build_decision(struct wr_build *b, struct wr_node *n,
                       const struct wr_xml *e);
bool wr_build_is_dmn(const struct wr_xml *e); /* flowable:type="dmn" */
/* mapping.c */
void wr_build_mappings(struct wr_build *b, struct wr_node *n,
                       const struct wr_xml *e);
/* ad_hoc.c */
void wr_build_ad_hoc(struct wr_build *b, struct wr_node *n,
                     const struct wr_xml *e);
/* Does `e` throw: an event, a send task, or a definition of what an activity with
 * several iterations throws? */
bool wr_build_throws(const struct wr_xml *e);
/* correlation.c: the key of a message that `e` throws or waits for. */
void wr_build_correlation(struct wr_build *b, struct wr_event_def *def,
                          const struct wr_xml *e, const struct wr_xml *message);
/* lane.c: of all nodes; as candidate group of a task, where it is to be. */
void wr_build_lanes(struct wr_build *b);
void wr_build_lane_group(struct wr_build *b, struct wr_task_def *t,
                         const struct wr_node *n);
/* people.c: standard performers and owners, where nothing else was said */
void wr_build_people(struct wr_build *b, struct wr_task_def *t,
                     const struct wr_xml *e);
/* data.c: what the scopes declare; then inputs and outputs of a node. */
void wr_build_data(struct wr_build *b);
void wr_build_io(struct wr_build *b, struct wr_node *n, const struct wr_xml *e);
const struct wr_data *wr_build_declared(struct wr_build *b,
                                        const struct wr_xml *e, int *n);
/* The variable that a data element stands for. */
const char *wr_build_data_name(struct wr_build *b, const struct wr_xml *e);
/* event_listener.c: whom events of all elements are told, for the elements that
 * have them. */
enum wr_hears {
    WR_HEARS_PROCESS,
    WR_HEARS_NODE,
    WR_HEARS_FLOW
};
struct wr_heard {
    struct wr_listener *items;
    enum wr_hears *who; /* of each item */
    int n;
};
struct wr_heard wr_build_heard(struct wr_build *b);
/* listener.c: of the process, its nodes and flows. */
void wr_build_listeners(struct wr_build *b);
/* extension.c: extensions that change behaviour and are not built. */
void wr_build_check_extensions(struct wr_build *b, const struct wr_xml *e);
/* lint_graph.c: warnings that need the finished graph. */
void wr_build_lint(struct wr_build *b, const struct wr_model *m);

/* expr.c */

/* Parse; NULL after reporting what is wrong. */
const struct wr_expr *wr_build_expr(struct wr_build *b, const struct wr_xml *at,
                                    enum wr_expr_lang lang, const char *text);
/* Attribute text by the habits of its namespace: "=feel" in zeebe, "${juel}"
 * in camunda and the like; both where the namespace says nothing. */
struct wr_attr wr_build_attr(struct wr_build *b, const struct wr_xml *at,
                             enum wr_ns ns, const char *text);
/* A condition with an optional language; NULL when it is refused. */
const struct wr_expr *wr_build_condition(struct wr_build *b,
                                         const struct wr_xml *e);
/* Is a text without marks in Python's style here? */
bool wr_build_is_python(const struct wr_build *b, const struct wr_xml *e);
/* A script: FEEL, or ${...}; NULL when refused or empty. */
const struct wr_expr *wr_build_script(struct wr_build *b,
                                      const struct wr_xml *at,
                                      const char *format, const char *text);
/* script_file.c: the text of a script that `resource` names; NULL after saying
 * why there is none. */
const char *wr_build_resource(struct wr_build *b, const struct wr_xml *at,
                              const char *resource);
bool wr_expr_has_marks(const char *text); /* holds ${ or #{ */

/* ${execution.setVariable('name', value)}: the value, as an expression of its
 * own; NULL: it is something else (listener.c). */
const char *wr_build_assigned(struct wr_build *b, const char *text,
                              const char **variable, bool *local);

/* The extension element of that name, NULL. */
const struct wr_xml *wr_build_extension(const struct wr_xml *e, enum wr_ns ns,
                                        const char *name);
/* The value of an extension property of the element; NULL. */
const char *wr_build_property(const struct wr_xml *e, const char *name);
/* Attribute of an extension element, with or without its prefix; NULL. */
const char *wr_build_own(const struct wr_xml *e, const char *name);
/* Is it true, in camunda's or flowable's namespace? */
bool wr_build_flag(const struct wr_xml *e, const char *name);
/* Attribute in camunda's or flowable's namespace; *ns says which. */
const char *wr_build_camunda(const struct wr_xml *e, const char *name,
                             enum wr_ns *ns);

#endif
