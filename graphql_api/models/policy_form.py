import base64
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from .policy_json import write_policy


class GraphqlApiPolicy(models.Model):
    """What administrators do with a policy in its form."""

    _inherit = "graphql_api.policy"

    export_file = fields.Binary(compute="_compute_export_file")

    def _compute_export_file(self):
        for policy in self:
            text = json.dumps(write_policy(policy), indent=2, ensure_ascii=False)
            policy.export_file = base64.b64encode(text.encode())

    def copy_data(self, default=None):
        """Name a duplicate as one. It has no keys, and users may not choose it yet."""
        return [
            {**values, "name": (default or {}).get("name") or self.env._("%s (copy)", policy.name)}
            for policy, values in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_keys(self):
        """Refuse to delete a policy with keys, in words: PostgreSQL would refuse it as well."""
        for policy in self.filtered("key_ids"):
            raise UserError(
                self.env._(
                    "%(policy)s has keys: %(count)s. Revoke them, or give them another policy, "
                    "under API > Keys. Or archive the policy: that stops its keys until you "
                    "restore it.",
                    policy=policy.name,
                    count=policy.key_count,
                )
            )

    def export_json(self):
        """Return the action that downloads the policy as JSON."""
        self.ensure_one()
        self.check_access("read")
        name = f"policy-{self.id}.json"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/export_file/{name}?download=true",
            "target": "download",
        }

    def open_try(self):
        """Return the dialog that shows what users reach under the policy."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try %s As", self.name),
            "res_model": "graphql_api.try_policy",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_policy_id": self.id, "dialog_size": "extra-large"},
        }

    def open_suggestion(self) -> dict:
        """Return the dialog that shows what keys of the policy have used."""
        self.ensure_one()
        return self.env["graphql_api.suggest_policy"].create({"policy_id": self.id})._open()
