/*
 * BPMN files: never crashes; a failure says why, findings are JSON, and every
 * index of a model that comes out is one of its own.
 *
 * fuzz-parts: engine/base engine/feel engine/form engine/model
 */

#include "engine/base/json.h"
#include "engine/model/bpmn.h"
#include "engine/model/diagram.h"
#include "engine/model/symbols.h"
#include "tests/fuzz/fuzz.h"

static void
check_indices(const int *v, int n, int below)
{
    for (int i = 0; i < n; i++)
        must(v[i] >= 0 && v[i] < below);
}

static void
check_node(const struct wr_model *m, const struct wr_node *n)
{
    must(n->id && n->kind < WR_KINDS && n->scope < m->n_scopes);
    must(n->inner < m->n_scopes && n->host < m->n_nodes);
    must(n->default_flow < m->n_flows && n->join < m->n_joins);
    check_indices(n->in, n->n_in, m->n_flows);
    check_indices(n->out, n->n_out, m->n_flows);
    check_indices(n->boundaries, n->n_boundaries, m->n_nodes);
    must(n->kind != WR_BOUNDARY_EVENT || n->host >= 0);
    must(!n->job || (n->job->type.text && n->job->headers));
    must((n->kind == WR_USER_TASK) == (n->task != NULL));
    for (int i = 0; i < n->n_inputs; i++)
        must(n->inputs[i].target);
}

static void
check_model(struct wr_arena *a, struct wr_model *m)
{
    wr_model_bind(a, m, wr_symbols_new(a));
    must(m->n_scopes > 0 && m->n_nodes > 0);
    for (int i = 0; i < m->n_nodes; i++) {
        check_node(m, &m->nodes[i]);
        must(wr_model_node_of(m, m->nodes[i].symbol) >= 0);
    }
    for (int i = 0; i < m->n_flows; i++) {
        must(m->flows[i].id);
        check_indices(&m->flows[i].source, 1, m->n_nodes);
        check_indices(&m->flows[i].target, 1, m->n_nodes);
        must(m->nodes[m->flows[i].source].scope
             == m->nodes[m->flows[i].target].scope);
    }
    for (int i = 0; i < m->n_scopes; i++) {
        check_indices(m->scopes[i].nodes, m->scopes[i].n_nodes, m->n_nodes);
        check_indices(m->scopes[i].starts, m->scopes[i].n_starts, m->n_nodes);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    struct wr_err err = { .code = WR_OK };
    struct wr_bpmn bpmn;
    struct wr_str svg;

    wr_arena_set_cap(a, 256 << 20);
    if (wr_bpmn_read(a, data, size, NULL, &bpmn, &err) < 0) {
        must(err.text[0]);
        return 0;
    }
    for (size_t i = 0; i < bpmn.findings.n; i++) {
        struct wr_str s = { .arena = a };
        const struct wr_value *v;

        wr_finding_json(&s, &bpmn.findings.items[i]);
        must(wr_json_parse(a, s.s, s.len, &v, &err) == 0);
    }
    must(bpmn.findings.n_errors > 0 || bpmn.n_models > 0);
    svg = (struct wr_str){ .arena = a };
    if (wr_diagram_svg(a, data, size, NULL, &svg, &err) < 0)
        must(err.text[0]);
    for (int i = 0; i < bpmn.n_models; i++)
        check_model(a, bpmn.models[i]);

    return 0;
}
