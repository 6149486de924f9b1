/* Decisions: deployed, found by every binding, kept while somebody uses them. */
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/str.h"
#include "engine/runtime/decision.h"
#include "engine/runtime/slot.h"
#include "tests/unit/runtime/rig.h"

/* A file with the namespace "urn:NAME"; its decisions are `body`. */
static struct wr_file
file_of(struct rig *r, const char *name, const char *body)
{
    const char *xml = wr_arena_printf(
        r->arena,
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' "
        "xmlns:camunda='http://camunda.org/schema/1.0/dmn' "
        "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' "
        "id='%s' name='All of %s' namespace='urn:%s'>%s</definitions>",
        name, name, name, body);

    return (struct wr_file){ wr_arena_printf(r->arena, "%s.dmn", name), xml,
                             strlen(xml) };
}

/* A decision that is always `text`. */
static const char *
literal(struct rig *r, const char *id, const char *extra, const char *text)
{
    return wr_arena_printf(
        r->arena,
        "<decision id='%s' name='%s' %s><literalExpression><text>%s</text>"
        "</literalExpression></decision>",
        id, id, extra, text);
}

static int
deploy(struct rig *r, const struct wr_file *files, int n,
       struct wr_deployed *out)
{
    const struct wr_deploy_options o = { .tenant = r->tenant };

    return wr_runtime_deploy(r->rt, files, n, &o, r->arena, out, &r->err);
}

/* Deploy decision `d` of this text alone; its row. */
static struct wr_decision_row
deploy_text(struct rig *r, const char *extra, const char *text)
{
    struct wr_file f = file_of(r, "m", literal(r, "d", extra, text));
    struct wr_deployed d;

    must(r, deploy(r, &f, 1, &d));
    ck_assert_int_eq(d.n_decisions, 1);

    return d.decisions[0];
}

/* What it decides without any input, as text. */
static const char *
value_of(struct rig *r, const struct wr_deployed_decision *d)
{
    struct wr_expr_env env = { .arena = r->arena, .budget = WR_EXPR_BUDGET };
    struct wr_dmn_result result;
    struct wr_str s = { .arena = r->arena };

    must(r, wr_dmn_evaluate(d->model, d->element,
                            wr_value_context(r->arena, NULL, 0), &env, &result,
                            &r->err));
    wr_json_write(&s, result.value, 0);

    return wr_str_text(&s);
}

static const char *
decide(struct rig *r, const char *ref)
{
    const struct wr_deployed_decision *d;
    const char *text;

    if (wr_runtime_decision(r->rt, ref, r->tenant, &d, &r->err) < 0)
        return r->err.text;
    text = value_of(r, d);
    wr_deployed_decision_unref(d);

    return text;
}

static const char *
decide_bound(struct rig *r, const struct wr_decision_ref *ref)
{
    const struct wr_deployed_decision *d;
    const char *text;

    if (wr_runtime_decision_bound(r->rt, r->tenant, ref, &d, &r->err) < 0)
        return r->err.text;
    text = value_of(r, d);
    wr_deployed_decision_unref(d);

    return text;
}

START_TEST(each_deployment_is_a_version)
{
    struct rig r;
    struct wr_file f;
    struct wr_deployed d;
    struct wr_decision_row row;

    rig_open(&r, NULL, NULL);
    row = deploy_text(&r, "camunda:versionTag='old'", "1");
    ck_assert_int_eq(row.version, 1);
    ck_assert_str_eq(row.version_tag, "old");
    ck_assert_str_eq(row.graph, "m");
    ck_assert_str_eq(row.graph_name, "All of m");
    ck_assert_str_eq(row.resource, "m.dmn");
    ck_assert_int_eq(deploy_text(&r, "", "2").version, 2);
    f = file_of(&r, "m", literal(&r, "d", "", "2"));
    must(&r, deploy(&r, &f, 1, &d));
    ck_assert(d.unchanged);
    ck_assert_int_eq(d.n_decisions, 1);
    ck_assert_int_eq(d.decisions[0].version, 2);
    /* Of a file that came before the newest one there is a new version. */
    ck_assert_int_eq(deploy_text(&r, "camunda:versionTag='old'", "1").version,
                     3);
    rig_close(&r);
}
END_TEST

