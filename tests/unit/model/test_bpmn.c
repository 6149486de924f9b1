#include <string.h>

#include "engine/base/json.h"
#include "engine/model/symbols.h"
#include "tests/lib/t.h"
#include "tests/unit/model/read.h"

#define BPMN "http://www.omg.org/spec/BPMN/20100524/MODEL"
#define FLOW(id, from, to) \
    "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define EXT(x) "<extensionElements>" x "</extensionElements>"

START_TEST(the_graph_hangs_together)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *m = model_of(
        a, "<startEvent id='s'/><exclusiveGateway id='x' default='t:f3'>"
           "<outgoing>f3</outgoing><outgoing>t:f2</outgoing></exclusiveGateway>"
           "<task id='a' name='A'/><endEvent id='e'/>" FLOW("f1", "s", "x")
               FLOW("f2", "x", "a") FLOW("f3", "x", "e")
                   FLOW("f4", "x",
                        "e") "<sequenceFlow sourceRef='a' targetRef='e'/>"
                             "<sequenceFlow sourceRef='a' targetRef='e'/>");
    const struct wr_node *x = node_of(m, "x");

    ck_assert_str_eq(m->process_id, "p");
    ck_assert(m->executable);
    ck_assert_int_eq(m->n_nodes, 4);
    ck_assert_int_eq(x->kind, WR_EXCLUSIVE_GATEWAY);
    ck_assert_int_eq(x->line, 3);
    ck_assert_int_eq(x->n_in, 1);
    ck_assert_int_eq(x->n_out, 3);
    ck_assert_str_eq(m->flows[x->out[0]].id, "f3");
    ck_assert_str_eq(m->flows[x->out[1]].id, "f2");
    ck_assert_str_eq(m->flows[x->out[2]].id, "f4");
    ck_assert_int_eq(x->default_flow, wr_model_flow(m, "f3"));
    ck_assert_int_ge(wr_model_flow(m, "a->e"), 0);
    ck_assert_int_ge(wr_model_flow(m, "a->e#2"), 0);
    ck_assert_int_eq(wr_model_flow(m, "none"), -1);
    ck_assert_int_eq(m->n_scopes, 1);
    ck_assert_int_eq(m->scopes[0].n_nodes, 4);
    ck_assert_int_eq(m->scopes[0].n_starts, 1);
    ck_assert_int_eq(m->scopes[0].starts[0], wr_model_node(m, "s"));
}
END_TEST

/* A second process with the ids of the first, and one that points into it. */
START_TEST(processes_do_not_share_elements)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *many = "<startEvent id='s'/><task id='a'/><task id='b'/>"
                       "<endEvent id='e'/>" FLOW("f1", "s", "a")
                           FLOW("f2", "a", "b") FLOW("f3", "b", "e");
    const char *into = "<startEvent id='x' default='f1'/>"
                       "<boundaryEvent id='y' attachedToRef='a'>"
                       "<timerEventDefinition><timeDuration>PT1H"
                       "</timeDuration></timerEventDefinition>"
                       "</boundaryEvent>" FLOW("g", "x", "e");
    const char *others[] = { many, into };

    for (size_t k = 0; k < WR_COUNT(others); k++) {
        struct wr_bpmn file = read_file(
            a, wr_arena_printf(a,
                               "<definitions xmlns='" BPMN "'"
                               " targetNamespace='t'>"
                               "<process id='p' isExecutable='true'>%s"
                               "</process><process id='q'"
                               " isExecutable='true'>%s</process>"
                               "</definitions>",
                               many, others[k]));

        ck_assert_int_gt((int)file.findings.n_errors, 0);
    }
}
END_TEST

START_TEST(a_global_rule_is_said_to_be_left_out)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_bpmn file = read_file(
        a, "<definitions xmlns='" BPMN "' targetNamespace='t'>"
           "<process id='p' isExecutable='true'><startEvent id='s'/></process>"
           "<globalBusinessRuleTask id='g'/></definitions>");
    bool said = false;

    for (size_t i = 0; i < file.findings.n; i++)
        said = said || !strcmp(file.findings.items[i].code, "no-effect");
    ck_assert_int_eq(file.n_models, 1);
    ck_assert(said);
}
END_TEST

