from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..schema.exposure.policy import Names, Parts
from ..schema.exposure.record_filter import RecordFilter, Variable
from .domains import InvalidDomain
from .exposure import POLICY_CACHE
from .json_text import parse_json
from .record_filters import check_filter, read_filter
from .resource_form import is_default

_VARIABLES = {"user": "res.users", "partner": "res.partner", "company": "res.company"}
"""Variable that may be a value -> the model that it is an id of."""

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "char": (str,),
    "date": (str,),
    "datetime": (str,),
    "float": (int, float),
    "html": (str,),
    "integer": (int,),
    "many2one": (int,),
    "monetary": (int, float),
    "selection": (str,),
    "text": (str,),
}
"""Type of a field that a policy may give a value -> what that is in JSON."""


class GraphqlApiPolicyRight(models.Model):
    """A right of a policy: a resource, what may be done with it, and with which of its records.

    ``all_…`` and not "none named means all": what disappears from a list must not open the rest.
    """

    _name = "graphql_api.policy.right"
    _description = "API Policy Right"
    _inherit = ["graphql_api.exposure"]
    _order = "policy_id, resource_id"
    _rec_name = "resource_id"

    _cleared_caches = (POLICY_CACHE,)

    policy_id = fields.Many2one("graphql_api.policy", required=True, ondelete="cascade", index=True)
    resource_id = fields.Many2one("graphql_api.resource", required=True, ondelete="cascade")
    allow_read = fields.Boolean(string="Read", default=True)
    allow_create = fields.Boolean(string="Create")
    allow_update = fields.Boolean(string="Update")
    allow_delete = fields.Boolean(string="Delete")
    allow_actions = fields.Boolean(string="Actions")
    allow_reports = fields.Boolean(
        string="Reports",
        help="Keys can print the reports of the resource, of records that they may read. A "
        "report can show more of a record than the exposed fields.",
    )
    all_read_fields = fields.Boolean(
        string="Read All Fields",
        default=True,
        help="Keys read all fields of the resource, also those that are added later. Otherwise "
        "they read only the chosen fields, the id and the version.",
    )
    read_field_ids = fields.Many2many(
        "graphql_api.resource.field",
        relation="graphql_api_policy_right_read_field_rel",
        string="Fields Read",
        domain="[('resource_id', '=', resource_id)]",
    )
    all_write_fields = fields.Boolean(
        string="Write All Fields",
        default=True,
        help="Keys set all writable fields of the resource, also those that are added later. "
        "Otherwise they set only the chosen fields.",
    )
    write_field_ids = fields.Many2many(
        "graphql_api.resource.field",
        relation="graphql_api_policy_right_write_field_rel",
        string="Fields Written",
        domain="[('resource_id', '=', resource_id)]",
    )
    all_actions = fields.Boolean(
        default=True,
        help="Keys call all actions of the resource, also those that are added later. Otherwise "
        "they call only the chosen ones.",
    )
    action_ids = fields.Many2many(
        "graphql_api.resource.action",
        relation="graphql_api_policy_right_action_rel",
        string="Actions Called",
        domain="[('resource_id', '=', resource_id)]",
    )
    record_filter = fields.Char(
        default="[]",
        help="Keys reach only records that match this domain, and records that they create or "
        "change must match it too. Variables: user and partner (ids of the user and of its "
        "contact), company_ids (companies of the request) and today (in the time zone of the "
        "current company).",
    )
    value_ids = fields.One2many(
        "graphql_api.policy.value",
        "right_id",
        string="Values",
        copy=True,
        help="Values that a record gets each time a key creates or changes it. Keys cannot set "
        "these fields.",
    )

    _resource_unique = models.Constraint(
        "UNIQUE(policy_id, resource_id)", "The policy has this resource already."
    )

    @api.constrains("resource_id", "read_field_ids", "write_field_ids", "action_ids")
    def _check_parts(self):
        for right in self:
            parts = [*right.read_field_ids, *right.write_field_ids, *right.action_ids]
            for part in parts:
                if part.resource_id != right.resource_id:
                    raise ValidationError(
                        self.env._(
                            "%(name)s does not belong to %(resource)s.",
                            name=part.display_name,
                            resource=right.resource_id.type_name,
                        )
                    )

    @api.constrains("record_filter", "resource_id")
    def _check_record_filter(self):
        """Refuse a filter that requests could not be served with, or at a cost."""
        for right in self:
            record_filter = right._get_filter()
            if record_filter is None or self._is_installing():
                continue
            resources = self.env["graphql_api.resource"]
            model = self.env[right.resource_id.model]
            try:
                check_filter(record_filter, model, resources._get_exposed_models())
            except InvalidDomain as error:
                raise right._invalid_filter(error) from error

    def _get_parts(self) -> Parts:
        """Return what of the resource is granted beside the operations."""
        self.ensure_one()

        own = self.resource_id

        def granted(parts):
            return parts.filtered(lambda part: part.active and part.resource_id == own)

        def fields(parts) -> Names:
            return frozenset((part.rest_name, part.field_name) for part in granted(parts))

        def actions(parts) -> Names:
            return frozenset((part.name, part.method or "") for part in granted(parts))

        return Parts(
            read=None if self.all_read_fields else fields(self.read_field_ids),
            write=None if self.all_write_fields else fields(self.write_field_ids),
            actions=None if self.all_actions else actions(self.action_ids),
            given=frozenset(value.field_id.field_name for value in self.value_ids),
        )

    def _get_filter(self) -> RecordFilter | None:
        """Return the record filter, None where there is none or nothing that it could filter.

        :raise ValidationError: it is none, or names what the model does not have
        """
        self.ensure_one()
        if not self.resource_id.is_installed:
            return None
        try:
            record_filter = read_filter(
                self.record_filter or "[]", self.env[self.resource_id.model]
            )
        except InvalidDomain as error:
            raise self._invalid_filter(error) from error
        return record_filter if record_filter.terms else None

    def _invalid_filter(self, error: Exception) -> ValidationError:
        return ValidationError(
            self.env._(
                "The record filter of %(resource)s is not valid: %(error)s",
                resource=self.resource_id.type_name,
                error=error,
            )
        )

    def _get_values(self) -> dict[str, Any]:
        """Return what is always set, by Odoo's names of the fields.

        :raise ValidationError: a value cannot be set
        """
        self.ensure_one()
        if not self.resource_id.is_installed:
            return {}
        return dict(value._get_value() for value in self.value_ids)


