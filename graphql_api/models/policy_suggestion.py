"""A policy as it would be with what its keys have used alone."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from strawberry.types.base import get_object_definition

from odoo.fields import Command

from ..schema.access.context import Context
from ..schema.access.display_names import composing_fields
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.uses import (
    ACTION,
    ADDITION,
    DISPLAY_NAME,
    READ_FIELD,
    REPORT,
    SEARCH,
    WRITE_FIELD,
    Use,
    field_uses,
)
from ..schema.exposure.names import camel_case, snake_case
from ..schema.exposure.policy import ACTIONS, REPORTS
from ..schema.exposure.resource import Resource
from ..schema.reading.search import searched_fields
from .resource import OPERATIONS

Part = frozenset[str] | None
"""REST names that are granted of a resource; None for those that are granted anyway."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What of a resource is granted, of which something is used or not.

    ``operations`` has :data:`ACTIONS` and :data:`REPORTS` too.
    """

    operations: frozenset[str] = frozenset()
    read: Part = frozenset()
    write: Part = frozenset()
    actions: Part = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What remains of a policy, and what there was; both by type name.

    ``extensions`` tells whether something was used that needs *Additions by Addons*.
    """

    kept: dict[str, Granted] = field(default_factory=dict)
    granted: dict[str, Granted] = field(default_factory=dict)
    extensions: bool = False


def suggest(policy, since: date) -> Suggestion:
    """Return what a policy would be with what its keys have used since a day alone.

    Of what was used, it is as much as the policy grants today.
    """
    policy.ensure_one()
    env = policy.env
    schema = env["graphql_api.schema"]._get_schema(policy._get_rights())
    uses = env["graphql_api.usage"]._get_uses(policy, since)
    # Which fields these are is the same for everybody, hence with all rights.
    uses |= _implied_uses(schema, schema.context(env(su=True)), uses)
    by_type: dict[str, set[Use]] = defaultdict(set)
    for use in uses:
        by_type[use.type_name].add(use)
    in_code = _additions_for_readers(env)
    kept = {
        name: granted
        for name, resource in schema.resources.items()
        if by_type[name] and (granted := _narrow(resource, by_type[name], in_code[name])).operations
    }
    additions = {use for use in uses if use.kind == ADDITION}
    return Suggestion(
        kept,
        {name: _grants(resource) for name, resource in schema.resources.items()},
        policy.allow_extensions
        and any(use.name not in in_code[use.type_name] for use in additions),
    )


def suggested_values(policy, suggestion: Suggestion, copies: bool) -> dict[str, Any]:
    """Return the values that make a policy what is suggested.

    :param copies: for a copy of the policy; else they change the lines that it has
    """
    env = policy.env
    rights = {right.resource_id: right for right in policy.right_ids}
    commands: list = []
    for resource_id, resource in env["graphql_api.schema"]._compile_exposure().resources.items():
        granted = suggestion.kept.get(resource.type_name)
        if granted is None:
            continue
        record = env["graphql_api.resource"].browse(resource_id)
        right = rights.pop(record, env["graphql_api.policy.right"])
        values = _right_values(record, resource, granted)
        if right and not copies:
            commands.append(Command.update(right.id, values))
        else:
            copied = right.copy_data()[0] if right else {}
            copied.pop("policy_id", None)
            commands.append(Command.create({**copied, **values}))
    if not copies:
        commands += [Command.delete(right.id) for right in rights.values()]
    return {
        "all_resources": False,
        "allow_extensions": suggestion.extensions,
        "right_ids": commands,
    }


def _implied_uses(schema: BuiltSchema, context: Context, uses: set[Use]) -> set[Use]:
    """Return the fields that display names and searches by name are made of."""
    found: set[Use] = set()
    for use in uses:
        resource = schema.resources.get(use.type_name)
        if resource is None:
            continue
        if use.kind == SEARCH:
            implied = searched_fields(context, resource)
        elif (use.kind, use.name) == (READ_FIELD, DISPLAY_NAME):
            implied = composing_fields(context, resource)
        else:
            continue
        for owner, each in implied:
            found |= field_uses(owner, each)
    return found


