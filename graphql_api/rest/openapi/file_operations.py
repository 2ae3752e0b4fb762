"""The operations on the files of a record and on its reports."""

from ...schema.exposure.names import camel_case, pascal_case, upper_first
from ...schema.exposure.resource import Report, Resource
from ...schema.exposure.resource_field import ResourceField
from .components import Json
from .operations import TOKEN, Operations
from .responses import READ_ERRORS, RECORD_ERRORS


class FileOperations(Operations):
    """Makes the operations on files and reports."""

    def file(self, resource: Resource, field: ResourceField) -> Json:
        """Return method -> operation of a file; none where the caller may use none."""
        name = f"{resource.type_name}{pascal_case(field.name)}"
        operations = {}
        readable = (resource.type_name, field.graphql_name) in self._usable.readable
        if self.may(resource, "read") and readable:
            file = ("ETag", "Content-Disposition", "Accept-Ranges")
            operations["get"] = self._routes.operation(
                resource.type_name,
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
        if self.may(resource, "update") and (resource.type_name, field.name) in (
            self._usable.writable
        ):
            operations["put"] = self._upload(resource, field, f"upload{name}")
        return operations

    def _upload(self, resource: Resource, field: ResourceField, operation_id: str) -> Json:
        return self._routes.operation(
            resource.type_name,
            operation_id,
            f"Store a file: {field.description or field.name}",
            "The body is the file.",
            [self._parameters.if_match()],
            {"200": self.updated(resource), **self.write_errors(412, 415)},
            {"required": True, "content": {"application/octet-stream": {}}},
        )

    def reports(self, resource: Resource) -> Json:
        """Return the operation that lists the reports of a record."""
        reports = {"type": "array", "items": self._records.record("PdfReport")}
        return self._routes.operation(
            resource.type_name,
            f"list{resource.type_name}Reports",
            f"List the reports of a {resource.type_name}",
            "",
            [self._parameters.if_none_match()],
            self.read_responses(
                self._responses.success(reports, "The reports.", "ETag"), *RECORD_ERRORS
            ),
        )

    def report(self, resource: Resource, report: Report) -> Json:
        """Return the operation that prints a report."""
        file = self._responses.file(
            "The PDF.", "ETag", "Content-Disposition", TOKEN, media_type="application/pdf"
        )
        return self._routes.operation(
            resource.type_name,
            f"print{resource.type_name}{upper_first(camel_case(report.name))}",
            f"Print a report: {report.description or report.name}",
            "The report can show more of the record than the exposed fields. It is in the "
            "language in which Odoo prints it: mostly the customer's.",
            [self._parameters.if_none_match()],
            self.read_responses(file, *RECORD_ERRORS, 409),
        )
