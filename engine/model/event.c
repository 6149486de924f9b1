/* event.c: what an event waits for or throws. */

#include <string.h>

#include "engine/model/build.h"
#include "engine/model/timer.h"

enum {
    MAX_SEARCHES = 1000000
};

static const struct {
    int kind;
    enum wr_trigger trigger;
} events[] = {
#define WR_EVENT(kind, trigger) { WR_##kind, WR_TRIGGER_##trigger },
#include "engine/model/events.def"
#undef WR_EVENT
};

static const struct {
    const char *name;
    enum wr_trigger trigger;
} triggers[] = {
    { "messageEventDefinition", WR_TRIGGER_MESSAGE },
    { "timerEventDefinition", WR_TRIGGER_TIMER },
    { "errorEventDefinition", WR_TRIGGER_ERROR },
    { "terminateEventDefinition", WR_TRIGGER_TERMINATE },
    { "escalationEventDefinition", WR_TRIGGER_ESCALATION },
    { "signalEventDefinition", WR_TRIGGER_SIGNAL },
    { "linkEventDefinition", WR_TRIGGER_LINK },
    { "conditionalEventDefinition", WR_TRIGGER_CONDITIONAL },
    { "compensateEventDefinition", WR_TRIGGER_COMPENSATION },
    { "cancelEventDefinition", WR_TRIGGER_CANCEL },
};

const struct wr_xml *
wr_build_definition(struct wr_build *b, const struct wr_xml *e,
                    const struct wr_xml **at)
{
    const struct wr_xml *c = *at ? (*at)->next : e->first;

    for (; c; c = c->next) {
        const struct wr_xml *d = c;

        if (wr_xml_is(c, "eventDefinitionRef"))
            d = wr_xml_ref(b->doc, c, wr_xml_trim(b->arena, c->text), NULL);
        if (!d || !(d->is & WR_IS_EVENT_DEF))
            continue;
        *at = c;
        return d;
    }

    return NULL;
}

struct code_names { /* how BPMN writes what has a code */
    const char *ref, *element, *code;
};

static bool
is_event_sub_start(const struct wr_build *b, const struct wr_node *n)
{
    int owner = b->scopes[n->scope].node;

    return n->kind == WR_START_EVENT && owner >= 0 && b->nodes[owner].event_sub;
}

/* May such an event wait for it, or throw it? */
static bool
is_built(const struct wr_build *b, const struct wr_node *n, int trigger)
{
    int kind = is_event_sub_start(b, n) ? WR_EVENT_SUB : (int)n->kind;

    if (kind == WR_START_EVENT && n->scope != 0 && trigger != WR_TRIGGER_NONE)
        return false; /* a sub-process starts with its token */
    for (size_t i = 0; i < WR_COUNT(events); i++) {
        if (events[i].kind == kind && (int)events[i].trigger == trigger)
            return true;
    }

    return false;
}

/* -1 when the definition is none that is built. */
static int
trigger_of(const struct wr_xml *d)
{
    if (!d)
        return WR_TRIGGER_NONE;
    for (size_t i = 0; i < WR_COUNT(triggers); i++) {
        if (!strcmp(triggers[i].name, d->name))
            return triggers[i].trigger;
    }

    return -1;
}

void
wr_build_timer(struct wr_build *b, struct wr_event_def *def,
               const struct wr_xml *e, const struct wr_xml *d)
{
    static const struct {
        const char *name;
        enum wr_timer_kind kind;
    } kinds[] = {
        { "timeDate", WR_TIMER_DATE },
        { "timeDuration", WR_TIMER_DURATION },
        { "timeCycle", WR_TIMER_CYCLE },
    };
    const struct wr_xml *at = NULL;
    size_t n_errors = b->findings->n_errors;

    for (size_t i = 0; i < WR_COUNT(kinds) && !at; i++) {
        at = wr_xml_child(d, WR_NS_BPMN, kinds[i].name);
        def->timer_kind = kinds[i].kind;
    }
    if (at)
        def->timer = wr_build_timer_text(b, at);
    else
        wr_build_pythmata_timer(b, def, e, d);
    if (b->findings->n_errors > n_errors)
        return;
    if (!def->timer.text || !*def->timer.text) {
        wr_build_found(b, WR_F_NO_TIMER, e, NULL);
        return;
    }
    if (!def->timer.expr)
        wr_timer_check(b, def->timer_kind, def->timer.text, at ? at : e);
    def->timing = wr_build_timing(b, e);
    wr_build_timer_more(b, def, e, d, at);
}

