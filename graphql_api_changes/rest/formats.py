"""The two formats of streams: NDJSON (https://github.com/ndjson/ndjson-spec) and CSV (RFC 4180)."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any, Protocol

import orjson
from graphql import GraphQLList, GraphQLObjectType, get_named_type, get_nullable_type, is_leaf_type

from odoo.addons.graphql_api.rest.extension import Page, Selected, bad_parameter
from odoo.addons.graphql_api.schema.extension import ApiError

from .csv_cells import to_cell

CURSOR = "@cursor"
"""The member or column with the cursor of a row; no field can have the name."""

END = "@end"
"""The one member of the last line of NDJSON; no field can have the name."""

ERROR = "@error"
"""The first cell of the last record of CSV, where it ends before all rows were sent."""

NDJSON = "application/x-ndjson"
CSV = "text/csv"


class Format(Protocol):
    """Makes the chunks of a stream."""

    content_type: str

    def begin(self) -> bytes:
        """Return what comes before all rows."""

    def rows(self, page: Page) -> bytes:
        """Return the rows of a page."""

    def end(self, sent: int, cursor: str | None) -> bytes:
        """Return what comes after all rows.

        :param sent: how many rows there were
        :param cursor: that of the last row
        """

    def failed(self, error: ApiError, sent: int, cursor: str | None) -> bytes:
        """Return what comes where not all rows were sent."""


class Ndjson:
    """A line for each row, as REST's lists have it, and one about the end."""

    content_type = f"{NDJSON}; charset=utf-8"

    def begin(self) -> bytes:
        return b""

    def rows(self, page: Page) -> bytes:
        rows = page.rows
        if page.cursors:
            # Rows that look alike may be one object.
            rows = [
                {**row, CURSOR: cursor} for row, cursor in zip(page.rows, page.cursors, strict=True)
            ]
        return b"".join(map(to_line, rows))

    def end(self, sent: int, cursor: str | None) -> bytes:
        return end_line(rows=sent, next=cursor)

    def failed(self, error: ApiError, sent: int, cursor: str | None) -> bytes:
        return end_line(error, rows=sent, next=cursor)


def to_line(value: dict) -> bytes:
    """Return a line of NDJSON."""
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def end_line(error: ApiError | None = None, **members: Any) -> bytes:
    """Return the last line of NDJSON: in the shape of REST's envelope, below :data:`END`.

    :param error: why it is the last one, before all was done
    """
    if error is None:
        return to_line({END: {"status": "success", **members}})
    failed = {"status": "error", "code": error.code, "message": error.message}
    return to_line({END: {**failed, **members}})


class Csv:
    """A heading and a record for each row, in UTF-8.

    :param columns: the paths of the values in a row
    :param has_mark: whether a byte order mark comes first
    :param has_cursors: whether each row ends with its cursor
    """

    content_type = f"{CSV}; charset=utf-8; header=present"

    def __init__(self, columns: list[tuple[str, ...]], has_mark: bool, has_cursors: bool):
        self._columns = columns
        self._has_mark = has_mark
        self._has_cursors = has_cursors

    def begin(self) -> bytes:
        heading = [".".join(path) for path in self._columns]
        if self._has_cursors:
            heading.append(CURSOR)
        return (codecs.BOM_UTF8 if self._has_mark else b"") + _records([heading])

    def rows(self, page: Page) -> bytes:
        records = ([to_cell(_value(row, path)) for path in self._columns] for row in page.rows)
        if page.cursors:
            pairs = zip(records, page.cursors, strict=True)
            records = ([*record, cursor] for record, cursor in pairs)
        return _records(records)

    def end(self, sent: int, cursor: str | None) -> bytes:
        return b""

    def failed(self, error: ApiError, sent: int, cursor: str | None) -> bytes:
        """Return a record with more cells than the heading, which a strict reader refuses."""
        cells = [ERROR, error.code, error.message]
        missing = len(self._columns) + self._has_cursors + 1 - len(cells)
        return _records([[*cells, *[""] * missing]])


def _records(records) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue().encode()


def _value(row: dict, path: tuple[str, ...]) -> Any:
    value: Any = row
    for name in path:
        if value is None:
            return None
        value = value[name]
    return value


def columns(
    parent: GraphQLObjectType, projection: tuple[Selected, ...], before: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the paths of the values in a row.

    :param parent: the type that the projection is of
    :param before: the path that leads to it
    :raise ApiError: BAD_USER_INPUT for a list of records, which no cell can have
    """
    for selected in projection:
        path = (*before, selected.alias)
        field = parent.fields[selected.name]
        named = get_named_type(field.type)
        if is_leaf_type(named):
            yield path
        elif isinstance(get_nullable_type(field.type), GraphQLList):
            name = ".".join(path)
            message = f"{name} is a list, which CSV has no place for: leave it out, or ask for"
            raise bad_parameter("fields", f"{message} Accept: {NDJSON}.")
        else:
            yield from columns(named, selected.below, path)
