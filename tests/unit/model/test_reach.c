#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "tests/lib/t.h"
#include "tests/unit/model/read.h"

/*
 * Graphs of inclusive gateways g0..gN and tasks t0..tM, some of them with a
 * boundary event bK; the sets of the reader against the definition: which
 * flows can a token be on that comes to flow u without passing the join?
 */

enum {
    GATEWAYS = 3,
    TASKS = 4,
    FLOWS = 14
};

static int
pick(unsigned *seed, int n)
{
    *seed = *seed * 1103515245 + 12345;

    return (int)(*seed >> 16) % n;
}

static const char *
random_graph(struct wr_arena *a, unsigned seed)
{
    struct wr_str s = { .arena = a };

    wr_str_add(&s, "<startEvent id='s'/>"
                   "<sequenceFlow id='fs' sourceRef='s' targetRef='t0'/>");
    for (int i = 0; i < GATEWAYS; i++)
        wr_str_printf(&s, "<inclusiveGateway id='g%d'/>", i);
    for (int i = 0; i < TASKS; i++)
        wr_str_printf(&s,
                      "<task id='t%d'/><boundaryEvent id='b%d' "
                      "attachedToRef='t%d'><errorEventDefinition/>"
                      "</boundaryEvent>",
                      i, i, i);
    for (int i = 0; i < FLOWS; i++) {
        int from = pick(&seed, GATEWAYS + 2 * TASKS);
        int to = pick(&seed, GATEWAYS + TASKS);

        wr_str_printf(&s, "<sequenceFlow id='f%d' sourceRef='%c%d' ", i,
                      from < GATEWAYS           ? 'g'
                      : from < GATEWAYS + TASKS ? 't'
                                                : 'b',
                      from < GATEWAYS           ? from
                      : from < GATEWAYS + TASKS ? from - GATEWAYS
                                                : from - GATEWAYS - TASKS);
        wr_str_printf(&s, "targetRef='%c%d'/>", to < GATEWAYS ? 'g' : 't',
                      to < GATEWAYS ? to : to - GATEWAYS);
    }

    return s.s;
}

/* Forward: can a token on `flow` come to `goal` without passing `join`? */
static bool
gets_to(const struct wr_model *m, int flow, int goal, int join, bool *seen)
{
    const struct wr_node *n = &m->nodes[m->flows[flow].target];

    if (flow == goal)
        return true;
    if (seen[flow] || m->flows[flow].target == join)
        return false;
    seen[flow] = true;
    for (int i = 0; i < n->n_out; i++) {
        if (gets_to(m, n->out[i], goal, join, seen))
            return true;
    }
    for (int b = 0; b < n->n_boundaries; b++) {
        const struct wr_node *e = &m->nodes[n->boundaries[b]];

        for (int i = 0; i < e->n_out; i++) {
            if (gets_to(m, e->out[i], goal, join, seen))
                return true;
        }
    }

    return false;
}

static void
compare(const struct wr_model *m, const struct wr_join *j)
{
    const struct wr_node *n = &m->nodes[j->node];

    for (int u = 0; u < n->n_in; u++) {
        const uint64_t *set = j->reach + (size_t)u * m->n_flow_words;

        for (int f = 0; f < m->n_flows; f++) {
            bool seen[FLOWS + 1] = { false };

            ck_assert_msg((set[f / 64] >> (f % 64) & 1)
                              == gets_to(m, f, n->in[u], j->node, seen),
                          "join %s, flow %s from %s", n->id,
                          m->flows[n->in[u]].id, m->flows[f].id);
        }
    }
}

START_TEST(sets_are_the_definition)
{
    int n_joins = 0;

    for (unsigned seed = 1; seed <= 300; seed++) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
        struct wr_bpmn b = read_file(a, process_of(a, random_graph(a, seed)));

        ck_assert_int_eq(b.n_models, 1);
        for (int i = 0; i < b.models[0]->n_joins; i++)
            compare(b.models[0], &b.models[0]->joins[i]);
        n_joins += b.models[0]->n_joins;
    }
    ck_assert_int_gt(n_joins, 300);
}
END_TEST

static bool
reaches(const struct wr_model *m, const char *join, int u, const char *flow)
{
    const struct wr_join *j = &m->joins[node_of(m, join)->join];
    int f = wr_model_flow(m, flow);

    return j->reach[(size_t)u * m->n_flow_words + f / 64] >> (f % 64) & 1;
}

/* Host with a boundary event that leads to the join, row F of the table. */
START_TEST(a_boundary_event_leaves_its_host)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *m = model_of(
        a, "<task id='a'/><task id='h'/><task id='n'/>"
           "<boundaryEvent id='b' attachedToRef='h'><errorEventDefinition/>"
           "</boundaryEvent><inclusiveGateway id='g'/><endEvent id='e'/>"
           "<subProcess id='s'><task id='i'/></subProcess>"
           "<sequenceFlow id='sh' sourceRef='s' targetRef='h'/>"
           "<sequenceFlow id='ag' sourceRef='a' targetRef='g'/>"
           "<sequenceFlow id='hn' sourceRef='h' targetRef='n'/>"
           "<sequenceFlow id='bg' sourceRef='b' targetRef='g'/>"
           "<sequenceFlow id='ge' sourceRef='g' targetRef='e'/>");

    ck_assert_int_eq(m->n_joins, 1);
    ck_assert(reaches(m, "g", 1, "bg"));
    ck_assert(reaches(m, "g", 1, "sh"));
    ck_assert(!reaches(m, "g", 1, "hn"));
    ck_assert(!reaches(m, "g", 0, "sh"));
    ck_assert(!reaches(m, "g", 0, "ge"));
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("reach");

    tcase_add_test(tc, sets_are_the_definition);
    tcase_add_test(tc, a_boundary_event_leaves_its_host);

    return t_main("reach", tc, NULL);
}
