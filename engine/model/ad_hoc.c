/*
 * ad_hoc.c: ad-hoc sub-processes (BPMN 2.0.2, 10.3.3), in the words of each
 * dialect.
 *
 *     zeebe:adHoc activeElementsCollection, outputCollection, outputElement
 *
 * The extension property autoComplete says whether one without completion
 * condition ends by itself; in files of Camunda 8 it does unless told not to.
 */

#include <string.h>

#include "engine/model/build.h"

static const char *
trimmed(struct wr_build *b, const struct wr_xml *x, const char *name)
{
    const char *v = wr_xml_attr(x, name);

    v = v ? wr_xml_trim(b->arena, v) : NULL;

    return v && *v ? v : NULL;
}

static const struct wr_expr *
expression(struct wr_build *b, const struct wr_xml *x, const char *name)
{
    const char *text = trimmed(b, x, name);
    struct wr_attr attr;

    if (!text)
        return NULL;
    attr = wr_build_attr(b, x, WR_NS_ZEEBE, text);
    if (!attr.expr && *attr.text)
        wr_build_found(b, WR_F_BAD_EXPRESSION, x,
                       "%s '%.200s' is no expression ('= ...')", name, text);

    return attr.expr;
}

static void
read_zeebe(struct wr_build *b, struct wr_ad_hoc *h, const struct wr_xml *x)
{
    h->active = expression(b, x, "activeElementsCollection");
    h->output = trimmed(b, x, "outputCollection");
    h->output_element = expression(b, x, "outputElement");
    if (!h->output != !h->output_element)
        wr_build_found(b, WR_F_BAD_MAPPING, x,
                       "outputCollection and outputElement go together");
}

void
wr_build_ad_hoc(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    struct wr_ad_hoc *h = wr_new(b->arena, struct wr_ad_hoc);
    const struct wr_xml *zeebe = wr_build_extension(e, WR_NS_ZEEBE, "adHoc");
    const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, "completionCondition");
    const char *ordering = wr_xml_attr(e, "ordering");
    const char *auto_complete = wr_build_property(e, "autoComplete");

    n->ad_hoc = h;
    if (wr_build_extension(e, WR_NS_ZEEBE, "taskDefinition"))
        wr_build_found(b, WR_F_UNSUPPORTED_ELEMENT, e,
                       "unsupported element 'taskDefinition' in '%s'", e->name);
    h->sequential = ordering && !strcmp(ordering, "Sequential");
    h->cancel_remaining = wr_xml_flag(e, "cancelRemainingInstances", true);
    if (c)
        h->condition = wr_build_condition(b, c);
    h->auto_complete = auto_complete ? !strcmp(auto_complete, "true")
                                     : b->dialect == WR_DIALECT_ZEEBE;
    if (c)
        h->auto_complete = false;
    if (zeebe)
        read_zeebe(b, h, zeebe);
}