static const struct wr_xml *
by_ref(struct wr_build *b, const struct wr_xml *at, const char *attr,
       const char *name)
{
    const char *ref = wr_xml_attr(at, attr);
    const struct wr_xml *e = ref ? wr_xml_ref(b->doc, at, ref, NULL) : NULL;

    return wr_xml_is(e, name) ? e : NULL;
}

/* Many events may look into one operation: a hostile file finds nothing. */
static const struct wr_xml *
in_message(struct wr_build *b, const struct wr_xml *op)
{
    const struct wr_xml *c = op->first;

    while (c && !wr_xml_is(c, "inMessageRef"))
        c = b->searches++ < MAX_SEARCHES ? c->next : NULL;

    return c;
}

/* A message named by messageRef, or the operation's incoming one. */
const struct wr_xml *
wr_build_message_of(struct wr_build *b, const struct wr_xml *d)
{
    const struct wr_xml *m = by_ref(b, d, "messageRef", "message");
    const struct wr_xml *op = wr_xml_child(d, WR_NS_BPMN, "operationRef");
    const struct wr_xml *in = NULL;

    if (m)
        return m;
    if (op)
        op = wr_xml_ref(b->doc, op, wr_xml_trim(b->arena, op->text), NULL);
    else
        op = by_ref(b, d, "operationRef", "operation");
    if (wr_xml_is(op, "operation"))
        in = in_message(b, op);
    if (in)
        in = wr_xml_ref(b->doc, in, wr_xml_trim(b->arena, in->text), NULL);

    return wr_xml_is(in, "message") ? in : NULL;
}

/* flowable: an expression that gives the name. */
static struct wr_attr
named_by(struct wr_build *b, const struct wr_xml *d, const char *attr)
{
    enum wr_ns ns;
    const char *text = wr_build_camunda(d, attr, &ns);

    if (!text || !*text)
        return (struct wr_attr){ 0 };

    return wr_build_attr(b, d, ns, text);
}

static void
read_message(struct wr_build *b, struct wr_event_def *def,
             const struct wr_xml *e, const struct wr_xml *d)
{
    const struct wr_xml *m = wr_build_message_of(b, d), *s = NULL;
    const char *name = m ? wr_xml_attr(m, "name") : NULL;

    def->name = named_by(b, d, "messageExpression");
    if (def->name.text)
        return;
    if (!name || !*name)
        m = wr_build_flow_message(b, e, &name);
    if (!name || !*name) {
        wr_build_found(b, WR_F_NO_MESSAGE, e, NULL);
        return;
    }
    def->name = (struct wr_attr){ .text = name };
    if (m) {
        def->name = wr_build_attr(b, m, WR_NS_NONE, name);
        s = wr_build_extension(m, WR_NS_ZEEBE, "subscription");
    }
    if (wr_build_throws(e))
        wr_build_aims(b, def, e, m);
    if (s)
        def->correlation = wr_build_attr(b, s, WR_NS_ZEEBE,
                                         wr_xml_attr(s, "correlationKey"));
    else if (m)
        wr_build_correlation(b, def, e, m);
}

/* What a job sends begins conversations, too. */
static void
read_sent(struct wr_build *b, struct wr_event_def *def, const struct wr_xml *e,
          const struct wr_xml *d)
{
    const struct wr_xml *m = wr_build_message_of(b, d);

    if (m)
        wr_build_correlation(b, def, e, m);
}

