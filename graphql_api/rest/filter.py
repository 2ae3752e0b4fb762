"""``filter[path][operator]=value`` and ``field=value`` -> the GraphQL filter."""

import re

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from ..schema.execution.built_schema import BuiltSchema
from ..schema.exposure.names import EXTERNAL_ID_EXAMPLE, EXTERNAL_ID_FILTER, camel_case
from .names import find_field
from .query import LIST_PARAMETERS, MAX_DEPTH
from .values import bad_parameter, convert_leaf, example_of

_SEPARATOR = re.compile(r"(?<!\\),")
"""The comma between the values of a list; after a backslash it is part of a value."""

_EXAMPLE = "filter[id][eq]=5"
"""A condition that all lists take."""


class _Values(list):
    """The texts of one parameter.

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
        :raise ApiError: BAD_USER_INPUT for an unknown parameter or a value of the wrong type
        """
        nested: dict = {}
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
            elif key == "filter":
                raise bad_parameter(key, f"Write filters like {_EXAMPLE}.")
            else:
                equalities.append(self._equality(key, texts))
        conditions = [self._convert(nested, self._input_type, "filter")] if nested else []
        conditions += equalities
        if len(conditions) > 1:
            return {"and": conditions}
        return conditions[0] if conditions else None

    def _equality(self, key: str, texts: list[str]) -> dict:
        """Return the filter of ``city=Ghent``."""
        field = find_field(self._input_type, key)
        if field is None:
            raise bad_parameter(
                key[:80],
                f"Unknown parameter {key[:80]!r}. There are {', '.join(sorted(self._known))}, "
                "filter[...] and the fields that can be compared.",
            )
        named = get_named_type(field.type)
        equal = named.fields.get("eq") if isinstance(named, GraphQLInputObjectType) else None
        if equal is None:
            example = f"filter[{key}]{self._example(field.type)}"
            raise bad_parameter(key, f"{key} takes no value of its own: write {example}.")
        return {camel_case(key): {"eq": self._convert(_Values(texts), equal.type, key)}}

    def _convert(self, value, input_type, where: str):
        """Return text from the query as a value of a GraphQL input type."""
        input_type = get_nullable_type(input_type)
        if isinstance(input_type, GraphQLList):
            return self._convert_list(value, input_type, where)
        if isinstance(input_type, GraphQLInputObjectType):
            if not isinstance(value, dict):
                example = f"{where}{self._example(input_type)}"
                raise bad_parameter(where, f"{where} needs an operator: write {example}.")
            result = {}
            for name, inner in value.items():
                key = name if name in input_type.fields else camel_case(name)
                field = input_type.fields.get(key)
                if field is None:
                    names = ", ".join(self._names(input_type))
                    raise bad_parameter(where, f"{where} has no {name[:80]!r}.", f"It has {names}.")
                result[key] = self._convert(inner, field.type, f"{where}[{name}]")
            return result
        if isinstance(value, dict) or len(value) != 1:
            raise bad_parameter(
                where, f"{where} takes one value: write {where}={example_of(input_type)}."
            )
        return convert_leaf(value[0], input_type, where)

    def _convert_list(self, value, list_type: GraphQLList, where: str) -> list:
        item_type = get_nullable_type(list_type.of_type)
        if isinstance(value, dict):
            return [
                self._convert(item, item_type, f"{where}[{key}]") for key, item in value.items()
            ]
        if not is_leaf_type(item_type):
            example = f"{where}{self._example(list_type)}"
            raise bad_parameter(where, f"{where} needs numbered conditions: write {example}.")
        texts = value
        if not value.whole:
            parts = _SEPARATOR.split(value[0]) if value[0] else []
            texts = [part.replace("\\,", ",") for part in parts]
        return [convert_leaf(text, item_type, where) for text in texts]

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


def _put(nested: dict, path: list[str], values: list[str], key: str) -> None:
    for name in path[:-1]:
        nested = nested.setdefault(name, {})
        if not isinstance(nested, dict):
            raise bad_parameter(key[:80], f"{key[:80]} contradicts another filter.")
    if path[-1] in nested:
        raise bad_parameter(key[:80], f"{key[:80]} contradicts another filter.")
    nested[path[-1]] = values
