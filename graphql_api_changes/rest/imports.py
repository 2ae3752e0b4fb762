"""Files of upserts, written in batches: each is a transaction, and each line has an answer."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from graphql import GraphQLString, OperationType

from odoo.http import Response, request

from odoo.addons.graphql_api.rest.extension import (
    RETRIED,
    BodyReader,
    Call,
    CallerTransactions,
    HttpError,
    RecordWrites,
    ResourceCall,
    RootField,
    Served,
    bad_parameter,
    check_parameters,
    mutate,
    parse_id,
    read_integer,
    select,
    to_api_error,
)
from odoo.addons.graphql_api.schema.extension import ApiError

from ..http.allowance import Allowance
from ..http.places import Place, take_place
from .csv_columns import CsvColumns
from .descriptions import FEATURE
from .formats import CSV, CURSOR, NDJSON, end_line, to_line
from .import_files import CsvFile, Line, decode, read_ndjson

BATCH_SIZE = 100
"""Lines of a transaction."""

_UTF_8 = ("utf-8", "utf8", "us-ascii")
_ID = "id"


def import_file(collection: str) -> Response:
    """Return the response that streams what becomes of each line of the file in the body.

    What is wrong with the file as a whole is a response of its own, before anything is written.

    :raise ApiError: BAD_USER_INPUT, FORBIDDEN, UNSUPPORTED_MEDIA_TYPE, SERVICE_UNAVAILABLE where
        too many streams are sent
    """
    check_parameters(["by", "from_line"])
    parameters = request.httprequest.args
    from_line = read_integer(parameters, "from_line")
    if from_line is not None and from_line < 1:
        raise bad_parameter("from_line", "Lines are counted from 1.")
    call = Call(collection, FEATURE)
    key = _Key(call, parameters.get("by", _ID))
    lines = (line for line in _lines(call, key) if line.number >= (from_line or 1))
    headers = [
        ("Content-Type", f"{NDJSON}; charset=utf-8"),
        ("Cache-Control", "private, no-store"),
        ("X-Accel-Buffering", "no"),
    ]
    if request.dispatcher.is_dry_run:
        # All of it is in the transaction of the request, of which nothing is kept.
        served = Served(call.schema, call.context)
        imported = _Import(collection, key.name, lines, lambda write: write(served))
        return Response(b"".join(imported.chunks()), headers=headers)
    place = take_place(request.db, request.env["graphql_api.stream"]._get_maximum())
    try:
        transactions = CallerTransactions(request)
        imported = _Import(collection, key.name, lines, transactions.committed, place)
        response = Response(headers=headers)
        response.response = imported.chunks()
    except BaseException:
        place.release()
        raise
    response.call_on_close(place.release)
    return response


class _Key:
    """By what the lines of a file name the records that they are about.

    :param name: ``id``, or a key of upserts
    :raise ApiError: FORBIDDEN where the caller may not do it, BAD_USER_INPUT for another name
    """

    def __init__(self, call: ResourceCall, name: str):
        self.name = name
        resource = call.resource
        self.is_id = name == _ID
        for operation in ("update",) if self.is_id else ("update", "create"):
            call.context.check_operation(resource, operation)
        keys = call.input_type("Key")
        self.types = {
            call.schema.rest_input_name(keys.name, graphql_name): field.type
            for graphql_name, field in (keys.fields.items() if keys else ())
        }
        if not self.is_id and name not in self.types:
            names = ", ".join([_ID, *self.types])
            raise bad_parameter("by", f"{name[:80]!r} is no key of this list.", f"It has {names}.")


def _lines(call: ResourceCall, key: _Key) -> Iterator[Line]:
    """Return the lines of the body, whose form was checked.

    :raise ApiError: BAD_USER_INPUT, UNSUPPORTED_MEDIA_TYPE
    """
    httprequest = request.httprequest
    if httprequest.mimetype not in (NDJSON, CSV):
        raise HttpError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"Send a file as Content-Type: {NDJSON} or {CSV}.",
            headers=[("Accept-Post", f"{NDJSON}, {CSV}")],
        )
    charset = httprequest.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in _UTF_8:
        message = f"Files are in UTF-8, not in {charset[:40]!r}."
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", message)
    text = decode(request.dispatcher.api_request.body)
    if httprequest.mimetype == NDJSON:
        return read_ndjson(text)
    file = CsvFile(text)
    if key.name not in file.heading:
        message = f"The heading has no column {key.name}, by which lines name their records."
        if len(file.heading) == 1:
            message += " Columns have commas between them."
        raise ApiError("BAD_USER_INPUT", message, errors=[{"field": key.name, "message": message}])
    id_type = call.object_type.fields[_ID].type
    columns = CsvColumns(
        file.heading,
        call.object_type,
        call.input_type("UpdateInput" if key.is_id else "CreateInput"),
        key.is_id,
        {CURSOR: GraphQLString, key.name: id_type if key.is_id else key.types[key.name]},
    )
    return file.lines(columns.to_value)


class _Import:
    """Writes the lines of a file.

    :param run: runs a function in a transaction of the caller
    """

    def __init__(
        self,
        collection: str,
        key: str,
        lines: Iterator[Line],
        run: Callable[[Callable[[Served], Any]], Any],
        place: Place | None = None,
    ):
        self._collection = collection
        self._key = key
        self._lines = lines
        self._run = run
        self._place = place
        self._allowance = Allowance()

    def chunks(self) -> Iterator[bytes]:
        """Yield the body of the response, a chunk after each batch was committed."""
        done = failed = 0
        next_line: int | None = 1
        try:
            for batch in _batches(self._lines, self._key):
                next_line = batch[0].number
                if done:
                    self._allowance.check()
                answers = self._run(partial(self._write, batch))
                done += len(answers)
                failed += sum(answer["status"] == "error" for answer in answers)
                yield b"".join(map(to_line, answers))
            yield end_line(lines=done, errors=failed, from_line=None)
        except Exception as error:
            yield end_line(to_api_error(error), lines=done, errors=failed, from_line=next_line)
        finally:
            if self._place is not None:
                self._place.release()

    def _write(self, batch: list[Line], served: Served) -> list[dict]:
        """Write a batch; return the answers to its lines, in their order."""
        resource = served.schema.by_collection.get(self._collection)
        if resource is None or not served.schema.has_feature(resource, FEATURE):
            raise ApiError("NOT_FOUND", f"{self._collection} is not written any more.")
        writer = _BatchWriter(served, resource, self._key)
        answers = {
            line.number: _refused(line, "BAD_USER_INPUT", line.problems)
            for line in batch
            if line.problems
        }
        good = [line for line in batch if not line.problems]
        for line, result in zip(good, writer.write_lines(good), strict=True):
            if isinstance(result, ApiError):
                answers[line.number] = _refused(line, result.code, result.errors, result.message)
            else:
                answers[line.number] = {"line": line.number, "status": "success", "id": result}
        return [answers[line.number] for line in batch]


def _refused(line: Line, code: str, errors: list[dict], message: str = "") -> dict:
    answer = {
        "line": line.number,
        "status": "error",
        "code": code,
        "message": message or errors[0]["message"],
    }
    return {**answer, "errors": errors} if errors else answer


def _batches(lines: Iterable[Line], key: str) -> Iterator[list[Line]]:
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


class _BatchWriter:
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
        if self._key != _ID and len(lines) > 1:
            ids = self._try(partial(self._upsert_all, lines))
            if not isinstance(ids, ApiError):
                return ids
        write = self._update if self._key == _ID else self._upsert
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
        number = value.pop(_ID, None)
        if number is None:
            raise _missing(_ID)
        try:
            number = parse_id(number)
        except ApiError as error:
            raise _wrong_key(_ID, error.message) from None
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
