/* mapping.c: inputs and outputs: zeebe:ioMapping and camunda:inputOutput. */

#include <string.h>

#include "engine/model/build.h"

static struct wr_template
constant(struct wr_build *b, const char *text)
{
    return (struct wr_template){
        .kind = WR_TPL_CONST,
        .constant = wr_value_string(b->arena, text),
    };
}

static struct wr_template
evaluated(const struct wr_expr *e)
{
    return e ? (struct wr_template){ .kind = WR_TPL_EXPR, .expr = e }
             : (struct wr_template){ .kind = WR_TPL_CONST,
                                     .constant = &wr_null };
}

static struct wr_template
from_text(struct wr_build *b, const struct wr_xml *at, enum wr_ns ns,
          const char *text)
{
    struct wr_attr attr = wr_build_attr(b, at, ns, text);

    return attr.expr ? evaluated(attr.expr) : constant(b, attr.text);
}

static struct wr_template from_element(struct wr_build *b,
                                       const struct wr_xml *e);

/* <list><value/><script/>...</list> or <map><entry key=""/>...</map>. */
static struct wr_template
from_items(struct wr_build *b, const struct wr_xml *e, bool map)
{
    struct wr_template t = { .kind = map ? WR_TPL_MAP : WR_TPL_LIST };
    struct wr_template *items;
    struct wr_attr *keys;
    int max = 0;

    for (const struct wr_xml *c = e->first; c; c = c->next)
        max++;
    items = wr_newn(b->arena, struct wr_template, max);
    keys = wr_newn(b->arena, struct wr_attr, max);
    for (const struct wr_xml *c = e->first; c; c = c->next) {
        const char *key = wr_xml_attr(c, "key");

        if (c->ns != e->ns)
            continue;
        if (map && (!key || strcmp(c->name, "entry") != 0)) {
            wr_build_found(b, WR_F_BAD_MAPPING, c, "a map entry without key");
            continue;
        }
        if (map)
            keys[t.n_items] = wr_build_attr(b, c, c->ns, key);
        items[t.n_items++] = from_element(b, c);
    }
    t.items = items;
    t.keys = map ? keys : NULL;

    return t;
}

static struct wr_template
from_script(struct wr_build *b, const struct wr_xml *e)
{
    const char *resource = wr_xml_attr(e, "resource");
    const char *text = resource ? wr_build_resource(b, e, resource)
                                : wr_xml_trim(b->arena, e->text);

    return evaluated(
        text ? wr_build_script(b, e, wr_xml_attr(e, "scriptFormat"), text)
             : NULL);
}

/* A parameter, entry or value: text, or one element that builds a value. */
static struct wr_template
from_element(struct wr_build *b, const struct wr_xml *e)
{
    if (!strcmp(e->name, "script"))
        return from_script(b, e);
    if (!strcmp(e->name, "list") || !strcmp(e->name, "map")) /* in another */
        return from_items(b, e, e->name[0] == 'm');
    for (const struct wr_xml *c = e->first; c; c = c->next) {
        if (c->ns != e->ns)
            continue;
        if (!strcmp(c->name, "script"))
            return from_script(b, c);
        if (!strcmp(c->name, "list"))
            return from_items(b, c, false);
        if (!strcmp(c->name, "map"))
            return from_items(b, c, true);
        wr_build_found(b, WR_F_UNSUPPORTED_ELEMENT, c,
                       "unsupported element '%s' in '%s'", c->name, e->name);
    }

    return from_text(b, e, e->ns, e->text);
}

struct list {
    struct wr_mapping *items;
    int n;
};

static void
add(struct wr_build *b, struct list *l, const struct wr_xml *at,
    const char *target, struct wr_template source)
{
    if (!target || !*target)
        wr_build_found(b, WR_F_BAD_MAPPING, at, "'%s' without a target",
                       at->name);
    else
        l->items[l->n++] = (struct wr_mapping){ .target = target,
                                                .source = source };
}

static void
from_zeebe(struct wr_build *b, struct list *l, const struct wr_xml *io,
           const char *name)
{
    for (const struct wr_xml *x = wr_xml_child(io, WR_NS_ZEEBE, name); x;
         x = wr_xml_next(x, WR_NS_ZEEBE, name)) {
        const char *source = wr_xml_attr(x, "source");
        const char *target = wr_xml_attr(x, "target");

        if (!source)
            wr_build_found(b, WR_F_BAD_MAPPING, x, "'%s' without a source",
                           x->name);
        else
            add(b, l, x, target ? wr_xml_trim(b->arena, target) : NULL,
                from_text(b, x, WR_NS_ZEEBE, source));
    }
}

