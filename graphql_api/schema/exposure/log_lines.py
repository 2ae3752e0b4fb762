"""Records of the server's log: what a client sent never looks like a record of its own."""

import logging
import re

_FORMATTER = logging.Formatter()
_LINE_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


class Indentation(logging.Filter):
    """Indents all lines of a record but the first, and shows its control characters.

    A record begins at the margin. SQL and tracebacks have several lines, and clients' values in
    them.

    :param control_characters: a regular expression
    """

    def __init__(self, control_characters: str = r"[\x00-\x08\x0e-\x1f\x7f-\x9f]"):
        super().__init__()
        self._control_characters = re.compile(control_characters)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._indent(record.getMessage()), ()
        if record.exc_info and record.exc_info[0]:
            record.exc_text = "    " + self._indent(_FORMATTER.formatException(record.exc_info))
        return True

    def _indent(self, text: str) -> str:
        text = _LINE_BREAK.sub("\n    ", text)
        return self._control_characters.sub(lambda match: ascii(match[0])[1:-1], text)


INDENTATION = Indentation()

COLOURED_INDENTATION = Indentation(r"[\x7f-\x9f]")
"""Keeps the escape character: Odoo colours its access log with it, and encodes that of paths."""
