"""Written records stay within the reach of the caller: Odoo knows no domains of resources."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from odoo.tools import SQL

from ..access.access import find_visible
from ..access.context import Context
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .input_problems import InputPath, blamed


class WrittenLists:
    """The lists that a mutation writes, to be checked against :meth:`.Context.domain`.

    Odoo applies the record rules to them; what else limits a resource is applied here. Records
    that are created in lists are told from others by their ids: they are higher than all that
    the transaction saw before.
    """

    def __init__(self, context: Context):
        self._context = context
        self._fields: dict[tuple[str, str], tuple[ResourceField, InputPath]] = {}
        self._highest: dict[str, int] = {}
        self._updated: dict[str, set[int]] = defaultdict(set)
        self._moved: dict[str, set[int]] = defaultdict(set)

    def add(self, resource: Resource, field: ResourceField, path: InputPath) -> None:
        """Note a list that will be written; of several inputs the first is blamed."""
        self._fields.setdefault((resource.type_name, field.name), (field, path))

    def add_updated(self, target: Resource, record_id: int) -> None:
        """Note a record of a list that will be changed."""
        self._updated[target.type_name].add(record_id)

    def add_moved(self, target: Resource, ids: Iterable[int]) -> None:
        """Note records that are put on a one2many list or taken off it, which changes them."""
        if self._context.is_filtered(target):
            self._moved[target.type_name].update(ids)

    def remember(self) -> None:
        """Note the highest ids before anything is written."""
        if not self._limited():
            return
        for field, _path in self._fields.values():
            target = self._context.resources[field.target]
            self._highest[field.target] = highest_id(self._context, target)

    def check(self, resource: Resource, records: Any) -> None:
        """Refuse what was written in lists of the records and lies outside its resource.

        :raise ApiError: FORBIDDEN
        """
        if not self._limited():
            return
        for type_name, ids in self._updated.items():
            check_within_reach(self._context, self._context.resources[type_name], ids)
        for type_name, ids in self._moved.items():
            check_left_within_reach(self._context, self._context.resources[type_name], ids)
        self._check_created(resource, records, defaultdict(set))

    def _limited(self) -> bool:
        """Tell whether any of the lists leads to records that are limited."""
        return any(
            self._context.is_limited(self._context.resources[field.target])
            for field, _path in self._fields.values()
        )

    def _check_created(self, resource: Resource, records: Any, checked: dict[str, set]) -> None:
        """Follow the lists that were written, from records that were written.

        :param checked: type name -> ids of the records whose lists were followed already
        """
        known = checked[resource.type_name]
        records = records.filtered(lambda record: record.id not in known)
        known.update(records.ids)
        for (type_name, _name), (field, path) in self._fields.items():
            if type_name != resource.type_name or not records:
                continue
            target = self._context.resources[field.target]
            related = records.with_context(active_test=False).mapped(field.field)
            created = related.filtered(lambda r, t=target: r.id > self._highest[t.type_name])
            check_within_reach(self._context, target, created.ids, path)
            changed = created | related.filtered(
                lambda r, t=target: r.id in self._updated[t.type_name]
            )
            # A record of a list that was not touched by this mutation leads no further.
            self._check_created(target, changed, checked)


class ActionResults:
    """What an action leaves, to be checked against the record filters of the caller's policy.

    :param returned: the resource of the records that it returns
    """

    def __init__(self, context: Context, returned: Resource):
        self._context = context
        self._returned = returned
        is_filtered = context.is_filtered(returned)
        self._highest = highest_id(context, returned) if is_filtered else None

    def check(self, resource: Resource, records: Any, returned: Iterable[int]) -> None:
        """Refuse records that it has taken out of reach, and new ones outside of it.

        Others that it returns are shown as far as the caller may see them.

        :param records: of the resource, that it was done with
        :param returned: ids of the records that it returns
        :raise ApiError: FORBIDDEN
        """
        if self._context.is_filtered(resource):
            check_left_within_reach(self._context, resource, records.ids)
        if self._highest is not None:
            created = [number for number in returned if number > self._highest]
            check_within_reach(self._context, self._returned, created)


def highest_id(context: Context, resource: Resource) -> int:
    """Return the highest id of a record of the resource's model that the transaction sees."""
    query = SQL("SELECT max(id) FROM %s", SQL.identifier(context.env[resource.model]._table))
    return context.env.execute_query(query)[0][0] or 0


def check_within_reach(
    context: Context, resource: Resource, ids: Iterable[int], path: InputPath = ()
) -> None:
    """Refuse records that the caller could not reach through their resource.

    :raise ApiError: FORBIDDEN
    """
    ids = set(ids)
    if ids and len(find_visible(context, resource, ids)) != len(ids):
        raise out_of_reach(resource, path)


def check_left_within_reach(context: Context, resource: Resource, ids: Iterable[int]) -> None:
    """Refuse the same, of those of the records that still exist.

    :raise ApiError: FORBIDDEN
    """
    check_within_reach(context, resource, context.env[resource.model].browse(ids).exists().ids)


def out_of_reach(resource: Resource, path: InputPath = ()) -> ApiError:
    """Return the error for a record that the values put where the caller cannot reach it."""
    message = (
        f"With these values the {resource.type_name} would be out of your reach: it would not be "
        f"exposed, or you would not be allowed to read it."
    )
    return ApiError("FORBIDDEN", message, errors=[blamed(path, message)] if path else [])
