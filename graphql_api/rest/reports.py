"""The reports of a record over REST: a list of them, and their PDFs."""

from odoo.http import Response, content_disposition, request
from odoo.tools.safe_eval import safe_eval, time

from ..http.responses import cached_response, success_response
from ..schema.access.access import find_visible, not_found
from ..schema.execution.uses import REPORT, Use
from ..schema.exposure.errors import ApiError
from ..schema.exposure.resource import Resource
from ..schema.reading.reports import find_reports, has_report, printable_reports
from .calls import Call
from .rendering import RENDERING, Rendering

PDF_TYPE = "application/pdf"


def list_reports(call: Call, record_id: str) -> Response:
    """Return the response with the reports of a record that the caller may print.

    :raise ApiError: NOT_FOUND
    """
    _note_use(call)
    record = _find_record(call, record_id)
    (reports,) = find_reports(call.context, call.resource, record)
    return cached_response(
        success_response(
            [
                {"name": report.name, "url": report.url, "description": report.description}
                for report in reports
            ]
        )
    )


def print_report(call: Call, record_id: str, name: str) -> Response:
    """Return the response with the PDF of a report.

    Odoo serves a PDF that it has kept before it looks at the record, and reads what a report is
    with sudo: all is checked here, before Odoo is asked. What the report shows is read with the
    rights of the caller. A user of the portal could read next to nothing of it: what is granted to
    them is rendered with sudo, as Odoo's own portal does after the same check
    (odoo/addons/portal/controllers/portal.py, ``_show_report``).

    :raise ApiError: NOT_FOUND for what is not granted, or a record that the caller may not see;
        FORBIDDEN for a report of other groups; SERVICE_UNAVAILABLE without wkhtmltopdf
    """
    context, resource = call.context, call.resource
    if name not in resource.reports:
        raise _no_report(resource, name)
    _note_use(call, name)
    printable = printable_reports(context, resource)
    if name not in printable:
        raise ApiError("FORBIDDEN", f"You are not allowed to print {name} of {resource.type_name}.")
    record = _find_record(call, record_id)
    report = printable[name][1]
    if not has_report(report, record):
        raise _no_report(resource, name)
    return _pdf_response(report, record)


def _note_use(call: Call, name: str = "") -> None:
    type_name = call.resource.type_name
    request.dispatcher.log_entry.note_uses(Use(type_name, "read"), Use(type_name, REPORT, name))


def _find_record(call: Call, record_id: str):
    number = call.record_id(record_id)
    record = find_visible(call.context, call.resource, [number])
    if not record:
        raise not_found(call.resource, [number])
    return record


def _no_report(resource: Resource, name: str) -> ApiError:
    return ApiError("NOT_FOUND", f"{resource.type_name} has no report {name[:80]}.")


def _pdf_response(report, record) -> Response:
    if record.env.user.share:
        record = record.sudo()
        if "company_id" in record._fields:
            record = record.with_company(record.company_id)
    env = record.env
    title = report.name
    if report.print_report_name:
        title = safe_eval(report.print_report_name, {"object": record, "time": time})
    parts = [
        *(record._name, record.id, report.id, report.write_date, title),
        *(env.uid, env.companies.ids, env.lang, env.context.get("tz")),
    ]
    # Odoo would keep the blank page that stands for a PDF which the client has.
    is_known = _never if report.attachment else request.httprequest.if_none_match.contains_weak
    rendering, content = _render(report, record, Rendering(parts, is_known))
    if rendering.must_run_again(content):
        rendering, content = _render(report, record, Rendering(parts, _never))
    response = Response(
        content,
        headers=[
            ("Content-Type", PDF_TYPE),
            ("Content-Disposition", content_disposition(f"{title}.pdf", "inline")),
        ],
    )
    response.set_etag(rendering.tag(content))
    return cached_response(response)


def _never(_tag: str) -> bool:
    return False


def _render(report, record, rendering: Rendering) -> tuple[Rendering, bytes]:
    context: dict[str, object] = {RENDERING: rendering}
    if request.dispatcher.caller.policy.rights.read_only and not _is_kept(report, record):
        # Odoo would keep it as an attachment.
        context["report_pdf_no_attachment"] = True
    reports = record.env["ir.actions.report"].with_context(**context)
    content, _type = reports._render_qweb_pdf(reports.browse(report.id), [record.id])
    return rendering, content


def _is_kept(report, record) -> bool:
    """Tell whether Odoo has kept the PDF, and serves it again."""
    return bool(report.attachment_use and report.retrieve_attachment(record))
