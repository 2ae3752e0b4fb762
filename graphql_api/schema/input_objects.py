"""Input objects that are made at run time: their fields, and what a client gave for them."""

import keyword
from collections.abc import Iterator
from typing import Any, Optional

import strawberry
from strawberry.schema_directives import OneOf
from strawberry.types.field import StrawberryField

from .definitions import attribute_field, define
from .names import camel_case
from .resource import ResourceField


class InputObject:
    """What a client gave; the attributes of what it left out are ``UNSET``.

    ``_input_fields`` are the fields of the class, by attribute.
    """

    _input_fields: dict[str, StrawberryField]

    def __init__(self, /, **values):
        for attribute in self._input_fields:
            if attribute in values:
                setattr(self, attribute, values[attribute])


def new_input(name: str) -> type[InputObject]:
    """Return a class to add fields to; :func:`define_input` comes when all are there."""
    return type(name, (InputObject,), {"_input_fields": {}})


def define_input(
    cls: type[InputObject], description: str | None = None, one_of: bool = False
) -> type[InputObject]:
    """Make a class an input type of GraphQL, and return it.

    :param one_of: clients give exactly one of the fields
    """
    fields = list(cls._input_fields.values())
    directives = (OneOf(),) if one_of else ()
    return define(cls, fields, description, is_input=True, directives=directives)


def add_input_field(
    cls: type[InputObject],
    name: str,
    annotation: Any,
    description: str | None = None,
    required: bool = False,
    deprecation_reason: str | None = None,
) -> str:
    """Add a field to an input class and return the name of its attribute.

    :param name: snake_case or camelCase; what is no Python name gets an underscore
    :param required: clients have to send it, and not null
    :param deprecation_reason: shown where the field is not required (GraphQL, "@deprecated")
    """
    attribute = f"{name}_" if keyword.iskeyword(name) else name
    options: dict[str, Any] = {}
    if not required:
        annotation = Optional[annotation]  # noqa: UP045 - a run-time value
        options = {"default": strawberry.UNSET, "deprecation_reason": deprecation_reason}
        setattr(cls, attribute, strawberry.UNSET)
    cls._input_fields[attribute] = attribute_field(
        cls, attribute, camel_case(name), annotation, description, **options
    )
    return attribute


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
    for attribute, item in vars(value).items():
        if item is not strawberry.UNSET:
            yield attribute.rstrip("_"), item
