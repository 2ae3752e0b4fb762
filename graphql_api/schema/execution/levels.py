"""Levels of a selection: records that stand at the same place of it, and what is shown of them.

A level loads each selected field once, for all its records; fields that lead to records go down to
one level, over the union of the records at their other end. Then rows are put together. They are
those that graphql-core would make: null propagation, paths and order of errors, aliases, fragments
and directives are as the GraphQL specification says; its sections are in quotes below.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from graphql import GraphQLObjectType, get_named_type
from graphql.pyutils import Path as ResponsePath

from ..access.loaders import Column, Loader
from ..exposure.errors import RETRIED
from .level_fields import (
    FIXED_SIZE,
    LevelField,
    LoadedField,
    RelationField,
    ResolvedField,
    SelectedField,
    ValueField,
    size_of,
)

if TYPE_CHECKING:
    from .columnar import ColumnarExecutor


class Level:
    """The records at one place of the selection, and what is selected of them.

    ``positions`` are the places of the records by id.

    :param fields: what is selected of the records
    :param path: where the first of them stands
    :param loaded: what was loaded for the levels above, from the root field down
    """

    def __init__(
        self,
        executor: "ColumnarExecutor",
        object_type: GraphQLObjectType,
        fields: list[SelectedField],
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
        # Types may share a loader: that of versions, those of an addon's class for several types.
        self._own_loaded = self.loaded.setdefault((object_type.name, records._ids), {})
        self._value_sizes: dict[Loader, list[int]] = {}
        self.positions = {record_id: place for place, record_id in enumerate(records._ids)}
        self._fields = [self._field(field) for field in fields]
        self._rows: list[dict] | None = None
        if all(field.plain for field in self._fields):
            self._rows = self._plain_rows()

    def _field(self, field: SelectedField) -> LevelField:
        loader: Loader | None
        if field.field_name == "__typename":
            loader = Column(lambda context, records, *_: [self.type.name] * len(records))
        else:
            loader = self.context.loaders.get((self.type.name, field.field_name))
        if loader is None:
            return ResolvedField(self, field)
        if isinstance(loader, Column):
            return ValueField(self, field, loader)
        if self.executor.is_resource(get_named_type(field.definition.type)):
            return RelationField(self, field, loader)
        return LoadedField(self, field, loader)

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

    def columns(self, target: GraphQLObjectType, fields: list[SelectedField]) -> set[str]:
        """Return the Odoo fields that will be read of records of a type.

        :param fields: what is selected of them
        """
        loaders = self.context.loaders
        found = (loaders.get((target.name, field.field_name)) for field in fields)
        return {name for loader in found if loader is not None for name in loader.fetches}

    def below(
        self,
        field: SelectedField,
        target: GraphQLObjectType,
        fields: list[SelectedField],
        ids: Iterable[int],
    ) -> "Level":
        """Return the level of the records that a field of this one leads to.

        :param target: their type
        :param fields: what is selected of them
        """
        model = self.context.resources[target.name].model
        records = self.context.env[model].browse(ids)
        path = self.path.add_key(field.name, self.type.name)
        return Level(self.executor, target, fields, records, path, self.loaded)

    def value_sizes(self, loader: Loader, values: list) -> list[int]:
        """Return the bytes of the values of a loader; fields that show the same share them."""
        if loader not in self._value_sizes:
            self._value_sizes[loader] = list(map(size_of, values))
        return self._value_sizes[loader]

    @cached_property
    def sizes(self) -> list[int]:
        """The bytes of each row of a plain level in JSON, about."""
        fixed = sum(len(field.name) + FIXED_SIZE for field in self._fields)
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
        return dict(zip(self.records._ids, self._rows or (), strict=True))

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
        completed: list[dict | None] = []
        for index, place in enumerate(places):
            item_path = path.add_key(index, None)
            try:
                completed.append(self.complete(place, item_path))
            except Exception as error:
                self.executor.handle_field_error(error, item_type, details, item_path)
                completed.append(None)
        return completed
