"""Levels of a selection: records that stand at the same place of it, and what is shown of them.

A level loads each selected field once, for all its records; fields that lead to records go down to
one level, over the union of the records at their other end. Then rows are put together. They are
those that graphql-core would make: null propagation, paths and order of errors, aliases, fragments
and directives are as the GraphQL specification says; its sections are in quotes below.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import Path as ResponsePath

from ..access.loaders import Column, Loader
from ..exposure.errors import RETRIED

if TYPE_CHECKING:
    from .columnar import ColumnarExecutor

_FIXED_SIZE = 8
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


class Level:
    """The records at one place of the selection, and what is selected of them.

    ``positions`` are the places of the records by id.

    :param details: the field that the records are values of
    :param path: where the first of them stands
    :param loaded: what was loaded for the levels above, from the root field down
    """

    def __init__(
        self,
        executor: "ColumnarExecutor",
        object_type: GraphQLObjectType,
        details: list,
        records,
        path: ResponsePath,
        loaded: dict | None = None,
    ):
        self.executor = executor
        self.context = executor.context_value
        self.type = object_type
        self.records = records
        self.path = path
        self.loaded: dict = {} if loaded is None else loaded
        self._own_loaded = self.loaded.setdefault(records._ids, {})
        self._value_sizes: dict[Loader, list[int]] = {}
        self.positions = {record_id: place for place, record_id in enumerate(records._ids)}
        self._fields = [
            self._field(field) for field in executor.collect_fields(object_type, details)
        ]
        self._rows: list[dict] | None = None
        if all(field.plain for field in self._fields):
            self._rows = self._plain_rows()

    def _field(self, field: SelectedField) -> "_Field":
        loader: Loader | None
        if field.field_name == "__typename":
            loader = Column(lambda context, records, *_: [self.type.name] * len(records))
        else:
            loader = self.context.loaders.get((self.type.name, field.field_name))
        if loader is None:
            return _ResolvedField(self, field)
        if isinstance(loader, Column):
            return _ValueField(self, field, loader)
        if self.executor.is_resource(get_named_type(field.definition.type)):
            return _RelationField(self, field, loader)
        return _LoadedField(self, field, loader)

    @property
    def plain(self) -> bool:
        """Whether the rows are the same wherever in the response they stand."""
        return self._rows is not None

    @cached_property
    def each(self) -> list:
        """The records one by one; what one of them reads from the database is read for all."""
        return list(self.records)

    def load(self, field: SelectedField, loader: Loader, columns: set[str]) -> tuple[list, bool]:
        """Return one entry for each record, and whether there may be errors among them.

        That is "Value Resolution".

        Fields that show the same are loaded once: those under a former name, and others with the
        same arguments.

        :param columns: Odoo fields that will be read of the records that the field leads to
        """
        known = self._own_loaded.setdefault(loader, [])
        try:
            values = self.executor.coerce_arguments(field)
            for known_values, known_columns, loaded in known:
                if known_values == values and known_columns >= columns:
                    return loaded
            arguments = self.executor.convert_arguments(field, loader, values, self.path)
        except RETRIED:
            raise
        except Exception as error:
            return [error] * len(self.records), True
        loaded = loader.entries(self.context, self.records, columns, arguments)
        known.append((values, columns, loaded))
        return loaded

    def value_sizes(self, loader: Loader, values: list) -> list[int]:
        """Return the bytes of the values of a loader; fields that show the same share them."""
        if loader not in self._value_sizes:
            self._value_sizes[loader] = list(map(size_of, values))
        return self._value_sizes[loader]

    @cached_property
    def sizes(self) -> list[int]:
        """The bytes of each row of a plain level in JSON, about."""
        fixed = sum(len(field.name) + _FIXED_SIZE for field in self._fields)
        varying = [sizes for field in self._fields if (sizes := field.sizes()) is not None]
        if not varying:
            return [fixed] * len(self.records)
        return [fixed + sum(row) for row in zip(*varying)]  # noqa: B905

    def _plain_rows(self) -> list[dict]:
        if not self._fields:  # directives have left nothing of the selection
            return [{} for _record_id in self.records._ids]
        names = [field.name for field in self._fields]
        # Not strict: this is the loop that everything is about, and all have the same length.
        return [
            dict(zip(names, row))  # noqa: B905
            for row in zip(*[field.values() for field in self._fields])  # noqa: B905
        ]

    def rows_by_id(self) -> dict[int, dict]:
        """Return the rows of a plain level by the ids of their records."""
        return dict(zip(self.records._ids, self._rows, strict=True))

    def complete(self, place: int, path: ResponsePath) -> dict:
        """Return the row of one record; its errors have the path ("Executing Selection Sets")."""
        if self._rows is not None:
            self.executor.count(self.sizes[place])
            return self._rows[place]
        return {
            field.name: field.complete(place, path.add_key(field.name, self.type.name))
            for field in self._fields
        }

    def complete_list(self, places, item_type, details: list, path: ResponsePath) -> list:
        """Return the rows of records in a list ("Value Completion").

        :param places: those of the records
        :param details: the field that the list is the value of
        """
        if self._rows is not None:
            rows, sizes = self._rows, self.sizes
            self.executor.count(sum([sizes[place] for place in places]))
            return [rows[place] for place in places]
        completed = []
        for index, place in enumerate(places):
            item_path = path.add_key(index, None)
            try:
                completed.append(self.complete(place, item_path))
            except Exception as error:
                self.executor.handle_field_error(error, item_type, details, item_path)
                completed.append(None)
        return completed


class _Field:
    """A selected field of a level.

    ``plain``: its values are in :meth:`values`, without an error, wherever they will stand.
    """

    plain = False

    def __init__(self, level: Level, field: SelectedField):
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


class _ValueField(_Field):
    """A field whose values stand in the response as they are loaded."""

    def __init__(self, level: Level, field: SelectedField, loader: Column):
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
        self.level.executor.count(len(self.name) + _FIXED_SIZE + size_of(value))
        return value


class _RelationField(_Field):
    """A field that leads to records of a resource, which are a level of their own."""

    def __init__(self, level: Level, field: SelectedField, loader: Loader):
        super().__init__(level, field)
        target = get_named_type(self.type)
        self._entries, _may_fail = level.load(field, loader, self._columns(target))
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
            model = level.context.resources[target.name].model
            records = level.context.env[model].browse(ids)
            path = level.path.add_key(self.name, level.type.name)
            self._below = Level(level.executor, target, field.details, records, path, level.loaded)
            self.plain = self.plain and self._below.plain

    def _columns(self, target: GraphQLObjectType) -> set[str]:
        """Return the Odoo fields that will be read of the records at the other end."""
        columns: set[str] = set()
        for field in self.level.executor.collect_fields(target, self.field.details):
            loader = self.level.context.loaders.get((target.name, field.field_name))
            columns.update(loader.fetches if loader else ())
        return columns

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
        if entry is None:
            return None
        if isinstance(entry, Exception):
            raise entry
        if entry == []:
            return []
        positions = self._below.positions
        if isinstance(entry, list):
            item_type = get_nullable_type(self.type).of_type
            places = [positions[record_id] for record_id in entry]
            return self._below.complete_list(places, item_type, self.field.details, path)
        return self._below.complete(positions[entry], path)


class _LoadedField(_Field):
    """A field of other values: files, and what batch fields of addons return."""

    def __init__(self, level: Level, field: SelectedField, loader: Loader):
        super().__init__(level, field)
        self._entries, _may_fail = level.load(field, loader, set())

    def complete_value(self, place: int, path: ResponsePath) -> Any:
        return self.level.executor.complete(self.field, self._entries[place], path)


class _ResolvedField(_Field):
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
