"""Ids that clients make: which records they stand for, before and during a batch."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from odoo.addons.graphql_api.rest.extension import RecordWrites
from odoo.addons.graphql_api.schema.extension import (
    ApiError,
    Context,
    ExternalId,
    find_external_ids,
    give_external_ids,
)

from ..schema.sync import (
    FAILED_DEPENDENCY,
    SyncItemInput,
    SyncOperation,
    external_id_of,
    is_client_id,
)

_Key = tuple[str, str]
"""The name of a type, and a client id of a record of it."""


class ClientIds:
    """The client ids that the items of a batch have, and those that their values have.

    No other request decides on the ids of the items until this one ends: all requests lock them in
    one order.

    :param writes_of: what writes records of a type, or why nothing does
    """

    def __init__(
        self,
        context: Context,
        items: Sequence[SyncItemInput],
        writes_of: Callable[[str], RecordWrites | ApiError],
    ):
        self._context = context
        self._log = context.env["graphql_api.sync.creation"]
        self._known: dict[_Key, ExternalId] = {}
        self._pending: dict[_Key, int] = {}
        self._failed: dict[_Key, int] = {}
        self.refused: dict[str, ApiError] = {}
        """Types of which the caller may not read any record."""
        by_type: dict[str, dict[str, str]] = defaultdict(dict)
        for index, item in enumerate(items):
            if item.client_id is None:
                continue
            if item.operation is SyncOperation.create:
                self._pending[_key(item)] = index
            elif item.id is not None:
                continue
            by_type[item.type][item.client_id] = external_id_of(item.client_id)
        for type_name, names in sorted(by_type.items()):
            writes = writes_of(type_name)
            if isinstance(writes, ApiError):
                continue
            try:
                found = find_external_ids(context, writes.resource, set(names.values()))
            except ApiError as error:
                self.refused[type_name] = error
                continue
            for client_id, name in names.items():
                self._known[type_name, client_id] = found[name]
        created = {self._creation_name(items[index]) for index in self._pending.values()}
        self._creations = self._log._find(created)
        self._before = dict(self._known)

    def number_before(self, item: SyncItemInput) -> int | None:
        """Return the id of the record that an item's client id stood for before the batch."""
        known = self._before.get(_key(item))
        return known.record_id if known else None

    def of_new(self, item: SyncItemInput) -> ExternalId:
        """Return what the client id of an item that creates a record stands for."""
        return self._known[_key(item)]

    def creation(self, item: SyncItemInput) -> Any:
        """Return what is noted of the record that an item has created before, if anything is."""
        return self._creations.get(self._creation_name(item))

    def find(self, type_name: str, text: str) -> int | None:
        """Return the id of the record that a client id stands for, None where there is none.

        :raise ApiError: FAILED_DEPENDENCY, BAD_USER_INPUT where a later item creates it
        """
        key = (type_name, text)
        if key in self._failed:
            message = f"Item {self._failed[key]}, which creates this record, was not ok."
            raise ApiError(FAILED_DEPENDENCY, message)
        if key not in self._known and is_client_id(text):
            resource = self._context.resources[type_name]
            name = external_id_of(text)
            self._known[key] = find_external_ids(self._context, resource, {name})[name]
        known = self._known.get(key)
        if known is None or known.record_id is not None:
            return known and known.record_id
        if key in self._pending:
            message = f"Item {self._pending[key]} creates this record; it has to come first."
            raise ApiError("BAD_USER_INPUT", message)
        return None

    def give(self, item: SyncItemInput, record: Any) -> None:
        """Let a new record get the client id of the item that has created it."""
        name = self.of_new(item).new_name
        assert name is not None
        give_external_ids(self._context.env, {name: record})
        self._log._keep(self._creation_name(item), record.id, self.digest(item))

    def digest(self, item: SyncItemInput) -> str:
        """Return what tells the values of an item from others."""
        return self._log._digest(item.input)

    def note_created(self, item: SyncItemInput, number: int) -> None:
        """Let a client id stand for the record that was created."""
        self._known[_key(item)] = ExternalId(number)
        del self._pending[_key(item)]

    def note_gone(self, item: SyncItemInput) -> None:
        """Let a client id stand for no record any more."""
        self._pending.pop(_key(item), None)
        self._known.pop(_key(item), None)

    def note_failed(self, item: SyncItemInput, index: int) -> None:
        """Let what refers to a record fail, as the item that creates it has."""
        self._pending.pop(_key(item), None)
        self._failed[_key(item)] = index

    def _creation_name(self, item: SyncItemInput) -> str:
        """Return the name under which it is noted what an item has created."""
        context = self._context
        return self._log._digest(context.policy.id, context.env.uid, *_key(item))


def _key(item: SyncItemInput) -> _Key:
    return item.type, item.client_id or ""
