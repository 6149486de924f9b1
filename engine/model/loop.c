/*
 * loop.c: activities that run several times: multi-instance and standard loop
 * (BPMN 2.0.2, 10.3.8), in the words of each dialect.
 *
 *     number      loopCardinality, or as many as the collection has elements:
 *                 loopDataInputRef, camunda:collection, flowable:collection,
 *                 zeebe:loopCharacteristics inputCollection
 *     one each    inputDataItem, elementVariable, inputElement
 *     collected   loopDataOutputRef with outputDataItem, outputCollection with
 *                 outputElement
 *
 * What no dialect has a word for is an extension property of the activity:
 * maxConcurrency and loopCounterBase.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/model/build.h"

enum {
    MAX_QUANTITY = 1000,
    MAX_DIGITS = 9
};

/* A whole number of at least `min`; `usual` when the text is NULL. */
static long
whole(struct wr_build *b, const struct wr_xml *at, const char *what,
      const char *text, long min, long max, long usual)
{
    const char *s;
    long n;

    if (!text)
        return usual;
    s = wr_xml_trim(b->arena, text);
    n = strtol(s, NULL, 10);
    if (*s && strspn(s, "0123456789") == strlen(s) && strlen(s) <= MAX_DIGITS
        && n >= min && n <= max)
        return n;
    wr_build_found(b, WR_F_BAD_NUMBER, at,
                   "'%s' of '%s' must be a number from %ld to %ld", what,
                   at->name, min, max);

    return usual;
}

static const struct wr_expr *
expression(struct wr_build *b, const struct wr_xml *loop, const char *name)
{
    const struct wr_xml *e = wr_xml_child(loop, WR_NS_BPMN, name);

    return e ? wr_build_condition(b, e) : NULL;
}

static const char *
data_ref(struct wr_build *b, const struct wr_xml *ref)
{
    const char *text = wr_xml_trim(b->arena, ref->text);
    const struct wr_xml *e = wr_xml_ref(b->doc, ref, text, NULL);

    return e && (e->is & WR_IS_DATA) ? wr_build_data_name(b, e) : text;
}

/* An item of the loop: what one iteration has under this name. */
static const char *
item(struct wr_build *b, const struct wr_xml *loop, const char *name)
{
    const struct wr_xml *e = wr_xml_child(loop, WR_NS_BPMN, name);

    return e ? wr_build_data_name(b, e) : NULL;
}

static void
from_bpmn(struct wr_build *b, struct wr_loop *l, const struct wr_xml *loop)
{
    const struct wr_xml *in = wr_xml_child(loop, WR_NS_BPMN,
                                           "loopDataInputRef");
    const struct wr_xml *out = wr_xml_child(loop, WR_NS_BPMN,
                                            "loopDataOutputRef");

    if (in)
        l->collection = wr_build_attr(b, in, WR_NS_BPMN, data_ref(b, in));
    l->element = item(b, loop, "inputDataItem");
    if (!out)
        return;
    l->output = data_ref(b, out);
    l->output_item = item(b, loop, "outputDataItem");
    if (!l->output_item)
        wr_build_found(b, WR_F_NO_LOOP, loop,
                       "'loopDataOutputRef' without 'outputDataItem'");
}

static const char *
name_of(struct wr_build *b, const char *text)
{
    const char *s = text ? wr_xml_trim(b->arena, text) : NULL;

    return s && *s ? s : NULL;
}

static void
from_camunda(struct wr_build *b, struct wr_loop *l, const struct wr_xml *loop)
{
    enum wr_ns ns;
    const char *text = wr_build_camunda(loop, "collection", &ns);

    if (text)
        l->collection = wr_build_attr(b, loop, ns, text);
    text = wr_build_camunda(loop, "elementVariable", &ns);
    if (text)
        l->element = name_of(b, text);
    text = wr_xml_attr_ns(loop, WR_NS_FLOWABLE, "elementIndexVariable");
    if (text)
        l->counter = name_of(b, text);
}

/* "result" and "result.total" are filled in by the iteration itself: each gets
 * a `result` of its own, so that they do not write over one another. */
