"""Bodies that have what was read: what is unchanged in them is no change."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    OperationType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from ..schema.access.versions import check_version
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import camel_case
from ..schema.exposure.resource import Resource
from ..schema.exposure.resource_field import ResourceField
from ..schema.values.parsers import parse_id
from ..schema.values.scalars import FILE_TYPES
from ..schema.writing.input_problems import InputPath
from ..schema.writing.inputs import relation_operations
from .calls import ResourceCall
from .documents import RootField, Selected
from .names import find_field, needs_arguments

_ID = "_id"
"""Under what the id of a record is read, whatever of it a body names."""

_DISPLAY_NAME = "_name"
"""Under what the display name of a related record is read, which ``name`` may mean."""


@dataclass(slots=True)
class _Sent:
    """What a body says of one record that exists."""

    number: int
    value: dict
    path: InputPath


class SentBack:
    """Takes out of a body what its records have already.

    Only what cannot be an input makes it look at the records: values that are only read, lists
    and files as they are read. Then it takes out all that is unchanged. What of these has been
    changed is refused: ``problems``, as ``{"field", "message"}``. ``found`` tells whether it took
    anything out.
    """

    def __init__(self, call: ResourceCall):
        self._call = call
        self._types = call.schema.graphql_schema.type_map
        self.problems: list[dict] = []
        self.found = False

    def without_unchanged(self, number: int, value: dict, always: bool = False) -> dict:
        """Return a body of a record without what is unchanged.

        :param always: look at the record also where all of the body can be an input
        :raise ApiError: PRECONDITION_FAILED for the version of an earlier state
        """
        value = orjson.loads(orjson.dumps(value))
        found: dict[str, list[_Sent]] = defaultdict(list)
        self._collect(self._call.resource, _Sent(number, value, ()), found, always)
        for type_name, items in found.items():
            resource = self._call.schema.resources[type_name]
            rows = self._read(resource, items)
            for sent in items:
                if sent.number in rows:
                    self._check_version(resource, sent)
                    self._compare(resource, sent, rows[sent.number])
        return value

    def _collect(
        self, resource: Resource, sent: _Sent, found: dict[str, list[_Sent]], always: bool
    ) -> None:
        if "read" in resource.operations and (
            always or any(self._is_read(resource, name, item) for name, item in sent.value.items())
        ):
            found[resource.type_name].append(sent)
        for name, item in sent.value.items():
            field = resource.input_field(name)
            updates = item.get("update") if isinstance(item, dict) else None
            if field is None or not field.to_many or not isinstance(updates, list):
                continue
            target = self._call.schema.resources[field.target]
            for index, update in enumerate(updates):
                if isinstance(update, dict) and (number := _number(update.get("id"))):
                    path = (*sent.path, name, "update", index)
                    nested = _Sent(number, update, path)
                    self._collect(target, nested, found, always)

    def _is_read(self, resource: Resource, name: str, item: Any) -> bool:
        """Tell whether a member of a body is what a response has, and no input."""
        output = _readable_field(self._types[resource.type_name], name)
        if output is None:
            return False
        field = resource.input_field(name)
        if field is None or not _is_input(resource, field):
            return True
        if isinstance(item, list):
            return field.to_many
        if isinstance(item, dict):
            related = field.type == "many2one" and not set(item) <= {"id", "name"}
            return related or field.type in FILE_TYPES
        return False

    def _read(self, resource: Resource, items: list[_Sent]) -> dict[int, dict]:
        """Return what the records have, as far as the bodies name it."""
        parent = self._types[resource.type_name]
        selected = self._select(parent, [sent.value for sent in items], resource)
        nodes = Selected("nodes", "nodes", (*selected, Selected(_ID, "id")))
        numbers = list(dict.fromkeys(sent.number for sent in items))
        variables = {
            "filter": {"id": {"in": [str(number) for number in numbers]}},
            "first": len(numbers),
            "includeArchived": True,
        }
        root = RootField(OperationType.QUERY, resource.list_name, tuple(variables), (nodes,))
        page = self._call.run(root, variables)
        # As a client got it: JSON has no tuples.
        return {int(node[_ID]): node for node in orjson.loads(orjson.dumps(page["nodes"]))}

    def _select(
        self, parent: GraphQLObjectType, values: list[dict], resource: Resource | None
    ) -> tuple[Selected, ...]:
        """Return the selection of what objects have, under its REST names."""
        below: dict[str, list] = defaultdict(list)
        for value in values:
            for name, item in value.items():
                below[name] += item if isinstance(item, list) else [item]
        selected = []
        for name, items in below.items():
            output = _readable_field(parent, name)
            if output is None:
                continue
            named: Any = get_named_type(output.type)
            if is_leaf_type(named):
                selected.append(Selected(name, camel_case(name)))
                continue
            field = resource.input_field(name) if resource else None
            objects = [item for item in items if isinstance(item, dict)]
            if field and field.to_many and any("update" in item for item in objects):
                continue
            target = self._call.schema.resources.get(named.name)
            inner = self._select(named, objects, target)
            if target is not None:
                inner = (*inner, Selected(_ID, "id"), Selected(_DISPLAY_NAME, "displayName"))
            if inner:
                selected.append(Selected(name, camel_case(name), inner))
        return tuple(selected)

    def _check_version(self, resource: Resource, sent: _Sent) -> None:
        version = sent.value.get("version")
        if isinstance(version, str) and "version" not in resource.fields:
            record = self._call.context.env[resource.model].browse(sent.number)
            check_version(resource, record, version)

    def _compare(self, resource: Resource, sent: _Sent, row: dict) -> None:
        """Take out of a body what is as in the row, and refuse what only looks so."""
        parent = self._types[resource.type_name]
        for name, item in list(sent.value.items()):
            output = _readable_field(parent, name)
            field = resource.input_field(name)
            if output is None or (field and field.to_many and isinstance(item, dict)):
                continue
            if self._is_same(output.type, name, item, row):
                if name != "id" or not sent.path:
                    del sent.value[name]
                    self.found = True
            elif field and self._is_read(resource, name, item):
                self._refuse_changed(resource, field, sent)
                del sent.value[name]

    def _refuse_changed(self, resource: Resource, field: ResourceField, sent: _Sent) -> None:
        path = (*sent.path, field.name)
        if not _is_input(resource, field):
            self._refuse(path, f"{field.name} can only be read.")
        elif field.to_many:
            self._refuse(path, f"Change a list by its operations: {self._operations(field)}.")
        elif field.type in FILE_TYPES:
            self._refuse(path, "To change a file, send its bytes in base64.")
        else:
            self._refuse(
                path,
                "Send only the id of the related record; its other fields cannot be changed here.",
            )

    def _operations(self, field: ResourceField) -> str:
        target = self._call.schema.resources[field.target]
        return ", ".join(relation_operations(field, target))

    def _is_same(self, output_type, name: str, item, row: dict) -> bool:
        """Tell whether a member of an object is as it was read."""
        if name not in row:
            return False
        current = row[name]
        output_type = get_nullable_type(output_type)
        named = get_named_type(output_type)
        if is_leaf_type(named):
            return isinstance(item, bool) == isinstance(current, bool) and item == current
        if item is None or current is None:
            return item is current
        if isinstance(output_type, GraphQLList):
            return (
                isinstance(item, list)
                and len(item) == len(current)
                and all(
                    self._is_same_object(named, *pair) for pair in zip(item, current, strict=True)
                )
            )
        if _number(item) and _ID in current:
            return _number(item) == int(current[_ID])
        return self._is_same_object(named, item, current)

    def _is_same_object(self, named: GraphQLObjectType, item, current: dict) -> bool:
        if not isinstance(item, dict):
            return False
        for name, value in item.items():
            if name == "name" and _DISPLAY_NAME in current and value == current[_DISPLAY_NAME]:
                continue
            field = _readable_field(named, name)
            if field is None or not self._is_same(field.type, name, value, current):
                return False
        return True

    def _refuse(self, path: InputPath, message: str) -> None:
        self.problems.append({"field": ".".join(map(str, path)), "message": message})


def _readable_field(parent: GraphQLObjectType, name: str) -> GraphQLField | None:
    """Return a field that can be read without arguments, None where there is none."""
    field = find_field(parent, name)
    return None if field is None or needs_arguments(field) else field


def _is_input(resource: Resource, field: ResourceField) -> bool:
    """Tell whether a body may have a value of a field."""
    return field.writable or field is resource.attachments


def _number(value: Any) -> int | None:
    """Return an id as a body may have it, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return parse_id(value)
    except ApiError:
        return None
