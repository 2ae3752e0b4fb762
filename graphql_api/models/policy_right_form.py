from odoo import api, fields, models

from .resource import OPERATIONS


class GraphqlApiPolicyRight(models.Model):
    """What administrators see of a line of a policy."""

    _inherit = "graphql_api.policy.right"

    model = fields.Char(related="resource_id.model")
    offered = fields.Char(
        compute="_compute_offered", help="Operations that the resource offers, separated by spaces."
    )
    narrowing = fields.Char(
        string="Narrowed To",
        compute="_compute_narrowing",
        help="Which part of the resource the operations are limited to. Empty: the whole resource.",
    )

    @api.depends("resource_id")
    def _compute_offered(self):
        for right in self:
            resource = right.resource_id
            offered = [name for name in OPERATIONS if resource[f"allow_{name}"]]
            offered += [
                name
                for name, lines in (
                    ("actions", resource.action_ids),
                    ("reports", resource.report_ids),
                )
                if any(line.active for line in lines)
            ]
            right.offered = " ".join(offered)

    @api.depends(
        "all_read_fields",
        "read_field_ids",
        "all_write_fields",
        "write_field_ids",
        "allow_create",
        "allow_update",
        "allow_actions",
        "all_actions",
        "action_ids",
        "record_filter",
        "value_ids",
    )
    def _compute_narrowing(self):
        for right in self:
            right.narrowing = ", ".join(right._describe_narrowing())

    def _describe_narrowing(self) -> list[str]:
        """Return words for each thing that narrows the line."""
        words = []
        if self.allow_read and not self.all_read_fields:
            words.append(self.env._("fields read: %s", len(self.read_field_ids)))
        if (self.allow_create or self.allow_update) and not self.all_write_fields:
            words.append(self.env._("fields written: %s", len(self.write_field_ids)))
        if self.allow_actions and not self.all_actions:
            words.append(self.env._("actions: %s", len(self.action_ids)))
        if (self.record_filter or "[]").strip() != "[]":
            words.append(self.env._("filter"))
        if self.value_ids:
            words.append(self.env._("values: %s", len(self.value_ids)))
        return words

    @api.onchange("all_read_fields")
    def _onchange_all_read_fields(self):
        """Begin with all fields where some are to be taken away."""
        if not (self.all_read_fields or self.read_field_ids):
            named = self.resource_id.field_ids.filtered("active").filtered("readable")
            self.update({"read_field_ids": named})

    @api.onchange("all_write_fields")
    def _onchange_all_write_fields(self):
        if not (self.all_write_fields or self.write_field_ids):
            named = self.resource_id.field_ids.filtered("active").filtered("writable")
            self.update({"write_field_ids": named})

    @api.onchange("all_actions")
    def _onchange_all_actions(self):
        if not (self.all_actions or self.action_ids):
            self.update({"action_ids": self.resource_id.action_ids.filtered("active")})

    def open_details(self):
        """Return the dialog with the fields, actions, filter and values of the line."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.resource_id.type_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "dialog_size": "extra-large",
                # For the number of records that the editor of the filter shows.
                "graphql_api_partner": self.env.user.partner_id.id,
            },
        }
