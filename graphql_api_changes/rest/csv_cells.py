"""Cells of CSV (RFC 4180): values as text that no spreadsheet takes for a formula, and back."""

import re
from typing import Any

import orjson

_WIDE = "\uff1d\uff0b\uff0d\uff20"
"""``= + - @`` as Chinese and Japanese write them: spreadsheets know them, too."""

_SIGNS = rf"=+\-@'{_WIDE}"
_PLACE = rf"^(?={{0}}[{_SIGNS}\t\r\n])|(?<=[;\t\r\n])(?={{0}}[{_SIGNS}])"

_FORMULA = re.compile(_PLACE.format(""))
"""Where a spreadsheet could begin a cell, before what would make it a formula.

Beside the begin of a text, that is after the separators that spreadsheets take in place of commas,
in some languages without asking. An apostrophe is among the signs so that one that is in the text
comes back.
"""

_APOSTROPHE = re.compile(rf"(?:{_PLACE.format(chr(39))})'")


def to_cell(value: Any) -> str:
    """Return a value of JSON as the text of a cell.

    Texts get an apostrophe where a formula could begin: spreadsheets take what follows as text.
    Numbers need none. What has no text of its own is written as JSON.
    """
    match value:
        case None:
            return ""
        case str():
            return _FORMULA.sub("'", value)
        case bool() | int() | float():
            return orjson.dumps(value).decode()
    return _FORMULA.sub("'", orjson.dumps(value).decode())


def from_cell(cell: str) -> str:
    """Return the text of which :func:`to_cell` made a cell."""
    return _APOSTROPHE.sub("", cell)
