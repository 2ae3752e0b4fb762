"""Pages of a root list: their arguments, and a connection's parts, queried when selected."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import strawberry

from odoo.fields import Domain

from ..access.access import restrict_domain, search
from ..access.context import Context
from ..exposure.errors import ApiError
from ..exposure.resource import Resource
from .cursors import (
    after,
    before,
    cursors,
    steps,
)
from .ordering import OrderTerm, order_string


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class PageArguments:
    """The arguments of a page as the client sent them; None is absent."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    offset: int | None = None

    @property
    def backwards(self) -> bool:
        """Whether it is backward pagination: the last records of the list, or before a cursor."""
        return self.last is not None

    def check(self) -> None:
        """Refuse arguments that contradict each other.

        :raise ApiError: BAD_USER_INPUT
        """
        if self.first is not None and self.last is not None:
            raise ApiError("BAD_USER_INPUT", "Give first or last, not both.")
        if self.offset is not None and (self.after, self.before, self.last) != (None, None, None):
            raise ApiError(
                "BAD_USER_INPUT",
                "Use offset only with first, without a cursor.",
                argument="offset",
            )
        check_offset(self.offset)


def check_offset(offset: int | None) -> int:
    """Return the number of records to pass over.

    :raise ApiError: BAD_USER_INPUT for a negative one
    """
    if offset is not None and offset < 0:
        raise ApiError("BAD_USER_INPUT", "offset must not be negative.", argument="offset")
    return offset or 0


Default = TypeVar("Default", int, None)


def check_size(
    context: Context, resource: Resource, name: str, size: int | None, default: Default
) -> int | Default:
    """Return how many records a page may have.

    :raise ApiError: BAD_USER_INPUT for a negative size, or one over the maximum of the resource
        or of the caller
    """
    maximum = context.max_page_size(resource)
    if size is None:
        return default if default is None else min(default, maximum)
    if not 0 <= size <= maximum:
        raise ApiError(
            "BAD_USER_INPUT",
            f"{name} must be between 0 and {maximum}; read more records page by page.",
            argument=name,
        )
    return size


class Page:
    """One page of a list; what the client does not select is not queried."""

    def __init__(
        self,
        context: Context,
        resource: Resource,
        domain: Domain,
        terms: tuple[OrderTerm, ...],
        arguments: PageArguments,
        columns: set[str],
        archived: bool,
    ):
        arguments.check()
        self.model = context.model(resource)
        self._context = context
        self._resource = resource
        self._domain = domain
        self._terms = terms
        self._arguments = arguments
        self._columns = columns
        self._archived = archived
        self._size = check_size(
            context,
            resource,
            "last" if arguments.backwards else "first",
            arguments.last if arguments.backwards else arguments.first,
            resource.default_page_size,
        )
        # Both are decoded here, so that a bad cursor is an error whatever is selected.
        self._scope = context.cursor_scope(resource)
        self._after = self._bound(after, arguments.after)
        self._before = self._bound(before, arguments.before)
        self._steps = self._find_steps()

    @property
    def _direction(self) -> tuple[OrderTerm, ...]:
        """The order in which the records are searched."""
        if self._arguments.backwards:
            return tuple(term.reversed() for term in self._terms)
        return self._terms

    def _find_steps(self) -> list[Domain]:
        """Return the conditions on where the page begins, one after the other."""
        arguments = self._arguments
        if arguments.backwards and arguments.before is not None:
            return self._steps_from(arguments.before, "before", backwards=True)
        if not arguments.backwards and arguments.after is not None:
            return self._steps_from(arguments.after, "after")
        return [Domain.TRUE]

    def _steps_from(self, cursor: str, argument: str, backwards: bool = False) -> list[Domain]:
        return steps(self.model, self._terms, cursor, self._scope, argument, backwards)

    def _bound(self, side: Callable[..., Domain], cursor: str | None) -> Domain | None:
        return None if cursor is None else side(self.model, self._terms, cursor, self._scope)

    @cached_property
    def _found(self):
        """The page's records in the order of the list, and whether there are more beyond."""
        end = self._after if self._arguments.backwards else self._before
        domain = self._domain if end is None else self._domain & end
        records = self.model.browse()
        for step in self._steps:
            records += search(
                self._context,
                self._resource,
                domain & step,
                self._columns,
                archived=self._archived,
                order=order_string(self._direction),
                limit=self._size + 1 - len(records),
                offset=self._arguments.offset or 0,
            )
            if len(records) > self._size:
                break
        more = len(records) > self._size
        records = records[: self._size]
        if self._arguments.backwards:
            records = records[::-1]
        return records.browse(records.ids), more

    @property
    def records(self):
        """The records of the page, in the list's order."""
        return self._found[0]

    @cached_property
    def total_count(self) -> int:
        """The number of records in the whole list, without the page's bounds."""
        return self.model.search_count(
            restrict_domain(self._context, self._resource, self._domain, self._archived)
        )

    @cached_property
    def cursors(self) -> dict[int, str]:
        """The cursor of every record of the page, by id."""
        return cursors(self.records, self._terms, self._scope)

    @cached_property
    def _end_cursors(self) -> dict[int, str]:
        return cursors(self.records[:1] | self.records[-1:], self._terms, self._scope)

    @property
    def start_cursor(self) -> str | None:
        return self._end_cursors.get(self.records[:1].id)

    @property
    def end_cursor(self) -> str | None:
        return self._end_cursors.get(self.records[-1:].id)

    @property
    def has_next_page(self) -> bool:
        if not self._arguments.backwards and self._found[1]:
            return True
        if self._before is None:
            return False
        return self._exists(self._bound(after, self.end_cursor) if self.records else self._after)

    @property
    def has_previous_page(self) -> bool:
        if self._arguments.backwards and self._found[1]:
            return True
        if self._arguments.offset:
            return self._exists(None)
        if self._after is None:
            return False
        return self._exists(
            self._bound(before, self.start_cursor) if self.records else self._before
        )

    def _exists(self, bound: Domain | None) -> bool:
        """Tell whether the list has a record within the bound."""
        domain = self._domain if bound is None else self._domain & bound
        return bool(search(self._context, self._resource, domain, archived=self._archived, limit=1))
