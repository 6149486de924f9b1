/* payload.c: camunda:in of a signal: the variables that go with it, and the
 * business key of the instances that it starts. */

#include <string.h>

#include "engine/model/build.h"

static void
add(struct wr_build *b, struct wr_event_def *def, struct wr_give *gives,
    const struct wr_xml *in)
{
    const char *variables = wr_xml_attr(in, "variables");
    const char *source = wr_xml_attr(in, "source");
    const char *expression = wr_xml_attr(in, "sourceExpression");
    const char *target = wr_xml_attr(in, "target");
    const char *key = wr_xml_attr(in, "businessKey");

    if (key)
        def->starts_key = wr_build_attr(b, in, in->ns, key);
    else if (variables && !strcmp(variables, "all")) {
        def->gives_all = true;
    } else if ((!source && !expression) || !target || !*target) {
        wr_build_found(b, WR_F_BAD_MAPPING, in,
                       "'in' without a source or a target");
    } else {
        gives[def->n_gives++] = (struct wr_give){
            .target = target,
            .variable = source,
            .expr = source ? NULL
                           : wr_build_expr(b, in, WR_LANG_JUEL, expression),
        };
    }
}

void
wr_build_gives(struct wr_build *b, struct wr_event_def *def,
               const struct wr_xml *d)
{
    static const enum wr_ns spaces[] = { WR_NS_CAMUNDA, WR_NS_FLOWABLE };
    const struct wr_xml *all = d->extensions;
    struct wr_give *gives;
    int n = 0;

    for (size_t i = 0; all && i < WR_COUNT(spaces); i++)
        n += wr_xml_count(all, spaces[i], "in");
    if (n == 0)
        return;
    gives = wr_newn(b->arena, struct wr_give, n);
    for (size_t i = 0; i < WR_COUNT(spaces); i++) {
        for (const struct wr_xml *in = wr_xml_child(all, spaces[i], "in"); in;
             in = wr_xml_next(in, spaces[i], "in"))
            add(b, def, gives, in);
    }
    def->gives = gives;
}
