from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.policy_suggestion import (
    Granted,
    Suggestion,
    since_days,
    suggest,
    suggested_values,
)
from ..schema.exposure.policy import ACTIONS, REPORTS

_SHOWN = ("type_name", "operations", "fields_read", "fields_written", "actions", "gone")
"""The fields of a line."""


class GraphqlApiSuggestPolicy(models.TransientModel):
    """Shows what of a policy its keys have used, and makes it all that they may do."""

    _name = "graphql_api.suggest_policy"
    _description = "Suggest a Policy from the Log"

    policy_id = fields.Many2one(
        "graphql_api.policy", required=True, readonly=True, ondelete="cascade"
    )
    days = fields.Integer(
        required=True,
        default=lambda self: self.env["graphql_api.settings"]._get_settings().log_days,
        help="The policy keeps what was used in this many days, up to today.",
    )
    is_logged = fields.Boolean(compute="_compute_is_logged")
    line_ids = fields.One2many(
        "graphql_api.suggest_policy.line",
        "suggestion_id",
        string="Resources",
        compute="_compute_line_ids",
        store=True,
    )
    is_used = fields.Boolean(compute="_compute_is_used")

    @api.depends("policy_id")
    def _compute_is_logged(self):
        policies = self.env["graphql_api.policy"]
        for dialog in self:
            dialog.is_logged = policies._get_policy(dialog.policy_id.id or None).log_requests

    @api.depends("policy_id", "days")
    def _compute_line_ids(self):
        for dialog in self:
            lines = dialog._describe(dialog._get_suggestion()) if dialog.policy_id else []
            dialog.line_ids = [Command.clear(), *map(Command.create, lines)]

    @api.depends("line_ids.operations")
    def _compute_is_used(self):
        for dialog in self:
            dialog.is_used = any(dialog.line_ids.mapped("operations"))

    def _get_suggestion(self) -> Suggestion:
        return suggest(self.policy_id, since_days(fields.Date.today(), self.days))

    def _open(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Suggest from the Log"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _describe(self, suggestion: Suggestion) -> list[dict]:
        """Return values of the lines that show a suggestion, first those of which most remains."""
        lines = []
        for type_name, granted in suggestion.granted.items():
            kept = suggestion.kept.get(type_name, Granted())
            lines.append(
                {
                    "type_name": type_name,
                    "operations": self._name_operations(kept.operations),
                    "fields_read": _join(kept.read, granted.read),
                    "fields_written": _join(kept.write, granted.write),
                    "actions": _join(kept.actions, granted.actions),
                    "gone": self._describe_gone(kept, granted),
                }
            )
        return sorted(lines, key=lambda line: (not line["operations"], line["type_name"]))

    @api.model
    def _name_operations(self, operations: frozenset[str]) -> str:
        """Return operations as the lines of a policy name them."""
        rights = self.env["graphql_api.policy.right"]
        names = ("read", "create", "update", "delete", ACTIONS, REPORTS)
        described = rights.fields_get([f"allow_{name}" for name in names], ["string"])
        return ", ".join(
            described[f"allow_{name}"]["string"] for name in names if name in operations
        )

    @api.model
    def _describe_gone(self, kept: Granted, granted: Granted) -> str:
        operations = self._name_operations(granted.operations - kept.operations)
        parts = [operations] if operations else []
        if kept.operations:
            for title, left, all_of_it in (
                (self.env._("reads"), kept.read, granted.read),
                (self.env._("writes"), kept.write, granted.write),
                (self.env._("actions"), kept.actions, granted.actions),
            ):
                if left is not None and (gone := (all_of_it or frozenset()) - left):
                    parts.append(f"{title} {', '.join(sorted(gone))}")
        return "; ".join(parts)

    def _check_shown(self) -> Suggestion:
        """Return the suggestion, if it is still what the dialog shows.

        :raise UserError: it is not, or it would leave nothing
        """
        self.ensure_one()
        self.policy_id.check_access("write")
        suggestion = self._get_suggestion()
        described = self._describe(suggestion)
        shown = [{name: line[name] or "" for name in _SHOWN} for line in self.line_ids]
        if shown != described:
            raise UserError(
                self.env._(
                    "The policy or the log has changed since you opened this. Look at the "
                    "suggestion again."
                )
            )
        if not suggestion.kept:
            raise UserError(
                self.env._("The log shows no use of the keys of this policy in these days.")
            )
        return suggestion

    def make_copy(self) -> dict:
        """Make a policy of what is shown, beside this one; return the action that opens it.

        :raise UserError: of :meth:`_check_shown`
        """
        suggestion = self._check_shown()
        policy = self.policy_id
        copied = policy.copy(
            {
                "name": self.env._("%(name)s (suggested)", name=policy.name),
                "self_service": False,
                **suggested_values(policy, suggestion, copies=True),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": copied._name,
            "res_id": copied.id,
            "views": [(False, "form")],
        }

    def narrow(self) -> dict:
        """Leave the policy what is shown; return the action that closes the dialog.

        :raise UserError: of :meth:`_check_shown`
        """
        suggestion = self._check_shown()
        self.policy_id.write(suggested_values(self.policy_id, suggestion, copies=False))
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class GraphqlApiSuggestPolicyLine(models.TransientModel):
    """What of a resource remains, and what goes."""

    _name = "graphql_api.suggest_policy.line"
    _description = "Line of a Suggested Policy"
    _rec_name = "type_name"

    suggestion_id = fields.Many2one(
        "graphql_api.suggest_policy", required=True, readonly=True, ondelete="cascade"
    )
    type_name = fields.Char(string="Resource", readonly=True)
    operations = fields.Char(string="Remains", readonly=True)
    fields_read = fields.Text(readonly=True)
    fields_written = fields.Text(readonly=True)
    actions = fields.Text(readonly=True)
    gone = fields.Text(string="Goes", readonly=True)


def _join(names: frozenset[str] | None, granted: frozenset[str] | None) -> str:
    """Return names as people read them; None stands for all that is granted."""
    return ", ".join(sorted((granted or frozenset()) if names is None else names))
