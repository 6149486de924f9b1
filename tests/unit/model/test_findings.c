#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/model/finding.h"
#include "engine/model/lint.h"
#include "tests/lib/t.h"
#include "tests/unit/model/read.h"

#define FLOW(id, from, to) \
    "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define EXT(x) "<extensionElements>" x "</extensionElements>"
#define TIMER(x)                                                 \
    "<intermediateCatchEvent id='t'><timerEventDefinition>" x    \
    "</timerEventDefinition></intermediateCatchEvent><endEvent " \
    "id='e'/>" FLOW("f", "t", "e")

/* A process body, whose first line is line 3, and its findings. */
static const struct {
    const char *body, *findings;
} cases[] = {
    { "<task id='a'/>", "" },
    /* what is not built is named */
    { "<callActivity id='c'/>", "no-called-element c 3\n" },
    { "<task id='a'/>\n<eventBasedGateway id='g'/>",
      "bad-event-gateway g 4\n" },
    { "<subProcess id='s' triggeredByEvent='true'/>",
      "no-start p 2\nno-start s 3\n" },
    { "<task id='a'/><subProcess id='s' triggeredByEvent='true'>"
      "<startEvent id='n'/></subProcess>",
      "no-event-definition n 3\n" },
    { "<task id='a'/><subProcess id='s' triggeredByEvent='true'>"
      "<startEvent id='n'><terminateEventDefinition/></startEvent>"
      "</subProcess>",
      "unsupported-element n 3\n" },
    { "<task id='a'/><subProcess id='s' triggeredByEvent='true'>"
      "<startEvent id='n'><errorEventDefinition/></startEvent>"
      "</subProcess>" FLOW("f", "a", "s"),
      "flow-to-event-sub-process f 3\n" },
    { "<task id='a'><multiInstanceLoopCharacteristics/></task>",
      "no-loop-end a 3\n" },
    { "<task id='a'><standardLoopCharacteristics/></task>",
      "no-loop-end a 3\n" },
    { "<task id='a'><multiInstanceLoopCharacteristics behavior='Some'>"
      "<loopCardinality>3</loopCardinality>"
      "</multiInstanceLoopCharacteristics></task>",
      "unsupported-attribute a 3\n" },
    { "<task id='a'/><task id='h' isForCompensation='true'/>" FLOW("f", "a",
                                                                   "h"),
      "bad-handler h 3\n" },
    { "<task id='a'/><task id='h'/><boundaryEvent id='b' attachedToRef='a'>"
      "<compensateEventDefinition/></boundaryEvent>"
      "<association sourceRef='b' targetRef='h'/>",
      "bad-handler b 3\n" },
    { "<subProcess id='s'><task id='a'/></subProcess><endEvent id='e'>"
      "<compensateEventDefinition activityRef='a'/></endEvent>",
      "bad-compensation e 3\n" },
    { "<endEvent id='e'><cancelEventDefinition/></endEvent>",
      "no-transaction e 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d'/>", "" },
    { "<businessRuleTask id='r'/>", "no-implementation r 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:resultVariable='v' camunda:mapDecisionResult='singleEntry' camunda:decisionRefBinding='version' camunda:decisionRefVersion='2' camunda:decisionRefTenantId='t'/>",
      "" },
    { "<businessRuleTask id='r' operaton:decisionRef='${d}' operaton:decisionRefBinding='versionTag' operaton:decisionRefVersionTag='x'/>",
      "" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:decisionRefBinding='version'/>",
      "bad-decision r 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:decisionRefBinding='versionTag'/>",
      "bad-decision r 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:decisionRefBinding='newest'/>",
      "bad-decision r 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:decisionRefBinding='version' camunda:decisionRefVersion='one'/>",
      "bad-number r 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:decisionRefVersion='1'/>",
      "no-effect r 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:mapDecisionResult='singleEntry'/>",
      "no-effect r 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:resultVariable='v' camunda:mapDecisionResult='some'/>",
      "bad-decision r 3\n" },
    { "<businessRuleTask id='r' camunda:decisionRef='d' camunda:class='a.B'/>",
      "no-effect r 3\n" },
    { "<serviceTask id='r' camunda:decisionRef='d' camunda:class='a.B'/>",
      "ext-unsupported r 3\nforeign-code r 3\n" },
    { "<businessRuleTask id='r'>" EXT(
          "<zeebe:calledDecision decisionId='d' resultVariable='v' bindingType='deployment'/>") "</businessRuleTask>",
      "" },
    { "<businessRuleTask id='r'>" EXT(
          "<zeebe:calledDecision decisionId='d' resultVariable='v' bindingType='versionTag'/>") "</businessRuleTask>",
      "bad-decision r 3\n" },
    { "<businessRuleTask id='r'>" EXT(
          "<zeebe:calledDecision decisionId='d' resultVariable='v' bindingType='version'/>") "</businessRuleTask>",
      "bad-decision r 3\n" },
    { "<businessRuleTask id='r'>" EXT(
          "<zeebe:calledDecision resultVariable='v'/>") "</businessRuleTask>",
      "no-decision r 3\n" },
    { "<businessRuleTask id='r'>" EXT(
          "<zeebe:calledDecision decisionId='d'/>") "</businessRuleTask>",
      "bad-decision r 3\n" },
    { "<businessRuleTask id='r'>" EXT(
          "<zeebe:calledDecision decisionId='d' resultVariable='v'/><zeebe:taskDefinition type='t'/>") "</businessRuleTask>",
      "bad-decision r 3\n" },
    { "<userTask id='r'>" EXT(
          "<zeebe:calledDecision decisionId='d' resultVariable='v'/>") "</userTask>",
      "unsupported-element r 3\n" },
    { "<serviceTask id='r' flowable:type='dmn'/>", "no-decision r 3\n" },
    { "<serviceTask id='r' flowable:type='dmn'>" EXT(
          "<flowable:field name='decisionTableReferenceKey' stringValue='d'/>") "</serviceTask>",
      "" },
    { "<serviceTask id='r' flowable:type='dmn'>" EXT(
          "<flowable:field name='decisionTableReferenceKey'><flowable:expression>${d}</flowable:expression></flowable:field><flowable:field name='fallbackToDefaultTenant' stringValue='true'/>") "</serviceTask>",
      "ext-unsupported r 3\n" },
    { "<serviceTask id='r' flowable:type='dmn'>" EXT(
          "<flowable:field name='decisionTableReferenceKey' stringValue='d'/><flowable:field name='decisionServiceReferenceKey' stringValue='d'/>") "</serviceTask>",
      "bad-decision r 3\n" },
    { "<businessRuleTask id='r' flowable:rules='a, b' flowable:class='a.B'/>",
      "ext-unsupported r 3\nunsupported-attribute r 3\nforeign-code r 3\n" },
    { "<task id='a' startQuantity='2' completionQuantity='3'/>", "" },
    { "<task id='a' startQuantity='1001'/>", "bad-number a 3\n" },
    { "<endEvent id='e'><signalEventDefinition/></endEvent>",
      "no-signal e 3\n" },
    { "<endEvent id='e'><terminateEventDefinition/>"
      "<terminateEventDefinition/></endEvent>",
      "" },
    { "<task id='a'><dataInputAssociation><targetRef>x</targetRef>"
      "</dataInputAssociation></task>",
      "" },
    { "<task id='a'><dataInputAssociation><sourceRef>x</sourceRef>"
      "<sourceRef>y</sourceRef><targetRef>z</targetRef>"
      "</dataInputAssociation></task>",
      "bad-mapping a 3\n" },
    { "<task id='a'><dataInputAssociation><targetRef>z</targetRef>"
      "<assignment><from>=1</from><to>z[2]</to></assignment>"
      "</dataInputAssociation></task>",
      "bad-mapping a 3\n" },
    { "<task id='a'><dataOutputAssociation><sourceRef>x</sourceRef>"
      "<targetRef>d</targetRef></dataOutputAssociation></task>"
      "<dataStoreReference id='d' name='files'/>",
      "no-effect a 3\n" },
    { "<task id='a'/><dataObject id='d' itemSubjectRef='xsd:int'>" EXT(
          "<flowable:value>many</flowable:value>") "</dataObject>",
      "bad-mapping d 3\n" },
    { "<userTask id='u'>" EXT(
          "<camunda:taskListener event='create'/>") "</userTask>",
      "no-implementation u 3\n" },
    { "<userTask id='u'>" EXT("<camunda:taskListener event='timeout' "
                              "class='a.B'/>") "</userTask>",
      "no-timer u 3\nforeign-code u 3\n" },
    { "<userTask id='u'>" EXT(
          "<camunda:taskListener event='timeout' expression='${x}'>"
          "<timerEventDefinition/></camunda:taskListener>") "</userTask>",
      "no-timer u 3\n" },
    { "<userTask id='u'>" EXT(
          "<camunda:taskListener event='timeout' expression='${x}'>"
          "<timerEventDefinition><timeDuration>soon</timeDuration>"
          "</timerEventDefinition></camunda:taskListener>") "</userTask>",
      "bad-timer u 3\n" },
    { "<userTask id='u'>" EXT(
          "<camunda:taskListener event='create' expression='${x}'>"
          "<timerEventDefinition><timeDuration>PT1H</timeDuration>"
          "</timerEventDefinition></camunda:taskListener>") "</userTask>",
      "ext-unsupported u 3\n" },
    { "<userTask id='u'>" EXT("<flowable:taskListener event='timeout' "
                              "expression='${x}'/>") "</userTask>",
      "unsupported-element u 3\n" },
    { "<userTask id='u'>" EXT("<zeebe:taskListeners><zeebe:taskListener "
                              "eventType='leaving' type='t'/>"
                              "</zeebe:taskListeners>") "</userTask>",
      "unsupported-element u 3\n" },
    { "<userTask id='u'>" EXT("<camunda:taskListener event='create' "
                              "class='a.B'/>") "</userTask>",
      "foreign-code u 3\n" },
    { "<startEvent id='s' operaton:initiator='who'/>", "" },
    { "<userTask id='u'><potentialOwner/></userTask>", "no-effect u 3\n" },
    { "<manualTask id='m'><performer><resourceRef>x</resourceRef>"
      "</performer></manualTask>",
      "no-effect m 3\n" },
    { "<adHocSubProcess id='a'>" EXT(
          "<zeebe:adHoc outputCollection='x'/>") "<task id='t'/>"
                                                 "</adHocSubProcess>",
      "bad-mapping a 3\n" },
    { "<startEvent id='a' flowable:skipExpression='${x}'/>",
      "ext-unsupported a 3\n" },
    { "<task id='a'><tast/></task>", "unknown-element a 3\n" },
    { "<task id='a'/><tast id='b'/>", "unknown-element b 3\n" },
    { "<subProcess id='s'><task id='a'/>\n<tast/></subProcess>",
      "unknown-element s 4\n" },
    /* what has no effect is said, what is foreign is left alone */
    { "<task id='a' camunda:someThing='x'/>", "ext-unsupported a 3\n" },
    { "<userTask id='u'>" EXT("<camunda:formOther/>") "</userTask>",
      "ext-unsupported u 3\n" },
    { "<task id='a' x:any='1'>" EXT("<x:thing/>") "</task>", "" },
    { "<task id='a' camunda:exclusive='false' camunda:modelerTemplate='m'/>",
      "" },
    /* lanes, artifacts, data and documentation load */
    { "<laneSet id='l'><lane id='l1'><flowNodeRef>a</flowNodeRef></lane>"
      "</laneSet><documentation>text</documentation>"
      "<task id='a'><documentation>x</documentation></task>"
      "<textAnnotation id='n'><text>t</text></textAnnotation>"
      "<association id='k' sourceRef='a' targetRef='n'/>"
      "<dataObject id='o'/><dataObjectReference id='r' dataObjectRef='o'/>",
      "" },
    /* the graph */
    { "<task id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='z'/>",
      "no-such-node f 3\n" },
    { "<task id='a'/><sequenceFlow id='f' sourceRef='a'/>",
      "no-such-node f 3\n" },
    { "<task id='a'/>\n<subProcess id='s'>\n<task id='b'/></subProcess>" FLOW(
          "f", "a", "b"),
      "crossing-flow f 5\n" },
    { "<task id='a' default='f'/><task id='b'/>" FLOW("f", "b", "a"),
      "no-such-flow a 3\n" },
    { "<boundaryEvent id='b' attachedToRef='z'><errorEventDefinition/>"
      "</boundaryEvent><task id='a'/>",
      "no-host b 3\n" },
    { "<task/>", "no-id p 3\n" },
    { "<task id='a'/><task id='b'/>" FLOW("f", "a", "b") FLOW("g", "b", "a"),
      "no-start p 2\n" },
    { "", "no-process defs 1\nempty-process p 2\n" },
    { "<startEvent id='s'/><task id='a'/>", "unreachable a 3\n" },
    { "<exclusiveGateway id='g'/>", "gateway-without-exit g 3\n" },
    { "<task id='a' default='f'/><task id='b'/><sequenceFlow id='f' "
      "sourceRef='a' targetRef='b'><conditionExpression>x"
      "</conditionExpression></sequenceFlow>",
      "default-with-condition f 3\n" },
    /* events */
    { "<intermediateCatchEvent id='c'/>", "no-event-definition c 3\n" },
    { "<intermediateCatchEvent id='c'><messageEventDefinition "
      "messageRef='nameless'/></intermediateCatchEvent>",
      "no-message c 3\n" },
    { "<endEvent id='e'><errorEventDefinition/></endEvent>", "no-error e 3\n" },
    { "<endEvent id='e'><errorEventDefinition errorRef='bare'/></endEvent>",
      "no-error-code bare 2\n" },
    { TIMER(""), "no-timer t 3\n" },
    { TIMER("<timeDuration>1 hour</timeDuration>"), "bad-timer t 3\n" },
    { TIMER("<timeDate>tomorrow</timeDate>"), "bad-timer t 3\n" },
    { TIMER("<timeDate>2026-02-30T10:00:00Z</timeDate>"), "bad-timer t 3\n" },
    { TIMER("<timeCycle>R3/PT10M</timeCycle>"), "fires-once t 3\n" },
    { TIMER("\n<timeCycle>R/2026-01-01T00:00:00Z/P1D</timeCycle>"),
      "fires-once t 3\n" },
    { TIMER("<timeCycle>R1/PT10M</timeCycle>"), "" },
    { TIMER("<timeCycle>${x}</timeCycle>"), "" },
    { "<userTask id='u'/><boundaryEvent id='b' attachedToRef='u'>"
      "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle>"
      "</timerEventDefinition></boundaryEvent>",
      "" },
    { TIMER("<timeCycle>0 0 * * * ?</timeCycle>"), "" },
    { TIMER("<timeCycle>CRON_TZ=Europe/Berlin @daily</timeCycle>"), "" },
    { TIMER("<timeCycle>0 0 30 2 *</timeCycle>"), "bad-timer t 3\n" },
    { TIMER("<timeCycle>61 * * * *</timeCycle>"), "bad-timer t 3\n" },
    { TIMER("<timeCycle>@reboot</timeCycle>"), "bad-timer t 3\n" },
    { TIMER("<timeDuration>${x}</timeDuration>"), "" },
    { TIMER("<timeDuration>=x</timeDuration>"), "" },
    { TIMER("<timeDuration>=x +</timeDuration>"), "bad-expression t 3\n" },
    /* tasks */
    { "<serviceTask id='s'/>", "no-implementation s 3\n" },
    { "<serviceTask id='s' implementation='##WebService'/>",
      "no-implementation s 3\n" },
    { "<serviceTask id='s' camunda:type='external'/>",
      "no-implementation s 3\n" },
    { "<serviceTask id='s' flowable:type='mail'/>",
      "unsupported-attribute s 3\n" },
    { "<serviceTask id='s' camunda:class='A'/>", "foreign-code s 3\n" },
    { "<serviceTask id='s' camunda:expression='${'/>", "bad-expression s 3\n" },
    { "<serviceTask id='s' camunda:type='external' camunda:topic='t'>" EXT(
          "<camunda:failedJobRetryTimeCycle>often"
          "</camunda:failedJobRetryTimeCycle>") "</serviceTask>",
      "bad-retry-cycle s 3\n" },
    { "<serviceTask id='s'>" EXT("<zeebe:taskDefinition type='t' "
                                 "retries='many'/>") "</serviceTask>",
      "bad-number s 3\n" },
    { "<scriptTask id='s' scriptFormat='groovy'><script>x</script>"
      "</scriptTask>",
      "unsupported-script s 3\n" },
    { "<scriptTask id='s' scriptFormat='feel'/>", "no-script s 3\n" },
    { "<scriptTask id='s' scriptFormat='feel'><script>1 +</script>"
      "</scriptTask>",
      "bad-expression s 3\n" },
    { "<userTask id='u' camunda:dueDate='soon'/>", "bad-timer u 3\n" },
    { "<userTask id='u' camunda:priority='high'/>", "bad-number u 3\n" },
    { "<task id='a'>" EXT("<zeebe:ioMapping><zeebe:input target='t'/>"
                          "</zeebe:ioMapping>") "</task>",
      "bad-mapping a 3\n" },
    { "<task id='a'>" EXT("<camunda:inputOutput><camunda:inputParameter "
                          "name='n'><camunda:script scriptFormat='groovy'>x"
                          "</camunda:script></camunda:inputParameter>"
                          "</camunda:inputOutput>") "</task>",
      "unsupported-script a 3\n" },
    /* two inclusive joins in each other's way */
    { "<task id='a'/><task id='b'/><inclusiveGateway id='g'/>"
      "<inclusiveGateway id='h'/>" FLOW("1", "a", "g") FLOW("2", "b", "h")
          FLOW("3", "g", "h") FLOW("4", "h", "g"),
      "or-join-circle g 3\n" },
};

