"""Actions over REST: on one record, and on several at once."""

from typing import Any

from graphql import (
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
)

from odoo.http import Response, request

from ..http.allowed_methods import method_not_allowed
from ..http.responses import success_response
from ..schema.exposure.action import NONE, RECORD, RECORDS, Action
from ..schema.exposure.errors import ApiError
from ..schema.exposure.names import camel_case
from ..schema.reading.reports import SEGMENT
from ..schema.values.scalars import FILE_TYPES
from .documents import Selected, select
from .preconditions import check_preconditions
from .writes import WriteCall

_IDS = GraphQLInputField(GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLID))))


class ActionCall(WriteCall):
    """A REST request that calls an action.

    :param name: of the action
    :param many: whether it is called on several records at once
    :raise ApiError: NOT_FOUND or METHOD_NOT_ALLOWED where there is no such action
    """

    def __init__(self, collection: str, name: str, many: bool = False):
        self._name = name
        self._many = many
        super().__init__(collection)

    def call_on_record(self, record_id: str) -> Response:
        """Call the action on a record.

        :raise ApiError: NOT_FOUND, PRECONDITION_FAILED, BAD_USER_INPUT and others of the mutation
        """
        number = self.record_id(record_id)
        check_preconditions(self, number)
        variables = {"id": str(number), **self._read_arguments()}
        name = self.resource.action_name(self._action)
        if self._action.result != RECORD:
            return success_response(self._result(name, variables))
        return self._changed_response(self._mutate(name, variables, self._returned))

    def call_on_records(self) -> Response:
        """Call the action on the records whose ids are in the body.

        :raise ApiError: NOT_FOUND, BAD_USER_INPUT and others of the mutation
        """
        variables = self._read_arguments()
        name = self.resource.action_name(self._action, many=True)
        return success_response(self._result(name, variables))

    def _result(self, name: str, variables: dict) -> Any:
        if self._action.result == NONE:
            self._mutate(name, variables, ())
            return None
        return self._mutate(name, variables, self._projection)

    def _select(self) -> tuple[Selected, ...]:
        self._action = self._find_action()
        shown = self.resource
        if self._action.result == RECORDS:
            shown = self.schema.resources[self._action.result_type]
        if self._action.result == NONE or "read" not in shown.operations:
            return select("id")
        return self.projection(request.httprequest.args.get("fields"), shown)

    def _find_action(self) -> Action:
        resource, name = self.resource, self._name
        if self._many and name not in resource.actions:
            raise method_not_allowed(self.schema)
        if name in resource.fields and resource.fields[name].type in FILE_TYPES:
            raise method_not_allowed(self.schema, "Send a file with PUT.")
        if name == SEGMENT and resource.reports and name not in resource.actions:
            raise method_not_allowed(self.schema)
        if name not in resource.actions:
            known = ", ".join(resource.actions) or "none"
            raise ApiError(
                "NOT_FOUND",
                f"{resource.type_name} has no action {name[:80]!r}.",
                hint=f"Its actions: {known}.",
            )
        return resource.actions[name]

    def _read_arguments(self) -> dict[str, Any]:
        """Return the variables of the mutation that the body has."""
        shape = self._action.arguments
        is_empty = request.dispatcher.api_request.body.strip() in (b"", b"{}")
        if shape is None and not self._many:
            if not is_empty:
                raise ApiError(
                    "BAD_USER_INPUT", f"{self._name} takes no values: send it without a body."
                )
            return {}
        name = f"{shape.type_name}Input" if shape else camel_case(self._name)
        fields: dict[str, GraphQLInputField] = {}
        if shape is not None:
            fields |= self.schema.graphql_schema.type_map[name].fields
        if self._many:
            fields["ids"] = _IDS
        values = self._body.parse_object(GraphQLInputObjectType(name, fields), is_empty)
        variables = {}
        if self._many:
            variables["ids"] = values.pop("ids", [])
        if values or self._action.needs_input:
            variables["input"] = values
        return variables