/* The code of the error or escalation that `ref` names; a reference to nothing
 * is taken as the code itself. */
static const struct wr_xml *
read_code(struct wr_build *b, struct wr_event_def *def, const struct wr_xml *d,
          const struct code_names *names)
{
    const struct wr_xml *e = by_ref(b, d, names->ref, names->element);
    const char *ref = wr_xml_attr(d, names->ref);
    const char *code = e ? wr_xml_attr(e, names->code) : NULL;

    if (!ref || !*ref)
        return NULL;
    if (!code || !*code)
        code = e ? e->id : ref;
    def->name = wr_build_attr(b, e ? e : d, WR_NS_NONE, code);

    return e;
}

static const char *
extension_text(const struct wr_xml *d, const char *name)
{
    enum wr_ns ns;
    const char *text = wr_build_camunda(d, name, &ns);

    return text && *text ? text : NULL;
}

static void
read_error(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
           const struct wr_xml *d, struct wr_event_def *def)
{
    static const struct code_names names = { "errorRef", "error", "errorCode" };
    const struct wr_xml *error = read_code(b, def, d, &names);
    enum wr_ns ns = WR_NS_NONE;
    const char *code = error ? wr_xml_attr(error, "errorCode") : NULL;
    const char *message = error ? wr_build_camunda(error, "errorMessage", &ns)
                                : NULL;

    n->interrupting = true;
    if (error && (!code || !*code))
        wr_build_found(b, WR_F_NO_ERROR_CODE, error, NULL);
    if (n->kind == WR_END_EVENT) {
        if (!def->name.text)
            wr_build_found(b, WR_F_NO_ERROR, e, NULL);
        if (message)
            def->message = wr_build_attr(b, error, ns, message);
        return;
    }
    def->code_variable = extension_text(d, "errorCodeVariable");
    if (!def->code_variable)
        def->code_variable = extension_text(d, "errorVariableName");
    def->message_variable = extension_text(d, "errorMessageVariable");
}

static void
read_escalation(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
                const struct wr_xml *d, struct wr_event_def *def)
{
    static const struct code_names names = { "escalationRef", "escalation",
                                             "escalationCode" };

    (void)read_code(b, def, d, &names);
    if ((n->kind == WR_END_EVENT || n->kind == WR_INTERMEDIATE_THROW)
        && !def->name.text)
        wr_build_found(b, WR_F_NO_ESCALATION, e, NULL);
    def->code_variable = extension_text(d, "escalationCodeVariable");
}

static void
read_signal(struct wr_build *b, struct wr_event_def *def,
            const struct wr_xml *e, const struct wr_xml *d)
{
    const struct wr_xml *signal = by_ref(b, d, "signalRef", "signal");
    const char *name = signal ? wr_xml_attr(signal, "name") : NULL;

    enum wr_ns ns;
    const char *scope = signal ? wr_build_camunda(signal, "scope", &ns) : NULL;

    def->name = named_by(b, d, "signalExpression");
    if (def->name.text) {
        wr_build_gives(b, def, d);
        return;
    }
    if (!name || !*name) {
        wr_build_found(b, WR_F_NO_SIGNAL, e, NULL);
        return;
    }
    def->name = wr_build_attr(b, signal, WR_NS_NONE, name);
    def->local = scope && !strcmp(scope, "processInstance");
    wr_build_gives(b, def, d);
}

static bool
is_thrower(const struct wr_node *n)
{
    return n->kind == WR_END_EVENT || n->kind == WR_INTERMEDIATE_THROW;
}

