"""The routes of one resource: its list, its records, their actions, files and reports."""

from collections.abc import Iterator

from ...http.dry_run import APPLIED_HEADER
from ...schema.exposure.action import NONE, RECORDS, Action
from ...schema.exposure.names import camel_case, pascal_case, upper_first
from ...schema.exposure.resource import Report, Resource
from ...schema.exposure.resource_field import ResourceField
from ...schema.reading.reports import SEGMENT
from ...schema.values.scalars import FILE_TYPES
from .components import Json, deprecated, nullable
from .groups import Groups
from .responses import READ_ERRORS, RECORD_ERRORS, WRITE_ERRORS
from .routes import Routes
from .usable import act

_TOKEN = "Consistency-Token"
_WRITTEN = (_TOKEN, APPLIED_HEADER)
"""Headers of the responses to whatever changes records."""


class ResourcePaths:
    """Makes the path items of resources, as far as a caller may use them."""

    def __init__(self, routes: Routes):
        self._routes = routes
        self._schema = routes.schema
        self._usable = routes.usable
        self._records = routes.records
        self._bodies = routes.bodies
        self._groups = Groups(routes.schema, routes.usable)
        self._parameters = routes.parameters
        self._responses = routes.responses

    def paths(self, resource: Resource) -> dict[str, Json]:
        """Return path -> path item."""
        root = f"/api/{resource.collection}"
        paths = {root: self._collection(resource), f"{root}/{{id}}": self._record(resource)}
        if self._may(resource, "read") and self._groups.exist(resource):
            paths[f"{root}/aggregate"] = {"get": self._aggregate(resource)}
        for field in resource.fields.values():
            if field.type in FILE_TYPES:
                paths[f"{root}/{{id}}/{field.name}"] = {
                    method: deprecated(operation, field.deprecation_reason)
                    for method, operation in self._file(resource, field).items()
                }
        for field in resource.fields.values():
            if self._is_paged(resource, field):
                paths[f"{root}/{{id}}/{field.name}"] = {"get": self._related(resource, field)}
        for action in resource.actions.values():
            if self._usable.may(resource.type_name, act(action)):
                paths[f"{root}/{{id}}/{action.name}"] = self._action(resource, action)
                of_many = paths.setdefault(f"{root}/{action.name}", {})
                of_many |= self._action(resource, action, many=True)
        if reports := self._usable.reports_of(resource):
            paths.setdefault(f"{root}/{{id}}/{SEGMENT}", {})["get"] = self._reports(resource)
            for report in reports:
                path = f"{root}/{{id}}/{SEGMENT}/{report.name}.pdf"
                paths[path] = {"get": self._report(resource, report)}
        for operations in paths.values():
            self._add_dry_runs(operations)
        for path, operations in self._of_features(resource):
            paths[path] = paths.get(path, {}) | operations
        shared = self._parameters.shared()
        result = {}
        for path, operations in paths.items():
            if operations:
                ids = [self._parameters.record_id()] if "{id}" in path else []
                result[path] = {"parameters": [*ids, *shared], **operations}
        return result

    def _of_features(self, resource: Resource) -> Iterator[tuple[str, Json]]:
        """Yield path and operations of what addons offer of a resource."""
        for feature in self._schema.features_of(resource):
            if feature.describe and all(
                self._usable.may(resource.type_name, each) for each in feature.operations
            ):
                yield from feature.describe(self._routes, resource).items()

    def _add_dry_runs(self, operations: Json) -> None:
        """Add to whatever changes records how to see what it would do.

        :param operations: method -> operation
        """
        for method, operation in operations.items():
            if method != "get":
                operation["parameters"] = [*operation["parameters"], self._parameters.prefer()]

    def _may(self, resource: Resource, operation: str) -> bool:
        return resource.allows(operation) and self._usable.may(resource.type_name, operation)

    def _operation(
        self,
        resource: Resource,
        operation_id: str,
        summary: str,
        description: str,
        parameters: list[Json],
        responses: Json,
        body: Json | None = None,
    ) -> Json:
        return self._routes.operation(
            resource.type_name, operation_id, summary, description, parameters, responses, body
        )

    def _collection(self, resource: Resource) -> Json:
        name = resource.type_name
        operations = {}
        if self._may(resource, "read"):
            data = {"type": "array", "items": self._records.record(name)}
            meta = self._responses.meta()
            page = self._responses.success(data, "A page.", "ETag", "Link", meta=meta)
            operations["get"] = self._operation(
                resource,
                f"list{resource.plural_name}",
                f"List {name} records",
                resource.description,
                [*self._parameters.page(resource), self._parameters.if_none_match()],
                {**self._responses.cached(page), **self._responses.errors(*READ_ERRORS)},
            )
            for describe in self._schema.describe_lists:
                describe(self._routes, resource, operations["get"])
        if self._may(resource, "create"):
            one = self._records.written(name)
            created = self._responses.success(
                {"oneOf": [one, {"type": "array", "items": one}]},
                "The new record, or the new records in the order of the body. One record has the "
                "headers Location and ETag.",
                *("ETag", "Location", "Idempotency-Replayed", *_WRITTEN),
            )
            operations["post"] = self._operation(
                resource,
                f"create{name}",
                f"Create {name} records",
                "An object creates one record. A list creates a record for each of its objects, "
                "or none at all.",
                [self._parameters.fields(), self._parameters.idempotency_key()],
                {
                    "201": created,
                    **self._responses.errors(*READ_ERRORS, *WRITE_ERRORS, 404, 415),
                },
                self._bodies.body(resource, "create"),
            )
        if self._may(resource, "create") and self._may(resource, "update"):
            operations["put"] = self._upsert(resource)
        return operations

    def _upsert(self, resource: Resource) -> Json:
        name = resource.type_name
        one = self._records.written(name)
        changed = self._responses.success(
            {"oneOf": [one, {"type": "array", "items": one}]},
            "The existing record after the change, or the records in the order of the body.",
            *("ETag", "Idempotency-Replayed", *_WRITTEN),
        )
        created = self._responses.success(
            one, "The new record.", *("ETag", "Location", "Idempotency-Replayed", *_WRITTEN)
        )
        return self._operation(
            resource,
            f"upsert{name}",
            f"Upsert {name} records",
            "With one key in the query: the record with this key is changed, or created if there "
            "is none. Without a key: the body is a list, and each item has its own key in `by`. "
            "It is safe to repeat.",
            [
                self._parameters.fields(),
                *self._parameters.keys(self._bodies.keys(resource)),
                self._parameters.idempotency_key(),
            ],
            {
                "200": changed,
                "201": created,
                **self._responses.errors(*READ_ERRORS, *WRITE_ERRORS, 404, 415),
            },
            self._bodies.upsert(resource),
        )

    def _aggregate(self, resource: Resource) -> Json:
        name = resource.type_name
        data = {"type": "array", "items": self._records.record(f"{name}Aggregate")}
        meta = self._responses.group_meta()
        keys, aggregates = self._groups.keys(resource), self._groups.aggregates(resource)
        return self._operation(
            resource,
            f"aggregate{resource.plural_name}",
            f"Count {name} records in groups, with sums and other aggregates",
            "Without `limit` all groups are returned. If there are more than a page may have, "
            "that is an error: page with `limit` and `offset`.",
            [
                *self._parameters.groups(resource, keys, aggregates),
                self._parameters.if_none_match(),
            ],
            {
                **self._responses.cached(
                    self._responses.success(data, "The groups.", "ETag", meta=meta)
                ),
                **self._responses.errors(*READ_ERRORS),
            },
        )

    def _record(self, resource: Resource) -> Json:
        name = resource.type_name
        operations = {}
        if self._may(resource, "read"):
            record = self._responses.success(self._records.record(name), "The record.", "ETag")
            operations["get"] = self._operation(
                resource,
                f"read{name}",
                f"Read one {name}",
                "",
                [
                    self._parameters.fields(),
                    self._parameters.if_none_match(),
                ],
                {
                    **self._responses.cached(record),
                    **self._responses.errors(*READ_ERRORS, *RECORD_ERRORS),
                },
            )
        if self._may(resource, "update"):
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
        if self._may(resource, "delete"):
            data = {
                "type": "object",
                "properties": {"id": {"type": "integer"}},
                "required": ["id"],
            }
            operations["delete"] = self._operation(
                resource,
                f"delete{name}",
                f"Delete one {name}",
                "",
                [self._parameters.if_match()],
                {
                    "200": self._responses.shared(
                        "Deleted", data, "The id of the deleted record.", *_WRITTEN
                    ),
                    **self._write_errors(412),
                },
            )
        return operations

    def _is_paged(self, resource: Resource, field: ResourceField) -> bool:
        return (
            self._may(resource, "read")
            and self._schema.is_paged(field)
            and self._usable.may(field.relation or "", "read")
            and (resource.type_name, field.graphql_name) in self._usable.readable
        )

    def _related(self, resource: Resource, field: ResourceField) -> Json:
        target = self._schema.resources[field.relation or ""]
        data = {"type": "array", "items": self._records.record(target.type_name)}
        meta = self._responses.related_meta()
        return self._operation(
            resource,
            f"list{resource.type_name}{pascal_case(field.name)}",
            f"List the {field.name} of one {resource.type_name}",
            target.description,
            [*self._parameters.related_page(target), self._parameters.if_none_match()],
            {
                **self._responses.cached(
                    self._responses.shared(
                        f"{target.type_name}Related", data, "A page.", "ETag", meta=meta
                    )
                ),
                **self._responses.errors(*READ_ERRORS, *RECORD_ERRORS),
            },
        )

    def _write_errors(self, *more: int) -> Json:
        return self._responses.errors(*READ_ERRORS, *RECORD_ERRORS, *WRITE_ERRORS, *more)

    def _change(
        self, resource: Resource, operation_id: str, summary: str, description: str, body: Json
    ) -> Json:
        return self._operation(
            resource,
            operation_id,
            summary,
            description,
            [self._parameters.fields(), self._parameters.if_match()],
            {"200": self._updated(resource), **self._write_errors(412, 415)},
            body,
        )

    def _updated(self, resource: Resource) -> Json:
        name = resource.type_name
        record = self._records.written(name)
        return self._responses.shared(
            f"{name}Updated", record, "The record after the change.", "ETag", *_WRITTEN
        )

    def _action(self, resource: Resource, action: Action, many: bool = False) -> Json:
        about = "several records, all of them or none" if many else "one record"
        body = self._bodies.arguments(resource, action, many)
        return {
            "post": self._operation(
                resource,
                resource.action_name(action, many),
                action.description or f"{action.name} a {resource.type_name}",
                f"An action on {about}{'' if body else ', without a body'}. If Odoo responds "
                f"with a question or a download, that is an error and nothing is changed.",
                [self._parameters.fields(), self._parameters.idempotency_key()],
                {
                    "200": self._acted(resource, action, many),
                    **self._write_errors(*([415] if body else [])),
                },
                body,
            )
        }

    def _acted(self, resource: Resource, action: Action, many: bool) -> Json:
        headers: tuple[str, ...] = ("Idempotency-Replayed", *_WRITTEN)
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

    def _reports(self, resource: Resource) -> Json:
        reports = {"type": "array", "items": self._records.record("PdfReport")}
        return self._operation(
            resource,
            f"list{resource.type_name}Reports",
            f"List the reports of a {resource.type_name}",
            "",
            [self._parameters.if_none_match()],
            {
                **self._responses.cached(self._responses.success(reports, "The reports.", "ETag")),
                **self._responses.errors(*READ_ERRORS, *RECORD_ERRORS),
            },
        )

    def _report(self, resource: Resource, report: Report) -> Json:
        file = self._responses.file(
            "The PDF.", "ETag", "Content-Disposition", _TOKEN, media_type="application/pdf"
        )
        return self._operation(
            resource,
            f"print{resource.type_name}{upper_first(camel_case(report.name))}",
            f"Print a report: {report.description or report.name}",
            "The report can show more of the record than the exposed fields. It is in the "
            "language in which Odoo prints it: mostly the customer's.",
            [self._parameters.if_none_match()],
            {
                **self._responses.cached(file),
                **self._responses.errors(*READ_ERRORS, *RECORD_ERRORS, 409),
            },
        )

    def _file(self, resource: Resource, field: ResourceField) -> Json:
        name = f"{resource.type_name}{pascal_case(field.name)}"
        operations = {}
        readable = (resource.type_name, field.graphql_name) in self._usable.readable
        if self._may(resource, "read") and readable:
            file = ("ETag", "Content-Disposition", "Accept-Ranges")
            operations["get"] = self._operation(
                resource,
                f"download{name}",
                f"Download a file: {field.description or field.name}",
                "The bytes of the file, or a range of them, in the media type of the file.",
                [
                    self._parameters.byte_range(),
                    self._parameters.if_none_match(),
                ],
                {
                    **self._responses.cached(self._responses.file("The file.", *file)),
                    "206": self._responses.file("A part of the file.", *file, "Content-Range"),
                    **self._responses.errors(*READ_ERRORS, *RECORD_ERRORS, 416),
                },
            )
        if self._may(resource, "update") and (resource.type_name, field.name) in (
            self._usable.writable
        ):
            operations["put"] = self._upload(resource, field, f"upload{name}")
        return operations

    def _upload(self, resource: Resource, field: ResourceField, operation_id: str) -> Json:
        headers = [self._parameters.if_match()]
        return self._operation(
            resource,
            operation_id,
            f"Store a file: {field.description or field.name}",
            "The body is the file.",
            headers,
            {
                "200": self._updated(resource),
                **self._write_errors(412, 415),
            },
            {"required": True, "content": {"application/octet-stream": {}}},
        )