START_TEST(scopes_nest)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *m = model_of(
        a,
        "<subProcess id='o'><task id='i1'/><subProcess id='i2'/>"
        "<task id='i3'/>" FLOW(
            "f", "i1",
            "i3") "</subProcess>"
                  "<boundaryEvent id='b' attachedToRef='o' cancelActivity='false'>"
                  "<timerEventDefinition><timeDuration>PT1H</timeDuration>"
                  "</timerEventDefinition></boundaryEvent><endEvent id='e'/>" FLOW(
                      "g", "b", "e") FLOW("h", "o", "e"));
    const struct wr_node *o = node_of(m, "o"), *b = node_of(m, "b");
    const struct wr_scope *inner = &m->scopes[o->inner];

    ck_assert_int_eq(m->n_scopes, 3);
    ck_assert_int_eq(o->inner, 1);
    ck_assert_int_eq(inner->parent, 0);
    ck_assert_int_eq(inner->node, wr_model_node(m, "o"));
    ck_assert_int_eq(inner->n_nodes, 3);
    ck_assert_int_eq(inner->n_starts, 2); /* i1 and i2 */
    ck_assert_int_eq(m->scopes[node_of(m, "i2")->inner].n_nodes, 0);
    ck_assert_int_eq(m->scopes[0].n_starts, 1); /* not the boundary event */
    ck_assert_int_eq(b->host, wr_model_node(m, "o"));
    ck_assert(!b->interrupting);
    ck_assert_int_eq(o->n_boundaries, 1);
    ck_assert_int_eq(o->boundaries[0], wr_model_node(m, "b"));
    ck_assert_int_eq(b->event.trigger, WR_TRIGGER_TIMER);
    ck_assert_int_eq(b->event.timer_kind, WR_TIMER_DURATION);
    ck_assert_str_eq(b->event.timer.text, "PT1H");
}
END_TEST

START_TEST(events_are_read)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *m = model_of(
        a,
        "<intermediateCatchEvent id='c'><messageEventDefinition "
        "messageRef='t:msg'/></intermediateCatchEvent>"
        "<intermediateCatchEvent id='d'><timerEventDefinition><timeDate>"
        "${when}</timeDate></timerEventDefinition></intermediateCatchEvent>"
        "<task id='h'/><boundaryEvent id='b' attachedToRef='h'>"
        "<errorEventDefinition/></boundaryEvent>"
        "<endEvent id='t'><terminateEventDefinition/></endEvent>"
        "<endEvent id='e'><errorEventDefinition errorRef='err'/></endEvent>"
        "<endEvent id='g'><errorEventDefinition errorRef='X'/></endEvent>" FLOW(
            "f", "c", "t") FLOW("f2", "d", "e") FLOW("f3", "b", "g"));
    const struct wr_event_def *c = &node_of(m, "c")->event;

    ck_assert_int_eq(c->trigger, WR_TRIGGER_MESSAGE);
    ck_assert_str_eq(c->name.text, "paid");
    ck_assert_str_eq(wr_expr_text(c->correlation.expr), "orderId");
    ck_assert_int_eq(wr_expr_lang(node_of(m, "d")->event.timer.expr),
                     WR_LANG_JUEL);
    ck_assert_ptr_null(node_of(m, "b")->event.name.text);
    ck_assert_int_eq(node_of(m, "t")->event.trigger, WR_TRIGGER_TERMINATE);
    ck_assert_str_eq(node_of(m, "e")->event.name.text, "E1");
    ck_assert_str_eq(node_of(m, "g")->event.name.text, "X");
}
END_TEST

static const struct {
    const char *task; /* attributes and content */
    const char *type, *retries, *cycle, *header;
    bool expression; /* the type is one */
} jobs[] = {
    { ">" EXT("<zeebe:taskDefinition type='pay' retries='5'/>"
              "<zeebe:taskHeaders><zeebe:header key='k' value='v'/>"
              "</zeebe:taskHeaders>"),
      "pay", "5", NULL, "v", false },
    { ">" EXT("<zeebe:taskDefinition type='= kind'/>"), "= kind", NULL, NULL,
      NULL, true },
    { " camunda:type='external' camunda:topic='pay'>", "pay", NULL, NULL, NULL,
      false },
    { " operaton:type='external' operaton:topic='${kind}'>" EXT(
          "<operaton:failedJobRetryTimeCycle>R3/PT10S"
          "</operaton:failedJobRetryTimeCycle>"),
      "${kind}", NULL, "R3/PT10S", NULL, true },
    { " flowable:type='external-worker' flowable:topic='pay'>", "pay", NULL,
      NULL, NULL, false },
    { " camunda:class='org.example.Pay'>", "org.example.Pay", NULL, NULL, NULL,
      false },
    { " flowable:delegateExpression='${pay}'>", "${pay}", NULL, NULL, NULL,
      false },
};

