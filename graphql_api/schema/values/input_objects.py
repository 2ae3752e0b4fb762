"""Input objects that are made at run time: their fields, and what a client gave for them."""

from collections.abc import Callable, Iterator
from typing import Any, Optional

import strawberry
from strawberry.schema_directives import OneOf
from strawberry.types.field import StrawberryField

from ..exposure.names import camel_case
from ..exposure.resource_field import ResourceField
from .definitions import attribute_field, define


class InputObject:
    """What a client gave; the attributes of what it left out are ``UNSET``.

    An attribute has the name of the field, be it a keyword of Python. ``_input_fields`` are the
    fields of the class, by name.
    """

    _input_fields: dict[str, StrawberryField]

    def __init__(self, /, **values):
        for name in self._input_fields:
            if name in values:
                setattr(self, name, values[name])


def new_input(name: str) -> type[InputObject]:
    """Return a class for :func:`define_input`."""
    return type(name, (InputObject,), {"_input_fields": {}})


def define_input(
    cls: type[InputObject],
    add_fields: Callable[[type[InputObject]], None],
    description: str | None = None,
    one_of: bool = False,
) -> type[InputObject]:
    """Make a class an input type of GraphQL, and return it.

    :param add_fields: adds the fields to the class; called when they are first asked for
    :param one_of: clients give exactly one of the fields
    """

    def make_fields() -> list[StrawberryField]:
        add_fields(cls)
        return list(cls._input_fields.values())

    directives = (OneOf(),) if one_of else ()
    return define(cls, make_fields, description, is_input=True, directives=directives)


def add_input_field(
    cls: type[InputObject],
    name: str,
    annotation: Any,
    description: str | None = None,
    required: bool = False,
    deprecation_reason: str | None = None,
) -> str:
    """Add a field to an input class and return its name.

    :param name: snake_case or camelCase
    :param required: clients have to send it, and not null
    :param deprecation_reason: shown where the field is not required (GraphQL, "@deprecated")
    """
    options: dict[str, Any] = {}
    if not required:
        annotation = Optional[annotation]  # noqa: UP045 - a run-time value
        options = {"default": strawberry.UNSET, "deprecation_reason": deprecation_reason}
        setattr(cls, name, strawberry.UNSET)
    cls._input_fields[name] = attribute_field(
        cls, name, camel_case(name), annotation, description, **options
    )
    return name


def add_resource_field(
    cls: type, field: ResourceField, annotation: Any, note: str = "", required: bool = False
) -> str:
    """Add what a field of a resource takes, under its name and with its description.

    :param note: follows the description
    """
    description = f"{field.description} {note}".strip()
    return add_input_field(
        cls, field.name, annotation, description, required, field.deprecation_reason
    )


def given(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what a client sent of an input object, as (name of the field, value)."""
    for name, item in vars(value).items():
        if item is not strawberry.UNSET:
            yield name, item
