/*
 * DMN files: never crashes; a failure says why, findings are JSON, and every
 * decision of a model that comes out ends in a value or a limit.
 *
 * fuzz-parts: engine/base engine/feel engine/form engine/model engine/dmn
 */

#include "engine/base/json.h"
#include "engine/dmn/dmn.h"
#include "tests/fuzz/fuzz.h"

enum {
    BUDGET = 2000
};

static void
check_findings(struct wr_arena *a, const struct wr_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct wr_str s = { .arena = a };
        const struct wr_value *v;
        struct wr_err err;

        wr_finding_json(&s, &f->items[i]);
        must(wr_json_parse(a, wr_str_text(&s), s.len, &v, &err) == 0);
    }
}

static void
check_trace(const struct wr_dmn_step *step)
{
    for (; step; step = step->next) {
        must(wr_dmn_kind(step->decision) == WR_DMN_DECISION);
        must(step->inputs->type == WR_V_CONTEXT);
        for (const struct wr_dmn_rule *r = step->rules; r; r = r->next)
            must(r->number > 0 && r->id);
    }
}

static void
evaluate(struct wr_arena *a, const struct wr_dmn *dmn,
         const struct wr_dmn_element *e)
{
    struct wr_entry x = { "x", wr_value_int(a, 7) };
    struct wr_expr_env env = { .arena = a, .budget = BUDGET };
    struct wr_dmn_result result;
    struct wr_err err = { .code = WR_OK };
    int rc = wr_dmn_evaluate(dmn, e, wr_value_context(a, &x, 1), &env, &result,
                             &err);

    must(rc == 0 || rc == WR_ELIMIT);
    must(rc == 0 || err.text[0]);
    if (rc == 0)
        check_trace(result.steps);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct wr_xml_limits limits = {
        .max_bytes = 1 << 20,
        .max_depth = 64,
    };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_findings findings = { .arena = a };
    struct wr_dmn_source source = { "fuzz", data, size };
    const struct wr_dmn *dmn;
    struct wr_err err = { .code = WR_OK };
    int rc = wr_dmn_read(a, &source, 1, &limits, &findings, &dmn, &err);

    must(rc == 0 || err.text[0]);
    check_findings(a, &findings);
    if (rc < 0)
        return 0;
    wr_dmn_lint(dmn, &findings);
    check_findings(a, &findings);
    for (const struct wr_dmn_element *e = wr_dmn_next(dmn, NULL); e;
         e = wr_dmn_next(dmn, e))
        evaluate(a, dmn, e);

    return 0;
}