START_TEST(bindings_find_their_versions)
{
    struct rig r;
    struct wr_decision_row first;
    struct wr_decision_ref ref = { .key = "d", .binding = WR_BIND_LATEST };

    rig_open(&r, NULL, NULL);
    ck_assert_str_eq(decide_bound(&r, &ref), "no decision 'd' is deployed");
    first = deploy_text(&r, "camunda:versionTag='a'", "1");
    deploy_text(&r, "camunda:versionTag='a'", "2");
    deploy_text(&r, "camunda:versionTag='b'", "3");
    ck_assert_str_eq(decide_bound(&r, &ref), "3");
    ref.binding = WR_BIND_VERSION;
    ref.version = 1;
    ck_assert_str_eq(decide_bound(&r, &ref), "1");
    ref.version = 4;
    ck_assert_str_eq(decide_bound(&r, &ref),
                     "no version 4 of decision 'd' is deployed");
    ref.binding = WR_BIND_TAG;
    ref.tag = "a";
    ck_assert_str_eq(decide_bound(&r, &ref), "2");
    ref.tag = "c";
    ck_assert_str_eq(decide_bound(&r, &ref),
                     "no version of decision 'd' has the tag 'c'");
    ref.binding = WR_BIND_DEPLOYMENT;
    ref.deployment = first.deployment;
    ck_assert_str_eq(decide_bound(&r, &ref), "1");
    ref.deployment = first.id;
    ck_assert_str_eq(decide_bound(&r, &ref),
                     "no decision 'd' was deployed with its caller");
    ck_assert_str_eq(decide(&r, "d"), "3");
    ck_assert_str_eq(decide(&r, "d:2"), "2");
    ck_assert_str_eq(decide(&r, "d:9"), "no decision 'd:9'");
    r.tenant++;
    ck_assert_str_eq(decide(&r, "d"), "no decision 'd'");
    r.tenant--;
    rig_close(&r);
}
END_TEST

START_TEST(the_tag_of_zeebe_counts)
{
    struct rig r;
    struct wr_file f;
    struct wr_deployed d;

    rig_open(&r, NULL, NULL);
    f = file_of(&r, "m",
                "<decision id='d' name='D'><extensionElements>"
                "<zeebe:versionTag value='v1.2'/></extensionElements>"
                "<literalExpression><text>1</text></literalExpression>"
                "</decision>");
    must(&r, deploy(&r, &f, 1, &d));
    ck_assert_str_eq(d.decisions[0].version_tag, "v1.2");
    ck_assert_str_eq(d.decisions[0].name, "D");
    rig_close(&r);
}
END_TEST

/* Another process deploys: the next question is answered by what it said. */
START_TEST(what_is_latest_is_asked_each_time)
{
    struct rig one, two;

    rig_open(&one, NULL, NULL);
    rig_open_second(&two, &one);
    deploy_text(&one, "", "1");
    ck_assert_str_eq(decide(&one, "d"), "1");
    ck_assert_str_eq(decide(&two, "d"), "1");
    deploy_text(&two, "", "2");
    ck_assert_str_eq(decide(&one, "d"), "2");
    rig_close(&two);
    rig_close(&one);
}
END_TEST

static const char imported[] =
    "<itemDefinition name='tLevel'><typeRef>number</typeRef></itemDefinition>"
    "<businessKnowledgeModel id='twice' name='twice'><encapsulatedLogic>"
    "<formalParameter name='n' typeRef='tLevel'/><literalExpression>"
    "<text>2 * n</text></literalExpression></encapsulatedLogic>"
    "</businessKnowledgeModel>";
static const char importing[] =
    "<import namespace='urn:base' name='base' "
    "importType='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"
    "<decision id='d' name='D'><knowledgeRequirement>"
    "<requiredKnowledge href='urn:base#twice'/></knowledgeRequirement>"
    "<literalExpression><text>base.twice(21)</text></literalExpression>"
    "</decision>";

