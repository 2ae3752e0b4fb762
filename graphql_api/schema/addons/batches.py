"""Fields of addons that are resolved for many records at once."""

import functools
import inspect
from collections.abc import Callable, Collection
from itertools import chain
from typing import Any, get_args, get_origin

import strawberry
from graphql import get_named_type, get_nullable_type, is_list_type

from ..access.access import find_visible
from ..access.context import Context
from ..access.loaders import Loader
from ..exposure.errors import ApiError
from ..reading.record_by_record import LOADER, record_resolver
from ..reading.relations import hidden_records


def batch_field(resolver: Callable | None = None, **options):
    """Make a Strawberry field of a resolver that gets all records of one place at once.

    The resolver gets a recordset, ``info`` and the arguments of the field, and returns a list
    with one value for each record; its annotation is the list of the field's type. Values that
    are records of a resource reach the client as far as the caller may see them::

        @strawberry.type
        class CustomerTurnover:
            @batch_field(description="What the customer has bought.")
            def turnover(records, info: strawberry.Info) -> list[float]:
                ...

    An exception among the values is the error of that record.

    :param options: of ``strawberry.field``
    :raise TypeError: where the annotation is no list
    """
    if resolver is None:
        return functools.partial(batch_field, **options)
    signature = inspect.signature(resolver, eval_str=True)
    if get_origin(signature.return_annotation) is not list:
        raise TypeError(
            f"{resolver.__qualname__} is resolved for many records at once: it returns a list with "
            "one value for each, and says so, for example -> list[int]."
        )
    (returns,) = get_args(signature.return_annotation)
    _records, _info, *parameters = signature.parameters.values()

    def load(context: Context, records, columns: Collection[str], arguments: dict[str, Any]):
        values = list(resolver(records, **arguments))
        if len(values) != len(records):
            raise ValueError(
                f"{resolver.__qualname__} returned {len(values)} values for {len(records)} records."
            )
        return visible(arguments["info"], values, columns)

    loader = Loader(load, takes_info=True)
    resolve = record_resolver(loader, returns, parameters)
    resolve.__name__ = resolver.__name__
    options["metadata"] = {**options.get("metadata", {}), LOADER: loader}
    return strawberry.field(resolve, **options)


def visible(info: strawberry.Info, values: list, columns: Collection[str]) -> list:
    """Return what resolvers of addons gave, with records only as far as the caller sees them.

    In their place are ids, as entries of a loader have them. Those of a list that are hidden are
    missing, a single one becomes an :class:`ApiError`, and so does a list of more than a page may
    have. Values that are no records of a resource stay as they are.

    :param values: values of the current field
    :param columns: Odoo fields of the records to be fetched
    """
    context: Context = info.context
    returned = info._raw_info.return_type
    target = context.resources.get(get_named_type(returned).name)
    if target is None:
        return values
    is_list = is_list_type(get_nullable_type(returned))
    found = [
        value if isinstance(value, Exception) else [record.id for record in value or ()]
        for value in values
    ]
    ids = dict.fromkeys(chain.from_iterable(part for part in found if isinstance(part, list)))
    shown = set(find_visible(context, target, ids, columns)._ids)
    hidden = {} if is_list else hidden_records(context, target, ids.keys() - shown)
    maximum = context.max_page_size(target)

    def entry(part: list[int] | Exception) -> list[int] | int | Exception | None:
        if isinstance(part, Exception):
            return part
        if is_list and len(part) > maximum:
            message = f"{info.field_name} has more than {maximum} records here; ask for less."
            return ApiError("BAD_USER_INPUT", message)
        if is_list:
            return [number for number in part if number in shown]
        if not part:
            return None
        return hidden.get(part[0], part[0])

    return list(map(entry, found))
