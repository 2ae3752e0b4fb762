"""The context of one request: who asks, and what the caller may do with what is exposed.

In come an environment and a policy; out go answers about models, operations and fields, each found
out once for the request. Which records are visible is decided in :mod:`.access`.
"""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from odoo.fields import Domain

from ..exposure.action import Action
from ..exposure.errors import ApiError, OutOfTime
from ..exposure.policy import Policy
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..values.scalars import value_type
from .cached_values import cached_values
from .caller_values import CallerValues, filter_domain
from .odoo_models import OWNER_NAMES

if TYPE_CHECKING:
    from .loaders import Loader

OPERATION_RIGHTS = {"read": "read", "create": "create", "update": "write", "delete": "unlink"}
"""Operation of a resource -> Odoo's right to do it."""


class Context:
    """One request to the schema: who asks, what is exposed, what was resolved already.

    :param env: the caller's environment, never superuser
    :param resources: type name -> :class:`Resource`
    :param loaders: (type name, GraphQL field name) -> how the field is read (see loaders)
    :param timings: phase of the execution -> seconds spent on it, to be added to
    :param policy: that of the caller

    ``input_errors`` are what was found wrong with the inputs before the execution: a mutation
    checks the rest of them, and changes nothing. ``conditions`` counts those of all filters.
    ``has_created`` tells whether the last upsert of one record has created it. ``has_position``
    tells that the response has a position among the database's transactions, to go on from.
    ``find_id`` knows further ids by which the inputs of this request name records: (type name, what
    is no number) -> the id of the record, None for what it does not know; it may raise an
    :class:`ApiError`.
    """

    def __init__(
        self,
        env,
        resources: dict[str, Resource],
        loaders: "Mapping[tuple[str, str], Loader]",
        timings: dict,
        policy: Policy,
    ):
        self.env = env
        self.resources = resources
        self.loaders = loaders
        self.timings = timings
        self.policy = policy
        self.limits = policy.limits
        self.introspection = policy.introspection
        self._deadline = time.monotonic() + self.limits.max_seconds
        self.input_errors: list[dict[str, str]] = []
        self.conditions = 0
        self.has_created = False
        self.has_position = False
        self.find_id: Callable[[str, str], int | None] | None = None
        self._file_bytes = 0
        self.batches: dict = {}
        self.display_names: dict[str, bool] = {}
        self._allowed: dict = {}
        self._converters: dict = {}
        self._domains: dict[str, Domain] = {}
        self._caller_values = CallerValues(env)

    def check_deadline(self) -> None:
        """Give the request up where its time is over.

        :raise OutOfTime: the request takes longer than it may
        """
        if time.monotonic() > self._deadline:
            raise OutOfTime

    def time_left(self) -> float:
        """Return the seconds until the request is given up, as a part of all that it may take."""
        return (self._deadline - time.monotonic()) / self.limits.max_seconds

    def count_file(self, size: int) -> None:
        """Count a file that a mutation takes, anew for each use of the same one.

        :raise ApiError: PAYLOAD_TOO_LARGE where it is more than a body may have, all together
        """
        self._file_bytes += size
        maximum = self.limits.max_body_size
        if self._file_bytes > maximum:
            raise ApiError(
                "PAYLOAD_TOO_LARGE",
                f"The files have more than {maximum} bytes; a file counts each time that it is "
                f"used. Send several requests.",
            )

    def model(self, resource: Resource):
        """Return the resource's model for a caller who may read it.

        :raise ApiError: FORBIDDEN
        :raise OutOfTime: the request takes longer than it may
        """
        self.check_deadline()
        model = self.env[resource.model]
        if not self._is_allowed((resource.model, "read"), lambda: model.has_access("read")):
            raise ApiError("FORBIDDEN", f"You are not allowed to read {resource.type_name}.")
        self._is_allowed("companies", self._know_companies)
        return model

    def domain(self, resource: Resource) -> Domain:
        """Return the condition on the records that the caller reaches at all.

        That is the resource's domain and the record filter of the caller's policy. The record rules
        of Odoo come on top.
        """
        name = resource.type_name
        if name not in self._domains:
            domain = Domain(list(resource.domain))
            if name in self.policy.filters:
                domain &= filter_domain(self.policy.filters[name], self._caller_values)
            self._domains[name] = domain
        return self._domains[name]

    def is_filtered(self, resource: Resource) -> bool:
        """Tell whether the caller's policy filters the records of a resource."""
        return resource.type_name in self.policy.filters

    def is_limited(self, resource: Resource) -> bool:
        """Tell whether there may be records that only :meth:`domain` leaves out."""
        return bool(resource.domain) or self.is_filtered(resource)

    def cursor_scope(self, resource: Resource) -> str:
        """Return what cursors of a resource's lists are for, beside the list and its order."""
        record_filter = self.policy.filters.get(resource.type_name)
        return "" if record_filter is None else f"{self.policy.id}:{record_filter.text}"

    def given_values(self, resource: Resource) -> dict[str, Any]:
        """Return the values, as the ORM takes them, that the policy gives to what is written."""
        values = self.policy.values.get(resource.type_name)
        return self._caller_values.evaluate(values) if values else {}

    def max_page_size(self, resource: Resource) -> int:
        """Return how many records of a resource a list may have."""
        return min(resource.max_page_size, self.limits.max_page_size)

    def _know_companies(self) -> bool:
        """Give the ORM what the record rules of most models compare of the caller's companies.

        Odoo would read it for each request (odoo/orm/domains.py, ``parent_of``), with all other
        columns.
        """
        companies = self.env.companies
        paths = companies._graphql_api_parent_paths(companies._ids)
        known = companies.browse(paths)
        known._fields["parent_path"]._insert_cache(known, paths.values())
        return True

    def may(self, resource: Resource, operation: str) -> bool:
        """Tell whether an operation is exposed and the caller's access rights allow it."""
        right = OPERATION_RIGHTS[operation]
        return operation in resource.operations and self._is_allowed(
            (resource.model, right), lambda: self.env[resource.model].has_access(right)
        )

    def operations(self, resource: Resource) -> list[str]:
        """Return the operations of a resource that the caller may do."""
        return [
            name for name in OPERATION_RIGHTS if resource.allows(name) and self.may(resource, name)
        ]

    def check_operation(self, resource: Resource, operation: str) -> None:
        """Refuse an operation that the caller may not do.

        :raise ApiError: FORBIDDEN
        """
        if not self.may(resource, operation):
            raise ApiError("FORBIDDEN", f"You are not allowed to {operation} {resource.type_name}.")

    def may_read(self, resource: Resource, field_name: str) -> bool:
        """Tell whether the caller may read an Odoo field, as the model itself decides."""
        return self._has_field_access(resource, field_name, "read")

    def may_write(self, resource: Resource, field_name: str) -> bool:
        """Tell whether the caller may change an Odoo field, as the model itself decides."""
        return self._has_field_access(resource, field_name, "write")

    def may_compare(self, resource: Resource, field: ResourceField) -> bool:
        """Tell whether lists may be filtered, ordered and grouped by a field that clients read.

        What names other records may show more of them than a policy grants: it is read alone, as
        far as that goes.
        """
        names_owner = field.field == OWNER_NAMES.get(resource.model)
        return self.may_read(resource, field.field) and not (
            names_owner and self.policy.grants_parts
        )

    def may_act(self, resource: Resource, action: Action) -> bool:
        """Tell whether the caller may call an action: see records and do what it needs."""
        model = self.env[resource.model]
        return all(
            self._is_allowed((resource.model, right), lambda right=right: model.has_access(right))
            for right in ("read", action.access)
        )

    def check_field(self, resource: Resource, field: ResourceField, use: str = "read") -> None:
        """Refuse a field that the caller may not read, also for filtering and ordering.

        :param use: what for; "write" asks for the right to change it
        :raise ApiError: FORBIDDEN
        """
        if use == "write":
            allowed = self.may_write(resource, field.field)
        elif use == "read":
            allowed = self.may_read(resource, field.field)
        else:
            allowed = self.may_compare(resource, field)
        if not allowed:
            raise ApiError(
                "FORBIDDEN", f"You are not allowed to {use} {resource.type_name}.{field.name}."
            )

    def _has_field_access(self, resource: Resource, field_name: str, right: str) -> bool:
        model = self.env[resource.model]
        return self._is_allowed(
            (resource.model, field_name, right),
            lambda: model._has_field_access(model._fields[field_name], right),
        )

    def values(self, field: ResourceField, records) -> list:
        """Return the values of a plain field, one for each record, as the table of values says."""
        model_field = records._fields[field.field]
        kind = value_type(field)
        key = (records._name, field.field)
        if key not in self._converters:
            self._converters[key] = kind.converter(model_field, self.env)
        if kind.from_cache:
            values = cached_values(model_field, records)
        else:
            values = [record[field.field] for record in records]
        return self._converters[key](values, records)

    def _is_allowed(self, key, decide) -> bool:
        if key not in self._allowed:
            self._allowed[key] = decide()
        return self._allowed[key]