START_TEST(files_of_one_deployment_import_each_other)
{
    struct rig r, other;
    struct wr_file files[2];
    struct wr_deployed d;

    rig_open(&r, NULL, NULL);
    files[0] = file_of(&r, "m", importing);
    files[1] = file_of(&r, "base", imported);
    must(&r, deploy(&r, files, 2, &d));
    ck_assert_int_eq(d.n_decisions, 1);
    ck_assert_str_eq(decide(&r, "d"), "42");
    rig_open_second(&other, &r); /* reads it from the store */
    ck_assert_str_eq(decide(&other, "d"), "42");
    rig_close(&other);
    ck_assert_int_eq(deploy(&r, files, 1, &d), WR_EPARSE);
    ck_assert_uint_ge(d.findings.n_errors, 1);
    ck_assert_str_eq(d.findings.items[0].code, "no-such-import");
    ck_assert_int_eq(deploy(&r, files + 1, 1, &d), WR_EPARSE);
    ck_assert_str_eq(r.err.text, "there is no process, decision or form in it");
    rig_close(&r);
}
END_TEST

START_TEST(nothing_of_a_refused_deployment_stays)
{
    struct rig r;
    struct wr_file files[3];
    struct wr_deployed d;
    const char *bpmn;

    rig_open(&r, NULL, NULL);
    bpmn = rig_bpmn(&r, rig_one_task);
    files[0] = file_of(&r, "m", literal(&r, "d", "", "1"));
    files[1] = file_of(&r, "n", literal(&r, "d", "", "2"));
    files[2] = (struct wr_file){ "p.bpmn", bpmn, strlen(bpmn) };
    ck_assert_int_eq(deploy(&r, files, 3, &d), WR_EPARSE);
    ck_assert_uint_eq(d.findings.n_errors, 1);
    ck_assert_str_eq(d.findings.items[d.findings.n - 1].code,
                     "duplicate-decision");
    ck_assert_str_eq(d.findings.items[d.findings.n - 1].detail,
                     "'m.dmn' and 'n.dmn' both define decision 'd'");
    ck_assert_uint_eq(rig_rows(&r, WR_DEFINITIONS, NULL).n, 0);
    files[1] = file_of(&r, "n", literal(&r, "e", "", "2"));
    must(&r, deploy(&r, files, 3, &d));
    ck_assert_int_eq(d.n_decisions, 2);
    ck_assert_int_eq(d.n_definitions, 1);
    must(&r, deploy(&r, files, 3, &d));
    ck_assert(d.unchanged);
    ck_assert_int_eq(d.n_decisions, 2);
    /* The process alone is another content; its decisions stay as they are. */
    must(&r, deploy(&r, files + 2, 1, &d));
    ck_assert(!d.unchanged);
    must(&r, deploy(&r, files, 3, &d));
    ck_assert(!d.unchanged);
    ck_assert_int_eq(d.decisions[0].version, 2);
    bpmn = "<definitions "
           "xmlns='https://www.omg.org/spec/DMN/20990101/MODEL/'/>";
    files[0] = (struct wr_file){ "x.dmn", bpmn, strlen(bpmn) };
    ck_assert_int_eq(deploy(&r, files, 1, &d), WR_EPARSE);
    ck_assert_ptr_nonnull(strstr(d.findings.items[0].detail, "DMN 1.1 to 1.5"));
    rig_close(&r);
}
END_TEST

START_TEST(a_deleted_version_is_not_found)
{
    struct rig r;
    struct wr_decision_row row;
    struct wr_decision_ref ref = { .key = "d",
                                   .binding = WR_BIND_VERSION,
                                   .version = 2 };

    rig_open(&r, NULL, NULL);
    deploy_text(&r, "", "1");
    row = deploy_text(&r, "", "2");
    ck_assert_str_eq(decide(&r, "d"), "2");
    must(&r, wr_runtime_delete_decision(r.rt, &row, &r.err));
    ck_assert_str_eq(decide(&r, "d"), "1");
    ck_assert_str_eq(decide_bound(&r, &ref),
                     "version 2 of decision 'd' is deleted");
    ck_assert_int_eq((int)r.err.code, WR_ESTATE);
    ck_assert_int_eq(deploy_text(&r, "", "2").version, 3);
    rig_close(&r);
}
END_TEST