class GraphqlApiPolicyValue(models.Model):
    """A value that a create or an update under a right of a policy always gets."""

    _name = "graphql_api.policy.value"
    _description = "API Policy Value"
    _inherit = ["graphql_api.exposure"]
    _order = "right_id, id"
    _rec_name = "field_id"

    _cleared_caches = (POLICY_CACHE,)

    right_id = fields.Many2one(
        "graphql_api.policy.right", required=True, ondelete="cascade", index=True
    )
    resource_id = fields.Many2one(related="right_id.resource_id")
    # Not deleted with the field: without the value the policy would allow more.
    field_id = fields.Many2one(
        "graphql_api.resource.field",
        ondelete="set null",
        domain="[('resource_id', '=', resource_id)]",
    )
    value = fields.Char(
        required=True,
        help="user, partner, company, today (in the time zone of the current company), or a value "
        'in JSON: 5, true, "text".',
    )

    _field_unique = models.Constraint(
        "UNIQUE(right_id, field_id)", "The field has a value already."
    )

    @api.constrains("right_id", "field_id", "value")
    def _check_value(self):
        for value in self:
            if value.resource_id.is_installed:
                value._get_value()

    def _get_value(self) -> tuple[str, Any]:
        """Return the Odoo name of the field, and its value or the variable that stands for it.

        :raise ValidationError: the field cannot be set, or not to this
        """
        self.ensure_one()
        record = self.field_id
        definition = record._define() if record.resource_id == self.resource_id else None
        if definition is None or not definition.field.writable:
            raise ValidationError(
                self.env._(
                    "The policy has a value for %(name)s of %(resource)s, but clients cannot set "
                    "this field.",
                    resource=self.resource_id.type_name,
                    name=record.field_name or self.env._("a deleted field"),
                )
            )
        field = self.env[self.resource_id.model]._fields[record.field_name]
        return field.name, self._read_value(field)

    def _read_value(self, field: Any) -> Any:
        text = self.value.strip()
        of_model = field.type == "many2one" and field.comodel_name == _VARIABLES.get(text)
        if of_model or (text == "today" and field.type == "date"):
            return Variable(text)
        try:
            value = parse_json(text)
        except ValueError as error:
            raise self._misfit(field) from error
        if value is None and not field.required:
            return False
        kinds = _JSON_TYPES.get(field.type, ())
        # In Python a truth value is a number, too.
        is_kind = isinstance(value, kinds) and isinstance(value, bool) == (kinds == (bool,))
        if not (is_kind and is_default(self.env, field, value)):
            raise self._misfit(field)
        return value

    def _misfit(self, field: Any) -> ValidationError:
        return ValidationError(
            self.env._(
                "%(value)s cannot be the value of %(name)s; write a text in double quotes.",
                value=self.value,
                name=field.name,
            )
        )
