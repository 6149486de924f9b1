/*
 * message_flow.c: what message flows say about messages (BPMN 2.0.2, 9.3).
 *
 *     a name     for an end that has no message of its own: the flow's message,
 *                else that of the other end, else the flow's id
 *     an aim     what is thrown is for the process, and the element, that the
 *                flow leads to
 *
 * A flow that begins at the border of a sub-process, at a pool or at an activity
 * with several iterations is for what throws its message in there without a flow
 * of its own.
 *
 * A pool without a process is somebody outside: a message with a name goes to
 * whoever waits for it, one without is noted in the history.
 */

#include <string.h>

#include "engine/model/build.h"

enum {
    MAX_SEARCHES = 1000000
};

struct wr_message_flow {
    const struct wr_xml *xml, *from, *to;
    const struct wr_message_flow *next_from, *next_to; /* of the same end */
};

struct wr_message_flows { /* by wr_xml.order of an end: its first flow */
    const struct wr_message_flow **from, **to;
};

static const struct wr_xml *
end_of(struct wr_build *b, const struct wr_xml *flow, const char *attr)
{
    const char *ref = wr_xml_attr(flow, attr);

    return ref ? wr_xml_ref(b->doc, flow, wr_xml_trim(b->arena, ref), NULL)
               : NULL;
}

/* Flows are collected backwards, so that each end has them in document order. */
static void
add(struct wr_build *b, const struct wr_xml *xml)
{
    struct wr_message_flow *f = wr_new(b->arena, struct wr_message_flow);
    struct wr_message_flows *all = b->message_flows;

    f->xml = xml;
    f->from = end_of(b, xml, "sourceRef");
    f->to = end_of(b, xml, "targetRef");
    if (!f->from || !f->to)
        return;
    f->next_from = all->from[f->from->order];
    all->from[f->from->order] = f;
    f->next_to = all->to[f->to->order];
    all->to[f->to->order] = f;
}

static void
collect(struct wr_build *b)
{
    size_t n = (size_t)b->doc->n_elements;
    const struct wr_xml **flows = wr_newn(b->arena, const struct wr_xml *, n);
    struct wr_message_flows *all = wr_new(b->arena, struct wr_message_flows);
    int n_flows = 0;

    all->from = wr_newn(b->arena, const struct wr_message_flow *, n);
    all->to = wr_newn(b->arena, const struct wr_message_flow *, n);
    b->message_flows = all;
    for (const struct wr_xml *c = b->doc->root->first; c; c = c->next) {
        for (const struct wr_xml *f = c->is & WR_IS_COLLABORATION ? c->first
                                                                  : NULL;
             f; f = f->next) {
            if (wr_xml_is(f, "messageFlow"))
                flows[n_flows++] = f;
        }
    }
    while (n_flows > 0)
        add(b, flows[--n_flows]);
}

static const struct wr_message_flow *
flows_from(struct wr_build *b, const struct wr_xml *e)
{
    if (!b->message_flows)
        collect(b);

    return b->message_flows->from[e->order];
}

/* Many may lead to one, and be asked for by many: a hostile file is bounded. */
static const struct wr_message_flow *
flows_to(struct wr_build *b, const struct wr_xml *e)
{
    if (!b->message_flows)
        collect(b);

    return b->searches++ < MAX_SEARCHES ? b->message_flows->to[e->order] : NULL;
}

static const struct wr_xml *
named(const struct wr_xml *m)
{
    const char *name = wr_xml_is(m, "message") ? wr_xml_attr(m, "name") : NULL;

    return name && *name ? m : NULL;
}

/* A message of element `e`: `same` when it has that one, else its first. */
static const struct wr_xml *
own_message(struct wr_build *b, const struct wr_xml *e,
            const struct wr_xml *same)
{
    const struct wr_xml *first = NULL, *at = NULL, *d;

    if (!(e->is & WR_IS_EVENT))
        return wr_xml_is(e, "sendTask") || wr_xml_is(e, "receiveTask")
                   ? named(wr_build_message_of(b, e))
                   : NULL;
    while ((d = wr_build_definition(b, e, &at))) {
        const struct wr_xml *m = NULL;

        if (wr_xml_is(d, "messageEventDefinition"))
            m = named(wr_build_message_of(b, d));
        if (m && m == same)
            return m;
        first = first ? first : m;
    }

    return first;
}

static bool
catches(struct wr_build *b, const struct wr_xml *e)
{
    const struct wr_xml *at = NULL, *d;

    if (wr_xml_is(e, "receiveTask"))
        return true;
    while (e && (e->is & WR_IS_CATCH) && (d = wr_build_definition(b, e, &at))) {
        if (wr_xml_is(d, "messageEventDefinition"))
            return true;
    }

    return false;
}

static const struct wr_xml *
flow_message(struct wr_build *b, const struct wr_message_flow *f)
{
    return named(end_of(b, f->xml, "messageRef"));
}