START_TEST(jobs_are_read)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *m = model_of(
        a, wr_arena_printf(a, "<serviceTask id='t'%s</serviceTask>",
                           jobs[_i].task));
    const struct wr_job_def *job = node_of(m, "t")->job;
    const struct wr_value *header = wr_value_get(job->headers, "k");

    ck_assert_str_eq(job->type.text, jobs[_i].type);
    ck_assert_int_eq(job->type.expr != NULL, jobs[_i].expression);
    ck_assert_pstr_eq(job->retries.text, jobs[_i].retries);
    ck_assert_pstr_eq(node_of(m, "t")->retries.text, jobs[_i].cycle);
    ck_assert_pstr_eq(header ? header->string.s : NULL, jobs[_i].header);
    ck_assert_ptr_null(node_of(m, "t")->script);
}
END_TEST

START_TEST(scripts_are_read)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *m = model_of(
        a,
        "<scriptTask id='z'>" EXT(
            "<zeebe:script expression='=a + 1' "
            "resultVariable='b'/>") "</scriptTask>"
                                    "<scriptTask id='f' scriptFormat='feel' camunda:resultVariable='c'>"
                                    "<script>a * 2</script></scriptTask>"
                                    "<scriptTask id='j'><script>${a}</script></scriptTask>"
                                    "<serviceTask id='e' camunda:expression='${a + 1}' "
                                    "flowable:resultVariableName='r'/>"
                                    "<serviceTask id='n' camunda:expression='true'/>");

    ck_assert_str_eq(wr_expr_text(node_of(m, "z")->script), "a + 1");
    ck_assert_str_eq(node_of(m, "z")->result_variable, "b");
    ck_assert_int_eq(wr_expr_lang(node_of(m, "f")->script), WR_LANG_FEEL);
    ck_assert_str_eq(node_of(m, "f")->result_variable, "c");
    ck_assert_int_eq(wr_expr_lang(node_of(m, "j")->script), WR_LANG_JUEL);
    ck_assert_int_eq(wr_expr_lang(node_of(m, "e")->script), WR_LANG_JUEL);
    ck_assert_str_eq(node_of(m, "e")->result_variable, "r");
    ck_assert_ptr_null(node_of(m, "n")->script);
    ck_assert_ptr_null(node_of(m, "n")->job);
}
END_TEST

START_TEST(user_tasks_are_read)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *m = model_of(
        a,
        "<userTask id='c' camunda:assignee='${who}' "
        "operaton:candidateUsers='a, b' flowable:candidateGroups='g' "
        "camunda:dueDate='2026-01-01T00:00:00Z' camunda:priority='70' "
        "camunda:formKey='form' camunda:asyncBefore='true' "
        "camunda:asyncAfter='false'/>"
        "<userTask id='z'>" EXT(
            "<zeebe:userTask/><zeebe:assignmentDefinition assignee='=who' "
            "candidateGroups='${g}'/><zeebe:priorityDefinition "
            "priority='5'/><zeebe:taskSchedule dueDate='=d' "
            "followUpDate='=f'/><zeebe:formDefinition formId='f1'/>") "</userTask>");
    const struct wr_task_def *c = node_of(m, "c")->task;
    const struct wr_task_def *z = node_of(m, "z")->task;

    ck_assert_int_eq(wr_expr_lang(c->assignee.expr), WR_LANG_JUEL);
    ck_assert_str_eq(c->candidate_users.text, "a, b");
    ck_assert_str_eq(c->candidate_groups.text, "g");
    ck_assert_str_eq(c->priority.text, "70");
    ck_assert_str_eq(c->form_key, "form");
    ck_assert(node_of(m, "c")->async_before);
    ck_assert(!node_of(m, "c")->async_after);
    ck_assert_str_eq(wr_expr_text(z->assignee.expr), "who");
    ck_assert_ptr_null(z->candidate_groups.expr); /* no ${} in zeebe */
    ck_assert_ptr_null(z->candidate_users.text);
    ck_assert_str_eq(wr_expr_text(z->due.expr), "d");
    ck_assert_str_eq(wr_expr_text(z->follow_up.expr), "f");
    ck_assert_str_eq(z->form_key, "f1");
    ck_assert_ptr_nonnull(node_of(m, "z")->task);
}
END_TEST

