/*
 * link.c: link events (BPMN 2.0.2, 10.5.5): a sequence flow that is not drawn.
 *
 * Each throwing link gets a flow of its own to the catching link it names, so
 * that running, joins and reachability need to know nothing of links.  A target
 * that is named by reference counts before one of the same name.
 */

#include <string.h>

#include "engine/model/build.h"

enum {
    MAX_SEARCHES = 1000000
};

static const struct wr_xml *
link_of(struct wr_build *b, const struct wr_xml *e)
{
    const struct wr_xml *at = NULL, *d;

    while ((d = wr_build_definition(b, e, &at))) {
        if (!strcmp(d->name, "linkEventDefinition"))
            return d;
    }

    return NULL;
}

bool
wr_link_is_source(const struct wr_xml *e)
{
    return wr_xml_is(e, "intermediateThrowEvent")
           && (wr_xml_child(e, WR_NS_BPMN, "linkEventDefinition")
               || wr_xml_child(e, WR_NS_BPMN, "eventDefinitionRef"));
}

bool
wr_link_is_target(struct wr_build *b, int node)
{
    return b->nodes[node].kind == WR_INTERMEDIATE_CATCH
           && link_of(b, b->node_xml[node]);
}

static const struct wr_xml *
named_target(struct wr_build *b, const struct wr_xml *link)
{
    const struct wr_xml *t = wr_xml_child(link, WR_NS_BPMN, "target");

    return t ? wr_xml_ref(b->doc, t, wr_xml_trim(b->arena, t->text), NULL)
             : NULL;
}

static bool
same_name(const struct wr_xml *one, const struct wr_xml *other)
{
    const char *x = wr_xml_attr(one, "name"), *y = wr_xml_attr(other, "name");

    return x && y && *x && !strcmp(x, y);
}

/* The catching link that `link` leads to; -1: none, -2: several. */
static int
target_of(struct wr_build *b, int source, const struct wr_xml *link,
          const struct wr_xml **links)
{
    const struct wr_xml *named = named_target(b, link);
    int found = -1;

    for (int i = 0; i < b->n_nodes && b->searches++ < MAX_SEARCHES; i++) {
        if (!links[i] || b->nodes[i].kind != WR_INTERMEDIATE_CATCH
            || b->nodes[i].scope != b->nodes[source].scope)
            continue;
        if (links[i] == named)
            return i;
        if (same_name(link, links[i]))
            found = found == -1 ? i : -2;
    }

    return found;
}

void
wr_build_links(struct wr_build *b)
{
    const struct wr_xml **links = wr_newn(b->arena, const struct wr_xml *,
                                          b->n_nodes);

    for (int i = 0; i < b->n_nodes; i++) {
        if (b->nodes[i].kind == WR_INTERMEDIATE_CATCH
            || b->nodes[i].kind == WR_INTERMEDIATE_THROW)
            links[i] = link_of(b, b->node_xml[i]);
    }
    for (int i = 0; i < b->n_nodes; i++) {
        const struct wr_xml *e = b->node_xml[i];
        int target;

        if (!links[i] || b->nodes[i].kind != WR_INTERMEDIATE_THROW)
            continue;
        target = target_of(b, i, links[i], links);
        if (target < 0) {
            wr_build_found(b, WR_F_NO_LINK, e,
                           target == -1 ? "'%s' has no catching link"
                                        : "'%s' has several catching links",
                           b->nodes[i].id);
            continue;
        }
        b->flow_xml[b->n_flows] = e;
        b->flows[b->n_flows++] =
            (struct wr_flow){ .line = e->line, .source = i, .target = target };
    }
}
