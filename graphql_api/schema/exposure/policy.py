"""What a key may do: the part of the exposed resources that it reaches, and its limits."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, NamedTuple

from .action import RECORDS, Action
from .limits import Limits
from .record_filter import RecordFilter
from .resource import Resource
from .resource_field import ResourceField

ACTIONS = "actions"
"""The right to call the actions of a resource, beside its operations."""

REPORTS = "reports"
"""The right to print the reports of a resource, for those who may read it."""


Names = frozenset[tuple[str, str]]
"""REST names, each with the field or the method in Odoo: another one may get the name later."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a resource is granted, beside the operations; None for all of it.

    ``read`` are the fields that are read, ``write`` those that clients set, ``actions`` those that
    they call. ``given`` are Odoo's names of the fields that get a value from the policy.
    """

    read: Names | None = None
    write: Names | None = None
    actions: Names | None = None
    given: frozenset[str] = frozenset()


_ALL = Parts()


@dataclass(frozen=True)
class Rights:
    """What of the exposed resources there is for a caller; all the rest does not exist.

    Odoo's access rights of the user come on top.

    ``granted`` are pairs of a type name and an operation, :data:`ACTIONS` or :data:`REPORTS`, None
    for whatever is exposed. ``read_only`` takes away all but reading and printing. ``extensions``
    keeps what addons add in code, fields of resources too. ``parts`` are pairs of a type name and
    what of the resource is granted, where that is not all.
    """

    granted: frozenset[tuple[str, str]] | None = None
    read_only: bool = False
    extensions: bool = True
    parts: frozenset[tuple[str, Parts]] = frozenset()

    @cached_property
    def _parts(self) -> dict[str, Parts]:
        return dict(self.parts)

    def reads_all_of(self, type_name: str) -> bool:
        """Tell whether all fields of a resource are granted, if any are."""
        return self._parts.get(type_name, _ALL).read is None

    def restrict(self, resources: Iterable[Resource]) -> list[Resource]:
        """Return what is left of the resources.

        A resource without any operation is left out, and so are the relations that lead to it. A
        resource that cannot be read can only be written: none of its fields is readable, and no
        relation that leads to it.
        """
        left = {
            resource.type_name: narrowed
            for resource in resources
            if (narrowed := self._restrict_operations(resource)).operations or narrowed.actions
        }
        return [
            replace(
                resource,
                fields=_restrict_fields(resource, left),
                actions=_restrict_actions(resource, left),
            )
            for resource in left.values()
        ]

    def _restrict_operations(self, resource: Resource) -> Resource:
        parts = self._parts.get(resource.type_name, _ALL)
        operations = {name for name in resource.operations if self._grants(resource, name)}
        actions = resource.actions if self._grants(resource, ACTIONS) else {}
        if parts.actions is not None:
            actions = {
                name: action
                for name, action in actions.items()
                if (name, action.method) in parts.actions
            }
        if parts is not _ALL:
            resource = _restrict_parts(resource, parts)
        prints = "read" in operations and self._grants(resource, REPORTS)
        return replace(
            resource,
            operations=frozenset(operations),
            actions=actions,
            reports=resource.reports if prints else {},
        )

    def _grants(self, resource: Resource, operation: str) -> bool:
        if self.read_only and operation not in ("read", REPORTS):
            return False
        return self.granted is None or (resource.type_name, operation) in self.granted


EVERYTHING = Rights()


def _restrict_parts(resource: Resource, parts: Parts) -> Resource:
    """Return a resource with those of its fields that are granted.

    Attachments are no field that could be named: they are there where all fields are granted.
    """
    fields = {}
    for name, field in resource.fields.items():
        names = (field.alias_of or field.name, field.field)
        is_given = field.field in parts.given
        is_read = parts.read is None or names in parts.read
        field = replace(
            field,
            readable=field.readable and is_read,
            filterable=field.filterable and is_read,
            # Whether a record has the key tells something about its field.
            is_key=field.is_key and is_read and not is_given,
            writable=field.writable
            and not is_given
            and (parts.write is None or names in parts.write),
            has_default=field.has_default or is_given,
        )
        if field.readable or field.writable or field.is_key:
            fields[name] = field
    return replace(
        resource,
        fields=fields,
        withheld=frozenset(_withheld(resource, fields, parts)),
        has_attachments=resource.has_attachments and parts.read is None,
        takes_attachments=parts.write is None,
    )


def _withheld(resource: Resource, left: dict[str, ResourceField], parts: Parts) -> Iterable[str]:
    """Yield the Odoo fields that a new record needs from clients, and that they cannot send."""
    writable = {field.field for field in left.values() if field.writable}
    for field in resource.fields.values():
        needed = resource.needs_value(field) or (
            resource.document is not None and field.field == resource.document.field
        )
        sent = {field.field, field.delegate} & (writable | parts.given)
        if needed and not sent and (field.writable or field.type == "many2one"):
            yield field.field


def _restrict_fields(resource: Resource, left: dict[str, Resource]) -> dict[str, ResourceField]:
    fields = {}
    for name, field in resource.fields.items():
        if field.relation is not None and field.relation not in left:
            continue
        shown = "read" in resource.operations and (
            field.relation is None or "read" in left[field.relation].operations
        )
        fields[name] = field if shown else replace(field, readable=False, filterable=False)
    return fields


def _restrict_actions(resource: Resource, left: dict[str, Resource]) -> dict[str, Action]:
    actions = {}
    for name, action in resource.actions.items():
        arguments = _restrict_arguments(action.arguments, left) if action.arguments else None
        is_left = action.result != RECORDS or action.result_type in left
        if is_left and (arguments is not None or action.arguments is None):
            has_any = arguments is not None and arguments.fields
            actions[name] = replace(action, arguments=arguments if has_any else None)
    return actions


def _restrict_arguments(shape: Resource, left: dict[str, Resource]) -> Resource | None:
    """Return what is left of arguments, None where one is gone that has to be sent."""
    fields: dict[str, ResourceField] = {}
    for name, argument in shape.arguments.items():
        lines = _restrict_arguments(argument.lines, left) if argument.lines else None
        is_left = argument.relation is None or argument.relation in left
        if is_left and argument.creates:
            is_left = left[argument.target].allows("create")
        if is_left and (argument.lines is None or (lines is not None and lines.fields)):
            fields[name] = replace(argument, lines=lines)
        elif argument.needs_value:
            return None
    return replace(shape, fields=fields)


Networks = tuple[IPv4Network | IPv6Network, ...]


def parse_networks(text: str) -> Networks:
    """Return the networks of a text, with commas between them.

    :raise ValueError: one of them is none, with what is wrong with it
    """
    return tuple(ip_network(part) for part in map(str.strip, text.split(",")) if part)


def is_within(address: str | None, networks: Networks) -> bool:
    """Tell whether an IP address is in one of the networks."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    # A socket for both versions shows IPv4 addresses within IPv6.
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(parsed in network for network in networks)


