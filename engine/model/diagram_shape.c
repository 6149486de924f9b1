/* diagram_shape.c: shapes, edges and their labels as SVG. */

#include "engine/model/diagram_shape.h"

#include <string.h>

enum {
    LINE = 14,  /* pixels from one line of text to the next */
    LETTER = 6, /* width of one, about */
    MAX_LINES = 8
};

static void
escape(struct wr_str *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '<')
            wr_str_add(out, "&lt;");
        else if (s[i] == '>')
            wr_str_add(out, "&gt;");
        else if (s[i] == '&')
            wr_str_add(out, "&amp;");
        else if (s[i] == '"')
            wr_str_add(out, "&quot;");
        else
            wr_str_addn(out, (unsigned char)s[i] < ' ' ? " " : &s[i], 1);
    }
}

static void
open_group(const struct wr_drawing *d, const struct wr_xml *of)
{
    wr_str_add(d->out, "<g data-element=\"");
    escape(d->out, of->id ? of->id : "", of->id ? strlen(of->id) : 0);
    wr_str_printf(d->out, "\" data-type=\"%s\">", of->name);
}

/* ---- text ---- */

/* Where the line that begins at `s` ends: a blank, at most `room` letters. */
static size_t
line_end(const char *s, size_t room)
{
    size_t n = 0, blank = 0, letters = 0;

    for (; s[n] && s[n] != '\n'; n++) {
        letters += ((unsigned char)s[n] & 0xc0) != 0x80;
        if (letters > room)
            return blank ? blank : n;
        if (s[n] == ' ')
            blank = n;
    }

    return n;
}

static int
count_lines(const char *s, size_t room)
{
    int n = 0;

    while (*s && n < MAX_LINES) {
        s += line_end(s, room);
        s += strspn(s, " \n");
        n++;
    }

    return n;
}

/* Lines of text, centered at x, the first at baseline y. */
static void
put_lines(const struct wr_drawing *d, const char *s, double x, double y,
          size_t room)
{
    s += strspn(s, " \n");
    for (int k = 0; *s && k < MAX_LINES; k++) {
        size_t n = line_end(s, room);

        wr_str_printf(d->out,
                      "<text x=\"%.10g\" y=\"%.10g\" text-anchor=\"middle\">",
                      x, y + k * LINE);
        escape(d->out, s, n);
        wr_str_add(d->out, "</text>");
        s += n;
        s += strspn(s, " \n");
    }
}

static size_t
room_of(double width)
{
    return width > 4 * LETTER ? (size_t)(width / LETTER) : 4;
}

static void
text_inside(const struct wr_drawing *d, const char *s, const struct wr_box *b)
{
    size_t room = room_of(b->w - 8);
    int lines = count_lines(s, room);

    put_lines(d, s, b->x + b->w / 2,
              b->y + b->h / 2 - (lines - 1) * LINE / 2.0 + 4, room);
}

/* At its own bounds, else below the shape. */
static void
label(const struct wr_drawing *d, const struct wr_xml *di, const char *s,
      const struct wr_box *below)
{
    const struct wr_xml *l = wr_xml_child(di, WR_NS_DI, "BPMNLabel");
    struct wr_box b;

    if (!s || !*s)
        return;
    if (l && wr_box_of(l, &b))
        put_lines(d, s, b.x + b.w / 2, b.y + LINE - 3,
                  room_of(b.w > 60 ? b.w : 60));
    else if (below)
        put_lines(d, s, below->x + below->w / 2, below->y + below->h + LINE,
                  15);
}

/* ---- shapes ---- */

static void
put_rect(const struct wr_drawing *d, const struct wr_box *b, double radius,
         const char *more)
{
    wr_str_printf(d->out,
                  "<rect class=\"s\" x=\"%.10g\" y=\"%.10g\" width=\"%.10g\""
                  " height=\"%.10g\" rx=\"%.10g\"%s/>",
                  b->x, b->y, b->w, b->h, radius, more);
}

