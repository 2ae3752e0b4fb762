"""From inputs to the ORM: values are checked and converted before a record is touched.

Every problem of an input is collected with its path, so that a client can show all of them at
once. Odoo's commands for relations are made here and nowhere else.
"""

from collections import defaultdict
from itertools import chain
from typing import Any

from odoo.fields import Command, Image
from odoo.tools import SQL

from ..access.access import Context, find_visible, found_in_all_companies
from ..access.odoo_models import ATTACHMENT
from ..access.references import exposing, named_records
from ..exposure.errors import OTHER_COMPANIES, ApiError
from ..exposure.names import FieldPath
from ..exposure.resource import RELATIONS, Resource, ResourceField
from ..values.input_objects import given
from ..values.parsers import parse_id
from ..values.scalars import FILE_TYPES, VALUE_TYPES, value_type
from .blame import InputPath, Written
from .lines import check_open, documents_of
from .property_inputs import PropertyInputs

MAX_LISTED_RECORDS = 5_000
"""Records that the lists in the inputs of one mutation may create or name, all together."""


class InputReader:
    """Converts the inputs of one mutation to values for ``create`` and ``write``.

    Read them with :meth:`create_values` and :meth:`update_values`, then call :meth:`check`
    before the values are used and :meth:`check_written` after that. ``inputs`` are all that was
    read, each with its values.
    """

    def __init__(self, context: Context):
        self._context = context
        self.inputs: list[Written] = []
        self._problems: list[tuple[InputPath, ApiError]] = []
        self._references: dict[str, list[tuple[int, InputPath]]] = defaultdict(list)
        self._members: list[tuple[Any, ResourceField, int, InputPath]] = []
        self._lists: dict[tuple[Any, str], set[int]] = {}
        self._lines: dict[str, list[tuple[Any, InputPath]]] = defaultdict(list)
        self._documents: dict[str, list[tuple[Any, InputPath]]] = defaultdict(list)
        self._listed = 0
        self._files: dict[tuple, tuple] = {}
        self._nested = _Nested(context)
        self._properties = PropertyInputs(context, self._refuse, self._refer)

    def create_values(
        self,
        resource: Resource,
        value: Any,
        path: InputPath,
        parent: ResourceField | None = None,
        parents: Any = None,
    ) -> dict:
        """Return the values of a new record.

        :param value: the input as Strawberry gives it
        :param parent: the one2many field in whose list the record is created
        :param parents: the records that have this list; None where they are new themselves
        """
        self._check(path, self._context.check_operation, resource, "create")
        inverse = parent.inverse if parent else None
        values = self._values(resource, value, path, None, inverse)
        self._check_named(resource, values, path, None)
        sent = dict(given(value))
        known = {inverse, *values} - {None}
        for field in resource.fields.values():
            if field.alias_of or not resource.needs_value(field):
                continue
            missing = not any(name in sent for name in resource.names_of(field))
            if not missing or known & {field.field, field.delegate}:
                continue
            if field.writable:
                self._refuse((*path, field.name), "A value is required.")
            elif field.type == "many2one":
                message = f"Create it in the list of its {field.relation}."
                self._refuse((*path, field.name), message)
        written = {**resource.defaults, **values}
        self._properties.belong_to(values, written, None, inverse, parents)
        return written

    def update_values(self, resource: Resource, value: Any, path: InputPath, records: Any) -> dict:
        """Return the values to write on existing records.

        :param records: the records that will get the values
        """
        self._check(path, self._context.check_operation, resource, "update")
        values = self._values(resource, value, path, records, None)
        if values and resource.document:
            self._lines[resource.type_name].append((records, path))
        self._check_named(resource, values, path, records)
        self._properties.belong_to(values, values, records)
        return values

    def check(self) -> None:
        """Refuse the inputs that were read, with all that is wrong with them.

        :raise ApiError: BAD_USER_INPUT, or FORBIDDEN where rights are the only problem;
            VALIDATION_FAILED for lines of a closed document, and for files alone
        """
        self._check_references()
        self._check_members()
        if not self._problems:
            # What they are may depend on any of the other values.
            self._properties.convert()
            self._check_references()
        if not self._problems and not self._context.input_errors:
            self._check_documents()
            self._nested.remember()
            return
        errors = [
            {"field": FieldPath.of(path), "message": error.message}
            for path, error in self._problems
        ]
        codes = {error.code for _path, error in self._problems}
        raise refused_input(errors, codes.pop() if len(codes) == 1 else "BAD_USER_INPUT")

    def check_written(self, resource: Resource, records: Any) -> None:
        """Refuse what was written in lists of the records and lies outside its resource.

        :raise ApiError: FORBIDDEN
        """
        self._nested.check(resource, records)

    def _values(self, resource, value, path, records, inverse) -> dict:
        values = {}
        sent: dict[str, str] = {}
        for name, item in given(value):
            field = resource.fields.get(name)
            if field is None:  # the id of a nested update
                continue
            where = (*path, name)
            other = sent.setdefault(field.alias_of or name, name)
            if other != name:
                self._refuse(where, f"{other} and {name} are one field; send one of them.")
                continue
            if not self._check(where, self._context.check_field, resource, field, "write"):
                continue
            if field.field == inverse:
                self._refuse(where, "It is the record in whose list this one is.")
            elif item is None:
                self._clear(field, values, where)
            elif field.to_many:
                values[field.field] = self._commands(resource, field, item, where, records)
            else:
                self._convert(resource, field, item, values, where)
        self.inputs.append(Written(resource, path, values))
        return values

    def _clear(self, field: ResourceField, values: dict, path: InputPath) -> None:
        if field.to_many:
            self._refuse(path, "A list cannot be null; take its records off with set: [].")
        elif field.required:
            self._refuse(path, "A value is required; it cannot be cleared.")
        else:
            values[field.field] = False

    def _convert(self, resource, field, item, values: dict, path: InputPath) -> None:
        if field.type in FILE_TYPES:
            self._context.count_file(len(item))
        try:
            if field.type in RELATIONS:
                values[field.field] = parse_id(item)
                self._references[field.relation].append((values[field.field], path))
                if resource.document and resource.document.field == field.field:
                    model_field = self._context.env[resource.model]._fields[field.field]
                    documents = self._context.env[model_field.comodel_name]
                    document = documents.browse(values[field.field])
                    self._documents[resource.type_name].append((document, path))
                return
            model_field = self._context.env[resource.model]._fields[field.field]
            parse = self._file if field.type in FILE_TYPES else value_type(field).parser
            converted = parse(item, model_field, self._context.env)
        except ApiError as error:
            self._problems.append((path, error))
        except ValueError as error:
            self._refuse(path, str(error))
        else:
            if converted is False and field.required and field.type != "boolean":
                self._refuse(path, "A value is required; it cannot be empty.")
            if field.type == "properties":
                self._properties.add(resource, field, converted, values, path)
            else:
                values[field.field] = converted

    def _check_named(self, resource: Resource, values: dict, path: InputPath, records) -> None:
        """Note the records that values name by a model and an id."""
        if resource.model == ATTACHMENT:  # checked with all that it may belong to
            return
        model = self._context.env[resource.model]
        known = [resource.defaults] if records is None else records
        for field_name, target, number in named_records(model, values, known):
            names = [field.name for field in resource.fields.values() if field.field == field_name]
            self._refer(target, number, (*path, *names[:1]))

    def _refer(self, model: str, number: int, path: InputPath) -> None:
        """Note a record that a value names, to be refused where the caller cannot see it."""
        target = exposing(self._context, model)
        if target is None:
            self._refuse(path, f"{model[:40]!r} is not a model of the API.")
        else:
            self._references[target.type_name].append((number, path))

    def _file(self, item: bytes, model_field, env) -> bytes | bool:
        """Return a file as the ORM takes it, an image in the size that its field stores.

        Odoo makes images smaller for all records of a ``create`` at once, and for each anew.

        :raise OutOfTime: the request takes longer than it may
        """
        key = (model_field, id(item))
        if key not in self._files:
            self._context.check_deadline()
            converted = VALUE_TYPES[model_field.type].parser(item, model_field, env)
            if isinstance(model_field, Image) and model_field.store and not model_field.related:
                converted = converted and model_field._image_process(converted, env)
            # The file is kept beside it: its identity stays unique.
            self._files[key] = (item, converted)
        return self._files[key][1]

    def _commands(self, resource, field, value, path: InputPath, records) -> list:
        """Return Odoo's commands for a one2many or many2many field (odoo/orm/commands.py)."""
        target = self._context.resources[field.relation]
        operations = dict(given(value))
        commands = []
        # What exists is changed before anything is added, so that an input means the same
        # whatever the order of its keys.
        for name in ("update", "delete", "unlink", "set", "create", "link"):
            items = operations.get(name)
            if items is None:
                continue
            where = (*path, name)
            if name in ("update", "delete", "unlink") and records is None:
                self._refuse(where, "A new record has no list yet; use create, link or set.")
                continue
            if not self._may_change_list(field, target, name, where):
                continue
            if not self._check_size(target, items, where):
                continue
            if name == "set":
                commands.append(Command.set(self._ids(target, items, where)))
                continue
            for index, item in enumerate(items):
                command = self._command(field, target, name, item, (*where, index), records)
                if command is not None:
                    commands.append(command)
        if commands:
            self._nested.touch(resource, field, path)
            if target.document:
                self._touch_lines(field, target, commands, path, records)
        return commands

    def _touch_lines(
        self, field, target: Resource, commands: list, path: InputPath, records
    ) -> None:
        """Note the documents whose lines are changed by what is done with a list of lines."""
        if field.type == "one2many" and records is not None:
            if field.inverse == target.document.field:
                self._documents[target.type_name].append((records, path))
            else:
                self._lines[target.type_name].append((records.mapped(field.field), path))
        changing = {Command.DELETE}
        if field.type == "one2many":
            changing |= {Command.LINK, Command.SET}
        ids = [
            number
            for command, one, many in commands
            if command in changing
            for number in (many if command == Command.SET else [one])
        ]
        lines = self._context.env[target.model].browse(ids)
        self._lines[target.type_name].append((lines, path))

    def _command(self, field, target, name: str, item, path: InputPath, records):
        if name == "create":
            return Command.create(self.create_values(target, item, path, field, records))
        found = self._ids(target, [item.id if name == "update" else item], path[:-1], path[-1])
        if not found:
            return None
        (record_id,) = found
        if name == "link":
            return Command.link(record_id)
        if name == "unlink":
            # Of a one2many, Odoo would take it off the list that it is in.
            is_member = record_id in self._listed_ids(records, field)
            return Command.unlink(record_id) if is_member else None
        self._members.append((records, field, record_id, path))
        if name == "delete":
            return Command.delete(record_id)
        record = self._context.env[target.model].browse(record_id)
        self._nested.updated[target.type_name].add(record_id)
        return Command.update(record_id, self.update_values(target, item, path, record))

    def _check_size(self, target: Resource, items: list, path: InputPath) -> bool:
        """Refuse lists that would take the server minutes to write."""
        self._listed += len(items)
        maximum = self._context.max_page_size(target)
        if len(items) > maximum:
            self._refuse(
                path,
                f"A list may have at most {maximum} items; send several requests.",
            )
            return False
        if self._listed > MAX_LISTED_RECORDS:
            self._refuse(
                path,
                f"The lists of an input may have at most {MAX_LISTED_RECORDS} items together; "
                "send several requests.",
            )
            return False
        return True

    def _may_change_list(self, field, target: Resource, name: str, path: InputPath) -> bool:
        """Check the right to what an operation on a list does to the records in it."""
        if name == "delete":
            return self._check(path, self._context.check_operation, target, "delete")
        if name in ("link", "unlink", "set") and field.type == "one2many":
            if not self._check(path, self._context.check_operation, target, "update"):
                return False
            if field.unlink_deletes and name != "link":
                return self._check(path, self._context.check_operation, target, "delete")
        return True

    def _ids(self, target: Resource, items: list, path: InputPath, first: int = 0) -> list[int]:
        ids = []
        for index, item in enumerate(items, first):
            try:
                ids.append(parse_id(item))
                self._references[target.type_name].append((ids[-1], (*path, index)))
            except ApiError as error:
                self._problems.append(((*path, index), error))
        return ids

    def _check_references(self) -> None:
        """Refuse ids of records that do not exist or that the caller may not see."""
        noted, self._references = self._references, defaultdict(list)
        for type_name, references in noted.items():
            target = self._context.resources[type_name]
            try:
                numbers = {number for number, _path in references}
                visible = find_visible(self._context, target, numbers).ids
            except ApiError as error:
                self._problems.append((references[0][1], error))
                continue
            hidden = {number for number, _path in references} - set(visible)
            elsewhere = hidden and found_in_all_companies(self._context, target, hidden)
            for number, path in references:
                if number in hidden:
                    where = f" {OTHER_COMPANIES}" if number in elsewhere else "."
                    self._refuse(path, f"{type_name} {number} not found{where}")

    def _check_members(self) -> None:
        """Refuse to change a record through a list that it is not in."""
        if self._problems:
            return
        for records, field, number, path in self._members:
            if number not in self._listed_ids(records, field):
                self._refuse(path, f"{field.relation} {number} is not in this list.")

    def _check_documents(self) -> None:
        """Refuse to change lines of documents that are closed.

        :raise ApiError: VALIDATION_FAILED
        """
        for name in dict.fromkeys([*self._lines, *self._documents]):
            resource = self._context.resources[name]
            model = self._context.env[resource.model]
            lines, named = self._lines[name], self._documents[name]
            # All lines are read at once.
            everything = model.union(*(some for some, _path in lines))
            documents = documents_of(resource, model.browse(everything.ids))
            documents = documents.union(*(some for some, _path in named))
            places = chain(named, ((documents_of(resource, some), path) for some, path in lines))
            check_open(self._context, resource, documents, places)

    def _listed_ids(self, records: Any, field: ResourceField) -> set[int]:
        """Return the ids of the records in a list, archived ones too."""
        key = (records, field.field)
        if key not in self._lists:
            everything = records.with_context(active_test=False)
            self._lists[key] = set(everything.mapped(field.field).ids)
        return self._lists[key]

    def _check(self, path: InputPath, check, *arguments) -> bool:
        try:
            check(*arguments)
        except ApiError as error:
            self._problems.append((path, error))
            return False
        return True

    def _refuse(self, path: InputPath, message: str) -> None:
        self._problems.append((path, ApiError("BAD_USER_INPUT", message)))


