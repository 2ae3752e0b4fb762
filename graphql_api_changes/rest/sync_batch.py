"""A batch of changes, item by item: each as REST does it, within a savepoint of its own."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import strawberry

from odoo.addons.graphql_api.rest.extension import RecordWrites, find_writes
from odoo.addons.graphql_api.schema.extension import (
    ApiError,
    Context,
    ExternalId,
    find_external_ids,
    give_external_ids,
    parse_id,
)

from ..schema.sync import (
    SyncError,
    SyncItemInput,
    SyncItemResult,
    SyncOperation,
    SyncStatus,
    external_id_of,
    is_client_id,
)

FAILED_DEPENDENCY = "FAILED_DEPENDENCY"
"""The code of what was not done because of another item (RFC 4918, 11.4)."""

_GONE = ("NOT_FOUND", "PRECONDITION_FAILED")
"""Codes of what tells that a record is not as the client knew it."""

_Record = tuple[str, int]
"""A record: the name of its type, and its id."""


_ExternalIds = dict[tuple[str, str], ExternalId]
"""Type and client id -> what they stand for."""


class _NothingKept(Exception):
    """Leaves the savepoint of a batch of which nothing is kept."""


class SyncBatch:
    """The items of a batch, checked as :func:`..schema.sync.check_items` does.

    :param schema: that of the request
    :param context: that of the request
    """

    def __init__(self, schema: Any, context: Context, items: list[SyncItemInput]):
        self._schema = schema
        self._context = context
        self._items = items
        self._writes: dict[str, RecordWrites | ApiError] = {}
        self._external_ids: _ExternalIds = {}
        self._pending: dict[tuple[str, str], int] = {}
        """Type and client id of records that are to be created -> the index of the item."""
        self._failed: dict[tuple[str, str], int] = {}
        self._creations: dict[str, Any] = {}
        self._versions: dict[_Record, set[str | None]] = defaultdict(set)
        """The versions that clients knew of records that this batch has written."""

    def run(self, all_or_nothing: bool) -> list[SyncItemResult]:
        """Do what the items say; return what has come of each.

        :param all_or_nothing: keep nothing where one of them is not ok
        :raise psycopg2.Error, ConcurrencyError, OutOfTime, ResponseTooLarge: the request is given
            up, or tried again, as a whole
        """
        self._look_up()
        self._context.find_id = self._find_id
        try:
            if all_or_nothing:
                return self._run_all_or_nothing()
            return [self._run(index) for index in range(len(self._items))]
        finally:
            self._context.find_id = None

    def _run_all_or_nothing(self) -> list[SyncItemResult]:
        results: list[SyncItemResult] = []
        known_before = dict(self._external_ids)
        try:
            with _savepoint(self._context):
                results += (self._run(index) for index in range(len(self._items)))
                if any(result.status is not SyncStatus.ok for result in results):
                    raise _NothingKept
        except _NothingKept:
            return [
                self._undone(item, result, known_before)
                for item, result in zip(self._items, results, strict=True)
            ]
        return results

    def _undone(
        self, item: SyncItemInput, result: SyncItemResult, known_before: _ExternalIds
    ) -> SyncItemResult:
        """Return what has come of an item where nothing of the batch was kept.

        :param known_before: what client ids stood for before the batch
        """
        if result.status is SyncStatus.error:
            return result
        if result.status is SyncStatus.conflict:
            # What it showed may have been changed by another item.
            return self._conflict(item, result.id, result.errors)
        known = known_before.get((item.type, item.client_id or ""))
        number = item.id or (known.record_id if known else None)
        message = "Another item was not ok, and the batch is all or nothing."
        return SyncItemResult(
            client_id=item.client_id,
            id=_to_id(number),
            status=SyncStatus.error,
            errors=[SyncError(code=FAILED_DEPENDENCY, message=message)],
        )

    def _look_up(self) -> None:
        """Find what the client ids stand for, of each type at once.

        No other request decides on the same ids until this one ends. All requests lock them in one
        order.
        """
        by_type: dict[str, dict[str, str]] = defaultdict(dict)
        created: set[str] = set()
        for index, item in enumerate(self._items):
            if item.client_id is None:
                continue
            if item.operation is SyncOperation.create:
                self._pending[item.type, item.client_id] = index
                created.add(self._creation_name(item))
            elif item.id is not None:
                continue
            by_type[item.type][item.client_id] = external_id_of(item.client_id)
        for type_name, names in sorted(by_type.items()):
            writes = self._writes_of(type_name)
            if isinstance(writes, ApiError):
                continue
            try:
                found = find_external_ids(self._context, writes.resource, set(names.values()))
            except ApiError as error:
                # The caller may not read any of them.
                self._writes[type_name] = error
                continue
            for client_id, name in names.items():
                self._external_ids[type_name, client_id] = found[name]
        self._creations = self._log._find(created)

    @property
    def _log(self) -> Any:
        return self._context.env["graphql_api.sync.creation"]

    def _creation_name(self, item: SyncItemInput) -> str:
        """Return the name under which it is noted what an item has created."""
        context = self._context
        return self._log._digest(context.policy.id, context.env.uid, item.type, item.client_id)

    def _writes_of(self, type_name: str) -> RecordWrites | ApiError:
        if type_name not in self._writes:
            try:
                self._writes[type_name] = find_writes(self._schema, self._context, type_name)
            except ApiError as error:
                self._writes[type_name] = error
        return self._writes[type_name]

    def _find_id(self, type_name: str, text: str) -> int | None:
        """Return the id of the record that a client id in some values stands for.

        :raise ApiError: FAILED_DEPENDENCY, BAD_USER_INPUT for one that there is not yet
        """
        key = (type_name, text)
        if key in self._failed:
            message = f"Item {self._failed[key]}, which creates this record, was not ok."
            raise ApiError(FAILED_DEPENDENCY, message)
        if key not in self._external_ids and is_client_id(text):
            resource = self._context.resources[type_name]
            name = external_id_of(text)
            self._external_ids[key] = find_external_ids(self._context, resource, {name})[name]
        known = self._external_ids.get(key)
        if known is None or known.record_id is not None:
            return known and known.record_id
        if key in self._pending:
            message = f"Item {self._pending[key]} creates this record; it has to come first."
            raise ApiError("BAD_USER_INPUT", message)
        return None

    def _run(self, index: int) -> SyncItemResult:
        item = self._items[index]
        try:
            writes = self._writes_of(item.type)
            if isinstance(writes, ApiError):
                raise writes
            match item.operation:
                case SyncOperation.create:
                    return self._create(index, item, writes)
                case SyncOperation.update:
                    return self._update(item, writes)
                case _:
                    return self._delete(item, writes)
        except ApiError as error:
            if item.operation is SyncOperation.create:
                self._pending.pop((item.type, item.client_id or ""), None)
                self._failed[item.type, item.client_id or ""] = index
            return SyncItemResult(
                client_id=item.client_id,
                id=item.id,
                status=SyncStatus.error,
                errors=_errors(error),
            )

    def _create(self, index: int, item: SyncItemInput, writes: RecordWrites) -> SyncItemResult:
        key = (item.type, item.client_id or "")
        known = self._external_ids[key]
        name, digest = self._creation_name(item), self._log._digest(item.input)
        before = self._creations.get(name)
        if known.record_id is not None or before:
            writes.check_offered("create")
            return self._created_before(item, writes, known.record_id, before, digest)
        if known.new_name is None:
            module = external_id_of(key[1]).partition(".")[0]
            message = f"{module} is an addon of Odoo; let client ids begin with another name."
            raise ApiError("BAD_USER_INPUT", message)
        with _savepoint(self._context):
            record = writes.create_record(_values(item))
            number: int = record["id"]
            model = self._context.env[writes.resource.model]
            give_external_ids(self._context.env, {known.new_name: model.browse(number)})
            self._log._keep(name, number, digest)
        self._external_ids[key] = ExternalId(number)
        del self._pending[key]
        self._note_version(item, number, record)
        return _ok(item, number, record)

    def _created_before(
        self,
        item: SyncItemInput,
        writes: RecordWrites,
        number: int | None,
        before: Any,
        digest: str,
    ) -> SyncItemResult:
        """Return what has come of a record that was created before.

        It is ok where the same was sent, whatever has become of the record: the client has not
        heard of it. What it has changed since is a conflict, like any change without the version.

        :param number: id of the record, None where the caller sees none
        :param before: what is noted of it, None where nothing is
        :param digest: of the values that are sent
        """
        is_same = before and before.digest == digest
        if number is None:
            # It is gone. It does not come back.
            self._pending.pop((item.type, item.client_id or ""))
            if is_same:
                return _ok(item, before.record_id, None)
            return self._conflict(item, before.record_id, [_not_found(item)])
        if is_same or writes.has_all(number, _values(item)):
            return _ok(item, number, writes.find_record(number))
        message = f"{item.type} {number} was created before, with other values."
        return self._conflict(
            item, number, [SyncError(code="PRECONDITION_FAILED", message=message)]
        )

    def _update(self, item: SyncItemInput, writes: RecordWrites) -> SyncItemResult:
        writes.check_offered("update")
        number = self._number(item)
        if number is None:
            return self._conflict(item, None, [_not_found(item)])
        values = _values(item)
        # A record that is sent as it was read has its version, too.
        version = item.version
        if "version" not in writes.resource.fields:
            sent = values.pop("version", None)
            version = version or (sent if isinstance(sent, str) else None)
        if version in self._versions[item.type, number]:
            version = None
        try:
            with _savepoint(self._context):
                record = writes.update_record(number, values, version)
        except ApiError as error:
            if error.code not in _GONE:
                raise
            return self._conflict(item, number, _errors(error))
        self._versions[item.type, number].add(version)
        self._note_version(item, number, record)
        return _ok(item, number, record)

    def _delete(self, item: SyncItemInput, writes: RecordWrites) -> SyncItemResult:
        writes.check_offered("delete")
        number = self._number(item)
        if number is None:
            return _ok(item, None, None)
        version = item.version
        if version in self._versions[item.type, number]:
            version = None
        try:
            with _savepoint(self._context):
                writes.delete_record(number, version)
        except ApiError as error:
            if error.code == "NOT_FOUND":
                # It was deleted before, by whoever: what the client wants is so.
                return _ok(item, number, None)
            if error.code != "PRECONDITION_FAILED":
                raise
            return self._conflict(item, number, _errors(error))
        if item.client_id is not None:
            self._external_ids.pop((item.type, item.client_id), None)
        return _ok(item, number, None)

    def _number(self, item: SyncItemInput) -> int | None:
        """Return the id of the record that an item is about, None where its client id has none.

        :raise ApiError: BAD_USER_INPUT, FAILED_DEPENDENCY
        """
        if item.id is not None:
            return parse_id(item.id)
        return self._find_id(item.type, item.client_id or "")

    def _note_version(self, item: SyncItemInput, number: int, record: dict) -> None:
        """Let later items change a record that they know as it was before this one."""
        self._versions[item.type, number] |= {item.version, record.get("version")}

    def _conflict(
        self, item: SyncItemInput, number: int | str | None, errors: list[SyncError]
    ) -> SyncItemResult:
        writes = self._writes[item.type]
        assert isinstance(writes, RecordWrites)
        return SyncItemResult(
            client_id=item.client_id,
            id=_to_id(number),
            status=SyncStatus.conflict,
            record=None if number is None else writes.find_record(int(number)),
            errors=errors,
        )


def _ok(item: SyncItemInput, number: int | None, record: dict | None) -> SyncItemResult:
    return SyncItemResult(
        client_id=item.client_id,
        id=_to_id(number),
        status=SyncStatus.ok,
        record=record,
    )


def _to_id(number: int | str | None) -> strawberry.ID | None:
    return None if number is None else strawberry.ID(str(number))


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
