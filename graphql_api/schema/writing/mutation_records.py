"""The records that a mutation names, those that it creates, and those that it returns."""

from collections.abc import Callable, Iterable
from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from ..access.access import find_visible, not_found
from ..access.context import Context
from ..access.owners import refused_alike
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from ..reading.selection import selected_columns
from ..values.parsers import parse_id
from .blame import blame_values
from .input_problems import InputPath
from .input_reader import InputReader
from .reach import out_of_reach

FieldPair = tuple[StrawberryField, StrawberryField]
"""The mutation for one record, and that for many."""


def mutation_field(
    resolver: Callable, returns: Any, name: str, description: str
) -> StrawberryField:
    """Return the mutation of a resolver, whose type is known at run time alone.

    :param returns: that type
    """
    resolver.__annotations__["return"] = returns
    return strawberry.field(resolver, name=name, description=description)


def find_named(context: Context, resource: Resource, ids: Iterable[str]) -> Any:
    """Return the records with these ids, in their order.

    :raise ApiError: NOT_FOUND where the caller does not see all of them
    """
    numbers = list(dict.fromkeys(parse_id(text) for text in ids))
    check_size(context, resource, "ids", numbers)
    visible = set(find_visible(context, resource, numbers).ids)
    missing = [number for number in numbers if number not in visible]
    if missing:
        raise not_found(resource, missing)
    return context.env[resource.model].browse(numbers)


def create_records(
    context: Context,
    resource: Resource,
    reader: InputReader,
    values: list[dict[str, Any]],
    paths: list[InputPath],
) -> Any:
    """Create records of inputs that were read and checked.

    :param values: what the reader has made of the inputs
    :param paths: where each of the inputs stands in the arguments
    """
    with blame_values(context.env, reader.inputs):
        with refused_alike(resource.model, out_of_reach(resource)):
            records = context.env[resource.model].create(values)
        flush_written(context, resource, reader, records)
        reader.new.finish(dict(zip(paths, records, strict=True)))
    return records


def flush_written(context: Context, resource: Resource, reader: InputReader, records: Any) -> None:
    """Send changes to the database, so that its errors have the path of this mutation."""
    context.env.flush_all()
    reader.check_written(resource, records)


def returned_records(info: strawberry.Info, resource: Resource, ids: list[int]) -> list:
    """Return all of the records after a mutation: see :func:`visible_records`.

    :raise ApiError: FORBIDDEN where the caller does not see all of them
    """
    shown = visible_records(info, resource, ids)
    if len(shown) != len(ids):
        raise out_of_reach(resource)
    return shown


def visible_records(info: strawberry.Info, resource: Resource, ids: list[int]) -> list:
    """Return those of the records that the caller sees after a mutation, in the order of the ids.

    They are as the database has them.
    """
    context: Context = info.context
    # What was written is read again: rounded, sanitized and computed as it is kept.
    context.env.invalidate_all()
    found = find_visible(context, resource, ids, selected_columns(context, info, resource))
    visible = set(found.ids)
    return list(context.env[resource.model].browse(n for n in ids if n in visible))


def check_size(context: Context, resource: Resource, name: str, items: list) -> None:
    """Refuse a mutation of more records than a page may have.

    :param name: of the argument with the items
    :raise ApiError: BAD_USER_INPUT
    """
    maximum = context.max_page_size(resource)
    if len(items) > maximum:
        raise ApiError(
            "BAD_USER_INPUT",
            f"{name} may have at most {maximum} items; send several requests.",
        )
