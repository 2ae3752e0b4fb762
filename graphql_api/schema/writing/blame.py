"""Which values of an input PostgreSQL refused, by the names that clients know them by."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2.errors import CheckViolation, NotNullViolation

from odoo.api import Environment

from ..access.odoo_models import FILLED_FROM
from ..exposure.errors import constraint_message, from_database
from ..exposure.resource import Resource
from ..exposure.resource_field import ResourceField
from .input_problems import InputPath, blamed


@dataclass(frozen=True, slots=True)
class WrittenInput:
    """What an input writes on a record of a resource.

    ``values`` are those of Odoo's fields, ``path`` is where the input stands in the arguments.
    """

    resource: Resource
    path: InputPath
    values: dict[str, Any]


@contextmanager
def blame_values(env: Environment, inputs: Iterable[WrittenInput]) -> Iterator[None]:
    """Within the block, let errors for what PostgreSQL refuses name the values to blame.

    :param inputs: all that is written
    :raise ApiError: VALIDATION_FAILED
    """
    try:
        yield
    except (CheckViolation, NotNullViolation) as error:
        message = constraint_message(error, env)
        raise from_database(error, message, _blame(env, list(inputs), error)) from error


def _blame(env: Environment, inputs: list[WrittenInput], error: psycopg2.Error) -> list[dict]:
    """Return the values to blame, as an :class:`.errors.ApiError` has them.

    It takes no query: the transaction is broken. Of fields that no resource shows it says nothing.
    """
    table = error.diag.table_name
    if isinstance(error, NotNullViolation):
        return _missing(env, inputs, table, error.diag.column_name)
    terms = _terms(env, table, error.diag.constraint_name)
    needed = re.findall(r"(\w+)\s+IS\s+NOT\s+NULL", terms, re.IGNORECASE)
    for name in dict.fromkeys(needed):
        if found := _missing(env, inputs, table, name):
            return found
    message = constraint_message(error, env) or "The value violates a rule of the database."
    return [
        blamed((*written.path, field.name), message)
        for written in inputs
        for field in _fields(env, written.resource, table)
        if field.field in written.values and re.search(rf"\b{field.field}\b", terms)
    ]


def _missing(env: Environment, inputs: list[WrittenInput], table: str, column: str) -> list[dict]:
    """Return where a value is missing; PostgreSQL tells the column, but not of which record."""
    found: dict[InputPath, str] = {}
    for written in inputs:
        resource = written.resource
        source = FILLED_FROM.get(resource.model, {}).get((table, column))
        for field in resource.fields.values():
            if field.alias_of is not None or written.values.get(field.field):
                continue
            if field.field == source or (
                source is None and _column(env, resource, field) == (table, column)
            ):
                found.setdefault(written.path, field.name)
    if not found:
        return []
    path = _common(found)
    message = "A value is required." if len(found) == 1 else "A value is required in each of these."
    return [blamed((*path, next(iter(found.values()))), message)]


def _common(paths: Iterable[InputPath]) -> InputPath:
    """Return how all of the paths start."""
    shared = []
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return tuple(shared)


def _fields(env: Environment, resource: Resource, table: str) -> Iterator[ResourceField]:
    """Yield the fields of a resource whose values are in a table."""
    for field in resource.fields.values():
        if field.alias_of is None and _column(env, resource, field)[0] == table:
            yield field


def _column(env: Environment, resource: Resource, field: ResourceField) -> tuple[str, str]:
    """Return the table and the column that have the values of a field."""
    model_field = env[resource.model]._fields[field.field]
    while model_field.inherited:
        model_field = model_field.related_field
    return env[model_field.model_name]._table, model_field.name


def _terms(env: Environment, table: str, constraint: str) -> str:
    """Return the definition of a constraint, as its model declares it."""
    for model in env.registry.values():
        if model._table == table and (found := model._table_objects.get(constraint)):
            return getattr(found, "_definition", "") or ""
    return ""
