from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.names import ACTION_NAME
from ..schema.exposure.resource import Action
from ..schema.writing.actions import is_callable

_MUTATIONS = ("create", "update", "upsert", "delete")


class GraphqlApiResourceAction(models.Model):
    """An action of a resource: a public method of the model that clients may call on a record."""

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

    status = fields.Char(
        compute="_compute_status", help="Whether the API offers the action, and why not."
    )
    is_served = fields.Boolean(compute="_compute_status")

    @api.depends("name", "method", "active", "resource_id.model")
    def _compute_status(self):
        for action in self:
            problem = action._find_problem()
            action.status = problem or self.env._("Served")
            action.is_served = not problem

    @api.constrains("name", "method", "resource_id")
    def _check_action(self):
        for action in self:
            if mistake := action._find_mistake():
                raise ValidationError(mistake)

    @api.constrains("name", "method", "resource_id", "active")
    def _check_method(self):
        if self._is_installing():
            return
        for action in self.filtered("active"):
            problem = action._find_problem()
            if problem and action.resource_id.model in self.env:
                raise ValidationError(
                    self.env._(
                        "%(method)s cannot be an action of %(resource)s: %(problem)s",
                        method=action.method,
                        resource=action.resource_id.type_name,
                        problem=problem,
                    )
                )
        self.resource_id._check_conflicts()

    def _find_mistake(self) -> str | None:
        """Return what is wrong with this action, wherever it is; None for nothing."""
        self.ensure_one()
        if not ACTION_NAME.match(self.name or "") or self.name in _MUTATIONS:
            return self.env._(
                "%(name)s is not the name of an action: use a verb in lower case letters, digits "
                "and single hyphens, other than %(taken)s.",
                name=self.name,
                taken=", ".join(_MUTATIONS),
            )
        model = self.env.get(self.resource_id.model)
        if (self.method or "").startswith("_") or (
            model is not None
            and hasattr(type(model), self.method or "")
            and not is_callable(model, self.method)
        ):
            return self.env._(
                "%(method)s cannot be an action: it is private, or a method that every model has.",
                method=self.method,
            )
        return None

    def _find_problem(self) -> str | None:
        """Return why the API does not offer this action, None where it does."""
        self.ensure_one()
        if not self.active:
            return self.env._("Archived")
        if mistake := self._find_mistake():
            return mistake
        model = self.env.get(self.resource_id.model)
        if model is None or not is_callable(model, self.method or ""):
            return self.env._("The model has no such method.")
        return None

    def _to_action(self) -> Action | None:
        """Return this action as a plain value, None where it cannot be offered."""
        if self._find_problem():
            return None
        return Action(self.name, self.method, self.description or "")
