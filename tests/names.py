"""The names of one thing in the two APIs, as a client that knows the rules makes them."""

import re
from collections.abc import Callable
from typing import Any


def camel_case(name: str) -> str:
    """Return the name in GraphQL of what REST calls ``order_lines`` or ``sale-orders``."""
    return re.sub("[-_]([a-z0-9])", lambda match: match[1].upper(), name)


def snake_case(name: str) -> str:
    """Return the name in REST of a field or an argument of GraphQL."""
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def rename(value: Any, name: Callable[[str], str]) -> Any:
    """Return a JSON value, with the names of all members as the other API has them.

    :param name: one of the functions of this module
    """
    if isinstance(value, dict):
        return {name(key): rename(part, name) for key, part in value.items()}
    return [rename(part, name) for part in value] if isinstance(value, list) else value