START_TEST(findings_name_the_place)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);

    ck_assert_str_eq(findings_of(a, cases[_i].body), cases[_i].findings);
}
END_TEST

START_TEST(strict_makes_errors)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *xml = process_of(a, "<task id='a' camunda:someThing='x'/>");
    const struct wr_bpmn_options strict = { .strict = true };
    struct wr_bpmn b = read_file(a, xml);
    struct wr_err err;

    ck_assert_int_eq(b.n_models, 1);
    ck_assert_uint_eq(b.findings.n_errors, 0);
    ck_assert_int_eq(wr_bpmn_read(a, xml, strlen(xml), &strict, &b, &err), 0);
    ck_assert_int_eq(b.n_models, 0);
    ck_assert_uint_eq(b.findings.n_errors, b.findings.n);
}
END_TEST

START_TEST(not_executable_is_a_warning)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_bpmn b = read_file(
        a, "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>"
           "<process id='p'><task id='a'/></process>"
           "<process id='q'><task id='b'/></process></definitions>");

    ck_assert_int_eq(b.n_models, 2);
    ck_assert(!b.models[0]->executable);
    ck_assert_str_eq(b.models[1]->process_id, "q");
    ck_assert_uint_eq(b.findings.n, 3); /* and there is no targetNamespace */
    ck_assert_str_eq(b.findings.items[1].code, "not-executable");
}
END_TEST

