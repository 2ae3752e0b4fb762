"""Types that are made at run time, defined as the decorators of Strawberry would define them.

The decorators make a data class of each type, which takes most of the time in which a schema is
built. It is not needed here: objects are neither made by these classes nor compared.
"""

from collections.abc import Sequence
from typing import Any

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField


def define(
    cls: Any,
    fields: list[StrawberryField],
    description: str | None = None,
    *,
    is_input: bool = False,
    directives: Sequence[object] = (),
) -> type:
    """Make a class the type of its name and return it.

    :param fields: from :func:`attribute_field`
    """
    cls.__strawberry_definition__ = StrawberryObjectDefinition(
        name=cls.__name__,
        is_input=is_input,
        is_interface=False,
        origin=cls,
        description=description,
        interfaces=[],
        extend=False,
        directives=directives,
        is_type_of=None,
        resolve_type=None,
        fields=fields,
    )
    return cls


def attribute_field(
    cls: type,
    attribute: str,
    name: str,
    annotation: Any,
    description: str | None = None,
    **options: Any,
) -> StrawberryField:
    """Return a field without a resolver: its value is an attribute.

    :param name: in GraphQL
    :param annotation: a type; texts that name types are not looked up
    :param options: more options of ``StrawberryField``
    """
    return StrawberryField(
        python_name=attribute,
        graphql_name=name,
        type_annotation=StrawberryAnnotation(annotation, namespace={}),
        origin=cls,
        description=description or None,
        **options,
    )