START_TEST(mappings_are_read)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *m = model_of(
        a,
        "<task id='z'>" EXT(
            "<zeebe:ioMapping><zeebe:input source='=a' target='b.c'/>"
            "<zeebe:input source='text' target='d'/>"
            "<zeebe:output source='=r' target='e'/></zeebe:ioMapping>") "</task><task id='c'>" EXT("<camunda:inputOutput>"
                                                                                                   "<camunda:inputParameter name='t'>x</camunda:inputParameter>"
                                                                                                   "<camunda:inputParameter name='e'>${x}"
                                                                                                   "</camunda:inputParameter>"
                                                                                                   "<camunda:inputParameter name='s'><camunda:script "
                                                                                                   "scriptFormat='feel'>1 + 1</camunda:script>"
                                                                                                   "</camunda:inputParameter>"
                                                                                                   "<camunda:inputParameter name='l'><camunda:list>"
                                                                                                   "<camunda:value>1</camunda:value>"
                                                                                                   "<camunda:value>${y}</camunda:value></camunda:list>"
                                                                                                   "</camunda:inputParameter>"
                                                                                                   "<camunda:outputParameter name='m'><camunda:map>"
                                                                                                   "<camunda:entry key='k'>v</camunda:entry>"
                                                                                                   "<camunda:entry key='n'><camunda:list/></camunda:entry>"
                                                                                                   "</camunda:map></camunda:outputParameter>"
                                                                                                   "</camunda:inputOutput>") "</task>");
    const struct wr_node *z = node_of(m, "z"), *c = node_of(m, "c");
    const struct wr_template *map = &c->outputs[0].source;

    ck_assert_int_eq(z->n_inputs, 2);
    ck_assert_str_eq(z->inputs[0].target, "b.c");
    ck_assert_int_eq(z->inputs[0].source.kind, WR_TPL_EXPR);
    ck_assert_int_eq(z->inputs[1].source.kind, WR_TPL_CONST);
    ck_assert_str_eq(z->inputs[1].source.constant->string.s, "text");
    ck_assert_int_eq(z->n_outputs, 1);
    ck_assert_int_eq(c->n_inputs, 4);
    ck_assert_int_eq(wr_expr_lang(c->inputs[1].source.expr), WR_LANG_JUEL);
    ck_assert_int_eq(wr_expr_lang(c->inputs[2].source.expr), WR_LANG_FEEL);
    ck_assert_int_eq(c->inputs[3].source.kind, WR_TPL_LIST);
    ck_assert_int_eq(c->inputs[3].source.n_items, 2);
    ck_assert_int_eq(c->inputs[3].source.items[1].kind, WR_TPL_EXPR);
    ck_assert_int_eq(map->kind, WR_TPL_MAP);
    ck_assert_str_eq(map->keys[1].text, "n");
    ck_assert_int_eq(map->items[1].kind, WR_TPL_LIST);
    ck_assert_int_eq(map->items[1].n_items, 0);
}
END_TEST

static const struct {
    const char *condition; /* attributes and text */
    int lang;              /* -1: refused */
} conditions[] = {
    { ">a > 1", WR_LANG_FEEL },
    { ">= a > 1", WR_LANG_FEEL },
    { ">${a > 1}", WR_LANG_JUEL },
    { ">#{a}", WR_LANG_JUEL },
    { " language='feel'>a", WR_LANG_FEEL },
    { " language='https://www.omg.org/spec/DMN/20191111/FEEL/'>a",
      WR_LANG_FEEL },
    { " language='juel'>a", WR_LANG_JUEL },
    { " language='groovy'>a", -1 },
    { " language='http://www.w3.org/1999/XPath'>a", -1 },
    { " language='http://www.java.com/java'>return a;", -1 },
    { ">a >", -1 },
    { ">${a", -1 },
    { ">  ", -1 },
};

