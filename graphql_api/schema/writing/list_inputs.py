"""Lists in inputs: what a client does with one becomes Odoo's commands, here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.fields import Command, Domain

from ..access.access import search
from ..access.attachments import attachments_of
from ..access.context import Context
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..values.input_objects import given
from .input_problems import InputPath, InputProblems
from .lines import ChangedLines
from .list_upserts import ListUpserts
from .named_records import NamedRecords
from .reach import WrittenLists

if TYPE_CHECKING:
    from .input_reader import InputReader

MAX_LISTED_RECORDS = 5_000
"""Records that the lists in the inputs of one mutation may create or name, all together."""


class ListInputs:
    """The lists in the inputs of one mutation.

    :param problems: gets what is wrong with them
    :param named: gets the records that they name
    :param lines: gets the lines that they change
    :param reader: reads the inputs in them
    """

    def __init__(
        self,
        context: Context,
        problems: InputProblems,
        named: NamedRecords,
        lines: ChangedLines,
        reader: InputReader,
    ):
        self._context = context
        self._problems = problems
        self._named = named
        self._lines = lines
        self._reader = reader
        self.written = WrittenLists(context)
        self._changed: list[tuple[Any, ResourceField, int, InputPath]] = []
        self._members: dict[tuple[Any, str], set[int]] = {}
        self._count = 0

    def commands(
        self, resource: Resource, field: ResourceField, value: Any, path: InputPath, records: Any
    ) -> list[tuple]:
        """Return the commands for a one2many or many2many field (odoo/orm/commands.py).

        :param value: the input object of the list
        :param records: those that have the list; None for a new one
        """
        target = self._context.resources[field.target]
        operations = {name: items for name, items in given(value) if items is not None}
        if "replace" in operations and len(operations) > 1:
            message = "replace sets the whole list; send no other operation with it."
            self._problems.refuse(path, message)
            return []
        commands: list[tuple] = []
        created: list[InputPath] = []
        # What exists is changed before anything is added, so that an input means the same
        # whatever the order of its keys.
        order = ("update", "delete", "unlink", "set", "replace", "upsert", "create", "link")
        for name in order:
            if name not in operations:
                continue
            items = operations[name]
            where = (*path, name)
            if name in ("update", "delete", "unlink") and records is None:
                message = "A new record has no list yet; use create, link or set."
                self._problems.refuse(where, message)
                continue
            if not self._may_change(field, target, name, where):
                continue
            if not self._check_size(target, items, where):
                continue
            if name == "set":
                ids = [
                    self._named.add(target.type_name, item, (*where, index))
                    for index, item in enumerate(items)
                ]
                numbers = [number for number in ids if number is not None]
                commands += self._set(field, target, numbers, records)
                continue
            if name in ("upsert", "replace"):
                upserts = self._upserts(field, target, name, items, where, records, commands)
                commands += upserts.commands
                created += upserts.created
                continue
            for index, item in enumerate(items):
                command = self._command(field, target, name, item, (*where, index), records)
                if command is not None:
                    commands.append(command)
                    if name == "create":
                        created.append((*where, index))
        if field is resource.attachments:
            return commands
        if created:
            self._reader.new.add_list(path[:-1], field, target, created)
        if commands:
            self.written.add(resource, field, path)
            if field.type == "one2many":
                moving = (Command.LINK, Command.UNLINK)
                moved = (number for command, number, _values in commands if command in moving)
                self.written.add_moved(target, moved)
            self._lines.add_list(field, target, commands, path, records)
        return commands

    def _set(
        self, field: ResourceField, target: Resource, numbers: list[int], records: Any
    ) -> list[tuple]:
        """Return what makes these the records of a list, with those that the policy hides.

        :param records: those that have the list; None for a new one
        """
        if records is None or not self._context.is_filtered(target):
            return [Command.set(numbers)]
        members = Domain("id", "in", list(self._member_ids(records, field)))
        shown = search(self._context, target, members, archived=True).ids
        taken_off = (number for number in shown if number not in numbers)
        return [*map(Command.unlink, taken_off), *map(Command.link, numbers)]

    def _upserts(
        self,
        field: ResourceField,
        target: Resource,
        name: str,
        items: list,
        path: InputPath,
        records: Any,
        commands: list[tuple],
    ) -> ListUpserts:
        """Return what ``upsert`` or ``replace`` does with a list.

        :param commands: what other operations do with it
        """
        members = set() if records is None else self._member_ids(records, field)
        upserts = ListUpserts(
            self._context, self._problems, self._reader, field, target, records, members
        )
        if records is not None and len(records) > 1:
            self._problems.refuse(path, f"{name} is for the list of one record.")
        elif name == "replace":
            upserts.replace(items, path)
        else:
            changed = {number for _command, number, _values in commands if number}
            upserts.upsert(items, path, changed)
        for number in upserts.updated:
            self.written.add_updated(target, number)
        return upserts

    def check_members(self) -> None:
        """Refuse to change a record through a list that it is not in."""
        for records, field, number, path in self._changed:
            if number not in self._member_ids(records, field):
                self._problems.refuse(path, f"{field.relation} {number} is not in this list.")

    def _command(
        self,
        field: ResourceField,
        target: Resource,
        name: str,
        item: Any,
        path: InputPath,
        records: Any,
    ) -> tuple | None:
        if name == "create":
            values = self._reader.create_values(target, item, path, field, records)
            return Command.create(values)
        record_id = self._named.add(target.type_name, item.id if name == "update" else item, path)
        if record_id is None:
            return None
        if name == "link":
            return Command.link(record_id)
        if name == "unlink":
            # Of a one2many, Odoo would take it off the list that it is in.
            is_member = record_id in self._member_ids(records, field)
            return Command.unlink(record_id) if is_member else None
        self._changed.append((records, field, record_id, path))
        if name == "delete":
            return Command.delete(record_id)
        record = self._context.env[target.model].browse(record_id)
        self.written.add_updated(target, record_id)
        return Command.update(record_id, self._reader.update_values(target, item, path, record))

    def _check_size(self, target: Resource, items: list, path: InputPath) -> bool:
        """Refuse lists that would take the server minutes to write."""
        self._count += len(items)
        maximum = self._context.max_page_size(target)
        if len(items) > maximum:
            self._problems.refuse(
                path,
                f"A list may have at most {maximum} items; send several requests.",
            )
            return False
        if self._count > MAX_LISTED_RECORDS:
            self._problems.refuse(
                path,
                f"The lists of an input may have at most {MAX_LISTED_RECORDS} items together; "
                "send several requests.",
            )
            return False
        return True

    def _may_change(
        self, field: ResourceField, target: Resource, name: str, path: InputPath
    ) -> bool:
        """Check the right to what an operation on a list does to the records in it."""
        needed = []
        if name == "delete":
            needed = ["delete"]
        elif name in ("link", "unlink", "set") and field.type == "one2many":
            needed = ["update"]
            if field.unlink_deletes and name != "link":
                needed.append("delete")
        check = self._context.check_operation
        return all(self._problems.check(path, check, target, operation) for operation in needed)

    def _member_ids(self, records: Any, field: ResourceField) -> set[int]:
        """Return the ids of the records in a list, archived ones too."""
        key = (records, field.field)
        if key not in self._members:
            if field.field:
                everything = records.with_context(active_test=False)
                self._members[key] = set(everything.mapped(field.field).ids)
            else:
                target = self._context.resources[field.target]
                found = search(self._context, target, attachments_of(records))
                self._members[key] = set(found.ids)
        return self._members[key]