/* What one event definition says, into `def`. */
static void
read_definition(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
                const struct wr_xml *d, struct wr_event_def *def)
{
    switch (def->trigger) {
    case WR_TRIGGER_MESSAGE:
        if (is_thrower(n) && wr_build_send(b, n, e, d)) {
            read_sent(b, def, e, d);
            break;
        }
        read_message(b, def, e, d);
        wr_build_gives(b, def, d);
        break;
    case WR_TRIGGER_TIMER:
        wr_build_timer(b, def, e, d);
        break;
    case WR_TRIGGER_ERROR:
        read_error(b, n, e, d, def);
        break;
    case WR_TRIGGER_ESCALATION:
        read_escalation(b, n, e, d, def);
        break;
    case WR_TRIGGER_SIGNAL:
        read_signal(b, def, e, d);
        break;
    case WR_TRIGGER_CONDITIONAL:
        wr_build_conditional(b, def, e, d);
        break;
    case WR_TRIGGER_COMPENSATION:
        wr_build_compensation(b, n, e, d, def);
        break;
    case WR_TRIGGER_CANCEL:
        wr_build_cancel(b, n, e);
        break;
    case WR_TRIGGER_TERMINATE:
        def->ends = wr_build_flag(d, "terminateAll") ? WR_ENDS_ALL
                    : wr_build_flag(d, "terminateMultiInstance")
                        ? WR_ENDS_LOOP
                        : WR_ENDS_SCOPE;
        break;
    case WR_TRIGGER_NONE:
    case WR_TRIGGER_LINK:
    case WR_TRIGGER_MULTIPLE:
    case WR_TRIGGER_PARALLEL_MULTIPLE:
        break;
    case WR_TRIGGERS:
        break;
    }
}

static void
refuse(struct wr_build *b, const struct wr_xml *e, const struct wr_xml *d)
{
    wr_build_found(b, WR_F_UNSUPPORTED_ELEMENT, e,
                   "unsupported element '%s' in '%s'", d->name, e->name);
}

/* May an event of this kind wait for or throw it beside others? */
static bool
may_be_part(const struct wr_build *b, const struct wr_node *n, int trigger)
{
    if (trigger == WR_TRIGGER_LINK || !is_built(b, n, trigger))
        return false;

    return n->event.trigger != WR_TRIGGER_PARALLEL_MULTIPLE
           || trigger == WR_TRIGGER_MESSAGE || trigger == WR_TRIGGER_TIMER
           || trigger == WR_TRIGGER_SIGNAL || trigger == WR_TRIGGER_CONDITIONAL;
}

bool
wr_build_thrown(struct wr_build *b, struct wr_node *n, const struct wr_xml *d,
                struct wr_event_def *def)
{
    static const struct code_names errors = { "errorRef", "error",
                                              "errorCode" };
    static const struct code_names escalations = { "escalationRef",
                                                   "escalation",
                                                   "escalationCode" };
    int trigger = trigger_of(d);

    def->trigger = trigger < 0 ? WR_TRIGGER_NONE : (enum wr_trigger)trigger;
    if (trigger == WR_TRIGGER_MESSAGE || trigger == WR_TRIGGER_SIGNAL) {
        read_definition(b, n, d, d, def);
        if (trigger == WR_TRIGGER_MESSAGE && !def->n_aims)
            wr_build_outer_aims(b, def, b->node_xml[n - b->nodes],
                                wr_build_message_of(b, d));
    } else if (trigger == WR_TRIGGER_ERROR
               || trigger == WR_TRIGGER_ESCALATION) {
        (void)read_code(b, def, d,
                        trigger == WR_TRIGGER_ERROR ? &errors : &escalations);
        if (!def->name.text)
            wr_build_found(b,
                           trigger == WR_TRIGGER_ERROR ? WR_F_NO_ERROR
                                                       : WR_F_NO_ESCALATION,
                           d, NULL);
    } else {
        wr_build_found(b, WR_F_UNSUPPORTED_ELEMENT, d,
                       "unsupported element '%s' as what '%s' throws", d->name,
                       n->id);
        return false;
    }

    return true;
}

