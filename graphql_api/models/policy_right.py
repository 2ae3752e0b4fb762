from odoo import fields, models

from .exposure import POLICY_CACHE


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
        help="Keys print the reports that the resource grants, of records that they may read. A "
        "report shows more of a record than the exposed fields.",
    )
    all_read_fields = fields.Boolean(
        string="Read All Fields",
        default=True,
        help="Keys read all fields of the resource, also those that are added later. Otherwise "
        "they read the named ones, the id and the version.",
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
        "Otherwise they set the named ones.",
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
        "they call the named ones.",
    )
    action_ids = fields.Many2many(
        "graphql_api.resource.action",
        relation="graphql_api_policy_right_action_rel",
        string="Actions Called",
        domain="[('resource_id', '=', resource_id)]",
    )
    record_filter = fields.Char(
        default="[]",
        help="Keys reach the records in this domain alone, and what they create or change has to "
        "be in it. These may stand as values: user and partner (ids of the user and its contact), "
        "company_ids (of the request) and today (in the time zone of the current company).",
    )
    value_ids = fields.One2many(
        "graphql_api.policy.value",
        "right_id",
        string="Values",
        copy=True,
        help="What a record gets whenever a key creates or changes it. Keys cannot send these "
        "fields.",
    )

    _resource_unique = models.Constraint(
        "UNIQUE(policy_id, resource_id)", "The policy has this resource already."
    )


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
