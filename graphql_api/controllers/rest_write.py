"""Writing over REST: every route is a mutation of the same schema, then a read."""

from functools import partial

from odoo import http
from odoo.http import request

from ..http.allowed_methods import method_not_allowed, unknown_route
from ..http.idempotency_key import idempotent
from ..http.responses import success_response
from ..http.uploads import is_multipart
from ..rest.body import BodyReader
from ..rest.calls import Call, check_parameters
from ..rest.sent_back import SentBack
from ..schema.access.access import find_visible
from ..schema.access.versions import check_version, record_version
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import camel_case
from ..schema.values.scalars import FILE_TYPES
from ..schema.writing.input_problems import refused_input

ROUTE = {"type": "graphql_api", "auth": "graphql_api", "readonly": False, "save_session": False}


class RestWriteController(http.Controller):
    @http.route("/api/<string:collection>", methods=["POST"], **ROUTE)
    def create_records(self, collection):
        """Create one record, or all of a list."""
        return idempotent(lambda: _create(WriteCall(collection, "create")))

    @http.route("/api/<string:collection>/<string:record_id>", methods=["PUT", "PATCH"], **ROUTE)
    def update(self, collection, record_id):
        """Change what is sent of a record."""
        call = WriteCall(collection, "update")
        number = call.record_id(record_id)
        values = call.read_body("UpdateInput", number)
        if isinstance(values, list):
            raise ApiError("BAD_USER_INPUT", "The body must be one JSON object.")
        if call.is_unchanged(values):
            call.check_conditions(number)
            return call.answer(number)
        return call.update(number, values)

    @http.route("/api/<string:collection>/<string:record_id>", methods=["DELETE"], **ROUTE)
    def delete(self, collection, record_id):
        """Delete a record."""
        call = WriteCall(collection, "delete", parameters=())
        number = call.record_id(record_id)
        call.mutate("delete", "id: $id, ifVersion: $ifVersion", call.versioned(number))
        return success_response({"id": number})

    @http.route(
        "/api/<string:collection>/<string:record_id>/<string:field_name>",
        methods=["PUT"],
        **ROUTE,
    )
    def upload(self, collection, record_id, field_name):
        """Store the body as a file of a record."""
        call = WriteCall(collection, "update", parameters=())
        number = call.record_id(record_id)
        field = call.resource.fields.get(field_name)
        if field is None or field.type not in FILE_TYPES:
            raise unknown_route()
        if not field.writable:
            raise ApiError("BAD_USER_INPUT", f"{field_name} can only be read.")
        if is_multipart(request.httprequest):
            raise ApiError("UNSUPPORTED_MEDIA_TYPE", "Send the bytes of the file as the body.")
        content = request.dispatcher.api_request.body
        if not content:
            raise ApiError(
                "BAD_USER_INPUT",
                f"The body is empty. To remove the file, PATCH the record with {field_name}: null.",
            )
        return call.update(number, {field.graphql_name: content}, fields=field_name)

    @http.route(
        "/api/<string:collection>/<string:record_id>/<string:action>", methods=["POST"], **ROUTE
    )
    def act(self, collection, record_id, action):
        """Call an action on a record."""
        return idempotent(lambda: _act(WriteCall(collection), record_id, action))


