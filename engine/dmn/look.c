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

struct inputs {
    const struct wr_dmn *dmn;
    struct wr_dmn_input *items;
    size_t n;
    bool *seen; /* by index */
};

static void
add_input(struct inputs *in, const struct wr_dmn_element *e)
{
    const struct wr_xml *v = wr_xml_child(e->xml, WR_NS_DMN, "variable");

    in->items[in->n++] = (struct wr_dmn_input){
        .name = e->variable,
        .type = v ? wr_xml_attr(v, "typeRef") : NULL,
    };
}

static void
add_inputs(struct inputs *in, const struct wr_dmn_element *e)
{
    if (in->seen[e->index])
        return;
    in->seen[e->index] = true;
    if (e->kind == WR_DMN_INPUT)
        add_input(in, e);
    for (size_t i = 0; i < e->n_needs; i++)
        add_inputs(in, e->needs[i].element);
}

size_t
wr_dmn_inputs(struct wr_arena *a, const struct wr_dmn *d,
              const struct wr_dmn_element *e, const struct wr_dmn_input **out)
{
    struct inputs in = { .dmn = d };

    in.items = wr_newn(a, struct wr_dmn_input, d->n_elements + 1);
    in.seen = wr_newn(a, bool, d->n_elements + 1);
    *out = in.items;
    if (e->kind != WR_DMN_SERVICE)
        add_inputs(&in, e);
    for (size_t i = 0; i < e->n_params; i++)
        add_input(&in, e->params[i]);

    return in.n;
}

const char *
wr_dmn_source_name(const struct wr_dmn *d, size_t nth)
{
    return nth < d->n_files ? d->files[nth].source : NULL;
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
