"""What a field of an object type reads for many records at once.

The columnar executor asks it for all records of a level; the resolver of the same field, which
graphql-core's own way of execution calls, asks it for the siblings of one record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from .access import Context


@dataclass(frozen=True, slots=True)
class Column:
    """A field that holds a value.

    ``fetches`` names the Odoo fields that it reads; ``read`` returns the values for GraphQL
    leaves, one for each record, and raises ApiError where the caller may not read the field.
    """

    fetches: tuple[str, ...]
    read: Callable[[Context, Any], list]


@dataclass(frozen=True, slots=True)
class Relation:
    """A field that leads to records.

    Its resolver, called with :class:`Siblings`, returns a dict: the id of each sibling -> the id
    of the record at the other end, a list of ids, or an exception; a sibling without a record is
    not in it. ``type_name`` is the type at the other end.
    """

    fetches: tuple[str, ...]
    type_name: str


class Siblings(NamedTuple):
    """The root value that asks a resolver for all records of a level at once.

    ``columns`` are the Odoo fields that will be read of the records at the other end.
    """

    records: Any
    columns: set[str]
