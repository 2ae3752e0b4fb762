"""Arguments of actions: from the input of a client to values for a method or a wizard."""

from dataclasses import dataclass, field
from typing import Any

from odoo.api import Environment
from odoo.fields import Command

from ..access.access import Context
from ..exposure.resource import CHOICE, FIELD, Action, Argument, Resource, ResourceField
from ..values.input_objects import given
from .input_problems import InputPath
from .input_reader import InputReader

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
class ArgumentValues:
    """What an action gets.

    ``parameters`` are those of its method, ``wizard`` are values of the wizard's fields, ``lines``
    those of the lines in its lists, by fields; ``choices`` decide how dialogs end, by REST names.
    """

    parameters: dict[str, Any] = field(default_factory=dict)
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
            elif argument.use == CHOICE:
                result.choices[name] = item
            elif argument.use == FIELD:
                many = argument.to_many
                result.wizard[argument.field] = [Command.set(item)] if many else item
            else:
                result.parameters[argument.field] = item

    def _check_field(self, resource: Resource, field: ResourceField) -> None:
        if isinstance(field, Argument) and field.use != FIELD:
            return None
        return super()._check_field(resource, field)

    def _model_field(self, resource: Resource, field: ResourceField) -> Any:
        if isinstance(field, Argument) and field.use == FIELD:
            return super()._model_field(resource, field)
        return _Parameter(field)

    def _clear(self, field: ResourceField, values: dict[str, Any], path: InputPath) -> None:
        # A list that is null is one that was not sent.
        return None if field.to_many else super()._clear(field, values, path)

    def _convert(
        self,
        resource: Resource,
        field: ResourceField,
        item: Any,
        values: dict[str, Any],
        path: InputPath,
    ) -> None:
        key = getattr(item, "value", item)
        if field.selection and key not in field.selection:
            some = ", ".join(field.selection)
            self._problems.refuse(path, f"{str(key)[:40]!r} is not one of {some}.")
            return
        super()._convert(resource, field, item, values, path)

    def _list(
        self, resource: Resource, field: ResourceField, item: Any, path: InputPath, records: Any
    ) -> Any:
        maximum = self._context.limits.max_page_size
        if len(item) > maximum:
            message = f"A list may have at most {maximum} items; send several requests."
            self._problems.refuse(path, message)
            return []
        if isinstance(field, Argument) and field.lines is not None:
            return [
                self._line(field.lines, each, (*path, index)) for index, each in enumerate(item)
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
