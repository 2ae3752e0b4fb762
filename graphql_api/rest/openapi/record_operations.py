"""The operations on one record, and the actions on one or several."""

from ...schema.exposure.action import NONE, RECORDS, Action
from ...schema.exposure.resource import Resource
from .components import Json, nullable
from .operations import WRITTEN, Operations
from .responses import RECORD_ERRORS


class RecordOperations(Operations):
    """Makes the operations on a record and the actions of a resource."""

    def record(self, resource: Resource) -> Json:
        """Return method -> operation of a record; none where the caller may use none."""
        name = resource.type_name
        operations = {}
        if self.may(resource, "read"):
            record = self._responses.success(self._records.record(name), "The record.", "ETag")
            operations["get"] = self._routes.operation(
                resource.type_name,
                f"read{name}",
                f"Read one {name}",
                "",
                [self._parameters.fields(), self._parameters.if_none_match()],
                self.read_responses(record, *RECORD_ERRORS),
            )
        if self.may(resource, "update"):
            body = self._routes.components.refer(
                "requestBodies", f"{name}Update", lambda: self._bodies.body(resource, "update")
            )
            for method, suffix in (("patch", ""), ("put", "WithPut")):
                operations[method] = self._change(
                    resource,
                    f"update{name}{suffix}",
                    f"Change one {name}",
                    "Only the fields that you send are changed; null clears a value.",
                    body,
                )
        if self.may(resource, "delete"):
            properties = {"id": {"type": "integer"}}
            data = {"type": "object", "properties": properties, "required": ["id"]}
            operations["delete"] = self._routes.operation(
                resource.type_name,
                f"delete{name}",
                f"Delete one {name}",
                "",
                [self._parameters.if_match()],
                {
                    "200": self._responses.shared(
                        "Deleted", data, "The id of the deleted record.", *WRITTEN
                    ),
                    **self.write_errors(412),
                },
            )
        return operations

    def _change(
        self, resource: Resource, operation_id: str, summary: str, description: str, body: Json
    ) -> Json:
        return self._routes.operation(
            resource.type_name,
            operation_id,
            summary,
            description,
            [self._parameters.fields(), self._parameters.if_match()],
            {"200": self.updated(resource), **self.write_errors(412, 415)},
            body,
        )

    def action(self, resource: Resource, action: Action, many: bool = False) -> Json:
        """Return method -> operation of an action.

        :param many: the one on several records
        """
        about = "several records, all of them or none" if many else "one record"
        body = self._bodies.arguments(resource, action, many)
        return {
            "post": self._routes.operation(
                resource.type_name,
                resource.action_name(action, many),
                action.description or f"{action.name} a {resource.type_name}",
                f"An action on {about}{'' if body else ', without a body'}. If Odoo responds "
                f"with a question or a download, that is an error and nothing is changed.",
                [self._parameters.fields(), self._parameters.idempotency_key()],
                {
                    "200": self._acted(resource, action, many),
                    **self.write_errors(*([415] if body else [])),
                },
                body,
            )
        }

    def _acted(self, resource: Resource, action: Action, many: bool) -> Json:
        headers: tuple[str, ...] = ("Idempotency-Replayed", *WRITTEN)
        if action.result == NONE:
            return self._responses.shared("Done", {"type": "null"}, "Done.", *headers)
        is_list = many or (action.result == RECORDS and action.result_is_list)
        name = action.result_type if action.result == RECORDS else resource.type_name
        data = self._records.written(name)
        if is_list:
            data = {"type": "array", "items": data}
        if action.result == RECORDS:
            text, component = "The resulting records that you may see.", f"{name}Result"
            data = data if is_list else nullable(data)
        elif many:
            text, component = (
                "The records after the change, in the order of the ids.",
                f"{name}Action",
            )
        else:
            text, component = "The record after the change.", f"{name}Action"
            headers = ("ETag", *headers)
        component += "s" if is_list else ""
        return self._responses.shared(component, data, text, *headers)