static void
put_circle(const struct wr_drawing *d, const struct wr_box *b, double inset,
           const char *more)
{
    wr_str_printf(d->out,
                  "<circle class=\"s\" cx=\"%.10g\" cy=\"%.10g\" r=\"%.10g\""
                  "%s/>",
                  b->x + b->w / 2, b->y + b->h / 2, b->w / 2 - inset, more);
}

/* A path in units of a tenth of the box, from its middle. */
static void
put_mark(const struct wr_drawing *d, const struct wr_box *b, const char *path,
         bool filled)
{
    wr_str_printf(d->out,
                  "<path class=\"%s\" transform=\"translate(%.10g %.10g)"
                  " scale(%.10g)\" vector-effect=\"non-scaling-stroke\""
                  " d=\"%s\"/>",
                  filled ? "f" : "l", b->x + b->w / 2, b->y + b->h / 2,
                  b->w / 10, path);
}

static const struct {
    const char *name, *path;
} event_marks[] = {
    { "messageEventDefinition", "M-2.4-1.6H2.4V1.6H-2.4zL0 .3L2.4-1.6" },
    { "timerEventDefinition",
      "M0-2.6A2.6 2.6 0 1 1 0 2.6A2.6 2.6 0 1 1 0-2.6M0-1.8V0L1.3.8" },
    { "errorEventDefinition", "M-2.4 2.2L-1-2L.8.8L2.4-2.2L1 2.2L-.8-.6z" },
    { "escalationEventDefinition", "M0-2.5L2 2.2L0 .4L-2 2.2z" },
    { "signalEventDefinition", "M0-2.4L2.4 1.8H-2.4z" },
    { "conditionalEventDefinition",
      "M-1.9-2.3H1.9V2.3H-1.9zM-1.2-1.2H1.2M-1.2 0H1.2M-1.2 1.2H1.2" },
    { "compensateEventDefinition", "M0-1.8V1.8L-2.2 0zM2.2-1.8V1.8L0 0z" },
    { "cancelEventDefinition",
      "M-2-1.4L-1.4-2L0-.6L1.4-2L2-1.4L.6 0L2 1.4L1.4 2L0 .6L-1.4 2L-2 1.4"
      "L-.6 0z" },
    { "linkEventDefinition", "M-2.4-1H.4V-2.2L2.6 0L.4 2.2V1H-2.4z" },
    { "terminateEventDefinition",
      "M0-2.8A2.8 2.8 0 1 1 0 2.8A2.8 2.8 0 1 1 0-2.8" },
};

static void
put_event_mark(const struct wr_drawing *d, const struct wr_box *b,
               const struct wr_xml *of)
{
    const struct wr_xml *found = NULL;
    int n = 0;

    for (const struct wr_xml *c = of->first; c; c = c->next) {
        if (!(c->is & WR_IS_EVENT_DEF))
            continue;
        found = c;
        n++;
    }
    if (n > 1)
        put_mark(d, b, "M0-2.6L2.5-.8L1.5 2.1H-1.5L-2.5-.8z",
                 (of->is & WR_IS_THROW) != 0);
    for (size_t k = 0; n == 1 && k < WR_COUNT(event_marks); k++) {
        if (!strcmp(event_marks[k].name, found->name))
            put_mark(d, b, event_marks[k].path,
                     (of->is & WR_IS_THROW) != 0
                         && strcmp(found->name, "messageEventDefinition") != 0);
    }
}

static void
draw_event(const struct wr_drawing *d, const struct wr_box *b,
           const struct wr_xml *of)
{
    bool goes_on = !wr_xml_flag(of, "cancelActivity", true)
                   || !wr_xml_flag(of, "isInterrupting", true);
    const char *line = goes_on ? " stroke-dasharray=\"4 3\"" : "";

    if (wr_xml_is(of, "endEvent"))
        line = " style=\"stroke-width:4\"";
    put_circle(d, b, 0, line);
    if (!wr_xml_is(of, "startEvent") && !wr_xml_is(of, "endEvent"))
        put_circle(d, b, 3, line);
    put_event_mark(d, b, of);
}

