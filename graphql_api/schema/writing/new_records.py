"""What records get after they are written: external ids and attachments.

Which record each input of a mutation became, Odoo does not tell of those in lists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from odoo.fields import Command

from ..access.context import Context
from ..access.external_ids import give_external_ids
from ..exposure.errors import ApiError
from ..exposure.names import EXTERNAL_ID
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .input_problems import InputPath, InputProblems, blamed
from .reach import check_within_reach, highest_id


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
    """The records that get an external id or attachments, each known by its input's path.

    New records are told from others by their ids: they are higher than all that the transaction
    saw before, and of one list they are in the order of the inputs.
    """

    def __init__(self, context: Context, problems: InputProblems):
        self._context = context
        self._problems = problems
        self._lists: list[_List] = []
        self._existing: dict[InputPath, Any] = {}
        self._names: dict[InputPath, str] = {}
        self._attachments: dict[InputPath, tuple[Resource, list[tuple]]] = {}
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

    def add_attachments(self, path: InputPath, target: Resource, commands: list[tuple]) -> None:
        """Note what to do with the attachments of the record of an input.

        :param path: that of the list in the input
        :param target: the resource of attachments
        :param commands: Odoo's, as for a one2many
        """
        creates = [command for command in commands if command[0] == Command.CREATE]
        most = max((len(records) for records in self._parents_of(path)), default=1)
        if most > 1 and most * len(creates) > self._context.max_page_size(target):
            self._problems.refuse(path, f"{most} records would get {len(creates)} files each.")
        self._attachments[path] = (target, commands)

    def remember(self) -> None:
        """Note the highest ids before anything is written."""
        for each in self._needed_lists():
            if each.target.model not in self._highest:
                self._highest[each.target.model] = highest_id(self._context, each.target)

    def finish(self, written: dict[InputPath, Any]) -> None:
        """Give the records that were written their external ids and attachments.

        :param written: path of an input -> the record that was created by it
        :raise ApiError: VALIDATION_FAILED where Odoo has not made one record of each input,
            FORBIDDEN for attachments out of the caller's reach
        """
        if not self._names and not self._attachments:
            return
        found = {**self._existing, **written}
        for each in self._needed_lists():
            parent = found[each.path].with_context(active_test=False)
            highest = self._highest[each.target.model]
            new = sorted(number for number in parent[each.field.field].ids if number > highest)
            if len(new) != len(each.created):
                raise _not_one_of_each(each)
            found |= zip(each.created, map(parent.env[each.target.model].browse, new), strict=True)
        if self._names:
            given = {name: found[path] for path, name in self._names.items()}
            give_external_ids(self._context.env, given)
        for path, (target, commands) in self._attachments.items():
            self._write_attachments(found[path[:-1]], target, commands, path)

    def _write_attachments(
        self, records: Any, target: Resource, commands: list[tuple], path: InputPath
    ) -> None:
        """Create, change and delete attachments of records, as the caller may in Odoo."""
        model = self._context.env[target.model]
        created = model.create(
            [
                {**values, "res_model": record._name, "res_id": record.id}
                for record in records
                for command, _number, values in commands
                if command == Command.CREATE
            ]
        )
        changed = set(created.ids)
        for command, number, values in commands:
            if command == Command.UPDATE:
                model.browse(number).write(values)
                changed.add(number)
            elif command == Command.DELETE:
                model.browse(number).unlink()
                changed.discard(number)
        self._context.env.flush_all()
        check_within_reach(self._context, target, changed, path)

    def _needed_lists(self) -> list[_List]:
        """Return the lists that lead to the records of these, the outer ones first."""
        paths = [*self._names, *(path[:-1] for path in self._attachments)]
        needed = {path[:size] for path in paths for size in range(1, len(path) + 1)}
        lists = [each for each in self._lists if not needed.isdisjoint(each.created)]
        return sorted(lists, key=lambda each: len(each.path))

    def _parents_of(self, path: InputPath) -> Iterable[Any]:
        return (
            records for parent, records in self._existing.items() if path[: len(parent)] == parent
        )


def _not_one_of_each(each: _List) -> ApiError:
    message = (
        f"Odoo has not made one {each.target.type_name} of each input in this list, "
        "so that they cannot get external ids or files."
    )
    path = (*each.path, each.field.name)
    return ApiError("VALIDATION_FAILED", message, errors=[blamed(path, message)])
