"""Lines of a file in batches: each is written in one transaction."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from graphql import OperationType

from odoo.addons.graphql_api.rest.extension import (
    RETRIED,
    BodyReader,
    RecordWrites,
    ResourceCall,
    RootField,
    Served,
    mutate,
    parse_id,
    select,
    to_api_error,
)
from odoo.addons.graphql_api.schema.extension import ApiError

from .formats import CURSOR
from .import_files import Line

BATCH_SIZE = 100
"""Lines of a transaction."""

ID = "id"
"""The key that is no key of upserts: the id of a record that there is."""


def batches(lines: Iterable[Line], key: str) -> Iterator[list[Line]]:
    """Yield lines in batches, in each of which no key comes twice."""
    lines = iter(lines)
    batch: list[Line] = []
    keys: set[str] = set()
    for line in lines:
        name = str((line.value or {}).get(key, ""))
        if len(batch) == BATCH_SIZE or name in keys:
            yield batch
            batch, keys = [], set()
        batch.append(line)
        if name:
            keys.add(name)
    if batch:
        yield batch


class BatchWriter:
    """Writes lines in one transaction, by the mutations of the schema.

    :param key: ``id``, or a key of upserts
    """

    def __init__(self, served: Served, resource: Any, key: str):
        self._served = served
        self._resource = resource
        self._key = key

    def write_lines(self, lines: list[Line]) -> list[int | ApiError]:
        """Return the id or the error of each line; what fails changes nothing.

        Upserts are one mutation where nothing is wrong with them; else each is one of its own.
        """
        if self._key != ID and len(lines) > 1:
            ids = self._try(partial(self._upsert_all, lines))
            if not isinstance(ids, ApiError):
                return ids
        write = self._update if self._key == ID else self._upsert
        return [self._try(partial(write, line)) for line in lines]

    def _try(self, write: Callable[[ResourceCall], Any]) -> Any:
        """Return what a function returns, or the error with which it has changed nothing.

        :raise psycopg2.Error, ConcurrencyError: for Odoo's ``retrying`` to see
        """
        schema, context = self._served
        env = context.env
        # The time of a request is that of each mutation here.
        call = ResourceCall(
            schema, schema.context(env, context.timings, context.policy), self._resource
        )
        try:
            with env.cr.savepoint():
                return write(call)
        except RETRIED:
            raise
        except Exception as error:
            return to_api_error(error)

    def _upsert_all(self, lines: list[Line], call: ResourceCall) -> list[int]:
        reader = BodyReader(call.schema, call.context.introspection)
        input_type = call.input_type("NestedUpsertInput")
        items = [reader.convert(self._split(line), input_type) for line in lines]
        if reader.problems:
            raise ApiError("BAD_USER_INPUT", "Some lines are wrong.")
        name = f"upsert{self._resource.plural_name}"
        rows = self._mutate(call, name, {"inputs": items}, [])
        return [int(row["id"]) for row in rows]

    def _upsert(self, line: Line, call: ResourceCall) -> int:
        split = self._split(line)
        reader = BodyReader(call.schema, call.context.introspection)
        variables = {
            "by": reader.convert(split["by"], call.input_type("Key")),
            "input": reader.convert(split["input"], call.input_type("CreateInput")),
        }
        name = f"upsert{self._resource.type_name}"
        return int(self._mutate(call, name, variables, reader.problems)["id"])

    def _split(self, line: Line) -> dict:
        """Return a line as an upsert, whose key is apart.

        :raise ApiError: BAD_USER_INPUT without one
        """
        value = {name: item for name, item in (line.value or {}).items() if name != CURSOR}
        key = value.pop(self._key, None)
        if key is None or key == "":
            raise _missing(self._key)
        return {"by": {self._key: key}, "input": value}

    def _update(self, line: Line, call: ResourceCall) -> int:
        value = {name: item for name, item in (line.value or {}).items() if name != CURSOR}
        number = value.pop(ID, None)
        if number is None:
            raise _missing(ID)
        try:
            number = parse_id(number)
        except ApiError as error:
            raise _wrong_key(ID, error.message) from None
        RecordWrites(call.schema, call.context, self._resource).update_record(number, value)
        return number

    @staticmethod
    def _mutate(call: ResourceCall, name: str, variables: dict, problems: list[dict]) -> Any:
        root = RootField(OperationType.MUTATION, name, tuple(variables), select("id"))
        return mutate(call.schema, call.context, root, variables, problems)


def _missing(key: str) -> ApiError:
    return _wrong_key(key, f"The line has no {key}, by which it names its record.")


def _wrong_key(key: str, message: str) -> ApiError:
    return ApiError("BAD_USER_INPUT", message, errors=[{"field": key, "message": message}])
