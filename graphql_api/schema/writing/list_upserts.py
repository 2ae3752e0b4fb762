"""Upserts in the lists of inputs: keys find records of the list, what they do not find is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.fields import Command, Domain

from ..access.access import search
from ..access.context import Context
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .input_problems import InputPath, InputProblems
from .upserts import Match, check_keyed, match_items

if TYPE_CHECKING:
    from .input_reader import InputReader


class ListUpserts:
    """The upserts in one list of an input.

    A key of a one2many finds records of the list alone; one of a many2many, whose records are
    nobody's own, finds any visible record, which is then added to the list.

    :param problems: gets what is wrong with them
    :param reader: reads the inputs in them
    :param target: the resource of the records in the list
    :param records: those that have the list; None for a new one
    :param members: ids of the records in the list

    ``commands`` are Odoo's, ``updated`` the ids of the records that they change, ``created`` the
    paths of the inputs of new records, in the order of the commands.
    """

    def __init__(
        self,
        context: Context,
        problems: InputProblems,
        reader: InputReader,
        field: ResourceField,
        target: Resource,
        records: Any,
        members: set[int],
    ):
        self._context = context
        self._problems = problems
        self._reader = reader
        self._field = field
        self._target = target
        self._records = records
        self._members = members
        self._owns = field.type == "one2many"
        self.commands: list[tuple] = []
        self.updated: list[int] = []
        self.created: list[InputPath] = []

    def upsert(self, items: list, path: InputPath, changed: set[int]) -> None:
        """Change the records that the keys find, and create the others.

        :param items: inputs with ``by`` and ``input``
        :param changed: ids that other operations of the list change
        """
        check_keyed(items, path, self._problems)
        self._write(items, path, changed)

    def replace(self, items: list, path: InputPath) -> None:
        """Do the same, with new records for what has no key, and take the others off the list.

        Records that the caller does not see stay, and so do archived ones: the list is what a
        client reads. Odoo's screens delete what they take off a one2many list.
        """
        self._write(items, path, set())
        if not self._members:
            return
        others = Domain("id", "in", list(self._members.difference(self.updated)))
        try:
            removed = search(self._context, self._target, others).ids
            if removed and self._owns:
                self._context.check_operation(self._target, "delete")
        except ApiError as error:
            self._problems.add(path, error)
            return
        maximum = self._context.max_page_size(self._target)
        if len(removed) > maximum:
            message = (
                f"It would remove {len(removed)} records from the list; at most {maximum} are "
                "allowed."
            )
            self._problems.refuse(path, message)
        take_off = Command.delete if self._owns else Command.unlink
        self.commands[:0] = map(take_off, removed)

    def _write(self, items: list, path: InputPath, changed: set[int]) -> None:
        within = Domain("id", "in", list(self._members)) if self._owns else Domain.TRUE
        if self._records:
            # Two requests must not both find nothing in the list, or delete what they found.
            lock = f"{self._records._name}.{self._field.field}:{self._records.id}"
            self._context.env["graphql_api.upsert"]._lock([lock])
        matches = match_items(self._context, self._target, items, path, self._problems, within)
        for index, match in matches:
            if match.record:
                self._update(match, (*path, index), changed)
            else:
                self._create(match, (*path, index))

    def _create(self, match: Match, path: InputPath) -> None:
        where = (*path, "input")
        self._reader.new.give_external_id(where, match.external_id)
        values = self._reader.create_values(
            self._target, match.input, where, self._field, self._records
        )
        self.created.append(where)
        self.commands.append(Command.create(values))

    def _update(self, match: Match, path: InputPath, changed: set[int]) -> None:
        number = match.record.id
        name = f"{self._target.type_name} {number}"
        if self._owns and number not in self._members:
            self._problems.refuse((*path, "by"), f"{name} is not in this list.")
            return
        if number in changed:
            self._problems.refuse((*path, "by"), f"Another operation of this list is on {name}.")
            return
        values = self._reader.update_values(
            self._target, match.input, (*path, "input"), match.record, self._field.inverse
        )
        self.updated.append(number)
        self.commands.append(Command.update(number, values))
        if number not in self._members:
            self.commands.append(Command.link(number))