def _additions_for_readers(env) -> dict[str, set[str]]:
    """Return the fields in code that whoever reads a resource has, by type name."""
    names: dict[str, set[str]] = defaultdict(set)
    for type_name, classes in env["graphql_api.schema"]._collect().granted_fields.items():
        for cls in classes:
            for each in get_object_definition(cls, strict=True).fields:
                name = each.graphql_name or camel_case(each.python_name)
                names[type_name].add(snake_case(name))
    return names


def _grants(resource: Resource) -> Granted:
    """Return all that is granted of a resource that a policy has narrowed."""
    return Granted(
        _operations(resource),
        _readable(resource),
        _writable(resource),
        frozenset(resource.actions),
    )


def _readable(resource: Resource) -> frozenset[str]:
    offered = resource.fields.values()
    return frozenset(each.name for each in offered if each.readable and not each.alias_of)


def _writable(resource: Resource) -> frozenset[str]:
    offered = resource.fields.values()
    return frozenset(each.name for each in offered if each.writable and not each.alias_of)


def _operations(resource: Resource) -> frozenset[str]:
    return resource.operations.union(
        [ACTIONS] if resource.actions else [], [REPORTS] if resource.reports else []
    )


def _narrow(resource: Resource, uses: set[Use], in_code: set[str]) -> Granted:
    """Return what is used of a resource that a policy has narrowed.

    :param in_code: fields of addons that are there where all fields may be read
    """
    names: dict[str, set[str]] = defaultdict(set)
    for use in uses:
        names[use.kind].add(use.name)
    actions = names[ACTION] & resource.actions.keys()
    used = {name for name in OPERATIONS if name in names}
    used |= ({ACTIONS} if actions else set()) | ({REPORTS} if REPORT in names else set())
    operations = _operations(resource) & used
    if not operations and used == {"read"}:
        # What may only be written, and is linked to.
        operations = _operations(resource)
    read = _current(resource, names[READ_FIELD])
    if read is not None:
        read = None if names[ADDITION] & in_code else read & _readable(resource)
    write = _current(resource, names[WRITE_FIELD])
    if write is not None:
        write &= _writable(resource)
        if not write and not operations.isdisjoint(["create", "update"]):
            # A record is created, or put on a list, without a value that is sent.
            write = None
    return Granted(operations, read, write, frozenset(actions))


def _current(resource: Resource, names: set[str]) -> Part:
    """Return the names that fields have now; None where something else is among them.

    The attachments of a record cannot be granted by themselves.
    """
    if resource.attachments and resource.attachments.name in names - resource.fields.keys():
        return None
    known = (resource.fields[name] for name in names if name in resource.fields)
    return frozenset(each.alias_of or each.name for each in known)


def _right_values(record, resource: Resource, granted: Granted) -> dict[str, Any]:
    """Return the values of a line; what is granted anyway is not among them.

    :param record: of the resource, which is exposed as ``resource``
    """
    values: dict[str, Any] = {"resource_id": record.id}
    for name in (*OPERATIONS, ACTIONS, REPORTS):
        values[f"allow_{name}"] = name in granted.operations
    for part, names in (("read", granted.read), ("write", granted.write)):
        if names is not None:
            known = {(name, resource.fields[name].field) for name in names}
            found = record.field_ids.filtered(
                lambda each, known=known: each.active and (each.rest_name, each.field_name) in known
            )
            values[f"all_{part}_fields"] = False
            values[f"{part}_field_ids"] = [Command.set(found.ids)]
    if granted.actions is not None:
        found = record.action_ids.filtered(
            lambda each: each.active and each.name in granted.actions
        )
        values["all_actions"] = False
        values["action_ids"] = [Command.set(found.ids)]
    return values


def since_days(today: date, days: int) -> date:
    """Return the first of so many days, of which today is the last."""
    return today - timedelta(days=max(days, 1) - 1)
