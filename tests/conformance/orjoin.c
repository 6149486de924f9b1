/*
 * orjoin: does an inclusive join fire?  One graph a line on standard input:
 *
 *     join nodes flows boundary tokens active
 *     g n0,n1,g f0:n0:g,f1:n1:g b0:n1 f0:2 n1
 *
 * nodes; flows as id:source:target; boundary events as id:host; flows with
 * tokens as id:count; active nodes; "-" for nothing.  Answers 1 or 0 a line.
 * The model goes through the reader, so the sets computed at deployment are
 * judged together with the test at run time (SEMANTICS S7).
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exec/exec.h"
#include "engine/model/bpmn.h"

enum {
    FIELDS = 6,
    LINE = 1 << 16
};

static void
die(const char *what, const char *why)
{
    fprintf(stderr, "orjoin: %s: %s\n", what, why);
    exit(1);
}

/* Up to 3 parts of the next item of a list; false at its end. */
static bool
next_item(char **list, char *parts[3])
{
    char *item = *list ? strsep(list, ",") : NULL;

    if (!item || strcmp(item, "-") == 0)
        return false;
    for (int k = 0; k < 3; k++)
        parts[k] = item ? strsep(&item, ":") : NULL;

    return true;
}

static void
add_nodes(struct wr_str *xml, char *nodes, const char *join)
{
    char *p[3];

    while (next_item(&nodes, p))
        wr_str_printf(xml, "<%s id='%s'/>",
                      strcmp(p[0], join) == 0 ? "inclusiveGateway" : "task",
                      p[0]);
}

static void
add_boundaries(struct wr_str *xml, char *boundaries)
{
    char *p[3];

    while (next_item(&boundaries, p))
        wr_str_printf(xml,
                      "<boundaryEvent id='%s' attachedToRef='%s'>"
                      "<timerEventDefinition><timeDuration>PT1H"
                      "</timeDuration></timerEventDefinition>"
                      "</boundaryEvent>",
                      p[0], p[1]);
}

static void
add_flows(struct wr_str *xml, char *flows)
{
    char *p[3];

    while (next_item(&flows, p))
        wr_str_printf(xml,
                      "<sequenceFlow id='%s' sourceRef='%s'"
                      " targetRef='%s'/>",
                      p[0], p[1], p[2]);
}

static const struct wr_model *
read_model(struct wr_arena *a, char *field[FIELDS])
{
    struct wr_str xml = { .arena = a };
    struct wr_bpmn_options options = { 0 };
    struct wr_bpmn bpmn = { 0 };
    struct wr_err err;

    wr_str_add(&xml, "<definitions xmlns="
                     "'http://www.omg.org/spec/BPMN/20100524/MODEL'>"
                     "<process id='p' isExecutable='true'>"
                     "<startEvent id='start'/>");
    add_nodes(&xml, field[1], field[0]);
    add_flows(&xml, field[2]);
    add_boundaries(&xml, field[3]);
    wr_str_add(&xml, "</process></definitions>");
    if (wr_bpmn_read(a, xml.s, xml.len, &options, &bpmn, &err) < 0)
        die(xml.s, err.text);
    if (bpmn.n_models != 1)
        die(xml.s, bpmn.findings.n ? bpmn.findings.items[0].detail : "empty");

    return bpmn.models[0];
}

static void
add_tokens(const struct wr_model *m, struct wr_instance *i, char *tokens,
           char *active)
{
    char *p[3];

    while (next_item(&tokens, p))
        wr_queue_add(i, i->root, wr_model_flow(m, p[0]),
                     strtol(p[1], NULL, 10));
    while (next_item(&active, p)) {
        struct wr_activity *a = wr_activity_new(i, i->root,
                                                wr_model_node(m, p[0]), -1);

        a->stage = WR_STAGE_ACTIVE;
    }
}

static bool
enabled(struct wr_arena *a, char *line)
{
    char *field[FIELDS];
    const struct wr_model *m;
    struct wr_instance *i;
    int join;

    for (int k = 0; k < FIELDS; k++) {
        field[k] = strsep(&line, " \n");
        if (!field[k] || !field[k][0])
            die("a line", "has not six fields");
    }
    m = read_model(a, field);
    i = wr_instance_new(a, (struct wr_uuid){ 0 }, (struct wr_uuid){ 0 }, 0);
    add_tokens(m, i, field[4], field[5]);
    join = m->nodes[wr_model_node(m, field[0])].join;
    if (join < 0)
        die(field[0], "is no join");

    return wr_join_enabled(m, i->root, join);
}

int
main(void)
{
    static char line[LINE];
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);

    while (fgets(line, sizeof(line), stdin)) {
        printf("%d\n", enabled(a, line));
        wr_arena_reset(a);
    }

    return 0;
}
