/*
 * event_listener.c: flowable:eventListener of a process: who is told of events
 * of all its elements.
 *
 * It becomes a listener of each element that has such an event, behind those of
 * its own: a job where it names a class or bean, else something it throws.
 */

#include <string.h>

#include "engine/model/build.h"

static const struct {
    const char *event, *entity; /* NULL: no entity */
    enum wr_hears who;
    enum wr_moment moment;
} rows[] = {
    { "PROCESS_STARTED", NULL, WR_HEARS_PROCESS, WR_MOMENT_START },
    { "PROCESS_COMPLETED", NULL, WR_HEARS_PROCESS, WR_MOMENT_END },
    { "ACTIVITY_STARTED", NULL, WR_HEARS_NODE, WR_MOMENT_START },
    { "ACTIVITY_COMPLETED", NULL, WR_HEARS_NODE, WR_MOMENT_END },
    { "SEQUENCEFLOW_TAKEN", NULL, WR_HEARS_FLOW, WR_MOMENT_TAKE },
    { "TASK_CREATED", NULL, WR_HEARS_NODE, WR_MOMENT_CREATE },
    { "TASK_ASSIGNED", NULL, WR_HEARS_NODE, WR_MOMENT_ASSIGN },
    { "TASK_COMPLETED", NULL, WR_HEARS_NODE, WR_MOMENT_COMPLETE },
    { "ENTITY_CREATED", "task", WR_HEARS_NODE, WR_MOMENT_CREATE },
    { "ENTITY_CREATED", "process-instance", WR_HEARS_PROCESS, WR_MOMENT_START },
};

static const char *
attribute(const struct wr_xml *e, const char *name)
{
    const char *v = wr_xml_attr(e, name);

    return v && *v ? v : NULL;
}

/* class or delegateExpression: a job. */
static bool
as_job(struct wr_build *b, const struct wr_xml *x, struct wr_listener *l)
{
    static const char *const names[] = { "class", "delegateExpression" };

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        const char *text = attribute(x, names[i]);
        struct wr_job_def *job;

        if (!text)
            continue;
        wr_build_found(b, WR_F_FOREIGN_CODE, x,
                       "%s '%.200s' of a listener becomes a job of that type:"
                       " a worker has to do it",
                       names[i], text);
        job = wr_new(b->arena, struct wr_job_def);
        job->type = (struct wr_attr){ .text = text };
        job->headers = wr_value_context(b->arena, NULL, 0);
        l->job = job;
        return true;
    }

    return false;
}

/* throwEvent, and the attribute that names what is thrown. */
static bool
as_throw(struct wr_build *b, const struct wr_xml *x, struct wr_listener *l)
{
    static const struct {
        const char *what, *attribute;
        enum wr_trigger trigger;
        bool local;
    } kinds[] = {
        { "signal", "signalName", WR_TRIGGER_SIGNAL, true },
        { "globalSignal", "signalName", WR_TRIGGER_SIGNAL, false },
        { "message", "messageName", WR_TRIGGER_MESSAGE, true },
        { "error", "errorCode", WR_TRIGGER_ERROR, false },
    };
    const char *what = attribute(x, "throwEvent");
    struct wr_event_def *def = wr_new(b->arena, struct wr_event_def);

    for (size_t i = 0; what && i < WR_COUNT(kinds); i++) {
        if (strcmp(kinds[i].what, what) != 0)
            continue;
        def->trigger = kinds[i].trigger;
        def->local = kinds[i].local;
        def->name = wr_build_attr(b, x, WR_NS_FLOWABLE,
                                  attribute(x, kinds[i].attribute));
        l->throws = def;
        if (!def->name.text)
            wr_build_found(b, WR_F_NO_IMPLEMENTATION, x,
                           "an 'eventListener' that throws without '%s'",
                           kinds[i].attribute);
        return def->name.text != NULL;
    }
    wr_build_found(
        b, what ? WR_F_UNSUPPORTED_ATTRIBUTE : WR_F_NO_IMPLEMENTATION, x,
        what ? "unsupported attribute 'throwEvent=%.40s' of"
               " 'eventListener'"
             : "an 'eventListener' that says nothing of what to do",
        what);

    return false;
}

