"""From inputs to the ORM: values are checked and converted before a record is touched.

Every problem of an input is collected with its path, so that a client can show all of them at
once.
"""

from typing import Any

from odoo.api import Environment
from odoo.fields import Image

from ..access.context import Context
from ..access.odoo_models import NEEDED_LISTS, SENT_DEFAULTS
from ..access.references import named_model
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..exposure.resource_field import RELATIONS, ResourceField
from ..values.input_objects import given
from ..values.scalars import FILE_TYPES, VALUE_TYPES, value_type
from .blame import WrittenInput
from .input_problems import InputPath, InputProblems
from .lines import ChangedLines
from .list_inputs import ListInputs
from .named_records import NamedRecords
from .new_records import NewRecords
from .property_inputs import PropertyInputs


class InputReader:
    """Converts the inputs of one mutation to values for ``create`` and ``write``.

    Read them with :meth:`create_values` and :meth:`update_values`, then call :meth:`check`
    before the values are used and :meth:`check_written` after that. ``inputs`` are all that was
    read, each with its values; ``new`` knows which records get external ids; ``problems`` are what
    is wrong with the inputs so far.
    """

    def __init__(self, context: Context):
        self._context = context
        self.inputs: list[WrittenInput] = []
        self._files: dict[tuple, tuple] = {}
        self.problems = InputProblems()
        self._named = NamedRecords(context, self.problems)
        self._lines = ChangedLines(context)
        self.new = NewRecords(context, self.problems)
        self._lists = ListInputs(context, self.problems, self._named, self._lines, self)
        self._properties = PropertyInputs(context, self.problems, self._named)

    def create_values(
        self,
        resource: Resource,
        value: Any,
        path: InputPath,
        parent: ResourceField | None = None,
        parents: Any = None,
    ) -> dict[str, Any]:
        """Return the values of a new record.

        :param value: the input as Strawberry gives it
        :param parent: the one2many field in whose list the record is created
        :param parents: the records that have this list; None where they are new themselves
        """
        self.problems.check(path, self._context.check_operation, resource, "create")
        inverse = parent.inverse if parent else None
        values = self._values(resource, value, path, None, inverse)
        self.inputs.append(WrittenInput(resource, path, values))
        self._named.add_of_values(resource, values, path, None)
        self._check_complete(resource, value, path, set(values) | ({inverse} if inverse else set()))
        written = {
            **self._sent_defaults(resource),
            **resource.defaults,
            **values,
            **self._context.given_values(resource),
        }
        self._properties.belong_to(values, written, None, inverse, parents)
        return written

    def update_values(
        self,
        resource: Resource,
        value: Any,
        path: InputPath,
        records: Any,
        inverse: str | None = None,
    ) -> dict[str, Any]:
        """Return the values to write on existing records.

        :param records: the records that will get the values
        :param inverse: the Odoo field that the input cannot set: it leads to the record in whose
            list the records are, and stay
        """
        self.problems.check(path, self._context.check_operation, resource, "update")
        self.new.add_existing(path, records)
        values = self._values(resource, value, path, records, inverse)
        self.inputs.append(WrittenInput(resource, path, values))
        written = {**values, **self._context.given_values(resource)}
        if written:
            self._lines.add(resource, records, path)
        self._named.add_of_values(resource, values, path, records)
        self._properties.belong_to(values, written, records)
        return written

    def _sent_defaults(self, resource: Resource) -> dict[str, Any]:
        """Return the caller's defaults that Odoo wants to be sent."""
        names = SENT_DEFAULTS.get(resource.model)
        return self._context.env[resource.model].default_get(names) if names else {}

    def check(self) -> None:
        """Refuse the inputs that were read, with all that is wrong with them.

        :raise ApiError: BAD_USER_INPUT, or FORBIDDEN where rights are the only problem;
            VALIDATION_FAILED for lines of a closed document, and for files alone
        """
        self._named.check()
        if not self.problems:
            self._lists.check_members()
        if not self.problems:
            # What properties there are may depend on any of the other values.
            self._properties.convert()
            self._named.check()
        if self.problems or self._context.input_errors:
            raise self.problems.to_error()
        self._lines.check()
        self._lists.written.remember()
        self.new.remember()

    def check_written(self, resource: Resource, records: Any) -> None:
        """Refuse what was written in lists of the records and lies outside its resource.

        :raise ApiError: FORBIDDEN
        """
        self._lists.written.check(resource, records)

    def _check_complete(
        self, resource: Resource, value: Any, path: InputPath, known: set[str]
    ) -> None:
        """Refuse a new record without the values that it needs from the client.

        :param known: the Odoo fields that it gets
        """
        sent = dict(given(value))
        lists = NEEDED_LISTS.get(resource.model, ())
        for field in resource.fields.values():
            needed = resource.needs_value(field) or field.field in lists
            if field.alias_of or not needed:
                continue
            missing = not any(name in sent for name in resource.names_of(field))
            if not missing or known & {field.field, field.delegate}:
                continue
            if field.writable:
                self.problems.refuse((*path, field.name), "A value is required.")
            elif field.type == "many2one":
                message = f"Create it in the list of its {field.relation}."
                self.problems.refuse((*path, field.name), message)

    def _values(
        self, resource: Resource, value: Any, path: InputPath, records: Any, inverse: str | None
    ) -> dict[str, Any]:
        """Return the values of one input.

        :param records: those that get the values; None for a new one
        :param inverse: the Odoo field that a record has from the list that it is in
        """
        values: dict[str, Any] = {}
        sent: dict[str, str] = {}
        for name, item in given(value):
            field = resource.input_field(name)
            if field is None:  # the id of a nested update
                continue
            where = (*path, name)
            other = sent.setdefault(field.alias_of or name, name)
            if other != name:
                message = f"{other} and {name} are the same field; send one of them."
                self.problems.refuse(where, message)
                continue
            if field is resource.attachments:
                self._read_attachments(resource, field, item, where, records)
                continue
            if not self.problems.check(where, self._check_field, resource, field):
                continue
            if inverse and inverse in (field.field, field.model_of):
                self.problems.refuse(where, "It is always the record to which this list belongs.")
            elif item is None:
                self._clear(field, values, where)
            elif field.to_many:
                values[field.field] = self._list(resource, field, item, where, records)
            elif field.type in RELATIONS:
                number = self._named.add(field.target, item, where)
                if number is not None:
                    values[field.field] = number
                    self._lines.add_document(resource, field, number, where)
            else:
                self._convert(resource, field, item, values, where)
        return values

    def _check_field(self, resource: Resource, field: ResourceField) -> None:
        """Refuse a field that the caller may not set.

        :raise ApiError: FORBIDDEN
        """
        self._context.check_field(resource, field, "write")

    def _model_field(self, resource: Resource, field: ResourceField) -> Any:
        """Return the Odoo field that gets a value."""
        return self._context.env[resource.model]._fields[field.field]

    def _list(
        self, resource: Resource, field: ResourceField, item: Any, path: InputPath, records: Any
    ) -> Any:
        """Return what becomes of the value of a list; ``records`` are those that have it."""
        return self._lists.commands(resource, field, item, path, records)

    def _read_attachments(
        self, resource: Resource, field: ResourceField, item: Any, path: InputPath, records: Any
    ) -> None:
        """Note what to do with the attachments of the records of an input."""
        if item is None:
            self.problems.refuse(path, "A list cannot be null.")
            return
        commands = self._lists.commands(resource, field, item, path, records)
        self.new.add_attachments(path, self._context.resources[field.target], commands)

    def _clear(self, field: ResourceField, values: dict[str, Any], path: InputPath) -> None:
        if field.to_many:
            self.problems.refuse(path, "A list cannot be null; to empty it, send set: [].")
        elif field.required:
            self.problems.refuse(path, "A value is required; it cannot be cleared.")
        else:
            values[field.field] = False

    def _convert(
        self,
        resource: Resource,
        field: ResourceField,
        item: Any,
        values: dict[str, Any],
        path: InputPath,
    ) -> None:
        """Put a plain value into the values, in the ORM's form."""
        if field.type in FILE_TYPES:
            self._context.count_file(len(item))
        model_field = self._model_field(resource, field)
        parse = self._file if field.type in FILE_TYPES else value_type(field).parse
        try:
            converted = parse(item, model_field, self._context.env)
        except ApiError as error:
            self.problems.add(path, error)
        except ValueError as error:
            self.problems.refuse(path, str(error))
        else:
            if converted is False and field.required and field.type != "boolean":
                self.problems.refuse(path, "A value is required; it cannot be empty.")
            if field.type == "properties":
                self._properties.add(resource, field, converted, values, path)
            elif field.model_of and isinstance(converted, str):
                values[field.field] = named_model(self._context, converted)
            else:
                values[field.field] = converted

    def _file(self, item: bytes, model_field: Any, env: Environment) -> bytes | bool:
        """Return a file as the ORM takes it, an image in the size that its field stores.

        Odoo would make images smaller within ``create`` and ``write``: there the deadline is not
        checked between them, and one file that several records get is converted for each.

        :raise OutOfTime: the request takes longer than it may
        """
        key = (model_field, id(item))
        if key not in self._files:
            self._context.check_deadline()
            converted = VALUE_TYPES[model_field.type].parse(item, model_field, env)
            if isinstance(model_field, Image) and model_field.store and not model_field.related:
                converted = converted and model_field._image_process(converted, env)
            # The file is kept beside it: its identity stays unique.
            self._files[key] = (item, converted)
        return self._files[key][1]