static void
draw_gateway(const struct wr_drawing *d, const struct wr_box *b,
             const struct wr_xml *di, const struct wr_xml *of)
{
    wr_str_printf(d->out,
                  "<path class=\"s\" d=\"M%.10g %.10gL%.10g %.10gL%.10g %.10g"
                  "L%.10g %.10gz\"/>",
                  b->x + b->w / 2, b->y, b->x + b->w, b->y + b->h / 2,
                  b->x + b->w / 2, b->y + b->h, b->x, b->y + b->h / 2);
    if (wr_xml_is(of, "parallelGateway"))
        put_mark(d, b, "M0-2.4V2.4M-2.4 0H2.4", false);
    else if (wr_xml_is(of, "inclusiveGateway"))
        put_mark(d, b, "M0-2.2A2.2 2.2 0 1 1 0 2.2A2.2 2.2 0 1 1 0-2.2", false);
    else if (wr_xml_is(of, "complexGateway"))
        put_mark(d, b,
                 "M0-2.4V2.4M-2.4 0H2.4M-1.7-1.7L1.7 1.7M-1.7 1.7L1.7-1.7",
                 false);
    else if (wr_xml_is(of, "eventBasedGateway"))
        put_mark(d, b,
                 "M0-2.6A2.6 2.6 0 1 1 0 2.6A2.6 2.6 0 1 1 0-2.6M0-1.6L1.5-.5"
                 "L.9 1.3H-.9L-1.5-.5z",
                 false);
    else if (wr_xml_flag(di, "isMarkerVisible", false))
        put_mark(d, b, "M-1.6-2L1.6 2M-1.6 2L1.6-2", false);
}

/* What stands at the bottom of an activity. */
static void
put_markers(const struct wr_drawing *d, const struct wr_box *b,
            const struct wr_xml *di, const struct wr_xml *of)
{
    struct wr_box at = { b->x + b->w / 2 - 20, b->y + b->h - 26, 40, 40 };
    const struct wr_xml *many = wr_xml_child(
        of, WR_NS_BPMN, "multiInstanceLoopCharacteristics");

    if ((of->is & WR_IS_SUB) && !wr_xml_flag(di, "isExpanded", true)) {
        put_mark(d, &at, "M-1.7-1.7H1.7V1.7H-1.7zM0-1.1V1.1M-1.1 0H1.1", false);
        at.x += 20;
    }
    if (many && wr_xml_flag(many, "isSequential", false))
        put_mark(d, &at, "M-1.5-1H1.5M-1.5 0H1.5M-1.5 1H1.5", false);
    else if (many)
        put_mark(d, &at, "M-1-1.5V1.5M0-1.5V1.5M1-1.5V1.5", false);
    else if (wr_xml_child(of, WR_NS_BPMN, "standardLoopCharacteristics"))
        put_mark(d, &at,
                 "M-.6 1.3A1.5 1.5 0 1 1 .6 1.3M-.6 1.3H-1.5M-.6 1.3V.4",
                 false);
    if (wr_xml_flag(of, "isForCompensation", false))
        put_mark(d, &at, "M0-1.2V1.2L-1.5 0zM1.5-1.2V1.2L0 0z", false);
}

static void
draw_activity(const struct wr_drawing *d, const struct wr_box *b,
              const struct wr_xml *di, const struct wr_xml *of)
{
    const char *name = wr_xml_attr(of, "name"), *more = "";
    struct wr_box title = { b->x, b->y, b->w, 2 * LINE };

    if (wr_xml_is(of, "callActivity"))
        more = " style=\"stroke-width:4\"";
    else if (wr_xml_flag(of, "triggeredByEvent", false))
        more = " stroke-dasharray=\"2 3\"";
    put_rect(d, b, 10, more);
    if (wr_xml_is(of, "transaction")) {
        struct wr_box inner = { b->x + 3, b->y + 3, b->w - 6, b->h - 6 };

        put_rect(d, &inner, 8, "");
    }
    if (name && (of->is & WR_IS_SUB) && wr_xml_flag(di, "isExpanded", true))
        text_inside(d, name, &title);
    else if (name)
        text_inside(d, name, b);
    put_markers(d, b, di, of);
}

