from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.action import Dialog
from ..schema.writing.methods import is_callable
from .json_text import parse_json


class GraphqlApiResourceActionDialog(models.Model):
    """A dialog that may come in an action, and how it ends."""

    _name = "graphql_api.resource.action.dialog"
    _description = "API Action Dialog"
    _inherit = ["graphql_api.exposure"]
    _order = "action_id, sequence, id"
    _rec_name = "model"

    action_id = fields.Many2one(
        "graphql_api.resource.action", required=True, ondelete="cascade", index=True
    )
    resource_id = fields.Many2one(related="action_id.resource_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    model = fields.Char(required=True, help="Technical name of the dialog's model.")
    method = fields.Char(
        required=True,
        help="Public method of the dialog that finishes it, as its button in Odoo does.",
    )
    argument = fields.Char(
        string="Where Argument",
        help="Name of the argument of the action that decides how the dialog ends. If empty: it "
        "always ends this way.",
    )
    value = fields.Char(
        string="Is",
        help="Value of that argument for which the dialog ends this way, in JSON: true.",
    )

    status = fields.Char(
        compute="_compute_status", help="Whether the API can finish the dialog; if not, why."
    )

    @api.depends("model", "method", "argument", "action_id.argument_ids.name")
    def _compute_status(self):
        for dialog in self:
            dialog.status = dialog._find_problem() or self.env._("Served")

    @api.constrains("model", "method", "argument")
    def _check_dialog(self):
        if self._is_installing():
            return
        for dialog in self:
            if problem := dialog._find_problem():
                raise ValidationError(problem)

    def _find_problem(self) -> str | None:
        """Return why the API cannot finish the dialog, None where it can."""
        self.ensure_one()
        model = self.env.get(self.model)
        if model is None:
            return self.env._("The model %(model)s is not installed.", model=self.model)
        if not is_callable(model, self.method or ""):
            return self.env._(
                "%(model)s has no public method %(method)s.", model=self.model, method=self.method
            )
        try:
            parse_json(self.value)
        except ValueError as error:
            return self.env._("The value is not JSON: %(error)s", error=error)
        names = self.action_id.argument_ids.mapped("name")
        if self.argument and self.argument not in names and not self._is_installing():
            return self.env._("The action has no argument %(name)s.", name=self.argument)
        return None

    def _define(self) -> Dialog | None:
        """Return this dialog as a plain value, None where it cannot be finished."""
        if self._find_problem():
            return None
        return Dialog(self.model, self.method, self.argument or "", parse_json(self.value))