static const struct {
    const char *xml, *code;
    int line;
} refused[] = {
    { "<a", "xml-malformed", 1 },
    { "<!DOCTYPE a><a/>", "xml-malformed", 1 },
    { "\n<html/>", "not-bpmn", 2 },
    { "<definitions/>", "not-bpmn", 1 },
    { "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'/>",
      "not-bpmn", 1 },
    { "<process xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>",
      "not-bpmn", 1 },
};

START_TEST(what_is_no_bpmn_is_a_finding)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_bpmn b;
    struct wr_err err = { 0 };
    struct wr_finding f;

    ck_assert_int_eq(wr_bpmn_read(a, refused[_i].xml, strlen(refused[_i].xml),
                                  NULL, &b, &err),
                     WR_EPARSE);
    f = wr_bpmn_finding(a, &err);
    ck_assert_str_eq(f.code, refused[_i].code);
    ck_assert_int_eq(f.line, refused[_i].line);
}
END_TEST

START_TEST(json_is_the_contracts)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_findings list = { .arena = a };
    struct wr_str s = { .arena = a };

    wr_found(&list, WR_F_EXT_049, "r\"1", 7, NULL);
    wr_finding_json(&s, &list.items[0]);
    ck_assert_str_eq(
        s.s, "{\"code\":\"instantiate-with-incoming\",\"severity\":\"warning\""
             ",\"element\":\"r\\\"1\",\"line\":7,\"constraint\":\"EXT.049\","
             "\"detail\":\"a receive task with instantiate=\\\"true\\\" has an "
             "incoming flow\"}");
}
END_TEST

