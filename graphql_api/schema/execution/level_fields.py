"""The fields of a level, by what they show: values, records of a resource, anything else."""

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import Path as ResponsePath

from ..access.loaders import Column, Loader

if TYPE_CHECKING:
    from .levels import Level

FIXED_SIZE = 8
"""Bytes of a number, a date and the like in JSON, about; with the signs around name and value."""

_MEASURED = ("String", "JSON")
"""Scalars whose values may be of any length."""


class SelectedField(NamedTuple):
    """A field that is selected, in one place or several, under one name of the response.

    ``name`` is the name in the response, ``details`` is what graphql-core knows of the places.
    """

    name: str
    details: list
    parent_type: GraphQLObjectType
    definition: GraphQLField

    @property
    def field_name(self) -> str:
        """The name in the schema."""
        return self.details[0].node.name.value


class LevelField:
    """A selected field of a level.

    ``plain``: its values are in :meth:`values`, without an error, wherever they will stand.
    """

    plain = False

    def __init__(self, level: "Level", field: SelectedField):
        self.level = level
        self.field = field
        self.name = field.name
        self.type = field.definition.type

    def values(self) -> list:
        """Return what is shown, one for each record."""
        raise NotImplementedError

    def sizes(self) -> list[int] | None:
        """Return the bytes of what is shown, one for each record; None where they do not vary."""
        raise NotImplementedError

    def complete(self, place: int, path: ResponsePath) -> Any:
        """Return what is shown for one record ("Handling Execution Errors")."""
        try:
            return self.complete_value(place, path)
        except Exception as error:
            self.level.executor.handle_field_error(error, self.type, self.field.details, path)
            return None

    def complete_value(self, place: int, path: ResponsePath) -> Any:
        """Return the same, or raise the error ("Value Completion")."""
        raise NotImplementedError


class ValueField(LevelField):
    """A field whose values stand in the response as they are loaded."""

    def __init__(self, level: "Level", field: SelectedField, loader: Column):
        super().__init__(level, field)
        self._loader = loader
        self._entries, may_fail = level.load(field, loader, set())
        leaf_type = get_named_type(self.type)
        if isinstance(leaf_type, GraphQLEnumType):
            unknown = set(self._entries) - leaf_type.values.keys() - {None}
            if unknown:
                self._entries = [_checked_key(leaf_type, entry) for entry in self._entries]
                may_fail = True
        self.plain = not (may_fail and any(isinstance(item, Exception) for item in self._entries))

    def values(self) -> list:
        return self._entries

    def sizes(self) -> list[int] | None:
        if get_named_type(self.type).name not in _MEASURED:
            return None
        return self.level.value_sizes(self._loader, self._entries)

    def complete_value(self, place: int, path: ResponsePath) -> Any:
        value = self._entries[place]
        if isinstance(value, Exception):
            raise value
        self.level.executor.count(len(self.name) + FIXED_SIZE + size_of(value))
        return value


class RelationField(LevelField):
    """A field that leads to records of a resource, which are a level of their own."""

    def __init__(self, level: "Level", field: SelectedField, loader: Loader):
        super().__init__(level, field)
        target = cast(GraphQLObjectType, get_named_type(self.type))
        selected = level.executor.collect_fields(target, field.details)
        columns = level.columns(target, selected)
        self._entries, _may_fail = level.load(field, loader, columns)
        self._is_list = is_list_type(get_nullable_type(self.type))
        if is_non_null_type(self.type):
            message = f"Cannot return null for non-nullable field {level.type}.{field.field_name}."
            self._entries = [
                TypeError(message) if entry is None else entry for entry in self._entries
            ]
        self._below: Level | None = None
        self.plain = True
        ids: dict[int, None] = {}
        for entry in self._entries:
            if isinstance(entry, int):
                ids[entry] = None
            elif isinstance(entry, list):
                ids.update(dict.fromkeys(entry))
            elif entry is not None:
                self.plain = False
        if ids:
            self._below = level.below(field, target, selected, ids)
            self.plain = self.plain and self._below.plain

    def values(self) -> list:
        rows = self._below.rows_by_id() if self._below else {}
        if self._is_list:
            return [[rows[record_id] for record_id in ids or ()] for ids in self._entries]
        return [rows.get(record_id) for record_id in self._entries]

    def sizes(self) -> list[int] | None:
        if self._below is None:
            return None
        sizes = dict(zip(self._below.records._ids, self._below.sizes, strict=True))
        if self._is_list:
            return [sum([sizes[record_id] for record_id in ids or ()]) for ids in self._entries]
        return [sizes.get(record_id, 0) for record_id in self._entries]

    def complete_value(self, place: int, path: ResponsePath) -> Any:
        entry = self._entries[place]
        if isinstance(entry, Exception):
            raise entry
        if self._below is None or not entry:
            return entry
        positions = self._below.positions
        if isinstance(entry, list):
            item_type = cast(GraphQLList, get_nullable_type(self.type)).of_type
            places = [positions[record_id] for record_id in entry]
            return self._below.complete_list(places, item_type, self.field.details, path)
        return self._below.complete(positions[entry], path)


class LoadedField(LevelField):
    """A field of other values: files, and what batch fields of addons return."""

    def __init__(self, level: "Level", field: SelectedField, loader: Loader):
        super().__init__(level, field)
        self._entries, _may_fail = level.load(field, loader, set())

    def complete_value(self, place: int, path: ResponsePath) -> Any:
        return self.level.executor.complete(self.field, self._entries[place], path)


class ResolvedField(LevelField):
    """A field without a loader, which is resolved record by record."""

    def complete(self, place: int, path: ResponsePath) -> Any:
        return self.level.executor.resolve(self.field, self.level.each[place], path)


def _checked_key(enum: GraphQLEnumType, entry: Any) -> Any:
    """Return the key of a selection, or an error instead of one that has left the selection."""
    if entry is None or isinstance(entry, Exception):
        return entry
    try:
        enum.coerce_output_value(entry)
    except Exception as error:
        return error
    return entry


def size_of(value: Any) -> int:
    """Return how many bytes a value takes in JSON, about."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    if value is None or isinstance(value, int | float):
        return 0  # Of these the constant size counts.
    return len(str(value))
