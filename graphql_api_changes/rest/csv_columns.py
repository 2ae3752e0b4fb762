"""Columns of CSV as what they are in REST's rows and bodies."""

from collections.abc import Callable
from typing import Any

import orjson
from graphql import (
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from odoo.addons.graphql_api.rest.extension import convert_leaf, find_field
from odoo.addons.graphql_api.schema.extension import ApiError

from .csv_cells import from_cell

_Convert = Callable[[str], Any]


class CsvColumns:
    """Makes JSON objects of records of CSV: ``country.id`` is ``id`` of the object ``country``.

    An empty cell is null, and so is an object of which all cells are empty.

    :param heading: names of columns: inputs of the resource, references as ``country.id`` and
        ``country.name``, and what else exports have where the records are known
    :param object_type: the type of the resource's records
    :param input_type: that of the upserts
    :param is_known: whether the lines are about records that there are, by their ids
    :param more: names of further columns, with their types
    :raise ApiError: BAD_USER_INPUT, about each column that there is not
    """

    def __init__(
        self,
        heading: list[str],
        object_type: GraphQLObjectType,
        input_type: GraphQLInputObjectType,
        is_known: bool,
        more: dict[str, Any],
    ):
        self._columns: list[tuple[tuple[str, ...], _Convert]] = []
        problems = []
        for name in heading:
            path = tuple(name.split("."))
            leaf = more.get(name) or _input_leaf(input_type, path)
            if leaf is None and (is_known or _is_reference(input_type, path)):
                leaf = _output_leaf(object_type, path)
            if leaf is None:
                shown = name[:80]
                message = f"{object_type.name} has no field {shown!r} that a column could have."
                problems.append({"field": shown, "message": message})
            else:
                self._columns.append((path, _converter(leaf, name)))
        if problems:
            raise ApiError("BAD_USER_INPUT", problems[0]["message"], errors=problems[:20])

    def to_value(self, cells: list[str]) -> tuple[dict, list[dict]]:
        """Return the JSON object of a record, and what is wrong with it."""
        value: dict[str, Any] = {}
        problems: list[dict] = []
        for (path, convert), cell in zip(self._columns, cells, strict=True):
            target = value
            for name in path[:-1]:
                target = target.setdefault(name, {})
            try:
                target[path[-1]] = convert(from_cell(cell)) if cell else None
            except ApiError as error:
                problems += error.errors
        for name, item in value.items():
            if isinstance(item, dict):
                value[name] = _without_empty(item)
        return value, problems


def _without_empty(value: dict) -> dict | None:
    """Return an object, None where it has no value."""
    for name, item in value.items():
        if isinstance(item, dict):
            value[name] = _without_empty(item)
    return value if any(item is not None for item in value.values()) else None


def _input_leaf(input_type: GraphQLInputObjectType, path: tuple[str, ...]) -> Any:
    """Return the type of an input that is a value; None where the path leads to none."""
    field = find_field(input_type, path[0]) if len(path) == 1 else None
    return field.type if field is not None and is_leaf_type(get_named_type(field.type)) else None


def _is_reference(input_type: GraphQLInputObjectType, path: tuple[str, ...]) -> bool:
    """Tell whether a path is a part of a related record as REST shows it."""
    leaf = _input_leaf(input_type, path[:1])
    return len(path) == 2 and path[1] in ("id", "name") and get_nullable_type(leaf) is GraphQLID


def _output_leaf(parent: GraphQLObjectType, path: tuple[str, ...]) -> Any:
    named: Any = parent
    for position, name in enumerate(path):
        if not hasattr(named, "fields"):
            return None
        is_reference = position and position == len(path) - 1 and name == "name"
        field = find_field(named, name)
        if field is None and is_reference:
            # As a relation shows where nothing is selected below it.
            field = find_field(named, "display_name")
        if field is None:
            return None
        named = get_named_type(field.type)
    return field.type if is_leaf_type(named) else None


def _converter(leaf_type: Any, name: str) -> _Convert:
    """Return what makes a value of the text of a cell.

    :raise ApiError: of what it returns: BAD_USER_INPUT, with the name of the column
    """
    named = get_named_type(leaf_type)

    def convert(text: str) -> Any:
        value = convert_leaf(text, named, name)
        # As REST shows ids.
        return int(value) if named is GraphQLID else value

    def read_json(text: str) -> Any:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            message = f"{name} is not valid JSON: {error}."
            errors = [{"field": name, "message": message}]
            raise ApiError("BAD_USER_INPUT", message, errors=errors) from None

    is_list = isinstance(get_nullable_type(leaf_type), GraphQLList)
    return read_json if is_list or named.name == "JSON" else convert
