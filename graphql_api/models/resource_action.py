from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..schema.exposure.action import NONE, RECORD, RECORDS, Action, Dialog
from ..schema.exposure.action_definitions import ActionDefinition, ResultDefinition
from ..schema.exposure.names import ACTION_NAME
from ..schema.writing.methods import is_callable
from .domains import parse_domain
from .json_text import parse_json

_MUTATIONS = ("create", "update", "upsert", "delete")


class GraphqlApiResourceAction(models.Model):
    """An action of a resource: a public method of the model, or a dialog of Odoo for its records.

    Its arguments are parameters of the method, or fields of the dialog.
    """

    _name = "graphql_api.resource.action"
    _description = "API Resource Action"
    _inherit = ["graphql_api.exposure"]
    _order = "resource_id, sequence, id"

    resource_id = fields.Many2one(
        "graphql_api.resource", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Archive an action to stop offering it; upgrades keep it archived."
    )
    name = fields.Char(
        required=True,
        help="Verb in lower case: confirm is POST /api/sale-orders/3/confirm and the mutation "
        "confirmSaleOrder.",
    )
    method = fields.Char(
        help="Public method of the model, called on the record as its button in Odoo does. If "
        "empty: the wizard is opened. The action is not offered if the model has no such "
        "method.",
    )
    wizard_model = fields.Char(
        string="Wizard",
        help="Technical name of the model of the dialog that Odoo shows; the arguments are its "
        "fields. The action is not offered if the model is not installed.",
    )
    wizard_method = fields.Char(
        string="Finished By", help="Public method of the wizard that its button calls to finish it."
    )
    argument_ids = fields.One2many(
        "graphql_api.resource.action.argument",
        "action_id",
        string="Arguments",
        context={"active_test": False},
    )
    dialog_ids = fields.One2many(
        "graphql_api.resource.action.dialog", "action_id", string="Other Dialogs"
    )
    result = fields.Selection(
        [
            (RECORD, "The Record"),
            (RECORDS, "Records of Another Resource"),
            (NONE, "Nothing"),
        ],
        string="Returns",
        default=RECORD,
        required=True,
        help="What clients get: the record after the action, the records that Odoo shows at the "
        "end (only those that the caller may see), or nothing.",
    )
    result_resource_id = fields.Many2one(
        "graphql_api.resource",
        string="Records Of",
        ondelete="set null",
        help="Resource of the records that are returned.",
    )
    result_is_list = fields.Boolean(
        string="A List", default=True, help="The action can lead to several such records."
    )
    context = fields.Char(
        help="Added to Odoo's context, as JSON. The texts active_id and active_ids stand for the "
        'ids of the records: {"default_lead_ids": "active_ids"}.',
    )
    access = fields.Selection(
        [("write", "Change It"), ("read", "See It")],
        string="Needs a Right To",
        default="write",
        required=True,
        help="Access right on the record that the user needs in Odoo to call the action. Choose "
        "See It for a method that checks the user's rights itself.",
    )
    one_by_one = fields.Boolean(
        help="The method accepts only one record: for several records it is called once for each."
    )
    domain = fields.Char(
        string="Only For",
        help="Only records that match this domain are accepted, like those for which Odoo's form "
        'shows the button: [("state", "=", "sale")]',
    )
    wizard_domain = fields.Char(
        string="Wizard Has to Match",
        help="Domain that the filled-in wizard must match, for conditions that only Odoo's form "
        "checks.",
    )
    wizard_refusal = fields.Char(
        string="Otherwise Say",
        translate=False,
        help="Message to clients if the wizard does not match.",
    )
    description = fields.Char(translate=False)

    _name_unique = models.Constraint(
        "UNIQUE(resource_id, name)", "The resource has an action of this name already."
    )

    status = fields.Char(
        compute="_compute_status", help="Whether the API offers the action; if not, why."
    )
    is_served = fields.Boolean(compute="_compute_status")

    @api.depends(
        "name",
        "method",
        "active",
        "resource_id.model",
        "wizard_model",
        "wizard_method",
        "result",
        "result_resource_id.active",
        "context",
        "domain",
        "wizard_domain",
        "argument_ids.status",
        "argument_ids.required",
    )
    def _compute_status(self):
        exposed = self.env["graphql_api.resource"]._get_exposed_models()
        self._set_status(lambda action: action._find_problem(exposed))

    @api.constrains(
        "name",
        "method",
        "resource_id",
        "wizard_model",
        "wizard_method",
        "context",
        "domain",
        "wizard_domain",
    )
    def _check_action(self):
        for action in self:
            if mistake := action._find_mistake():
                raise ValidationError(mistake)

    @api.constrains(
        "name",
        "method",
        "resource_id",
        "active",
        "wizard_model",
        "wizard_method",
        "result",
        "result_resource_id",
    )
    def _check_method(self):
        if self._is_installing():
            return
        exposed = self.env["graphql_api.resource"]._get_exposed_models()
        for action in self.filtered("active"):
            problem = action._find_problem(exposed)
            if problem and action.resource_id.model in self.env:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be an action of %(resource)s: %(problem)s",
                        name=action.method or action.name,
                        resource=action.resource_id.type_name,
                        problem=problem,
                    )
                )
        self.resource_id._check_conflicts()

    def _find_mistake(self) -> str | None:
        """Return what is wrong with this action, wherever it is; None for nothing."""
        self.ensure_one()
        features = self.env["graphql_api.schema"]._collect().features
        taken = [*_MUTATIONS, *(feature.name for feature in features)]
        if not ACTION_NAME.match(self.name or "") or self.name in taken:
            return self.env._(
                "%(name)s is not the name of an action: use a verb in lower case letters, digits "
                "and single hyphens, other than %(taken)s.",
                name=self.name,
                taken=", ".join(taken),
            )
        if not self.method and not self.wizard_model:
            return self.env._("An action needs a method or a wizard.")
        if bool(self.wizard_model) != bool(self.wizard_method):
            return self.env._("A wizard needs the method that finishes it.")
        for model_name, method in (
            (self.resource_id.model, self.method),
            (self.wizard_model, self.wizard_method),
        ):
            if method and self._is_private(model_name, method):
                return self.env._(
                    "%(method)s cannot be an action: it is private, or a method that every model "
                    "has.",
                    method=method,
                )
        return self._find_context_mistake() or self._find_domain_mistake()

    def _find_domain_mistake(self) -> str | None:
        for text, model_name in (
            (self.domain, self.resource_id.model),
            (self.wizard_domain, self.wizard_model),
        ):
            # An addon that is not installed yet may bring the fields, too.
            model = None if self._is_installing() else self.env.get(model_name)
            try:
                domain = Domain(parse_domain(text or "[]", None))
            except ValueError as error:
                return self.env._("%(text)s is not a domain: %(error)s", text=text, error=error)
            # Nothing is searched by it, so that fields without a search will do.
            for condition in domain.iter_conditions():
                name = condition.field_expr.split(".")[0]
                if model is not None and name not in model._fields:
                    return self.env._(
                        "%(model)s has no field %(name)s.", model=model_name, name=name
                    )
        return None

    def _find_context_mistake(self) -> str | None:
        try:
            context = parse_json(self.context)
        except ValueError as error:
            return self.env._("The context is not JSON: %(error)s", error=error)
        if context is not None and not isinstance(context, dict):
            return self.env._("The context is not an object of names and values.")
        return None

    def _is_private(self, model_name: str, method: str) -> bool:
        """Tell whether a method can be no action, whichever addon brings it."""
        model = self.env.get(model_name)
        return method.startswith("_") or (
            model is not None and hasattr(type(model), method) and not is_callable(model, method)
        )

    def _find_problem(self, exposed: set[str] | None = None) -> str | None:
        """Return why the API does not offer this action, None where it does.

        :param exposed: names of the Odoo models that relations can lead to; None to leave
            that open
        """
        self.ensure_one()
        if not self.active:
            return self.env._("Archived")
        if mistake := self._find_mistake():
            return mistake
        model = self.env.get(self.resource_id.model)
        if self.method and (model is None or not is_callable(model, self.method)):
            return self.env._("The model has no such method.")
        if self.wizard_model:
            wizard = self.env.get(self.wizard_model)
            if wizard is None:
                return self.env._("The wizard %(model)s is not installed.", model=self.wizard_model)
            if not is_callable(wizard, self.wizard_method):
                return self.env._("The wizard has no method %(name)s.", name=self.wizard_method)
        for argument in self.argument_ids:
            needed = argument.active and argument.required and not argument.parent_id
            if needed and (problem := argument._find_problem(exposed)):
                return self.env._(
                    "Its argument %(name)s: %(problem)s", name=argument.name, problem=problem
                )
        if self.result == RECORDS and not self.result_resource_id:
            return self.env._("Choose the resource of the records that it returns.")
        if self.result == RECORDS and exposed is not None:
            result = self.result_resource_id
            if not result.active or result.model not in exposed:
                return self.env._(
                    "It returns records of %(name)s, which is not served.", name=result.type_name
                )
        return None

    def _define(self) -> ActionDefinition | None:
        """Return what this record says of an action, None where it cannot be offered."""
        if self._find_problem():
            return None
        dialogs = [dialog._define() for dialog in self.dialog_ids]
        if self.wizard_model:
            dialogs.insert(
                0,
                Dialog(
                    self.wizard_model,
                    self.wizard_method,
                    domain=tuple(parse_domain(self.wizard_domain or "[]", None)),
                    refusal=self.wizard_refusal or "",
                ),
            )
        result = self.result_resource_id if self.result == RECORDS else None
        return ActionDefinition(
            action=Action(
                name=self.name,
                method=self.method or "",
                description=self.description or "",
                dialogs=tuple(dialog for dialog in dialogs if dialog is not None),
                result=self.result,
                result_is_list=self.result_is_list,
                context=parse_json(self.context) or {},
                one_by_one=self.one_by_one,
                access=self.access,
                domain=tuple(parse_domain(self.domain or "[]", None)),
            ),
            wizard_model=self.wizard_model or "",
            arguments=tuple(
                argument._define()
                for argument in self.argument_ids
                if not argument.parent_id and not argument._find_problem()
            ),
            result=ResultDefinition(result.model, result.id) if result else None,
        )
