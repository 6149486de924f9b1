#!/usr/bin/python3
"""Prints docs/dmn.md: what of DMN runs, and which model of the tests shows it.

What runs is read from the engine's own tables; a model of tests/dmn shows what
it holds, when test cases of its own are run on it.  `dmn_doc.py TOP`.
"""

from __future__ import annotations

import pathlib
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable

TOP = pathlib.Path(sys.argv[1])
SHOWN = 3  # models named at most

Test = Callable[[ET.Element], bool]


def text(file: str) -> str:
    return (TOP / file).read_text()


def table(file: str, name: str) -> list[str]:
    """The first string of each row of a table of the engine."""
    found = re.search(
        rf"\b{name}\[\](?: = |[^;]*= )\{{(.*?)^\}};", text(file), re.S | re.M
    )
    if not found:
        sys.exit(f"dmn_doc.py: {file} has no table {name}")
    return re.findall(r'(?:\{|=) "([^"]+)"', found.group(1))


def local(e: ET.Element) -> str:
    return e.tag.rsplit("}", 1)[-1]


def models() -> dict[str, ET.Element]:
    """By name, the models that cases are run on."""
    found = {}
    for test in sorted((TOP / "tests/dmn").glob("*-test.xml")):
        for e in ET.parse(test).getroot():
            if local(e) == "modelName" and e.text:
                name = e.text.strip()
                found[name] = ET.parse(test.parent / name).getroot()
    return found


MODELS = models()


def shown_by(test: Test) -> str:
    names = [
        name for name, model in MODELS.items() if any(test(e) for e in model.iter())
    ]
    return ", ".join(f"`{n}`" for n in names[:SHOWN]) or "none"


def named(tag: str) -> Test:
    return lambda e: local(e) == tag


def with_attribute(tag: str, name: str, value: str, otherwise: str) -> Test:
    return lambda e: local(e) == tag and e.get(name, otherwise) == value


def rows(head: str, lines: list[tuple[str, str]]) -> None:
    print(f"\n| {head} | shown by |\n|---|---|")
    for name, shown in lines:
        if shown == "none":
            sys.exit(f"dmn_doc.py: no model of tests/dmn shows {name}")
        print(f"| {name} | {shown} |")


def findings() -> None:
    doc = text("engine/model/findings.def")
    start = doc.index("WR_FINDING(NO_IMPORT")
    print("\n## Findings\n")
    print(
        "`weir lint FILE.dmn` and deployment say what is wrong or doubtful. All "
        "findings are in\n[findings.md](findings.md); these are about decisions. "
        "Gaps and overlaps are told exactly\nfor tables whose entries compare "
        "their input with constants, `null` being an input only\nwhere an entry "
        "names it; where they cannot be told, that is a finding, too."
    )
    print("\n| code | severity | meaning |\n|---|---|---|")
    for severity, code, meaning in re.findall(
        r'^WR_FINDING\(\w+,\s*(\w+),\s*"([^"]+)",\s*NULL,\s*"([^"]+)"\)',
        doc[start:],
        re.M,
    ):
        kind = "error" if severity == "WR_ERROR_FINDING" else "warning"
        print(f"| `{code}` | {kind} | {meaning} |")


def main() -> None:
    versions = re.findall(
        r'\{ "(https?://[^"]+)", WR_NS_DMN \}', text("engine/model/xml.c")
    )
    print("# DMN in Weir\n")
    print(
        "Generated from the engine's tables and from tests/dmn; do not edit. "
        "Beside these models,\nall visible cases of the DMN TCK, levels 2 and 3, "
        "are run by the suite `34-dmn`.\nExpressions are FEEL: [feel.md](feel.md). "
        "Functions of kind Java or PMML, other\nexpression languages and imported "
        "values are refused, by name."
    )
    print("\n## Versions\n")
    for uri in versions:
        print(f"- `{uri}`")
    print("\n## Elements of the requirements graph")
    rows(
        "element",
        [(n, shown_by(named(n))) for n in table("engine/dmn/read.c", "kinds")],
    )
    more = [
        "informationRequirement",
        "knowledgeRequirement",
        "import",
        "itemDefinition",
    ]
    more += ["itemComponent", "allowedValues", "typeConstraint"]
    rows("element", [(n, shown_by(named(n))) for n in more])
    print("\n## Boxed expressions")
    rows(
        "expression",
        [(n, shown_by(named(n))) for n in table("engine/dmn/boxed.c", "kinds")],
    )
    print("\n## Decision tables")
    rows(
        "hit policy",
        [
            (n, shown_by(with_attribute("decisionTable", "hitPolicy", n, "UNIQUE")))
            for n in table("engine/dmn/table_read.c", "policies")
        ],
    )
    rows(
        "aggregation of COLLECT",
        [
            (n, shown_by(with_attribute("decisionTable", "aggregation", n, "")))
            for n in table("engine/dmn/table_read.c", "aggregations")
        ],
    )
    rows(
        "part",
        [
            (n, shown_by(named(n)))
            for n in ["inputValues", "outputValues", "defaultOutputEntry"]
        ],
    )
    findings()


main()
