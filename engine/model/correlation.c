/*
 * correlation.c: BPMN's own correlation as keys (BPMN 2.0.2, 8.3.3).
 *
 * A correlation key is a list of properties; each says where a message has it.
 *
 *     who throws the message   its key is what the messagePath of each property
 *                              gives for it
 *     who sends it by the API  the same, as the one that waits tells it
 *     who waits for it         the process's correlationSubscription binds the
 *                              properties of a key to dataPaths of its own; of
 *                              a key that it does not bind, the first message
 *                              of the conversation sets the value
 *
 * Several properties are joined by "|".
 */

#include <string.h>

#include "engine/model/build.h"

enum {
    MAX_PROPERTIES = 16,
    MAX_SEARCHES = 1000000
};

struct paths {
    const struct wr_xml *items[MAX_PROPERTIES];
    int n;
};

static const struct wr_xml *
by_text(struct wr_build *b, const struct wr_xml *at)
{
    return wr_xml_ref(b->doc, at, wr_xml_trim(b->arena, at->text), NULL);
}

static bool
refers(struct wr_build *b, const struct wr_xml *at, const char *attr,
       const struct wr_xml *to)
{
    const char *ref = wr_xml_attr(at, attr);

    return ref && wr_xml_ref(b->doc, at, ref, NULL) == to;
}

/* The child `path` of the child `name` of `e` that refers to `to`; NULL. */
static const struct wr_xml *
path_of(struct wr_build *b, const struct wr_xml *e, const char *name,
        const char *attr, const struct wr_xml *to, const char *path)
{
    const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, name);

    while (c && b->searches++ < MAX_SEARCHES && !refers(b, c, attr, to))
        c = wr_xml_next(c, WR_NS_BPMN, name);

    return c && refers(b, c, attr, to) ? wr_xml_child(c, WR_NS_BPMN, path)
                                       : NULL;
}

/* What each property of the key is for this message: in the message itself, or
 * as `subscription` binds it; false when one is missing. */
static bool
collect(struct wr_build *b, const struct wr_xml *key, const struct wr_xml *m,
        const struct wr_xml *subscription, struct paths *out)
{
    const struct wr_xml *c = wr_xml_child(key, WR_NS_BPMN,
                                          "correlationPropertyRef");

    out->n = 0;
    for (; c; c = wr_xml_next(c, WR_NS_BPMN, "correlationPropertyRef")) {
        const struct wr_xml *p = by_text(b, c), *path;

        if (!wr_xml_is(p, "correlationProperty") || out->n == MAX_PROPERTIES)
            return false;
        path = path_of(b, p, "correlationPropertyRetrievalExpression",
                       "messageRef", m, "messagePath");
        if (path && subscription)
            path = path_of(b, subscription, "correlationPropertyBinding",
                           "correlationPropertyRef", p, "dataPath");
        if (!path)
            return false;
        out->items[out->n++] = path;
    }

    return out->n > 0;
}

static struct wr_attr
joined(struct wr_build *b, const struct paths *p)
{
    struct wr_str feel = { .arena = b->arena }, juel = { .arena = b->arena };
    struct wr_attr key = { .text = "" };
    int marked = 0;

    if (p->n == 1) {
        key.text = wr_xml_trim(b->arena, p->items[0]->text);
        key.expr = wr_build_condition(b, p->items[0]);
        return key;
    }
    for (int k = 0; k < p->n; k++) {
        const char *text = wr_xml_trim(b->arena, p->items[k]->text);

        marked += wr_expr_has_marks(text);
        wr_str_printf(&juel, "%s%s", k ? "|" : "", text);
        wr_str_printf(&feel, "%sstring(%s)", k ? " + \"|\" + " : "",
                      text + (*text == '='));
    }
    key.text = wr_str_text(marked == p->n ? &juel : &feel);
    key.expr = wr_build_expr(
        b, p->items[0], marked == p->n ? WR_LANG_JUEL : WR_LANG_FEEL, key.text);

    return key;
}

