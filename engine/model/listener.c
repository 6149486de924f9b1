/*
 * listener.c: who is told when an element begins and ends, in the words of each
 * dialect.
 *
 *     zeebe                executionListeners, taskListeners: jobs
 *     camunda, flowable    executionListener, taskListener: a class, bean or
 *                          script; what can be evaluated here is, everything
 *                          else becomes a job
 *     drools, spiffworkflow    scripts before and after
 *
 * Listeners are heard one after the other, those of a moment in the order of the
 * file.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/model/build.h"
#include "engine/model/timer.h"

enum owner { /* as enum wr_hears */
    OF_PROCESS = WR_HEARS_PROCESS,
    OF_NODE = WR_HEARS_NODE,
    OF_FLOW = WR_HEARS_FLOW
};

struct reader {
    struct wr_build *b;
    enum owner owner;
    const struct wr_node *node; /* NODE */
    struct wr_listener *items;
    int n;
};

/* Which listeners are told of which event; what is not here is refused. */
static const struct {
    enum wr_ns ns; /* NONE: camunda and flowable */
    const char *element, *event;
    enum wr_moment moment;
} moments[] = {
    { WR_NS_ZEEBE, "executionListener", "start", WR_MOMENT_START },
    { WR_NS_ZEEBE, "executionListener", "end", WR_MOMENT_END },
    { WR_NS_ZEEBE, "executionListener", "beforeAll", WR_MOMENT_BEFORE_ALL },
    { WR_NS_ZEEBE, "taskListener", "creating", WR_MOMENT_CREATE },
    { WR_NS_ZEEBE, "taskListener", "assigning", WR_MOMENT_ASSIGN },
    { WR_NS_ZEEBE, "taskListener", "updating", WR_MOMENT_UPDATE },
    { WR_NS_ZEEBE, "taskListener", "completing", WR_MOMENT_COMPLETE },
    { WR_NS_ZEEBE, "taskListener", "canceling", WR_MOMENT_CANCEL },
    { WR_NS_NONE, "executionListener", "start", WR_MOMENT_START },
    { WR_NS_NONE, "executionListener", "end", WR_MOMENT_END },
    { WR_NS_NONE, "executionListener", "take", WR_MOMENT_TAKE },
    { WR_NS_NONE, "taskListener", "create", WR_MOMENT_CREATE },
    { WR_NS_NONE, "taskListener", "assignment", WR_MOMENT_ASSIGN },
    { WR_NS_NONE, "taskListener", "update", WR_MOMENT_UPDATE },
    { WR_NS_NONE, "taskListener", "complete", WR_MOMENT_COMPLETE },
    { WR_NS_NONE, "taskListener", "delete", WR_MOMENT_CANCEL },
    { WR_NS_CAMUNDA, "taskListener", "timeout", WR_MOMENT_TIMEOUT },
    { WR_NS_DROOLS, "onEntry-script", "start", WR_MOMENT_START },
    { WR_NS_DROOLS, "onExit-script", "end", WR_MOMENT_END },
    { WR_NS_SPIFF, "preScript", "start", WR_MOMENT_START },
    { WR_NS_SPIFF, "postScript", "end", WR_MOMENT_END },
};

static enum wr_moment
moment_of(const struct wr_xml *x, const char *event)
{
    bool java = x->ns == WR_NS_CAMUNDA || x->ns == WR_NS_FLOWABLE;

    for (size_t i = 0; i < WR_COUNT(moments); i++) {
        if ((moments[i].ns == x->ns || (java && moments[i].ns == WR_NS_NONE))
            && !strcmp(moments[i].element, x->name)
            && !strcmp(moments[i].event, event))
            return moments[i].moment;
    }

    return WR_MOMENT_NONE;
}

/* Has the element such a moment? */
static bool
happens(const struct reader *r, enum wr_moment m)
{
    bool runs = m == WR_MOMENT_START || m == WR_MOMENT_END;

    switch (r->owner) {
    case OF_PROCESS:
        return runs;
    case OF_FLOW:
        return m == WR_MOMENT_TAKE;
    case OF_NODE:
        break;
    }
    if (m == WR_MOMENT_BEFORE_ALL)
        return r->node->loop != NULL;
    if (m == WR_MOMENT_END && r->node->kind == WR_EVENT_GATEWAY)
        return false; /* it ends as one of the events behind it begins */

    return runs || (m >= WR_MOMENT_CREATE && r->node->kind == WR_USER_TASK);
}

