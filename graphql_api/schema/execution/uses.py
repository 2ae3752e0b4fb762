"""What a request may need a right for: the words in which usage is told.

They are names of the schema, never a value of the client's.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField

READ_FIELD, WRITE_FIELD = "read_field", "write_field"
SEARCH, ACTION, REPORT, ADDITION = "search", "action", "report", "addition"
"""Kinds of a :class:`Use`, beside the operations: ``ADDITION`` is what an addon adds in code."""

DISPLAY_NAME = "display_name"
"""The name of the field that Odoo composes of others."""


class Use(NamedTuple):
    """What a request needs a right for.

    :param type_name: of the resource; empty for a root field that an addon adds
    :param kind: an operation, or one of the constants of this module
    :param name: REST name of the field or report, name of the action; empty where there is none
    """

    type_name: str
    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class DocumentUsage:
    """What a document uses, and what depends on the variables of a request.

    :param uses: whatever the variables are
    :param inputs: variables whose values name fields, with their types
    :param lists: variables that are what to do with a list, with the field that leads to it
    :param conditions: a variable, whether it must have a value, and what is used then
    :param has_others: whether it reads what has no :class:`Use`: the caller, external ids
    """

    uses: frozenset[Use]
    has_others: bool
    inputs: tuple[tuple[str, Any], ...] = ()
    lists: tuple[tuple[str, ResourceField], ...] = ()
    conditions: tuple[tuple[str, bool, frozenset[Use]], ...] = ()


def field_uses(resource: Resource, field: ResourceField, kind: str = READ_FIELD) -> set[Use]:
    """Return the uses of a field; a relation needs the resource that it leads to."""
    uses = {Use(resource.type_name, kind, field.alias_of or field.name)}
    if kind == READ_FIELD:
        uses.add(Use(resource.type_name, "read"))
    if field.relation:
        uses.add(Use(field.relation, "read"))
    return uses


def list_uses(field: ResourceField, operation: str) -> set[Use]:
    """Return what an operation on a list does with its records (see ``relation_operations``)."""
    if operation in ("create", "update", "delete"):
        needed = [operation]
    elif operation in ("upsert", "replace"):
        needed = ["create", "update"]
        if operation == "replace" and field.type != "many2many":
            needed.append("delete")
    elif field.type == "many2many":
        needed = []
    else:
        needed = ["update"]
        if field.unlink_deletes and operation != "link":
            needed.append("delete")
    return {Use(field.target, name) for name in needed}
