/* models: processes that wait for everything there is to wait for, and what they
 * have counted when they are at their end. */
#include "tests/sim/sim.h"

#define FLOW(id, from, to) \
    "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define ADD(id, name)                                       \
    "<scriptTask id='" id                                   \
    "'><extensionElements><zeebe:script expression='=" name \
    " + 1' resultVariable='" name "'/></extensionElements></scriptTask>"
#define JOB(id)                                    \
    "<serviceTask id='" id "'><extensionElements>" \
    "<zeebe:taskDefinition type='work'/></extensionElements></serviceTask>"
#define ERRING(id)                                 \
    "<serviceTask id='" id "'><extensionElements>" \
    "<zeebe:taskDefinition type='erring'/></extensionElements></serviceTask>"
#define CALL(id)                                                         \
    "<callActivity id='" id "'><extensionElements><zeebe:calledElement " \
    "processId='part' propagateAllChildVariables='false'/>"              \
    "</extensionElements></callActivity>"
#define PROCESS(id) "<process id='" id "' isExecutable='true'>"

const struct sim_model sim_models[] = {
    { "jobs", "done", 3, false },    { "many", "done", 5, false },
    { "timers", "done", 3, false },  { "race", "done", 1, false },
    { "calls", "done", 2, false },   { "undo", "undone", 2, false },
    { "thrower", "done", 1, false }, { "steps", "done", 7, false },
    { "tasks", "done", 4, false },   { "begun", "done", 1, true },
};
const size_t sim_n_models = WR_COUNT(sim_models);

#define HEAD                                                                  \
    "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' "       \
    "xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' "                      \
    "xmlns:camunda='http://camunda.org/schema/1.0/bpmn' targetNamespace='t'>" \
    "<message id='go' name='go'><extensionElements>"                          \
    "<zeebe:subscription correlationKey='=key'/></extensionElements>"         \
    "</message><message id='begin' name='begin-begun'/>"                      \
    "<signal id='all' name='all'/><error id='err' errorCode='no'/>"
#define TAIL "</process></definitions>"