static void
from_camunda(struct wr_build *b, struct list *l, const struct wr_xml *io,
             const char *name)
{
    for (const struct wr_xml *x = wr_xml_child(io, WR_NS_CAMUNDA, name); x;
         x = wr_xml_next(x, WR_NS_CAMUNDA, name))
        add(b, l, x, wr_xml_attr(x, "name"), from_element(b, x));
}

static struct list
read_list(struct wr_build *b, const struct wr_xml *zeebe,
          const struct wr_xml *camunda, const char *zeebe_name,
          const char *camunda_name)
{
    struct list l = { 0 };
    int max = 0;

    if (zeebe)
        max += wr_xml_count(zeebe, WR_NS_ZEEBE, zeebe_name);
    if (camunda)
        max += wr_xml_count(camunda, WR_NS_CAMUNDA, camunda_name);
    if (max == 0)
        return l;
    l.items = wr_newn(b->arena, struct wr_mapping, max);
    if (zeebe)
        from_zeebe(b, &l, zeebe, zeebe_name);
    if (camunda)
        from_camunda(b, &l, camunda, camunda_name);

    return l;
}

/* Room for so many more. */
static void
make_room(struct wr_build *b, struct list *l, int more)
{
    struct wr_mapping *grown = wr_newn(b->arena, struct wr_mapping,
                                       l->n + more);

    for (int k = 0; k < l->n; k++)
        grown[k] = l->items[k];
    l->items = grown;
}

/* camunda:connector has mappings of its own beside the element's. */
static void
from_connector(struct wr_build *b, struct list *l, const struct wr_xml *e,
               const char *name)
{
    const struct wr_xml *c = wr_build_extension(e, WR_NS_CAMUNDA, "connector");
    const struct wr_xml *io = c ? wr_xml_child(c, WR_NS_CAMUNDA, "inputOutput")
                                : NULL;

    if (!io)
        return;
    make_room(b, l, wr_xml_count(io, WR_NS_CAMUNDA, name));
    from_camunda(b, l, io, name);
}

/* An expression of the vendor's, or the name of a variable. */
static struct wr_template
from_source(struct wr_build *b, const struct wr_xml *x)
{
    const char *name = wr_xml_attr(x, "source");
    const char *text = wr_xml_attr(x, "sourceExpression");

    if (!text)
        text = wr_arena_printf(b->arena, "${%s}", name ? name : "");

    return evaluated(wr_build_expr(b, x, WR_LANG_JUEL, text));
}

static void
from_worker(struct wr_build *b, struct list *l, const struct wr_xml *e,
            const char *name)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_FLOWABLE, name);

    if (!x)
        return;
    make_room(b, l, wr_xml_count(x->parent, WR_NS_FLOWABLE, name));
    for (; x; x = wr_xml_next(x, WR_NS_FLOWABLE, name))
        add(b, l, x, wr_xml_attr(x, "target"), from_source(b, x));
}

/* spiffworkflow: values are expressions in Python's style. */
static void
from_operator(struct wr_build *b, struct list *l, const struct wr_xml *e)
{
    const struct wr_xml *o = wr_build_extension(e, WR_NS_SPIFF,
                                                "serviceTaskOperator");
    const struct wr_xml *all = o ? wr_xml_child(o, WR_NS_SPIFF, "parameters")
                                 : NULL;
    const struct wr_xml *x;

    if (o && !all)
        all = wr_xml_child(o, WR_NS_SPIFF, "parameterList");
    if (!all)
        return;
    make_room(b, l, wr_xml_count(all, WR_NS_SPIFF, "parameter"));
    for (x = wr_xml_child(all, WR_NS_SPIFF, "parameter"); x;
         x = wr_xml_next(x, WR_NS_SPIFF, "parameter")) {
        const char *v = wr_xml_attr(x, "value");
        const struct wr_expr *value = NULL;

        if (v && *v)
            value = wr_build_expr(b, x, WR_LANG_PYTHON, v);
        add(b, l, x, wr_xml_attr(x, "id"), evaluated(value));
    }
}

void
wr_build_mappings(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *zeebe = wr_build_extension(e, WR_NS_ZEEBE,
                                                    "ioMapping");
    const struct wr_xml *camunda = wr_build_extension(e, WR_NS_CAMUNDA,
                                                      "inputOutput");
    struct list in, out;

    in = read_list(b, zeebe, camunda, "input", "inputParameter");
    out = read_list(b, zeebe, camunda, "output", "outputParameter");
    from_connector(b, &in, e, "inputParameter");
    from_connector(b, &out, e, "outputParameter");
    from_worker(b, &in, e, "externalWorkerInParameter");
    from_worker(b, &out, e, "externalWorkerOutParameter");
    from_operator(b, &in, e);
    n->inputs = in.items;
    n->n_inputs = in.n;
    n->outputs = out.items;
    n->n_outputs = out.n;
}