START_TEST(conditions_have_a_language)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_bpmn b = read_file(
        a, process_of(
               a, wr_arena_printf(a,
                                  "<task id='a'/><task id='b'/><sequenceFlow "
                                  "id='f' sourceRef='a' targetRef='b'>"
                                  "<conditionExpression%s</conditionExpression>"
                                  "</sequenceFlow>",
                                  conditions[_i].condition)));

    if (conditions[_i].lang < 0) {
        ck_assert_int_eq(b.n_models, 0);
        ck_assert_uint_eq(b.findings.n_errors, 1);
        return;
    }
    ck_assert_int_eq(b.n_models, 1);
    ck_assert_int_eq(wr_expr_lang(b.models[0]->flows[0].condition),
                     conditions[_i].lang);
}
END_TEST

START_TEST(bare_conditions_can_be_juel)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *xml = process_of(
        a, "<task id='a'/><task id='b'/><sequenceFlow id='f' sourceRef='a' "
           "targetRef='b'><conditionExpression>test.contains(\"a\")"
           "</conditionExpression></sequenceFlow>");
    const struct wr_bpmn_options o = { .bare_conditions_are_juel = true };
    struct wr_bpmn b;
    struct wr_err err;

    ck_assert_int_eq(wr_bpmn_read(a, xml, strlen(xml), &o, &b, &err), 0);
    ck_assert_int_eq(b.n_models, 1);
    ck_assert_int_eq(wr_expr_lang(b.models[0]->flows[0].condition),
                     WR_LANG_JUEL);
}
END_TEST

static bool
handles_t(void *data, const char *id, const char *script)
{
    (void)data, (void)script;

    return !strcmp(id, "t");
}

START_TEST(handlers_replace_code)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *xml = process_of(a, "<scriptTask id='t' scriptFormat='groovy'>"
                                    "<script>LOG</script></scriptTask>");
    const struct wr_bpmn_options o = { .handled = handles_t };
    struct wr_bpmn b;
    struct wr_err err;

    ck_assert_int_eq(wr_bpmn_read(a, xml, strlen(xml), &o, &b, &err), 0);
    ck_assert_int_eq(b.n_models, 1);
    ck_assert_ptr_null(b.models[0]->nodes[0].script);
    ck_assert_str_eq(b.models[0]->nodes[0].script_text, "LOG");
}
END_TEST

/* A new version keeps the numbers of the one before. */
START_TEST(symbols_are_bound)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_symbols *s = wr_symbols_new(a);
    struct wr_bpmn one = read_file(
        a, process_of(a, "<task id='a'/><task id='b'/>" FLOW("f", "a", "b")));
    struct wr_bpmn two = read_file(
        a, process_of(a, "<task id='c'/><task id='b'/>" FLOW("g", "c", "b")));
    struct wr_model *m = two.models[0];

    wr_model_bind(a, one.models[0], s);
    wr_model_bind(a, m, s);
    ck_assert_int_eq(node_of(m, "b")->symbol,
                     node_of(one.models[0], "b")->symbol);
    ck_assert_int_eq(wr_model_node_of(m, wr_symbols_find(s, "c")),
                     wr_model_node(m, "c"));
    ck_assert_int_eq(wr_model_flow_of(m, wr_symbols_find(s, "g")), 0);
    ck_assert_int_eq(wr_model_node_of(m, wr_symbols_find(s, "a")), -1);
    ck_assert_int_eq(wr_model_node_of(m, wr_symbols_find(s, "g")), -1);
    ck_assert_int_eq(wr_model_node_of(m, 99), -1);
    ck_assert_int_eq(wr_model_node_of(m, -1), -1);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("bpmn");

    tcase_add_test(tc, the_graph_hangs_together);
    tcase_add_test(tc, processes_do_not_share_elements);
    tcase_add_test(tc, a_global_rule_is_said_to_be_left_out);
    tcase_add_test(tc, scopes_nest);
    tcase_add_test(tc, events_are_read);
    tcase_add_loop_test(tc, jobs_are_read, 0, WR_COUNT(jobs));
    tcase_add_test(tc, scripts_are_read);
    tcase_add_test(tc, user_tasks_are_read);
    tcase_add_test(tc, mappings_are_read);
    tcase_add_loop_test(tc, conditions_have_a_language, 0,
                        WR_COUNT(conditions));
    tcase_add_test(tc, bare_conditions_can_be_juel);
    tcase_add_test(tc, handlers_replace_code);
    tcase_add_test(tc, symbols_are_bound);

    return t_main("bpmn", tc, NULL);
}