/* Several definitions: any of them, or (parallelMultiple) all. */
static void
build_multiple(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
               int n_definitions)
{
    struct wr_event_def *parts = wr_newn(b->arena, struct wr_event_def,
                                         n_definitions);
    const struct wr_xml *at = NULL, *d;

    n->event.trigger = !(e->is & WR_IS_THROW)
                               && wr_xml_flag(e, "parallelMultiple", false)
                           ? WR_TRIGGER_PARALLEL_MULTIPLE
                           : WR_TRIGGER_MULTIPLE;
    while ((d = wr_build_definition(b, e, &at))) {
        int trigger = trigger_of(d);

        if (!may_be_part(b, n, trigger)) {
            refuse(b, e, d);
            continue;
        }
        parts[n->n_parts].trigger = (enum wr_trigger)trigger;
        read_definition(b, n, e, d, &parts[n->n_parts++]);
    }
    n->parts = parts;
    if (n->job)
        wr_build_found(b, WR_F_UNSUPPORTED_ELEMENT, e,
                       "unsupported job for one of the events of '%s': give it"
                       " a task of its own",
                       n->id);
}

/* flowable's own kind of event: a variable is written. */
static bool
listens_to_variable(struct wr_build *b, struct wr_node *n,
                    const struct wr_xml *e, bool alone)
{
    const struct wr_xml *d = wr_build_extension(e, WR_NS_FLOWABLE,
                                                "variableListenerEvent"
                                                "Definition");
    bool starts = n->kind == WR_START_EVENT && !is_event_sub_start(b, n);

    if (!d)
        return false;
    if (!alone || starts || !is_built(b, n, WR_TRIGGER_CONDITIONAL)) {
        refuse(b, e, d);
        return true;
    }
    n->event.trigger = WR_TRIGGER_CONDITIONAL;
    wr_build_variable_listener(b, &n->event, d);

    return true;
}

void
wr_build_event(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *at = NULL, *d = NULL, *first = NULL;
    int n_definitions = 0, trigger;

    if (is_event_sub_start(b, n))
        n->interrupting = wr_xml_flag(e, "isInterrupting", true);
    while ((d = wr_build_definition(b, e, &at))) {
        first = first ? first : d;
        n_definitions++;
    }
    if (listens_to_variable(b, n, e, !n_definitions))
        return;
    if (n_definitions > 1) {
        build_multiple(b, n, e, n_definitions);
        return;
    }
    trigger = trigger_of(first);
    if (is_built(b, n, trigger)) {
        n->event.trigger = trigger;
        if (first)
            read_definition(b, n, e, first, &n->event);
    } else if (first) {
        refuse(b, e, first);
    } else {
        wr_build_found(b, WR_F_NO_EVENT, e, "a '%s' without event definition",
                       e->name);
    }
}

/* A job when something says who does it, else its message is thrown. */
void
wr_build_send_task(struct wr_build *b, struct wr_node *n,
                   const struct wr_xml *e)
{
    const char *name;

    if (wr_build_send(b, n, e, e)) {
        read_sent(b, &n->event, e, e);
        return;
    }
    if (!wr_build_message_of(b, e) && !wr_build_flow_message(b, e, &name)
        && !name) {
        wr_build_found(b, WR_F_NO_IMPLEMENTATION, e,
                       "'%s' says neither who sends nor which message", n->id);
        return;
    }
    n->event.trigger = WR_TRIGGER_MESSAGE;
    read_message(b, &n->event, e, e);
}

/* Its message may also be that of its operation or of a message flow; without any
 * it waits for one of its own name, which is its id. */
void
wr_build_receive_task(struct wr_build *b, struct wr_node *n,
                      const struct wr_xml *e)
{
    const char *name;

    n->event.trigger = WR_TRIGGER_MESSAGE;
    if (wr_build_message_of(b, e) || wr_build_flow_message(b, e, &name) || name)
        read_message(b, &n->event, e, e);
    else
        n->event.name = (struct wr_attr){ .text = n->id };
}
