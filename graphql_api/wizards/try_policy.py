from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from . import trial

_KEY_LIFE = timedelta(minutes=10)


class GraphqlApiTryPolicy(models.TransientModel):
    """The dialog that shows what a user reaches under a policy, and why not the rest.

    It tells names and numbers, nothing of the contents of records.
    """

    _name = "graphql_api.try_policy"
    _description = "Try a Policy"

    policy_id = fields.Many2one("graphql_api.policy", required=True, ondelete="cascade")
    status = fields.Char(related="policy_id.status")
    is_served = fields.Boolean(related="policy_id.is_served")
    networks = fields.Char(related="policy_id.networks")
    user_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain=[("active", "=", True)],
        ondelete="cascade",
    )
    available_company_ids = fields.Many2many("res.company", compute="_compute_company")
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company",
        store=True,
        readonly=False,
        domain="[('id', 'in', available_company_ids)]",
        help="The company in which the user works: record rules differ with it.",
    )
    line_ids = fields.One2many(
        "graphql_api.try_policy.line",
        "try_id",
        string="Resources",
        compute="_compute_line_ids",
        store=True,
    )
    resource_id = fields.Many2one(
        "graphql_api.resource",
        ondelete="cascade",
        help="Explains what the user may do with one record of it.",
    )
    operation = fields.Selection(
        [("read", "Read"), ("create", "Create"), ("update", "Update"), ("delete", "Delete")],
        default="read",
    )
    record_id = fields.Integer(string="Record ID")
    explanation = fields.Char(string="Answer", compute="_compute_explanation")

    @api.depends("user_id")
    def _compute_company(self):
        for wizard in self:
            wizard.available_company_ids = wizard.user_id.company_ids
            if wizard.company_id not in wizard.available_company_ids:
                wizard.company_id = wizard.user_id.company_id

    @api.depends("policy_id", "user_id", "company_id")
    def _compute_line_ids(self):
        for wizard in self:
            tried = wizard._get_trial()
            lines = tried.describe_resources() if tried else ()
            wizard.line_ids = [Command.clear(), *map(Command.create, lines)]

    @api.depends("policy_id", "user_id", "company_id", "resource_id", "operation", "record_id")
    def _compute_explanation(self):
        for wizard in self:
            is_asked = wizard.resource_id and wizard.operation
            tried = wizard._get_trial() if is_asked else None
            wizard.explanation = (
                tried.explain(wizard.resource_id.type_name, wizard.operation, wizard.record_id)
                if tried
                else False
            )

    def _get_trial(self) -> trial.Trial | None:
        """Return what tells about the user under the policy, None where there is nothing to try."""
        if not (self.user_id and self.company_id and self.is_served):
            return None
        env = self.env(
            user=self.user_id.id,
            su=False,
            context={
                "allowed_company_ids": self.company_id.ids,
                "lang": self.env.lang,
                "tz": self.user_id.tz,
            },
        )
        return trial.Trial(env, self.policy_id)

    @check_identity
    def open_graphiql(self):
        """Make a key of the user under the policy, for ten minutes; return what opens GraphiQL.

        :raise AccessError: the caller is no system administrator, who may make keys for others
        :raise UserError: the user or the policy has no keys, or there is no GraphiQL
        """
        self.ensure_one()
        if not self.env.is_system():
            raise AccessError(self.env._("Only system administrators try policies."))
        user = self.user_id
        if not user.active or user._is_public() or not self.policy_id.active:
            raise UserError(self.env._("Choose an active user and an active policy."))
        if not self.env["graphql_api.settings"]._get_settings().graphiql:
            raise UserError(self.env._("GraphiQL is switched off in the settings."))
        name = self.env._(
            "Trial of %(policy)s by %(login)s",
            policy=self.policy_id.name,
            login=self.env.user.login,
        )
        key = self.env["graphql_api.key"]._generate(
            user, self.policy_id, name, fields.Datetime.now() + _KEY_LIFE
        )
        return {
            "type": "ir.actions.client",
            "tag": "graphql_api.open_graphiql",
            "params": {"key": key, "next": self._reopen()},
        }

    def _reopen(self) -> dict:
        """Return the action that shows the dialog again, after that which asks for a password."""
        return {
            **self.policy_id.open_try(),
            "res_id": self.id,
        }


class GraphqlApiTryPolicyLine(models.TransientModel):
    """What a user reaches of a resource."""

    _name = "graphql_api.try_policy.line"
    _description = "Resource of a Tried Policy"

    try_id = fields.Many2one("graphql_api.try_policy", required=True, ondelete="cascade")
    type_name = fields.Char(string="Resource")
    granted = fields.Text(help="What the policy grants.")
    allowed = fields.Text(
        string="User May", help="What remains of it under the user's access rights in Odoo."
    )
    fields_read = fields.Char(
        string="Fields", help="How many fields the user reads, of those that the policy grants."
    )
    records = fields.Char(help="How many records the user sees under the policy.")
    reason = fields.Text(string="Refused")