class WriteCall(Call):
    """A REST request that changes records of a resource.

    :param operation: what the resource must offer and the caller be allowed to do
    :param parameters: the parameters that the query may have
    :raise ApiError: FORBIDDEN
    """

    def __init__(self, collection: str, operation: str | None = None, parameters=("fields",)):
        super().__init__(collection)
        self._body = BodyReader(self.schema, self.context.introspection)
        self._sent_back = SentBack(self)
        check_parameters(parameters)
        if operation:
            self.context.check_operation(self.resource, operation)
            if not self.resource.allows(operation):
                raise ApiError("FORBIDDEN", self._not_offered(operation))
        self.shown = None
        if "fields" in parameters and "read" in self.resource.operations:
            # What is wrong with it is found before anything is written.
            self.shown = self.selection(request.httprequest.args.get("fields"))

    def _not_offered(self, operation: str) -> str:
        """Return why the resource does not offer what it allows."""
        lists = self.resource.given_by_lists
        types = [field.relation for field in self.resource.fields.values() if field.field in lists]
        if operation == "create" and types:
            return f"{self.resource.collection} are created in the list of their {types[0]}."
        return f"{self.resource.collection} have nothing to {operation}."

    def read_body(self, suffix: str, number: int | None = None):
        """Return the body as an input of the resource, or as a list of them.

        :param number: the record that is changed; what it has already is not in the input

        What is wrong with it is an error of :meth:`mutate`, together with what the mutation
        itself finds wrong.
        """
        prepare = number and partial(self._sent_back.without_unchanged, number)
        values = self._body.parse(request.httprequest, self.input_type(suffix), prepare)
        self._body.problems[:0] = self._sent_back.problems
        return values

    def is_unchanged(self, values: dict) -> bool:
        """Tell whether a body had values, all of them as the record has them."""
        return self._sent_back.found and not values and not self._body.problems

    def mutate(self, mutation: str, arguments: str, variables: dict, plural: bool = False) -> dict:
        """Run a mutation of the resource; return what it returns, of records the ids.

        :param mutation: name without the type; with its arguments and their variables
        """
        resource = self.resource
        name = mutation + (resource.plural_name if plural else resource.type_name)
        kinds = {
            "id": "ID!",
            "ifVersion": "String",
            "input": f"{resource.type_name}{mutation.capitalize()}Input!",
            "inputs": f"[{resource.type_name}{mutation.capitalize()}Input!]!",
        }
        declared = ", ".join(f"${variable}: {kinds[variable]}" for variable in variables)
        selection = "" if mutation == "delete" else " { id }"
        text = f"mutation ({declared}) {{ result: {name}({arguments}){selection} }}"
        problems = self._body.problems
        self.context.input_errors = problems
        try:
            return self.run(text, variables)["result"]
        except ApiError as error:
            if not problems or error.code not in ("BAD_USER_INPUT", "FORBIDDEN"):
                raise
            blamed = {problem["field"] for problem in problems}
            others = [item for item in error.errors if item["field"] not in blamed]
            raise refused_input([*problems, *others]) from None

    def versioned(self, number: int) -> dict:
        """Return the variables that name a record, with the version of ``If-Match``.

        :raise ApiError: PRECONDITION_FAILED
        """
        self._check_none_match(number)
        return {"id": str(number), "ifVersion": self._expected_version(number)}

    def check_conditions(self, number: int) -> None:
        """Refuse to go on with a record that ``If-Match`` or ``If-None-Match`` excludes.

        :raise ApiError: PRECONDITION_FAILED
        """
        self._check_none_match(number)
        version = self._expected_version(number)
        if version is not None and (record := find_visible(self.context, self.resource, [number])):
            check_version(self.resource, record, version)

    def update(self, number: int, values: dict, fields: str | None = None) -> http.Response:
        """Change a record and return it."""
        variables = {**self.versioned(number), "input": values}
        self.mutate("update", "id: $id, ifVersion: $ifVersion, input: $input", variables)
        return self.answer(number, fields=fields)

    def answer(
        self, number: int, status: int = 200, headers=(), fields: str | None = None
    ) -> http.Response:
        """Return a record that was changed, as far as it may be read."""
        if "read" not in self.resource.operations:
            return success_response({"id": number}, status, headers)
        selection = self.shown or self.selection(fields)
        return self.record(number, selection, status, headers)

    def _expected_version(self, number: int) -> str | None:
        """Return the version that the record must have, None for any (RFC 9110, 13.1.1)."""
        condition = request.httprequest.if_match
        if condition.star_tag or not request.httprequest.headers.get("If-Match"):
            return None
        # Of the empty tag werkzeug makes None.
        tags = [tag or "" for tag in condition.as_set(include_weak=True)]
        versions = {tag.partition("-")[0] for tag in tags}
        if len(versions) > 1:
            record = self.context.env[self.resource.model].browse(number)
            current = record_version(find_visible(self.context, self.resource, record.ids))
            return current if current in versions else ""
        return versions.pop() if versions else ""

    def _check_none_match(self, number: int) -> None:
        """Refuse to change a record that is there, or has one of the versions (13.1.2)."""
        condition = request.httprequest.if_none_match
        record = find_visible(self.context, self.resource, [number]) if condition else None
        if not record:
            return
        versions = {tag.partition("-")[0] for tag in condition.as_set(include_weak=True)}
        if condition.star_tag or record_version(record) in versions:
            raise ApiError(
                "PRECONDITION_FAILED",
                f"{self.resource.type_name} {number} exists, and If-None-Match says not to change "
                "it then.",
            )


def _create(call: WriteCall) -> http.Response:
    values = call.read_body("CreateInput")
    if isinstance(values, dict):
        number = int(call.mutate("create", "input: $input", {"input": values})["id"])
        location = f"/api/{call.resource.collection}/{number}"
        return call.answer(number, 201, [("Location", location)])
    created = call.mutate("create", "inputs: $inputs", {"inputs": values}, plural=True)
    numbers = [int(record["id"]) for record in created]
    if "read" not in call.resource.operations:
        return success_response([{"id": number} for number in numbers], 201)
    return success_response(call.rows(numbers, call.shown), 201)


def _act(call: WriteCall, record_id: str, name: str) -> http.Response:
    action = call.resource.actions.get(name)
    if name in call.resource.fields and call.resource.fields[name].type in FILE_TYPES:
        raise method_not_allowed(call.schema, "Send a file with PUT.")
    if action is None:
        known = ", ".join(call.resource.actions) or "none"
        raise ApiError(
            "NOT_FOUND",
            f"{call.resource.type_name} has no action {name[:80]!r}.",
            hint=f"Its actions: {known}.",
        )
    number = call.record_id(record_id)
    call.check_conditions(number)
    if request.dispatcher.api_request.body.strip() not in (b"", b"{}"):
        raise ApiError("BAD_USER_INPUT", f"{name} takes no values: send it without a body.")
    call.mutate(camel_case(name), "id: $id", {"id": str(number)})
    return call.answer(number)