static const char *
own_name(struct wr_build *b, const struct wr_loop *l, const char *text)
{
    size_t len = strcspn(text, ".");
    const char *name = wr_arena_strndup(b->arena, text, len);

    for (const char *s = text; *s; s++) {
        bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z')
                      || *s == '_' || (unsigned char)*s >= 0x80;
        bool first = s == text || s[-1] == '.';

        if (!letter && (first || (*s != '.' && (*s < '0' || *s > '9'))))
            return NULL;
    }
    if (!len || (l->element && !strcmp(name, l->element))
        || !strcmp(name, l->counter))
        return NULL;

    return name;
}

static bool
is_plain(struct wr_build *b, const struct wr_xml *x)
{
    static const char *const unbuilt[] = { "targetExpression", "class",
                                           "delegateExpression",
                                           "createOverviewVariable",
                                           "storeAsTransientVariable" };

    for (size_t i = 0; i < WR_COUNT(unbuilt); i++) {
        const char *v = wr_xml_attr(x, unbuilt[i]);

        if (!v || !*v || !strcmp(v, "false"))
            continue;
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, x,
                       "unsupported attribute '%s' of '%s'", unbuilt[i],
                       x->name);
        return false;
    }

    return true;
}

/* "name": source, ... of what is aggregated; false after saying why not. */
static bool
members_of(struct wr_build *b, const struct wr_xml *x, struct wr_str *text)
{
    const struct wr_xml *v = wr_xml_child(x, WR_NS_FLOWABLE, "variable");

    wr_str_add(text, "{");
    for (; v; v = wr_xml_next(v, WR_NS_FLOWABLE, "variable")) {
        const char *source = wr_xml_attr(v, "source");
        const char *name = wr_xml_attr(v, "target");

        name = name && *name ? name : source;
        if (!source || !*source || strpbrk(name, "\"\\")) {
            wr_build_found(b, WR_F_BAD_MAPPING, v,
                           "a variable to be aggregated needs a source");
            return false;
        }
        wr_str_add(text, text->len > 1 ? ", \"" : "\"");
        wr_str_add(text, name);
        wr_str_add(text, "\": ");
        wr_str_add(text, source);
    }
    wr_str_add(text, "}");

    return true;
}

/* flowable:variableAggregation: of each iteration a context of the variables it
 * names; they are a list in `target`. */
static void
from_aggregation(struct wr_build *b, struct wr_loop *l,
                 const struct wr_xml *loop)
{
    const struct wr_xml *x = wr_build_extension(loop, WR_NS_FLOWABLE,
                                                "variableAggregation");
    struct wr_str text = { .arena = b->arena };
    const char *target = x ? wr_xml_attr(x, "target") : NULL;

    if (!x || !is_plain(b, x) || !members_of(b, x, &text))
        return;
    if (!target || !*target || l->output
        || wr_xml_next(x, WR_NS_FLOWABLE, "variableAggregation")) {
        wr_build_found(b, WR_F_BAD_MAPPING, x,
                       "one variableAggregation with a target is all that an"
                       " activity can have");
        return;
    }
    l->output = wr_arena_strdup(b->arena, target);
    l->output_element = wr_build_expr(b, x, WR_LANG_FEEL, wr_str_text(&text));
}

static void
from_zeebe(struct wr_build *b, struct wr_loop *l, const struct wr_xml *x)
{
    const char *in = wr_xml_attr(x, "inputCollection");
    const char *element = wr_xml_attr(x, "outputElement");
    struct wr_attr attr;

    if (in)
        l->collection = wr_build_attr(b, x, WR_NS_ZEEBE, in);
    if (in && !l->collection.expr && *l->collection.text)
        wr_build_found(b, WR_F_BAD_EXPRESSION, x,
                       "inputCollection '%.200s' is no expression ('= ...')",
                       in);
    l->element = name_of(b, wr_xml_attr(x, "inputElement"));
    l->output = name_of(b, wr_xml_attr(x, "outputCollection"));
    if (!element)
        return;
    attr = wr_build_attr(b, x, WR_NS_ZEEBE, element);
    if (!attr.expr && *attr.text)
        wr_build_found(b, WR_F_BAD_EXPRESSION, x,
                       "outputElement '%.200s' is no expression ('= ...')",
                       element);
    l->output_element = attr.expr;
    if (attr.expr)
        l->output_item = own_name(
            b, l, wr_xml_trim(b->arena, wr_expr_text(attr.expr)));
}

