/* node.c: everything of a node but its flows. */

#include <string.h>

#include "engine/model/build.h"

bool
wr_build_flag(const struct wr_xml *e, const char *name)
{
    enum wr_ns ns;
    const char *v = wr_build_camunda(e, name, &ns);

    return v && (!strcmp(v, "true") || !strcmp(v, "1"));
}

const char *
wr_build_own(const struct wr_xml *e, const char *name)
{
    const char *v = wr_xml_attr(e, name);

    return v ? v : wr_xml_attr_ns(e, e->ns, name);
}

/* Children of BPMN itself that change what happens and are not built. */
static void
check_children(struct wr_build *b, const struct wr_xml *e)
{
    for (const struct wr_xml *c = e->first; c; c = c->next) {
        if (c->ns != WR_NS_BPMN)
            continue;
        if (!c->known)
            wr_build_found(b, WR_F_UNKNOWN_ELEMENT, c,
                           "BPMN 2.0.2 has no element '%s'", c->name);
        if ((c->is & WR_IS_ROLE) && !wr_xml_is(e, "userTask")
            && !wr_xml_is(e, "globalUserTask"))
            wr_build_found(b, WR_F_IGNORED, c, "'%s' of a '%s' has no effect",
                           c->name, e->name);
    }
}

/* pythmata:taskConfig holds Python that runs when the node is entered. */
static void
check_python(struct wr_build *b, const struct wr_xml *e)
{
    static const char *const names[] = { "taskConfig", "TaskConfig" };

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        const struct wr_xml *x = wr_build_extension(e, WR_NS_PYTHMATA,
                                                    names[i]);

        if (x && wr_xml_child(x, WR_NS_PYTHMATA, "script"))
            wr_build_found(b, WR_F_UNSUPPORTED_SCRIPT, x,
                           "unsupported script format 'python'");
    }
}

/* Which tokens start a joining complex gateway nothing else can say. */
static void
read_activation(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, "activationCondition");

    if (c && c->text && *wr_xml_trim(b->arena, c->text))
        n->activation = wr_build_condition(b, c);
    else if (n->n_in > 1)
        wr_build_found(b, WR_F_NO_ACTIVATION, e, NULL);
}

static const char *
initiator(const struct wr_xml *e)
{
    enum wr_ns ns;
    const char *name = wr_build_camunda(e, "initiator", &ns);

    return name && *name ? name : NULL;
}

/* flowable:skipExpression leaves out what a task does, where that is enabled;
 * nothing else reads it, there or here. */
static void
read_skip(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    enum wr_ns ns;
    const char *text = wr_build_camunda(e, "skipExpression", &ns);

    if (!text || !*text)
        return;
    if (wr_kind_is_activity(n->kind) && n->inner < 0
        && n->kind != WR_CALL_ACTIVITY)
        n->skip = wr_build_expr(b, e, WR_LANG_JUEL, text);
    else
        wr_build_found(b, WR_F_EXT_UNSUPPORTED, e,
                       "the attribute 'skipExpression' of '%s' has no effect",
                       e->name);
}

void
wr_build_node(struct wr_build *b, int node)
{
    struct wr_node *n = &b->nodes[node];
    const struct wr_xml *e = b->node_xml[node];

    check_children(b, e);
    check_python(b, e);
    read_skip(b, n, e);
    n->async_before = wr_build_flag(e, "asyncBefore")
                      || wr_build_flag(e, "async");
    n->async_after = wr_build_flag(e, "asyncAfter")
                     || wr_build_flag(e, "asyncLeave");
    wr_build_retries(b, n, e);
    wr_build_loop(b, n, e);
    if (e->is & WR_IS_EVENT)
        wr_build_event(b, n, e);
    if (n->kind == WR_START_EVENT)
        n->initiator = initiator(e);
    if (n->kind == WR_START_EVENT)
        wr_build_form(b, n, e);
    if (n->kind == WR_EVENT_GATEWAY)
        wr_build_event_gateway(b, n, e);
    if (n->kind == WR_SEND_TASK)
        wr_build_send_task(b, n, e);
    if (n->kind == WR_RECEIVE_TASK)
        wr_build_receive_task(b, n, e);
    if (n->kind == WR_COMPLEX_GATEWAY)
        read_activation(b, n, e);
    if (n->compensation)
        wr_build_handler(b, n, e);
    if (n->kind == WR_USER_TASK)
        wr_build_user_task(b, n, e);
    if (n->kind == WR_SCRIPT_TASK)
        wr_build_script_task(b, n, e);
    if (n->kind == WR_AD_HOC)
        wr_build_ad_hoc(b, n, e);
    if (n->kind == WR_CALL_ACTIVITY)
        wr_build_call(b, n, e);
    if (n->kind == WR_SERVICE_TASK || n->kind == WR_BUSINESS_RULE_TASK)
        wr_build_service_task(b, n, e);
    wr_build_outcome(b, n, e);
    wr_build_mappings(b, n, e);
    wr_build_io(b, n, e);
}