static void
refuse(struct reader *r, const struct wr_xml *x, const char *event)
{
    wr_build_found(r->b, WR_F_UNSUPPORTED_ELEMENT, x,
                   "unsupported event '%.40s' of '%s' at '%s'", event, x->name,
                   r->owner == OF_NODE   ? wr_kind_xml(r->node->kind)
                   : r->owner == OF_FLOW ? "sequenceFlow"
                                         : "process");
}

/* flowable deletes a task that is completed, too. */
static void
copy_delete(struct reader *r, const struct wr_listener *l)
{
    r->items[r->n] = *l;
    r->items[r->n].moment = WR_MOMENT_COMPLETE;
    r->items[r->n].late = false;
    r->n++;
}

/* The next listener to be filled in; NULL after saying why there is none. */
static struct wr_listener *
add(struct reader *r, const struct wr_xml *x, const char *event)
{
    enum wr_moment m = moment_of(x, event);
    struct wr_listener *l = &r->items[r->n];

    if (m == WR_MOMENT_NONE || !happens(r, m)) {
        refuse(r, x, event);
        return NULL;
    }
    l->moment = m;
    l->event = event;
    /* The end of what was interrupted is one in Camunda alone. */
    l->late = m == WR_MOMENT_CANCEL
              || (m == WR_MOMENT_END && x->ns == WR_NS_CAMUNDA);
    r->n++;

    return l;
}

static void
as_job(struct reader *r, struct wr_listener *l, struct wr_attr type)
{
    struct wr_job_def *job = wr_new(r->b->arena, struct wr_job_def);

    job->type = type;
    job->headers = wr_value_context(r->b->arena, NULL, 0);
    l->job = job;
}

/* ---- zeebe ---- */

static void
read_zeebe(struct reader *r, const struct wr_xml *x)
{
    const char *event = wr_xml_attr(x, "eventType");
    const char *type = wr_xml_attr(x, "type");
    struct wr_listener *l;
    struct wr_job_def *job;

    if (!type || !*type) {
        wr_build_found(r->b, WR_F_NO_IMPLEMENTATION, x, "a '%s' without type",
                       x->name);
        return;
    }
    l = add(r, x, event ? event : "");
    if (!l)
        return;
    as_job(r, l, wr_build_attr(r->b, x, WR_NS_ZEEBE, type));
    job = wr_new(r->b->arena, struct wr_job_def);
    *job = *l->job;
    job->retries = wr_build_attr(r->b, x, WR_NS_ZEEBE,
                                 wr_xml_attr(x, "retries"));
    l->job = job;
}

/* ---- camunda, flowable ---- */

static void
foreign(struct reader *r, struct wr_listener *l, const struct wr_xml *x,
        const char *what, const char *text)
{
    wr_build_found(r->b, WR_F_FOREIGN_CODE, x,
                   "%s '%.200s' of a listener becomes a job of that type: a"
                   " worker has to do it",
                   what, text);
    as_job(r, l, (struct wr_attr){ .text = text });
}

/* Behind "'name'" or "\"name\"", which goes to *name; NULL. */
static const char *
quoted(struct wr_build *b, const char *s, const char **name)
{
    const char *end;

    s += strspn(s, " \t\r\n");
    end = *s == '\'' || *s == '"' ? strchr(s + 1, *s) : NULL;
    if (!end)
        return NULL;
    *name = wr_arena_strndup(b->arena, s + 1, (size_t)(end - s - 1));

    return end + 1;
}

const char *
wr_build_assigned(struct wr_build *b, const char *text, const char **variable,
                  bool *local)
{
    static const struct {
        const char *begin;
        bool local;
    } calls[] = {
        { "execution.setVariable(", false },
        { "execution.setVariableLocal(", true },
        { "task.setVariable(", false },
        { "task.setVariableLocal(", true },
    };
    const char *s = text + 2 + strspn(text + 2, " \t\r\n"), *end;

    for (size_t i = 0; i < WR_COUNT(calls); i++) {
        size_t len = strlen(calls[i].begin);

        if (strncmp(s, calls[i].begin, len) != 0)
            continue;
        *local = calls[i].local;
        s = quoted(b, s + len, variable);
        end = strrchr(text, ')');
        if (s)
            s += strspn(s, " \t\r\n");
        if (!s || *s != ',' || !end || end < s
            || strspn(end + 1, " \t\r\n}") != strlen(end + 1))
            return NULL;
        return wr_arena_printf(b->arena, "${%.*s}", (int)(end - s - 1), s + 1);
    }

    return NULL;
}

