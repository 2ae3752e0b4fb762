"""What is below a record: files, with ETag and ranges, reports, lists that it alone leads to."""

from odoo import http
from odoo.http import request

from ..http.responses import (
    cached_response,
    check_if_match,
    environ_without_if_match,
    success_response,
)
from ..http.routes import READ_ROUTE, WRITE_ROUTE
from ..rest.calls import Call
from ..rest.pages import read_related
from ..rest.query import check_parameters
from ..rest.reports import list_reports, print_report
from ..schema.access.access import find_visible
from ..schema.execution.uses import field_uses
from ..schema.exposure.errors import ApiError
from ..schema.reading.files import files
from ..schema.reading.reports import SEGMENT
from ..schema.values.scalars import FILE_TYPES

INLINE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")
"""Files that a browser may show; others could carry a script and are downloads."""


class FilesController(http.Controller):
    @http.route(
        "/api/<string:collection>/<string:record_id>/<string:field_name>",
        methods=["GET"],
        **READ_ROUTE,
    )
    def download(self, collection, record_id, field_name):
        call = Call(collection)
        resource, context = call.resource, call.context
        field = resource.fields.get(field_name)
        if field is not None and call.schema.is_paged(field):
            rows, meta = read_related(call, call.record_id(record_id), field)
            return cached_response(success_response(rows, meta=meta))
        check_parameters(())
        if field is None and field_name == SEGMENT and resource.reports:
            return list_reports(call, record_id)
        if field is None or not field.readable or field.type not in FILE_TYPES:
            raise ApiError("NOT_FOUND", f"{resource.type_name} has no file {field_name[:80]}.")
        context.check_field(resource, field)
        request.dispatcher.log_entry.note_uses(*field_uses(resource, field))
        number = call.record_id(record_id)
        record = find_visible(context, resource, [number])
        file = files(context, resource, field, record)[0] if record else None
        if file is None:
            raise ApiError(
                "NOT_FOUND", f"{resource.type_name} {number} not found, or it has no {field_name}."
            )
        stream = request.env["ir.binary"]._get_stream_from(record, field.field, file.filename)
        if isinstance(stream.etag, str):
            check_if_match(stream.etag)
        return stream.get_response(
            as_attachment=file.mimetype not in INLINE_TYPES,
            immutable=False,
            environ=environ_without_if_match(),
        )

    # Odoo may keep the PDF as an attachment. Rendered in a transaction that only reads, it would be
    # made a second time then; and a document is to show what has just been written.
    @http.route(
        f"/api/<string:collection>/<string:record_id>/{SEGMENT}/<string:name>.pdf",
        methods=["GET"],
        **WRITE_ROUTE,
    )
    def print(self, collection, record_id, name):
        call = Call(collection)
        check_parameters(())
        return print_report(call, record_id, name)
