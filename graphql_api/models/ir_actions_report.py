from odoo import api, models
from odoo.exceptions import UserError

from ..rest.rendering import RENDERING, Rendering


class IrActionsReport(models.Model):
    """Where a PDF of the API meets wkhtmltopdf; what others print stays as it is."""

    _inherit = "ir.actions.report"

    def _graphql_api_rendering(self) -> Rendering | None:
        """Return the PDF that the API is making, None where somebody else prints."""
        rendering = self.env.context.get(RENDERING)
        # A context comes from clients of Odoo, too.
        return rendering if isinstance(rendering, Rendering) else None

    @api.model
    def get_wkhtmltopdf_state(self):
        state = super().get_wkhtmltopdf_state()
        if rendering := self._graphql_api_rendering():
            rendering.check_program(state)
        return state

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        def make() -> bytes:
            return super(IrActionsReport, self)._run_wkhtmltopdf(
                bodies,
                report_ref=report_ref,
                header=header,
                footer=footer,
                landscape=landscape,
                specific_paperformat_args=specific_paperformat_args,
                set_viewport_size=set_viewport_size,
            )

        rendering = self._graphql_api_rendering()
        if rendering is None:
            return make()

        def make_or_fail() -> bytes:
            try:
                return make()
            except UserError as error:
                # It is about the program and the server, nothing that a client could change.
                raise RuntimeError(error.args[0]) from error

        paper = self._get_report(report_ref) if report_ref else self
        arguments = self._build_wkhtmltopdf_args(
            paper.get_paperformat(), landscape, specific_paperformat_args, set_viewport_size
        )
        pages = [*map(str, bodies), str(header), str(footer), arguments]
        return rendering.run(self.env, pages, make_or_fail)
