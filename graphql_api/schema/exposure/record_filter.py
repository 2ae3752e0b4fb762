"""The record filter of a policy: a domain in which values of the caller may stand, as plain values.

It is parsed once and evaluated for each request; nothing of it is in a schema.
"""

import ast
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from odoo.tools.translate import LazyGettext, LazyTranslate

_lt = LazyTranslate(__name__)

VARIABLES = ("user", "partner", "company_ids", "today")
"""What may stand as a value: ids of the user, of its contact and of the request's companies, and
the date in the time zone of the current company."""

MAX_LENGTH = 4000
"""Characters of a filter."""

_EXAMPLE = "[('user_id', '=', user)]"


class InvalidFilter(ValueError):
    """A text that is no filter; ``reason`` says why, in the language of whoever reads it."""

    def __init__(self, reason: LazyGettext):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Variable:
    """A value of the caller, known when a request is served."""

    name: str


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records of a resource keys of a policy reach.

    ``text`` is what the administrator has written, ``terms`` are those of a domain, with
    :class:`Variable` among the values. ``compares_dates`` tells that its result depends on a time
    zone.
    """

    text: str
    terms: tuple
    compares_dates: bool = False

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables in it."""
        return frozenset(_variables(self.terms))

    def evaluate(self, values: Mapping[str, Any]) -> list:
        """Return the domain with the values of a caller.

        :param values: those of its variables, by name
        """
        return [_evaluate(term, values) for term in self.terms]


def parse_filter(text: str) -> RecordFilter:
    """Return the filter that somebody has written; nothing of it is executed.

    :raise InvalidFilter: it is no list of plain values and variables
    """
    if len(text) > MAX_LENGTH:
        raise InvalidFilter(_lt("It has more than %s characters.", MAX_LENGTH))
    try:
        node = ast.parse(text.strip() or "[]", mode="eval").body
        if isinstance(node, ast.List):
            return RecordFilter(text, tuple(map(_parse, node.elts)))
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise InvalidFilter(_no_list()) from error
    raise InvalidFilter(_no_list())


def _no_list() -> LazyGettext:
    return _lt("Write a list of conditions, like %s.", _EXAMPLE)


def _parse(node: ast.expr) -> Any:
    match node:
        case ast.Name():
            if node.id not in VARIABLES:
                raise InvalidFilter(
                    _lt(
                        "%(name)s is not a known variable. Known are: %(known)s.",
                        name=node.id,
                        known=", ".join(VARIABLES),
                    )
                )
            return Variable(node.id)
        case ast.List() | ast.Tuple():
            # Odoo takes a list for a list of values, or of terms.
            kind = list if isinstance(node, ast.List) else tuple
            return kind(map(_parse, node.elts))
    value: Any = node
    with contextlib.suppress(ValueError):
        value = ast.literal_eval(node)
    if not isinstance(value, bool | int | float | str | None):
        raise InvalidFilter(_lt("%s is not a plain value.", ast.unparse(node)))
    return value


def _variables(terms: Any) -> Iterator[str]:
    for term in terms:
        if isinstance(term, Variable):
            yield term.name
        elif isinstance(term, list | tuple):
            yield from _variables(term)


def _evaluate(term: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(term, Variable):
        return values[term.name]
    if not isinstance(term, list | tuple):
        return term
    evaluated: list = []
    for each in term:
        value = _evaluate(each, values)
        # A list has the companies among its values: [False, company_ids].
        many = isinstance(term, list) and isinstance(each, Variable) and isinstance(value, list)
        evaluated += value if many else [value]
    return evaluated if isinstance(term, list) else tuple(evaluated)
