from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.names import ACTION_NAME
from ..schema.exposure.resource import Report
from ..schema.reading.reports import is_report_of


class GraphqlApiResourceReport(models.Model):
    """A report of a resource: one that clients may print of a record that they may read."""

    _name = "graphql_api.resource.report"
    _description = "API Resource Report"
    _inherit = ["graphql_api.exposure"]
    _order = "resource_id, sequence, id"

    resource_id = fields.Many2one(
        "graphql_api.resource", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archive a report to stop offering it; upgrades keep it archived."
    )
    name = fields.Char(
        required=True,
        help="Name in lower case: order is GET /api/sale-orders/3/report/order.pdf.",
    )
    xml_id = fields.Char(
        string="Report",
        required=True,
        help="External id of the report in Odoo, like sale.action_report_saleorder. The report "
        "is not offered if it does not exist.",
    )
    description = fields.Char(translate=False, help="Describes the report to developers.")
    portal = fields.Boolean(
        help="Portal users may print it too. As on Odoo's portal pages, they get everything that "
        "it shows, also what they may not read otherwise: tick this only for reports that "
        "are made for customers."
    )

    _name_unique = models.Constraint(
        "UNIQUE(resource_id, name)", "The resource has a report of this name already."
    )

    status = fields.Char(
        compute="_compute_status", help="Whether the API offers the report; if not, why."
    )
    is_served = fields.Boolean(compute="_compute_status")

    @api.depends("name", "xml_id", "active", "resource_id.model")
    def _compute_status(self):
        self._set_status(lambda report: report._find_problem())

    @api.constrains("name")
    def _check_name(self):
        for report in self:
            if not ACTION_NAME.match(report.name):
                raise ValidationError(
                    self.env._(
                        "%(name)s is not the name of a report: use lower case letters, digits and "
                        "single hyphens, like delivery-slip.",
                        name=report.name,
                    )
                )

    @api.constrains("xml_id", "resource_id", "active")
    def _check_report(self):
        if self._is_installing():
            return
        for report in self.filtered("active"):
            problem = report._find_problem()
            if problem and report.resource_id.model in self.env:
                raise ValidationError(
                    self.env._(
                        "%(report)s cannot be a report of %(resource)s: %(problem)s",
                        report=report.xml_id,
                        resource=report.resource_id.type_name,
                        problem=problem,
                    )
                )

    def _find_problem(self) -> str | None:
        """Return why the API does not offer this report, None where it does."""
        self.ensure_one()
        if not self.active:
            return self.env._("Archived")
        number = self.env["ir.model.data"]._xmlid_to_res_id(self.xml_id or "")
        # What a report is, is configuration, the same for whoever changes it, hence sudo.
        record = self.env["ir.actions.report"].sudo().browse(number or []).exists()
        if not record or self.env["ir.model.data"]._xmlid_to_res_model_res_id(self.xml_id)[0] != (
            record._name
        ):
            return self.env._("There is no such report.")
        if not is_report_of(record, self.resource_id.model):
            return self.env._(
                "It is not a PDF of %(model)s, but of %(other)s.",
                model=self.resource_id.model,
                other=record.model,
            )
        return None

    def _to_report(self) -> Report | None:
        """Return this report as a plain value, None where it cannot be offered."""
        if self._find_problem():
            return None
        return Report(self.name, self.xml_id, self.description or "", self.portal)