/* An error needs an element that it can be thrown from. */
static bool
fits(struct wr_build *b, const struct wr_xml *x, const struct wr_listener *l,
     enum wr_hears who, const char *event)
{
    if (who == WR_HEARS_NODE || !l->throws
        || l->throws->trigger != WR_TRIGGER_ERROR)
        return true;
    wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, x,
                   "unsupported attribute 'throwEvent=error' of"
                   " 'eventListener' for '%.40s'",
                   event);

    return false;
}

static void
add(struct wr_heard *h, const struct wr_listener *l, size_t row)
{
    struct wr_listener *to = &h->items[h->n];

    *to = *l;
    to->moment = rows[row].moment;
    to->event = rows[row].event;
    h->who[h->n++] = rows[row].who;
}

/* One of the events, a name of `len` bytes. */
static void
hear(struct wr_build *b, struct wr_heard *h, const struct wr_xml *x,
     const struct wr_listener *l, const char *event, size_t len)
{
    const char *entity = attribute(x, "entityType");
    bool found = false;

    for (size_t i = 0; i < WR_COUNT(rows); i++) {
        if (strlen(rows[i].event) != len
            || strncmp(rows[i].event, event, len) != 0
            || (rows[i].entity
                && (!entity || strcmp(entity, rows[i].entity) != 0)))
            continue;
        found = true;
        if (fits(b, x, l, rows[i].who, rows[i].event))
            add(h, l, i);
    }
    if (!found)
        wr_build_found(b, WR_F_UNSUPPORTED_ELEMENT, x,
                       "unsupported event '%.*s'%s%.40s of 'eventListener' at"
                       " 'process'",
                       (int)(len > 40 ? 40 : len), event,
                       entity ? " for entity " : "", entity ? entity : "");
}

static void
read_one(struct wr_build *b, struct wr_heard *h, const struct wr_xml *x)
{
    const char *events = attribute(x, "events");
    struct wr_listener l = { 0 };

    if (wr_xml_attr(x, "onTransaction"))
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, x,
                       "unsupported attribute 'onTransaction' of '%s'",
                       x->name);
    if (!as_job(b, x, &l) && !as_throw(b, x, &l))
        return;
    for (size_t i = 0; !events && i < WR_COUNT(rows); i++) {
        if (!rows[i].entity && fits(b, x, &l, rows[i].who, rows[i].event))
            add(h, &l, i);
    }
    while (events && *events) {
        size_t from = strspn(events, " \t\r\n,");
        size_t len = strcspn(events + from, " \t\r\n,");

        if (len)
            hear(b, h, x, &l, events + from, len);
        events += from + len;
    }
}

struct wr_heard
wr_build_heard(struct wr_build *b)
{
    const struct wr_xml *list = wr_xml_child(b->process, WR_NS_BPMN,
                                             "extensionElements");
    struct wr_heard h = { 0 };
    size_t max = 0;

    for (const struct wr_xml *x = list ? list->first : NULL; x; x = x->next) {
        const char *events = wr_xml_attr(x, "events");

        if (x->ns == WR_NS_FLOWABLE && !strcmp(x->name, "eventListener"))
            max += WR_COUNT(rows) + (events ? strlen(events) : 0);
    }
    h.items = wr_newn(b->arena, struct wr_listener, max);
    h.who = wr_newn(b->arena, enum wr_hears, max);
    for (const struct wr_xml *x = list ? list->first : NULL; x; x = x->next)
        if (x->ns == WR_NS_FLOWABLE && !strcmp(x->name, "eventListener"))
            read_one(b, &h, x);

    return h;
}
