"""Fields of addons that are resolved for many records at once."""

import functools
import inspect
from collections.abc import Callable
from typing import get_args, get_origin

import strawberry
from graphql import get_named_type, get_nullable_type, is_list_type

from ..access.access import Context, find_visible
from ..exposure.errors import ApiError
from ..reading.relations import batch, hidden_records, to_records
from ..reading.selection import selected_columns

IS_BATCH = "graphql_api_batch"
"""Key in the metadata of a Strawberry field that is resolved for many records at once."""


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
    (returned,) = get_args(signature.return_annotation)

    def resolve(root, info: strawberry.Info, **arguments):
        def build(records) -> dict:
            values = resolver(records, info, **arguments)
            return visible(info, dict(zip(records._ids, values, strict=True)))

        value = batch(info.context, info, root, build)[root.id]
        if isinstance(value, ApiError):
            raise value
        return value

    root = inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [root, *list(signature.parameters.values())[1:]]
    resolve.__signature__ = signature.replace(parameters=parameters, return_annotation=returned)
    resolve.__annotations__ = {
        **{parameter.name: parameter.annotation for parameter in parameters[1:]},
        "return": returned,
    }
    resolve.__name__ = resolver.__name__
    options["metadata"] = {**options.get("metadata", {}), IS_BATCH: True}
    return strawberry.field(resolve, **options)


def visible(info: strawberry.Info, values: dict) -> dict:
    """Return what resolvers of addons gave, with records only as far as the caller sees them.

    Those of a list that are hidden are missing, a single one becomes an :class:`ApiError`, and so
    does a list of more than a page may have. The others are records of the caller's environment,
    whatever the resolver looked them up with.

    :param values: key -> a value of the current field
    """
    context: Context = info.context
    returned = info._raw_info.return_type
    target = context.resources.get(get_named_type(returned).name)
    if target is None:
        return values
    is_list = is_list_type(get_nullable_type(returned))
    found = {key: [record.id for record in value or ()] for key, value in values.items()}
    ids = dict.fromkeys(number for part in found.values() for number in part)
    shown = set(find_visible(context, target, ids, selected_columns(context, info, target))._ids)

    hidden = {} if is_list else hidden_records(context, target, ids.keys() - shown)
    maximum = context.max_page_size(target)

    def narrow(part: list[int]):
        if is_list and len(part) > maximum:
            message = f"{info.field_name} has more than {maximum} records here; ask for less."
            return ApiError("BAD_USER_INPUT", message)
        if is_list:
            return [number for number in part if number in shown]
        if not part:
            return None
        return hidden.get(part[0], part[0])

    return to_records(context, target, {key: narrow(part) for key, part in found.items()})