static void
multi_instance(struct wr_build *b, struct wr_loop *l, const struct wr_xml *loop)
{
    const struct wr_xml *zeebe = wr_build_extension(loop, WR_NS_ZEEBE,
                                                    "loopCharacteristics");

    l->kind = wr_xml_flag(loop, "isSequential", false) ? WR_LOOP_SEQUENTIAL
                                                       : WR_LOOP_PARALLEL;
    l->cardinality = expression(b, loop, "loopCardinality");
    l->condition = expression(b, loop, "completionCondition");
    from_bpmn(b, l, loop);
    from_camunda(b, l, loop);
    if (zeebe)
        from_zeebe(b, l, zeebe);
    from_aggregation(b, l, loop);
    if (!l->collection.text
        && !wr_xml_child(loop, WR_NS_BPMN, "loopCardinality"))
        wr_build_found(b, WR_F_NO_LOOP, loop,
                       "neither a number nor a collection says how often '%s'"
                       " runs",
                       loop->parent->name);
    else if (l->collection.text && !*l->collection.text)
        wr_build_found(b, WR_F_NO_LOOP, loop, "the collection has no name");
}

static void
standard(struct wr_build *b, struct wr_loop *l, const struct wr_xml *loop)
{
    l->kind = WR_LOOP_STANDARD;
    l->test_before = wr_xml_flag(loop, "testBefore", false);
    l->maximum = whole(b, loop, "loopMaximum", wr_xml_attr(loop, "loopMaximum"),
                       0, WR_LOOP_MAX, -1);
    l->condition = expression(b, loop, "loopCondition");
    if (!wr_xml_child(loop, WR_NS_BPMN, "loopCondition") && l->maximum < 0)
        wr_build_found(b, WR_F_NO_LOOP, loop,
                       "neither a condition nor a maximum ends the loop of"
                       " '%s'",
                       loop->parent->name);
}

static bool
flag(const struct wr_xml *loop, const char *name)
{
    enum wr_ns ns;
    const char *v = wr_build_camunda(loop, name, &ns);

    return v && (!strcmp(v, "true") || !strcmp(v, "1"));
}

static void
build(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
      const struct wr_xml *loop)
{
    struct wr_loop *l = wr_new(b->arena, struct wr_loop);

    n->loop = l;
    l->maximum = -1;
    l->counter = "loopCounter";
    l->async_before = flag(loop, "asyncBefore") || flag(loop, "async");
    l->async_after = flag(loop, "asyncAfter");
    l->base = whole(b, e, "loopCounterBase",
                    wr_build_property(e, "loopCounterBase"), 0, 1,
                    b->dialect == WR_DIALECT_ZEEBE);
    l->max_active = whole(b, e, "maxConcurrency",
                          wr_build_property(e, "maxConcurrency"), 1,
                          WR_LOOP_MAX, WR_LOOP_MAX);
    if (wr_xml_is(loop, "standardLoopCharacteristics"))
        standard(b, l, loop);
    else
        multi_instance(b, l, loop);
    wr_build_loop_throws(b, n, l, loop);
}

void
wr_build_loop(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    n->start_quantity = n->completion_quantity = 1;
    if (!(e->is & WR_IS_ACTIVITY))
        return;
    n->start_quantity = (int)whole(b, e, "startQuantity",
                                   wr_xml_attr(e, "startQuantity"), 1,
                                   MAX_QUANTITY, 1);
    n->completion_quantity = (int)whole(b, e, "completionQuantity",
                                        wr_xml_attr(e, "completionQuantity"), 1,
                                        MAX_QUANTITY, 1);
    for (const struct wr_xml *c = e->first; c; c = c->next) {
        if (c->ns == WR_NS_BPMN && (c->is & WR_IS_LOOP))
            build(b, n, e, c);
    }
}
