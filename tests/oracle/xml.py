"""The XML of a random process."""

from __future__ import annotations

from tests.oracle.model import Flow, Loop, Node, Scope

TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "task": "task",
    "user": "userTask",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "inclusive": "inclusiveGateway",
    "catch": "intermediateCatchEvent",
    "escalate": "intermediateThrowEvent",
    "undo": "intermediateThrowEvent",
    "handler": "userTask",
    "boundary": "boundaryEvent",
    "sub": "subProcess",
    "event": "subProcess",
    "race": "eventBasedGateway",
    "call": "callActivity",
    "adhoc": "adHocSubProcess",
    "complex": "complexGateway",
    "throw link": "intermediateThrowEvent",
    "catch link": "intermediateCatchEvent",
}


def definition(node: Node) -> str:
    if node.kind in ("throw link", "catch link"):
        flow = (node.outs if node.kind == "throw link" else node.ins)[0]
        return f'<linkEventDefinition name="L{flow.id}"/>'
    if node.trigger == "message":
        return f'<messageEventDefinition messageRef="M_{node.id}"/>'
    if node.trigger == "signal":
        return f'<signalEventDefinition signalRef="S_{node.id}"/>'
    if node.trigger == "timer":
        return (
            f"<timerEventDefinition><timeDuration>PT{node.minutes}M</timeDuration>"
            "</timerEventDefinition>"
        )
    if node.condition:
        return (
            "<conditionalEventDefinition>"
            f"<condition>{source(node.condition)}</condition>"
            "</conditionalEventDefinition>"
        )
    if node.trigger == "error":
        ref = f' errorRef="{node.code}"' if node.code else ""
        return f"<errorEventDefinition{ref}/>"
    if node.trigger == "escalation":
        ref = f' escalationRef="{node.code}"' if node.code else ""
        return f"<escalationEventDefinition{ref}/>"
    if node.trigger == "compensation":
        return "<compensateEventDefinition/>"
    if node.trigger == "terminate":
        return "<terminateEventDefinition/>"
    return ""


def until_xml(loop: Loop) -> str:
    text = loop.until
    if loop.enough:
        text = f"nrOfCompletedInstances &gt;= {loop.enough}"
    return f"<completionCondition>= {text}</completionCondition>" if text else ""


def loop_xml(loop: Loop | None) -> str:
    if not loop:
        return ""
    if loop.kind == "standard":
        before = "true" if loop.condition else "false"
        return (
            f'<standardLoopCharacteristics testBefore="{before}"'
            f' loopMaximum="{loop.count}"><loopCondition>= '
            f"{loop.condition or 'true'}</loopCondition>"
            "</standardLoopCharacteristics>"
        )
    sequential = "true" if loop.kind == "sequential" else "false"
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        f"<loopCardinality>{loop.count}</loopCardinality>{until_xml(loop)}"
        "</multiInstanceLoopCharacteristics>"
    )


def source(name: str) -> str:
    return f"= {name} = true" if name[0] != "!" else f"= {name[1:]} = false"


def mappings(node: Node) -> str:
    rows = [
        f'<zeebe:{kind} source="{source(name)}" target="{target}"/>'
        for kind, names in (("input", node.inputs), ("output", node.outputs))
        for target, name in names.items()
    ]
    return f"<zeebe:ioMapping>{''.join(rows)}</zeebe:ioMapping>" if rows else ""


def extensions(node: Node) -> str:
    inner = mappings(node)
    if node.kind == "adhoc":
        inner += (
            '<zeebe:properties><zeebe:property name="autoComplete"'
            f' value="{"true" if node.by_itself else "false"}"/></zeebe:properties>'
        )
    if node.called:
        back = "true" if node.gives_back else "false"
        inner += (
            f'<zeebe:calledElement processId="q{node.id}"'
            ' propagateAllParentVariables="true"'
            f' propagateAllChildVariables="{back}"/>'
        )
    return f"<extensionElements>{inner}</extensionElements>" if inner else ""


