"""``filter={…}``, ``filter[path][operator]=value``, ``field=value`` -> the GraphQL filter."""

import re
from collections.abc import Iterable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from ..http.json_body import read_json
from ..schema.execution.built_schema import BuiltSchema
from ..schema.execution.operation_size import check_input_size
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import EXTERNAL_ID_EXAMPLE, EXTERNAL_ID_FILTER, camel_case
from .names import find_field
from .query import LIST_PARAMETERS, MAX_DEPTH, check_repeated
from .values import bad_parameter, convert_leaf, example_of, leaf_problem

_SEPARATOR = re.compile(r"(?<!\\),")
"""The comma between the values of a list; after a backslash it is part of a value."""

_EXAMPLE = "filter[id][eq]=5"
"""A condition that all lists take."""


_FILTER = "filter"
"""The parameter whose value is a filter as JSON."""

_NO_TEXT = frozenset(["Boolean", "Int", "BigInt", "Float"])
"""Scalars whose values in JSON are no texts."""


class _Nested(dict):
    """Conditions in brackets, by the names in the brackets; other objects have come as JSON."""


class _Values(list):
    """The texts of one parameter; other values have come as JSON.

    ``whole`` tells that each of them is one value: the parameter ends in ``[]``, or comes more
    than once.
    """

    whole = False