/* A file each: what a slot has forgotten it reads again. */
const char *const sim_files[] = {
    /* workers, one after the other */
    HEAD PROCESS("jobs") "<startEvent id='js'/>" JOB("j1") ADD("ja", "done")
        JOB("j2") ADD("jb", "done") JOB("j3")
            ADD("jc", "done") "<endEvent id='je'/>" FLOW("jf1", "js", "j1")
                FLOW("jf2", "j1", "ja") FLOW("jf3", "ja", "j2")
                    FLOW("jf4", "j2", "jb") FLOW("jf5", "jb", "j3")
                        FLOW("jf6", "j3", "jc") FLOW("jf7", "jc", "je") TAIL,
    /* ... and all at once, in iterations */
    HEAD PROCESS(
        "many") "<startEvent id='ms'/><subProcess id='m'>"
                "<multiInstanceLoopCharacteristics><loopCardinality>5</loopCardinality>"
                "</multiInstanceLoopCharacteristics><startEvent id='mi'/>" JOB(
                    "mj")
                    ADD("ma", "done") "<endEvent id='mx'/>" FLOW("mf1", "mi",
                                                                 "mj")
                        FLOW("mf2", "mj", "ma") FLOW(
                            "mf3", "ma",
                            "mx") "</subProcess><endEvent id='me'/>" FLOW("mf4",
                                                                          "ms",
                                                                          "m")
                            FLOW("mf5", "m", "me") TAIL,
    /* three times while a task is open, which a timer ends */
    HEAD PROCESS(
        "timers") "<startEvent id='ts'/>"
                  "<userTask id='never' camunda:assignee='nobody'/>"
                  "<boundaryEvent id='tick' attachedToRef='never' cancelActivity='false'>"
                  "<extensionElements><zeebe:properties><zeebe:property name='misfire' "
                  "value='all'/></zeebe:properties></extensionElements>"
                  "<timerEventDefinition><timeCycle>R3/PT10S</timeCycle>"
                  "</timerEventDefinition></boundaryEvent>"
                  "<boundaryEvent id='over' attachedToRef='never'><timerEventDefinition>"
                  "<timeDuration>PT2M</timeDuration></timerEventDefinition>"
                  "</boundaryEvent>" ADD(
                      "ta",
                      "done") "<endEvent id='tx'/>"
                              "<endEvent id='te'/><endEvent id='ty'/>" FLOW(
                                  "tf1", "ts", "never")
                                  FLOW("tf2", "tick", "ta")
                                      FLOW("tf3", "ta", "tx")
                                          FLOW("tf4", "over", "te")
                                              FLOW("tf5", "never", "ty") TAIL,
    /* a message or a timer, never both */
    HEAD PROCESS(
        "race") "<startEvent id='rs'/><eventBasedGateway id='rg'/>"
                "<intermediateCatchEvent id='rm'>"
                "<messageEventDefinition messageRef='go'/></intermediateCatchEvent>"
                "<intermediateCatchEvent id='rt'><timerEventDefinition>"
                "<timeDuration>PT20S</timeDuration></timerEventDefinition>"
                "</intermediateCatchEvent>" ADD(
                    "ra", "done") "<endEvent id='re'/>" FLOW("rf1", "rs", "rg")
                    FLOW("rf2", "rg", "rm") FLOW("rf3", "rg", "rt")
                        FLOW("rf4", "rm", "ra") FLOW("rf5", "rt", "ra")
                            FLOW("rf6", "ra", "re") TAIL,
    /* two called processes at once, that of an error besides */
    HEAD PROCESS("calls") "<startEvent id='cs'/><parallelGateway id='cg'/>" CALL(
        "c1") "<boundaryEvent id='cb' attachedToRef='c1'>"
              "<errorEventDefinition errorRef='err'/></boundaryEvent>" CALL(
                  "c2") "<boundaryEvent id='cd' attachedToRef='c2'>"
                        "<errorEventDefinition errorRef='err'/></boundaryEvent>"
                        "<exclusiveGateway id='cx'/><exclusiveGateway id='cy'/>" ADD(
                            "ca", "done")
                            ADD("cc", "done") "<parallelGateway id='cj'/><endEvent id='ce'/>" FLOW(
                                "cf1", "cs", "cg") FLOW("cf2", "cg", "c1")
                                FLOW("cf3", "cg", "c2") FLOW("cf4", "c1", "cx")
                                    FLOW("cf5", "cb", "cx") FLOW("cf6", "c2",
                                                                 "cy")
                                        FLOW("cf7", "cd", "cy") FLOW("cf8",
                                                                     "cx", "ca")
                                            FLOW("cf9", "cy", "cc")
                                                FLOW("cf10", "ca", "cj")
                                                    FLOW("cf11", "cc", "cj")
                                                        FLOW("cf12", "cj", "ce")
                                                            TAIL,
    HEAD PROCESS("part") "<startEvent id='ps'/>" ERRING(
        "pj") "<boundaryEvent id='pb' attachedToRef='pj'>"
              "<errorEventDefinition errorRef='err'/></boundaryEvent>"
              "<endEvent id='pe'/><endEvent id='px'>"
              "<errorEventDefinition errorRef='err'/></endEvent>" FLOW(
                  "pf1", "ps", "pj") FLOW("pf2", "pj", "pe")
                  FLOW("pf3", "pb", "px") TAIL,
    /* what was done is undone */
    HEAD PROCESS("undo") "<startEvent id='us'/><parallelGateway id='ug'/>" JOB(
        "u1")
        JOB("u2") "<boundaryEvent id='ub1' attachedToRef='u1'><compensateEventDefinition/>"
                  "</boundaryEvent><boundaryEvent id='ub2' attachedToRef='u2'>"
                  "<compensateEventDefinition/></boundaryEvent>"
                  "<scriptTask id='uh1' isForCompensation='true'><extensionElements>"
                  "<zeebe:script expression='=undone + 1' resultVariable='undone'/>"
                  "</extensionElements></scriptTask>"
                  "<scriptTask id='uh2' isForCompensation='true'><extensionElements>"
                  "<zeebe:script expression='=undone + 1' resultVariable='undone'/>"
                  "</extensionElements></scriptTask>"
                  "<association id='ua1' sourceRef='ub1' targetRef='uh1'/>"
                  "<association id='ua2' sourceRef='ub2' targetRef='uh2'/>"
                  "<parallelGateway id='uj'/><intermediateThrowEvent id='ut'>"
                  "<compensateEventDefinition/></intermediateThrowEvent>"
                  "<endEvent id='ue'/>" FLOW("uf1", "us", "ug")
                      FLOW("uf2", "ug", "u1") FLOW("uf3", "ug", "u2")
                          FLOW("uf4", "u1", "uj") FLOW("uf5", "u2", "uj")
                              FLOW("uf6", "uj", "ut") FLOW("uf7", "ut", "ue")
                                  TAIL,
    /* a message starts another one, a signal its start event */
    HEAD PROCESS(
        "thrower") "<startEvent id='hs'/><intermediateThrowEvent id='hm'>"
                   "<messageEventDefinition messageRef='begin'/></intermediateThrowEvent>" ADD(
                       "ha", "done") "<endEvent id='he'><signalEventDefinition "
                                     "signalRef='all'/></endEvent>" FLOW(
                                         "hf1", "hs", "hm")
                                         FLOW("hf2", "hm", "ha")
                                             FLOW("hf3", "ha", "he") TAIL,
    HEAD PROCESS(
        "begun") "<startEvent id='bs'>"
                 "<messageEventDefinition messageRef='begin'/></startEvent>"
                 "<scriptTask id='ba'><extensionElements><zeebe:script "
                 "expression='=if done = null then 1 else done + 1' "
                 "resultVariable='done'/></extensionElements></scriptTask>"
                 "<endEvent id='be'/>" FLOW("bf1", "bs", "ba")
                     FLOW("bf2", "ba", "be") TAIL,
    HEAD PROCESS(
        "told") "<startEvent id='os'><signalEventDefinition "
                "signalRef='all'/></startEvent><endEvent id='oe'/>" FLOW(
                    "of1", "os", "oe") TAIL,
    /* each time around is a job of the scheduler */
    HEAD PROCESS(
        "steps") "<startEvent id='ss'/><exclusiveGateway id='sm'/>"
                 "<scriptTask id='sa' camunda:asyncBefore='true'><extensionElements>"
                 "<zeebe:script expression='=done + 1' resultVariable='done'/>"
                 "</extensionElements></scriptTask>"
                 "<exclusiveGateway id='sx' default='sout'/><endEvent id='se'/>" FLOW(
                     "sf1", "ss", "sm") FLOW("sf2", "sm", "sa")
                     FLOW(
                         "sf3", "sa",
                         "sx") "<sequenceFlow id='sagain' sourceRef='sx' targetRef='sm'>"
                               "<conditionExpression>=done &lt; 7</conditionExpression></sequenceFlow>" FLOW(
                                   "sout", "sx", "se") TAIL,
    /* people, joined */
    HEAD PROCESS(
        "tasks") "<startEvent id='as'/><parallelGateway id='ag'/>"
                 "<userTask id='a1'/><userTask id='a2'><multiInstanceLoopCharacteristics>"
                 "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
                 "</userTask>" ADD(
                     "aa",
                     "done") "<parallelGateway id='aj'/><scriptTask id='ab'><extensionElements>"
                             "<zeebe:script expression='=done + 3' resultVariable='done'/>"
                             "</extensionElements></scriptTask><endEvent id='ae'/>" FLOW(
                                 "af1", "as", "ag") FLOW("af2", "ag", "a1")
                                 FLOW("af3", "ag", "a2") FLOW("af4", "a1", "aa")
                                     FLOW("af5", "aa", "aj")
                                         FLOW("af6", "a2", "aj")
                                             FLOW("af7", "aj", "ab")
                                                 FLOW("af8", "ab", "ae") TAIL,
};
const size_t sim_n_files = WR_COUNT(sim_files);
