"""Arguments of actions: from the input of a client to values for a method or a wizard."""

from dataclasses import dataclass, field
from typing import Any

from odoo.api import Environment
from odoo.fields import Command

from ..access.context import Context
from ..exposure.action import CHOICE, FIELD, Action, Argument
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from ..values.input_objects import given
from .input_problems import InputPath
from .input_reader import InputReader
from .mutation_records import create_records
from .reach import check_within_reach

_INPUT: InputPath = ("input",)


@dataclass(slots=True)
class SentLine:
    """A line of a list that a client sent: the values of its keys, and the others.

    ``path`` is where it stands in the arguments, ``names`` has the REST names of the fields.
    """

    path: InputPath
    keys: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class SentRecords:
    """New records that a client sent: the inputs of one list, read and checked."""

    context: Context
    resource: Resource
    reader: InputReader
    values: list[dict[str, Any]]
    paths: list[InputPath]

    def create_all(self) -> list[int]:
        """Create the records; return their ids.

        :raise ApiError: FORBIDDEN for what is out of the caller's reach then, and others of Odoo
        """
        created = create_records(self.context, self.resource, self.reader, self.values, self.paths)
        check_within_reach(self.context, self.resource, created.ids, self.paths[0][:-1])
        return created.ids


@dataclass(slots=True)
class ArgumentValues:
    """What an action gets.

    ``parameters`` are those of its method, ``records`` new records whose ids are parameters, too;
    ``wizard`` are values of the wizard's fields, ``lines`` those of the lines in its lists, by
    fields; ``choices`` decide how dialogs end, by REST names.
    """

    parameters: dict[str, Any] = field(default_factory=dict)
    records: dict[str, SentRecords] = field(default_factory=dict)
    wizard: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, list[SentLine]] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)


def read_arguments(context: Context, action: Action, value: Any) -> ArgumentValues:
    """Return the arguments of an action, checked.

    :param value: the input as Strawberry gives it, None where there is none
    :raise ApiError: BAD_USER_INPUT, or FORBIDDEN where rights are the only problem
    """
    reader = _ArgumentReader(context)
    result = ArgumentValues()
    if action.arguments is not None:
        reader.read_shape(action.arguments, value, result)
    reader.check()
    return result


class _Parameter:
    """What a parser asks of an Odoo field, for an argument that is none."""

    def __init__(self, argument: ResourceField):
        self.type = argument.type
        self._keys = list(argument.selection or ())

    def get_values(self, env: Environment) -> list[str]:
        """Return the keys of a selection, as Odoo's field has it."""
        return self._keys


class _ArgumentReader(InputReader):
    """Reads the arguments of an action as an input of a resource is read."""

    def read_shape(self, shape: Resource, value: Any, result: ArgumentValues) -> None:
        sent = dict(given(value)) if value is not None else {}
        for name, argument in shape.arguments.items():
            if argument.default is not None and sent.get(name) is None:
                sent[name] = argument.default
        values = self._values(shape, _Sent(sent), _INPUT, None, None)
        for name, argument in shape.arguments.items():
            if argument.field not in values:
                continue
            item = values[argument.field]
            if argument.lines is not None:
                result.lines[argument.field] = item
            elif argument.creates:
                if item:
                    result.records[argument.field] = self._sent_records(argument, item)
            elif argument.use == CHOICE:
                result.choices[name] = item
            elif argument.use == FIELD:
                many = argument.to_many
                result.wizard[argument.field] = [Command.set(item)] if many else item
            else:
                result.parameters[argument.field] = item

    def _sent_records(self, argument: Argument, values: list[dict[str, Any]]) -> SentRecords:
        paths: list[InputPath] = [(*_INPUT, argument.name, index) for index in range(len(values))]
        target = self._context.resources[argument.target]
        return SentRecords(self._context, target, self, values, paths)

    def _check_field(self, resource: Resource, field: ResourceField) -> None:
        if isinstance(field, Argument) and field.use != FIELD:
            return None
        return super()._check_field(resource, field)

    def _model_field(self, resource: Resource, field: ResourceField) -> Any:
        if isinstance(field, Argument) and field.use != FIELD:
            return _Parameter(field)
        return super()._model_field(resource, field)

    def _clear(self, field: ResourceField, values: dict[str, Any], path: InputPath) -> None:
        # A list that is null is one that was not sent.
        is_list = isinstance(field, Argument) and field.to_many
        return None if is_list else super()._clear(field, values, path)

    def _convert(
        self,
        resource: Resource,
        field: ResourceField,
        item: Any,
        values: dict[str, Any],
        path: InputPath,
    ) -> None:
        key = getattr(item, "value", item)
        if isinstance(field, Argument) and field.selection and key not in field.selection:
            some = ", ".join(field.selection)
            self.problems.refuse(path, f"{str(key)[:40]!r} is not one of {some}.")
            return
        super()._convert(resource, field, item, values, path)

    def _list(
        self, resource: Resource, field: ResourceField, item: Any, path: InputPath, records: Any
    ) -> Any:
        if not isinstance(field, Argument):
            return super()._list(resource, field, item, path, records)
        maximum = self._context.limits.max_page_size
        if len(item) > maximum:
            message = f"A list may have at most {maximum} items; send several requests."
            self.problems.refuse(path, message)
            return []
        if field.lines is not None:
            return [
                self._line(field.lines, each, (*path, index)) for index, each in enumerate(item)
            ]
        if field.creates:
            target = self._context.resources[field.target]
            return [
                self.create_values(target, each, (*path, index)) for index, each in enumerate(item)
            ]
        ids = [
            self._named.add(field.target, each, (*path, index)) for index, each in enumerate(item)
        ]
        return [number for number in ids if number is not None]

    def _line(self, shape: Resource, value: Any, path: InputPath) -> SentLine:
        line = SentLine(path)
        values = self._values(shape, value, path, None, None)
        for name, argument in shape.arguments.items():
            if argument.field in values:
                part = line.keys if argument.is_key else line.values
                part[argument.field] = values[argument.field]
                line.names[argument.field] = name
        return line


class _Sent:
    """An input object with these values."""

    def __init__(self, values: dict[str, Any]):
        vars(self).update(values)