/* More files than the cache has room for, while the first one is in use. */
START_TEST(what_is_used_outlives_the_cache)
{
    struct rig r;
    struct wr_decision_row first;
    const struct wr_deployed_decision *d;

    rig_open(&r, "memory:", NULL);
    first = deploy_text(&r, "", "-1");
    must(&r, wr_runtime_decision(r.rt, "d", r.tenant, &d, &r.err));
    for (int i = 0; i <= WR_CACHED_DECISIONS; i++) {
        deploy_text(&r, "", wr_arena_printf(r.arena, "%d", i));
        decide(&r, "d");
    }
    ck_assert_int_eq(r.rt->n_decisions, WR_CACHED_DECISIONS);
    must(&r, wr_runtime_delete_decision(r.rt, &first, &r.err));
    ck_assert_str_eq(value_of(&r, d), "-1");
    ck_assert_int_eq(d->row.version, 1);
    wr_deployed_decision_unref(d);
    ck_assert_str_eq(decide(&r, "d:2"), "0"); /* read once more */
    rig_close(&r);
}
END_TEST

/* A step that asks twice is told the same, also when somebody deploys between. */
START_TEST(a_step_is_told_once)
{
    struct rig r;
    struct wr_deployed d;
    const struct wr_definition *on;
    const struct wr_decided *found = NULL;
    struct wr_decider a = { .ref = "d" }, b = a, c = a, e = a;
    struct wr_step s = { .arena = NULL };

    rig_open(&r, NULL, NULL);
    s.arena = wr_arena_new(1024);
    d = rig_deploy(&r, rig_one_task);
    ck_assert_int_eq(d.n_definitions, 1);
    must(&r, wr_runtime_definition(r.rt, "p", r.tenant, &on, &r.err));
    deploy_text(&r, "", "1");
    must(&r, wr_decisions_decide(r.rt, on, &s, &found, &a, &r.err));
    ck_assert_int_eq(a.version, 1);
    deploy_text(&r, "", "2");
    must(&r, wr_decisions_decide(r.rt, on, &s, &found, &b, &r.err));
    ck_assert_int_eq(b.version, 1);
    ck_assert_ptr_eq(b.decision, a.decision);
    c.service = true;
    ck_assert_int_eq(wr_decisions_decide(r.rt, on, &s, &found, &c, &r.err),
                     WR_ENOTFOUND);
    ck_assert_str_eq(r.err.text, "'d' is a decision, not a decision service");
    e.tenant = "of somebody else";
    ck_assert_int_eq(wr_decisions_decide(r.rt, on, &s, &found, &e, &r.err),
                     WR_ENOTFOUND);
    found = NULL; /* the next step */
    must(&r, wr_decisions_decide(r.rt, on, &s, &found, &a, &r.err));
    wr_arena_free(s.arena);
    wr_definition_unref(on);
    rig_close(&r);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("decisions (row 73)");

    tcase_add_test(tc, each_deployment_is_a_version);
    tcase_add_test(tc, bindings_find_their_versions);
    tcase_add_test(tc, the_tag_of_zeebe_counts);
    tcase_add_test(tc, what_is_latest_is_asked_each_time);
    tcase_add_test(tc, files_of_one_deployment_import_each_other);
    tcase_add_test(tc, nothing_of_a_refused_deployment_stays);
    tcase_add_test(tc, a_deleted_version_is_not_found);
    tcase_add_test(tc, what_is_used_outlives_the_cache);
    tcase_add_test(tc, a_step_is_told_once);
    tcase_set_timeout(tc, 60);

    return t_main("decisions", tc, NULL);
}
