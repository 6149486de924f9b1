/*
 * diagram.c: BPMN DI to SVG: which plane, how large, in which order.
 *
 * Pools, lanes and open sub-processes are painted first, then edges, then what
 * stands on them.  What each shape looks like is in diagram_shape.c.
 */

#include "engine/model/diagram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/diagram_shape.h"

enum {
    MAX_DEPTH = 200,
    MARGIN = 10,
    LABEL_ROOM = 24 /* below the lowest shape */
};

static const double far_out = 1e6; /* no drawing is larger */

bool
wr_box_of(const struct wr_xml *e, struct wr_box *out)
{
    const struct wr_xml *b = wr_xml_child(e, WR_NS_DI, "Bounds");

    if (!b)
        return false;
    *out = (struct wr_box){ wr_di_number(b, "x"), wr_di_number(b, "y"),
                            wr_di_number(b, "width"),
                            wr_di_number(b, "height") };

    return out->w > 0 && out->h > 0;
}

double
wr_di_number(const struct wr_xml *e, const char *name)
{
    const char *text = wr_xml_attr(e, name);
    double n = text ? strtod(text, NULL) : 0;

    return isfinite(n) && fabs(n) < far_out ? n : 0;
}

/* ---- which plane ---- */

/* Does this plane show the process, by itself or as a pool? */
static bool
shows(const struct wr_xml_doc *doc, const struct wr_xml *plane,
      const char *process)
{
    const char *ref = wr_xml_attr(plane, "bpmnElement");
    const struct wr_xml *of = ref ? wr_xml_ref(doc, plane, ref, NULL) : NULL;

    if (!process)
        return true;
    if (!of)
        return false;
    if (of->id && strcmp(of->id, process) == 0)
        return true;
    for (const struct wr_xml *p = wr_xml_child(of, WR_NS_BPMN, "participant");
         p; p = wr_xml_next(p, WR_NS_BPMN, "participant")) {
        const char *name = wr_xml_attr(p, "processRef");
        const struct wr_xml *e = name ? wr_xml_ref(doc, p, name, NULL) : NULL;

        if (e && e->id && strcmp(e->id, process) == 0)
            return true;
    }

    return false;
}

static const struct wr_xml *
plane_of(const struct wr_xml_doc *doc, const char *process)
{
    const struct wr_xml *d = wr_xml_child(doc->root, WR_NS_DI, "BPMNDiagram");

    for (; d; d = wr_xml_next(d, WR_NS_DI, "BPMNDiagram")) {
        const struct wr_xml *plane = wr_xml_child(d, WR_NS_DI, "BPMNPlane");

        if (plane && shows(doc, plane, process))
            return plane;
    }

    return NULL;
}

/* ---- how large ---- */

struct extent {
    double left, top, right, bottom;
    bool any;
};

static void
reach(struct extent *x, double left, double top, double right, double bottom)
{
    x->left = !x->any || left < x->left ? left : x->left;
    x->top = !x->any || top < x->top ? top : x->top;
    x->right = !x->any || right > x->right ? right : x->right;
    x->bottom = !x->any || bottom > x->bottom ? bottom : x->bottom;
    x->any = true;
}

static void
reach_box(struct extent *x, const struct wr_xml *e)
{
    struct wr_box b;

    if (wr_box_of(e, &b))
        reach(x, b.x, b.y, b.x + b.w, b.y + b.h);
}

static struct extent
extent_of(const struct wr_xml *plane)
{
    struct extent x = { 0 };

    for (const struct wr_xml *e = plane->first; e; e = e->next) {
        const struct wr_xml *l = wr_xml_child(e, WR_NS_DI, "BPMNLabel");
        const struct wr_xml *p = wr_xml_child(e, WR_NS_DI, "waypoint");

        reach_box(&x, e);
        if (l)
            reach_box(&x, l);
        for (; p; p = wr_xml_next(p, WR_NS_DI, "waypoint"))
            reach(&x, wr_di_number(p, "x"), wr_di_number(p, "y"),
                  wr_di_number(p, "x"), wr_di_number(p, "y"));
    }

    return x;
}

/* ---- painting ---- */

static void
open_svg(struct wr_str *out, const struct extent *x)
{
    double w = x->right - x->left + 2 * MARGIN;
    double h = x->bottom - x->top + 2 * MARGIN + LABEL_ROOM;

    wr_str_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.10g\""
                  " height=\"%.10g\" viewBox=\"%.10g %.10g %.10g %.10g\">"
                  "<style>text{font:12px sans-serif;fill:#222;stroke:#fff;"
                  "stroke-width:3px;paint-order:stroke}"
                  ".s{fill:#fff;stroke:#222;stroke-width:1.5}"
                  ".l{fill:none;stroke:#222;stroke-width:1.5}"
                  ".f{fill:#222;stroke:none}</style>"
                  "<defs><marker id=\"arrow\" viewBox=\"0 0 10 10\" refX=\"9\""
                  " refY=\"5\" markerWidth=\"8\" markerHeight=\"8\""
                  " orient=\"auto\"><path class=\"f\" d=\"M0 0L10 5L0 10z\"/>"
                  "</marker></defs>",
                  w, h, x->left - MARGIN, x->top - MARGIN, w, h);
}

enum layer {
    CONTAINERS,
    EDGES,
    SHAPES,
    LAYERS
};

static enum layer
layer_of(const struct wr_xml *di, const struct wr_xml *e)
{
    if (!strcmp(di->name, "BPMNEdge"))
        return EDGES;
    if (wr_xml_is(e, "participant") || wr_xml_is(e, "lane")
        || wr_xml_is(e, "group")
        || ((e->is & WR_IS_ACTIVITY)
            && wr_xml_flag(di, "isExpanded", (e->is & WR_IS_SUB) != 0)))
        return CONTAINERS;

    return SHAPES;
}

static void
paint(const struct wr_drawing *d, const struct wr_xml *plane, enum layer layer)
{
    for (const struct wr_xml *e = plane->first; e; e = e->next) {
        const char *ref = wr_xml_attr(e, "bpmnElement");
        const struct wr_xml *of = ref ? wr_xml_ref(d->doc, e, ref, NULL) : NULL;

        if (e->ns != WR_NS_DI || !of || layer_of(e, of) != layer)
            continue;
        if (layer == EDGES)
            wr_draw_edge(d, e, of);
        else
            wr_draw_shape(d, e, of);
    }
}

int
wr_diagram_svg(struct wr_arena *a, const void *bytes, size_t len,
               const char *process, struct wr_str *out, struct wr_err *err)
{
    struct wr_xml_limits limits = { len + 1, MAX_DEPTH };
    struct wr_xml_doc doc;
    struct wr_drawing d = { a, &doc, out };
    const struct wr_xml *plane;
    struct extent x;

    if (wr_xml_parse(a, bytes, len, &limits, &doc, err) < 0)
        return err->code;
    plane = plane_of(&doc, process);
    x = plane ? extent_of(plane) : (struct extent){ 0 };
    if (!x.any)
        return wr_fail(err, WR_ENOTFOUND, "the file has no diagram of '%.80s'",
                       process ? process : "it");
    open_svg(out, &x);
    for (enum layer layer = CONTAINERS; layer < LAYERS; layer++)
        paint(&d, plane, layer);
    wr_str_add(out, "</svg>\n");

    return 0;
}
