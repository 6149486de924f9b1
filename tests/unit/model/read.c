#include "tests/unit/model/read.h"

#include <string.h>

#include "engine/base/str.h"
#include "tests/lib/t.h"

static const char head[] =
    "<definitions id='defs' xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "
    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
    "xmlns:camunda='http://camunda.org/schema/1.0/bpmn' "
    "xmlns:operaton='http://operaton.org/schema/1.0/bpmn' "
    "xmlns:flowable='http://flowable.org/bpmn' "
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' "
    "xmlns:x='http://example.org/x' targetNamespace='t' xmlns:t='t'>\n"
    "<error id='err' errorCode='E1'/><error id='bare'/>"
    "<message id='msg' name='paid'><extensionElements>"
    "<zeebe:subscription correlationKey='=orderId'/></extensionElements>"
    "</message><message id='nameless'/>"
    "<process id='p' isExecutable='true'>\n";

const char *
process_of(struct wr_arena *a, const char *body)
{
    return wr_arena_printf(a, "%s%s</process></definitions>", head, body);
}

struct wr_bpmn
read_file(struct wr_arena *a, const char *xml)
{
    struct wr_bpmn bpmn = { 0 };
    struct wr_err err = { 0 };

    ck_assert_msg(wr_bpmn_read(a, xml, strlen(xml), NULL, &bpmn, &err) == 0,
                  "%s", err.text);

    return bpmn;
}

const struct wr_model *
model_of(struct wr_arena *a, const char *body)
{
    struct wr_bpmn b = read_file(a, process_of(a, body));

    for (size_t i = 0; i < b.findings.n; i++)
        ck_assert_msg(b.findings.items[i].severity == WR_WARNING, "%s: %s",
                      b.findings.items[i].code, b.findings.items[i].detail);
    ck_assert_int_eq(b.n_models, 1);

    return b.models[0];
}

const struct wr_node *
node_of(const struct wr_model *m, const char *id)
{
    int i = wr_model_node(m, id);

    ck_assert_msg(i >= 0, "no node '%s'", id);

    return &m->nodes[i];
}

/* Of schema.c, which test_schema.c looks at. */
static bool
is_structural(const struct wr_finding *f)
{
    for (int k = WR_F_NO_SUCH_ATTRIBUTE; k <= WR_F_MISPLACED_TEXT; k++) {
        if (strcmp(wr_finding_row((enum wr_found)k)->code, f->code) == 0)
            return true;
    }

    return false;
}

static const char *
list(struct wr_arena *a, const char *body, bool structural)
{
    struct wr_bpmn b = read_file(a, process_of(a, body));
    struct wr_str s = { .arena = a };

    for (size_t i = 0; i < b.findings.n; i++) {
        const struct wr_finding *f = &b.findings.items[i];

        if ((!f->constraint || f->severity == WR_ERROR_FINDING)
            && is_structural(f) == structural)
            wr_str_printf(&s, "%s %s %d\n", f->code,
                          f->element ? f->element : "-", f->line);
    }

    return wr_str_text(&s);
}

const char *
findings_of(struct wr_arena *a, const char *body)
{
    return list(a, body, /* structural= */ false);
}

const char *
structure_of(struct wr_arena *a, const char *body)
{
    return list(a, body, /* structural= */ true);
}