@dataclass(frozen=True, slots=True)
class Policy:
    """What callers under it may do.

    ``id`` and ``name`` are those of its record, None for what the server allows to keys without a
    policy. ``filters`` and ``values`` are by type name, and never part of a schema: which records
    are reached, and what records get whenever they are created or changed, by Odoo's names of the
    fields; among the values may be a :class:`~.record_filter.Variable`. A policy with a ``problem``
    does not say what it was meant to: requests under it are refused.
    ``networks`` are those that requests may come from, empty for any. ``log_requests`` tells that
    each request is logged, ``introspection`` that callers may ask for the schema,
    ``registered_documents`` that of GraphQL only documents run which are registered,
    ``read_metrics`` that they may read the metrics of the server, ``server_timing`` that responses
    tell them what time and how many queries a request took.
    """

    id: int | None = None
    name: str | None = None
    rights: Rights = EVERYTHING
    filters: Mapping[str, RecordFilter] = dataclasses.field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    problem: str | None = None
    limits: Limits = dataclasses.field(default_factory=Limits)
    networks: Networks = ()
    log_requests: bool = False
    introspection: bool = True
    registered_documents: bool = False
    read_metrics: bool = False
    server_timing: bool = False

    @property
    def grants_parts(self) -> bool:
        """Whether of some resource not all fields or not all records are granted."""
        return bool(self.filters or self.rights.parts)

    def admits(self, address: str | None) -> bool:
        """Tell whether requests may come from an IP address."""
        return not self.networks or is_within(address, self.networks)


class Caller(NamedTuple):
    """Who asks, and by what right.

    :param uid: id of the user
    :param key_id: id of the row of ``res.users.apikeys``; of a device that signed in, that of its
        refresh token; None for the session of a page
    :param policy: that of the key, else the server's
    """

    uid: int
    key_id: int | None
    policy: Policy
