"""Who changed what of policies and of what is exposed."""

import json
from collections.abc import Iterable

from odoo import api, fields, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.models import MAGIC_COLUMNS

CREATED, CHANGED, DELETED = "created", "changed", "deleted"

_UNTRACKED = frozenset({*MAGIC_COLUMNS, "sequence"})


class GraphqlApiChange(models.Model):
    """A change of a policy or a resource, or of a part of one: when, by whom, what.

    Rows are made with the change, in its transaction, and never changed. They stay when what they
    are about is deleted.
    """

    _name = "graphql_api.change"
    _description = "API Change"
    _order = "id desc"
    _rec_name = "record"

    create_date = fields.Datetime(string="Time", readonly=True)
    create_uid = fields.Many2one("res.users", string="By", readonly=True)
    policy_id = fields.Many2one("graphql_api.policy", index="btree_not_null", ondelete="set null")
    resource_id = fields.Many2one(
        "graphql_api.resource", index="btree_not_null", ondelete="set null"
    )
    record = fields.Char(
        string="What", required=True, help="Name of the policy, the resource, or the part of it."
    )
    kind = fields.Selection(
        [(CREATED, "Created"), (CHANGED, "Changed"), (DELETED, "Deleted")],
        string="Change",
        required=True,
    )
    changes = fields.Text(string="Values", help="Fields with the old and the new values.")


class GraphqlApiTracked(models.AbstractModel):
    """Records whose changes are tracked, but for those that come with the data of an addon."""

    _name = "graphql_api.tracked"
    _description = "API Record with Tracked Changes"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._is_tracked():
            records._track(CREATED, {record: record._describe_all() for record in records})
        return records

    def write(self, vals):
        if not self._is_tracked():
            return super().write(vals)
        before = {record: record._describe(vals) for record in self}
        result = super().write(vals)
        changes = {}
        for record, old in before.items():
            new = record._describe(old)
            changed = [
                f"{record._label(name)}: {old[name] or '-'} → {new[name] or '-'}"
                for name in old
                if old[name] != new[name]
            ]
            if changed:
                changes[record] = changed
        self._track(CHANGED, changes)
        return result

    def unlink(self):
        if self._is_tracked():
            self._track(DELETED, {record: record._describe_all() for record in self})
        return super().unlink()

    def _is_installing(self) -> bool:
        """Tell whether values come from the data of an addon (odoo/tools/convert.py)."""
        return bool(self.env.context.get("install_mode"))

    def _is_tracked(self) -> bool:
        context = self.env.context
        return not (self._is_installing() or context.get(MODULE_UNINSTALL_FLAG))

    def _track(self, kind: str, changes: dict) -> None:
        """Make a row for each record.

        :param changes: record -> lines of text
        """
        values = [
            {**record._get_tracked_owner(), "kind": kind, "changes": "\n".join(lines)}
            for record, lines in changes.items()
        ]
        # Nobody may make rows himself, hence sudo; they name the user all the same.
        self.env["graphql_api.change"].sudo().create(values)

    def _get_tracked_owner(self) -> dict:
        """Return the policy or the resource that the record is a part of, and the record's name."""
        policy = self._find_owner("graphql_api.policy", "policy_id", "right_id.policy_id")
        resource = self._find_owner("graphql_api.resource", "resource_id")
        owner = policy or resource
        between = [self[name] for name in ("right_id", "action_id") if name in self._fields]
        own = [] if owner == self else [self]
        parts = [part.display_name for part in (owner, *between, *own)]
        return {
            "policy_id": policy.id,
            "resource_id": not policy and resource.id,
            "record": ": ".join(filter(None, parts)),
        }

    def _find_owner(self, model: str, *paths: str):
        if self._name == model:
            return self
        for path in paths:
            if path.partition(".")[0] in self._fields:
                return self.mapped(path)
        return self.env[model]

    def _describe_all(self) -> list[str]:
        """Return a line of text for each field that has a value other than 0."""
        described = self._describe(self._fields).items()
        return [f"{self._label(name)}: {text}" for name, text in described if text.strip("0.")]

    def _describe(self, names: Iterable[str]) -> dict[str, str]:
        """Return texts of the values of tracked fields, empty for no value."""
        texts = {}
        for name in names:
            field = self._fields.get(name)
            if field and field.store and field.type != "one2many" and name not in _UNTRACKED:
                texts[name] = self._describe_value(field)
        return texts

    def _describe_value(self, field) -> str:
        value = self[field.name]
        if field.relational:
            return ", ".join(value.sudo().mapped("display_name"))
        if field.type == "boolean":
            return self.env._("yes") if value else ""
        if field.type == "json":
            return json.dumps(value) if value else ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value or "")
        return str(value) if value or (value == 0 and value is not False) else ""

    def _label(self, name: str) -> str:
        return self._fields[name]._description_string(self.env) or name