/* A pool or lane: its name stands upright at the left. */
static void
draw_pool(const struct wr_drawing *d, const struct wr_box *b,
          const struct wr_xml *of)
{
    const char *name = wr_xml_attr(of, "name");
    double x = b->x + 18, y = b->y + b->h / 2;

    put_rect(d, b, 0, "");
    if (!name)
        return;
    wr_str_printf(d->out,
                  "<text x=\"%.10g\" y=\"%.10g\" text-anchor=\"middle\""
                  " transform=\"rotate(-90 %.10g %.10g)\">",
                  x, y, x, y);
    escape(d->out, name, strlen(name));
    wr_str_add(d->out, "</text>");
}

static void
draw_data(const struct wr_drawing *d, const struct wr_box *b)
{
    double fold = b->w / 3;

    wr_str_printf(d->out,
                  "<path class=\"s\" d=\"M%.10g %.10gh%.10gl%.10g %.10gv%.10g"
                  "h%.10gz\"/>",
                  b->x, b->y, b->w - fold, fold, fold, b->h - fold, -b->w);
}

static void
draw_annotation(const struct wr_drawing *d, const struct wr_box *b,
                const struct wr_xml *of)
{
    const struct wr_xml *t = wr_xml_child(of, WR_NS_BPMN, "text");

    wr_str_printf(d->out, "<path class=\"l\" d=\"M%.10g %.10gh-10v%.10gh10\"/>",
                  b->x + 10, b->y, b->h);
    if (t)
        text_inside(d, wr_xml_trim(d->arena, t->text), b);
}

void
wr_draw_shape(const struct wr_drawing *d, const struct wr_xml *di,
              const struct wr_xml *of)
{
    const char *name = wr_xml_attr(of, "name");
    struct wr_box b;

    if (!wr_box_of(di, &b))
        return;
    open_group(d, of);
    if (of->is & WR_IS_ACTIVITY) {
        draw_activity(d, &b, di, of);
    } else if (of->is & WR_IS_EVENT) {
        draw_event(d, &b, of);
        label(d, di, name, &b);
    } else if (of->is & WR_IS_GATEWAY) {
        draw_gateway(d, &b, di, of);
        label(d, di, name, &b);
    } else if (wr_xml_is(of, "participant") || wr_xml_is(of, "lane")) {
        draw_pool(d, &b, of);
    } else if (wr_xml_is(of, "textAnnotation")) {
        draw_annotation(d, &b, of);
    } else if (wr_xml_is(of, "group")) {
        put_rect(d, &b, 10, " style=\"fill:none;stroke-dasharray:8 4 2 4\"");
    } else {
        draw_data(d, &b);
        label(d, di, name, &b);
    }
    wr_str_add(d->out, "</g>");
}

/* ---- edges ---- */

void
wr_draw_edge(const struct wr_drawing *d, const struct wr_xml *di,
             const struct wr_xml *of)
{
    const struct wr_xml *p = wr_xml_child(di, WR_NS_DI, "waypoint");
    const char *style = " marker-end=\"url(#arrow)\"";

    if (!p)
        return;
    if (wr_xml_is(of, "messageFlow"))
        style = " stroke-dasharray=\"8 5\" marker-end=\"url(#arrow)\"";
    else if (!wr_xml_is(of, "sequenceFlow"))
        style = " stroke-dasharray=\"2 4\"";
    open_group(d, of);
    wr_str_printf(d->out, "<polyline class=\"l\"%s points=\"", style);
    for (; p; p = wr_xml_next(p, WR_NS_DI, "waypoint"))
        wr_str_printf(d->out, "%.10g,%.10g ", wr_di_number(p, "x"),
                      wr_di_number(p, "y"));
    wr_str_add(d->out, "\"/>");
    label(d, di, wr_xml_attr(of, "name"), NULL);
    wr_str_add(d->out, "</g>");
}
