import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.policy_json import PolicyReader

_MAX_LENGTH = 1_000_000
"""Characters of a text that is imported: some hundred times those of a large policy."""


class GraphqlApiImportPolicy(models.TransientModel):
    """The dialog that makes a policy of the JSON that another database has written."""

    _name = "graphql_api.import_policy"
    _description = "Import a Policy"

    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    text = fields.Text(
        string="JSON", compute="_compute_text", store=True, readonly=False, help="Or paste it here."
    )
    policy_id = fields.Many2one("graphql_api.policy", readonly=True)
    notes = fields.Text(string="Left Out", readonly=True)

    @api.depends("file")
    def _compute_text(self):
        for wizard in self:
            if wizard.file:
                try:
                    wizard.text = base64.b64decode(wizard.file).decode()
                except (binascii.Error, UnicodeDecodeError) as error:
                    raise UserError(self.env._("This is not a text file.")) from error

    def import_policy(self):
        """Make the policy; return what opens it, or shows first what was left out.

        :raise UserError: the text is no policy
        """
        self.ensure_one()
        text = (self.text or "").strip()
        if not text or len(text) > _MAX_LENGTH:
            raise UserError(self.env._("Choose the file of a policy, or paste its text."))
        reader = PolicyReader(self.env)
        self.policy_id = reader.make_policy(text)
        if not reader.notes:
            return self.open_policy()
        self.notes = "\n".join(reader.notes)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Imported in Part"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def open_policy(self):
        """Return the action that opens the policy that was made."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "graphql_api.policy",
            "res_id": self.policy_id.id,
            "views": [(False, "form")],
        }
