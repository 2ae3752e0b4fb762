"""External ids: names by which applications know records, kept as Odoo keeps its own."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from ..exposure.errors import ApiError
from ..exposure.names import EXTERNAL_ID_EXAMPLE
from ..exposure.resource import Resource
from .access import find_visible
from .context import Context

_FORMAT = re.compile(r"[a-z0-9_]+\.[A-Za-z0-9_.\-]+", re.ASCII)

_MAX_LENGTH = 128

_NAMESPACE = "__api"
"""How the modules of external ids begin that clients make; no addon of Odoo begins so."""

_OWNER = "~"
"""What separates a name from the id of the only user who knows it."""


@dataclass(frozen=True, slots=True)
class ExternalId:
    """What an external id stands for.

    ``record_id`` is that of the visible record that has it, None where there is none.
    ``new_name`` is the complete name in Odoo that a new record gets, None where none may be made.
    """

    record_id: int | None
    new_name: str | None = None


def check_external_id(external_id: str, argument: str = "") -> str:
    """Return an external id, refusing a text that cannot be one.

    :raise ApiError: BAD_USER_INPUT
    """
    if not _FORMAT.fullmatch(external_id) or len(external_id) > _MAX_LENGTH:
        raise ApiError(
            "BAD_USER_INPUT",
            "An external id has two parts, the name of your application and the name of the "
            f"record, like {EXTERNAL_ID_EXAMPLE}: up to {_MAX_LENGTH} letters, digits, dots, - "
            "and _.",
            argument=argument,
        )
    return external_id


def find_external_ids(
    context: Context, resource: Resource, external_ids: Collection[str]
) -> dict[str, ExternalId]:
    """Return what external ids stand for; no other request decides on them until we end.

    They are ids that clients under the caller's policy made, or external ids of Odoo. The former
    are external ids too, in a module of their own for each policy. A record that the caller does
    not see counts as none: the id then stands for a new record, under a name that ends in the id
    of the caller's user.

    :param external_ids: see :func:`check_external_id`
    """
    env = context.env
    namespace, prefix, owner = _own_names(context, resource)
    env["graphql_api.upsert"]._lock(f"{namespace}.{prefix}{each}" for each in external_ids)
    names = {each: _names(namespace, prefix, owner, each) for each in external_ids}
    rows = env.execute_query(
        SQL(
            "SELECT module, name, res_id FROM ir_model_data "
            "WHERE model = %s AND (module, name) IN %s",
            resource.model,
            tuple(name for each in names.values() for name in each),
        )
    )
    known = {(module, name): number for module, name, number in rows}
    visible = set(find_visible(context, resource, known.values()).ids) if known else set()
    found = {}
    for external_id, candidates in names.items():
        records = (known.get(name) for name in candidates)
        record_id = next((number for number in records if number in visible), None)
        new_name = None
        if record_id is None and not _is_of_odoo(env, external_id.partition(".")[0]):
            is_taken = (namespace, f"{prefix}{external_id}") in known
            new_name = f"{namespace}.{prefix}{external_id}{owner if is_taken else ''}"
        found[external_id] = ExternalId(record_id, new_name)
    return found


def read_external_ids(context: Context, resource: Resource, ids: Collection[int]) -> dict[int, str]:
    """Return the external ids of records, by their ids; of several the client's own comes first.

    They are those that an upsert of the caller would find the records by: what clients under its
    policy made, and external ids of Odoo where the caller may read those in Odoo.
    """
    if not ids:
        return {}
    namespace, prefix, owner = _own_names(context, resource)
    rows = context.env.execute_query(
        SQL(
            "SELECT known.res_id, known.module, known.name FROM ir_model_data AS known "
            "WHERE known.model = %s AND known.res_id IN %s AND (%s) "
            "ORDER BY known.module = %s, known.id DESC",
            resource.model,
            tuple(ids),
            _known(context, namespace, owner),
            namespace,
        )
    )
    return {
        number: name.removeprefix(prefix).removesuffix(owner)
        if module == namespace
        else f"{module}.{name}"
        for number, module, name in rows
    }


def having_external_ids(
    context: Context, resource: Resource, external_ids: Collection[str]
) -> Domain:
    """Return the condition that a record has one of the external ids that the caller may read.

    :raise ApiError: BAD_USER_INPUT for a text that cannot be one
    """
    namespace, prefix, owner = _own_names(context, resource)
    names = {
        name
        for each in external_ids
        for name in _names(namespace, prefix, owner, check_external_id(each, "filter"))
    }
    if not names:
        return Domain.FALSE
    rows = context.env.execute_query(
        SQL(
            "SELECT known.res_id FROM ir_model_data AS known "
            "WHERE known.model = %s AND (known.module, known.name) IN %s AND (%s)",
            resource.model,
            tuple(names),
            _known(context, namespace, owner),
        )
    )
    return Domain("id", "in", [number for (number,) in rows])


def give_external_ids(env: Environment, records: dict[str, Any]) -> None:
    """Give records external ids.

    :param records: complete name in Odoo, see :class:`ExternalId` -> record
    """
    env["ir.model.data"]._update_xmlids(
        [{"xml_id": name, "record": record, "noupdate": True} for name, record in records.items()]
    )
    # Only of use while Odoo loads addons; it would grow with each record.
    env.registry.loaded_xmlids.difference_update(records)


def _known(context: Context, namespace: str, owner: str) -> SQL:
    """Return the condition that a caller may read an external id.

    A name that it has made for itself stands before the one that its policy shares.
    """
    of_policy = SQL(
        "known.module = %(namespace)s AND (right(known.name, %(size)s) = %(owner)s "
        "OR strpos(known.name, %(separator)s) = 0 AND NOT EXISTS (SELECT FROM ir_model_data AS own "
        "WHERE own.module = %(namespace)s AND own.name = known.name || %(owner)s))",
        namespace=namespace,
        size=len(owner),
        owner=owner,
        separator=_OWNER,
    )
    if not context.env["ir.model.data"].has_access("read"):
        return of_policy
    return SQL("%s OR NOT starts_with(known.module, %s)", of_policy, _NAMESPACE)


def _own_names(context: Context, resource: Resource) -> tuple[str, str, str]:
    """Return the parts of names that the caller's policy makes.

    :return: their module, how they begin, and how those end that the caller alone knows
    """
    policy_id = context.policy.id
    namespace = f"{_NAMESPACE}__" if policy_id is None else f"{_NAMESPACE}_{policy_id}__"
    return namespace, f"{resource.model.replace('.', '_')}.", f"{_OWNER}{context.env.uid}"


def _names(namespace: str, prefix: str, owner: str, external_id: str) -> list[tuple[str, str]]:
    """Return the names in Odoo that an external id may be, the most likely first."""
    names = [(namespace, f"{prefix}{external_id}{owner}"), (namespace, f"{prefix}{external_id}")]
    module, _dot, name = external_id.partition(".")
    if not module.startswith(_NAMESPACE):
        names.append((module, name))
    return names


def _is_of_odoo(env: Environment, module: str) -> bool:
    """Tell whether the external ids of a module are made by Odoo: by addons, exports, imports.

    An upgrade of the addon would delete a record that its data no longer names. Whether it has a
    record of that name, which the caller does not see, is none of its business.
    """
    return (
        module.startswith("__")
        or module == "studio_customization"
        or module in env.registry._init_modules
        or bool(env["ir.module.module"]._get_id(module))
    )
