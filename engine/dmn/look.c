/* What is asked of a model to deploy it. */

#include <string.h>

#include "engine/dmn/drg.h"

const char *
wr_dmn_model_id(const struct wr_dmn *d)
{
    const char *id = d->files[0].doc.root->id;

    return id ? id : "";
}

const char *
wr_dmn_key(const struct wr_dmn_element *e)
{
    return *e->id ? e->id : e->name;
}

const char *
wr_dmn_version_tag(const struct wr_dmn_element *e)
{
    const char *v = wr_xml_attr_ns(e->xml, WR_NS_CAMUNDA, "versionTag");
    const struct wr_xml *x = wr_xml_child(e->xml, WR_NS_DMN,
                                          "extensionElements");

    if (!v && x)
        x = wr_xml_child(x, WR_NS_ZEEBE, "versionTag");
    if (!v && x)
        v = wr_xml_attr(x, "value");

    return v && *v ? v : NULL;
}

int
wr_dmn_line(const struct wr_dmn_element *e)
{
    return e->xml->line;
}

/* A version that nobody knows is refused as DMN, not as bad BPMN. */
bool
wr_dmn_is_file(const void *bytes, size_t len,
               const struct wr_xml_limits *limits)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    const char *uri;

    return wr_xml_peek(scratch, bytes, len, limits, &uri) == WR_NS_DMN
           || strstr(uri, "/spec/DMN/") != NULL;
}
