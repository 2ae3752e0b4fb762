"""Upserts: which record a key matches, decided by one request at a time."""

import re
from dataclasses import dataclass
from typing import Any

from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from ..access.access import Context, find_visible, search
from ..exposure.errors import ApiError
from ..exposure.names import EXTERNAL_ID
from ..exposure.resource import Resource, ResourceField
from ..values.input_objects import given
from ..values.scalars import value_type
from .input_problems import InputPath, blamed, refused_input

_EXTERNAL_ID_FORMAT = re.compile(r"[a-z0-9_]+\.[A-Za-z0-9_.\-]+", re.ASCII)

_NAMESPACE = "__api"
"""How the modules of external ids begin that clients make; no addon of Odoo begins so."""


@dataclass(slots=True)
class Match:
    """What a key stands for.

    ``record`` has the record that it matches, or none; ``input`` is the input with the value of
    the key in it; ``external_id`` is the name that a new record gets in Odoo.
    """

    record: Any
    input: Any
    external_id: str | None = None

    def give_external_id(self, record: Any) -> None:
        """Give a new record the external id of the key, where that is one."""
        if self.external_id:
            data = {"xml_id": self.external_id, "record": record, "noupdate": True}
            record.env["ir.model.data"]._update_xmlids([data])
            # Only of use while Odoo loads addons; it would grow with each record.
            record.pool.loaded_xmlids.discard(self.external_id)


def match(context: Context, resource: Resource, key: Any, value: Any) -> Match:
    """Return what an upsert is about: the record that the key matches, if there is one.

    Until the transaction ends no other request decides on the same key.

    :param key: the key input as Strawberry gives it: exactly one of its fields
    :param value: the create input
    :raise ApiError: CONFLICT where the key matches several records
    """
    ((name, key_value),) = given(key)
    if key_value is None or key_value == "":
        raise _refused(("by", name), "A key must have a value.")
    if name == EXTERNAL_ID:
        return _by_external_id(context, resource, key_value, value)
    return _by_field(context, resource, resource.fields[name], key_value, value)


def _by_field(
    context: Context, resource: Resource, field: ResourceField, key_value: Any, value: Any
) -> Match:
    context.check_field(resource, field)
    model_field = context.env[resource.model]._fields[field.field]
    try:
        operand = value_type(field).parse(key_value, model_field, context.env)
    except ValueError as error:
        raise _refused(("by", field.name), str(error)) from None
    context.env["graphql_api.upsert"]._lock(f"{resource.model}.{field.field}={operand}")
    domain = Domain(field.field, "=", operand)
    found = search(context, resource, domain, archived=True, limit=2)
    if len(found) > 1:
        raise ApiError(
            "CONFLICT",
            f"{field.graphql_name} matches several {resource.type_name} records; "
            "update the right one by its id.",
        )
    return Match(found, _with_key(resource, field, key_value, value))


def _with_key(resource: Resource, field: ResourceField, key_value: Any, value: Any) -> Any:
    """Return the input with the key's value in it, so that a new record has it."""
    if not field.writable:
        return value
    sent = dict(given(value))
    names = [name for name in resource.names_of(field) if name in sent]
    for name in names:
        if sent[name] != key_value:
            raise _refused(("input", name), "It differs from the key of the upsert.")
    return value if names else type(value)(**vars(value) | {field.name: key_value})


def _by_external_id(context: Context, resource: Resource, external_id: str, value: Any) -> Match:
    """Match an id that clients under the caller's policy made, or an external id of Odoo.

    The former are external ids too, in a module of their own for each policy. A record that the
    caller does not see counts as none: the id then stands for a new record, under a name that
    ends in the id of the caller's user.
    """
    if not _EXTERNAL_ID_FORMAT.fullmatch(external_id) or len(external_id) > 128:
        raise _refused(
            ("by", EXTERNAL_ID),
            "An external id has two parts, the name of your application and of the record, "
            "like my_app.customer_5: up to 128 letters, digits, points, - and _.",
        )
    env = context.env
    namespace = _namespace(context.policy_id)
    shared = f"{resource.model.replace('.', '_')}.{external_id}"
    own = f"{shared}~{env.uid}"
    env["graphql_api.upsert"]._lock(f"{namespace}.{shared}")
    module, name = external_id.split(".", 1)
    names = [(namespace, own), (namespace, shared)]
    if not module.startswith(_NAMESPACE):
        names.append((module, name))
    rows = env.execute_query(
        SQL(
            "SELECT module, name, res_id FROM ir_model_data "
            "WHERE model = %s AND (module, name) IN %s",
            resource.model,
            tuple(names),
        )
    )
    known = {(row_module, row_name): number for row_module, row_name, number in rows}
    visible = set(find_visible(context, resource, known.values()).ids) if known else ()
    for key in names:
        if known.get(key) in visible:
            return Match(env[resource.model].browse(known[key]), value)
    if _is_of_odoo(env, module):
        # An upgrade of the addon would delete a record that its data no longer names. Whether
        # it has a record of that name, which the caller does not see, is none of its business.
        raise _refused(
            ("by", EXTERNAL_ID), f"{module} is an addon of Odoo; choose a name of your own."
        )
    new_name = own if (namespace, shared) in known else shared
    return Match(env[resource.model].browse(), value, f"{namespace}.{new_name}")


def _namespace(policy_id: int | None) -> str:
    """Return the module of the external ids that are made under a policy."""
    return f"{_NAMESPACE}__" if policy_id is None else f"{_NAMESPACE}_{policy_id}__"


def _is_of_odoo(env: Environment, module: str) -> bool:
    """Tell whether the external ids of a module are made by Odoo: by addons, exports, imports."""
    return (
        module.startswith("__")
        or module == "studio_customization"
        or module in env.registry._init_modules
        or bool(env["ir.module.module"]._get_id(module))
    )


def _refused(path: InputPath, message: str) -> ApiError:
    return refused_input([blamed(path, message)])
