"""Execution by columns: what records of one place of a selection need is read for all at once.

graphql-core resolves field by field and record by record. Here, when a field's value is a
recordset, a :class:`_Level` reads each selected column in one pass and goes down each relation
once, over the union of the records at its other end; then rows are put together. A field with a
resolver of its own takes graphql-core's way, in its place in the row.

The answers are those of graphql-core (tests compare them): null propagation, paths and order of
errors, aliases, fragments, directives. This module alone depends on the inner methods of
graphql-core's executor and on Strawberry's execution context; the manifest bounds their versions.
"""

from functools import cached_property
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLNonNull,
    OperationType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from odoo.models import BaseModel

from ..access.columns import Column, Relation, Siblings
from ..exposure.errors import (
    REFUSED,
    RETRIED,
    ResponseTooLarge,
    constraint_message,
    from_database,
)

_FIXED_SIZE = 8
"""Bytes of a number, a date and the like in JSON, about; with the signs around name and value."""

_MEASURED = ("String", "JSON")
"""Scalars whose values may be of any length."""


class TransactionalExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, which stops at errors after which the transaction cannot go on.

    In a mutation that is any error, also in a field that may be null: what an operation keeps,
    it keeps as a whole.

    It counts the bytes of the response while that is made, as some values are there once and stand
    in many places.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._response_size = 0
        self._max_response_size = self.context_value.limits.max_response_size

    def count(self, size: int) -> None:
        """Add bytes to the response.

        :raise ResponseTooLarge: it has more than the caller's limit
        """
        self._response_size += size
        if self._response_size > self._max_response_size:
            raise ResponseTooLarge(self._max_response_size)

    def complete_leaf_value(self, return_type, result):
        value = super().complete_leaf_value(return_type, result)
        self.count(_size(value))
        return value

    def handle_field_error(self, raw_error, return_type, field_details_list, path):
        if self.operation.operation == OperationType.MUTATION:
            if isinstance(raw_error, REFUSED):
                env = self.context_value.env
                raw_error = from_database(raw_error, constraint_message(raw_error, env))
            # Nothing is null instead of an error.
            return_type = GraphQLNonNull(get_nullable_type(return_type))
        if isinstance(raw_error, RETRIED):
            raise raw_error
        return super().handle_field_error(raw_error, return_type, field_details_list, path)

    def complete_object_value(self, return_type, *args):
        """Complete an object; those of the schema itself are many, and no reading stops at them."""
        if return_type.name.startswith("__"):
            self.context_value.check_deadline()
        return super().complete_object_value(return_type, *args)


