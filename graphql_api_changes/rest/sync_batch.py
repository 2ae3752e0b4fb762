"""A batch of changes, item by item: each as REST does it, within a savepoint of its own."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import strawberry

from odoo.addons.graphql_api.rest.extension import RecordWrites, find_writes
from odoo.addons.graphql_api.schema.extension import ApiError, Context, parse_id

from ..schema.sync import (
    FAILED_DEPENDENCY,
    SyncError,
    SyncItemInput,
    SyncItemResult,
    SyncOperation,
    SyncStatus,
    external_id_of,
)
from .client_ids import ClientIds

_KEPT_TIME = 0.3
"""Part of a request's time after which no further item is begun: one may take long, and what was
done has to be shown."""

_Record = tuple[str, int]
"""A record: the name of its type, and its id."""


class _NothingKept(Exception):
    """Leaves the savepoint of a batch of which nothing is kept."""


class SyncBatch:
    """The items of a batch, checked as :func:`..schema.sync.check_items` does.

    :param schema: that of the request
    :param context: that of the request
    """

    def __init__(self, schema: Any, context: Context, items: Sequence[SyncItemInput]):
        self._schema = schema
        self._context = context
        self._items = items
        self._writes: dict[str, RecordWrites | ApiError] = {}
        self._ids = ClientIds(context, items, self._writes_of)
        self._writes |= self._ids.refused
        self._versions: dict[_Record, set[str]] = defaultdict(set)
        """The versions that records had which this batch has written."""

    def run(self, all_or_nothing: bool) -> list[SyncItemResult]:
        """Do what the items say; return what has come of each.

        :param all_or_nothing: keep nothing where one of them is not ok
        :raise psycopg2.Error, ConcurrencyError, OutOfTime, ResponseTooLarge: the request is given
            up, or tried again, as a whole
        """
        self._context.find_id = self._ids.find
        try:
            if all_or_nothing:
                results = self._run_all_or_nothing()
            else:
                results = []
                for index in range(len(self._items)):
                    is_late = index > 0 and self._context.time_left() < _KEPT_TIME
                    results.append(self._run(index, is_late))
        finally:
            self._context.find_id = None
        self._show(results)
        return results

    def _run_all_or_nothing(self) -> list[SyncItemResult]:
        results: list[SyncItemResult] = []
        try:
            with _savepoint(self._context):
                results += (self._run(index) for index in range(len(self._items)))
                if any(result.status is not SyncStatus.ok for result in results):
                    raise _NothingKept
        except _NothingKept:
            return [
                self._undone(item) if result.status is SyncStatus.ok else result
                for item, result in zip(self._items, results, strict=True)
            ]
        return results

    def _undone(self, item: SyncItemInput) -> SyncItemResult:
        """Return what has come of an item where nothing of the batch was kept."""
        message = "Another item was not ok, and the batch is all or nothing."
        errors = [SyncError(code=FAILED_DEPENDENCY, message=message)]
        number = item.id or self._ids.number_before(item)
        return _result(item, SyncStatus.error, number, errors)

    def _show(self, results: list[SyncItemResult]) -> None:
        """Add to the results how the records are now."""
        by_type: dict[str, list[int]] = defaultdict(list)
        shown = [
            (item.type, int(result.id), result)
            for item, result in zip(self._items, results, strict=True)
            if result.status is not SyncStatus.error and result.id is not None
        ]
        for type_name, number, _result in shown:
            by_type[type_name].append(number)
        records = {}
        for type_name, numbers in by_type.items():
            writes = self._writes[type_name]
            assert isinstance(writes, RecordWrites)
            records[type_name] = writes.read_records(numbers)
        for type_name, number, result in shown:
            result.record = records[type_name].get(number)

    def _writes_of(self, type_name: str) -> RecordWrites | ApiError:
        if type_name not in self._writes:
            try:
                self._writes[type_name] = find_writes(self._schema, self._context, type_name)
            except ApiError as error:
                self._writes[type_name] = error
        return self._writes[type_name]

    def _run(self, index: int, is_late: bool = False) -> SyncItemResult:
        """Return what has come of an item.

        :param is_late: do not begin with it
        """
        item = self._items[index]
        try:
            if is_late:
                message = "The batch took too long to begin with this item. Send it again."
                raise ApiError("SERVICE_UNAVAILABLE", message)
            writes = self._writes_of(item.type)
            if isinstance(writes, ApiError):
                raise writes
            writes.check_offered(item.operation.value)
            match item.operation:
                case SyncOperation.create:
                    return self._create(item, writes)
                case SyncOperation.update:
                    return self._update(item, writes)
                case _:
                    return self._delete(item, writes)
        except ApiError as error:
            if item.operation is SyncOperation.create:
                self._ids.note_failed(item, index)
            return _result(item, SyncStatus.error, item.id, _errors(error))

    def _create(self, item: SyncItemInput, writes: RecordWrites) -> SyncItemResult:
        known = self._ids.of_new(item)
        if known.record_id is not None or self._ids.creation(item):
            return self._created_before(item, writes, known.record_id)
        if known.new_name is None:
            module = external_id_of(item.client_id or "").partition(".")[0]
            message = f"{module} is an addon of Odoo; let client ids begin with another name."
            raise ApiError("BAD_USER_INPUT", message)
        with _savepoint(self._context):
            number = writes.create_record(_values(item))
            self._ids.give(item, self._context.env[writes.resource.model].browse(number))
        self._ids.note_created(item, number)
        return _result(item, SyncStatus.ok, number)

    def _created_before(
        self, item: SyncItemInput, writes: RecordWrites, number: int | None
    ) -> SyncItemResult:
        """Return what has come of a record that was created before.

        It is ok where the same was sent, whatever has become of the record: the client has not
        heard of it. What it has changed since is a conflict, like any change without the version.

        :param number: id of the record, None where the caller sees none
        """
        before = self._ids.creation(item)
        is_same = before is not None and before.digest == self._ids.digest(item)
        if number is None:
            # It does not come back.
            self._ids.note_gone(item)
            if is_same:
                return _result(item, SyncStatus.ok, before.record_id)
            return _result(item, SyncStatus.conflict, before.record_id, [_not_found(item)])
        if is_same or writes.has_all(number, _values(item)):
            return _result(item, SyncStatus.ok, number)
        message = f"{item.type} {number} was created before, with other values."
        errors = [SyncError(code="PRECONDITION_FAILED", message=message)]
        return _result(item, SyncStatus.conflict, number, errors)

    def _update(self, item: SyncItemInput, writes: RecordWrites) -> SyncItemResult:
        number = self._number(item)
        if number is None:
            return _result(item, SyncStatus.conflict, None, [_not_found(item)])
        values = _values(item)
        version = item.version
        if "version" not in writes.resource.fields:
            # A record that is sent as it was read has its version, too.
            sent = values.pop("version", None)
            if version is None and isinstance(sent, str):
                version = sent
        known = self._versions[item.type, number]
        try:
            with _savepoint(self._context):
                expected = None if version in known else version
                has_written = writes.update_record(number, values, expected)
        except ApiError as error:
            if error.code not in ("NOT_FOUND", "PRECONDITION_FAILED"):
                raise
            return _result(item, SyncStatus.conflict, number, _errors(error))
        if has_written and version is not None:
            # Later items may know the record as it was before this one.
            known.add(version)
        return _result(item, SyncStatus.ok, number)

    def _delete(self, item: SyncItemInput, writes: RecordWrites) -> SyncItemResult:
        number = self._number(item)
        if number is None:
            return _result(item, SyncStatus.ok, None)
        known = self._versions[item.type, number]
        try:
            with _savepoint(self._context):
                expected = None if item.version in known else item.version
                writes.delete_record(number, expected)
        except ApiError as error:
            if error.code == "PRECONDITION_FAILED":
                return _result(item, SyncStatus.conflict, number, _errors(error))
            if error.code != "NOT_FOUND":
                raise
            # It was deleted before, by whoever: what the client wants is so.
        if item.id is None:
            self._ids.note_gone(item)
        return _result(item, SyncStatus.ok, number)

    def _number(self, item: SyncItemInput) -> int | None:
        """Return the id of the record that an item is about, None where its client id has none.

        :raise ApiError: BAD_USER_INPUT, FAILED_DEPENDENCY
        """
        if item.id is not None:
            return parse_id(item.id)
        return self._ids.find(item.type, item.client_id or "")


def _result(
    item: SyncItemInput,
    status: SyncStatus,
    number: int | str | None,
    errors: list[SyncError] | None = None,
) -> SyncItemResult:
    return SyncItemResult(
        client_id=item.client_id,
        id=None if number is None else strawberry.ID(str(number)),
        status=status,
        errors=errors or [],
    )


def _values(item: SyncItemInput) -> dict:
    assert isinstance(item.input, dict)
    return dict(item.input)


def _not_found(item: SyncItemInput) -> SyncError:
    return SyncError(code="NOT_FOUND", message=f"{item.type} {item.client_id} not found")


def _errors(error: ApiError) -> list[SyncError]:
    if not error.errors:
        return [SyncError(code=error.code, message=error.message)]
    return [
        SyncError(code=error.code, message=each["message"], field=str(each["field"]))
        for each in error.errors
    ]


@contextmanager
def _savepoint(context: Context) -> Iterator[None]:
    """Undo what an error leaves of the block in the database, in the ORM's cache and in memory.

    What Odoo would do after the commit, send mails say, is not done for what was undone.
    """
    cursor = context.env.cr
    pending = len(cursor.postcommit)
    try:
        with cursor.savepoint():
            yield
    except Exception:
        while len(cursor.postcommit) > pending:
            cursor.postcommit._funcs.pop()
        raise
    finally:
        # They are of records as they were.
        context.batches.clear()