START_TEST(codes_are_used_once)
{
    for (int i = 0; i < WR_FOUNDS; i++) {
        ck_assert_ptr_nonnull(wr_finding_row(i)->code);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(wr_finding_row(i)->code, wr_finding_row(k)->code);
    }
}
END_TEST

START_TEST(lint_prints_lines)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    char path[] = "/tmp/weir-lint-XXXXXX";
    struct wr_str s = { .arena = a };
    struct wr_err err = { 0 };
    size_t n = 0;
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "w");

    fputs("<a>", f);
    fclose(f);
    ck_assert_int_eq(wr_lint_file(a, path, NULL, &s, &n, &err), 0);
    remove(path);
    ck_assert_uint_eq(n, 1);
    ck_assert_msg(!strncmp(s.s, "{\"file\":\"/tmp/weir-lint-", 23), "%s", s.s);
    ck_assert_ptr_nonnull(strstr(s.s, "\"code\":\"xml-malformed\""));
    ck_assert_int_eq(s.s[s.len - 1], '\n');
    ck_assert_int_eq(wr_lint_file(a, "/no/such/file", NULL, &s, &n, &err),
                     WR_ENOTFOUND);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("findings");

    tcase_add_loop_test(tc, findings_name_the_place, 0, WR_COUNT(cases));
    tcase_add_test(tc, strict_makes_errors);
    tcase_add_test(tc, not_executable_is_a_warning);
    tcase_add_loop_test(tc, what_is_no_bpmn_is_a_finding, 0, WR_COUNT(refused));
    tcase_add_test(tc, json_is_the_contracts);
    tcase_add_test(tc, codes_are_used_once);
    tcase_add_test(tc, lint_prints_lines);

    return t_main("findings", tc, NULL);
}