/* Under which name does `e`, which has no message of its own, wait? */
static const struct wr_xml *
waited_for(struct wr_build *b, const struct wr_xml *e, const char **name)
{
    const struct wr_message_flow *f = flows_to(b, e);
    const struct wr_xml *m = NULL;

    *name = NULL;
    for (; f && !m && b->searches++ < MAX_SEARCHES; f = f->next_to) {
        *name = *name ? *name : f->xml->id;
        m = flow_message(b, f);
        if (!m && f->from && (f->from->is & WR_IS_NODE))
            m = own_message(b, f->from, NULL);
    }
    if (m)
        *name = wr_xml_attr(m, "name");

    return m;
}

const struct wr_xml *
wr_build_flow_message(struct wr_build *b, const struct wr_xml *e,
                      const char **name)
{
    const struct wr_message_flow *f;
    const struct wr_xml *m = NULL;

    if (!wr_build_throws(e))
        return waited_for(b, e, name);
    *name = NULL;
    for (f = flows_from(b, e); f && !m; f = f->next_from) {
        const char *there = NULL;

        m = flow_message(b, f);
        if (!m && catches(b, f->to)) {
            m = own_message(b, f->to, NULL);
            if (!m)
                m = waited_for(b, f->to, &there);
        }
        if (!*name)
            *name = there ? there : f->xml->id;
    }
    if (m)
        *name = wr_xml_attr(m, "name");

    return m;
}

/* The process that `e` is, stands in or is the pool of; NULL: somebody
 * outside. */
static const struct wr_xml *
process_of(struct wr_build *b, const struct wr_xml *e)
{
    if (wr_xml_is(e, "participant"))
        e = end_of(b, e, "processRef");
    while (e && !wr_xml_is(e, "process"))
        e = e->parent;
    for (const struct wr_xml *c = e ? e->first : NULL; c; c = c->next) {
        if (c->is & WR_IS_NODE)
            return e;
    }

    return NULL; /* nothing in it could wait */
}

/* Where flow `f` leads what is thrown as `def`; false: nobody can be meant. */
static bool
aim(struct wr_build *b, const struct wr_message_flow *f,
    const struct wr_event_def *def, const struct wr_xml *message,
    struct wr_message_aim *out)
{
    const struct wr_xml *p = process_of(b, f->to), *m;

    *out = (struct wr_message_aim){ .process = p ? p->id : NULL };
    if (!p || !catches(b, f->to))
        return message != NULL;
    out->element = f->to->id;
    m = own_message(b, f->to, message);
    if (m)
        out->name = wr_xml_attr(m, "name");
    else
        (void)waited_for(b, f->to, &out->name);
    if (def->name.expr || (out->name && wr_expr_has_marks(out->name))
        || (m && *out->name == '='))
        out->name = NULL; /* each end tells its own */

    return true;
}

/* Does the flow say that it is about this message? */
static bool
is_about(struct wr_build *b, const struct wr_message_flow *f,
         const struct wr_xml *message)
{
    const struct wr_xml *m = flow_message(b, f);

    if (!m && catches(b, f->to))
        m = own_message(b, f->to, message);

    return m
           && (m == message
               || !strcmp(wr_xml_attr(m, "name"),
                          wr_xml_attr(message, "name")));
}

/* Where all flows from `from` lead, or those `about` this message alone. */
static bool
take_aims(struct wr_build *b, struct wr_event_def *def,
          const struct wr_xml *from, const struct wr_xml *message, bool about)
{
    const struct wr_message_flow *first = flows_from(b, from), *f;
    struct wr_message_aim *aims;
    int n = 0;

    for (f = first; f; f = f->next_from)
        n += !about || is_about(b, f, message);
    if (n == 0 || (about && b->searches++ > MAX_SEARCHES))
        return false;
    aims = wr_newn(b->arena, struct wr_message_aim, n);
    for (f = first; f; f = f->next_from) {
        if (!about || is_about(b, f, message))
            def->n_aims += aim(b, f, def, message, &aims[def->n_aims]);
    }
    def->aims = aims;
    def->noted = def->n_aims == 0;

    return true;
}

/* From the pools of the process. */
static void
take_pool_aims(struct wr_build *b, struct wr_event_def *def,
               const struct wr_xml *message)
{
    for (const struct wr_xml *c = b->doc->root->first; c; c = c->next) {
        for (const struct wr_xml *p = c->is & WR_IS_COLLABORATION ? c->first
                                                                  : NULL;
             p && b->searches++ < MAX_SEARCHES; p = p->next) {
            if (wr_xml_is(p, "participant")
                && end_of(b, p, "processRef") == b->process
                && take_aims(b, def, p, message, /* about= */ true))
                return;
        }
    }
}

void
wr_build_outer_aims(struct wr_build *b, struct wr_event_def *def,
                    const struct wr_xml *e, const struct wr_xml *message)
{
    message = named(message);
    if (!message)
        return;
    for (; e && e != b->process; e = e->parent) {
        if (take_aims(b, def, e, message, /* about= */ true))
            return;
    }
    take_pool_aims(b, def, message);
}

void
wr_build_aims(struct wr_build *b, struct wr_event_def *def,
              const struct wr_xml *e, const struct wr_xml *message)
{
    if (!take_aims(b, def, e, message, /* about= */ false)
        && !(e->is & WR_IS_EVENT_DEF)) /* then it stands somewhere else */
        wr_build_outer_aims(b, def, e->parent, message);
}