/* In place, when our evaluator knows all of it; else somebody else's. */
static void
expression(struct reader *r, struct wr_listener *l, const struct wr_xml *x,
           const char *text)
{
    const char *value = wr_expr_has_marks(text) ? wr_build_assigned(
                            r->b, text, &l->variable, &l->local)
                                                : NULL;
    const char *s = value ? value : text;
    struct wr_err err;

    struct wr_quote quote;

    if (!value)
        l->variable = NULL;
    if (wr_expr_has_marks(s)
        && wr_expr_quote(WR_LANG_JUEL, s, strlen(s), &quote)) {
        l->expr = wr_build_expr(r->b, x, WR_LANG_JUEL, s); /* says so */
        return;
    }
    if (wr_expr_has_marks(s)
        && wr_expr_parse(r->b->arena, WR_LANG_JUEL, s, strlen(s), &l->expr,
                         &err)
               == 0)
        return;
    l->expr = NULL;
    l->variable = NULL;
    foreign(r, l, x, "expression", text);
}

static void
script(struct reader *r, struct wr_listener *l, const struct wr_xml *x,
       const char *format, const char *text)
{
    if (!text) /* said */
        return;
    text = wr_xml_trim(r->b->arena, text);
    l->expr = wr_build_script(r->b, x, format, text);
}

/* What our listeners cannot be told: values for the fields of a Java object. */
static void
check_fields(struct reader *r, const struct wr_xml *x)
{
    const struct wr_xml *f = wr_xml_child(x, x->ns, "field");
    const char *resource = wr_xml_attr(x, "onTransaction");

    if (f)
        wr_build_found(r->b, WR_F_EXT_UNSUPPORTED, f,
                       "the element 'field' of '%s' has no effect here",
                       x->name);
    if (resource)
        wr_build_found(r->b, WR_F_UNSUPPORTED_ATTRIBUTE, x,
                       "unsupported attribute 'onTransaction' of '%s'",
                       x->name);
}

/* When it is told. */
static void
read_timer(struct reader *r, struct wr_listener *l, const struct wr_xml *x)
{
    const struct wr_xml *d = wr_xml_child(x, WR_NS_BPMN,
                                          "timerEventDefinition");
    struct wr_event_def *def;

    if (l->moment != WR_MOMENT_TIMEOUT) {
        if (d)
            wr_build_found(r->b, WR_F_EXT_UNSUPPORTED, d,
                           "the element 'timerEventDefinition' of '%s' has no"
                           " effect without the event 'timeout'",
                           x->name);
        return;
    }
    def = wr_new(r->b->arena, struct wr_event_def);
    def->trigger = WR_TRIGGER_TIMER;
    l->timer = def;
    if (d)
        wr_build_timer(r->b, def, x, d);
    else
        wr_build_found(r->b, WR_F_NO_TIMER, x,
                       "a '%s' of the event 'timeout' needs a"
                       " timerEventDefinition",
                       x->name);
}

static void
read_code(struct reader *r, struct wr_listener *l, const struct wr_xml *x)
{
    static const char *const code[] = { "class", "delegateExpression" };
    const struct wr_xml *s = wr_xml_child(x, x->ns, "script");
    const char *text;

    for (size_t i = 0; i < WR_COUNT(code); i++) {
        text = wr_xml_attr(x, code[i]);
        if (text && *text) {
            foreign(r, l, x, code[i], text);
            return;
        }
    }
    text = wr_xml_attr(x, "expression");
    if (text && *text)
        expression(r, l, x, text);
    else if (s)
        script(r, l, s,
               wr_xml_attr(s, x->ns == WR_NS_CAMUNDA ? "scriptFormat"
                                                     : "language"),
               wr_xml_attr(s, "resource")
                   ? wr_build_resource(r->b, s, wr_xml_attr(s, "resource"))
                   : s->text);
    else
        wr_build_found(r->b, WR_F_NO_IMPLEMENTATION, x,
                       "a '%s' that says nothing of what to do", x->name);
}

