from odoo import api, fields, models


class GraphqlApiExposeField(models.TransientModel):
    """A field of the model that is to be exposed, with a tick."""

    _name = "graphql_api.expose.field"
    _description = "Field to Expose"

    expose_id = fields.Many2one(
        "graphql_api.expose", string="Wizard", required=True, ondelete="cascade"
    )
    field_name = fields.Char(string="Technical Name", required=True)
    label = fields.Char()
    type = fields.Char()
    api_name = fields.Char(
        string="Name in the API",
        required=True,
        help="Name in REST (snake_case); GraphQL uses it in camelCase.",
    )
    is_exposed = fields.Boolean(string="Expose", help="Clients can read this field.")
    can_write = fields.Boolean()
    is_writable = fields.Boolean(
        string="Writable",
        compute="_compute_is_writable",
        store=True,
        readonly=False,
        help="Clients may set this field.",
    )
    is_filterable = fields.Boolean(
        string="Filterable", default=True, help="Clients may filter and order by this field."
    )
    note = fields.Char(string="Why Not Proposed")

    @api.depends("is_exposed", "can_write", "expose_id.allow_create", "expose_id.allow_update")
    def _compute_is_writable(self):
        for field in self:
            writes = field.expose_id.allow_create or field.expose_id.allow_update
            field.is_writable = field.is_exposed and field.can_write and writes