class _Nested:
    """What a mutation writes in lists, to be checked against the domains of the resources.

    Odoo applies the record rules to it; the domain of a resource is ours to apply. Records
    that are created in lists are told from others by their ids: they are higher than all that
    the transaction saw before.
    """

    def __init__(self, context: Context):
        self._context = context
        self._fields: dict[tuple[str, str], tuple[ResourceField, InputPath]] = {}
        self._highest: dict[str, int] = {}
        self.updated: dict[str, set[int]] = defaultdict(set)

    def touch(self, resource: Resource, field: ResourceField, path: InputPath) -> None:
        self._fields.setdefault((resource.type_name, field.name), (field, path))

    def _limited(self) -> bool:
        """Tell whether any of the lists leads to records that a domain limits."""
        return any(
            self._context.resources[field.relation].domain for field, _path in self._fields.values()
        )

    def remember(self) -> None:
        """Note the highest ids before anything is written."""
        if not self._limited():
            return
        env = self._context.env
        for field, _path in self._fields.values():
            table = env[self._context.resources[field.relation].model]._table
            query = SQL("SELECT max(id) FROM %s", SQL.identifier(table))
            self._highest[field.relation] = env.execute_query(query)[0][0] or 0

    def check(self, resource: Resource, records: Any) -> None:
        if not self._limited():
            return
        for type_name, ids in self.updated.items():
            check_within(self._context, self._context.resources[type_name], ids)
        self._check_created(resource, records, defaultdict(set))

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
            target = self._context.resources[field.relation]
            related = records.with_context(active_test=False).mapped(field.field)
            created = related.filtered(lambda r, t=target: r.id > self._highest[t.type_name])
            check_within(self._context, target, created.ids, path)
            changed = created | related.filtered(
                lambda r, t=target: r.id in self.updated[t.type_name]
            )
            # A record of a list that was not touched by this mutation leads no further.
            self._check_created(target, changed, checked)


def refused_input(errors: list[dict], code: str = "BAD_USER_INPUT") -> ApiError:
    """Return the error for an input with these problems."""
    message = errors[0]["message"] if errors else "The input was only checked."
    if len(errors) > 1:
        message = f"The input has {len(errors)} problems. The first: {message}"
    return ApiError(code, message, errors=errors)


def check_within(context: Context, resource: Resource, ids, path: InputPath = ()) -> None:
    """Refuse records that the caller could not reach through their resource.

    :raise ApiError: FORBIDDEN
    """
    ids = set(ids)
    if ids and len(find_visible(context, resource, ids)) != len(ids):
        raise out_of_reach(resource, path)


def out_of_reach(resource: Resource, path: InputPath = ()) -> ApiError:
    """Return the error for a record that the values put where the caller cannot reach it."""
    message = (
        f"With these values the {resource.type_name} would be out of your reach: outside of what "
        "is exposed, or of what you are allowed to read."
    )
    errors = [{"field": ".".join(map(str, path)), "message": message}] if path else []
    return ApiError("FORBIDDEN", message, errors=errors)
