"""Files of upserts: NDJSON or CSV, as lines with a JSON object each."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from odoo.addons.graphql_api.schema.extension import ApiError

from .formats import END

MAX_LINE = 1024 * 1024
"""Characters of a line."""

MAX_COLUMNS = 1000


class Line(NamedTuple):
    """An upsert of a file.

    :param number: of the line in the file where it begins, from 1
    :param value: the JSON object; None where the line is none
    :param problems: what is wrong with it, as ``{"field", "message"}``
    """

    number: int
    value: dict | None
    problems: list[dict]


def decode(body: bytes) -> str:
    """Return the text of a file.

    :raise ApiError: BAD_USER_INPUT for what is not UTF-8, is empty, or has a line that is too long
    """
    try:
        text = body.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        number = body.count(b"\n", 0, error.start) + 1
        raise _bad_file(number, "it is not UTF-8, in which files have to be.") from None
    if not text.strip():
        raise ApiError("BAD_USER_INPUT", "The file is empty.")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            raise _bad_file(number, f"it has more than {MAX_LINE} characters.")
    return text


def read_ndjson(text: str) -> Iterator[Line]:
    """Yield the lines of NDJSON; empty ones are passed over, and the last one of an export."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Line(number, None, [_body(f"It is not valid JSON: {error}.")])
            continue
        if isinstance(value, dict) and value.keys() == {END}:
            continue
        if isinstance(value, dict):
            yield Line(number, value, [])
        else:
            yield Line(number, None, [_body("Expected a JSON object.")])


class CsvFile:
    """A text of CSV, whose form was checked.

    :raise ApiError: BAD_USER_INPUT for quotes that do not match, a column that comes twice, too
        many of them

    ``heading`` has the names of the columns.
    """

    def __init__(self, text: str):
        self._text = text
        try:
            _number, heading = next(self._records())
            for _number, _record in self._records():
                pass
        except csv.Error as error:
            raise ApiError("BAD_USER_INPUT", f"The file is not valid CSV: {error}.") from None
        self.heading = [name.strip() for name in heading]
        if len(self.heading) > MAX_COLUMNS:
            message = f"The heading has {len(self.heading)} columns; there may be {MAX_COLUMNS}."
            raise ApiError("BAD_USER_INPUT", message)
        for name in self.heading:
            if self.heading.count(name) > 1:
                message = f"The heading has {name[:80]!r} twice."
                errors = [{"field": name[:80], "message": message}]
                raise ApiError("BAD_USER_INPUT", message, errors=errors)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the records with the numbers of the lines where they begin; not empty ones."""
        reader = csv.reader(io.StringIO(self._text, newline=""), strict=True)
        number = 1
        for record in reader:
            if record:
                yield number, record
            number = reader.line_num + 1

    def lines(self, to_value: Callable[[list[str]], tuple[dict, list[dict]]]) -> Iterator[Line]:
        """Yield the records below the heading.

        :param to_value: makes of cells a JSON object, and what is wrong with them
        """
        records = self._records()
        next(records, None)
        for number, record in records:
            if len(record) != len(self.heading):
                message = f"It has {len(record)} cells; the heading has {len(self.heading)}."
                yield Line(number, None, [_body(message)])
            else:
                yield Line(number, *to_value(record))


def _body(message: str) -> dict:
    return {"field": "body", "message": message}


def _bad_file(number: int, problem: str) -> ApiError:
    return ApiError("BAD_USER_INPUT", f"Line {number} of the file: {problem}")
