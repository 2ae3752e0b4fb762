"""Mutations of resources: create, update, delete, upsert, one record or many, and actions.

The executor keeps nothing of an operation in which anything fails (see executor), so these
resolvers just raise.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from ..access.context import Context
from ..access.owners import refused_alike
from ..access.versions import check_version
from ..exposure.resource import UPSERT, Resource
from ..types import ResourceTypes
from .action_mutations import action_fields
from .blame import blame_values
from .input_problems import InputPath
from .input_reader import InputReader
from .inputs import InputTypes
from .lines import check_deletion
from .mutation_records import (
    FieldPair,
    check_size,
    create_records,
    find_named,
    flush_written,
    mutation_field,
    returned_records,
)
from .property_inputs import with_unsent
from .reach import out_of_reach
from .upserts import check_keyed, match, match_items


def mutation_fields(
    resource: Resource, types: ResourceTypes, inputs: InputTypes
) -> dict[str, Callable[[], StrawberryField]]:
    """Return what makes the root fields that a resource adds to ``Mutation``, by name.

    Types of a field are made with it: of hundreds of resources a client changes a few.
    """
    fields: dict[str, Callable[[], StrawberryField]] = {}
    for operation, make in _MAKERS.items():
        if resource.allows(operation):
            names = f"{operation}{resource.type_name}", f"{operation}{resource.plural_name}"
            fields |= _makers(names, partial(make, resource, types, inputs))
    for action in resource.actions.values():
        names = resource.action_name(action), resource.action_name(action, many=True)
        fields |= _makers(names, partial(action_fields, resource, types, inputs, action))
    return fields


def _makers(
    names: tuple[str, str], make: Callable[[str, str], FieldPair]
) -> dict[str, Callable[[], StrawberryField]]:
    """Return what makes the field for one record and that for many, by their names.

    :param make: makes both
    """
    return {name: partial(_make, names, make, index) for index, name in enumerate(names)}


def _make(
    names: tuple[str, str], make: Callable[[str, str], FieldPair], index: int
) -> StrawberryField:
    return make(*names)[index]


def _create_fields(
    resource: Resource, types: ResourceTypes, inputs: InputTypes, name: str, plural: str
) -> FieldPair:
    node = types.by_type[resource.type_name]
    input_type = inputs.create[resource.type_name]

    def one(info: strawberry.Info, input: input_type):
        records = _create(info.context, resource, [input], [("input",)])
        return returned_records(info, resource, records.ids)[0]

    def many(info: strawberry.Info, inputs: list[input_type]):
        check_size(info.context, resource, "inputs", inputs)
        paths: list[InputPath] = [("inputs", index) for index in range(len(inputs))]
        return returned_records(info, resource, _create(info.context, resource, inputs, paths).ids)

    return (
        mutation_field(one, node, name, f"Create one {resource.type_name}."),
        mutation_field(
            many,
            list[node],
            plural,
            f"Create several {resource.type_name} records.",
        ),
    )


def _create(
    context: Context,
    resource: Resource,
    inputs: list,
    paths: list[InputPath],
    external_id: str | None = None,
) -> Any:
    """Create records of inputs.

    :param external_id: the name in Odoo that the record of the first input gets
    """
    context.check_operation(resource, "create")
    reader = InputReader(context)
    if external_id is not None:
        reader.new.give_external_id(paths[0], external_id)
    values = [
        reader.create_values(resource, value, path)
        for value, path in zip(inputs, paths, strict=True)
    ]
    reader.check()
    return create_records(context, resource, reader, values, paths)


def _update_fields(
    resource: Resource, types: ResourceTypes, inputs: InputTypes, name: str, plural: str
) -> FieldPair:
    node = types.by_type[resource.type_name]
    input_type = inputs.update[resource.type_name]

    def one(
        info: strawberry.Info,
        id: strawberry.ID,
        input: input_type,
        if_version: str | None = None,
    ):
        record = _existing(info.context, resource, "update", [id])
        check_version(resource, record, if_version)
        _update(info.context, resource, record, input)
        return returned_records(info, resource, record.ids)[0]

    def many(info: strawberry.Info, ids: list[strawberry.ID], input: input_type):
        records = _existing(info.context, resource, "update", ids)
        _update(info.context, resource, records, input)
        return returned_records(info, resource, records.ids)

    return (
        mutation_field(
            one,
            node,
            name,
            f"Change one {resource.type_name}; with ifVersion only if it still has that version.",
        ),
        mutation_field(
            many,
            list[node],
            plural,
            f"Give several {resource.type_name} records the same values.",
        ),
    )


def _update(context: Context, resource: Resource, records: Any, value: Any) -> None:
    reader = InputReader(context)
    values = reader.update_values(resource, value, ("input",), records)
    reader.check()
    with blame_values(context.env, reader.inputs):
        with refused_alike(resource.model, out_of_reach(resource)):
            for part, own in with_unsent(records, values):
                part.write(own)
        flush_written(context, resource, reader, records)
        reader.new.finish({})


def _upsert_fields(
    resource: Resource, types: ResourceTypes, inputs: InputTypes, name: str, plural: str
) -> FieldPair:
    node = types.by_type[resource.type_name]
    key_type = inputs.keys[resource.type_name]
    input_type = inputs.create[resource.type_name]

    item_type = inputs.nested_upserts[resource.type_name]

    def one(info: strawberry.Info, by: key_type, input: input_type):
        context: Context = info.context
        found = match(context, resource, by, input)
        context.has_created = not found.record
        if found.record:
            context.check_operation(resource, "update")
            _update(context, resource, found.record, found.input)
            return returned_records(info, resource, found.record.ids)[0]
        record = _create(context, resource, [found.input], [("input",)], found.external_id)
        return returned_records(info, resource, record.ids)[0]

    def many(info: strawberry.Info, inputs: list[item_type]):
        check_size(info.context, resource, "inputs", inputs)
        return returned_records(info, resource, _upsert(info.context, resource, inputs))

    safe = "Safe to repeat, also when two requests run at the same time."
    return (
        mutation_field(
            one,
            node,
            name,
            f"Change the {resource.type_name} that the key matches, or create it. {safe}",
        ),
        mutation_field(
            many,
            list[node],
            plural,
            f"Change the {resource.type_name} records that keys match, and create the others. "
            f"{safe}",
        ),
    )


def _upsert(context: Context, resource: Resource, items: list) -> list[int]:
    """Change the records that keys match, and create the others; return the ids of all."""
    reader = InputReader(context)
    check_keyed(items, ("inputs",), reader.problems)
    changed: dict[int, tuple[Any, dict[str, Any]]] = {}
    new: dict[int, dict[str, Any]] = {}
    paths: list[InputPath] = [("inputs", index, "input") for index in range(len(items))]
    for index, found in match_items(context, resource, items, ("inputs",), reader.problems):
        if found.record:
            values = reader.update_values(resource, found.input, paths[index], found.record)
            changed[index] = (found.record, values)
        else:
            reader.new.give_external_id(paths[index], found.external_id)
            new[index] = reader.create_values(resource, found.input, paths[index])
    reader.check()
    records = {index: record for index, (record, _values) in changed.items()}
    with blame_values(context.env, reader.inputs):
        with refused_alike(resource.model, out_of_reach(resource)):
            for record, values in changed.values():
                for part, own in with_unsent(record, values):
                    part.write(own)
            created = context.env[resource.model].create(list(new.values()))
        records |= zip(new, created, strict=True)
        flush_written(context, resource, reader, created.union(*records.values()))
        reader.new.finish({paths[index]: records[index] for index in new})
    return [records[index].id for index in range(len(items))]


def _delete_fields(
    resource: Resource, _types: ResourceTypes, _inputs: InputTypes, name: str, plural: str
) -> FieldPair:
    def delete(context: Context, records: Any) -> None:
        check_deletion(context, resource, records)
        records.unlink()
        context.env.flush_all()

    def one(
        info: strawberry.Info, id: strawberry.ID, if_version: str | None = None
    ) -> strawberry.ID:
        record = _existing(info.context, resource, "delete", [id])
        check_version(resource, record, if_version)
        delete(info.context, record)
        return strawberry.ID(str(record.id))

    def many(info: strawberry.Info, ids: list[strawberry.ID]) -> list[strawberry.ID]:
        records = _existing(info.context, resource, "delete", ids)
        delete(info.context, records)
        return [strawberry.ID(str(number)) for number in records.ids]

    return (
        strawberry.field(
            one,
            name=name,
            description=f"Delete one {resource.type_name}; its id is returned.",
        ),
        strawberry.field(
            many,
            name=plural,
            description=f"Delete several {resource.type_name} records; their ids are returned.",
        ),
    )


_MAKERS = {
    "create": _create_fields,
    "update": _update_fields,
    UPSERT: _upsert_fields,
    "delete": _delete_fields,
}
"""What makes the mutations of an operation."""


def _existing(context: Context, resource: Resource, operation: str, ids: Iterable[str]) -> Any:
    """Return the records with these ids, in their order, to be changed by an operation.

    :raise ApiError: NOT_FOUND where the caller does not see all of them
    """
    context.check_operation(resource, operation)
    return find_named(context, resource, ids)
