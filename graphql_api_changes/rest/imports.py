"""The request that imports a file of upserts, and its response: an answer to each line."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from graphql import GraphQLString

from odoo.http import Response, request

from odoo.addons.graphql_api.rest.extension import (
    Call,
    CallerTransactions,
    HttpError,
    ResourceCall,
    Served,
    bad_parameter,
    check_parameters,
    read_integer,
    to_api_error,
)
from odoo.addons.graphql_api.schema.extension import ApiError

from ..http.allowance import Allowance
from ..http.places import Place, take_place
from .csv_columns import CsvColumns
from .formats import CSV, CURSOR, NDJSON, end_line, to_line
from .import_batches import ID, BatchWriter, batches
from .import_files import CsvFile, Line, decode, read_ndjson
from .streams_openapi import FEATURE

_UTF_8 = ("utf-8", "utf8", "us-ascii")


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
    key = _Key(call, parameters.get("by", ID))
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
        self.is_id = name == ID
        for operation in ("update",) if self.is_id else ("update", "create"):
            call.context.check_operation(resource, operation)
        keys = call.input_type("Key")
        self.types = {
            call.schema.rest_input_name(keys.name, graphql_name): field.type
            for graphql_name, field in (keys.fields.items() if keys else ())
        }
        if not self.is_id and name not in self.types:
            names = ", ".join([ID, *self.types])
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
    id_type = call.object_type.fields[ID].type
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
            for batch in batches(self._lines, self._key):
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
        writer = BatchWriter(served, resource, self._key)
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