static void
read_java(struct reader *r, const struct wr_xml *x)
{
    const char *event = wr_xml_attr(x, "event");
    struct wr_listener *l;

    if (!event)
        event = r->owner == OF_FLOW ? "take" : "";
    l = add(r, x, event);
    if (!l)
        return;
    check_fields(r, x);
    read_timer(r, l, x);
    read_code(r, l, x);
    if (l->moment == WR_MOMENT_CANCEL && x->ns == WR_NS_FLOWABLE)
        copy_delete(r, l);
}

/* ---- drools, spiffworkflow ---- */

static void
read_script(struct reader *r, const struct wr_xml *x)
{
    const struct wr_xml *s = wr_xml_child(x, x->ns, "script");
    bool before = !strcmp(x->name, "onEntry-script")
                  || !strcmp(x->name, "preScript");
    const char *text = wr_xml_trim(r->b->arena, s ? s->text : x->text);
    struct wr_listener *l;

    if (!*text)
        return;
    l = add(r, x, before ? "start" : "end");
    if (!l)
        return;
    script(r, l, x,
           x->ns == WR_NS_SPIFF ? "python" : wr_xml_attr(x, "scriptFormat"),
           text);
}

/* ---- all of them ---- */

static bool
is(const struct wr_xml *x, enum wr_ns ns, const char *name)
{
    return x->ns == ns && !strcmp(x->name, name);
}

static void
read_one(struct reader *r, const struct wr_xml *x)
{
    const char *inner = is(x, WR_NS_ZEEBE, "executionListeners")
                            ? "executionListener"
                        : is(x, WR_NS_ZEEBE, "taskListeners") ? "taskListener"
                                                              : NULL;

    if (inner) {
        for (x = wr_xml_child(x, WR_NS_ZEEBE, inner); x;
             x = wr_xml_next(x, WR_NS_ZEEBE, inner))
            read_zeebe(r, x);
    } else if ((x->ns == WR_NS_CAMUNDA || x->ns == WR_NS_FLOWABLE)
               && (!strcmp(x->name, "executionListener")
                   || !strcmp(x->name, "taskListener"))) {
        read_java(r, x);
    } else if (is(x, WR_NS_DROOLS, "onEntry-script")
               || is(x, WR_NS_DROOLS, "onExit-script")
               || is(x, WR_NS_SPIFF, "preScript")
               || is(x, WR_NS_SPIFF, "postScript")) {
        read_script(r, x);
    }
}

/* At least as many as there are. */
static int
count(const struct wr_xml *list)
{
    int n = 0;

    for (const struct wr_xml *x = list->first; x; x = x->next) {
        n += 2;
        for (const struct wr_xml *c = x->first; c; c = c->next)
            n++;
    }

    return n;
}

/* What the process wants to hear of all its elements. */
static void
add_heard(struct reader *r, const struct wr_heard *h)
{
    for (int i = 0; i < h->n; i++) {
        if ((int)h->who[i] == (int)r->owner && happens(r, h->items[i].moment))
            r->items[r->n++] = h->items[i];
    }
}

static struct wr_listeners
read_all(struct wr_build *b, const struct wr_xml *e, enum owner owner,
         const struct wr_node *node, const struct wr_heard *heard)
{
    const struct wr_xml *list = wr_xml_child(e, WR_NS_BPMN,
                                             "extensionElements");
    struct reader r = { .b = b, .owner = owner, .node = node };

    if (!list && !heard->n)
        return (struct wr_listeners){ 0 };
    r.items = wr_newn(b->arena, struct wr_listener,
                      (list ? count(list) : 0) + heard->n);
    for (const struct wr_xml *x = list ? list->first : NULL; x; x = x->next)
        read_one(&r, x);
    add_heard(&r, heard);

    return (struct wr_listeners){ r.items, r.n };
}

void
wr_build_listeners(struct wr_build *b)
{
    bool global = b->n_nodes && b->node_xml[0] == b->process;
    struct wr_heard heard = wr_build_heard(b);

    if (!global)
        b->scopes[0].listeners = read_all(b, b->process, OF_PROCESS, NULL,
                                          &heard);
    for (int i = 0; i < b->n_nodes; i++)
        b->nodes[i].listeners = read_all(b, b->node_xml[i], OF_NODE,
                                         &b->nodes[i], &heard);
    for (int i = 0; i < b->n_flows; i++) {
        if (wr_xml_is(b->flow_xml[i], "sequenceFlow"))
            b->flows[i].listeners = read_all(b, b->flow_xml[i], OF_FLOW, NULL,
                                             &heard);
    }
}
