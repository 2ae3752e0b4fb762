"""Record filters that administrators write: read, and checked when they are saved."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from odoo.fields import Domain, Field
from odoo.models import BaseModel

from ..schema.exposure.errors import RETRIED
from ..schema.exposure.record_filter import InvalidFilter, RecordFilter, parse_filter
from .domains import InvalidDomain, check_search

MAX_CONDITIONS = 20
MAX_STEPS = 3
"""Relations that the path of one condition follows."""

_SOMEBODY = {"user": 1, "partner": 1, "company_ids": [1], "today": date(2000, 1, 1)}

_HIERARCHY = ("child_of", "parent_of")


class _Condition(NamedTuple):
    """A condition: the fields of its path, its operator and value, and how deep it stands.

    ``depth`` is the number of relations that were followed to it.
    """

    path: tuple[Field, ...]
    operator: str
    value: Any
    depth: int


def read_filter(text: str, model: BaseModel) -> RecordFilter:
    """Return a filter of records of a model.

    :raise InvalidDomain: it is none, or the model has no such fields
    """
    try:
        record_filter = parse_filter(text)
        conditions = list(_conditions(record_filter.terms, model.sudo()))
        _sample(record_filter).validate(model.sudo())
    except InvalidFilter as error:
        raise InvalidDomain(model.env._(error.reason)) from error
    except RETRIED:
        raise
    except Exception as error:
        raise InvalidDomain(str(error)) from error
    dates = any(each.path and each.path[-1].type in ("date", "datetime") for each in conditions)
    return replace(record_filter, compares_dates=dates)


def check_filter(record_filter: RecordFilter, model: BaseModel, exposed: Collection[str]) -> None:
    """Check that requests can be served with a filter, at no more than the cost of a condition.

    :param exposed: names of the Odoo models that it may lead through
    :raise InvalidDomain: it leads elsewhere, is dear, or PostgreSQL cannot search by it
    """
    env = model.env
    conditions = list(_conditions(record_filter.terms, model.sudo()))
    if len(conditions) > MAX_CONDITIONS:
        raise InvalidDomain(env._("It has more than %s conditions.", MAX_CONDITIONS))
    for condition in conditions:
        followed = [*condition.path[:-1]]
        last = condition.path[-1] if condition.path else None
        if last is not None and last.relational and _looks_into(condition):
            followed.append(last)
        if condition.depth + len(followed) > MAX_STEPS:
            raise InvalidDomain(env._("A path may follow at most %s relations.", MAX_STEPS))
        for field in followed:
            if field.relational and field.comodel_name not in exposed:
                raise InvalidDomain(
                    env._(
                        "%(field)s leads to %(model)s, which no resource exposes.",
                        field=field.name,
                        model=field.comodel_name,
                    )
                )
        if condition.operator in _HIERARCHY and last is not None:
            ranked = env[last.comodel_name if last.relational else last.model_name]
            if not ranked._parent_store:
                raise InvalidDomain(
                    env._(
                        "%(operator)s is too slow for %(model)s, which does not store its "
                        "hierarchy.",
                        operator=condition.operator,
                        model=ranked._name,
                    )
                )
    check_search(list(_sample(record_filter)), model)


def _sample(record_filter: RecordFilter) -> Domain:
    """Return the domain of a filter for some caller: it may be checked before one is known."""
    return Domain(record_filter.evaluate(_SOMEBODY))


def _looks_into(condition: _Condition) -> bool:
    """Tell whether a condition on a relation looks at more than the ids at its other end."""
    values = condition.value if isinstance(condition.value, list | tuple) else [condition.value]
    return "like" in condition.operator or any(isinstance(value, str) for value in values)


def _conditions(terms: Any, model: BaseModel, depth: int = 0) -> Iterator[_Condition]:
    """Yield the conditions of a domain, those on records at the other end of a relation too.

    :raise InvalidDomain: a field is not there, or a condition is none
    """
    for term in terms:
        if isinstance(term, str):
            continue
        if not isinstance(term, list | tuple) or len(term) != 3:
            raise InvalidDomain(str(term))
        path, operator, value = term
        if not isinstance(operator, str):
            raise InvalidDomain(str(term))
        if path in (0, 1):  # (1, "=", 1): all records
            yield _Condition((), operator, value, depth)
            continue
        fields = tuple(_follow(str(path), model))
        if operator in ("any", "not any"):
            if not fields[-1].relational or not isinstance(value, list | tuple):
                raise InvalidDomain(str(term))
            yield _Condition((*fields, fields[-1]), operator, True, depth)
            yield from _conditions(value, model.env[fields[-1].comodel_name], depth + len(fields))
        else:
            yield _Condition(fields, operator, value, depth)


def _follow(path: str, model: BaseModel) -> Iterator[Field]:
    for name in path.split("."):
        field = model._fields.get(name)
        if field is None:
            raise InvalidDomain(
                model.env._("%(model)s has no field %(name)s.", model=model._name, name=name)
            )
        yield field
        if not field.relational:
            # What follows is a part of a date or a property.
            return
        model = model.env[field.comodel_name]
