"""What a key may do: the part of the exposed resources that it reaches, and its limits."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from .limits import Limits
from .resource import RECORDS, Action, Resource, ResourceField

ACTIONS = "actions"
"""The right to call the actions of a resource, beside its operations."""

REPORTS = "reports"
"""The right to print the reports of a resource, for those who may read it."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What of the exposed resources there is for a caller; all the rest does not exist.

    Odoo's access rights of the user come on top.

    ``granted`` are pairs of a type name and an operation, :data:`ACTIONS` or :data:`REPORTS`, None
    for whatever is exposed. ``read_only`` takes away all but reading and printing. ``extensions``
    keeps what addons add in code, fields of resources too.
    """

    granted: frozenset[tuple[str, str]] | None = None
    read_only: bool = False
    extensions: bool = True

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
        operations = {name for name in resource.operations if self._grants(resource, name)}
        actions = resource.actions if self._grants(resource, ACTIONS) else {}
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

    ``id`` is that of its record, None for what the server allows to keys without a policy.
    ``networks`` are those that requests may come from, empty for any. ``log_requests`` tells that
    each request is logged, ``introspection`` that callers may ask for the schema,
    ``registered_documents`` that of GraphQL only documents run which are registered,
    ``read_metrics`` that they may read the metrics of the server, ``server_timing`` that responses
    tell them what time and how many queries a request took.
    """

    id: int | None = None
    rights: Rights = EVERYTHING
    limits: Limits = dataclasses.field(default_factory=Limits)
    networks: Networks = ()
    log_requests: bool = False
    introspection: bool = True
    registered_documents: bool = False
    read_metrics: bool = False
    server_timing: bool = False

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
