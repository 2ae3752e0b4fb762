from odoo import api, fields, models
from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

_DAYS = 90
"""For how long a new key is good where nobody chooses another time."""


class GraphqlApiMakeKey(models.TransientModel):
    """The dialog that makes a key: as Odoo's own, with a policy.

    Name and duration, and who may choose which, are Odoo's
    (``res.users.apikeys.description``).
    """

    _name = "graphql_api.make_key"
    _description = "Make an API Key"
    _inherit = ["res.users.apikeys.description"]

    duration = fields.Selection(default=lambda self: self._get_default_duration())
    user_id = fields.Many2one(
        "res.users",
        required=True,
        # An administrator seldom makes a key that may do what administrators may.
        default=lambda self: self.env.user if not self.env.is_system() else None,
        domain=[("active", "=", True)],
        help="The key can do only what this user may do.",
    )
    policy = fields.Selection(
        selection="_select_policy",
        required=True,
        default=lambda self: self._get_only_policy(),
    )

    @api.model
    def _get_default_duration(self) -> str:
        """Return 90 days, or the longest time that the user's keys may live; "-1" for a date."""
        days = [int(value) for value, _label in self._selection_duration()]
        return str(max((each for each in days if 0 < each <= _DAYS), default=-1))

    @api.model
    def _get_only_policy(self):
        policies = self._get_policies()
        return str(policies.id) if len(policies) == 1 else None

    @api.model
    def _select_policy(self):
        return [(str(policy.id), policy.name) for policy in self._get_policies()]

    @api.model
    def _get_policies(self):
        """Return the policies that the user who asks may choose.

        Users are not allowed to read policies, hence sudo: they see the names of these.
        """
        domain = Domain.TRUE if self.env.is_system() else Domain("self_service", "=", True)
        return self.env["graphql_api.policy"].sudo().search(domain)

    @api.model
    def _get_dialog(self, **defaults) -> dict:
        """Return the action that opens the dialog.

        :raise UserError: the user has no policy to choose
        """
        if not self._get_policies():
            if self.env.is_system():
                raise UserError(self.env._("Make a policy first: it says what the key may do."))
            raise UserError(
                self.env._(
                    "There is no policy that you may choose. Ask your administrator for one."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Key for the API"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    @check_identity
    def make_key(self):
        """Make the key; return the action that shows it, once.

        :raise AccessError: not this user, or not under this policy
        :raise ValidationError: it would live longer than the user's keys may
        """
        self.ensure_one()
        policy = self._get_policies().filtered(lambda policy: str(policy.id) == self.policy)
        if not self.env.is_system():
            self.check_access_make_key()
            if self.user_id != self.env.user or not policy:
                raise AccessError(
                    self.env._(
                        "You can make keys only for yourself, with the policies that are "
                        "offered to you."
                    )
                )
        # Read by sudo: only administrators may read users of other companies.
        user = self.sudo().user_id
        if not policy or not user.active or user._is_public():
            raise UserError(self.env._("Choose an active user and an active policy."))
        self.env["res.users.apikeys"]._check_expiration_date(self.expiration_date)
        key = self.env["graphql_api.key"]._generate(
            user, policy, self.sudo().name, self.expiration_date
        )
        self.sudo().unlink()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Key Ready"),
            "res_model": "res.users.apikeys.show",
            "views": [(self.env.ref("graphql_api.key_show_view_form").id, "form")],
            "target": "new",
            "context": {"default_key": key},
        }
