"""The mutations of actions: for one record, and for many at once."""

from collections.abc import Callable
from typing import Any

import strawberry

from ..access.context import Context
from ..exposure.action import NONE, RECORD, RECORDS, Action
from ..exposure.resource import Resource
from ..types import ResourceTypes
from .action_inputs import read_arguments
from .actions import run_action
from .inputs import InputTypes
from .mutation_records import (
    FieldPair,
    find_named,
    mutation_field,
    returned_records,
    visible_records,
)
from .reach import ActionResults


def action_fields(
    resource: Resource,
    types: ResourceTypes,
    inputs: InputTypes,
    action: Action,
    name: str,
    plural: str,
) -> FieldPair:
    """Return the mutations of an action."""
    input_type = inputs.arguments[action.arguments.type_name] if action.arguments else None
    returned = action.result_type if action.result == RECORDS else resource.type_name

    def call(info: strawberry.Info, ids: list, value: Any, many: bool) -> Any:
        context: Context = info.context
        values = read_arguments(context, action, value)
        records = find_named(context, resource, ids)
        results = ActionResults(context, context.resources[returned])
        found = run_action(context, resource, action, records, values) if records else []
        if action.result != RECORD:
            context.env.flush_all()
            results.check(resource, records, found)
        if action.result == NONE:
            return True
        if action.result == RECORDS:
            shown = visible_records(info, context.resources[returned], found)
            return shown if many or action.result_is_list else next(iter(shown), None)
        changed = returned_records(info, resource, records.ids)
        return changed if many else changed[0]

    one, many = _resolvers(action, input_type, call)
    node: Any = bool if action.result == NONE else types.by_type[returned]
    of_one = of_many = node
    if action.result != NONE:
        of_many = list[node]
        of_one = node if action.result == RECORD else node | None
        if action.result == RECORDS and action.result_is_list:
            of_one = of_many
    return (
        mutation_field(one, of_one, name, action.description),
        mutation_field(many, of_many, plural, action.description),
    )


def _resolvers(action: Action, input_type: Any, call: Callable) -> tuple[Callable, Callable]:
    """Return the resolvers of an action for one record and for many.

    :param input_type: that of its arguments, None where it takes none
    :param call: (info, ids, input, whether for many) -> what the mutation returns
    """
    if input_type is None:

        def one(info: strawberry.Info, id: strawberry.ID):
            return call(info, [id], None, False)

        def many(info: strawberry.Info, ids: list[strawberry.ID]):
            return call(info, ids, None, True)

        return one, many

    if action.needs_input:

        def one_with(info: strawberry.Info, id: strawberry.ID, input: input_type):
            return call(info, [id], input, False)

        def many_with(info: strawberry.Info, ids: list[strawberry.ID], input: input_type):
            return call(info, ids, input, True)

        return one_with, many_with

    optional = input_type | None

    def one_or(info: strawberry.Info, id: strawberry.ID, input: optional = None):
        return call(info, [id], input, False)

    def many_or(info: strawberry.Info, ids: list[strawberry.ID], input: optional = None):
        return call(info, ids, input, True)

    return one_or, many_or
