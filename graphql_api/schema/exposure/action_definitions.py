"""Actions as their records define them -> the actions of one schema."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from .action import RECORDS, Action, Argument
from .names import camel_case, pascal_case, upper_first
from .resource import Resource
from .resource_field import ResourceField

Targets = dict[str, dict[int, str]]
"""Odoo model -> the resources that expose it, as id -> type name. A relation leads to the first of
them if its record does not choose another."""


class Leading(Protocol):
    """What leads to records of a model, and which of its resources was chosen for that."""

    @property
    def comodel(self) -> str | None: ...

    @property
    def target_id(self) -> int | None: ...


def find_target(targets: Targets, definition: Leading) -> str | None:
    """Return the type that a relation leads to, None where no resource exposes its model."""
    found = targets.get(definition.comodel or "")
    if not found:
        return None
    return found.get(definition.target_id or 0) or next(iter(found.values()))


@dataclass(frozen=True, slots=True)
class ArgumentDefinition:
    """An argument as its record defines it, whatever other resources there are.

    ``argument`` is the argument with all but its ``relation`` and ``lines``. ``comodel`` is the
    Odoo model whose records it names, None where it names none; ``target_id`` the id of the
    resource where several expose that model. ``lines`` are the arguments of its lines, which are
    records of ``line_model``.
    """

    argument: Argument
    comodel: str | None = None
    target_id: int | None = None
    lines: tuple["ArgumentDefinition", ...] = ()
    line_model: str = ""


@dataclass(frozen=True, slots=True)
class ResultDefinition:
    """Of which model and resource the records are that an action returns."""

    comodel: str | None
    target_id: int | None


@dataclass(frozen=True, slots=True)
class ActionDefinition:
    """An action as its record defines it, whatever other resources there are.

    ``action`` is the action without ``arguments`` and ``result_type``, ``wizard_model`` the model
    whose fields the arguments are.
    """

    action: Action
    wizard_model: str = ""
    arguments: tuple[ArgumentDefinition, ...] = ()
    result: ResultDefinition | None = None

    def leading(self) -> Iterator[Leading]:
        """Yield all that leads to other resources."""
        if self.result is not None:
            yield self.result
        for definition in self.arguments:
            yield from (each for each in (definition, *definition.lines) if each.comodel)


def compile_actions(
    type_name: str, definitions: Iterable[ActionDefinition], targets: Targets
) -> dict[str, Action]:
    """Return the actions that can be served, by their REST names.

    An argument for records that no resource exposes is left out; where it is required, the action
    is, and so is one that returns such records.

    :param type_name: of the resource that has the actions
    """
    compiled = {}
    for definition in definitions:
        action = definition.action
        name = upper_first(camel_case(action.name)) + type_name
        arguments = _compile_arguments(name, definition.wizard_model, definition.arguments, targets)
        result_type = find_target(targets, definition.result) if definition.result else None
        if arguments is None or (action.result == RECORDS and result_type is None):
            continue
        compiled[action.name] = replace(
            action,
            arguments=arguments if arguments.fields else None,
            result_type=result_type or "",
        )
    return compiled


def _compile_arguments(
    name: str, model: str, definitions: Iterable[ArgumentDefinition], targets: Targets
) -> Resource | None:
    """Return arguments as a resource, None where one is missing that has to be sent."""
    fields: dict[str, ResourceField] = {}
    for definition in definitions:
        argument = definition.argument
        relation = find_target(targets, definition) if definition.comodel else None
        lines = None
        if definition.line_model:
            lines = _compile_arguments(
                name + pascal_case(argument.name), definition.line_model, definition.lines, targets
            )
        is_missing = (definition.comodel and relation is None) or (
            definition.line_model and (lines is None or not lines.fields)
        )
        if not is_missing:
            fields[argument.name] = replace(argument, relation=relation, lines=lines)
        elif argument.needs_value:
            return None
    return Resource(
        type_name=name, collection="", model=model, operations=frozenset(), fields=fields
    )