class ColumnarExecutor(TransactionalExecutor):
    """Completes records by columns, everything else as graphql-core does."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._levels: dict = {}

    def complete_iterable_value(self, item_type, field_details_list, info, path, items, *args):
        """Complete a list of records (specification, "Value Completion")."""
        node_type = get_nullable_type(item_type)
        if not isinstance(items, BaseModel) or not self._has_records(node_type):
            return super().complete_iterable_value(
                item_type, field_details_list, info, path, items, *args
            )
        if not items:
            return []
        level = _Level(self, node_type, field_details_list, items)
        return level.complete_list(range(len(items)), item_type, field_details_list, path)

    def complete_object_value(self, return_type, field_details_list, info, path, result, *args):
        """Complete one record, having read what its siblings need too."""
        if not isinstance(result, BaseModel) or not result.id or not self._has_records(return_type):
            return super().complete_object_value(
                return_type, field_details_list, info, path, result, *args
            )
        siblings = result._prefetch_ids
        # The prefetch ids are kept beside the level: their identity stays unique.
        key = (return_type.name, id(field_details_list), id(siblings))
        if key not in self._levels:
            ids = dict.fromkeys([result.id, *filter(None, siblings)])
            level = _Level(self, return_type, field_details_list, result.browse(ids))
            self._levels[key] = (siblings, level)
        level = self._levels[key][1]
        return level.complete(level.positions[result.id], path)

    def _has_records(self, node_type) -> bool:
        return getattr(node_type, "name", None) in self.context_value.resources


class _Level:
    """The records at one place of the selection, and what is selected of them.

    ``positions`` are the places of the records by id.

    :param found: what relations lead to, at all levels from the root field down
    """

    def __init__(
        self, executor: ColumnarExecutor, node_type, field_details_list, records, found=None
    ):
        self.executor = executor
        self.type = node_type
        self.records = records
        self.found: dict = {} if found is None else found
        self._values: dict[Column, list] = {}
        self._value_sizes: dict[Column, list[int]] = {}
        self.positions = {record_id: place for place, record_id in enumerate(records._ids)}
        fields = executor.collect_subfields(node_type, field_details_list).grouped_field_set
        self.columns = [self._column(name, field_details) for name, field_details in fields.items()]
        self._rows: list[dict] | None = None
        if all(column.plain for column in self.columns):
            self._rows = self._plain_rows()

    @property
    def plain(self) -> bool:
        """Whether the rows are the same wherever in the response they stand."""
        return self._rows is not None

    @cached_property
    def each(self) -> list:
        """The records one by one; what one of them reads from the database is read for all."""
        return list(self.records)

    def column_values(self, source: Column) -> list:
        """Return the values of all records; fields that show the same read it once."""
        if source not in self._values:
            self._values[source] = source.read(self.executor.context_value, self.records)
        return self._values[source]

    def value_sizes(self, source: Column) -> list[int]:
        """Return the bytes of the values of all records; fields that show the same share them."""
        if source not in self._value_sizes:
            self._value_sizes[source] = list(map(_size, self._values[source]))
        return self._value_sizes[source]

    @cached_property
    def sizes(self) -> list[int]:
        """The bytes of each row of a plain level in JSON, about."""
        fixed = sum(len(column.name) + _FIXED_SIZE for column in self.columns)
        varying = [sizes for column in self.columns if (sizes := column.sizes()) is not None]
        if not varying:
            return [fixed] * len(self.records)
        return [fixed + sum(row) for row in zip(*varying)]  # noqa: B905

    def _column(self, name: str, field_details):
        field_name = field_details[0].node.name.value
        if field_name == "__typename":
            source = Column((), lambda context, records: [self.type.name] * len(records))
        else:
            source = self.executor.context_value.sources.get((self.type.name, field_name))
        match source:
            case Column():
                return _ValueColumn(self, name, field_details, source)
            case Relation():
                return _RelationColumn(self, name, field_details, source)
        return _ResolvedField(self, name, field_details)

    def _plain_rows(self) -> list[dict]:
        if not self.columns:  # directives have left nothing of the selection
            return [{} for _record_id in self.records._ids]
        names = [column.name for column in self.columns]
        # Not strict: this is the loop that everything is about, and all have the same length.
        return [
            dict(zip(names, row))  # noqa: B905
            for row in zip(*[column.values() for column in self.columns])  # noqa: B905
        ]

    def rows_by_id(self) -> dict[int, dict]:
        """Return the rows of a plain level by the ids of their records."""
        return dict(zip(self.records._ids, self._rows, strict=True))

    def complete(self, place: int, path: Path) -> dict:
        """Return the row of one record; its errors have the path."""
        if self._rows is not None:
            self.executor.count(self.sizes[place])
            return self._rows[place]
        return {
            column.name: column.complete(place, Path(path, column.name, self.type.name))
            for column in self.columns
        }

    def complete_list(self, places, item_type, field_details_list, path: Path) -> list:
        """Return the rows of records in a list."""
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
                self.executor.handle_field_error(error, item_type, field_details_list, item_path)
                completed.append(None)
        return completed


class _SelectedField:
    """A field of a level, under its response name.

    ``plain``: its values are in :meth:`values`, without an error, wherever they will stand.
    """

    plain = False

    def __init__(self, level: _Level, name: str, field_details):
        self.level = level
        self.name = name
        self.field_details = field_details
        self.node = field_details[0].node
        self.definition = level.executor.schema.get_field(level.type, self.node.name.value)

    def values(self) -> list:
        """Return what is shown, one for each record."""
        raise NotImplementedError

    def sizes(self) -> list[int] | None:
        """Return the bytes of what is shown, one for each record; None where they do not vary."""
        raise NotImplementedError

    def complete(self, place: int, path: Path) -> Any:
        """Return what is shown for one record."""
        try:
            return self.complete_value(place, path)
        except Exception as error:
            self.fail(error, path)
            return None

    def complete_value(self, place: int, path: Path) -> Any:
        raise NotImplementedError

    def fail(self, error: Exception, path: Path) -> None:
        """Record an error, or raise it where the field must not be null."""
        self.level.executor.handle_field_error(
            error, self.definition.type, self.field_details, path
        )


class _ValueColumn(_SelectedField):
    """A field that holds a value; an exception among the values is the error of one record."""

    def __init__(self, level: _Level, name: str, field_details, source: Column):
        super().__init__(level, name, field_details)
        self._source = source
        try:
            self._values = self._checked(level.column_values(source))
            self.plain = True
        except RETRIED:
            raise
        except Exception:
            records = level.records
            self._values = [self._read_one(source, records.browse(i)) for i in records._ids]
            self.plain = not any(isinstance(value, Exception) for value in self._values)

    def _checked(self, values: list) -> list:
        leaf_type = get_named_type(self.definition.type)
        if isinstance(leaf_type, GraphQLEnumType):
            # What is stored may have left the selection.
            keys = leaf_type.values
            for value in values:
                if value is not None and value not in keys:
                    leaf_type.coerce_output_value(value)
        return values

    def _read_one(self, source: Column, record):
        try:
            values = source.read(self.level.executor.context_value, record)
            return self._checked(values)[0]
        except RETRIED:
            raise
        except Exception as error:
            return error

    def values(self) -> list:
        return self._values

    def sizes(self) -> list[int] | None:
        if get_named_type(self.definition.type).name not in _MEASURED:
            return None
        return self.level.value_sizes(self._source)

    def complete_value(self, place: int, path: Path) -> Any:
        value = self._values[place]
        if isinstance(value, Exception):
            raise value
        self.level.executor.count(len(self.name) + _FIXED_SIZE + _size(value))
        return value


class _RelationColumn(_SelectedField):
    """A field that leads to records, which are a level of their own."""

    def __init__(self, level: _Level, name: str, field_details, source: Relation):
        super().__init__(level, name, field_details)
        self._error: Exception | None = None
        self._found: dict = {}
        self._below: _Level | None = None
        executor = level.executor
        self._type = get_named_type(self.definition.type)
        try:
            self._found = self._resolve(executor, source)
        except RETRIED:
            raise
        except Exception as error:
            self._error = error
        ids: dict[int, None] = {}
        failed = self._error is not None
        for found in self._found.values():
            if isinstance(found, int):
                ids[found] = None
            elif isinstance(found, list):
                ids.update(dict.fromkeys(found))
            else:
                failed = True
        if ids:
            model = executor.context_value.resources[source.type_name].model
            records = executor.context_value.env[model].browse(ids)
            self._below = _Level(executor, self._type, field_details, records, level.found)
        self.plain = not failed and (self._below is None or self._below.plain)

    def _resolve(self, executor: ColumnarExecutor, source: Relation) -> dict:
        context = executor.context_value
        selected = executor.collect_subfields(self._type, self.field_details).grouped_field_set
        columns: set[str] = set()
        for details in selected.values():
            below = context.sources.get((source.type_name, details[0].node.name.value))
            columns.update(below.fetches if below else ())
        arguments = get_argument_values(
            self.definition,
            self.node,
            executor.variable_values,
            self.field_details[0].fragment_variable_values,
        )
        # Another field may lead to the same records: this one under a former name.
        key = (id(source), self.level.records._ids)
        known = self.level.found.setdefault(key, [])
        for known_arguments, known_columns, found in known:
            if known_arguments == arguments and known_columns >= columns:
                return found
        info = executor.build_resolve_info(
            self.definition,
            [details.node for details in self.field_details],
            self.level.type,
            Path(None, self.name, self.level.type.name),
        )
        found = self.definition.resolve(Siblings(self.level.records, columns), info, **arguments)
        known.append((arguments, columns, found))
        return found

    def values(self) -> list:
        rows = self._below.rows_by_id() if self._below else {}
        found = map(self._found.get, self.level.records._ids)
        if is_list_type(get_nullable_type(self.definition.type)):
            return [[rows[record_id] for record_id in ids or ()] for ids in found]
        return [rows.get(record_id) for record_id in found]

    def sizes(self) -> list[int] | None:
        if self._below is None:
            return None
        sizes = dict(zip(self._below.records._ids, self._below.sizes, strict=True))
        found = map(self._found.get, self.level.records._ids)
        if is_list_type(get_nullable_type(self.definition.type)):
            return [sum([sizes[record_id] for record_id in ids or ()]) for ids in found]
        return [sizes.get(record_id, 0) for record_id in found]

    def complete_value(self, place: int, path: Path) -> Any:
        if self._error is not None:
            raise self._error
        found = self._found.get(self.level.records._ids[place])
        if found is None:
            return None
        if isinstance(found, Exception):
            raise found
        if isinstance(found, list):
            if not found:
                return []
            positions = self._below.positions
            item_type = get_nullable_type(self.definition.type).of_type
            places = [positions[record_id] for record_id in found]
            return self._below.complete_list(places, item_type, self.field_details, path)
        return self._below.complete(self._below.positions[found], path)


class _ResolvedField(_SelectedField):
    """A field with a resolver of its own: graphql-core's way, in its place in the row."""

    def complete(self, place: int, path: Path) -> Any:
        level = self.level
        return level.executor.execute_field(
            level.type, level.each[place], self.field_details, path, None
        )


def _size(value: Any) -> int:
    """Return how many bytes a value takes in JSON, about."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    if value is None or isinstance(value, int | float):
        return 0  # Of these the constant size counts.
    return len(str(value))