class FilterReader:
    """Reads the conditions of a query on the records of a resource.

    :param input_type: the resource's filter
    :param known: the parameters that are no conditions
    """

    def __init__(
        self, schema: BuiltSchema, input_type: GraphQLInputObjectType, known=LIST_PARAMETERS
    ):
        self._schema = schema
        self._input_type = input_type
        self._known = known

    def parse(self, parameters) -> dict | None:
        """Return the GraphQL filter, None without a condition.

        :param parameters: the query's MultiDict
        :raise ApiError: BAD_USER_INPUT for an unknown parameter or a value of the wrong type,
            QUERY_TOO_COMPLEX for JSON that is too large or nested too deeply
        """
        nested = _Nested()
        conditions = []
        equalities = []
        for key, texts in parameters.lists():
            if key in self._known:
                continue
            if match := re.fullmatch(r"filter((?:\[[^\[\]]*\])+)", key):
                path = re.findall(r"\[([^\[\]]*)\]", match[1])
                values = _Values(texts)
                values.whole = path[-1] == "" or len(texts) > 1
                if path[-1] == "":
                    path.pop()
                if not path or len(path) > MAX_DEPTH or "" in path:
                    raise bad_parameter(key[:80], f"Write filters like {_EXAMPLE}.")
                _put(nested, path, values, key)
            elif key == _FILTER:
                check_repeated(parameters, [_FILTER])
                conditions.append(self._read_json(texts[0]))
            else:
                equalities.append(self._equality(key, texts))
        if nested:
            conditions.append(self._convert(nested, self._input_type, _FILTER))
        conditions += equalities
        if len(conditions) > 1:
            return {"and": conditions}
        return conditions[0] if conditions else None

    def parse_json(self, value: Any) -> dict:
        """Return the GraphQL filter of a filter in JSON, as a body has it.

        :raise ApiError: of :meth:`parse`
        """
        check_input_size(value)
        return self._convert(value, self._input_type, _FILTER)

    def _read_json(self, text: str) -> dict:
        """Return the filter that is written as JSON."""
        try:
            value = read_json(text, _FILTER)
        except ApiError as error:
            example = f'{_FILTER}={{"id":{{"eq":5}}}} or {_EXAMPLE}'
            raise bad_parameter(_FILTER, f"{error.message} Write filters like {example}.") from None
        return self.parse_json(value)

    def _equality(self, key: str, texts: list[str]) -> dict:
        """Return the filter of ``city=Ghent``."""
        field = find_field(self._input_type, key)
        if field is None:
            raise bad_parameter(
                key[:80],
                f"Unknown parameter {key[:80]!r}. There are {', '.join(sorted(self._known))}, "
                "filter, filter[...] and the fields that can be compared.",
            )
        named = get_named_type(field.type)
        equal = named.fields.get("eq") if isinstance(named, GraphQLInputObjectType) else None
        if equal is None:
            example = f"filter[{key}]{self._example(field.type)}"
            raise bad_parameter(key, f"{key} takes no value of its own: write {example}.")
        return {camel_case(key): {"eq": self._convert(_Values(texts), equal.type, key)}}

    def _convert(self, value: Any, input_type: GraphQLInputType, where: str) -> Any:
        """Return a value from the query, texts or JSON, as a value of a GraphQL input type."""
        if isinstance(input_type, GraphQLNonNull):
            if value is None:
                raise bad_parameter(where, f"{where} must not be null.")
            input_type = input_type.of_type
        if isinstance(input_type, GraphQLList):
            return self._convert_list(value, input_type, where)
        if isinstance(input_type, GraphQLInputObjectType):
            return self._convert_object(value, input_type, where)
        if not isinstance(value, (_Values, _Nested)):
            return _convert_json_leaf(value, input_type, where)
        if isinstance(value, _Nested) or len(value) != 1:
            raise bad_parameter(
                where, f"{where} takes one value: write {where}={example_of(input_type)}."
            )
        return convert_leaf(value[0], input_type, where)

    def _convert_object(
        self, value: Any, input_type: GraphQLInputObjectType, where: str
    ) -> dict[str, Any]:
        if isinstance(value, _Values):
            example = f"{where}{self._example(input_type)}"
            raise bad_parameter(where, f"{where} needs an operator: write {example}.")
        if not isinstance(value, dict):
            names = ", ".join(self._names(input_type))
            raise bad_parameter(where, f"{where} must be a JSON object.", f"It has {names}.")
        result: dict[str, Any] = {}
        for name, inner in value.items():
            key = name if name in input_type.fields else camel_case(name)
            field = input_type.fields.get(key)
            if field is None:
                names = ", ".join(self._names(input_type))
                raise bad_parameter(where, f"{where} has no {name[:80]!r}.", f"It has {names}.")
            if key in result:
                shown = self._schema.rest_input_name(input_type.name, key)
                raise bad_parameter(where, f"{where} has {shown!r} twice.")
            takes_null = key in ("eq", "ne") and "isNull" in input_type.fields
            if inner is None and not takes_null:
                raise bad_parameter(f"{where}[{name}]", f"{where}[{name}] must not be null.")
            result[key] = self._convert(inner, field.type, f"{where}[{name}]")
        return result

    def _convert_list(self, value: Any, list_type: GraphQLList, where: str) -> list:
        item_type = list_type.of_type
        items: Iterable[tuple[Any, Any]]
        if isinstance(value, _Values):
            return self._convert_texts(value, list_type, where)
        if isinstance(value, _Nested):
            items = value.items()
        elif isinstance(value, list):
            items = enumerate(value)
        else:
            raise bad_parameter(where, f"{where} must be a JSON list.")
        return [self._convert(item, item_type, f"{where}[{key}]") for key, item in items]

    def _convert_texts(self, texts: _Values, list_type: GraphQLList, where: str) -> list:
        item_type = get_nullable_type(list_type.of_type)
        if not is_leaf_type(item_type):
            example = f"{where}{self._example(list_type)}"
            raise bad_parameter(where, f"{where} needs numbered conditions: write {example}.")
        parts: list[str] = texts
        if not texts.whole:
            parts = _SEPARATOR.split(texts[0]) if texts[0] else []
            parts = [part.replace("\\,", ",") for part in parts]
        return [convert_leaf(part, item_type, where) for part in parts]

    def _names(self, input_type: GraphQLInputObjectType) -> list[str]:
        """Return what an input has, in REST names."""
        return [self._schema.rest_input_name(input_type.name, name) for name in input_type.fields][
            :40
        ]

    def _example(self, input_type) -> str:
        """Return what can follow the name of a condition, like ``[eq]=5``."""
        input_type = get_nullable_type(input_type)
        if isinstance(input_type, GraphQLList):
            item_type = get_nullable_type(input_type.of_type)
            if is_leaf_type(item_type):
                return f"={example_of(item_type)}"
            return f"[0]{self._example(item_type)}"
        if is_leaf_type(input_type):
            return f"={example_of(input_type)}"
        if input_type.name == EXTERNAL_ID_FILTER:
            return f"[eq]={EXTERNAL_ID_EXAMPLE}"
        for name in ("eq", "id", "some"):
            if name in input_type.fields:
                return f"[{name}]{self._example(input_type.fields[name].type)}"
        name, field = next(iter(input_type.fields.items()))
        shown = self._schema.rest_input_name(input_type.name, name)
        return f"[{shown}]{self._example(field.type)}"


def _convert_json_leaf(
    value: Any, leaf_type: GraphQLScalarType | GraphQLEnumType, where: str
) -> Any:
    """Return a value of JSON as one of a scalar or enum; null stays what it is."""
    if leaf_type.name == "ID" and type(value) is int:
        value = str(value)
    if isinstance(value, str) and leaf_type.name not in _NO_TEXT:
        return convert_leaf(value, leaf_type, where)
    if value is not None and (problem := leaf_problem(value, leaf_type)):
        raise bad_parameter(where, f"{where}: {problem}")
    return value


def _put(nested: _Nested, path: list[str], values: _Values, key: str) -> None:
    for name in path[:-1]:
        nested = nested.setdefault(name, _Nested())
        if not isinstance(nested, _Nested):
            raise bad_parameter(key[:80], f"{key[:80]} contradicts another filter.")
    if path[-1] in nested:
        raise bad_parameter(key[:80], f"{key[:80]} contradicts another filter.")
    nested[path[-1]] = values
