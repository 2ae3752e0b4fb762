"""Input objects that are made at run time: their fields, and what a client gave for them."""

import keyword
from collections.abc import Iterator
from typing import Any, Optional

import strawberry

from .names import camel_case
from .resource import ResourceField


def new_input(name: str) -> type:
    """Return a class to add fields to; ``strawberry.input`` comes when all are there."""
    return type(name, (), {"__annotations__": {}})


def add_input_field(
    cls: type,
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
    cls.__annotations__[attribute] = annotation if required else Optional[annotation]  # noqa: UP045
    options: dict[str, Any] = {}
    if not required:
        options = {"default": strawberry.UNSET, "deprecation_reason": deprecation_reason}
    field = strawberry.field(name=camel_case(name), description=description or None, **options)
    setattr(cls, attribute, field)
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
