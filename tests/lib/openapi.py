"""Judges exchanges by docs/openapi.json: the part of JSON Schema it uses."""

from __future__ import annotations

import json
import re
import threading
import urllib.parse
from typing import Any

from tests.lib.weirtest import TOP, Answer

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
KNOWN = {
    *("type", "properties", "required", "additionalProperties", "items", "enum"),
    *("format", "description", "$ref"),
}


class Api:
    """The description, and which of its operations were called."""

    def __init__(self) -> None:
        self.doc = json.loads((TOP / "docs/openapi.json").read_text())
        self.called: set[str] = set()
        self.succeeded: set[str] = set()
        self.lock = threading.Lock()
        self.operations: list[tuple[str, re.Pattern[str], str, Any]] = []
        for path, methods in self.doc["paths"].items():
            pattern = re.compile(
                "/".join(
                    "[^/]+" if part.startswith("{") else re.escape(part)
                    for part in path.split("/")
                )
            )
            for method, op in methods.items():
                self.operations.append((method.upper(), pattern, path, op))
        # Literal paths first, as the server prefers them.
        self.operations.sort(key=lambda o: o[2].count("{"))

    def never_called(self) -> list[str]:
        ids = {op["operationId"] for _, _, _, op in self.operations}
        return sorted(ids - self.succeeded)

    def find(self, method: str, path: str) -> Any:
        for m, pattern, _, op in self.operations:
            if m == method and pattern.fullmatch(path):
                return op
        return None

    def check(
        self,
        method: str,
        target: str,
        headers: dict[str, str],
        body: bytes | str | None,
        answer: Answer,
    ) -> None:
        """Raises AssertionError when the exchange is not as described."""
        url = urllib.parse.urlsplit(target)
        op = self.find(method, url.path)
        type_ = answer.headers.get("content-type", "")
        if answer.status >= 400 and type_ == "application/problem+json":
            self.value(answer.json, {"$ref": "#/components/schemas/Problem"}, "problem")
        if op is None:
            return
        at = f"{op['operationId']} {answer.status}"
        with self.lock:
            self.called.add(op["operationId"])
            if answer.status < 400:
                self.succeeded.add(op["operationId"])
        described = op["responses"].get(str(answer.status))
        if answer.status >= 400:
            # /health/ready tells how it is in the same document either way.
            if op["operationId"] != "ready" and type_ != "application/problem+json":
                raise AssertionError(f"{at}: an error as {type_}")
            return
        if described is None:
            raise AssertionError(f"{at}: the status is not described")
        self.parameters(op, url.query, at)
        self.request_body(op, headers, body, at)
        self.response_body(described, answer, type_, at)

    def parameters(self, op: Any, query: str, at: str) -> None:
        allowed = {p["name"] for p in op.get("parameters", []) if p["in"] == "query"}
        for name in urllib.parse.parse_qs(query, keep_blank_values=True):
            if name not in allowed:
                raise AssertionError(f"{at}: parameter '{name}' is not described")

    def request_body(
        self, op: Any, headers: dict[str, str], body: bytes | str | None, at: str
    ) -> None:
        described = op.get("requestBody")
        if not body:
            if described and described["required"]:
                raise AssertionError(f"{at}: accepted without a body")
            return
        if described is None:
            raise AssertionError(f"{at}: took a body that is not described")
        content = described["content"].get("application/json")
        if content:
            self.value(json.loads(body), content["schema"], f"{at} request")

    def response_body(self, described: Any, a: Answer, type_: str, at: str) -> None:
        content = described.get("content")
        if content is None:
            if a.body:
                raise AssertionError(f"{at}: a body where none is described")
            return
        if "*/*" in content:
            return
        if type_ not in content:
            raise AssertionError(f"{at}: type {type_} is not described")
        self.value(a.json, content[type_]["schema"], f"{at} answer")

    def value(self, v: Any, schema: Any, at: str) -> None:
        unknown = set(schema) - KNOWN
        if unknown:
            raise AssertionError(f"{at}: the schema uses {unknown}")
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            self.value(v, self.doc["components"]["schemas"][name], at)
            return
        types = schema.get("type")
        if types is not None and not any(
            is_type(v, t) for t in ([types] if isinstance(types, str) else types)
        ):
            raise AssertionError(f"{at}: {v!r} is no {types}")
        if "enum" in schema and v is not None and v not in schema["enum"]:
            raise AssertionError(f"{at}: {v!r} is none of {schema['enum']}")
        if isinstance(v, str):
            self.format(v, schema.get("format"), at)
        if isinstance(v, list):
            for i, item in enumerate(v):
                self.value(item, schema.get("items", {}), f"{at}/{i}")
        if isinstance(v, dict):
            self.object(v, schema, at)

    def format(self, v: str, format_: str | None, at: str) -> None:
        pattern = {"uuid": UUID, "date-time": INSTANT}.get(format_ or "")
        if pattern and not pattern.fullmatch(v):
            raise AssertionError(f"{at}: {v!r} is no {format_}")

    def object(self, v: dict[str, Any], schema: Any, at: str) -> None:
        for name in schema.get("required", []):
            if name not in v:
                raise AssertionError(f"{at}: no '{name}'")
        properties = schema.get("properties")
        if properties is None:
            return
        for name, inner in v.items():
            if name in properties:
                self.value(inner, properties[name], f"{at}/{name}")
            elif schema.get("additionalProperties") is not True:
                raise AssertionError(f"{at}: '{name}' is not described")


def is_type(v: Any, name: str) -> bool:
    if name == "integer":
        return isinstance(v, int) and not isinstance(v, bool)
    if name == "number":
        return isinstance(v, (int, float)) and not isinstance(v, bool)
    return isinstance(v, TYPES[name])
