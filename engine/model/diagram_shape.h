/* diagram_shape.h: what shapes and edges look like; private to the diagram. */

#ifndef WR_DIAGRAM_SHAPE_H
#define WR_DIAGRAM_SHAPE_H

#include "engine/base/str.h"
#include "engine/model/xml.h"

struct wr_drawing {
    struct wr_arena *arena;
    const struct wr_xml_doc *doc;
    struct wr_str *out;
};

struct wr_box {
    double x, y, w, h;
};

/* An attribute as a number; 0 when it is none or beyond any drawing. */
double wr_di_number(const struct wr_xml *e, const char *name);
/* The Bounds below `e`; false when there are none. */
bool wr_box_of(const struct wr_xml *e, struct wr_box *out);

/* `di` shows BPMN element `of`. */
void wr_draw_shape(const struct wr_drawing *d, const struct wr_xml *di,
                   const struct wr_xml *of);
void wr_draw_edge(const struct wr_drawing *d, const struct wr_xml *di,
                  const struct wr_xml *of);

#endif
