from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.actions import is_callable
from ..schema.names import ACTION_NAME
from ..schema.resource import Action

_MUTATIONS = ("create", "update", "upsert", "delete")


class GraphqlApiResourceAction(models.Model):
    """A line of a resource: a public method of the model that clients may call on a record."""

    _name = "graphql_api.resource.action"
    _description = "API Resource Action"
    _inherit = ["graphql_api.exposure"]
    _order = "resource_id, sequence, id"

    resource_id = fields.Many2one(
        "graphql_api.resource", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archive an action to close it; an upgrade keeps it closed."
    )
    name = fields.Char(
        required=True,
        help="Verb in lower case: confirm is POST /api/sale-orders/3/confirm and the mutation "
        "confirmSaleOrder.",
    )
    method = fields.Char(
        required=True,
        help="Public method of the model, called on the record without arguments. "
        "Skipped while the model has no such method.",
    )
    description = fields.Char(translate=False)

    _name_unique = models.Constraint(
        "UNIQUE(resource_id, name)", "The resource has an action of this name already."
    )

    @api.constrains("name", "method", "resource_id")
    def _check_action(self):
        for action in self:
            if not ACTION_NAME.match(action.name) or action.name in _MUTATIONS:
                raise ValidationError(
                    self.env._(
                        "%(name)s is not the name of an action: use a verb in lower case "
                        "letters, digits and single hyphens, other than %(taken)s.",
                        name=action.name,
                        taken=", ".join(_MUTATIONS),
                    )
                )
            model = self.env.get(action.resource_id.model)
            # A method that is not there yet may come with another addon.
            if action.method.startswith("_") or (
                model is not None
                and hasattr(type(model), action.method)
                and not is_callable(model, action.method)
            ):
                raise ValidationError(
                    self.env._(
                        "%(method)s cannot be an action: it is private, or a method that every "
                        "model has.",
                        method=action.method,
                    )
                )

    def _to_action(self) -> Action | None:
        """Return this line as a plain value, None while the model has no such method."""
        self.ensure_one()
        model = self.env[self.resource_id.model]
        if not is_callable(model, self.method):
            return None
        return Action(self.name, self.method, self.description or "")
