"""Fields of addons that are resolved for many records at once."""

import functools
import inspect
from collections.abc import Callable
from typing import get_args

import strawberry

from .relations import batch


def batch_field(resolver: Callable | None = None, **options):
    """Make a Strawberry field of a resolver that gets all records of one place at once.

    The resolver gets a recordset, ``info`` and the arguments of the field, and returns a list
    with one value for each record; its annotation is the list of the field's type::

        @strawberry.type
        class CustomerTurnover:
            @batch_field(description="What the customer has bought.")
            def turnover(records, info: strawberry.Info) -> list[float]:
                ...

    :param options: of ``strawberry.field``
    """
    if resolver is None:
        return functools.partial(batch_field, **options)
    (returned,) = get_args(resolver.__annotations__["return"])

    def resolve(root, info: strawberry.Info, **arguments):
        def build(records) -> dict:
            values = resolver(records, info, **arguments)
            return dict(zip(records._ids, values, strict=True))

        return batch(info.context, info, root, build)[root.id]

    signature = inspect.signature(resolver)
    root = inspect.Parameter("root", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [root, *list(signature.parameters.values())[1:]]
    resolve.__signature__ = signature.replace(parameters=parameters, return_annotation=returned)
    resolve.__annotations__ = {**resolver.__annotations__, "return": returned}
    resolve.__name__ = resolver.__name__
    return strawberry.field(resolve, **options)