/* The key it waits for, and where the message itself has it. */
static void
expected(struct wr_build *b, struct wr_event_def *def, const struct wr_xml *m)
{
    const struct wr_xml *s = wr_xml_child(b->process, WR_NS_BPMN,
                                          "correlationSubscription");
    struct paths p;

    for (; s; s = wr_xml_next(s, WR_NS_BPMN, "correlationSubscription")) {
        const char *ref = wr_xml_attr(s, "correlationKeyRef");
        const struct wr_xml *key = ref ? wr_xml_ref(b->doc, s, ref, NULL)
                                       : NULL;

        if (!wr_xml_is(key, "correlationKey") || !collect(b, key, m, s, &p))
            continue;
        def->correlation = joined(b, &p);
        if (collect(b, key, m, NULL, &p))
            def->brought = joined(b, &p);
        return;
    }
}

/* All keys of all collaborations, in document order. */
static void
find_keys(struct wr_build *b)
{
    const struct wr_xml **keys = wr_newn(b->arena, const struct wr_xml *,
                                         (size_t)b->doc->n_elements + 1);
    int n = 0;

    for (const struct wr_xml *c = b->doc->root->first; c; c = c->next) {
        const struct wr_xml *e = c->is & WR_IS_COLLABORATION ? c : NULL;

        for (; e; e = wr_xml_walk(c, e)) {
            if (wr_xml_is(e, "correlationKey"))
                keys[n++] = e;
        }
    }
    b->keys = keys;
    b->n_keys = n;
}

/* Does the process bind the key to data of its own? */
static bool
is_bound(struct wr_build *b, const struct wr_xml *key)
{
    const struct wr_xml *s = wr_xml_child(b->process, WR_NS_BPMN,
                                          "correlationSubscription");

    while (s && b->searches++ < MAX_SEARCHES
           && !refers(b, s, "correlationKeyRef", key))
        s = wr_xml_next(s, WR_NS_BPMN, "correlationSubscription");

    return s && refers(b, s, "correlationKeyRef", key);
}

static const char *
name_of(const struct wr_xml *key)
{
    const char *name = key->id ? key->id : wr_xml_attr(key, "name");

    return name ? name : "correlationKey";
}

static void
add_talk(struct wr_build *b, struct wr_event_def *def, const char *key,
         struct wr_attr value)
{
    struct wr_talk *grown = wr_newn(b->arena, struct wr_talk,
                                    (size_t)def->n_talks + 1);

    for (int k = 0; k < def->n_talks; k++)
        grown[k] = def->talks[k];
    grown[def->n_talks++] = (struct wr_talk){ key, value };
    def->talks = grown;
}

/* What this message has for the keys it is complete for: few. */
static void
talk(struct wr_build *b, struct wr_event_def *def, const struct wr_xml *m,
     bool throws)
{
    struct paths p;

    if (!b->keys)
        find_keys(b);
    for (int k = 0; k < b->n_keys; k++) {
        struct wr_attr value;

        if (b->searches++ > MAX_SEARCHES || def->n_talks == MAX_PROPERTIES
            || !collect(b, b->keys[k], m, NULL, &p))
            continue;
        value = joined(b, &p);
        if (throws && !def->correlation.text)
            def->correlation = value; /* of the first */
        if (!is_bound(b, b->keys[k]))
            add_talk(b, def, name_of(b->keys[k]), value);
    }
}

bool
wr_build_throws(const struct wr_xml *e)
{
    return (e->is & (WR_IS_THROW | WR_IS_EVENT_DEF))
           || wr_xml_is(e, "sendTask");
}

void
wr_build_correlation(struct wr_build *b, struct wr_event_def *def,
                     const struct wr_xml *e, const struct wr_xml *message)
{
    bool throws = wr_build_throws(e);

    if (!throws)
        expected(b, def, message);
    if (!def->correlation.text)
        talk(b, def, message, throws);
}
