"""The reports of records that a caller may print: where their PDFs are, never their bytes."""

from ast import literal_eval
from typing import Any

import strawberry

from ..access.context import Context
from ..access.loaders import Loader
from ..exposure.resource import Report, Resource

SEGMENT = "report"
"""What follows a record in the path of its reports."""


@strawberry.type(description="A report of a record. Download its PDF at `url`, with the same key.")
class PdfReport:
    name: str
    url: str
    description: str


def printable_reports(context: Context, resource: Resource) -> dict[str, tuple[Report, Any]]:
    """Return the reports of a resource that the caller may print.

    A report for certain groups is left out for everybody else, one that is not for the portal for
    its users, one of another model for all.

    :return: REST name -> report, and its record of ``ir.actions.report``
    """
    env = context.env
    ids = {
        report.name: env["ir.model.data"]._xmlid_to_res_id(report.xml_id)
        for report in resource.reports.values()
        if report.portal or not env.user.share
    }
    # What a report is, is configuration, which Odoo reads with sudo as well (odoo/addons/base/
    # models/ir_actions_report.py, ``_get_report``): only administrators may read the model.
    found = env["ir.actions.report"].sudo().browse(filter(None, ids.values())).exists()
    groups = set(env.user._get_group_ids())
    return {
        name: (resource.reports[name], record)
        for name, number in ids.items()
        if (record := found.browse(number)) in found
        and is_report_of(record, resource.model)
        and (not record.group_ids or groups.intersection(record.group_ids._ids))
    }


def is_report_of(record: Any, model_name: str) -> bool:
    """Tell whether a report is a PDF of records of a model."""
    return record.model == model_name and record.report_type == "qweb-pdf"


def has_report(record: Any, records: Any) -> Any:
    """Return those of the records that Odoo offers a report for (``get_valid_action_reports``).

    :param record: of ``ir.actions.report``
    """
    return records.filtered_domain(literal_eval(record.domain)) if record.domain else records


def find_reports(context: Context, resource: Resource, records: Any) -> list[list[PdfReport]]:
    """Return the reports of each record that the caller may print."""
    found: dict[int, list[PdfReport]] = {record_id: [] for record_id in records._ids}
    for report, record in printable_reports(context, resource).values():
        for record_id in has_report(record, records)._ids:
            url = report_path(resource, report, record_id)
            found[record_id].append(
                PdfReport(name=report.name, url=url, description=report.description)
            )
    return [found[record_id] for record_id in records._ids]


def report_path(resource: Resource, report: Report, record_id: int) -> str:
    """Return the path that serves the PDF of a report."""
    return f"/api/{resource.collection}/{record_id}/{SEGMENT}/{report.name}.pdf"


def reports_loader(resource: Resource) -> Loader:
    """Return the loader of the reports of records."""

    def load(context: Context, records, columns, arguments) -> list:
        return find_reports(context, resource, records)

    return Loader(load)
