/* Structure: what schema.def says of each element, found where it is broken. */

#include "tests/lib/t.h"
#include "tests/unit/model/read.h"

static const struct {
    const char *body, *findings;
} cases[] = {
    { "<task id='a'/>", "" },
    { "<task id='a' Name='x'/>", "no-such-attribute a 3\n" },
    { "<task id='a' camunda:asyncBefore='true' x:any='1'/>", "" },
    { "<task id='a b'/>", "bad-attribute a b 3\n" },
    { "<task id='a.b-c_1'/>", "" },
    { "<task id='1a'/>", "bad-attribute 1a 3\n" },
    { "<task id='a' isForCompensation='yes'/>", "bad-attribute a 3\n" },
    { "<task id='a' isForCompensation=' 0 '/>", "" },
    { "<task id='a' startQuantity='two'/>", "bad-attribute a 3\n" },
    { "<exclusiveGateway id='g' gatewayDirection='Any'/>",
      "bad-attribute g 3\n" },
    { "<exclusiveGateway id='g' gatewayDirection='Mixed'/>", "" },
    { "<sequenceFlow id='f' sourceRef='a'/>", "missing-attribute f 3\n" },
    { "<boundaryEvent id='b' attachedToRef='t:a'/>", "" },
    { "<boundaryEvent id='b' attachedToRef='nobody:a'/>",
      "bad-attribute b 3\n" },
    { "<serviceTask id='s' implementation='##WebService'/>", "" },
    { "<transaction id='s' method='##Image'/>", "" },
    { "<callActivity id='c' calledElement='a b'/>", "bad-attribute c 3\n" },
    /* order and number */
    { "<task id='a'><incoming>f</incoming><documentation/></task>",
      "misplaced-element a 3\n" },
    { "<task id='a'><documentation/><documentation/><incoming>f</incoming>"
      "</task>",
      "" },
    { "<task id='a'><extensionElements/><extensionElements/></task>",
      "misplaced-element a 3\n" },
    { "<task id='a'><outgoing>g</outgoing><incoming>f</incoming></task>",
      "misplaced-element a 3\n" },
    { "<task id='a'><script>x</script></task>", "misplaced-element a 3\n" },
    { "<task id='a'><x:own/></task>", "misplaced-element a 3\n" },
    { "<task id='a'><extensionElements><x:own y='1'>text<x:in/></x:own>"
      "</extensionElements></task>",
      "" },
    { "<task id='a'><extensionElements><task id='in'/></extensionElements>"
      "</task>",
      "misplaced-element in 3\n" },
    { "<task id='a'/><laneSet id='l'/>", "misplaced-element l 3\n" },
    { "<laneSet id='l'><lane id='m'><flowNodeRef> a </flowNodeRef></lane>"
      "</laneSet><task id='a'/>",
      "" },
    { "<textAnnotation id='n'/><task id='a'/>", "misplaced-element a 3\n" },
    { "<task id='a'><dataInputAssociation id='i'/></task>",
      "missing-element i 3\n" },
    { "<task id='a'><ioSpecification id='i'><inputSet/></ioSpecification>"
      "</task>",
      "missing-element i 3\n" },
    { "<startEvent id='s'><timerEventDefinition id='t'>"
      "<timeDate>x</timeDate><timeCycle>x</timeCycle></timerEventDefinition>"
      "</startEvent>",
      "misplaced-element t 3\n" },
    { "<startEvent id='s'><conditionalEventDefinition id='c'/></startEvent>",
      "missing-element c 3\n" },
    /* text */
    { "<task id='a'>text</task>", "misplaced-text a 3\n" },
    { "<task id='a'> <!-- text --> </task>", "" },
    { "<task id='a'><documentation>any <b>text</b></documentation></task>",
      "" },
    { "<task id='a'><incoming>a b</incoming></task>", "bad-attribute a 3\n" },
    /* expressions */
    { "<sequenceFlow id='f' sourceRef='a' targetRef='b'>"
      "<conditionExpression xsi:type='tFormalExpression' language='x'>y"
      "</conditionExpression></sequenceFlow>",
      "" },
    { "<sequenceFlow id='f' sourceRef='a' targetRef='b'>"
      "<conditionExpression language='x'>y</conditionExpression>"
      "</sequenceFlow>",
      "no-such-attribute f 3\n" },
    { "<sequenceFlow id='f' sourceRef='a' targetRef='b'>"
      "<conditionExpression xsi:type='none:tExpression'>y"
      "</conditionExpression></sequenceFlow>",
      "bad-attribute f 3\n" },
    { "<sequenceFlow id='f' sourceRef='a' targetRef='b'>"
      "<conditionExpression xsi:type='tTask'>y</conditionExpression>"
      "</sequenceFlow>",
      "bad-attribute f 3\n" },
};

START_TEST(structure_is_judged)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);

    ck_assert_str_eq(structure_of(a, cases[_i].body), cases[_i].findings);
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("schema (rows 22)");

    tcase_add_loop_test(tc, structure_is_judged, 0, WR_COUNT(cases));

    return t_main("schema", tc, NULL);
}
