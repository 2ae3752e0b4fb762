"""Which record each input of a mutation became: Odoo does not tell it of those in lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from odoo.tools import SQL

from ..access.access import Context
from ..exposure.errors import ApiError
from ..exposure.names import EXTERNAL_ID
from ..exposure.resource import Resource, ResourceField
from .input_problems import InputPath, InputProblems, blamed


@dataclass(frozen=True, slots=True)
class _List:
    """A list in whose input records are created.

    ``path`` is that of the input of the record that has the list, ``created`` are those of the
    inputs of the new records, in their order.
    """

    path: InputPath
    field: ResourceField
    target: Resource
    created: tuple[InputPath, ...]


class NewRecords:
    """The records that a mutation creates with an external id, each known by its input's path.

    New records are told from others by their ids: they are higher than all that the transaction
    saw before, and of one list they are in the order of the inputs.
    """

    def __init__(self, context: Context, problems: InputProblems):
        self._context = context
        self._problems = problems
        self._lists: list[_List] = []
        self._existing: dict[InputPath, Any] = {}
        self._names: dict[InputPath, str] = {}
        self._highest: dict[str, int] = {}

    def add_existing(self, path: InputPath, records: Any) -> None:
        """Note the records that an input changes."""
        self._existing[path] = records

    def add_list(
        self, path: InputPath, field: ResourceField, target: Resource, created: list[InputPath]
    ) -> None:
        """Note the inputs of new records in a list, in the order of Odoo's commands for it.

        :param path: that of the input of the record that has the list
        """
        self._lists.append(_List(path, field, target, tuple(created)))

    def give_external_id(self, path: InputPath, name: str | None) -> None:
        """Let the record of an input get an external id, if there is one; each is for one record.

        :param name: the complete name in Odoo
        """
        if name is None:
            return
        if name in self._names.values():
            message = "Another record of this input gets the same external id."
            self._problems.refuse((*path[:-1], "by", EXTERNAL_ID), message)
        elif any(len(records) > 1 for records in self._parents_of(path)):
            message = "It would be the external id of several records; change them one by one."
            self._problems.refuse((*path[:-1], "by", EXTERNAL_ID), message)
        self._names[path] = name

    def remember(self) -> None:
        """Note the highest ids before anything is written."""
        for each in self._needed_lists():
            if each.target.model not in self._highest:
                self._highest[each.target.model] = highest_id(self._context, each.target)

    def give_external_ids(self, written: dict[InputPath, Any]) -> None:
        """Give the new records their external ids.

        :param written: path of an input -> the record that was created or changed by it
        :raise ApiError: VALIDATION_FAILED where Odoo has not made one record of each input
        """
        if not self._names:
            return
        found = {**self._existing, **written}
        for each in self._needed_lists():
            parent = found[each.path].with_context(active_test=False)
            highest = self._highest[each.target.model]
            new = sorted(number for number in parent[each.field.field].ids if number > highest)
            if len(new) != len(each.created):
                raise _not_one_of_each(each)
            found |= zip(each.created, map(parent.env[each.target.model].browse, new), strict=True)
        env = self._context.env
        env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": name, "record": found[path], "noupdate": True}
                for path, name in self._names.items()
            ]
        )
        # Only of use while Odoo loads addons; it would grow with each record.
        env.registry.loaded_xmlids.difference_update(self._names.values())

    def _needed_lists(self) -> list[_List]:
        """Return the lists that lead to records with external ids, the outer ones first."""
        needed = {path[:size] for path in self._names for size in range(1, len(path) + 1)}
        lists = [each for each in self._lists if not needed.isdisjoint(each.created)]
        return sorted(lists, key=lambda each: len(each.path))

    def _parents_of(self, path: InputPath) -> Iterable[Any]:
        return (
            records for parent, records in self._existing.items() if path[: len(parent)] == parent
        )


def highest_id(context: Context, resource: Resource) -> int:
    """Return the highest id of a record of the resource's model that the transaction sees."""
    query = SQL("SELECT max(id) FROM %s", SQL.identifier(context.env[resource.model]._table))
    return context.env.execute_query(query)[0][0] or 0


def _not_one_of_each(each: _List) -> ApiError:
    message = (
        f"Odoo has not made one {each.target.type_name} of each input in this list, "
        "so that they cannot get external ids."
    )
    path = (*each.path, each.field.name)
    return ApiError("VALIDATION_FAILED", message, errors=[blamed(path, message)])