def node_xml(node: Node) -> str:
    tag, attrs = TAGS[node.kind], f'id="{node.id}"'
    if node.default:
        attrs += f' default="{node.default.id}"'
    if node.host:
        cancel = "true" if node.interrupting else "false"
        attrs += f' attachedToRef="{node.host.id}" cancelActivity="{cancel}"'
    if node.kind == "handler":
        attrs += ' isForCompensation="true"'
    if node.kind == "adhoc":
        attrs += f' ordering="{"Sequential" if node.in_turn else "Parallel"}"'
        rest = "true" if node.cancels else "false"
        attrs += f' cancelRemainingInstances="{rest}"'
    if node.kind == "event":
        attrs += ' triggeredByEvent="true"'
    if node.kind == "start" and node.trigger not in (None, "compensation"):
        attrs += f' isInterrupting="{"true" if node.interrupting else "false"}"'
    outgoing = "".join(f"<outgoing>{f.id}</outgoing>" for f in node.outs if not f.link)
    body = extensions(node) + outgoing + definition(node) + loop_xml(node.loop)
    if node.kind == "complex":
        body += (
            f"<activationCondition>= activationCount &gt;= {node.quorum}"
            "</activationCondition>"
        )
    body += scope_xml(node.inner) if node.inner else ""
    if node.until:
        body += f"<completionCondition>{source(node.until)}</completionCondition>"
    return f"<{tag} {attrs}>{body}</{tag}>"


def flow_xml(f: Flow) -> str:
    ends = f'id="{f.id}" sourceRef="{f.source.id}" targetRef="{f.target.id}"'
    if not f.condition:
        return f"<sequenceFlow {ends}/>"
    name = f.condition.lstrip("!")
    text = f"= {name} = {'false' if f.condition[0] == '!' else 'true'}"
    inner = f"<conditionExpression>{text}</conditionExpression>"
    return f"<sequenceFlow {ends}>{inner}</sequenceFlow>"


def scope_xml(scope: Scope) -> str:
    nodes = "".join(node_xml(n) for n in scope.nodes)
    drawn = [f for n in scope.nodes for f in n.outs if not f.link]
    nodes += "".join(flow_xml(f) for f in drawn)
    return nodes + "".join(handler_xml(n) for n in scope.nodes if n.handler)


def handler_xml(node: Node) -> str:
    assert node.handler
    at = f"c{node.id}"
    return (
        f'<boundaryEvent id="{at}" attachedToRef="{node.id}">'
        "<compensateEventDefinition/></boundaryEvent>"
        f'<association id="a{node.id}" sourceRef="{at}"'
        f' targetRef="{node.handler.id}"/>'
    )


def all_nodes(scope: Scope) -> list[Node]:
    found = []
    for n in scope.nodes:
        found.append(n)
        for inner in (n.inner, n.called):
            found += all_nodes(inner) if inner else []
    return found


def process_xml(scope: Scope) -> str:
    messages = "".join(
        f'<message id="M_{n.id}" name="M_{n.id}"/>'
        for n in all_nodes(scope)
        if n.trigger == "message"
    )
    messages += "".join(
        f'<signal id="S_{n.id}" name="S_{n.id}"/>'
        for n in all_nodes(scope)
        if n.trigger == "signal"
    )
    errors = "".join(f'<error id="{c}" errorCode="{c}"/>' for c in ("E1", "E2"))
    errors += "".join(
        f'<escalation id="{c}" escalationCode="{c}"/>' for c in ("X1", "X2")
    )
    processes = f'<process id="p" isExecutable="true">{scope_xml(scope)}</process>'
    processes += "".join(
        f'<process id="q{n.id}" isExecutable="true">{scope_xml(n.called)}</process>'
        for n in all_nodes(scope)
        if n.called
    )
    return (
        '<?xml version="1.0"?><definitions'
        ' xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
        f' targetNamespace="urn:weir">{messages}{errors}'
        f"{processes}</definitions>\n"
    )
