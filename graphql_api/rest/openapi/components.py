"""The parts of a document that others refer to, each made when it is first named."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


class Components:
    """Collects the components of a document; what nothing refers to is never in it."""

    def __init__(self):
        self._parts: dict[str, dict[str, Json]] = {}

    def refer(self, kind: str, name: str, build: Callable[[], Json]) -> Json:
        """Return a reference to a component, which ``build`` makes the first time.

        :param kind: ``schemas``, ``responses``, ``requestBodies``, ``parameters`` or ``headers``
        """
        parts = self._parts.setdefault(kind, {})
        if name not in parts:
            parts[name] = {}  # it may refer to itself
            parts[name] = build()
        return {"$ref": f"#/components/{kind}/{name}"}

    def to_json(self) -> Json:
        """Return the components object."""
        return {kind: dict(sorted(parts.items())) for kind, parts in sorted(self._parts.items())}


def nullable(schema: Json) -> Json:
    """Return a schema that admits null, too."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    if "type" not in schema:
        return schema  # it admits anything
    widened = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        widened["enum"] = [*schema["enum"], None]
    return widened


def deprecated(part: Json, reason: str | None) -> Json:
    """Return a part that is marked as deprecated, with the reason after its description."""
    if not reason:
        return part
    text = " ".join(filter(None, [part.get("description"), f"Deprecated: {reason}"]))
    return {**part, "description": text, "deprecated": True}


def described(schema: Json, description: str | None) -> Json:
    """Return a schema with a description beside whatever it says."""
    return {**schema, "description": description} if description else schema
